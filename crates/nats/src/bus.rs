//! The live bus: messages that are worth something only now, between everyone in a session. Nothing of it is kept; what
//! is sent while offline is dropped and counted.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use async_nats::{RequestErrorKind, Subscriber};
use bytes::Bytes;
use futures_util::StreamExt;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::sync::mpsc;
use wissil_dag::{ReplicaId, SessionId, UserId};

use crate::bus_event::{BusEvent, Resource};
use crate::subjects::{check_pattern, check_token};
use crate::{Connection, NatsError};

/// The greatest length of a message in bytes.
pub const MAX_MESSAGE_BYTES: usize = 64 * 1024;

/// How many messages wait to be sent; more are dropped.
const WAITING: usize = 256;

/// Who sent a message, as they say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sender {
    /// The person.
    pub user: UserId,
    /// Their installation.
    pub replica: ReplicaId,
}

/// A message that arrived and was found to be in order.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// Where it was published; of an answer, the inbox.
    pub subject: String,
    /// Who sent it, as they say.
    pub sender: Sender,
    /// When, in unix milliseconds by their clock.
    pub time: u64,
    /// What happened.
    pub event: BusEvent,
    reply: Option<String>,
}

impl Message {
    /// Whether its sender waits for an answer.
    #[must_use]
    pub fn is_question(&self) -> bool {
        self.reply.is_some()
    }

    /// A message as its sender would receive it, for listeners beside the sender.
    ///
    /// # Errors
    /// When the ids it names cannot stand in a subject.
    pub fn own(
        session: &SessionId,
        sender: Sender,
        time: u64,
        event: BusEvent,
    ) -> Result<Self, NatsError> {
        Ok(Self {
            subject: subject(&event, session, &sender)?,
            sender,
            time,
            event,
            reply: None,
        })
    }
}

/// A message that is not in order. It is never taken for a good one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Malformed {
    /// Where it was published.
    pub subject: String,
    /// What is wrong with it.
    pub problem: String,
}

/// What has gone over a bus.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct BusCounters {
    /// Messages handed to the connection.
    pub sent: u64,
    /// Messages received in order.
    pub received: u64,
    /// Messages received that were not in order.
    pub malformed: u64,
    /// Messages not sent: offline, or too many at once.
    pub dropped: u64,
}

#[derive(Default)]
struct Counts {
    sent: AtomicU64,
    received: AtomicU64,
    malformed: AtomicU64,
    dropped: AtomicU64,
}

/// The live messages of one session. Clones share queue and counters.
#[derive(Clone)]
pub struct Bus {
    connection: Connection,
    session: SessionId,
    sender: Sender,
    queue: mpsc::Sender<(String, Bytes)>,
    counts: Arc<Counts>,
}

impl Bus {
    /// Opens a session's bus. Must be called within a tokio runtime.
    #[must_use]
    pub fn new(connection: &Connection, session: SessionId, sender: Sender) -> Self {
        let (queue, waiting) = mpsc::channel(WAITING);
        let counts = Arc::new(Counts::default());
        tokio::spawn(send_all(connection.clone(), waiting, counts.clone()));
        Self {
            connection: connection.clone(),
            session,
            sender,
            queue,
            counts,
        }
    }

    /// Publishes an event at `slate.<resource>.<action>.<session>[.<id>…]`. Never blocks and never waits for the
    /// network: while offline, or when too much waits already, the message is dropped and counted.
    ///
    /// # Errors
    /// When the ids it names cannot stand in a subject or the message is too large: nothing is counted then.
    pub fn publish(&self, event: BusEvent) -> Result<(), NatsError> {
        let subject = subject(&event, &self.session, &self.sender)?;
        let bytes = encode(&event, &self.session, &self.sender)?;
        if self.connection.epoch().is_err() || self.queue.try_send((subject, bytes)).is_err() {
            self.counts.dropped.fetch_add(1, Ordering::Relaxed);
        }
        Ok(())
    }

    /// Listens at the subjects of a pattern within `slate.`, with `*` for one token and `>` for the rest. Messages of
    /// other sessions are passed over. It goes on by itself after the connection was lost; what was sent meanwhile is
    /// gone.
    ///
    /// # Errors
    /// When it is no such pattern, or the connection is closed.
    pub async fn subscribe(&self, pattern: &str) -> Result<Subscription, NatsError> {
        check_pattern(pattern)?;
        let subscriber = self.connection.client().subscribe(pattern.to_owned());
        let subscriber = self.connection.while_connected(subscriber).await?;
        let subscriber = subscriber
            .map_err(|cause| NatsError::from_client(format!("listening at {pattern}"), cause))?;
        // The server hears of it before anything that is published from here on.
        let flushed = self.connection.client().flush();
        let _ = self.connection.while_connected(flushed).await?;
        Ok(Subscription {
            subscriber,
            session: self.session.clone(),
            counts: self.counts.clone(),
        })
    }

    /// Asks and waits for the first answer.
    ///
    /// # Errors
    /// When there is no connection, nobody listens, no answer comes in time, or it is not in order.
    pub async fn request(&self, event: BusEvent, timeout: Duration) -> Result<Message, NatsError> {
        let subject = subject(&event, &self.session, &self.sender)?;
        let payload = encode(&event, &self.session, &self.sender)?;
        let request = async_nats::Request::new()
            .payload(payload)
            .timeout(Some(timeout));
        let answer = self
            .connection
            .client()
            .send_request(subject.clone(), request);
        let answer = self.connection.while_connected(answer).await?;
        let action = format!("asking {subject}");
        let answer = answer.map_err(|cause| match cause.kind() {
            RequestErrorKind::NoResponders => NatsError::NobodyAnswers { action },
            RequestErrorKind::TimedOut => NatsError::TimedOut { action },
            _ => NatsError::from_client(action, cause),
        })?;
        self.counts.sent.fetch_add(1, Ordering::Relaxed);
        match decode(&answer.payload, &self.session) {
            Ok((sender, time, event)) => {
                self.counts.received.fetch_add(1, Ordering::Relaxed);
                Ok(Message {
                    subject: answer.subject.to_string(),
                    sender,
                    time,
                    event,
                    reply: None,
                })
            }
            Err(problem) => {
                self.counts.malformed.fetch_add(1, Ordering::Relaxed);
                Err(NatsError::Malformed { subject, problem })
            }
        }
    }

    /// Answers a message that was sent as a request; any other is passed over.
    ///
    /// # Errors
    /// When the answer is too large.
    pub fn answer(&self, message: &Message, event: BusEvent) -> Result<(), NatsError> {
        let Some(reply) = &message.reply else {
            return Ok(());
        };
        let bytes = encode(&event, &self.session, &self.sender)?;
        if self.queue.try_send((reply.clone(), bytes)).is_err() {
            self.counts.dropped.fetch_add(1, Ordering::Relaxed);
        }
        Ok(())
    }

    /// What has gone over this bus.
    #[must_use]
    pub fn counters(&self) -> BusCounters {
        BusCounters {
            sent: self.counts.sent.load(Ordering::Relaxed),
            received: self.counts.received.load(Ordering::Relaxed),
            malformed: self.counts.malformed.load(Ordering::Relaxed),
            dropped: self.counts.dropped.load(Ordering::Relaxed),
        }
    }
}

impl fmt::Debug for Bus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Bus({}, {:?})", self.session, self.counters())
    }
}

/// Messages at the subjects of a pattern, until it is dropped.
#[derive(Debug)]
pub struct Subscription {
    subscriber: Subscriber,
    session: SessionId,
    counts: Arc<Counts>,
}

impl fmt::Debug for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Counts")
    }
}

impl Subscription {
    /// The next message, or what is wrong with it; none when the connection was closed.
    pub async fn next(&mut self) -> Option<Result<Message, Malformed>> {
        loop {
            let message = self.subscriber.next().await?;
            let Some(read) = read(&message, &self.session) else {
                continue;
            };
            let count = if read.is_ok() {
                &self.counts.received
            } else {
                &self.counts.malformed
            };
            count.fetch_add(1, Ordering::Relaxed);
            return Some(read.map_err(|problem| Malformed {
                subject: message.subject.chars().take(512).collect(),
                problem,
            }));
        }
    }
}

/// A message of our session, or what is wrong with it; none when it is of another session.
pub(crate) fn read(
    message: &async_nats::Message,
    session: &SessionId,
) -> Option<Result<Message, String>> {
    let tokens: Vec<&str> = message.subject.split('.').collect();
    let (resource, action, rest) = match Resource::of_subject(&tokens) {
        Ok(found) => found,
        Err(problem) => return Some(Err(problem)),
    };
    match rest.first() {
        Some(&of) if of == session.as_str() => {}
        Some(_) => return None,
        None => return Some(Err("its subject names no session".to_owned())),
    }
    let read = decode(&message.payload, session).and_then(|(sender, time, event)| {
        if (event.resource(), event.action()) != (resource, action) {
            return Err(format!(
                "its subject says {}.{action} and it says {}.{}",
                resource.token(),
                event.resource().token(),
                event.action()
            ));
        }
        // Whoever follows one file or one peer relies on it. The server lets each peer speak at its own subject only; this
        // holds where it does not. Foreign programs may leave the ids out of what is said of anything but peers.
        let named = &rest[1..];
        if (resource == Resource::Collab || !named.is_empty()) && event.ids(&sender) != named {
            return Err("its subject names something else than it is about".to_owned());
        }
        Ok(Message {
            subject: message.subject.to_string(),
            sender,
            time,
            event,
            reply: message.reply.as_ref().map(ToString::to_string),
        })
    });
    Some(read)
}

/// A message's body.
#[derive(Serialize, Deserialize)]
struct Body {
    session: SessionId,
    sender: Sender,
    time: u64,
    resource: Resource,
    event: Value,
}

/// The bytes of a message.
pub(crate) fn encode(
    event: &BusEvent,
    session: &SessionId,
    sender: &Sender,
) -> Result<Bytes, NatsError> {
    let refuse = |cause: serde_json::Error| NatsError::Name {
        what: "message",
        text: event.action().to_owned(),
        problem: cause.to_string(),
    };
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let body = Body {
        session: session.clone(),
        sender: sender.clone(),
        time: now.map_or(0, |now| u64::try_from(now.as_millis()).unwrap_or(u64::MAX)),
        resource: event.resource(),
        event: event.to_value().map_err(refuse)?,
    };
    let bytes = serde_json::to_vec(&body).map_err(refuse)?;
    if bytes.len() > MAX_MESSAGE_BYTES {
        return Err(NatsError::TooLarge {
            what: format!("the message {}", event.action()),
            size: bytes.len() as u64,
            limit: MAX_MESSAGE_BYTES as u64,
        });
    }
    Ok(bytes.into())
}

fn decode(bytes: &[u8], session: &SessionId) -> Result<(Sender, u64, BusEvent), String> {
    if bytes.len() > MAX_MESSAGE_BYTES {
        let size = bytes.len();
        return Err(format!(
            "{size} bytes are over the limit of {MAX_MESSAGE_BYTES}"
        ));
    }
    // The reader of JSON refuses what nests deeper than 128 levels.
    let body: Body = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
    if body.session != *session {
        return Err(format!("it says that it is of session {}", body.session));
    }
    let event =
        BusEvent::from_value(body.resource, body.event).map_err(|error| error.to_string())?;
    Ok((body.sender, body.time, event))
}

/// `slate.<resource>.<action>.<session>[.<id>…]`
pub(crate) fn subject(
    event: &BusEvent,
    session: &SessionId,
    sender: &Sender,
) -> Result<String, NatsError> {
    let resource = event.resource().token();
    let mut subject = format!("slate.{resource}.{}.{session}", event.action());
    for id in event.ids(sender) {
        check_token("id", &id)?;
        subject.push('.');
        subject.push_str(&id);
    }
    Ok(subject)
}

/// Whether a subject is one of those of a pattern: `*` stands for one token, `>` for one or more at the end.
#[must_use]
pub fn fits(pattern: &str, subject: &str) -> bool {
    let mut tokens = subject.split('.');
    for wanted in pattern.split('.') {
        match (wanted, tokens.next()) {
            (">", Some(_)) => return true,
            ("*", Some(_)) => {}
            (wanted, Some(token)) if wanted == token => {}
            _ => return false,
        }
    }
    tokens.next().is_none()
}

/// Hands messages to the connection until the bus is gone.
async fn send_all(
    connection: Connection,
    mut waiting: mpsc::Receiver<(String, Bytes)>,
    counts: Arc<Counts>,
) {
    while let Some((subject, bytes)) = waiting.recv().await {
        let sent = connection.client().publish(subject, bytes);
        let count = match connection.while_connected(sent).await {
            Ok(Ok(())) => &counts.sent,
            Ok(Err(_)) | Err(_) => &counts.dropped,
        };
        count.fetch_add(1, Ordering::Relaxed);
    }
}
