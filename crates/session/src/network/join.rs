//! Joining a session by its link: a new project is made of what the server holds.

use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use wissil_dag::SessionId;
use wissil_model::DocumentKind;
use wissil_nats::{
    Connection, ConnectionState as Answer, EDIT_STREAMS, Objects, Reader, Server, StreamState,
    Topology,
};
use wissil_sync::{Cursor, EventStore as _};

use super::JoinListener;
use super::checkpoints::Index;
use super::incoming::Checked;
use super::link::Link;
use super::runtime::runtime;
use super::settings::Remembered;
use crate::api::{ApiError, ErrorCode, JoinProgress, LinkInfo, ServerSettings, StreamInfo};
use crate::app::App;
use crate::history::manifest;
use crate::project::{self, Project};
use crate::session::Session;

/// How long a server may take to answer before joining is given up.
const PATIENCE: Duration = Duration::from_secs(20);

impl App {
    /// What a link says, before anything is done with it.
    ///
    /// # Errors
    /// [`ErrorCode::Invalid`] for anything else than a whole link.
    pub fn inspect_link(&self, link: &str) -> Result<LinkInfo, ApiError> {
        let link = Link::parse(link)?;
        let folder = self.folder_of(&link)?;
        let suggested = free_folder(&self.home().projects_folder(), &link.name);
        Ok(LinkInfo {
            session: link.session.to_string(),
            name: link.name.clone(),
            server: Server::try_from(&link.server)?.shown(),
            server_known: self
                .home()
                .connections()?
                .iter()
                .any(|known| known.uses(&link.server)),
            goes_to: match folder {
                Some(_) => self.goes_elsewhere(&link)?,
                None => None,
            },
            folder: folder.map(|folder| folder.display().to_string()),
            suggested_folder: suggested.display().to_string(),
        })
    }

    /// Joins the session of a link and opens it (see [`fetch_shared`](Self::fetch_shared)).
    ///
    /// # Errors
    /// As [`fetch_shared`](Self::fetch_shared), and what opening a project may fail with.
    pub fn join(
        &self,
        link: &str,
        folder: &Path,
        listener: JoinListener,
    ) -> Result<Session, ApiError> {
        let folder = self.fetch_shared(link, folder, listener, &CancellationToken::new())?;
        self.open(&folder)
    }

    /// Fetches the session of a link into a folder, and answers where the project stands. A session that is on this
    /// machine already stays where it stands. Either way it goes to the server of the link when it is opened.
    ///
    /// # Errors
    /// [`ErrorCode::AlreadyExists`] when the session is on this machine and goes to another server: whether it is to
    /// move is for its owner to say ([`move_to_link`](Self::move_to_link)).
    /// [`ErrorCode::Unreachable`] and [`ErrorCode::Refused`] when the server does not answer or will not have us,
    /// [`ErrorCode::NotFound`] when it does not know the session, [`ErrorCode::Cancelled`] when that was asked for
    /// before the project was whole. Nothing is left behind then.
    pub fn fetch_shared(
        &self,
        link: &str,
        folder: &Path,
        listener: JoinListener,
        cancelled: &CancellationToken,
    ) -> Result<PathBuf, ApiError> {
        let link = Link::parse(link)?;
        let home = self.home();
        if let Some(folder) = self.folder_of(&link)? {
            if let Some(other) = self.goes_elsewhere(&link)? {
                return Err(ApiError::new(
                    ErrorCode::AlreadyExists,
                    format!(
                        "{} is on this machine already, in {}, and goes to {other}; the link leads to {}. It stays as it is unless you say that it moves",
                        link.name,
                        folder.display(),
                        Server::try_from(&link.server)?.shown(),
                    ),
                ));
            }
            self.go_to(&link)?;
            return Ok(folder);
        }
        let folder = crate::app::absolute(folder)?;
        let before = home.connection(&link.session)?;
        project::create_for(home, &folder, Some(link.session.clone()), |project| {
            let mut fetching = Fetching {
                project,
                listener,
                done: 0,
                total: 0,
                undeliverable: 0,
            };
            runtime()?
                .block_on(cancelled.run_until_cancelled(fetching.fetch(&link)))
                // Also when it is whole by now: whoever cancelled expects no project.
                .filter(|_| !cancelled.is_cancelled())
                .unwrap_or_else(|| {
                    Err(ApiError::new(
                        ErrorCode::Cancelled,
                        "joining was cancelled; nothing was left behind",
                    ))
                })?;
            // Before the project has its place: whoever is ended in between has no project without its server.
            let remembered = Remembered {
                server: Some(link.server.clone()),
                hosting: None,
                folder: Some(folder.clone()),
            };
            home.set_connection(&link.session, &remembered)
        })
        .inspect_err(|_| home.take_back_connection(&link.session, &before))?;
        Ok(folder)
    }

    /// Has the session of a link, which is on this machine, go to the link's server from now on, wherever it goes today;
    /// answers where it stands. A server that it ran here itself is not started again.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`] when the session is not on this machine.
    pub fn move_to_link(&self, link: &str) -> Result<PathBuf, ApiError> {
        let link = Link::parse(link)?;
        let folder = self.folder_of(&link)?.ok_or_else(|| {
            ApiError::new(
                ErrorCode::NotFound,
                format!("{} is not on this machine yet; join it", link.name),
            )
        })?;
        self.go_to(&link)?;
        Ok(folder)
    }

    /// The other server that the session of a link goes to here, without secrets.
    fn goes_elsewhere(&self, link: &Link) -> Result<Option<String>, ApiError> {
        let known = self.home().connection(&link.session)?;
        match &known.server {
            Some(server) if !known.uses(&link.server) => {
                Ok(Some(Server::try_from(server)?.shown()))
            }
            _ => Ok(None),
        }
    }

    fn go_to(&self, link: &Link) -> Result<(), ApiError> {
        let mut known = self.home().connection(&link.session)?;
        let hosts_it = known
            .hosting
            .as_ref()
            .is_some_and(|hosting| hosting.running)
            && known.uses(&link.server);
        if hosts_it {
            return Ok(());
        }
        if let Some(hosting) = &mut known.hosting {
            hosting.running = false;
        }
        known.server = Some(link.server.clone());
        self.home().set_connection(&link.session, &known)
    }

    /// Makes the streams of a server, or brings them up to date; doing it again changes nothing.
    ///
    /// # Errors
    /// [`ErrorCode::Unreachable`] and [`ErrorCode::Refused`] when the server does not answer, or not like this.
    pub fn prepare_server(
        &self,
        server: &ServerSettings,
        cluster: bool,
    ) -> Result<Vec<StreamInfo>, ApiError> {
        let server = Server::try_from(server)?;
        let topology = if cluster {
            Topology::Cluster
        } else {
            Topology::Single
        };
        runtime()?.block_on(async {
            let connection = Connection::open(&server, "wissil server init").await?;
            answer(&connection, &server).await?;
            let streams = wissil_nats::prepare(&connection, topology).await?;
            connection.close().await;
            Ok(streams.into_iter().map(StreamInfo::from).collect())
        })
    }

    /// Where the session of a link stands on this machine.
    fn folder_of(&self, link: &Link) -> Result<Option<PathBuf>, ApiError> {
        let known = self.home().connection(&link.session)?.folder;
        Ok(known.filter(|folder| {
            wissil_store::SqliteStore::open_read_only(folder)
                .is_ok_and(|store| *store.session() == link.session)
        }))
    }
}

/// A folder for a project of that name that does not exist yet.
fn free_folder(projects: &Path, name: &str) -> PathBuf {
    let name: String = name
        .chars()
        .map(|character| match character {
            '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|' => '-',
            other => other,
        })
        .collect();
    let name = name.trim().trim_matches('.').to_owned();
    let name = if name.is_empty() {
        "Shared project".into()
    } else {
        name
    };
    let first = projects.join(&name);
    if !first.exists() {
        return first;
    }
    (2..1000)
        .map(|number| projects.join(format!("{name} {number}")))
        .find(|folder| !folder.exists())
        .unwrap_or(first)
}

/// With fewer events than this a session is fetched whole before it is opened. With more, only what the project holds is
/// known then; documents come when somebody looks at them, and one after the other.
const SMALL: u64 = 2_000;

/// A project in the making.
struct Fetching<'a> {
    project: &'a mut Project,
    listener: JoinListener,
    done: u64,
    total: u64,
    /// How many messages the server has and cannot give.
    undeliverable: u64,
}

impl Fetching<'_> {
    async fn fetch(&mut self, link: &Link) -> Result<(), ApiError> {
        self.tell("Connecting to the server");
        let name = format!("wissil {}", self.project.engine.replica());
        let connection = Connection::open(&Server::try_from(&link.server)?, &name).await?;
        let fetched = match answer(&connection, &Server::try_from(&link.server)?).await {
            Ok(()) => self.fetch_events(&connection).await,
            Err(refused) if refused.code == ErrorCode::Refused => Err(ApiError::new(
                ErrorCode::Refused,
                format!(
                    "{}; ask whoever sent the link for it again",
                    refused.message
                ),
            )),
            Err(error) => Err(error),
        };
        connection.close().await;
        fetched?;
        let manifest = self.project.engine.log(&manifest()?);
        if self.project.engine.store().log(&manifest)?.is_none() && self.undeliverable > 0 {
            return Err(ApiError::new(
                ErrorCode::Damaged,
                format!(
                    "the server's disk is damaged: {} of its messages cannot be read, and the project cannot begin without them; once somebody who has the project is connected, what is missing is sent again. Join then",
                    self.undeliverable
                ),
            ));
        }
        if self.project.engine.store().log(&manifest)?.is_none() {
            return Err(ApiError::new(
                ErrorCode::NotFound,
                "the server does not know this session; whoever sent the link has to be connected to it first",
            ));
        }
        Ok(())
    }

    async fn fetch_events(&mut self, connection: &Connection) -> Result<(), ApiError> {
        self.tell("Looking for the project");
        let session = self.project.engine.session().clone();
        let name = self.project.engine.replica().to_string();
        let mut readers = Vec::new();
        let streams = super::driver::prepare_streams(connection).await?;
        self.start_from_checkpoints(connection, &session).await?;
        for state in streams {
            let Some(stream) = EDIT_STREAMS.into_iter().find(|name| *name == state.name) else {
                continue;
            };
            let cursor = self.project.engine.store().cursor(stream)?;
            let after = cursor
                .filter(|cursor| {
                    cursor.incarnation == state.incarnation && cursor.sequence <= state.last
                })
                .map_or(0, |cursor| cursor.sequence);
            let reader = Reader::open(connection, stream, &session, &name, after).await?;
            self.total += reader.backlog();
            readers.push((stream, state.incarnation, reader));
        }
        if self.total > SMALL {
            let manifest = wissil_nats::edit_stream(DocumentKind::MANIFEST);
            readers.retain(|(stream, ..)| Some(*stream) == manifest);
            self.total = readers.iter().map(|(_, _, reader)| reader.backlog()).sum();
        }
        for (stream, incarnation, mut reader) in readers {
            let mut left = reader.backlog();
            // From where something was set aside it is read again later.
            let mut whole = true;
            while left > 0 {
                let read = reader.next().await?;
                left = read.pending;
                let Checked {
                    arrivals, refused, ..
                } = Checked::new(read.events);
                self.done += (arrivals.len() + refused.len()) as u64;
                self.project.engine.refuse(refused)?;
                whole &= self.project.engine.ingest_many(arrivals)?.set_aside == 0;
                let cursor = Cursor {
                    incarnation: incarnation.clone(),
                    sequence: read.last.sequence,
                    published: read.last.published,
                };
                if whole {
                    let store = self.project.engine.store_mut();
                    store.set_cursor(stream, &cursor)?;
                }
                self.tell("Fetching the project");
            }
            self.undeliverable += reader.undeliverable();
        }
        Ok(())
    }

    /// Starts from the checkpoints that were shared, where there are sound ones; else from nothing.
    async fn start_from_checkpoints(
        &mut self,
        connection: &Connection,
        session: &SessionId,
    ) -> Result<(), ApiError> {
        let objects = Objects::open(connection, session).await?;
        let Some(index) = Index::get(&objects).await? else {
            return Ok(());
        };
        self.tell("Fetching the project as it is");
        let checkpoints = match index.checkpoints(&objects, session).await {
            Ok(checkpoints) => checkpoints,
            // Reading everything takes longer and leads to the same.
            Err(error) if error.code == ErrorCode::Damaged => return Ok(()),
            Err(error) => return Err(error),
        };
        let store = self.project.engine.store_mut();
        store.start_from(checkpoints)?;
        for (stream, cursor) in index.cursors() {
            store.set_cursor(stream, &cursor)?;
        }
        Ok(())
    }

    fn tell(&mut self, step: &str) {
        (self.listener)(JoinProgress {
            step: step.into(),
            done: self.done.to_string(),
            total: self.total.to_string(),
        });
    }
}

/// Waits until the server answers, or will not have us, or is silent for too long.
pub(crate) async fn answer(connection: &Connection, server: &Server) -> Result<(), ApiError> {
    let mut state = connection.state();
    let answered = async {
        loop {
            match state.borrow_and_update().clone() {
                Answer::Connected { .. } => return Ok(()),
                Answer::Refused { problem } => {
                    return Err(ApiError::new(ErrorCode::Refused, problem));
                }
                Answer::Connecting | Answer::Disconnected { .. } => {}
            }
            if state.changed().await.is_err() {
                return Err(ApiError::internal("the connection ended by itself"));
            }
        }
    };
    tokio::time::timeout(PATIENCE, answered)
        .await
        .unwrap_or_else(|_| {
            Err(ApiError::new(
                ErrorCode::Unreachable,
                format!(
                    "the server {} does not answer; check that it runs and that this machine reaches it, then try again",
                    server.shown()
                ),
            ))
        })
}

impl From<StreamState> for StreamInfo {
    fn from(stream: StreamState) -> Self {
        Self {
            name: stream.name,
            messages: stream.messages.to_string(),
            bytes: stream.bytes.to_string(),
        }
    }
}
