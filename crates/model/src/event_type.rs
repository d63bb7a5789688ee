//! The types of events, what each may change, and how history words it.

use crate::declared::{Declared, OperationKind};
use crate::kinds::DocumentKind;

/// An event's type does not fit its changes.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum TypeError {
    /// No such type for this kind of document.
    #[error("`{event_type}` is not something one does to a {kind}")]
    Unknown {
        /// The type that was given.
        event_type: String,
        /// The document's kind.
        kind: DocumentKind,
    },
    /// The type does not carry such a change.
    #[error("`{event_type}` cannot {operation} records of `{collection}`")]
    Mismatch {
        /// The type that was given.
        event_type: String,
        /// What the change does.
        operation: &'static str,
        /// To which collection.
        collection: String,
    },
}

/// Something that one does to documents of a kind.
#[derive(Debug)]
pub struct EventType {
    name: &'static str,
    verb: &'static str,
    carries: &'static str,
    is_undoable: bool,
    says_all: bool,
}

impl EventType {
    /// A type: its name, the verb history uses, and the changes it carries as `collection:operations`, where the
    /// operations are `p`ut, `s`et and `r`emove, and `*` is any collection.
    #[must_use]
    pub const fn new(name: &'static str, verb: &'static str, carries: &'static str) -> Self {
        Self {
            name,
            verb,
            carries,
            is_undoable: true,
            says_all: false,
        }
    }

    /// It goes on nobody's undo stack: nobody means it when they press undo.
    #[must_use]
    pub const fn not_undoable(self) -> Self {
        Self {
            is_undoable: false,
            ..self
        }
    }

    /// Its verb alone tells what was done.
    #[must_use]
    pub const fn says_all(self) -> Self {
        Self {
            says_all: true,
            ..self
        }
    }
}

/// What one does to any document.
const ANY: &[EventType] = &[
    EventType::new("history.undo", "undid", "*:psr"),
    EventType::new("history.redo", "redid", "*:psr"),
    EventType::new("document.import", "imported", "*:p").not_undoable(),
    EventType::new("version.restore", "restored", "*:psr"),
    EventType::new("branch.merge", "merged", "*:psr"),
];

fn find(kind: DocumentKind, name: &str) -> Option<&'static EventType> {
    let mut types = kind.event_types().iter().chain(ANY);
    types.find(|event_type| event_type.name == name)
}

/// The names of the types that a kind of document knows, with the verb history uses for each.
pub fn event_types(kind: DocumentKind) -> impl Iterator<Item = (&'static str, &'static str)> {
    let types = kind.event_types().iter().chain(ANY);
    types.map(|event_type| (event_type.name, event_type.verb))
}

/// The verb history uses for a type: `moved` for `node.move`. Types of newer versions read as `changed`.
pub fn verb(kind: DocumentKind, event_type: &str) -> &'static str {
    find(kind, event_type).map_or("changed", |found| found.verb)
}

/// Whether the verb alone tells what was done.
pub(crate) fn says_all(kind: DocumentKind, event_type: &str) -> bool {
    find(kind, event_type).is_some_and(|found| found.says_all)
}

/// Whether a gesture of this type goes on its person's undo stack.
///
/// What brings a document or a member into being, what a member is called, and the first layout of an imported graph, do
/// not: nobody means those when they press undo.
pub fn is_undoable(kind: DocumentKind, event_type: &str) -> bool {
    find(kind, event_type).is_none_or(|found| found.is_undoable)
}

/// Checks that a type carries such changes.
pub fn check(
    kind: DocumentKind,
    event_type: &str,
    changes: &[Declared<'_>],
) -> Result<(), TypeError> {
    let Some(EventType { carries, .. }) = find(kind, event_type) else {
        return Err(TypeError::Unknown {
            event_type: event_type.to_owned(),
            kind,
        });
    };
    for change in changes {
        let (letter, operation) = match change.kind {
            OperationKind::Put => ('p', "put"),
            OperationKind::Set => ('s', "change"),
            OperationKind::Remove => ('r', "remove"),
        };
        let fits = carries.split(' ').any(|rule| {
            rule.split_once(':').is_some_and(|(collection, letters)| {
                (collection == "*" || collection == change.collection) && letters.contains(letter)
            })
        });
        if !fits {
            return Err(TypeError::Mismatch {
                event_type: event_type.to_owned(),
                operation,
                collection: change.collection.to_string(),
            });
        }
    }
    Ok(())
}
