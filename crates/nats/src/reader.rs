//! Reading a session's edits from a stream: everything after a sequence number, then whatever comes.

use std::fmt;
use std::time::Duration;

use async_nats::jetstream;
use async_nats::jetstream::consumer::pull::{self, MessagesError, Stream};
use async_nats::jetstream::consumer::{AckPolicy, Consumer, DeliverPolicy};
use async_nats::jetstream::stream::ConsumerCreateStrictErrorKind;
use futures_util::{FutureExt, StreamExt};
use tokio::time::{self, Instant};
use wissil_dag::{BranchId, DocumentId, SessionId, SignedEvent};
use wissil_model::DocumentKind;

use crate::subjects::{check_token, document_filter, edit_filter};
use crate::{Connection, EditSubject, NatsError, edit_stream, message};

/// How many events one call of [`Reader::next`] gives at most.
pub(crate) const BATCH_EVENTS: usize = 1000;

/// How many bytes may be on their way at once.
const BATCH_BYTES: usize = 16 * 1024 * 1024;

/// How long the server keeps a reader's place after it has gone.
pub(crate) const FORGOTTEN_AFTER: Duration = Duration::from_secs(30);

/// How often the server says that it is there while nothing comes; twice as long without a word is a failure.
const HEARTBEAT: Duration = Duration::from_secs(5);

/// An event as it arrived. Its block, CID, signature and place in the history are not checked yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// Its place in the stream.
    pub sequence: u64,
    /// Where it was published.
    pub subject: EditSubject,
    /// The block, its CID as its sender says, and the signature.
    pub signed: SignedEvent,
}

/// What arrived, in the stream's order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReadBatch {
    /// Events, none of them checked beyond their form.
    pub events: Vec<Received>,
    /// Messages that are no events of this session: their place and what is wrong with them.
    pub malformed: Vec<(u64, String)>,
    /// The last place read; reading on starts after it.
    pub last: u64,
    /// How many more the server has.
    pub pending: u64,
}

/// Reads one session's edits from one stream. It lives as long as the connection it was opened on: after any error it is
/// finished, and another one is opened after the last place read.
pub struct Reader {
    connection: Connection,
    epoch: u64,
    stream: String,
    session: SessionId,
    messages: Stream,
    backlog: u64,
    delivered: u64,
    failure: Option<NatsError>,
}

impl Reader {
    /// Opens a reader for what comes after a place in the stream (0: everything). `name` is this reader's on the server;
    /// where one is there under it from before, that one is ended, and this is called `<name>-1` up to `<name>-5`.
    ///
    /// # Errors
    /// When the stream carries no documents or is missing, the name cannot be used, or the server cannot be asked.
    pub async fn open(
        connection: &Connection,
        stream: &str,
        session: &SessionId,
        name: &str,
        after: u64,
    ) -> Result<Self, NatsError> {
        let filter = edit_filter(stream, session)?;
        Self::open_filtered(connection, stream, session, filter, name, after).await
    }

    /// Opens a reader for all edits of one document, for somebody who wants to see it before the rest has come.
    ///
    /// # Errors
    /// As [`Reader::open`].
    pub async fn open_document(
        connection: &Connection,
        kind: DocumentKind,
        session: &SessionId,
        branch: &BranchId,
        document: &DocumentId,
        name: &str,
    ) -> Result<Self, NatsError> {
        let filter = document_filter(kind, session, branch, document);
        Self::open_filtered(connection, edit_stream(kind), session, filter, name, 0).await
    }

    async fn open_filtered(
        connection: &Connection,
        stream: &str,
        session: &SessionId,
        filter: String,
        name: &str,
        after: u64,
    ) -> Result<Self, NatsError> {
        let epoch = connection.epoch()?;
        let config = pull::Config {
            deliver_policy: DeliverPolicy::ByStartSequence {
                start_sequence: after.saturating_add(1),
            },
            filter_subject: filter,
            ..consumer_config(name)?
        };
        let consumer = create_consumer(connection, stream, config).await?;
        let backlog = consumer.cached_info().num_pending;
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
        Ok(Self {
            connection: connection.clone(),
            epoch,
            stream: stream.to_owned(),
            session: session.clone(),
            messages,
            backlog,
            delivered: 0,
            failure: None,
        })
    }

    /// How many messages were there to be read when it was opened.
    #[must_use]
    pub fn backlog(&self) -> u64 {
        self.backlog
    }

    /// Waits until something is there and gives what there is, at most 1000 messages.
    ///
    /// # Errors
    /// When the connection breaks, the server ends the reader or messages are missing. The reader is finished then; what
    /// it gave before stands.
    pub async fn next(&mut self) -> Result<ReadBatch, NatsError> {
        if let Some(failure) = self.failure.take() {
            return Err(failure);
        }
        let first = self.messages.next();
        let first = self.connection.while_in(self.epoch, first).await?;
        let mut batch = ReadBatch::default();
        self.take(first, &mut batch)?;
        for _ in 1..BATCH_EVENTS {
            let Some(next) = self.messages.next().now_or_never() else {
                break;
            };
            if let Err(failure) = self.take(next, &mut batch) {
                // What came before it is good.
                self.failure = Some(failure);
                break;
            }
        }
        Ok(batch)
    }

    fn take(
        &mut self,
        next: Option<Result<jetstream::Message, MessagesError>>,
        batch: &mut ReadBatch,
    ) -> Result<(), NatsError> {
        let failed = |cause| NatsError::from_client(format!("reading {}", self.stream), cause);
        let message = match next {
            Some(Ok(message)) => message,
            Some(Err(cause)) => return Err(failed(cause.into())),
            None => return Err(NatsError::ConnectionLost),
        };
        let info = message.info().map_err(failed)?;
        let (sequence, delivered) = (info.stream_sequence, info.consumer_sequence);
        if delivered != self.delivered + 1 {
            return Err(NatsError::Gap {
                stream: self.stream.clone(),
                expected: self.delivered + 1,
                found: delivered,
            });
        }
        self.delivered = delivered;
        batch.last = sequence;
        batch.pending = info.pending;
        match received(&message, &self.session) {
            Ok((subject, signed)) => batch.events.push(Received {
                sequence,
                subject,
                signed,
            }),
            Err(problem) => batch.malformed.push((sequence, problem)),
        }
        Ok(())
    }
}

/// An event of this session, or what is wrong with the message.
fn received(
    message: &async_nats::Message,
    session: &SessionId,
) -> Result<(EditSubject, SignedEvent), String> {
    let subject = EditSubject::parse(&message.subject).map_err(|error| error.to_string())?;
    if subject.session != *session {
        return Err(format!("it is of session {}", subject.session));
    }
    Ok((subject, message::signed_event(message)?))
}

/// What all our consumers have in common.
pub(crate) fn consumer_config(name: &str) -> Result<pull::Config, NatsError> {
    check_token("consumer name", name)?;
    Ok(pull::Config {
        name: Some(name.to_owned()),
        ack_policy: AckPolicy::None,
        inactive_threshold: FORGOTTEN_AFTER,
        // A reader's place is not worth keeping: it knows it itself.
        memory_storage: true,
        num_replicas: 1,
        ..pull::Config::default()
    })
}

/// Makes a consumer under a name or, where that is taken, under one of the next ones (`<name>-1` and so on).
pub(crate) async fn create_consumer(
    connection: &Connection,
    stream: &str,
    config: pull::Config,
) -> Result<Consumer<pull::Config>, NatsError> {
    let action = || format!("opening a reader of {stream}");
    let wanted = config.name.clone().unwrap_or_default();
    let mut problem = NatsError::TimedOut { action: action() };
    let begun = Instant::now();
    let mut attempt = 0;
    while begun.elapsed() < OPENING_TIME {
        let name = match attempt % NAMES {
            0 => wanted.clone(),
            again => format!("{wanted}-{again}"),
        };
        attempt += 1;
        let config = pull::Config {
            name: Some(name.clone()),
            ..config.clone()
        };
        let jetstream = connection.jetstream();
        let created = jetstream.create_consumer_strict_on_stream(config, stream);
        let question = format!("CONSUMER.CREATE.{stream}.{name}.");
        let created = time::timeout(ATTEMPT, connection.while_allowed(&question, created));
        match created.await {
            Ok(Ok(Ok(consumer))) if consumer.cached_info().delivered.consumer_sequence == 0 => {
                return Ok(consumer);
            }
            // One that stands somewhere else, from an earlier connection.
            Ok(Ok(Ok(_))) => end_consumer(connection, stream, &name).await,
            Ok(Ok(Err(cause))) => match cause.kind() {
                ConsumerCreateStrictErrorKind::AlreadyExists => {
                    end_consumer(connection, stream, &name).await;
                }
                ConsumerCreateStrictErrorKind::JetStream(answer) => {
                    problem = NatsError::from_answer(action(), answer);
                    if !problem.is_transient() {
                        return Err(problem);
                    }
                    time::sleep(BETWEEN_ATTEMPTS).await;
                }
                _ => return Err(NatsError::from_client(action(), cause)),
            },
            Ok(Err(error)) => return Err(error),
            // In a cluster a consumer stands on one node. Where that is down, neither the old one can be ended nor a new
            // one answer: another name meets another node.
            Err(_) => {}
        }
        if attempt % NAMES == 0 {
            time::sleep(BETWEEN_ATTEMPTS).await;
        }
    }
    Err(problem)
}

/// How many names a reader may use, how long each is tried, and how long all of them.
const NAMES: usize = 6;
const ATTEMPT: Duration = Duration::from_secs(2);
const OPENING_TIME: Duration = Duration::from_secs(20);
const BETWEEN_ATTEMPTS: Duration = Duration::from_millis(250);

/// Has the server forget a consumer that may be there, without waiting for it: whoever is to forget may be down, and
/// what is not used is forgotten by itself after [`FORGOTTEN_AFTER`].
pub(crate) async fn end_consumer(connection: &Connection, stream: &str, name: &str) {
    let question = format!("CONSUMER.DELETE.{stream}.{name}");
    connection.ask_in_passing(question).await;
}

impl fmt::Debug for Reader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reader")
            .field("stream", &self.stream)
            .field("session", &self.session)
            .field("delivered", &self.delivered)
            .finish_non_exhaustive()
    }
}
