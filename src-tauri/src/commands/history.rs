//! What happened in the session, and work that was set aside.

use tauri::ipc::Channel;
use wissil_session::api::{
    ApiError, ErrorCode, EventRow, MadeAgain, SessionMessage, SessionStatus, Touched,
};

use super::{Shell, blocking};
use crate::feeds::Ordered;

#[tauri::command]
#[specta::specta]
pub(crate) async fn session_subscribe(
    shell: Shell<'_>,
    channel: Channel<Ordered<SessionMessage>>,
) -> Result<SessionStatus, ApiError> {
    blocking(shell, move |desktop| {
        desktop.session()?.subscribe(desktop.feeds.sender(channel))
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
pub(crate) async fn event_touched(shell: Shell<'_>, cid: String) -> Result<Vec<Touched>, ApiError> {
    blocking(shell, move |desktop| desktop.session()?.event_touched(&cid)).await
}

/// Makes work that was set aside again.
#[tauri::command]
#[specta::specta]
pub(crate) async fn set_aside_make_again(shell: Shell<'_>) -> Result<MadeAgain, ApiError> {
    blocking(shell, |desktop| desktop.session()?.make_again()).await
}

/// Leaves work that was set aside.
#[tauri::command]
#[specta::specta]
pub(crate) async fn set_aside_leave(shell: Shell<'_>) -> Result<(), ApiError> {
    blocking(shell, |desktop| desktop.session()?.leave_aside()).await
}
