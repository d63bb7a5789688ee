//! The store of events in SQLite.

mod ahead;
mod arrivals;
mod bases;
mod checkpoints;
mod commit;
mod cursors;
mod meta;
mod moments;
mod names;
mod read;
mod restore;
mod retreat;
mod rows;
mod undo;
mod whole;

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::{Connection, Transaction, TransactionBehavior};
use wissil_dag::{Cid, DocumentId, ReplicaId, SessionId, SignedEvent, UserId};
use wissil_sync::{
    Acknowledged, Base, Bounds, ChainState, Checkpoint, Completion, Cursor, EventStore, Intake,
    LogKey, LogState, Missing, Moment, NewEvent, PendingEvent, QuarantinedEvent, Retreat,
    SharedCheckpoint, StoreCounts, StoreError, StoredEvent, UndoEntry, UndoSide,
};

use self::ahead::Ahead;
use crate::lock::Lock;
use crate::{error, layout, schema};

pub(crate) use bases::BaseRow;
pub(crate) use cursors::seal_cursor;
pub(crate) use meta::{seal_meta, session as project_session, write_session};
pub(crate) use moments::{fill as fill_moments, seal as seal_moment};
pub(crate) use names::{LogRow, seal_replica, seal_user};
pub(crate) use read::EVENT_BY_DIGEST;
pub(crate) use retreat::gaps;
pub(crate) use rows::{
    ChainRow, EventPlace, WaitingRow, checkpoint_seal, decompress, event_seal, heads_to_bytes,
};
pub(crate) use undo::{UndoRow, fill_sums as fill_undo_sums};

/// The events of one project in `<project>/.wissil/session.db`.
///
/// One handle writes at a time, in this process or any other; further ones read ([`SqliteStore::open_read_only`]).
#[derive(Debug)]
pub struct SqliteStore {
    // Closed in this order: the connection that writes after those that read, because the last one brings the journal
    // in, and all of them before the lock is given back.
    /// The intake that is being written, by a thread that has the connection that writes.
    ahead: Option<Ahead>,
    /// One that only reads, to be used while the other is away; none before the first time.
    reader: Option<Connection>,
    /// What is read from: the connection that writes, or the reader while that is away.
    connection: Connection,
    project: PathBuf,
    session: SessionId,
    bounds: Bounds,
    /// None in a handle that only reads.
    lock: Option<Lock>,
}

impl SqliteStore {
    /// Makes the store of a new project in a folder, and the folder if it is missing.
    ///
    /// # Errors
    /// When there is a project in the folder, [`StoreError::Locked`] when another process is making one, or the disk's.
    pub fn create(project: &Path, session: &SessionId) -> Result<Self, StoreError> {
        std::fs::create_dir_all(layout::folder(project)).map_err(error::io("created"))?;
        let lock = Lock::take(project)?;
        schema::create(project, session)?;
        Self::with_lock(project, lock)
    }

    /// Opens the store of a project to read and write, and brings an older one up to date.
    ///
    /// # Errors
    /// [`StoreError::Locked`] when another handle writes, [`StoreError::TooNew`], [`StoreError::Damaged`] when the file
    /// is not a database of ours (it is left as it is), or the disk's.
    pub fn open(project: &Path) -> Result<Self, StoreError> {
        let database = layout::database(project);
        std::fs::metadata(&database).map_err(error::file("opened", &database))?;
        Self::with_lock(project, Lock::take(project)?)
    }

    /// Opens the store of a project to read, also while another process writes it. Every write fails; every single
    /// read sees a whole state, and later ones see later states.
    ///
    /// # Errors
    /// As [`SqliteStore::open`], never [`StoreError::Locked`].
    pub fn open_read_only(project: &Path) -> Result<Self, StoreError> {
        Self::over(project, schema::open_read_only(project)?, None)
    }

    /// Has all reads see the state of the first of them, until [`SqliteStore::let_go`].
    ///
    /// # Errors
    /// [`StoreError::Conflict`] in a handle that writes.
    pub fn hold(&self) -> Result<(), StoreError> {
        if self.lock.is_some() {
            return error::conflict("what writes cannot hold a state");
        }
        self.connection
            .execute_batch("BEGIN")
            .map_err(error::sqlite("read"))
    }

    /// Has reads see what is saved meanwhile again.
    pub fn let_go(&self) -> Result<(), StoreError> {
        self.connection
            .execute_batch("ROLLBACK")
            .map_err(error::sqlite("read"))
    }

    /// Keeps more or less of what is not folded than [`Bounds::default`].
    pub fn set_bounds(&mut self, bounds: Bounds) {
        self.bounds = bounds;
    }

    /// A small text that the program keeps with the project, such as the replica's public key.
    pub fn meta(&self, key: &str) -> Result<Option<String>, StoreError> {
        meta::get(&self.connection, key)
    }

    /// Keeps a small text, durable when it returns. The key `session` is the store's own.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] for the key `session`, or the disk's.
    pub fn set_meta(&mut self, key: &str, value: &str) -> Result<(), StoreError> {
        if key == meta::SESSION {
            return error::conflict("the session of a project does not change");
        }
        self.write(|connection| meta::set(connection, key, value))
    }

    /// Writes everything that is stored into a folder that holds no project, whatever became of the folder it stands in.
    ///
    /// # Errors
    /// When there is a project in the folder already, or the disk's.
    pub fn copy_to(&self, project: &Path) -> Result<(), StoreError> {
        let (folder, database) = (layout::folder(project), layout::database(project));
        std::fs::create_dir_all(&folder).map_err(error::io("created"))?;
        let name = database.to_str().ok_or_else(|| {
            error::io("created")("the folder's name is not Unicode; choose another one")
        })?;
        self.connection
            .execute("VACUUM INTO ?1", [name])
            .map_err(error::sqlite("copied"))?;
        std::fs::File::open(&database)
            .and_then(|file| file.sync_all())
            .and_then(|()| layout::sync_folder(&folder))
            .map_err(error::io("copied"))
    }

    /// As [`EventStore::events`], past events that are damaged or missing; what of them there is is the error inside.
    ///
    /// # Errors
    /// The disk's.
    pub fn sound_events(
        &self,
        visit: &mut dyn FnMut(StoredEvent) -> bool,
    ) -> Result<Result<(), StoreError>, StoreError> {
        read::sound_events(&self.connection, visit)
    }

    /// The logs in which events are missing, though the tables say that they are there.
    ///
    /// # Errors
    /// The disk's.
    pub fn short_logs(&self) -> Result<Vec<LogKey>, StoreError> {
        restore::short_logs(&self.connection)
    }

    /// Puts those of some events, wherever they come from, back in their places that are missing there; how many that were.
    /// Whoever has documents in memory forgets them.
    ///
    /// # Errors
    /// The disk's.
    pub fn restore(&mut self, events: &[SignedEvent]) -> Result<u64, StoreError> {
        let session = self.session.clone();
        self.write(|connection| restore::restore(connection, &session, events))
    }

    fn with_lock(project: &Path, lock: Lock) -> Result<Self, StoreError> {
        Self::over(project, schema::open(project)?, Some(lock))
    }

    fn over(
        project: &Path,
        connection: Connection,
        lock: Option<Lock>,
    ) -> Result<Self, StoreError> {
        Ok(Self {
            ahead: None,
            reader: None,
            project: project.to_owned(),
            session: meta::session(&connection)?,
            connection,
            bounds: Bounds::default(),
            lock,
        })
    }

    /// What writes an intake, on whatever thread.
    fn writing(&self) -> impl Fn(&Connection, &Intake) -> Result<Vec<u64>, StoreError> + use<> {
        let (session, bounds) = (self.session.clone(), self.bounds);
        move |connection, intake| write_intake(connection, &session, &bounds, intake)
    }

    /// Sends the connection that writes away, and reads from another one.
    fn start_ahead(&mut self) -> Result<(), StoreError> {
        self.check_may_write()?;
        let reader = match self.reader.take() {
            Some(reader) => reader,
            None => schema::open_read_only(&self.project)?,
        };
        let ahead = Ahead::start(self.writing())?;
        ahead.lend(std::mem::replace(&mut self.connection, reader));
        self.ahead = Some(ahead);
        Ok(())
    }

    /// Takes the connection that writes back.
    fn come_back(&mut self, writer: Connection) {
        self.reader = Some(std::mem::replace(&mut self.connection, writer));
    }

    /// Waits for what is written ahead.
    fn finish(&mut self, ahead: Ahead) -> Result<Vec<u64>, StoreError> {
        let (writer, written) = ahead.finish().ok_or_else(ahead::ended)?;
        self.come_back(writer);
        written
    }

    fn check_may_write(&self) -> Result<(), StoreError> {
        match self.lock {
            Some(_) => Ok(()),
            None => Err(error::io("saved")("it is open for reading only")),
        }
    }

    /// Does all of `change`, durably, or nothing of it.
    fn write<T>(
        &mut self,
        change: impl FnOnce(&Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.check_may_write()?;
        if self.ahead.is_some() {
            return error::conflict("an intake is not whole yet");
        }
        let transaction =
            Transaction::new_unchecked(&self.connection, TransactionBehavior::Immediate)
                .map_err(error::sqlite("saved"))?;
        let done = change(&transaction)?;
        transaction.commit().map_err(error::sqlite("saved"))?;
        Ok(done)
    }
}

impl EventStore for SqliteStore {
    fn session(&self) -> &SessionId {
        &self.session
    }

    fn logs(&self) -> Result<Vec<(LogKey, LogState)>, StoreError> {
        read::logs(&self.connection)
    }

    fn log(&self, log: &LogKey) -> Result<Option<LogState>, StoreError> {
        read::log(&self.connection, log)
    }

    fn chain(&self, log: &LogKey, replica: &ReplicaId) -> Result<Option<ChainState>, StoreError> {
        read::chain(&self.connection, log, replica)
    }

    fn chains(&self) -> Result<Vec<(LogKey, ReplicaId, ChainState)>, StoreError> {
        read::chains(&self.connection)
    }

    fn chains_of(&self, log: &LogKey) -> Result<Vec<(ReplicaId, ChainState)>, StoreError> {
        read::chains_of(&self.connection, log)
    }

    fn chain_events(
        &self,
        log: &LogKey,
        replica: &ReplicaId,
        seqs: Range<u64>,
        visit: &mut dyn FnMut(StoredEvent) -> bool,
    ) -> Result<(), StoreError> {
        read::chain_events(&self.connection, log, replica, seqs, visit)
    }

    fn place(&self, cid: &Cid) -> Result<Option<(LogKey, u64)>, StoreError> {
        read::place(&self.connection, cid)
    }

    fn event(&self, cid: &Cid) -> Result<Option<StoredEvent>, StoreError> {
        read::event(&self.connection, cid)
    }

    fn log_events(
        &self,
        log: &LogKey,
        positions: Range<u64>,
        visit: &mut dyn FnMut(StoredEvent) -> bool,
    ) -> Result<(), StoreError> {
        read::log_events(&self.connection, log, positions, visit)
    }

    fn events(&self, visit: &mut dyn FnMut(StoredEvent) -> bool) -> Result<(), StoreError> {
        read::events(&self.connection, visit)
    }

    fn history(
        &self,
        before: Option<&Moment>,
        limit: usize,
        document: Option<&DocumentId>,
    ) -> Result<Vec<StoredEvent>, StoreError> {
        moments::history(&self.connection, before, limit, document)
    }

    fn last_ord(&self) -> Result<u64, StoreError> {
        read::last_ord(&self.connection)
    }

    fn moment(&self, cid: &Cid) -> Result<Option<Moment>, StoreError> {
        moments::moment(&self.connection, cid)
    }

    fn take_in(&mut self, intake: Intake) -> Result<Vec<u64>, StoreError> {
        match self.ahead.take() {
            Some(ahead) => {
                ahead.write(Arc::new(intake), true);
                self.finish(ahead)
            }
            None => {
                let writing = self.writing();
                self.write(|connection| writing(connection, &intake))
            }
        }
    }

    fn begin(&mut self, part: Arc<Intake>) -> Result<(), StoreError> {
        if self.ahead.is_none() {
            self.start_ahead()?;
        }
        if let Some(ahead) = &self.ahead {
            ahead.write(part, false);
        }
        Ok(())
    }

    fn give_up(&mut self) -> Result<(), StoreError> {
        match self.ahead.take() {
            Some(ahead) => self.finish(ahead).map(drop),
            None => Ok(()),
        }
    }

    fn undo_entry(
        &self,
        log: &LogKey,
        user: &UserId,
        side: UndoSide,
    ) -> Result<Option<UndoEntry>, StoreError> {
        undo::next(&self.connection, log, user, side)
    }

    fn undo_entry_of(
        &self,
        log: &LogKey,
        user: &UserId,
        event: &Cid,
    ) -> Result<Option<UndoEntry>, StoreError> {
        undo::of(&self.connection, log, user, event)
    }

    fn checkpoint(&self, log: &LogKey, at_most: u64) -> Result<Option<Checkpoint>, StoreError> {
        checkpoints::newest(&self.connection, log, at_most)
    }

    fn put_checkpoint(&mut self, log: &LogKey, checkpoint: &Checkpoint) -> Result<(), StoreError> {
        self.write(|connection| checkpoints::put(connection, log, checkpoint))
    }

    fn outbox(&self, after: u64, limit: usize) -> Result<Vec<StoredEvent>, StoreError> {
        read::outbox(&self.connection, after, limit)
    }

    fn acknowledge(&mut self, events: &[Cid]) -> Result<(), StoreError> {
        self.write(|connection| commit::acknowledge(connection, events))
    }

    fn acknowledged(&self, after: u64, limit: usize) -> Result<Vec<Acknowledged>, StoreError> {
        read::acknowledged(&self.connection, after, limit)
    }

    fn send_again(&mut self, ords: &[u64]) -> Result<(), StoreError> {
        self.write(|connection| commit::send_again(connection, ords))
    }

    fn requeue(
        &mut self,
        log: &LogKey,
        replica: &ReplicaId,
        from_seq: u64,
    ) -> Result<u64, StoreError> {
        self.write(|connection| commit::requeue(connection, log, replica, from_seq))
    }

    fn cursor(&self, stream: &str) -> Result<Option<Cursor>, StoreError> {
        cursors::get(&self.connection, stream)
    }

    fn set_cursor(&mut self, stream: &str, cursor: &Cursor) -> Result<(), StoreError> {
        self.write(|connection| cursors::set(connection, stream, cursor))
    }

    fn pending_for(&self, cid: &Cid) -> Result<Vec<SignedEvent>, StoreError> {
        arrivals::pending_for(&self.connection, cid)
    }

    fn pending(&self) -> Result<Vec<PendingEvent>, StoreError> {
        arrivals::pending(&self.connection)
    }

    fn bounds(&self) -> Bounds {
        self.bounds
    }

    fn is_quarantined(&self, cid: &Cid) -> Result<bool, StoreError> {
        arrivals::is_quarantined(&self.connection, cid)
    }

    fn quarantined(&self) -> Result<Vec<QuarantinedEvent>, StoreError> {
        arrivals::quarantined(&self.connection)
    }

    fn start_from(&mut self, bases: Vec<SharedCheckpoint>) -> Result<(), StoreError> {
        let session = self.session.clone();
        self.write(|connection| bases::start_from(connection, &session, &bases))
    }

    fn base(&self, log: &LogKey) -> Result<Option<Base>, StoreError> {
        bases::base(&self.connection, log)
    }

    fn incomplete(&self) -> Result<Vec<(LogKey, Missing)>, StoreError> {
        bases::incomplete(&self.connection)
    }

    fn put_history(&mut self, history: Vec<(LogKey, Vec<NewEvent>)>) -> Result<(), StoreError> {
        let session = self.session.clone();
        self.write(|connection| {
            let mut history = history.iter();
            history
                .try_for_each(|(log, events)| bases::put_history(connection, &session, log, events))
        })
    }

    fn forget_history(&mut self, log: &LogKey, from: u64) -> Result<(), StoreError> {
        self.write(|connection| bases::forget_history(connection, log, from))
    }

    fn complete(&mut self, log: &LogKey, completion: Completion) -> Result<(), StoreError> {
        let bound = self.bounds.pending;
        self.write(|connection| {
            bases::complete(connection, log, completion.state.as_deref())?;
            for pending in &completion.again {
                arrivals::drop_quarantined(connection, &pending.signed.cid)?;
                arrivals::put_pending(connection, pending, bound)?;
            }
            Ok(())
        })
    }

    fn retreat(&mut self, retreat: Retreat) -> Result<(), StoreError> {
        self.write(|connection| retreat::retreat(connection, &retreat))
    }

    fn counts(&self) -> Result<StoreCounts, StoreError> {
        read::counts(&self.connection)
    }
}

/// Writes all of an intake.
fn write_intake(
    connection: &Connection,
    session: &SessionId,
    bounds: &Bounds,
    intake: &Intake,
) -> Result<Vec<u64>, StoreError> {
    let ords = commit::commit_all(connection, session, &intake.commits)?;
    for fork in &intake.forks {
        arrivals::freeze(connection, &fork.log, &fork.replica, &fork.second)?;
    }
    for pending in &intake.pending {
        arrivals::put_pending(connection, pending, bounds.pending)?;
    }
    for event in &intake.quarantined {
        arrivals::quarantine(connection, event)?;
    }
    if !intake.forks.is_empty() || !intake.quarantined.is_empty() {
        arrivals::drop_oldest_quarantined(connection, bounds)?;
    }
    for (log, checkpoint) in &intake.checkpoints {
        checkpoints::put(connection, log, checkpoint)?;
    }
    Ok(ords)
}
