//! The engine: makes events of gestures, folds events of others, takes gestures back.

use std::collections::{BTreeMap, HashMap};

use wissil_dag::{
    BranchId, Cid, DocumentId, Event, Ipld, ReplicaId, SessionId, SigningKey, UserId,
};
use wissil_model::{
    Change, Delta, Document, DocumentKind, EditError, Operation, Projection, RecordId, Value,
    describe, inverse, is_undoable, record_name, writer_id,
};

use crate::error::EngineError;
use crate::ports::{
    Checkpoint, Commit, EventStore, Head, LogKey, NewEvent, StoredEvent, UndoChange, UndoEntry,
    UndoSide,
};

/// A checkpoint is taken after this many events, so that opening and seeking fold at most as many.
pub const CHECKPOINT_EVENTS: u64 = 256;
/// Most weight of the changes of one event; a gesture beyond it becomes several events.
const MAX_CHANGES_WEIGHT: usize = 200 * 1024;
/// Most documents kept in memory; the ones used longest ago are dropped first.
const MAX_LIVE_DOCUMENTS: usize = 32;

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
    store: S,
    session: SessionId,
    branch: BranchId,
    author: Author,
    replica: ReplicaId,
    live: HashMap<DocumentId, Live>,
    uses: u64,
}

/// A document in memory.
struct Live {
    document: Document,
    position: u64,
    checkpointed: u64,
    used: u64,
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

/// What to put into an event besides its changes, and what to do to the undo index.
struct Intent {
    metadata: BTreeMap<String, Ipld>,
    undo: UndoIntent,
}

enum UndoIntent {
    Push,
    Move { id: u64, to: UndoSide },
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

    /// The present state of a document that has events.
    pub fn projection(&mut self, document: &DocumentId) -> Result<&Projection, EngineError> {
        Ok(self.live(document)?.document.projection())
    }

    /// The present state of a document that is in memory; none when it has to be folded first.
    pub fn loaded(&self, document: &DocumentId) -> Option<&Projection> {
        let live = self.live.get(document)?;
        (!live.document.is_unusable()).then(|| live.document.projection())
    }

    /// How many events a document holds.
    pub fn position(&mut self, document: &DocumentId) -> Result<u64, EngineError> {
        Ok(self.live(document)?.position)
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
        let (document, _) = self.restore(&log, state.kind, position.min(state.length))?;
        Ok(document.projection().clone())
    }

    /// Makes a gesture: checks it, writes it as one event (or several, when it is large), saves it, folds it.
    pub fn edit(
        &mut self,
        document: &DocumentId,
        gesture: Gesture<'_>,
    ) -> Result<Edited, EngineError> {
        self.live(document)?;
        let intent = is_undoable(gesture.event_type).then(|| Intent {
            metadata: BTreeMap::new(),
            undo: UndoIntent::Push,
        });
        self.write(document, gesture, intent)
    }

    /// Takes back this person's newest gesture in a document, as far as it still stands.
    pub fn undo(&mut self, document: &DocumentId, time: u64) -> Result<Edited, EngineError> {
        self.step(document, UndoSide::Done, time)
    }

    /// Brings back what this person undid last in a document, as far as nothing stands against it.
    pub fn redo(&mut self, document: &DocumentId, time: u64) -> Result<Edited, EngineError> {
        self.step(document, UndoSide::Undone, time)
    }

    /// What undo ([`UndoSide::Done`]) or redo ([`UndoSide::Undone`]) would take next.
    pub fn next_step(
        &self,
        document: &DocumentId,
        side: UndoSide,
    ) -> Result<Option<UndoEntry>, EngineError> {
        Ok(self
            .store
            .undo_entry(&self.log(document), &self.author.user, side)?)
    }

    fn step(
        &mut self,
        document: &DocumentId,
        side: UndoSide,
        time: u64,
    ) -> Result<Edited, EngineError> {
        let (event_type, back, to) = match side {
            UndoSide::Done => ("history.undo", "undoes", UndoSide::Undone),
            UndoSide::Undone => ("history.redo", "redoes", UndoSide::Done),
        };
        let entry = self
            .next_step(document, side)?
            .ok_or(EngineError::NothingToStep(side))?;
        let mut taken = Vec::new();
        for cid in entry.events.iter().rev() {
            let changes = self.changes_of(cid)?;
            taken.extend(changes.into_iter().rev());
        }
        // `inverse` walks backwards itself.
        taken.reverse();
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
        match self.write(document, gesture, Some(intent)) {
            Err(EngineError::Edit(EditError::Nothing)) => {
                // Others changed all of it since: the step is used up, so that the next one can be taken.
                self.drop_step(document, entry.id)?;
                Err(EngineError::Overwritten(entry.label))
            }
            result => result,
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
        changes(&decode(&stored)?, cid)
    }

    /// Authors, signs, saves. On any failure the document in memory is dropped, because it may hold unsaved content.
    fn write(
        &mut self,
        document: &DocumentId,
        gesture: Gesture<'_>,
        intent: Option<Intent>,
    ) -> Result<Edited, EngineError> {
        let result = self.author_and_save(document, gesture, intent);
        if let Err(error) = &result
            && !matches!(
                error,
                EngineError::Edit(EditError::Nothing) | EngineError::NoDocument(_)
            )
        {
            self.live.remove(document);
        }
        result
    }

    fn author_and_save(
        &mut self,
        document: &DocumentId,
        gesture: Gesture<'_>,
        intent: Option<Intent>,
    ) -> Result<Edited, EngineError> {
        let log = self.log(document);
        let chain = self.store.chain(&log, &self.replica)?;
        if chain.as_ref().is_some_and(|chain| chain.frozen) {
            return Err(EngineError::Forked(self.replica));
        }
        let mut heads = self
            .store
            .log(&log)?
            .map(|log| log.heads)
            .unwrap_or_default();
        let live = self
            .live
            .get_mut(document)
            .ok_or_else(|| EngineError::NoDocument(document.clone()))?;
        let kind = live.document.kind();

        let mut delta = Delta::default();
        let mut events = Vec::new();
        let mut label = None;
        let (mut previous, mut seq) = match &chain {
            Some(chain) => (Some((chain.cid, chain.height)), chain.seq),
            None => (None, 0),
        };
        let parts = split(gesture.changes, live.document.projection());
        let several = parts.len() > 1;
        let mut first: Option<Cid> = None;
        for part in parts {
            let authored = match live.document.author(gesture.event_type, part) {
                Ok(authored) => authored,
                Err(EditError::Nothing) if several => continue,
                Err(error) => return Err(error.into()),
            };
            if label.is_none() {
                label = Some(describe(
                    kind,
                    gesture.event_type,
                    &authored.changes,
                    &|collection, id| {
                        record_name(
                            collection,
                            live.document.projection().stored(collection, id)?,
                        )
                    },
                ));
            }
            delta.merge(authored.delta);
            seq += 1;
            let previous_cid = previous.map(|(cid, _)| cid);
            let mut parents: Vec<Cid> = heads
                .iter()
                .map(|head| head.cid)
                .filter(|cid| Some(*cid) != previous_cid)
                .take(wissil_dag::MAX_PARENTS)
                .collect();
            parents.sort();
            let height = 1 + heads
                .iter()
                .map(|head| head.height)
                .chain(previous.map(|(_, height)| height))
                .max()
                .unwrap_or(0);
            let mut metadata = intent
                .as_ref()
                .map(|intent| intent.metadata.clone())
                .unwrap_or_default();
            if seq == 1 {
                metadata.insert("kind".into(), Ipld::String(kind.name().into()));
            }
            if let Some(first) = first {
                metadata.insert("gesture".into(), Ipld::Link(first));
            }
            let signed = Event {
                session: self.session.clone(),
                branch: self.branch.clone(),
                document: document.clone(),
                event_type: gesture.event_type.to_owned(),
                user: self.author.user.clone(),
                replica: self.replica,
                seq,
                height,
                previous: previous_cid,
                parents: parents.clone(),
                time: gesture.time,
                changes: authored.changes.iter().map(Ipld::from).collect(),
                update: Some(authored.update),
                metadata,
            }
            .sign(&self.author.key)?;
            let cid = signed.cid;
            first.get_or_insert(cid);
            heads.retain(|head| Some(head.cid) != previous_cid && !parents.contains(&head.cid));
            heads.push(Head { cid, height });
            previous = Some((cid, height));
            events.push(NewEvent {
                signed,
                replica: self.replica,
                seq,
                height,
                outbox: true,
            });
        }
        if events.is_empty() {
            return Err(EditError::Nothing.into());
        }
        heads.sort();
        let cids: Vec<Cid> = events.iter().map(|event| event.signed.cid).collect();
        let undo = intent.map(|intent| match intent.undo {
            UndoIntent::Push => UndoChange::Push {
                user: self.author.user.clone(),
                label: label.unwrap_or_default(),
            },
            UndoIntent::Move { id, to } => UndoChange::Move { id, to },
        });
        let written = events.len() as u64;
        let ord = self.store.commit(Commit {
            log: log.clone(),
            kind,
            events,
            heads,
            undo,
        })?;
        live.position += written;
        let position = live.position;
        self.checkpoint_if_due(document);
        Ok(Edited {
            events: cids,
            ord,
            position,
            delta,
        })
    }

    /// Takes a checkpoint when enough events came since the last. It is a cache: failing to keep it loses nothing.
    pub(crate) fn checkpoint_if_due(&mut self, document: &DocumentId) {
        let log = self.log(document);
        let Some(live) = self.live.get_mut(document) else {
            return;
        };
        if live.position - live.checkpointed < CHECKPOINT_EVENTS {
            return;
        }
        let checkpoint = Checkpoint {
            position: live.position,
            state: live.document.checkpoint(),
        };
        live.checkpointed = live.position;
        if self.store.put_checkpoint(&log, &checkpoint).is_err() {
            // The next one is tried when it is due; until then folding takes longer.
        }
    }

    pub(crate) fn live_document(
        &mut self,
        document: &DocumentId,
    ) -> Result<&mut Document, EngineError> {
        Ok(&mut self.live(document)?.document)
    }

    pub(crate) fn advance(&mut self, document: &DocumentId) {
        if let Some(live) = self.live.get_mut(document) {
            live.position += 1;
        }
    }

    /// Drops a document from memory; it is folded anew when it is next used.
    pub fn close(&mut self, document: &DocumentId) {
        self.live.remove(document);
    }

    /// The kind of a document: the manifest's own, or what the manifest says.
    fn kind_of(&mut self, document: &DocumentId) -> Result<DocumentKind, EngineError> {
        if document.as_str() == MANIFEST {
            return Ok(DocumentKind::Manifest);
        }
        let manifest =
            DocumentId::new(MANIFEST).map_err(|_| EngineError::NoDocument(document.clone()))?;
        self.projection(&manifest)?
            .record("documents", document.as_str())
            .and_then(|record| record.get("kind")?.as_text()?.parse().ok())
            .ok_or_else(|| EngineError::NoDocument(document.clone()))
    }

    fn live(&mut self, document: &DocumentId) -> Result<&mut Live, EngineError> {
        let usable = self
            .live
            .get(document)
            .is_some_and(|live| !live.document.is_unusable());
        if !usable {
            let log = self.log(document);
            let live = match self.store.log(&log)? {
                Some(state) => {
                    let (document, checkpointed) = self.restore(&log, state.kind, state.length)?;
                    Live {
                        document,
                        position: state.length,
                        checkpointed,
                        used: self.uses,
                    }
                }
                None => {
                    let kind = self.kind_of(document)?;
                    self.empty(document, kind)
                }
            };
            self.keep(document, live);
        }
        self.uses += 1;
        let uses = self.uses;
        let live = self
            .live
            .get_mut(document)
            .ok_or_else(|| EngineError::NoDocument(document.clone()))?;
        live.used = uses;
        Ok(live)
    }

    fn empty(&self, document: &DocumentId, kind: DocumentKind) -> Live {
        Live {
            document: Document::new(kind, self.writer(document)),
            position: 0,
            checkpointed: 0,
            used: self.uses,
        }
    }

    /// Keeps a document in memory, and drops the one used longest ago when there are too many.
    fn keep(&mut self, document: &DocumentId, live: Live) {
        if self.live.len() >= MAX_LIVE_DOCUMENTS
            && let Some(oldest) = self
                .live
                .iter()
                .min_by_key(|(_, live)| live.used)
                .map(|(id, _)| id.clone())
        {
            self.live.remove(&oldest);
        }
        self.live.insert(document.clone(), live);
    }

    /// An empty document in memory, for the first event of a log that the manifest does not name yet.
    pub(crate) fn start_empty(&mut self, document: &DocumentId, kind: DocumentKind) {
        let live = self.empty(document, kind);
        self.keep(document, live);
    }

    /// Folds the first `position` events, from the newest checkpoint at or before it.
    fn restore(
        &self,
        log: &LogKey,
        kind: DocumentKind,
        position: u64,
    ) -> Result<(Document, u64), EngineError> {
        let checkpoint = self.store.checkpoint(log, position)?;
        let from = checkpoint
            .as_ref()
            .map_or(0, |checkpoint| checkpoint.position);
        let mut updates = Vec::new();
        let mut failed = None;
        self.store
            .log_events(log, from + 1..position + 1, &mut |stored| {
                match update_of(&stored) {
                    Ok(update) => updates.extend(update),
                    Err(error) => failed = Some(error),
                }
                failed.is_none()
            })?;
        if let Some(error) = failed {
            return Err(error);
        }
        let document = Document::restore(
            kind,
            self.writer(&log.document),
            checkpoint
                .as_ref()
                .map(|checkpoint| checkpoint.state.as_slice()),
            updates.iter().map(Vec::as_slice),
        )
        .map_err(|error| EngineError::Damaged {
            document: log.document.clone(),
            problem: error.to_string(),
        })?;
        Ok((document, from))
    }

    fn writer(&self, document: &DocumentId) -> u64 {
        writer_id(&self.replica, &self.session, &self.branch, document)
    }
}

/// An event of the store, which was checked when it came in.
pub(crate) fn decode(stored: &StoredEvent) -> Result<Event, EngineError> {
    Event::decode_trusted(&stored.signed.block).map_err(|error| EngineError::DamagedEvent {
        cid: stored.signed.cid,
        problem: error.to_string(),
    })
}

/// The changes of an event.
pub(crate) fn changes(event: &Event, cid: &Cid) -> Result<Vec<Change>, EngineError> {
    Change::from_blocks(&event.changes).map_err(|error| EngineError::DamagedEvent {
        cid: *cid,
        problem: error.to_string(),
    })
}

/// The update of an event, its block checked against its CID first: a flipped bit must not reach the fold.
fn update_of(stored: &StoredEvent) -> Result<Option<Vec<u8>>, EngineError> {
    let cid = &stored.signed.cid;
    if wissil_dag::cid_of(wissil_dag::Codec::DAG_CBOR, &stored.signed.block) != *cid {
        return Err(EngineError::DamagedEvent {
            cid: *cid,
            problem: "its content does not match its CID".into(),
        });
    }
    Ok(decode(stored)?.update)
}

/// Splits the changes of a gesture so that each part fits an event.
fn split(changes: Vec<Change>, now: &Projection) -> Vec<Vec<Change>> {
    let mut parts = vec![Vec::new()];
    let mut weight = 0;
    for change in changes {
        let own = weight_of(&change, now);
        if weight > 0 && weight + own > MAX_CHANGES_WEIGHT {
            parts.push(Vec::new());
            weight = 0;
        }
        weight += own;
        if let Some(part) = parts.last_mut() {
            part.push(change);
        }
    }
    parts
}

/// About how many bytes a change takes in an event, once the values before are filled in.
fn weight_of(change: &Change, now: &Projection) -> usize {
    fn fields<'a>(fields: impl IntoIterator<Item = (&'a String, &'a Value)>) -> usize {
        fields
            .into_iter()
            .map(|(name, value)| name.len() + value.weight())
            .sum()
    }
    let stored = now.stored(&change.collection, change.id.as_str());
    64 + match &change.operation {
        Operation::Put { put, .. } => fields(&put.0) + stored.map_or(0, |stored| fields(&stored.0)),
        Operation::Set { set, .. } => {
            let before = set
                .keys()
                .filter_map(|field| stored?.get(field))
                .map(Value::weight)
                .sum::<usize>();
            fields(set) + before
        }
        Operation::Remove { .. } => stored.map_or(0, |stored| fields(&stored.0)),
    }
}

/// The name of a record now, for words about an event that does not carry it.
pub fn present_name(projection: &Projection, collection: &str, id: &str) -> Option<String> {
    record_name(collection, projection.stored(collection, id)?)
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
