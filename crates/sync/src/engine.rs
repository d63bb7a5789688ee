//! The engine: makes events of gestures, folds events of others, takes gestures back.

use std::collections::{BTreeMap, HashMap};

use wissil_dag::{
    BranchId, Cid, DocumentId, Event, Ipld, ReplicaId, SessionId, SignedEvent, SigningKey, UserId,
};
use wissil_model::{Change, ChangeError, Delta, EditError, Projection, RecordId, inverse};

use crate::error::EngineError;
use crate::history::Histories;
use crate::live::Live;
use crate::making::{Intent, Made, UndoIntent};
use crate::ports::{Commit, EventStore, LogKey, StoreError, UndoChange, UndoEntry, UndoSide};
use crate::waiting::Waiting;

/// The manifest's document id: every session has exactly one.
pub const MANIFEST: &str = "manifest";

/// Who edits: a person on an installation, with its key.
pub struct Author {
    /// The person.
    pub user: UserId,
    /// The installation's key in this session; its public half is the replica.
    pub key: SigningKey,
}

/// The engine of one session on one branch, over a store.
pub struct Engine<S> {
    pub(crate) store: S,
    pub(crate) session: SessionId,
    pub(crate) branch: BranchId,
    pub(crate) author: Author,
    pub(crate) replica: ReplicaId,
    pub(crate) live: HashMap<LogKey, Live>,
    pub(crate) uses: u64,
    /// What waits, once it was needed.
    pub(crate) waiting: Option<Waiting>,
    /// What is known of the history before bases.
    pub(crate) histories: Histories,
    /// Gestures that are not saved yet; live documents hold them.
    pub(crate) made: Vec<Made>,
}

/// What a gesture wrote.
#[derive(Debug)]
pub struct Edited {
    /// The events, oldest first; a gesture too large for one event is several.
    pub events: Vec<Cid>,
    /// The place of the first in the order over all logs.
    pub ord: u64,
    /// How many events the document holds now.
    pub position: u64,
    /// What its events say, with the values before.
    pub changes: Vec<Change>,
    /// What changed.
    pub delta: Delta,
}

/// A gesture as it is made.
#[derive(Clone, Debug)]
pub struct Gesture<'a> {
    /// Its type, such as `node.move`.
    pub event_type: &'a str,
    /// What it changes.
    pub changes: Vec<Change>,
    /// When, Unix milliseconds.
    pub time: u64,
}

impl<S: EventStore> Engine<S> {
    /// An engine over a store.
    pub fn new(store: S, branch: BranchId, author: Author) -> Self {
        Self {
            session: store.session().clone(),
            replica: ReplicaId::from(&author.key),
            store,
            branch,
            author,
            live: HashMap::new(),
            uses: 0,
            waiting: None,
            histories: Histories::default(),
            made: Vec::new(),
        }
    }

    /// The store, for reading.
    pub fn store(&self) -> &S {
        &self.store
    }

    /// The store, for what the engine has no part in: acknowledgements, settings.
    pub fn store_mut(&mut self) -> &mut S {
        &mut self.store
    }

    /// Gives the store back.
    pub fn into_store(self) -> S {
        self.store
    }

    /// The session.
    pub fn session(&self) -> &SessionId {
        &self.session
    }

    /// The branch.
    pub fn branch(&self) -> &BranchId {
        &self.branch
    }

    /// This installation in the session.
    pub fn replica(&self) -> &ReplicaId {
        &self.replica
    }

    /// The key under which this installation signs.
    pub(crate) fn key(&self) -> &SigningKey {
        &self.author.key
    }

    /// Signs with another key from now on.
    pub(crate) fn set_key(&mut self, key: SigningKey) {
        self.author.key = key;
    }

    /// Who edits here.
    pub fn user(&self) -> &UserId {
        &self.author.user
    }

    /// The log of a document on this branch.
    pub fn log(&self, document: &DocumentId) -> LogKey {
        LogKey {
            branch: self.branch.clone(),
            document: document.clone(),
        }
    }

    /// The manifest of `main`: the branches, versions, members and settings of the session stand there, whichever branch is
    /// open. Documents and assets belong to a branch, and stand in its own manifest.
    pub fn main_manifest(&self) -> Result<LogKey, EngineError> {
        Ok(LogKey {
            branch: BranchId::main(),
            document: manifest()?,
        })
    }

    /// Whether what comes in a log is folded as it comes: what the open branch holds, the manifest of `main`, and what of
    /// other branches is in memory because somebody looks at it. Anything else is stored.
    pub(crate) fn follows(&self, log: &LogKey) -> bool {
        log.branch == self.branch
            || (log.document.as_str() == MANIFEST && log.branch == BranchId::main())
            || self.live.contains_key(log)
    }

    /// The present state of a document that has events, on the branch that is open.
    pub fn projection(&mut self, document: &DocumentId) -> Result<&Projection, EngineError> {
        self.projection_of(&self.log(document))
    }

    /// The present state of a document on any branch. What comes in it is folded as long as it is in memory.
    pub fn projection_of(&mut self, log: &LogKey) -> Result<&Projection, EngineError> {
        Ok(self.live(log)?.document.projection())
    }

    /// The present state of a document that is in memory; none when it has to be folded first.
    pub fn loaded(&self, document: &DocumentId) -> Option<&Projection> {
        self.loaded_log(&self.log(document))
    }

    /// As [`Engine::loaded`], on any branch.
    pub fn loaded_log(&self, log: &LogKey) -> Option<&Projection> {
        let live = self.live.get(log)?;
        (!live.document.is_unusable()).then(|| live.document.projection())
    }

    /// How many events a document holds.
    pub fn position(&mut self, document: &DocumentId) -> Result<u64, EngineError> {
        self.position_of(&self.log(document))
    }

    /// As [`Engine::position`], on any branch.
    pub fn position_of(&mut self, log: &LogKey) -> Result<u64, EngineError> {
        Ok(self.live(log)?.position)
    }

    /// The state of a document after its first `position` events.
    pub fn projection_at(
        &self,
        document: &DocumentId,
        position: u64,
    ) -> Result<Projection, EngineError> {
        let log = self.log(document);
        let state = self
            .store
            .log(&log)?
            .ok_or_else(|| EngineError::NoDocument(document.clone()))?;
        let position = position.min(state.length);
        if let Some(base) = self.store.base(&log)?
            && position < base.length
        {
            return Err(EngineError::HistoryIncomplete {
                document: document.clone(),
                have: base.have,
                of: base.length,
            });
        }
        let (document, _) = self.restore(&log, state.kind, position)?;
        Ok(document.projection().clone())
    }

    /// Makes a gesture and saves it: [`Engine::make`] and [`Engine::save`].
    ///
    /// # Errors
    /// When it is refused or cannot be saved; nothing was changed.
    pub fn edit(
        &mut self,
        document: &DocumentId,
        gesture: Gesture<'_>,
    ) -> Result<Edited, EngineError> {
        self.check_all_saved()?;
        self.make(&self.log(document), gesture)?;
        self.save_one()
    }

    /// Makes a gesture that undo does not take back, and saves it: what a session starts with.
    pub fn found(
        &mut self,
        document: &DocumentId,
        gesture: Gesture<'_>,
    ) -> Result<Edited, EngineError> {
        self.check_all_saved()?;
        self.write(&self.log(document), gesture, None)?;
        self.save_one()
    }

    /// Takes back this person's newest gesture in a document, as far as it still stands.
    pub fn undo(&mut self, document: &DocumentId, time: u64) -> Result<Edited, EngineError> {
        self.step(document, UndoSide::Done, time)
    }

    /// Takes back the gesture of this person that an event belongs to, whatever came after it, as far as it still
    /// stands.
    pub fn undo_gesture(
        &mut self,
        document: &DocumentId,
        event: &Cid,
        time: u64,
    ) -> Result<Edited, EngineError> {
        let log = self.log(document);
        let entry = self
            .store
            .undo_entry_of(&log, &self.author.user, event)?
            .ok_or(EngineError::NotToUndo)?;
        self.take_step(document, UndoSide::Done, entry, time)
    }

    /// Brings back what this person undid last in a document, as far as nothing stands against it.
    pub fn redo(&mut self, document: &DocumentId, time: u64) -> Result<Edited, EngineError> {
        self.step(document, UndoSide::Undone, time)
    }

    /// What undo ([`UndoSide::Done`]) or redo ([`UndoSide::Undone`]) would take next.
    pub fn next_step(
        &self,
        log: &LogKey,
        side: UndoSide,
    ) -> Result<Option<UndoEntry>, EngineError> {
        Ok(self.store.undo_entry(log, &self.author.user, side)?)
    }

    fn step(
        &mut self,
        document: &DocumentId,
        side: UndoSide,
        time: u64,
    ) -> Result<Edited, EngineError> {
        let entry = self
            .next_step(&self.log(document), side)?
            .ok_or(EngineError::NothingToStep(side))?;
        let id = entry.id;
        let taken = self.take_step(document, side, entry, time);
        if let Err(EngineError::Overwritten(_)) = &taken {
            // Others changed all of it since: the step is used up, so that the next one can be taken.
            self.drop_step(document, id)?;
        }
        taken
    }

    fn take_step(
        &mut self,
        document: &DocumentId,
        side: UndoSide,
        entry: UndoEntry,
        time: u64,
    ) -> Result<Edited, EngineError> {
        self.check_all_saved()?;
        let (event_type, back, to) = match side {
            UndoSide::Done => ("history.undo", "undoes", UndoSide::Undone),
            UndoSide::Undone => ("history.redo", "redoes", UndoSide::Done),
        };
        let mut taken = Vec::new();
        for cid in &entry.events {
            taken.extend(self.changes_of(cid)?);
        }
        let changes = inverse(&taken, self.projection(document)?);
        let cids = entry.events.iter().map(|cid| Ipld::Link(*cid)).collect();
        let intent = Intent {
            metadata: BTreeMap::from([(back.to_owned(), Ipld::List(cids))]),
            undo: UndoIntent::Move { id: entry.id, to },
        };
        let gesture = Gesture {
            event_type,
            changes,
            time,
        };
        match self.write(&self.log(document), gesture, Some(intent)) {
            Err(EngineError::Edit(EditError::Nothing)) => {
                Err(EngineError::Overwritten(entry.label))
            }
            Err(error) => Err(error),
            Ok(_) => self.save_one(),
        }
    }

    fn drop_step(&mut self, document: &DocumentId, id: u64) -> Result<(), EngineError> {
        let log = self.log(document);
        if let Some(state) = self.store.log(&log)? {
            self.store.commit(Commit {
                log,
                kind: state.kind,
                events: Vec::new(),
                heads: state.heads,
                undo: Some(UndoChange::Drop { id }),
            })?;
        }
        Ok(())
    }

    fn changes_of(&self, cid: &Cid) -> Result<Vec<Change>, EngineError> {
        let stored = self.store.event(cid)?.ok_or(EngineError::NoEvent(*cid))?;
        changes(&decode(&stored.signed)?, cid)
    }
}

/// An event of the store, which was checked when it came in.
pub(crate) fn decode(signed: &SignedEvent) -> Result<Event, EngineError> {
    Event::decode_trusted(&signed.block).map_err(|error| EngineError::DamagedEvent {
        cid: signed.cid,
        problem: error.to_string(),
    })
}

/// The changes of an event.
pub(crate) fn changes(event: &Event, cid: &Cid) -> Result<Vec<Change>, EngineError> {
    Change::from_blocks(&event.changes).map_err(|error| unreadable(cid, &error))
}

pub(crate) fn unreadable(cid: &Cid, error: &ChangeError) -> EngineError {
    EngineError::DamagedEvent {
        cid: *cid,
        problem: error.to_string(),
    }
}

/// The manifest's document id.
pub(crate) fn manifest() -> Result<DocumentId, EngineError> {
    DocumentId::new(MANIFEST).map_err(|error| StoreError::Conflict(error.to_string()).into())
}

/// The kind of each document that a manifest names.
pub fn documents(manifest: &Projection) -> impl Iterator<Item = (&RecordId, &str, &str)> {
    manifest
        .records("documents")
        .iter()
        .filter_map(|(id, record)| {
            Some((
                id,
                record.get("kind")?.as_text()?,
                record.get("name")?.as_text()?,
            ))
        })
}
