//! How many events a project has, kept outside of it.

use std::cell::Cell;
use std::fs::{self, File};
use std::path::Path;

use crate::api::ApiError;

/// How many events the project held at least, kept outside of it: a project that holds fewer was restored.
///
/// It is written after every commit and not synced: it survives the process, which is what matters, and losing it
/// with the machine only makes a restored copy harder to notice.
pub(crate) struct PositionFile {
    file: Option<File>,
    /// How many of the events were made under the project's key.
    own: Cell<u64>,
}

/// What a position file says.
#[derive(Clone, Copy, Default)]
pub(crate) struct Position {
    /// How many events there were.
    pub events: u64,
    /// How many of them were made here; none in what an earlier version wrote.
    pub own: Option<u64>,
}

impl PositionFile {
    /// Of a replica, which has made so many events.
    pub fn open(path: &Path, own: u64) -> Result<Self, ApiError> {
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(path)
            .map_err(|error| ApiError::io("opened", path, &error))?;
        Ok(Self {
            file: Some(file),
            own: own.into(),
        })
    }

    /// For a project that is only read.
    pub fn none() -> Self {
        Self {
            file: None,
            own: Cell::default(),
        }
    }

    /// What stands in one; nothing where there is none.
    pub fn read(path: &Path) -> Position {
        let bytes = fs::read(path).unwrap_or_default();
        let (numbers, _) = bytes.as_chunks();
        let number = |at| numbers.get(at).map(|bytes| u64::from_le_bytes(*bytes));
        Position {
            events: number(0).unwrap_or_default(),
            own: number(1),
        }
    }

    /// Notes how many events there are now, `made` more of them made here than before; whether that went well. The commit
    /// stands either way.
    pub fn note_made(&self, made: u64, events: u64) -> bool {
        self.own.set(self.own.get() + made);
        self.note(events)
    }

    /// Notes how many events there are now; whether that went well. The commit stands either way.
    pub fn note(&self, events: u64) -> bool {
        let Some(file) = &self.file else { return true };
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&events.to_le_bytes());
        bytes[8..].copy_from_slice(&self.own.get().to_le_bytes());
        #[cfg(unix)]
        let written = std::os::unix::fs::FileExt::write_all_at(file, &bytes, 0);
        #[cfg(windows)]
        let written = std::os::windows::fs::FileExt::seek_write(file, &bytes, 0);
        written.is_ok()
    }
}
