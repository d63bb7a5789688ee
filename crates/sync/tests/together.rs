//! Gestures that are made one after the other and saved in one transaction.
#![allow(clippy::unwrap_used)]

mod world;

use wissil_dag::DocumentId;
use wissil_model::{Change, EditError, Record};
use wissil_sync::*;
use world::*;

type Made = (DocumentId, &'static str, Vec<Change>);

/// A store that may fail, and never does before it is told to.
fn store() -> FaultyStore<MemoryStore> {
    FaultyStore {
        inner: MemoryStore::new(session()),
        effects_left: usize::MAX,
        after_effect: false,
    }
}

fn with_scene() -> Engine<FaultyStore<MemoryStore>> {
    let mut engine = engine(store(), 0);
    add_scene(&mut engine);
    engine
}

fn add_document(id: &str) -> Vec<Change> {
    let entry = Record::new().with("name", id).with("kind", "scene");
    vec![Change::put("documents", id, entry)]
}

/// Gestures in three documents, of which one is made by one of them.
fn gestures() -> Vec<Made> {
    let attic = DocumentId::new("attic").unwrap();
    vec![
        (scene(), "entity.add", put("a")),
        (manifest(), "document.add", add_document("attic")),
        (scene(), "entity.rename", rename("a", "Hammer")),
        (attic.clone(), "entity.add", put("b")),
        (attic, "entity.rename", rename("b", "Saw")),
        (scene(), "entity.add", put("c")),
    ]
}

fn make<S: EventStore>(engine: &mut Engine<S>, made: &[Made]) {
    for (document, event_type, changes) in made {
        let log = engine.log(document);
        let bytes = engine.make(&log, gesture(event_type, changes.clone()));
        assert!(bytes.unwrap() > 100);
    }
}

#[test]
fn what_is_saved_together_is_what_would_be_saved_one_by_one() {
    let mut one_by_one = with_scene();
    let singly: Vec<Edited> = gestures()
        .into_iter()
        .map(|(document, event_type, changes)| {
            let gesture = gesture(event_type, changes);
            one_by_one.edit(&document, gesture).unwrap()
        })
        .collect();
    let mut together = with_scene();
    make(&mut together, &gestures());
    // What others read of the store is without it.
    assert_eq!(together.store().counts().unwrap().events, 1);
    let edited = together.save().unwrap();
    let told = |edited: &[Edited]| -> Vec<_> {
        let edited = edited.iter();
        edited
            .map(|it| (it.events.clone(), it.ord, it.position, it.delta.clone()))
            .collect()
    };
    assert_eq!(told(&edited), told(&singly));
    assert_eq!(events(&together), events(&one_by_one));
    assert!(together.save().unwrap().is_empty());
    check_replay(&mut together);

    // Each is a step of its own.
    for _ in 0..3 {
        let (left, right) = (together.undo(&scene(), 0), one_by_one.undo(&scene(), 0));
        assert_eq!(left.unwrap().events, right.unwrap().events);
    }
    assert_eq!(name_of(&mut together, "a"), None);
    assert!(together.undo(&scene(), 0).is_err());
}

#[test]
fn what_is_refused_is_refused_alone() {
    let mut engine = with_scene();
    make(&mut engine, &gestures()[..3]);
    let log = engine.log(&scene());
    let bad = engine.make(&log, gesture("entity.rename", rename("nobody", "x")));
    assert!(matches!(
        bad,
        Err(EngineError::Edit(EditError::NotFound { .. }))
    ));
    // One whose words no event can hold has been written into the document when that is found out.
    let long = "x".repeat(2000);
    let unfit = engine.make(&log, gesture(&long, put("z")));
    assert!(unfit.is_err());
    make(&mut engine, &gestures()[3..]);
    assert_eq!(engine.save().unwrap().len(), 6);
    check_replay(&mut engine);
    let mut expected = with_scene();
    make(&mut expected, &gestures());
    expected.save().unwrap();
    assert_eq!(events(&engine), events(&expected));
}

#[test]
fn a_document_that_was_dropped_meanwhile_is_folded_with_what_is_not_saved() {
    let mut kept = with_scene();
    make(&mut kept, &gestures());
    kept.save().unwrap();
    let mut dropped = with_scene();
    for made in gestures() {
        make(&mut dropped, &[made]);
        dropped.close_all();
    }
    assert_eq!(name_of(&mut dropped, "a").as_deref(), Some("Hammer"));
    dropped.save().unwrap();
    assert_eq!(events(&dropped), events(&kept));
    check_replay(&mut dropped);
}

#[test]
fn a_transaction_that_fails_leaves_everything_as_it_was() {
    let mut engine = with_scene();
    make(&mut engine, &gestures()[..1]);
    engine.save().unwrap();
    let before = engine.projection(&scene()).unwrap().clone();
    make(&mut engine, &gestures()[1..]);
    engine.store_mut().effects_left = 0;
    assert!(matches!(engine.save(), Err(EngineError::Store(_))));
    engine.store_mut().effects_left = usize::MAX;
    assert_eq!(*engine.projection(&scene()).unwrap(), before);
    assert!(engine.save().unwrap().is_empty());
    make(&mut engine, &gestures()[1..]);
    engine.save().unwrap();
    check_replay(&mut engine);
}

#[test]
fn a_disk_that_keeps_what_it_says_it_could_not_is_read_anew() {
    let mut engine = with_scene();
    make(&mut engine, &gestures());
    engine.store_mut().effects_left = 0;
    engine.store_mut().after_effect = true;
    assert!(engine.save().is_err());
    engine.store_mut().effects_left = usize::MAX;
    assert_eq!(name_of(&mut engine, "a").as_deref(), Some("Hammer"));
    let more = gesture("entity.rename", rename("a", "Axe"));
    engine.edit(&scene(), more).unwrap();
    check_replay(&mut engine);
}

#[test]
fn nothing_else_is_done_while_gestures_are_not_saved() {
    let mut other = replica_with_an_event();
    let theirs = events(&other).pop().unwrap();
    let mut engine = with_scene();
    make(&mut engine, &gestures()[..1]);
    let refused = |outcome: Result<(), EngineError>| {
        let error = outcome.unwrap_err().to_string();
        assert!(error.contains("not saved yet"), "{error}");
    };
    refused(engine.ingest(theirs.clone()).map(drop));
    refused(engine.undo(&manifest(), 0).map(drop));
    let edit = gesture("entity.add", put("x"));
    refused(engine.edit(&scene(), edit).map(drop));
    assert_eq!(engine.save().unwrap().len(), 1);
    engine.ingest(theirs).unwrap();
    other.undo(&scene(), 0).unwrap();
}

fn replica_with_an_event() -> Engine<MemoryStore> {
    let mut engine = engine(MemoryStore::new(session()), 1);
    add_scene(&mut engine);
    engine
        .edit(&scene(), gesture("entity.add", put("theirs")))
        .unwrap();
    engine
}

#[test]
fn checkpoints_come_with_what_makes_them_due() {
    let mut engine = with_scene();
    make(&mut engine, &gestures()[..1]);
    let log = engine.log(&scene());
    let mut made = 1;
    while made < 2 * CHECKPOINT_EVENTS + 10 {
        for n in 0..50 {
            let name = format!("{made}.{n}");
            let rename = gesture("entity.rename", rename("a", &name));
            engine.make(&log, rename).unwrap();
        }
        engine.save().unwrap();
        made += 50;
    }
    let checkpoint = engine.store().checkpoint(&log, u64::MAX).unwrap().unwrap();
    // At the end of what made it due.
    assert_eq!(checkpoint.position, 1 + 6 * 50);
    assert!(made > checkpoint.position);
    check_replay(&mut engine);
}
