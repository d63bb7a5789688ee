//! A program that works on a project: through whoever has it open, or with the project open itself, in the same way.
//!
//! Whoever had it open may end. As it should: then what it took is answered and nothing else was done, so everything that
//! waits is asked again, of whoever has the project next; that may be this program. Killed: then what changes the project is
//! not asked again, because it may have been done.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufReader, Write as _};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Instant;

use serde::Serialize;
use serde_json::value::RawValue;
use wissil_model::Change;

use super::reach::{MAX_LINE, Means, Way, not_understood};
use super::wire::{Asked, EditParams, Line, encode, read_line};
use crate::api::{ApiError, EditResult, ErrorCode};
use crate::app::App;
use crate::bridge::gone;
use crate::editing::PendingEdit;
use crate::facade;
use crate::project::database;
use crate::session::Session;
use crate::whereabouts::Whereabouts;

/// What is heard of a request that stands: it is asked again of whoever has the project next.
pub(crate) enum Heard<'a> {
    /// The answer; again each time somebody else has the project.
    Answer(Result<&'a RawValue, ApiError>),
    /// What it follows.
    Message(&'a RawValue),
    /// So many messages found no room and were left out.
    Dropped(u64),
}

/// Takes what is heard.
pub(crate) type Listener = Box<dyn FnMut(Heard<'_>) + Send>;

/// A program's way to a project; closed when dropped.
pub(crate) struct Client {
    shared: Arc<Shared>,
    whereabouts: Whereabouts,
    /// Held open, so that it is known where the project is moved to.
    _database: Option<File>,
}

/// Gestures of one caller in a row.
#[derive(Clone)]
pub(crate) struct Row {
    shared: Arc<Shared>,
    number: u64,
}

struct Shared {
    way: Way,
    /// Taken before the state, where both are.
    writer: Mutex<Writer>,
    state: Mutex<State>,
}

struct Writer {
    /// None while nobody is asked.
    stream: Option<UnixStream>,
    last: u64,
    /// When the project was given up for another program.
    yielded: Option<Instant>,
}

/// How whoever had the project ended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Killed,
    Closed,
    /// For somebody else who opens it now.
    Yielded,
}

#[derive(Default)]
struct State {
    /// What was asked and is not answered, and what stands.
    asked: BTreeMap<u64, Request>,
    stream: Option<UnixStream>,
    /// The project, where it is open here.
    own: Option<Session>,
    /// Why nothing can be asked any more.
    ended: Option<ApiError>,
}

struct Request {
    line: Vec<u8>,
    kind: Kind,
}

/// Takes the answer.
type Settle = Box<dyn FnOnce(Result<&RawValue, ApiError>) + Send>;

enum Kind {
    Once {
        /// Whether it may be asked again though it may have been done.
        again: bool,
        /// The row of gestures that it is one of, which is stopped when one fails.
        row: Option<Arc<AtomicBool>>,
        settle: Settle,
    },
    /// None while it hears something.
    Standing(Option<Listener>),
}

impl Kind {
    fn is_stopped(&self) -> bool {
        matches!(self, Self::Once { row: Some(stopped), .. } if stopped.load(Ordering::Relaxed))
    }
}

impl Client {
    /// Reaches the project in a folder.
    ///
    /// # Errors
    /// What opening it may fail with; [`ErrorCode::Locked`] when a program has it open that lets nobody in.
    pub fn new(app: App, folder: &Path, means: Means) -> Result<Self, ApiError> {
        let shared = Arc::new(Shared {
            way: Way::new(app, folder, means),
            writer: Mutex::new(Writer {
                stream: None,
                last: 0,
                yielded: None,
            }),
            state: Mutex::default(),
        });
        let client = Self {
            whereabouts: Whereabouts::of(folder),
            // Where it cannot be read, opening says so.
            _database: File::open(database(folder)).ok(),
            shared,
        };
        client.shared.go_on(&mut lock(&client.shared.writer));
        let ended = lock(&client.shared.state).ended.clone();
        ended.map_or(Ok(client), Err)
    }

    /// Asks and waits for the answer. `again`: it may be asked again though it may have been done.
    pub fn ask<T: serde::de::DeserializeOwned>(
        &self,
        method: &str,
        params: impl Serialize,
        again: bool,
    ) -> Result<T, ApiError> {
        let (settle, settled) = mpsc::channel();
        let kind = Kind::Once {
            again,
            row: None,
            settle: Box::new(move |answer| {
                // Whoever asked waits.
                let _ = settle.send(answer.map(RawValue::to_owned));
            }),
        };
        self.shared.send(method, params, kind)?;
        facade::read(&settled.recv().map_err(|_| gone())??)
    }

    /// Asks what stands until the project is closed here: of whoever has it next too.
    pub fn stand(
        &self,
        method: &str,
        params: impl Serialize,
        listener: Listener,
    ) -> Result<(), ApiError> {
        self.shared
            .send(method, params, Kind::Standing(Some(listener)))
    }

    /// Gestures in a row.
    pub fn row(&self) -> Row {
        let mut writer = lock(&self.shared.writer);
        writer.last += 1;
        Row {
            shared: Arc::clone(&self.shared),
            number: writer.last,
        }
    }

    /// A project that is opened here is left when it and its server have the same.
    pub fn will_not_stay(&self) -> Result<(), ApiError> {
        self.shared.way.will_not_stay();
        match &lock(&self.shared.state).own {
            Some(session) => session.will_not_stay(),
            None => Ok(()),
        }
    }

    /// Whether the project still stands where it was opened.
    pub fn whereabouts(&self) -> &Whereabouts {
        &self.whereabouts
    }

    /// Ends the work on the project, and closes it where it is open here. What was asked is not waited for.
    pub fn close(&self) {
        let (own, stood) = {
            let mut state = lock(&self.shared.state);
            state.ended.get_or_insert_with(gone);
            if let Some(stream) = state.stream.take() {
                let _ = stream.shutdown(Shutdown::Both);
            }
            let stands = |request: &Request| matches!(request.kind, Kind::Standing(_));
            let stood = state.asked.extract_if(.., |_, request| stands(request));
            let stood: Vec<_> = stood.collect();
            (state.own.take(), stood)
        };
        // Who closes it need not be told so.
        drop(stood);
        if let Some(session) = own {
            session.close();
        }
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        self.close();
    }
}

impl Row {
    /// Has a gesture made after those before it; none, once one of them failed.
    pub fn edit(
        &self,
        document: &str,
        event_type: &str,
        changes: &[Change],
        stopped: &Arc<AtomicBool>,
    ) -> Result<PendingEdit, ApiError> {
        let (settle, settled) = mpsc::channel();
        let row = Arc::clone(stopped);
        let kind = Kind::Once {
            again: false,
            row: Some(Arc::clone(stopped)),
            settle: Box::new(move |answer| {
                let result = answer.and_then(facade::read::<EditResult>);
                if result.is_err() {
                    row.store(true, Ordering::Relaxed);
                }
                // Whoever asked may have gone.
                let _ = settle.send(result);
            }),
        };
        let params = EditParams {
            document: document.into(),
            event_type: event_type.into(),
            changes,
            row: Some(self.number),
        };
        self.shared.send("documents.edit", params, kind)?;
        Ok(PendingEdit::new(settled))
    }
}

impl Shared {
    fn send(
        self: &Arc<Self>,
        method: &str,
        params: impl Serialize,
        kind: Kind,
    ) -> Result<(), ApiError> {
        let mut writer = lock(&self.writer);
        writer.last += 1;
        let id = writer.last;
        let line = encode(&Asked { id, method, params })?;
        {
            let mut state = lock(&self.state);
            if let Some(error) = &state.ended {
                return Err(error.clone());
            }
            if kind.is_stopped() {
                return Err(not_made());
            }
            let line = line.clone();
            state.asked.insert(id, Request { line, kind });
        }
        match &writer.stream {
            // Where nobody takes it any more, whoever reads learns of that.
            Some(stream) => drop((&*stream).write_all(&line)),
            None => self.go_on(&mut writer),
        }
        Ok(())
    }

    /// Reaches the project, and asks there what is not answered.
    fn go_on(self: &Arc<Self>, writer: &mut Writer) {
        let started = self
            .way
            .open(writer.yielded.take())
            .and_then(|(reader, own)| {
                let failed = |error: io::Error| {
                    ApiError::internal(format!("the project is not reached: {error}"))
                };
                let stream = reader.get_ref().try_clone().map_err(failed)?;
                {
                    let mut state = lock(&self.state);
                    state.stream = Some(stream.try_clone().map_err(failed)?);
                    state.own = own;
                    if state.ended.is_some() {
                        return Err(gone());
                    }
                }
                let shared = Arc::clone(self);
                thread::Builder::new()
                    .name("project".into())
                    .spawn(move || shared.listen(reader))
                    .map_err(failed)?;
                Ok(stream)
            });
        match started {
            Ok(stream) => {
                let lines: Vec<Vec<u8>> = {
                    let state = lock(&self.state);
                    state
                        .asked
                        .values()
                        .map(|request| request.line.clone())
                        .collect()
                };
                for line in lines {
                    // As above.
                    let _ = (&stream).write_all(&line);
                }
                writer.stream = Some(stream);
            }
            Err(error) => self.fail(error),
        }
    }

    /// Takes what is answered and told until whoever has the project ends.
    fn listen(self: Arc<Self>, mut reader: BufReader<UnixStream>) {
        let mut line = Vec::new();
        let (mut end, mut problem) = (End::Killed, None);
        while problem.is_none() && matches!(read_line(&mut reader, &mut line, MAX_LINE), Ok(true)) {
            match serde_json::from_slice::<Line<'_>>(&line) {
                Ok(line) if line.closing && line.yields => end = End::Yielded,
                Ok(line) if line.closing => end = End::Closed,
                Ok(line) => problem = self.take(line),
                Err(error) => problem = Some(not_understood(&error)),
            }
        }
        drop(reader);
        self.ended(end, problem);
    }

    /// Takes a line; why nothing can be asked any more, if it says that.
    fn take(&self, line: Line<'_>) -> Option<ApiError> {
        let Some(id) = line.id.or(line.feed) else {
            return line.error;
        };
        let answer = match line.error {
            Some(error) => Err(error),
            None => Ok(line.result.unwrap_or(RawValue::NULL)),
        };
        let heard = match (line.feed, line.message, line.dropped) {
            (None, ..) => Heard::Answer(answer),
            (_, Some(message), _) => Heard::Message(message),
            (_, _, dropped) => Heard::Dropped(dropped.unwrap_or_default()),
        };
        self.hear(id, heard);
        None
    }

    fn hear(&self, id: u64, heard: Heard<'_>) {
        let mut state = lock(&self.state);
        let Some(request) = state.asked.get_mut(&id) else {
            return;
        };
        if let Kind::Standing(listener) = &mut request.kind {
            let mut taken = listener.take();
            // It may take its time, or ask something.
            drop(state);
            let has_failed = matches!(heard, Heard::Answer(Err(_)));
            if let Some(listener) = &mut taken {
                listener(heard);
            }
            let mut state = lock(&self.state);
            if has_failed {
                // It does not stand, and is not asked again.
                state.asked.remove(&id);
            } else if let Some(request) = state.asked.get_mut(&id) {
                request.kind = Kind::Standing(taken);
            }
            return;
        }
        let request = state.asked.remove(&id);
        drop(state);
        if let (Some(request), Heard::Answer(answer)) = (request, heard) {
            request.settle(answer);
        }
    }

    /// Whoever had the project has ended. What can be asked of the next is.
    fn ended(self: &Arc<Self>, end: End, problem: Option<ApiError>) {
        let mut writer = lock(&self.writer);
        writer.stream = None;
        let (own, over) = {
            let mut state = lock(&self.state);
            state.stream = None;
            if let Some(problem) = problem {
                state.ended.get_or_insert(problem);
            }
            (state.own.take(), state.ended.clone())
        };
        drop(own);
        if let Some(error) = over {
            self.fail(error);
            return;
        }
        if end == End::Killed {
            self.give_up(
                |kind| matches!(kind, Kind::Once { again: false, .. }),
                &not_answered(),
            );
        }
        // Those before it were refused, so it is not to be made.
        self.give_up(Kind::is_stopped, &not_made());
        if end == End::Yielded {
            writer.yielded = Some(Instant::now());
        }
        if !lock(&self.state).asked.is_empty() {
            self.go_on(&mut writer);
        }
    }

    /// Nothing can be asked any more.
    fn fail(&self, error: ApiError) {
        lock(&self.state).ended.get_or_insert_with(|| error.clone());
        self.give_up(|_| true, &error);
    }

    /// Answers some requests with an error.
    fn give_up(&self, which: impl Fn(&Kind) -> bool, error: &ApiError) {
        let given_up: Vec<Request> = {
            let mut state = lock(&self.state);
            let given_up = state
                .asked
                .extract_if(.., |_, request| which(&request.kind));
            given_up.map(|(_, request)| request).collect()
        };
        for request in given_up {
            request.settle(Err(error.clone()));
        }
    }
}

impl Request {
    fn settle(self, answer: Result<&RawValue, ApiError>) {
        match self.kind {
            Kind::Once { settle, .. } => settle(answer),
            Kind::Standing(Some(mut listener)) => listener(Heard::Answer(answer)),
            Kind::Standing(None) => {}
        }
    }
}

fn not_answered() -> ApiError {
    ApiError::new(
        ErrorCode::NoAnswer,
        "the program that had the project open ended before it answered this; what it answered is saved, and whether this is, `wissil log` tells",
    )
}

fn not_made() -> ApiError {
    ApiError::new(
        ErrorCode::Cancelled,
        "the gesture was not made, because one before it failed",
    )
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
