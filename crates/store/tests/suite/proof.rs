//! Events whose own signature was damaged on the way, and that a later event of their chain proves.

use tempfile::TempDir;
use wissil_dag::SignedEvent;
use wissil_store::{SqliteStore, verify};
use wissil_sync::{Engine, EventStore, MemoryStore};

use crate::authors::{add, arrivals, engine, session};

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
    there.ingest_many(arrivals(&[first, unsigned])).unwrap();
    assert_eq!(state(&there), (1, 1));
    // It is proven and folded; its proof waits for what another replica made.
    let taken = there.ingest_many(arrivals(&[proof])).unwrap();
    assert_eq!(taken.missing, [late.cid]);
    assert_eq!(state(&there), (2, 1));
    there.ingest_many(arrivals(&[late])).unwrap();
    assert_eq!(state(&there), (4, 0));
}
