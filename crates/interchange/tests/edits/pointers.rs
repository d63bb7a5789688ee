//! Pointers of graphs into the file, which follow what moves there.

use serde_json::json;
use wissil_model::kinds::blueprint::Variable;
use wissil_model::{DocumentKind, Record, Value};

use crate::project::{Project, edit, graph, graph_types, literal, noted, put, remove};
use crate::support::{glb, import_bytes, json_of, small};

#[test]
fn without_graphs_places_close_and_pointers_follow() {
    let mut file = small();
    // Numbers are closed up only where no unknown extension may mean them.
    file.0["extensionsUsed"]
        .as_array_mut()
        .unwrap()
        .retain(|it| it != "VND_unknown");
    file.0["nodes"][4]
        .as_object_mut()
        .unwrap()
        .remove("extensions");
    file.0["animations"][0]["channels"][0]["target"] = json!({ "path": "pointer", "extensions": { "KHR_animation_pointer": { "pointer": "/nodes/3/translation" } } });
    let mut project = Project::of(&import_bytes("small.glb", &glb(&file.0, &file.1)));
    project
        .documents
        .retain(|document| document.kind == DocumentKind::SCENE);
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
        Value::text("/animations/animation_0/extras"),
        Value::text("/nodes/entity_1/translation"),
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

/// The value of a field of the graph.
fn field(project: &mut Project, collection: &str, id: &str, field: &str) -> Option<Value> {
    let mut records = project.graph_of().records.iter();
    let found = records.find(|it| it.0 == collection && it.1.as_str() == id);
    found.unwrap().2.get(field).cloned()
}

#[test]
fn documents_name_what_files_count() {
    let mut project = Project::small();
    let texts = |text: &str| Some(Value::List(vec![Value::text(text)]));
    let pointer = field(&mut project, "nodes", "node_7", "configuration.pointer");
    assert_eq!(pointer, texts("/nodes/entity_1/translation"));
    let node = field(&mut project, "nodes", "node_5", "configuration.nodeIndex");
    assert_eq!(node, texts("entity_1"));
    let json = json_of(&project.export().glb);
    let nodes = graph(&json)["nodes"].as_array().unwrap();
    let configured = |parameter: &str| {
        let mut found = nodes
            .iter()
            .filter_map(|node| node["configuration"].get(parameter));
        found.next().unwrap()["value"].clone()
    };
    assert_eq!(configured("pointer"), json!(["/nodes/1/translation"]));
    assert_eq!(configured("nodeIndex"), json!([1]));
}

#[test]
fn references_to_what_is_gone_lead_nowhere_and_come_back() {
    let mut project = Project::small();
    let reference = literal("ref", &["/nodes/entity_1".into()]);
    let variable = Variable {
        name: "who".into(),
        initial: reference,
        order: Some(2.0),
        source: None,
        source_object: None,
    };
    let graph_of = project.graph_of();
    put(graph_of, "variables", "variable_2", variable.to_record());
    remove(project.scene(), "entities", "entity_1");
    // What else hung on it is another matter.
    edit(project.scene(), "animations", "animation_0", "channels", {
        let channel = json!([{ "sampler": 0, "target": { "path": "translation" } }]);
        Value::try_from(channel).unwrap()
    });
    let (exported, json) = project.check(|_, _, _| {});
    let file_graph = graph(&json);
    let nodes = file_graph["nodes"].as_array().unwrap();
    let pointer = nodes
        .iter()
        .find_map(|node| node["configuration"].get("pointer"));
    assert_eq!(pointer.unwrap()["value"], json!(["/nodes/5/translation"]));
    assert_eq!(json["nodes"].as_array().unwrap().len(), 5);
    assert!(
        nodes
            .iter()
            .all(|it| it["configuration"].get("nodeIndex").is_none())
    );
    assert_eq!(file_graph["variables"][2].get("value"), None);
    for note in [
        "`node_7` (pointer/set) refers to",
        "`node_5` (event/onSelect) refers to",
        "`who` refers to",
    ] {
        assert!(noted(&exported, note), "{note}: {:?}", exported.notes);
    }
}

#[test]
fn places_of_cameras_and_lights_stay_too() {
    let mut project = Project::small();
    let scene = project.scene();
    let of = |name: &str, kind: (&str, &str), index: f64| {
        Record::new()
            .with("name", name)
            .with(kind.0, kind.1)
            .with("index", index)
    };
    put(
        scene,
        "lights",
        "light_1",
        of("Cold", ("kind", "point"), 1.0),
    );
    let far = of("Far", ("projection", "perspective"), 1.0);
    put(
        scene,
        "cameras",
        "camera_1",
        far.with("yfov", 0.5).with("znear", 1.0),
    );
    remove(scene, "lights", "light_0");
    remove(scene, "cameras", "camera_0");
    for (id, field) in [("entity_3", "light"), ("entity_2", "camera")] {
        edit(scene, "entities", id, field, Value::Null);
    }
    let (_, json) = project.check(|collection, id, record| {
        if collection == "entities" && id.as_str() == "entity_3" {
            record.0.remove("source"); // The light's extension goes with it.
        }
    });
    assert_eq!(
        json["extensions"]["KHR_lights_punctual"]["lights"][1]["name"],
        "Cold"
    );
    assert_eq!(json["cameras"][1]["name"], "Far");
}

#[test]
fn an_unknown_extension_goes_on_counting_right() {
    let Some(folder) = crate::support::conformance() else {
        return;
    };
    let file = std::fs::read(folder.join("../gltf_cases/joint.gltf")).unwrap();
    let mut project = Project::of(&import_bytes("joint.gltf", &file));
    remove(project.scene(), "entities", "entity_0");
    let json = json_of(&project.export().glb);
    let joint = &json["nodes"][2]["extensions"]["KHR_physics_rigid_bodies"]["joint"];
    let connected = joint["connectedNode"].as_u64().unwrap() as usize;
    assert_eq!(json["nodes"][connected]["name"], "jointSpaceB");
}

#[test]
fn older_rotations_keep_their_angle() {
    let (mut json, bin) = small();
    let file = json
        .pointer_mut("/extensions/KHR_interactivity/graphs/0")
        .unwrap();
    let types = file["types"].as_array_mut().unwrap();
    types.extend([
        json!({ "signature": "float2" }),
        json!({ "signature": "float4" }),
    ]);
    let declarations = file["declarations"].as_array_mut().unwrap();
    declarations.extend([
        json!({ "op": "math/rotate2D" }),
        json!({ "op": "math/rotate3D" }),
    ]);
    let nodes = file["nodes"].as_array_mut().unwrap();
    let vector = json!({ "type": 2, "value": [1, 2, 3] });
    nodes.push(json!({ "declaration": 8, "values": {
        "a": { "type": 4, "value": [1, 2] }, "b": { "type": 0, "value": [0.5] } } }));
    nodes.push(json!({ "declaration": 9, "values": {
        "a": vector, "b": { "type": 5, "value": [0, 1, 0, 0] } } }));
    nodes.push(json!({ "declaration": 9, "values": {
        "a": vector, "b": { "type": 2, "value": [0, 1, 0] }, "c": { "node": 6, "socket": "value" } } }));
    let project = Project::of(&import_bytes("small.glb", &glb(&json, &bin)));
    let (_, json) = project.check(|_, _, _| {});
    let file = graph(&json);
    let of = |op: &str| -> Vec<&serde_json::Value> {
        let is_op = |node: &&serde_json::Value| {
            file["declarations"][node["declaration"].as_u64().unwrap() as usize]["op"] == op
        };
        file["nodes"]
            .as_array()
            .unwrap()
            .iter()
            .filter(is_op)
            .collect()
    };
    assert_eq!(
        of("math/rotate2D")[0]["values"]["angle"]["value"],
        json!([0.5])
    );
    assert_eq!(of("math/rotate2D")[0]["values"].get("b"), None);
    let rotations = of("math/rotate3D");
    let typed = rotations
        .iter()
        .find_map(|it| it["values"]["rotation"].get("value"));
    assert_eq!(typed, Some(&json!([0, 1, 0, 0])));
    let made = rotations
        .iter()
        .find_map(|it| it["values"]["rotation"].get("node"));
    let maker = &file["nodes"][made.unwrap().as_u64().unwrap() as usize];
    assert_eq!(of("math/quatFromAxisAngle"), [maker]);
    assert_eq!(maker["values"]["axis"]["value"], json!([0, 1, 0]));
    assert_eq!(maker["values"]["angle"]["socket"], "value");
}

#[test]
fn older_hover_events_give_the_hovered_node() {
    let (mut json, bin) = small();
    let used = json["extensionsUsed"].as_array_mut().unwrap();
    used.push("KHR_node_hoverability".into());
    let file = json
        .pointer_mut("/extensions/KHR_interactivity/graphs/0")
        .unwrap();
    file["types"]
        .as_array_mut()
        .unwrap()
        .push(json!({ "signature": "ref" }));
    let declarations = file["declarations"].as_array_mut().unwrap();
    declarations.push(
        json!({ "op": "event/onHoverIn", "extension": "KHR_node_hoverability",
        "outputValueSockets": { "hoverNode": { "type": 4 } } }),
    );
    declarations.push(json!({ "op": "ref/eq" }));
    let nodes = file["nodes"].as_array_mut().unwrap();
    nodes.push(json!({ "declaration": 8, "configuration": {
        "nodeIndex": { "value": [1] }, "stopPropagation": { "value": [false] } } }));
    nodes.push(json!({ "declaration": 9, "values": {
        "a": { "node": 8, "socket": "hoverNode" }, "b": { "type": 4, "value": ["/nodes/3"] } } }));
    let project = Project::of(&import_bytes("small.glb", &glb(&json, &bin)));
    let (_, json) = project.check(|_, _, _| {});
    let text = graph(&json).to_string();
    assert!(
        text.contains(r#""hoveredNode""#) && !text.contains(r#""hoverNode""#),
        "{text}"
    );
    assert!(!text.contains("stopPropagation"), "{text}");
    assert!(text.contains(r#"["/nodes/3"]"#), "{text}");
}
