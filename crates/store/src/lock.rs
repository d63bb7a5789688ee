//! The lock that keeps a second writer out of a project.

use std::fs::{File, TryLockError};
use std::path::Path;

use wissil_sync::StoreError;

use crate::{error, layout};

/// Held as long as it lives; the system takes it back when the process ends, however it ends.
#[derive(Debug)]
pub(crate) struct Lock {
    file: File,
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Closing the file is not enough: a process that is being started at this moment holds a copy of it until it
        // runs its own program, and the lock with it. If this fails, closing has to do.
        let _ = self.file.unlock();
    }
}

impl Lock {
    /// Takes the lock of a project whose `.wissil` folder exists.
    pub fn take(project: &Path) -> Result<Self, StoreError> {
        let path = layout::lock(project);
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(error::file("opened", &path))?;
        match file.try_lock() {
            Ok(()) => Ok(Self { file }),
            Err(TryLockError::WouldBlock) => Err(StoreError::Locked),
            Err(TryLockError::Error(cause)) => Err(error::io("opened")(cause)),
        }
    }
}
