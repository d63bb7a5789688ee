//! Reading a session's edits from a stream: everything after a place, then whatever comes.

use std::fmt;

use wissil_dag::{BranchId, DocumentId, SessionId, SignedEvent};

use crate::delivery::Delivery;
use crate::subjects::{document_filter, edit_filter};
use crate::{Bookmark, Connection, EditSubject, NatsError, message};

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
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadBatch {
    /// Events, none of them checked beyond their form.
    pub events: Vec<Received>,
    /// Messages that are no events of this session: their place and what is wrong with them.
    pub malformed: Vec<(u64, String)>,
    /// The last message read; reading on starts after it.
    pub last: Bookmark,
    /// How many more the server can give.
    pub pending: u64,
}

/// Reads one session's edits from one stream. It lives as long as the connection it was opened on: after any error it is
/// finished, and another one is opened after the last message read.
pub struct Reader {
    session: SessionId,
    delivery: Delivery,
    stream: String,
    backlog: u64,
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
        let after = Bookmark {
            sequence: after,
            ..Bookmark::START
        };
        let delivery = Delivery::open(connection, stream, filter, name, after, false).await?;
        Ok(Self::of(delivery, stream, session))
    }

    /// As [`Reader::open`], for what comes after a message that was read before. None when the stream does not hold that
    /// message any more, or another one in its place: it was cut since and filled again, and what comes after it is not all
    /// that was not read.
    ///
    /// # Errors
    /// As [`Reader::open`].
    pub async fn resume(
        connection: &Connection,
        stream: &str,
        session: &SessionId,
        name: &str,
        place: Bookmark,
    ) -> Result<Option<Self>, NatsError> {
        let filter = edit_filter(stream, session)?;
        let delivery = Delivery::resume(connection, stream, filter, name, place).await?;
        Ok(delivery.map(|delivery| Self::of(delivery, stream, session)))
    }

    /// Opens a reader for all edits of one document, for somebody who wants to see it before the rest has come.
    ///
    /// # Errors
    /// As [`Reader::open`].
    pub async fn open_document(
        connection: &Connection,
        stream: &str,
        session: &SessionId,
        branch: &BranchId,
        document: &DocumentId,
        name: &str,
    ) -> Result<Self, NatsError> {
        let filter = document_filter(stream, session, branch, document)?;
        let start = Bookmark::START;
        let delivery = Delivery::open(connection, stream, filter, name, start, false).await?;
        Ok(Self::of(delivery, stream, session))
    }

    fn of(delivery: Delivery, stream: &str, session: &SessionId) -> Self {
        Self {
            session: session.clone(),
            stream: stream.to_owned(),
            backlog: delivery.left(),
            delivery,
        }
    }

    /// How many messages were there to be read when it was opened.
    #[must_use]
    pub fn backlog(&self) -> u64 {
        self.backlog
    }

    /// How many messages the server has and could not give: they are damaged. Known when nothing is pending any more.
    #[must_use]
    pub fn undeliverable(&self) -> u64 {
        self.delivery.undeliverable()
    }

    /// Waits until something is there and gives what there is, at most 1000 messages. What the server has and cannot give is
    /// passed over; a batch without messages says that nothing else is left.
    ///
    /// # Errors
    /// When the connection breaks, the server ends the reader or deliveries are missing. The reader is finished then; what
    /// it gave before stands.
    pub async fn next(&mut self) -> Result<ReadBatch, NatsError> {
        let delivered = self.delivery.next().await?;
        let mut batch = ReadBatch {
            events: Vec::with_capacity(delivered.messages.len()),
            malformed: Vec::new(),
            last: delivered.last,
            pending: delivered.pending,
        };
        for (sequence, message) in delivered.messages {
            match received(&message, &self.session) {
                Ok((subject, signed)) => batch.events.push(Received {
                    sequence,
                    subject,
                    signed,
                }),
                Err(problem) => batch.malformed.push((sequence, problem)),
            }
        }
        Ok(batch)
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

impl fmt::Debug for Reader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reader")
            .field("stream", &self.stream)
            .field("session", &self.session)
            .finish_non_exhaustive()
    }
}
