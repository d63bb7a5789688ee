//! The commands of the window, by capability. Each one translates: arguments in, one call of the façade, its answer out.
//!
//! The façade blocks, so every call runs on a thread that may; the main thread, which draws, never waits.

pub(crate) mod app;
pub(crate) mod assets;
pub(crate) mod documents;
pub(crate) mod history;
pub(crate) mod links;
pub(crate) mod live;
pub(crate) mod network;
pub(crate) mod picture;
pub(crate) mod project;
pub(crate) mod scene;

use std::sync::Arc;

use tauri::State;
use wissil_session::api::{ApiError, ErrorCode};

use crate::state::Desktop;

type Shell<'a> = State<'a, Arc<Desktop>>;

/// Runs a call of the façade where it may block.
async fn blocking<T: Send + 'static>(
    shell: Shell<'_>,
    call: impl FnOnce(&Arc<Desktop>) -> Result<T, ApiError> + Send + 'static,
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
