//! Where the connection stands, put together from what the tasks report.

use std::sync::{Mutex, PoisonError};

use crate::api::{ConnectionState, ConnectionStatus, Progress};
use crate::bridge::Bridge;

/// With less than this left to send and to fetch, the session counts as online: single edits are no news.
const LITTLE: u64 = 100;

/// The state of a connection; whoever follows the session hears of every change.
pub(crate) struct Board {
    bridge: Bridge,
    standing: Mutex<Standing>,
}

#[derive(Default)]
struct Standing {
    status: ConnectionStatus,
    /// Whether everything that was there when the connection was made has come.
    caught_up: bool,
    /// How many events are left to fetch, by stream.
    incoming: [u64; wissil_nats::EDIT_STREAMS.len()],
    /// How many are left to send.
    outgoing: u64,
    /// How many were fetched and sent since nothing was left.
    done: u64,
}

impl Standing {
    fn left(&self) -> u64 {
        self.incoming.iter().sum::<u64>() + self.outgoing
    }

    /// The state that follows from what is left.
    fn settle(&mut self) {
        let left = self.left();
        let was_behind = self.status.state == ConnectionState::Syncing;
        let behind = !self.caught_up || left > if was_behind { 0 } else { LITTLE };
        self.status.state = if behind {
            ConnectionState::Syncing
        } else {
            self.done = 0;
            ConnectionState::Online
        };
        let shown = |count: u64| if behind { count } else { 0 }.to_string();
        self.status.done = shown(self.done);
        self.status.total = shown(self.done + left);
    }
}

impl Board {
    pub(crate) fn new(bridge: Bridge, hosting: bool) -> Self {
        let standing = Standing {
            status: ConnectionStatus {
                hosting,
                ..ConnectionStatus::default()
            },
            ..Standing::default()
        };
        Self {
            bridge,
            standing: Mutex::new(standing),
        }
    }

    /// The server does not answer, or will not have us.
    pub(crate) fn away(&self, state: ConnectionState, problem: Option<String>) {
        self.change(|standing| {
            standing.status.state = state;
            standing.status.problem = problem;
            standing.caught_up = false;
            standing.incoming = Default::default();
            standing.done = 0;
        });
    }

    /// The server answers: fetching and sending begin.
    pub(crate) fn begin(&self, incoming: [u64; wissil_nats::EDIT_STREAMS.len()], outgoing: u64) {
        self.change(|standing| {
            standing.status.problem = None;
            standing.incoming = incoming;
            standing.outgoing = outgoing;
            standing.settle();
        });
    }

    /// Events of a stream came; this many are left in it.
    pub(crate) fn fetched(&self, stream: usize, events: u64, left: u64) {
        self.change(|standing| {
            standing.done += events;
            if let Some(incoming) = standing.incoming.get_mut(stream) {
                *incoming = left;
            }
            standing.settle();
        });
    }

    /// Everything that was there has come.
    pub(crate) fn caught_up(&self) {
        self.change(|standing| {
            standing.caught_up = true;
            standing.settle();
        });
    }

    /// Events were sent; this many are left.
    pub(crate) fn sent(&self, events: u64, left: u64) {
        self.change(|standing| {
            standing.done += events;
            standing.outgoing = left;
            if left == 0 {
                standing.status.problem = None;
            }
            standing.settle();
        });
    }

    /// Something stands in the way although the server answers.
    pub(crate) fn problem(&self, problem: String) {
        self.change(|standing| standing.status.problem = Some(problem));
    }

    /// How much of the history from before joining is here.
    pub(crate) fn history(&self, history: Option<Progress>) {
        self.change(|standing| standing.status.history = history);
    }

    fn change(&self, change: impl FnOnce(&mut Standing)) {
        let status = {
            let mut standing = self.standing.lock().unwrap_or_else(PoisonError::into_inner);
            let before = standing.status.clone();
            change(&mut standing);
            (standing.status != before).then(|| standing.status.clone())
        };
        if let Some(status) = status {
            self.bridge.tell(|actor| actor.connection_changed(status));
        }
    }
}
