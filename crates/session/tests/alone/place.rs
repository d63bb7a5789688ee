//! An installation in a folder of its own.

use std::path::PathBuf;

use wissil_session::App;

/// Goes with its folder.
pub struct Place {
    _folder: tempfile::TempDir,
    pub root: PathBuf,
    pub app: App,
}

pub fn place() -> Place {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().canonicalize().unwrap();
    Place {
        app: App::new(root.join("home")).unwrap(),
        root,
        _folder: folder,
    }
}
