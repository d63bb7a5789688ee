//! What the engine does with gestures, with events of others, and with a store that fails.
#![allow(clippy::unwrap_used)]

mod world;

use wissil_dag::{Event, Ipld, ReplicaId, SignedEvent};
use wissil_model::{Change, EditError, Record, Value};
use wissil_sync::*;
use world::*;

fn replica(number: u8) -> Engine<MemoryStore> {
    engine(MemoryStore::new(session()), number)
}

/// A replica with a scene that holds one entity, `a`.
fn with_entity() -> Engine<MemoryStore> {
    let mut engine = replica(0);
    add_scene(&mut engine);
    engine
        .edit(&scene(), gesture("entity.add", put("a")))
        .unwrap();
    engine
}

fn copy_to(from: &Engine<MemoryStore>, to: &mut Engine<MemoryStore>) {
    for event in events(from) {
        to.ingest(event).unwrap();
    }
}

#[test]
fn a_gesture_is_one_event_with_the_values_before() {
    let mut engine = with_entity();
    let edited = engine
        .edit(&scene(), gesture("entity.rename", rename("a", "Hammer")))
        .unwrap();
    assert_eq!(edited.events.len(), 1);
    assert_eq!(edited.position, 2);
    let stored = engine.store().event(&edited.events[0]).unwrap().unwrap();
    let event = stored.signed.open_verified().unwrap();
    assert_eq!((event.seq, event.height), (2, 2));
    let changes = Change::from_blocks(&event.changes).unwrap();
    let was = [("name".to_owned(), Value::text("a"))].into();
    assert_eq!(
        changes[0].operation,
        wissil_model::Operation::Set {
            set: [("name".to_owned(), Value::text("Hammer"))].into(),
            was
        }
    );
}

#[test]
fn an_edit_that_changes_nothing_writes_nothing() {
    let mut engine = with_entity();
    let before = engine.store().counts().unwrap();
    let refused = engine.edit(&scene(), gesture("entity.rename", rename("a", "a")));
    assert!(matches!(
        refused,
        Err(EngineError::Edit(EditError::Nothing))
    ));
    assert_eq!(engine.store().counts().unwrap(), before);
}

#[test]
fn a_document_that_the_manifest_does_not_name_does_not_exist() {
    let mut engine = replica(0);
    let refused = engine.edit(&scene(), gesture("entity.add", put("a")));
    assert!(matches!(refused, Err(EngineError::NoDocument(_))));
}

#[test]
fn a_type_carries_only_its_own_changes() {
    let mut engine = with_entity();
    let refused = engine.edit(
        &scene(),
        gesture("entity.rename", vec![Change::remove("entities", "a")]),
    );
    assert!(matches!(
        refused,
        Err(EngineError::Edit(EditError::Type(_)))
    ));
    assert_eq!(name_of(&mut engine, "a").as_deref(), Some("a"));
}

#[test]
fn what_is_refused_leaves_the_document_in_memory() {
    let mut engine = with_entity();
    let long = || "x".repeat(2000);
    let mut too_late: Vec<Change> = (0..400)
        .map(|n| Change::put("entities", format!("e{n}"), entity(&long())))
        .collect();
    too_late.push(Change::put("entities", "no id", entity("b")));
    let refusals = [
        ("entity.add", put("no id")),
        (
            "entity.add",
            vec![Change::put("entities", "b", Record::new())],
        ),
        ("entity.rename", vec![Change::remove("entities", "a")]),
        ("entity.rename", rename("gone", "b")),
        ("entity.rename", rename("a", "a")),
        ("entity.add", too_late),
    ];
    for (event_type, changes) in refusals {
        let refused = engine.edit(&scene(), gesture(event_type, changes));
        assert!(matches!(refused, Err(EngineError::Edit(_))), "{refused:?}");
        let loaded = engine.loaded(&scene()).unwrap();
        assert_eq!(loaded.records("entities").len(), 1);
    }
    engine
        .edit(&scene(), gesture("entity.add", put("b")))
        .unwrap();
    check_replay(&mut engine);
}

#[test]
fn a_large_gesture_becomes_several_events_and_one_undo() {
    let mut engine = with_entity();
    let long = "x".repeat(2000);
    let many: Vec<Change> = (0..400)
        .map(|n| Change::put("entities", format!("e{n}"), entity(&long)))
        .collect();
    let edited = engine.edit(&scene(), gesture("entity.add", many)).unwrap();
    assert!(edited.events.len() > 1);
    // Its words are about all of it.
    let log = engine.log(&scene());
    let step = engine.next_step(&log, UndoSide::Done).unwrap().unwrap();
    assert_eq!(step.label, "added 400 entities");
    check_replay(&mut engine);
    let undone = engine.undo(&scene(), 0).unwrap();
    assert!(undone.events.len() > 1);
    assert_eq!(
        engine
            .projection(&scene())
            .unwrap()
            .records("entities")
            .len(),
        1
    );
    engine.redo(&scene(), 0).unwrap();
    assert_eq!(
        engine
            .projection(&scene())
            .unwrap()
            .records("entities")
            .len(),
        401
    );
    check_replay(&mut engine);
}

#[test]
fn undo_and_redo_walk_back_and_forth_and_survive_a_restart() {
    let mut engine = with_entity();
    for name in ["b", "c", "d"] {
        engine
            .edit(&scene(), gesture("entity.rename", rename("a", name)))
            .unwrap();
    }
    engine.undo(&scene(), 0).unwrap();
    engine.undo(&scene(), 0).unwrap();
    assert_eq!(name_of(&mut engine, "a").as_deref(), Some("b"));
    // A new engine over the same store, as after a restart.
    let store = std::mem::replace(engine.store_mut(), MemoryStore::new(session()));
    let mut engine = world::engine(store, 0);
    engine.redo(&scene(), 0).unwrap();
    assert_eq!(name_of(&mut engine, "a").as_deref(), Some("c"));
    engine.undo(&scene(), 0).unwrap();
    engine
        .edit(&scene(), gesture("entity.rename", rename("a", "e")))
        .unwrap();
    let nothing = engine.redo(&scene(), 0);
    assert!(matches!(
        nothing,
        Err(EngineError::NothingToStep(UndoSide::Undone))
    ));
    for _ in 0..3 {
        engine.undo(&scene(), 0).unwrap();
    }
    assert_eq!(name_of(&mut engine, "a"), None);
    assert!(engine.undo(&scene(), 0).is_err());
    check_replay(&mut engine);
}

#[test]
fn undo_leaves_what_others_changed_since() {
    let mut here = with_entity();
    let mut there = replica(1);
    copy_to(&here, &mut there);
    here.edit(&scene(), gesture("entity.rename", rename("a", "mine")))
        .unwrap();
    copy_to(&here, &mut there);
    there
        .edit(&scene(), gesture("entity.rename", rename("a", "theirs")))
        .unwrap();
    copy_to(&there, &mut here);
    let refused = here.undo(&scene(), 0);
    assert!(matches!(refused, Err(EngineError::Overwritten(_))));
    assert_eq!(name_of(&mut here, "a").as_deref(), Some("theirs"));
    // The step is used up; the next one is the entity itself, which is no longer as it was made.
    assert!(matches!(
        here.undo(&scene(), 0),
        Err(EngineError::Overwritten(_))
    ));
    assert!(matches!(
        here.undo(&scene(), 0),
        Err(EngineError::NothingToStep(_))
    ));
}

#[test]
fn a_gesture_is_taken_back_by_its_event_whatever_came_after_it() {
    let mut engine = with_entity();
    let added = engine
        .edit(&scene(), gesture("entity.add", put("b")))
        .unwrap();
    let renamed = engine
        .edit(&scene(), gesture("entity.rename", rename("a", "Hammer")))
        .unwrap();
    engine
        .edit(&scene(), gesture("entity.rename", rename("a", "Anvil")))
        .unwrap();
    engine.undo_gesture(&scene(), &added.events[0], 0).unwrap();
    assert_eq!(name_of(&mut engine, "b"), None);
    assert_eq!(name_of(&mut engine, "a").as_deref(), Some("Anvil"));
    let again = engine.undo_gesture(&scene(), &added.events[0], 0);
    assert!(matches!(again, Err(EngineError::NotToUndo)));
    // What a later gesture wrote over stays, and is still there to be undone in its turn.
    let covered = engine.undo_gesture(&scene(), &renamed.events[0], 0);
    assert!(matches!(covered, Err(EngineError::Overwritten(_))));
    engine.undo(&scene(), 0).unwrap();
    assert_eq!(name_of(&mut engine, "a").as_deref(), Some("Hammer"));
    engine.undo(&scene(), 0).unwrap();
    assert_eq!(name_of(&mut engine, "a").as_deref(), Some("a"));
    check_replay(&mut engine);
}

#[test]
fn undo_is_per_person() {
    let here = with_entity();
    let mut there = replica(1);
    copy_to(&here, &mut there);
    assert!(matches!(
        there.undo(&scene(), 0),
        Err(EngineError::NothingToStep(_))
    ));
}

#[test]
fn concurrent_edits_make_two_heads_that_the_next_event_joins() {
    let mut here = with_entity();
    let mut there = replica(1);
    copy_to(&here, &mut there);
    here.edit(&scene(), gesture("entity.add", put("b")))
        .unwrap();
    there
        .edit(&scene(), gesture("entity.add", put("c")))
        .unwrap();
    copy_to(&there, &mut here);
    copy_to(&here, &mut there);
    let heads = |engine: &Engine<MemoryStore>| {
        engine
            .store()
            .log(&engine.log(&scene()))
            .unwrap()
            .unwrap()
            .heads
    };
    assert_eq!(heads(&here).len(), 2);
    assert_eq!(heads(&here), heads(&there));
    let edited = there
        .edit(&scene(), gesture("entity.add", put("d")))
        .unwrap();
    assert_eq!(heads(&there).len(), 1);
    let stored = there.store().event(&edited.events[0]).unwrap().unwrap();
    assert_eq!(stored.signed.open().unwrap().parents.len(), 1);
    copy_to(&there, &mut here);
    assert!(here.projection(&scene()).unwrap() == there.projection(&scene()).unwrap());
}

#[test]
fn events_fold_in_whatever_order_they_arrive() {
    let mut here = with_entity();
    for name in ["b", "c", "d", "e"] {
        here.edit(&scene(), gesture("entity.rename", rename("a", name)))
            .unwrap();
    }
    let mut there = replica(1);
    for event in events(&here).into_iter().rev() {
        there.ingest(event).unwrap();
    }
    assert_eq!(there.store().counts().unwrap().pending, 0);
    assert!(here.projection(&scene()).unwrap() == there.projection(&scene()).unwrap());
    for event in events(&here) {
        assert_eq!(there.ingest(event).unwrap(), Ingested::Duplicate);
    }
}

#[test]
fn a_pending_event_survives_a_restart() {
    let mut here = with_entity();
    here.edit(&scene(), gesture("entity.rename", rename("a", "b")))
        .unwrap();
    let all = events(&here);
    let mut there = replica(1);
    let waits = there.ingest(all[2].clone()).unwrap();
    assert_eq!(
        waits,
        Ingested::Waits {
            missing: vec![all[1].cid]
        }
    );
    let store = std::mem::replace(there.store_mut(), MemoryStore::new(session()));
    let mut there = world::engine(store, 1);
    let folded = there.ingest(all[1].clone()).unwrap();
    assert!(matches!(folded, Ingested::Folded(folded) if folded.events.len() == 2));
    assert_eq!(name_of(&mut there, "a").as_deref(), Some("b"));
}

/// The event as another replica's forged or broken one, signed by whoever holds `number`'s key.
fn forged(
    engine: &Engine<MemoryStore>,
    number: u8,
    change: impl FnOnce(&mut Event),
) -> SignedEvent {
    let mut event = events(engine).pop().unwrap().open().unwrap();
    event.replica = ReplicaId::from(&author(number).key);
    change(&mut event);
    event.sign(&author(number).key).unwrap()
}

#[test]
fn what_was_refused_is_folded_by_whoever_understands_it() {
    let here = with_entity();
    let mut there = replica(1);
    for signed in events(&here) {
        let reason = "a newer version made it".to_owned();
        let refused = QuarantinedEvent { signed, reason };
        there.store_mut().quarantine(&refused).unwrap();
    }
    assert!(there.store().counts().unwrap().quarantined > 0);
    there.look_again().unwrap();
    let counts = there.store().counts().unwrap();
    assert_eq!((counts.quarantined, counts.pending), (0, 0));
    assert_eq!(counts.events, here.store().counts().unwrap().events);
}

#[test]
fn nobody_waits_for_what_nobody_signed() {
    let here = with_entity();
    let mut there = replica(1);
    let mut signed = events(&here).remove(0);
    signed.signature = [1; 64];
    assert!(matches!(
        there.ingest(signed).unwrap(),
        Ingested::Waits { .. }
    ));
    assert_eq!(there.store().counts().unwrap().pending, 1);
    assert_eq!(there.unproven(), 1);
}

#[test]
fn what_is_wrong_with_an_event_is_named_and_the_event_kept() {
    type Forge = fn(&mut Event);
    let cases: [(&str, Forge); 5] = [
        ("session", |event| {
            event.session = wissil_dag::SessionId::new("other").unwrap();
        }),
        ("update", |event| event.update = None),
        ("changes", |event| event.changes.clear()),
        ("writes as", |event| event.seq = 1),
        ("kind", |event| {
            event.document = wissil_dag::DocumentId::new("new").unwrap();
            event.metadata.clear();
        }),
    ];
    for (expected, forge) in cases {
        let here = with_entity();
        let mut there = replica(1);
        let event = forged(&here, 5, forge);
        match there.ingest(event).unwrap() {
            Ingested::Quarantined { reason } => {
                assert!(
                    reason.contains(expected),
                    "{reason} does not name {expected}"
                );
            }
            other => panic!("{expected}: {other:?}"),
        }
        assert_eq!(there.store().counts().unwrap().quarantined, 1);
        assert_eq!(there.store().counts().unwrap().events, 0);
    }
}

#[test]
fn a_flipped_bit_is_refused() {
    let here = with_entity();
    let event = events(&here).pop().unwrap();
    let mut there = replica(1);
    let mut block = event.block.to_vec();
    block[0] ^= 1;
    let broken = SignedEvent::new(block, event.signature);
    assert!(matches!(
        there.ingest(broken).unwrap(),
        Ingested::Quarantined { .. }
    ));
    let mut signature = event.signature;
    signature[7] ^= 1;
    let broken = SignedEvent::new(event.block.clone(), signature);
    // It is what was made all the same if a later event of its chain says so; until then it waits.
    assert_eq!(
        there.ingest(broken).unwrap(),
        Ingested::Waits {
            missing: Vec::new()
        }
    );
    assert_eq!(there.store().counts().unwrap().events, 0);
    assert_eq!(there.missing().unwrap(), []);
}

#[test]
fn a_refused_event_leaves_the_rest_of_the_session_working() {
    let mut here = with_entity();
    let mut there = replica(1);
    copy_to(&here, &mut there);
    let evil = forged(&here, 5, |event| {
        // An update that does more than the event says: it is applied before that is noticed.
        event.changes = vec![Ipld::from(&Change::put("entities", "z", entity("z")))];
    });
    assert!(matches!(
        there.ingest(evil).unwrap(),
        Ingested::Quarantined { .. }
    ));
    here.edit(&scene(), gesture("entity.rename", rename("a", "b")))
        .unwrap();
    copy_to(&here, &mut there);
    assert!(here.projection(&scene()).unwrap() == there.projection(&scene()).unwrap());
    check_replay(&mut there);
}

#[test]
fn a_fork_freezes_its_chain_and_keeps_both_events() {
    let mut original = with_entity();
    // A copy of the project that goes on under the same key.
    let mut copy = replica(0);
    for event in events(&original) {
        copy.ingest(event).unwrap();
    }
    original
        .edit(&scene(), gesture("entity.add", put("b")))
        .unwrap();
    copy.edit(&scene(), gesture("entity.add", put("c")))
        .unwrap();
    let mut there = replica(1);
    copy_to(&original, &mut there);
    let second = events(&copy).pop().unwrap();
    assert_eq!(there.ingest(second).unwrap(), Ingested::Forked);
    original
        .edit(&scene(), gesture("entity.add", put("d")))
        .unwrap();
    let later = events(&original).pop().unwrap();
    assert!(matches!(
        there.ingest(later).unwrap(),
        Ingested::Quarantined { .. }
    ));
    assert_eq!(there.store().counts().unwrap().quarantined, 2);
    // The copy learns of it when the original's event reaches it, and refuses to go on under that key.
    let first = events(&original)[2].clone();
    assert_eq!(copy.ingest(first).unwrap(), Ingested::Forked);
    let refused = copy.edit(&scene(), gesture("entity.add", put("e")));
    assert!(matches!(refused, Err(EngineError::Forked(_))));
}

#[test]
fn checkpoints_change_nothing() {
    let mut engine = with_entity();
    for n in 0..2 * CHECKPOINT_EVENTS + 10 {
        engine
            .edit(
                &scene(),
                gesture("entity.rename", rename("a", &format!("name {n}"))),
            )
            .unwrap();
    }
    let log = engine.log(&scene());
    let checkpoint = engine.store().checkpoint(&log, u64::MAX).unwrap().unwrap();
    assert!(checkpoint.position >= CHECKPOINT_EVENTS);
    for position in [
        1,
        2,
        CHECKPOINT_EVENTS,
        CHECKPOINT_EVENTS + 1,
        2 * CHECKPOINT_EVENTS + 5,
    ] {
        let then = engine.projection_at(&scene(), position).unwrap();
        let name = then
            .record("entities", "a")
            .unwrap()
            .get("name")
            .unwrap()
            .clone();
        let expected = match position {
            1 => "a".to_owned(),
            _ => format!("name {}", position - 2),
        };
        assert_eq!(name, Value::text(expected));
    }
    check_replay(&mut engine);
}

#[test]
fn a_failure_at_any_effect_loses_nothing_that_was_said_to_be_saved() {
    for after_effect in [false, true] {
        for effects in 0..40 {
            let store = FaultyStore {
                inner: MemoryStore::new(session()),
                effects_left: effects,
                after_effect,
            };
            let mut engine = world::engine(store, 0);
            let mut saved = Vec::new();
            let mut script =
                |engine: &mut Engine<FaultyStore<MemoryStore>>| -> Result<(), EngineError> {
                    let entry = wissil_model::Record::new()
                        .with("name", "Scene")
                        .with("kind", "scene");
                    let add = vec![Change::put("documents", "scene", entry)];
                    saved.extend(
                        engine
                            .edit(&manifest(), gesture("document.add", add))?
                            .events,
                    );
                    for n in 0..12 {
                        let id = format!("e{n}");
                        saved.extend(
                            engine
                                .edit(&scene(), gesture("entity.add", put(&id)))?
                                .events,
                        );
                        if n % 3 == 2 {
                            saved.extend(engine.undo(&scene(), 0)?.events);
                        }
                        if n % 6 == 5 {
                            saved.extend(engine.redo(&scene(), 0)?.events);
                        }
                    }
                    Ok(())
                };
            let outcome = script(&mut engine);
            // The engine still answers, and what it shows is what the store holds.
            if engine.store().log(&engine.log(&scene())).unwrap().is_some() {
                check_replay(&mut engine);
            }
            let inner = std::mem::replace(
                engine.store_mut(),
                FaultyStore {
                    inner: MemoryStore::new(session()),
                    effects_left: 0,
                    after_effect,
                },
            )
            .inner;
            let mut reopened = world::engine(inner, 0);
            for cid in &saved {
                assert!(
                    reopened.store().event(cid).unwrap().is_some(),
                    "{cid} was lost"
                );
            }
            if outcome.is_err()
                && reopened
                    .store()
                    .log(&reopened.log(&scene()))
                    .unwrap()
                    .is_some()
            {
                // Work goes on where it stopped.
                reopened
                    .edit(&scene(), gesture("entity.add", put("afterwards")))
                    .unwrap();
                check_replay(&mut reopened);
            }
        }
    }
}
