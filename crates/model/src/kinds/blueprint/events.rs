//! What one does to Blueprints.

use crate::event_type::EventType;

pub(super) const EVENT_TYPES: &[EventType] = &[
    EventType::new("node.add", "added", "nodes:p wires:psr"),
    EventType::new("node.move", "moved", "nodes:s comments:s wires:s"),
    EventType::new("node.delete", "deleted", "nodes:r wires:psr comments:r"),
    EventType::new("node.set", "changed", "nodes:s wires:r"),
    EventType::new("wire.create", "wired", "wires:psr"),
    EventType::new("wire.delete", "unwired", "wires:r"),
    EventType::new("wire.set", "rewired", "wires:sr"),
    EventType::new("comment.add", "added", "comments:p"),
    EventType::new("comment.move", "moved", "comments:s nodes:s wires:s"),
    EventType::new("comment.set", "changed", "comments:s"),
    EventType::new("comment.delete", "deleted", "comments:r"),
    EventType::new("variable.add", "added", "variables:p"),
    EventType::new("variable.set", "changed", "variables:s nodes:s wires:r"),
    EventType::new("variable.delete", "deleted", "variables:r"),
    EventType::new("event.add", "added", "events:p"),
    EventType::new("event.set", "changed", "events:s nodes:s wires:r"),
    EventType::new("event.delete", "deleted", "events:r"),
    EventType::new("function.add", "added", "functions:p nodes:ps wires:psr"),
    EventType::new("function.set", "changed", "functions:s"),
    EventType::new("function.delete", "deleted", "functions:r nodes:r wires:r"),
    EventType::new(
        "graph.paste",
        "pasted",
        "nodes:p wires:p comments:p variables:p events:p functions:p",
    ),
    EventType::new(
        "graph.duplicate",
        "duplicated",
        "nodes:p wires:p comments:p",
    ),
    EventType::new("graph.layout", "arranged", "nodes:s comments:s wires:s"),
    EventType::new("graph.place", "laid out", "nodes:s").not_undoable(),
];
