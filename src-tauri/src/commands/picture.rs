//! What the page asks that takes a picture.

use std::sync::Arc;

use tauri::AppHandle;
use tauri::ipc::{InvokeBody, Request};
use wissil_session::api::{ApiError, ErrorCode};

use crate::picture::{self, Picture, PictureAsked};

fn picture(app: &AppHandle) -> Result<Arc<Picture>, ApiError> {
    let picture = picture::asked_of(app)
        .ok_or_else(|| ApiError::new(ErrorCode::NotFound, "no picture was asked for"))?;
    picture.hear();
    Ok(picture)
}

/// What is to be drawn.
#[tauri::command]
#[specta::specta]
pub(crate) fn picture_asked(app: AppHandle) -> Result<PictureAsked, ApiError> {
    Ok(picture(&app)?.asked.clone())
}

/// Tells whoever asked for it how far it is, or what it will lack.
#[tauri::command]
#[specta::specta]
pub(crate) fn picture_says(app: AppHandle, words: String) -> Result<(), ApiError> {
    picture(&app)?;
    eprintln!("{words}");
    Ok(())
}

/// There will be none, for a reason that whoever asked can do something about.
#[tauri::command]
#[specta::specta]
pub(crate) fn picture_refused(app: AppHandle, why: String) -> Result<(), ApiError> {
    picture(&app)?;
    picture::fail(&app, &why, 1);
    Ok(())
}

/// There will be none, because this machine cannot draw it.
#[tauri::command]
#[specta::specta]
pub(crate) fn picture_failed(app: AppHandle, why: String) -> Result<(), ApiError> {
    picture(&app)?;
    picture::fail(&app, &why, 2);
    Ok(())
}

/// Here it is, as a PNG: the body of the call.
#[tauri::command]
pub(crate) async fn picture_taken(app: AppHandle, request: Request<'_>) -> Result<(), ApiError> {
    let picture = picture(&app)?;
    let InvokeBody::Raw(bytes) = request.body() else {
        return Err(ApiError::new(ErrorCode::Invalid, "a picture is bytes"));
    };
    match wissil_session::write_file(&picture.file, bytes) {
        Ok(()) => app.exit(0),
        Err(error) => picture::fail(&app, &error.message, 2),
    }
    Ok(())
}
