//! Where a project is made, so that of many who make one in a folder one does.

use std::fs::{self, File, TryLockError};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::api::{ApiError, ErrorCode};
use crate::project::file_identity;

/// Where projects are built, below their folder.
const BUILDING: &str = ".wissil-building";

/// Where a project is built for a folder. Whoever has it is alone there, whatever the others' installations are.
pub(crate) struct Site {
    folder: PathBuf,
    lock: File,
}

impl Site {
    /// Takes the site of a folder, and removes what a crash left there.
    ///
    /// # Errors
    /// [`ErrorCode::Locked`] while somebody else builds there.
    pub fn take(folder: &Path) -> Result<Self, ApiError> {
        let site = folder.join(BUILDING);
        let failed = |error: std::io::Error| ApiError::io("made", &site, &error);
        let path = site.join("lock");
        loop {
            fs::create_dir_all(&site).map_err(failed)?;
            let mut options = File::options();
            let lock = match options.create(true).truncate(false).write(true).open(&path) {
                // Whoever had it is done at this moment.
                Err(error) if error.kind() == ErrorKind::NotFound => continue,
                lock => lock.map_err(failed)?,
            };
            match lock.try_lock() {
                Ok(()) if !is_at(&lock, &path) => continue,
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => {
                    return Err(ApiError::new(
                        ErrorCode::Locked,
                        format!(
                            "another program is making a project in {}",
                            folder.display()
                        ),
                    ));
                }
                Err(TryLockError::Error(error)) => return Err(failed(error)),
            }
            for entry in fs::read_dir(&site).map_err(failed)? {
                let left = entry.map_err(failed)?.path();
                match left.is_dir() {
                    true => fs::remove_dir_all(&left).map_err(failed)?,
                    false if left != path => fs::remove_file(&left).map_err(failed)?,
                    false => {}
                }
            }
            return Ok(Self { folder: site, lock });
        }
    }

    /// The folder of the project that is built; it does not exist yet.
    pub fn building(&self) -> PathBuf {
        self.folder.join("project")
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        // While it is held: who waits for it sees that it is gone. What is left the next one removes.
        let _ = fs::remove_dir_all(&self.folder);
        // Closing it may not be enough: a process that is being started may hold it for a moment.
        let _ = self.lock.unlock();
    }
}

/// Whether an open file still stands at a path.
#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let open = file.metadata().map(|file| (file.dev(), file.ino())).ok();
    open.is_some() && open == file_identity(path)
}

#[cfg(not(unix))]
fn is_at(_: &File, path: &Path) -> bool {
    path.exists()
}
