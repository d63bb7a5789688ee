//! What goes to the page without being asked for. The page says when it has taken what came, once a frame; what comes until
//! then is put together here, so that a page that is slow or hidden makes nobody wait and nothing grow.

mod merging;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use serde::Serialize;
use specta::Type;
use tauri::ipc::{Channel, IpcResponse};

/// Most messages of a [`Bounded`] feed that wait for the page.
const MOST_WAITING: usize = 200;

/// How messages wait for the page: which of them it may miss, and which may become one.
pub(crate) trait Class: IpcResponse + Send + Sync + 'static {
    /// What is told.
    type Message: Send + 'static;

    /// The first that waits.
    fn of(message: Self::Message) -> Self;

    /// A later one.
    fn add(&mut self, message: Self::Message);
}

/// Every message counts, in order. Those that follow each other become one where that says the same: records, history.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
pub(crate) struct Ordered<T> {
    messages: Vec<T>,
    /// So much waited that it was not kept: what this feed tells of is to be read anew.
    missed: bool,
}

/// The newest counts, of everything that is told of: status, presence, progress.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
#[serde(transparent)]
pub(crate) struct Latest<T>(Vec<T>);

/// Only so many wait; the oldest are dropped, and counted: live messages.
#[derive(Clone, Debug, PartialEq, Serialize, Type)]
pub(crate) struct Bounded<T> {
    messages: Vec<T>,
    /// How many older ones there were.
    dropped: u32,
}

/// A message of an [`Ordered`] feed.
pub(crate) trait Merge: Sized {
    /// Takes a later message into those that wait, so that these say the same as all would; whether they do.
    #[must_use]
    fn merge_into(self, waiting: &mut Vec<Self>) -> bool;
}

/// A message of a [`Latest`] feed.
pub(crate) trait Supersede: Sized {
    /// Whether both tell of the same thing.
    fn is_of_same(&self, other: &Self) -> bool;

    /// A later message over this one.
    fn supersede(&mut self, later: Self) {
        *self = later;
    }
}

impl<T: Merge + Serialize + Send + Sync + 'static> Class for Ordered<T> {
    type Message = T;

    fn of(message: T) -> Self {
        Self {
            messages: vec![message],
            missed: false,
        }
    }

    fn add(&mut self, message: T) {
        self.missed |= !message.merge_into(&mut self.messages);
    }
}

impl<T: Supersede + Serialize + Send + Sync + 'static> Class for Latest<T> {
    type Message = T;

    fn of(message: T) -> Self {
        Self(vec![message])
    }

    fn add(&mut self, message: T) {
        match self.0.iter_mut().find(|one| one.is_of_same(&message)) {
            Some(before) => before.supersede(message),
            None => self.0.push(message),
        }
    }
}

impl<T: Serialize + Send + Sync + 'static> Class for Bounded<T> {
    type Message = T;

    fn of(message: T) -> Self {
        Self {
            messages: vec![message],
            dropped: 0,
        }
    }

    fn add(&mut self, message: T) {
        if self.messages.len() == MOST_WAITING {
            self.messages.remove(0);
            self.dropped = self.dropped.saturating_add(1);
        }
        self.messages.push(message);
    }
}

/// The feeds of the page, by the numbers of their channels.
#[derive(Default)]
pub(crate) struct Feeds(Mutex<HashMap<u32, Weak<dyn Taken>>>);

impl Feeds {
    /// What the façade calls with each message of a feed.
    pub(crate) fn sender<C: Class>(
        &self,
        channel: Channel<C>,
    ) -> Box<dyn FnMut(C::Message) + Send> {
        let number = channel.id();
        // A page that went away takes no more messages, and needs none: the next one subscribes anew.
        let feed = Arc::new(Feed::new(move |batch| drop(channel.send(batch))));
        let taken: Arc<dyn Taken> = Arc::clone(&feed) as _;
        let mut feeds = lock(&self.0);
        feeds.retain(|_, feed| feed.strong_count() > 0);
        feeds.insert(number, Arc::downgrade(&taken));
        Box::new(move |message| feed.push(message))
    }

    /// The page has taken what came of these.
    pub(crate) fn taken(&self, numbers: &[u32]) {
        for number in numbers {
            let feed = lock(&self.0).get(number).and_then(Weak::upgrade);
            if let Some(feed) = feed {
                feed.taken();
            }
        }
    }
}

/// A feed that waits for the page.
trait Taken: Send + Sync {
    fn taken(&self);
}

struct Feed<C, S> {
    state: Mutex<State<C>>,
    send: S,
}

struct State<C> {
    waiting: Option<C>,
    /// Whether the page has not taken what was sent last.
    is_sent: bool,
}

impl<C: Class, S: Fn(C) + Send + Sync> Feed<C, S> {
    fn new(send: S) -> Self {
        let state = Mutex::new(State {
            waiting: None,
            is_sent: false,
        });
        Self { state, send }
    }

    fn push(&self, message: C::Message) {
        let mut state = lock(&self.state);
        match &mut state.waiting {
            Some(waiting) => waiting.add(message),
            None => state.waiting = Some(C::of(message)),
        }
        self.go_on(&mut state);
    }

    fn go_on(&self, state: &mut State<C>) {
        if !state.is_sent
            && let Some(batch) = state.waiting.take()
        {
            state.is_sent = true;
            (self.send)(batch);
        }
    }
}

impl<C: Class, S: Fn(C) + Send + Sync> Taken for Feed<C, S> {
    fn taken(&self) {
        let mut state = lock(&self.state);
        state.is_sent = false;
        self.go_on(&mut state);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
