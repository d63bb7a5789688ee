//! History in words.

mod fields;

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt;

use crate::change::{Change, Operation};
use crate::event_type;
use crate::kinds::DocumentKind;
use crate::record::Record;
use crate::schema::CollectionWords;
use fields::FieldWords;
pub(crate) use fields::is_ulid;

/// Gives the name of a record, by its collection and id; none where it is not known.
pub type NameOf<'a> = &'a dyn Fn(&str, &str) -> Option<String>;

/// How history words what records of a kind say, where names and fields alone do not.
pub trait Words: fmt::Debug + Sync {
    /// The collection that gestures are about whose types begin so: `nodes` for `node`. None where they are about whatever
    /// they change.
    fn about(&self, thing: &str) -> Option<&'static str> {
        let _ = thing;
        None
    }

    /// What a record is told by that has no name of its own, such as a wire by what it joins.
    fn nameless(&self, change: &Change, name_of: NameOf<'_>) -> Option<String> {
        let _ = (change, name_of);
        None
    }

    /// What a gesture did beside what it is about.
    fn consequences(&self, event_type: &str, changes: &[Change]) -> Option<String> {
        let _ = (event_type, changes);
        None
    }

    /// Whether anybody wants to read that such a field changed. Where something stands on a canvas or in a list is no news.
    fn is_news(&self, collection: &str, field: &str) -> bool {
        let _ = collection;
        !matches!(field, "position" | "size" | "order" | "route")
    }

    /// What an entry of a map is called that no schema names.
    fn entry(&self, map: &str, entry: &str, name_of: NameOf<'_>) -> Option<String> {
        let _ = (map, entry, name_of);
        None
    }

    /// The collection whose records a field names by id, where its schema does not say so.
    fn names(&self, collection: &str, field: &str) -> Option<&'static str> {
        let _ = (collection, field);
        None
    }

    /// Whether a field is a colour in linear RGB, with or without an opacity.
    fn is_color(&self, collection: &str, field: &str) -> bool {
        let _ = (collection, field);
        false
    }
}

/// A kind whose names and fields say all there is to say.
#[derive(Debug)]
pub struct Plain;

impl Words for Plain {}

/// What people call a record of a kind of document, from its own fields; none where it has no name.
pub fn record_name(kind: DocumentKind, collection: &str, record: &Record) -> Option<String> {
    let words = words_of(kind, collection);
    (words.name)(record)
}

fn words_of(kind: DocumentKind, collection: &str) -> CollectionWords {
    let schema = kind.schema().collection(collection);
    schema.map_or(CollectionWords::PLAIN, |schema| schema.words)
}

/// What one record of a collection is called: `node` for `nodes`.
pub fn one_of(kind: DocumentKind, collection: &str) -> &str {
    let words = words_of(kind, collection);
    words.one.unwrap_or(collection.trim_end_matches('s'))
}

/// An event in words: `moved Branch`, `wired Branch · true → Set pointer`, `deleted 2 wires`.
///
/// `name_of` gives the name of a record that an event names without carrying it whole; none where it is not known.
pub fn describe(
    kind: DocumentKind,
    event_type: &str,
    changes: &[Change],
    name_of: NameOf<'_>,
) -> String {
    let verb = event_type::verb(kind, event_type);
    let subject = subject(kind, event_type, changes);
    match subject.as_slice() {
        _ if event_type::says_all(kind, event_type) => verb.to_owned(),
        several if event_type == "document.import" => {
            format!("{verb} {}", counted(kind, several))
        }
        [] => match event_type.split_once('.') {
            Some((thing, _)) => format!("{verb} {thing}"),
            None => verb.to_owned(),
        },
        [change] => {
            let words = describe_subject(kind, verb, change, name_of);
            match kind.words().consequences(event_type, changes) {
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
        .map(|&(collection, count)| match count {
            1 if words_of(kind, collection).alone => one(kind, collection),
            1 => format!("1 {}", one_of(kind, collection)),
            _ => {
                let many = words_of(kind, collection).many;
                format!("{count} {}", many.unwrap_or(collection))
            }
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
    let one = one_of(kind, collection);
    if words_of(kind, collection).alone {
        format!("the {one}")
    } else if one.starts_with(['a', 'e', 'i', 'o', 'u']) {
        format!("an {one}")
    } else {
        format!("a {one}")
    }
}

/// One change in words, as compare shows it: `Set pointer: value 0.3 → 0.42`.
pub fn describe_change(kind: DocumentKind, change: &Change, name_of: NameOf<'_>) -> String {
    let verb = match &change.operation {
        Operation::Put { was: None, .. } => "added",
        Operation::Put { .. } => "replaced",
        Operation::Set { .. } => "changed",
        Operation::Remove { .. } => "removed",
    };
    describe_subject(kind, verb, change, name_of)
}

/// The changes an event is about: those of the thing its type names, or else all.
fn subject<'a>(kind: DocumentKind, event_type: &str, changes: &'a [Change]) -> Vec<&'a Change> {
    let (thing, what) = event_type.split_once('.').unwrap_or((event_type, ""));
    let collection = kind.words().about(thing);
    let is_about = |change: &&Change| Some(&*change.collection) == collection;
    let told = changes.iter().filter(|change| !is_numbering(change));
    let about: Vec<&Change> = told.clone().filter(is_about).collect();
    if about.is_empty() {
        let is_alone = |change: &&Change| words_of(kind, &change.collection).alone;
        return told.filter(|change| !is_alone(change)).collect();
    }
    // A rewired input is a removed and a new wire; the new one is what it is about.
    let is_put = |change: &&Change| matches!(change.operation, Operation::Put { .. });
    match what == "create" && about.iter().any(is_put) {
        true => about.into_iter().filter(is_put).collect(),
        false => about,
    }
}

/// Whether a change only gives records the places they stand at: nobody means that by a gesture.
fn is_numbering(change: &Change) -> bool {
    matches!(&change.operation, Operation::Set { set, .. } if set.keys().all(|field| field == "index"))
}

fn describe_subject(
    kind: DocumentKind,
    verb: &str,
    change: &Change,
    name_of: NameOf<'_>,
) -> String {
    if let Some(words) = kind.words().nameless(change, name_of) {
        return format!("{verb} {words}");
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

fn name(kind: DocumentKind, change: &Change, name_of: NameOf<'_>) -> String {
    let collection = change.collection.as_str();
    let name = match &change.operation {
        // What it is called later is not what it was called then.
        Operation::Put { put: whole, .. }
        | Operation::Remove {
            was: Some(whole), ..
        } => record_name(kind, collection, whole),
        _ => name_of(collection, change.id.as_str()),
    };
    name.unwrap_or_else(|| one(kind, collection))
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
                DocumentKind::BLUEPRINT,
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
