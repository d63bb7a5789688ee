//! Documents: their content, their list, what is found in them.

use tauri::ipc::Channel;
use wissil_session::Operation;
use wissil_session::api::{
    ApiError, Deletion, Delta, DocumentInfo, EditResult, FindHit, NextSteps, OpenedDocument,
    Problem,
};

use super::{Shell, blocking};
use crate::change::Change;
use crate::feeds::Ordered;
use crate::row::Gesture;

#[tauri::command]
#[specta::specta]
pub(crate) async fn document_open(
    shell: Shell<'_>,
    document: String,
    channel: Channel<Ordered<Delta>>,
) -> Result<OpenedDocument, ApiError> {
    blocking(shell, move |desktop| {
        desktop
            .session()?
            .open_document(&document, desktop.feeds.sender(channel))
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn document_close(shell: Shell<'_>, subscription: u32) -> Result<(), ApiError> {
    blocking(shell, move |desktop| {
        desktop.session()?.close_document(subscription)
    })
    .await
}

/// Makes a gesture once those before its place in the row are made. It is saved when this answers.
#[tauri::command]
#[specta::specta]
pub(crate) async fn document_edit(
    shell: Shell<'_>,
    row: u32,
    place: u32,
    document: String,
    event_type: String,
    changes: Vec<Change>,
) -> Result<EditResult, ApiError> {
    blocking(shell, move |desktop| {
        let gesture = Gesture {
            document,
            event_type,
            changes: changes.into_iter().map(Into::into).collect(),
        };
        desktop.rows.edit(desktop.session()?, row, place, gesture)
    })
    .await
}

/// Ends a row of gestures: what waits in it for one that never came is not made.
#[tauri::command]
#[specta::specta]
pub(crate) async fn edits_end(shell: Shell<'_>, row: u32) -> Result<(), ApiError> {
    blocking(shell, move |desktop| {
        desktop.rows.end(row);
        Ok(())
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn next_steps(shell: Shell<'_>) -> Result<NextSteps, ApiError> {
    blocking(shell, move |desktop| desktop.session()?.next_steps()).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn document_undo(
    shell: Shell<'_>,
    document: String,
) -> Result<EditResult, ApiError> {
    blocking(shell, move |desktop| desktop.session()?.undo(&document)).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn document_redo(
    shell: Shell<'_>,
    document: String,
) -> Result<EditResult, ApiError> {
    blocking(shell, move |desktop| desktop.session()?.redo(&document)).await
}

/// Takes back the gesture that an event belongs to, whatever came after it.
#[tauri::command]
#[specta::specta]
pub(crate) async fn gesture_undo(
    shell: Shell<'_>,
    document: String,
    event: String,
) -> Result<EditResult, ApiError> {
    blocking(shell, move |desktop| {
        desktop.session()?.undo_gesture(&document, &event)
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn document_create(
    shell: Shell<'_>,
    kind: String,
    name: String,
) -> Result<DocumentInfo, ApiError> {
    blocking(shell, move |desktop| {
        desktop.session()?.create_document(&kind, &name)
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn document_rename(
    shell: Shell<'_>,
    document: String,
    name: String,
) -> Result<EditResult, ApiError> {
    blocking(shell, move |desktop| {
        desktop.session()?.rename_document(&document, &name)
    })
    .await
}

/// Gives a document another place in lists, counted from 0.
#[tauri::command]
#[specta::specta]
pub(crate) async fn document_move(
    shell: Shell<'_>,
    document: String,
    to: u32,
) -> Result<EditResult, ApiError> {
    blocking(shell, move |desktop| {
        desktop.session()?.move_document(&document, to)
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn document_delete(
    shell: Shell<'_>,
    document: String,
) -> Result<EditResult, ApiError> {
    blocking(shell, move |desktop| {
        desktop.session()?.delete_document(&document)
    })
    .await
}

/// What became of a document that is not in the project any more; none where nothing is known of it.
#[tauri::command]
#[specta::specta]
pub(crate) async fn document_deletion(
    shell: Shell<'_>,
    document: String,
) -> Result<Option<Deletion>, ApiError> {
    blocking(shell, move |desktop| desktop.session()?.deletion(&document)).await
}

/// Brings a deleted document back, whoever deleted it.
#[tauri::command]
#[specta::specta]
pub(crate) async fn document_restore(
    shell: Shell<'_>,
    document: String,
) -> Result<EditResult, ApiError> {
    blocking(shell, move |desktop| {
        desktop.session()?.restore_document(&document)
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn operations(shell: Shell<'_>) -> Result<Vec<Operation>, ApiError> {
    blocking(shell, |_| Ok(wissil_session::operations().to_vec())).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn problems(shell: Shell<'_>) -> Result<Vec<Problem>, ApiError> {
    blocking(shell, |desktop| desktop.session()?.problems()).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn find(
    shell: Shell<'_>,
    query: String,
    limit: u32,
) -> Result<Vec<FindHit>, ApiError> {
    blocking(shell, move |desktop| desktop.session()?.find(&query, limit)).await
}
