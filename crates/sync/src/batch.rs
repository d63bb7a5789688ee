//! What a batch of arrivals has changed so far, before it is in the store.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use wissil_dag::{BranchId, Cid, DocumentId, ReplicaId, SignedEvent};
use wissil_model::{Delta, DocumentKind, writer_id};

use crate::arrival::EventHeader;
use crate::ports::{
    Base, ChainState, Checkpoint, Commit, EventStore, ForkedEvent, Head, Intake, LogKey, NewEvent,
    QuarantinedEvent, StoreError,
};

/// Most bytes of checkpoints that one batch keeps; without the others, seeking into it takes longer.
const MAX_CHECKPOINT_BYTES: usize = 32 << 20;

/// A document into which events were folded.
#[derive(Clone, Debug, PartialEq)]
pub struct FoldedDocument {
    /// Its log: of the branch that is open, the manifest of `main`, or one of another branch that is in memory.
    pub log: LogKey,
    /// What changed, all in all.
    pub delta: Delta,
    /// The events, in folding order.
    pub events: Vec<Cid>,
    /// Their places in the order over all logs; empty before they are saved.
    pub ords: Vec<u64>,
    /// How many events the document holds now.
    pub position: u64,
}

/// As many events are given to the store at once to be written while others are folded; fewer are written at the end.
pub(crate) const PART_EVENTS: usize = 256;

/// What a batch has folded so far, and what it found in the store.
#[derive(Default)]
pub(crate) struct Batch {
    /// What the store has to take in and was not given yet.
    intake: Intake,
    /// How many events that folds.
    events: usize,
    /// What the store was given.
    begun: Vec<Arc<Intake>>,
    /// The documents in the order in which they were first folded into.
    folded: Vec<FoldedDocument>,
    /// The logs that were looked at, in that order.
    logs: Vec<Log>,
    by_key: HashMap<Arc<LogKey>, usize>,
    /// The logs of documents, by the names of branch and document.
    keys: HashMap<BranchId, HashMap<DocumentId, Arc<LogKey>>>,
    /// Where events are: those folded here, and what was looked up of the others.
    places: HashMap<Cid, Place>,
    checkpoint_bytes: usize,
}

/// Where a folded event is.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub log: Arc<LogKey>,
    pub height: u64,
}

/// A log as it is after the batch so far.
struct Log {
    key: Arc<LogKey>,
    /// None before its first event.
    kind: Option<DocumentKind>,
    length: u64,
    heads: Vec<Head>,
    chains: HashMap<ReplicaId, Option<ChainState>>,
    /// The ids under which chains write into the document: naming one costs a hash.
    writers: HashMap<ReplicaId, u64>,
    /// What it started from, once it was needed.
    base: Option<Option<Base>>,
    /// Its place in [`Batch::folded`].
    folded: Option<usize>,
}

impl Batch {
    /// The log of a document on a branch; every event names it, so that its texts are shared.
    pub fn key(&mut self, branch: &BranchId, document: &DocumentId) -> Arc<LogKey> {
        let known = self.keys.get(branch);
        if let Some(key) = known.and_then(|documents| documents.get(document)) {
            return Arc::clone(key);
        }
        let key = Arc::new(LogKey {
            branch: branch.clone(),
            document: document.clone(),
        });
        let documents = self.keys.entry(branch.clone()).or_default();
        documents.insert(document.clone(), Arc::clone(&key));
        key
    }

    /// The kind of a log's document; none before its first event.
    pub fn kind(
        &mut self,
        log: &Arc<LogKey>,
        store: &impl EventStore,
    ) -> Result<Option<DocumentKind>, StoreError> {
        Ok(self.log(log, store)?.kind)
    }

    /// The end of a chain.
    pub fn chain(
        &mut self,
        log: &Arc<LogKey>,
        replica: &ReplicaId,
        store: &impl EventStore,
    ) -> Result<Option<ChainState>, StoreError> {
        if let Some(tip) = self.log(log, store)?.chains.get(replica) {
            return Ok(tip.clone());
        }
        let tip = store.chain(log, replica)?;
        if let Some(tip) = &tip {
            self.know(tip.cid, Arc::clone(log), tip.height);
        }
        let chains = &mut self.log(log, store)?.chains;
        chains.insert(*replica, tip.clone());
        Ok(tip)
    }

    /// The id under which an event's chain writes into its document.
    pub fn writer(
        &mut self,
        log: &Arc<LogKey>,
        event: &EventHeader,
        store: &impl EventStore,
    ) -> Result<u64, StoreError> {
        let writers = &mut self.log(log, store)?.writers;
        Ok(*writers.entry(event.replica).or_insert_with(|| {
            writer_id(&event.replica, &event.session, &log.branch, &log.document)
        }))
    }

    /// The end in its log's base of the chain of an event that is before the base.
    pub fn end_of_history(
        &mut self,
        log: &Arc<LogKey>,
        event: &EventHeader,
        store: &impl EventStore,
    ) -> Result<Option<ChainState>, StoreError> {
        let base = self.base(log, store)?;
        let mut ends = base.iter().flat_map(|base| &base.chains);
        let end = ends.find(|(replica, end)| *replica == event.replica && event.seq <= end.seq);
        Ok(end.map(|(_, end)| end.clone()))
    }

    /// Where an event is; none while it is not folded. What is stored before a base does not count until all of it is:
    /// it may be given up again. The ends of the base's chains do.
    pub fn place(
        &mut self,
        cid: &Cid,
        store: &impl EventStore,
    ) -> Result<Option<&Place>, StoreError> {
        if !self.places.contains_key(cid)
            && let Some((log, height)) = store.place(cid)?
        {
            let log = Arc::new(log);
            if self.is_folded(cid, &log, store)? {
                self.know(*cid, log, height);
            }
        }
        Ok(self.places.get(cid))
    }

    fn is_folded(
        &mut self,
        cid: &Cid,
        log: &Arc<LogKey>,
        store: &impl EventStore,
    ) -> Result<bool, StoreError> {
        let Some(base) = self.base(log, store)? else {
            return Ok(true);
        };
        if base.chains.iter().any(|(_, end)| end.cid == *cid) {
            return Ok(true);
        }
        let length = base.length;
        let stored = store.event(cid)?;
        Ok(stored.is_some_and(|stored| stored.position > length))
    }

    fn base(
        &mut self,
        key: &Arc<LogKey>,
        store: &impl EventStore,
    ) -> Result<&Option<Base>, StoreError> {
        let log = self.log(key, store)?;
        let base = match log.base.take() {
            Some(base) => base,
            None => store.base(key)?,
        };
        Ok(log.base.insert(base))
    }

    /// Takes an event that was folded into the document in memory, with what it changed there.
    pub fn fold(
        &mut self,
        key: &Arc<LogKey>,
        kind: DocumentKind,
        signed: SignedEvent,
        event: &EventHeader,
        delta: Delta,
        store: &impl EventStore,
    ) -> Result<(), StoreError> {
        let cid = signed.cid;
        let at = self.keep(key, kind, signed, event, store)?;
        let log = &mut self.logs[at];
        let at = *log.folded.get_or_insert(self.folded.len());
        if at == self.folded.len() {
            self.folded.push(FoldedDocument {
                log: LogKey::clone(key),
                delta: Delta::default(),
                events: Vec::new(),
                ords: Vec::new(),
                position: 0,
            });
        }
        if let Some(folded) = self.folded.get_mut(at) {
            folded.delta.merge(delta);
            folded.events.push(cid);
            folded.position = log.length;
        }
        Ok(())
    }

    /// Takes an event that is to be stored, whether its document is in memory or not. Gives its log's place.
    pub fn keep(
        &mut self,
        key: &Arc<LogKey>,
        kind: DocumentKind,
        signed: SignedEvent,
        event: &EventHeader,
        store: &impl EventStore,
    ) -> Result<usize, StoreError> {
        let (cid, height) = (signed.cid, event.height);
        self.know(cid, Arc::clone(key), height);
        let at = self.look_at(key, store)?;
        let log = &mut self.logs[at];
        log.kind = Some(kind);
        log.length += 1;
        log.heads
            .retain(|head| Some(head.cid) != event.previous && !event.parents.contains(&head.cid));
        log.heads.push(Head { cid, height });
        log.heads.sort();
        log.chains.insert(
            event.replica,
            Some(ChainState {
                cid,
                seq: event.seq,
                height,
                frozen: false,
            }),
        );
        let new = NewEvent {
            signed,
            replica: event.replica,
            seq: event.seq,
            height,
            outbox: false,
        };
        self.events += 1;
        match self.intake.commits.last_mut() {
            Some(commit) if commit.log == **key => {
                commit.events.push(new);
                commit.heads.clone_from(&log.heads);
            }
            _ => self.intake.commits.push(Commit {
                log: LogKey::clone(key),
                kind,
                events: vec![new],
                heads: log.heads.clone(),
                undo: None,
            }),
        }
        Ok(at)
    }

    /// Freezes a chain; `second` claims a place in it that another event has.
    pub fn fork(
        &mut self,
        log: &Arc<LogKey>,
        replica: ReplicaId,
        second: QuarantinedEvent,
        store: &impl EventStore,
    ) -> Result<(), StoreError> {
        if let Some(Some(tip)) = self.log(log, store)?.chains.get_mut(&replica) {
            tip.frozen = true;
        }
        self.intake.forks.push(ForkedEvent {
            log: LogKey::clone(log),
            replica,
            second,
        });
        Ok(())
    }

    /// Refuses an event.
    pub fn refuse(&mut self, event: QuarantinedEvent) {
        self.intake.quarantined.push(event);
    }

    /// Keeps a state of a document, unless the batch holds enough of them.
    pub fn checkpoint(&mut self, log: &LogKey, position: u64, state: Vec<u8>) {
        self.checkpoint_bytes += state.len();
        if self.checkpoint_bytes <= MAX_CHECKPOINT_BYTES {
            let checkpoint = Checkpoint { position, state };
            self.intake.checkpoints.push((log.clone(), checkpoint));
        }
    }

    /// The events of a log that were folded so far, in folding order.
    pub fn events<'a>(&'a self, log: &'a LogKey) -> impl Iterator<Item = &'a SignedEvent> {
        let of_log = self.commits().filter(move |commit| commit.log == *log);
        let events = of_log.flat_map(|commit| &commit.events);
        events.map(|new| &new.signed)
    }

    /// The logs that were looked at.
    pub fn logs(&self) -> impl Iterator<Item = &Arc<LogKey>> {
        self.logs.iter().map(|log| &log.key)
    }

    /// The logs into which events were folded, with the kinds of their documents.
    pub fn folded_logs(&self) -> Vec<(Arc<LogKey>, DocumentKind)> {
        let folded = self.logs.iter().filter(|log| log.folded.is_some());
        folded
            .filter_map(|log| Some((Arc::clone(&log.key), log.kind?)))
            .collect()
    }

    /// The logs into which events were folded, with how many of each.
    pub fn lengths(&self) -> Vec<(Arc<LogKey>, u64)> {
        let folded = self.logs.iter().filter_map(|log| {
            let folded = &self.folded[log.folded?];
            Some((Arc::clone(&log.key), folded.events.len() as u64))
        });
        folded.collect()
    }

    /// A part of what the store has to take in, when it is large enough to begin with.
    pub fn next_part(&mut self) -> Option<Arc<Intake>> {
        if self.events < PART_EVENTS {
            return None;
        }
        let part = Arc::new(self.take_rest());
        self.begun.push(Arc::clone(&part));
        Some(part)
    }

    /// What the store has to take in and was not given yet.
    pub fn take_rest(&mut self) -> Intake {
        self.events = 0;
        std::mem::take(&mut self.intake)
    }

    /// Whether the store was given a part.
    pub fn has_begun(&self) -> bool {
        !self.begun.is_empty()
    }

    /// The logs of all commits that were not taken out, with how many events each has.
    pub fn commits_by_log(&self) -> Vec<(LogKey, u64)> {
        let commits = self.commits();
        commits
            .map(|commit| (commit.log.clone(), commit.events.len() as u64))
            .collect()
    }

    fn commits(&self) -> impl Iterator<Item = &Commit> {
        let begun = self.begun.iter().flat_map(|part| &part.commits);
        begun.chain(&self.intake.commits)
    }

    /// Tells the `ord`s that the store gave the next events of a log.
    pub fn number(&mut self, log: &LogKey, ords: Range<u64>) {
        if let Some(at) = self.folded_place(log) {
            self.folded[at].ords.extend(ords);
        }
    }

    /// The documents into which events were folded so far.
    pub fn folded(&self) -> &[FoldedDocument] {
        &self.folded
    }

    /// The documents into which events were folded.
    pub fn into_folded(self) -> Vec<FoldedDocument> {
        self.folded
    }

    fn know(&mut self, cid: Cid, log: Arc<LogKey>, height: u64) {
        self.places.insert(cid, Place { log, height });
    }

    /// The place in [`Batch::folded`] of a log's document.
    fn folded_place(&self, log: &LogKey) -> Option<usize> {
        self.logs[*self.by_key.get(log)?].folded
    }

    fn log(&mut self, key: &Arc<LogKey>, store: &impl EventStore) -> Result<&mut Log, StoreError> {
        let at = self.look_at(key, store)?;
        Ok(&mut self.logs[at])
    }

    /// The place of a log in [`Batch::logs`], where it is read from the store when it is not there yet.
    fn look_at(&mut self, key: &Arc<LogKey>, store: &impl EventStore) -> Result<usize, StoreError> {
        if let Some(at) = self.by_key.get(key) {
            return Ok(*at);
        }
        let state = store.log(key)?;
        let heads = state.as_ref().map_or(&[][..], |state| &state.heads);
        for head in heads {
            self.know(head.cid, Arc::clone(key), head.height);
        }
        let at = self.logs.len();
        self.logs.push(Log {
            key: Arc::clone(key),
            kind: state.as_ref().map(|state| state.kind),
            length: state.as_ref().map_or(0, |state| state.length),
            heads: state.map(|state| state.heads).unwrap_or_default(),
            chains: HashMap::new(),
            writers: HashMap::new(),
            base: None,
            folded: None,
        });
        self.by_key.insert(Arc::clone(key), at);
        Ok(at)
    }
}
