//! The installation: who edits here, the keys of its replicas, the projects opened before.
//!
//! None of it belongs to a project, and keys never enter a project's folder.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use wissil_dag::{ReplicaId, SessionId, SigningKey, UserId};

use crate::api::{ApiError, ErrorCode, Person, RecentProject};
use crate::network::Remembered;

/// Colours for people: told apart on dark and light backgrounds.
const COLORS: [&str; 8] = [
    "#ff8a57", "#5bc8ff", "#b58bff", "#4cc38a", "#f2c14e", "#f2726f", "#6fd3c7", "#ff8ac4",
];
/// Most projects remembered.
const MAX_RECENTS: usize = 20;

/// The folder of an installation.
#[derive(Clone, Debug)]
pub struct Home {
    folder: PathBuf,
    /// What was found damaged in it since the program started, and what follows, in words.
    found: Arc<Mutex<Vec<String>>>,
}

/// What an installation remembers of a replica, to tell a copied or restored project from its own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReplicaRecord {
    /// Where its database stands.
    pub path: PathBuf,
    /// Which file that is: device and inode, where the system has them.
    pub file: Option<(u64, u64)>,
    /// A random text that is new each time the project is opened, here and in the project.
    pub incarnation: String,
    /// The one that the project is about to have: it has this one or the other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct Recent {
    path: String,
    name: String,
    opened: u64,
}

/// Unix milliseconds.
pub fn now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |elapsed| elapsed.as_millis() as u64)
}

/// Random bytes from the system.
pub fn random<const N: usize>() -> Result<[u8; N], ApiError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| {
        ApiError::new(
            ErrorCode::Internal,
            format!("the system gives no random numbers: {error}"),
        )
    })?;
    Ok(bytes)
}

/// A new id: a ULID, so that ids sort by age.
pub fn new_id() -> Result<String, ApiError> {
    let random = u128::from_be_bytes(random()?);
    Ok(ulid::Ulid::from_parts(now(), random).to_string())
}

impl Home {
    /// The installation in that folder, which is made when it is not there. Where it cannot be written, projects can be
    /// read all the same; what has to write there says why it cannot.
    ///
    /// # Errors
    /// When a file is in its place, or others could read its secrets.
    pub fn open(folder: impl Into<PathBuf>) -> Result<Self, ApiError> {
        let folder = folder.into();
        if folder.exists() && !folder.is_dir() {
            return Err(ApiError::new(
                ErrorCode::Storage,
                format!(
                    "{} is where this installation keeps its keys, and it is a file; move it out of the way",
                    folder.display()
                ),
            ));
        }
        for (part, is_secret) in [
            ("keys", true),
            ("replicas", false),
            ("connections", true),
            ("doorbells", true),
        ] {
            let part = folder.join(part);
            match fs::create_dir_all(&part) {
                Ok(()) if is_secret => restrict(&part, 0o700)?,
                Ok(()) | Err(_) => {}
            }
        }
        Ok(Self {
            folder,
            found: Arc::default(),
        })
    }

    /// What was found damaged here since the program started, in words.
    pub(crate) fn found(&self) -> Vec<String> {
        let found = self.found.lock();
        found.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Has something said to whoever opens a project.
    pub(crate) fn note(&self, found: String) {
        let mut all = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        if !all.contains(&found) {
            all.push(found);
        }
    }

    /// Where an installation stands unless one says otherwise: `WISSIL_HOME`, or the system's place for such data.
    pub fn default_folder() -> PathBuf {
        std::env::var_os("WISSIL_HOME")
            .map(PathBuf::from)
            .or_else(|| Some(dirs::data_dir()?.join("wissil")))
            .unwrap_or_else(|| PathBuf::from(".wissil-home"))
    }

    /// Where new projects go unless one says otherwise: among the person's documents, or inside an installation that
    /// was put somewhere else.
    pub fn projects_folder(&self) -> PathBuf {
        let usual = dirs::data_dir().map(|data| data.join("wissil"));
        dirs::document_dir()
            .or_else(dirs::home_dir)
            .filter(|_| usual.as_ref() == Some(&self.folder))
            .map_or_else(
                || self.folder.join("projects"),
                |documents| documents.join("WISSIL"),
            )
    }

    /// Who edits here. A new installation gets a name from the system and a colour of its own.
    pub fn person(&self) -> Result<Person, ApiError> {
        if let Some(person) = self.known_person()? {
            return Ok(person);
        }
        let [choice, number] = random()?;
        let name = std::env::var("USER")
            .or_else(|_| std::env::var("USERNAME"))
            .ok()
            .filter(|name| !name.is_empty() && name != "root")
            // Others have to tell them from another one.
            .unwrap_or_else(|| format!("Guest {}", 10 + number % 90));
        let person = Person {
            id: new_id()?,
            name,
            color: COLORS[usize::from(choice) % COLORS.len()].into(),
        };
        self.keep_person(&person)?;
        Ok(person)
    }

    /// Who edits here; none where nobody did, or it is not known any more.
    pub(crate) fn known_person(&self) -> Result<Option<Person>, ApiError> {
        self.read_json(&self.person_path(), "It says who you are")
    }

    /// Remembers who edits here.
    pub(crate) fn keep_person(&self, person: &Person) -> Result<(), ApiError> {
        write_json(&self.person_path(), person)
    }

    fn person_path(&self) -> PathBuf {
        self.folder.join("person.json")
    }

    /// Who reads here: the person, or nobody in particular where none is known. Nothing is written for it.
    pub(crate) fn reader(&self) -> Person {
        let path = self.person_path();
        let person = fs::read(&path)
            .ok()
            .map(|bytes| serde_json::from_slice(&bytes));
        if let Some(Err(_)) = &person {
            self.note(format!(
                "{} is damaged. It says who you are; whoever edits next finds that out from a project",
                path.display()
            ));
        }
        person.and_then(Result::ok).unwrap_or_else(|| Person {
            id: "reader".into(),
            name: "Reader".into(),
            color: COLORS[0].into(),
        })
    }

    /// Changes the name and colour.
    pub fn set_person(&self, name: &str, color: &str) -> Result<Person, ApiError> {
        let name = name.trim();
        if name.is_empty() || name.chars().count() > 60 {
            return Err(ApiError::new(
                ErrorCode::Invalid,
                "a name has 1 to 60 characters",
            ));
        }
        let is_color = color.len() == 7
            && color.starts_with('#')
            && color[1..].bytes().all(|byte| byte.is_ascii_hexdigit());
        if !is_color {
            return Err(ApiError::new(
                ErrorCode::Invalid,
                format!("`{color}` is not a colour like #5bc8ff"),
            ));
        }
        let person = Person {
            name: name.into(),
            color: color.into(),
            ..self.person()?
        };
        self.keep_person(&person)?;
        Ok(person)
    }

    /// The user id of who edits here.
    pub fn user(&self) -> Result<UserId, ApiError> {
        UserId::new(self.person()?.id)
            .map_err(|error| ApiError::new(ErrorCode::Damaged, error.to_string()))
    }

    /// A new replica: its key is made and kept here.
    pub fn new_replica(&self) -> Result<SigningKey, ApiError> {
        let key = SigningKey::from_bytes(&random()?);
        let path = self.key_path(&ReplicaId::from(&key));
        let mut options = fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let write = || -> std::io::Result<()> {
            let mut file = options.open(&path)?;
            file.write_all(&key.to_bytes())?;
            file.sync_all()
        };
        write().map_err(|error| ApiError::io("written", &path, &error))?;
        Ok(key)
    }

    /// The key of a replica; none when it belongs to another installation.
    pub fn key(&self, replica: &ReplicaId) -> Result<Option<SigningKey>, ApiError> {
        let path = self.key_path(replica);
        match fs::read(&path) {
            Ok(bytes) => {
                let key = <[u8; 32]>::try_from(bytes.as_slice())
                    .map(|bytes| SigningKey::from_bytes(&bytes))
                    .ok()
                    .filter(|key| ReplicaId::from(key) == *replica);
                key.map(Some).ok_or_else(|| {
                    ApiError::new(
                        ErrorCode::Damaged,
                        format!(
                            "the key in {} is damaged; delete it to go on under a new one",
                            path.display()
                        ),
                    )
                })
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(ApiError::io("read", &path, &error)),
        }
    }

    /// Forgets a replica that never wrote anything: its key, and what is remembered of it.
    pub(crate) fn forget_replica(&self, replica: &ReplicaId) {
        let replicas = self.folder.join("replicas");
        for path in [
            self.key_path(replica),
            replicas.join(format!("{replica}.json")),
            self.position_path(replica),
        ] {
            // What stays does no harm: nobody asks for it.
            let _ = fs::remove_file(path);
        }
    }

    fn key_path(&self, replica: &ReplicaId) -> PathBuf {
        self.folder.join("keys").join(format!("{replica}.key"))
    }

    /// What is remembered of a replica.
    pub fn replica(&self, replica: &ReplicaId) -> Result<Option<ReplicaRecord>, ApiError> {
        let path = self.folder.join("replicas").join(format!("{replica}.json"));
        self.read_json(
            &path,
            "It told a project that is edited here from a copy of it",
        )
    }

    /// Remembers it.
    pub fn set_replica(&self, replica: &ReplicaId, record: &ReplicaRecord) -> Result<(), ApiError> {
        write_json(
            &self.folder.join("replicas").join(format!("{replica}.json")),
            record,
        )
    }

    /// Where a project that is open in a window says how to reach that window.
    pub(crate) fn doorbell_path(&self, folder: &Path) -> PathBuf {
        let name = hex(&folder.display().to_string());
        // Names of files end at 255 bytes; the end of a path tells projects apart better than its beginning.
        let name = &name[name.len().saturating_sub(200)..];
        self.folder.join("doorbells").join(name)
    }

    /// Where programs that this one uses are kept: `WISSIL_TOOLS`, or a folder of the installation.
    pub(crate) fn tools_folder(&self) -> PathBuf {
        std::env::var_os("WISSIL_TOOLS").map_or_else(|| self.folder.join("tools"), PathBuf::from)
    }

    /// How a session was connected last.
    pub(crate) fn connection(&self, session: &SessionId) -> Result<Remembered, ApiError> {
        let path = self.connection_path(session);
        Ok(self.read_json(&path, CONNECTION)?.unwrap_or_default())
    }

    /// How each session of this installation was connected last.
    pub(crate) fn connections(&self) -> Result<Vec<Remembered>, ApiError> {
        let folder = self.folder.join("connections");
        let files = match fs::read_dir(&folder) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            files => files.map_err(|error| ApiError::io("read", &folder, &error))?,
        };
        let mut connections = Vec::new();
        for file in files {
            let path = file
                .map_err(|error| ApiError::io("read", &folder, &error))?
                .path();
            // A broken one is kept beside its successor under a longer ending.
            let name = path.file_name().and_then(|name| name.to_str());
            let stem = name.and_then(|name| name.strip_suffix(".json"));
            if stem.is_some_and(|stem| !stem.contains('.')) {
                match self.read_json(&path, CONNECTION) {
                    Ok(connection) => connections.extend(connection),
                    // It is another session's, mostly; who opens that hears of it.
                    Err(error) => self.note(error.message),
                }
            }
        }
        Ok(connections)
    }

    /// Remembers it; nobody else can read it, because it holds secrets.
    pub(crate) fn set_connection(
        &self,
        session: &SessionId,
        remembered: &Remembered,
    ) -> Result<(), ApiError> {
        let text = serde_json::to_vec_pretty(remembered)
            .map_err(|error| ApiError::internal(error.to_string()))?;
        write_private(&self.connection_path(session), &text)
    }

    /// Remembers what was remembered of a session's server before.
    pub(crate) fn take_back_connection(&self, session: &SessionId, before: &Remembered) {
        // What cannot be taken back leads to no project, so nobody goes there.
        let _ = match before.folder {
            Some(_) => self.set_connection(session, before),
            None => {
                let _ = fs::remove_file(self.connection_path(session));
                Ok(())
            }
        };
    }

    fn connection_path(&self, session: &SessionId) -> PathBuf {
        // A session's id is a legal file name everywhere once its letters are told apart by their codes alone.
        self.folder
            .join("connections")
            .join(format!("{}.json", hex(session.as_str())))
    }

    /// Where the number of events that a replica has written at least is kept (see [`crate::project`]).
    pub fn position_path(&self, replica: &ReplicaId) -> PathBuf {
        self.folder
            .join("replicas")
            .join(format!("{replica}.position"))
    }

    /// The projects opened before, newest first.
    pub fn recents(&self) -> Result<Vec<RecentProject>, ApiError> {
        Ok(self
            .read_recents()?
            .into_iter()
            .map(|recent| RecentProject {
                exists: Path::new(&recent.path).join(".wissil").is_dir(),
                path: recent.path,
                name: recent.name,
                opened: recent.opened as f64,
            })
            .collect())
    }

    /// Puts a project first in the list.
    pub fn remember(&self, path: &Path, name: &str) -> Result<(), ApiError> {
        let path = path.display().to_string();
        let mut recents = self.read_recents()?;
        recents.retain(|recent| recent.path != path);
        recents.insert(
            0,
            Recent {
                path,
                name: name.into(),
                opened: now(),
            },
        );
        recents.truncate(MAX_RECENTS);
        write_json(&self.folder.join("recents.json"), &recents)
    }

    /// Takes a project off the list.
    pub fn forget(&self, path: &str) -> Result<(), ApiError> {
        let mut recents = self.read_recents()?;
        recents.retain(|recent| recent.path != path);
        write_json(&self.folder.join("recents.json"), &recents)
    }

    fn read_recents(&self) -> Result<Vec<Recent>, ApiError> {
        let path = self.folder.join("recents.json");
        let recents = self.read_json(&path, "It listed the projects that were opened last")?;
        Ok(recents.unwrap_or_default())
    }

    /// Reads a file; none where it is missing. A damaged one is kept beside as `<name>.damaged` and counts as missing, and
    /// that is said, with what it was for: nothing in here is worth refusing to start for.
    fn read_json<T: DeserializeOwned>(
        &self,
        path: &Path,
        what_for: &str,
    ) -> Result<Option<T>, ApiError> {
        let bytes = match fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(ApiError::io("read", path, &error)),
        };
        if let Ok(value) = serde_json::from_slice(&bytes) {
            return Ok(Some(value));
        }
        let mut aside = path.as_os_str().to_owned();
        aside.push(".damaged");
        fs::rename(path, &aside).map_err(|error| ApiError::io("moved", path, &error))?;
        self.note(format!(
            "{} was damaged, and is kept beside as {}. {what_for}",
            path.display(),
            Path::new(&aside)
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
        ));
        Ok(None)
    }
}

/// What the file of a connection is for.
const CONNECTION: &str = "It held the server of a session and how to log in there: choose the server again, or use its link";

fn hex(text: &str) -> String {
    text.bytes().map(|byte| format!("{byte:02x}")).collect()
}

fn write_json<T: Serialize>(path: &Path, value: &T) -> Result<(), ApiError> {
    let text =
        serde_json::to_vec_pretty(value).map_err(|error| ApiError::internal(error.to_string()))?;
    let temporary = path.with_extension("tmp");
    fs::File::create(&temporary)
        .and_then(|file| put_in_place(file, &text, &temporary, path))
        .map_err(|error| ApiError::io("written", path, &error))
}

/// Writes a file under another name and gives it its own when it is on the disk: whole or not at all, also when the
/// machine stops.
fn put_in_place(
    mut file: fs::File,
    bytes: &[u8],
    temporary: &Path,
    path: &Path,
) -> std::io::Result<()> {
    file.write_all(bytes)
        .and_then(|()| file.sync_all())
        .and_then(|()| fs::rename(temporary, path))
        .inspect_err(|_| {
            // What was written of it is in nobody's way; it is written over the next time.
            let _ = fs::remove_file(temporary);
        })
}

/// Writes a file that only its owner can read, whole or not at all.
pub(crate) fn write_private(path: &Path, bytes: &[u8]) -> Result<(), ApiError> {
    let temporary = path.with_extension("tmp");
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
        .open(&temporary)
        .and_then(|file| put_in_place(file, bytes, &temporary, path))
        .map_err(|error| ApiError::io("written", path, &error))
}

#[cfg(unix)]
fn restrict(path: &Path, mode: u32) -> Result<(), ApiError> {
    use std::os::unix::fs::PermissionsExt;
    let now = fs::metadata(path).map(|metadata| metadata.permissions().mode() & 0o7777);
    if now.is_ok_and(|now| now == mode) {
        return Ok(());
    }
    fs::set_permissions(path, fs::Permissions::from_mode(mode))
        .map_err(|error| ApiError::io("restricted", path, &error))
}

#[cfg(not(unix))]
fn restrict(_: &Path, _: u32) -> Result<(), ApiError> {
    Ok(())
}
