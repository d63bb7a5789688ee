//! Edited and new documents: what they become, and that they come back.
#![allow(clippy::unwrap_used)]

mod support;

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};
use support::{documents, export_documents, glb, import_bytes, json_of, no_side_files, small};
use wissil_interchange::{ExportDocument, ExportError, Exported, Imported, export, import};
use wissil_model::kinds::blueprint::{
    Comment, CustomEvent, Function, Node, Variable, Wire, WireKind,
};
use wissil_model::kinds::scene::{Accessor, Entity, Material, Mesh, View};
use wissil_model::{Cid, DocumentKind, Literal, Point, Record, RecordId, Size, Value, cid_of};

/// The small file, to be edited.
struct Project {
    documents: Vec<ExportDocument>,
    objects: Vec<(Cid, Vec<u8>)>,
}

impl Project {
    fn small() -> Self {
        let (json, bin) = small();
        Self::of(&import_bytes("small.glb", &glb(&json, &bin)))
    }

    fn of(imported: &Imported) -> Self {
        Self {
            documents: documents(imported),
            objects: imported.objects.clone(),
        }
    }

    fn empty(kind: DocumentKind) -> Self {
        Self {
            documents: vec![ExportDocument {
                name: "New".into(),
                kind,
                records: Vec::new(),
            }],
            objects: Vec::new(),
        }
    }

    fn graph_of(&mut self) -> &mut ExportDocument {
        self.documents
            .iter_mut()
            .find(|it| it.kind == DocumentKind::Blueprint)
            .unwrap()
    }

    fn scene(&mut self) -> &mut ExportDocument {
        self.documents
            .iter_mut()
            .find(|it| it.kind == DocumentKind::Scene)
            .unwrap()
    }

    fn export(&self) -> Exported {
        export_documents(&self.documents, &self.objects)
    }

    /// Exports, and requires that the edited documents come back, apart from what `forgive` brings in line.
    #[track_caller]
    fn check(&self, forgive: impl Fn(&str, &RecordId, &mut Record)) -> (Exported, Json) {
        let exported = self.export();
        let again = import_bytes("small.glb", &exported.glb);
        assert_eq!(again.documents.len(), self.documents.len());
        for (document, again) in self.documents.iter().zip(&again.documents) {
            let mut before: BTreeMap<(String, RecordId), Record> = BTreeMap::new();
            for (collection, id, record) in &document.records {
                let mut record = record.clone();
                forgive(collection, id, &mut record);
                before.insert((collection.clone(), id.clone()), record);
            }
            for (collection, id, record) in &again.records {
                let mut record = record.clone();
                forgive(collection, id, &mut record);
                let key = ((*collection).to_owned(), id.clone());
                assert_eq!(before.remove(&key).as_ref(), Some(&record), "{key:?}");
            }
            assert!(before.is_empty(), "gone: {before:?}");
        }
        let json = json_of(&exported.glb);
        (exported, json)
    }
}

fn put(document: &mut ExportDocument, collection: &str, id: &str, record: Record) {
    remove(document, collection, id);
    document
        .records
        .push((collection.into(), id.into(), record));
}

fn remove(document: &mut ExportDocument, collection: &str, id: &str) {
    document
        .records
        .retain(|(it, record, _)| it != collection || record.as_str() != id);
}

fn edit(
    document: &mut ExportDocument,
    collection: &str,
    id: &str,
    field: &str,
    value: impl Into<Value>,
) {
    let found = document
        .records
        .iter_mut()
        .find(|(it, record, _)| it == collection && record.as_str() == id);
    found.unwrap().2.set(field, value.into());
}

fn graph(json: &Json) -> &Json {
    &json["extensions"]["KHR_interactivity"]["graphs"][0]
}

fn noted(exported: &Exported, text: &str) -> bool {
    exported.notes.iter().any(|note| note.contains(text))
}

fn node(op: &str) -> Node {
    Node {
        op: op.into(),
        extension: None,
        position: None,
        label: None,
        configuration: BTreeMap::new(),
        values: BTreeMap::new(),
        inputs: BTreeMap::new(),
        outputs: BTreeMap::new(),
        function: None,
        order: None,
        source: None,
    }
}

fn wire(kind: WireKind, from: (&str, &str), to: (&str, &str)) -> Record {
    Wire {
        kind,
        from: from.0.into(),
        output: from.1.into(),
        to: to.0.into(),
        input: to.1.into(),
        route: Vec::new(),
    }
    .to_record()
}

fn literal(signature: &str, value: &[Value]) -> Literal {
    Literal {
        signature: signature.into(),
        value: value.to_vec(),
    }
}

/// New records get their place in the file as `order` and `index`; everything else must come back.
fn without_places(_: &str, _: &RecordId, record: &mut Record) {
    record.0.remove("order");
    record.0.remove("index");
}

#[test]
fn a_deleted_entity_leaves_its_place_free() {
    let mut project = Project::small();
    remove(project.scene(), "entities", "entity_1");
    let exported = project.export();
    let json = json_of(&exported.glb);
    assert_eq!(
        json["nodes"][1],
        json!({ "extras": { "wissil": { "placeholder": true } } })
    );
    assert_eq!(json["nodes"][0]["children"], json!([2]));
    assert_eq!(json["nodes"][3]["name"], "Lamp");
    assert_eq!(
        json["animations"][0]["channels"][0]["target"],
        json!({ "path": "translation" })
    );
    assert!(noted(&exported, "channels/0/target/node"));
    // What hung on it is noted and let go; nothing else changes.
    let again = import_bytes("small.glb", &exported.glb);
    let entities: Vec<_> = again.documents[0]
        .records
        .iter()
        .filter(|it| it.0 == "entities")
        .map(|it| it.1.to_string())
        .collect();
    assert_eq!(entities, ["entity_0", "entity_2", "entity_3", "entity_4"]);
}

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
fn new_records_come_last_and_keep_their_ids() {
    let mut project = Project::small();
    let entity = Record::new()
        .with("name", "Crate")
        .with("parent", "entity_0")
        .with("order", 1.5)
        .with("mesh", "01MESH")
        .with("locked", true);
    put(project.scene(), "entities", "01ENTITY", entity);
    put(
        project.scene(),
        "meshes",
        "01MESH",
        Record::new().with("name", "Box").with(
            "primitives",
            Value::try_from(
                json!([{ "attributes": { "POSITION": "accessor_0" }, "material": "01MATERIAL" }]),
            )
            .unwrap(),
        ),
    );
    let mut paint = Record::new().with("name", "New paint");
    paint.set(
        "base_color_texture",
        Value::try_from(json!({ "texture": "texture_0", "texCoord": 1 })).unwrap(),
    );
    put(project.scene(), "materials", "01MATERIAL", paint);
    let (_, json) = project.check(without_places);
    assert_eq!(json["nodes"][5]["name"], "Crate");
    assert_eq!(json["nodes"][5]["mesh"], 1);
    assert_eq!(json["nodes"][0]["children"], json!([2, 1, 5]));
    assert_eq!(
        json["meshes"][1]["primitives"][0],
        json!({ "attributes": { "POSITION": 0 }, "material": 1 })
    );
    assert_eq!(
        json["materials"][1]["pbrMetallicRoughness"]["baseColorTexture"],
        json!({ "index": 0, "texCoord": 1 })
    );
}

#[test]
fn typed_records_of_editors_export_as_valid_gltf() {
    let mut project = Project::small();
    for (collection, id, record) in project.scene().records.clone() {
        let typed = match collection.as_str() {
            "entities" => Entity::from_record(&record).unwrap().to_record(),
            "materials" => Material::from_record(&record).unwrap().to_record(),
            "meshes" => Mesh::from_record(&record).unwrap().to_record(),
            "accessors" => Accessor::from_record(&record).unwrap().to_record(),
            "views" => View::from_record(&record).unwrap().to_record(),
            _ => record,
        };
        put(project.scene(), &collection, id.as_str(), typed);
    }
    let json = json_of(&project.export().glb);
    // Defaults are written out, except where that is not allowed or means another extension.
    assert!(json["nodes"][2].get("matrix").is_some());
    assert!(json["nodes"][2].get("translation").is_none());
    assert!(json["nodes"][0].get("extensions").is_none());
    assert_eq!(
        json["nodes"][3]["extensions"]["KHR_node_visibility"]["visible"],
        false
    );
}

#[test]
fn names_are_not_invented_and_not_lost() {
    let mut project = Project::small();
    let json = json_of(&project.export().glb);
    assert!(json["nodes"][1].get("name").is_none());
    assert!(graph(&json).get("name").is_none());
    edit(project.scene(), "entities", "entity_1", "name", "Triangle");
    project.graph_of().name = "Rules".into();
    let json = json_of(&project.export().glb);
    assert_eq!(json["nodes"][1]["name"], "Triangle");
    assert_eq!(graph(&json)["name"], "Rules");

    let mut file = small();
    file.0["nodes"][1]["name"] = json!("Entity 1");
    let json =
        json_of(&support::export_all(&import_bytes("small.glb", &glb(&file.0, &file.1))).glb);
    assert_eq!(json["nodes"][1]["name"], "Entity 1");
}

#[test]
fn a_deleted_texture_goes_from_every_extension() {
    let mut project = Project::small();
    remove(project.scene(), "textures", "texture_0");
    let json = json_of(&project.export().glb);
    assert_eq!(
        json["materials"][0],
        json!({
            "name": "Paint",
            "pbrMetallicRoughness": { "metallicFactor": 0 },
            "extensions": { "KHR_materials_clearcoat": { "clearcoatFactor": 0.5 } }
        })
    );
}

#[test]
fn a_deleted_light_takes_its_extension_along() {
    let mut project = Project::small();
    remove(project.scene(), "lights", "light_0");
    edit(project.scene(), "entities", "entity_3", "visible", true);
    edit(
        project.scene(),
        "entities",
        "entity_3",
        "source",
        Value::Null,
    );
    let json = json_of(&project.export().glb);
    assert_eq!(json["nodes"][3], json!({ "name": "Lamp" }));
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

fn graph_types(json: &Json) -> Vec<&str> {
    let types = graph(json)["types"].as_array().unwrap();
    types
        .iter()
        .map(|it| it["signature"].as_str().unwrap())
        .collect()
}

#[test]
fn a_mesh_without_its_accessor_goes_and_is_noted() {
    let mut project = Project::small();
    remove(project.scene(), "accessors", "accessor_0");
    let exported = project.export();
    let json = json_of(&exported.glb);
    assert!(json.get("meshes").is_none());
    assert!(json["nodes"][1].get("mesh").is_none());
    assert!(noted(&exported, "`mesh_0` was left out"));
    import_bytes("small.glb", &exported.glb);
}

#[test]
fn parents_in_a_circle_are_cut() {
    let mut project = Project::small();
    edit(
        project.scene(),
        "entities",
        "entity_0",
        "parent",
        "entity_2",
    );
    let json = json_of(&project.export().glb);
    assert!(json["nodes"][2].get("children").is_none());
    assert_eq!(json["nodes"][0]["children"], json!([2, 1]));
    import_bytes("small.glb", &project.export().glb);
}

#[test]
fn new_pictures_replace_the_old_bytes() {
    let mut project = Project::small();
    let picture = b"\xff\xd8\xff a photograph".to_vec();
    let cid = cid_of(0x55, &picture);
    project.objects.push((cid, picture.clone()));
    edit(
        project.scene(),
        "images",
        "image_0",
        "object",
        cid.to_string(),
    );
    edit(
        project.scene(),
        "images",
        "image_0",
        "media_type",
        "image/jpeg",
    );
    let added = b"\x89PNG another".to_vec();
    let added_cid = cid_of(0x55, &added);
    project.objects.push((added_cid, added.clone()));
    put(
        project.scene(),
        "images",
        "01IMAGE",
        Record::new()
            .with("name", "Added")
            .with("object", added_cid.to_string()),
    );
    let exported = project.export();
    let again = import_bytes("small.glb", &exported.glb);
    let objects: Vec<_> = again.objects.iter().map(|(cid, _)| *cid).collect();
    assert!(objects.contains(&cid) && objects.contains(&added_cid));
    let json = json_of(&exported.glb);
    assert_eq!(json["bufferViews"].as_array().unwrap().len(), 6);
    assert_eq!(json["images"][1]["mimeType"], "image/png");
}

#[test]
fn new_accessors_get_their_bounds() {
    let mut project = Project::small();
    let accessor = Accessor {
        view: Some("view_0".into()),
        offset: 0.0,
        component_type: 5126,
        normalized: false,
        count: 3.0,
        element: "VEC3".into(),
        min: vec![],
        max: vec![],
        sparse: None,
        source: None,
        index: None,
    };
    put(
        project.scene(),
        "accessors",
        "01ACCESSOR",
        accessor.to_record(),
    );
    let json = json_of(&project.export().glb);
    assert_eq!(json["accessors"][4]["min"], json!([0.0, 0.0, 0.0]));
    assert_eq!(json["accessors"][4]["max"], json!([1.0, 1.0, 0.0]));
}

#[test]
fn a_scene_from_scratch_has_a_scene() {
    let mut project = Project::empty(DocumentKind::Scene);
    put(
        project.scene(),
        "entities",
        "01B",
        Record::new().with("name", "Second").with("order", 2.0),
    );
    put(
        project.scene(),
        "entities",
        "01A",
        Record::new()
            .with("name", "First")
            .with("order", 1.0)
            .with("visible", false),
    );
    let json = json_of(&project.export().glb);
    assert_eq!(
        json["asset"],
        json!({ "version": "2.0", "generator": "WISSIL" })
    );
    assert_eq!(json["scene"], 0);
    assert_eq!(json["scenes"], json!([{ "nodes": [0, 1] }]));
    assert_eq!(json["nodes"][0]["name"], "First");
    assert_eq!(json["extensionsUsed"], json!(["KHR_node_visibility"]));
}

#[test]
fn a_graph_from_scratch_comes_back() {
    let mut project = Project::empty(DocumentKind::Blueprint);
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
    };
    put(document, "variables", "01VARIABLE", variable.to_record());
    let mut values = BTreeMap::new();
    values.insert("who".to_owned(), literal("ref", &["/nodes/0".into()]));
    let event = CustomEvent {
        name: None,
        values,
        order: None,
        source: None,
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
    let mut project = Project::empty(DocumentKind::Blueprint);
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
        .retain(|document| document.kind == DocumentKind::Blueprint);
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
fn side_files_and_data_uris_become_one_file() {
    let (mut json, bin) = small();
    let picture = bin[84..].to_vec();
    json["buffers"][0]["uri"] = json!("parts/the%20buffer.bin");
    json["images"][0] = json!({ "uri": "data:image/png;base64,iVBORw0KGgo=" });
    json["images"]
        .as_array_mut()
        .unwrap()
        .push(json!({ "uri": "skin.png", "name": "Skin" }));
    let text = serde_json::to_vec(&json).unwrap();
    let resolve = |name: &str| match name {
        "parts/the buffer.bin" => Ok(bin.clone()),
        "skin.png" => Ok(picture.clone()),
        other => Err(format!("unexpected {other}")),
    };
    let imported = import("folder/small.gltf", &text, &resolve).unwrap();
    assert_eq!(imported.name, "small");
    let project = Project::of(&imported);
    let (_, json) = project.check(|_, _, _| {});
    assert_eq!(json["buffers"].as_array().unwrap().len(), 1);
    assert_eq!(json["bufferViews"].as_array().unwrap().len(), 7);
    assert_eq!(json["images"][1]["mimeType"], "image/png");
    assert!(json["images"][1].get("uri").is_none());
}

#[test]
fn skins_go_with_their_joints() {
    let (mut json, bin) = small();
    json["skins"] = json!([{ "joints": [0, 2], "skeleton": 0 }, { "joints": [3] }]);
    json["nodes"][1]["skin"] = json!(0);
    json["nodes"][4]["skin"] = json!(1);
    let mut project = Project::of(&import_bytes("small.glb", &glb(&json, &bin)));
    project.check(|_, _, _| {});
    remove(project.scene(), "entities", "entity_2");
    let exported = project.export();
    let json = json_of(&exported.glb);
    assert_eq!(
        json["skins"],
        json!([{ "joints": [3], "extras": { "wissil": { "id": "skin_1" } } }])
    );
    assert!(json["nodes"][1].get("skin").is_none());
    assert_eq!(json["nodes"][4]["skin"], 0);
}

#[test]
fn errors_say_what_to_do() {
    let project = Project::small();
    let missing = export(&project.documents, &|_| Err("it is on another disk".into())).unwrap_err();
    assert!(
        missing.to_string().contains("it is on another disk"),
        "{missing}"
    );
    let mut doubled = Project::small();
    let scene = doubled.scene().clone();
    doubled.documents.push(scene);
    assert!(matches!(
        export(&doubled.documents, &|_| Ok(Vec::new())),
        Err(ExportError::TwoScenes { .. })
    ));
    let mut wrong = Project::small();
    edit(wrong.graph_of(), "nodes", "node_0", "op", 7.0);
    let error = export_error(&wrong);
    assert!(
        error.contains("record `node_0` of `small graph`: its field `op` must be a text"),
        "{error}"
    );
}

fn export_error(project: &Project) -> String {
    let object = |cid: &Cid| {
        let found = project.objects.iter().find(|(it, _)| it == cid);
        found
            .map(|(_, bytes)| bytes.clone())
            .ok_or_else(|| "gone".to_owned())
    };
    export(&project.documents, &object).unwrap_err().to_string()
}

#[test]
fn a_manifest_is_left_out() {
    let mut project = Project::small();
    project.documents.push(ExportDocument {
        name: "Session".into(),
        kind: DocumentKind::Manifest,
        records: Vec::new(),
    });
    assert!(noted(&project.export(), "`Session` was left out"));
}

#[test]
fn files_without_bytes_say_so() {
    let (mut json, _) = small();
    json["buffers"][0]["byteLength"] = json!(1_000);
    let imported = import(
        "small.gltf",
        &serde_json::to_vec(&json).unwrap(),
        &no_side_files,
    )
    .unwrap();
    assert!(
        imported
            .notes
            .iter()
            .any(|note| note.contains("does not bring this buffer's 1000 bytes"))
    );
    let object = imported.documents[0]
        .records
        .iter()
        .find(|it| it.0 == "views")
        .unwrap()
        .2
        .get("object")
        .cloned();
    assert_eq!(object, None);
    Project::of(&imported).check(|_, _, _| {});
}
