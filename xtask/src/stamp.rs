//! Work that is done again only when what it depends on has changed.

use std::fs;
use std::hash::{DefaultHasher, Hasher};
use std::path::{Path, PathBuf};

use crate::fail::{Result, fail};

/// A file that remembers the inputs some work was last done with.
pub struct Stamp {
    file: PathBuf,
    inputs: String,
}

impl Stamp {
    /// The stamp in `file` for work that depends on `inputs`: files, and folders with all they hold.
    pub fn of(file: impl Into<PathBuf>, inputs: &[&str]) -> Result<Stamp> {
        let mut files = Vec::new();
        for input in inputs {
            collect(Path::new(input), &mut files)?;
        }
        files.sort();
        let mut hasher = DefaultHasher::new();
        for path in &files {
            hasher.write(path.to_string_lossy().as_bytes());
            let bytes = fs::read(path)
                .map_err(|error| fail(format!("cannot read {}: {error}", path.display())))?;
            hasher.write_usize(bytes.len());
            hasher.write(&bytes);
        }
        Ok(Stamp {
            file: file.into(),
            inputs: format!("{:016x} {} files\n", hasher.finish(), files.len()),
        })
    }

    /// Whether the work was done with these very inputs.
    pub fn is_fresh(&self) -> bool {
        fs::read_to_string(&self.file).is_ok_and(|text| text == self.inputs)
    }

    /// Remembers that the work has been done with these inputs.
    pub fn set(&self) -> Result<()> {
        fs::write(&self.file, &self.inputs)
            .map_err(|error| fail(format!("cannot write {}: {error}", self.file.display())))
    }
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    if path.is_dir() {
        let entries = fs::read_dir(path)
            .map_err(|error| fail(format!("cannot list {}: {error}", path.display())))?;
        for entry in entries {
            collect(&entry?.path(), files)?;
        }
    } else if path.is_file() {
        files.push(path.to_path_buf());
    }
    Ok(())
}
