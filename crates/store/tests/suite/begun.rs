//! Intakes that are written while they are not whole yet.

use std::sync::Arc;

use tempfile::TempDir;
use wissil_dag::{ReplicaId, SignedEvent, SigningKey};
use wissil_store::{SqliteStore, verify};
use wissil_sync::contract::sample::{self, Writer, log, over};
use wissil_sync::{EventStore, Intake, MemoryStore};

use crate::authors::{add, arrivals, engine, events, manifest, session};

/// Events of one batch; enough to be written in parts.
const MANY: usize = 700;

#[test]
fn a_store_that_is_closed_before_an_intake_is_whole_holds_nothing_of_it() {
    let project = TempDir::new().unwrap();
    let mut store = SqliteStore::create(project.path(), &sample::session()).unwrap();
    let mut writer = Writer::new(1);
    let first = writer.fold(&mut store, &log("door")).unwrap();
    let new = writer.event(&log("door"), &[sample::head(&first)]).unwrap();
    let begun = Intake {
        commits: vec![over(&store, &log("door"), vec![new.clone()]).unwrap()],
        ..Intake::default()
    };
    store.begin(Arc::new(begun.clone())).unwrap();
    drop(store);
    let mut store = SqliteStore::open(project.path()).unwrap();
    assert_eq!(store.counts().unwrap().events, 1);
    assert_eq!(store.event(&new.signed.cid).unwrap(), None);
    assert_eq!(store.take_in(begun).unwrap(), [2]);
    drop(store);
    assert_eq!(verify(project.path()).unwrap().damages, []);
}

#[test]
fn a_handle_that_only_reads_begins_nothing() {
    let project = TempDir::new().unwrap();
    drop(SqliteStore::create(project.path(), &sample::session()).unwrap());
    let mut reader = SqliteStore::open_read_only(project.path()).unwrap();
    let refused = reader.begin(Arc::default()).unwrap_err().to_string();
    assert!(refused.contains("reading only"), "{refused}");
    assert_eq!(reader.counts().unwrap().events, 0);
}

/// What several hundred gestures wrote, with an event in the middle that names no changes.
fn long_history() -> Vec<SignedEvent> {
    let mut there = engine(MemoryStore::new(session()), 1);
    for n in 0..MANY {
        add(&mut there, &format!("scene-{n}"));
    }
    let mut all = events(&there);
    let middle = &all[MANY / 2];
    let mut empty = middle.open().unwrap();
    let stranger = SigningKey::from_bytes(&[9; 32]);
    empty.replica = ReplicaId::from(&stranger);
    empty.seq = 1;
    empty.previous = None;
    empty.parents = vec![middle.cid];
    empty.height += 1;
    empty.changes.clear();
    let empty = empty.sign(&stranger).unwrap();
    all.insert(MANY / 2 + 1, empty);
    all
}

#[test]
fn a_long_batch_is_shown_before_it_is_saved_and_saved_whole() {
    let project = TempDir::new().unwrap();
    let store = SqliteStore::create(project.path(), &session()).unwrap();
    let other = SqliteStore::open_read_only(project.path()).unwrap();
    let mut here = engine(store, 7);
    let all = long_history();
    let mut shown = 0;
    let arrived = here
        .ingest_showing(arrivals(&all), |engine, folded| {
            shown = folded[0].events.len();
            assert_eq!(engine.store().counts().unwrap().events, 0);
            assert_eq!(other.counts().unwrap().events, 0);
        })
        .unwrap();
    assert_eq!(shown, MANY);
    assert_eq!(arrived.quarantined.len(), 1);
    let ords: Vec<u64> = (1..=MANY as u64).collect();
    assert_eq!(arrived.folded[0].ords, ords);
    assert_eq!(other.counts().unwrap().events, MANY as u64);
    assert_eq!(other.counts().unwrap().quarantined, 1);

    let mut twin = engine(MemoryStore::new(session()), 7);
    twin.ingest_many(arrivals(&all)).unwrap();
    assert_eq!(here.store().logs().unwrap(), twin.store().logs().unwrap());
    assert_eq!(
        here.store().chains().unwrap(),
        twin.store().chains().unwrap()
    );
    // The connection that writes is back: this replica's own edits go on.
    add(&mut here, "tower");
    let live = here.projection(&manifest()).unwrap().clone();
    drop(here);
    drop(other);
    assert_eq!(verify(project.path()).unwrap().damages, []);
    let mut again = engine(SqliteStore::open(project.path()).unwrap(), 7);
    assert!(*again.projection(&manifest()).unwrap() == live);
}
