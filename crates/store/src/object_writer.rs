//! Objects that come piece by piece.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use wissil_dag::{Cid, CidHasher};
use wissil_sync::StoreError;

use crate::objects::{FileObjects, UNFINISHED};
use crate::{error, layout};

/// An object that is being written. It takes its place, durable and whole, with [`finish`](Self::finish); dropped
/// before, it leaves nothing.
#[derive(Debug)]
pub struct ObjectWriter {
    objects: FileObjects,
    unfinished: PathBuf,
    /// Taken when the object takes its place.
    file: Option<File>,
    hasher: CidHasher,
    length: u64,
}

/// Tells the writers of this process apart; no other one writes the project.
static WRITERS: AtomicU64 = AtomicU64::new(0);

impl ObjectWriter {
    /// Writes below the folder of the objects, where no name tells yet which object it becomes.
    pub(crate) fn new(objects: FileObjects, folder: &Path) -> io::Result<Self> {
        let number = WRITERS.fetch_add(1, Ordering::Relaxed);
        let unfinished = folder.join(format!("{number}.{UNFINISHED}"));
        let file = File::create(&unfinished)?;
        Ok(Self {
            objects,
            unfinished,
            file: Some(file),
            hasher: CidHasher::new(),
            length: 0,
        })
    }

    /// How many bytes came.
    #[must_use]
    pub fn length(&self) -> u64 {
        self.length
    }

    /// Keeps the bytes that came as an object under a codec.
    pub fn finish(self, codec: u64) -> Result<Cid, StoreError> {
        let cid = self.hasher.clone().finish(codec);
        self.place(&cid).map_err(error::io("saved"))?;
        Ok(cid)
    }

    /// Keeps the bytes that came if they are the content that a CID names; else nothing is kept, and it is damage.
    pub fn finish_as(self, cid: &Cid) -> Result<(), StoreError> {
        if self.hasher.clone().finish(cid.codec()) != *cid {
            return Err(error::damaged(
                format!("object {cid}"),
                "what came is not its content",
            ));
        }
        self.place(cid).map_err(error::io("saved"))
    }

    fn place(mut self, cid: &Cid) -> io::Result<()> {
        let path = self.objects.path_of(cid);
        let Some(file) = self.file.take() else {
            return Err(io::ErrorKind::InvalidInput.into());
        };
        let placed = place(&file, &self.unfinished, &path);
        drop(file);
        if placed.is_err() {
            let _ = fs::remove_file(&self.unfinished);
        }
        placed
    }
}

fn place(file: &File, unfinished: &Path, path: &Path) -> io::Result<()> {
    let Some(shelf) = path.parent() else {
        return Err(io::ErrorKind::InvalidInput.into());
    };
    if !shelf.is_dir() {
        fs::create_dir_all(shelf)?;
        shelf.parent().map_or(Ok(()), layout::sync_folder)?;
    }
    file.sync_all()?;
    // The same object again heals what may have been damaged.
    fs::rename(unfinished, path)?;
    layout::sync_folder(shelf)
}

impl Write for ObjectWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let Some(file) = &mut self.file else {
            return Err(io::ErrorKind::InvalidInput.into());
        };
        let written = file.write(bytes)?;
        self.hasher.update(&bytes[..written]);
        self.length += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for ObjectWriter {
    fn drop(&mut self) {
        if self.file.take().is_some() {
            let _ = fs::remove_file(&self.unfinished);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::objects::files;
    use tempfile::TempDir;
    use wissil_dag::{Codec, cid_of};
    use wissil_sync::ObjectStore as _;

    const BYTES: &[u8] = b"a lid with a hinge";

    #[test]
    fn pieces_become_the_object_that_the_whole_would_be() {
        let project = TempDir::new().unwrap();
        let objects = FileObjects::open(project.path()).unwrap();
        let mut writer = objects.begin().unwrap();
        for piece in BYTES.chunks(5) {
            writer.write_all(piece).unwrap();
        }
        assert_eq!(writer.length(), BYTES.len() as u64);
        assert_eq!(objects.list().unwrap(), []);
        let cid = writer.finish(Codec::RAW).unwrap();
        assert_eq!(cid, cid_of(Codec::RAW, BYTES));
        assert_eq!(objects.get(&cid).unwrap().as_deref(), Some(BYTES));
        assert_eq!(objects.list().unwrap(), [cid]);
    }

    #[test]
    fn dropped_or_of_other_content_it_leaves_nothing() {
        let project = TempDir::new().unwrap();
        let objects = FileObjects::open(project.path()).unwrap();
        let cid = cid_of(Codec::RAW, BYTES);
        let mut writer = objects.begin().unwrap();
        writer.write_all(BYTES).unwrap();
        drop(writer);
        let mut writer = objects.begin().unwrap();
        writer.write_all(b"another lid").unwrap();
        let refused = writer.finish_as(&cid);
        assert!(matches!(refused, Err(StoreError::Damaged { .. })));
        let folder = project.path().join(".wissil/objects");
        assert_eq!(files(&folder).unwrap(), Vec::<PathBuf>::new());
    }

    #[test]
    fn a_file_is_kept_once_and_heals_what_was_damaged() {
        let project = TempDir::new().unwrap();
        let mut objects = FileObjects::open(project.path()).unwrap();
        let file = project.path().join("lid.bin");
        fs::write(&file, BYTES).unwrap();
        let cid = objects.put_file(&file).unwrap();
        fs::write(objects.path_of(&cid), b"a lid with a hatch").unwrap();
        assert!(objects.get(&cid).is_err());
        assert_eq!(objects.put_file(&file).unwrap(), cid);
        assert_eq!(objects.get(&cid).unwrap().as_deref(), Some(BYTES));
        let mut read = objects.open_read(&cid).unwrap().unwrap();
        let mut bytes = Vec::new();
        io::Read::read_to_end(&mut read, &mut bytes).unwrap();
        assert_eq!(bytes, BYTES);
        let reader = FileObjects::open_read_only(project.path());
        assert!(reader.begin().is_err());
    }
}
