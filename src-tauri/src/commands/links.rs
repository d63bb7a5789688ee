//! Links to sessions of others.

use std::path::{Path, PathBuf};

use tauri::ipc::Channel;
use wissil_session::api::{ApiError, JoinProgress, LinkInfo, ProjectInfo};

use super::{Shell, blocking};
use crate::feeds::Latest;

#[tauri::command]
#[specta::specta]
pub(crate) async fn link_inspect(shell: Shell<'_>, link: String) -> Result<LinkInfo, ApiError> {
    blocking(shell, move |desktop| desktop.app()?.inspect_link(&link)).await
}

/// The link this process was asked to open, once.
#[tauri::command]
#[specta::specta]
pub(crate) async fn link_asked(shell: Shell<'_>) -> Result<Option<String>, ApiError> {
    blocking(shell, |desktop| Ok(desktop.take_link())).await
}

/// Fetches the session of a link; answers the folder of the project, which is to be opened then.
#[tauri::command]
#[specta::specta]
pub(crate) async fn project_fetch(
    shell: Shell<'_>,
    link: String,
    folder: String,
    channel: Channel<Latest<JoinProgress>>,
) -> Result<PathBuf, ApiError> {
    blocking(shell, move |desktop| {
        desktop.fetch_shared(&link, Path::new(&folder), desktop.feeds.sender(channel))
    })
    .await
}

/// Ends that; nothing is left behind when it answers.
#[tauri::command]
#[specta::specta]
pub(crate) async fn project_fetch_cancel(shell: Shell<'_>) -> Result<(), ApiError> {
    blocking(shell, |desktop| {
        desktop.cancel_fetching();
        Ok(())
    })
    .await
}

/// Has the session of a link, which is on this machine and goes to another server, go to the link's, and opens it.
#[tauri::command]
#[specta::specta]
pub(crate) async fn project_move(shell: Shell<'_>, link: String) -> Result<ProjectInfo, ApiError> {
    blocking(shell, move |desktop| {
        desktop.replace(|app| app.open(&app.move_to_link(&link)?))
    })
    .await
}
