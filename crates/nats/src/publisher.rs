//! Publishing events: in atomic batches, and one by one where that is not possible.

use std::collections::{HashSet, VecDeque};
use std::future::IntoFuture;
use std::time::Duration;

use async_nats::jetstream::context::{PublishAckFuture, PublishErrorKind};
use async_nats::jetstream::message::PublishMessage;
use async_nats::jetstream::publish::PublishAck;
use async_nats::jetstream::response::Response;
use async_nats::jetstream::{self, ErrorCode};
use async_nats::{HeaderMap, Request, RequestErrorKind, header};
use bytes::Bytes;
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;
use tokio::time;
use wissil_dag::{Cid, SignedEvent};
use wissil_model::DocumentKind;

use crate::connection::Leader;
use crate::error::is_full;
use crate::message::{self, headers};
use crate::streams::{self, edit_stream};
use crate::{Connection, edit_subject};

/// The server takes no larger batch.
pub(crate) const BATCH_EVENTS: usize = 1000;

/// A batch waits in the server's memory until it is complete.
const BATCH_BYTES: usize = 8 * 1024 * 1024;

/// How long the server may take for a batch. Under `sync_interval: always` nats-server 2.14 syncs every message of it, so
/// a slow disk needs a while for a thousand.
pub(crate) const BATCH_TIME: Duration = Duration::from_secs(60);

/// After this long without an answer it is looked whether whoever is to give it still leads the stream.
const LOOK_FOR_LEADER: Duration = Duration::from_secs(2);

/// How many single events are on their way at once.
const IN_FLIGHT: usize = 256;

/// What a message carries beside its block: subject and headers, at most.
const ENVELOPE_BYTES: usize = 1024;

/// An event to be published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// The kind of its document.
    pub kind: DocumentKind,
    /// The event.
    pub signed: SignedEvent,
}

/// What became of a call of [`Publisher::publish`].
#[must_use]
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Published {
    /// The events that the server keeps now, or had already. On its disk, when it syncs always.
    pub acknowledged: Vec<Cid>,
    /// Why there are not more; none when all were acknowledged that were not held back already. Of several problems the
    /// first, and rather one after which the same may be sent again at once.
    pub problem: Option<PublishProblem>,
}

impl Published {
    fn meet(&mut self, problem: PublishProblem) {
        let is_soon = matches!(problem, PublishProblem::Lost(_));
        if is_soon || self.problem.is_none() {
            self.problem = Some(problem);
        }
    }
}

/// What the server does not take for now, so that it does not keep back anything else: a stream that is full, and a chain
/// of which an event was refused. What comes later in a chain has to wait for what is before it.
#[derive(Debug, Clone, Default)]
pub struct Held {
    streams: HashSet<&'static str>,
    /// By their subjects.
    chains: HashSet<String>,
}

impl Held {
    /// Whether nothing is held back.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.streams.is_empty() && self.chains.is_empty()
    }
}

/// Why events were not acknowledged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PublishProblem {
    /// The connection, a timeout, a cluster without a leader: the same may succeed at the next attempt. Events may have
    /// arrived without an answer; sending them again does no harm.
    Lost(String),
    /// A limit of the stream or of the server's disk is reached: try later, and tell the person.
    Full(String),
    /// This event cannot go: it is too large, not allowed, or no event.
    Refused {
        /// The event.
        cid: Cid,
        /// Why, in words.
        reason: String,
    },
}

/// Publishes events on a connection.
#[derive(Debug, Clone)]
pub struct Publisher {
    connection: Connection,
}

/// An event ready to go.
struct Ready {
    cid: Cid,
    subject: String,
    headers: HeaderMap,
    payload: Bytes,
}

impl Publisher {
    /// Publishes on a connection.
    #[must_use]
    pub fn new(connection: &Connection) -> Self {
        Self {
            connection: connection.clone(),
        }
    }

    /// Publishes events in their order and waits until the server has them, or says why not. What has nothing to do with
    /// a problem goes all the same; the caller sends everything again that was not acknowledged.
    pub async fn publish(&self, events: Vec<Outgoing>) -> Published {
        self.publish_around(events, &mut Held::default()).await
    }

    /// As [`publish`](Self::publish), passing over what is held back, and adding to it what the server does not take now.
    pub async fn publish_around(&self, events: Vec<Outgoing>, held: &mut Held) -> Published {
        // A batch belongs to one stream, and a chain does too, so taking stream by stream keeps every chain's order.
        let mut streams: Vec<(&'static str, Vec<Outgoing>)> = Vec::new();
        for event in events {
            let stream = edit_stream(event.kind);
            match streams.iter_mut().find(|(name, _)| *name == stream) {
                Some((_, events)) => events.push(event),
                None => streams.push((stream, vec![event])),
            }
        }
        let mut published = Published::default();
        for (stream, events) in streams {
            if held.streams.contains(stream) {
                continue;
            }
            let Err(problem) = self.publish_in(stream, events, held, &mut published).await else {
                continue;
            };
            if matches!(problem, PublishProblem::Full(_)) {
                held.streams.insert(stream);
            }
            published.meet(problem);
        }
        published
    }

    /// Publishes events of one stream. Those of a chain of which one is refused are held back; any other problem ends it.
    async fn publish_in(
        &self,
        stream: &'static str,
        events: Vec<Outgoing>,
        held: &mut Held,
        published: &mut Published,
    ) -> Result<(), PublishProblem> {
        let mut ready: VecDeque<Ready> = self.ready(stream, events, held, published).into();
        while !ready.is_empty() {
            let batch = take_batch(&mut ready);
            let before = published.acknowledged.len();
            let sent = self.send(stream, &batch, &mut published.acknowledged);
            let Err(problem) = sent.await else {
                continue;
            };
            let PublishProblem::Refused { cid, .. } = &problem else {
                return Err(problem);
            };
            let refused = batch.iter().find(|event| event.cid == *cid);
            let Some(chain) = refused.map(|event| event.subject.clone()) else {
                return Err(problem);
            };
            let kept: HashSet<Cid> = published.acknowledged[before..].iter().copied().collect();
            for event in batch.into_iter().rev() {
                if !kept.contains(&event.cid) {
                    ready.push_front(event);
                }
            }
            ready.retain(|event| event.subject != chain);
            held.chains.insert(chain);
            published.meet(problem);
        }
        Ok(())
    }

    /// Prepares events, without those of chains that are held back, or of which one can never go.
    fn ready(
        &self,
        stream: &'static str,
        events: Vec<Outgoing>,
        held: &mut Held,
        published: &mut Published,
    ) -> Vec<Ready> {
        let limit = self.connection.client().max_payload();
        let mut ready = Vec::with_capacity(events.len());
        for Outgoing { kind, signed } in events {
            let cid = signed.cid;
            let event = match message::opened(&signed) {
                Ok(event) => event,
                Err(error) => {
                    let reason = error.to_string();
                    published.meet(PublishProblem::Refused { cid, reason });
                    // It may be of any chain.
                    held.streams.insert(stream);
                    break;
                }
            };
            let subject = edit_subject(
                kind,
                &event.session,
                &event.branch,
                &event.document,
                &event.replica,
            );
            if held.chains.contains(&subject) {
                continue;
            }
            let size = signed.block.len() + ENVELOPE_BYTES;
            let size = size + event.parents.len() * ENVELOPE_BYTES / 8;
            if size > limit {
                let reason = format!("{size} bytes are over the server's limit of {limit}");
                published.meet(PublishProblem::Refused { cid, reason });
                held.chains.insert(subject);
                continue;
            }
            ready.push(Ready {
                cid,
                subject,
                headers: headers(&signed, &event),
                payload: message::payload(&signed),
            });
        }
        ready
    }

    /// Ends when another member of the cluster leads the stream than at first: what the one before had taken without an
    /// answer will never be answered.
    async fn leader_lost(&self, stream: &str, mut first: Option<Leader>) -> PublishProblem {
        loop {
            time::sleep(LOOK_FOR_LEADER).await;
            // Without an answer there is no leader yet, or it has much to do.
            let _ = streams::look(&self.connection, stream).await;
            let now = self.connection.leader(stream);
            if first.is_some() && now != first {
                return lost(format!("{stream} is led by another server now"));
            }
            first = now;
        }
    }

    /// Sends events of one stream, at most a batch of them.
    async fn send(
        &self,
        stream: &str,
        events: &[Ready],
        acknowledged: &mut Vec<Cid>,
    ) -> Result<(), PublishProblem> {
        let epoch = self.connection.epoch().map_err(lost)?;
        let mut forbidden = Forbidden {
            words: self.connection.permission_problems(),
        };
        let leader = self.connection.leader(stream);
        if events.len() > 1 {
            let answer = tokio::select! {
                biased;
                answer = self.connection.while_in(epoch, self.send_batch(stream, events)) => answer.map_err(lost)?,
                problem = forbidden.problem(events) => return Err(problem),
                problem = self.leader_lost(stream, leader.clone()) => return Err(problem),
            };
            match answer? {
                Batch::Kept => {
                    acknowledged.extend(events.iter().map(|event| event.cid));
                    return Ok(());
                }
                Batch::OneByOne => {}
            }
        }
        let singles = self.send_singles(stream, events, acknowledged);
        tokio::select! {
            biased;
            answer = self.connection.while_in(epoch, singles) => answer.map_err(lost)?,
            problem = forbidden.problem(events) => Err(problem),
            problem = self.leader_lost(stream, leader) => Err(problem),
        }
    }

    /// Sends events so that the server keeps all of them or none.
    async fn send_batch(&self, stream: &str, events: &[Ready]) -> Result<Batch, PublishProblem> {
        let client = self.connection.client();
        let Some((last, others)) = events.split_last() else {
            return Ok(Batch::Kept);
        };
        // The last part of an inbox is unlike any other.
        let inbox = client.new_inbox();
        let batch = inbox.rsplit('.').next().unwrap_or(&inbox);
        let numbered = |event: &Ready, number: usize| {
            let mut headers = event.headers.clone();
            headers.insert(header::NATS_BATCH_ID, batch);
            headers.insert(header::NATS_BATCH_SEQUENCE, number.to_string());
            headers.insert(header::NATS_EXPECTED_STREAM, stream);
            headers
        };
        for (at, event) in others.iter().enumerate() {
            let headers = numbered(event, at + 1);
            let (subject, payload) = (event.subject.clone(), event.payload.clone());
            client
                .publish_with_headers(subject, headers, payload)
                .await
                .map_err(lost)?;
        }
        let mut headers = numbered(last, events.len());
        headers.insert(header::NATS_BATCH_COMMIT, header::NATS_BATCH_COMMIT_FINAL);
        let commit = Request::new()
            .headers(headers)
            .payload(last.payload.clone())
            .timeout(Some(BATCH_TIME));
        let answer = match client.send_request(last.subject.clone(), commit).await {
            Ok(answer) => answer,
            Err(cause) if cause.kind() == RequestErrorKind::NoResponders => {
                return Err(PublishProblem::Lost(format!(
                    "{stream} has no leader or is missing"
                )));
            }
            Err(cause) => return Err(lost(cause)),
        };
        match serde_json::from_slice::<Response<PublishAck>>(&answer.payload) {
            Ok(Response::Ok(_)) => Ok(Batch::Kept),
            Ok(Response::Err { error }) => refused_batch(&error),
            Err(cause) => Err(lost(cause)),
        }
    }

    /// Sends events one by one, many of them on their way at once.
    async fn send_singles(
        &self,
        stream: &str,
        events: &[Ready],
        acknowledged: &mut Vec<Cid>,
    ) -> Result<(), PublishProblem> {
        let mut on_the_way: VecDeque<(&Ready, PublishAckFuture)> = VecDeque::new();
        let mut problem = None;
        let mut waiting = events.iter();
        loop {
            while problem.is_none() && on_the_way.len() < IN_FLIGHT {
                let Some(event) = waiting.next() else { break };
                let message = PublishMessage::build()
                    .headers(event.headers.clone())
                    .payload(event.payload.clone())
                    .expected_stream(stream);
                let jetstream = self.connection.jetstream();
                match jetstream.send_publish(event.subject.clone(), message).await {
                    Ok(answer) => on_the_way.push_back((event, answer)),
                    Err(cause) => problem = Some(single_problem(event, &cause)),
                }
            }
            // After a problem the answers on their way still count.
            let Some((event, answer)) = on_the_way.pop_front() else {
                return problem.map_or(Ok(()), Err);
            };
            match answer.into_future().await {
                Ok(_) => acknowledged.push(event.cid),
                Err(cause) if problem.is_none() => problem = Some(single_problem(event, &cause)),
                Err(_) => {}
            }
        }
    }
}

/// What the server says to a batch.
enum Batch {
    /// It keeps all of it.
    Kept,
    /// It keeps nothing of it and would take the events one by one.
    OneByOne,
}

fn refused_batch(error: &jetstream::Error) -> Result<Batch, PublishProblem> {
    match error.error_code() {
        // A single event that the server has already, sent again after its answer was lost, refuses them all.
        ErrorCode::ATOMIC_PUBLISH_CONTAINS_DUPLICATE_MESSAGE
        | ErrorCode::ATOMIC_PUBLISH_TOO_LARGE_BATCH
        | ErrorCode::ATOMIC_PUBLISH_DISABLED
        // The batch does not say which event is at fault.
        | ErrorCode::STREAM_MESSAGE_EXCEEDS_MAXIMUM
        // The server did not take one of them, or another one leads the stream.
        | ErrorCode::ATOMIC_PUBLISH_INCOMPLETE_BATCH => Ok(Batch::OneByOne),
        _ if is_full(error) => Err(PublishProblem::Full(error.to_string())),
        _ => Err(lost(error)),
    }
}

fn single_problem(event: &Ready, cause: &jetstream::context::PublishError) -> PublishProblem {
    let refused = |reason: String| PublishProblem::Refused {
        cid: event.cid,
        reason,
    };
    let answer =
        std::error::Error::source(cause).and_then(|cause| cause.downcast_ref::<jetstream::Error>());
    match (cause.kind(), answer) {
        (PublishErrorKind::MaxPayloadExceeded, _) => refused(cause.to_string()),
        (_, Some(answer)) if is_full(answer) => PublishProblem::Full(answer.to_string()),
        (_, Some(answer)) if answer.code() == 400 => refused(answer.to_string()),
        _ => lost(cause),
    }
}

fn lost(cause: impl std::fmt::Display) -> PublishProblem {
    PublishProblem::Lost(cause.to_string())
}

/// Takes as many events from the front as one batch may have.
fn take_batch(ready: &mut VecDeque<Ready>) -> Vec<Ready> {
    let (mut batch, mut bytes) = (Vec::new(), 0);
    while let Some(event) = ready.front() {
        bytes += event.payload.len() + ENVELOPE_BYTES;
        if batch.len() == BATCH_EVENTS || (bytes > BATCH_BYTES && !batch.is_empty()) {
            break;
        }
        batch.extend(ready.pop_front());
    }
    batch
}

/// What the server says is not allowed.
struct Forbidden {
    words: broadcast::Receiver<String>,
}

impl Forbidden {
    /// Waits until one of these events is not allowed; its publisher gets no other answer.
    async fn problem(&mut self, events: &[Ready]) -> PublishProblem {
        loop {
            match self.words.recv().await {
                Ok(words) => {
                    let is_named =
                        |event: &&Ready| words.contains(&format!("\"{}\"", event.subject));
                    if let Some(event) = events.iter().find(is_named) {
                        return PublishProblem::Refused {
                            cid: event.cid,
                            reason: words,
                        };
                    }
                }
                Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => std::future::pending().await,
            }
        }
    }
}
