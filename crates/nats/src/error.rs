//! What can go wrong between here and the server.

use std::error::Error;
use std::io;
use std::path::PathBuf;

use async_nats::jetstream;

/// Why something on the network, or in hosting a server, failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NatsError {
    /// A text that cannot stand in a subject or a name on the server.
    #[error("{what} {text:?}: {problem}")]
    Name {
        /// What it was to be: `subject`, `consumer name`.
        what: &'static str,
        /// The text, or its beginning.
        text: String,
        /// The rule it breaks.
        problem: String,
    },
    /// An address that no server can have.
    #[error("{address:?} is not the address of a server: {problem}")]
    Address {
        /// The address, without secrets.
        address: String,
        /// What is wrong with it, and how it should look.
        problem: String,
    },
    /// A file needed to sign in or to trust the server cannot be used.
    #[error("{} cannot be used to sign in: {cause}", file.display())]
    Credentials {
        /// The file.
        file: PathBuf,
        /// The cause.
        #[source]
        cause: io::Error,
    },
    /// What should be the certificate of an authority is none.
    #[error("{origin} cannot be used as a certificate to trust: {problem}")]
    Certificate {
        /// Where it comes from.
        origin: String,
        /// What is wrong with it.
        problem: String,
    },
    /// There is no connection at the moment.
    #[error("there is no connection to the server")]
    Offline,
    /// The connection broke while something was going on. What it was may have happened or not.
    #[error("the connection to the server was lost")]
    ConnectionLost,
    /// No answer came in time. What was asked may have happened or not.
    #[error("the server did not answer in time: {action}")]
    TimedOut {
        /// What was tried, as `reading WISSIL_IGNIS`.
        action: String,
    },
    /// Nobody there does what was asked.
    #[error("nobody answers: {action}")]
    NobodyAnswers {
        /// What was tried.
        action: String,
    },
    /// The server does not allow it.
    #[error("the server does not allow it: {text}")]
    Permission {
        /// The server's words.
        text: String,
    },
    /// A stream or the server's disk is at its limit.
    #[error("the server has no room: {action}: {problem}")]
    Full {
        /// What was tried.
        action: String,
        /// The server's words.
        problem: String,
    },
    /// The server refused or failed.
    #[error("{action}: {cause}")]
    Refused {
        /// What was tried.
        action: String,
        /// Whether it is worth trying again soon.
        transient: bool,
        /// The cause.
        #[source]
        cause: Box<dyn Error + Send + Sync>,
    },
    /// Messages are missing between two that arrived: what follows must be read anew.
    #[error(
        "{stream}: message {found} arrived where {expected} was due; reading has to start anew"
    )]
    Gap {
        /// The stream.
        stream: String,
        /// The delivery that was due.
        expected: u64,
        /// The delivery that came.
        found: u64,
    },
    /// Something is larger than it may be.
    #[error("{what} of {size} bytes is over the limit of {limit}")]
    TooLarge {
        /// What it is.
        what: String,
        /// Its size in bytes.
        size: u64,
        /// The limit in bytes.
        limit: u64,
    },
    /// What the server holds is not what its name promises.
    #[error("{what} is damaged on the server: {problem}")]
    Damaged {
        /// Which item.
        what: String,
        /// What is wrong with it.
        problem: String,
    },
    /// An answer is not in order.
    #[error("the answer to {subject} is not in order: {problem}")]
    Malformed {
        /// What was asked.
        subject: String,
        /// What is wrong with the answer.
        problem: String,
    },
    /// A file on this machine cannot be read or written.
    #[error("{}: {cause}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// The cause.
        #[source]
        cause: io::Error,
    },
    /// A server cannot be hosted on this machine.
    #[error("{0}")]
    Hosting(String),
}

impl NatsError {
    /// Whether the same may succeed later without anyone doing anything: the connection, a timeout, a server that is
    /// choosing a leader.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Offline
            | Self::ConnectionLost
            | Self::TimedOut { .. }
            | Self::NobodyAnswers { .. }
            | Self::Gap { .. } => true,
            Self::Refused { transient, .. } => *transient,
            Self::Name { .. }
            | Self::Address { .. }
            | Self::Credentials { .. }
            | Self::Certificate { .. }
            | Self::Permission { .. }
            | Self::Full { .. }
            | Self::TooLarge { .. }
            | Self::Damaged { .. }
            | Self::Malformed { .. }
            | Self::File { .. }
            | Self::Hosting(_) => false,
        }
    }

    /// Whether the server has no room for it: somebody has to make some.
    #[must_use]
    pub fn is_full(&self) -> bool {
        matches!(self, Self::Full { .. })
    }

    /// Whether the server has no such stream.
    #[must_use]
    pub fn is_missing_stream(&self) -> bool {
        self.answer_code() == Some(jetstream::ErrorCode::STREAM_NOT_FOUND)
    }

    /// A file of this machine could not be used.
    pub(crate) fn file(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |cause| Self::File { path, cause }
    }

    /// Sorts a failure of the client library: what the server said about it decides, else that nobody answered.
    pub(crate) fn from_client(
        action: impl Into<String>,
        cause: impl Into<Box<dyn Error + Send + Sync>>,
    ) -> Self {
        let action = action.into();
        let cause = cause.into();
        if let Some(answer) = find::<jetstream::Error>(&*cause) {
            return Self::from_answer(action, answer.clone());
        }
        let text = cause.to_string();
        if has_words_of_a_limit(&text) {
            let problem = text;
            return Self::Full { action, problem };
        }
        if text.contains("timed out") || find::<tokio::time::error::Elapsed>(&*cause).is_some() {
            Self::TimedOut { action }
        } else if text.contains("no responders") {
            Self::NobodyAnswers { action }
        } else {
            Self::Refused {
                action,
                transient: true,
                cause,
            }
        }
    }

    /// Sorts what JetStream answered.
    pub(crate) fn from_answer(action: String, answer: jetstream::Error) -> Self {
        if is_full(&answer) {
            let problem = answer.to_string();
            return Self::Full { action, problem };
        }
        Self::Refused {
            action,
            transient: is_worth_trying_again(&answer),
            cause: Box::new(answer),
        }
    }

    /// What JetStream answered, when that is the cause.
    pub(crate) fn answer_code(&self) -> Option<jetstream::ErrorCode> {
        match self {
            Self::Refused { cause, .. } => {
                find::<jetstream::Error>(&**cause).map(jetstream::Error::error_code)
            }
            _ => None,
        }
    }
}

/// The first error of a type in a chain of causes.
fn find<'a, E: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a E> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        next = error.source();
    }
    None
}

/// A limit of the stream, the account or the disk is reached.
pub(crate) fn is_full(answer: &jetstream::Error) -> bool {
    use jetstream::ErrorCode as Code;
    match answer.error_code() {
        Code::ACCOUNT_RESOURCES_EXCEEDED
        | Code::INSUFFICIENT_RESOURCES
        | Code::MEMORY_RESOURCES_EXCEEDED
        | Code::STORAGE_RESOURCES_EXCEEDED => true,
        // The limits of one stream have no code of their own, only these words.
        Code::STREAM_CREATE | Code::STREAM_STORE_FAILED => {
            has_words_of_a_limit(&answer.to_string())
        }
        _ => false,
    }
}

fn has_words_of_a_limit(text: &str) -> bool {
    [
        "maximum bytes exceeded",
        "maximum messages exceeded",
        "resource limits exceeded",
        "resources exceeded",
        "insufficient resources",
        "no space left",
        // All that is said of a stream that could not be made on a full disk.
        "error creating store for stream",
    ]
    .iter()
    .any(|limit| text.contains(limit))
}

/// The server is busy with itself: choosing a leader, starting, dropping unfinished batches.
fn is_worth_trying_again(answer: &jetstream::Error) -> bool {
    use jetstream::ErrorCode as Code;
    matches!(
        answer.error_code(),
        Code::CLUSTER_NOT_AVAILABLE
            | Code::CLUSTER_NOT_LEADER
            | Code::STREAM_NOT_FOUND
            | Code::STREAM_OFFLINE
            | Code::STREAM_STORE_FAILED
            | Code::CONSUMER_NOT_FOUND
            // Others read now, or just did: the server forgets them soon.
            | Code::MAXIMUM_CONSUMERS_LIMIT
            | Code::ATOMIC_PUBLISH_INCOMPLETE_BATCH
            | Code::ATOMIC_PUBLISH_TOO_MANY_INFLIGHT
    ) || answer.code() == 503
}
