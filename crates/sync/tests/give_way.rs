//! A machine that was set back writes a chain anew that others have further on: it gives way, and both end equal.
#![allow(clippy::unwrap_used)]

mod world;

use std::collections::HashSet;

use wissil_dag::{Cid, SignedEvent};
use wissil_sync::*;
use world::*;

fn take<S: EventStore>(engine: &mut Engine<S>, events: Vec<SignedEvent>) -> Arrivals {
    engine.ingest_many(Arrival::read_all(events).0).unwrap()
}

/// What the scene's log and entities are, whatever the order in which the events came.
fn end<S: EventStore>(engine: &mut Engine<S>) -> (Vec<Head>, String) {
    check_replay(engine);
    let heads = engine
        .store()
        .log(&engine.log(&scene()))
        .unwrap()
        .unwrap()
        .heads;
    let projection = engine.projection(&scene()).unwrap();
    (heads, format!("{:?}", projection.records("entities")))
}

fn give_way<S: EventStore>(engine: &mut Engine<S>, known: &HashSet<Cid>) -> Option<Vec<Cid>> {
    let (log, own) = (engine.log(&scene()), author(0));
    let own = wissil_dag::ReplicaId::from(&own.key);
    let found = engine
        .contradiction(&log, &own, known, |replica| *replica == own)
        .unwrap()?;
    let lost = found.lost.iter().map(|signed| signed.cid).collect();
    engine.give_way(found).unwrap();
    Some(lost)
}

#[test]
fn what_was_made_on_a_machine_that_was_set_back_gives_way_to_what_others_have() {
    let mut ann = engine(MemoryStore::new(session()), 0);
    add_scene(&mut ann);
    ann.edit(&scene(), gesture("entity.add", put("a"))).unwrap();
    let snapshot = ann.store().clone();
    for id in ["b", "c"] {
        ann.edit(&scene(), gesture("entity.add", put(id))).unwrap();
    }
    let mut ben = engine(MemoryStore::new(session()), 1);
    take(&mut ben, events(&ann));
    ben.edit(&scene(), gesture("entity.rename", rename("c", "Ben's")))
        .unwrap();

    // Cleo has seen what Ann had at the snapshot, and nothing else: what she does stands beside both.
    let mut cleo = engine(snapshot.clone(), 2);
    cleo.edit(&scene(), gesture("entity.add", put("d")))
        .unwrap();

    let mut ann = engine(snapshot, 0);
    let first = ann.edit(&scene(), gesture("entity.add", put("x"))).unwrap();
    take(&mut ann, events(&cleo));
    let second = ann
        .edit(&scene(), gesture("entity.rename", rename("a", "Ann's")))
        .unwrap();
    let made: Vec<Cid> = [first.events, second.events].concat();

    // Everything that Ben has comes, in any order and twice.
    let mut all = events(&ben);
    all.reverse();
    take(&mut ann, all);
    let arrived = take(&mut ann, events(&ben));
    assert!(!arrived.forked.is_empty() || ann.store().counts().unwrap().quarantined > 0);
    let refused = ann.edit(&scene(), gesture("entity.add", put("y")));
    assert!(
        matches!(refused, Err(EngineError::Forked(_))),
        "{refused:?}"
    );

    ann.renew(author(7).key);
    assert_eq!(give_way(&mut ann, &HashSet::new()), Some(made.clone()));
    take(&mut ben, events(&cleo));
    assert_eq!(end(&mut ann), end(&mut ben));
    assert_eq!(name_of(&mut ann, "c").as_deref(), Some("Ben's"));
    assert_eq!(name_of(&mut ann, "d").as_deref(), Some("d"));
    assert_eq!(name_of(&mut ann, "x"), None);

    // It goes on under the new key, and what gave way stays away, also when it comes back from somebody who has it.
    ann.edit(&scene(), gesture("entity.add", put("x"))).unwrap();
    take(&mut ben, events(&ann));
    assert_eq!(end(&mut ann), end(&mut ben));
    let lost: Vec<SignedEvent> = ann
        .store()
        .quarantined()
        .unwrap()
        .into_iter()
        .map(|refused| refused.signed)
        .filter(|signed| made.contains(&signed.cid))
        .collect();
    assert_eq!(lost.len(), 2);
    for engine in [&mut ann, &mut ben] {
        take(engine, lost.clone());
    }
    let known: HashSet<Cid> = made.into_iter().collect();
    assert_eq!(give_way(&mut ann, &known), None);
    assert_eq!(end(&mut ann), end(&mut ben));
    ann.edit(&scene(), gesture("entity.add", put("z"))).unwrap();
    take(&mut ben, events(&ann));
    assert_eq!(end(&mut ann), end(&mut ben));
}

#[test]
fn a_chain_of_somebody_else_is_left_frozen() {
    let mut ann = engine(MemoryStore::new(session()), 0);
    add_scene(&mut ann);
    ann.edit(&scene(), gesture("entity.add", put("a"))).unwrap();
    assert_eq!(give_way(&mut ann, &HashSet::new()), None);
}
