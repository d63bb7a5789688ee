//! Where things stand in a project's folder, and how a change of a folder is made durable.

use std::io;
use std::path::{Path, PathBuf};

/// The folder that holds everything of ours.
pub(crate) fn folder(project: &Path) -> PathBuf {
    project.join(".wissil")
}

/// The database.
pub(crate) fn database(project: &Path) -> PathBuf {
    folder(project).join("session.db")
}

/// The database's journal, which holds the newest commits until they are copied into it.
pub(crate) fn journal(project: &Path) -> PathBuf {
    folder(project).join("session.db-wal")
}

/// The index of the journal, which all that have the database open share.
pub(crate) fn journal_index(project: &Path) -> PathBuf {
    folder(project).join("session.db-shm")
}

/// A database in the making.
pub(crate) fn new_database(project: &Path) -> PathBuf {
    folder(project).join("session.db.new")
}

/// The folder of the objects.
pub(crate) fn objects(project: &Path) -> PathBuf {
    folder(project).join("objects")
}

/// The file that the writer holds.
pub(crate) fn lock(project: &Path) -> PathBuf {
    folder(project).join("lock")
}

/// Makes created, renamed and removed names of a folder durable.
#[cfg(unix)]
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    std::fs::File::open(folder)?.sync_all()
}

/// Elsewhere a folder cannot be opened to be synced; the file system's own journal keeps names.
#[cfg(not(unix))]
pub(crate) fn sync_folder(_folder: &Path) -> io::Result<()> {
    Ok(())
}
