//! What a new session starts with.

use wissil_dag::DocumentId;
use wissil_model::{Change, DocumentKind, Record};
use wissil_sync::Gesture;

use crate::api::{ApiError, ErrorCode};
use crate::history::manifest;
use crate::home::{new_id, now};
use crate::project::Project;

/// Writes the first event of a session.
pub(crate) fn found(
    project: &mut Project,
    name: &str,
    imported_from: Option<&str>,
) -> Result<(), ApiError> {
    let mut settings = Record::new().with("name", name);
    if let Some(source) = imported_from {
        settings.set("imported_from", source.into());
    }
    let changes = vec![
        Change::put("settings", "project", settings),
        Change::put("branches", "main", Record::new().with("name", "main")),
    ];
    let gesture = Gesture {
        event_type: "session.create",
        changes,
        time: now(),
    };
    project.engine.edit(&manifest()?, gesture)?;
    Ok(())
}

/// Adds the empty documents that a session starts with; gives their ids. Undo does not take them back.
pub(crate) fn add_documents(
    project: &mut Project,
    documents: &[(&str, DocumentKind)],
) -> Result<Vec<DocumentId>, ApiError> {
    let mut ids = Vec::new();
    let mut changes = Vec::new();
    for (order, (name, kind)) in documents.iter().enumerate() {
        let id = DocumentId::new(new_id()?)
            .map_err(|error| ApiError::new(ErrorCode::Internal, error.to_string()))?;
        let record = Record::new()
            .with("name", *name)
            .with("kind", kind.name())
            .with("order", order as f64);
        changes.push(Change::put("documents", id.as_str(), record));
        ids.push(id);
    }
    let gesture = Gesture {
        event_type: "document.add",
        changes,
        time: now(),
    };
    project.engine.found(&manifest()?, gesture)?;
    Ok(ids)
}
