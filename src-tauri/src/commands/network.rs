//! The server of the open project.

use wissil_session::api::{ApiError, ConnectionInfo, Reach, ServerSettings, ShareInfo};

use super::{Shell, blocking};

#[tauri::command]
#[specta::specta]
pub(crate) async fn connection_info(shell: Shell<'_>) -> Result<ConnectionInfo, ApiError> {
    blocking(shell, |desktop| desktop.session()?.connection_info()).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn connection_connect(
    shell: Shell<'_>,
    server: ServerSettings,
) -> Result<(), ApiError> {
    blocking(shell, move |desktop| desktop.session()?.connect(server)).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn connection_disconnect(shell: Shell<'_>) -> Result<(), ApiError> {
    blocking(shell, |desktop| desktop.session()?.disconnect()).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn hosting_start(shell: Shell<'_>, reach: Reach) -> Result<(), ApiError> {
    blocking(shell, move |desktop| desktop.session()?.host(reach)).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn hosting_stop(shell: Shell<'_>) -> Result<(), ApiError> {
    blocking(shell, |desktop| desktop.session()?.stop_hosting()).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn share_info(shell: Shell<'_>) -> Result<ShareInfo, ApiError> {
    blocking(shell, |desktop| desktop.session()?.share()).await
}
