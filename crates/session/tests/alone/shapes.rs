//! Shapes: made in a scene, shown by an entity, taken back and sent out like everything else.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};
use wissil_session::api::ErrorCode;
use wissil_session::{ExportFormat, Record, Session, Shape, Value};

use crate::place::{Place, place};

fn project(place: &Place) -> (Session, String) {
    let session = place.app.create("Toys", &place.root.join("toys")).unwrap();
    let documents = session.info().unwrap().documents;
    let scene = documents.into_iter().find(|it| it.kind == "scene");
    (session, scene.unwrap().id)
}

/// What a document holds: how many records by collection.
fn counts(session: &Session, document: &str) -> BTreeMap<String, usize> {
    let collections = session.snapshot(document).unwrap().collections;
    let counts = collections
        .iter()
        .map(|(name, it)| (name.clone(), it.len()));
    counts.filter(|(_, count)| *count > 0).collect()
}

fn entity(name: &str) -> Record {
    Record::new()
        .with("name", name)
        .with("translation", Value::numbers([1.0, 2.0, 3.0]))
}

#[test]
fn a_shape_is_one_gesture_that_undo_takes_back_whole() {
    let place = place();
    let (session, scene) = project(&place);
    let before = counts(&session, &scene);
    let added = session.add_shape(&scene, Shape::Cube, "crate", entity("Crate"));
    let [event] = &added.unwrap().cids[..] else {
        panic!("it is not one event");
    };
    assert_eq!(session.event(event).unwrap().words, "added Crate");
    let snapshot = session.snapshot(&scene).unwrap();
    let record = |collection: &str, id: &str| &snapshot.collections[collection][id];
    let shown = record("entities", "crate");
    assert_eq!(shown["mesh"], "crate");
    assert_eq!(shown["translation"], json!([1, 2, 3]));
    assert_eq!(record("meshes", "crate")["name"], "Cube");
    session.undo(&scene).unwrap();
    assert_eq!(counts(&session, &scene), before);
    let blueprint = session.create_document("blueprint", "Logic").unwrap().id;
    let refused = session.add_shape(&blueprint, Shape::Cube, "crate", entity("Crate"));
    assert_eq!(refused.unwrap_err().code, ErrorCode::Invalid);
}

#[test]
fn taking_back_a_shape_leaves_others_of_its_kind() {
    let place = place();
    let (session, scene) = project(&place);
    let first = session.add_shape(&scene, Shape::Cone, "first", entity("First"));
    session
        .add_shape(&scene, Shape::Cone, "second", entity("Second"))
        .unwrap();
    session
        .undo_gesture(&scene, &first.unwrap().cids[0])
        .unwrap();
    let counted = counts(&session, &scene);
    assert_eq!(
        (counted["views"], counted["accessors"], counted["meshes"]),
        (2, 4, 1)
    );
}

/// The rules of glTF 2.0, sections *Accessors* and *Meshes*, as far as shapes come under them.
#[test]
fn shapes_go_out_as_valid_gltf_with_their_bytes_once() {
    let place = place();
    let (session, scene) = project(&place);
    for round in 0..2 {
        for shape in Shape::ALL {
            let id = format!("{}-{round}", shape.title());
            session.add_shape(&scene, shape, &id, entity(&id)).unwrap();
        }
    }
    let file = place.root.join("toys.glb");
    assert_eq!(session.export(ExportFormat::Glb, &file).unwrap(), [""; 0]);
    let glb = std::fs::read(&file).unwrap();
    let length = u32::from_le_bytes(glb[12..16].try_into().unwrap()) as usize;
    let json: Json = serde_json::from_slice(&glb[20..20 + length]).unwrap();
    let bin = &glb[20 + length + 8..];
    let list = |name: &str| json[name].as_array().unwrap();
    let number = |json: &Json, member: &str| json[member].as_u64().unwrap_or(0) as usize;
    let views = list("bufferViews");
    let once: usize = views
        .iter()
        .map(|view| number(view, "byteLength"))
        .sum::<usize>()
        / 2;
    assert!(
        bin.len() <= once + 4 * views.len(),
        "{} for {once}",
        bin.len()
    );
    assert_eq!(list("meshes").len(), 12);
    for mesh in list("meshes") {
        let primitive = &mesh["primitives"][0];
        let accessor = |at: &Json| &list("accessors")[at.as_u64().unwrap() as usize];
        let mut counted = Vec::new();
        for (name, at) in primitive["attributes"].as_object().unwrap() {
            let accessor = accessor(at);
            let view = &views[number(accessor, "bufferView")];
            let size = if name == "TEXCOORD_0" { 8 } else { 12 };
            let (offset, stride) = (number(accessor, "byteOffset"), number(view, "byteStride"));
            assert_eq!(
                (offset % 4, number(view, "byteOffset") % 4, stride % 4),
                (0, 0, 0)
            );
            let count = number(accessor, "count");
            assert!(offset + (count - 1) * stride + size <= number(view, "byteLength"));
            let start = number(view, "byteOffset") + offset;
            for axis in 0..size / 4 {
                let component = |at: usize| {
                    let from = start + at * stride + axis * 4;
                    f32::from_le_bytes(bin[from..from + 4].try_into().unwrap())
                };
                let (least, most) = (0..count)
                    .map(component)
                    .fold((f32::MAX, f32::MIN), |(a, b), it| (a.min(it), b.max(it)));
                if name == "POSITION" {
                    assert_eq!(accessor["min"][axis].as_f64(), Some(f64::from(least)));
                    assert_eq!(accessor["max"][axis].as_f64(), Some(f64::from(most)));
                }
            }
            counted.push(count);
        }
        counted.dedup();
        let corners = accessor(&primitive["indices"]);
        let view = &views[number(corners, "bufferView")];
        let start = number(view, "byteOffset");
        let bytes = &bin[start..start + number(view, "byteLength")];
        assert_eq!(bytes.len(), number(corners, "count") * 2);
        let highest = bytes
            .chunks(2)
            .map(|it| u16::from_le_bytes([it[0], it[1]]))
            .max();
        assert_eq!(counted, [usize::from(highest.unwrap()) + 1]);
    }
}
