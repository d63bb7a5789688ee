//! What goes to the server: the outbox, in order, until it is empty, and whenever something is put in.

use std::time::Duration;

use tokio::select;
use tokio::sync::oneshot;
use tokio::time::sleep;
use wissil_dag::Cid;
use wissil_nats::{PublishProblem, Publisher};

use super::driver::{Driver, Endless, Trouble};
use super::exchange::Sendable;
use crate::api::{ApiError, ErrorCode};
use crate::bridge::gone;

/// Acknowledgements are noted together: each note is a write to the disk, and being late costs nothing but a
/// duplicate that is recognised.
const ACKNOWLEDGED: usize = 1000;
/// The longest that one waits to be noted.
const QUIET: Duration = Duration::from_millis(40);
/// How often in a row events are sent again on a connection that holds, and how long after the first time; after that
/// the whole connection is begun anew.
const LOST: u32 = 8;
const SENT_AGAIN: Duration = Duration::from_millis(250);
/// How long a server that is full, or will not take an event, is left alone.
const LEFT_ALONE: Duration = Duration::from_secs(5);

impl Driver {
    /// Sends whatever waits in the outbox.
    pub(crate) async fn outgoing(&self) -> Endless {
        let publisher = Publisher::new(&self.connection);
        let mut after = 0;
        let mut acknowledged: Vec<Cid> = Vec::new();
        let mut lost = 0;
        let mut next = self.sendable(after).await?;
        loop {
            if next.events.is_empty() {
                next = self.next(&mut after, &mut acknowledged).await?;
                continue;
            }
            let last = next.last;
            // The last batch is noted and the next one read while this one is on its way.
            let (published, following) = tokio::join!(publisher.publish(next.events), async {
                if acknowledged.len() >= ACKNOWLEDGED {
                    self.note(&mut acknowledged).await?;
                }
                Ok::<_, Trouble>(self.sendable(last).await?)
            });
            acknowledged.extend(published.acknowledged);
            match published.problem {
                None => {
                    after = last;
                    lost = 0;
                    next = following?;
                }
                Some(problem) => {
                    self.note(&mut acknowledged).await?;
                    lost += 1;
                    self.stopped_by(problem, lost).await?;
                    // What did not go is the oldest that waits.
                    after = 0;
                    next = self.sendable(after).await?;
                }
            }
        }
    }

    async fn sendable(&self, after: u64) -> Result<Sendable, ApiError> {
        self.bridge.ask(move |actor| actor.sendable(after)).await
    }

    /// Waits for something to send after a place in the local order, and notes meanwhile what was acknowledged.
    async fn next(
        &self,
        after: &mut u64,
        acknowledged: &mut Vec<Cid>,
    ) -> Result<Sendable, Trouble> {
        let (reply, mut answer) = oneshot::channel();
        let place = *after;
        self.bridge
            .tell(move |actor| actor.await_sendable(place, reply));
        loop {
            select! {
                answer = &mut answer => return Ok(answer.map_err(|_| gone())??),
                () = self.signals.put_back.notified() => {
                    // Its place is before that of what was sent last.
                    self.note(acknowledged).await?;
                    *after = 0;
                    return Ok(self.sendable(*after).await?);
                }
                () = sleep(QUIET), if !acknowledged.is_empty() => self.note(acknowledged).await?,
            }
        }
    }

    /// Notes that the server has these events.
    async fn note(&self, acknowledged: &mut Vec<Cid>) -> Result<(), Trouble> {
        if acknowledged.is_empty() {
            return Ok(());
        }
        let events = std::mem::take(acknowledged);
        let count = events.len() as u64;
        let left = self
            .bridge
            .ask(move |actor| {
                actor.acknowledged(&events)?;
                actor.waiting_to_be_sent()
            })
            .await?;
        self.board.sent(count, left);
        Ok(())
    }

    async fn stopped_by(&self, problem: PublishProblem, times: u32) -> Result<(), Trouble> {
        let words = match problem {
            // Mostly a stream that gets another leader.
            PublishProblem::Lost(_) if times <= LOST => {
                sleep(SENT_AGAIN * times).await;
                return Ok(());
            }
            PublishProblem::Lost(words) => {
                return Err(Trouble::Here(ApiError::new(ErrorCode::Unreachable, words)));
            }
            PublishProblem::Full(words) => format!(
                "The server has no room: {words}. Your work is on this disk and is sent when there is room again."
            ),
            PublishProblem::Refused { cid, reason } => {
                format!("The server does not take event {cid}: {reason}. It stays on this disk.")
            }
        };
        self.board.problem(words);
        sleep(LEFT_ALONE).await;
        Ok(())
    }
}
