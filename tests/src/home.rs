//! A person's machine as the app sees it: a home folder of its own, and projects in it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tempfile::TempDir;
use wissil_session::App;

/// A fresh installation, gone with this value.
pub struct Home {
    folder: Arc<TempDir>,
    installation: &'static str,
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
            Ok(folder) => Home {
                folder: Arc::new(folder),
                installation: "installation",
            },
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

    /// Another installation for the same person of the system, as `WISSIL_HOME` makes one.
    pub fn another(&self, name: &'static str) -> Home {
        Home {
            folder: Arc::clone(&self.folder),
            installation: name,
        }
    }

    /// The home folder.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Where the installation keeps what is its own.
    pub fn installation(&self) -> PathBuf {
        self.path().join(self.installation)
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
