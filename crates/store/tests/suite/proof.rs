//! Events whose own signature was damaged on the way, and that a later event of their chain proves.

use tempfile::TempDir;
use wissil_dag::{BranchId, DocumentId, SessionId, SignedEvent, SigningKey, UserId};
use wissil_model::{Change, Record};
use wissil_store::{SqliteStore, verify};
use wissil_sync::{Arrival, Author, Engine, EventStore, Gesture, MANIFEST, MemoryStore};

fn engine<S: EventStore>(store: S, number: u8) -> Engine<S> {
    let author = Author {
        user: UserId::new("ada").unwrap(),
        key: SigningKey::from_bytes(&[number; 32]),
    };
    Engine::new(store, BranchId::main(), author)
}

fn session() -> SessionId {
    SessionId::new("proof").unwrap()
}

/// Names another document in the manifest; the event.
fn add<S: EventStore>(engine: &mut Engine<S>, id: &str) -> SignedEvent {
    let entry = Record::new().with("name", id).with("kind", "scene");
    let gesture = Gesture {
        event_type: "document.add",
        changes: vec![Change::put("documents", id, entry)],
        time: 0,
    };
    let manifest = DocumentId::new(MANIFEST).unwrap();
    let edited = engine.edit(&manifest, gesture).unwrap();
    let stored = engine.store().event(&edited.events[0]).unwrap();
    stored.unwrap().signed
}

#[test]
fn a_chain_whose_end_is_proven_by_an_event_that_waits_is_sound() {
    let mut ada = engine(MemoryStore::new(session()), 1);
    let mut ben = engine(MemoryStore::new(session()), 2);
    let first = add(&mut ada, "one");
    ben.ingest(first.clone()).unwrap();
    let unsigned = add(&mut ada, "two");
    let late = add(&mut ben, "three");
    ada.ingest(late.clone()).unwrap();
    let proof = add(&mut ada, "four");
    let mut signature = unsigned.signature;
    signature[0] ^= 1;
    let unsigned = SignedEvent::new(unsigned.block, signature);

    let project = TempDir::new().unwrap();
    let store = SqliteStore::create(project.path(), &session()).unwrap();
    let mut there = engine(store, 3);
    let state = |engine: &Engine<SqliteStore>| {
        let counts = engine.store().counts().unwrap();
        assert_eq!(verify(project.path()).unwrap().damages, []);
        (counts.events, counts.pending)
    };
    let (arrivals, _) = Arrival::read_all(vec![first, unsigned]);
    there.ingest_many(arrivals).unwrap();
    assert_eq!(state(&there), (1, 1));
    // It is proven and folded; its proof waits for what another replica made.
    let (arrivals, _) = Arrival::read_all(vec![proof]);
    let taken = there.ingest_many(arrivals).unwrap();
    assert_eq!(taken.missing, [late.cid]);
    assert_eq!(state(&there), (2, 1));
    let (arrivals, _) = Arrival::read_all(vec![late]);
    there.ingest_many(arrivals).unwrap();
    assert_eq!(state(&there), (4, 0));
}
