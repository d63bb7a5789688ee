//! The files of the project.

use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tauri::ipc::Channel;
use wissil_session::api::{Added, ApiError, AssetInfo, ErrorCode};

use super::{Shell, blocking, sender};

#[tauri::command]
#[specta::specta]
pub(crate) async fn assets(shell: Shell<'_>) -> Result<Vec<AssetInfo>, ApiError> {
    blocking(shell, |desktop| desktop.session()?.assets()).await
}

/// Begins an upload of files into a folder below `assets/`, or into `assets/` itself when that is empty.
#[tauri::command]
#[specta::specta]
pub(crate) async fn upload_begin(shell: Shell<'_>, into: String) -> Result<u32, ApiError> {
    blocking(shell, move |desktop| desktop.session()?.begin_upload(&into)).await
}

/// Reads files that stand on this disk into an upload. The channel carries how much of them is read, in percent.
#[tauri::command]
#[specta::specta]
pub(crate) async fn upload_from_disk(
    shell: Shell<'_>,
    upload: u32,
    paths: Vec<PathBuf>,
    channel: Channel<u32>,
) -> Result<(), ApiError> {
    blocking(shell, move |desktop| {
        desktop
            .session()?
            .upload_from_disk(upload, &paths, sender(channel))
    })
    .await
}

/// Begins the next file of an upload that the page has and whose path nobody knows; whether it is wanted.
#[tauri::command]
#[specta::specta]
pub(crate) async fn upload_file(
    shell: Shell<'_>,
    upload: u32,
    path: String,
) -> Result<bool, ApiError> {
    blocking(shell, move |desktop| {
        desktop.session()?.upload_file(upload, &path)
    })
    .await
}

/// Takes the next bytes of that file, in base64.
#[tauri::command]
#[specta::specta]
pub(crate) async fn upload_piece(
    shell: Shell<'_>,
    upload: u32,
    bytes: String,
) -> Result<(), ApiError> {
    blocking(shell, move |desktop| {
        let bytes = STANDARD.decode(bytes).map_err(|error| {
            ApiError::with_cause(ErrorCode::Invalid, "a piece of a file is no base64", &error)
        })?;
        desktop.session()?.upload_piece(upload, &bytes)
    })
    .await
}

/// Adds the files of an upload to the project.
#[tauri::command]
#[specta::specta]
pub(crate) async fn upload_finish(shell: Shell<'_>, upload: u32) -> Result<Added, ApiError> {
    blocking(shell, move |desktop| {
        desktop.session()?.finish_upload(upload)
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn upload_cancel(shell: Shell<'_>, upload: u32) -> Result<(), ApiError> {
    blocking(shell, move |desktop| {
        desktop.session()?.cancel_upload(upload);
        Ok(())
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn asset_rename(
    shell: Shell<'_>,
    asset: String,
    path: String,
) -> Result<(), ApiError> {
    blocking(shell, move |desktop| {
        desktop.session()?.rename_asset(&asset, &path)
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn asset_delete(shell: Shell<'_>, asset: String) -> Result<(), ApiError> {
    blocking(shell, move |desktop| {
        desktop.session()?.delete_asset(&asset)
    })
    .await
}

/// Has a file that is not here fetched before others.
#[tauri::command]
#[specta::specta]
pub(crate) async fn asset_want(shell: Shell<'_>, asset: String) -> Result<(), ApiError> {
    blocking(shell, move |desktop| desktop.session()?.want_asset(&asset)).await
}

/// A small PNG of a file, as a data URL; none when there is none.
#[tauri::command]
#[specta::specta]
pub(crate) async fn asset_thumbnail(
    shell: Shell<'_>,
    asset: String,
) -> Result<Option<String>, ApiError> {
    blocking(shell, move |desktop| {
        desktop.session()?.asset_thumbnail(&asset)
    })
    .await
}
