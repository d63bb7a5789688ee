//! What goes to the server: the outbox, in order, until it is empty, and whenever something is put in.

use std::time::Duration;

use tokio::select;
use tokio::sync::oneshot;
use tokio::time::{Instant, sleep, sleep_until};
use wissil_dag::Cid;
use wissil_nats::{Held, PublishProblem, Publisher};

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

/// What has been sent so far on this connection.
#[derive(Default)]
struct Sent {
    /// The place in the local order of what was sent last.
    after: u64,
    /// What the server has, and the store does not know of yet.
    acknowledged: Vec<Cid>,
    /// What the server does not take now, and when it is tried again.
    held: Held,
    again: Option<Instant>,
    /// How often in a row nothing was answered.
    lost: u32,
}

impl Driver {
    /// Sends whatever waits in the outbox.
    pub(crate) async fn outgoing(&self) -> Endless {
        let publisher = Publisher::new(&self.connection);
        let mut sent = Sent::default();
        let mut next = self.sendable(sent.after).await?;
        loop {
            if next.events.is_empty() {
                next = self.next(&mut sent).await?;
                continue;
            }
            let last = next.last;
            self.echoes
                .expect(next.events.iter().map(|event| event.signed.cid));
            let mut held = std::mem::take(&mut sent.held);
            // The last batch is noted and the next one read while this one is on its way.
            let publishing = publisher.publish_around(next.events, &mut held);
            let (published, following) = tokio::join!(publishing, async {
                if sent.acknowledged.len() >= ACKNOWLEDGED {
                    self.note(&mut sent.acknowledged).await?;
                }
                Ok::<_, Trouble>(self.sendable(last).await?)
            });
            sent.held = held;
            sent.acknowledged.extend(published.acknowledged);
            sent.after = last;
            match published.problem {
                None => sent.lost = 0,
                Some(PublishProblem::Lost(words)) => {
                    self.note(&mut sent.acknowledged).await?;
                    sent.lost += 1;
                    if sent.lost > LOST {
                        let error = ApiError::new(ErrorCode::Unreachable, words);
                        return Err(Trouble::Here(error));
                    }
                    // Mostly a stream that gets another leader. What did not go is the oldest that waits.
                    sleep(SENT_AGAIN * sent.lost).await;
                    next = self.begin_again(&mut sent).await?;
                    continue;
                }
                Some(problem) => {
                    self.note(&mut sent.acknowledged).await?;
                    self.board.problem(in_words(problem));
                    sent.again.get_or_insert(Instant::now() + LEFT_ALONE);
                }
            }
            next = following?;
        }
    }

    async fn sendable(&self, after: u64) -> Result<Sendable, ApiError> {
        self.bridge.ask(move |actor| actor.sendable(after)).await
    }

    /// Begins again with the oldest that waits; nothing is held back any more.
    async fn begin_again(&self, sent: &mut Sent) -> Result<Sendable, Trouble> {
        sent.after = 0;
        sent.held = Held::default();
        sent.again = None;
        Ok(self.sendable(sent.after).await?)
    }

    /// Waits for something to send, and notes meanwhile what was acknowledged.
    async fn next(&self, sent: &mut Sent) -> Result<Sendable, Trouble> {
        let (reply, mut answer) = oneshot::channel();
        let after = sent.after;
        self.bridge
            .tell(move |actor| actor.await_sendable(after, reply));
        loop {
            let again = sent.again.unwrap_or_else(Instant::now);
            select! {
                answer = &mut answer => return Ok(answer.map_err(|_| gone())??),
                () = self.signals.put_back.notified() => {
                    // Its place is before that of what was sent last.
                    self.note(&mut sent.acknowledged).await?;
                    return self.begin_again(sent).await;
                }
                () = sleep(QUIET), if !sent.acknowledged.is_empty() => self.note(&mut sent.acknowledged).await?,
                () = sleep_until(again), if sent.again.is_some() => {
                    self.note(&mut sent.acknowledged).await?;
                    return self.begin_again(sent).await;
                }
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
}

/// A problem that is not over soon, for people.
fn in_words(problem: PublishProblem) -> String {
    match problem {
        PublishProblem::Full(words) => format!(
            "The server has no room: {words}. Your work is on this disk and is sent when there is room again."
        ),
        PublishProblem::Refused { cid, reason } => {
            format!("The server does not take event {cid}: {reason}. It stays on this disk.")
        }
        PublishProblem::Lost(words) => words,
    }
}
