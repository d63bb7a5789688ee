//! A project on disk: a folder bound to one session, and the replica that writes in it.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use wissil_dag::{BranchId, ReplicaId, SessionId, SigningKey, UserId};
use wissil_store::{FileObjects, SqliteStore};
use wissil_sync::{Author, Engine, EventStore as _};

use crate::api::{ApiError, ErrorCode, Person};
use crate::history::Names;
use crate::home::{Home, ReplicaRecord, random};
use crate::lost::{self, Lost};
use crate::position::PositionFile;
use crate::set_aside::Aside;
use crate::site::Site;
use crate::whereabouts::Whereabouts;

/// Where a project keeps its session, below its folder.
pub(crate) const DATA: &str = ".wissil";

const REPLICA: &str = "replica";
const INCARNATION: &str = "incarnation";
/// What the version understood that looked last at what was refused.
const UNDERSTOOD: &str = "understood";
/// Under which keys the project was edited here before it had to take another one, because its machine was set back.
const EARLIER: &str = "earlier-replicas";

/// An open project, before anything is read from it.
pub(crate) struct Project {
    /// Its folder.
    pub folder: PathBuf,
    /// The engine of its session.
    pub engine: Engine<SqliteStore>,
    /// Its objects.
    pub objects: FileObjects,
    /// The installation; none where nothing may be written.
    home: Option<Home>,
    /// Keys that are this installation's own besides the present one.
    earlier: Vec<ReplicaId>,
    /// Where the number of events written is noted.
    pub position: PositionFile,
    /// Whether it still stands in its folder.
    pub whereabouts: Whereabouts,
    /// What a person should know.
    pub notices: Vec<String>,
    /// Events that were saved here and are missing, in words; of a project that is only read.
    pub lost: Option<String>,
}

/// Whether a folder holds a project.
pub fn is_project(folder: &Path) -> bool {
    database(folder).is_file()
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
    aside(folder, |building| {
        build(home, folder, building, session, fill)
    })
}

/// Puts an open project into another folder, where it goes on as the same replica when it is opened there. `more` copies
/// what else belongs to it into the folder it is given.
///
/// On a failure that folder is as it was, and nothing happened to the project.
pub(crate) fn put_elsewhere(
    home: &Home,
    project: &mut Project,
    folder: &Path,
    more: impl FnOnce(&Path) -> Result<(), ApiError>,
) -> Result<(), ApiError> {
    aside(folder, |building| {
        fs::create_dir(building).map_err(|error| ApiError::io("made", building, &error))?;
        let store = project.engine.store();
        store.copy_to(building)?;
        more(building)?;
        let assets = building.join("assets");
        if assets.exists() {
            let target = folder.join("assets");
            fs::rename(&assets, &target)
                .map_err(|error| ApiError::io("put in place", &target, &error))?;
        }
        put_in_place(building, folder)?;
        let incarnation = store.meta(INCARNATION)?.unwrap_or_default();
        // From now on whatever stands at the old place is a copy.
        home.set_replica(project.engine.replica(), &record(folder, incarnation, None))
    })
}

/// Builds something in a folder that may hold other files, not a project, so that a failure leaves it as it was.
fn aside(folder: &Path, build: impl FnOnce(&Path) -> Result<(), ApiError>) -> Result<(), ApiError> {
    if folder.join(DATA).exists() {
        return Err(holds_one(folder));
    }
    let made_folder = !folder.exists();
    fs::create_dir_all(folder).map_err(|error| ApiError::io("made", folder, &error))?;
    let built = Site::take(folder).and_then(|site| {
        if folder.join(DATA).exists() {
            return Err(holds_one(folder));
        }
        build(&site.building())
    });
    if built.is_err() && made_folder {
        // Only an empty folder goes away.
        let _ = fs::remove_dir(folder);
    }
    built
}

fn holds_one(folder: &Path) -> ApiError {
    ApiError::new(
        ErrorCode::AlreadyExists,
        format!(
            "{} holds a project already; open it instead",
            folder.display()
        ),
    )
}

/// Gives what was built its place.
fn put_in_place(building: &Path, folder: &Path) -> Result<(), ApiError> {
    let (from, to) = (building.join(DATA), folder.join(DATA));
    fs::rename(&from, &to).map_err(|error| ApiError::io("put in place", &to, &error))
}

fn build(
    home: &Home,
    folder: &Path,
    building: &Path,
    session: Option<SessionId>,
    fill: impl FnOnce(&mut Project) -> Result<(), ApiError>,
) -> Result<(), ApiError> {
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
    put_in_place(building, folder)?;
    // The database keeps its inode; only the place that is remembered changes.
    let store = SqliteStore::open(folder)?;
    if let Some(replica) = replica_of(&store)? {
        let incarnation = store.meta(INCARNATION)?.unwrap_or_default();
        home.set_replica(&replica, &record(folder, incarnation, None))?;
    }
    Ok(())
}

/// Opens a project. A copied or restored folder becomes a new replica before its first edit.
pub(crate) fn open(home: &Home, folder: &Path) -> Result<Project, ApiError> {
    if !is_project(folder) {
        return Err(no_project(folder));
    }
    let store = SqliteStore::open(folder)?;
    settle_person(home, [folder.to_owned()]).map_err(only_readable)?;
    match identify(home, folder, &store)? {
        Identity::Same(key) => {
            let mut project = assemble(home, folder, store, key)?;
            lost::follow(&mut project)?;
            Ok(project)
        }
        Identity::Other(why) => {
            let lost = Lost::find(home, &store)?;
            let key = home.new_replica().map_err(only_readable)?;
            let mut project = assemble(home, folder, store, key)?;
            if let Some(lost) = lost {
                project.notices.push(format!("{}.", lost.in_words()));
                lost.keep(&mut project)?;
            }
            lost::follow(&mut project)?;
            project.notices.push(format!(
                "{why}, so it goes on as a new replica with a key of its own; its history stays as it is."
            ));
            Ok(project)
        }
    }
}

/// Where the installation does not know any more who edits here, that is taken from the first of some projects that is
/// edited under a key of this installation.
pub(crate) fn settle_person(
    home: &Home,
    folders: impl IntoIterator<Item = PathBuf>,
) -> Result<(), ApiError> {
    if home.known_person()?.is_some() {
        return Ok(());
    }
    let mut known = folders.into_iter().filter_map(|folder| {
        let person = person_in(home, &folder)?;
        Some((folder, person))
    });
    let Some((folder, person)) = known.next() else {
        return Ok(());
    };
    home.keep_person(&person)?;
    home.note(format!(
        "You go on as {}, as the project in {} knows you",
        person.name,
        folder.display()
    ));
    Ok(())
}

/// Who edits a project under the key that it has here.
fn person_in(home: &Home, folder: &Path) -> Option<Person> {
    let mut project = read(folder, "reader".into()).ok()?;
    let replica = replica_of(project.engine.store()).ok()??;
    home.key(&replica).ok()??;
    let field = format!("replicas.{replica}");
    let people = Names::read(&mut project.engine).ok()?.people();
    let main = project.engine.main_manifest().ok()?;
    let manifest = project.engine.projection_of(&main).ok()?;
    let mut own = people.into_iter().filter(|person| {
        let member = manifest.record("members", &person.id);
        member.is_some_and(|member| member.get(&field).is_some())
    });
    own.next()
}

/// Opens a project for reading only: nothing in it or about it is written.
pub(crate) fn inspect(home: &Home, folder: &Path) -> Result<Project, ApiError> {
    let mut project = read(folder, home.reader().id)?;
    project.notices.extend(home.found());
    project.lost = lost::in_words(home, project.engine.store())?;
    project.notices.extend(project.lost.clone());
    Ok(project)
}

/// As [`inspect`], by nobody in particular.
pub(crate) fn read(folder: &Path, user: String) -> Result<Project, ApiError> {
    if !is_project(folder) {
        return Err(no_project(folder));
    }
    let store = SqliteStore::open_read_only(folder)?;
    // A key that no replica has: nothing is signed with it.
    let author = Author {
        user: UserId::new(user).map_err(|error| ApiError::internal(error.to_string()))?,
        key: SigningKey::from_bytes(&random()?),
    };
    Ok(Project {
        folder: folder.to_owned(),
        home: None,
        earlier: earlier(&store)?,
        engine: Engine::new(store, BranchId::main(), author),
        objects: FileObjects::open_read_only(folder),
        position: PositionFile::none(),
        whereabouts: Whereabouts::of(folder),
        notices: Vec::new(),
        lost: None,
    })
}

/// Why a folder is no project's, and what to do with what it is.
pub fn no_project(folder: &Path) -> ApiError {
    let ending = folder
        .extension()
        .map(|ending| ending.to_string_lossy().to_ascii_lowercase());
    let what = match (fs::metadata(folder), ending.as_deref()) {
        (Err(error), _) if error.kind() == ErrorKind::NotFound => "does not exist",
        (Ok(it), Some("glb" | "gltf")) if it.is_file() => {
            "is a model, and not the folder of a project: import it into one"
        }
        (Ok(it), Some("car" | "json")) if it.is_file() => {
            "is a file, and not the folder of a project: if it is an exported history, import it into one"
        }
        (Ok(it), _) if it.is_file() => "is a file, and not the folder of a project",
        _ => match fs::metadata(database(folder)) {
            Err(error)
                if !matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) =>
            {
                return ApiError::io("read", folder, &error);
            }
            _ => "holds no project",
        },
    };
    ApiError::new(ErrorCode::NotFound, format!("{} {what}", folder.display()))
}

/// Says what still works where the installation's folder cannot be written.
fn only_readable(error: ApiError) -> ApiError {
    ApiError {
        message: format!(
            "the project cannot be edited, because {}; it can be read and exported meanwhile, and nothing in it was changed",
            error.message
        ),
        ..error
    }
}

/// As whom this installation goes on.
enum Identity {
    /// As before, under this key.
    Same(SigningKey),
    /// Under a new key; why.
    Other(String),
}

fn identify(home: &Home, folder: &Path, store: &SqliteStore) -> Result<Identity, ApiError> {
    let other = |why: &str| Ok(Identity::Other(why.to_owned()));
    let Some(replica) = replica_of(store)? else {
        return other("This project has not been edited here before");
    };
    let key = home.key(&replica).map_err(only_readable)?;
    let record = home.replica(&replica).map_err(only_readable)?;
    let Some(key) = key else {
        return other("This project came from another installation");
    };
    let Some(record) = record else {
        return other("What was remembered of this project on this machine is gone");
    };
    let database = database(folder);
    if record.file.is_some() && record.file != file_identity(&database)
        || record.file.is_none() && record.path != database
    {
        return other("This project is a copy of another folder");
    }
    if Lost::find(home, store)?.is_some() {
        return other("This project lacks events that were saved in it");
    }
    let incarnation = store.meta(INCARNATION)?;
    let known = [Some(&record.incarnation), record.next.as_ref()];
    if !known.contains(&incarnation.as_ref()) {
        return other("This project was restored to an earlier state");
    }
    Ok(Identity::Same(key))
}

pub(crate) fn replica_of(store: &SqliteStore) -> Result<Option<ReplicaId>, ApiError> {
    store
        .meta(REPLICA)?
        .map(|text| {
            text.parse()
                .map_err(|_| ApiError::new(ErrorCode::Damaged, "the project's replica is damaged"))
        })
        .transpose()
}

/// The keys under which the project was edited here before its present one.
fn earlier(store: &SqliteStore) -> Result<Vec<ReplicaId>, ApiError> {
    let keys = store.meta(EARLIER)?.unwrap_or_default();
    keys.split_whitespace()
        .map(|text| {
            text.parse().map_err(|_| {
                ApiError::new(ErrorCode::Damaged, "the project's replicas are damaged")
            })
        })
        .collect()
}

fn assemble(
    home: &Home,
    folder: &Path,
    mut store: SqliteStore,
    key: SigningKey,
) -> Result<Project, ApiError> {
    let replica = ReplicaId::from(&key);
    let notice = claim(home, folder, &mut store, &replica)?;
    let own = lost::events_of(&store, &replica)?;
    let position = PositionFile::open(&home.position_path(&replica), own).map_err(only_readable)?;
    if !position.note(store.counts()?.events) && notice.is_some() {
        return Err(only_readable(ApiError::new(
            ErrorCode::Storage,
            notice.unwrap_or_default(),
        )));
    }
    let author = Author {
        user: home.user()?,
        key,
    };
    let earlier = earlier(&store)?;
    let mut engine = Engine::new(store, BranchId::main(), author);
    look_again(&mut engine)?;
    Ok(Project {
        folder: folder.to_owned(),
        home: Some(home.clone()),
        earlier,
        engine,
        objects: FileObjects::open(folder)?,
        position,
        whereabouts: Whereabouts::of(folder),
        notices: notice.into_iter().collect(),
        lost: None,
    })
}

/// What was refused may be what only a newer version understands: a version looks at it once.
fn look_again(engine: &mut Engine<SqliteStore>) -> Result<(), ApiError> {
    let understood = [env!("CARGO_PKG_VERSION"), &wissil_model::typescript()].concat();
    let understood = wissil_dag::cid_of(wissil_dag::Codec::RAW, understood.as_bytes()).to_string();
    if engine.store().meta(UNDERSTOOD)?.as_ref() == Some(&understood) {
        return Ok(());
    }
    engine.look_again()?;
    Ok(engine.store_mut().set_meta(UNDERSTOOD, &understood)?)
}

/// Gives the project a new incarnation, here and in the installation. Wherever that ends, it is known again: the
/// installation knows both incarnations before the project has the new one.
///
/// Where the installation's folder cannot be written, the project stays in the incarnation that it is in, and what is
/// wrong is answered.
fn claim(
    home: &Home,
    folder: &Path,
    store: &mut SqliteStore,
    replica: &ReplicaId,
) -> Result<Option<String>, ApiError> {
    let name = replica.to_string();
    let next: String = random::<16>()?
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let same = store.meta(REPLICA)?.as_ref() == Some(&name);
    let before = store.meta(INCARNATION)?.filter(|_| same);
    let both = record(
        folder,
        before.clone().unwrap_or_else(|| next.clone()),
        Some(next.clone()),
    );
    if let Err(error) = home.set_replica(replica, &both) {
        return match before {
            Some(_) => Ok(Some(format!(
                "{}. Make room there, or make it writable: until then a restored backup of this project is hard to notice",
                error.message
            ))),
            None => Err(only_readable(error)),
        };
    }
    store.set_meta(REPLICA, &name)?;
    store.set_meta(INCARNATION, &next)?;
    // What is known is enough, and the next opening writes it again.
    let _ = home.set_replica(replica, &record(folder, next, None));
    Ok(None)
}

fn record(folder: &Path, incarnation: String, next: Option<String>) -> ReplicaRecord {
    let path = database(folder);
    ReplicaRecord {
        file: file_identity(&path),
        path,
        incarnation,
        next,
    }
}

impl Project {
    /// What a person should know of it, and of the installation.
    pub fn notices(&self) -> Vec<String> {
        let found = self.home.as_ref().map(Home::found);
        [self.notices.clone(), found.unwrap_or_default()].concat()
    }

    /// Whether a replica is this installation: under its present key, or one from before its machine was set back.
    pub fn owns(&self, replica: &ReplicaId) -> bool {
        replica == self.engine.replica() || self.earlier.contains(replica)
    }

    /// All of them.
    pub fn own_replicas(&self) -> Vec<ReplicaId> {
        let mut own = self.earlier.clone();
        own.push(*self.engine.replica());
        own
    }

    /// Where work that left the history is kept.
    pub fn aside(&self) -> Aside {
        Aside::of(&self.folder.join(DATA))
    }

    /// Goes on under a new key; what was written under the one before stays this installation's own.
    ///
    /// # Errors
    /// When no key can be kept in the installation's folder. Nothing was changed then.
    pub fn renew(&mut self) -> Result<(), ApiError> {
        let Some(home) = self.home.clone() else {
            return Err(ApiError::new(
                ErrorCode::Invalid,
                "the project is open for reading only",
            ));
        };
        let key = home.new_replica()?;
        let replica = ReplicaId::from(&key);
        let position = PositionFile::open(&home.position_path(&replica), 0)?;
        let before = *self.engine.replica();
        let mut earlier = self.earlier.clone();
        earlier.push(before);
        let text: Vec<String> = earlier.iter().map(ToString::to_string).collect();
        let store = self.engine.store_mut();
        position.note(store.counts()?.events);
        store.set_meta(EARLIER, &text.join(" "))?;
        claim(&home, &self.folder, store, &replica)?;
        self.engine.renew(key);
        self.earlier = earlier;
        self.position = position;
        Ok(())
    }
}

/// The database of the project in a folder.
pub(crate) fn database(folder: &Path) -> PathBuf {
    folder.join(DATA).join("session.db")
}

/// Which file stands at a path, whatever its name; none where there is none, or the system does not tell.
#[cfg(unix)]
pub(crate) fn file_identity(path: &Path) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;
    let metadata = fs::metadata(path).ok()?;
    Some((metadata.dev(), metadata.ino()))
}

#[cfg(not(unix))]
pub(crate) fn file_identity(_: &Path) -> Option<(u64, u64)> {
    None
}
