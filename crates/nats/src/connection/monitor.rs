//! What the client reports, as a state.

use std::future::{self, Future};
use std::pin::Pin;

use async_nats::{Client, Event, ServerError, ServerInfo};
use tokio::sync::{broadcast, mpsc, watch};

use super::ConnectionState;
use super::absence::absence_words;
use super::refusal::{certificate_words, is_refusal};
use super::version::{OLDEST_SERVER, Version};

/// What the client tells the monitor, in its order.
pub(super) enum Notice {
    Event(Event),
    Failed(String),
    /// The server keeps the connection and says nothing any more.
    Silent,
}

/// Turns what the client reports into a state.
pub(super) struct Monitor {
    pub client: Client,
    /// The server as people are shown it.
    pub shown: String,
    pub state: watch::Sender<ConnectionState>,
    pub permission_problems: broadcast::Sender<String>,
    /// How many connections there were.
    pub epoch: u64,
}

impl Monitor {
    /// Runs until the connection is given up.
    pub(super) async fn run(mut self, mut notices: mpsc::UnboundedReceiver<Notice>) {
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
                    // Where it is known already, why is known too.
                    if matches!(*self.state.borrow(), ConnectionState::Connected { .. }) {
                        self.disconnected("the connection was lost");
                    }
                }
                Some(Notice::Silent) => {
                    greeting = None;
                    self.disconnected(
                        "the server has stopped answering; it hangs, or the way to it is gone",
                    );
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
        let problem = if Version::parse(&info.version) < Some(OLDEST_SERVER) {
            let found = &info.version;
            format!(
                "the server is nats-server {found}, and {OLDEST_SERVER} or newer is needed; update it"
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
            self.disconnected(absence_words(problem).unwrap_or(problem));
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
