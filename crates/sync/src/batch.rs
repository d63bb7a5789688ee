//! What a batch of arrivals has changed so far, before it is in the store.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::ops::Range;

use wissil_dag::{Cid, DocumentId, Event, ReplicaId, SignedEvent};
use wissil_model::{Delta, DocumentKind};

use crate::ports::{
    Base, ChainState, Checkpoint, Commit, EventStore, ForkedEvent, Head, Intake, LogKey, NewEvent,
    QuarantinedEvent, StoreError,
};

/// Most bytes of checkpoints that one batch keeps; without the others, seeking into it takes longer.
const MAX_CHECKPOINT_BYTES: usize = 32 << 20;

/// A document into which events were folded.
#[derive(Clone, Debug, PartialEq)]
pub struct FoldedDocument {
    /// The document.
    pub document: DocumentId,
    /// What changed, all in all.
    pub delta: Delta,
    /// The events, in folding order.
    pub events: Vec<Cid>,
    /// Their places in the order over all logs; empty before they are saved.
    pub ords: Vec<u64>,
    /// How many events the document holds now.
    pub position: u64,
}

/// What a batch has folded so far, and what it found in the store.
#[derive(Default)]
pub(crate) struct Batch {
    intake: Intake,
    /// The documents in the order in which they were first folded into.
    folded: Vec<FoldedDocument>,
    logs: HashMap<DocumentId, Log>,
    /// Where events are: those folded here, and what was looked up of the others.
    places: HashMap<Cid, Place>,
    checkpoint_bytes: usize,
}

/// Where a folded event is.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub log: LogKey,
    pub height: u64,
}

/// A log as it is after the batch so far.
struct Log {
    /// None before its first event.
    kind: Option<DocumentKind>,
    length: u64,
    heads: Vec<Head>,
    chains: HashMap<ReplicaId, Option<ChainState>>,
    /// What it started from, once it was needed.
    base: Option<Option<Base>>,
    /// Its place in [`Batch::folded`].
    folded: Option<usize>,
}

impl Batch {
    /// The kind of a log's document; none before its first event.
    pub fn kind(
        &mut self,
        log: &LogKey,
        store: &impl EventStore,
    ) -> Result<Option<DocumentKind>, StoreError> {
        Ok(self.log(log, store)?.kind)
    }

    /// The end of a chain.
    pub fn chain(
        &mut self,
        log: &LogKey,
        replica: &ReplicaId,
        store: &impl EventStore,
    ) -> Result<Option<ChainState>, StoreError> {
        if let Some(tip) = self.log(log, store)?.chains.get(replica) {
            return Ok(tip.clone());
        }
        let tip = store.chain(log, replica)?;
        if let Some(tip) = &tip {
            self.know(tip.cid, log, tip.height);
        }
        let chains = &mut self.log(log, store)?.chains;
        chains.insert(*replica, tip.clone());
        Ok(tip)
    }

    /// The end in its log's base of the chain of an event that is before the base.
    pub fn end_of_history(
        &mut self,
        log: &LogKey,
        event: &Event,
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
            && self.is_folded(cid, &log, store)?
        {
            self.know(*cid, &log, height);
        }
        Ok(self.places.get(cid))
    }

    fn is_folded(
        &mut self,
        cid: &Cid,
        log: &LogKey,
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

    fn base(&mut self, key: &LogKey, store: &impl EventStore) -> Result<&Option<Base>, StoreError> {
        let log = self.log(key, store)?;
        let base = match log.base.take() {
            Some(base) => base,
            None => store.base(key)?,
        };
        Ok(log.base.insert(base))
    }

    /// Takes an event that was folded into the document in memory.
    pub fn fold(
        &mut self,
        key: &LogKey,
        kind: DocumentKind,
        signed: SignedEvent,
        event: &Event,
        delta: Delta,
        store: &impl EventStore,
    ) -> Result<(), StoreError> {
        let (cid, height) = (signed.cid, event.height);
        self.know(cid, key, height);
        let at = self.folded.len();
        let log = self.log(key, store)?;
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
        let at = *log.folded.get_or_insert(at);
        let (heads, position) = (log.heads.clone(), log.length);

        let new = NewEvent {
            signed,
            replica: event.replica,
            seq: event.seq,
            height,
            outbox: false,
        };
        match self.intake.commits.last_mut() {
            Some(commit) if commit.log == *key => {
                commit.events.push(new);
                commit.heads = heads;
            }
            _ => self.intake.commits.push(Commit {
                log: key.clone(),
                kind,
                events: vec![new],
                heads,
                undo: None,
            }),
        }
        if at == self.folded.len() {
            self.folded.push(FoldedDocument {
                document: key.document.clone(),
                delta: Delta::default(),
                events: Vec::new(),
                ords: Vec::new(),
                position: 0,
            });
        }
        if let Some(folded) = self.folded.get_mut(at) {
            folded.delta.merge(delta);
            folded.events.push(cid);
            folded.position = position;
        }
        Ok(())
    }

    /// Freezes a chain; `second` claims a place in it that another event has.
    pub fn fork(
        &mut self,
        log: &LogKey,
        replica: ReplicaId,
        second: QuarantinedEvent,
        store: &impl EventStore,
    ) -> Result<(), StoreError> {
        if let Some(Some(tip)) = self.log(log, store)?.chains.get_mut(&replica) {
            tip.frozen = true;
        }
        self.intake.forks.push(ForkedEvent {
            log: log.clone(),
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
        let commits = self.intake.commits.iter();
        let events = commits
            .filter(move |commit| commit.log == *log)
            .flat_map(|commit| &commit.events);
        events.map(|new| &new.signed)
    }

    /// The documents that were looked at.
    pub fn documents(&self) -> impl Iterator<Item = &DocumentId> {
        self.logs.keys()
    }

    /// What the store has to take in.
    pub fn take_intake(&mut self) -> Intake {
        std::mem::take(&mut self.intake)
    }

    /// Tells the `ord`s that the store gave the next events of a log.
    pub fn number(&mut self, log: &LogKey, ords: Range<u64>) {
        let at = self.logs.get(&log.document).and_then(|log| log.folded);
        if let Some(folded) = at.and_then(|at| self.folded.get_mut(at)) {
            folded.ords.extend(ords);
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

    fn know(&mut self, cid: Cid, log: &LogKey, height: u64) {
        let log = log.clone();
        self.places.insert(cid, Place { log, height });
    }

    fn log(&mut self, key: &LogKey, store: &impl EventStore) -> Result<&mut Log, StoreError> {
        match self.logs.entry(key.document.clone()) {
            Entry::Occupied(log) => Ok(log.into_mut()),
            Entry::Vacant(vacant) => {
                let state = store.log(key)?;
                let heads = state.as_ref().map_or(&[][..], |state| &state.heads);
                for head in heads {
                    let place = Place {
                        log: key.clone(),
                        height: head.height,
                    };
                    self.places.insert(head.cid, place);
                }
                Ok(vacant.insert(Log {
                    kind: state.as_ref().map(|state| state.kind),
                    length: state.as_ref().map_or(0, |state| state.length),
                    heads: state.map(|state| state.heads).unwrap_or_default(),
                    chains: HashMap::new(),
                    base: None,
                    folded: None,
                }))
            }
        }
    }
}
