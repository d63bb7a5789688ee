//! Where an export goes: a file takes its place whole, through whatever links lead to it; a pipe or a device is written
//! into. What a project keeps is never written over.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Component, Path, PathBuf};

use crate::api::{ApiError, ErrorCode};
use crate::home::new_id;
use crate::project::DATA;

/// Most links that are followed to a file that is not there yet.
const MAX_LINKS: usize = 40;

/// What is written, and where it stands in the end.
pub(crate) struct Target {
    /// As the person named it.
    file: PathBuf,
    /// Where the bytes go.
    out: PathBuf,
    /// What `out` becomes; none where the bytes went there already.
    place: Option<PathBuf>,
}

impl Target {
    /// Looks at what stands there. Nothing is written yet.
    ///
    /// # Errors
    /// When it is a folder, when its folder does not exist, or when it is inside of a project's own folder.
    pub fn find(file: &Path) -> Result<Self, ApiError> {
        let failed = |cause: io::Error| ApiError::io("written", file, &cause);
        let place = match fs::metadata(file) {
            Ok(metadata) if metadata.is_dir() => {
                return Err(failed(io::ErrorKind::IsADirectory.into()));
            }
            Ok(metadata) if metadata.is_file() => fs::canonicalize(file).map_err(failed)?,
            Ok(_) => {
                return Ok(Self {
                    file: file.to_owned(),
                    out: file.to_owned(),
                    place: None,
                });
            }
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => {
                end_of_links(file).map_err(failed)?
            }
            Err(cause) => return Err(failed(cause)),
        };
        if place
            .components()
            .any(|part| part == Component::Normal(DATA.as_ref()))
        {
            return Err(ApiError::new(
                ErrorCode::Invalid,
                format!(
                    "{} is inside of {DATA}, where a project keeps its own files; choose another place",
                    file.display()
                ),
            ));
        }
        // Nobody's file has this name.
        let mut name = place.file_name().unwrap_or_default().to_owned();
        name.push(format!(".{}.part", new_id()?));
        Ok(Self {
            file: file.to_owned(),
            out: place.with_file_name(name),
            place: Some(place),
        })
    }

    /// Writes it. On a failure a file that stood there before is as it was.
    pub fn write<T>(
        self,
        fill: impl FnOnce(&mut File) -> Result<T, ApiError>,
    ) -> Result<T, ApiError> {
        let failed = |cause: io::Error| ApiError::io("written", &self.file, &cause);
        let Some(place) = &self.place else {
            let mut out = File::options()
                .write(true)
                .open(&self.out)
                .map_err(failed)?;
            return fill(&mut out);
        };
        let mut out = File::create_new(&self.out).map_err(failed)?;
        let written = fill(&mut out).and_then(|done| {
            out.sync_all()
                .and_then(|()| fs::rename(&self.out, place))
                .map_err(failed)?;
            Ok(done)
        });
        if written.is_err() {
            let _ = fs::remove_file(&self.out);
        }
        written
    }
}

/// Writes a file that a program made for a person.
///
/// # Errors
/// When it is a folder, when its folder does not exist, when it is inside of a project's own folder, or when it cannot be
/// written; a file that stood there before is as it was then.
pub fn write_file(file: &Path, bytes: &[u8]) -> Result<(), ApiError> {
    Target::find(file)?.write(|out| {
        out.write_all(bytes)
            .map_err(|cause| ApiError::io("written", file, &cause))
    })
}

/// The whole path of a file that is not there, at the end of the links that lead to it.
fn end_of_links(file: &Path) -> io::Result<PathBuf> {
    let mut file = file.to_owned();
    for _ in 0..MAX_LINKS {
        let folder = match file.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        let name = file.file_name().ok_or(io::ErrorKind::NotFound)?;
        let place = fs::canonicalize(folder)?.join(name);
        match fs::read_link(&place) {
            Ok(next) => file = place.with_file_name(next),
            Err(_) => return Ok(place),
        }
    }
    Err(io::ErrorKind::NotFound.into())
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::os::unix::fs::symlink;

    use super::*;

    fn write(file: &Path, text: &str) -> Result<(), ApiError> {
        write_file(file, text.as_bytes())
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let mut names: Vec<_> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn links_stay_and_lead_to_what_is_written() {
        let root = tempfile::tempdir().unwrap();
        let at = |name: &str| root.path().join(name);
        fs::create_dir(at("real")).unwrap();
        symlink("real/there", at("link")).unwrap();
        symlink(at("link"), at("link of a link")).unwrap();
        for text in ["new", "again"] {
            write(&at("link of a link"), text).unwrap();
            assert_eq!(fs::read_to_string(at("real/there")).unwrap(), text);
        }
        assert_eq!(names(root.path()), ["link", "link of a link", "real"]);
        assert_eq!(names(&at("real")), ["there"]);
        symlink("round", at("round")).unwrap();
        assert!(write(&at("round"), "").is_err());
    }

    #[test]
    fn what_is_no_file_is_written_into() {
        write(Path::new("/dev/null"), "gone").unwrap();
        let root = tempfile::tempdir().unwrap();
        let pipe = root.path().join("pipe");
        let made = std::process::Command::new("mkfifo").arg(&pipe).status();
        assert!(made.unwrap().success());
        let reading = pipe.clone();
        let reader = std::thread::spawn(move || fs::read_to_string(reading).unwrap());
        write(&pipe, "through").unwrap();
        assert_eq!(reader.join().unwrap(), "through");
        assert_eq!(names(root.path()), ["pipe"]);
    }

    #[test]
    fn what_a_project_keeps_is_refused_and_a_failure_leaves_what_was_there() {
        let root = tempfile::tempdir().unwrap();
        let data = root.path().join("game").join(DATA);
        fs::create_dir_all(&data).unwrap();
        fs::write(data.join("session.db"), "all of it").unwrap();
        symlink(&data, root.path().join("elsewhere")).unwrap();
        for name in ["game/.wissil/session.db", "elsewhere/new", "game/.wissil"] {
            let refused = write(&root.path().join(name), "").unwrap_err();
            let message = &refused.message;
            assert!(
                message.contains("keeps its own files") || message.contains("it is a folder"),
                "{message}"
            );
        }
        let kept = fs::read_to_string(data.join("session.db")).unwrap();
        assert_eq!(kept, "all of it");
        assert_eq!(names(&data), ["session.db"]);

        let file = root.path().join("out");
        fs::write(&file, "before").unwrap();
        let failed = Target::find(&file)
            .unwrap()
            .write(|_| -> Result<(), _> { Err(ApiError::internal("no")) });
        assert!(failed.is_err());
        assert_eq!(fs::read_to_string(&file).unwrap(), "before");
        assert_eq!(names(root.path()), ["elsewhere", "game", "out"]);
    }
}
