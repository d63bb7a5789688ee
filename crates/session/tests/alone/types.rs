//! A variable gets another type while it is used.

use serde_json::json;
use wissil_session::{Change, ExportFormat, Record, Value};

use crate::place::place;

fn value(json: serde_json::Value) -> Value {
    serde_json::from_value(json).unwrap()
}

#[test]
fn another_type_takes_along_what_depends_on_it_in_one_step() {
    let place = place();
    let session = place.app.create("Score", &place.root.join("game")).unwrap();
    let documents = session.info().unwrap().documents;
    let graph = &documents
        .iter()
        .find(|it| it.kind == "blueprint")
        .unwrap()
        .id;
    let edit = |event_type: &str, changes: Vec<Change>| {
        session.edit(graph, event_type, changes).unwrap();
    };
    let score = Record::new()
        .with("name", "score")
        .with("initial", value(json!({ "type": "float", "value": [2] })));
    edit(
        "variable.add",
        vec![Change::put("variables", "score", score)],
    );
    let keep = Record::new()
        .with("op", "variable/set")
        .with("configuration.variables", value(json!(["score"])))
        .with(
            "values.score",
            value(json!({ "type": "float", "value": [0.5] })),
        );
    let get = Record::new()
        .with("op", "variable/get")
        .with("configuration.variable", value(json!(["score"])));
    let wire = Record::new()
        .with("kind", "value")
        .with("from", "get")
        .with("output", "value")
        .with("to", "check")
        .with("input", "a");
    edit(
        "node.add",
        vec![
            Change::put("nodes", "keep", keep),
            Change::put("nodes", "get", get),
            Change::put("nodes", "check", Record::new().with("op", "math/isNaN")),
            Change::put("wires", "wire", wire),
        ],
    );
    let before = session.snapshot(graph).unwrap().collections;
    let set = Change::set(
        "variables",
        "score",
        [("initial", value(json!({ "type": "float3" })))],
    );
    edit("variable.set", vec![set]);

    let after = session.snapshot(graph).unwrap();
    let collections = &after.collections;
    let initial = &collections["variables"]["score"]["initial"];
    assert_eq!(*initial, json!({ "type": "float3", "value": [2, 2, 2] }));
    let typed = &collections["nodes"]["keep"]["values.score"];
    assert_eq!(
        *typed,
        json!({ "type": "float3", "value": [0.5, 0.5, 0.5] })
    );
    assert!(!collections.contains_key("wires"));
    let said = after.undo.undo.unwrap();
    assert!(
        said.ends_with("; 1 value converted, 1 wire removed"),
        "{said}"
    );
    session
        .export(ExportFormat::Glb, &place.root.join("score.glb"))
        .unwrap();

    session.undo(graph).unwrap();
    assert_eq!(session.snapshot(graph).unwrap().collections, before);
}
