//! What the tasks of a connection report, put together.

use std::sync::{Mutex, PoisonError};

use wissil_nats::EDIT_STREAMS;

use super::standing::{Files, Link, Standing};
use crate::bridge::Bridge;

/// Where a connection stands; whoever follows the session hears of every change.
pub(crate) struct Board {
    bridge: Bridge,
    noted: Mutex<Noted>,
}

#[derive(Default)]
struct Noted {
    standing: Standing,
    /// How many edits are left to send.
    outgoing: u64,
}

impl Board {
    pub(crate) fn new(bridge: Bridge, hosting: bool) -> Self {
        let standing = Standing {
            hosting,
            ..Standing::default()
        };
        let noted = Noted {
            standing,
            outgoing: 0,
        };
        Self {
            bridge,
            noted: Mutex::new(noted),
        }
    }

    /// The server does not answer, or will not have us.
    pub(crate) fn away(&self, link: Link, problem: Option<String>) {
        self.change(|standing| {
            standing.leave(link);
            standing.problems.other = problem;
        });
    }

    /// What is stored here is damaged, so that nothing can be exchanged before it is mended.
    pub(crate) fn damaged_here(&self, problem: String) {
        self.change(|standing| {
            standing.leave(Link::Away);
            standing.damaged_here = true;
            standing.problems.other = Some(problem);
        });
    }

    /// The server answers: fetching and sending begin.
    pub(crate) fn begin(&self, incoming: [u64; EDIT_STREAMS.len()], outgoing: u64, put_back: u64) {
        self.note(|noted| {
            noted.outgoing = outgoing;
            noted.standing.leave(Link::Answering);
            noted.standing.incoming = incoming;
            noted.standing.put_back = put_back;
        });
    }

    /// Edits of a stream came; this many are left in it.
    pub(crate) fn fetched(&self, stream: usize, edits: u64, left: u64) {
        self.change(|standing| {
            standing.done += edits;
            if let Some(incoming) = standing.incoming.get_mut(stream) {
                *incoming = left;
            }
        });
    }

    /// Everything that was there has come.
    pub(crate) fn caught_up(&self) {
        self.change(|standing| standing.caught_up = true);
    }

    /// It was looked whether the server gives all it acknowledged, and what it lost is in the outbox.
    pub(crate) fn audited(&self) {
        self.change(|standing| standing.audited = true);
    }

    /// It was looked whether the server gives the files that are here, and what is damaged counts as not sent.
    pub(crate) fn files_audited(&self) {
        self.change(|standing| standing.files_audited = true);
    }

    /// What is wrong with what the server keeps, in words.
    pub(crate) fn damaged(&self, damage: Option<String>) {
        self.change(|standing| standing.problems.damage = damage);
    }

    /// Edits were sent; this many are left.
    pub(crate) fn sent(&self, edits: u64, left: u64) {
        self.note(|noted| {
            noted.outgoing = left;
            noted.standing.done += edits;
            if left == 0 {
                noted.standing.problems.sending = None;
            }
        });
    }

    /// The server does not take now what is left to send, or it may again.
    pub(crate) fn held(&self, held: bool) {
        self.change(|standing| standing.held = held);
    }

    /// What the server lost of others is in the outbox, or there already.
    pub(crate) fn put_back(&self) {
        self.change(|standing| standing.put_back = 0);
    }

    /// Everybody was asked in vain for what that many edits wait for.
    pub(crate) fn asked_in_vain(&self, pending: u64) {
        self.change(|standing| standing.asked = Some(pending));
    }

    /// Something stands in the way of sending, or nothing does any more.
    pub(crate) fn sending_problem(&self, problem: Option<String>) {
        self.change(|standing| standing.problems.sending = problem);
    }

    /// Something stands in the way of files, or nothing does any more.
    pub(crate) fn files_problem(&self, problem: Option<String>) {
        self.change(|standing| standing.problems.files = problem);
    }

    /// Something else stands in the way although the server answers.
    pub(crate) fn problem(&self, problem: String) {
        self.change(|standing| standing.problems.other = Some(problem));
    }

    /// How far files have travelled.
    pub(crate) fn files(&self, files: Files) {
        self.change(|standing| standing.files = files);
    }

    /// How much of the history from before joining is here, of how much; none when all of it is.
    pub(crate) fn history(&self, history: Option<(u64, u64)>) {
        self.change(|standing| {
            standing.history_ends &= standing.history == history;
            standing.history = history;
        });
    }

    /// Nobody has the rest of it now.
    pub(crate) fn history_ends(&self) {
        self.change(|standing| standing.history_ends = true);
    }

    fn change(&self, change: impl FnOnce(&mut Standing)) {
        self.note(|noted| change(&mut noted.standing));
    }

    fn note(&self, change: impl FnOnce(&mut Noted)) {
        let mut noted = self.noted.lock().unwrap_or_else(PoisonError::into_inner);
        let before = noted.standing.clone();
        change(&mut noted);
        let Noted { standing, outgoing } = &mut *noted;
        if standing.caught_up && *outgoing == 0 && standing.incoming.iter().all(|left| *left == 0) {
            standing.done = 0;
        }
        if *standing != before {
            let standing = standing.clone();
            // Told before anybody else may change it: whoever hears of it hears in this order.
            self.bridge.tell(|actor| actor.standing_changed(standing));
        }
    }
}
