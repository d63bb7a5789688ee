//! A file read as an addition to a scene.
#![allow(clippy::unwrap_used)]

mod support;

use serde_json::json;
use support::no_side_files;
use wissil_interchange::{Addition, import_addition};
use wissil_model::{RecordId, Value};

fn added(file: &serde_json::Value) -> Addition {
    let root = RecordId::from("root");
    import_addition(
        "toy.gltf",
        file.to_string().as_bytes(),
        &no_side_files,
        "01NEW",
        &root,
    )
    .unwrap()
}

#[test]
fn ids_are_new_whatever_the_file_says() {
    let file = json!({
        "asset": { "version": "2.0" },
        "nodes": [
            { "extras": { "wissil": { "id": "taken" } }, "children": [1], "mesh": 0 },
            {},
        ],
        "meshes": [{ "primitives": [{ "attributes": { "POSITION": 0 } }] }],
        "accessors": [{ "componentType": 5126, "count": 1, "type": "VEC3" }],
        "scenes": [{ "nodes": [0] }],
    });
    let addition = added(&file);
    let ids: Vec<_> = addition
        .records
        .iter()
        .map(|(_, id, _)| id.as_str())
        .collect();
    assert!(ids.iter().all(|id| id.starts_with("01NEW-")), "{ids:?}");
    let entity = |id: &str| {
        let records = addition.records.iter();
        let found = records.filter(|(collection, ..)| *collection == "entities");
        found
            .map(|(_, id, record)| (id, record))
            .find(|(it, _)| it.as_str() == id)
            .unwrap()
            .1
    };
    let text = |id: &str, field: &str| {
        entity(id)
            .get(field)
            .and_then(Value::as_text)
            .map(str::to_owned)
    };
    assert_eq!(text("01NEW-entity_0", "parent").as_deref(), Some("root"));
    assert_eq!(
        text("01NEW-entity_1", "parent").as_deref(),
        Some("01NEW-entity_0")
    );
    assert_eq!(
        text("01NEW-entity_0", "mesh").as_deref(),
        Some("01NEW-mesh_0")
    );
    assert!(
        addition
            .records
            .iter()
            .all(|(_, _, record)| record.get("index").is_none())
    );
}

/// As it came it would name nodes of the file by number, which are others in the scene.
#[test]
fn a_graph_that_could_not_be_read_whole_does_not_go_out_as_it_came() {
    let file = json!({
        "asset": { "version": "2.0" }, "extensionsUsed": ["KHR_interactivity"],
        "extensions": { "KHR_interactivity": { "graphs": [{
            "declarations": [{ "op": "event/onStart" }, { "op": "flow/sequence" }],
            "nodes": [
                { "declaration": 0, "flows": { "out": { "node": 1 } } },
                { "declaration": 1, "flows": { "0": {} } },
            ],
        }] } },
    });
    let whole = support::import_bytes("toy.gltf", file.to_string().as_bytes());
    let kept = |records: &[wissil_interchange::NewRecord]| {
        records
            .iter()
            .any(|(_, _, record)| record.get("original").is_some())
    };
    assert!(kept(&whole.documents[1].records));
    let addition = added(&file);
    assert!(!kept(&addition.graphs[0].records));
    let said = "is kept as far as it could be read; the rest was left out";
    assert!(addition.notes.iter().any(|note| note.message == said));
}
