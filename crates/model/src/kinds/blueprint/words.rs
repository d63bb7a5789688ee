//! Words for people: what nodes, sockets and types are called, and how history tells of them.

use super::{Socket, operation};
use crate::change::{Change, Operation};
use crate::words::{NameOf, Words, is_ulid};
use crate::{Record, Value};

#[derive(Debug)]
pub(super) struct BlueprintWords;

impl Words for BlueprintWords {
    fn about(&self, thing: &str) -> Option<&'static str> {
        Some(match thing {
            "node" | "graph" => "nodes",
            "wire" => "wires",
            "comment" => "comments",
            "variable" => "variables",
            "event" => "events",
            _ => return None,
        })
    }

    /// A wire by what it joins: `Branch · true → Set pointer`.
    fn nameless(&self, change: &Change, name_of: NameOf<'_>) -> Option<String> {
        if change.collection != "wires" {
            return None;
        }
        let record = match &change.operation {
            Operation::Put { put, .. } => Some(put),
            Operation::Remove { was, .. } => was.as_ref(),
            Operation::Set { .. } => None,
        };
        let Some(record) = record else {
            return Some("a wire".into());
        };
        let text = |field: &str| record.get(field).and_then(Value::as_text).unwrap_or("?");
        let node = |field: &str| name_of("nodes", text(field)).unwrap_or_else(|| "a node".into());
        Some(format!(
            "{} · {} → {}",
            node("from"),
            text("output"),
            node("to")
        ))
    }

    /// What another type of a variable did to the rest of the graph: `2 values converted, 1 cleared, 1 wire removed`.
    fn consequences(&self, event_type: &str, changes: &[Change]) -> Option<String> {
        if !matches!(event_type, "variable.set" | "event.set") {
            return None;
        }
        let (mut converted, mut cleared, mut wires) = (0, 0, 0);
        for change in changes {
            match (&*change.collection, &change.operation) {
                ("nodes", Operation::Set { set, .. }) => {
                    cleared += set.values().filter(|value| value.is_null()).count();
                    converted += set.values().filter(|value| !value.is_null()).count();
                }
                ("wires", Operation::Remove { .. }) => wires += 1,
                _ => {}
            }
        }
        let counted = [
            (converted, "value", "converted"),
            (cleared, "value", "cleared"),
            (wires, "wire", "removed"),
        ];
        let words: Vec<_> = counted
            .into_iter()
            .filter(|(count, ..)| *count > 0)
            .map(|(count, thing, what)| match count {
                1 => format!("1 {thing} {what}"),
                _ => format!("{count} {thing}s {what}"),
            })
            .collect();
        (!words.is_empty()).then(|| words.join(", "))
    }

    fn entry(&self, map: &str, entry: &str, name_of: NameOf<'_>) -> Option<String> {
        // As the pin is called that it is set on.
        name_of("variables", entry)
            .or_else(|| (map == "values" && !is_ulid(entry)).then(|| label(entry)))
    }

    fn names(&self, collection: &str, field: &str) -> Option<&'static str> {
        match (collection, field) {
            ("nodes", "configuration.variable" | "configuration.variables") => Some("variables"),
            ("nodes", "configuration.event") => Some("events"),
            _ => None,
        }
    }
}

/// A node is called what a person called it, else as its operation is.
pub(super) fn node_name(record: &Record) -> Option<String> {
    record.text("label").or_else(|| {
        let op = record.text("op")?;
        Some(operation(&op).map_or(op, |operation| operation.title.to_string()))
    })
}

pub(super) fn comment_name(record: &Record) -> Option<String> {
    record.text("text")
}

/// A socket's or parameter's id as people read it: `startTime` is *Start time*.
pub(crate) fn label(id: &str) -> String {
    let mut label = String::with_capacity(id.len() + 4);
    let mut previous: Option<char> = None;
    for character in id.chars() {
        match previous {
            None => label.extend(character.to_uppercase()),
            Some(before) if character.is_uppercase() && before.is_lowercase() => {
                label.push(' ');
                label.extend(character.to_lowercase());
            }
            Some(_) if character == '_' => label.push(' '),
            Some(_) => label.push(character),
        }
        previous = Some(character);
    }
    label
}

/// A socket in a sentence: its label, or its id where it has none.
pub(crate) fn quoted(socket: &Socket) -> String {
    match socket.label.is_empty() {
        true => format!("“{}”", socket.id),
        false => format!("“{}”", socket.label),
    }
}

/// A type signature as people read it: `float3` is *Float3*.
pub(crate) fn type_name(signature: &str) -> String {
    match signature {
        "bool" => "Bool".into(),
        "int" => "Int".into(),
        "ref" => "Reference".into(),
        _ => match signature.strip_prefix("float") {
            Some(rest) => format!("Float{rest}"),
            None => format!("“{signature}”"),
        },
    }
}

/// Alternatives in a sentence: *Int, Float or Float3*.
pub(crate) fn any_of(signatures: &[String]) -> String {
    let names: Vec<_> = signatures.iter().map(|it| type_name(it)).collect();
    match names.split_last() {
        None => "nothing".into(),
        Some((only, [])) => only.clone(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
    }
}

/// The end of a sentence about types that do not fit, with the operation that helps, if there is one.
pub(crate) fn conversion(from: &[String], to: &[String]) -> String {
    let title = from
        .iter()
        .find_map(|from| to.iter().find_map(|to| converter(from, to)));
    match title {
        Some(title) => format!("; insert “{title}” between them."),
        None => ".".into(),
    }
}

/// The title of the operation that turns one type into another.
fn converter(from: &str, to: &str) -> Option<&'static str> {
    Some(match (from, to) {
        ("bool", "int") => "Bool to Int",
        ("bool", "float") => "Bool to Float",
        ("int", "bool") => "Int to Bool",
        ("int", "float") => "Int to Float",
        ("float", "bool") => "Float to Bool",
        ("float", "int") => "Float to Int",
        ("float", "float2") => "Combine 2",
        ("float", "float3") => "Combine 3",
        ("float", "float4") => "Combine 4",
        ("float2", "float") => "Split 2",
        ("float3", "float") => "Split 3",
        ("float4", "float") => "Split 4",
        _ => return None,
    })
}
