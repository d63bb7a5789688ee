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

/// The shortest time between two messages of one peer among few: 30 a second.
const SHORTEST: Duration = Duration::from_millis(33);

/// The longest, when nothing changes, among few; in seconds.
const HEARTBEAT: u32 = 3;

/// Up to so many other peers are few. Among more everybody speaks less often, so that nobody hears more of it.
pub const FEW_PEERS: usize = 10;

/// How many times more seldom than among few everybody speaks.
#[must_use]
pub fn times_more_seldom(others: usize) -> u32 {
    let times = u32::try_from(others.div_ceil(FEW_PEERS));
    times.unwrap_or(u32::MAX).max(1)
}

/// The longest that anybody may announce to be silent, in seconds.
const LONGEST: u32 = 60;

/// How many messages of a peer may be missed, and how much later than announced the next may come.
const MISSED: u32 = 3;
const LATE: Duration = Duration::from_secs(1);

/// How long the server may take to hear what is to be sent here, and the last message to leave.
const PATIENCE: Duration = Duration::from_secs(10);

/// Peers beyond it are not followed; no session has so many people.
const MAX_PEERS: usize = 1024;

/// What happened to a peer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PresenceEvent {
    /// Somebody is here who was not; with their state, JSON.
    Joined(ReplicaId, Vec<u8>),
    /// Somebody's state changed; JSON.
    Update(ReplicaId, Vec<u8>),
    /// Somebody left, or was silent for longer than announced.
    Left(ReplicaId),
}

/// How often a peer speaks.
#[derive(Debug, Clone, Copy)]
struct Pace {
    /// The shortest time between two messages.
    shortest: Duration,
    /// The longest, in seconds.
    heartbeat: u32,
}

impl Pace {
    fn among(others: usize) -> Self {
        let times = times_more_seldom(others).min(LONGEST / HEARTBEAT);
        Self {
            shortest: SHORTEST * times,
            heartbeat: HEARTBEAT * times,
        }
    }

    fn longest(&self) -> Duration {
        Duration::from_secs(u64::from(self.heartbeat))
    }
}

/// After how much silence a peer is gone that announced to speak within so many seconds.
fn silence(within: Option<u32>) -> Duration {
    let within = within.unwrap_or(HEARTBEAT).min(LONGEST);
    Duration::from_secs(u64::from(within)) * MISSED + LATE
}

/// This replica's presence in a session and what is known of the others'. Offline it waits; the others are gone when they
/// were silent for too long, after ten seconds among few, and come back with the connection.
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
        let subscriber = time::timeout(PATIENCE, subscriber)
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

    /// Sets this replica's state, JSON of at most 16 KiB. Never waits: among few the latest is sent at most 30 times a
    /// second, what was set between is not, and every three seconds it is sent again; among more people less often. What is
    /// no change is not sent.
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
        self.state.send_if_modified(|now| {
            let is_changed = *now != state;
            *now = state;
            is_changed
        });
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
        let mut due = last + self.pace().longest();
        loop {
            tokio::select! {
                _ = closed.changed() => break,
                message = others.next() => {
                    let Some(message) = message else { break };
                    if self.heard(&message) {
                        due = due.min(last + self.pace().shortest);
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
                        let pace = self.pace();
                        let within = Some(pace.heartbeat);
                        self.say(CollabEvent::Joined { state, within }).await;
                        last = Instant::now();
                        due = last + pace.longest();
                    }
                }
                changed = self.states.changed() => {
                    if changed.is_err() {
                        break;
                    }
                    due = due.min(last + self.pace().shortest);
                }
                () = time::sleep_until(due) => {
                    let state = self.states.borrow_and_update().clone();
                    let pace = self.pace();
                    let within = Some(pace.heartbeat);
                    self.say(CollabEvent::Presence { state, within }).await;
                    last = Instant::now();
                    due = last + pace.longest();
                }
                _ = silence.tick() => self.peers.forget_silent(),
            }
        }
        self.say(CollabEvent::Left {}).await;
        let flushed = self
            .connection
            .while_connected(self.connection.client().flush());
        let _ = time::timeout(PATIENCE, flushed).await;
    }

    fn pace(&self) -> Pace {
        Pace::among(self.peers.count())
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
        let (state, within, is_new) = match event {
            BusEvent::Collab(CollabEvent::Joined { state, within }) => (state, within, true),
            BusEvent::Collab(CollabEvent::Presence { state, within }) => (state, within, false),
            _ => {
                self.peers.left(sender.replica);
                return false;
            }
        };
        let state = state.to_string().into_bytes();
        if state.len() <= MAX_PRESENCE_BYTES {
            self.peers.heard(sender.replica, state, silence(within));
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
    here: HashMap<ReplicaId, Heard>,
    told: HashSet<ReplicaId>,
    changes: BTreeSet<ReplicaId>,
}

/// The last message of a peer.
struct Heard {
    state: Vec<u8>,
    /// When the peer is gone unless there is another.
    gone_at: Instant,
}

impl Peers {
    fn count(&self) -> usize {
        self.lock().here.len()
    }

    fn heard(&self, replica: ReplicaId, state: Vec<u8>, silence: Duration) {
        let mut known = self.lock();
        let gone_at = Instant::now() + silence;
        let is_full = known.here.len() >= MAX_PEERS;
        let before = known.here.get(&replica);
        if before.is_none() && is_full {
            return;
        }
        let is_changed = before.is_none_or(|before| before.state != state);
        known.here.insert(replica, Heard { state, gone_at });
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
        let now = Instant::now();
        let silent = known.here.iter().filter(|(_, heard)| heard.gone_at <= now);
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
            let state = known.here.get(&replica).map(|heard| heard.state.clone());
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_one_hears_does_not_grow_with_the_number_of_people() {
        let few = Pace::among(3);
        assert_eq!((few.shortest, few.heartbeat), (SHORTEST, HEARTBEAT));
        for others in [10, 11, 30, 99, 150] {
            let pace = Pace::among(others);
            let moving = others as f64 / pace.shortest.as_secs_f64();
            let idle = others as f64 / f64::from(pace.heartbeat);
            assert!(moving <= 10.0 / SHORTEST.as_secs_f64() + 1e-9, "{others}");
            assert!(idle <= 10.0 / f64::from(HEARTBEAT), "{others}");
        }
        assert_eq!(Pace::among(usize::MAX).heartbeat, LONGEST);
    }

    #[test]
    fn nobody_stays_for_ever_by_announcing_a_long_silence() {
        assert_eq!(silence(None), Duration::from_secs(10));
        assert_eq!(silence(Some(u32::MAX)), silence(Some(LONGEST)));
    }
}
