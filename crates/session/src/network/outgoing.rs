//! What goes to the server: the outbox, in order, until it is empty, and whenever something is put in.

use std::time::Duration;

use tokio::select;
use tokio::sync::oneshot;
use tokio::time::{Instant, sleep, sleep_until};
use wissil_dag::Cid;
use wissil_nats::{Held, Prepared, PublishProblem, Publisher};

use super::driver::{Driver, Endless, Trouble};
use super::exchange::Sendable;
use crate::api::{ApiError, ErrorCode};
use crate::bridge::gone;

/// Acknowledgements are noted together: each note is a write to the disk, and being late costs nothing but a
/// duplicate that is recognised.
const ACKNOWLEDGED: usize = 1000;
/// The longest that one waits to be noted, and how many wait for nothing more: then a backlog was sent, and nobody is
/// typing.
const QUIET: Duration = Duration::from_millis(40);
const BACKLOG: usize = 100;
/// How often in a row events are sent again on a connection that holds, and how long after the first time; after that
/// the whole connection is begun anew.
const LOST: u32 = 8;
const SENT_AGAIN: Duration = Duration::from_millis(250);
/// A server that has not answered by now to what it was sent may not be able to keep it, and people are told.
const SILENT: Duration = Duration::from_secs(10);
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

impl Sent {
    /// Counts what came back of a batch; how often in a row nothing was answered now.
    fn count(&mut self, problem: Option<&PublishProblem>) -> u32 {
        self.lost = match problem {
            Some(PublishProblem::Lost(_)) => self.lost + 1,
            // No is an answer too.
            None | Some(PublishProblem::Full(_) | PublishProblem::Refused { .. }) => 0,
        };
        self.lost
    }
}

/// What goes next, ready to be sent.
struct Next {
    events: Prepared,
    /// The place of the last in the local order.
    last: u64,
}

impl Driver {
    /// Sends whatever waits in the outbox.
    pub(crate) async fn outgoing(&self) -> Endless {
        let publisher = Publisher::new(&self.connection);
        let mut sent = Sent::default();
        let mut next = self.after(sent.after).await?;
        loop {
            if next.events.is_empty() {
                next = self.next(&mut sent).await?;
                continue;
            }
            let last = next.last;
            let mut held = std::mem::take(&mut sent.held);
            // While this batch is on its way the one before is noted, and the next one read and prepared.
            let publishing = publisher.publish_prepared(next.events, &mut held);
            let publishing = watched(publishing, SILENT, || {
                let words = format!("it has not answered for {} seconds", SILENT.as_secs());
                self.board.sending_problem(Some(not_kept(&words)));
            });
            let (published, following) = tokio::join!(publishing, async {
                if sent.acknowledged.len() >= ACKNOWLEDGED {
                    self.note(&mut sent.acknowledged).await?;
                }
                Ok::<_, Trouble>(self.after(last).await?)
            });
            sent.held = held;
            sent.acknowledged.extend(published.acknowledged);
            sent.after = last;
            let lost = sent.count(published.problem.as_ref());
            if published.problem.is_none() && sent.held.is_empty() {
                self.board.sending_problem(None);
            }
            next = match published.problem {
                None => following?,
                Some(PublishProblem::Lost(words)) => {
                    self.note(&mut sent.acknowledged).await?;
                    if lost > LOST {
                        let error = ApiError::new(ErrorCode::Unreachable, words);
                        return Err(Trouble::Here(error));
                    }
                    if lost > 1 {
                        self.board.sending_problem(Some(not_kept(&words)));
                    }
                    // Mostly a stream that gets another leader. What did not go is the oldest that waits.
                    sleep(SENT_AGAIN * lost).await;
                    self.begin_again(&mut sent).await?
                }
                Some(PublishProblem::Full(words)) => {
                    let problem = format!(
                        "The server has no room: {words}. Your work is on this disk and is sent when there is room again."
                    );
                    self.leave_alone(&mut sent, problem).await?;
                    following?
                }
                Some(PublishProblem::Refused { cid, reason }) => {
                    let problem = format!(
                        "The server does not take event {cid}: {reason}. It stays on this disk."
                    );
                    self.leave_alone(&mut sent, problem).await?;
                    following?
                }
            };
        }
    }

    /// Tells people of a problem that is not over soon; what it concerns is tried again later.
    async fn leave_alone(&self, sent: &mut Sent, problem: String) -> Result<(), Trouble> {
        self.note(&mut sent.acknowledged).await?;
        self.board.sending_problem(Some(problem));
        sent.again.get_or_insert(Instant::now() + LEFT_ALONE);
        Ok(())
    }

    /// What there is to be sent after a place in the local order.
    async fn after(&self, place: u64) -> Result<Next, ApiError> {
        let sendable = self.bridge.ask(move |actor| actor.sendable(place)).await?;
        Ok(self.prepare(sendable).await)
    }

    /// Makes events ready to be sent; from now on they may come back.
    async fn prepare(&self, sendable: Sendable) -> Next {
        let Sendable { events, last } = sendable;
        self.echoes
            .expect(events.iter().map(|event| event.signed.cid));
        let events = Prepared::prepare(events).await;
        Next { events, last }
    }

    /// Begins again with the oldest that waits; nothing is held back any more.
    async fn begin_again(&self, sent: &mut Sent) -> Result<Next, Trouble> {
        sent.after = 0;
        sent.held = Held::default();
        sent.again = None;
        Ok(self.after(sent.after).await?)
    }

    /// Waits for something to send, or until what is held back is tried again.
    async fn next(&self, sent: &mut Sent) -> Result<Next, Trouble> {
        if !sent.held.is_empty() {
            // What is in the outbox now is what the server does not take.
            self.note(&mut sent.acknowledged).await?;
            self.board.held(true);
        }
        let next = self.wait(sent).await;
        self.board.held(false);
        next
    }

    /// Waits for something to send, and notes meanwhile what was acknowledged.
    async fn wait(&self, sent: &mut Sent) -> Result<Next, Trouble> {
        let (reply, mut answer) = oneshot::channel();
        let after = sent.after;
        self.bridge
            .tell(move |actor| actor.await_sendable(after, reply));
        if sent.acknowledged.len() >= BACKLOG {
            self.note(&mut sent.acknowledged).await?;
        }
        loop {
            let again = sent.again.unwrap_or_else(Instant::now);
            select! {
                answer = &mut answer => {
                    let sendable = answer.map_err(|_| gone())??;
                    return Ok(self.prepare(sendable).await);
                }
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

/// Waits for the server to answer, and says when it takes long: one whose disk is full does not say so itself.
async fn watched<T>(
    publishing: impl Future<Output = T>,
    patience: Duration,
    silent: impl FnOnce(),
) -> T {
    tokio::pin!(publishing);
    select! {
        published = &mut publishing => published,
        () = sleep(patience) => {
            silent();
            publishing.await
        }
    }
}

fn not_kept(words: &str) -> String {
    format!(
        "The server does not say that it keeps what is sent: {words}. Its disk may be full or slow. Your work is on this disk and is sent when it does."
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_server_that_takes_long_is_told_of_once_and_waited_for() {
        let (say, said) = oneshot::channel();
        let answered = watched(said, Duration::ZERO, || {
            say.send("silent").ok();
        })
        .await;
        assert_eq!(answered.ok(), Some("silent"));
        let long = Duration::from_secs(3600);
        let answered = watched(async { 7 }, long, || panic!("it answered")).await;
        assert_eq!(answered, 7);
    }

    #[test]
    fn only_what_is_lost_in_a_row_is_counted() {
        let lost = PublishProblem::Lost("no answer".into());
        let refused = PublishProblem::Refused {
            cid: wissil_dag::cid_of(0x71, b"x"),
            reason: "too large".into(),
        };
        let answers = [
            None,
            Some(PublishProblem::Full("no room".into())),
            Some(refused),
        ];
        let mut sent = Sent::default();
        for answer in answers {
            for times in 1..=LOST {
                assert_eq!(sent.count(Some(&lost)), times);
            }
            assert_eq!(sent.count(answer.as_ref()), 0, "{answer:?}");
        }
    }
}
