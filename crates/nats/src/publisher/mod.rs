//! Publishing events: in atomic batches, and one by one where that is not possible.

mod batch;
mod forbidden;
mod prepared;
mod singles;

use std::collections::HashSet;
use std::time::Duration;

use tokio::time;
use wissil_dag::Cid;

use self::batch::Answer;
#[cfg(feature = "plain")]
pub(crate) use self::batch::BATCH_TIME;
use self::forbidden::Forbidden;
#[cfg(feature = "plain")]
pub(crate) use self::prepared::BATCH_EVENTS;
use self::prepared::{Cut, PreparedBatch, Ready};
pub use self::prepared::{Outgoing, Prepared};
use crate::connection::Leader;
use crate::{Connection, streams};

/// After this long without an answer it is looked whether whoever is to give it still leads the stream.
const LOOK_FOR_LEADER: Duration = Duration::from_secs(2);

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

/// What became of a call so far.
struct Course<'a> {
    held: &'a mut Held,
    published: Published,
    /// Streams of which nothing more is sent.
    ended: HashSet<&'static str>,
}

impl<'a> Course<'a> {
    fn new(held: &'a mut Held) -> Self {
        Self {
            held,
            published: Published::default(),
            ended: HashSet::new(),
        }
    }

    fn is_closed(&self, stream: &str) -> bool {
        self.held.streams.contains(stream) || self.ended.contains(stream)
    }

    /// One event cannot go, and so nothing that comes after it in its chain.
    fn refuse(&mut self, chain: &str, cid: Cid, reason: String) {
        self.held.chains.insert(chain.to_owned());
        let problem = PublishProblem::Refused { cid, reason };
        self.published.meet(problem);
    }

    /// Nothing more of a stream can go now.
    fn end(&mut self, stream: &'static str, problem: PublishProblem) {
        match problem {
            PublishProblem::Lost(_) => self.ended.insert(stream),
            PublishProblem::Full(_) | PublishProblem::Refused { .. } => {
                self.held.streams.insert(stream)
            }
        };
        self.published.meet(problem);
    }
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
        let mut course = Course::new(held);
        let mut cuts = Cut::all(events).into_iter();
        let mut next = prepare(cuts.next()).await;
        // A batch is prepared while the one before is on its way.
        while let Some(batch) = next {
            let publishing = self.publish_batch(batch, &mut course);
            ((), next) = tokio::join!(publishing, prepare(cuts.next()));
        }
        course.published
    }

    /// As [`publish_around`](Self::publish_around), with events that were prepared before.
    pub async fn publish_prepared(&self, events: Prepared, held: &mut Held) -> Published {
        let mut course = Course::new(held);
        for batch in events.batches {
            self.publish_batch(batch, &mut course).await;
        }
        course.published
    }

    /// Publishes events of one stream. Those of a chain of which one is refused are held back; any other problem ends it.
    async fn publish_batch(&self, batch: PreparedBatch, course: &mut Course<'_>) {
        let stream = batch.stream;
        if course.is_closed(stream) {
            return;
        }
        let mut events = self.admit(batch, course);
        while !events.is_empty() {
            let before = course.published.acknowledged.len();
            let sent = self.send(stream, &mut events, &mut course.published.acknowledged);
            let Err(problem) = sent.await else {
                return;
            };
            let refused = match &problem {
                PublishProblem::Refused { cid, reason } => events
                    .iter()
                    .find(|event| event.signed.cid == *cid)
                    .map(|event| (event.subject.clone(), *cid, reason.clone())),
                PublishProblem::Lost(_) | PublishProblem::Full(_) => None,
            };
            let Some((chain, cid, reason)) = refused else {
                return course.end(stream, problem);
            };
            course.refuse(&chain, cid, reason);
            let acknowledged = &course.published.acknowledged[before..];
            let kept: HashSet<Cid> = acknowledged.iter().copied().collect();
            events.retain(|event| event.subject != chain && !kept.contains(&event.signed.cid));
        }
    }

    /// What of a batch is to be sent: without chains that are held back, or of which an event can never go.
    fn admit(&self, batch: PreparedBatch, course: &mut Course<'_>) -> Vec<Ready> {
        let limit = self.connection.client().max_payload();
        let mut admitted = Vec::with_capacity(batch.events.len());
        for event in batch.events {
            match event {
                Err(unreadable) => {
                    let (cid, reason) = (unreadable.cid, unreadable.reason);
                    // It may be of any chain.
                    course.end(batch.stream, PublishProblem::Refused { cid, reason });
                    break;
                }
                Ok(event) if course.held.chains.contains(&*event.subject) => {}
                Ok(event) if event.size > limit => {
                    let size = event.size;
                    let reason = format!("{size} bytes are over the server's limit of {limit}");
                    course.refuse(&event.subject, event.signed.cid, reason);
                }
                Ok(event) => admitted.push(event),
            }
        }
        admitted
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
        events: &mut [Ready],
        acknowledged: &mut Vec<Cid>,
    ) -> Result<(), PublishProblem> {
        let epoch = self.connection.epoch().map_err(lost)?;
        let mut forbidden = Forbidden::new(&self.connection);
        let leader = self.connection.leader(stream);
        if events.len() > 1 {
            let messages = self.number(stream, events)?;
            let answer = tokio::select! {
                biased;
                answer = self.connection.while_in(epoch, self.send_batch(stream, messages)) => answer.map_err(lost)?,
                problem = forbidden.problem(events) => return Err(problem),
                problem = self.leader_lost(stream, leader.clone()) => return Err(problem),
            };
            match answer? {
                Answer::Kept => {
                    acknowledged.extend(events.iter().map(|event| event.signed.cid));
                    return Ok(());
                }
                Answer::OneByOne => {}
            }
        }
        let messages = singles::messages(stream, events)?;
        let singles = self.send_one_by_one(stream, events, messages, acknowledged);
        tokio::select! {
            biased;
            answer = self.connection.while_in(epoch, singles) => answer.map_err(lost)?,
            problem = forbidden.problem(events) => Err(problem),
            problem = self.leader_lost(stream, leader) => Err(problem),
        }
    }
}

async fn prepare(cut: Option<Cut>) -> Option<PreparedBatch> {
    match cut {
        Some(cut) => Some(cut.prepare().await),
        None => None,
    }
}

/// An event that was read before cannot be read again.
fn unreadable(event: &Ready, error: &wissil_dag::EventError) -> PublishProblem {
    PublishProblem::Refused {
        cid: event.signed.cid,
        reason: error.to_string(),
    }
}

fn lost(cause: impl std::fmt::Display) -> PublishProblem {
    PublishProblem::Lost(cause.to_string())
}
