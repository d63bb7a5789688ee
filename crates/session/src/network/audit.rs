//! Whether the server can still give what it acknowledged. A bit that changes on its disk, or a file that a crash cut, takes
//! events out of the middle of a stream, where no comparison of ends finds it: so all of it is looked at once for each time
//! the server was started, and whenever somebody misses something. What is absent is put back by whoever has it.

use std::collections::HashSet;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, sleep};
use wissil_dag::Cid;
use wissil_nats::{EDIT_STREAMS, Objects, StreamState};

use super::driver::{Driver, Endless, Trouble};
use super::exchange::{Comparison, Whose};
use super::incoming::CaughtUp;

/// Somebody who misses something has everybody look; after each look there is none for this long, and for this many times
/// as long as it took.
const APART: Duration = Duration::from_secs(1);
const SHARE: u32 = 10;

/// What was looked at.
#[derive(Default)]
pub(crate) struct Audits {
    found: Mutex<Found>,
    /// Somebody misses something.
    pub wanted: Notify,
}

#[derive(Default)]
struct Found {
    /// The streams that were looked at: of which run of which server, which, and its incarnation.
    passed: HashSet<(String, String, String)>,
    /// How many messages of each stream the server cannot give.
    damaged: [u64; EDIT_STREAMS.len()],
    /// The streams, by their incarnations, that were read or looked at before: what they lack they have lost.
    known: HashSet<String>,
    /// How many events were put back into those.
    put_back: u64,
    /// How many files were taken away because they were damaged, and those of them that are not known to be gone.
    damaged_files: usize,
    dropped: Vec<Cid>,
    /// Whether others were told of messages that do not come.
    told: bool,
}

impl Audits {
    /// Notes how many messages of a stream somebody who read it, or a part of it, did not get.
    pub(crate) fn cannot_give(&self, stream: usize, messages: u64) {
        if let Some(damaged) = self.lock().damaged.get_mut(stream) {
            *damaged = messages.max(*damaged);
        }
    }

    /// Notes what was found when a stream was compared with what is here.
    pub(crate) fn compared(&self, stream: &StreamState, comparison: &Comparison) {
        if comparison.is_known {
            let mut found = self.lock();
            found.known.insert(stream.incarnation.clone());
            found.put_back += comparison.put_back;
        }
    }

    /// Files that the server has no more, once: they were damaged.
    pub(crate) fn take_dropped(&self) -> Vec<Cid> {
        std::mem::take(&mut self.lock().dropped)
    }

    /// What there is to say to people; nothing as long as the server gives all it has.
    fn words(&self) -> Option<String> {
        let events = self.words_of_events();
        let files = match self.lock().damaged_files {
            0 => return events,
            1 => "1 file on the server's disk was damaged; it is sent again from here.".to_owned(),
            many => format!(
                "{many} files on the server's disk were damaged; they are sent again from here."
            ),
        };
        Some(match events {
            Some(events) => format!("{events} {files}"),
            None => files,
        })
    }

    fn words_of_events(&self) -> Option<String> {
        let found = self.lock();
        let damaged: u64 = found.damaged.iter().sum();
        let unreadable = match damaged {
            0 => return (found.put_back > 0).then(|| lost(found.put_back)),
            1 => "1 of its messages cannot be read".to_owned(),
            many => format!("{many} of its messages cannot be read"),
        };
        let remedy = match found.put_back {
            0 => "what was in them comes from whoever has it".to_owned(),
            events => format!("{} put back from here", counted(events)),
        };
        Some(format!(
            "The server's disk is damaged: {unreadable}; {remedy}."
        ))
    }

    fn lock(&self) -> MutexGuard<'_, Found> {
        self.found.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn lost(events: u64) -> String {
    format!(
        "The server had lost what it acknowledged: {} put back from here.",
        counted(events)
    )
}

fn counted(events: u64) -> String {
    match events {
        1 => "1 event was".to_owned(),
        many => format!("{many} events were"),
    }
}

impl Driver {
    /// Looks whether the server gives all it acknowledged, once everything was read, and again when somebody misses
    /// something.
    pub(crate) async fn audit(&self, streams: Vec<StreamState>, caught_up: &CaughtUp) -> Endless {
        caught_up.wait().await;
        let mut is_asked = false;
        loop {
            let begun = Instant::now();
            for stream in &streams {
                match self.audit_stream(stream).await {
                    // Events travel all the same where the server does not allow it.
                    Err(Trouble::Server(error)) if !error.is_transient() => {
                        self.board.problem(error.to_string());
                    }
                    audited => audited?,
                }
            }
            self.board.damaged(self.audits.words());
            self.board.audited();
            if self.stays {
                self.board.files_audited();
            }
            self.have_others_look().await?;
            match self.audit_files(is_asked).await {
                Err(Trouble::Server(error)) if !error.is_transient() => {
                    self.board.problem(error.to_string());
                    self.board.files_audited();
                }
                audited => audited?,
            }
            sleep(APART.max(begun.elapsed() * SHARE)).await;
            self.audits.wanted.notified().await;
            self.audits.lock().passed.clear();
            is_asked = true;
        }
    }

    /// Puts back what a stream does not give, unless that was looked at before.
    async fn audit_stream(&self, stream: &StreamState) -> Result<(), Trouble> {
        let audited = (
            self.run_of_server(),
            stream.name.clone(),
            stream.incarnation.clone(),
        );
        if self.audits.lock().passed.contains(&audited) {
            return Ok(());
        }
        let others = self.put_back_absent(stream, Whose::Own).await?;
        if others > 0 {
            if self.stays && !self.people.peers().is_empty() {
                self.leave_to_its_owners().await?;
            }
            self.put_back_absent(stream, Whose::Others).await?;
        }
        let mut found = self.audits.lock();
        found.passed.insert(audited);
        found.known.insert(stream.incarnation.clone());
        Ok(())
    }

    /// Takes away the damaged ones of the files that are here, so that they are sent again. Unless somebody asked, one
    /// replica of those that stay does it for all: the server reads all files for it. Whoever does not stay looks before it
    /// says that all is there.
    async fn audit_files(&self, is_asked: bool) -> Result<(), Trouble> {
        let own = self.replica.to_string();
        let is_first = self.people.peers().iter().all(|peer| own < peer.replica);
        let audited = (self.run_of_server(), "files".to_owned(), String::new());
        let is_due = is_first || is_asked || !self.stays;
        if !is_due || !self.audits.lock().passed.insert(audited) {
            self.board.files_audited();
            return Ok(());
        }
        let named = self.bridge.ask(|actor| actor.named_objects()).await?;
        let held: HashSet<Cid> = named.held.iter().map(|object| object.cid).collect();
        if held.is_empty() {
            self.board.files_audited();
            return Ok(());
        }
        let objects = Objects::open(&self.connection, &self.session).await?;
        let consumer = format!("{}-census", self.replica);
        let dropped = objects.drop_damaged(&held, &consumer).await?;
        if !dropped.is_empty() {
            {
                let mut found = self.audits.lock();
                found.damaged_files += dropped.len();
                found.dropped.extend(dropped);
            }
            self.board.damaged(self.audits.words());
            // Whoever sends them says when they count as not sent.
            self.signals.objects.notify_one();
        } else {
            self.board.files_audited();
        }
        Ok(())
    }

    /// Which run of which server this is.
    fn run_of_server(&self) -> String {
        let server = self.connection.server();
        server.map_or_else(String::new, |server| server.run)
    }

    /// Puts back what a stream does not give of somebody's events; how many of others' it does not give.
    async fn put_back_absent(&self, stream: &StreamState, whose: Whose) -> Result<u64, Trouble> {
        let last = self.bridge.ask(|actor| actor.last_ord()).await?;
        let consumer = format!("{}-census", self.replica);
        let name = stream.name.clone();
        let mut inventory =
            wissil_nats::inventory(&self.connection, &name, &self.session, &consumer).await?;
        if let Some(index) = EDIT_STREAMS.iter().position(|stream| *stream == name) {
            self.audits.lock().damaged[index] = inventory.undeliverable;
        }
        let (mut put_back, mut others) = (0, 0);
        let mut after = Some(0);
        while let Some(place) = after {
            let name = name.clone();
            let (looked, absent) = self
                .bridge
                .ask(move |actor| {
                    let absent = actor.put_back_absent(&name, &inventory, whose, place, last)?;
                    Ok((inventory, absent))
                })
                .await?;
            inventory = looked;
            after = absent.looked_at;
            put_back += absent.put_back;
            others += absent.others;
        }
        if put_back > 0 {
            {
                let mut found = self.audits.lock();
                if found.known.contains(&stream.incarnation) {
                    found.put_back += put_back;
                }
            }
            let waiting = self.bridge.ask(|actor| actor.waiting_to_be_sent()).await?;
            self.board.sent(0, waiting);
            self.signals.put_back.notify_one();
        }
        Ok(others)
    }

    /// Has everybody who is here look, when the server has messages that it cannot give.
    async fn have_others_look(&self) -> Result<(), Trouble> {
        let is_new = {
            let mut found = self.audits.lock();
            let damaged = found.damaged.iter().any(|messages| *messages > 0);
            damaged && !std::mem::replace(&mut found.told, true)
        };
        if is_new {
            self.miss_something().await?;
        }
        Ok(())
    }

    /// Has everybody who is here look what the server does not give.
    pub(crate) async fn miss_something(&self) -> Result<(), Trouble> {
        Ok(wissil_nats::ask_for_audit(&self.connection, &self.session).await?)
    }

    /// Looks when somebody misses something.
    pub(crate) async fn answer_audits(&self) -> Endless {
        let mut asked = wissil_nats::audits_asked_for(&self.connection, &self.session).await?;
        loop {
            asked.next().await?;
            self.audits.wanted.notify_one();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_said_in_words() {
        let audits = Audits::default();
        assert_eq!(audits.words(), None);
        audits.cannot_give(1, 1);
        let words = audits.words();
        assert_eq!(
            words.as_deref(),
            Some(
                "The server's disk is damaged: 1 of its messages cannot be read; what was in them comes from whoever has it."
            )
        );
        audits.cannot_give(0, 2);
        audits.lock().put_back = 3;
        let words = audits.words();
        assert_eq!(
            words.as_deref(),
            Some(
                "The server's disk is damaged: 3 of its messages cannot be read; 3 events were put back from here."
            )
        );
        audits.cannot_give(0, 1);
        assert_eq!(audits.words(), words);
        audits.lock().damaged_files = 2;
        assert!(audits.words().is_some_and(|words| words.ends_with(
            "put back from here. 2 files on the server's disk were damaged; they are sent again from here."
        )));
        audits.lock().damaged_files = 0;
        audits.lock().damaged = Default::default();
        let words = audits.words();
        assert_eq!(
            words.as_deref(),
            Some("The server had lost what it acknowledged: 3 events were put back from here.")
        );
    }
}
