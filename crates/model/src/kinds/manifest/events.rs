//! What one does to the manifest.

use crate::event_type::EventType;

pub(super) const EVENT_TYPES: &[EventType] = &[
    EventType::new("session.create", "started", "*:p").not_undoable(),
    EventType::new("project.rename", "renamed", "settings:ps"),
    EventType::new("document.add", "added", "documents:p"),
    EventType::new("document.rename", "renamed", "documents:s"),
    EventType::new("graph.rename", "renamed", "documents:s"),
    EventType::new("document.move", "moved", "documents:s"),
    EventType::new("document.delete", "deleted", "documents:r"),
    EventType::new("document.restore", "brought back", "documents:p"),
    EventType::new("member.join", "joined", "members:ps")
        .not_undoable()
        .says_all(),
    EventType::new("member.set", "changed", "members:ps").not_undoable(),
    EventType::new("branch.create", "created", "branches:p"),
    EventType::new("version.create", "named", "versions:p"),
    EventType::new("note.add", "left", "notes:p").not_undoable(),
    EventType::new("note.dismiss", "dismissed", "notes:r"),
    EventType::new("asset.add", "added", "assets:p"),
    EventType::new("asset.set", "changed", "assets:s"),
    EventType::new("asset.delete", "deleted", "assets:r"),
];
