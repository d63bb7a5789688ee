//! The socket of a project that is open.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinHandle;

use super::address;
use crate::network::runtime;
use crate::session::Session;

/// How long is waited before others are let in again.
const PAUSE: Duration = Duration::from_millis(100);

/// Lets other programs of this user in, until it is dropped.
pub(crate) struct Host {
    folder: PathBuf,
    path: PathBuf,
    accepting: JoinHandle<()>,
}

impl Host {
    /// For the project in a folder, which is open here.
    pub(crate) fn open(session: &Session, folder: &Path) -> io::Result<Self> {
        let (listener, path) = address::bind(folder)?;
        let guests = Arc::clone(session.guests());
        let runtime = runtime().map_err(io::Error::other)?;
        listener.set_nonblocking(true)?;
        let _entered = runtime.enter();
        let listener = tokio::net::UnixListener::from_std(listener)?;
        let session = session.downgrade();
        let user = address::user()?;
        let accepting = runtime.spawn(async move {
            loop {
                let Ok((stream, _)) = listener.accept().await else {
                    // Out of files, say: what there is goes on, and others come when there are some again.
                    tokio::time::sleep(PAUSE).await;
                    continue;
                };
                if !stream.peer_cred().is_ok_and(|peer| peer.uid() == user) {
                    continue;
                }
                let taken = stream.into_std().and_then(|stream| {
                    stream.set_nonblocking(false)?;
                    guests.take_in(&session, stream)
                });
                if let Err(error) = taken {
                    eprintln!(
                        "a program that wanted to work on this project was not let in: {error}"
                    );
                }
            }
        });
        Ok(Self {
            folder: folder.to_owned(),
            path,
            accepting,
        })
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        // The lock is held until after it, so it is nobody else's.
        address::unbind(&self.folder, &self.path);
        self.accepting.abort();
    }
}
