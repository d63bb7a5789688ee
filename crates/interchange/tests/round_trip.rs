//! Import, export, import: nothing changes.
#![allow(clippy::unwrap_used)]

mod support;

use std::collections::BTreeMap;

use support::{assets, export_all, glb, import_bytes, import_file, json_of, small};
use wissil_interchange::Imported;
use wissil_model::{DocumentKind, Record};

fn count(imported: &Imported, kind: DocumentKind, collection: &str) -> usize {
    imported
        .documents
        .iter()
        .filter(|document| document.kind == kind)
        .flat_map(|document| &document.records)
        .filter(|(it, ..)| *it == collection)
        .count()
}

type Sorted = Vec<(String, BTreeMap<(String, String), Record>)>;

fn sorted(imported: &Imported) -> Sorted {
    imported
        .documents
        .iter()
        .map(|document| {
            let records: BTreeMap<_, _> = document
                .records
                .iter()
                .map(|(collection, id, record)| {
                    (((*collection).to_owned(), id.to_string()), record.clone())
                })
                .collect();
            assert_eq!(
                records.len(),
                document.records.len(),
                "an id stands twice in {}",
                document.name
            );
            (document.name.clone(), records)
        })
        .collect()
}

#[track_caller]
fn assert_same(before: &Imported, after: &Imported) {
    let (before_records, after_records) = (sorted(before), sorted(after));
    for ((name, before), (_, after)) in before_records.iter().zip(&after_records) {
        for (id, record) in before {
            assert_eq!(Some(record), after.get(id), "{name}: {id:?}");
        }
        for id in after.keys() {
            assert!(before.contains_key(id), "{name}: {id:?} is new");
        }
    }
    assert_eq!(before_records, after_records);
    assert_eq!(before.name, after.name);
}

#[track_caller]
fn check_round_trip(name: &str, imported: &Imported) -> Vec<u8> {
    let exported = export_all(imported);
    let again = import_bytes(&format!("{}.glb", imported.name), &exported.glb);
    assert_same(imported, &again);
    let twice = export_all(&again);
    assert!(
        twice.glb == exported.glb,
        "{name}: a second export differs from the first"
    );
    exported.glb
}

/// Nothing is written that the schemas' `minProperties` and `minItems` forbid, values come from earlier nodes and flows
/// go to later ones, and floats are numbers.
fn check_graphs(name: &str, glb: &[u8]) {
    let json = json_of(glb);
    let graphs = json["extensions"]["KHR_interactivity"]["graphs"]
        .as_array()
        .unwrap();
    for graph in graphs {
        for member in ["types", "variables", "events", "declarations", "nodes"] {
            assert!(
                graph
                    .get(member)
                    .is_none_or(|list| !list.as_array().unwrap().is_empty()),
                "{name}: {member}"
            );
        }
        let types: Vec<_> = graph["types"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|it| &it["signature"])
            .collect();
        for (at, node) in graph["nodes"].as_array().into_iter().flatten().enumerate() {
            let op = graph["declarations"][node["declaration"].as_u64().unwrap() as usize]["op"]
                .as_str()
                .unwrap();
            let type_of = |input: &serde_json::Value| {
                types[input["type"].as_u64().unwrap() as usize]
                    .as_str()
                    .unwrap()
            };
            if let Some(template) = node
                .pointer("/configuration/pointer/value/0")
                .and_then(|it| it.as_str())
            {
                for (socket, input) in node["values"].as_object().into_iter().flatten() {
                    let braced = template.contains(&format!("{{{socket}}}"));
                    assert!(
                        !braced || input.get("node").is_some() || type_of(input) == "ref",
                        "{name}: {template}"
                    );
                }
            }
            if let Some(animation) = node["values"]
                .get("animation")
                .filter(|_| op.starts_with("animation/"))
            {
                assert!(
                    animation.get("node").is_some() || type_of(animation) == "ref",
                    "{name}: node {at}"
                );
            }
            for member in ["configuration", "values", "flows"] {
                let object = node.get(member).map(|it| it.as_object().unwrap());
                assert!(
                    object.is_none_or(|it| !it.is_empty()),
                    "{name}: node {at} {member}"
                );
            }
            for (socket, input) in node["values"].as_object().into_iter().flatten() {
                if let Some(from) = input.get("node") {
                    assert!(
                        (from.as_u64().unwrap() as usize) < at,
                        "{name}: node {at} {socket}"
                    );
                } else if types[input["type"].as_u64().unwrap() as usize]
                    .as_str()
                    .unwrap()
                    .starts_with("float")
                {
                    let numbers = input.get("value").and_then(|it| it.as_array());
                    assert!(
                        numbers.into_iter().flatten().all(|it| it.is_number()),
                        "{name}: node {at} {socket}"
                    );
                }
            }
            for (socket, flow) in node["flows"].as_object().into_iter().flatten() {
                assert!(
                    (flow["node"].as_u64().unwrap() as usize) > at,
                    "{name}: node {at} {socket}"
                );
            }
        }
    }
}

#[test]
fn every_asset_comes_back_as_it_was() {
    for path in assets() {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let imported = import_file(&path);
        let glb = check_round_trip(&name, &imported);
        check_graphs(&name, &glb);
    }
}

#[test]
fn the_models_have_what_is_known_of_them() {
    // Nodes of the graph, entities, animations.
    let known = [
        ("Events.glb", 80, 14, 0),
        ("Flocking.glb", 1708, 54, 0),
        ("Ghost.glb", 0, 40, 2),
        ("Sundial.glb", 0, 35, 0),
        ("TrafficLight.glb", 0, 14, 0),
        ("WhackAMole.glb", 525, 68, 21),
    ];
    for path in assets() {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let Some((_, nodes, entities, animations)) = known.iter().find(|(it, ..)| *it == name)
        else {
            continue;
        };
        let imported = import_file(&path);
        assert_eq!(
            count(&imported, DocumentKind::SCENE, "entities"),
            *entities,
            "{name}"
        );
        assert_eq!(
            count(&imported, DocumentKind::SCENE, "animations"),
            *animations,
            "{name}"
        );
        let found = count(&imported, DocumentKind::BLUEPRINT, "nodes");
        assert!(
            found == *nodes || *nodes == 0 && found > 0,
            "{name}: {found} nodes"
        );
        assert_eq!(imported.documents.len(), 2, "{name}");
    }
}

#[test]
fn a_small_file_comes_back_as_it_was() {
    let (json, bin) = small();
    let imported = import_bytes("small.glb", &glb(&json, &bin));
    let exported = check_round_trip("small", &imported);
    check_graphs("small", &exported);
}

#[test]
fn importing_twice_gives_the_same() {
    let (json, bin) = small();
    let bytes = glb(&json, &bin);
    assert_eq!(
        import_bytes("small.glb", &bytes),
        import_bytes("small.glb", &bytes)
    );
}
