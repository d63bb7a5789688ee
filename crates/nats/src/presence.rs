//! Who is in the session and what they are doing right now: the latest state of every peer, nothing else.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_nats::Subscriber;
use futures_util::StreamExt;
use serde_json::Value;
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;
use tokio::time::{self, Instant, MissedTickBehavior};
use wissil_dag::{ReplicaId, SessionId};

use crate::bus::{self, Message};
use crate::bus_event::{BusEvent, CollabEvent};
use crate::{Connection, ConnectionState, NatsError, Sender};

/// The greatest length of a state in bytes.
pub const MAX_PRESENCE_BYTES: usize = 16 * 1024;

/// The shortest time between two messages of one peer: 30 a second.
const SHORTEST: Duration = Duration::from_millis(33);

/// The longest, when nothing changes.
const HEARTBEAT: Duration = Duration::from_secs(3);

/// A peer silent for so long is gone.
const SILENCE: Duration = Duration::from_secs(10);

/// Peers beyond it are not followed; no session has so many people.
const MAX_PEERS: usize = 1024;

/// What happened to a peer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PresenceEvent {
    /// Somebody is here who was not; with their state, JSON.
    Joined(ReplicaId, Vec<u8>),
    /// Somebody's state changed; JSON.
    Update(ReplicaId, Vec<u8>),
    /// Somebody left, or was silent for ten seconds.
    Left(ReplicaId),
}

/// This replica's presence in a session and what is known of the others'. Offline it waits; the others are gone after
/// ten seconds, and come back with the connection.
pub struct PresenceChannel {
    state: watch::Sender<Value>,
    closing: watch::Sender<bool>,
    peers: Arc<Peers>,
    task: Option<JoinHandle<()>>,
}

impl PresenceChannel {
    /// Says that this replica has joined and listens to the others. Must be called within a tokio runtime.
    ///
    /// # Errors
    /// When the server cannot be told to send the others' presence; offline is no error.
    pub async fn open(
        connection: &Connection,
        session: &SessionId,
        sender: Sender,
    ) -> Result<Self, NatsError> {
        let pattern = format!("slate.collab.*.{session}.*");
        let action = || format!("listening at {pattern}");
        let subscriber = connection.client().subscribe(pattern.clone());
        let subscriber = time::timeout(SILENCE, subscriber)
            .await
            .map_err(|_| NatsError::TimedOut { action: action() })?
            .map_err(|cause| NatsError::from_client(action(), cause))?;
        let (state, states) = watch::channel(Value::Null);
        let (closing, closed) = watch::channel(false);
        let peers = Arc::new(Peers::default());
        let own = Own {
            connection: connection.clone(),
            session: session.clone(),
            sender,
            peers: peers.clone(),
            states,
        };
        Ok(Self {
            state,
            closing,
            peers,
            task: Some(tokio::spawn(own.run(subscriber, closed))),
        })
    }

    /// Sets this replica's state, JSON of at most 16 KiB. Never waits: the latest is sent at most 30 times a second,
    /// what was set between is not, and every three seconds it is sent again.
    ///
    /// # Errors
    /// When it is no JSON or too long.
    pub fn send(&self, state: &[u8]) -> Result<(), NatsError> {
        if state.len() > MAX_PRESENCE_BYTES {
            return Err(NatsError::TooLarge {
                what: "the presence".to_owned(),
                size: state.len() as u64,
                limit: MAX_PRESENCE_BYTES as u64,
            });
        }
        let state = serde_json::from_slice(state).map_err(|cause| NatsError::Name {
            what: "presence",
            text: String::from_utf8_lossy(state).chars().take(64).collect(),
            problem: cause.to_string(),
        })?;
        self.state.send_replace(state);
        Ok(())
    }

    /// Waits for the next change. Who does not ask for a while gets the latest of every peer, not all that was between.
    pub async fn receive(&self) -> PresenceEvent {
        loop {
            let changed = self.peers.changed.notified();
            if let Some(event) = self.peers.next() {
                return event;
            }
            changed.await;
        }
    }

    /// Says that this replica has left, and ends.
    pub async fn close(mut self) {
        self.closing.send_replace(true);
        if let Some(task) = self.task.take() {
            // It has only one message left to send.
            let _ = task.await;
        }
    }
}

impl Drop for PresenceChannel {
    fn drop(&mut self) {
        // The task says that this replica has left, and ends.
        self.closing.send_replace(true);
    }
}

impl fmt::Debug for PresenceChannel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PresenceChannel")
    }
}

/// This replica's part.
struct Own {
    connection: Connection,
    session: SessionId,
    sender: Sender,
    peers: Arc<Peers>,
    states: watch::Receiver<Value>,
}

impl Own {
    async fn run(mut self, mut others: Subscriber, mut closed: watch::Receiver<bool>) {
        let mut connection = self.connection.state();
        connection.mark_changed();
        let mut silence = time::interval(Duration::from_secs(1));
        silence.set_missed_tick_behavior(MissedTickBehavior::Delay);
        // When the next message goes: a heartbeat, or sooner what has changed.
        let mut last = Instant::now();
        let mut due = last + HEARTBEAT;
        loop {
            tokio::select! {
                _ = closed.changed() => break,
                message = others.next() => {
                    let Some(message) = message else { break };
                    if self.heard(&message) {
                        due = due.min(last + SHORTEST);
                    }
                }
                changed = connection.changed() => {
                    if changed.is_err() {
                        break;
                    }
                    let is_connected = matches!(
                        *connection.borrow_and_update(),
                        ConnectionState::Connected { .. }
                    );
                    if is_connected {
                        let state = self.states.borrow_and_update().clone();
                        self.say(CollabEvent::Joined { state }).await;
                        last = Instant::now();
                        due = last + HEARTBEAT;
                    }
                }
                changed = self.states.changed() => {
                    if changed.is_err() {
                        break;
                    }
                    due = due.min(last + SHORTEST);
                }
                () = time::sleep_until(due) => {
                    let state = self.states.borrow_and_update().clone();
                    self.say(CollabEvent::Presence { state }).await;
                    last = Instant::now();
                    due = last + HEARTBEAT;
                }
                _ = silence.tick() => self.peers.forget_silent(),
            }
        }
        self.say(CollabEvent::Left {}).await;
        let flushed = self
            .connection
            .while_connected(self.connection.client().flush());
        let _ = time::timeout(HEARTBEAT, flushed).await;
    }

    /// Sends something now or never.
    async fn say(&self, event: CollabEvent) {
        let event = BusEvent::Collab(event);
        let subject = bus::subject(&event, &self.session, &self.sender);
        let bytes = bus::encode(&event, &self.session, &self.sender);
        if let (Ok(subject), Ok(bytes)) = (subject, bytes) {
            let sent = self.connection.client().publish(subject, bytes);
            // Offline it is worth nothing: whoever comes back says it anew.
            let _ = self.connection.while_connected(sent).await;
        }
    }

    /// Takes in what somebody said, and tells whether they have to hear of us at once.
    fn heard(&self, message: &async_nats::Message) -> bool {
        // Whatever is not in order is as if it had not been said.
        let Some(Ok(Message { sender, event, .. })) = bus::read(message, &self.session) else {
            return false;
        };
        if sender.replica == self.sender.replica {
            return false;
        }
        let (state, is_new) = match event {
            BusEvent::Collab(CollabEvent::Joined { state }) => (state, true),
            BusEvent::Collab(CollabEvent::Presence { state }) => (state, false),
            _ => {
                self.peers.left(sender.replica);
                return false;
            }
        };
        let state = state.to_string().into_bytes();
        if state.len() <= MAX_PRESENCE_BYTES {
            self.peers.heard(sender.replica, state);
        }
        is_new
    }
}

/// The others, as they are and as the owner of the channel knows them.
#[derive(Default)]
struct Peers {
    known: Mutex<Known>,
    changed: Notify,
}

#[derive(Default)]
struct Known {
    here: HashMap<ReplicaId, (Vec<u8>, Instant)>,
    told: HashSet<ReplicaId>,
    changes: BTreeSet<ReplicaId>,
}

impl Peers {
    fn heard(&self, replica: ReplicaId, state: Vec<u8>) {
        let mut known = self.lock();
        let is_full = known.here.len() >= MAX_PEERS;
        let is_changed = match known.here.get_mut(&replica) {
            Some((before, heard)) => {
                *heard = Instant::now();
                let is_changed = *before != state;
                *before = state;
                is_changed
            }
            None if is_full => return,
            None => {
                known.here.insert(replica, (state, Instant::now()));
                true
            }
        };
        if is_changed {
            known.changes.insert(replica);
            self.changed.notify_one();
        }
    }

    fn left(&self, replica: ReplicaId) {
        let mut known = self.lock();
        if known.here.remove(&replica).is_some() {
            known.changes.insert(replica);
            self.changed.notify_one();
        }
    }

    fn forget_silent(&self) {
        let known = self.lock();
        let silent = known.here.iter();
        let silent = silent.filter(|(_, (_, heard))| heard.elapsed() >= SILENCE);
        let silent: Vec<_> = silent.map(|(replica, _)| *replica).collect();
        drop(known);
        for replica in silent {
            self.left(replica);
        }
    }

    /// What the owner does not know yet.
    fn next(&self) -> Option<PresenceEvent> {
        let mut known = self.lock();
        while let Some(replica) = known.changes.pop_first() {
            let state = known.here.get(&replica).map(|(state, _)| state.clone());
            match state {
                Some(state) if known.told.insert(replica) => {
                    return Some(PresenceEvent::Joined(replica, state));
                }
                Some(state) => return Some(PresenceEvent::Update(replica, state)),
                None if known.told.remove(&replica) => return Some(PresenceEvent::Left(replica)),
                // Came and went without being told of.
                None => {}
            }
        }
        None
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Known> {
        // Nothing can fail while it is held.
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
