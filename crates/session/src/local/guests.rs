//! Programs that work on a project that this one has open.
//!
//! Each has a thread that takes what it asks, one after the other, and one that writes what it is answered and told. Gestures
//! are not waited for one by one. Nothing that a guest does or does not do keeps the project from anybody else.

use std::collections::HashMap;
use std::io::{self, BufReader, BufWriter, Write as _};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, ThreadId};
use std::time::Duration;

use serde::Deserialize;
use serde_json::value::RawValue;
use wissil_model::Change;

use super::outbox::{Kind, Out, Outbox};
use super::wire::{
    Answer, Call, Closing, EditParams, Fed, Hello, MAX_LINE, Message, PROTOCOL, encode, read_line,
};
use crate::api::{ApiError, ErrorCode, SessionMessage};
use crate::editing::Edits;
use crate::facade;
use crate::session::{Follower, Session, WeakSession};

/// Most programs that work on one project at once.
const MAX_GUESTS: usize = 64;
/// How long a program that does not read what it is answered is waited for when the project is closed.
const PATIENCE: Duration = Duration::from_secs(2);

/// The programs that work on a project.
#[derive(Default)]
pub(crate) struct Guests {
    state: Mutex<State>,
    left: Condvar,
}

#[derive(Default)]
struct State {
    guests: Vec<Arc<Guest>>,
    last: u32,
    /// Nothing more is taken.
    is_over: bool,
    /// Whether the project is given up for who wants to open it.
    may_yield: bool,
    yields: bool,
}

struct Guest {
    number: u32,
    stream: UnixStream,
    outbox: Outbox,
    threads: Mutex<Vec<ThreadId>>,
    /// Whether everything that it asked is answered and written.
    is_done: AtomicBool,
}

/// What a guest follows.
enum Followed {
    Session,
    Document(u32),
    Messages(u32),
}

impl Guests {
    /// Has a program work on a project.
    ///
    /// # Errors
    /// When the system gives no threads. Where there are too many, that program is told.
    pub(crate) fn take_in(
        self: &Arc<Self>,
        session: &WeakSession,
        stream: UnixStream,
    ) -> io::Result<()> {
        let guest = {
            let mut state = self.lock();
            if state.is_over {
                return Ok(());
            }
            if state.guests.len() >= MAX_GUESTS {
                let error = ApiError::new(
                    ErrorCode::Refused,
                    format!("{MAX_GUESTS} programs work on this project already; end one of them"),
                );
                drop(state);
                let answer = Answer::<()>::Failed { id: None, error };
                let line = encode(&answer).map_err(io::Error::other)?;
                // Nothing was written before, so there is room for it.
                return (&stream).write_all(&line);
            }
            state.last += 1;
            let guest = Arc::new(Guest {
                number: state.last,
                stream,
                outbox: Outbox::default(),
                threads: Mutex::default(),
                is_done: AtomicBool::new(false),
            });
            state.guests.push(Arc::clone(&guest));
            guest
        };
        let hello = Hello {
            protocol: PROTOCOL,
            wissil: env!("CARGO_PKG_VERSION"),
        };
        guest
            .outbox
            .push(Out::Line(encode(&hello).map_err(io::Error::other)?));
        let session = session.as_follower(Follower(guest.number));
        let started = self.start(&guest, session);
        if started.is_err() {
            self.leave(&guest);
        }
        started
    }

    fn start(self: &Arc<Self>, guest: &Arc<Guest>, session: WeakSession) -> io::Result<()> {
        let reading = Reading {
            guests: Arc::clone(self),
            guest: Arc::clone(guest),
            session: session.clone(),
            feeds: HashMap::new(),
            row: None,
        };
        let writing = Writing {
            guests: Arc::clone(self),
            guest: Arc::clone(guest),
            session,
        };
        let name = || thread::Builder::new().name("guest".into());
        name().spawn(move || writing.run())?;
        name().spawn(move || reading.run())?;
        Ok(())
    }

    /// Takes nothing more, answers what was taken, and says that this is all. What comes back is kept until others may open
    /// the project: with it, the programs learn of that.
    pub(crate) fn end(&self) -> Kept {
        let guests = {
            let mut state = self.lock();
            state.is_over = true;
            state.guests.clone()
        };
        for guest in &guests {
            let _ = guest.stream.shutdown(Shutdown::Read);
        }
        let own = thread::current().id();
        let is_waited_for = |guest: &Arc<Guest>| {
            let threads = guest.threads.lock().unwrap_or_else(PoisonError::into_inner);
            !guest.is_done.load(Ordering::Acquire) && !threads.contains(&own)
        };
        let state = self.lock();
        let waited = self
            .left
            .wait_timeout_while(state, PATIENCE, |_| guests.iter().any(is_waited_for));
        let (mut state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        state.guests.clear();
        drop(state);
        for guest in guests.iter().filter(|guest| is_waited_for(guest)) {
            guest.abandon();
        }
        Kept(guests)
    }

    /// From now on the project is given up for a program that wants to open it.
    pub(crate) fn may_yield(&self) {
        self.lock().may_yield = true;
    }

    /// Gives the project up, if that may be: it is closed soon.
    fn yield_up(&self, session: Session) -> Result<(), ApiError> {
        let mut state = self.lock();
        if !state.may_yield {
            return Err(wissil_sync::StoreError::Locked.into());
        }
        if !std::mem::replace(&mut state.yields, true) {
            let closing = move || session.close();
            let started = thread::Builder::new().name("closing".into()).spawn(closing);
            started.map_err(|error| ApiError::internal(error.to_string()))?;
        }
        Ok(())
    }

    fn is_over(&self) -> bool {
        self.lock().is_over
    }

    /// A guest is gone.
    fn leave(&self, guest: &Guest) {
        guest.abandon();
        self.lock()
            .guests
            .retain(|other| other.number != guest.number);
        self.done(guest);
    }

    /// A guest has all that it gets.
    fn done(&self, guest: &Guest) {
        let _state = self.lock();
        guest.is_done.store(true, Ordering::Release);
        self.left.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Guests of a project that is being closed; they are let go when it is dropped.
pub(crate) struct Kept(Vec<Arc<Guest>>);

impl Drop for Kept {
    fn drop(&mut self) {
        for guest in &self.0 {
            guest.abandon();
        }
    }
}

impl Guest {
    fn abandon(&self) {
        self.outbox.abandon();
        // It may be closed already.
        let _ = self.stream.shutdown(Shutdown::Both);
    }

    fn note_thread(&self) {
        let mut threads = self.threads.lock().unwrap_or_else(PoisonError::into_inner);
        threads.push(thread::current().id());
    }
}

/// The thread that takes what a guest asks.
struct Reading {
    guests: Arc<Guests>,
    guest: Arc<Guest>,
    session: WeakSession,
    /// What it follows, by what it calls that.
    feeds: HashMap<u64, Followed>,
    /// The row of gestures that is being made.
    row: Option<(u64, Edits)>,
}

impl Drop for Reading {
    fn drop(&mut self) {
        // What it followed is not told any more; where the project is closed nobody is.
        if let Ok(session) = self.session.upgrade() {
            let _ = session.forget_listeners();
        }
        self.guest.outbox.finish();
    }
}

impl Reading {
    fn run(mut self) {
        self.guest.note_thread();
        if let Err(error) = self.read_all() {
            let failed = Answer::<()>::Failed { id: None, error };
            if let Ok(line) = encode(&failed) {
                self.guest.outbox.push(Out::Line(line));
            }
        }
    }

    /// Takes line after line until there are no more.
    ///
    /// # Errors
    /// For a line that nothing can be answered to: what comes after it is not to be trusted.
    fn read_all(&mut self) -> Result<(), ApiError> {
        let Ok(stream) = self.guest.stream.try_clone() else {
            return Ok(());
        };
        let mut reader = BufReader::with_capacity(1 << 16, stream);
        let mut line = Vec::new();
        loop {
            match read_line(&mut reader, &mut line, MAX_LINE) {
                Ok(true) if !self.guests.is_over() => {}
                Err(error) if error.kind() == io::ErrorKind::FileTooLarge => {
                    return Err(ApiError::new(
                        ErrorCode::Invalid,
                        format!("a line has at most {MAX_LINE} bytes"),
                    ));
                }
                // It has gone, or the project is being closed: what it asked last is not done.
                _ => return Ok(()),
            }
            if line.trim_ascii().is_empty() {
                continue;
            }
            let call: Call<'_> = serde_json::from_slice(&line).map_err(|error| {
                ApiError::new(
                    ErrorCode::Invalid,
                    format!("this is no request, which is an object with `id`, `method` and `params`: {error}"),
                )
            })?;
            let out = match self.call(&call) {
                Ok(out) => out,
                Err(error) => Out::Line(encode(&Answer::<()>::new(call.id, Err(error)))?),
            };
            self.guest.outbox.push(out);
        }
    }

    fn call(&mut self, call: &Call<'_>) -> Result<Out, ApiError> {
        let session = self.session.upgrade()?;
        let none = RawValue::NULL;
        let params = call.params.unwrap_or(none);
        let answer = match &*call.method {
            "documents.edit" => return self.edit(&session, call.id, params),
            "session.follow" | "documents.follow" | "messages.follow" => {
                self.follow(&session, call.id, &call.method, params)?
            }
            "unfollow" => {
                self.unfollow(&session, facade::read(params)?)?;
                RawValue::NULL.to_owned()
            }
            "project.yield" => {
                self.guests.yield_up(session)?;
                RawValue::NULL.to_owned()
            }
            method => facade::answer(&session, method, params)?,
        };
        Ok(Out::Line(encode(&Answer::new(call.id, Ok(answer)))?))
    }

    /// Has a gesture made, which is answered when it is saved.
    fn edit(&mut self, session: &Session, id: u64, params: &RawValue) -> Result<Out, ApiError> {
        let edit: EditParams<'_, Vec<Change>> = facade::read(params)?;
        let edits = match (edit.row, &self.row) {
            (Some(row), Some((before, edits))) if row == *before => edits.clone(),
            (Some(row), _) => self.row.insert((row, session.edits())).1.clone(),
            (None, _) => session.edits(),
        };
        let pending = edits.edit(&edit.document, &edit.event_type, edit.changes)?;
        Ok(Out::Edit(id, pending))
    }

    fn follow(
        &mut self,
        session: &Session,
        feed: u64,
        method: &str,
        params: &RawValue,
    ) -> Result<Box<RawValue>, ApiError> {
        let (guest, other) = (Arc::clone(&self.guest), Arc::clone(&self.guest));
        let (followed, answer) = match method {
            "session.follow" => {
                let follows = |followed: &Followed| matches!(followed, Followed::Session);
                if self.feeds.values().any(follows) {
                    return Err(ApiError::new(
                        ErrorCode::AlreadyExists,
                        "the session is followed here already",
                    ));
                }
                let status = session.subscribe(Box::new(move |message| {
                    guest.outbox.tell(feed, Message::Session(message.into()));
                }))?;
                (Followed::Session, facade::raw(&status)?)
            }
            "documents.follow" => {
                let Document { document } = facade::read(params)?;
                let opened = session.open_document(
                    &document,
                    Box::new(move |delta| other.outbox.tell(feed, Message::Delta(delta.into()))),
                )?;
                let snapshot = facade::raw(&opened.snapshot)?;
                (Followed::Document(opened.subscription), snapshot)
            }
            _ => {
                let Pattern { pattern } = facade::read(params)?;
                let subscription = session.follow_messages(
                    &pattern,
                    Box::new(move |message| other.outbox.tell(feed, Message::Live(message))),
                )?;
                (Followed::Messages(subscription), RawValue::NULL.to_owned())
            }
        };
        self.feeds.insert(feed, followed);
        Ok(answer)
    }

    fn unfollow(&mut self, session: &Session, Feed { feed }: Feed) -> Result<(), ApiError> {
        match self.feeds.remove(&feed) {
            None => Err(ApiError::new(
                ErrorCode::NotFound,
                format!("nothing is followed as {feed}"),
            )),
            Some(Followed::Session) => session.unsubscribe(),
            Some(Followed::Document(subscription)) => session.close_document(subscription),
            Some(Followed::Messages(subscription)) => session.unfollow_messages(subscription),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    document: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Pattern {
    pattern: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Feed {
    feed: u64,
}

/// The thread that writes to a guest.
struct Writing {
    guests: Arc<Guests>,
    guest: Arc<Guest>,
    session: WeakSession,
}

impl Writing {
    fn run(self) {
        self.guest.note_thread();
        let written = self.write_all();
        if written.is_err() || !self.guests.is_over() {
            self.guests.leave(&self.guest);
        } else {
            // It stays connected until others may open the project.
            self.guests.done(&self.guest);
        }
    }

    fn write_all(&self) -> io::Result<()> {
        let mut writer = BufWriter::with_capacity(1 << 16, &self.guest.stream);
        while let Some(out) = self.guest.outbox.next() {
            match out {
                Out::Line(line) => writer.write_all(&line)?,
                Out::Edit(id, pending) => {
                    let result = match pending.now() {
                        Some(result) => result,
                        None => {
                            // What is answered already does not wait with it.
                            writer.flush()?;
                            pending.wait()
                        }
                    };
                    writer.write_all(&line(&Answer::new(id, result))?)?;
                }
                Out::Message(feed, message) => {
                    writer.write_all(&line(&Fed::Message { feed, message })?)?;
                }
                Out::Dropped { feed, dropped, of } => {
                    writer.write_all(&line(&Fed::Dropped { feed, dropped })?)?;
                    if let Some(message) = self.state_now(of) {
                        writer.write_all(&line(&Fed::Message { feed, message })?)?;
                    }
                }
            }
            if !self.guest.outbox.is_waiting() {
                writer.flush()?;
            }
        }
        if self.guests.is_over() {
            let yields = self.guests.lock().yields;
            writer.write_all(&line(&Closing {
                closing: true,
                yields,
            })?)?;
        }
        writer.flush()
    }

    /// What whoever missed something of a feed has to know before they hear more of it.
    fn state_now(&self, of: Kind) -> Option<Message> {
        let status = match of {
            Kind::Session => self.session.upgrade().ok()?.status().ok()?,
            Kind::Other => return None,
        };
        let rows = Vec::new();
        Some(Message::Session(
            SessionMessage::Events { rows, status }.into(),
        ))
    }
}

fn line(value: &impl serde::Serialize) -> io::Result<Vec<u8>> {
    encode(value).map_err(io::Error::other)
}
