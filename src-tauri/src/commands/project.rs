//! The open project: making, opening, leaving, what it becomes elsewhere.

use std::path::Path;

use wissil_session::api::{ApiError, ProjectInfo, VerifyReport};

use super::{Shell, blocking};
use crate::state::Desktop;

#[tauri::command]
#[specta::specta]
pub(crate) async fn project_new(
    shell: Shell<'_>,
    name: String,
    folder: String,
) -> Result<ProjectInfo, ApiError> {
    blocking(shell, move |desktop| {
        desktop.replace(|app| app.create(&name, Path::new(&folder)))
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn project_open(shell: Shell<'_>, path: String) -> Result<ProjectInfo, ApiError> {
    blocking(shell, move |desktop| desktop.open(Path::new(&path))).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn project_import(
    shell: Shell<'_>,
    file: String,
    folder: String,
) -> Result<ProjectInfo, ApiError> {
    blocking(shell, move |desktop| {
        desktop.replace(|app| app.import(Path::new(&file), Path::new(&folder)))
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn project_sample(shell: Shell<'_>) -> Result<ProjectInfo, ApiError> {
    blocking(shell, Desktop::open_sample).await
}

/// Moves the open project to another folder, for one whose own is gone, and opens it there.
#[tauri::command]
#[specta::specta]
pub(crate) async fn project_save_elsewhere(
    shell: Shell<'_>,
    folder: String,
) -> Result<ProjectInfo, ApiError> {
    blocking(shell, move |desktop| {
        desktop.save_elsewhere(Path::new(&folder))
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn project_close(shell: Shell<'_>) -> Result<(), ApiError> {
    blocking(shell, |desktop| {
        desktop.close();
        Ok(())
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn project_current(shell: Shell<'_>) -> Result<Option<ProjectInfo>, ApiError> {
    blocking(shell, |desktop| desktop.current()).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn project_export(
    shell: Shell<'_>,
    format: String,
    file: String,
) -> Result<Vec<String>, ApiError> {
    blocking(shell, move |desktop| {
        desktop.session()?.export(format.parse()?, Path::new(&file))
    })
    .await
}

/// Whether something stands at a path, which writing a file there would replace.
#[tauri::command]
#[specta::specta]
pub(crate) async fn file_exists(shell: Shell<'_>, path: String) -> Result<bool, ApiError> {
    blocking(shell, move |_| Ok(Path::new(&path).exists())).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn project_verify(shell: Shell<'_>) -> Result<VerifyReport, ApiError> {
    blocking(shell, |desktop| desktop.session()?.verify()).await
}
