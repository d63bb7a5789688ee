//! What the server does not allow, which it says apart from the call.

use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;

use super::PublishProblem;
use super::prepared::Ready;
use crate::Connection;

/// What the server says is not allowed.
pub(super) struct Forbidden {
    words: broadcast::Receiver<String>,
}

impl Forbidden {
    /// Listens from now on.
    pub(super) fn new(connection: &Connection) -> Self {
        Self {
            words: connection.permission_problems(),
        }
    }

    /// Waits until one of these events is not allowed; its publisher gets no other answer.
    pub(super) async fn problem(&mut self, events: &[Ready]) -> PublishProblem {
        loop {
            match self.words.recv().await {
                Ok(words) => {
                    let is_named =
                        |event: &&Ready| words.contains(&format!("\"{}\"", event.subject));
                    if let Some(event) = events.iter().find(is_named) {
                        return PublishProblem::Refused {
                            cid: event.signed.cid,
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
