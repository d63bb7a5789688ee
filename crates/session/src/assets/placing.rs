//! Putting files where the history has them.

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use wissil_dag::{Cid, CidHasher};
use wissil_store::FileObjects;

use super::folder::UNFINISHED;
use super::path::AssetPath;
use super::stamp::Stamp;

/// How many bytes are copied at once, and how often closing is noticed.
pub(crate) const PIECE: usize = 256 * 1024;

/// Why a file was not put in place.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PlacingError {
    /// The file there is not the one that is known: it was changed here and comes into the history first.
    #[error("was changed meanwhile")]
    Changed,
    /// Something else than a file stands there.
    #[error("cannot be written: a folder or a link stands there; move it away")]
    Occupied,
    /// The project is being closed.
    #[error("the project is being closed")]
    Closing,
    /// The object is not here, or damaged.
    #[error("cannot be written: its content is damaged here")]
    Damaged,
    /// A folder on the way is none.
    #[error("cannot be written: {0} is a link or a file, not a folder")]
    NoFolder(String),
    /// The disk refused.
    #[error("cannot be written: {0}")]
    Io(#[from] io::Error),
}

/// The folder of the files, to be written.
pub(crate) struct Placing<'a> {
    /// The folder.
    pub assets: &'a Path,
    /// Where contents come from.
    pub objects: &'a FileObjects,
    /// Whether the project is being closed.
    pub is_closing: &'a dyn Fn() -> bool,
}

impl Placing<'_> {
    /// Makes or replaces a file; `known` is how the one looks that may be replaced. Under its name there is always the
    /// whole old content or the whole new one.
    pub fn write(
        &self,
        path: &AssetPath,
        object: &Cid,
        known: Option<&Stamp>,
    ) -> Result<Stamp, PlacingError> {
        let target = self.in_folder(path, true)?;
        expect(&target, known)?;
        let unfinished = Unfinished(target.with_file_name(format!("{UNFINISHED}{object}")));
        let mut file = File::create(&unfinished.0)?;
        self.copy(object, &mut file)?;
        file.sync_all()?;
        let written = Stamp::of(&file.metadata()?);
        drop(file);
        expect(&target, known)?;
        fs::rename(&unfinished.0, &target)?;
        placed(&target, &written)
    }

    /// Moves a file that looks as it is known to.
    pub fn rename(
        &self,
        from: &AssetPath,
        to: &AssetPath,
        known: &Stamp,
    ) -> Result<Stamp, PlacingError> {
        let source = self.in_folder(from, false)?;
        let target = self.in_folder(to, true)?;
        expect(&source, Some(known))?;
        // Where case is not told apart, the target is the source.
        if from.folded() != to.folded() {
            expect(&target, None)?;
        }
        fs::rename(&source, &target)?;
        let stamp = placed(&target, known)?;
        self.remove_empty(&source);
        Ok(stamp)
    }

    /// Removes a file that looks as it is known to, and the folders that it leaves empty.
    pub fn remove(&self, path: &AssetPath, known: &Stamp) -> Result<(), PlacingError> {
        let target = match self.in_folder(path, false) {
            Err(PlacingError::Io(error)) if error.kind() == io::ErrorKind::NotFound => {
                return Ok(());
            }
            target => target?,
        };
        match expect(&target, Some(known)) {
            Err(PlacingError::Changed) if !exists(&target)? => return Ok(()),
            expected => expected?,
        }
        fs::remove_file(&target)?;
        self.remove_empty(&target);
        Ok(())
    }

    /// The place of a file. Every folder on the way is checked, because a link among them leads out.
    fn in_folder(&self, path: &AssetPath, make: bool) -> Result<PathBuf, PlacingError> {
        let target = path.below(self.assets);
        let mut folders: Vec<&Path> = target
            .ancestors()
            .skip(1)
            .take_while(|folder| folder.starts_with(self.assets))
            .collect();
        folders.reverse();
        for folder in folders {
            match fs::symlink_metadata(folder) {
                Ok(metadata) if metadata.is_dir() => {}
                Ok(_) => return Err(PlacingError::NoFolder(folder.display().to_string())),
                Err(error) if error.kind() == io::ErrorKind::NotFound && make => {
                    fs::create_dir(folder)?;
                }
                Err(error) => return Err(error.into()),
            }
        }
        Ok(target)
    }

    /// Copies an object and checks that it is what its CID names.
    fn copy(&self, object: &Cid, into: &mut File) -> Result<(), PlacingError> {
        let opened = self.objects.open_read(object);
        let Some(mut from) = opened.map_err(io::Error::other)? else {
            return Err(PlacingError::Damaged);
        };
        let mut hasher = CidHasher::new();
        let mut piece = vec![0; PIECE];
        loop {
            if (self.is_closing)() {
                return Err(PlacingError::Closing);
            }
            match from.read(&mut piece)? {
                0 => break,
                read => {
                    hasher.update(&piece[..read]);
                    into.write_all(&piece[..read])?;
                }
            }
        }
        if hasher.finish(object.codec()) == *object {
            Ok(())
        } else {
            Err(PlacingError::Damaged)
        }
    }

    fn remove_empty(&self, removed: &Path) {
        for folder in removed.ancestors().skip(1) {
            // A folder that is not empty stays, and so do those above it.
            if folder == self.assets || fs::remove_dir(folder).is_err() {
                break;
            }
        }
    }
}

/// A file in the making; what was not put in place is removed.
struct Unfinished(PathBuf);

impl Drop for Unfinished {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

fn exists(path: &Path) -> io::Result<bool> {
    match fs::symlink_metadata(path) {
        Ok(_) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// Checks that what stands at a place is what is known of it.
fn expect(target: &Path, known: Option<&Stamp>) -> Result<(), PlacingError> {
    let found = match fs::symlink_metadata(target) {
        // A folder without files may stand where a file comes.
        Ok(metadata) if metadata.is_dir() && known.is_none() => {
            return fs::remove_dir(target).map_err(|_| PlacingError::Occupied);
        }
        Ok(metadata) if metadata.is_file() => Some(Stamp::of(&metadata)),
        Ok(_) if known.is_none() => return Err(PlacingError::Occupied),
        Ok(_) => return Err(PlacingError::Changed),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(error.into()),
    };
    if found.as_ref() == known {
        Ok(())
    } else {
        Err(PlacingError::Changed)
    }
}

/// How a file looks that was just put in place.
fn placed(target: &Path, written: &Stamp) -> Result<Stamp, PlacingError> {
    let stamp = Stamp::of(&fs::symlink_metadata(target)?);
    if stamp.same_content(written) {
        Ok(stamp)
    } else {
        Err(PlacingError::Changed)
    }
}
