//! Bytes from anyone: nothing panics, nothing allocates what it only claims.

use proptest::prelude::*;
use wissil_dag::{
    BlockError, CarReader, Event, Ipld, MAX_DEPTH, ObjectBlock, decode, encode, import,
};

use crate::samples::any_ipld;

/// Decodes a value given in hex and tells why not.
fn refused(hex: &str) -> String {
    match decode::<Ipld>(&bytes(hex), 1 << 20) {
        Ok(value) => panic!("{hex} was read as {value:?}"),
        Err(error) => error.to_string(),
    }
}

fn bytes(hex: &str) -> Vec<u8> {
    let digits: Vec<u8> = hex.bytes().filter(|byte| *byte != b' ').collect();
    digits
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}

#[test]
fn only_the_canonical_spelling_is_read() {
    for (hex, reason) in [
        ("", "ends inside"),
        ("00 00", "bytes follow"),
        ("18 17", "shortest form"),
        ("19 00ff", "shortest form"),
        ("1a 0000ffff", "shortest form"),
        ("1b 00000000ffffffff", "shortest form"),
        ("38 17", "shortest form"),
        ("78 01 61", "shortest form"),
        ("98 00", "shortest form"),
        ("b8 00", "shortest form"),
        ("1c", "indefinite"),
        ("5f 41 00 ff", "indefinite"),
        ("7f ff", "indefinite"),
        ("9f ff", "indefinite"),
        ("bf ff", "indefinite"),
        ("ff", "simple value"),
        ("f7", "simple value"),
        ("f8 ff", "simple value"),
        ("f9 0000", "shorter than 64"),
        ("fa 00000000", "shorter than 64"),
        ("fb 7ff8000000000000", "not finite"),
        ("fb 7ff0000000000000", "not finite"),
        ("fb fff0000000000000", "not finite"),
        ("fb 8000000000000000", "negative zero"),
        ("a1 00 00", "not text"),
        ("a1 41 61 00", "not text"),
        ("a2 61 61 00 61 61 00", "in order"),
        ("a2 61 62 00 61 61 00", "in order"),
        ("a2 62 61 61 00 61 62 00", "in order"),
        ("c0 60", "tag other than 42"),
        ("c2 41 00", "tag other than 42"),
        ("d9 002a 41 00", "shortest form"),
        ("d8 2a 60", "bytes of a CID"),
        ("d8 2a 40", "bytes of a CID"),
        ("d8 2a 41 01", "bytes of a CID"),
        ("d8 2a 41 00", "shape"),
        ("61 ff", "shape"),
    ] {
        assert!(refused(hex).contains(reason), "{hex}: {}", refused(hex));
    }
}

#[test]
fn claims_cost_nothing() {
    for hex in [
        "9b ffffffffffffffff",
        "bb ffffffffffffffff",
        "5b ffffffffffffffff",
        "7b 7fffffffffffffff 00",
        "9a 02faf080 00 00",
        "ba 02faf080 60 00",
        "81 9a 02faf080",
    ] {
        assert!(
            refused(hex).contains("ends inside"),
            "{hex}: {}",
            refused(hex)
        );
    }
}

#[test]
fn depth_is_limited_without_recursion() {
    for opener in [&b"\x81"[..], b"\xa1\x60"] {
        let nested = |depth: usize| [opener.repeat(depth), vec![0xf6]].concat();
        assert!(decode::<Ipld>(&nested(MAX_DEPTH), 1 << 20).is_ok());
        for depth in [MAX_DEPTH + 1, 400_000] {
            let limit = BlockError::TooDeep { limit: MAX_DEPTH };
            assert_eq!(decode::<Ipld>(&nested(depth), 1 << 20), Err(limit));
        }
    }
}

#[test]
fn the_number_of_values_is_limited() {
    let mut block = bytes("9a 000c3500");
    block.resize(block.len() + 800_000, 0xf6);
    assert!(matches!(
        decode::<Ipld>(&block, 1 << 20),
        Err(BlockError::TooManyValues { .. })
    ));
    assert!(matches!(
        encode(&vec![(); 800_000]),
        Err(BlockError::TooManyValues { .. })
    ));
}

#[test]
fn size_is_limited() {
    assert_eq!(
        decode::<Ipld>(&[0xf6; 5], 4),
        Err(BlockError::TooLarge { size: 5, limit: 4 })
    );
}

#[test]
fn a_car_section_may_claim_anything() {
    let mut car = b"\x11\xa2\x65roots\x80\x67version\x01".to_vec();
    for claim in [
        &b"\xff\xff\xff\xff\xff\xff\xff\xff\x7f"[..],
        b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f",
        b"\x80\x00",
        b"\xff\xff\xff\x7f",
    ] {
        car.truncate(18);
        car.extend_from_slice(claim);
        let errors: Vec<_> = CarReader::new(car.as_slice()).unwrap().collect();
        assert_eq!(errors.len(), 1);
        assert!(
            errors[0].as_ref().unwrap_err().to_string().contains("18"),
            "{errors:?}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn random_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        all_readers(&bytes);
    }

    #[test]
    fn mutated_values_never_panic_and_stay_canonical(
        value in any_ipld(), place: prop::sample::Index, byte: u8, cut: prop::sample::Index,
    ) {
        let mut bytes = encode(&value).unwrap();
        let at = place.index(bytes.len());
        bytes[at] = byte;
        all_readers(&bytes);
        all_readers(&bytes[..cut.index(bytes.len())]);
    }
}

/// Whatever is accepted must have exactly these bytes.
fn all_readers(bytes: &[u8]) {
    if let Ok(value) = decode::<Ipld>(bytes, 1 << 20) {
        assert_eq!(encode(&value).unwrap(), bytes);
    }
    if let Ok(event) = Event::decode(bytes) {
        assert_eq!(event.encode().unwrap(), bytes);
    }
    if let Ok(object) = ObjectBlock::decode(bytes) {
        assert_eq!(object.encode().unwrap().1, bytes);
    }
    let _ = Event::decode_trusted(bytes);
    let _ = import(bytes);
}
