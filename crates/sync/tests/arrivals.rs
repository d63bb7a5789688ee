//! Batches of arrivals: whatever the order, the batches and the damage on the way, the same bytes lead to the same end
//! as one by one.
#![allow(clippy::unwrap_used)]

mod world;

use std::collections::BTreeSet;

use proptest::prelude::*;
use wissil_dag::{Cid, Event, ReplicaId, SessionId, SignedEvent};
use wissil_sync::*;
use world::*;

const REPLICAS: usize = 3;

fn replica(number: u8) -> Engine<MemoryStore> {
    engine(MemoryStore::new(session()), number)
}

/// What was made together: every replica's events, concurrent and joined again.
fn history(edits: &[(usize, u8, bool)]) -> Vec<SignedEvent> {
    let mut engines: Vec<_> = (0..REPLICAS as u8).map(replica).collect();
    add_scene(&mut engines[0]);
    engines[0]
        .edit(&scene(), gesture("entity.add", put("a")))
        .unwrap();
    let start = events(&engines[0]);
    for other in &mut engines[1..] {
        other.ingest_many(read(start.clone())).unwrap();
    }
    for (at, (editor, name, heard)) in edits.iter().enumerate() {
        let changes = rename("a", &format!("{name} {at}"));
        let _ = engines[*editor].edit(&scene(), gesture("entity.rename", changes));
        if *heard {
            let news = events(&engines[*editor]);
            let listener = (editor + 1 + usize::from(*name) % 2) % REPLICAS;
            engines[listener].ingest_many(read(news)).unwrap();
        }
    }
    let mut seen = BTreeSet::new();
    let mut all = Vec::new();
    for engine in &engines {
        all.extend(
            events(engine)
                .into_iter()
                .filter(|event| seen.insert(event.cid)),
        );
    }
    all
}

fn read(events: Vec<SignedEvent>) -> Vec<Arrival> {
    let (arrivals, refused) = Arrival::read_all(events);
    assert!(refused.is_empty());
    arrivals
}

/// A signature that does not hold.
fn junk(event: &SignedEvent) -> SignedEvent {
    let mut signature = event.signature;
    signature[9] ^= 4;
    SignedEvent::new(event.block.clone(), signature)
}

/// An event of replica 9, well signed, that builds on another and breaks a rule.
fn forged(on: &SignedEvent, change: impl FnOnce(&mut Event)) -> SignedEvent {
    let mut event = on.open().unwrap();
    event.replica = ReplicaId::from(&author(9).key);
    event.seq = 1;
    event.previous = None;
    event.parents = vec![on.cid];
    event.height += 1;
    change(&mut event);
    event.sign(&author(9).key).unwrap()
}

/// What is the same however the events came.
#[derive(Debug, PartialEq)]
struct End {
    logs: Vec<(LogKey, LogState)>,
    chains: Vec<(LogKey, ReplicaId, ChainState)>,
    pending: BTreeSet<Cid>,
    quarantined: BTreeSet<Cid>,
    missing: BTreeSet<Cid>,
    names: Option<String>,
    /// What people read, newest first.
    history: Vec<Cid>,
}

fn end(engine: &mut Engine<MemoryStore>) -> End {
    check_replay(engine);
    let store = engine.store();
    let has_scene = store.log(&engine.log(&scene())).unwrap().is_some();
    let history = store.history(None, usize::MAX, None).unwrap().into_iter();
    let pending = store.pending().unwrap().into_iter();
    let quarantined = store.quarantined().unwrap().into_iter();
    End {
        logs: store.logs().unwrap(),
        chains: store.chains().unwrap(),
        pending: pending.map(|event| event.signed.cid).collect(),
        quarantined: quarantined.map(|event| event.signed.cid).collect(),
        missing: engine.missing().unwrap().into_iter().collect(),
        history: history.map(|event| event.signed.cid).collect(),
        names: has_scene.then(|| name_of(engine, "a")).flatten(),
    }
}

fn one_by_one(events: &[SignedEvent]) -> Engine<MemoryStore> {
    let mut engine = replica(7);
    for event in events {
        engine.ingest(event.clone()).unwrap();
    }
    engine
}

/// In batches of these sizes; between them the engine may be a new one, as after a restart.
fn in_batches(events: &[SignedEvent], sizes: &[usize], restarts: bool) -> Engine<MemoryStore> {
    let mut engine = replica(7);
    let mut rest = events.to_vec();
    let mut sizes = sizes.iter().cycle();
    while !rest.is_empty() {
        let size = (*sizes.next().unwrap()).min(rest.len());
        let (arrivals, refused) = Arrival::read_all(rest.drain(..size).collect());
        let missing = engine.ingest_many(arrivals).unwrap().missing;
        let all = engine.missing().unwrap();
        assert!(missing.iter().all(|cid| all.contains(cid)));
        engine.refuse(refused).unwrap();
        if restarts {
            let store = std::mem::replace(engine.store_mut(), MemoryStore::new(session()));
            engine = world::engine(store, 7);
        }
    }
    engine
}

fn shuffled(mut events: Vec<SignedEvent>, mut seed: u64) -> Vec<SignedEvent> {
    for at in (1..events.len()).rev() {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        events.swap(at, (seed >> 33) as usize % (at + 1));
    }
    events
}

#[test]
fn what_would_wait_while_too_many_do_is_set_aside_and_may_come_again() {
    let mut ann = replica(0);
    add_scene(&mut ann);
    for at in 0..12 {
        let id = format!("entity-{at}");
        ann.edit(&scene(), gesture("entity.add", put(&id))).unwrap();
    }
    let all = events(&ann);
    let size = all.iter().map(|event| event.block.len() as u64).max();
    let few = Bounds {
        pending: 4,
        ..Bounds::default()
    };
    let small = Bounds {
        pending_bytes: 4 * size.unwrap(),
        ..Bounds::default()
    };
    for bounds in [few, small] {
        let store = MemoryStore::new(session()).with_bounds(bounds);
        let mut ben = engine(store, 1);
        ben.ingest_many(read(all[..1].to_vec())).unwrap();
        // The scene's first event is late.
        let late = ben.ingest_many(read(all[2..].to_vec())).unwrap();
        let waits = ben.store().counts().unwrap().pending;
        assert!((3..=6).contains(&waits), "{waits}");
        assert_eq!(late.set_aside, all.len() as u64 - 2 - waits);
        assert!(!ben.has_room_to_wait());
        assert_eq!(
            ben.ingest(all[all.len() - 1].clone()).unwrap(),
            Ingested::SetAside
        );
        // What is in order is folded all the same, and what waited for it too.
        let folded = ben.ingest_many(read(all[1..2].to_vec())).unwrap();
        assert_eq!(folded.folded[0].events.len() as u64, 1 + waits);
        assert!(ben.has_room_to_wait());
        let again = ben.ingest_many(read(all[2..].to_vec())).unwrap();
        assert_eq!((again.duplicates, again.set_aside), (waits, 0));
        assert_eq!(events(&ben), all);
        check_replay(&mut ben);
    }
}

fn edits() -> impl Strategy<Value = Vec<(usize, u8, bool)>> {
    prop::collection::vec((0..REPLICAS, any::<u8>(), any::<bool>()), 1..30)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn order_and_batches_change_nothing(
        edits in edits(),
        seed in any::<u64>(),
        sizes in prop::collection::vec(1..20usize, 1..4),
        unsigned in prop::collection::vec(any::<prop::sample::Index>(), 0..8),
        lost in prop::option::of(any::<prop::sample::Index>()),
        restarts in any::<bool>(),
    ) {
        let mut events = history(&edits);
        for which in &unsigned {
            let at = which.index(events.len());
            events[at] = junk(&events[at]);
        }
        if let Some(which) = lost {
            events.remove(which.index(events.len()));
        }
        let last = events[events.len() - 1].clone();
        events.push(forged(&last, |event| event.height += 1));
        events.push(forged(&last, |event| event.update = None));
        events.push(forged(&last, |event| {
            event.session = SessionId::new("other").unwrap();
        }));
        events.push(SignedEvent::new(&b"no event"[..], [0; 64]));
        // Two events of one place; neither can be folded, so the chain is not frozen.
        let expected = end(&mut one_by_one(&events));
        let again = [shuffled(events.clone(), !seed), events.clone()].concat();
        prop_assert_eq!(&end(&mut one_by_one(&again)), &expected);
        let mixed = shuffled([events.clone(), events[..events.len() / 2].to_vec()].concat(), seed);
        prop_assert_eq!(&end(&mut in_batches(&mixed, &sizes, restarts)), &expected);
        let backwards: Vec<_> = events.into_iter().rev().collect();
        prop_assert_eq!(&end(&mut in_batches(&backwards, &[1000], restarts)), &expected);
    }

    #[test]
    fn a_fork_freezes_its_chain_in_any_order(
        edits in edits(),
        seed in any::<u64>(),
        sizes in prop::collection::vec(1..20usize, 1..4),
        unsigned in any::<bool>(),
    ) {
        let events = history(&edits);
        let shared = events.clone();
        // Two copies of replica 8 go on from the same place, three events each.
        let mut copies = Vec::new();
        for copy in ["left", "right"] {
            let mut engine = replica(8);
            engine.ingest_many(read(shared.clone())).unwrap();
            engine.edit(&scene(), gesture("entity.add", put("first"))).unwrap();
            for n in 0..3 {
                let changes = rename("first", &format!("{copy} {n}"));
                engine.edit(&scene(), gesture("entity.rename", changes)).unwrap();
            }
            copies.push(events_of(&engine, 8));
        }
        prop_assert_eq!(copies[0][0].cid, copies[1][0].cid);
        let mut all = [events.clone(), copies[0].clone(), copies[1][1..].to_vec()].concat();
        if unsigned {
            // The middle of one side is proven by its end.
            let at = events.len() + 2;
            all[at] = junk(&all[at]);
        }
        let mut engine = in_batches(&shuffled(all, seed), &sizes, false);
        check_replay(&mut engine);
        let chain = engine.store().chain(&engine.log(&scene()), &ReplicaId::from(&author(8).key));
        let chain = chain.unwrap().unwrap();
        prop_assert!(chain.frozen);
        let is_folded = |event: &SignedEvent| engine.store().event(&event.cid).unwrap().is_some();
        prop_assert!(events.iter().all(is_folded));
        prop_assert!(is_folded(&copies[0][0]));
        let sides: Vec<bool> = copies.iter().map(|copy| copy[1..].iter().any(is_folded)).collect();
        prop_assert!(sides[0] != sides[1], "both sides of a fork were folded, or none");
        prop_assert!(engine.store().counts().unwrap().quarantined > 0);
    }
}

fn events_of(engine: &Engine<MemoryStore>, number: u8) -> Vec<SignedEvent> {
    let log = engine.log(&scene());
    let replica = ReplicaId::from(&author(number).key);
    let mut chain = Vec::new();
    let store = engine.store();
    store
        .chain_events(&log, &replica, 1..u64::MAX, &mut |stored| {
            chain.push(stored.signed);
            true
        })
        .unwrap();
    chain
}

#[test]
fn a_failure_while_taking_in_changes_nothing_and_the_same_again_succeeds() {
    let edits: Vec<_> = (0..12)
        .map(|n| (n % REPLICAS, n as u8, n % 2 == 0))
        .collect();
    let events = history(&edits);
    // The first event of the second half is late: what builds on it waits.
    let (late, rest) = (events[events.len() / 2].clone(), events.clone());
    let rest: Vec<_> = rest
        .into_iter()
        .filter(|event| event.cid != late.cid)
        .collect();
    let batches = [shuffled(rest, 3), vec![late], events.clone()];
    let expected = end(&mut one_by_one(&events));
    for after_effect in [false, true] {
        for effects in 0..2 {
            let store = FaultyStore {
                inner: MemoryStore::new(session()),
                effects_left: effects,
                after_effect,
            };
            let mut engine = world::engine(store, 7);
            let mut failures = 0;
            for batch in &batches {
                while engine.ingest_many(read(batch.clone())).is_err() {
                    failures += 1;
                    // What it shows is what is stored.
                    check_replay(&mut engine);
                    engine.store_mut().effects_left = usize::MAX;
                }
            }
            assert_eq!(failures, 1);
            let nothing = FaultyStore {
                inner: MemoryStore::new(session()),
                effects_left: 0,
                after_effect,
            };
            let store = std::mem::replace(engine.store_mut(), nothing).inner;
            assert_eq!(end(&mut world::engine(store, 7)), expected);
        }
    }
}

/// Enough for several parts of one batch, with an event in the middle that is refused.
fn long_history() -> Vec<SignedEvent> {
    let edits: Vec<_> = (0..700)
        .map(|n| (n % REPLICAS, n as u8, n % 50 == 0))
        .collect();
    let mut events = history(&edits);
    let middle = events.len() / 2;
    let refused = forged(&events[middle], |event| event.update = None);
    events.insert(middle + 1, refused);
    events
}

#[test]
fn a_long_batch_is_taken_in_as_its_events_one_by_one() {
    let events = long_history();
    let expected = end(&mut one_by_one(&events));
    assert_eq!(expected.quarantined.len(), 1);
    for sizes in [&[10_000][..], &[300, 1, 290]] {
        assert_eq!(end(&mut in_batches(&events, sizes, false)), expected);
    }
    let ords: Vec<u64> = {
        let mut engine = replica(7);
        let arrivals = engine.ingest_many(read(events.clone())).unwrap();
        let folded = arrivals.folded.into_iter();
        folded.flat_map(|folded| folded.ords).collect()
    };
    let unique: BTreeSet<u64> = ords.iter().copied().collect();
    assert_eq!(unique, (1..=ords.len() as u64).collect());
    assert_eq!(ords.len(), events.len() - 1);
}

#[test]
fn a_failure_at_any_part_of_a_long_batch_changes_nothing() {
    let events = long_history();
    let expected = end(&mut one_by_one(&events));
    let known = events.len() / 10;
    for after_effect in [false, true] {
        // Two parts are begun; the third effect saves them, and would stand after a failure that comes later.
        for effects in 0..3 - usize::from(after_effect) {
            let store = FaultyStore {
                inner: MemoryStore::new(session()),
                effects_left: usize::MAX,
                after_effect,
            };
            let mut engine = world::engine(store, 7);
            engine.ingest_many(read(events[..known].to_vec())).unwrap();
            let before = name_of(&mut engine, "a");
            engine.store_mut().effects_left = effects;
            let arrivals = read(events[known..].to_vec());
            assert!(engine.ingest_many(arrivals.clone()).is_err());
            engine.store_mut().effects_left = usize::MAX;
            // What it shows is what is stored: of the parts that were begun, nothing.
            assert_eq!(name_of(&mut engine, "a"), before);
            check_replay(&mut engine);
            assert_eq!(engine.store().counts().unwrap().events, known as u64);
            engine.ingest_many(arrivals).unwrap();
            let nothing = FaultyStore {
                inner: MemoryStore::new(session()),
                effects_left: 0,
                after_effect,
            };
            let store = std::mem::replace(engine.store_mut(), nothing).inner;
            assert_eq!(end(&mut world::engine(store, 7)), expected);
        }
    }
}

#[test]
fn what_is_shown_before_it_is_saved_is_what_was_folded_and_goes_when_saving_fails() {
    let mut there = replica(0);
    add_scene(&mut there);
    there
        .edit(&scene(), gesture("entity.add", put("a")))
        .unwrap();
    let known = read(events(&there));
    let renamed = there
        .edit(&scene(), gesture("entity.rename", rename("a", "Tower")))
        .unwrap();
    let news = events(&there);
    let store = FaultyStore {
        inner: MemoryStore::new(session()),
        effects_left: usize::MAX,
        after_effect: false,
    };
    let mut here = world::engine(store, 7);
    here.ingest_many(known).unwrap();
    let before = name_of(&mut here, "a");
    for fails in [true, false] {
        here.store_mut().effects_left = if fails { 0 } else { usize::MAX };
        let mut shown = Vec::new();
        let arrivals = here.ingest_showing(read(news.clone()), |engine, folded| {
            shown = folded.to_vec();
            assert_eq!(name_of(engine, "a").as_deref(), Some("Tower"));
            assert_eq!(engine.store().event(&renamed.events[0]).unwrap(), None);
        });
        assert_eq!(shown.len(), 1);
        assert_eq!(shown[0].delta, renamed.delta);
        assert_eq!(arrivals.is_err(), fails);
        if fails {
            assert_eq!(name_of(&mut here, "a"), before);
            let projection = here.projection(&scene()).unwrap();
            let stored = shown[0].delta.as_in(projection);
            let record = &stored.upserted["entities"]["a"];
            assert_eq!(Some(&**record), projection.record("entities", "a"));
            assert!(stored.removed.is_empty());
        }
    }
    assert_eq!(name_of(&mut here, "a").as_deref(), Some("Tower"));
    check_replay(&mut here);
}

#[test]
fn an_event_without_a_good_signature_waits_for_the_end_of_its_chain() {
    let mut here = replica(0);
    add_scene(&mut here);
    for name in ["a", "b", "c"] {
        here.edit(&scene(), gesture("entity.add", put(name)))
            .unwrap();
    }
    let mut all = events(&here);
    for event in &mut all[1..3] {
        *event = junk(event);
    }
    let mut there = replica(7);
    for event in &all[..3] {
        there.ingest(event.clone()).unwrap();
    }
    let counts = there.store().counts().unwrap();
    assert_eq!((counts.events, counts.pending), (1, 2));
    // They wait for nothing that anybody could send.
    assert_eq!(there.unproven(), 2);
    assert_eq!(there.missing().unwrap(), []);
    let folded = there.ingest(all[3].clone()).unwrap();
    assert!(matches!(folded, Ingested::Folded(folded) if folded.ords == [2, 3, 4]));
    assert_eq!(there.store().counts().unwrap().pending, 0);
    assert!(there.projection(&scene()).unwrap() == here.projection(&scene()).unwrap());
}
