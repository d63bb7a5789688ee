//! glTF files in: read from the disk, checked, and written into a new project.

use std::fs::{self, File};
use std::io::Read;
use std::path::Path;

use wissil_dag::Cid;
use wissil_interchange::{Addition, ImportError, Imported, Level, MAX_FILE_BYTES, Note, Resolve};
use wissil_model::{Change, DocumentKind, RecordId, Severity};
use wissil_store::FileObjects;
use wissil_sync::{Gesture, ObjectStore as _};

use crate::api::{ApiError, ErrorCode, FileProblem};
use crate::founding::add_documents;
use crate::home::now;
use crate::notes;
use crate::project::Project;

/// Everything that is wrong in a `.glb` or `.gltf`, and everything worth knowing of how it is read; and whether an exported
/// history is sound. Nothing is made of it.
///
/// # Errors
/// [`ErrorCode::Import`] when the file cannot be imported at all; the message says why.
pub fn check_file(file: &Path) -> Result<Vec<FileProblem>, ApiError> {
    if crate::transfer::check_history(file)? {
        return Ok(Vec::new());
    }
    let found = read(file)?.check();
    Ok(found
        .into_iter()
        .map(|note| FileProblem {
            severity: severity(note.level),
            place: note.place,
            message: note.message,
        })
        .collect())
}

/// How a note is shown.
fn severity(level: Level) -> Severity {
    match level {
        Level::Problem => Severity::Warning,
        Level::Note => Severity::Info,
    }
}

/// Reads a glTF file with what stands beside it.
pub(crate) fn read(file: &Path) -> Result<Imported, ApiError> {
    read_with(file, wissil_interchange::import)
}

/// The same, as an addition to a scene: the ids of its records begin with `base`, its roots hang under `root`.
pub(crate) fn read_addition(
    file: &Path,
    base: &str,
    root: &RecordId,
) -> Result<Addition, ApiError> {
    read_with(file, |name, bytes, resolve| {
        wissil_interchange::import_addition(name, bytes, resolve, base, root)
    })
}

fn read_with<T>(
    file: &Path,
    import: impl FnOnce(&str, &[u8], Resolve<'_>) -> Result<T, ImportError>,
) -> Result<T, ApiError> {
    let name = file
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    let refused = |problem: String| {
        ApiError::new(
            ErrorCode::Import,
            format!("{name} cannot be imported: {problem}"),
        )
    };
    let bytes = match read_bounded(file) {
        Ok(bytes) => bytes,
        Err(Unread::Io(error)) => return Err(ApiError::io("read", file, &error)),
        Err(Unread::Other(problem)) => return Err(refused(problem)),
    };
    let beside = file.parent().map(Path::to_owned).unwrap_or_default();
    let beside = match beside.as_os_str().is_empty() {
        true => Path::new(".").to_owned(),
        false => beside,
    };
    let resolve = |uri: &str| read_beside(&beside, uri);
    import(&name, &bytes, &resolve).map_err(|error| refused(error.to_string()))
}

/// Why a file was not read.
enum Unread {
    Io(std::io::Error),
    Other(String),
}

/// Reads a file, but not one that is larger than is imported: its size is looked at first, and again while it is read.
fn read_bounded(path: &Path) -> Result<Vec<u8>, Unread> {
    let metadata = fs::metadata(path).map_err(Unread::Io)?;
    if !metadata.is_file() {
        return Err(Unread::Other("it is no file".into()));
    }
    let too_large = |size: u64| {
        Unread::Other(format!(
            "it has {size} bytes, and files of up to {MAX_FILE_BYTES} are read"
        ))
    };
    if metadata.len() > MAX_FILE_BYTES {
        return Err(too_large(metadata.len()));
    }
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(Unread::Io)?;
    file.take(MAX_FILE_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(Unread::Io)?;
    if bytes.len() as u64 > MAX_FILE_BYTES {
        return Err(too_large(bytes.len() as u64));
    }
    Ok(bytes)
}

/// Reads a side file. A link that leads out of the folder is not followed: the file would bring in, and share, what
/// lies elsewhere on this machine.
fn read_beside(folder: &Path, name: &str) -> Result<Vec<u8>, String> {
    let words = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::NotFound => "it is not there; put it beside the main file".to_owned(),
        _ => error.to_string(),
    };
    let folder = folder.canonicalize().map_err(words)?;
    let path = folder.join(name).canonicalize().map_err(words)?;
    if !path.starts_with(&folder) {
        return Err(
            "it is a link to a file elsewhere; only files beside or below the main file are read, so copy it there"
                .into(),
        );
    }
    read_bounded(&path).map_err(|unread| match unread {
        Unread::Io(error) => words(error),
        Unread::Other(problem) => problem,
    })
}

/// Keeps the bytes that an import's records name.
pub(crate) fn store(objects: &mut FileObjects, all: &[(Cid, Vec<u8>)]) -> Result<(), ApiError> {
    for (cid, bytes) in all {
        let stored = objects.put(cid.codec(), bytes)?;
        if stored != *cid {
            return Err(ApiError::new(
                ErrorCode::Internal,
                format!("object {cid} has other content than its name says"),
            ));
        }
    }
    Ok(())
}

/// Writes what an import gave into a new project.
pub(crate) fn fill(project: &mut Project, imported: Imported) -> Result<(), ApiError> {
    store(&mut project.objects, &imported.objects)?;
    let names: Vec<(&str, DocumentKind)> = imported
        .documents
        .iter()
        .map(|document| (document.name.as_str(), document.kind))
        .collect();
    let ids = add_documents(project, &names)?;
    let notes: Vec<Note> = imported.notes_to_keep();
    for (id, document) in ids.iter().zip(imported.documents) {
        let changes: Vec<Change> = document
            .records
            .into_iter()
            .map(|(collection, id, record)| Change::put(collection, id, record))
            .collect();
        if changes.is_empty() {
            continue;
        }
        let gesture = Gesture {
            event_type: "document.import",
            changes,
            time: now(),
        };
        project.engine.edit(id, gesture)?;
    }
    notes::keep(project, &notes, &ids)
}
