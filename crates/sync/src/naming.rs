//! What records are called: now, and when an event was made.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use wissil_dag::{DocumentId, Event, Ipld};
use wissil_model::{Change, DocumentKind, Projection, describe, record_name};

use crate::engine::Engine;
use crate::ports::{EventStore, LogKey};

/// Most characters of a name that an event says a record had.
const MAX_NAME: usize = 120;

/// The name of a record now, for words about an event that does not carry it.
pub fn present_name(projection: &Projection, collection: &str, id: &str) -> Option<String> {
    record_name(
        projection.kind(),
        collection,
        projection.stored(collection, id)?,
    )
}

/// The name that a record had when an event was made, as far as the event says.
pub fn name_then(event: &Event, collection: &str, id: &str) -> Option<String> {
    let Ipld::Map(names) = event.metadata.get("names")? else {
        return None;
    };
    match names.get(&key(collection, id))? {
        Ipld::String(name) => Some(name.chars().take(MAX_NAME).collect()),
        _ => None,
    }
}

impl<S: EventStore> Engine<S> {
    /// The name now of a record that something in a document names, as far as it is in memory. What the document cannot
    /// hold itself, such as the entities that a graph moves, is looked for in the others.
    pub fn name_of(&self, document: &DocumentId, collection: &str, id: &str) -> Option<String> {
        self.name_in(&self.log(document), collection, id)
    }

    /// As [`Engine::name_of`], on any branch; the other documents are those of the same.
    pub fn name_in(&self, log: &LogKey, collection: &str, id: &str) -> Option<String> {
        let own = self.loaded_log(log)?;
        if own.kind().schema().collection(collection).is_some() {
            return present_name(own, collection, id);
        }
        let all = self.live.keys();
        let mut others: Vec<&LogKey> = all.filter(|it| it.branch == log.branch).collect();
        others.sort_unstable();
        let others = others.into_iter().filter_map(|it| self.loaded_log(it));
        let mut named = others.filter_map(|other| present_name(other, collection, id));
        named.next()
    }
}

/// A gesture in words, and the names that they take from records which it does not carry whole: with them it reads the
/// same when those are called otherwise, or are gone. None where they take no names; empty where what they ask for has
/// none, so that it is not called later what it was not called then.
pub(crate) fn describe_naming(
    kind: DocumentKind,
    event_type: &str,
    changes: &[Change],
    name_of: impl Fn(&str, &str) -> Option<String>,
) -> (String, Option<BTreeMap<String, Ipld>>) {
    let (names, asked) = (RefCell::new(BTreeMap::new()), Cell::new(false));
    let words = describe(kind, event_type, changes, &|collection, id| {
        asked.set(true);
        let name: String = name_of(collection, id)?.chars().take(MAX_NAME).collect();
        let named = Ipld::String(name.clone());
        names.borrow_mut().insert(key(collection, id), named);
        Some(name)
    });
    (words, asked.get().then(|| names.into_inner()))
}

fn key(collection: &str, id: &str) -> String {
    format!("{collection}/{id}")
}
