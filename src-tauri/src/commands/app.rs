//! The program itself and who uses it.

use tauri::AppHandle;
use wissil_session::api::{ApiError, AppInfo, Person};

use super::{Shell, blocking};

#[tauri::command]
#[specta::specta]
pub(crate) async fn app_info(shell: Shell<'_>) -> Result<AppInfo, ApiError> {
    blocking(shell, |desktop| desktop.app()?.info()).await
}

/// Closes the window and ends the program, whatever is not saved.
#[tauri::command]
#[specta::specta]
pub(crate) fn quit(app: AppHandle) {
    app.exit(0);
}

/// The window stays open, though somebody closed it: the page asks what is to become of it.
#[tauri::command]
#[specta::specta]
pub(crate) fn stay_open(shell: Shell<'_>) {
    shell.stay_open();
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn set_person(
    shell: Shell<'_>,
    name: String,
    color: String,
) -> Result<Person, ApiError> {
    blocking(shell, move |desktop| {
        let person = desktop.app()?.set_person(&name, &color)?;
        if let Ok(session) = desktop.session() {
            session.introduce(person.clone())?;
        }
        Ok(person)
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn recent_remove(shell: Shell<'_>, path: String) -> Result<(), ApiError> {
    blocking(shell, move |desktop| desktop.app()?.recent_remove(&path)).await
}

/// The page has taken what came of these feeds, which are named by their channels, and takes more.
#[tauri::command]
#[specta::specta]
pub(crate) async fn feeds_taken(shell: Shell<'_>, feeds: Vec<u32>) -> Result<(), ApiError> {
    blocking(shell, move |desktop| {
        desktop.feeds.taken(&feeds);
        Ok(())
    })
    .await
}
