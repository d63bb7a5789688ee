//! Reaching a project: through whoever has it open, or by opening it.

use std::io::{self, BufReader};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use super::address;
use super::client::Client;
use super::wire::{Line, PROTOCOL, read_line};
use crate::api::{ApiError, ErrorCode};
use crate::app::App;
use crate::bridge::gone;
use crate::session::Session;

/// How long is waited for a program that has the project open and lets nobody in yet, or not any more.
const PATIENCE: Duration = Duration::from_secs(10);
const STEP: Duration = Duration::from_millis(10);
/// How long a project that was given up is left to whoever asked for it.
const YIELDED: Duration = Duration::from_secs(5);
/// How long whoever has the project open may take for its first word.
const FIRST_WORD: Duration = Duration::from_secs(10);
/// Most bytes of a line that is read.
pub(super) const MAX_LINE: u64 = 1 << 30;

/// What a project is opened for where nobody has it open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Means {
    Edit,
    Read,
    /// It is not opened.
    Beside,
}

/// Where a project is, and how it is opened where nobody has it open.
pub(super) struct Way {
    app: App,
    folder: PathBuf,
    means: Means,
    /// Whether a project that is opened here is left when it and its server have the same.
    leaves: AtomicBool,
}

impl Way {
    pub fn new(app: App, folder: &Path, means: Means) -> Self {
        Self {
            app,
            folder: folder.to_owned(),
            means,
            leaves: AtomicBool::new(false),
        }
    }

    /// A project that is opened here is left when it and its server have the same.
    pub fn will_not_stay(&self) {
        self.leaves.store(true, Ordering::Relaxed);
    }

    /// The project, through whoever has it open; else open here, unless it was just given up for somebody else.
    pub fn open(
        &self,
        yielded: Option<Instant>,
    ) -> Result<(BufReader<UnixStream>, Option<Session>), ApiError> {
        let ends = Instant::now() + PATIENCE;
        let is_left = || yielded.is_some_and(|since| since.elapsed() < YIELDED);
        loop {
            if let Some(stream) = address::connect(&self.folder)?
                && let Some(reader) = greet(stream)?
            {
                return Ok((reader, None));
            }
            if is_left() {
                thread::sleep(STEP);
                continue;
            }
            let opened = match self.means {
                Means::Edit => self.app.open(&self.folder),
                Means::Read => self.app.inspect(&self.folder),
                Means::Beside => Err(nobody()),
            };
            match opened {
                Err(error) if error.code == ErrorCode::Locked && Instant::now() < ends => {
                    thread::sleep(STEP);
                }
                opened => return self.enter(opened?),
            }
        }
    }

    /// Works on a project that is open here, like everybody else.
    fn enter(
        &self,
        session: Session,
    ) -> Result<(BufReader<UnixStream>, Option<Session>), ApiError> {
        if self.leaves.load(Ordering::Relaxed) {
            session.will_not_stay()?;
        }
        let failed =
            |error: io::Error| ApiError::internal(format!("the project is not reached: {error}"));
        let (ours, theirs) = UnixStream::pair().map_err(failed)?;
        let guests = session.guests();
        guests.may_yield();
        guests
            .take_in(&session.downgrade(), theirs)
            .map_err(failed)?;
        let reader = greet(ours)?.ok_or_else(gone)?;
        Ok((reader, Some(session)))
    }
}

/// Opens the project in a folder, which a command that has it open gives up for it; what that does goes on through here.
///
/// # Errors
/// As [`App::open`]; [`ErrorCode::Locked`] when a program has it open that does not give it up.
pub(crate) fn take_over(app: &App, folder: &Path) -> Result<Session, ApiError> {
    let ends = Instant::now() + PATIENCE;
    let mut asked = false;
    loop {
        match app.open(folder) {
            Err(error) if error.code == ErrorCode::Locked && Instant::now() < ends => {
                if !asked {
                    match Client::new(app.clone(), folder, Means::Beside) {
                        Ok(holder) => {
                            holder.ask::<()>("project.yield", (), true)?;
                            asked = true;
                        }
                        // It has ended, or lets nobody in.
                        Err(other) if other.code == ErrorCode::NoAnswer => {}
                        Err(other) => return Err(other),
                    }
                }
                thread::sleep(STEP);
            }
            opened => return opened,
        }
    }
}

/// Waits for the first word; none where whoever had the project open has ended.
fn greet(stream: UnixStream) -> Result<Option<BufReader<UnixStream>>, ApiError> {
    let silent = |_: io::Error| {
        ApiError::new(
            ErrorCode::Locked,
            "the project is open in another program, which does not answer; end it and try again",
        )
    };
    stream.set_read_timeout(Some(FIRST_WORD)).map_err(silent)?;
    let mut reader = BufReader::with_capacity(1 << 16, stream);
    let mut line = Vec::new();
    match read_line(&mut reader, &mut line, MAX_LINE) {
        Ok(true) => {}
        Err(error) if is_timeout(&error) => return Err(silent(error)),
        _ => return Ok(None),
    }
    let hello: Line<'_> = serde_json::from_slice(&line).map_err(|error| not_understood(&error))?;
    if let Some(error) = hello.error {
        return Err(error);
    }
    if hello.protocol != Some(PROTOCOL) {
        return Err(ApiError::new(
            ErrorCode::Locked,
            format!(
                "the project is open in another version of WISSIL ({}), and this is {}; close it there, or use the same",
                hello.wissil.unwrap_or_default(),
                env!("CARGO_PKG_VERSION"),
            ),
        ));
    }
    reader.get_ref().set_read_timeout(None).map_err(silent)?;
    Ok(Some(reader))
}

fn is_timeout(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut
    )
}

pub(super) fn not_understood(error: &serde_json::Error) -> ApiError {
    ApiError::with_cause(
        ErrorCode::Internal,
        "the program that has the project open answers what this one does not understand",
        error,
    )
}

fn nobody() -> ApiError {
    ApiError::new(
        ErrorCode::NoAnswer,
        "the program that had the project open has ended",
    )
}
