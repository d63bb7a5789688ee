use std::collections::{BTreeMap, BTreeSet};

use super::super::infer::SIGNATURES;
use super::super::*;
use super::conformance;

#[test]
fn rows_are_well_formed() {
    let mut seen = BTreeSet::new();
    for it in operations() {
        assert!(seen.insert(&it.op), "{} stands twice", it.op);
        assert!(std::ptr::eq(operation(&it.op).unwrap(), it));
        assert!(
            !it.title.is_empty() && it.help.ends_with('.') && !it.keywords.is_empty(),
            "{}",
            it.op
        );
        let mut groups: BTreeMap<&str, usize> = BTreeMap::new();
        for sockets in [&it.values_in, &it.values_out] {
            let ids: BTreeSet<_> = sockets.iter().map(|socket| &socket.id).collect();
            assert_eq!(ids.len(), sockets.len(), "{}", it.op);
            for socket in sockets {
                for signature in &socket.types {
                    assert!(
                        SIGNATURES.contains(&&**signature),
                        "{} {}: {signature}",
                        it.op,
                        socket.id
                    );
                }
                if let Some(group) = &socket.group {
                    let count = *groups.entry(group).or_insert(socket.types.len());
                    assert_eq!(count, socket.types.len(), "{} {}", it.op, socket.id);
                }
                if let Some(newer) = &socket.replaces {
                    assert!(ids.contains(newer), "{} {}", it.op, socket.id);
                }
            }
        }
    }
    assert!(operation("math/nothing").is_none());
}

/// One cell list of an operation's table in the specification: `float` → socket ids.
#[derive(Default, Debug)]
struct Table {
    flow_in: BTreeSet<String>,
    flow_out: BTreeSet<String>,
    values_in: BTreeMap<String, BTreeSet<String>>,
    values_out: BTreeMap<String, BTreeSet<String>>,
    configuration: BTreeSet<String>,
}

/// The operation tables of the specification, overloads merged. Sockets named by `<placeholders>` are left out.
fn specification(text: &str) -> BTreeMap<String, Table> {
    let mut tables: BTreeMap<String, Table> = BTreeMap::new();
    let (mut op, mut part) = (None, "");
    for line in text.lines() {
        let line = line.trim();
        if line == "|===" {
            (op, part) = (op.filter(|_| part.is_empty()), "");
        }
        if let Some(rest) = line.strip_prefix("| Operation |") {
            op = rest.split('`').nth(1).map(str::to_owned);
            tables.entry(op.clone().unwrap()).or_default();
            part = "operation";
            continue;
        }
        let (Some(name), false) = (&op, part.is_empty()) else {
            continue;
        };
        for heading in [
            "Input value sockets",
            "Output value sockets",
            "Input flow sockets",
            "Output flow sockets",
            "Configuration",
        ] {
            if line.contains(&format!("| {heading}")) {
                part = heading;
            }
        }
        // Descriptions quote other sockets; only the first cell names the row's own.
        let continued = line.starts_with('`');
        let cell = line
            .rsplit_once("sockets |")
            .map_or(line, |(_, rest)| rest)
            .trim_start_matches("d|")
            .trim_start_matches('|');
        if !(continued || line.starts_with("d|") || line.starts_with('|')) {
            continue;
        }
        let cell = cell.split(" | ").next().unwrap();
        let table = tables.get_mut(name).unwrap();
        for quoted in cell.split('`').skip(1).step_by(2) {
            if quoted.contains('<') {
                continue;
            }
            let words: Vec<_> = quoted.split_whitespace().collect();
            match (part, &*words) {
                ("Input flow sockets", [id]) => {
                    table.flow_in.insert((*id).into());
                }
                ("Output flow sockets", [id]) => {
                    table.flow_out.insert((*id).into());
                }
                ("Configuration", [_, id]) => {
                    table.configuration.insert((*id).into());
                }
                ("Input value sockets", [types, id]) => {
                    table
                        .values_in
                        .entry((*id).into())
                        .or_default()
                        .insert((*types).into());
                }
                ("Output value sockets", [types, id]) => {
                    table
                        .values_out
                        .entry((*id).into())
                        .or_default()
                        .insert((*types).into());
                }
                _ => {}
            }
        }
    }
    tables
}

fn expanded(types: &BTreeSet<String>) -> BTreeSet<&str> {
    types
        .iter()
        .flat_map(|name| match &**name {
            "floatN" => vec!["float", "float2", "float3", "float4"],
            "floatNxN" => vec!["float2x2", "float3x3", "float4x4"],
            "T" => Vec::new(),
            name => vec![name],
        })
        .collect()
}

#[test]
fn the_vocabulary_is_the_specifications() {
    let Some(folder) = conformance() else { return };
    let text = std::fs::read_to_string(folder.join("spec/Specification.adoc")).unwrap();
    let tables = specification(&text);
    assert!(tables.len() > 130, "{}", tables.len());
    for (op, table) in &tables {
        let it = operation(op).unwrap_or_else(|| panic!("{op} is missing"));
        let ids = |sockets: &[FlowSocket]| -> BTreeSet<String> {
            sockets.iter().map(|socket| socket.id.clone()).collect()
        };
        assert_eq!(ids(&it.flow_in), table.flow_in, "{op} flow in");
        assert_eq!(ids(&it.flow_out), table.flow_out, "{op} flow out");
        let configuration: BTreeSet<_> = it.configuration.iter().map(|it| it.id.clone()).collect();
        assert_eq!(configuration, table.configuration, "{op} configuration");
        for (sockets, expected) in [
            (&it.values_in, &table.values_in),
            (&it.values_out, &table.values_out),
        ] {
            let sockets: Vec<_> = sockets.iter().filter(|it| it.replaces.is_none()).collect();
            let ids: BTreeSet<_> = sockets.iter().map(|socket| &socket.id).collect();
            assert_eq!(ids, expected.keys().collect(), "{op}");
            for socket in sockets {
                let mut types: BTreeSet<&str> = socket.types.iter().map(|it| &**it).collect();
                if it.family == Family::Animation && socket.id == "animation" {
                    types.remove("int"); // Older files.
                }
                assert_eq!(types, expanded(&expected[&socket.id]), "{op} {}", socket.id);
            }
        }
    }
    let core: Vec<_> = operations()
        .iter()
        .filter(|it| it.extension.is_none() && !tables.contains_key(&it.op))
        .map(|it| &it.op)
        .collect();
    assert!(core.is_empty(), "not in the specification: {core:?}");
}

/// The output values and configuration of an operation in an extension's text, each with its type.
fn extension_table(text: &str, op: &str) -> BTreeMap<&'static str, BTreeSet<String>> {
    let rows = text
        .lines()
        .skip_while(|line| !(line.contains("**Operation**") && line.contains(op)));
    let mut part = "";
    let mut table: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for line in rows.take_while(|line| line.starts_with('|')) {
        let cells: Vec<_> = line.split('|').map(str::trim).collect();
        part = match cells[1] {
            "" => part,
            "**Configuration**" => "configuration",
            "**Output values**" => "values",
            _ => "other",
        };
        let socket = cells[2].trim_matches('`').to_owned();
        table.entry(part).or_default().insert(socket);
    }
    table
}

#[test]
fn events_of_scene_nodes_are_those_of_their_extensions() {
    let Some(folder) = conformance() else { return };
    for (extension, ops) in [
        ("KHR_node_selectability", &["event/onSelect"][..]),
        (
            "KHR_node_hoverability",
            &["event/onHoverIn", "event/onHoverOut"],
        ),
    ] {
        let file = folder.join(format!("../gltf_extensions/{extension}.md"));
        let text = std::fs::read_to_string(file).unwrap();
        for op in ops {
            let table = extension_table(&text, op);
            let it = operation(op).unwrap();
            let current = it.values_out.iter().filter(|it| it.replaces.is_none());
            let values = current
                .map(|it| format!("{} {}", it.types[0], it.id))
                .collect();
            assert_eq!(table["values"], values, "{op}");
            let parameters = it.configuration.iter();
            let parameters = parameters.map(|it| format!("int {}", it.id)).collect();
            assert_eq!(table["configuration"], parameters, "{op}");
            assert_eq!(it.extension.as_deref(), Some(extension));
        }
    }
}
