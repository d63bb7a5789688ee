//! The commands of the window. Each one translates: arguments in, one call of the façade, its answer out.
//!
//! The façade blocks, so every call runs on a thread that may; the main thread, which draws, never waits.

use std::path::Path;
use std::sync::Arc;

use tauri::State;
use tauri::ipc::Channel;
use wissil_session::Operation;
use wissil_session::api::{
    ApiError, AppInfo, Delta, DocumentInfo, EditResult, ErrorCode, EventRow, FindHit,
    OpenedDocument, Person, Problem, ProjectInfo, SessionMessage, SessionStatus, VerifyReport,
};

use crate::change::Change;

use crate::state::Desktop;

type Shell<'a> = State<'a, Arc<Desktop>>;

/// Runs a call of the façade where it may block.
async fn blocking<T: Send + 'static>(
    shell: Shell<'_>,
    call: impl FnOnce(&Desktop) -> Result<T, ApiError> + Send + 'static,
) -> Result<T, ApiError> {
    let desktop = Arc::clone(&shell);
    tauri::async_runtime::spawn_blocking(move || call(&desktop))
        .await
        .unwrap_or_else(|error| {
            Err(ApiError::with_cause(
                ErrorCode::Internal,
                "the command failed inside; what was saved before is safe",
                &error,
            ))
        })
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn app_info(shell: Shell<'_>) -> Result<AppInfo, ApiError> {
    blocking(shell, |desktop| desktop.app()?.info()).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn set_person(
    shell: Shell<'_>,
    name: String,
    color: String,
) -> Result<Person, ApiError> {
    blocking(shell, move |desktop| {
        desktop.app()?.set_person(&name, &color)
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn recent_remove(shell: Shell<'_>, path: String) -> Result<(), ApiError> {
    blocking(shell, move |desktop| desktop.app()?.recent_remove(&path)).await
}

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
    blocking(shell, move |desktop| {
        desktop.replace(|app| app.open(Path::new(&path)))
    })
    .await
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
    blocking(shell, |desktop| desktop.replace(|app| app.sample())).await
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
    blocking(shell, Desktop::current).await
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

#[tauri::command]
#[specta::specta]
pub(crate) async fn project_verify(shell: Shell<'_>) -> Result<VerifyReport, ApiError> {
    blocking(shell, |desktop| desktop.session()?.verify()).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn document_open(
    shell: Shell<'_>,
    document: String,
    channel: Channel<Delta>,
) -> Result<OpenedDocument, ApiError> {
    blocking(shell, move |desktop| {
        desktop.session()?.open_document(&document, sender(channel))
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

#[tauri::command]
#[specta::specta]
pub(crate) async fn document_edit(
    shell: Shell<'_>,
    document: String,
    event_type: String,
    changes: Vec<Change>,
) -> Result<EditResult, ApiError> {
    blocking(shell, move |desktop| {
        let changes = changes.into_iter().map(Into::into).collect();
        desktop.session()?.edit(&document, &event_type, changes)
    })
    .await
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
) -> Result<(), ApiError> {
    blocking(shell, move |desktop| {
        desktop.session()?.rename_document(&document, &name)
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn document_delete(shell: Shell<'_>, document: String) -> Result<(), ApiError> {
    blocking(shell, move |desktop| {
        desktop.session()?.delete_document(&document)
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn session_subscribe(
    shell: Shell<'_>,
    channel: Channel<SessionMessage>,
) -> Result<SessionStatus, ApiError> {
    blocking(shell, move |desktop| {
        desktop.session()?.subscribe(sender(channel))
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn session_events(
    shell: Shell<'_>,
    before: Option<String>,
    limit: u32,
    document: Option<String>,
) -> Result<Vec<EventRow>, ApiError> {
    blocking(shell, move |desktop| {
        desktop
            .session()?
            .events(before.as_deref(), limit, document.as_deref())
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn event_show(shell: Shell<'_>, cid: String) -> Result<String, ApiError> {
    blocking(shell, move |desktop| {
        let event = desktop.session()?.event_json(&cid)?;
        serde_json::to_string_pretty(&event)
            .map_err(|error| ApiError::new(ErrorCode::Internal, error.to_string()))
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

/// What the façade calls with each message of a view. A page that went away takes no more messages, and needs none:
/// the next one subscribes anew.
fn sender<T: tauri::ipc::IpcResponse + Send + 'static>(
    channel: Channel<T>,
) -> Box<dyn FnMut(T) + Send> {
    Box::new(move |message| drop(channel.send(message)))
}
