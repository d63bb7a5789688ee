//! What the engine needs from the world: a store of events, and a store of objects.

use std::ops::Range;
use std::sync::Arc;

use wissil_dag::{BranchId, Cid, DocumentId, ReplicaId, SessionId, SignedEvent, UserId};
use wissil_model::DocumentKind;

use crate::shared::SharedCheckpoint;

/// One document on one branch: the unit of folding.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LogKey {
    /// The branch.
    pub branch: BranchId,
    /// The document.
    pub document: DocumentId,
}

/// What a log has come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogState {
    /// The kind of its document.
    pub kind: DocumentKind,
    /// How many events are folded; positions run from 1 to this.
    pub length: u64,
    /// The events that no other event names as an ancestor, with their heights, sorted by CID.
    pub heads: Vec<Head>,
}

/// An event that no other event of its log names as an ancestor.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Head {
    /// The event.
    pub cid: Cid,
    /// Its height.
    pub height: u64,
}

/// The end of one replica's chain in a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChainState {
    /// Its last folded event.
    pub cid: Cid,
    /// That event's sequence number.
    pub seq: u64,
    /// That event's height.
    pub height: u64,
    /// Whether two events claim one place of the chain; nothing more of it is folded.
    pub frozen: bool,
}

/// A folded event as the store keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredEvent {
    /// Its place in the order in which this replica folded events, over all logs; from 1. Where history before a base is
    /// missing there are gaps.
    pub ord: u64,
    /// Its place in its log, from 1; without gaps once the history is complete.
    pub position: u64,
    /// Its log.
    pub log: LogKey,
    /// The block and its signature.
    pub signed: SignedEvent,
    /// Whether the server has not acknowledged it.
    pub in_outbox: bool,
}

/// Where an event stands in the order in which history is told: what it builds on is before it, time decides the rest, and
/// it is the same on every replica.
///
/// Along a chain moments grow, so that history is the merge of the chains.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Moment {
    /// When it counts as made, Unix milliseconds: at its own time, or at the latest time of what it builds on, where a
    /// clock says otherwise.
    pub at: u64,
    /// Its height.
    pub height: u64,
    /// The event.
    pub cid: Cid,
}

/// An event to be folded in a [`Commit`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEvent {
    /// The block and its signature.
    pub signed: SignedEvent,
    /// Whose chain it continues.
    pub replica: ReplicaId,
    /// Its place in that chain.
    pub seq: u64,
    /// Its height.
    pub height: u64,
    /// Whether it has to be sent: this replica's own events.
    pub outbox: bool,
}

/// Everything that one gesture or one arrival changes; the store does all of it or nothing.
#[derive(Clone, Debug, PartialEq)]
pub struct Commit {
    /// The log.
    pub log: LogKey,
    /// The kind of its document, for a log that is new.
    pub kind: DocumentKind,
    /// The events, in folding order.
    pub events: Vec<NewEvent>,
    /// The heads afterwards.
    pub heads: Vec<Head>,
    /// What happens to the undo index.
    pub undo: Option<UndoChange>,
}

/// What a batch of arrivals changes; the store does all of it or nothing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Intake {
    /// What is folded, in folding order; a log may stand in several commits.
    pub commits: Vec<Commit>,
    /// What claims a place of a chain that another event has, after the commits.
    pub forks: Vec<ForkedEvent>,
    /// What cannot be folded yet; replaces what was kept of the same events.
    pub pending: Vec<PendingEvent>,
    /// What is refused.
    pub quarantined: Vec<QuarantinedEvent>,
    /// States to keep, after the commits.
    pub checkpoints: Vec<(LogKey, Checkpoint)>,
}

/// An event that claims a place of its chain that another event has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForkedEvent {
    /// The log.
    pub log: LogKey,
    /// Whose chain.
    pub replica: ReplicaId,
    /// The event, which came second.
    pub second: QuarantinedEvent,
}

/// Where reading a stream of the server goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// Tells one life of a stream from the next, after a server lost its disk.
    pub incarnation: String,
    /// The last sequence number whose events are all in the store: folded, waiting or refused.
    pub sequence: u64,
    /// The server's time of that message, in nanoseconds since 1970: a stream that was cut and filled again gives the
    /// number to another one. 0 where it is not known.
    pub published: i64,
}

/// An event that the server acknowledged, without its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acknowledged {
    /// Its place in the order in which this replica folded events.
    pub ord: u64,
    /// The kind of its document.
    pub kind: DocumentKind,
    /// Whose chain it is in.
    pub replica: ReplicaId,
    /// The event.
    pub cid: Cid,
}

/// Where a log started from, while the history before it is not all here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Base {
    /// How many events its state folds: positions 1 to this are their places.
    pub length: u64,
    /// How many of them are here: positions 1 to this.
    pub have: u64,
    /// The ends of their chains, sorted by replica; the heads are among them.
    pub chains: Vec<(ReplicaId, ChainState)>,
}

/// How much is here of the history before a log's base.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Missing {
    /// How many events are here.
    pub have: u64,
    /// How many there are.
    pub of: u64,
}

/// What is known of a log when all events before its base are here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Completion {
    /// The state after them, when it is not to the byte the base's: it takes the place of all checkpoints of the log.
    pub state: Option<Vec<u8>>,
    /// Refused events that have to be looked at again, because the base was false: they leave quarantine and wait.
    pub again: Vec<PendingEvent>,
}

/// The end of a log that leaves it again, because this person's own chain says something else there than elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Retreat {
    /// The log.
    pub log: LogKey,
    /// The position of the first event that leaves; all after it leave too.
    pub from: u64,
    /// Those of them that are refused from now on.
    pub refused: Vec<QuarantinedEvent>,
    /// What waits from now on: the others, and refused events that are to be looked at again.
    pub again: Vec<PendingEvent>,
}

/// A gesture that can be undone or redone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UndoEntry {
    /// The store's name for it.
    pub id: u64,
    /// The events that the next step takes back: those of the gesture, of its undo, or of its redo.
    pub events: Vec<Cid>,
    /// What it did, in words.
    pub label: String,
}

/// Which side of the undo index an entry stands on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UndoSide {
    /// Done; undo takes the newest.
    Done,
    /// Undone; redo takes the one undone last.
    Undone,
}

/// A change of the undo index, which is kept per person and log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UndoChange {
    /// A new gesture: it is appended on the done side, and the undone side is emptied. Its events are the commit's.
    Push {
        /// Whose gesture.
        user: UserId,
        /// What it did, in words.
        label: String,
    },
    /// An entry changes sides; the commit's events are now what the next step takes back.
    Move {
        /// The entry.
        id: u64,
        /// The side it goes to.
        to: UndoSide,
    },
    /// An entry of which nothing was left to take back disappears.
    Drop {
        /// The entry.
        id: u64,
    },
}

/// A stored state of a log; a cache that may be missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// How many events it folds: positions 1 to this.
    pub position: u64,
    /// The document's encoded state.
    pub state: Vec<u8>,
}

/// An event that cannot be folded yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PendingEvent {
    /// The block and its signature.
    pub signed: SignedEvent,
    /// An event it needs that is not folded; itself while its signature does not hold and nothing of its chain proves it.
    pub waits_for: Cid,
}

/// An event that was refused; kept and shown, never folded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuarantinedEvent {
    /// The block and its signature.
    pub signed: SignedEvent,
    /// Why it was refused.
    pub reason: String,
}

/// How much a store holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StoreCounts {
    /// Folded events, those included that a base folds and that are not here yet.
    pub events: u64,
    /// Events the server has not acknowledged.
    pub outbox: u64,
    /// Events that wait for others.
    pub pending: u64,
    /// Refused events.
    pub quarantined: u64,
}

/// Why a store failed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The disk or the database refused.
    #[error("the project could not be {action}: {cause}")]
    Io {
        /// What was tried: `saved`, `read`.
        action: &'static str,
        /// The cause.
        #[source]
        cause: Box<dyn std::error::Error + Send + Sync>,
    },
    /// What is stored is not what was written.
    #[error("{what} is damaged: {problem}")]
    Damaged {
        /// Which item.
        what: String,
        /// What is wrong with it.
        problem: String,
    },
    /// A commit that does not fit what is stored: a programming error, nothing was written.
    #[error("the commit does not fit what is stored: {0}")]
    Conflict(String),
    /// The store was written by a newer version.
    #[error(
        "the project was made by a newer version (format {found}; this version knows up to {known})"
    )]
    TooNew {
        /// The format found.
        found: u32,
        /// The newest format known.
        known: u32,
    },
    /// Another process writes the project.
    #[error("the project is open in another window or program")]
    Locked,
}

/// A store of one session's events. One owner writes; every write is atomic and durable when it returns.
pub trait EventStore {
    /// The session it belongs to.
    fn session(&self) -> &SessionId;

    /// All logs.
    fn logs(&self) -> Result<Vec<(LogKey, LogState)>, StoreError>;

    /// One log; none when it has no events.
    fn log(&self, log: &LogKey) -> Result<Option<LogState>, StoreError>;

    /// The end of a replica's chain in a log.
    fn chain(&self, log: &LogKey, replica: &ReplicaId) -> Result<Option<ChainState>, StoreError>;

    /// Every chain: its log, its replica, its end; sorted.
    fn chains(&self) -> Result<Vec<(LogKey, ReplicaId, ChainState)>, StoreError>;

    /// The chains of one log: whose they are and their ends, in no order.
    fn chains_of(&self, log: &LogKey) -> Result<Vec<(ReplicaId, ChainState)>, StoreError>;

    /// The events of one chain with these sequence numbers, in order. `visit` returns false to stop.
    fn chain_events(
        &self,
        log: &LogKey,
        replica: &ReplicaId,
        seqs: Range<u64>,
        visit: &mut dyn FnMut(StoredEvent) -> bool,
    ) -> Result<(), StoreError>;

    /// The log and the height of a folded event: one that is stored, or the end of a chain of a base.
    fn place(&self, cid: &Cid) -> Result<Option<(LogKey, u64)>, StoreError>;

    /// A folded event.
    fn event(&self, cid: &Cid) -> Result<Option<StoredEvent>, StoreError>;

    /// The events of a log at these positions, in order. `visit` returns false to stop.
    fn log_events(
        &self,
        log: &LogKey,
        positions: Range<u64>,
        visit: &mut dyn FnMut(StoredEvent) -> bool,
    ) -> Result<(), StoreError>;

    /// All folded events of all logs by their `ord`, oldest first, whatever gaps there are. `visit` returns false to stop.
    fn events(&self, visit: &mut dyn FnMut(StoredEvent) -> bool) -> Result<(), StoreError>;

    /// The last `limit` folded events before a moment (none: up to the newest), newest first, of one document on any
    /// branch or of all.
    fn history(
        &self,
        before: Option<&Moment>,
        limit: usize,
        document: Option<&DocumentId>,
    ) -> Result<Vec<StoredEvent>, StoreError>;

    /// The greatest `ord` of a stored event; 0 when there is none.
    fn last_ord(&self) -> Result<u64, StoreError>;

    /// The moment of a folded event that is stored. While the history before a base is not all here, it is what the
    /// events that are here make it.
    fn moment(&self, cid: &Cid) -> Result<Option<Moment>, StoreError>;

    /// Takes in what arrived or was made: commits with all that belongs to them, forks, what waits, what is refused, in
    /// one transaction. Events that are folded or refused leave the pending set; those that are folded, quarantine too. Returns the `ord` of the first event of
    /// each commit. Fails when what waits exceeds the bounded set.
    ///
    /// A fork freezes its chain.
    fn take_in(&mut self, intake: Intake) -> Result<Vec<u64>, StoreError>;

    /// Gives the first part of an intake, or the next, that [`EventStore::take_in`] makes whole with its last: the store may
    /// begin to write it while more is folded. All parts are taken in one after the other in one transaction, and
    /// `take_in` returns the `ord`s of the commits of all of them. Until then reads give what was there before, and
    /// every other write fails.
    ///
    /// # Errors
    /// When it cannot begin; what was given before still stands. What is wrong with a part is said by `take_in`.
    fn begin(&mut self, part: Arc<Intake>) -> Result<(), StoreError>;

    /// Gives up what was begun; nothing of it was changed.
    fn give_up(&mut self) -> Result<(), StoreError>;

    /// Folds events of several logs: all or nothing. Returns the `ord` of the first event of each commit.
    fn commit_all(&mut self, commits: Vec<Commit>) -> Result<Vec<u64>, StoreError> {
        self.take_in(Intake {
            commits,
            ..Intake::default()
        })
    }

    /// Folds events of one log: events, heads, chains, outbox and undo index. Returns the `ord` of the first event.
    fn commit(&mut self, commit: Commit) -> Result<u64, StoreError> {
        let ords = self.commit_all(vec![commit])?;
        Ok(ords.first().copied().unwrap_or_default())
    }

    /// The entry that undo ([`UndoSide::Done`]) or redo ([`UndoSide::Undone`]) would take next.
    fn undo_entry(
        &self,
        log: &LogKey,
        user: &UserId,
        side: UndoSide,
    ) -> Result<Option<UndoEntry>, StoreError>;

    /// The entry of the done side whose next step takes back that event, among others; none when it is no gesture of
    /// theirs, or was taken back.
    fn undo_entry_of(
        &self,
        log: &LogKey,
        user: &UserId,
        event: &Cid,
    ) -> Result<Option<UndoEntry>, StoreError>;

    /// The newest sound checkpoint of a log at or before a position.
    fn checkpoint(&self, log: &LogKey, at_most: u64) -> Result<Option<Checkpoint>, StoreError>;

    /// Keeps a checkpoint. Losing it loses time, not data.
    fn put_checkpoint(&mut self, log: &LogKey, checkpoint: &Checkpoint) -> Result<(), StoreError>;

    /// The oldest events with an `ord` greater than `after` that the server has not acknowledged; they stay until
    /// [`EventStore::acknowledge`].
    fn outbox(&self, after: u64, limit: usize) -> Result<Vec<StoredEvent>, StoreError>;

    /// Removes acknowledged events from the outbox. Unknown ones are passed over.
    fn acknowledge(&mut self, events: &[Cid]) -> Result<(), StoreError>;

    /// The oldest events with an `ord` greater than `after` that are not in the outbox.
    fn acknowledged(&self, after: u64, limit: usize) -> Result<Vec<Acknowledged>, StoreError>;

    /// Puts events back into the outbox, by their `ord`s: the server lost them. Unknown ones, and those that are there,
    /// are passed over.
    fn send_again(&mut self, ords: &[u64]) -> Result<(), StoreError>;

    /// Puts a chain's events from `from_seq` on back into the outbox: the server lost them. Returns how many were added;
    /// none when the chain is not there.
    fn requeue(
        &mut self,
        log: &LogKey,
        replica: &ReplicaId,
        from_seq: u64,
    ) -> Result<u64, StoreError>;

    /// Where reading a stream of the server goes on; none before the first time.
    fn cursor(&self, stream: &str) -> Result<Option<Cursor>, StoreError>;

    /// Keeps where reading a stream goes on.
    fn set_cursor(&mut self, stream: &str, cursor: &Cursor) -> Result<(), StoreError>;

    /// How much is kept of what is not folded.
    fn bounds(&self) -> Bounds;

    /// Keeps an event that cannot be folded yet. Fails when there are as many as may be.
    fn put_pending(&mut self, pending: &PendingEvent) -> Result<(), StoreError> {
        let pending = vec![pending.clone()];
        self.take_in(Intake {
            pending,
            ..Intake::default()
        })?;
        Ok(())
    }

    /// Pending events that wait for this one.
    fn pending_for(&self, cid: &Cid) -> Result<Vec<SignedEvent>, StoreError>;

    /// All pending events.
    fn pending(&self) -> Result<Vec<PendingEvent>, StoreError>;

    /// Keeps a refused event, and drops it from the pending set.
    fn quarantine(&mut self, event: &QuarantinedEvent) -> Result<(), StoreError> {
        let quarantined = vec![event.clone()];
        self.take_in(Intake {
            quarantined,
            ..Intake::default()
        })?;
        Ok(())
    }

    /// Whether an event was refused and is kept.
    fn is_quarantined(&self, cid: &Cid) -> Result<bool, StoreError>;

    /// All refused events, oldest first.
    fn quarantined(&self) -> Result<Vec<QuarantinedEvent>, StoreError>;

    /// Freezes a chain in which two events claim one place, and keeps the second one in quarantine.
    fn freeze(
        &mut self,
        log: &LogKey,
        replica: &ReplicaId,
        second: &QuarantinedEvent,
    ) -> Result<(), StoreError> {
        let fork = ForkedEvent {
            log: log.clone(),
            replica: *replica,
            second: second.clone(),
        };
        self.take_in(Intake {
            forks: vec![fork],
            ..Intake::default()
        })?;
        Ok(())
    }

    /// Starts logs that have no events from shared checkpoints. Positions and a range of `ord`s are kept free for the
    /// events before; they come by [`EventStore::put_history`].
    fn start_from(&mut self, bases: Vec<SharedCheckpoint>) -> Result<(), StoreError>;

    /// Where a log started from; none when all of its history is here.
    fn base(&self, log: &LogKey) -> Result<Option<Base>, StoreError>;

    /// The logs whose history before their base is not all here, or not compared with it.
    fn incomplete(&self) -> Result<Vec<(LogKey, Missing)>, StoreError>;

    /// Keeps events before a log's base at the next positions, in a topological order, all or nothing.
    fn put_history(&mut self, history: Vec<(LogKey, Vec<NewEvent>)>) -> Result<(), StoreError>;

    /// Gives up the events before a log's base from a position on: they are others than those that the base folds. Their
    /// positions and `ord`s are free again. They leave the outbox, too.
    fn forget_history(&mut self, log: &LogKey, from: u64) -> Result<(), StoreError>;

    /// Ends a log's having a base, when all events before it are here.
    fn complete(&mut self, log: &LogKey, completion: Completion) -> Result<(), StoreError>;

    /// Takes the end of a log out of it, all or nothing: heads and ends of chains are what they were before, and none of
    /// the chains whose events left is frozen. Checkpoints of what left and the steps of undo that need it are gone. A log
    /// of which nothing is left is gone itself. The `ord`s of what left are given again where nothing came after them.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the log has no such position, or it is before the log's base.
    fn retreat(&mut self, retreat: Retreat) -> Result<(), StoreError>;

    /// How much it holds.
    fn counts(&self) -> Result<StoreCounts, StoreError>;
}

/// How much is kept of what is not folded. Anybody can send such events, so there has to be an end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Most events that wait for others, and most bytes of their blocks; beyond them an event is set aside, and has to come
    /// again.
    pub pending: u64,
    /// See `pending`.
    pub pending_bytes: u64,
    /// Most refused events, and most bytes of their blocks; beyond them the oldest go.
    pub quarantined: u64,
    /// See `quarantined`.
    pub quarantined_bytes: u64,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            pending: 100_000,
            pending_bytes: 256 << 20,
            quarantined: 10_000,
            quarantined_bytes: 64 << 20,
        }
    }
}

/// A store of objects by content: files of the project, descriptions of them.
pub trait ObjectStore {
    /// Keeps bytes under their CID (raw codec unless `codec` says otherwise); keeping the same twice is nothing.
    fn put(&mut self, codec: u64, bytes: &[u8]) -> Result<Cid, StoreError>;

    /// The bytes of an object, checked against its CID.
    fn get(&self, cid: &Cid) -> Result<Option<Vec<u8>>, StoreError>;

    /// Whether an object is there, without reading it.
    fn contains(&self, cid: &Cid) -> Result<bool, StoreError>;

    /// All objects.
    fn list(&self) -> Result<Vec<Cid>, StoreError>;
}
