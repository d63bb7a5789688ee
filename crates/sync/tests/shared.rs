//! Checkpoints that replicas share.
#![allow(clippy::unwrap_used)]

mod world;

use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;
use wissil_dag::{Codec, SigningKey, cid_of};
use wissil_sync::*;
use world::*;

/// Two replicas' scene with two heads.
fn shared() -> SharedCheckpoint {
    let mut here = engine(MemoryStore::new(session()), 0);
    add_scene(&mut here);
    here.edit(&scene(), gesture("entity.add", put("a")))
        .unwrap();
    let mut there = engine(MemoryStore::new(session()), 1);
    let (arrivals, _) = Arrival::read_all(events(&here));
    there.ingest_many(arrivals).unwrap();
    for (engine, name) in [(&mut here, "b"), (&mut there, "c")] {
        engine
            .edit(&scene(), gesture("entity.rename", rename("a", name)))
            .unwrap();
    }
    let (arrivals, _) = Arrival::read_all(events(&there));
    here.ingest_many(arrivals).unwrap();
    here.share(&scene()).unwrap().unwrap()
}

fn key() -> SigningKey {
    author(0).key
}

#[test]
fn a_checkpoint_reads_back_as_it_was_written() {
    let checkpoint = shared();
    assert_eq!((checkpoint.length, checkpoint.heads.len()), (3, 2));
    assert_eq!(checkpoint.chains.len(), 2);
    let bytes = checkpoint.encode(&key()).unwrap();
    assert_eq!(SharedCheckpoint::open(&bytes).unwrap(), checkpoint);
    let empty = engine(MemoryStore::new(session()), 0).share(&scene());
    assert_eq!(empty.unwrap(), None);
}

#[test]
fn the_format_is_frozen() {
    let mut checkpoint = shared();
    checkpoint.state = vec![1, 2, 3];
    for (n, (_, tip)) in checkpoint.chains.iter_mut().enumerate() {
        tip.cid = cid_of(Codec::DAG_CBOR, &[n as u8]);
    }
    let ends = checkpoint.chains.iter().map(|(_, tip)| Head {
        cid: tip.cid,
        height: tip.height,
    });
    checkpoint.heads = ends.collect();
    checkpoint.heads.sort();
    let bytes = checkpoint.encode(&key()).unwrap();
    assert_eq!(
        cid_of(Codec::DAG_CBOR, &bytes).to_string(),
        "bafyreifsrtveabgb2oy4egjaseudai53srpuva4gzkw64ui6yhbjzl4zqi"
    );
}

#[test]
fn a_changed_bit_anywhere_is_refused() {
    let bytes = shared().encode(&key()).unwrap();
    for at in 0..bytes.len() {
        for bit in [0, 3, 7] {
            let mut broken = bytes.clone();
            broken[at] ^= 1 << bit;
            assert!(SharedCheckpoint::open(&broken).is_err(), "byte {at}");
        }
        assert!(SharedCheckpoint::open(&bytes[..at]).is_err());
    }
}

#[test]
fn contradictions_are_refused_in_writing_and_reading() {
    let good = shared();
    let wrong_key = good.encode(&author(1).key);
    assert!(matches!(
        wrong_key,
        Err(SharedCheckpointError::WrongKey { .. })
    ));
    type Break = fn(&mut SharedCheckpoint);
    let cases: [Break; 12] = [
        |it| it.length += 1,
        |it| it.heads.clear(),
        |it| it.heads.reverse(),
        |it| it.heads[0].height += 1,
        |it| it.chains.reverse(),
        |it| it.chains.truncate(1),
        |it| it.chains[0].1.height = 9,
        |it| it.chains[0].1.cid = cid_of(Codec::RAW, b"a picture"),
        |it| it.chains[0].1.cid = it.chains[1].1.cid,
        |it| it.log.document = manifest(),
        // Places for so many would leave none for what comes after.
        |it| {
            it.chains[0].1.seq = 1 << 62;
            it.length = (1 << 62) + it.chains[1].1.seq;
        },
        |it| {
            it.chains[0].1.seq = u64::MAX;
            it.length = u64::MAX;
        },
    ];
    for (at, contradict) in cases.iter().enumerate() {
        let mut broken = good.clone();
        contradict(&mut broken);
        let refused = broken.encode(&key());
        assert!(
            matches!(refused, Err(SharedCheckpointError::Structure(_))),
            "case {at}: {refused:?}"
        );
    }
}

#[test]
fn a_state_that_cannot_be_used_is_refused_however_well_it_is_signed() {
    let good = shared();
    let mut cut = good.clone();
    cut.state.truncate(good.state.len() / 2);
    let mut late = good.clone();
    // The first clock of its first writer, whose id takes eight bytes.
    late.state[10] += 1;
    for broken in [cut, late] {
        let bytes = broken.encode(&key()).unwrap();
        let refused = SharedCheckpoint::open(&bytes);
        assert!(
            matches!(refused, Err(SharedCheckpointError::State(_))),
            "{refused:?}"
        );
    }
}

/// What two replicas made together until then, the state that is shared, and what they made afterwards, some of it
/// concurrent with what was before.
fn session_with_a_past(
    before: usize,
    after: usize,
    late: bool,
) -> (Engine<MemoryStore>, Vec<SharedCheckpoint>) {
    let mut here = engine(MemoryStore::new(session()), 0);
    add_scene(&mut here);
    here.edit(&scene(), gesture("entity.add", put("a")))
        .unwrap();
    let mut there = engine(MemoryStore::new(session()), 1);
    let hear = |from: &Engine<MemoryStore>, to: &mut Engine<MemoryStore>| {
        let (arrivals, _) = Arrival::read_all(events(from));
        to.ingest_many(arrivals).unwrap();
    };
    hear(&here, &mut there);
    for n in 0..before {
        let engine = if n % 3 == 0 { &mut there } else { &mut here };
        let changes = rename("a", &format!("before {n}"));
        engine
            .edit(&scene(), gesture("entity.rename", changes))
            .unwrap();
        if n % 4 == 1 {
            hear(&there, &mut here);
            hear(&here, &mut there);
        }
    }
    if !late {
        hear(&there, &mut here);
    }
    let bases = [manifest(), scene()].map(|document| {
        let base = here.share(&document).unwrap().unwrap();
        SharedCheckpoint::open(&base.encode(&key()).unwrap()).unwrap()
    });
    for n in 0..after {
        let engine = if n % 2 == 0 { &mut there } else { &mut here };
        let changes = rename("a", &format!("after {n}"));
        engine
            .edit(&scene(), gesture("entity.rename", changes))
            .unwrap();
    }
    hear(&there, &mut here);
    here.edit(&scene(), gesture("entity.add", put("b")))
        .unwrap();
    (here, bases.to_vec())
}

/// Failing seeds are kept, to be committed and tried first from then on.
fn seeded(cases: u32) -> ProptestConfig {
    let seeds = FileFailurePersistence::Direct("tests/shared-seeds.txt");
    ProptestConfig {
        cases,
        failure_persistence: Some(Box::new(seeds)),
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(seeded(128))]

    /// Whoever signs it: a state is refused, or documents work from it, and the history counts in the end.
    #[test]
    fn a_mutated_state_is_refused_or_replaced_by_what_the_events_make(
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..3u8), 1..5),
    ) {
        let (mut full, mut bases) = session_with_a_past(6, 3, false);
        let state = &mut bases[1].state;
        for (at, byte, how) in edits {
            let at = at.index(state.len());
            match how {
                0 => state[at] = byte,
                1 => state.insert(at, byte),
                _ => drop(state.remove(at)),
            }
        }
        let bytes = bases[1].encode(&key()).unwrap();
        let Ok(base) = SharedCheckpoint::open(&bytes) else {
            return Ok(());
        };
        let mut store = MemoryStore::new(session());
        store.start_from(vec![bases[0].clone(), base]).unwrap();
        let mut joiner = engine(store, 7);
        let (arrivals, _) = Arrival::read_all(events(&full));
        joiner.ingest_many(arrivals.clone()).unwrap();
        check_replay(&mut joiner);
        joiner.backfill(arrivals).unwrap();
        prop_assert_eq!(joiner.store().incomplete().unwrap(), []);
        prop_assert_eq!(joiner.store().logs().unwrap(), full.store().logs().unwrap());
        prop_assert!(joiner.projection(&scene()).unwrap() == full.projection(&scene()).unwrap());
        prop_assert_eq!(joiner.store().counts().unwrap().quarantined, 0);
        check_replay(&mut joiner);
    }
}

proptest! {
    #![proptest_config(seeded(48))]

    #[test]
    fn who_starts_from_a_checkpoint_ends_like_who_was_there(
        before in 0..30usize,
        after in 0..12usize,
        late in any::<bool>(),
        seed in any::<u64>(),
        size in 1..20usize,
        restarts in any::<bool>(),
    ) {
        let (mut full, bases) = session_with_a_past(before, after, late);
        let mut store = MemoryStore::new(session());
        store.start_from(bases.clone()).unwrap();
        let mut joiner = engine(store, 7);
        for base in &bases {
            let document = &base.log.document;
            let there = full.projection_at(document, base.length);
            if late { continue }
            prop_assert!(*joiner.projection(document).unwrap() == there.unwrap());
        }
        // Everything comes in some order, as history or as news, twice; each time both doors are tried.
        let all = events(&full);
        let mut order: Vec<_> = all.iter().chain(&all).cloned().collect();
        let mut random = seed;
        for at in (1..order.len()).rev() {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            order.swap(at, (random >> 33) as usize % (at + 1));
        }
        order.extend(all.iter().cloned());
        for part in order.chunks(size) {
            let (arrivals, _) = Arrival::read_all(part.to_vec());
            joiner.ingest_many(arrivals.clone()).unwrap();
            let filled = joiner.backfill(arrivals).unwrap();
            prop_assert_eq!(&filled.refused, &[]);
            prop_assert_eq!(&filled.false_bases, &[]);
            for (log, missing) in joiner.store().incomplete().unwrap() {
                prop_assert!(missing.have < missing.of);
                let early = joiner.projection_at(&log.document, missing.of - 1);
                prop_assert!(matches!(early, Err(EngineError::HistoryIncomplete { .. })), "too early");
            }
            for (log, state) in joiner.store().logs().unwrap() {
                let live = joiner.projection(&log.document).unwrap().clone();
                prop_assert!(live == joiner.projection_at(&log.document, state.length).unwrap());
            }
            if restarts {
                let store = std::mem::replace(joiner.store_mut(), MemoryStore::new(session()));
                joiner = engine(store, 7);
            }
        }
        // After restarts what waited in memory is given again.
        let (arrivals, _) = Arrival::read_all(all);
        joiner.backfill(arrivals).unwrap();
        prop_assert_eq!(joiner.store().incomplete().unwrap(), []);
        prop_assert_eq!(joiner.store().logs().unwrap(), full.store().logs().unwrap());
        prop_assert_eq!(joiner.store().chains().unwrap(), full.store().chains().unwrap());
        prop_assert_eq!(joiner.store().counts().unwrap().events, full.store().counts().unwrap().events);
        for document in [manifest(), scene()] {
            prop_assert!(joiner.projection(&document).unwrap() == full.projection(&document).unwrap());
        }
        check_replay(&mut joiner);
        let positions: Vec<u64> = {
            let mut positions = Vec::new();
            let log = joiner.log(&scene());
            joiner.store().log_events(&log, 0..u64::MAX, &mut |stored| {
                positions.push(stored.position);
                true
            }).unwrap();
            positions
        };
        prop_assert!(positions.iter().copied().eq(1..=positions.len() as u64));
    }
}

#[test]
fn a_base_that_lies_is_replaced_by_what_the_events_make() {
    let (mut full, mut bases) = session_with_a_past(9, 4, false);
    let (mut other, _) = session_with_a_past(5, 0, false);
    bases[1].state = other.share(&scene()).unwrap().unwrap().state;
    let mut store = MemoryStore::new(session());
    store.start_from(bases).unwrap();
    let mut joiner = engine(store, 7);
    let (arrivals, _) = Arrival::read_all(events(&full));
    let filled = joiner.backfill(arrivals.clone()).unwrap();
    assert_eq!(filled.false_bases, [joiner.log(&scene())]);
    assert_eq!(filled.complete.len(), 2);
    joiner.ingest_many(arrivals).unwrap();
    assert!(joiner.projection(&scene()).unwrap() == full.projection(&scene()).unwrap());
    check_replay(&mut joiner);
}
