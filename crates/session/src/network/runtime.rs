//! Where network tasks run: one small pool for the whole process, started when it is first needed.

use std::sync::OnceLock;

use tokio::runtime::{Builder, Runtime};

use crate::api::ApiError;

/// Threads of the pool. The work is waiting; hashing runs beside the thread that owns the project.
const THREADS: usize = 2;

/// The pool.
pub(crate) fn runtime() -> Result<&'static Runtime, ApiError> {
    static POOL: OnceLock<Result<Runtime, String>> = OnceLock::new();
    POOL.get_or_init(|| {
        Builder::new_multi_thread()
            .worker_threads(THREADS)
            .thread_name("network")
            .enable_all()
            .build()
            .map_err(|error| error.to_string())
    })
    .as_ref()
    .map_err(|error| ApiError::internal(format!("the network cannot be used here: {error}")))
}
