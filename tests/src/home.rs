//! A person's machine as the app sees it: a home folder of its own, and projects in it.

use std::path::{Path, PathBuf};

use tempfile::TempDir;
use wissil_session::App;

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

    /// A new one, where a person of that name and colour (`#rrggbb`) works.
    ///
    /// # Panics
    ///
    /// When the system has no room for it.
    #[track_caller]
    pub fn of(name: &str, color: &str) -> Home {
        let home = Home::new();
        let named = App::new(home.installation()).and_then(|app| app.set_person(name, color));
        if let Err(error) = named {
            panic!("{name} cannot move in: {error}");
        }
        home
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
