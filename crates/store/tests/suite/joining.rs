//! A project that starts from shared checkpoints, on disk: sound at every step.

use tempfile::TempDir;
use wissil_dag::{BranchId, DocumentId, SessionId, SigningKey, UserId};
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

fn add(engine: &mut Engine<MemoryStore>, id: &str) {
    let entry = Record::new().with("name", id).with("kind", "scene");
    let gesture = Gesture {
        event_type: "document.add",
        changes: vec![Change::put("documents", id, entry)],
        time: 0,
    };
    let manifest = DocumentId::new(MANIFEST).unwrap();
    engine.edit(&manifest, gesture).unwrap();
}

#[test]
fn history_comes_after_the_base_and_what_follows_it() {
    let session = SessionId::new("joining").unwrap();
    let manifest = DocumentId::new(MANIFEST).unwrap();
    let mut ada = engine(MemoryStore::new(session.clone()), 1);
    let mut ben = engine(MemoryStore::new(session.clone()), 2);
    for n in 0..9 {
        let (one, other) = if n % 3 == 0 {
            (&mut ben, &mut ada)
        } else {
            (&mut ada, &mut ben)
        };
        add(one, &format!("before-{n}"));
        let new = one.store().history(None, 1, None).unwrap();
        other.ingest(new[0].signed.clone()).unwrap();
    }
    let base = ada.share(&manifest).unwrap().unwrap();
    for n in 0..3 {
        add(&mut ada, &format!("after-{n}"));
    }
    let mut events = ada.store().history(None, usize::MAX, None).unwrap();
    events.reverse();
    let events: Vec<_> = events.into_iter().map(|stored| stored.signed).collect();
    let (arrivals, _) = Arrival::read_all(events);

    let project = TempDir::new().unwrap();
    let store = SqliteStore::create(project.path(), &session).unwrap();
    let mut joiner = engine(store, 3);
    let sound = || assert_eq!(verify(project.path()).unwrap().damages, []);
    joiner.store_mut().start_from(vec![base]).unwrap();
    sound();
    for part in arrivals[9..].chunks(2) {
        joiner.ingest_many(part.to_vec()).unwrap();
        sound();
    }
    assert_eq!(joiner.store().counts().unwrap().events, 12);
    for part in arrivals.chunks(2) {
        joiner.backfill(part.to_vec()).unwrap();
        sound();
        for before in 0..14 {
            let of_all = joiner.store().history(Some(before), 20, None).unwrap();
            let of_one = joiner.store().history(Some(before), 20, Some(&manifest));
            assert_eq!(of_one.unwrap(), of_all);
        }
    }
    assert_eq!(joiner.store().incomplete().unwrap(), []);
    assert_eq!(joiner.store().logs().unwrap(), ada.store().logs().unwrap());
    assert!(joiner.projection(&manifest).unwrap() == ada.projection(&manifest).unwrap());
}
