//! What the owning thread and the façade tell the network tasks, without waiting for them.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::{Notify, mpsc};
use wissil_dag::{Cid, DocumentId};
use wissil_nats::BusEvent;

/// Most documents whose chains are told to their owners at once.
const MAX_TOUCHED: usize = 64;
/// Most objects that are fetched before others.
const MAX_WANTED: usize = 256;

/// The bell of a project: it rings whether anybody listens or not.
pub(crate) struct Signals {
    /// Something older than what was sent last waits in the outbox again.
    pub put_back: Notify,
    /// Other objects are wanted or held than before.
    pub objects: Notify,
    /// A document changed by somebody else's hand.
    pub arrived: Notify,
    /// The project goes on under a new key.
    pub renewed: Notify,
    /// Which ones, those touched last at the end.
    touched: Mutex<Vec<DocumentId>>,
    messages: mpsc::UnboundedSender<BusEvent>,
    /// Somebody looks at a document that has not come yet.
    pub wanted: Notify,
    wanted_documents: Mutex<Vec<DocumentId>>,
    /// Objects that somebody waits for, who asked last at the end.
    wanted_objects: Mutex<Vec<Cid>>,
}

impl Signals {
    /// A bell, and the live messages that are to be sent.
    pub(crate) fn new() -> (Self, mpsc::UnboundedReceiver<BusEvent>) {
        let (messages, queue) = mpsc::unbounded_channel();
        let signals = Self {
            put_back: Notify::new(),
            arrived: Notify::new(),
            renewed: Notify::new(),
            objects: Notify::new(),
            touched: Mutex::default(),
            messages,
            wanted: Notify::new(),
            wanted_documents: Mutex::default(),
            wanted_objects: Mutex::default(),
        };
        (signals, queue)
    }

    /// Notes that a document was changed by somebody else.
    pub(crate) fn touch(&self, document: &DocumentId) {
        let mut touched = lock(&self.touched);
        touched.retain(|known| known != document);
        touched.push(document.clone());
        if touched.len() > MAX_TOUCHED {
            touched.remove(0);
        }
        self.arrived.notify_one();
    }

    /// Notes documents that others may have changed earlier than those that are noted already.
    pub(crate) fn touch_all(&self, documents: Vec<DocumentId>) {
        let mut touched = lock(&self.touched);
        for document in documents {
            if touched.len() < MAX_TOUCHED && !touched.contains(&document) {
                touched.insert(0, document);
            }
        }
    }

    /// The documents that others changed last.
    pub(crate) fn touched(&self) -> Vec<DocumentId> {
        let touched = lock(&self.touched);
        touched.clone()
    }

    /// Has a document fetched before the others.
    pub(crate) fn want(&self, document: &DocumentId) {
        let mut wanted = lock(&self.wanted_documents);
        wanted.retain(|known| known != document);
        wanted.push(document.clone());
        self.wanted.notify_one();
    }

    /// The document that was wanted last, once.
    pub(crate) fn next_wanted(&self) -> Option<DocumentId> {
        lock(&self.wanted_documents).pop()
    }

    /// Has objects fetched before others.
    pub(crate) fn want_objects(&self, objects: impl IntoIterator<Item = Cid>) {
        let mut wanted = lock(&self.wanted_objects);
        for object in objects {
            wanted.retain(|known| *known != object);
            wanted.push(object);
        }
        let too_many = wanted.len().saturating_sub(MAX_WANTED);
        wanted.drain(..too_many);
        drop(wanted);
        self.objects.notify_one();
    }

    /// The objects that somebody waits for, the one asked for last first.
    pub(crate) fn wanted_objects(&self) -> Vec<Cid> {
        lock(&self.wanted_objects).iter().rev().copied().collect()
    }

    /// Has a live message sent.
    pub(crate) fn say(&self, event: BusEvent) {
        // Whoever sends them ended with the project.
        let _ = self.messages.send(event);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
