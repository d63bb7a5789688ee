//! History in words.

mod fields;

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::change::{Change, Operation};
use crate::event_type;
use crate::kinds::DocumentKind;
use crate::record::Record;
use crate::value::Value;
use fields::FieldWords;

/// What people call a record, from its own fields.
///
/// `wires` have no name of their own; see [`describe`] for how they read.
pub fn record_name(collection: &str, record: &Record) -> Option<String> {
    let text = |field: &str| {
        record
            .get(field)
            .and_then(Value::as_text)
            .filter(|text| !text.is_empty())
            .map(str::to_owned)
    };
    match collection {
        "nodes" => text("label").or_else(|| {
            let op = text("op")?;
            Some(
                crate::kinds::blueprint::operation(&op)
                    .map_or(op, |operation| operation.title.to_string()),
            )
        }),
        "comments" => text("text"),
        _ => text("name").or_else(|| text("path")),
    }
}

/// What one record of a collection is called: `node` for `nodes`.
fn singular(kind: DocumentKind, collection: &str) -> String {
    match collection {
        "entities" => "entity".into(),
        "meshes" => "mesh".into(),
        "branches" => "branch".into(),
        "properties" | "settings" => collection.to_owned(),
        "events" if kind == DocumentKind::Blueprint => "custom event".into(),
        other => other.trim_end_matches('s').to_owned(),
    }
}

/// An event in words: `moved Branch`, `wired Branch · true → Set pointer`, `deleted 2 wires`.
///
/// `name_of` gives the name of a record that an event names without carrying it whole; none where it is not known.
pub fn describe(
    kind: DocumentKind,
    event_type: &str,
    changes: &[Change],
    name_of: &dyn Fn(&str, &str) -> Option<String>,
) -> String {
    let verb = event_type::verb(kind, event_type);
    let subject = subject(event_type, changes);
    match subject.as_slice() {
        _ if event_type == "member.join" => "joined".into(),
        several if event_type == "document.import" => {
            format!("{verb} {}", counted(kind, several))
        }
        [] => match event_type.split_once('.') {
            Some((thing, _)) => format!("{verb} {thing}"),
            None => verb.to_owned(),
        },
        [change] => {
            let words = describe_subject(kind, verb, change, name_of);
            match consequences(event_type, changes) {
                Some(rest) => format!("{words}; {rest}"),
                None => words,
            }
        }
        several => format!("{verb} {}", counted(kind, several)),
    }
}

/// How many kinds of things are named one by one.
const MOST_KINDS: usize = 2;

/// What several changes are about, the most numerous first: `2 wires`, `27 nodes, 25 wires and 9 more`.
fn counted(kind: DocumentKind, changes: &[&Change]) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for change in changes {
        *counts.entry(&change.collection).or_default() += 1;
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|(collection, count)| (Reverse(*count), *collection));
    let named: Vec<_> = counts
        .iter()
        .take(MOST_KINDS)
        .map(|(collection, count)| match (count, *collection) {
            (1, "properties" | "settings") => one(kind, collection),
            (1, _) => format!("1 {}", singular(kind, collection)),
            _ => format!("{count} {}", plural(kind, collection)),
        })
        .collect();
    let rest: usize = counts.iter().skip(MOST_KINDS).map(|(_, count)| count).sum();
    match (rest, named.as_slice()) {
        (0, [first, second]) => format!("{first} and {second}"),
        (0, _) => named.join(", "),
        _ => format!("{} and {rest} more", named.join(", ")),
    }
}

/// One record whose name is not known: `a node`, `an entity`. Of some kinds a document has one alone: `the properties`.
fn one(kind: DocumentKind, collection: &str) -> String {
    let singular = singular(kind, collection);
    match collection {
        "properties" | "settings" => format!("the {singular}"),
        _ if singular.starts_with(['a', 'e', 'i', 'o', 'u']) => format!("an {singular}"),
        _ => format!("a {singular}"),
    }
}

/// What several records of a collection are called.
fn plural(kind: DocumentKind, collection: &str) -> &str {
    match collection {
        "events" if kind == DocumentKind::Blueprint => "custom events",
        other => other,
    }
}

/// One change in words, as compare shows it: `Set pointer: value 0.3 → 0.42`.
pub fn describe_change(
    kind: DocumentKind,
    change: &Change,
    name_of: &dyn Fn(&str, &str) -> Option<String>,
) -> String {
    let verb = match &change.operation {
        Operation::Put { was: None, .. } => "added",
        Operation::Put { .. } => "replaced",
        Operation::Set { .. } => "changed",
        Operation::Remove { .. } => "removed",
    };
    describe_subject(kind, verb, change, name_of)
}

/// The changes an event is about: those of the thing its type names, or else all.
fn subject<'a>(event_type: &str, changes: &'a [Change]) -> Vec<&'a Change> {
    let collection = match event_type.split('.').next().unwrap_or_default() {
        "node" => "nodes",
        "wire" => "wires",
        "comment" => "comments",
        "entity" => "entities",
        "graph" => "nodes",
        "document" => "documents",
        "variable" => "variables",
        "event" => "events",
        "session" | "project" => "settings",
        _ => "",
    };
    let about: Vec<&Change> = changes
        .iter()
        .filter(|change| change.collection == collection && !is_numbering(change))
        .collect();
    // A rewired input is a removed and a new wire; the new one is what it is about.
    let puts: Vec<&Change> = about
        .iter()
        .copied()
        .filter(|change| matches!(change.operation, Operation::Put { .. }))
        .collect();
    match (event_type, about.is_empty(), puts.is_empty()) {
        ("wire.create", _, false) => puts,
        (_, false, _) => about,
        _ => {
            let all = changes.iter();
            all.filter(|it| !is_numbering(it) && it.collection != "properties")
                .collect()
        }
    }
}

/// What another type of a variable did to the rest of the graph: `2 values converted, 1 cleared, 1 wire removed`.
fn consequences(event_type: &str, changes: &[Change]) -> Option<String> {
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

/// Whether a change only gives records the places they stand at: nobody means that by a gesture.
fn is_numbering(change: &Change) -> bool {
    matches!(&change.operation, Operation::Set { set, .. } if set.keys().all(|field| field == "index"))
}

fn describe_subject(
    kind: DocumentKind,
    verb: &str,
    change: &Change,
    name_of: &dyn Fn(&str, &str) -> Option<String>,
) -> String {
    if change.collection == "wires" {
        return format!("{verb} {}", wire_words(change, name_of));
    }
    let name = name(kind, change, name_of);
    match &change.operation {
        Operation::Set { set, was } => {
            let collection = change.collection.as_str();
            let fields = FieldWords::new(kind, collection, verb, &name, name_of);
            fields.describe(set, was)
        }
        _ => format!("{verb} {name}"),
    }
}

fn name(
    kind: DocumentKind,
    change: &Change,
    name_of: &dyn Fn(&str, &str) -> Option<String>,
) -> String {
    let collection = change.collection.as_str();
    let name = match &change.operation {
        // What it is called later is not what it was called then.
        Operation::Put { put: whole, .. }
        | Operation::Remove {
            was: Some(whole), ..
        } => record_name(collection, whole),
        _ => name_of(collection, change.id.as_str()),
    };
    name.unwrap_or_else(|| one(kind, collection))
}

fn wire_words(change: &Change, name_of: &dyn Fn(&str, &str) -> Option<String>) -> String {
    let record = match &change.operation {
        Operation::Put { put, .. } => Some(put),
        Operation::Remove { was, .. } => was.as_ref(),
        Operation::Set { .. } => None,
    };
    let Some(record) = record else {
        return "a wire".into();
    };
    let text = |field: &str| record.get(field).and_then(Value::as_text).unwrap_or("?");
    let node = |field: &str| name_of("nodes", text(field)).unwrap_or_else(|| "a node".into());
    format!("{} · {} → {}", node("from"), text("output"), node("to"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_many_changes_are_about_is_counted_by_kind() {
        let words = |counts: &[(&str, usize)]| {
            let changes: Vec<_> = counts
                .iter()
                .flat_map(|(collection, count)| {
                    (0..*count)
                        .map(move |at| Change::remove(*collection, format!("{collection}{at}")))
                })
                .collect();
            describe(
                DocumentKind::Blueprint,
                "document.import",
                &changes,
                &|_, _| None,
            )
        };
        assert_eq!(words(&[("nodes", 3)]), "imported 3 nodes");
        assert_eq!(
            words(&[("wires", 2), ("nodes", 2)]),
            "imported 2 nodes and 2 wires"
        );
        assert_eq!(
            words(&[("variables", 1), ("nodes", 4)]),
            "imported 4 nodes and 1 variable"
        );
        assert_eq!(
            words(&[("nodes", 27), ("wires", 25), ("comments", 5), ("events", 1)]),
            "imported 27 nodes, 25 wires and 6 more"
        );
        assert_eq!(words(&[("events", 2)]), "imported 2 custom events");
    }
}
