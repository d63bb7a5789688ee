//! Events one by one, where a batch is not possible.

use std::collections::VecDeque;
use std::error::Error;
use std::future::IntoFuture;

use async_nats::Subject;
use async_nats::jetstream;
use async_nats::jetstream::context::{PublishAckFuture, PublishError, PublishErrorKind};
use async_nats::jetstream::message::PublishMessage;
use wissil_dag::Cid;

use super::prepared::Ready;
use super::{PublishProblem, Publisher, lost, unreadable};
use crate::error::is_full;
use crate::message;

/// How many single events are on their way at once.
const IN_FLIGHT: usize = 256;

/// An event as a message of its own.
pub(super) struct Single {
    cid: Cid,
    subject: Subject,
    message: PublishMessage,
}

/// Makes messages that belong to no batch.
pub(super) fn messages(stream: &str, events: &mut [Ready]) -> Result<Vec<Single>, PublishProblem> {
    let messages = events.iter_mut().map(|event| {
        let headers = event.take_headers();
        let headers = headers.map_err(|error| unreadable(event, &error))?;
        Ok(Single {
            cid: event.signed.cid,
            subject: event.subject.clone(),
            message: PublishMessage::build()
                .headers(headers)
                .payload(message::payload(&event.signed))
                .expected_stream(stream),
        })
    });
    messages.collect()
}

impl Publisher {
    /// Sends events one by one, many of them on their way at once.
    pub(super) async fn send_singles(
        &self,
        messages: Vec<Single>,
        acknowledged: &mut Vec<Cid>,
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
