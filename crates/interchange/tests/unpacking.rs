//! What extensions pack is unpacked beside what came. `packed/make.mjs` made the files, and says what the formats' own
//! decoders unpack of them.
#![allow(clippy::unwrap_used)]

mod support;

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};
use support::{documents, export_documents, glb, import_bytes, json_of};
use wissil_interchange::{Imported, Level, import};
use wissil_model::{Record, Value};

const FILES: [(&str, &[u8]); 3] = [
    ("meshopt.glb", include_bytes!("packed/meshopt.glb")),
    ("meshopt-khr.glb", include_bytes!("packed/meshopt-khr.glb")),
    ("draco.glb", include_bytes!("packed/draco.glb")),
];

fn text<'r>(record: &'r Record, field: &str) -> Option<&'r str> {
    record.get(field).and_then(Value::as_text)
}

/// A field of the records of a collection, in the file's order.
fn field(imported: &Imported, collection: &str, field: &str) -> Vec<String> {
    let records = imported.documents[0].records.iter();
    let mut found: Vec<(f64, String)> = records
        .filter(|(name, ..)| *name == collection)
        .map(|(_, _, record)| {
            let index = record.get("index").and_then(Value::as_number).unwrap();
            (index, text(record, field).unwrap_or_default().to_owned())
        })
        .collect();
    found.sort_by(|a, b| a.0.total_cmp(&b.0));
    found.into_iter().map(|(_, value)| value).collect()
}

fn parts(file: &[u8]) -> (Json, Vec<u8>) {
    let length = u32::from_le_bytes(file[12..16].try_into().unwrap()) as usize;
    (json_of(file), file[20 + length + 8..].to_vec())
}

#[test]
fn it_is_what_the_formats_own_decoders_unpack() {
    let expected = include_str!("packed/expected.json");
    let expected: BTreeMap<String, Vec<String>> = serde_json::from_str(expected).unwrap();
    for (name, file) in FILES {
        let imported = import_bytes(name, file);
        let collection = if name == "draco.glb" {
            "accessors"
        } else {
            "views"
        };
        assert_eq!(
            field(&imported, collection, "decoded"),
            expected[name],
            "{name}"
        );
        let held = imported.objects.iter().map(|(cid, _)| cid.to_string());
        let held: Vec<String> = held.collect();
        assert!(
            expected[name].iter().all(|cid| held.contains(cid)),
            "{name}"
        );
        assert_eq!(imported.notes, [], "{name}");
    }
}

#[test]
fn what_came_goes_out_as_it_came() {
    for (name, file) in FILES {
        let imported = import_bytes(name, file);
        let exported = export_documents(&documents(&imported), &imported.objects);
        assert_eq!(exported.notes, [""; 0], "{name}");
        let again = import_bytes(name, &exported.glb);
        assert_eq!(again.documents, imported.documents, "{name}");
        assert_eq!(again.objects, imported.objects, "{name}");
        let (json, bin) = parts(&exported.glb);
        // Nothing that was unpacked is in the file.
        assert!(
            bin.len() <= parts(file).1.len() + 4 * json["bufferViews"].as_array().unwrap().len()
        );
    }
}

#[test]
fn what_cannot_be_unpacked_is_noted_where_it_stands_and_kept() {
    let (name, file) = FILES[0];
    let (json, mut bin) = parts(file);
    bin[0] = 0;
    let damaged = import_bytes(name, &glb(&json, &bin));
    let [note] = &damaged.notes[..] else {
        panic!("{:?}", damaged.notes);
    };
    assert_eq!(
        (note.place.as_str(), note.level),
        ("/bufferViews/0", Level::Problem)
    );
    assert_eq!(
        note.message,
        "EXT_meshopt_compression: its packed bytes are damaged; it is kept as it came, and is not shown"
    );
    assert_eq!(
        field(&damaged, "views", "decoded")
            .iter()
            .filter(|it| it.is_empty())
            .count(),
        1
    );
    let exported = export_documents(&documents(&damaged), &damaged.objects);
    assert_eq!(
        import_bytes(name, &exported.glb).documents,
        damaged.documents
    );
}

#[test]
fn what_claims_to_be_huge_is_not_believed() {
    let (name, file) = FILES[1];
    for view in [0, 8, 10] {
        let (mut json, bin) = parts(file);
        let count = 1_000_000_000 / 12 * 3;
        let packed = &mut json["bufferViews"][view];
        let stride = packed["extensions"]["KHR_meshopt_compression"]["byteStride"]
            .as_u64()
            .unwrap();
        packed["byteLength"] = json!(count / stride * stride);
        packed["extensions"]["KHR_meshopt_compression"]["count"] = json!(count / stride);
        json["buffers"][1]["byteLength"] = json!(2_000_000_000u64);
        let notes = import_bytes(name, &glb(&json, &bin)).notes;
        assert_eq!(notes.len(), 1, "{notes:?}");
    }
}

#[test]
fn damaged_bytes_harm_nobody() {
    let mut state = 1u64;
    let mut random = |below: usize| {
        // Knuth's generator of MMIX.
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    for (name, file) in FILES {
        let start = 20 + u32::from_le_bytes(file[12..16].try_into().unwrap()) as usize + 8;
        for _ in 0..400 {
            let mut damaged = file.to_vec();
            for _ in 0..=random(4) {
                let at = start + random(file.len() - start);
                damaged[at] = random(256) as u8;
            }
            let imported = import(name, &damaged, &support::no_side_files).unwrap();
            let views = field(&imported, "views", "packed");
            assert_eq!(
                views.len(),
                json_of(file)["bufferViews"].as_array().unwrap().len()
            );
        }
    }
}
