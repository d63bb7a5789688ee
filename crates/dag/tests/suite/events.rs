//! Events: encoding, rules, signatures.

use std::collections::BTreeMap;

use proptest::prelude::*;
use wissil_dag::{
    BlockError, Event, EventAddress, EventError, Ipld, MAX_DEPTH, MAX_EVENT_BYTES, ReplicaId,
    StructureError, decode, encode,
};

use crate::samples::{
    any_cid, any_event, any_ipld, edge_values, first_event, key, map, next_event, text,
};

/// The event as a plain IPLD map, for encoding it by another way.
fn as_ipld(event: &Event) -> Ipld {
    let link = |cid: Option<_>| cid.map_or(Ipld::Null, Ipld::Link);
    map([
        ("v", Ipld::Integer(1)),
        ("session", text(event.session.as_str())),
        ("branch", text(event.branch.as_str())),
        ("document", text(event.document.as_str())),
        ("type", text(&event.event_type)),
        ("user", text(event.user.as_str())),
        ("replica", Ipld::Bytes(event.replica.0.to_vec())),
        ("seq", Ipld::Integer(event.seq.into())),
        ("height", Ipld::Integer(event.height.into())),
        ("previous", link(event.previous)),
        (
            "parents",
            Ipld::List(event.parents.iter().copied().map(Ipld::Link).collect()),
        ),
        ("time", Ipld::Integer(event.time.into())),
        ("changes", Ipld::List(event.changes.clone())),
        (
            "update",
            event.update.clone().map_or(Ipld::Null, Ipld::Bytes),
        ),
        ("metadata", Ipld::Map(event.metadata.clone())),
    ])
}

proptest! {
    #[test]
    fn an_event_is_written_as_the_dag_cbor_crate_would(event in any_event()) {
        prop_assert_eq!(event.encode().unwrap(), encode(&as_ipld(&event)).unwrap());
    }

    #[test]
    fn an_event_reads_back(event in any_event()) {
        let bytes = event.encode().unwrap();
        prop_assert_eq!(&Event::decode(&bytes).unwrap(), &event);
        prop_assert_eq!(&Event::decode_trusted(&bytes).unwrap(), &event);
        let signed = event.sign(&key(7)).unwrap();
        prop_assert_eq!(&signed.open_verified().unwrap(), &event);
        prop_assert_eq!(&signed.block[..], &bytes[..]);
    }

    #[test]
    fn the_address_is_what_the_event_says(event in any_event()) {
        let bytes = event.encode().unwrap();
        let address = EventAddress {
            session: event.session.as_str(),
            branch: event.branch.as_str(),
            document: event.document.as_str(),
            replica: event.replica,
            seq: event.seq,
            height: event.height,
            previous: event.previous,
            parents: event.parents.clone(),
            event_type: event.event_type.as_str(),
            time: event.time,
        };
        prop_assert_eq!(address.check(), Ok(()));
        prop_assert_eq!(EventAddress::read_trusted(&bytes).unwrap(), address);
    }

    #[test]
    fn any_flipped_bit_is_detected(event in any_event(), place: prop::sample::Index, bit in 0u8..8) {
        let signed = event.sign(&key(7)).unwrap();
        let mut in_block = signed.clone();
        let mut block = signed.block.to_vec();
        let at = place.index(block.len());
        block[at] ^= 1 << bit;
        in_block.block = block.into();
        prop_assert!(in_block.open_verified().is_err());
        // Even when the attacker names the new bytes rightly.
        let renamed = wissil_dag::SignedEvent::new(in_block.block, signed.signature);
        prop_assert!(renamed.open_verified().is_err());

        let mut in_signature = signed.clone();
        in_signature.signature[place.index(64)] ^= 1 << bit;
        prop_assert!(in_signature.open_verified().is_err());
    }

    #[test]
    fn an_event_of_another_cid_is_refused(event in any_event(), other in any_cid()) {
        let mut signed = event.sign(&key(7)).unwrap();
        signed.cid = other;
        prop_assert!(matches!(signed.open(), Err(EventError::CidMismatch { .. })), "opened");
    }

    #[test]
    fn values_read_back(value in any_ipld()) {
        let bytes = encode(&value).unwrap();
        prop_assert_eq!(decode::<Ipld>(&bytes, usize::MAX).unwrap(), value);
    }
}

#[test]
fn every_bit_of_one_event_is_protected() {
    let signed = first_event(&key(7)).sign(&key(7)).unwrap();
    for at in 0..signed.block.len() * 8 {
        let mut block = signed.block.to_vec();
        block[at / 8] ^= 1 << (at % 8);
        let renamed = wissil_dag::SignedEvent::new(block, signed.signature);
        assert!(renamed.open_verified().is_err(), "bit {at}");
    }
}

/// Changes a valid event and tells what its check says.
fn check(change: impl FnOnce(&mut Event), expected: Result<(), StructureError>) {
    let key = key(7);
    let first = first_event(&key);
    let mut event = next_event(&first, first.sign(&key).unwrap().cid);
    change(&mut event);
    assert_eq!(event.check(), expected);
    assert_eq!(event.sign(&key).is_ok(), expected.is_ok());
}

#[test]
fn the_structural_rules_hold() {
    let cid = |byte: u8| wissil_dag::cid_of(wissil_dag::Codec::DAG_CBOR, &[byte]);
    let file = wissil_dag::cid_of(wissil_dag::Codec::RAW, b"file");
    let sorted = |count: u8| {
        let mut cids: Vec<_> = (0..count).map(cid).collect();
        cids.sort_unstable();
        cids
    };
    check(|_| {}, Ok(()));
    check(|e| e.seq = 0, Err(StructureError::ZeroSeq));
    check(|e| e.seq = 1, Err(StructureError::Previous(1)));
    check(|e| e.previous = None, Err(StructureError::Previous(2)));
    check(|e| e.height = 0, Err(StructureError::Height(0)));
    check(|e| e.height = 1, Err(StructureError::Height(1)));
    check(
        |e| (e.seq, e.height, e.previous) = (1, 2, None),
        Err(StructureError::Height(2)),
    );
    check(
        |e| e.previous = Some(file),
        Err(StructureError::NotAnEvent(file.into())),
    );
    check(
        |e| e.parents = vec![file],
        Err(StructureError::NotAnEvent(file.into())),
    );
    check(|e| e.parents = sorted(64), Ok(()));
    check(
        |e| e.parents = sorted(65),
        Err(StructureError::TooManyParents(65)),
    );
    check(
        |e| e.parents = vec![cid(1), cid(1)],
        Err(StructureError::ParentOrder),
    );
    check(
        |e| e.parents = sorted(2).into_iter().rev().collect(),
        Err(StructureError::ParentOrder),
    );
    check(
        |e| e.parents = e.previous.into_iter().collect(),
        Err(StructureError::PreviousInParents),
    );
}

#[test]
fn a_type_is_thing_dot_verb() {
    for good in [
        "node.move",
        "shader.param.change",
        "ai.suggestion",
        "timeline.key.add-all",
        "a.-",
    ] {
        check(|event| event.event_type = good.to_owned(), Ok(()));
    }
    for bad in [
        "",
        "node",
        "node.",
        ".move",
        "Node.move",
        "node..move",
        "no-de.move",
        "node.m0ve",
        "node.move ",
    ] {
        check(
            |event| event.event_type = bad.to_owned(),
            Err(StructureError::Type(bad.to_owned())),
        );
    }
}

#[test]
fn only_the_replica_itself_can_sign() {
    let event = first_event(&key(7));
    let expected = EventError::WrongKey {
        replica: event.replica,
        key: ReplicaId::from(&key(8)),
    };
    assert_eq!(event.sign(&key(8)).unwrap_err(), expected);
    let signed = event.sign(&key(7)).unwrap();
    assert!(signed.verify_signature(&ReplicaId::from(&key(8))).is_err());
}

#[test]
fn a_newer_version_is_told_from_a_broken_event() {
    let event = first_event(&key(7));
    let Ipld::Map(mut fields) = as_ipld(&event) else {
        unreachable!()
    };
    fields.insert("v".to_owned(), Ipld::Integer(2));
    fields.insert("new_field".to_owned(), Ipld::Null);
    let bytes = encode(&fields).unwrap();
    assert_eq!(Event::decode(&bytes), Err(EventError::Version(2)));
    fields.insert("v".to_owned(), Ipld::Integer(1));
    let bytes = encode(&fields).unwrap();
    assert!(matches!(
        Event::decode(&bytes),
        Err(EventError::Block(BlockError::Shape(_)))
    ));
}

#[test]
fn a_field_that_is_left_out_is_not_null() {
    for field in ["update", "previous"] {
        let mut event = first_event(&key(7));
        event.update = None;
        let Ipld::Map(mut fields) = as_ipld(&event) else {
            unreachable!()
        };
        fields.remove(field);
        assert!(Event::decode(&encode(&fields).unwrap()).is_err(), "{field}");
    }
}

#[test]
fn an_event_has_a_greatest_size_and_depth() {
    let mut event = first_event(&key(7));
    event.update = Some(vec![0; MAX_EVENT_BYTES]);
    assert!(matches!(
        event.encode(),
        Err(EventError::Block(BlockError::TooLarge { .. }))
    ));
    event.update = Some(vec![0; MAX_EVENT_BYTES - 1000]);
    assert!(event.encode().is_ok());

    let nested = |depth| (0..depth).fold(Ipld::Null, |inner, _| Ipld::List(vec![inner]));
    // The event itself and its list of changes are two.
    event.changes = vec![nested(MAX_DEPTH - 2)];
    assert_eq!(Event::decode(&event.encode().unwrap()).unwrap(), event);
    event.changes = vec![nested(MAX_DEPTH - 1)];
    assert!(matches!(
        event.encode(),
        Err(EventError::Block(BlockError::TooDeep { .. }))
    ));
}

#[test]
fn what_dag_cbor_cannot_say_is_refused() {
    for value in [
        Ipld::Float(f64::NAN),
        Ipld::Float(f64::INFINITY),
        Ipld::Integer(1 << 64),
        Ipld::Integer(i128::MIN),
    ] {
        let mut event = first_event(&key(7));
        event.metadata = BTreeMap::from([("value".to_owned(), value.clone())]);
        assert!(event.encode().is_err(), "{value:?}");
        assert!(encode(&value).is_err(), "{value:?}");
    }
    let mut event = first_event(&key(7));
    event.metadata = BTreeMap::from([("value".to_owned(), edge_values())]);
    assert_eq!(Event::decode(&event.encode().unwrap()).unwrap(), event);
}
