//! Whether an open project still stands where it was opened.
//!
//! A folder can be deleted or moved while its files are open. They stay usable, so nothing would fail and everything would
//! look saved: only a look at the path tells.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crate::api::{ApiError, Displaced};
use crate::bridge::Bridge;
use crate::project::{database, file_identity};

/// How often is looked while nothing is done.
const LOOK: Duration = Duration::from_secs(1);

/// Where a project was opened.
#[derive(Clone, Debug)]
pub(crate) struct Whereabouts {
    database: PathBuf,
    /// Which file that was; none where the system has no names for files but their paths.
    file: Option<(u64, u64)>,
}

impl Whereabouts {
    /// Of the project that was just opened in a folder.
    pub fn of(folder: &Path) -> Self {
        let database = database(folder);
        Self {
            file: file_identity(&database),
            database,
        }
    }

    /// Whether the project in a folder is this one.
    pub fn is_in(&self, folder: &Path) -> bool {
        let other = database(folder);
        match self.file {
            Some(file) => file_identity(&other) == Some(file),
            None => other == self.database,
        }
    }

    /// Where it is instead; none while it is where it was opened.
    pub fn displaced(&self) -> Option<Displaced> {
        let stands = match self.file {
            Some(file) => file_identity(&self.database) == Some(file),
            None => self.database.exists(),
        };
        (!stands).then(|| Displaced {
            to: self.moved_to().map(|folder| folder.display().to_string()),
        })
    }

    /// The folder where the open files stand now, where the system tells.
    #[cfg(target_os = "linux")]
    pub fn moved_to(&self) -> Option<PathBuf> {
        let open = std::fs::read_dir("/proc/self/fd").ok()?;
        open.flatten()
            .map(|entry| entry.path())
            .filter(|file| self.file.is_some() && file_identity(file) == self.file)
            .filter_map(|file| std::fs::read_link(file).ok())
            // A deleted file keeps its name with a remark behind it.
            .filter(|file| file_identity(file) == self.file)
            .find_map(|file| Some(file.parent()?.parent()?.to_owned()))
    }

    /// The folder where the open files stand now, where the system tells.
    #[cfg(not(target_os = "linux"))]
    pub fn moved_to(&self) -> Option<PathBuf> {
        None
    }
}

/// Looks now and then whether a project still stands where it was opened, and tells its owning thread; ends when dropped.
pub(crate) struct Watch {
    end: Option<mpsc::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Watch {
    /// Begins.
    pub fn start(whereabouts: Whereabouts, bridge: Bridge) -> Result<Self, ApiError> {
        let (end, ended) = mpsc::channel();
        let look = move || {
            let mut told = None;
            while ended.recv_timeout(LOOK) == Err(RecvTimeoutError::Timeout) {
                let displaced = whereabouts.displaced();
                if told != displaced {
                    told.clone_from(&displaced);
                    bridge.tell(move |actor| actor.set_displaced(displaced));
                }
            }
        };
        let thread = thread::Builder::new()
            .name("whereabouts".into())
            .spawn(look)
            .map_err(|error| ApiError::internal(format!("no thread for the folder: {error}")))?;
        Ok(Self {
            end: Some(end),
            thread: Some(thread),
        })
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.end = None;
        if let Some(thread) = self.thread.take() {
            // A panic in it was reported where it happened.
            let _ = thread.join();
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::fs;

    use super::*;

    #[test]
    fn a_folder_is_missed_when_it_is_gone_moved_or_another() {
        let root = tempfile::tempdir().unwrap();
        let (game, moved) = (root.path().join("game"), root.path().join("moved"));
        fs::create_dir_all(game.join(".wissil")).unwrap();
        let file = fs::File::create(database(&game)).unwrap();
        let whereabouts = Whereabouts::of(&game);
        assert_eq!(whereabouts.displaced(), None);
        fs::rename(&game, &moved).unwrap();
        let displaced = whereabouts.displaced().unwrap();
        if cfg!(target_os = "linux") {
            assert_eq!(displaced.to, Some(moved.display().to_string()));
            assert!(whereabouts.is_in(&moved));
        }
        // Another one in its place is not this one.
        fs::create_dir_all(game.join(".wissil")).unwrap();
        fs::write(database(&game), "another").unwrap();
        assert!(whereabouts.displaced().is_some());
        assert!(!whereabouts.is_in(&game));
        fs::remove_dir_all(&game).unwrap();
        fs::rename(&moved, &game).unwrap();
        assert_eq!(whereabouts.displaced(), None);
        fs::remove_dir_all(&game).unwrap();
        assert_eq!(whereabouts.displaced(), Some(Displaced { to: None }));
        drop(file);
    }
}
