//! The formats are frozen: these files were written once and must be read and written the same for ever.

use std::path::PathBuf;

use serde_json::{Value, json};
use wissil_dag::{
    BranchId, Cid, Codec, Event, IdeEvent, Link, LinkType, ObjectBlock, SignedEvent, UserId,
    cid_of, export_events, import,
};

use crate::samples::{edge_values, first_event, key, next_event};

/// The frozen events: a chain of two and one by somebody else that saw the first.
pub fn golden_events() -> Vec<SignedEvent> {
    let (ann, ben) = (key(1), key(2));
    let first = first_event(&ann);
    let signed_first = first.sign(&ann).unwrap();
    let second = next_event(&first, signed_first.cid);
    let signed_second = second.sign(&ann).unwrap();
    let other = Event {
        user: UserId::new("ben").unwrap(),
        height: 2,
        parents: vec![signed_first.cid],
        changes: vec![],
        update: None,
        event_type: "ai.suggestion.accept-all".to_owned(),
        metadata: [("edges".to_owned(), edge_values())].into(),
        ..first_event(&ben)
    };
    let signed_other = other.sign(&ben).unwrap();
    let mut parents = vec![signed_second.cid, signed_other.cid];
    parents.sort_unstable();
    let merge = Event {
        branch: BranchId::new("feature-1").unwrap(),
        event_type: "branch.merge".to_owned(),
        height: 4,
        parents,
        changes: vec![],
        update: Some(vec![]),
        ..first_event(&ben)
    };
    vec![
        signed_first,
        signed_second,
        signed_other,
        merge.sign(&ben).unwrap(),
    ]
}

pub fn golden_objects() -> Vec<(Cid, Vec<u8>)> {
    let content = b"glTF...".to_vec();
    let content_cid = cid_of(Codec::RAW, &content);
    let holding = ObjectBlock::holding(b"small".to_vec(), "text/plain")
        .encode()
        .unwrap();
    let mut linking = ObjectBlock::linking(content_cid, content.len() as u64, "model/gltf-binary");
    linking.previous = Some(holding.0);
    let future = LinkType::from("level-of-detail".to_owned());
    for (name, link_type) in [("small.png", LinkType::Thumbnail), ("lod 1", future)] {
        linking.links.push(Link {
            name: name.to_owned(),
            link_type,
            cid: holding.0,
        });
    }
    vec![(content_cid, content), holding, linking.encode().unwrap()]
}

fn golden_car() -> Vec<u8> {
    let objects = golden_objects();
    let objects = objects.iter().map(|(cid, data)| (cid, data.as_slice()));
    export_events(Vec::new(), &golden_events(), objects).unwrap()
}

/// Every frozen file by name.
fn golden_files() -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    let mut index = Vec::new();
    for (name, signed) in ["first", "second", "other", "merge"]
        .into_iter()
        .zip(golden_events())
    {
        let ide_event = IdeEvent::from_signed(&signed, "ignis").unwrap();
        let mut json = serde_json::to_vec_pretty(&ide_event).unwrap();
        json.push(b'\n');
        files.push((format!("event-{name}.json"), json));
        index.push(json!({
            "file": format!("event-{name}.cbor"),
            "cid": signed.cid.to_string(),
            "hex": hex(&signed.cid.to_bytes()),
            "signature": hex(&signed.signature),
        }));
        files.push((format!("event-{name}.cbor"), signed.block.to_vec()));
    }
    for (name, (cid, data)) in ["holding", "linking"]
        .into_iter()
        .zip(golden_objects().split_off(1))
    {
        let file = format!("object-{name}.cbor");
        index.push(json!({ "file": file, "cid": cid.to_string(), "hex": hex(&cid.to_bytes()) }));
        files.push((file, data));
    }
    files.push(("bundle.car".to_owned(), golden_car()));
    let mut index = serde_json::to_vec_pretty(&Value::Array(index)).unwrap();
    index.push(b'\n');
    files.push(("index.json".to_owned(), index));
    files
}

#[test]
fn every_byte_is_as_it_was_frozen() {
    for (name, bytes) in golden_files() {
        let path = golden_path(&name);
        let frozen = std::fs::read(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        assert!(
            frozen == bytes,
            "the format of {name} moved: {}\nwas {}",
            hex(&bytes),
            hex(&frozen)
        );
    }
}

#[test]
fn frozen_files_can_be_read() {
    for (at, name) in ["first", "second", "other", "merge"]
        .into_iter()
        .enumerate()
    {
        let signed = &golden_events()[at];
        let block = std::fs::read(golden_path(&format!("event-{name}.cbor"))).unwrap();
        let read = SignedEvent::new(block, signed.signature);
        assert_eq!(read, *signed);
        let event = read.open_verified().unwrap();
        assert_eq!(Event::decode_trusted(&read.block).unwrap(), event);
        let json = std::fs::read(golden_path(&format!("event-{name}.json"))).unwrap();
        let ide_event: IdeEvent = serde_json::from_slice(&json).unwrap();
        assert_eq!(ide_event.to_signed().unwrap(), *signed, "{name}");
    }
    let bundle = import(std::fs::read(golden_path("bundle.car")).unwrap().as_slice()).unwrap();
    assert!(bundle.errors.is_empty(), "{:?}", bundle.errors);
    assert_eq!(bundle.events, golden_events());
    assert_eq!(bundle.objects, golden_objects());
}

/// Adds the files of a new format. Never overwrites one: a frozen file does not change.
#[test]
#[ignore = "run by hand after adding a sample"]
fn freeze_new_files() {
    for (name, bytes) in golden_files() {
        let path = golden_path(&name);
        if !path.exists() {
            std::fs::write(path, bytes).unwrap();
        }
    }
}

fn golden_path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(name)
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
