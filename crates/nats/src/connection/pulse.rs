//! Whether the server still says anything: one that hangs keeps its connections.

use std::sync::atomic::Ordering;
use std::time::Duration;

use async_nats::Client;
use async_nats::connection::State;
use bytes::Bytes;
use tokio::sync::mpsc;
use tokio::time::{self, Instant, MissedTickBehavior};

use super::LATENCY_SUBJECT;
use super::monitor::Notice;

/// How often it is looked whether something came.
const LOOKS: Duration = Duration::from_secs(1);

/// After this long without a byte the server is asked something that it answers itself, and after this long it is taken
/// for gone. Bytes count, not messages: a large one may be long on a slow way.
const QUIET: Duration = Duration::from_secs(3);
const SILENT: Duration = Duration::from_secs(8);

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sign {
    Nothing,
    Ask,
    Gone,
}

/// What came until now.
struct Pulse {
    bytes: u64,
    /// When the last of them was seen.
    since: Instant,
    looked: Instant,
    asked: bool,
}

impl Pulse {
    fn new(now: Instant) -> Self {
        Self {
            bytes: 0,
            since: now,
            looked: now,
            asked: false,
        }
    }

    /// Looks at how many bytes have come in all.
    fn look(&mut self, now: Instant, bytes: u64) -> Sign {
        // Whoever slept knows nothing of the time.
        let slept = now - self.looked > 2 * LOOKS;
        self.looked = now;
        if bytes != self.bytes || slept {
            self.bytes = bytes;
            self.since = now;
            self.asked = false;
        }
        let quiet = now - self.since;
        if quiet >= SILENT && self.asked {
            Sign::Gone
        } else if quiet >= QUIET && !self.asked {
            self.asked = true;
            Sign::Ask
        } else {
            Sign::Nothing
        }
    }
}

/// Watches a client until whoever is told is gone.
pub(super) async fn watch(client: Client, notices: mpsc::UnboundedSender<Notice>) {
    let mut pulse = Pulse::new(Instant::now());
    let mut looks = time::interval(LOOKS);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        looks.tick().await;
        if client.connection_state() != State::Connected {
            pulse = Pulse::new(Instant::now());
            continue;
        }
        let bytes = client.statistics().in_bytes.load(Ordering::Relaxed);
        match pulse.look(Instant::now(), bytes) {
            Sign::Nothing => {}
            Sign::Ask => {
                let client = client.clone();
                // Any answer will do, also that nobody serves it.
                tokio::spawn(async move {
                    let _ = client.request(LATENCY_SUBJECT, Bytes::new()).await;
                });
            }
            Sign::Gone => {
                pulse = Pulse::new(Instant::now());
                if notices.send(Notice::Silent).is_err() {
                    return;
                }
                // It may have to wait for what cannot be written.
                let client = client.clone();
                tokio::spawn(async move {
                    let _ = client.force_reconnect().await;
                });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_says_nothing_is_asked_and_then_taken_for_gone() {
        let start = Instant::now();
        let mut pulse = Pulse::new(start);
        let mut look = |second: u64, bytes| {
            let sign = pulse.look(start + Duration::from_secs(second), bytes);
            (second, sign)
        };
        let signs = [
            (1, 10, Sign::Nothing),
            (2, 10, Sign::Nothing),
            (4, 10, Sign::Ask),
            (5, 10, Sign::Nothing),
            // A little of something large.
            (6, 11, Sign::Nothing),
            (8, 11, Sign::Nothing),
            (9, 11, Sign::Ask),
            (11, 11, Sign::Nothing),
            (13, 11, Sign::Nothing),
            (14, 11, Sign::Gone),
        ];
        for (second, bytes, sign) in signs {
            assert_eq!(look(second, bytes), (second, sign));
        }
    }

    #[test]
    fn a_machine_that_slept_waits_anew() {
        let start = Instant::now();
        let mut pulse = Pulse::new(start);
        for second in [1, 2, 3] {
            pulse.look(start + Duration::from_secs(second), 0);
        }
        let hour = Duration::from_secs(3600);
        assert_eq!(pulse.look(start + hour, 0), Sign::Nothing);
    }
}
