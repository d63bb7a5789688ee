//! Graphs of files older than the release candidate, in the words of the current Specification.
//!
//! Players refuse a graph whose inputs have other types than the operation's, so this matters to whoever reads our
//! exports. Three things were numbers once that are references now:
//!
//! - a pointer's parameter that takes an `int` stood in `{braces}`, which now mean a `ref`; it belongs in `[brackets]`;
//! - an animation was its index; it is the pointer `/animations/3`;
//! - `flow/cancelDelay` took `delayIndex` from `lastDelayIndex`; it takes `delay` from `lastDelay`.
//!
//! And some sockets were called otherwise:
//!
//! - `math/rotate2D` took its angle from `b`; it takes it from `angle`;
//! - `math/rotate3D` took a quaternion from `b`, and before that an axis from `b` and an angle from `c`; it takes
//!   `rotation`, which `math/quatFromAxisAngle` makes of the latter;
//! - `event/onHoverIn` and `event/onHoverOut` gave `hoverNode`; they give `hoveredNode`. With `event/onSelect` they had
//!   `stopPropagation` in their configuration, which is an operation now.
//!
//! Numbers that a graph computes cannot be rewritten like that and stay as they are.

use std::collections::{HashMap, HashSet};

use wissil_model::kinds::blueprint::{Graph, ParameterKind, operation, pointer_parameters, shapes};
use wissil_model::{Field, Literal, Record, RecordId, Value};

/// Rewrites a Blueprint's records and says how many nodes changed.
pub(crate) fn modernise<C: AsRef<str> + From<&'static str>>(
    records: &mut Vec<(C, RecordId, Record)>,
) -> usize {
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
                let event = name_hovered(op, record);
                changed += usize::from(pointer || animation || event);
            }
            "wires" => {
                let renamed = rename_delay(record, &ops) || name_hovered_at(record, &ops);
                changed += usize::from(renamed);
            }
            _ => {}
        }
    }
    changed + rotations(records, &ops)
}

/// Gives the hovered node its present name, and drops a configuration that says what is so without it.
fn name_hovered(op: &str, record: &mut Record) -> bool {
    if !["event/onSelect", "event/onHoverIn", "event/onHoverOut"].contains(&op) {
        return false;
    }
    const STOP: &str = "configuration.stopPropagation";
    let keeps_on = record.get(STOP) == Some(&Value::List(vec![Value::Bool(false)]));
    if keeps_on {
        record.set(STOP, Value::Null);
    }
    rename(record, "outputs.hoverNode", "outputs.hoveredNode") || keeps_on
}

/// Takes a wire from the hovered node's present name.
fn name_hovered_at(wire: &mut Record, ops: &HashMap<RecordId, String>) -> bool {
    let from = wire.get("from").and_then(Value::as_text);
    let op = from.and_then(|from| ops.get(from)).map(String::as_str);
    let is_hover = matches!(op, Some("event/onHoverIn" | "event/onHoverOut"));
    let is_older = wire.get("output") == Some(&Value::text("hoverNode"));
    if is_hover && is_older {
        wire.set("output", Value::text("hoveredNode"));
    }
    is_hover && is_older
}

/// Moves a field, where it is there and the other is not.
fn rename(record: &mut Record, from: &str, to: &'static str) -> bool {
    let Some(value) = record
        .get(from)
        .cloned()
        .filter(|_| record.get(to).is_none())
    else {
        return false;
    };
    record.set(from, Value::Null);
    record.set(to, value);
    true
}

/// Gives rotations their angle from where it is taken now; how many nodes changed.
fn rotations<C: AsRef<str> + From<&'static str>>(
    records: &mut Vec<(C, RecordId, Record)>,
    ops: &HashMap<RecordId, String>,
) -> usize {
    // The inputs that something feeds.
    let mut fed: HashSet<(RecordId, String)> = HashSet::new();
    let mut last = -1.0;
    for (collection, id, record) in records.iter() {
        match collection.as_ref() {
            "nodes" => {
                fed.extend(
                    record
                        .entries("values")
                        .map(|(socket, _)| (id.clone(), socket.to_owned())),
                );
                last = record
                    .get("order")
                    .and_then(Value::as_number)
                    .unwrap_or(-1.0)
                    .max(last);
            }
            "wires" => fed.extend(input_of(record)),
            _ => {}
        }
    }
    let feeds = |id: &RecordId, socket: &str| fed.contains(&(id.clone(), socket.to_owned()));
    // By node and input: the node and input that take what it was given.
    let mut moved: HashMap<(RecordId, &str), (RecordId, &'static str)> = HashMap::new();
    let mut rotations: Vec<(C, RecordId, Record)> = Vec::new();
    let mut nodes: Vec<_> = ops.iter().collect();
    nodes.sort();
    let mut changed = 0;
    for (id, op) in nodes {
        let renamed = match op.as_str() {
            "math/rotate2D" if feeds(id, "b") && !feeds(id, "angle") => "angle",
            "math/rotate3D" if feeds(id, "b") && !feeds(id, "rotation") => "rotation",
            _ => continue,
        };
        changed += 1;
        if op == "math/rotate2D" || !feeds(id, "c") {
            moved.insert((id.clone(), "b"), (id.clone(), renamed));
            continue;
        }
        let maker = free_id(&format!("{id}_rotation"), ops);
        moved.insert((id.clone(), "b"), (maker.clone(), "axis"));
        moved.insert((id.clone(), "c"), (maker.clone(), "angle"));
        last += 1.0;
        let node = Record::new()
            .with("op", "math/quatFromAxisAngle")
            .with("order", last);
        let wire = Record::new()
            .with("kind", "value")
            .with("from", &maker)
            .with("output", "value")
            .with("to", id)
            .with("input", renamed);
        rotations.push((
            "wires".into(),
            RecordId::from(format!("wire_{maker}")),
            wire,
        ));
        rotations.push(("nodes".into(), maker, node));
    }
    let mut values: Vec<((RecordId, &'static str), Value)> = Vec::new();
    for (collection, id, record) in records.iter_mut() {
        match collection.as_ref() {
            "nodes" => {
                for socket in ["b", "c"] {
                    let field = format!("values.{socket}");
                    if let Some(to) = moved.get(&(id.clone(), socket))
                        && let Some(value) = record.get(&field).cloned()
                    {
                        record.set(field, Value::Null);
                        values.push((to.clone(), value));
                    }
                }
            }
            "wires" => {
                let to = input_of(record).and_then(|(id, input)| {
                    let input = ["b", "c"].into_iter().find(|it| *it == input)?;
                    moved.get(&(id, input))
                });
                if let Some((id, input)) = to {
                    record.set("to", Value::from(id));
                    record.set("input", Value::text(*input));
                }
            }
            _ => {}
        }
    }
    records.extend(rotations);
    for (collection, id, record) in records.iter_mut() {
        if collection.as_ref() == "nodes" {
            for ((_, socket), value) in values.iter().filter(|((to, _), _)| to == id) {
                record.set(format!("values.{socket}"), value.clone());
            }
        }
    }
    changed
}

/// The node and the input that a value wire enters.
fn input_of(wire: &Record) -> Option<(RecordId, String)> {
    let text = |field: &str| wire.get(field).and_then(Value::as_text);
    (text("kind") == Some("value")).then_some(())?;
    Some((RecordId::from(text("to")?), text("input")?.to_owned()))
}

/// An id that no node has, like the one wished for.
fn free_id(wish: &str, ops: &HashMap<RecordId, String>) -> RecordId {
    let numbered = (2..).map(|round: u32| format!("rotation_{round}"));
    let mut ids = std::iter::once(wish.to_owned())
        .chain(numbered)
        .map(RecordId::from);
    ids.find(|id| id.is_valid() && !ops.contains_key(id) && id.as_str().len() < 56)
        .unwrap_or_else(|| RecordId::from(wish))
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
