//! Files with faults found from outside: everything comes in, and what is wrong or was changed is said.
#![allow(clippy::unwrap_used)]

mod support;

use serde_json::{Value as Json, json};
use support::{data, export_all, files_below, glb, import_bytes, import_with_side_files, json_of};
use wissil_interchange::{Imported, Level};
use wissil_model::{DocumentKind, Record};

const GRAPH: &str = "/extensions/KHR_interactivity/graphs/0";

fn gltf(json: &Json) -> Imported {
    import_bytes("test.gltf", &serde_json::to_vec(json).unwrap())
}

fn problems(imported: &Imported) -> Vec<String> {
    let found = imported.check().into_iter();
    found
        .filter(|note| note.level == Level::Problem)
        .map(|note| note.to_string())
        .collect()
}

#[track_caller]
fn assert_noted(imported: &Imported, expected: &str) {
    let notes: Vec<_> = imported.notes.iter().map(ToString::to_string).collect();
    assert!(
        notes.iter().any(|note| note.contains(expected)),
        "{notes:#?} do not say {expected:?}"
    );
}

fn record<'i>(imported: &'i Imported, collection: &str, id: &str) -> &'i Record {
    let records = imported.documents.iter().flat_map(|it| &it.records);
    let mut found = records.filter(|(it, record, _)| *it == collection && record.as_str() == id);
    &found.next().unwrap().2
}

/// Exports and imports again: the bytes of both imports' exports are the same.
#[track_caller]
fn assert_comes_back(imported: &Imported) -> Json {
    let exported = export_all(imported);
    let again = import_bytes("test.glb", &exported.glb);
    assert!(
        export_all(&again).glb == exported.glb,
        "the second export differs"
    );
    json_of(&exported.glb)
}

#[test]
fn every_broken_graph_is_a_problem_with_its_place_and_none_refuses_its_file() {
    let Some(folder) = data("interactivity_cases") else {
        return;
    };
    let mut silent = Vec::new();
    let mut misplaced = Vec::new();
    let files = files_below(&folder.join("invalid"), &[".gltf"]);
    assert_eq!(files.len(), 159);
    for file in files {
        let name = file.file_stem().unwrap().to_string_lossy().into_owned();
        let imported = import_with_side_files(&file);
        let found = imported.check();
        if name == "_control_valid" {
            assert!(found.is_empty(), "{found:#?}");
            continue;
        }
        let problems = found.iter().filter(|note| note.level == Level::Problem);
        let places: Vec<_> = problems.map(|note| &note.place).collect();
        if places.is_empty() {
            silent.push(name.clone());
        }
        if !places
            .iter()
            .all(|place| place.starts_with("/extensions/KHR_interactivity"))
        {
            misplaced.push((name.clone(), found));
        }
        let is_there = imported.documents.len() == 2;
        assert!(
            is_there || name.starts_with("A1"),
            "{name} has no graph to edit"
        );
        assert_comes_back(&imported);
    }
    assert!(silent.is_empty(), "{} of them: {silent:?}", silent.len());
    assert!(misplaced.is_empty(), "{misplaced:#?}");
}

#[test]
fn sound_graphs_are_no_problem_whatever_their_pointers_name() {
    let Some(folder) = data("interactivity_cases") else {
        return;
    };
    for file in files_below(&folder.join("cases"), &[".gltf"]) {
        let imported = import_with_side_files(&file);
        assert_eq!(problems(&imported), [""; 0], "{}", file.display());
    }
}

#[test]
fn every_sample_comes_in_and_goes_out() {
    let mut count = 0;
    for folder in ["gltf_samples", "gltf_cases", "khr_interactivity/models"] {
        let Some(folder) = data(folder) else { return };
        for file in files_below(&folder, &[".glb", ".gltf"]) {
            let imported = import_with_side_files(&file);
            assert_comes_back(&imported);
            count += 1;
        }
    }
    assert!(count >= 50, "only {count} files were there");
}

#[test]
fn the_faults_that_were_found_outside_are_said() {
    let Some(folder) = data("gltf_cases") else {
        return;
    };
    let open = |name: &str| import_with_side_files(&folder.join(name));
    assert_noted(
        &open("trailing.glb"),
        "14 bytes after the container's end were left out",
    );
    assert_noted(
        &open("unknown-chunk.glb"),
        "a chunk of 8 bytes and of the unknown type 0x12345678",
    );
    assert_noted(
        &open("two-buffers.gltf"),
        "/buffers/1: its `extras`, `name` were left out",
    );
    assert_noted(
        &open("two-buffers.gltf"),
        "/buffers/0: 36 bytes of it that no view names were left out",
    );

    let imported = open("scene-child-root.gltf");
    assert_noted(
        &imported,
        "/scenes/0/nodes/0: names node 1, which hangs under node 0",
    );
    let shown = record(&imported, "entities", "entity_1");
    assert_eq!((shown.get("parent"), shown.get("detached")), (None, None));
    let json = json_of(&export_all(&imported).glb);
    assert_eq!(json["scenes"][0]["nodes"], json!([1]));

    let json = assert_comes_back(&open("big-int.gltf"));
    let extras = &json["meshes"][0]["primitives"][0]["extras"];
    assert_eq!(extras["id"], json!(12_345_678_901_234_567_u64));
    let before: Json =
        serde_json::from_slice(&std::fs::read(folder.join("deep-extras.gltf")).unwrap()).unwrap();
    let json = assert_comes_back(&open("deep-extras.gltf"));
    assert_eq!(json["meshes"], before["meshes"]);

    let imported = open("base64.gltf");
    assert_eq!(imported.objects.len(), 1);
    let numbers: Vec<u8> = [1.0_f32, 2.0, 3.0]
        .iter()
        .flat_map(|it| it.to_le_bytes())
        .collect();
    assert_eq!(imported.objects[0].1, numbers);

    assert_comes_back(&open("zero-view.gltf"));
}

/// A root of a scene stays where it hangs when that is shown too.
#[test]
fn a_root_that_is_shown_already_stays_where_it_hangs() {
    let imported = gltf(&json!({
        "asset": { "version": "2.0" }, "scene": 0, "scenes": [{ "nodes": [0, 2] }],
        "nodes": [{ "children": [1] }, { "children": [2] }, {}],
    }));
    assert_noted(
        &imported,
        "/scenes/0/nodes/1: names node 2, which is shown already",
    );
    let parent = record(&imported, "entities", "entity_2")
        .get("parent")
        .cloned();
    assert_eq!(parent.unwrap().as_text(), Some("entity_1"));
}

#[test]
fn what_is_too_large_for_a_record_becomes_an_object_and_comes_back() {
    let long: String = "lorem ipsum ".repeat(40_000);
    let channels: Vec<Json> = (0..5_000)
        .map(|at| json!({ "sampler": at % 3, "target": { "node": at % 2, "path": "translation" } }))
        .collect();
    let primitives: Vec<Json> = (0..20_000)
        .map(|at| json!({ "attributes": { "POSITION": at % 2 }, "material": 0 }))
        .collect();
    let sampler = json!({ "input": 0, "output": 1 });
    let file = json!({
        "asset": { "version": "2.0" },
        "extras": { "text": long },
        "nodes": [{ "extras": [long] }, { "mesh": 0 }],
        "materials": [{}],
        "accessors": [
            { "componentType": 5126, "count": 3, "type": "VEC3" },
            { "componentType": 5126, "count": 3, "type": "VEC3" },
        ],
        "animations": [{ "channels": channels, "samplers": [sampler, sampler, sampler] }],
        "meshes": [{ "primitives": primitives }],
    });
    let imported = gltf(&file);
    for (collection, id, record) in imported.documents.iter().flat_map(|it| &it.records) {
        let weight: usize = record.0.values().map(wissil_model::Value::weight).sum();
        assert!(weight < 200_000, "{collection} {id} weighs {weight}");
    }
    let json = assert_comes_back(&imported);
    for member in ["extras", "animations", "meshes", "nodes"] {
        assert!(json[member] == file[member], "{member} is not what it was");
    }
}

/// References in what became an object follow what happens to the records they name.
#[test]
fn large_lists_follow_what_they_refer_to() {
    let primitives: Vec<Json> = (0..20_000)
        .map(|_| json!({ "attributes": { "POSITION": 0 }, "material": 1 }))
        .collect();
    let imported = gltf(&json!({
        "asset": { "version": "2.0" }, "materials": [{}, { "name": "kept" }],
        "accessors": [{ "componentType": 5126, "count": 3, "type": "VEC3" }],
        "meshes": [{ "primitives": primitives }],
    }));
    let mut documents = support::documents(&imported);
    documents[0]
        .records
        .retain(|(_, id, _)| id.as_str() != "material_0");
    let json = json_of(&support::export_documents(&documents, &imported.objects).glb);
    assert_eq!(json["meshes"][0]["primitives"][19_999]["material"], 0);
}

#[test]
fn what_looks_like_our_form_of_other_json_is_kept_too() {
    let extras =
        json!({ "a": { "$json": "[1]" }, "b": { "$json": 1 }, "c": u64::MAX, "d": [[[[]]]] });
    let imported = gltf(&json!({ "asset": { "version": "2.0" }, "extras": extras }));
    assert_eq!(assert_comes_back(&imported)["extras"], extras);
}

#[test]
fn packed_views_are_kept_as_they_came() {
    let mut bin = b"packed bytes, which only the extension understands!!".to_vec();
    let packed = bin.len();
    bin.extend_from_slice(&[7; 12]);
    let file = json!({
        "asset": { "version": "2.0" },
        "extensionsUsed": ["EXT_meshopt_compression"], "extensionsRequired": ["EXT_meshopt_compression"],
        "buffers": [
            { "byteLength": bin.len() },
            { "byteLength": 240, "extensions": { "EXT_meshopt_compression": { "fallback": true } } },
        ],
        "bufferViews": [
            { "buffer": 1, "byteOffset": 0, "byteLength": 240, "byteStride": 12, "target": 34962, "extensions": {
                "EXT_meshopt_compression": { "buffer": 0, "byteOffset": 0, "byteLength": packed, "byteStride": 12,
                    "mode": "ATTRIBUTES", "count": 20 } } },
            { "buffer": 0, "byteOffset": packed, "byteLength": 12 },
        ],
        "accessors": [{ "bufferView": 0, "componentType": 5126, "count": 20, "type": "VEC3", "min": [0, 0, 0], "max": [1, 1, 1] }],
    });
    let imported = import_bytes("test.glb", &glb(&file, &bin));
    assert!(
        !imported
            .notes
            .iter()
            .any(|note| note.message.contains("does not bring"))
    );
    let exported = export_all(&imported);
    let json = assert_comes_back(&imported);
    assert_eq!(json["buffers"][1], file["buffers"][1]);
    let view = &json["bufferViews"][0];
    assert_eq!(
        (&view["buffer"], &view["byteLength"]),
        (&json!(1), &json!(240))
    );
    let extension = &view["extensions"]["EXT_meshopt_compression"];
    assert_eq!(
        (&extension["mode"], &extension["count"]),
        (&json!("ATTRIBUTES"), &json!(20))
    );
    let start = extension["byteOffset"].as_u64().unwrap() as usize;
    let bin_start = exported.glb.len()
        - json["buffers"][0]["byteLength"]
            .as_u64()
            .unwrap()
            .next_multiple_of(4) as usize;
    assert_eq!(&exported.glb[bin_start + start..][..packed], &bin[..packed]);
}

/// The graph of a small file, with a flow that leads nowhere.
fn broken() -> (Json, Imported) {
    let (mut json, bin) = support::small();
    json.pointer_mut(&format!("{GRAPH}/nodes/3/flows")).unwrap()["out"] = json!({ "socket": "in" });
    let imported = import_bytes("small.glb", &glb(&json, &bin));
    (json, imported)
}

#[test]
fn a_graph_that_says_what_records_cannot_hold_goes_out_as_it_came_until_it_is_edited() {
    let (json, imported) = broken();
    let note = imported
        .notes
        .iter()
        .find(|note| note.place.ends_with("/nodes/3/flows/out"));
    let subject = note.unwrap().subject.clone().unwrap();
    assert_eq!(
        (subject.collection.as_str(), subject.id.as_str()),
        ("nodes", "node_3")
    );

    let exported = json_of(&export_all(&imported).glb);
    assert_eq!(exported.pointer(GRAPH), json.pointer(GRAPH));

    // Where nodes stand on the canvas is no edit of the graph.
    let mut documents = support::documents(&imported);
    let node = |document: &mut wissil_interchange::ExportDocument,
                field: &str,
                value: wissil_model::Value| {
        let found = document
            .records
            .iter_mut()
            .find(|(_, id, _)| id.as_str() == "node_3");
        found.unwrap().2.set(field, value);
    };
    node(&mut documents[1], "label", "Begin".into());
    let exported = json_of(&support::export_documents(&documents, &imported.objects).glb);
    assert_eq!(exported.pointer(GRAPH), json.pointer(GRAPH));

    node(&mut documents[1], "op", "event/onTick".into());
    let exported = support::export_documents(&documents, &imported.objects);
    assert!(
        exported
            .notes
            .iter()
            .any(|note| note.contains("was edited since it came"))
    );
    let flows = json_of(&exported.glb);
    let nodes = flows
        .pointer(&format!("{GRAPH}/nodes"))
        .unwrap()
        .as_array()
        .unwrap();
    assert!(nodes.iter().all(
        |node| node["flows"]["out"].get("node").is_some() || node["flows"].get("out").is_none()
    ));
}

#[test]
fn what_is_wrong_with_the_extension_goes_out_as_it_came() {
    for extension in [
        json!({ "graphs": [] }),
        json!({ "graphs": { "a": 1 } }),
        json!({ "graphs": [{}], "graph": "0" }),
    ] {
        let imported = gltf(&json!({
            "asset": { "version": "2.0" }, "extensionsUsed": ["KHR_interactivity"],
            "extensions": { "KHR_interactivity": extension },
        }));
        assert!(!problems(&imported).is_empty(), "{extension}");
        let exported = json_of(&export_all(&imported).glb);
        let kept = &exported["extensions"]["KHR_interactivity"];
        assert_eq!(kept["graph"], extension["graph"]);
        if extension["graph"].is_null() {
            assert_eq!(kept["graphs"], extension["graphs"]);
        }
    }
}

#[test]
fn graphs_of_a_file_with_other_kinds_of_json_are_documents_all_the_same() {
    let imported = gltf(&json!({
        "asset": { "version": "2.0" },
        "extensions": { "KHR_interactivity": { "graphs": [7, { "name": 5, "nodes": [3, {}] }] } },
    }));
    let graphs = imported
        .documents
        .iter()
        .filter(|it| it.kind == DocumentKind::BLUEPRINT);
    assert_eq!(graphs.count(), 2);
    let exported = json_of(&export_all(&imported).glb);
    assert_eq!(
        exported["extensions"]["KHR_interactivity"]["graphs"],
        json!([7, { "name": 5, "nodes": [3, {}] }])
    );
}

#[test]
fn a_name_that_stands_twice_is_said_with_its_place() {
    let text = r#"{"asset":{"version":"2.0"},"nodes":[{"name":"a","name":"b"},{"name":"lost"}],"nodes":[{"name":"c","extras":{"a~":1,"a~":2}}]}"#;
    let imported = import_bytes("test.gltf", text.as_bytes());
    let found = problems(&imported);
    for place in ["/nodes: ", "/nodes/0/name: ", "/nodes/0/extras/a~0: "] {
        let mut said = found.iter().filter(|it| it.starts_with(place));
        assert!(
            said.next().is_some_and(|it| it.contains("stands twice")),
            "{place} {found:?}"
        );
    }
}

#[test]
fn what_a_file_cannot_be_read_without_is_said() {
    let asset = |least: &str| json!({ "version": "2.0", "minVersion": least });
    let import = |json: Json| {
        let text = serde_json::to_vec(&json).unwrap();
        wissil_interchange::import("test.gltf", &text, &|_| Err("none".into()))
    };
    assert!(import(json!({ "asset": asset("2.0") })).is_ok());
    let refused = import(json!({ "asset": asset("2.9") })).unwrap_err();
    assert!(refused.to_string().contains("minVersion"), "{refused}");
    let required = json!({ "asset": { "version": "2.0" }, "extensionsRequired": ["EVIL_ext"] });
    let found = problems(&gltf(&required));
    assert!(found[0].contains("EVIL_ext"), "{found:?}");
}

#[test]
fn what_is_nested_too_deep_is_said_in_words() {
    let text = format!(
        r#"{{"asset":{{"version":"2.0"}},"extras":{}{}}}"#,
        "[".repeat(200),
        "]".repeat(200)
    );
    let refused = wissil_interchange::import("test.gltf", text.as_bytes(), &|_| Err("none".into()));
    let words = refused.unwrap_err().to_string();
    assert!(
        words.contains("more than 127 deep") && !words.contains("recursion"),
        "{words}"
    );
}
