//! Files of an upload that stand on this disk.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio_util::sync::CancellationToken;
use wissil_store::FileObjects;

use super::{Upload, check_count};
use crate::api::{ApiError, ErrorCode};
use crate::assets::folder::look;
use crate::assets::ignore::Rules;
use crate::assets::ledger::Ledger;
use crate::assets::path::AssetPath;
use crate::assets::reading::{Reading, ReadingError};
use crate::session::Session;

/// Told how much of all files is read, in percent, whenever that changes.
pub type UploadListener = Box<dyn FnMut(u32) + Send>;

/// A file to be read.
struct Source {
    file: PathBuf,
    /// Its place below what was named: `fur.png`, `textures/fur.png`.
    path: String,
    /// Bytes.
    size: u64,
}

/// What reading needs of an upload, so that others reach it meanwhile, to cancel it.
struct Reader {
    objects: FileObjects,
    rules: Arc<Rules>,
    assets: PathBuf,
    ended: CancellationToken,
}

impl Session {
    /// Reads files, and folders with all that is in them, into an upload; they are whole when this returns. What is hidden
    /// or ignored in a folder is left out, and so is what stands in the project's `assets/` already.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`] and [`ErrorCode::Storage`] for what cannot be read, [`ErrorCode::Invalid`] for names as with
    /// [`upload_file`](Self::upload_file), [`ErrorCode::Cancelled`] when the upload was ended meanwhile.
    pub fn upload_from_disk(
        &self,
        upload: u32,
        sources: &[PathBuf],
        mut listener: UploadListener,
    ) -> Result<(), ApiError> {
        let reader = self.uploads().running(upload)?.reader();
        let found = reader.find(sources)?;
        check_count(found.len())?;
        let total: u64 = found.iter().map(|source| source.size).sum();
        let mut read = 0;
        let mut told = 0;
        for Source { file, path, .. } in found {
            let Some(path) = self.in_upload(upload, &reader, |upload| upload.wanted(&path))? else {
                continue;
            };
            let content = Reading {
                objects: &reader.objects,
                goes_on: &mut |bytes| {
                    read += bytes;
                    let percent = percent(read, total);
                    if percent != told {
                        told = percent;
                        listener(percent);
                    }
                    !reader.ended.is_cancelled()
                },
            }
            .read(&file, None)
            .map_err(|error| match error {
                ReadingError::Stopped => cancelled(),
                error => ApiError::new(
                    ErrorCode::Storage,
                    format!("{} could not be added: {error}", file.display()),
                ),
            })?;
            self.in_upload(upload, &reader, |upload| {
                check_count(upload.files.len() + 1)?;
                upload.files.push((path, content));
                Ok(())
            })?;
        }
        Ok(())
    }

    /// Does something with an upload that is read for.
    fn in_upload<T>(
        &self,
        upload: u32,
        reader: &Reader,
        act: impl FnOnce(&mut Upload) -> Result<T, ApiError>,
    ) -> Result<T, ApiError> {
        match self.uploads().running(upload) {
            Err(_) if reader.ended.is_cancelled() => Err(cancelled()),
            running => act(running?),
        }
    }
}

impl Upload {
    fn reader(&self) -> Reader {
        Reader {
            objects: self.objects.clone(),
            rules: Arc::clone(&self.rules),
            assets: self.assets.clone(),
            ended: self.ended.clone(),
        }
    }
}

impl Reader {
    fn find(&self, sources: &[PathBuf]) -> Result<Vec<Source>, ApiError> {
        let assets = self.assets.canonicalize().unwrap_or(self.assets.clone());
        let mut found = Vec::new();
        for source in sources {
            let unread = |error| ApiError::io("added", source, &error);
            let place = source.canonicalize().map_err(unread)?;
            if place.starts_with(&assets) {
                // It is a file of the project already.
                continue;
            }
            let name = place.file_name().unwrap_or_default().to_string_lossy();
            let metadata = fs::metadata(&place).map_err(unread)?;
            if metadata.is_dir() {
                self.find_in(&place, &name, &mut found);
            } else if metadata.is_file() {
                found.push(Source {
                    path: name.into_owned(),
                    size: metadata.len(),
                    file: place,
                });
            } else {
                return Err(ApiError::new(
                    ErrorCode::Invalid,
                    format!("{} is neither a file nor a folder", source.display()),
                ));
            }
        }
        Ok(found)
    }

    /// The files of a folder that was named.
    fn find_in(&self, folder: &Path, name: &str, found: &mut Vec<Source>) {
        let nothing = Ledger::open(PathBuf::new());
        let seen = look(folder, folder, &self.rules, &nothing);
        let fitting = seen.files.keys().map(AssetPath::as_str);
        let others = seen.problems.keys().map(String::as_str);
        for below in fitting.chain(others) {
            let file = folder.join(below);
            // Links are not followed.
            if let Ok(metadata) = fs::symlink_metadata(&file)
                && metadata.is_file()
            {
                found.push(Source {
                    path: format!("{name}/{below}"),
                    size: metadata.len(),
                    file,
                });
            }
        }
    }
}

fn percent(part: u64, total: u64) -> u32 {
    let part = part.min(total);
    // A file may have grown since it was found.
    (u128::from(part) * 100)
        .checked_div(total.into())
        .map_or(0, |percent| percent as u32)
}

fn cancelled() -> ApiError {
    ApiError::new(
        ErrorCode::Cancelled,
        "adding files was cancelled; none was added",
    )
}
