//! Broken files: a clear error that names the place, never a panic.
#![allow(clippy::unwrap_used)]

mod support;

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Value as Json, json};
use support::{export_all, glb, no_side_files, small};
use wissil_interchange::{ImportError, ImportedDocument, Level, export, import};

fn error_of(bytes: &[u8]) -> ImportError {
    import("broken.glb", bytes, &no_side_files).expect_err("the broken file was taken")
}

/// The small file with one member replaced.
fn replaced(pointer: &str, value: Json) -> Vec<u8> {
    let (mut json, bin) = small();
    let (parent, member) = pointer.rsplit_once('/').unwrap();
    match json
        .pointer_mut(parent)
        .unwrap_or_else(|| panic!("{parent} is not there"))
    {
        Json::Object(members) => {
            members.insert(member.to_owned(), value);
        }
        Json::Array(items) => items[member.parse::<usize>().unwrap()] = value,
        _ => panic!("{parent} holds nothing"),
    }
    glb(&json, &bin)
}

/// The error of the small file with one member replaced.
#[track_caller]
fn check(pointer: &str, value: Json, expected: &str) {
    let message = error_of(&replaced(pointer, value)).to_string();
    assert!(
        message.contains(expected),
        "{message:?} does not say {expected:?}"
    );
}

const GRAPH: &str = "/extensions/KHR_interactivity/graphs/0";

#[test]
fn errors_name_the_place() {
    check("/asset/version", json!("1.0"), "/asset/version: is 1.0");
    check(
        "/nodes/0/children",
        json!([2, 99]),
        "/nodes/0/children/1: is 99, and the nodes are numbered from 0 to 4",
    );
    check(
        "/nodes/0/children",
        json!([2, 2]),
        "/nodes/0/children/1: node 2 hangs under node 0 already",
    );
    check(
        "/nodes/2/children",
        json!([0]),
        "/nodes/0: hangs, over its children, under itself",
    );
    check(
        "/nodes/0/children",
        json!([0]),
        "/nodes/0: hangs, over its children, under itself",
    );
    check(
        "/nodes/0/children",
        json!({}),
        "/nodes/0/children: must be a list",
    );
    check(
        "/nodes/0/translation",
        json!([1, 2]),
        "/nodes/0/translation: must be a list of 3 numbers",
    );
    check("/nodes/0/name", json!(7), "/nodes/0/name: must be a text");
    check(
        "/nodes/1/mesh",
        json!(1),
        "/nodes/1/mesh: is 1, and the file has only one of the meshes, number 0",
    );
    check("/nodes/1", json!(null), "/nodes/1: must be an object");
    check("/nodes", json!("no"), "/nodes: must be a list");
    check(
        "/scene",
        json!(2),
        "/scene: is 2, and the scenes are numbered from 0 to 1",
    );
    check(
        "/scenes/0/nodes",
        json!([9]),
        "/scenes/0/nodes/0: is 9, and the nodes are",
    );
    check(
        "/meshes/0/primitives/0/indices",
        json!(-1),
        "/meshes/0/primitives/0/indices: must be the number of one",
    );
    check(
        "/meshes/0/primitives/0/attributes/POSITION",
        json!(1e300),
        "must be the number of one",
    );
    check(
        "/materials/0/extensions/KHR_materials_clearcoat/clearcoatTexture/index",
        json!(5),
        "/materials/0/extensions/KHR_materials_clearcoat/clearcoatTexture/index: is 5, and the file has only one of the textures",
    );
    check("/buffers/0/byteLength", json!(4096), "/buffers/0, byte 1");
    check(
        "/buffers/0/byteLength",
        json!(u64::MAX),
        "the buffer ends here",
    );
    check(
        "/bufferViews/0/byteLength",
        json!(9_000_000),
        "/bufferViews/0, byte 0 of its data: 9000000 bytes from here leave",
    );
    check(
        "/bufferViews/0/byteOffset",
        json!(u64::MAX),
        "36 bytes from here leave",
    );
    check(
        "/bufferViews/0/buffer",
        json!(3),
        "/bufferViews/0/buffer: is 3, and the file has only one of the buffers",
    );
    check(
        "/accessors/0/count",
        json!(4),
        "/accessors/0, byte 0 of its data: 4 elements of 12 bytes, 12 apart, leave",
    );
    check(
        "/accessors/0/count",
        json!(u32::MAX),
        "leave their view of 36 bytes",
    );
    check(
        "/accessors/0/count",
        json!(0),
        "/accessors/0/count: must be from 1",
    );
    check(
        "/accessors/0/byteOffset",
        json!(4),
        "/accessors/0, byte 4 of its data",
    );
    check(
        "/accessors/0/componentType",
        json!(5124),
        "/accessors/0/componentType: 5124 is no component type",
    );
    check(
        "/accessors/0/type",
        json!("VEC5"),
        "/accessors/0/type: must be SCALAR",
    );
    check(
        "/accessors/0/sparse",
        json!({ "count": 2, "indices": { "bufferView": 2, "componentType": 5125 }, "values": { "bufferView": 2 } }),
        "/accessors/0/sparse/values, byte 0",
    );
    check(
        "/images/0",
        json!({ "uri": "http://example.org/a.png" }),
        "/images/0: the side file `http://example.org/a.png` cannot be read",
    );
    check(
        "/images/0",
        json!({ "uri": "../../.ssh/id_ed25519" }),
        "only files beside or below",
    );
    check(
        "/images/0",
        json!({ "uri": "%2e%2e/secret" }),
        "only files beside or below",
    );
    check(
        "/images/0",
        json!({ "uri": "data:image/png;base64,####" }),
        "its base64 is broken",
    );
    check(
        "/images/0",
        json!({ "uri": "missing.png" }),
        "there is no `missing.png`",
    );
    check(
        "/cameras/0/type",
        json!(true),
        "/cameras/0/type: must be a text",
    );
    check(
        "/cameras/0/perspective",
        json!({ "yfov": 1 }),
        "/cameras/0/perspective/znear: is missing",
    );
}

/// The notes of the small file with one member replaced, which is taken all the same.
#[track_caller]
fn check_noted(pointer: &str, value: Json, expected: &str) {
    let imported = import("broken.glb", &replaced(pointer, value), &no_side_files).unwrap();
    let found = imported
        .notes
        .iter()
        .any(|note| note.level == Level::Problem && note.to_string().contains(expected));
    assert!(found, "{:?} do not say {expected:?}", imported.notes);
    assert_eq!(imported.documents.len(), 2, "the graph is not there");
}

#[test]
fn what_is_wrong_in_a_graph_names_the_place_and_refuses_nothing() {
    check_noted(
        &format!("{GRAPH}/nodes/0/declaration"),
        json!(99),
        "graphs/0/nodes/0/declaration: is 99, and the declarations are numbered from 0 to 7",
    );
    check_noted(
        &format!("{GRAPH}/nodes/3/flows/out/node"),
        json!(99),
        "graphs/0/nodes/3/flows/out/node: is 99, and the nodes are numbered",
    );
    check_noted(
        &format!("{GRAPH}/nodes/3/flows/out"),
        json!({}),
        "graphs/0/nodes/3/flows/out: has no `node`, so it leads nowhere",
    );
    check_noted(
        &format!("{GRAPH}/nodes/2/values/a/node"),
        json!(-1),
        "graphs/0/nodes/2/values/a/node: must be the number of one",
    );
    check_noted(
        &format!("{GRAPH}/nodes/1/configuration/variable/value"),
        json!([7]),
        "is 7, and the variables are numbered",
    );
    check_noted(
        &format!("{GRAPH}/nodes/2/values/b"),
        json!({ "value": [1] }),
        "graphs/0/nodes/2/values/b: has no `type`",
    );
    check_noted(
        &format!("{GRAPH}/types/0"),
        json!({}),
        "graphs/0/types/0: has no `signature`",
    );
    check_noted(
        "/extensions/KHR_interactivity/graph",
        json!(1),
        "/extensions/KHR_interactivity/graph: is 1, and the file has only one of the graphs",
    );
}

#[test]
fn containers_say_where_they_break() {
    let (json, bin) = small();
    let good = glb(&json, &bin);
    let with = |at: usize, bytes: &[u8]| {
        let mut broken = good.clone();
        broken[at..at + bytes.len()].copy_from_slice(bytes);
        error_of(&broken).to_string()
    };
    assert!(with(0, b"glTX").contains("neither that of a .glb nor the text of a .gltf"));
    assert!(with(4, &[1, 0, 0, 0]).contains("broken at byte 4: version 1"));
    assert!(with(8, &u32::MAX.to_le_bytes()).contains("says it has 4294967295 bytes"));
    assert!(
        with(12, &u32::MAX.to_le_bytes())
            .contains("broken at byte 12: a chunk of 4294967295 bytes")
    );
    assert!(with(16, b"WHAT").contains("the first chunk is not JSON"));
    let at_json = with(20, b"!");
    assert!(at_json.contains("byte 20 of the file"), "{at_json}");
    assert!(error_of(b"").to_string().contains("not a glTF file"));
    assert!(error_of(b"[]").to_string().contains("not a glTF file"));
    assert!(error_of(b"{}").to_string().contains("has no `asset`"));
    assert!(
        error_of(b"glTF")
            .to_string()
            .contains("ends inside a header")
    );
}

#[test]
fn deep_nesting_is_refused_or_kept() {
    let nested = |depth: usize| format!("{}1{}", "[".repeat(depth), "]".repeat(depth));
    let file = |depth: usize| {
        format!(
            r#"{{"asset":{{"version":"2.0"}},"extras":{}}}"#,
            nested(depth)
        )
    };
    assert!(matches!(
        error_of(file(100_000).as_bytes()),
        ImportError::Json { .. }
    ));
    // Deeper than documents nest, and kept all the same.
    let imported = import("deep.gltf", file(60).as_bytes(), &no_side_files).unwrap();
    let exported = export_all(&imported);
    assert_eq!(
        support::json_of(&exported.glb)["extras"].to_string(),
        nested(60)
    );
}

#[test]
fn large_integers_are_kept() {
    let file = br#"{"asset":{"version":"2.0"},"extras":{"id":18446744073709551615}}"#;
    let imported = import("large.gltf", file, &no_side_files).unwrap();
    let exported = export_all(&imported);
    assert_eq!(
        support::json_of(&exported.glb)["extras"]["id"],
        json!(u64::MAX)
    );
}

#[test]
fn a_long_chain_of_nodes_is_no_trouble() {
    let count = 30_000;
    let nodes: Vec<Json> = (0..count)
        .map(|at| {
            if at + 1 < count {
                json!({ "children": [at + 1] })
            } else {
                json!({})
            }
        })
        .collect();
    let file =
        json!({ "asset": { "version": "2.0" }, "nodes": nodes, "scenes": [{ "nodes": [0] }] });
    let imported = import("chain.gltf", file.to_string().as_bytes(), &no_side_files).unwrap();
    let exported = export_all(&imported);
    assert_eq!(
        support::json_of(&exported.glb)["nodes"]
            .as_array()
            .unwrap()
            .len(),
        count
    );
}

#[test]
fn too_many_records_are_refused() {
    let nodes = vec![json!({}); 500_001];
    let file = json!({ "asset": { "version": "2.0" }, "nodes": nodes });
    assert!(matches!(
        error_of(file.to_string().as_bytes()),
        ImportError::TooLarge { .. }
    ));
}

#[test]
fn truncated_files_are_errors() {
    let (json, bin) = small();
    let good = glb(&json, &bin);
    for length in (0..good.len()).step_by(97) {
        error_of(&good[..length]);
    }
    for length in (0..good.len()).step_by(97) {
        // A container that admits its new length is broken inside.
        let mut broken = good[..length].to_vec();
        if length >= 12 {
            broken[8..12].copy_from_slice(&(length as u32).to_le_bytes());
        }
        error_of(&broken);
    }
}

/// What is imported can be exported and imported again, and comes back as it was unless export says otherwise.
fn check_whole(bytes: &[u8]) {
    let Ok(imported) = import("flipped.glb", bytes, &no_side_files) else {
        return;
    };
    let object = |cid: &wissil_model::Cid| {
        let found = imported.objects.iter().find(|(it, _)| it == cid);
        found
            .map(|(_, bytes)| bytes.clone())
            .ok_or_else(|| "no such object".to_owned())
    };
    let Ok(exported) = export(&support::documents(&imported), &object) else {
        return;
    };
    let again = import("flipped.glb", &exported.glb, &no_side_files)
        .unwrap_or_else(|error| panic!("our own export is refused: {error}"));
    if exported.notes.is_empty() {
        for (before, after) in imported.documents.iter().zip(&again.documents) {
            // The list of extensions is completed.
            let records = |document: &ImportedDocument| -> BTreeMap<_, _> {
                let kept = document.records.iter().filter(|it| it.0 != "properties");
                kept.map(|(collection, id, record)| ((*collection, id.clone()), record.clone()))
                    .collect()
            };
            let (before, after) = (records(before), records(after));
            for (id, record) in &before {
                assert_eq!(Some(record), after.get(id), "{id:?}");
            }
            assert_eq!(before.len(), after.len());
        }
    }
}

#[test]
fn every_flipped_bit_is_survived() {
    let (json, bin) = small();
    let good = glb(&json, &bin);
    for bit in (0..good.len() * 8).step_by(11) {
        let mut broken = good.clone();
        broken[bit / 8] ^= 1 << (bit % 8);
        check_whole(&broken);
    }
}

/// Replaces one number, text or list of the JSON by something else.
fn mutate(json: &mut Json, pick: &mut usize, replacement: &Json) -> bool {
    if *pick == 0 {
        *json = replacement.clone();
        return true;
    }
    *pick -= 1;
    match json {
        Json::Object(members) => members
            .values_mut()
            .any(|inner| mutate(inner, pick, replacement)),
        Json::Array(items) => items
            .iter_mut()
            .any(|inner| mutate(inner, pick, replacement)),
        _ => false,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, ..ProptestConfig::default() })]

    #[test]
    fn replaced_values_are_survived(
        places in proptest::collection::vec((0usize..420, 0usize..12), 1..4),
        number in -3i64..12,
    ) {
        let (mut json, bin) = small();
        for (mut place, kind) in places {
            let replacement = match kind {
                0 => Json::Null,
                1 => json!(true),
                2 => json!("text"),
                3 => json!([]),
                4 => json!({}),
                5 => json!(1e308),
                6 => json!(-0.5),
                7 => json!([number, number]),
                8 => json!({ "node": number, "type": number, "value": [number] }),
                9 => json!({ "extras": { "wissil": { "id": "entity_1", "order": number, "helper": true } } }),
                10 => json!({ "extras": { "wissil": { "id": 3, "value": {}, "implied": true } } }),
                _ => json!(number),
            };
            mutate(&mut json, &mut place, &replacement);
        }
        check_whole(&glb(&json, &bin));
    }

    #[test]
    fn noise_is_survived(bytes in proptest::collection::vec(any::<u8>(), 0..256)) {
        check_whole(&bytes);
        let mut container = b"glTF\x02\0\0\0".to_vec();
        container.extend_from_slice(&((bytes.len() + 12) as u32).to_le_bytes());
        container.extend_from_slice(&bytes);
        check_whole(&container);
    }
}
