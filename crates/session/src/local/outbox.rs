//! What waits to be written to a guest. Answers wait for it, and whoever asks waits with them; what it follows does not: what
//! finds no room is dropped, counted, and said.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use super::wire::Message;
use crate::editing::PendingEdit;

/// Most answers that wait, and about most of their bytes.
const MAX_ANSWERS: usize = 1024;
const MAX_BYTES: usize = 8 << 20;
/// Most messages of feeds that wait.
const MAX_MESSAGES: usize = 256;

/// What is written next.
pub(super) enum Out {
    /// A line as it is.
    Line(Vec<u8>),
    /// The answer to a gesture, once it is saved.
    Edit(u64, PendingEdit),
    /// A message of a feed.
    Message(u64, Message),
    /// How many messages of a feed were dropped here.
    Dropped { feed: u64, dropped: u64, of: Kind },
}

/// What a feed tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// The session as a whole.
    Session,
    /// A document, or live messages.
    Other,
}

/// The queue between those who answer and tell, and the thread that writes.
#[derive(Default)]
pub(super) struct Outbox {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    queue: VecDeque<Out>,
    answers: usize,
    bytes: usize,
    messages: usize,
    /// How many messages of a feed found no room, until that is said.
    dropped: BTreeMap<u64, (u64, Kind)>,
    /// Nothing more comes.
    is_over: bool,
    /// Nothing more is written.
    is_broken: bool,
}

impl Outbox {
    /// Has an answer written; waits while many wait. Nothing is done once nobody reads.
    pub fn push(&self, out: Out) {
        let mut state = self.lock();
        while (state.answers >= MAX_ANSWERS || state.bytes >= MAX_BYTES) && !state.is_broken {
            state = self.wait(state);
        }
        if state.is_broken {
            return;
        }
        state.answers += 1;
        state.bytes += out.size();
        state.queue.push_back(out);
        self.changed.notify_all();
    }

    /// Has a message of a feed written, where there is room. What was dropped is said before more of that feed comes.
    pub fn tell(&self, feed: u64, message: Message) {
        let mut state = self.lock();
        if state.is_over || state.is_broken {
            return;
        }
        if state.messages >= MAX_MESSAGES || state.dropped.contains_key(&feed) {
            let of = match message {
                Message::Session(_) => Kind::Session,
                Message::Delta(_) | Message::Live(_) => Kind::Other,
            };
            state.dropped.entry(feed).or_insert((0, of)).0 += 1;
            return;
        }
        state.messages += 1;
        state.queue.push_back(Out::Message(feed, message));
        self.changed.notify_all();
    }

    /// What is written next; none once all is.
    pub fn next(&self) -> Option<Out> {
        let mut state = self.lock();
        loop {
            if state.is_broken {
                return None;
            }
            if let Some(out) = state.queue.pop_front() {
                match &out {
                    Out::Message(..) => state.messages -= 1,
                    _ => {
                        state.answers -= 1;
                        state.bytes -= out.size();
                    }
                }
                self.changed.notify_all();
                return Some(out);
            }
            if let Some((feed, (dropped, of))) = state.dropped.pop_first() {
                return Some(Out::Dropped { feed, dropped, of });
            }
            if state.is_over {
                return None;
            }
            state = self.wait(state);
        }
    }

    /// Whether something waits to be written.
    pub fn is_waiting(&self) -> bool {
        !self.lock().queue.is_empty()
    }

    /// Nothing more comes; what waits is written.
    pub fn finish(&self) {
        self.lock().is_over = true;
        self.changed.notify_all();
    }

    /// Nobody reads any more.
    pub fn abandon(&self) {
        let mut state = self.lock();
        state.is_broken = true;
        state.queue.clear();
        self.changed.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'a>(&self, state: MutexGuard<'a, State>) -> MutexGuard<'a, State> {
        self.changed
            .wait(state)
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Out {
    fn size(&self) -> usize {
        match self {
            Self::Line(line) => line.len(),
            _ => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::SessionMessage;

    fn message() -> Message {
        let problem = "a word".to_owned();
        Message::Session(Box::new(SessionMessage::Problem { problem }))
    }

    #[test]
    fn what_finds_no_room_is_dropped_and_said_before_more_comes() {
        let outbox = Outbox::default();
        for _ in 0..MAX_MESSAGES + 7 {
            outbox.tell(1, message());
        }
        // Answers do not go under.
        outbox.push(Out::Line(b"{}\n".to_vec()));
        let mut told = 0;
        let dropped = loop {
            match outbox.next() {
                Some(Out::Message(1, _)) => {
                    told += 1;
                    outbox.tell(1, message());
                }
                Some(Out::Line(_)) => {}
                Some(Out::Dropped {
                    feed: 1,
                    dropped,
                    of: Kind::Session,
                }) => break dropped,
                _ => panic!("nothing else was told"),
            }
        };
        assert_eq!(told, MAX_MESSAGES);
        assert_eq!(dropped as usize, 7 + MAX_MESSAGES);
        outbox.tell(1, message());
        assert!(matches!(outbox.next(), Some(Out::Message(1, _))));
        outbox.finish();
        assert!(outbox.next().is_none());
    }
}
