//! A person's machine as the app sees it: a home folder of its own, and projects in it.

use std::path::{Path, PathBuf};

use tempfile::TempDir;

/// A fresh installation, gone with this value.
pub struct Home {
    folder: TempDir,
}

impl Home {
    /// A new one.
    ///
    /// # Panics
    ///
    /// When the system has no room for it.
    #[track_caller]
    pub fn new() -> Home {
        match tempfile::Builder::new().prefix("wissil-").tempdir() {
            Ok(folder) => Home { folder },
            Err(error) => panic!("cannot make a folder for the test: {error}"),
        }
    }

    /// The home folder.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Where the installation keeps what is its own.
    pub fn installation(&self) -> PathBuf {
        self.path().join("installation")
    }

    /// Where new projects go.
    pub fn projects(&self) -> PathBuf {
        self.installation().join("projects")
    }
}

impl Default for Home {
    fn default() -> Self {
        Home::new()
    }
}
