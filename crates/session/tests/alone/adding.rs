//! A file's content in a scene that exists.

use std::fs;
use std::path::PathBuf;

use serde_json::{Value as Json, json};
use wissil_session::api::{ErrorCode, FileAdded};
use wissil_session::{ExportFormat, Record, Session, Value, new_id};

use crate::place::{Place, place};

fn project(place: &Place) -> (Session, String) {
    let session = place.app.create("Room", &place.root.join("room")).unwrap();
    let documents = session.info().unwrap().documents;
    let scene = documents.into_iter().find(|it| it.kind == "scene");
    (session, scene.unwrap().id)
}

/// A lamp: two roots, a part, a material with a texture, an animation, a graph, and what belongs to the file as a whole.
fn lamp(place: &Place) -> PathBuf {
    let file = place.root.join("lamp.gltf");
    let pixel = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII=";
    let json = json!({
        "asset": { "version": "2.0" },
        "extensionsUsed": ["KHR_interactivity", "KHR_mesh_quantization"],
        "extensionsRequired": ["KHR_mesh_quantization"],
        "extras": { "author": "Ada" },
        "buffers": [{ "byteLength": 8, "uri": "data:application/octet-stream;base64,AAAAAAAAgD8=" }],
        "bufferViews": [{ "buffer": 0, "byteLength": 8 }],
        "accessors": [
            { "bufferView": 0, "componentType": 5126, "count": 2, "type": "SCALAR", "min": [0], "max": [1] },
            { "componentType": 5126, "count": 2, "type": "VEC3" },
        ],
        "images": [{ "uri": pixel }],
        "textures": [{ "source": 0 }],
        "materials": [{ "name": "Brass", "pbrMetallicRoughness": { "baseColorTexture": { "index": 0 } } }],
        "meshes": [{ "primitives": [{ "attributes": { "POSITION": 1 }, "material": 0, "mode": 0 }] }],
        "nodes": [
            { "name": "Foot", "children": [1] },
            { "name": "Shade", "mesh": 0 },
            { "name": "Cable" },
            { "name": "Spare" },
        ],
        "animations": [{
            "name": "Swing",
            "channels": [{ "sampler": 0, "target": { "node": 1, "path": "translation" } }],
            "samplers": [{ "input": 0, "output": 1 }],
        }],
        "scenes": [{ "nodes": [0, 2] }],
        "scene": 0,
        "extensions": { "KHR_interactivity": { "graph": 0, "graphs": [{
            "types": [{ "signature": "float3" }],
            "declarations": [{ "op": "event/onStart" }, { "op": "pointer/set" }],
            "nodes": [
                { "declaration": 0, "flows": { "out": { "node": 1, "socket": "in" } } },
                {
                    "declaration": 1,
                    "configuration": {
                        "pointer": { "value": ["/nodes/1/translation"] },
                        "type": { "value": [0] },
                    },
                    "values": { "value": { "type": 0, "value": [1, 2, 3] } },
                },
            ],
        }] } },
    });
    fs::write(&file, json.to_string()).unwrap();
    file
}

fn add(session: &Session, scene: &str, file: &std::path::Path, entity: Record) -> FileAdded {
    session
        .add_file(scene, file, &new_id().unwrap(), entity)
        .unwrap()
}

/// The records of a collection of which one field is that, with their ids.
fn find<'s>(records: &'s Json, name: &str) -> Vec<(&'s String, &'s Json)> {
    let records = records.as_object().unwrap();
    records
        .iter()
        .filter(|(_, it)| it["name"] == name)
        .collect()
}

fn records(session: &Session, document: &str) -> Json {
    serde_json::to_value(session.snapshot(document).unwrap().collections).unwrap()
}

#[test]
fn a_file_comes_in_under_one_entity_as_one_gesture() {
    let place = place();
    let (session, scene) = project(&place);
    let before = records(&session, &scene);
    let added = add(&session, &scene, &lamp(&place), Record::new());
    let now = records(&session, &scene);
    let [(root, lamp)] = find(&now["entities"], "lamp")[..] else {
        panic!("{}", now["entities"]);
    };
    assert_eq!(lamp["parent"], Json::Null);
    let parent = |name: &str| find(&now["entities"], name)[0].1["parent"].clone();
    assert_eq!(
        (parent("Foot"), parent("Cable")),
        (json!(root), json!(root))
    );
    assert_eq!(parent("Shade"), json!(find(&now["entities"], "Foot")[0].0));
    // The file shows it nowhere, and neither does the scene.
    let spare = find(&now["entities"], "Spare")[0].1;
    assert_eq!(
        (&spare["parent"], &spare["detached"]),
        (&Json::Null, &json!(true))
    );
    assert_eq!(added.cids.len(), 1);
    assert_eq!(
        session.event(&added.cids[0]).unwrap().words,
        "added 5 entities"
    );
    assert_eq!(
        added.notes,
        [
            "/extensionsUsed: names extensions that are kept as they are, without being understood: \
             KHR_mesh_quantization",
            "/extras: was left out, because it belongs to the file as a whole"
        ]
    );
    let kept = session.import_notes().unwrap();
    assert_eq!(kept.len(), 2, "{kept:?}");

    assert_eq!(session.next_steps().unwrap().undo.unwrap().document, scene);
    session.undo(&scene).unwrap();
    assert_eq!(records(&session, &scene), before);
    session.redo(&scene).unwrap();
    assert_eq!(records(&session, &scene)["entities"], now["entities"]);
}

#[test]
fn its_graph_is_a_document_that_names_what_came_with_it() {
    let place = place();
    let (session, scene) = project(&place);
    let file = lamp(&place);
    let first = add(&session, &scene, &file, Record::new());
    let second = add(&session, &scene, &file, Record::new());
    let shades = records(&session, &scene);
    let shades = find(&shades["entities"], "Shade");
    assert_eq!(shades.len(), 2);
    for added in [&first, &second] {
        let [graph] = &added.documents[..] else {
            panic!("{:?}", added.documents);
        };
        let text = records(&session, graph)["nodes"].to_string();
        let named: Vec<_> = shades.iter().filter(|(id, _)| text.contains(*id)).collect();
        assert_eq!(named.len(), 1, "{text}");
    }
    assert!(
        session
            .problems()
            .unwrap()
            .iter()
            .all(|it| it.severity == wissil_session::Severity::Info)
    );
    let orders = records(&session, "manifest");
    let mut orders: Vec<_> = orders["documents"]
        .as_object()
        .unwrap()
        .values()
        .map(|it| it["order"].as_f64())
        .collect();
    orders.sort_by(|a, b| a.partial_cmp(b).unwrap());
    orders.dedup();
    assert_eq!(orders.len(), session.info().unwrap().documents.len());
}

#[test]
fn it_stands_where_it_is_put_and_goes_out_again() {
    let place = place();
    let (session, scene) = project(&place);
    let file = lamp(&place);
    let table = add(&session, &scene, &file, Record::new().with("name", "Table"));
    assert_eq!(table.cids.len(), 1);
    let now = records(&session, &scene);
    let parent = find(&now["entities"], "Table")[0].0.clone();
    let placed = Record::new()
        .with("parent", parent.as_str())
        .with("translation", Value::numbers([0.0, 1.0, 0.0]));
    add(&session, &scene, &file, placed);
    let now = records(&session, &scene);
    let lamp = find(&now["entities"], "lamp")[0].1;
    assert_eq!(
        (&lamp["parent"], &lamp["translation"]),
        (&json!(parent), &json!([0, 1, 0]))
    );
    // After the two roots that the first has.
    assert_eq!(lamp["order"], json!(2));

    let out = place.root.join("room.glb");
    session.export(ExportFormat::Glb, &out).unwrap();
    let glb = fs::read(&out).unwrap();
    let length = u32::from_le_bytes(glb[12..16].try_into().unwrap()) as usize;
    let json: Json = serde_json::from_slice(&glb[20..20 + length]).unwrap();
    assert_eq!(json["extensionsRequired"], json!(["KHR_mesh_quantization"]));
    assert_eq!(
        json["extensions"]["KHR_interactivity"]["graphs"]
            .as_array()
            .unwrap()
            .len(),
        3
    );
    assert_eq!(json["animations"].as_array().unwrap().len(), 2);
    let swings = json["animations"][1]["channels"][0]["target"]["node"]
        .as_u64()
        .unwrap();
    assert_eq!(json["nodes"][swings as usize]["name"], "Shade");
    let again = place.app.import(&out, &place.root.join("again")).unwrap();
    assert_eq!(again.info().unwrap().documents.len(), 4);
}

#[test]
fn what_cannot_be_added_changes_nothing() {
    let place = place();
    let (session, scene) = project(&place);
    let before = session.status().unwrap().events;
    let broken = place.root.join("broken.glb");
    fs::write(&broken, "glTF").unwrap();
    let refused = |document: &str, file: &std::path::Path| {
        let added = session.add_file(document, file, "it", Record::new());
        added.unwrap_err().code
    };
    assert_eq!(refused(&scene, &broken), ErrorCode::Import);
    assert_eq!(
        refused(&scene, &place.root.join("gone.glb")),
        ErrorCode::NotFound
    );
    assert_eq!(refused("manifest", &lamp(&place)), ErrorCode::Invalid);
    assert_eq!(session.status().unwrap().events, before);
}
