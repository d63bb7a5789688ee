//! What is shown before it is saved: whoever looks on meanwhile changes nothing of it.
#![allow(clippy::unwrap_used)]

mod world;

use wissil_dag::{DocumentId, ReplicaId, SignedEvent};
use wissil_model::{Change, Record};
use wissil_sync::*;
use world::*;

/// More documents than are kept in memory.
const MANY: usize = 40;

fn replica(number: u8) -> Engine<MemoryStore> {
    engine(MemoryStore::new(session()), number)
}

fn document(number: usize) -> DocumentId {
    DocumentId::new(format!("scene-{number}")).unwrap()
}

fn read(events: Vec<SignedEvent>) -> Vec<Arrival> {
    let (arrivals, refused) = Arrival::read_all(events);
    assert!(refused.is_empty());
    arrivals
}

/// The events of a session with many scenes, the first of each apart from the second.
fn many_scenes() -> (Vec<SignedEvent>, Vec<SignedEvent>) {
    let mut there = replica(1);
    let entry = || Record::new().with("name", "Scene").with("kind", "scene");
    let entries = (0..=MANY).map(|at| Change::put("documents", document(at).as_str(), entry()));
    there
        .edit(&manifest(), gesture("document.add", entries.collect()))
        .unwrap();
    for at in 0..=MANY {
        there
            .edit(&document(at), gesture("entity.add", put("a")))
            .unwrap();
    }
    let first = events(&there);
    for at in 0..MANY {
        there
            .edit(&document(at), gesture("entity.rename", rename("a", "b")))
            .unwrap();
    }
    let second = events(&there).split_off(first.len());
    (first, second)
}

#[test]
fn what_is_looked_at_meanwhile_drops_nothing_that_is_not_saved() {
    let (first, second) = many_scenes();
    let mut here = replica(0);
    here.ingest_many(read(first)).unwrap();
    here.ingest_showing(read(second), |engine, folded| {
        assert_eq!(folded.len(), MANY);
        // One that has to be read, and then all again.
        engine.projection(&document(MANY)).unwrap();
        for folded in folded {
            assert_eq!(
                engine.position(&folded.log.document).unwrap(),
                folded.position
            );
        }
    })
    .unwrap();
    check_replay(&mut here);
    // Now they may go again.
    here.projection(&document(MANY)).unwrap();
    let loaded = (0..=MANY).filter(|at| here.loaded(&document(*at)).is_some());
    assert!(loaded.count() < MANY);
}

#[test]
fn what_is_shown_is_what_was_folded_though_the_last_event_was_refused() {
    let (mut first, second) = many_scenes();
    first.extend(second);
    let mut other = replica(2);
    other.ingest_many(read(first.clone())).unwrap();
    other
        .edit(&document(0), gesture("entity.rename", rename("a", "c")))
        .unwrap();
    let mut refused = events(&other).pop().unwrap().open().unwrap();
    // What it does is not what it says.
    refused.changes = vec![(&rename("b", "c")[0]).into()];
    refused.replica = ReplicaId::from(&author(2).key);
    let refused = refused.sign(&author(2).key).unwrap();

    let mut here = replica(0);
    let start: Vec<_> = first.drain(..MANY + 2).collect();
    here.ingest_many(read(start)).unwrap();
    let mut batch = vec![first.remove(0)];
    batch.push(refused);
    let arrivals = here
        .ingest_showing(read(batch), |engine, folded| {
            let [folded] = folded else {
                panic!("{folded:?}");
            };
            assert_eq!(
                engine.position(&folded.log.document).unwrap(),
                folded.position
            );
        })
        .unwrap();
    assert_eq!(arrivals.quarantined.len(), 1);
    check_replay(&mut here);
    here.edit(&document(0), gesture("entity.rename", rename("a", "d")))
        .unwrap();
    check_replay(&mut here);
}
