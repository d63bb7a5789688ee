//! The lock that keeps a second writer out of a project.

use std::fs::{File, TryLockError};
use std::path::Path;

use wissil_sync::StoreError;

use crate::{error, layout};

/// Held as long as it lives; the system takes it back when the process ends, however it ends.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the lock of a project whose `.wissil` folder exists.
    pub fn take(project: &Path) -> Result<Self, StoreError> {
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(layout::lock(project))
            .map_err(error::io("opened"))?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(StoreError::Locked),
            Err(TryLockError::Error(cause)) => Err(error::io("opened")(cause)),
        }
    }
}
