//! What was last in agreement between the folder and the history, file by file.
//!
//! It tells a file that was deleted from one that has not arrived yet, and spares reading what was not touched. Losing
//! it loses nothing: files are read again, and nothing is taken for deleted.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write as _};
use std::ops::Bound;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use wissil_dag::Cid;

use super::path::AssetPath;
use super::stamp::Stamp;

/// The form of the file; another one reads as nothing.
const VERSION: u32 = 1;

/// The files that were last seen as the history has them.
#[derive(Debug)]
pub(crate) struct Ledger {
    file: PathBuf,
    entries: BTreeMap<AssetPath, Entry>,
    unsaved: bool,
}

/// A file that is as the history has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    /// Its content.
    pub object: Cid,
    /// How it looked when that was known.
    pub stamp: Stamp,
}

#[derive(Serialize, Deserialize)]
struct Stored {
    version: u32,
    files: BTreeMap<String, StoredEntry>,
}

#[derive(Serialize, Deserialize)]
struct StoredEntry {
    object: String,
    #[serde(flatten)]
    stamp: Stamp,
}

impl Ledger {
    /// Reads it; what is missing or damaged reads as nothing.
    pub fn open(file: PathBuf) -> Self {
        let entries = fs::read(&file)
            .ok()
            .and_then(|bytes| serde_json::from_slice::<Stored>(&bytes).ok())
            .filter(|stored| stored.version == VERSION)
            .map(|stored| stored.files.into_iter().filter_map(read_entry).collect())
            .unwrap_or_default();
        Self {
            file,
            entries,
            unsaved: false,
        }
    }

    pub fn get(&self, path: &AssetPath) -> Option<&Entry> {
        self.entries.get(path)
    }

    pub fn set(&mut self, path: AssetPath, entry: Entry) {
        self.unsaved |= self.entries.insert(path, entry) != Some(entry);
    }

    pub fn remove(&mut self, path: &AssetPath) {
        self.unsaved |= self.entries.remove(path).is_some();
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.unsaved |= !self.entries.is_empty();
        self.entries.clear();
    }

    /// The files at or below a path, by path; below nothing are all.
    pub fn within<'a>(
        &'a self,
        part: &'a str,
    ) -> impl Iterator<Item = (&'a AssetPath, &'a Entry)> + 'a {
        let folder = match part {
            "" => String::new(),
            part => format!("{part}/"),
        };
        let from = (Bound::Included(folder.as_str()), Bound::Unbounded);
        let below = self.entries.range::<str, _>(from);
        let exact = self.entries.get_key_value(part).into_iter();
        exact.chain(below.take_while(move |(path, _)| path.as_str().starts_with(&folder)))
    }

    /// All files, by path.
    pub fn iter(&self) -> impl Iterator<Item = (&AssetPath, &Entry)> {
        self.entries.iter()
    }

    /// Writes it where something changed.
    pub fn save(&mut self) -> io::Result<()> {
        if !self.unsaved {
            return Ok(());
        }
        let stored = Stored {
            version: VERSION,
            files: self
                .entries
                .iter()
                .map(|(path, entry)| {
                    let stored = StoredEntry {
                        object: entry.object.to_string(),
                        stamp: entry.stamp,
                    };
                    (path.to_string(), stored)
                })
                .collect(),
        };
        write(&self.file, &stored)?;
        self.unsaved = false;
        Ok(())
    }
}

fn read_entry((path, stored): (String, StoredEntry)) -> Option<(AssetPath, Entry)> {
    let entry = Entry {
        object: stored.object.parse().ok()?,
        stamp: stored.stamp,
    };
    Some((AssetPath::new(&path).ok()?, entry))
}

fn write(path: &Path, stored: &Stored) -> io::Result<()> {
    let unfinished = path.with_extension("json.unfinished");
    let mut out = BufWriter::new(File::create(&unfinished)?);
    serde_json::to_writer(&mut out, stored)?;
    out.flush()?;
    out.get_ref().sync_all()?;
    fs::rename(&unfinished, path)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use wissil_dag::{Codec, cid_of};

    #[test]
    fn it_is_as_it_was_saved_and_nothing_when_damaged() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("assets.json");
        let mut ledger = Ledger::open(file.clone());
        let path = AssetPath::new("models/hero.glb").unwrap();
        let entry = Entry {
            object: cid_of(Codec::RAW, b"hero"),
            stamp: Stamp {
                size: 4,
                modified: 1_763_000_000_123_456_789,
                changed: 7,
            },
        };
        ledger.set(path.clone(), entry);
        ledger.save().unwrap();
        assert_eq!(Ledger::open(file.clone()).get(&path), Some(&entry));
        let mut bytes = fs::read(&file).unwrap();
        bytes.truncate(bytes.len() / 2);
        fs::write(&file, bytes).unwrap();
        assert_eq!(Ledger::open(file).iter().count(), 0);
    }
}
