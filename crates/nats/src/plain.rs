//! The bound the benchmark measures against: the same bytes through async-nats, and nothing else done with them.

use std::error::Error;
use std::fmt;

use async_nats::jetstream::consumer::pull::Stream;
use async_nats::jetstream::consumer::{DeliverPolicy, pull};
use async_nats::jetstream::publish::PublishAck;
use async_nats::jetstream::response::Response;
use async_nats::jetstream::stream::Info;
use async_nats::{HeaderMap, Request, header};
use bytes::Bytes;
use futures_util::StreamExt;

use crate::consumer::{consumer_config, create_consumer};
use crate::message::{self, headers};
use crate::publisher::{BATCH_EVENTS, BATCH_TIME};
use crate::streams::like_edits;
use crate::{Connection, NatsError, Outgoing};

/// The subject of everything in a [`PlainStream`].
const SUBJECT: &str = "PLAIN.messages";

/// A stream that keeps messages as those of edits do, for one measurement at a time.
#[derive(Debug, Clone)]
pub struct PlainStream {
    connection: Connection,
}

/// A message made in advance: the same block and headers that an event travels with.
#[derive(Clone)]
pub struct PlainMessage {
    headers: HeaderMap,
    payload: Bytes,
}

impl PlainMessage {
    /// The message of an event.
    ///
    /// # Errors
    /// When it is no event.
    pub fn new(event: &Outgoing) -> Result<Self, NatsError> {
        let address = message::address(&event.signed)
            .map_err(|cause| NatsError::from_client("reading an event", cause))?;
        Ok(Self {
            headers: headers(&event.signed, &address),
            payload: message::payload(&event.signed),
        })
    }

    /// The same under another name, so that the server does not take it for one it has.
    #[must_use]
    pub fn numbered(mut self, number: usize) -> Self {
        let name = number.to_string();
        self.headers.insert(header::NATS_MESSAGE_ID, name);
        self
    }
}

impl fmt::Debug for PlainMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PlainMessage({} bytes)", self.payload.len())
    }
}

/// Messages that the server keeps together, each with its place among them.
#[derive(Debug)]
pub struct PlainBatch(Vec<PlainMessage>);

/// Batches as large as those in which events are published, ready to go.
#[must_use]
pub fn plain_batches(connection: &Connection, messages: &[PlainMessage]) -> Vec<PlainBatch> {
    messages
        .chunks(BATCH_EVENTS)
        .map(|messages| {
            let inbox = connection.client().new_inbox();
            let id = inbox.rsplit('.').next().unwrap_or(&inbox);
            let numbered = messages.iter().enumerate().map(|(at, message)| {
                let mut message = message.clone();
                message.headers.insert(header::NATS_BATCH_ID, id);
                let number = (at + 1).to_string();
                message.headers.insert(header::NATS_BATCH_SEQUENCE, number);
                if at + 1 == messages.len() {
                    message
                        .headers
                        .insert(header::NATS_BATCH_COMMIT, header::NATS_BATCH_COMMIT_FINAL);
                }
                message
            });
            PlainBatch(numbered.collect())
        })
        .collect()
}

impl PlainStream {
    /// The name of the stream on the server.
    pub const NAME: &str = "PLAIN";

    /// Makes the stream on a server that has none.
    ///
    /// # Errors
    /// When the server cannot be asked or has one already.
    pub async fn create(connection: &Connection) -> Result<Self, NatsError> {
        let config = like_edits(Self::NAME, SUBJECT);
        let question = format!("STREAM.CREATE.{}", Self::NAME);
        let action = format!("creating the stream {}", Self::NAME);
        let _: Info = connection.ask(question, &config, action).await?;
        Ok(Self {
            connection: connection.clone(),
        })
    }

    /// Publishes batch after batch, each when the server has the one before.
    ///
    /// # Errors
    /// When the server does not keep one.
    pub async fn publish_all(&self, batches: Vec<PlainBatch>) -> Result<(), NatsError> {
        let client = self.connection.client();
        for PlainBatch(mut messages) in batches {
            let Some(last) = messages.pop() else {
                continue;
            };
            for message in messages {
                client
                    .publish_with_headers(SUBJECT, message.headers, message.payload)
                    .await
                    .map_err(failed)?;
            }
            let commit = Request::new()
                .headers(last.headers)
                .payload(last.payload)
                .timeout(Some(BATCH_TIME));
            let answer = client.send_request(SUBJECT, commit).await.map_err(failed)?;
            let answer: Response<PublishAck> =
                serde_json::from_slice(&answer.payload).map_err(failed)?;
            if let Response::Err { error } = answer {
                let action = "publishing a batch".to_owned();
                return Err(NatsError::from_answer(action, error));
            }
        }
        Ok(())
    }

    /// Publishes one message and waits until the server has it.
    ///
    /// # Errors
    /// When the server does not keep it.
    pub async fn publish(&self, message: PlainMessage) -> Result<(), NatsError> {
        let answer = self
            .connection
            .jetstream()
            .publish_with_headers(SUBJECT, message.headers, message.payload)
            .await
            .map_err(failed)?;
        answer.await.map_err(failed)?;
        Ok(())
    }
}

fn failed(cause: impl Error + Send + Sync + 'static) -> NatsError {
    NatsError::from_client("publishing plainly", cause)
}

/// Reads messages as they are.
pub struct PlainReader {
    // It would end with its last handle.
    _connection: Connection,
    messages: Stream,
    /// How many there were when it was opened.
    backlog: u64,
}

impl fmt::Debug for PlainReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PlainReader(backlog {})", self.backlog)
    }
}

impl PlainReader {
    /// Reads a stream after a place (0: everything), under a name of its own on the server.
    ///
    /// # Errors
    /// When the stream is missing or the server cannot be asked.
    pub async fn open(
        connection: &Connection,
        stream: &str,
        name: &str,
        after: u64,
    ) -> Result<Self, NatsError> {
        let config = pull::Config {
            deliver_policy: DeliverPolicy::ByStartSequence {
                start_sequence: after.saturating_add(1),
            },
            ..consumer_config(name)?
        };
        let consumer = create_consumer(connection, stream, config).await?;
        let backlog = consumer.cached_info().num_pending;
        let messages = consumer
            .stream()
            .max_messages_per_batch(BATCH_EVENTS)
            .messages()
            .await
            .map_err(|cause| NatsError::from_client(format!("reading {stream}"), cause))?;
        Ok(Self {
            _connection: connection.clone(),
            messages,
            backlog,
        })
    }

    /// How many messages there were when it was opened.
    #[must_use]
    pub fn backlog(&self) -> u64 {
        self.backlog
    }

    /// Waits for the next message; its payload.
    ///
    /// # Errors
    /// When the connection ends.
    pub async fn next(&mut self) -> Result<Bytes, NatsError> {
        match self.messages.next().await {
            Some(Ok(message)) => Ok(message.payload.clone()),
            Some(Err(cause)) => Err(NatsError::from_client("reading plainly", cause)),
            None => Err(NatsError::ConnectionLost),
        }
    }

    /// Reads all messages there were when it was opened; their bytes.
    ///
    /// # Errors
    /// When the connection ends.
    pub async fn read_all(&mut self) -> Result<u64, NatsError> {
        let mut bytes = 0;
        for _ in 0..self.backlog {
            bytes += self.next().await?.len() as u64;
        }
        Ok(bytes)
    }
}
