//! One connection to a server, or to any server of a cluster, that keeps trying for ever.

mod absence;
mod attempts;
mod monitor;
mod pulse;
mod refusal;
mod version;

use std::collections::HashMap;
use std::fmt;
use std::future::{self, Future};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use async_nats::connection::State;
use async_nats::jetstream::response::Response;
use async_nats::jetstream::{self, ContextBuilder};
use async_nats::{Client, ConnectOptions, Event, Request, RequestErrorKind, ServerAddr};
use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{broadcast, mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time;

use crate::{Authority, Login, NatsError, Server};

use attempts::Attempts;
use monitor::{Monitor, Notice};
pub use version::{OLDEST_SERVER, Version};

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
    /// Tells one run of a server from every other.
    pub run: String,
    /// Its version, as `2.15.1`.
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
    pulse: JoinHandle<()>,
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
        let silence = notices.clone();
        let attempts = Arc::new(Attempts::new(notices, closing.subscribe()));
        let client = options
            .event_callback({
                let attempts = attempts.clone();
                move |event| {
                    if event == Event::Connected {
                        attempts.succeeded();
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

        let pulse_client = client.clone();
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
                pulse: tokio::spawn(pulse::watch(pulse_client, silence)),
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
            run: info.server_id,
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
        self.pulse.abort();
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
