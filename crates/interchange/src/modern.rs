//! Graphs of files older than the release candidate, in the words of the current Specification.
//!
//! Players refuse a graph whose inputs have other types than the operation's, so this matters to whoever reads our
//! exports. Three things were numbers once that are references now:
//!
//! - a pointer's parameter that takes an `int` stood in `{braces}`, which now mean a `ref`; it belongs in `[brackets]`;
//! - an animation was its index; it is the pointer `/animations/3`;
//! - `flow/cancelDelay` took `delayIndex` from `lastDelayIndex`; it takes `delay` from `lastDelay`.
//!
//! Numbers that a graph computes cannot be rewritten like that and stay as they are.

use std::collections::HashMap;

use wissil_model::kinds::blueprint::{Graph, ParameterKind, operation, pointer_parameters, shapes};
use wissil_model::{Field, Literal, Record, RecordId, Value};

/// Rewrites a Blueprint's records and says how many nodes changed.
pub(crate) fn modernise<C: AsRef<str>>(records: &mut [(C, RecordId, Record)]) -> usize {
    let mut graph = Graph::default();
    for (collection, id, record) in records.iter() {
        // What cannot be read is reported by whoever reads it to use it.
        let _ = graph.set(collection.as_ref(), id, Some(record));
    }
    let ops: HashMap<RecordId, String> = graph
        .nodes
        .iter()
        .map(|(id, node)| (id.clone(), node.op.clone()))
        .collect();
    let shapes = shapes(&graph);
    let mut changed = 0;
    for (collection, id, record) in records.iter_mut() {
        match collection.as_ref() {
            "nodes" => {
                let takes_int = |socket: &str| {
                    let inputs = shapes.get(id).map(|shape| shape.values_in.as_slice());
                    inputs.into_iter().flatten().any(|input| {
                        input.id == socket && input.signature.as_deref() == Some("int")
                    })
                };
                let op = ops.get(id).map(String::as_str).unwrap_or_default();
                let pointer = bracket(op, record, takes_int);
                let animation = op.starts_with("animation/") && refer_to_animation(record);
                changed += usize::from(pointer || animation);
            }
            "wires" => changed += usize::from(rename_delay(record, &ops)),
            _ => {}
        }
    }
    changed
}

/// Puts pointer parameters that take an `int` in brackets.
fn bracket(op: &str, record: &mut Record, takes_int: impl Fn(&str) -> bool) -> bool {
    let parameters = operation(op).into_iter().flat_map(|op| &op.configuration);
    let Some(pointer) = parameters
        .into_iter()
        .find(|it| it.kind == ParameterKind::Pointer)
    else {
        return false;
    };
    let field = format!("configuration.{}", pointer.id);
    let Some([Value::Text(template)]) = record.get(&field).and_then(Value::as_list) else {
        return false;
    };
    let mut template = template.clone();
    let mut changed = false;
    for parameter in pointer_parameters(&template).unwrap_or_default() {
        if !parameter.integer && takes_int(&parameter.id) {
            // Braces and brackets are one byte each, so the other ranges stay right.
            template.replace_range(parameter.range.start..=parameter.range.start, "[");
            template.replace_range(parameter.range.end - 1..parameter.range.end, "]");
            changed = true;
        }
    }
    if changed {
        record.set(field, Value::List(vec![Value::Text(template)]));
    }
    changed
}

/// Turns an animation's index into a reference.
fn refer_to_animation(record: &mut Record) -> bool {
    const FIELD: &str = "values.animation";
    let Some(literal) = record
        .get(FIELD)
        .and_then(|it| Literal::from_value(it).ok())
    else {
        return false;
    };
    let index = match (literal.signature.as_str(), literal.value.as_slice()) {
        ("int", []) => 0.0,
        ("int", [Value::Number(index)]) => *index,
        _ => return false,
    };
    // No animation at all: the null reference.
    let value = if index >= 0.0 {
        vec![Value::text(format!("/animations/{index}"))]
    } else {
        Vec::new()
    };
    let reference = Literal {
        signature: "ref".into(),
        value,
    };
    record.set(FIELD, reference.to_value());
    true
}

/// Joins a delay to its cancellation by reference.
fn rename_delay(wire: &mut Record, ops: &HashMap<RecordId, String>) -> bool {
    let op = |end: &str| {
        let id = wire.get(end)?.as_text()?;
        ops.get(id).map(String::as_str)
    };
    let socket = |end: &str| wire.get(end).and_then(Value::as_text);
    let joined = op("from") == Some("flow/setDelay")
        && op("to") == Some("flow/cancelDelay")
        && socket("output") == Some("lastDelayIndex")
        && socket("input") == Some("delayIndex");
    if joined {
        wire.set("output", Value::text("lastDelay"));
        wire.set("input", Value::text("delay"));
    }
    joined
}
