//! Events one by one, where a batch is not possible.

use std::collections::{HashMap, VecDeque};
use std::error::Error;
use std::future::IntoFuture;

use async_nats::Subject;
use async_nats::header::NATS_MESSAGE_ID;
use async_nats::jetstream;
use async_nats::jetstream::context::{PublishAckFuture, PublishError, PublishErrorKind};
use async_nats::jetstream::message::PublishMessage;
use futures_util::StreamExt;
use wissil_dag::Cid;

use super::prepared::Ready;
use super::{PublishProblem, Publisher, lost, unreadable};
use crate::error::is_full;
use crate::{NatsError, message, streams};

/// How many single events are on their way at once.
const IN_FLIGHT: usize = 256;

/// How many messages are looked at at once.
const LOOKS: usize = 32;

/// How often an event is sent that the server says it has and has not.
const ATTEMPTS: usize = 4;

/// An event as a message of its own.
pub(super) struct Single {
    cid: Cid,
    subject: Subject,
    message: PublishMessage,
}

/// An event that the server says it has already, and which of its messages that is to be.
#[derive(Clone, Copy)]
struct Doubtful {
    cid: Cid,
    sequence: u64,
}

/// Makes messages that belong to no batch.
pub(super) fn messages(stream: &str, events: &mut [Ready]) -> Result<Vec<Single>, PublishProblem> {
    let messages = events.iter_mut().map(|event| single(stream, event, None));
    messages.collect()
}

/// A message that belongs to no batch. Where the server says that it has the event in another message and has not, it
/// gets a name that only those get who found the same, so that the event is put back once.
fn single(
    stream: &str,
    event: &mut Ready,
    instead_of: Option<u64>,
) -> Result<Single, PublishProblem> {
    let headers = event.take_headers();
    let mut headers = headers.map_err(|error| unreadable(event, &error))?;
    let cid = event.signed.cid;
    if let Some(sequence) = instead_of {
        headers.insert(NATS_MESSAGE_ID, format!("{cid}-{sequence}"));
    }
    Ok(Single {
        cid,
        subject: event.subject.clone(),
        message: PublishMessage::build()
            .headers(headers)
            .payload(message::payload(&event.signed))
            .expected_stream(stream),
    })
}

impl Publisher {
    /// Sends events one by one, and makes sure of those that the server says it has already: somebody else may have sent
    /// something under the name of one, and what it had may be damaged.
    pub(super) async fn send_one_by_one(
        &self,
        stream: &str,
        events: &[Ready],
        mut messages: Vec<Single>,
        acknowledged: &mut Vec<Cid>,
    ) -> Result<(), PublishProblem> {
        let by_cid: HashMap<Cid, &Ready> = events
            .iter()
            .map(|event| (event.signed.cid, event))
            .collect();
        let before = acknowledged.len();
        let mut outcome = Ok(());
        for attempt in 1..=ATTEMPTS {
            let mut doubtful = Vec::new();
            outcome = self
                .send_singles(messages, acknowledged, &mut doubtful)
                .await;
            let absent = self
                .look_for(stream, &by_cid, doubtful, acknowledged)
                .await?;
            let Some(first) = absent.first() else { break };
            if outcome.is_err() {
                break;
            }
            if attempt == ATTEMPTS {
                let (cid, sequence) = (first.cid, first.sequence);
                let reason = format!(
                    "the server says that its message {sequence} is this event, and it is not"
                );
                return Err(PublishProblem::Refused { cid, reason });
            }
            let again = absent.iter().filter_map(|absent| {
                let event = by_cid.get(&absent.cid)?;
                Some(single(stream, &mut event.again(), Some(absent.sequence)))
            });
            messages = again.collect::<Result<_, _>>()?;
        }
        let places: HashMap<Cid, usize> = (0..)
            .zip(events)
            .map(|(at, event)| (event.signed.cid, at))
            .collect();
        acknowledged[before..].sort_by_key(|cid| places.get(cid).copied());
        outcome
    }

    /// Looks whether the server has what it says it has, and acknowledges that; what it has not.
    async fn look_for(
        &self,
        stream: &str,
        events: &HashMap<Cid, &Ready>,
        doubtful: Vec<Doubtful>,
        acknowledged: &mut Vec<Cid>,
    ) -> Result<Vec<Doubtful>, PublishProblem> {
        let looks = doubtful.into_iter().filter_map(|doubtful| {
            let event = events.get(&doubtful.cid)?;
            Some(async move {
                let is_there = self.is_there(stream, event, doubtful.sequence).await;
                is_there.map(|is_there| (doubtful, is_there))
            })
        });
        let mut looks = futures_util::stream::iter(looks).buffered(LOOKS);
        let mut absent = Vec::new();
        while let Some(look) = looks.next().await {
            match look.map_err(lost)? {
                (doubtful, true) => acknowledged.push(doubtful.cid),
                (doubtful, false) => absent.push(doubtful),
            }
        }
        Ok(absent)
    }

    /// Whether a message of a stream is this event, whole.
    async fn is_there(
        &self,
        stream: &str,
        event: &Ready,
        sequence: u64,
    ) -> Result<bool, NatsError> {
        match streams::message(&self.connection, stream, sequence).await {
            Ok(Some(found)) => Ok(found.subject == event.subject
                && message::signed_event(&found).is_ok_and(|kept| kept == event.signed)),
            Ok(None) => Ok(false),
            // Who may not look has to believe it.
            Err(NatsError::Permission { .. }) => Ok(true),
            Err(error) => Err(error),
        }
    }

    /// Sends events one by one, many of them on their way at once.
    async fn send_singles(
        &self,
        messages: Vec<Single>,
        acknowledged: &mut Vec<Cid>,
        doubtful: &mut Vec<Doubtful>,
    ) -> Result<(), PublishProblem> {
        let mut on_the_way: VecDeque<(Cid, PublishAckFuture)> = VecDeque::new();
        let mut problem = None;
        let mut waiting = messages.into_iter();
        loop {
            while problem.is_none() && on_the_way.len() < IN_FLIGHT {
                let Some(single) = waiting.next() else { break };
                let jetstream = self.connection.jetstream();
                match jetstream.send_publish(single.subject, single.message).await {
                    Ok(answer) => on_the_way.push_back((single.cid, answer)),
                    Err(cause) => problem = Some(single_problem(single.cid, &cause)),
                }
            }
            // After a problem the answers on their way still count.
            let Some((cid, answer)) = on_the_way.pop_front() else {
                return problem.map_or(Ok(()), Err);
            };
            match answer.into_future().await {
                Ok(kept) if kept.duplicate => doubtful.push(Doubtful {
                    cid,
                    sequence: kept.sequence,
                }),
                Ok(_) => acknowledged.push(cid),
                Err(cause) if problem.is_none() => problem = Some(single_problem(cid, &cause)),
                Err(_) => {}
            }
        }
    }
}

fn single_problem(cid: Cid, cause: &PublishError) -> PublishProblem {
    let refused = |reason: String| PublishProblem::Refused { cid, reason };
    let answer = Error::source(cause).and_then(|cause| cause.downcast_ref::<jetstream::Error>());
    match (cause.kind(), answer) {
        (PublishErrorKind::MaxPayloadExceeded, _) => refused(cause.to_string()),
        (_, Some(answer)) if is_full(answer) => PublishProblem::Full(answer.to_string()),
        (_, Some(answer)) if answer.code() == 400 => refused(answer.to_string()),
        _ => lost(cause),
    }
}
