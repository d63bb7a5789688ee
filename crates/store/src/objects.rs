//! Objects as files.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use wissil_dag::{Cid, CidHasher, Codec, cid_of};
use wissil_sync::{ObjectStore, StoreError};

use crate::object_writer::ObjectWriter;
use crate::seal::is_content_of;
use crate::{error, layout};

/// The objects of one project, each a file `<project>/.wissil/objects/<two letters>/<cid>`. Clones are for other
/// threads: every write goes to a file of its own and takes its place whole.
#[derive(Clone, Debug)]
pub struct FileObjects {
    folder: PathBuf,
    writes: bool,
}

impl FileObjects {
    /// Opens the objects of a project to read and write, and removes what a crash left unfinished. Only beside the
    /// [`SqliteStore`](crate::SqliteStore) that holds the project's lock.
    pub fn open(project: &Path) -> Result<Self, StoreError> {
        let folder = layout::objects(project);
        fs::create_dir_all(&folder).map_err(error::io("opened"))?;
        let objects = Self {
            folder,
            writes: true,
        };
        objects.remove_unfinished()?;
        Ok(objects)
    }

    /// Opens the objects of a project to read, also while another process writes.
    #[must_use]
    pub fn open_read_only(project: &Path) -> Self {
        Self {
            folder: layout::objects(project),
            writes: false,
        }
    }

    /// Where the file of an object stands, or would.
    #[must_use]
    pub fn path_of(&self, cid: &Cid) -> PathBuf {
        let name = cid.to_string();
        self.folder.join(shelf(&name)).join(name)
    }

    /// Opens an object to be read piece by piece; none when it is not here. What is read is not checked against the
    /// CID: whoever keeps it does that.
    pub fn open_read(&self, cid: &Cid) -> Result<Option<File>, StoreError> {
        let path = self.path_of(cid);
        match File::open(&path) {
            // Some systems open a folder as they do a file.
            Ok(_) if path.is_dir() => Ok(None),
            Ok(file) => Ok(Some(file)),
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(cause) => Err(error::file("read", &path)(cause)),
        }
    }

    /// Takes what stands in the place of an object and is not it out of the way, to `<cid>.damaged`: the object counts
    /// as missing then, and comes again from whoever has it. Whether something was taken away; whoever only reads takes
    /// nothing.
    ///
    /// # Errors
    /// When what stands there cannot be read: that is no damage, and it stays.
    pub fn set_aside(&self, cid: &Cid) -> Result<bool, StoreError> {
        let path = self.path_of(cid);
        let failed = error::file("mended", &path);
        if !self.writes || !is_damaged(&path, cid).map_err(&failed)? {
            return Ok(false);
        }
        let aside = path.with_extension(DAMAGED);
        // Of several the last is enough to look at.
        let _ = fs::remove_file(&aside);
        let _ = fs::remove_dir_all(&aside);
        fs::rename(&path, &aside).map_err(failed)?;
        Ok(true)
    }

    /// Starts an object whose bytes come piece by piece. Nothing of it is seen before
    /// [`finish`](ObjectWriter::finish).
    pub fn begin(&self) -> Result<ObjectWriter, StoreError> {
        self.check_writable()?;
        ObjectWriter::new(self.clone(), &self.folder).map_err(error::io("saved"))
    }

    /// Keeps the content of a file as a raw block, read piece by piece: it may be larger than the memory.
    pub fn put_file(&mut self, file: &Path) -> Result<Cid, StoreError> {
        let mut file = File::open(file).map_err(error::io("read"))?;
        let mut writer = self.begin()?;
        let mut piece = vec![0; PIECE];
        loop {
            match file.read(&mut piece).map_err(error::io("read"))? {
                0 => break writer.finish(Codec::RAW),
                read => writer
                    .write_all(&piece[..read])
                    .map_err(error::io("saved"))?,
            }
        }
    }

    fn check_writable(&self) -> Result<(), StoreError> {
        if self.writes {
            Ok(())
        } else {
            Err(error::io("saved")("it is open for reading only"))
        }
    }

    fn remove_unfinished(&self) -> Result<(), StoreError> {
        let opened = error::io("opened");
        for file in files(&self.folder).map_err(&opened)? {
            if is_unfinished(&file) {
                fs::remove_file(file).map_err(&opened)?;
            }
        }
        Ok(())
    }
}

impl ObjectStore for FileObjects {
    fn put(&mut self, codec: u64, bytes: &[u8]) -> Result<Cid, StoreError> {
        self.check_writable()?;
        let cid = cid_of(codec, bytes);
        let path = self.path_of(&cid);
        // A damaged file is written again.
        if fs::read(&path).is_ok_and(|kept| kept == bytes) {
            return Ok(cid);
        }
        write(&path, bytes, &mut |_| Ok(())).map_err(error::io("saved"))?;
        Ok(cid)
    }

    fn get(&self, cid: &Cid) -> Result<Option<Vec<u8>>, StoreError> {
        match fs::read(self.path_of(cid)) {
            Ok(bytes) if is_content_of(cid, &bytes) => Ok(Some(bytes)),
            Ok(_) => Err(error::damaged(format!("object {cid}"), NOT_WRITTEN)),
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(_) if self.path_of(cid).is_dir() => {
                Err(error::damaged(format!("object {cid}"), FOLDER))
            }
            Err(cause) => Err(error::file("read", &self.path_of(cid))(cause)),
        }
    }

    fn contains(&self, cid: &Cid) -> Result<bool, StoreError> {
        match fs::metadata(self.path_of(cid)) {
            Ok(metadata) => Ok(metadata.is_file()),
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(cause) => Err(error::file("read", &self.path_of(cid))(cause)),
        }
    }

    fn list(&self) -> Result<Vec<Cid>, StoreError> {
        let files = files(&self.folder).map_err(error::io("read"))?;
        let mut cids: Vec<_> = files.iter().filter_map(|file| object_of(file)).collect();
        cids.sort_unstable();
        Ok(cids)
    }
}

/// The steps of a write, in their order; a crash after any of them leaves no object or the whole one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    FolderMade,
    FolderSynced,
    FileMade,
    HalfWritten,
    Written,
    FileSynced,
    Renamed,
    Durable,
}

/// Writes a file beside its final name, then renames it. `after` is told of every step.
fn write(
    path: &Path,
    bytes: &[u8],
    after: &mut dyn FnMut(Step) -> io::Result<()>,
) -> io::Result<()> {
    let Some(folder) = path.parent() else {
        return Err(io::ErrorKind::InvalidInput.into());
    };
    if !folder.is_dir() {
        fs::create_dir_all(folder)?;
        after(Step::FolderMade)?;
        folder.parent().map_or(Ok(()), layout::sync_folder)?;
        after(Step::FolderSynced)?;
    }
    let unfinished = path.with_extension(UNFINISHED);
    let mut file = File::create(&unfinished)?;
    after(Step::FileMade)?;
    let (first, second) = bytes.split_at(bytes.len() / 2);
    file.write_all(first)?;
    after(Step::HalfWritten)?;
    file.write_all(second)?;
    after(Step::Written)?;
    file.sync_all()?;
    after(Step::FileSynced)?;
    fs::rename(&unfinished, path)?;
    after(Step::Renamed)?;
    layout::sync_folder(folder)?;
    after(Step::Durable)
}

/// The ending of a file that is being written; a CID has no dot.
pub(crate) const UNFINISHED: &str = "unfinished";

/// The ending of a file that stood in the place of an object and was not it.
const DAMAGED: &str = "damaged";

/// What is wrong with an object.
pub(crate) const NOT_WRITTEN: &str = "its content is not what was written";
pub(crate) const FOLDER: &str = "a folder stands in its place";

/// How many bytes of a large file are held at once.
const PIECE: usize = 256 * 1024;

pub(crate) fn is_unfinished(file: &Path) -> bool {
    file.extension().is_some_and(|ending| ending == UNFINISHED)
}

/// Whether a file is an object on its way here; it goes on when the way is open again.
pub(crate) fn is_arriving(file: &Path) -> bool {
    file.extension().is_some_and(|ending| ending == ARRIVING)
}

pub(crate) fn is_set_aside(file: &Path) -> bool {
    file.extension().is_some_and(|ending| ending == DAMAGED)
}

/// Whether something stands in the place of an object and is not it: it was read and is other content, or it is no file.
/// An error where that cannot be told.
pub(crate) fn is_damaged(file: &Path, cid: &Cid) -> io::Result<bool> {
    match fs::metadata(file) {
        Ok(metadata) if metadata.is_file() => Ok(!holds(file, cid)?),
        Ok(_) => Ok(true),
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(cause) => Err(cause),
    }
}

/// Whether a file's bytes are what a CID names, read piece by piece.
fn holds(file: &Path, cid: &Cid) -> io::Result<bool> {
    let mut file = File::open(file)?;
    let mut hasher = CidHasher::new();
    let mut piece = vec![0; PIECE];
    loop {
        match file.read(&mut piece)? {
            0 => return Ok(hasher.finish(cid.codec()) == *cid),
            length => hasher.update(&piece[..length]),
        }
    }
}

/// What the names of objects on their way here end in.
const ARRIVING: &str = "download";

/// The object that a file is for, by its name and its folder.
pub(crate) fn object_of(file: &Path) -> Option<Cid> {
    let name = file.file_name()?.to_str()?;
    let cid = Cid::try_from(name).ok()?;
    let fits = cid.to_string() == name && file.parent()?.file_name()? == shelf(name);
    fits.then_some(cid)
}

/// The files in the folders of a folder; none when it is missing.
pub(crate) fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let shelves = match fs::read_dir(folder) {
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(files),
        shelves => shelves?,
    };
    for shelf in shelves {
        let shelf = shelf?.path();
        if shelf.is_dir() {
            for file in fs::read_dir(shelf)? {
                files.push(file?.path());
            }
        } else {
            files.push(shelf);
        }
    }
    Ok(files)
}

/// The folder of an object: the two letters after those that CIDs of one codec have in common.
fn shelf(name: &str) -> &str {
    name.get(7..9).unwrap_or("short")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use tempfile::TempDir;
    use wissil_dag::Codec;

    const BYTES: &[u8] = b"a lid with a hinge";

    /// Stops a write after the step of a number; the steps it took.
    fn write_until(path: &Path, stop: usize) -> Vec<Step> {
        let mut steps = Vec::new();
        let stopped = write(path, BYTES, &mut |step| {
            steps.push(step);
            if steps.len() == stop {
                Err(io::Error::other("stopped"))
            } else {
                Ok(())
            }
        });
        assert_eq!(stopped.is_err(), steps.len() == stop);
        steps
    }

    #[test]
    fn stopped_after_any_step_there_is_no_object_or_the_whole_one() {
        let cid = cid_of(Codec::RAW, BYTES);
        let mut all = Vec::new();
        for stop in 1.. {
            let project = TempDir::new().unwrap();
            let path = FileObjects::open(project.path()).unwrap().path_of(&cid);
            let steps = write_until(&path, stop);
            let mut objects = FileObjects::open(project.path()).unwrap();
            let kept = steps.contains(&Step::Renamed);
            assert_eq!(objects.contains(&cid).unwrap(), kept, "after {steps:?}");
            assert_eq!(objects.get(&cid).unwrap().is_some(), kept);
            assert_eq!(objects.list().unwrap().len(), usize::from(kept));
            assert_eq!(files(&objects.folder).unwrap().len(), usize::from(kept));
            assert_eq!(objects.put(Codec::RAW, BYTES).unwrap(), cid);
            assert_eq!(objects.get(&cid).unwrap().as_deref(), Some(BYTES));
            if steps.len() < stop {
                all = steps;
                break;
            }
        }
        use Step::*;
        let expected = [
            FolderMade,
            FolderSynced,
            FileMade,
            HalfWritten,
            Written,
            FileSynced,
            Renamed,
            Durable,
        ];
        assert_eq!(all, expected);
    }

    #[test]
    fn an_unfinished_write_does_not_disturb_the_object_that_is_there() {
        let project = TempDir::new().unwrap();
        let mut objects = FileObjects::open(project.path()).unwrap();
        let cid = objects.put(Codec::RAW, BYTES).unwrap();
        for stop in 1..5 {
            write_until(&objects.path_of(&cid), stop);
            let reader = FileObjects::open_read_only(project.path());
            assert_eq!(reader.list().unwrap(), [cid]);
            assert_eq!(reader.get(&cid).unwrap().as_deref(), Some(BYTES));
        }
    }

    #[test]
    fn objects_stand_on_the_shelf_of_their_first_two_own_letters() {
        let objects = FileObjects::open_read_only(Path::new("p"));
        let cid = cid_of(Codec::RAW, b"foo");
        let file =
            "p/.wissil/objects/bm/bafkreibme22gw2h7y2h7tg2fhqotaqjucnbc24deqo72b6mkl2egezxhvy";
        assert_eq!(objects.path_of(&cid), Path::new(file));
        assert_eq!(object_of(&objects.path_of(&cid)), Some(cid));
        assert_eq!(object_of(&Path::new("p/xx").join(cid.to_string())), None);
    }
}
