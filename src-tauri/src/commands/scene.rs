//! Scenes: what is made or brought in for them, beyond gestures of records.

use std::path::Path;

use wissil_session::Shape;
use wissil_session::api::{ApiError, EditResult, FileAdded};

use super::{Shell, blocking};
use crate::change::Fields;

/// Adds an entity that shows a shape.
#[tauri::command]
#[specta::specta]
pub(crate) async fn shape_add(
    shell: Shell<'_>,
    document: String,
    shape: Shape,
    id: String,
    entity: Fields,
) -> Result<EditResult, ApiError> {
    blocking(shell, move |desktop| {
        desktop
            .session()?
            .add_shape(&document, shape, &id, entity.0)
    })
    .await
}

/// Adds what a `.glb` or `.gltf` of this disk holds, under a new entity.
#[tauri::command]
#[specta::specta]
pub(crate) async fn file_add(
    shell: Shell<'_>,
    document: String,
    file: String,
    id: String,
    entity: Fields,
) -> Result<FileAdded, ApiError> {
    blocking(shell, move |desktop| {
        desktop
            .session()?
            .add_file(&document, Path::new(&file), &id, entity.0)
    })
    .await
}
