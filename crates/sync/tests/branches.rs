//! Events of other branches than the one that is open.
#![allow(clippy::unwrap_used)]

mod world;

use wissil_dag::{BranchId, Event, Ipld, ReplicaId, SessionId, SignedEvent};
use wissil_model::{Change, Document, DocumentKind, Record, writer_id};
use wissil_sync::*;
use world::*;

fn replica(number: u8) -> Engine<MemoryStore> {
    engine(MemoryStore::new(session()), number)
}

fn night() -> BranchId {
    BranchId::new("night").unwrap()
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

/// What replica 5 does to the scene on the branch `night`, which leaves main at its last event.
fn on_night(main: &Engine<MemoryStore>, edits: &[Vec<Change>]) -> Vec<SignedEvent> {
    let left = events(main).pop().unwrap();
    let left_at = left.open().unwrap().height;
    let key = author(5).key;
    let replica = ReplicaId::from(&key);
    let writer = writer_id(&replica, &session(), &night(), &scene());
    let mut document = Document::new(DocumentKind::SCENE, writer);
    let mut made: Vec<SignedEvent> = Vec::new();
    for (edit, seq) in edits.iter().zip(1..) {
        let authored = document.author("version.restore", edit.clone()).unwrap();
        let event = Event {
            session: session(),
            branch: night(),
            document: scene(),
            event_type: "version.restore".into(),
            user: author(5).user,
            replica,
            seq,
            height: left_at + seq,
            previous: made.last().map(|event| event.cid),
            parents: if seq == 1 { vec![left.cid] } else { Vec::new() },
            time: 0,
            changes: authored.changes.iter().map(Ipld::from).collect(),
            update: Some(authored.update),
            metadata: match seq {
                1 => [("kind".to_owned(), Ipld::String("scene".into()))].into(),
                _ => Default::default(),
            },
        };
        made.push(event.sign(&key).unwrap());
    }
    made
}

fn night_log() -> LogKey {
    LogKey {
        branch: night(),
        document: scene(),
    }
}

#[test]
fn what_belongs_to_another_branch_is_stored_and_changes_nothing_here() {
    let mut here = with_entity();
    let edits = [put("moon"), rename("moon", "Luna"), put("owl")];
    let made = on_night(&here, &edits);
    let before = here.projection(&scene()).unwrap().clone();
    // The last one first, as a stream may give them; then all, as another reading does.
    assert!(matches!(
        here.ingest(made[2].clone()).unwrap(),
        Ingested::Waits { .. }
    ));
    let (arrivals, _) = Arrival::read_all(made[..2].to_vec());
    let arrived = here.ingest_many(arrivals).unwrap();
    assert_eq!((arrived.kept, arrived.folded), (3, Vec::new()));
    for event in &made {
        assert_eq!(here.ingest(event.clone()).unwrap(), Ingested::Duplicate);
    }
    let counts = here.store().counts().unwrap();
    assert_eq!(
        (counts.pending, counts.quarantined, counts.events),
        (0, 0, 5)
    );
    let state = here.store().log(&night_log()).unwrap().unwrap();
    assert_eq!((state.length, state.heads[0].cid), (3, made[2].cid));
    assert!(*here.projection(&scene()).unwrap() == before);
    // Both go on, here and on the branch, and a newcomer has both from either.
    here.edit(&scene(), gesture("entity.add", put("b")))
        .unwrap();
    let mut there = replica(1);
    assert_eq!(there.ingest_all(events(&here)).unwrap(), []);
    assert_eq!(there.store().logs().unwrap(), here.store().logs().unwrap());
    assert!(here.projection(&scene()).unwrap() == there.projection(&scene()).unwrap());
}

#[test]
fn an_event_may_build_on_what_another_branch_did() {
    let mut here = with_entity();
    let made = on_night(&here, &[put("moon")]);
    here.ingest(made[0].clone()).unwrap();
    let mut merging = replica(2);
    merging.ingest_all(events(&here)).unwrap();
    merging
        .edit(&scene(), gesture("branch.merge", put("moon")))
        .unwrap();
    let mut merge = events(&merging).pop().unwrap().open().unwrap();
    merge.parents.push(made[0].cid);
    merge.parents.sort();
    merge.height = 1 + made[0].open().unwrap().height;
    let merge = merge.sign(&author(2).key).unwrap();
    assert!(matches!(here.ingest(merge).unwrap(), Ingested::Folded(_)));
    assert_eq!(name_of(&mut here, "moon").as_deref(), Some("moon"));
}

#[test]
fn what_is_wrong_on_another_branch_is_refused_there_too() {
    type Forge = fn(&mut Event);
    let cases: [(&str, Forge); 6] = [
        ("session", |event| {
            event.session = SessionId::new("other").unwrap();
        }),
        ("writes as", |event| {
            event.branch = BranchId::new("dawn").unwrap()
        }),
        ("height", |event| event.height += 1),
        ("update", |event| event.update = Some(vec![7; 20])),
        ("changes", |event| event.changes.clear()),
        ("kind", |event| event.metadata.clear()),
    ];
    for (expected, forge) in cases {
        let mut here = with_entity();
        let made = on_night(&here, &[put("moon")]);
        let mut event = made[0].open().unwrap();
        forge(&mut event);
        match here.ingest(event.sign(&author(5).key).unwrap()).unwrap() {
            Ingested::Quarantined { reason } => {
                assert!(
                    reason.contains(expected),
                    "{reason} does not name {expected}"
                );
            }
            other => panic!("{expected}: {other:?}"),
        }
        assert_eq!(here.store().log(&night_log()).unwrap(), None);
    }
}

#[test]
fn a_whole_history_is_taken_in_a_few_transactions() {
    let mut there = with_entity();
    for at in 0..3000 {
        let name = format!("{at}");
        there
            .edit(&scene(), gesture("entity.rename", rename("a", &name)))
            .unwrap();
    }
    let store = FaultyStore {
        inner: MemoryStore::new(session()),
        effects_left: usize::MAX,
        after_effect: false,
    };
    let mut here = engine(store, 1);
    assert_eq!(here.ingest_all(events(&there)).unwrap(), []);
    assert_eq!(here.store().inner.counts().unwrap().events, 3002);
    // Parts of 256 events are given to be written while more are folded; two of all of them are made whole.
    let effects = usize::MAX - here.store().effects_left;
    assert!(effects <= 3002 / 256 + 2, "{effects} effects");
}

/// A replica that has `night` open.
fn on_the_branch(number: u8) -> Engine<MemoryStore> {
    Engine::new(MemoryStore::new(session()), night(), author(number))
}

fn add_member<S: EventStore>(engine: &mut Engine<S>, id: &str) {
    let member = Change::put("members", id, Record::new().with("name", id));
    let main = engine.main_manifest().unwrap();
    let join = gesture("member.join", vec![member]);
    engine.make(&main, join).unwrap();
    engine.save().unwrap();
}

fn members<S: EventStore>(engine: &mut Engine<S>) -> Vec<String> {
    let main = engine.main_manifest().unwrap();
    let members = engine.projection_of(&main).unwrap().records("members");
    members.keys().map(ToString::to_string).collect()
}

#[test]
fn the_manifest_of_main_is_folded_whichever_branch_is_open() {
    let mut main = with_entity();
    add_member(&mut main, "ada");
    let mut here = on_the_branch(1);
    let (arrivals, _) = Arrival::read_all(events(&main));
    let arrived = here.ingest_many(arrivals).unwrap();
    // The scene of main is stored.
    assert_eq!(arrived.kept, 1);
    let logs: Vec<&LogKey> = arrived.folded.iter().map(|folded| &folded.log).collect();
    assert_eq!(logs, [&here.main_manifest().unwrap()]);
    assert_eq!(members(&mut here), ["ada"]);
    // What comes later is folded into what is in memory.
    add_member(&mut main, "ben");
    here.ingest(events(&main).pop().unwrap()).unwrap();
    assert_eq!(members(&mut here), ["ada", "ben"]);

    // Who joins while the branch is open joins the session.
    add_member(&mut here, "cem");
    let joined = events(&here).pop().unwrap();
    assert_eq!(joined.open().unwrap().branch, BranchId::main());
    assert!(matches!(main.ingest(joined).unwrap(), Ingested::Folded(_)));
    assert_eq!(members(&mut main), ["ada", "ben", "cem"]);
    check_replay(&mut main);
}

#[test]
fn a_document_is_another_on_each_branch() {
    let mut main = with_entity();
    let mut here = on_the_branch(1);
    here.ingest_all(events(&main)).unwrap();
    // It has no documents of its own yet.
    assert!(here.projection(&scene()).is_err());
    add_scene(&mut here);
    here.edit(&scene(), gesture("entity.add", put("moon")))
        .unwrap();
    assert_eq!(name_of(&mut here, "a"), None);
    assert_eq!(name_of(&mut here, "moon").as_deref(), Some("moon"));
    let before = main.projection(&scene()).unwrap().clone();
    assert_eq!(main.ingest_all(events(&here)).unwrap(), []);
    assert!(*main.projection(&scene()).unwrap() == before);
    let stored = main.store().log(&night_log()).unwrap().unwrap();
    assert_eq!(stored.length, 1);
    here.undo(&scene(), 0).unwrap();
    assert_eq!(name_of(&mut here, "moon"), None);
    main.undo(&scene(), 0).unwrap();
    assert_eq!(name_of(&mut main, "a"), None);
}

#[test]
fn two_branches_of_a_document_are_folded_side_by_side() {
    let mut main = with_entity();
    let mut there = on_the_branch(1);
    add_scene(&mut there);
    there
        .edit(&scene(), gesture("entity.add", put("moon")))
        .unwrap();
    assert_eq!(main.ingest_all(events(&there)).unwrap(), []);

    // Each is what was done on it.
    let entities = |engine: &mut Engine<MemoryStore>, log: &LogKey| -> Vec<String> {
        let records = engine.projection_of(log).unwrap().records("entities");
        records.keys().map(ToString::to_string).collect()
    };
    let here = main.log(&scene());
    assert_eq!(entities(&mut main, &here), ["a"]);
    assert_eq!(entities(&mut main, &night_log()), ["moon"]);

    // What comes on the branch that is looked at is folded there, and what comes here, here.
    there
        .edit(&scene(), gesture("entity.add", put("owl")))
        .unwrap();
    let later = main.ingest(events(&there).pop().unwrap()).unwrap();
    let Ingested::Folded(folded) = later else {
        panic!("{later:?}");
    };
    assert_eq!((&folded.log, folded.position), (&night_log(), 2));
    assert_eq!(folded.delta.upserted["entities"].len(), 1);
    main.edit(&scene(), gesture("entity.add", put("sun")))
        .unwrap();
    assert_eq!(entities(&mut main, &here), ["a", "sun"]);
    assert_eq!(entities(&mut main, &night_log()), ["moon", "owl"]);
    assert_eq!(main.position_of(&here).unwrap(), 2);
    assert_eq!(main.position_of(&night_log()).unwrap(), 2);

    // Undo is of the branch.
    assert!(main.next_step(&here, UndoSide::Done).unwrap().is_some());
    assert_eq!(main.next_step(&night_log(), UndoSide::Done).unwrap(), None);

    // What nobody looks at any more is stored, and folded when somebody looks again.
    main.close(&night_log());
    there
        .edit(&scene(), gesture("entity.add", put("bat")))
        .unwrap();
    let later = main.ingest(events(&there).pop().unwrap()).unwrap();
    assert!(matches!(later, Ingested::Kept), "{later:?}");
    assert_eq!(entities(&mut main, &night_log()), ["bat", "moon", "owl"]);
    check_replay(&mut main);
}
