//! A project on disk: a folder bound to one session, and the replica that writes in it.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use wissil_dag::{BranchId, ReplicaId, SessionId, SigningKey};
use wissil_store::{FileObjects, SqliteStore};
use wissil_sync::{Author, Engine, EventStore as _};

use crate::api::{ApiError, ErrorCode};
use crate::home::{Home, ReplicaRecord, random};

/// Where a project keeps its session, below its folder.
const DATA: &str = ".wissil";
/// Where a project is built before it takes its place, so that a failure leaves nothing half-made.
const BUILDING: &str = ".wissil-building";

const REPLICA: &str = "replica";
const INCARNATION: &str = "incarnation";

/// An open project, before anything is read from it.
pub(crate) struct Project {
    /// Its folder.
    pub folder: PathBuf,
    /// The engine of its session.
    pub engine: Engine<SqliteStore>,
    /// Its objects.
    pub objects: FileObjects,
    /// Where the number of events written is noted.
    pub position: PositionFile,
    /// What a person should know.
    pub notices: Vec<String>,
}

/// Whether a folder holds a project.
pub fn is_project(folder: &Path) -> bool {
    folder.join(DATA).join("session.db").is_file()
}

/// Makes a project in a folder: `fill` writes what it starts with. The folder may hold other files, not a project.
///
/// It is built aside and renamed when it is whole, so a failure leaves the folder as it was.
pub(crate) fn create(
    home: &Home,
    folder: &Path,
    fill: impl FnOnce(&mut Project) -> Result<(), ApiError>,
) -> Result<(), ApiError> {
    create_for(home, folder, None, fill)
}

/// The same, for a session that exists elsewhere already.
pub(crate) fn create_for(
    home: &Home,
    folder: &Path,
    session: Option<SessionId>,
    fill: impl FnOnce(&mut Project) -> Result<(), ApiError>,
) -> Result<(), ApiError> {
    if folder.join(DATA).exists() {
        return Err(ApiError::new(
            ErrorCode::AlreadyExists,
            format!(
                "{} holds a project already; open it instead",
                folder.display()
            ),
        ));
    }
    let made_folder = !folder.exists();
    fs::create_dir_all(folder).map_err(|error| ApiError::io("made", folder, &error))?;
    let building = folder.join(BUILDING);
    let built = build(home, folder, &building, session, fill);
    let cleaned = remove_if_there(&building);
    if built.is_err() && made_folder {
        // Only an empty folder goes away.
        let _ = fs::remove_dir(folder);
    }
    built.and(cleaned)
}

fn build(
    home: &Home,
    folder: &Path,
    building: &Path,
    session: Option<SessionId>,
    fill: impl FnOnce(&mut Project) -> Result<(), ApiError>,
) -> Result<(), ApiError> {
    remove_if_there(building)?;
    fs::create_dir(building).map_err(|error| ApiError::io("made", building, &error))?;
    let session = match session {
        Some(session) => session,
        None => SessionId::new(crate::home::new_id()?)
            .map_err(|error| ApiError::internal(error.to_string()))?,
    };
    let store = SqliteStore::create(building, &session)?;
    let key = home.new_replica()?;
    let replica = ReplicaId::from(&key);
    assemble(home, building, store, key)
        .and_then(|mut project| fill(&mut project))
        .inspect_err(|_| home.forget_replica(&replica))?;
    let (from, to) = (building.join(DATA), folder.join(DATA));
    fs::rename(&from, &to).map_err(|error| ApiError::io("put in place", &to, &error))?;
    // The database keeps its inode; only the place that is remembered changes.
    let store = SqliteStore::open(folder)?;
    if let Some(replica) = replica_of(&store)? {
        remember(
            home,
            folder,
            &replica,
            store.meta(INCARNATION)?.unwrap_or_default(),
        )?;
    }
    Ok(())
}

fn remove_if_there(path: &Path) -> Result<(), ApiError> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(ApiError::io("removed", path, &error))
        }
        _ => Ok(()),
    }
}

/// Opens a project. A copied or restored folder becomes a new replica before its first edit.
pub(crate) fn open(home: &Home, folder: &Path) -> Result<Project, ApiError> {
    if !is_project(folder) {
        return Err(no_project(folder));
    }
    let store = SqliteStore::open(folder)?;
    let identified = identify(home, folder, &store)?;
    let (key, notice) = match identified {
        Ok(key) => (key, None),
        Err(notice) => (home.new_replica()?, Some(notice)),
    };
    let mut project = assemble(home, folder, store, key)?;
    project.notices.extend(notice);
    Ok(project)
}

/// Opens a project for reading only: nothing in it or about it is written.
pub(crate) fn inspect(home: &Home, folder: &Path) -> Result<Project, ApiError> {
    if !is_project(folder) {
        return Err(no_project(folder));
    }
    let store = SqliteStore::open_read_only(folder)?;
    // A key that no replica has: nothing is signed with it.
    let author = Author {
        user: home.user()?,
        key: SigningKey::from_bytes(&random()?),
    };
    Ok(Project {
        folder: folder.to_owned(),
        engine: Engine::new(store, BranchId::main(), author),
        objects: FileObjects::open_read_only(folder),
        position: PositionFile::none(),
        notices: Vec::new(),
    })
}

fn no_project(folder: &Path) -> ApiError {
    ApiError::new(
        ErrorCode::NotFound,
        format!("{} holds no project", folder.display()),
    )
}

/// The key under which this installation goes on, or why it has to take a new one.
fn identify(
    home: &Home,
    folder: &Path,
    store: &SqliteStore,
) -> Result<Result<SigningKey, String>, ApiError> {
    let new_replica = |why: &str| {
        Ok(Err(format!(
            "{why}, so it goes on as a new replica with a key of its own; its history stays as it is"
        )))
    };
    let Some(replica) = replica_of(store)? else {
        return new_replica("This project has not been edited here before");
    };
    let (Some(key), Some(record)) = (home.key(&replica)?, home.replica(&replica)?) else {
        return new_replica("This project came from another installation");
    };
    let database = folder.join(DATA).join("session.db");
    if record.file.is_some() && record.file != file_identity(&database)
        || record.file.is_none() && record.path != database
    {
        return new_replica("This project is a copy of another folder");
    }
    let written = PositionFile::read(&home.position_path(&replica));
    if store.meta(INCARNATION)?.as_deref() != Some(&record.incarnation)
        || store.counts()?.events < written
    {
        return new_replica("This project was restored to an earlier state");
    }
    Ok(Ok(key))
}

fn replica_of(store: &SqliteStore) -> Result<Option<ReplicaId>, ApiError> {
    store
        .meta(REPLICA)?
        .map(|text| {
            text.parse()
                .map_err(|_| ApiError::new(ErrorCode::Damaged, "the project's replica is damaged"))
        })
        .transpose()
}

fn assemble(
    home: &Home,
    folder: &Path,
    mut store: SqliteStore,
    key: SigningKey,
) -> Result<Project, ApiError> {
    let replica = ReplicaId::from(&key);
    let incarnation: String = random::<16>()?
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    store.set_meta(REPLICA, &replica.to_string())?;
    store.set_meta(INCARNATION, &incarnation)?;
    remember(home, folder, &replica, incarnation)?;
    let position = PositionFile::open(&home.position_path(&replica))?;
    position.note(store.counts()?.events);
    let author = Author {
        user: home.user()?,
        key,
    };
    Ok(Project {
        folder: folder.to_owned(),
        engine: Engine::new(store, BranchId::main(), author),
        objects: FileObjects::open(folder)?,
        position,
        notices: Vec::new(),
    })
}

fn remember(
    home: &Home,
    folder: &Path,
    replica: &ReplicaId,
    incarnation: String,
) -> Result<(), ApiError> {
    let path = folder.join(DATA).join("session.db");
    let record = ReplicaRecord {
        file: file_identity(&path),
        path,
        incarnation,
    };
    home.set_replica(replica, &record)
}

#[cfg(unix)]
fn file_identity(path: &Path) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;
    let metadata = fs::metadata(path).ok()?;
    Some((metadata.dev(), metadata.ino()))
}

#[cfg(not(unix))]
fn file_identity(_: &Path) -> Option<(u64, u64)> {
    None
}

/// How many events the project held at least, kept outside of it: a project that holds fewer was restored.
///
/// It is written after every commit and not synced: it survives the process, which is what matters, and losing it
/// with the machine only makes a restored copy harder to notice.
pub(crate) struct PositionFile(Option<File>);

impl PositionFile {
    fn open(path: &Path) -> Result<Self, ApiError> {
        File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(path)
            .map(|file| Self(Some(file)))
            .map_err(|error| ApiError::io("opened", path, &error))
    }

    /// For a project that is only read.
    fn none() -> Self {
        Self(None)
    }

    fn read(path: &Path) -> u64 {
        fs::read(path)
            .ok()
            .and_then(|bytes| Some(u64::from_le_bytes(bytes.try_into().ok()?)))
            .unwrap_or(0)
    }

    /// Notes how many events there are now. A failure is passed over: the commit stands.
    pub fn note(&self, events: u64) {
        let Some(file) = &self.0 else { return };
        let bytes = events.to_le_bytes();
        #[cfg(unix)]
        let _ = std::os::unix::fs::FileExt::write_all_at(file, &bytes, 0);
        #[cfg(windows)]
        let _ = std::os::windows::fs::FileExt::seek_write(file, &bytes, 0);
    }
}
