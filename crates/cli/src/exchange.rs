//! Waiting until a project and its server have the same, and saying what is left where they do not.

use std::process::ExitCode;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

use wissil_session::Facade;
use wissil_session::api::{
    ApiError, ConnectionState, ConnectionStatus, Displaced, ErrorCode, SessionMessage,
};

use crate::place;
use crate::print::say;

/// How long a server that has never answered is waited for, unless a time was given.
const UNREACHED: Duration = Duration::from_secs(20);
/// How long is waited while nothing comes and nothing goes, unless a time was given.
const STANDSTILL: Duration = Duration::from_secs(120);

/// What a follower of the connection hears.
enum Heard {
    /// Where it stands now.
    Status(Box<ConnectionStatus>),
    /// Some of a file travelled.
    Travels,
    /// The project's folder is not where it was opened.
    Displaced(Displaced),
    /// Nothing more is heard.
    Over(ApiError),
    /// The program is to end.
    Interrupted,
}

/// Where a connection stands, each time that changes; `interrupted` is told to whoever follows too.
pub struct Following {
    told: Sender<Heard>,
    heard: Receiver<Heard>,
}

impl Following {
    /// Follows nothing yet.
    pub fn new() -> Self {
        let (told, heard) = mpsc::channel();
        Self { told, heard }
    }

    /// Ends the following, from any thread.
    pub fn interrupter(&self) -> impl Fn() + Send + 'static + use<> {
        let told = self.told.clone();
        // Nobody follows any more: then it ends as it is.
        move || drop(told.send(Heard::Interrupted))
    }

    /// Follows a project from now on. How it stands is heard first, where a server was chosen.
    pub fn follow(&self, project: &Facade) -> Result<(), ApiError> {
        let told = self.told.clone();
        let mut is_begun = false;
        project.follow(Box::new(move |message| {
            let heard = match message {
                Err(error) => Heard::Over(error),
                Ok(SessionMessage::Connection { connection }) => Heard::Status(connection.into()),
                Ok(SessionMessage::Events { status, .. }) => match status.displaced {
                    Some(displaced) => Heard::Displaced(displaced),
                    None => Heard::Status(status.connection.into()),
                },
                Ok(SessionMessage::AssetTravels { .. }) => Heard::Travels,
                Ok(SessionMessage::SetBack { notice, .. }) => {
                    eprintln!("note: {notice}");
                    return;
                }
                Ok(SessionMessage::Problem { problem }) => {
                    eprintln!("note: {problem}");
                    return;
                }
                Ok(SessionMessage::Travelled { .. } | SessionMessage::Assets { .. }) => return,
            };
            if let Heard::Status(status) = &heard {
                is_begun |= status.state != ConnectionState::Local;
                if !is_begun {
                    return;
                }
            }
            // Whoever followed has seen enough.
            let _ = told.send(heard);
        }))?;
        Ok(())
    }

    /// What is heard until the program is interrupted, or the project's folder is gone.
    pub fn statuses(&self) -> impl Iterator<Item = Result<ConnectionStatus, ApiError>> + '_ {
        let mut heard = self.heard.iter();
        std::iter::from_fn(move || {
            loop {
                match heard.next()? {
                    Heard::Status(status) => return Some(Ok(*status)),
                    Heard::Travels => {}
                    Heard::Displaced(displaced) => return Some(Err(place::gone(&displaced))),
                    Heard::Over(error) => return Some(Err(error)),
                    Heard::Interrupted => return None,
                }
            }
        })
    }

    /// Waits until both sides have the same, nothing more can be done, or it takes too long; says how far it is with
    /// `say`. The answer is 0 where both have the same, and 1 where something is left, which is said.
    ///
    /// # Errors
    /// [`ErrorCode::Refused`] and [`ErrorCode::Unreachable`] when the server will not have us or never answered, and
    /// [`ErrorCode::Cancelled`] when the program was interrupted, [`ErrorCode::Storage`] when the project's folder is gone.
    pub fn until_whole(
        &self,
        limit: Option<Limit>,
        mut say: impl FnMut(&str) -> Result<(), ApiError>,
    ) -> Result<ExitCode, ApiError> {
        let mut course = Course::new(Instant::now(), limit);
        let mut shown = String::new();
        loop {
            let heard = self
                .heard
                .recv_timeout(course.ends().saturating_duration_since(Instant::now()));
            match heard {
                Ok(Heard::Travels) => course.progressed = Instant::now(),
                Ok(Heard::Status(status)) => {
                    let words = words(&status);
                    if words != shown {
                        say(&words)?;
                        shown = words;
                    }
                    if let Some(end) = course.take(*status, Instant::now()) {
                        return self.end(&course, end);
                    }
                }
                Ok(Heard::Displaced(displaced)) => return Err(place::gone(&displaced)),
                Ok(Heard::Over(error)) => return Err(error),
                Ok(Heard::Interrupted) | Err(RecvTimeoutError::Disconnected) => {
                    return self.end(&course, End::Interrupted);
                }
                Err(RecvTimeoutError::Timeout) => return self.end(&course, End::TooLate),
            }
        }
    }

    fn end(&self, course: &Course, end: End) -> Result<ExitCode, ApiError> {
        let status = &course.last;
        let problem = || status.problem.clone();
        match end {
            End::Whole => Ok(ExitCode::SUCCESS),
            End::Interrupted => Err(ApiError::new(
                ErrorCode::Cancelled,
                "interrupted before everything was sent and fetched; nothing is lost, the next sync goes on",
            )),
            End::Refused => Err(ApiError::new(
                ErrorCode::Refused,
                problem().unwrap_or_else(|| "the server refuses".into()),
            )),
            End::Damaged => {
                let left = match status.left.as_slice() {
                    [] => String::new(),
                    left => format!("; left on this disk: {}", left.join(", ")),
                };
                Err(ApiError::new(
                    ErrorCode::Damaged,
                    format!("nothing can be exchanged{}{left}", because(problem())),
                ))
            }
            End::TooLate if !course.reached => Err(ApiError::new(
                ErrorCode::Unreachable,
                format!(
                    "the server was not reached in {} seconds{}; everything is on this disk",
                    course.waited(Instant::now()).as_secs(),
                    because(problem())
                ),
            )),
            End::Rests | End::TooLate => {
                let why = match end {
                    End::Rests => "not everything can be sent and fetched now".to_owned(),
                    _ => format!(
                        "not everything was sent and fetched in {} seconds",
                        course.waited(Instant::now()).as_secs()
                    ),
                };
                say(&format!("wissil: {why}{}", because(problem())));
                say("Left, and not lost; the next sync goes on:");
                for left in &status.left {
                    say(&format!("  {left}"));
                }
                Ok(ExitCode::from(1))
            }
        }
    }
}

/// How long everything may take, and since when that counts.
#[derive(Clone, Copy, Debug)]
pub struct Limit {
    begun: Instant,
    time: Duration,
}

impl Limit {
    /// So many seconds from now on.
    pub fn seconds(seconds: u64) -> Self {
        Self {
            begun: Instant::now(),
            time: Duration::from_secs(seconds),
        }
    }

    /// When it ends; never, where a clock cannot count that far.
    pub fn ends(&self) -> Option<Instant> {
        self.begun.checked_add(self.time)
    }
}

/// How it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Whole,
    /// Something is left that needs somebody else, or room on the server.
    Rests,
    Refused,
    /// What is stored here is damaged.
    Damaged,
    TooLate,
    Interrupted,
}

/// What was heard so far.
struct Course {
    begun: Instant,
    limit: Option<Limit>,
    /// Whether the server has answered.
    reached: bool,
    /// When something came or went last.
    progressed: Instant,
    last: ConnectionStatus,
}

impl Course {
    fn new(begun: Instant, limit: Option<Limit>) -> Self {
        Self {
            begun,
            limit,
            reached: false,
            progressed: begun,
            last: ConnectionStatus::default(),
        }
    }

    /// Takes note of where the connection stands; how it ends, where it does.
    fn take(&mut self, status: ConnectionStatus, now: Instant) -> Option<End> {
        let is_answering = matches!(
            status.state,
            ConnectionState::Syncing | ConnectionState::Online
        );
        if is_answering && (!self.reached || has_moved(&self.last, &status)) {
            self.progressed = now;
        }
        self.reached |= is_answering;
        let end = match status.state {
            ConnectionState::Refused => Some(End::Refused),
            _ if status.is_whole() => Some(End::Whole),
            ConnectionState::Offline if status.settled => Some(End::Damaged),
            _ if status.settled => Some(End::Rests),
            _ => None,
        };
        self.last = status;
        end
    }

    /// Until when is waited for more.
    fn ends(&self) -> Instant {
        let far = self.begun + Duration::from_secs(u32::MAX.into());
        match self.limit {
            Some(limit) => limit.ends().unwrap_or(far),
            None if self.reached => self.progressed + STANDSTILL,
            None => self.begun + UNREACHED,
        }
    }

    fn waited(&self, now: Instant) -> Duration {
        let begun = self.limit.map_or(self.begun, |limit| limit.begun);
        now.saturating_duration_since(begun)
    }
}

/// Whether less is left than before, and not only another attempt was begun.
fn has_moved(before: &ConnectionStatus, now: &ConnectionStatus) -> bool {
    let number = |text: &str| text.parse::<u64>().unwrap_or(0);
    let done = |progress: &Option<wissil_session::api::Progress>| {
        progress
            .as_ref()
            .map_or(0, |progress| number(&progress.done))
    };
    number(&now.waiting) < number(&before.waiting)
        || number(&now.done) > number(&before.done)
        || done(&now.files) > done(&before.files)
        || done(&now.history) > done(&before.history)
}

fn because(problem: Option<String>) -> String {
    problem.map_or(String::new(), |problem| format!(": {problem}"))
}

/// Where a connection stands, in one line.
fn words(status: &ConnectionStatus) -> String {
    let mut words = match status.state {
        ConnectionState::Local => "on this disk".to_owned(),
        ConnectionState::Connecting => "connecting".to_owned(),
        ConnectionState::Syncing if status.total != "0" => {
            format!("syncing {} of {}", status.done, status.total)
        }
        ConnectionState::Syncing => "syncing".to_owned(),
        ConnectionState::Online => "online".to_owned(),
        ConnectionState::Offline => format!("offline, {} waiting", status.waiting),
        ConnectionState::Refused => "refused".to_owned(),
    };
    if let Some(files) = &status.files {
        words.push_str(&format!(", {} of {} files", files.done, files.total));
    }
    if let Some(history) = &status.history {
        let of = &history.total;
        words.push_str(&format!(", {} of {of} edits of the history", history.done));
    }
    match &status.problem {
        Some(problem) => format!("{words}: {problem}"),
        None => words,
    }
}

/// As [`words`], for whoever stays: what is left and waits for somebody else is said too.
pub fn staying(status: &ConnectionStatus) -> String {
    let is_left = status.settled && !status.left.is_empty();
    match status.state {
        ConnectionState::Online if is_left => {
            format!("{}; left: {}", words(status), status.left.join(", "))
        }
        _ => words(status),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn status(state: ConnectionState, left: &[&str], settled: bool) -> ConnectionStatus {
        ConnectionStatus {
            state,
            left: left.iter().map(|&words| words.to_owned()).collect(),
            settled,
            ..ConnectionStatus::default()
        }
    }

    #[test]
    fn it_ends_when_nothing_is_left_or_nothing_is_done() {
        use ConnectionState::{Offline, Online, Refused, Syncing};
        let now = Instant::now();
        let end = |status| Course::new(now, None).take(status, now);
        assert_eq!(end(status(Online, &[], true)), Some(End::Whole));
        assert_eq!(end(status(Online, &["1 file to send"], false)), None);
        assert_eq!(end(status(Online, &["1 file"], true)), Some(End::Rests));
        assert_eq!(end(status(Syncing, &["2 edits"], true)), Some(End::Rests));
        assert_eq!(end(status(Syncing, &[], false)), None);
        assert_eq!(end(status(Offline, &[], false)), None);
        let damaged = status(Offline, &["5 edits to send"], true);
        assert_eq!(end(damaged), Some(End::Damaged));
        assert_eq!(end(status(Refused, &[], false)), Some(End::Refused));
    }

    #[test]
    fn who_stays_is_told_what_waits_for_somebody_else() {
        let online = |left, settled| staying(&status(ConnectionState::Online, left, settled));
        assert_eq!(online(&[], true), "online");
        assert_eq!(online(&["1 edit to send"], false), "online");
        let waiting = "1 edit waiting for earlier ones";
        assert_eq!(online(&[waiting], true), format!("online; left: {waiting}"));
    }

    #[test]
    fn a_server_that_takes_nothing_is_not_waited_for_for_ever() {
        let begun = Instant::now();
        let second = Duration::from_secs(1);
        let mut course = Course::new(begun, None);
        assert_eq!(course.ends(), begun + UNREACHED);
        let syncing = |done: &str, waiting: &str| ConnectionStatus {
            done: done.into(),
            waiting: waiting.into(),
            ..status(ConnectionState::Syncing, &["9 edits"], false)
        };
        course.take(syncing("0", "9"), begun + second);
        assert_eq!(course.ends(), begun + second + STANDSTILL);
        // It is away and there again, and nothing has moved.
        let away = ConnectionStatus {
            waiting: "9".into(),
            ..status(ConnectionState::Offline, &[], false)
        };
        course.take(away, begun + second * 5);
        course.take(syncing("0", "9"), begun + second * 9);
        assert_eq!(course.ends(), begun + second + STANDSTILL);
        course.take(syncing("3", "6"), begun + second * 10);
        assert_eq!(course.ends(), begun + second * 10 + STANDSTILL);
        let limit = Limit {
            begun,
            time: second * 3,
        };
        let course = Course::new(begun + second, Some(limit));
        assert_eq!(course.ends(), begun + second * 3);
        assert_eq!(course.waited(begun + second * 3), second * 3);
    }

    #[test]
    fn a_line_says_how_far_edits_files_and_history_are() {
        let progress = |done: &str, total: &str| {
            Some(wissil_session::api::Progress {
                done: done.into(),
                total: total.into(),
            })
        };
        let mut syncing = status(ConnectionState::Syncing, &[], false);
        syncing.total = "0".into();
        assert_eq!(words(&syncing), "syncing");
        (syncing.done, syncing.total) = ("3".into(), "9".into());
        syncing.files = progress("5", "57");
        syncing.history = progress("1", "2");
        syncing.problem = Some("slow".into());
        let line = "syncing 3 of 9, 5 of 57 files, 1 of 2 edits of the history: slow";
        assert_eq!(words(&syncing), line);
    }
}
