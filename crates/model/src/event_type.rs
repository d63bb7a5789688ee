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

/// A type: its name, the verb history uses, and the changes it carries as `collection:operations`, where the
/// operations are `p`ut, `s`et and `r`emove, and `*` is any collection.
struct EventType(&'static str, &'static str, &'static str);

/// What one does to any document.
const ANY: &[EventType] = &[
    EventType("history.undo", "undid", "*:psr"),
    EventType("history.redo", "redid", "*:psr"),
    EventType("document.import", "imported", "*:p"),
    EventType("version.restore", "restored", "*:psr"),
    EventType("branch.merge", "merged", "*:psr"),
];

const BLUEPRINT: &[EventType] = &[
    EventType("node.add", "added", "nodes:p wires:psr"),
    EventType("node.move", "moved", "nodes:s comments:s wires:s"),
    EventType("node.delete", "deleted", "nodes:r wires:psr comments:r"),
    EventType("node.set", "changed", "nodes:s wires:r"),
    EventType("wire.create", "wired", "wires:psr"),
    EventType("wire.delete", "unwired", "wires:r"),
    EventType("wire.set", "rewired", "wires:sr"),
    EventType("comment.add", "added", "comments:p"),
    EventType("comment.move", "moved", "comments:s nodes:s wires:s"),
    EventType("comment.set", "changed", "comments:s"),
    EventType("comment.delete", "deleted", "comments:r"),
    EventType("variable.add", "added", "variables:p"),
    EventType("variable.set", "changed", "variables:s nodes:s wires:r"),
    EventType("variable.delete", "deleted", "variables:r"),
    EventType("event.add", "added", "events:p"),
    EventType("event.set", "changed", "events:s nodes:s wires:r"),
    EventType("event.delete", "deleted", "events:r"),
    EventType("function.add", "added", "functions:p nodes:ps wires:psr"),
    EventType("function.set", "changed", "functions:s"),
    EventType("function.delete", "deleted", "functions:r nodes:r wires:r"),
    EventType(
        "graph.paste",
        "pasted",
        "nodes:p wires:p comments:p variables:p events:p functions:p",
    ),
    EventType(
        "graph.duplicate",
        "duplicated",
        "nodes:p wires:p comments:p",
    ),
    EventType("graph.layout", "arranged", "nodes:s comments:s wires:s"),
    EventType("graph.place", "laid out", "nodes:s"),
];

const SCENE: &[EventType] = &[
    EventType(
        "entity.add",
        "added",
        "entities:ps meshes:p cameras:ps lights:ps materials:ps",
    ),
    EventType("entity.duplicate", "duplicated", "entities:ps"),
    EventType("entity.delete", "deleted", "entities:rs properties:ps"),
    EventType("entity.rename", "renamed", "entities:s"),
    EventType("entity.reparent", "moved", "entities:s"),
    EventType("entity.transform", "transformed", "entities:s"),
    EventType("entity.set", "changed", "entities:s"),
    EventType("material.add", "added", "materials:ps"),
    EventType("material.set", "changed", "materials:s"),
    EventType("material.delete", "deleted", "materials:rs properties:ps"),
    EventType("camera.add", "added", "cameras:ps"),
    EventType("camera.set", "changed", "cameras:s"),
    EventType("camera.delete", "deleted", "cameras:rs properties:ps"),
    EventType("light.add", "added", "lights:ps"),
    EventType("light.set", "changed", "lights:s"),
    EventType("light.delete", "deleted", "lights:rs properties:ps"),
    EventType("mesh.set", "changed", "meshes:s"),
    EventType("animation.set", "changed", "animations:s"),
];

const MANIFEST: &[EventType] = &[
    EventType("session.create", "started", "*:p"),
    EventType("project.rename", "renamed", "settings:ps"),
    EventType("document.add", "added", "documents:p"),
    EventType("document.rename", "renamed", "documents:s"),
    EventType("graph.rename", "renamed", "documents:s"),
    EventType("document.move", "moved", "documents:s"),
    EventType("document.delete", "deleted", "documents:r"),
    EventType("document.restore", "brought back", "documents:p"),
    EventType("member.join", "joined", "members:ps"),
    EventType("member.set", "changed", "members:ps"),
    EventType("branch.create", "created", "branches:p"),
    EventType("version.create", "named", "versions:p"),
    EventType("note.add", "left", "notes:p"),
    EventType("note.dismiss", "dismissed", "notes:r"),
    EventType("asset.add", "added", "assets:p"),
    EventType("asset.set", "changed", "assets:s"),
    EventType("asset.delete", "deleted", "assets:r"),
];

fn types_of(kind: DocumentKind) -> &'static [EventType] {
    match kind {
        DocumentKind::Blueprint => BLUEPRINT,
        DocumentKind::Scene => SCENE,
        DocumentKind::Manifest => MANIFEST,
    }
}

fn find(kind: DocumentKind, name: &str) -> Option<&'static EventType> {
    types_of(kind)
        .iter()
        .chain(ANY)
        .find(|event_type| event_type.0 == name)
}

/// The names of the types that a kind of document knows, with the verb history uses for each.
pub fn event_types(kind: DocumentKind) -> impl Iterator<Item = (&'static str, &'static str)> {
    types_of(kind)
        .iter()
        .chain(ANY)
        .map(|event_type| (event_type.0, event_type.1))
}

/// The verb history uses for a type: `moved` for `node.move`. Types of newer versions read as `changed`.
pub fn verb(kind: DocumentKind, event_type: &str) -> &'static str {
    find(kind, event_type).map_or("changed", |found| found.1)
}

/// Whether a gesture of this type goes on its person's undo stack.
///
/// What brings a document or a member into being, what a member is called, and the first layout of an imported graph, do
/// not: nobody means those when they press undo.
pub fn is_undoable(event_type: &str) -> bool {
    !matches!(
        event_type,
        "session.create"
            | "document.import"
            | "note.add"
            | "member.join"
            | "member.set"
            | "graph.place"
    )
}

/// Checks that a type carries such changes.
pub fn check(
    kind: DocumentKind,
    event_type: &str,
    changes: &[Declared<'_>],
) -> Result<(), TypeError> {
    let Some(EventType(_, _, allowed)) = find(kind, event_type) else {
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
        let fits = allowed.split(' ').any(|rule| {
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
