//! Small graphs written as text, one thing a line:
//!
//! ```text
//! variable score int            a variable of that type
//! event hit power:float         an event with its values
//! add math/add b:float=1        a node, its typed-in values, and its configuration as `name@json`
//! add.value > length.a          a value wire
//! start.out -> set.in           a flow wire
//! ```

use super::super::*;
use crate::Value;

fn literal(text: &str) -> Literal {
    let (signature, value) = text.split_once('=').unwrap_or((text, ""));
    Literal {
        signature: signature.to_owned(),
        value: match value {
            "" => Vec::new(),
            _ => value.split(',').map(json).collect(),
        },
    }
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| Value::text(text))
}

pub(super) fn graph(text: &str) -> Graph {
    let mut graph = Graph::default();
    for line in text.lines().map(str::trim).filter(|it| !it.is_empty()) {
        let words: Vec<_> = line.split_whitespace().collect();
        match *words {
            ["variable", name, initial] => {
                let variable = Variable {
                    name: name.trim_end_matches('*').to_owned(),
                    initial: literal(initial),
                    order: None,
                    source: None,
                    source_object: None,
                };
                graph.variables.insert(name.into(), variable);
            }
            ["event", name, ref values @ ..] => {
                let values = values.iter().map(|it| it.split_once(':').unwrap());
                let event = CustomEvent {
                    name: Some(name.trim_end_matches('*').to_owned()),
                    values: values
                        .map(|(id, it)| (id.to_owned(), literal(it)))
                        .collect(),
                    order: None,
                    source: None,
                    source_object: None,
                };
                graph.events.insert(name.into(), event);
            }
            [from, arrow @ (">" | "->"), to] => {
                let (from, output) = from.split_once('.').unwrap();
                let (to, input) = to.split_once('.').unwrap();
                let wire = Wire {
                    kind: match arrow {
                        ">" => WireKind::Value,
                        _ => WireKind::Flow,
                    },
                    from: from.into(),
                    output: output.to_owned(),
                    to: to.into(),
                    input: input.to_owned(),
                    route: Vec::new(),
                };
                let id = format!("w{:02}", graph.wires.len());
                graph.wires.insert(id.into(), wire);
            }
            [id, op, ref fields @ ..] => {
                let mut record = crate::Record::new().with("op", op);
                for field in fields {
                    if let Some((name, value)) = field.split_once('@') {
                        record.set(format!("configuration.{name}"), json(value));
                    } else if let Some((name, value)) = field.split_once("<:") {
                        record.set(format!("inputs.{name}"), Value::text(value));
                    } else if let Some((name, value)) = field.split_once(">:") {
                        record.set(format!("outputs.{name}"), Value::text(value));
                    } else if let Some((name, value)) = field.split_once(':') {
                        record.set(
                            format!("values.{name}"),
                            crate::Field::to_value(&literal(value)),
                        );
                    } else {
                        record.set("extension", Value::text(*field));
                    }
                }
                graph.set("nodes", &id.into(), Some(&record)).unwrap();
            }
            _ => panic!("{line}"),
        }
    }
    graph
}

/// A node's sockets as text: `in | a:float b:? > value:float | out`.
pub(super) fn sockets(shape: &NodeShape) -> String {
    let flow = |sockets: &[Socket]| {
        let ids = sockets.iter().map(|it| it.id.clone());
        ids.collect::<Vec<_>>().join(" ")
    };
    let values = |sockets: &[Socket]| {
        let texts = sockets.iter().map(|it| {
            let known = if it.known { "" } else { "!" };
            format!(
                "{}{known}:{}",
                it.id,
                it.signature.as_deref().unwrap_or("?")
            )
        });
        texts.collect::<Vec<_>>().join(" ")
    };
    format!(
        "{} | {} > {} | {}",
        flow(&shape.flow_in),
        values(&shape.values_in),
        values(&shape.values_out),
        flow(&shape.flow_out)
    )
}
