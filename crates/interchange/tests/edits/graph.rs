//! Graphs: their nodes, wires, variables and types.

use std::collections::BTreeMap;

use serde_json::json;
use wissil_interchange::export;
use wissil_model::kinds::blueprint::{Comment, CustomEvent, Function, Variable, WireKind};
use wissil_model::{Cid, DocumentKind, Field, Point, Record, RecordId, Size, Value};

use crate::project::{
    Project, edit, graph, graph_types, literal, node, noted, put, remove, wire, without_places,
};
use crate::support::{import_bytes, json_of};

#[test]
fn a_graph_from_scratch_comes_back() {
    let mut project = Project::empty(DocumentKind::BLUEPRINT);
    let document = &mut project.documents[0];
    let mut add = node("math/add");
    add.position = Some(Point { x: 12.5, y: -3.0 });
    add.label = Some("Sum".into());
    add.values.insert(
        "a".into(),
        literal(
            "float3",
            &[1.0.into(), f64::NAN.into(), f64::NEG_INFINITY.into()],
        ),
    );
    put(document, "nodes", "01ADD", add.to_record());
    put(
        document,
        "nodes",
        "01START",
        node("event/onStart").to_record(),
    );
    let mut log = node("debug/log");
    log.configuration.insert(
        "message".into(),
        Value::List(vec!["{sum} of {more}".into()]),
    );
    log.configuration
        .insert("severity".into(), Value::List(vec![0.0.into()]));
    log.function = Some("01FUNCTION".into());
    put(document, "nodes", "01LOG", log.to_record());
    put(
        document,
        "wires",
        "01FLOW",
        wire(WireKind::Flow, ("01START", "out"), ("01LOG", "in")),
    );
    let mut routed = wire(WireKind::Value, ("01ADD", "value"), ("01LOG", "sum"));
    routed.set(
        "route",
        Value::try_from(json!([{ "x": 1, "y": 2 }])).unwrap(),
    );
    put(document, "wires", "01VALUE", routed);
    let comment = Comment {
        text: "why".into(),
        position: Point { x: 0.0, y: 0.0 },
        size: Size {
            width: 200.0,
            height: 100.0,
        },
        color: Some("blue".into()),
        function: None,
    };
    put(document, "comments", "01COMMENT", comment.to_record());
    let function = Function {
        name: "Report".into(),
        inputs: BTreeMap::new(),
        outputs: BTreeMap::new(),
        order: None,
    };
    put(document, "functions", "01FUNCTION", function.to_record());
    let variable = Variable {
        name: "speed".into(),
        initial: literal("float", &[f64::INFINITY.into()]),
        order: None,
        source: None,
        source_object: None,
    };
    put(document, "variables", "01VARIABLE", variable.to_record());
    let mut values = BTreeMap::new();
    values.insert("who".to_owned(), literal("ref", &["/nodes/0".into()]));
    let event = CustomEvent {
        name: None,
        values,
        order: None,
        source: None,
        source_object: None,
    };
    put(document, "events", "01EVENT", event.to_record());

    let exported = project.export();
    assert!(noted(
        &exported,
        "the variable `speed` starts with a number that glTF cannot write"
    ));
    let again = import_bytes("New.glb", &exported.glb);
    // An export always makes a scene document of the rest of the file.
    let graph_document = again.documents.into_iter().nth(1).unwrap();
    let mut before: BTreeMap<RecordId, Record> = BTreeMap::new();
    for (collection, id, mut record) in project.documents[0].records.clone() {
        without_places(&collection, &id, &mut record);
        before.insert(id, record);
    }
    for (collection, id, mut record) in graph_document.records {
        if collection != "properties" {
            if collection == "functions" {
                assert!(record.get("order").is_none());
            }
            without_places(collection, &id, &mut record);
            assert_eq!(before.remove(&id), Some(record), "{id}");
        }
    }
    assert!(before.is_empty(), "{before:?}");

    // The input that nothing feeds has its type's default, so that players take the graph.
    let json = json_of(&exported.glb);
    let nodes = graph(&json)["nodes"].as_array().unwrap();
    let ops: Vec<&str> = nodes
        .iter()
        .map(|node| {
            graph(&json)["declarations"][node["declaration"].as_u64().unwrap() as usize]["op"]
                .as_str()
                .unwrap()
        })
        .collect();
    assert_eq!(
        ops,
        [
            "math/Inf",
            "math/neg",
            "math/combine3",
            "math/add",
            "event/onStart",
            "debug/log"
        ]
    );
    assert!(nodes[3]["values"]["b"].get("type").is_some());
    assert!(nodes[5]["values"]["more"].get("type").is_some());
}

#[test]
fn operations_of_extensions_are_declared_whole() {
    let mut project = Project::empty(DocumentKind::BLUEPRINT);
    put(
        &mut project.documents[0],
        "nodes",
        "01SELECT",
        node("event/onSelect").to_record(),
    );
    let json = json_of(&project.export().glb);
    let declaration = &graph(&json)["declarations"][0];
    assert_eq!(declaration["extension"], "KHR_node_selectability");
    assert_eq!(
        json["extensionsUsed"],
        json!(["KHR_interactivity", "KHR_node_selectability"])
    );
    let types = graph_types(&json);
    let selected = &declaration["outputValueSockets"]["selectedNode"]["type"];
    assert_eq!(types[selected.as_u64().unwrap() as usize], "ref");
    assert!(
        declaration["outputValueSockets"]
            .get("selectedNodeIndex")
            .is_none()
    );
}

#[test]
fn loops_become_events_and_come_back() {
    let mut project = Project::small();
    let document = project.graph_of();
    // node_3 starts 4, 4 flows to 0; 0 flows back to 4, and node_5 to itself by way of 7.
    put(
        document,
        "wires",
        "wire_flow_0_out",
        wire(WireKind::Flow, ("node_0", "out"), ("node_4", "in")),
    );
    put(
        document,
        "wires",
        "wire_flow_7_done",
        wire(WireKind::Flow, ("node_7", "out"), ("node_7", "in")),
    );
    let (exported, json) = project.check(|_, _, _| {});
    assert!(noted(&exported, "2 flows lead back"));
    assert_eq!(graph(&json)["events"].as_array().unwrap().len(), 3);
    for (at, node) in graph(&json)["nodes"].as_array().unwrap().iter().enumerate() {
        for flow in node["flows"].as_object().into_iter().flatten() {
            assert!(flow.1["node"].as_u64().unwrap() as usize > at);
        }
    }
}

#[test]
fn a_circle_of_values_is_refused() {
    let mut project = Project::small();
    put(
        project.graph_of(),
        "nodes",
        "01A",
        node("math/neg").to_record(),
    );
    put(
        project.graph_of(),
        "nodes",
        "01B",
        node("math/neg").to_record(),
    );
    put(
        project.graph_of(),
        "wires",
        "01AB",
        wire(WireKind::Value, ("01A", "value"), ("01B", "a")),
    );
    put(
        project.graph_of(),
        "wires",
        "01BA",
        wire(WireKind::Value, ("01B", "value"), ("01A", "a")),
    );
    let object = |_: &Cid| Ok(Vec::new());
    project
        .documents
        .retain(|document| document.kind == DocumentKind::BLUEPRINT);
    let error = export(&project.documents, &object).unwrap_err();
    let text = error.to_string();
    assert!(
        text.contains("`01A`") && text.contains("`01B`") && text.contains("remove one"),
        "{text}"
    );
}

#[test]
fn a_node_without_its_variable_is_left_out() {
    let mut project = Project::small();
    remove(project.graph_of(), "variables", "variable_0");
    let exported = project.export();
    assert!(noted(
        &exported,
        "`node_1` (variable/get) was left out, because its variable is gone"
    ));
    let json = json_of(&exported.glb);
    assert_eq!(graph(&json)["nodes"].as_array().unwrap().len(), 6 + 3);
    import_bytes("small.glb", &exported.glb);
}

#[test]
fn variables_that_move_take_their_sockets_along() {
    let mut project = Project::small();
    let first = Variable {
        name: "first".into(),
        initial: literal("int", &[1.0.into()]),
        order: Some(-1.0),
        source: None,
        source_object: None,
    };
    put(
        project.graph_of(),
        "variables",
        "01FIRST",
        first.to_record(),
    );
    let (_, json) = project.check(|collection, _, record| {
        if collection == "variables" {
            record.0.remove("order");
        }
    });
    let nodes = graph(&json)["nodes"].as_array().unwrap();
    let set = nodes
        .iter()
        .find(|node| node["configuration"].get("variables").is_some())
        .unwrap();
    assert_eq!(set["configuration"]["variables"]["value"], json!([1]));
    assert!(set["values"].get("1").is_some() && set["values"].get("0").is_none());
}

#[test]
fn typed_values_under_wires_stay() {
    let mut project = Project::small();
    edit(
        project.graph_of(),
        "nodes",
        "node_2",
        "values.a",
        Value::try_from(json!({ "type": "int", "value": [9] })).unwrap(),
    );
    project.check(|_, _, _| {});
}

#[test]
fn two_wires_at_one_socket_become_one() {
    let mut project = Project::small();
    put(
        project.graph_of(),
        "wires",
        "zz",
        wire(WireKind::Flow, ("node_3", "out"), ("node_0", "in")),
    );
    let exported = project.export();
    assert!(noted(
        &exported,
        "the wire `zz` was left out, because another one is at the same socket"
    ));
}

#[test]
fn older_ids_of_variables_are_their_names() {
    let project = Project::small();
    let json = json_of(&project.export().glb);
    assert_eq!(graph(&json)["variables"][0]["name"], "count");
    assert_eq!(graph(&json)["variables"][0].get("id"), None);
    assert_eq!(graph(&json)["variables"][1].get("name"), None);
    project.check(|_, _, _| {});
}

#[test]
fn a_value_of_another_type_than_its_variable_is_refused_by_name() {
    let mut project = Project::small();
    let document = project.graph_of();
    remove(document, "wires", "wire_value_4_variable_0");
    let value = literal("float", &[1.5.into()]).to_value();
    edit(document, "nodes", "node_4", "values.variable_0", value);
    let document = document.clone();
    let error = wissil_interchange::export(&[document], &|_| Err("none".into())).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("its value for “count” is float, and “count” takes int"),
        "{error}"
    );
}
