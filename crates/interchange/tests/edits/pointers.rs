//! Pointers of graphs into the file, which follow what moves there.

use serde_json::json;
use wissil_model::{DocumentKind, Value};

use crate::project::{Project, edit, graph, graph_types, noted, put, remove};
use crate::support::{glb, import_bytes, json_of, small};

#[test]
fn without_graphs_places_close_and_pointers_follow() {
    let mut file = small();
    file.0["animations"][0]["channels"][0]["target"] = json!({ "path": "pointer", "extensions": { "KHR_animation_pointer": { "pointer": "/nodes/3/translation" } } });
    let mut project = Project::of(&import_bytes("small.glb", &glb(&file.0, &file.1)));
    project
        .documents
        .retain(|document| document.kind == DocumentKind::Scene);
    remove(project.scene(), "entities", "entity_1");
    let exported = project.export();
    let json = json_of(&exported.glb);
    assert_eq!(json["nodes"].as_array().unwrap().len(), 4);
    assert_eq!(json["nodes"][2]["name"], "Lamp");
    let pointer =
        json.pointer("/animations/0/channels/0/target/extensions/KHR_animation_pointer/pointer");
    assert_eq!(pointer, Some(&json!("/nodes/2/translation")));
    assert!(noted(&exported, "3 of the entities have another number"));
    assert!(json["extensions"].get("KHR_interactivity").is_none());
}

#[test]
fn pointers_of_graphs_follow_what_moves() {
    let mut project = Project::small();
    let pointer = Value::List(vec![
        Value::text("/animations/0/extras"),
        Value::text("/nodes/1/translation"),
    ]);
    edit(
        project.graph_of(),
        "nodes",
        "node_7",
        "configuration.pointer",
        pointer,
    );
    // A second animation, before the first.
    let scene = project.scene();
    let first = scene
        .records
        .iter()
        .find(|it| it.0 == "animations")
        .unwrap()
        .2
        .clone();
    put(scene, "animations", "01NEW", first.with("index", -1.0));
    let json = json_of(&project.export().glb);
    let nodes = graph(&json)["nodes"].as_array().unwrap();
    let found = nodes
        .iter()
        .find_map(|node| node["configuration"].get("pointer"))
        .unwrap();
    assert_eq!(
        found["value"],
        json!(["/animations/1/extras", "/nodes/1/translation"])
    );
}

#[test]
fn older_numbers_become_references() {
    let (mut json, bin) = small();
    let file = json
        .pointer_mut("/extensions/KHR_interactivity/graphs/0")
        .unwrap();
    let declarations = file["declarations"].as_array_mut().unwrap();
    for op in [
        "animation/start",
        "flow/setDelay",
        "flow/cancelDelay",
        "pointer/get",
    ] {
        declarations.push(json!({ "op": op }));
    }
    let nodes = file["nodes"].as_array_mut().unwrap();
    nodes.push(json!({ "declaration": 8, "values": { "animation": { "type": 1, "value": [3] } } }));
    nodes.push(json!({ "declaration": 9, "values": { "duration": { "type": 0, "value": [1] } } }));
    nodes.push(json!({ "declaration": 10, "values": { "delayIndex": { "node": 9, "socket": "lastDelayIndex" } } }));
    nodes.push(json!({ "declaration": 11,
        "configuration": { "pointer": { "value": ["/nodes/{node}/weights/{{x}}/{it}"] }, "type": { "value": [0] } },
        "values": { "node": { "type": 1, "value": [1] }, "it": { "node": 2, "socket": "value" } } }));
    let project = Project::of(&import_bytes("small.glb", &glb(&json, &bin)));
    let (_, json) = project.check(|_, _, _| {});
    let types = graph_types(&json);
    let nodes = graph(&json)["nodes"].as_array().unwrap();
    let with = |member: &str| {
        nodes
            .iter()
            .find_map(|node| node["values"].get(member))
            .unwrap()
    };
    assert_eq!(with("animation")["value"], json!(["/animations/3"]));
    assert_eq!(
        types[with("animation")["type"].as_u64().unwrap() as usize],
        "ref"
    );
    assert_eq!(with("delay")["socket"], "lastDelay");
    let pointer = nodes
        .iter()
        .rev()
        .find_map(|node| node["configuration"].get("pointer"))
        .unwrap();
    assert_eq!(
        pointer["value"],
        json!(["/nodes/[node]/weights/{{x}}/[it]"])
    );
}
