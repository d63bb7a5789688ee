//! Messages of a stream in their order, as a consumer delivers them, and what it cannot deliver.
//!
//! A message of which one bit changed on the server's disk is passed over without a word; only the number of those that
//! are left to be delivered, which comes with every message, never reaches zero.

use std::time::Duration;

use async_nats::jetstream;
use async_nats::jetstream::consumer::DeliverPolicy;
use async_nats::jetstream::consumer::pull::{self, MessagesError, Stream};
use futures_util::{FutureExt, StreamExt};
use tokio::time;

use crate::consumer::{consumer_config, consumer_info, create_consumer, end_consumer};
use crate::{Connection, NatsError};

/// How many messages are given at once at most.
pub(crate) const BATCH_EVENTS: usize = 1000;

/// How many bytes may be on their way at once.
const BATCH_BYTES: usize = 16 * 1024 * 1024;

/// How often the server says that it is there while nothing comes; twice as long without a word is a failure.
const HEARTBEAT: Duration = Duration::from_secs(5);

/// After this long without a message, where more are due, the server is asked how many there are; then after twice as long
/// each time.
const QUIET: Duration = Duration::from_millis(250);
const LONGEST_QUIET: Duration = Duration::from_secs(4);

/// A message of a stream that was read: which it is, and when the server got it. A stream that was cut and filled again
/// gives the number to another message, of another time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bookmark {
    /// Its place in the stream; 0 is before the first.
    pub sequence: u64,
    /// The server's time of it, in nanoseconds since 1970; 0 where that is not known.
    pub published: i64,
}

impl Bookmark {
    /// Before the first message.
    pub const START: Self = Self {
        sequence: 0,
        published: 0,
    };
}

/// What was delivered.
#[derive(Debug)]
pub(crate) struct Delivered {
    pub messages: Vec<(u64, jetstream::Message)>,
    /// The last message delivered until now.
    pub last: Bookmark,
    /// How many more the server can deliver.
    pub pending: u64,
}

/// What a consumer delivers. It lives as long as the connection it was opened on: after any error it is finished.
pub(crate) struct Delivery {
    connection: Connection,
    epoch: u64,
    stream: String,
    consumer: String,
    messages: Stream,
    delivered: u64,
    last: Bookmark,
    /// How many more there are, as the server said last.
    announced: u64,
    undeliverable: u64,
    failure: Option<NatsError>,
}

impl Delivery {
    /// Opens one for what comes after a place in the stream.
    pub(crate) async fn open(
        connection: &Connection,
        stream: &str,
        filter: String,
        name: &str,
        after: Bookmark,
        headers_only: bool,
    ) -> Result<Self, NatsError> {
        let epoch = connection.epoch()?;
        let config = pull::Config {
            deliver_policy: DeliverPolicy::ByStartSequence {
                start_sequence: after.sequence.saturating_add(1),
            },
            filter_subject: filter,
            headers_only,
            ..consumer_config(name)?
        };
        let consumer = create_consumer(connection, stream, config).await?;
        let pulls = consumer
            .stream()
            .max_messages_per_batch(BATCH_EVENTS)
            .max_bytes_per_batch(BATCH_BYTES)
            .heartbeat(HEARTBEAT)
            .messages();
        let messages = connection
            .while_in(epoch, pulls)
            .await?
            .map_err(|cause| NatsError::from_client(format!("reading {stream}"), cause))?;
        let info = consumer.cached_info();
        Ok(Self {
            connection: connection.clone(),
            epoch,
            stream: stream.to_owned(),
            consumer: info.name.clone(),
            messages,
            delivered: 0,
            last: after,
            announced: info.num_pending,
            undeliverable: 0,
            failure: None,
        })
    }

    /// Opens one for what comes after a message that was read before; none when that message is not there any more, or is
    /// another one.
    pub(crate) async fn resume(
        connection: &Connection,
        stream: &str,
        filter: String,
        name: &str,
        place: Bookmark,
    ) -> Result<Option<Self>, NatsError> {
        let before = Bookmark {
            sequence: place.sequence.saturating_sub(1),
            published: 0,
        };
        let mut delivery = Self::open(connection, stream, filter, name, before, false).await?;
        if delivery.left() > 0
            && let Some(message) = delivery.first().await?
        {
            delivery.count(&message)?;
        }
        if delivery.last == place {
            return Ok(Some(delivery));
        }
        delivery.end().await;
        Ok(None)
    }

    /// How many more there are.
    pub(crate) fn left(&self) -> u64 {
        self.announced.saturating_sub(self.undeliverable)
    }

    /// How many messages the server has and cannot deliver, as far as it is known; at the end it is.
    pub(crate) fn undeliverable(&self) -> u64 {
        self.undeliverable
    }

    /// Waits until something is there and gives what there is, at most 1000 messages; nothing where all that is left
    /// cannot be delivered.
    pub(crate) async fn next(&mut self) -> Result<Delivered, NatsError> {
        if let Some(failure) = self.failure.take() {
            return Err(failure);
        }
        let mut messages = Vec::new();
        if let Some(first) = self.first().await? {
            messages.push((self.count(&first)?, first));
            while messages.len() < BATCH_EVENTS
                && let Some(next) = self.messages.next().now_or_never()
            {
                let counted = self
                    .sort(next)
                    .and_then(|message| Ok((self.count(&message)?, message)));
                match counted {
                    Ok(message) => messages.push(message),
                    Err(failure) => {
                        // What came before it is good.
                        self.failure = Some(failure);
                        break;
                    }
                }
            }
        }
        Ok(Delivered {
            messages,
            last: self.last,
            pending: self.left(),
        })
    }

    /// Has the server forget it.
    pub(crate) async fn end(self) {
        end_consumer(&self.connection, &self.stream, &self.consumer).await;
    }

    /// Waits for a message; none where more are announced and none of them can be delivered.
    async fn first(&mut self) -> Result<Option<jetstream::Message>, NatsError> {
        let mut quiet = QUIET;
        loop {
            let is_following = self.left() == 0;
            let next = self.connection.while_in(self.epoch, self.messages.next());
            if is_following {
                let next = next.await?;
                return self.sort(next).map(Some);
            }
            if let Ok(next) = time::timeout(quiet, next).await {
                return self.sort(next?).map(Some);
            }
            if self.is_at_end().await? {
                self.undeliverable = self.undeliverable.max(self.announced);
                return Ok(None);
            }
            quiet = (quiet * 2).min(LONGEST_QUIET);
        }
    }

    /// Whether the server has looked at all there is and sent what it can.
    async fn is_at_end(&self) -> Result<bool, NatsError> {
        let info = consumer_info(&self.connection, &self.stream, &self.consumer);
        match self.connection.while_in(self.epoch, info).await? {
            Ok(info) => {
                Ok(info.num_pending == 0 && info.delivered.consumer_sequence == self.delivered)
            }
            // Whoever may not ask, or gets no answer, goes on waiting.
            Err(NatsError::Permission { .. } | NatsError::TimedOut { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    fn sort(
        &self,
        next: Option<Result<jetstream::Message, MessagesError>>,
    ) -> Result<jetstream::Message, NatsError> {
        match next {
            Some(Ok(message)) => Ok(message),
            Some(Err(cause)) => Err(self.failed(cause)),
            None => Err(NatsError::ConnectionLost),
        }
    }

    /// Takes a message as delivered; its place in the stream.
    fn count(&mut self, message: &jetstream::Message) -> Result<u64, NatsError> {
        let info = message.info().map_err(|cause| self.failed(cause))?;
        if info.consumer_sequence != self.delivered + 1 {
            return Err(NatsError::Gap {
                stream: self.stream.clone(),
                expected: self.delivered + 1,
                found: info.consumer_sequence,
            });
        }
        self.delivered += 1;
        self.announced = info.pending;
        self.last = Bookmark {
            sequence: info.stream_sequence,
            published: i64::try_from(info.published.unix_timestamp_nanos()).unwrap_or_default(),
        };
        Ok(info.stream_sequence)
    }

    fn failed(&self, cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> NatsError {
        NatsError::from_client(format!("reading {}", self.stream), cause)
    }
}
