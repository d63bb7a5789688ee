//! Files that come in together and become one gesture: piece by piece from whoever knows their bytes and not where they
//! stand, or from places on this disk.

mod from_disk;

use std::collections::HashMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio_util::sync::CancellationToken;
use wissil_store::{FileObjects, ObjectWriter};

pub use self::from_disk::UploadListener;
use super::folder::assets_folder;
use super::ignore::Rules;
use super::path::{AssetPath, PathProblem};
use super::reading::keep;
use super::reconcile::Content;
use crate::api::{Added, ApiError, ErrorCode};
use crate::session::Session;

/// Most bytes of one piece. Larger ones would stand in memory several times on their way here.
const MAX_PIECE: usize = 4 * 1024 * 1024;
/// Most files that come in together: more than a person drops, and few enough for one event.
const MAX_FILES: usize = 2_000;

/// The uploads of an open project. One that is dropped leaves nothing in the project.
#[derive(Default)]
pub(crate) struct Uploads {
    last: u32,
    running: HashMap<u32, Upload>,
}

/// Files that come in together.
struct Upload {
    objects: FileObjects,
    rules: Arc<Rules>,
    /// The project's own files.
    assets: PathBuf,
    /// The folder below `assets/` that they come into; empty for `assets/` itself.
    into: String,
    /// Those that are whole.
    files: Vec<(AssetPath, Content)>,
    /// The one that pieces are for.
    coming: Option<(AssetPath, ObjectWriter)>,
    /// Set when it ends, for whoever is reading files for it.
    ended: CancellationToken,
}

impl Session {
    /// Begins an upload of files into a folder below `assets/`, or into `assets/` itself when that is empty; its number.
    /// It becomes one gesture when it is finished.
    ///
    /// # Errors
    /// [`ErrorCode::Invalid`] when the project is open for reading only.
    pub fn begin_upload(&self, into: &str) -> Result<u32, ApiError> {
        let (objects, folder) = self.ask(|actor| {
            actor.assets_inbox()?;
            Ok((actor.project.objects.clone(), actor.project.folder.clone()))
        })?;
        Ok(self.uploads().begin(objects, &folder, into))
    }

    /// Begins the next file of an upload; the one before is whole then. Its path below the upload's folder may hold
    /// folders and need not fit every system: the nearest one that does is taken. Whether the file is wanted: within a
    /// folder, what is hidden or ignored is not.
    ///
    /// # Errors
    /// [`ErrorCode::Invalid`] for a path that leads out, is hidden or too long, and for too many files.
    pub fn upload_file(&self, upload: u32, path: &str) -> Result<bool, ApiError> {
        self.uploads().running(upload)?.begin_file(path)
    }

    /// Takes the next bytes of that file, at most 4 MiB.
    ///
    /// # Errors
    /// [`ErrorCode::Storage`] when the disk refuses.
    pub fn upload_piece(&self, upload: u32, bytes: &[u8]) -> Result<(), ApiError> {
        self.uploads().running(upload)?.take(bytes)
    }

    /// Adds the files of an upload to the project, as one gesture. Names that are taken get a number. The
    /// folder follows.
    ///
    /// # Errors
    /// As any edit; then no file was added.
    pub fn finish_upload(&self, upload: u32) -> Result<Added, ApiError> {
        let files = self.uploads().finish(upload)?;
        if files.is_empty() {
            return Ok(Added {
                assets: Vec::new(),
                event: None,
            });
        }
        self.ask(move |actor| actor.add_assets(files))
    }

    /// Ends an upload: no file of it comes into the project, and none is left half written. It may have ended by itself.
    pub fn cancel_upload(&self, upload: u32) {
        self.uploads().running.remove(&upload);
    }
}

impl Uploads {
    fn begin(&mut self, objects: FileObjects, project: &Path, into: &str) -> u32 {
        self.last = self.last.wrapping_add(1);
        let assets = assets_folder(project);
        let upload = Upload {
            objects,
            rules: Arc::new(Rules::read(&assets).0),
            assets,
            into: into.to_owned(),
            files: Vec::new(),
            coming: None,
            ended: CancellationToken::new(),
        };
        self.running.insert(self.last, upload);
        self.last
    }

    fn running(&mut self, upload: u32) -> Result<&mut Upload, ApiError> {
        self.running.get_mut(&upload).ok_or_else(|| unknown(upload))
    }

    fn finish(&mut self, upload: u32) -> Result<Vec<(AssetPath, Content)>, ApiError> {
        let mut finished = self
            .running
            .remove(&upload)
            .ok_or_else(|| unknown(upload))?;
        finished.end_file()?;
        Ok(std::mem::take(&mut finished.files))
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        self.ended.cancel();
    }
}

impl Upload {
    fn begin_file(&mut self, path: &str) -> Result<bool, ApiError> {
        self.end_file()?;
        check_count(self.files.len() + 1)?;
        let Some(wanted) = self.wanted(path)? else {
            return Ok(false);
        };
        self.coming = Some((wanted, self.objects.begin()?));
        Ok(true)
    }

    /// The path below `assets/` of a file that was dropped, or stands below a folder that was; none for a file of such a
    /// folder that nobody wants.
    fn wanted(&self, path: &str) -> Result<Option<AssetPath>, ApiError> {
        let in_folder = path.contains('/');
        let place = if self.into.is_empty() {
            path.to_owned()
        } else {
            format!("{}/{path}", self.into)
        };
        match AssetPath::nearest(&place) {
            Err(PathProblem::Hidden) if in_folder => Ok(None),
            Err(problem) => Err(ApiError::new(
                ErrorCode::Invalid,
                format!("{path:?} {problem}"),
            )),
            Ok(wanted) if in_folder && self.ignores(wanted.as_str()) => Ok(None),
            Ok(wanted) => Ok(Some(wanted)),
        }
    }

    /// Whether a file, or a folder above it, is none of the project's.
    fn ignores(&self, path: &str) -> bool {
        let above = path.match_indices('/').map(|(at, _)| &path[..at]);
        above
            .into_iter()
            .any(|folder| self.rules.ignores(folder, true))
            || self.rules.ignores(path, false)
    }

    fn take(&mut self, bytes: &[u8]) -> Result<(), ApiError> {
        if bytes.len() > MAX_PIECE {
            return Err(ApiError::new(
                ErrorCode::Invalid,
                format!("a piece of a file has at most {MAX_PIECE} bytes"),
            ));
        }
        let Some((path, writer)) = &mut self.coming else {
            return Err(ApiError::new(
                ErrorCode::Invalid,
                "a piece came before its file was named",
            ));
        };
        writer.write_all(bytes).map_err(|error| {
            ApiError::new(
                ErrorCode::Storage,
                format!("{path} could not be added: {error}"),
            )
        })
    }

    fn end_file(&mut self) -> Result<(), ApiError> {
        let Some((path, writer)) = self.coming.take() else {
            return Ok(());
        };
        let content = keep(&self.objects, writer).map_err(|error| {
            ApiError::new(
                ErrorCode::Storage,
                format!("{path} could not be added: {error}"),
            )
        })?;
        self.files.push((path, content));
        Ok(())
    }
}

fn check_count(files: usize) -> Result<(), ApiError> {
    if files > MAX_FILES {
        return Err(ApiError::new(
            ErrorCode::Invalid,
            format!(
                "these are more than {MAX_FILES} files; copy them into the project's assets folder instead"
            ),
        ));
    }
    Ok(())
}

fn unknown(upload: u32) -> ApiError {
    ApiError::new(
        ErrorCode::NotFound,
        format!("there is no upload {upload}; it was finished or cancelled"),
    )
}
