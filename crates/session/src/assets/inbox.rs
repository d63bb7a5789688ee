//! What the thread of the files has to do, gathered until it gets to it.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// With more touched paths than this it is cheaper to look at everything.
const MAX_TOUCHED: usize = 20_000;

/// What has come since the thread last looked.
#[derive(Default)]
pub(crate) struct Mail {
    /// Files and folders that something happened to.
    pub touched: BTreeSet<PathBuf>,
    /// Whether anything may have happened anywhere.
    pub everything: bool,
    /// The history has other files than before, or objects arrived: which change that was.
    pub history: Option<u64>,
}

impl Mail {
    fn is_empty(&self) -> bool {
        self.touched.is_empty() && !self.everything && self.history.is_none()
    }
}

/// Where others leave work for the thread of the files. What comes many times stands there once, so that a flood of
/// changes takes no memory.
#[derive(Default)]
pub(crate) struct Inbox {
    mail: Mutex<Mail>,
    arrived: Condvar,
    closed: AtomicBool,
}

impl Inbox {
    /// Leaves work. After closing it is dropped, and whoever waits for a reply learns so.
    pub fn post(&self, write: impl FnOnce(&mut Mail)) {
        let mut mail = self.mail();
        if self.is_closed() {
            return;
        }
        write(&mut mail);
        self.arrived.notify_one();
    }

    /// Notes that something happened to a file or a folder.
    pub fn touch(&self, path: PathBuf) {
        self.post(|mail| {
            if mail.everything {
                return;
            }
            mail.touched.insert(path);
            if mail.touched.len() > MAX_TOUCHED {
                mail.touched.clear();
                mail.everything = true;
            }
        });
    }

    /// Waits for work, until a time if one is given; none once it is closed.
    pub fn take(&self, until: Option<Instant>) -> Option<Mail> {
        let mut mail = self.mail();
        loop {
            if self.is_closed() {
                return None;
            }
            let left = until.map(|until| until.saturating_duration_since(Instant::now()));
            if !mail.is_empty() || left.is_some_and(|left| left.is_zero()) {
                return Some(std::mem::take(&mut mail));
            }
            mail = match left {
                Some(left) => {
                    let waited = self.arrived.wait_timeout(mail, left);
                    waited.unwrap_or_else(PoisonError::into_inner).0
                }
                None => self
                    .arrived
                    .wait(mail)
                    .unwrap_or_else(PoisonError::into_inner),
            };
        }
    }

    /// Ends the thread's work as soon as it notices.
    pub fn close(&self) {
        let mut mail = self.mail();
        self.closed.store(true, Ordering::Release);
        *mail = Mail::default();
        self.arrived.notify_all();
    }

    /// Whether the thread is to end.
    pub fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Acquire)
    }

    fn mail(&self) -> MutexGuard<'_, Mail> {
        self.mail.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
