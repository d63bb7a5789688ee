//! A batch: the server keeps all of its events or none.

use std::time::Duration;

use async_nats::jetstream::publish::PublishAck;
use async_nats::jetstream::response::Response;
use async_nats::jetstream::{self, ErrorCode};
use async_nats::{HeaderMap, Request, RequestErrorKind, Subject, header};
use bytes::Bytes;

use super::prepared::Ready;
use super::{PublishProblem, Publisher, lost, unreadable};
use crate::error::is_full;
use crate::message;

/// How long the server may take for a batch. Under `sync_interval: always` nats-server may sync every message of it, so a
/// slow disk needs a while for a thousand.
pub(crate) const BATCH_TIME: Duration = Duration::from_secs(60);

/// What the server says to a batch.
pub(super) enum Answer {
    /// It keeps all of it.
    Kept,
    /// It keeps nothing of it and would take the events one by one.
    OneByOne,
}

/// One event of a batch with its place in it.
pub(super) struct Numbered {
    subject: Subject,
    headers: HeaderMap,
    payload: Bytes,
}

impl Publisher {
    /// Makes the messages of a new batch.
    pub(super) fn number(
        &self,
        stream: &str,
        events: &mut [Ready],
    ) -> Result<Vec<Numbered>, PublishProblem> {
        // The last part of an inbox is unlike any other.
        let inbox = self.connection.client().new_inbox();
        let batch = inbox.rsplit('.').next().unwrap_or(&inbox);
        let numbered = events.iter_mut().enumerate().map(|(at, event)| {
            let headers = event.take_headers();
            let mut headers = headers.map_err(|error| unreadable(event, &error))?;
            headers.insert(header::NATS_BATCH_ID, batch);
            headers.insert(header::NATS_BATCH_SEQUENCE, (at + 1).to_string());
            headers.insert(header::NATS_EXPECTED_STREAM, stream);
            Ok(Numbered {
                subject: event.subject.clone(),
                headers,
                payload: message::payload(&event.signed),
            })
        });
        numbered.collect()
    }

    /// Sends a batch so that the server keeps all of it or nothing.
    pub(super) async fn send_batch(
        &self,
        stream: &str,
        mut messages: Vec<Numbered>,
    ) -> Result<Answer, PublishProblem> {
        let client = self.connection.client();
        let Some(mut last) = messages.pop() else {
            return Ok(Answer::Kept);
        };
        for message in messages {
            client
                .publish_with_headers(message.subject, message.headers, message.payload)
                .await
                .map_err(lost)?;
        }
        last.headers
            .insert(header::NATS_BATCH_COMMIT, header::NATS_BATCH_COMMIT_FINAL);
        let commit = Request::new()
            .headers(last.headers)
            .payload(last.payload)
            .timeout(Some(BATCH_TIME));
        let answer = match client.send_request(last.subject, commit).await {
            Ok(answer) => answer,
            Err(cause) if cause.kind() == RequestErrorKind::NoResponders => {
                return Err(PublishProblem::Lost(format!(
                    "{stream} has no leader or is missing"
                )));
            }
            Err(cause) => return Err(lost(cause)),
        };
        match serde_json::from_slice::<Response<PublishAck>>(&answer.payload) {
            Ok(Response::Ok(_)) => Ok(Answer::Kept),
            Ok(Response::Err { error }) => refused_batch(&error),
            Err(cause) => Err(lost(cause)),
        }
    }
}

fn refused_batch(error: &jetstream::Error) -> Result<Answer, PublishProblem> {
    match error.error_code() {
        // A single event that the server has already, sent again after its answer was lost, refuses them all.
        ErrorCode::ATOMIC_PUBLISH_CONTAINS_DUPLICATE_MESSAGE
        | ErrorCode::ATOMIC_PUBLISH_TOO_LARGE_BATCH
        | ErrorCode::ATOMIC_PUBLISH_DISABLED
        // The batch does not say which event is at fault.
        | ErrorCode::STREAM_MESSAGE_EXCEEDS_MAXIMUM
        // The server did not take one of them, or another one leads the stream.
        | ErrorCode::ATOMIC_PUBLISH_INCOMPLETE_BATCH
        // Others have begun as many batches as it keeps in its memory.
        | ErrorCode::ATOMIC_PUBLISH_TOO_MANY_INFLIGHT => Ok(Answer::OneByOne),
        _ if is_full(error) => Err(PublishProblem::Full(error.to_string())),
        _ => Err(lost(error)),
    }
}
