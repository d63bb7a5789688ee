//! Reading files into the objects.

use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::path::Path;

use wissil_dag::Codec;
use wissil_store::{FileObjects, ObjectWriter};
use wissil_sync::StoreError;

use super::placing::PIECE;
use super::reconcile::Content;
use super::stamp::Stamp;
use super::thumbnail::thumbnail;

/// Why a file was not read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReadingError {
    /// It changed while it was read, or before.
    #[error("it changed while it was read")]
    Changed,
    /// Whoever wanted it wants it no more.
    #[error("reading it was stopped")]
    Stopped,
    /// The disk refused.
    #[error("{0}")]
    Failed(String),
}

impl From<io::Error> for ReadingError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound => Self::Changed,
            _ => Self::Failed(error.to_string()),
        }
    }
}

impl From<StoreError> for ReadingError {
    fn from(error: StoreError) -> Self {
        Self::Failed(error.to_string())
    }
}

/// Reads files piece by piece: they may be larger than the memory.
pub(crate) struct Reading<'a> {
    /// Where contents go.
    pub objects: &'a FileObjects,
    /// Told how many bytes each piece has; whether to go on.
    pub goes_on: &'a mut dyn FnMut(u64) -> bool,
}

impl Reading<'_> {
    /// Keeps a file's content and a small picture of it as objects, if the file is the one that was seen and nobody
    /// writes it meanwhile.
    pub fn read(&mut self, path: &Path, seen: Option<&Stamp>) -> Result<Content, ReadingError> {
        let mut file = File::open(path)?;
        let before = Stamp::of(&file.metadata()?);
        if seen.is_some_and(|seen| *seen != before) {
            return Err(ReadingError::Changed);
        }
        let mut writer = self.objects.begin()?;
        let mut piece = vec![0; PIECE];
        loop {
            let read = file.read(&mut piece)?;
            if !(self.goes_on)(read as u64) {
                return Err(ReadingError::Stopped);
            }
            if read == 0 {
                break;
            }
            writer.write_all(&piece[..read])?;
        }
        let size = writer.length();
        if Stamp::of(&file.metadata()?) != before || size != before.size {
            return Err(ReadingError::Changed);
        }
        keep(self.objects, writer)
    }
}

/// Keeps what was written as a file's content, and a small picture of it.
pub(crate) fn keep(objects: &FileObjects, writer: ObjectWriter) -> Result<Content, ReadingError> {
    let size = writer.length();
    let object = writer.finish(Codec::RAW)?;
    // Of the object, not of the file it came from, which may be another by now.
    let thumbnail = match thumbnail(&objects.path_of(&object)) {
        Some(bytes) => {
            let mut writer = objects.begin()?;
            writer.write_all(&bytes)?;
            Some(writer.finish(Codec::RAW)?)
        }
        None => None,
    };
    Ok(Content {
        object,
        size,
        thumbnail,
    })
}
