//! The files of the project.

use std::path::PathBuf;

use tauri::ipc::{Channel, InvokeBody, Request};
use wissil_session::api::{Added, ApiError, AssetInfo, ErrorCode};

use super::{Shell, blocking};
use crate::feeds::Latest;

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
    channel: Channel<Latest<u32>>,
) -> Result<(), ApiError> {
    blocking(shell, move |desktop| {
        desktop
            .session()?
            .upload_from_disk(upload, &paths, desktop.feeds.sender(channel))
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

/// Takes the next bytes of that file, as they are; the header `upload` says of which upload.
#[tauri::command]
pub(crate) async fn upload_piece(shell: Shell<'_>, request: Request<'_>) -> Result<(), ApiError> {
    let upload = request.headers().get("upload");
    let upload = upload.and_then(|number| number.to_str().ok()?.parse().ok());
    let (Some(upload), InvokeBody::Raw(bytes)) = (upload, request.body()) else {
        return Err(ApiError::new(
            ErrorCode::Invalid,
            "a piece of a file is bytes, and says which upload it is of",
        ));
    };
    let bytes = bytes.clone();
    blocking(shell, move |desktop| {
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
