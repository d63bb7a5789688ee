//! The network of an open project: which server, whether this machine runs it, and the task that keeps both together.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::task::JoinHandle;
use wissil_dag::{BranchId, ReplicaId, SessionId, UserId};
use wissil_nats::{
    BusEvent, Connection, ConnectionState as Answer, HostOptions, NatsServer, Server,
};

use super::MessageListener;
use super::addresses::Addresses;
use super::audit::Audits;
use super::board::Board;
use super::driver::Driver;
use super::echoes::Echoes;
use super::link::Link;
use super::messages::{Messages, sender};
use super::people::People;
use super::runtime::runtime;
use super::settings::{Remembered, RememberedHosting};
use super::signals::Signals;
use super::standing::{Link as ServerLink, Standing};
use crate::api::{
    ApiError, ConnectionInfo, ConnectionState, ConnectionStatus, ErrorCode, HostingInfo, LoginKind,
    Person, Reach, ServerCertificate, ServerInfo, ServerLogin, ServerSettings, SessionMessage,
    StreamInfo,
};
use crate::bridge::Bridge;
use crate::home::{Home, random};
use crate::session::Follower;

/// How long the connection panel waits for a server that does not answer.
const ANSWER: Duration = Duration::from_secs(2);
/// How often is looked whether the hosted server runs.
const LOOK: Duration = Duration::from_secs(1);
/// Lines of the server's log that are shown.
const LOG_LINES: usize = 200;

/// The network of an open project.
pub(crate) struct Network {
    home: Home,
    bridge: Bridge,
    folder: PathBuf,
    session: SessionId,
    replica: ReplicaId,
    signals: Arc<Signals>,
    pub(crate) people: Arc<People>,
    pub(crate) messages: Arc<Messages>,
    /// Whether this process leaves when both sides have the same.
    leaves: AtomicBool,
    /// Shared with what keeps the hosted server running.
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    remembered: Remembered,
    running: Option<Running>,
    host: Option<NatsServer>,
    /// Starts it again when it ends by itself.
    keeper: Option<JoinHandle<()>>,
    /// Gives own messages to own listeners while there is no server.
    alone: Option<JoinHandle<()>>,
    /// Whether the project is closed, so that nothing starts any more.
    closed: bool,
}

struct Running {
    connection: Connection,
    task: JoinHandle<()>,
    /// Remembers the server once it was reached, where another one is remembered.
    remembering: Option<JoinHandle<()>>,
}

/// What the network needs to know of a project.
pub(crate) struct Place {
    pub(crate) folder: PathBuf,
    pub(crate) session: SessionId,
    pub(crate) branch: BranchId,
    pub(crate) user: UserId,
    pub(crate) replica: ReplicaId,
    pub(crate) person: Person,
}

impl Network {
    /// The network of a project that was just opened. It connects to nothing before it is told to ([`resume`](Self::resume),
    /// [`connect`](Self::connect), [`host`](Self::host)).
    pub(crate) fn new(
        home: &Home,
        bridge: Bridge,
        place: Place,
        signals: Arc<Signals>,
        queue: UnboundedReceiver<BusEvent>,
    ) -> Result<Self, ApiError> {
        let mut remembered = home.connection(&place.session)?;
        let folder = Some(place.folder.clone());
        if remembered.folder != folder {
            remembered.folder = folder;
            // Where it cannot be kept, only a link does not find the project; it is kept at the next opening.
            let _ = home.set_connection(&place.session, &remembered);
        }
        Ok(Self {
            home: home.clone(),
            bridge,
            folder: place.folder,
            session: place.session,
            replica: place.replica,
            signals,
            people: Arc::new(People::new(place.person, place.branch)),
            messages: Arc::new(Messages::new(sender(place.user, place.replica), queue)),
            leaves: AtomicBool::new(false),
            state: Arc::new(Mutex::new(State {
                remembered,
                ..State::default()
            })),
        })
    }

    /// The installation.
    pub(crate) fn home(&self) -> &Home {
        &self.home
    }

    /// Connects as the last time. What stands in the way is shown in the status and stops nothing.
    pub(crate) fn resume(&self) {
        let mut state = self.lock();
        if state.closed {
            return;
        }
        let hosted = state
            .remembered
            .hosting
            .as_ref()
            .is_some_and(|hosting| hosting.running);
        let resumed = if hosted {
            // The server takes its time to start.
            self.tell(Standing {
                link: ServerLink::Connecting,
                hosting: true,
                ..Standing::default()
            });
            let reach = state
                .remembered
                .hosting
                .as_ref()
                .map(|hosting| hosting.reach);
            self.start_hosting(&mut state, reach.unwrap_or(Reach::Machine))
        } else if let Some(server) = state.remembered.server.clone() {
            self.start(&mut state, &server, false)
        } else {
            self.start_alone(&mut state)
        };
        if let Err(error) = resumed {
            let mut standing = Standing {
                link: ServerLink::Away,
                hosting: hosted,
                ..Standing::default()
            };
            standing.problems.other = Some(error.message);
            self.tell(standing);
        }
    }

    fn tell(&self, standing: Standing) {
        self.bridge.tell(|actor| actor.standing_changed(standing));
    }

    /// This process leaves when both sides have the same.
    pub(crate) fn will_not_stay(&self) {
        self.leaves.store(true, Ordering::Relaxed);
    }

    /// Chooses a server.
    pub(crate) fn connect(&self, server: ServerSettings) -> Result<(), ApiError> {
        Server::try_from(&server)?.check()?;
        let mut state = self.lock();
        self.stop_host(&mut state)?;
        self.start(&mut state, &server, false)?;
        let before = state.remembered.server.replace(server);
        match before {
            None => self.remember(&state),
            Some(_) => self.remember_once_reached(&mut state),
        }
    }

    /// Remembers the server when it answers as it should: a mistyped address does not take the place of one that works.
    fn remember_once_reached(&self, state: &mut State) -> Result<(), ApiError> {
        let remembered = state.remembered.clone();
        let Some(running) = &mut state.running else {
            return Ok(());
        };
        let mut answers = running.connection.state();
        let (home, session) = (self.home.clone(), self.session.clone());
        running.remembering = Some(runtime()?.spawn(async move {
            let is_reached = |answer: &Answer| matches!(answer, Answer::Connected { .. });
            if answers.wait_for(is_reached).await.is_ok() {
                // Where it cannot be kept, the next start goes where this one did not, and says so.
                let _ = home.set_connection(&session, &remembered);
            }
        }));
        Ok(())
    }

    /// Chooses a server, or the one of the last time, unless it is connected so.
    pub(crate) fn go_online(&self, server: Option<ServerSettings>) -> Result<(), ApiError> {
        let is_so = {
            let state = self.lock();
            let is_chosen = server.is_none() || server == state.remembered.server;
            state.running.is_some() && is_chosen
        };
        match server {
            _ if is_so => Ok(()),
            Some(server) => self.connect(server),
            None => {
                self.resume();
                Ok(())
            }
        }
    }

    /// Chooses the server of a link, unless the session goes there.
    pub(crate) fn go_to_link(&self, link: &str) -> Result<(), ApiError> {
        let link = Link::parse(link)?;
        if link.session != self.session {
            return Err(ApiError::new(
                ErrorCode::Invalid,
                "the link leads to another session than this project's",
            ));
        }
        let goes_there = self.lock().remembered.uses(&link.server);
        self.go_online((!goes_there).then_some(link.server))
    }

    /// Goes back to this disk only.
    pub(crate) fn disconnect(&self) -> Result<(), ApiError> {
        let mut state = self.lock();
        self.stop_host(&mut state)?;
        self.stop(&mut state);
        state.remembered.server = None;
        self.remember(&state)?;
        self.tell(Standing::default());
        self.start_alone(&mut state)
    }

    /// Runs a server beside the program and connects to it.
    pub(crate) fn host(&self, reach: Reach) -> Result<(), ApiError> {
        let mut state = self.lock();
        self.start_hosting(&mut state, reach)
    }

    /// The same, unless it runs and is reached so.
    pub(crate) fn stay_hosting(&self, reach: Reach) -> Result<(), ApiError> {
        let mut state = self.lock();
        let known = state.remembered.hosting.as_ref();
        let is_reached_so = known.is_some_and(|hosting| hosting.reach == reach);
        if is_reached_so && state.host.as_mut().is_some_and(NatsServer::is_running) {
            return Ok(());
        }
        self.start_hosting(&mut state, reach)
    }

    /// Stops that server and goes back to this disk only.
    pub(crate) fn stop_hosting(&self) -> Result<(), ApiError> {
        self.disconnect()
    }

    /// Ends everything, for a project that is being closed.
    pub(crate) fn close(&self) {
        let mut state = self.lock();
        state.closed = true;
        self.stop(&mut state);
        stop_keeping(&mut state);
        if let (Some(host), Ok(runtime)) = (state.host.take(), runtime()) {
            runtime.block_on(host.stop());
        }
    }

    /// The server, with what it takes to log in there: what a link carries.
    ///
    /// # Errors
    /// When the certificate of the server's authority cannot be read, or that of a hosted one cannot be made to fit where
    /// this machine is now.
    pub(crate) fn link(&self, name: &str) -> Result<Option<Link>, ApiError> {
        let mut state = self.lock();
        let Some(mut server) = state.remembered.server.clone() else {
            return Ok(None);
        };
        if let Some(hosting) = &state.remembered.hosting
            && hosting.running
            && hosting.reach == Reach::Network
        {
            let addresses = Addresses::now();
            server.url = format!("tls://{}", SocketAddr::new(addresses.first, hosting.port));
            if let Some(host) = &mut state.host {
                runtime()?.block_on(host.set_addresses(addresses.all))?;
            }
        }
        Ok(Some(Link {
            session: self.session.clone(),
            name: name.to_owned(),
            server: server.carried()?,
        }))
    }

    /// Who can reach this machine's own server; none while it runs none.
    pub(crate) fn reach(&self) -> Option<Reach> {
        let state = self.lock();
        state.host.as_ref()?;
        state
            .remembered
            .hosting
            .as_ref()
            .map(|hosting| hosting.reach)
    }

    /// Everything about the connection but its status.
    pub(crate) fn info(&self, status: ConnectionStatus) -> Result<ConnectionInfo, ApiError> {
        let (connection, hosting, server) = {
            let mut state = self.lock();
            let reach = state
                .remembered
                .hosting
                .as_ref()
                .map(|hosting| hosting.reach);
            let hosting = state.host.as_mut().map(|host| HostingInfo {
                url: host.url(),
                reach: reach.unwrap_or(Reach::Machine),
                running: host.is_running(),
                log: host.log(LOG_LINES),
            });
            let connection = state
                .running
                .as_ref()
                .map(|running| running.connection.clone());
            (connection, hosting, state.remembered.server.clone())
        };
        let answering = matches!(
            status.state,
            ConnectionState::Online | ConnectionState::Syncing
        );
        let detail = match connection.filter(|_| answering) {
            Some(connection) => runtime()?.block_on(server_info(&connection)),
            None => None,
        };
        Ok(ConnectionInfo {
            status,
            url: server
                .as_ref()
                .map(Server::try_from)
                .transpose()?
                .map(|server| server.shown()),
            login: server.as_ref().map(|server| LoginKind::from(&server.login)),
            server: detail,
            hosting,
            messages: self.messages.counts(),
        })
    }

    fn start_hosting(&self, state: &mut State, reach: Reach) -> Result<(), ApiError> {
        self.stop_host(state)?;
        let known = state.remembered.hosting.clone();
        let (port, token) = match known {
            Some(known) => (Some(known.port), known.token),
            None => (None, token()?),
        };
        let options = HostOptions {
            binary: wissil_nats::find_server(&self.home.tools_folder())?,
            folder: self.folder.join(".wissil").join("server"),
            reach: match reach {
                Reach::Machine => wissil_nats::Reach::Machine,
                Reach::Network => wissil_nats::Reach::Network {
                    addresses: Addresses::now().all,
                },
            },
            port,
            token: token.clone(),
            server_name: format!("wissil-{}", self.session),
        };
        let host = runtime()?.block_on(NatsServer::start(options))?;
        let server = ServerSettings {
            url: host.url(),
            login: ServerLogin::Token {
                token: token.clone(),
            },
            certificate: host
                .authority()
                .map(|authority| ServerCertificate::Carried {
                    certificates: vec![authority.to_string()],
                }),
        };
        let port = host.port();
        state.host = Some(host);
        let shared = Arc::clone(&self.state);
        let keeper = keep_running(shared, self.bridge.clone());
        state.keeper = Some(runtime()?.spawn(keeper));
        self.start(state, &server, true)?;
        state.remembered.server = Some(server);
        state.remembered.hosting = Some(RememberedHosting {
            reach,
            port,
            token,
            running: true,
        });
        self.remember(state)
    }

    fn stop_host(&self, state: &mut State) -> Result<(), ApiError> {
        stop_keeping(state);
        if let Some(host) = state.host.take() {
            self.stop(state);
            runtime()?.block_on(host.stop());
        }
        if let Some(hosting) = &mut state.remembered.hosting {
            hosting.running = false;
        }
        Ok(())
    }

    fn start(
        &self,
        state: &mut State,
        server: &ServerSettings,
        hosting: bool,
    ) -> Result<(), ApiError> {
        self.stop(state);
        let runtime = runtime()?;
        let name = format!("wissil {}", self.replica);
        let connection = runtime.block_on(Connection::open(&Server::try_from(server)?, &name))?;
        let driver = Driver {
            bridge: self.bridge.clone(),
            connection: connection.clone(),
            session: self.session.clone(),
            replica: self.replica,
            signals: Arc::clone(&self.signals),
            board: Board::new(self.bridge.clone(), hosting),
            people: Arc::clone(&self.people),
            messages: Arc::clone(&self.messages),
            missing: Notify::new(),
            echoes: Echoes::default(),
            stays: !self.leaves.load(Ordering::Relaxed),
            audits: Audits::default(),
        };
        state.running = Some(Running {
            connection,
            task: runtime.spawn(driver.run()),
            remembering: None,
        });
        Ok(())
    }

    /// Follows live messages; own ones are heard though nothing is connected.
    pub(crate) fn follow_messages(
        &self,
        follower: Follower,
        pattern: &str,
        listener: MessageListener,
    ) -> Result<u32, ApiError> {
        let mut state = self.lock();
        if !state.closed && state.running.is_none() && state.alone.is_none() {
            self.start_alone(&mut state)?;
        }
        self.messages.follow(follower, pattern, listener)
    }

    fn start_alone(&self, state: &mut State) -> Result<(), ApiError> {
        let (messages, session) = (Arc::clone(&self.messages), self.session.clone());
        let task = runtime()?.spawn(async move {
            messages.run_alone(&session).await;
        });
        if let Some(before) = state.alone.replace(task) {
            before.abort();
        }
        Ok(())
    }

    fn remember(&self, state: &State) -> Result<(), ApiError> {
        self.home.set_connection(&self.session, &state.remembered)
    }

    /// Ends the connection; what waits is sent the next time. Nobody can be seen any more.
    fn stop(&self, state: &mut State) {
        if let Some(alone) = state.alone.take() {
            alone.abort();
        }
        let (Some(running), Ok(runtime)) = (state.running.take(), runtime()) else {
            return;
        };
        runtime.block_on(async {
            running.task.abort();
            if let Some(remembering) = running.remembering {
                remembering.abort();
            }
            // It was ended, which is what its result says.
            let _ = running.task.await;
            running.connection.close().await;
        });
        self.people.all_left();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Starts the hosted server again whenever it ends by itself: somebody ended it, or it had no memory.
async fn keep_running(state: Arc<Mutex<State>>, bridge: Bridge) {
    let lock = || state.lock().unwrap_or_else(PoisonError::into_inner);
    let mut is_told = false;
    loop {
        tokio::time::sleep(LOOK).await;
        // It is out of everybody's reach meanwhile; who stops it ends this task first.
        let ended = {
            let mut state = lock();
            let has_ended = state.host.as_mut().is_some_and(|host| !host.is_running());
            if has_ended { state.host.take() } else { None }
        };
        let Some(mut host) = ended else { continue };
        let started = host.start_again().await;
        lock().host = Some(host);
        let problem = match &started {
            Ok(()) => "The server that runs here had ended; it was started again.".to_owned(),
            Err(error) => format!(
                "The server that runs here ended and does not start again: {error}. It is tried for as long as the project is open."
            ),
        };
        if started.is_ok() || !is_told {
            bridge.tell(move |actor| actor.tell(&SessionMessage::Problem { problem }));
        }
        is_told = started.is_err();
    }
}

fn stop_keeping(state: &mut State) {
    if let Some(keeper) = state.keeper.take() {
        keeper.abort();
    }
}

async fn server_info(connection: &Connection) -> Option<ServerInfo> {
    let detail = connection.server()?;
    let latency = tokio::time::timeout(ANSWER, connection.latency()).await;
    let streams = tokio::time::timeout(ANSWER, wissil_nats::stream_states(connection)).await;
    Some(ServerInfo {
        name: detail.name,
        version: detail.version,
        cluster: detail.cluster,
        latency: latency
            .ok()
            .and_then(Result::ok)
            .map(|latency| latency.as_secs_f64() * 1000.0),
        streams: streams
            .ok()
            .and_then(Result::ok)
            .unwrap_or_default()
            .into_iter()
            .map(StreamInfo::from)
            .collect(),
    })
}

/// A secret that cannot be guessed: 24 random bytes as hexadecimal digits.
fn token() -> Result<String, ApiError> {
    Ok(random::<24>()?
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect())
}
