//! Where network tasks run: one small pool for the whole process, started when it is first needed.

use std::sync::OnceLock;

use tokio::runtime::{Builder, Runtime};

use crate::api::ApiError;

/// Threads of the pool. The work is waiting; hashing runs beside the thread that owns the project.
const THREADS: usize = 2;

/// How many pairs of sockets are tried to open first: more than the pool takes.
#[cfg(unix)]
const ROOM: usize = 6;

/// Looks whether the pool can be made: where there is no room for what it opens, part of it panics instead of failing.
fn check_room() -> Result<(), String> {
    #[cfg(unix)]
    {
        let mut opened = Vec::new();
        for _ in 0..ROOM {
            let pair = std::os::unix::net::UnixStream::pair();
            opened.push(pair.map_err(|error| {
                format!("{error}; allow this program more open files (`ulimit -n`)")
            })?);
        }
    }
    Ok(())
}

/// The pool.
pub(crate) fn runtime() -> Result<&'static Runtime, ApiError> {
    static POOL: OnceLock<Result<Runtime, String>> = OnceLock::new();
    POOL.get_or_init(|| {
        check_room()?;
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
