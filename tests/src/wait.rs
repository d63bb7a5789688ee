//! Waiting for something to become so, with a deadline.

use std::thread;
use std::time::{Duration, Instant};

/// How long a window may take to react: far more than it needs, on a machine that does other things as well.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// Asks again and again until there is an answer.
///
/// # Panics
///
/// When there is none within `limit`; `explain` then says how things stand.
#[track_caller]
pub fn until<T>(
    what: &str,
    limit: Duration,
    mut ask: impl FnMut() -> Option<T>,
    explain: impl FnOnce() -> String,
) -> T {
    let deadline = Instant::now() + limit;
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        if Instant::now() >= deadline {
            panic!("waited {} s for {what}; {}", limit.as_secs(), explain());
        }
        thread::sleep(Duration::from_millis(40));
    }
}
