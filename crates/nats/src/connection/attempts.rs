//! Which server is tried next, and when.

use std::future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_nats::ReconnectToServer;
use tokio::sync::{mpsc, watch};
use tokio::time;

use super::monitor::Notice;
use super::refusal::is_refusal;

/// Waits between attempts: doubled from the first to the last, and shortened by up to half at random, so that not all
/// clients of a restarted server come at once.
const FIRST_WAIT: Duration = Duration::from_millis(250);
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// What somebody has to change first is tried less often.
const REFUSED_WAIT: Duration = Duration::from_secs(10);

/// Decides which server is tried next, and when.
pub(super) struct Attempts {
    made: AtomicU64,
    failed: AtomicU64,
    notices: mpsc::UnboundedSender<Notice>,
    closing: watch::Receiver<bool>,
}

impl Attempts {
    /// Starts to count.
    pub(super) fn new(
        notices: mpsc::UnboundedSender<Notice>,
        closing: watch::Receiver<bool>,
    ) -> Self {
        Self {
            made: AtomicU64::new(0),
            failed: AtomicU64::new(0),
            notices,
            closing,
        }
    }

    /// A connection was made: the next failure is a first one.
    pub(super) fn succeeded(&self) {
        self.failed.store(0, Ordering::Relaxed);
    }

    /// Waits as long as is due, and names the server to try.
    pub(super) async fn next(
        self: Arc<Self>,
        servers: Vec<async_nats::Server>,
    ) -> Option<ReconnectToServer> {
        let made = self.made.fetch_add(1, Ordering::Relaxed);
        let mut wait = Duration::ZERO;
        if made > 0 {
            let failed = self.failed.fetch_add(1, Ordering::Relaxed);
            let mut tried = servers.iter().rev();
            let problem = tried.find_map(|server| server.last_error.clone());
            let refused = problem.as_deref().is_some_and(is_refusal);
            wait = if refused {
                REFUSED_WAIT
            } else {
                backoff(failed)
            };
            if let Some(problem) = problem {
                // Nobody listens after the connection's end.
                let _ = self.notices.send(Notice::Failed(problem));
            }
        }
        let mut closing = self.closing.clone();
        let is_closing = tokio::select! {
            () = time::sleep(shortened(wait)) => false,
            _ = closing.wait_for(|closing| *closing) => true,
        };
        if is_closing {
            // The client knows no way to stop trying; it sleeps from here on.
            future::pending::<()>().await;
        }
        // Those that failed least, in turn.
        let fewest = servers.iter().map(|server| server.failed_attempts).min()?;
        let best: Vec<_> = servers
            .into_iter()
            .filter(|server| server.failed_attempts == fewest)
            .collect();
        let turn = usize::try_from(made).unwrap_or_default() % best.len();
        Some(ReconnectToServer {
            addr: best.into_iter().nth(turn)?.addr,
            delay: Some(Duration::ZERO),
        })
    }
}

/// The wait after a number of failures in a row.
fn backoff(failed: u64) -> Duration {
    let doubled = FIRST_WAIT.saturating_mul(1 << failed.min(8));
    doubled.min(LONGEST_WAIT)
}

/// Between half of a wait and all of it.
fn shortened(wait: Duration) -> Duration {
    // Without randomness the wait is whole.
    let chance = getrandom::u32().unwrap_or(0);
    wait.mul_f64(1.0 - 0.5 * f64::from(chance) / f64::from(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_a_limit() {
        let waits: Vec<_> = (0..7).map(|failed| backoff(failed).as_millis()).collect();
        assert_eq!(waits, [250, 500, 1000, 2000, 4000, 5000, 5000]);
        assert_eq!(backoff(u64::MAX), LONGEST_WAIT);
        for wait in [Duration::ZERO, LONGEST_WAIT] {
            assert!((wait / 2..=wait).contains(&shortened(wait)));
        }
    }
}
