//! One connection to a server, or to any server of a cluster, that keeps trying for ever.

use std::collections::HashMap;
use std::fmt;
use std::future::{self, Future};
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use async_nats::connection::State;
use async_nats::jetstream::response::Response;
use async_nats::jetstream::{self, ContextBuilder};
use async_nats::{
    Client, ConnectOptions, Event, ReconnectToServer, Request, RequestErrorKind, ServerAddr,
    ServerError, ServerInfo,
};
use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{broadcast, mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time;

use crate::{Authority, Login, NatsError, Server};

/// The oldest server whose behaviour this program relies on; older ones silently ignore what they do not know.
pub const OLDEST_SERVER: (u64, u64) = (2, 14);

/// Waits between attempts: doubled from the first to the last, and shortened by up to half at random, so that not all
/// clients of a restarted server come at once.
const FIRST_WAIT: Duration = Duration::from_millis(250);
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// What somebody has to change first is tried less often.
const REFUSED_WAIT: Duration = Duration::from_secs(10);

/// How many messages may wait for whoever subscribed: more than any reader asks for at once, and a bound to what a flood
/// of live messages takes of memory.
const SUBSCRIPTION_MESSAGES: usize = 8192;

/// How long a question to the server may take, and after how long it is asked again: whoever was to answer it may be
/// gone, and a cluster has chosen another one meanwhile.
pub(crate) const ANSWER_TIME: Duration = Duration::from_secs(10);
const ASKED_AGAIN: Duration = Duration::from_secs(2);

/// How long closing waits for what is on its way out.
const CLOSING_TIME: Duration = Duration::from_secs(2);

/// How a connection is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConnectionState {
    /// The first attempt is going on.
    Connecting,
    /// Connected. Every connection has a greater epoch than the one before; what was opened in one epoch is gone in the
    /// next.
    Connected {
        /// Counts connections from 1.
        epoch: u64,
    },
    /// Not connected; it is tried again by itself, after 250 ms to 5 s.
    Disconnected {
        /// Why, in words for people.
        problem: String,
    },
    /// The server is there and will not do: a wrong login, a certificate that is not trusted, a server too old. Tried
    /// again slowly, because somebody has to change something.
    Refused {
        /// Why, in words for people.
        problem: String,
    },
}

/// What the server says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerDetail {
    /// Its name.
    pub name: String,
    /// Its version, as `2.14.0`.
    pub version: String,
    /// The cluster it belongs to.
    pub cluster: Option<String>,
    /// The largest message it takes, headers included, in bytes.
    pub max_payload: usize,
}

/// A connection. Clones share it; it ends with [`close`](Self::close) or with the last clone.
#[derive(Clone)]
pub struct Connection {
    shared: Arc<Shared>,
}

struct Shared {
    client: Client,
    jetstream: jetstream::Context,
    shown: String,
    state: watch::Receiver<ConnectionState>,
    permission_problems: broadcast::Sender<String>,
    closing: Arc<watch::Sender<bool>>,
    monitor: JoinHandle<()>,
    leaders: Mutex<HashMap<String, Leader>>,
}

impl Connection {
    /// Starts to connect and returns at once; [`state`](Self::state) tells how it goes. Must be called within a tokio
    /// runtime. `name` is what administrators of the server see.
    ///
    /// # Errors
    /// Only for an address that cannot be right, or a credentials or certificate file that cannot be read.
    pub async fn open(server: &Server, name: &str) -> Result<Self, NatsError> {
        server.check()?;
        let address: ServerAddr = server.url.parse().map_err(|cause: std::io::Error| {
            let (address, problem) = (server.shown(), cause.to_string());
            NatsError::Address { address, problem }
        })?;
        let (notices, notices_receiver) = mpsc::unbounded_channel();
        let (state_sender, state) = watch::channel(ConnectionState::Connecting);
        let (permission_problems, _) = broadcast::channel(64);
        let closing = Arc::new(watch::Sender::new(false));

        let options = options(server, name).await?;
        let events = notices.clone();
        let attempts = Attempts {
            made: AtomicU64::new(0),
            failed: AtomicU64::new(0),
            notices,
            closing: closing.subscribe(),
        };
        let attempts = Arc::new(attempts);
        let client = options
            .event_callback({
                let attempts = attempts.clone();
                move |event| {
                    if event == Event::Connected {
                        attempts.failed.store(0, Ordering::Relaxed);
                    }
                    // The monitor is gone only when nobody is interested any more.
                    let _ = events.send(Notice::Event(event));
                    future::ready(())
                }
            })
            .reconnect_to_server_callback(move |servers, _| attempts.clone().next(servers))
            .connect(address)
            .await
            .map_err(|cause| NatsError::Address {
                address: server.shown(),
                problem: cause.to_string(),
            })?;

        let monitor = Monitor {
            client: client.clone(),
            shown: server.shown(),
            state: state_sender,
            permission_problems: permission_problems.clone(),
            epoch: 0,
        };
        let jetstream = ContextBuilder::new()
            .timeout(ANSWER_TIME)
            .ack_timeout(ANSWER_TIME)
            .build(client.clone());
        Ok(Self {
            shared: Arc::new(Shared {
                client,
                jetstream,
                shown: server.shown(),
                state,
                permission_problems,
                closing,
                monitor: tokio::spawn(monitor.run(notices_receiver)),
                leaders: Mutex::default(),
            }),
        })
    }

    /// How the connection is, now and whenever it changes.
    #[must_use]
    pub fn state(&self) -> watch::Receiver<ConnectionState> {
        self.shared.state.clone()
    }

    /// How long the server takes to answer.
    ///
    /// # Errors
    /// When there is no connection, it breaks, or no answer comes in time.
    pub async fn latency(&self) -> Result<Duration, NatsError> {
        // The server itself answers a request that nobody serves.
        let asked = Instant::now();
        let answer = self.shared.client.request(LATENCY_SUBJECT, Bytes::new());
        match self.while_connected(answer).await? {
            Err(cause) if cause.kind() == RequestErrorKind::TimedOut => Err(NatsError::TimedOut {
                action: "measuring the way to the server".to_owned(),
            }),
            _ => Ok(asked.elapsed()),
        }
    }

    /// What the server says of itself, once there was a connection.
    #[must_use]
    pub fn server(&self) -> Option<ServerDetail> {
        let info = self.shared.client.try_server_info()?;
        Some(ServerDetail {
            name: info.server_name,
            version: info.version,
            cluster: info.cluster,
            max_payload: info.max_payload,
        })
    }

    /// What the server did not allow, in its words: `Permissions Violation for Publish to "…"`. The call concerned
    /// learns of it only by getting no answer.
    #[must_use]
    pub fn permission_problems(&self) -> broadcast::Receiver<String> {
        self.shared.permission_problems.subscribe()
    }

    /// Sends what is on its way, for at most two seconds, and closes the connection for all clones.
    pub async fn close(&self) {
        self.shared.closing.send_replace(true);
        let mut state = self.state();
        let ending = async {
            let client = &self.shared.client;
            let is_there = client.connection_state() == State::Connected;
            if is_there && client.flush().await.is_ok() {
                // It ends the connection itself once everything is out.
                let _ = client.drain().await;
            }
            let is_over =
                |state: &ConnectionState| !matches!(state, ConnectionState::Connected { .. });
            let _ = state.wait_for(is_over).await;
        };
        let _ = time::timeout(CLOSING_TIME, ending).await;
    }

    pub(crate) fn client(&self) -> &Client {
        &self.shared.client
    }

    pub(crate) fn jetstream(&self) -> &jetstream::Context {
        &self.shared.jetstream
    }

    /// The present connection's number.
    pub(crate) fn epoch(&self) -> Result<u64, NatsError> {
        match *self.shared.state.borrow() {
            ConnectionState::Connected { epoch } => Ok(epoch),
            _ => Err(NatsError::Offline),
        }
    }

    /// Ends when the connection of this epoch does.
    pub(crate) async fn lost(&self, epoch: u64) {
        let mut state = self.state();
        let is_other = |state: &ConnectionState| *state != ConnectionState::Connected { epoch };
        // The sender is gone only after the connection.
        let _ = state.wait_for(is_other).await;
    }

    /// Waits for an answer as long as the present connection lives: a question on its way when the connection breaks
    /// would never be answered.
    pub(crate) async fn while_connected<T>(
        &self,
        answer: impl Future<Output = T>,
    ) -> Result<T, NatsError> {
        let epoch = self.epoch()?;
        self.while_in(epoch, answer).await
    }

    /// Asks JetStream something, as `STREAM.INFO.<stream>`. It may be asked more than once: only for questions that are
    /// answered the same then.
    pub(crate) async fn ask<T: DeserializeOwned>(
        &self,
        question: String,
        payload: &impl Serialize,
        action: String,
    ) -> Result<T, NatsError> {
        let answer = async {
            loop {
                let answer = self.shared.jetstream.request(question.clone(), payload);
                if let Ok(answer) = time::timeout(ASKED_AGAIN, answer).await {
                    return answer;
                }
            }
        };
        let answer = time::timeout(ANSWER_TIME, self.while_allowed(&question, answer));
        match answer.await {
            Ok(Ok(Ok(Response::Ok(answer)))) => Ok(answer),
            Ok(Ok(Ok(Response::Err { error }))) => Err(NatsError::from_answer(action, error)),
            Ok(Ok(Err(cause))) => Err(NatsError::from_client(action, cause)),
            Ok(Err(error)) => Err(error),
            Err(_) => Err(NatsError::TimedOut { action }),
        }
    }

    /// Asks JetStream for something that nobody waits for.
    pub(crate) async fn ask_in_passing(&self, question: String) {
        let asked = self.shared.jetstream.send_request(question, Request::new());
        // What hinders it hinders what comes after it too, and is told there.
        let _ = asked.await;
    }

    /// Notes which member of a cluster leads a stream now.
    pub(crate) fn note_leader(&self, stream: &str, leader: Leader) {
        let mut leaders = self.leaders();
        if leaders.get(stream) != Some(&leader) {
            leaders.insert(stream.to_owned(), leader);
        }
    }

    /// Which member leads a stream; none when it was never looked at.
    pub(crate) fn leader(&self, stream: &str) -> Option<Leader> {
        self.leaders().get(stream).cloned()
    }

    fn leaders(&self) -> MutexGuard<'_, HashMap<String, Leader>> {
        let leaders = self.shared.leaders.lock();
        leaders.unwrap_or_else(PoisonError::into_inner)
    }

    /// As [`while_connected`](Self::while_connected), for something at a subject: what the server does not allow there is
    /// never answered.
    pub(crate) async fn while_allowed<T>(
        &self,
        subject: &str,
        answer: impl Future<Output = T>,
    ) -> Result<T, NatsError> {
        let mut problems = self.permission_problems();
        let forbidden = async {
            loop {
                match problems.recv().await {
                    Ok(text) if text.contains(subject) => return NatsError::Permission { text },
                    Ok(_) | Err(RecvError::Lagged(_)) => {}
                    Err(RecvError::Closed) => future::pending().await,
                }
            }
        };
        tokio::select! {
            biased;
            answer = self.while_connected(answer) => answer,
            problem = forbidden => Err(problem),
        }
    }

    /// As [`while_connected`](Self::while_connected), for something that began in an earlier epoch perhaps.
    pub(crate) async fn while_in<T>(
        &self,
        epoch: u64,
        answer: impl Future<Output = T>,
    ) -> Result<T, NatsError> {
        tokio::select! {
            biased;
            answer = answer => Ok(answer),
            () = self.lost(epoch) => Err(NatsError::ConnectionLost),
        }
    }
}

/// Who leads a stream, and since when; none on a single server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Leader(pub(crate) Option<(String, String)>);

/// Nobody subscribes to it.
const LATENCY_SUBJECT: &str = "slate.sync.latency";

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.shared.state.borrow();
        write!(f, "Connection({}, {:?})", self.shared.shown, *state)
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        self.closing.send_replace(true);
        self.monitor.abort();
    }
}

async fn options(server: &Server, name: &str) -> Result<ConnectOptions, NatsError> {
    let mut options = ConnectOptions::new()
        .name(name)
        .retry_on_initial_connect()
        .request_timeout(Some(ANSWER_TIME))
        .subscription_capacity(SUBSCRIPTION_MESSAGES)
        .ping_interval(Duration::from_secs(10));
    options = match &server.login {
        Login::None => options,
        Login::Password { user, password } => {
            options.user_and_password(user.clone(), password.clone())
        }
        Login::Token { token } => options.token(token.clone()),
        Login::Credentials { file } => {
            let unusable = |cause| NatsError::Credentials {
                file: file.clone(),
                cause,
            };
            options.credentials_file(file).await.map_err(unusable)?
        }
    };
    match &server.certificate {
        // The client reads the file itself, each time it connects; whether it can is known now.
        Some(authority @ Authority::File { file }) => {
            authority.certificates()?;
            options = options.add_root_certificates(file.clone());
        }
        Some(authority @ Authority::Certificates { .. }) => {
            options = options.tls_client_config(authority.client()?);
        }
        None => {}
    }
    if server.url.starts_with("tls:") || server.certificate.is_some() {
        // Also towards servers of the cluster that this one names: they are named before anything is encrypted.
        options = options.require_tls(true);
    }
    if server.url.starts_with("ws") {
        // A cluster names its members by host and port; a client would take them for plain NATS.
        options = options.ignore_discovered_servers();
    }
    Ok(options)
}

/// What the client tells the monitor, in its order.
enum Notice {
    Event(Event),
    Failed(String),
}

/// Decides which server is tried next, and when.
struct Attempts {
    made: AtomicU64,
    failed: AtomicU64,
    notices: mpsc::UnboundedSender<Notice>,
    closing: watch::Receiver<bool>,
}

impl Attempts {
    async fn next(self: Arc<Self>, servers: Vec<async_nats::Server>) -> Option<ReconnectToServer> {
        let made = self.made.fetch_add(1, Ordering::Relaxed);
        let mut wait = Duration::ZERO;
        if made > 0 {
            let failed = self.failed.fetch_add(1, Ordering::Relaxed);
            let mut tried = servers.iter().rev();
            let problem = tried.find_map(|server| server.last_error.clone());
            let refused = problem.as_deref().is_some_and(is_refusal);
            wait = if refused {
                REFUSED_WAIT
            } else {
                backoff(failed)
            };
            if let Some(problem) = problem {
                // Nobody listens after the connection's end.
                let _ = self.notices.send(Notice::Failed(problem));
            }
        }
        let mut closing = self.closing.clone();
        let is_closing = tokio::select! {
            () = time::sleep(shortened(wait)) => false,
            _ = closing.wait_for(|closing| *closing) => true,
        };
        if is_closing {
            // The client knows no way to stop trying; it sleeps from here on.
            future::pending::<()>().await;
        }
        // Those that failed least, in turn.
        let fewest = servers.iter().map(|server| server.failed_attempts).min()?;
        let best: Vec<_> = servers
            .into_iter()
            .filter(|server| server.failed_attempts == fewest)
            .collect();
        let turn = usize::try_from(made).unwrap_or_default() % best.len();
        Some(ReconnectToServer {
            addr: best.into_iter().nth(turn)?.addr,
            delay: Some(Duration::ZERO),
        })
    }
}

/// The wait after a number of failures in a row.
fn backoff(failed: u64) -> Duration {
    let doubled = FIRST_WAIT.saturating_mul(1 << failed.min(8));
    doubled.min(LONGEST_WAIT)
}

/// Between half of a wait and all of it.
fn shortened(wait: Duration) -> Duration {
    // Without randomness the wait is whole.
    let chance = getrandom::u32().unwrap_or(0);
    wait.mul_f64(1.0 - 0.5 * f64::from(chance) / f64::from(u32::MAX))
}

/// Trying again does not help: the login or the certificate is wrong.
fn is_refusal(problem: &str) -> bool {
    [
        "authorization violation",
        "failed signing nonce",
        "invalid peer certificate",
    ]
    .iter()
    .any(|words| problem.contains(words))
}

/// What it means for people that a certificate is not accepted; none when that is not the problem.
fn certificate_words(problem: &str) -> Option<&'static str> {
    let (_, problem) = problem.split_once("invalid peer certificate")?;
    Some(if problem.contains("not valid for name") {
        "the server's certificate is for other addresses; ask for a new link, or use the name the certificate is for"
    } else if problem.contains("certificate expired") || problem.contains("not valid yet") {
        "the server's certificate is not valid today; whoever runs the server renews it, or this machine's clock is wrong"
    } else {
        "it is not the server that is expected there, or nobody this machine trusts vouches for it; ask for a new link, or \
         name the certificate of the server's authority"
    })
}

/// Turns what the client reports into a state.
struct Monitor {
    client: Client,
    shown: String,
    state: watch::Sender<ConnectionState>,
    permission_problems: broadcast::Sender<String>,
    epoch: u64,
}

impl Monitor {
    async fn run(mut self, mut notices: mpsc::UnboundedReceiver<Notice>) {
        // A connection is reported a moment before the client knows what the server said of itself.
        let mut greeting: Option<Pin<Box<dyn Future<Output = ServerInfo> + Send>>> = None;
        loop {
            let notice = tokio::select! {
                biased;
                notice = notices.recv() => notice,
                info = greeted(&mut greeting) => {
                    greeting = None;
                    self.connected(&info);
                    continue;
                }
            };
            match notice {
                Some(Notice::Event(Event::Connected)) => {
                    let client = self.client.clone();
                    greeting = Some(Box::pin(greeting_of(client)));
                }
                Some(Notice::Event(Event::Disconnected)) => {
                    greeting = None;
                    self.disconnected("the connection was lost");
                }
                Some(Notice::Event(Event::Closed)) => {
                    greeting = None;
                    self.disconnected("the connection was closed");
                }
                Some(Notice::Event(Event::ServerError(ServerError::Other(text)))) => {
                    if text.to_ascii_lowercase().contains("permissions violation") {
                        // Nobody has to listen.
                        let _ = self.permission_problems.send(text);
                    }
                }
                Some(Notice::Event(_)) => {}
                Some(Notice::Failed(problem)) => self.failed(&problem),
                None => return,
            }
        }
    }

    fn connected(&mut self, info: &ServerInfo) {
        let problem = if version(&info.version).is_none_or(|version| version < OLDEST_SERVER) {
            let (major, minor) = OLDEST_SERVER;
            let found = &info.version;
            format!(
                "the server is nats-server {found}, and {major}.{minor} or newer is needed; update it"
            )
        } else if !info.jetstream {
            "the server keeps nothing; its JetStream has to be switched on".to_owned()
        } else {
            self.epoch += 1;
            let epoch = self.epoch;
            self.state
                .send_replace(ConnectionState::Connected { epoch });
            return;
        };
        let problem = format!("{}: {problem}", self.shown);
        self.state
            .send_replace(ConnectionState::Refused { problem });
    }

    fn disconnected(&self, problem: &str) {
        let problem = format!("{}: {problem}", self.shown);
        self.state
            .send_replace(ConnectionState::Disconnected { problem });
    }

    fn failed(&self, problem: &str) {
        if problem.contains("authorization violation") {
            let problem = format!("{}: the server does not accept this login", self.shown);
            self.state
                .send_replace(ConnectionState::Refused { problem });
        } else if is_refusal(problem) {
            let problem = match certificate_words(problem) {
                Some(words) => format!("{}: {words} ({problem})", self.shown),
                None => format!("{}: {problem}", self.shown),
            };
            self.state
                .send_replace(ConnectionState::Refused { problem });
        } else {
            self.disconnected(problem);
        }
    }
}

/// What the server said of itself on this connection. The client answers a question for its servers only after it has
/// taken the connection over.
async fn greeting_of(client: Client) -> ServerInfo {
    // It fails only when the client has ended.
    let _ = client.server_pool().await;
    client.server_info()
}

async fn greeted(
    greeting: &mut Option<Pin<Box<dyn Future<Output = ServerInfo> + Send>>>,
) -> ServerInfo {
    match greeting {
        Some(greeting) => greeting.await,
        None => future::pending().await,
    }
}

/// Major and minor of `2.14.0`, `v2.14.0-RC.1`.
pub(crate) fn version(text: &str) -> Option<(u64, u64)> {
    let mut parts = text.trim().trim_start_matches('v').split('.');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_a_limit() {
        let waits: Vec<_> = (0..7).map(|failed| backoff(failed).as_millis()).collect();
        assert_eq!(waits, [250, 500, 1000, 2000, 4000, 5000, 5000]);
        assert_eq!(backoff(u64::MAX), LONGEST_WAIT);
        for wait in [Duration::ZERO, LONGEST_WAIT] {
            assert!((wait / 2..=wait).contains(&shortened(wait)));
        }
    }

    #[test]
    fn versions_are_compared_as_numbers() {
        assert_eq!(version("2.14.0"), Some((2, 14)));
        assert_eq!(version("v2.9.1-RC.1\n"), Some((2, 9)));
        assert!(version("2.9.1") < Some(OLDEST_SERVER));
        assert_eq!(version("new"), None);
    }
}
