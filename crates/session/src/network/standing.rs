//! How far a project and its server have the same: the one place that says what is left, and whether it is done.

use wissil_nats::EDIT_STREAMS;
use wissil_sync::StoreCounts;

use crate::api::{ConnectionState, ConnectionStatus, Progress};
use crate::error::without_number;

/// With no more edits than this to send and to fetch, the session stays online: single edits are no news.
const LITTLE: u64 = 100;

/// What is said of edits that have to come from somebody who is not here.
const NOBODY_HAS: &str = "neither the server nor anybody who is here has";

/// Whether the server answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Link {
    /// No server was chosen.
    #[default]
    Local,
    /// It has not answered yet.
    Connecting,
    /// It does not answer any more.
    Away,
    /// It answers and will not have us.
    Refused,
    /// It answers.
    Answering,
}

/// What the tasks of a connection report.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Standing {
    /// Whether the server answers.
    pub link: Link,
    /// Whether this machine runs it.
    pub hosting: bool,
    /// Whether nothing is exchanged because what is stored here is damaged.
    pub damaged_here: bool,
    /// Whether everything that was there when the connection was made has come.
    pub caught_up: bool,
    /// Whether it was looked whether the server gives all it acknowledged.
    pub audited: bool,
    /// Whether that was looked of its files, too; who stays does not wait for it.
    pub files_audited: bool,
    /// How many edits are left to fetch, by stream.
    pub incoming: [u64; EDIT_STREAMS.len()],
    /// How many edits were fetched and sent since nothing was left.
    pub done: u64,
    /// How many edits of others the server lost that are not in the outbox yet: their owners have their time first.
    pub put_back: u64,
    /// Whether the server does not take now what is left in the outbox.
    pub held: bool,
    /// How many edits waited for others when everybody was asked for those in vain.
    pub asked: Option<u64>,
    /// How much of the history from before joining is here, of how much; none when all of it is.
    pub history: Option<(u64, u64)>,
    /// Whether nobody has the rest of it now.
    pub history_ends: bool,
    /// The files.
    pub files: Files,
    /// What stands in the way, in words: of sending edits, of the files, of anything else.
    pub problems: Problems,
}

/// How far files have travelled.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Files {
    /// As of which change of the project's files this is (see [`Here::files`]); none before they were looked through.
    pub as_of: Option<u64>,
    /// How many the server lacks that are here.
    pub to_send: u64,
    /// How many are not here.
    pub to_fetch: u64,
    /// How many of both are on their way or next.
    pub moving: u64,
    /// How many that are not here are damaged on the server.
    pub damaged: u64,
    /// How many that are not here the server has, and they do not come: the disk here is full.
    pub stuck: u64,
    /// Whether somebody who is here may be about to send what is not here.
    pub awaited: bool,
    /// How many came and went since none was on its way.
    pub done: u64,
    /// Whether the server does not let files travel.
    pub stopped: bool,
}

/// What stands in the way, in words.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Problems {
    /// Of sending edits.
    pub sending: Option<String>,
    /// Of the files.
    pub files: Option<String>,
    /// Of anything else, or of all.
    pub other: Option<String>,
    /// Nothing, but what the server keeps is damaged.
    pub damage: Option<String>,
}

/// What the owning thread knows of it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Here {
    /// How many edits wait to be sent.
    pub outbox: u64,
    /// How many edits wait for others.
    pub pending: u64,
    /// Counts the changes of which files are named and here.
    pub files: u64,
    /// Whether the folder of the files is being read or written.
    pub folder_is_busy: bool,
    /// How many edits only a newer version understands.
    pub newer: u64,
}

impl Here {
    pub(crate) fn new(counts: &StoreCounts, files: u64, folder_is_busy: bool) -> Self {
        Self {
            outbox: counts.outbox,
            pending: counts.pending,
            files,
            folder_is_busy,
            newer: 0,
        }
    }
}

/// What is to be said of edits that this version does not understand.
pub(crate) fn newer_in_words(newer: u64) -> Option<String> {
    let (count, them, are) = match newer {
        0 => return None,
        1 => ("1 edit was".to_owned(), "it", "it is"),
        many => (format!("{many} edits were"), "them", "they are"),
    };
    Some(format!(
        "{count} made by a newer version of WISSIL and cannot be shown here. Update WISSIL to see {them}; until then {are} kept \
         as {are}, and not put back on a server that loses {them}."
    ))
}

impl Standing {
    /// The server answers.
    pub(crate) fn is_answering(&self) -> bool {
        self.link == Link::Answering
    }

    /// Nothing of what was true while the server answered is known to be so any more.
    pub(crate) fn leave(&mut self, link: Link) {
        *self = Self {
            link,
            hosting: self.hosting,
            history: self.history,
            ..Self::default()
        };
    }

    /// The state of the connection; `before` is the one it had before.
    pub(crate) fn status(&self, here: &Here, before: ConnectionState) -> ConnectionStatus {
        let state = self.state(here, before);
        let is_syncing = state == ConnectionState::Syncing;
        let shown = |count: u64| if is_syncing { count } else { 0 }.to_string();
        let progress = |(done, total): (u64, u64)| Progress {
            done: done.to_string(),
            total: total.to_string(),
        };
        let files = &self.files;
        let Problems {
            sending,
            files: of_files,
            other,
            damage,
        } = &self.problems;
        ConnectionStatus {
            state,
            waiting: here.outbox.to_string(),
            done: shown(self.done),
            total: shown(self.done + self.edits(here)),
            files: (files.moving > 0).then(|| progress((files.done, files.done + files.moving))),
            problem: [sending, of_files, other, damage]
                .into_iter()
                .find_map(Option::as_deref)
                .map(without_number)
                .or_else(|| self.waiting_in_vain(here))
                .or_else(|| newer_in_words(here.newer)),
            hosting: self.hosting,
            history: self.history.map(progress),
            left: self.left(here),
            settled: self.is_settled(here),
        }
    }

    fn state(&self, here: &Here, before: ConnectionState) -> ConnectionState {
        match self.link {
            Link::Local => ConnectionState::Local,
            Link::Connecting => ConnectionState::Connecting,
            Link::Away => ConnectionState::Offline,
            Link::Refused => ConnectionState::Refused,
            Link::Answering => {
                let little = match before {
                    ConnectionState::Syncing => 0,
                    _ => LITTLE,
                };
                let is_behind = !self.caught_up
                    || !self.audited
                    || self.put_back > 0
                    || self.held && here.outbox > 0
                    || self.files.as_of.is_none() && !self.files.stopped
                    || self.files.moving > 0
                    || self.edits(here) > little;
                match is_behind {
                    true => ConnectionState::Syncing,
                    false => ConnectionState::Online,
                }
            }
        }
    }

    /// How many edits are to be sent and to be fetched.
    fn edits(&self, here: &Here) -> u64 {
        self.incoming.iter().sum::<u64>() + here.outbox + self.put_back
    }

    /// What is not the same here and on the server, in words. Where nothing is, both have all of it.
    fn left(&self, here: &Here) -> Vec<String> {
        let mut left = Vec::new();
        if self.link == Link::Local {
            return left;
        }
        if here.outbox > 0 {
            left.push(format!("{} to send", edits(here.outbox)));
        }
        if self.is_answering() {
            let incoming = self.incoming.iter().sum::<u64>();
            if self.put_back > 0 {
                let lost = edits(self.put_back);
                left.push(format!(
                    "{lost} of others, which the server lost, to put back"
                ));
            }
            if incoming > 0 {
                left.push(format!("{} to fetch", edits(incoming)));
            } else if !self.caught_up || !self.audited {
                left.push("what the server has to be looked at".to_owned());
            }
        }
        if let Some((have, of)) = self.history {
            let rest = edits(of.saturating_sub(have));
            left.push(match self.history_ends {
                true => format!("{rest} of the history that {NOBODY_HAS}"),
                false => format!("{rest} of the history to fetch"),
            });
        }
        if here.pending > 0 && !self.was_asked(here) {
            left.push(format!("{} waiting for earlier ones", edits(here.pending)));
        }
        let Files {
            to_send,
            to_fetch,
            damaged,
            stuck,
            ..
        } = self.files;
        if to_send > 0 {
            left.push(format!("{} to send", files(to_send)));
        }
        if damaged > 0 {
            left.push(format!(
                "{} on the server damaged, to be sent again by whoever has them",
                files(damaged)
            ));
        }
        if stuck > 0 {
            left.push(format!("{} that cannot be written here", files(stuck)));
        }
        let missing = to_fetch.saturating_sub(damaged).saturating_sub(stuck);
        if missing > 0 {
            left.push(match self.files.moving {
                0 if !self.files.awaited => {
                    format!("{} that nobody has sent yet", files(missing))
                }
                _ => format!("{} to fetch", files(missing)),
            });
        }
        if self.is_answering()
            && (!self.are_files_known(here) || !self.files_audited && !self.files.stopped)
        {
            left.push("the files to be looked through".to_owned());
        }
        if here.folder_is_busy {
            left.push("the folder of the files to be read and written".to_owned());
        }
        left
    }

    /// Whether nothing of what is left is going on: it needs somebody else, or room on the server.
    fn is_settled(&self, here: &Here) -> bool {
        let files = &self.files;
        let is_done = self.is_answering()
            && self.caught_up
            && self.audited
            && self.incoming.iter().all(|left| *left == 0)
            && self.put_back == 0
            && (here.outbox == 0 || self.held)
            && (here.pending == 0 || self.was_asked(here))
            && (self.history.is_none() || self.history_ends)
            && (files.stopped
                || files.moving == 0
                    && !files.awaited
                    && self.files_audited
                    && files.as_of == Some(here.files))
            && !here.folder_is_busy;
        self.damaged_here || is_done
    }

    fn was_asked(&self, here: &Here) -> bool {
        self.asked == Some(here.pending)
    }

    /// What waits for edits that neither the server nor anybody has. It is nobody's unfinished work, because anybody can say
    /// that an edit follows from what there never was; it is said, because somebody may come who has it.
    fn waiting_in_vain(&self, here: &Here) -> Option<String> {
        let (wait, they) = match here.pending {
            0 => return None,
            1 => ("waits", "It is"),
            _ => ("wait", "They are"),
        };
        let edits = edits(here.pending);
        self.was_asked(here).then(|| {
            format!("{edits} {wait} for earlier ones that {NOBODY_HAS}. {they} shown as soon as somebody comes who has those.")
        })
    }

    fn are_files_known(&self, here: &Here) -> bool {
        !self.files.stopped && self.files.as_of == Some(here.files)
    }
}

fn edits(count: u64) -> String {
    counted(count, "edit", "edits")
}

fn files(count: u64) -> String {
    counted(count, "file", "files")
}

fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Everything was exchanged.
    fn whole() -> Standing {
        Standing {
            link: Link::Answering,
            caught_up: true,
            audited: true,
            files_audited: true,
            files: Files {
                as_of: Some(3),
                ..Files::default()
            },
            ..Standing::default()
        }
    }

    const HERE: Here = Here {
        outbox: 0,
        pending: 0,
        files: 3,
        folder_is_busy: false,
        newer: 0,
    };

    /// Checks the state, what is left, and whether anything can still be done about it.
    #[track_caller]
    fn check(standing: &Standing, here: Here, state: ConnectionState, left: &[&str], rests: bool) {
        let status = standing.status(&here, ConnectionState::Online);
        assert_eq!((status.state, status.settled), (state, rests));
        assert_eq!(status.left, left);
    }

    fn with(change: impl FnOnce(&mut Standing)) -> Standing {
        let mut standing = whole();
        change(&mut standing);
        standing
    }

    fn files_with(change: impl FnOnce(&mut Files)) -> Standing {
        with(|standing| change(&mut standing.files))
    }

    #[test]
    fn nothing_is_left_only_when_everything_is() {
        use ConnectionState::{Online, Syncing};
        check(&whole(), HERE, Online, &[], true);
        let outbox = |outbox| Here { outbox, ..HERE };
        check(&whole(), outbox(1), Online, &["1 edit to send"], false);
        check(
            &whole(),
            outbox(101),
            Syncing,
            &["101 edits to send"],
            false,
        );
        let held = with(|standing| standing.held = true);
        check(&held, outbox(2), Syncing, &["2 edits to send"], true);
        check(&held, HERE, Online, &[], true);
        let counting = with(|standing| standing.caught_up = false);
        let words = ["what the server has to be looked at"];
        check(&counting, HERE, Syncing, &words, false);
        let unaudited = with(|standing| standing.audited = false);
        check(&unaudited, HERE, Syncing, &words, false);
        let lost = with(|standing| standing.put_back = 7);
        let words = ["7 edits of others, which the server lost, to put back"];
        check(&lost, HERE, Syncing, &words, false);
        let coming = with(|standing| standing.incoming = [0, 4, 1]);
        check(&coming, HERE, Online, &["5 edits to fetch"], false);
        let busy = Here {
            folder_is_busy: true,
            ..HERE
        };
        let words = ["the folder of the files to be read and written"];
        check(&whole(), busy, Online, &words, false);
    }

    #[test]
    fn nothing_is_waited_for_while_what_is_here_is_damaged() {
        let mut standing = whole();
        standing.leave(Link::Away);
        standing.damaged_here = true;
        let unsent = Here { outbox: 5, ..HERE };
        let words = ["5 edits to send"];
        check(&standing, unsent, ConnectionState::Offline, &words, true);
        standing.leave(Link::Away);
        check(&standing, unsent, ConnectionState::Offline, &words, false);
    }

    #[test]
    fn what_somebody_else_has_to_bring_is_left_and_rests() {
        use ConnectionState::Online;
        let pending = Here { pending: 9, ..HERE };
        let words = "9 edits waiting for earlier ones";
        check(&whole(), pending, Online, &[words], false);
        // Others came since everybody was asked.
        let asked = with(|standing| standing.asked = Some(8));
        check(&asked, pending, Online, &[words], false);
        let asked = with(|standing| standing.asked = Some(9));
        // What there never was nobody has to bring.
        check(&asked, pending, Online, &[], true);
        let said = asked.status(&pending, Online).problem.unwrap();
        assert!(
            said.starts_with("9 edits wait for earlier ones that "),
            "{said}"
        );
        assert_eq!(asked.status(&HERE, Online).problem, None);
        let history = with(|standing| standing.history = Some((20, 50)));
        let words = ["30 edits of the history to fetch"];
        check(&history, HERE, Online, &words, false);
        let history = with(|standing| {
            standing.history = Some((20, 50));
            standing.history_ends = true;
        });
        let words = format!("30 edits of the history that {NOBODY_HAS}");
        check(&history, HERE, Online, &[&words], true);
    }

    #[test]
    fn files_count_as_much_as_edits() {
        use ConnectionState::{Online, Syncing};
        let unknown = files_with(|files| files.as_of = None);
        let words = ["the files to be looked through"];
        check(&unknown, HERE, Syncing, &words, false);
        // The project names other files than when they were looked through.
        let stale = files_with(|files| files.as_of = Some(2));
        check(&stale, HERE, Online, &words, false);
        let moving = files_with(|files| {
            (files.to_send, files.to_fetch, files.moving, files.done) = (2, 1, 3, 5);
        });
        let words = ["2 files to send", "1 file to fetch"];
        check(&moving, HERE, Syncing, &words, false);
        let progress = moving.status(&HERE, Online).files;
        assert_eq!(
            progress.map(|files| (files.done, files.total)),
            Some(("5".into(), "8".into()))
        );
        let awaited = files_with(|files| files.to_fetch = 4);
        let words = ["4 files that nobody has sent yet"];
        check(&awaited, HERE, Online, &words, true);
        let stopped = files_with(|files| {
            (files.as_of, files.stopped) = (None, true);
        });
        let words = ["the files to be looked through"];
        check(&stopped, HERE, Online, &words, true);
    }

    #[test]
    fn a_server_that_is_away_has_nothing_done() {
        let mut away = with(|standing| {
            standing.history = Some((1, 2));
            standing.problems.sending = Some("no room".into());
        });
        away.leave(Link::Away);
        let here = Here { outbox: 2, ..HERE };
        let words = ["2 edits to send", "1 edit of the history to fetch"];
        check(&away, here, ConnectionState::Offline, &words, false);
        assert_eq!(away.status(&here, ConnectionState::Syncing).problem, None);
        check(
            &Standing::default(),
            here,
            ConnectionState::Local,
            &[],
            false,
        );
    }

    #[test]
    fn a_few_edits_do_not_end_syncing() {
        let here = Here { outbox: 1, ..HERE };
        let state = |before| whole().status(&here, before).state;
        assert_eq!(state(ConnectionState::Online), ConnectionState::Online);
        assert_eq!(state(ConnectionState::Syncing), ConnectionState::Syncing);
    }
}
