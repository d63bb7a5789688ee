//! What tells that a file was not touched, without reading it.

use std::fs::Metadata;
use std::time::UNIX_EPOCH;

use serde::{Deserialize, Serialize};

/// A file's length and times; as long as they stay, so does its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Stamp {
    /// Its length in bytes.
    pub size: u64,
    /// When its content was last written, nanoseconds since 1970.
    pub modified: i64,
    /// When anything of it last changed, nanoseconds since 1970; 0 where the system does not say. It catches tools
    /// that set back the other time.
    pub changed: i64,
}

impl Stamp {
    /// Of a file.
    pub fn of(metadata: &Metadata) -> Self {
        let modified = metadata
            .modified()
            .ok()
            .and_then(|time| time.duration_since(UNIX_EPOCH).ok())
            .map_or(0, |since| since.as_nanos() as i64);
        Self {
            size: metadata.len(),
            modified,
            changed: changed(metadata),
        }
    }

    /// Whether length and time of writing are those of another: what a rename leaves.
    pub fn same_content(&self, other: &Self) -> bool {
        (self.size, self.modified) == (other.size, other.modified)
    }
}

#[cfg(unix)]
fn changed(metadata: &Metadata) -> i64 {
    use std::os::unix::fs::MetadataExt;
    metadata
        .ctime()
        .saturating_mul(1_000_000_000)
        .saturating_add(metadata.ctime_nsec())
}

#[cfg(not(unix))]
fn changed(_: &Metadata) -> i64 {
    0
}
