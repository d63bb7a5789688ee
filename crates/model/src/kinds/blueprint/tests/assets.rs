use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::time::Instant;

use serde_json::Value as Json;

use super::super::*;
use super::conformance;
use crate::{Severity, Value};

/// Reads the glTF JSON of a `.glb` or `.gltf.json`.
fn gltf(path: &Path) -> Json {
    let bytes = fs::read(path).unwrap();
    match bytes.strip_prefix(b"glTF") {
        Some(_) => {
            let length = u32::from_le_bytes(bytes[12..16].try_into().unwrap()) as usize;
            serde_json::from_slice(&bytes[20..20 + length]).unwrap()
        }
        None => serde_json::from_slice(&bytes).unwrap(),
    }
}

fn items<'a>(json: &'a Json, name: &str) -> impl Iterator<Item = (usize, &'a Json)> {
    json[name].as_array().into_iter().flatten().enumerate()
}

fn entries<'a>(json: &'a Json, name: &str) -> impl Iterator<Item = (&'a String, &'a Json)> {
    json[name].as_object().into_iter().flatten()
}

fn literal(graph: &Json, json: &Json) -> Literal {
    Literal {
        signature: signature(graph, &json["type"]),
        value: json["value"]
            .as_array()
            .map(|list| {
                list.iter()
                    .map(|it| Value::try_from(it.clone()).unwrap())
                    .collect()
            })
            .unwrap_or_default(),
    }
}

fn signature(graph: &Json, index: &Json) -> String {
    let of = &graph["types"][index.as_u64().unwrap() as usize];
    of["signature"].as_str().unwrap().to_owned()
}

/// A plain translation of a file's graph, just enough to look at it.
pub(super) fn load(graph: &Json) -> Graph {
    let mut read = Graph::default();
    for (index, json) in items(graph, "variables") {
        let variable = Variable {
            name: json["id"]
                .as_str()
                .map_or_else(|| format!("v{index}"), str::to_owned),
            initial: literal(graph, json),
            order: None,
            source: None,
            source_object: None,
        };
        read.variables.insert(format!("v{index}").into(), variable);
    }
    for (index, json) in items(graph, "events") {
        let event = CustomEvent {
            name: json["id"].as_str().map(str::to_owned),
            values: entries(json, "values")
                .map(|(id, it)| (id.clone(), literal(graph, it)))
                .collect(),
            order: None,
            source: None,
            source_object: None,
        };
        read.events.insert(format!("e{index}").into(), event);
    }
    for (index, json) in items(graph, "nodes") {
        let declaration = &graph["declarations"][json["declaration"].as_u64().unwrap() as usize];
        let op = declaration["op"].as_str().unwrap();
        let declared = |name: &str| {
            entries(declaration, name)
                .map(|(id, it)| (id.clone(), signature(graph, &it["type"])))
                .collect()
        };
        let mut node = Node {
            op: op.to_owned(),
            extension: declaration["extension"].as_str().map(str::to_owned),
            position: None,
            label: None,
            configuration: BTreeMap::new(),
            values: BTreeMap::new(),
            inputs: declared("inputValueSockets"),
            outputs: declared("outputValueSockets"),
            function: None,
            order: None,
            source: None,
            source_object: None,
        };
        for (name, json) in entries(json, "configuration") {
            let kind = operation(op)
                .and_then(|it| it.parameter(name))
                .map(|it| it.kind);
            let list = json["value"].as_array().into_iter().flatten();
            let list = list
                .map(|it| match kind {
                    Some(ParameterKind::Variable | ParameterKind::VariableList) => {
                        Value::text(format!("v{it}"))
                    }
                    Some(ParameterKind::Event) => Value::text(format!("e{it}")),
                    Some(ParameterKind::TypeSignature) => Value::text(signature(graph, it)),
                    _ => Value::try_from(it.clone()).unwrap(),
                })
                .collect();
            node.configuration.insert(name.clone(), Value::List(list));
        }
        let id = RecordId::from(format!("n{index}"));
        for (socket, json) in entries(json, "values") {
            let input = match op {
                "variable/set" => format!("v{socket}"),
                _ => socket.clone(),
            };
            if json["node"].is_null() {
                node.values.insert(input, literal(graph, json));
                continue;
            }
            let wire = Wire {
                kind: WireKind::Value,
                from: format!("n{}", json["node"]).into(),
                output: json["socket"].as_str().unwrap_or("value").to_owned(),
                to: id.clone(),
                input,
                route: Vec::new(),
            };
            let name = format!("n{index}-{socket}-value").replace(' ', "_");
            read.wires.insert(name.into(), wire);
        }
        for (socket, json) in entries(json, "flows") {
            let wire = Wire {
                kind: WireKind::Flow,
                from: id.clone(),
                output: socket.clone(),
                to: format!("n{}", json["node"]).into(),
                input: json["socket"].as_str().unwrap_or("in").to_owned(),
                route: Vec::new(),
            };
            read.wires
                .insert(format!("n{index}-{socket}-flow").into(), wire);
        }
        read.nodes.insert(id, node);
    }
    read
}

/// Every asset by file name, with its graphs.
fn assets() -> Vec<(String, Vec<Graph>)> {
    let Some(folder) = conformance() else {
        return Vec::new();
    };
    let mut paths: Vec<_> = fs::read_dir(folder.join("models"))
        .unwrap()
        .chain(
            fs::read_dir(folder.join("tests"))
                .unwrap()
                .flat_map(|group| fs::read_dir(group.unwrap().path()).unwrap()),
        )
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.extension().is_some_and(|it| it == "glb")
                || path.to_string_lossy().ends_with(".gltf.json")
        })
        .collect();
    paths.sort();
    paths
        .iter()
        .map(|path| {
            let json = gltf(path);
            let graphs = items(&json["extensions"]["KHR_interactivity"], "graphs");
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (name, graphs.map(|(_, graph)| load(graph)).collect())
        })
        .collect()
}

#[test]
fn public_assets_are_understood() {
    let mut errors = BTreeSet::new();
    let mut warnings: BTreeMap<String, usize> = BTreeMap::new();
    for (name, graphs) in assets() {
        for graph in graphs {
            let shapes = shapes(&graph);
            for (id, node) in &graph.nodes {
                let shape = &shapes[id];
                assert!(shape.known, "{name}: {}", node.op);
                for socket in shape.values_in.iter().chain(&shape.values_out) {
                    if socket.signature.is_none() {
                        errors.insert(format!("{name} {id} {}: {} open", node.op, socket.id));
                    }
                }
            }
            for problem in problems(&graph, &shapes) {
                match problem.severity {
                    Severity::Error => {
                        errors.insert(format!("{name} {}: {}", problem.id, problem.message));
                    }
                    Severity::Warning | Severity::Info => {
                        *warnings.entry(problem.message).or_default() += 1;
                    }
                }
            }
            // Wires that stand are wires that may be drawn.
            for wire in graph.wires.values() {
                let from = (&wire.from, &*wire.output);
                let to = (&wire.to, &*wire.input);
                if let Some(problem) = connect_problem(&shapes, wire.kind, from, to) {
                    errors.insert(format!("{name} {from:?} to {to:?}: {problem}"));
                }
            }
        }
    }
    for (message, count) in warnings {
        println!("{count} × {message}");
    }
    // One asset really is wrong: a number written as a text.
    errors.retain(|it| !it.starts_with("random.gltf.json v0: The initial value of"));
    assert!(errors.is_empty(), "{errors:#?}");
}

/// Not a test of speed, which depends on the machine; run it with `--release --nocapture` to see it.
#[test]
fn large_graphs_are_quick() {
    // A ladder whose type is known only at its far end: the longest way types can travel.
    let mut ladder = String::from("n0 math/combine3\n");
    for rung in 1..5000 {
        ladder += &format!("n{rung} math/add\n");
    }
    for rung in 1..5000 {
        let far = rung - 1;
        ladder += &format!("n{far}.value > n{rung}.a\nn{far}.value > n{rung}.b\n");
    }
    let ladder = super::notation::graph(&ladder);
    measure("ladder", &ladder);
    assert_eq!(
        shapes(&ladder)["n4999"].values_out[0].signature.as_deref(),
        Some("float3")
    );
    for (name, graphs) in assets() {
        if name == "Flocking.glb" {
            measure(&name, &graphs[0]);
            let mut large = Graph::default();
            // Three copies side by side: 5,124 nodes.
            for copy in 0..3 {
                let renamed = |id: &RecordId| RecordId::from(format!("c{copy}-{id}"));
                large.variables.extend(graphs[0].variables.clone());
                for (id, node) in &graphs[0].nodes {
                    large.nodes.insert(renamed(id), node.clone());
                }
                for (id, wire) in &graphs[0].wires {
                    let mut wire = wire.clone();
                    wire.from = renamed(&wire.from);
                    wire.to = renamed(&wire.to);
                    large.wires.insert(renamed(id), wire);
                }
            }
            measure("three times that", &large);
        }
    }
}

fn measure(name: &str, graph: &Graph) {
    let best = |work: &dyn Fn() -> usize| {
        let runs = (0..5).map(|_| {
            let start = Instant::now();
            std::hint::black_box(work());
            start.elapsed()
        });
        runs.min().unwrap()
    };
    let shaped = shapes(graph);
    println!(
        "{name}: {} nodes, {} wires: shapes {:?}, problems {:?}",
        graph.nodes.len(),
        graph.wires.len(),
        best(&|| shapes(graph).len()),
        best(&|| problems(graph, &shaped).len())
    );
}
