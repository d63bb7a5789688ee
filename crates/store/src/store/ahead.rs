//! Writing an intake while more of it is folded.

use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::{self, JoinHandle};

use rusqlite::{Connection, Transaction, TransactionBehavior};
use wissil_sync::{Intake, StoreError};

use crate::error;

/// A thread that writes the parts of an intake as they come, all in one transaction.
#[derive(Debug)]
pub(super) struct Ahead {
    lend: Sender<Connection>,
    /// None when no more come.
    parts: Option<Sender<Part>>,
    /// None when it was waited for.
    thread: Option<JoinHandle<Option<Written>>>,
}

/// The connection that the thread had, and what became of the intake: the `ord`s of its commits.
pub(super) type Written = (Connection, Result<Vec<u64>, StoreError>);

struct Part {
    intake: Arc<Intake>,
    is_last: bool,
}

impl Ahead {
    /// Starts the thread, which waits for its connection; `write` writes a part inside the transaction.
    ///
    /// # Errors
    /// When there is no thread to be had.
    pub fn start(
        write: impl Fn(&Connection, &Intake) -> Result<Vec<u64>, StoreError> + Send + 'static,
    ) -> Result<Self, StoreError> {
        let (parts, queue) = mpsc::channel();
        let (lend, lent) = mpsc::channel();
        let thread = thread::Builder::new()
            .name("wissil-store".into())
            .spawn(move || {
                let connection: Connection = lent.recv().ok()?;
                let written = write_parts(&connection, queue, write);
                Some((connection, written))
            })
            .map_err(error::io("saved"))?;
        Ok(Self {
            lend,
            parts: Some(parts),
            thread: Some(thread),
        })
    }

    /// Gives the thread the connection that writes, until [`Ahead::finish`].
    pub fn lend(&self, connection: Connection) {
        // It waits for it.
        let _ = self.lend.send(connection);
    }

    /// Has a part written. Where one before it could not be, [`Ahead::finish`] says so.
    pub fn write(&self, intake: Arc<Intake>, is_last: bool) {
        if let Some(parts) = &self.parts {
            // A thread that has failed takes no more.
            let _ = parts.send(Part { intake, is_last });
        }
    }

    /// Waits for the thread: after the last part all is saved or nothing, without it nothing is. None when the thread
    /// panicked; the connection is closed then.
    pub fn finish(mut self) -> Option<Written> {
        self.wait()
    }

    fn wait(&mut self) -> Option<Written> {
        self.parts = None;
        self.thread.take()?.join().ok().flatten()
    }
}

impl Drop for Ahead {
    fn drop(&mut self) {
        // Nothing is written any more when the project's lock is given back.
        self.wait();
    }
}

/// What is said when the thread ended before its time.
pub(super) fn ended() -> StoreError {
    error::io("saved")("the thread that writes it has ended; open the project again")
}

fn write_parts(
    connection: &Connection,
    parts: Receiver<Part>,
    write: impl Fn(&Connection, &Intake) -> Result<Vec<u64>, StoreError>,
) -> Result<Vec<u64>, StoreError> {
    let saved = error::sqlite("saved");
    let transaction =
        Transaction::new_unchecked(connection, TransactionBehavior::Immediate).map_err(&saved)?;
    let mut ords = Vec::new();
    for part in parts {
        ords.extend(write(&transaction, &part.intake)?);
        if part.is_last {
            transaction.commit().map_err(&saved)?;
            return Ok(ords);
        }
    }
    // Given up: it ends without a commit.
    transaction.rollback().map_err(&saved)?;
    Ok(Vec::new())
}
