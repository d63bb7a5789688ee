//! The history before a base: where it was forked, where the base lies, and after a failure at any effect.
#![allow(clippy::unwrap_used)]

mod world;

use proptest::prelude::*;
use wissil_dag::{ReplicaId, SignedEvent};
use wissil_model::{Document, DocumentKind};
use wissil_sync::*;
use world::*;

fn hear<A: EventStore, B: EventStore>(from: &Engine<A>, to: &mut Engine<B>) {
    to.ingest_many(read(events(from))).unwrap();
}

fn read(events: Vec<SignedEvent>) -> Vec<Arrival> {
    let (arrivals, refused) = Arrival::read_all(events);
    assert_eq!(refused, []);
    arrivals
}

fn edit<S: EventStore>(engine: &mut Engine<S>, name: &str) {
    engine
        .edit(&scene(), gesture("entity.rename", rename("a", name)))
        .unwrap();
}

/// A scene with one entity.
fn begin() -> Engine<MemoryStore> {
    let mut here = engine(MemoryStore::new(session()), 0);
    add_scene(&mut here);
    here.edit(&scene(), gesture("entity.add", put("a")))
        .unwrap();
    here
}

fn bases(full: &mut Engine<MemoryStore>) -> Vec<SharedCheckpoint> {
    [manifest(), scene()]
        .map(|document| full.share(&document).unwrap().unwrap())
        .to_vec()
}

fn joiner(bases: &[SharedCheckpoint]) -> Engine<MemoryStore> {
    let mut store = MemoryStore::new(session());
    store.start_from(bases.to_vec()).unwrap();
    engine(store, 7)
}

fn reopened(joiner: &mut Engine<MemoryStore>) -> Engine<MemoryStore> {
    let store = std::mem::replace(joiner.store_mut(), MemoryStore::new(session()));
    engine(store, 7)
}

fn shuffled(mut events: Vec<SignedEvent>, mut seed: u64) -> Vec<SignedEvent> {
    for at in (1..events.len()).rev() {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        events.swap(at, (seed >> 33) as usize % (at + 1));
    }
    events
}

/// The joiner holds what the other does.
#[track_caller]
fn same<S: EventStore>(joiner: &mut Engine<S>, full: &mut Engine<MemoryStore>) {
    assert_eq!(joiner.store().incomplete().unwrap(), []);
    assert_eq!(joiner.store().logs().unwrap(), full.store().logs().unwrap());
    for document in [manifest(), scene()] {
        let (here, there) = (joiner.projection(&document), full.projection(&document));
        assert!(here.unwrap() == there.unwrap(), "{document} differs");
    }
    check_replay(joiner);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// Two copies of one installation wrote to one chain: the base folds what one of them wrote, and the other's is kept
    /// and shown, in whatever order they come.
    #[test]
    fn of_twins_before_a_base_those_are_history_that_it_folds(
        common in 1..4usize,
        right in 1..4usize,
        twins in 1..6usize,
        known in any::<bool>(),
        seed in any::<u64>(),
        size in 1..12usize,
        restarts in any::<bool>(),
    ) {
        let mut here = begin();
        let mut one = engine(here.store().clone(), 8);
        for n in 0..common {
            edit(&mut one, &format!("common {n}"));
        }
        let mut copy = engine(one.store().clone(), 8);
        for n in 0..right {
            edit(&mut one, &format!("one {n}"));
        }
        for n in 0..twins {
            edit(&mut copy, &format!("copy {n}"));
        }
        hear(&one, &mut here);
        edit(&mut here, "seen");
        if known {
            hear(&copy, &mut here);
        }
        let bases = bases(&mut here);
        let mut joiner = joiner(&bases);
        edit(&mut here, "after");
        let all = [events(&here), events(&copy)].concat();
        hear(&here, &mut joiner);
        let order = shuffled(all.clone(), seed);
        for part in order.chunks(size) {
            joiner.backfill(read(part.to_vec())).unwrap();
            if restarts {
                joiner = reopened(&mut joiner);
            }
        }
        // What was given up, or waited in memory, is given again.
        let mut rounds = 0;
        while !joiner.store().incomplete().unwrap().is_empty() {
            let filled = joiner.backfill(read(order.clone())).unwrap();
            prop_assert_eq!(&filled.broken, &[]);
            prop_assert_eq!(&filled.false_bases, &[]);
            rounds += 1;
            prop_assert!(rounds < 4, "{:?}", filled);
        }
        // The rest of what the server holds.
        joiner.backfill(read(order)).unwrap();
        hear(&copy, &mut here);
        same(&mut joiner, &mut here);
        let log = joiner.log(&scene());
        let chain = joiner.store().chain(&log, &ReplicaId::from(&author(8).key));
        prop_assert!(chain.unwrap().unwrap().frozen);
        let first_twin = events(&copy)[2 + common].cid;
        let refused = joiner.store().quarantined().unwrap();
        prop_assert!(refused.iter().any(|event| event.signed.cid == first_twin));
        let is_stored = |event: &SignedEvent| joiner.store().event(&event.cid).unwrap().is_some();
        prop_assert!(!events(&copy)[2 + common..].iter().any(is_stored));
    }
}

#[test]
fn a_twin_of_the_end_of_a_base_freezes_the_chain_as_it_arrives() {
    let mut here = begin();
    let mut copy = engine(here.store().clone(), 0);
    edit(&mut copy, "copy");
    edit(&mut here, "here");
    let bases = bases(&mut here);
    let mut joiner = joiner(&bases);
    let twin = events(&copy).pop().unwrap();
    assert_eq!(joiner.ingest(twin).unwrap(), Ingested::Forked);
    edit(&mut here, "later");
    let later = events(&here).pop().unwrap();
    let refused = joiner.ingest(later).unwrap();
    assert!(
        matches!(refused, Ingested::Quarantined { .. }),
        "{refused:?}"
    );
}

/// The same records as in a scene, as if one writer had written them at once.
fn written_by_another(scene: &mut Engine<MemoryStore>, writer: u64) -> Vec<u8> {
    let now = scene.projection(&world::scene()).unwrap().clone();
    let mut document = Document::new(DocumentKind::SCENE, writer);
    let records = now.records("entities").iter();
    let changes = records
        .map(|(id, record)| {
            wissil_model::Change::put("entities", id.as_str(), wissil_model::Record::clone(record))
        })
        .collect();
    let _ = document.author("version.restore", changes).unwrap();
    document.checkpoint()
}

#[test]
fn a_base_that_only_looks_right_costs_nothing_that_others_did() {
    let mut here = begin();
    edit(&mut here, "before");
    let mut bases = bases(&mut here);
    bases[1].state = written_by_another(&mut here, 4711);
    let key = author(0).key;
    let lie = SharedCheckpoint::open(&bases[1].encode(&key).unwrap()).unwrap();
    let mut joiner = joiner(&[bases[0].clone(), lie]);
    assert_eq!(name_of(&mut joiner, "a").unwrap(), "before");
    // What comes after does not follow from such a state.
    for n in 0..3 {
        edit(&mut here, &format!("after {n}"));
    }
    hear(&here, &mut joiner);
    assert!(joiner.store().counts().unwrap().quarantined > 0);
    let filled = joiner.backfill(read(events(&here))).unwrap();
    assert_eq!(filled.complete.len(), 2);
    assert_eq!(filled.folded.len(), 1);
    same(&mut joiner, &mut here);
    let counts = joiner.store().counts().unwrap();
    assert_eq!((counts.quarantined, counts.pending), (0, 0));
}

#[test]
fn what_was_done_over_a_base_that_lies_can_be_read_for_ever() {
    let mut here = begin();
    let mut bases = bases(&mut here);
    bases[1].state = written_by_another(&mut here, 4711);
    let mut joiner = joiner(&bases);
    edit(&mut joiner, "mine");
    for _ in 0..2 {
        let filled = joiner.backfill(read(events(&here))).unwrap();
        // Said once.
        joiner.backfill(read(events(&here))).unwrap();
        let scene = joiner.log(&scene());
        assert!(filled.broken.iter().any(|(log, _)| *log == scene));
        assert_eq!(name_of(&mut joiner, "a").unwrap(), "mine");
        check_replay(&mut joiner);
        joiner = reopened(&mut joiner);
    }
}

/// A session with events that build on the middle of the history, and came before it.
fn with_latecomers() -> (Engine<MemoryStore>, Vec<SharedCheckpoint>, Vec<SignedEvent>) {
    let mut here = begin();
    let mut late = engine(MemoryStore::new(session()), 1);
    hear(&here, &mut late);
    for n in 0..4 {
        edit(&mut here, &format!("before {n}"));
        if n == 1 {
            hear(&here, &mut late);
        }
    }
    let bases = bases(&mut here);
    edit(&mut late, "late");
    edit(&mut late, "later");
    let latecomers = events(&late)[4..].to_vec();
    hear(&late, &mut here);
    (here, bases, latecomers)
}

#[test]
fn a_failure_at_any_effect_of_joining_is_made_good_by_doing_it_again() {
    let (mut full, bases, latecomers) = with_latecomers();
    let all = events(&full);
    for after_effect in [false, true] {
        for effects in 0.. {
            let store = FaultyStore {
                inner: MemoryStore::new(session()),
                effects_left: effects,
                after_effect,
            };
            let join = |engine: &mut Engine<FaultyStore<MemoryStore>>| -> Result<(), EngineError> {
                if engine.store().logs()?.is_empty() {
                    engine.store_mut().start_from(bases.clone())?;
                }
                engine.ingest_many(read(latecomers.clone()))?;
                for part in all.chunks(2) {
                    engine.backfill(read(part.to_vec()))?;
                }
                Ok(())
            };
            let mut joiner = world::engine(store, 7);
            let failed = join(&mut joiner).is_err();
            if failed {
                let logs = joiner.store().logs().unwrap();
                assert!(logs.is_empty() || logs.len() == 2);
                check_replay(&mut joiner);
                let nothing = FaultyStore {
                    inner: MemoryStore::new(session()),
                    effects_left: 0,
                    after_effect,
                };
                let mut store = std::mem::replace(joiner.store_mut(), nothing);
                store.effects_left = usize::MAX;
                joiner = world::engine(store, 7);
                join(&mut joiner).unwrap();
            }
            same(&mut joiner, &mut full);
            assert_eq!(joiner.store().counts().unwrap().pending, 0, "{effects}");
            if !failed {
                assert!(effects > 6, "only {effects} effects");
                break;
            }
        }
    }
}
