//! Checkpoints that replicas share.
#![allow(clippy::unwrap_used)]

mod world;

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
    let cases: [Break; 8] = [
        |it| it.length += 1,
        |it| it.heads.clear(),
        |it| it.heads.reverse(),
        |it| it.heads[0].height += 1,
        |it| it.chains.reverse(),
        |it| it.chains.truncate(1),
        |it| it.chains[0].1.height = 9,
        |it| it.chains[0].1.cid = cid_of(Codec::RAW, b"a picture"),
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
