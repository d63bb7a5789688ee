//! What this replica sent and will read from the stream like everybody else.

use std::collections::HashSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use wissil_dag::Cid;

/// Most events that are remembered; beyond that they are read as others' are and found to be here.
const MOST: usize = 100_000;

/// Events on their way to the server and back. What comes back need not be decoded, checked and looked up: it is here.
#[derive(Default)]
pub(crate) struct Echoes(Mutex<HashSet<Cid>>);

impl Echoes {
    /// Notes events that are being sent.
    pub(crate) fn expect(&self, sent: impl Iterator<Item = Cid>) {
        let mut expected = self.lock();
        let room = MOST.saturating_sub(expected.len());
        expected.extend(sent.take(room));
    }

    /// Whether an event was sent and comes back for the first time.
    pub(crate) fn came_back(&self, event: &Cid) -> bool {
        self.lock().remove(event)
    }

    fn lock(&self) -> MutexGuard<'_, HashSet<Cid>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_comes_back_once_and_not_too_many_are_kept() {
        let event = |n: u32| wissil_dag::cid_of(0x71, &n.to_be_bytes());
        let echoes = Echoes::default();
        echoes.expect((0..3).map(event));
        assert!(echoes.came_back(&event(1)));
        assert!(!echoes.came_back(&event(1)));
        assert!(!echoes.came_back(&event(3)));
        let most = u32::try_from(MOST).unwrap_or(u32::MAX);
        echoes.expect((10..most + 20).map(event));
        assert_eq!(echoes.lock().len(), MOST);
    }
}
