//! CAR files and bundles.

use proptest::prelude::*;
use wissil_dag::{
    CarError, CarItem, CarReader, CarWriter, Codec, EventCarReader, ImportError, cid_of,
    export_events, import,
};

use crate::golden::{golden_events, golden_objects};
use crate::samples::{first_event, key, next_event};

fn bundle() -> Vec<u8> {
    let objects = golden_objects();
    export_events(
        Vec::new(),
        &golden_events(),
        objects.iter().map(|(cid, data)| (cid, data.as_slice())),
    )
    .unwrap()
}

#[test]
fn blocks_come_back_with_their_offsets() {
    let blocks = [&b"one"[..], b"", &[7; 1000]].map(|data| (cid_of(Codec::RAW, data), data));
    let mut car = CarWriter::new(Vec::new(), &[blocks[0].0]).unwrap();
    for (cid, data) in &blocks {
        car.block(cid, data).unwrap();
    }
    let car = car.finish().unwrap();
    let reader = CarReader::new(car.as_slice()).unwrap();
    assert_eq!(reader.roots(), [blocks[0].0]);
    let read: Vec<_> = reader.map(Result::unwrap).collect();
    assert_eq!(read.len(), 3);
    for (block, (cid, data)) in read.iter().zip(blocks) {
        assert_eq!((block.cid, block.data.as_slice()), (cid, data));
    }
    // A section is its length, 36 bytes of CID and the data.
    assert_eq!(read[1].offset - read[0].offset, 1 + 36 + 3);
    assert_eq!(car.len() as u64 - read[2].offset, 2 + 36 + 1000);
}

#[test]
fn a_damaged_block_is_named_and_the_rest_is_read() {
    let mut car = bundle();
    let events = golden_events();
    let damaged = &events[1];
    let at = car
        .windows(damaged.block.len())
        .position(|window| *window == *damaged.block)
        .unwrap();
    car[at + 100] ^= 1;
    let import = import(car.as_slice()).unwrap();
    assert_eq!(
        import.events,
        [events[0].clone(), events[2].clone(), events[3].clone()]
    );
    assert_eq!(import.objects, golden_objects());
    let mut errors = import.errors.iter();
    match errors.next() {
        Some(ImportError::Car(CarError::Mismatch { cid, offset })) => {
            assert_eq!(*cid, damaged.cid);
            assert!((at as u64 - 40..at as u64).contains(offset));
        }
        other => panic!("{other:?}"),
    }
    assert!(matches!(errors.next(), Some(ImportError::Absent(cid)) if *cid == damaged.cid));
    assert!(errors.next().is_none());
}

#[test]
fn the_order_of_blocks_does_not_matter() {
    let car = bundle();
    let reader = CarReader::new(car.as_slice()).unwrap();
    let roots = reader.roots().to_vec();
    let mut blocks: Vec<_> = reader.map(Result::unwrap).collect();
    blocks.reverse();
    let mut reversed = CarWriter::new(Vec::new(), &roots).unwrap();
    for block in &blocks {
        reversed.block(&block.cid, &block.data).unwrap();
    }
    let import = import(reversed.finish().unwrap().as_slice()).unwrap();
    assert!(import.errors.is_empty());
    let mut events = golden_events();
    events.reverse();
    assert_eq!(import.events, events);
}

#[test]
fn a_bundle_may_be_empty_or_need_several_signature_blocks() {
    let empty = import(export_events(Vec::new(), &[], []).unwrap().as_slice()).unwrap();
    assert!(empty.events.is_empty() && empty.objects.is_empty() && empty.errors.is_empty());

    let key = key(7);
    let mut event = first_event(&key);
    let mut events = Vec::new();
    for _ in 0..4100 {
        let signed = event.sign(&key).unwrap();
        event = next_event(&event, signed.cid);
        events.push(signed);
    }
    let car = export_events(Vec::new(), &events, []).unwrap();
    assert_eq!(CarReader::new(car.as_slice()).unwrap().roots().len(), 2);
    let read: Vec<_> = EventCarReader::new(car.as_slice())
        .unwrap()
        .map(Result::unwrap)
        .collect();
    assert!(read.into_iter().eq(events.into_iter().map(CarItem::Event)));
}

#[test]
fn a_signed_block_that_is_no_event_is_reported() {
    let mut fake = golden_events().remove(0);
    fake.block = b"\xf6"[..].into();
    fake.cid = cid_of(Codec::DAG_CBOR, &fake.block);
    let import = import(export_events(Vec::new(), &[fake], []).unwrap().as_slice()).unwrap();
    assert!(matches!(import.errors[..], [ImportError::Event { .. }]));
    assert!(import.events.is_empty());
}

proptest! {
    #[test]
    fn no_damage_goes_unnoticed(place: prop::sample::Index, bit in 0u8..8) {
        let mut car = bundle();
        let at = place.index(car.len());
        car[at] ^= 1 << bit;
        match import(car.as_slice()) {
            Err(_) => {}
            Ok(import) => {
                let proven = import.events.iter().all(|event| event.open_verified().is_ok());
                let complete = import.events == golden_events() && import.objects == golden_objects();
                prop_assert!(!import.errors.is_empty() || !proven || !complete, "byte {at} bit {bit}");
            }
        }
    }

    #[test]
    fn a_cut_file_is_noticed(place: prop::sample::Index) {
        let car = bundle();
        let cut = &car[..place.index(car.len())];
        let complete = import(cut).is_ok_and(|import| {
            import.errors.is_empty() && import.events == golden_events() && import.objects == golden_objects()
        });
        prop_assert!(!complete);
    }
}
