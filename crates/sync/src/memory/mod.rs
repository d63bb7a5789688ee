//! The stores in memory: plain and obviously correct, the measure of the others.

mod history;
mod intake;
mod objects;
mod retreat;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use wissil_dag::{Cid, DocumentId, Event, ReplicaId, SessionId, SignedEvent, UserId};
use wissil_model::DocumentKind;

use crate::ports::{
    Acknowledged, Base, Bounds, ChainState, Checkpoint, Completion, Cursor, EventStore, Head,
    Intake, LogKey, LogState, Missing, Moment, NewEvent, PendingEvent, QuarantinedEvent, Retreat,
    StoreCounts, StoreError, StoredEvent, UndoEntry, UndoSide,
};
use crate::shared::SharedCheckpoint;

pub use objects::MemoryObjects;

/// An [`EventStore`] that ends with the process.
#[derive(Clone, Debug)]
pub struct MemoryStore {
    session: SessionId,
    bounds: Bounds,
    logs: BTreeMap<LogKey, Log>,
    /// By `ord`.
    events: BTreeMap<u64, Folded>,
    by_cid: BTreeMap<Cid, u64>,
    /// The last `ord` that is given or kept free.
    last_ord: u64,
    outbox: BTreeSet<u64>,
    cursors: BTreeMap<String, Cursor>,
    undo: Vec<Undo>,
    next_undo: u64,
    pending: Vec<PendingEvent>,
    quarantined: Vec<QuarantinedEvent>,
    /// The parts of an intake that is not whole yet.
    begun: Vec<Arc<Intake>>,
}

#[derive(Clone, Debug)]
struct Log {
    kind: DocumentKind,
    heads: Vec<Head>,
    length: u64,
    /// The `ord`s of its events, by position.
    events: BTreeMap<u64, u64>,
    chains: BTreeMap<ReplicaId, ChainState>,
    checkpoints: BTreeMap<u64, Vec<u8>>,
    base: Option<LogBase>,
}

/// What a log started from, and the range of `ord`s for what was before.
#[derive(Clone, Debug)]
struct LogBase {
    base: Base,
    state: Vec<u8>,
    heads: Vec<Head>,
    ords: Range<u64>,
}

#[derive(Clone, Debug)]
struct Folded {
    position: u64,
    log: LogKey,
    replica: ReplicaId,
    seq: u64,
    height: u64,
    /// When it counts as made.
    at: u64,
    signed: SignedEvent,
}

impl Folded {
    fn new(log: &LogKey, position: u64, new: &NewEvent, at: u64) -> Self {
        Self {
            at,
            position,
            log: log.clone(),
            replica: new.replica,
            seq: new.seq,
            height: new.height,
            signed: new.signed.clone(),
        }
    }
}

/// The entries stand in the order in which they came to their side.
#[derive(Clone, Debug)]
struct Undo {
    log: LogKey,
    user: UserId,
    side: UndoSide,
    entry: UndoEntry,
}

impl MemoryStore {
    /// An empty store of a session.
    #[must_use]
    pub fn new(session: SessionId) -> Self {
        Self {
            session,
            bounds: Bounds::default(),
            logs: BTreeMap::new(),
            events: BTreeMap::new(),
            last_ord: 0,
            by_cid: BTreeMap::new(),
            outbox: BTreeSet::new(),
            cursors: BTreeMap::new(),
            undo: Vec::new(),
            next_undo: 1,
            pending: Vec::new(),
            quarantined: Vec::new(),
            begun: Vec::new(),
        }
    }

    /// The same store with other bounds than [`Bounds::default`].
    #[must_use]
    pub fn with_bounds(mut self, bounds: Bounds) -> Self {
        self.bounds = bounds;
        self
    }

    /// Nothing else is written while an intake is not whole.
    fn check_whole(&self) -> Result<(), StoreError> {
        match self.begun.is_empty() {
            true => Ok(()),
            false => conflict("an intake is not whole yet"),
        }
    }

    /// When an event counts as made: not before what it builds on, as far as that is here.
    fn at_of(&self, event: &Event) -> u64 {
        let ancestors = event.previous.iter().chain(&event.parents);
        let ords = ancestors.filter_map(|cid| self.by_cid.get(cid));
        let times = ords.filter_map(|ord| Some(self.folded(*ord)?.at));
        times.fold(event.time, u64::max)
    }

    fn folded(&self, ord: u64) -> Option<&Folded> {
        self.events.get(&ord)
    }

    /// The events of a chain with their `ord`s, in order.
    fn events_of_chain(
        &self,
        log: &LogKey,
        replica: &ReplicaId,
    ) -> impl Iterator<Item = (&u64, &Folded)> {
        let ords = self.logs.get(log).map(|log| log.events.values());
        let events = ords.into_iter().flatten();
        let replica = *replica;
        events
            .filter_map(|ord| Some((ord, self.folded(*ord)?)))
            .filter(move |(_, folded)| folded.replica == replica)
    }

    fn stored(&self, ord: u64) -> Option<StoredEvent> {
        let folded = self.folded(ord)?;
        Some(StoredEvent {
            ord,
            position: folded.position,
            log: folded.log.clone(),
            signed: folded.signed.clone(),
            in_outbox: self.outbox.contains(&ord),
        })
    }
}

impl EventStore for MemoryStore {
    fn session(&self) -> &SessionId {
        &self.session
    }

    fn logs(&self) -> Result<Vec<(LogKey, LogState)>, StoreError> {
        let logs = self.logs.iter();
        Ok(logs
            .map(|(key, log)| (key.clone(), log_state(log)))
            .collect())
    }

    fn log(&self, log: &LogKey) -> Result<Option<LogState>, StoreError> {
        Ok(self.logs.get(log).map(log_state))
    }

    fn chain(&self, log: &LogKey, replica: &ReplicaId) -> Result<Option<ChainState>, StoreError> {
        let log = self.logs.get(log);
        Ok(log.and_then(|log| log.chains.get(replica)).cloned())
    }

    fn chains(&self) -> Result<Vec<(LogKey, ReplicaId, ChainState)>, StoreError> {
        let chains = self.logs.iter().flat_map(|(key, log)| {
            let chains = log.chains.iter();
            chains.map(|(replica, tip)| (key.clone(), *replica, tip.clone()))
        });
        Ok(chains.collect())
    }

    fn chains_of(&self, log: &LogKey) -> Result<Vec<(ReplicaId, ChainState)>, StoreError> {
        let chains = self.logs.get(log).map(|log| log.chains.iter());
        let chains = chains.into_iter().flatten();
        Ok(chains
            .map(|(replica, tip)| (*replica, tip.clone()))
            .collect())
    }

    fn chain_events(
        &self,
        log: &LogKey,
        replica: &ReplicaId,
        seqs: Range<u64>,
        visit: &mut dyn FnMut(StoredEvent) -> bool,
    ) -> Result<(), StoreError> {
        for (ord, folded) in self.events_of_chain(log, replica) {
            if seqs.contains(&folded.seq)
                && let Some(stored) = self.stored(*ord)
                && !visit(stored)
            {
                break;
            }
        }
        Ok(())
    }

    fn place(&self, cid: &Cid) -> Result<Option<(LogKey, u64)>, StoreError> {
        let folded = self.by_cid.get(cid).and_then(|ord| self.folded(*ord));
        let place = folded.map(|folded| (folded.log.clone(), folded.height));
        Ok(place.or_else(|| self.end_of_base(cid)))
    }

    fn event(&self, cid: &Cid) -> Result<Option<StoredEvent>, StoreError> {
        let ord = self.by_cid.get(cid);
        Ok(ord.and_then(|ord| self.stored(*ord)))
    }

    fn log_events(
        &self,
        log: &LogKey,
        positions: Range<u64>,
        visit: &mut dyn FnMut(StoredEvent) -> bool,
    ) -> Result<(), StoreError> {
        let ords = self.logs.get(log).map(|log| &log.events);
        for (position, ord) in ords.into_iter().flatten() {
            if positions.contains(position)
                && let Some(stored) = self.stored(*ord)
                && !visit(stored)
            {
                break;
            }
        }
        Ok(())
    }

    fn events(&self, visit: &mut dyn FnMut(StoredEvent) -> bool) -> Result<(), StoreError> {
        let mut events = self.events.keys().filter_map(|ord| self.stored(*ord));
        events.all(visit);
        Ok(())
    }

    fn history(
        &self,
        before: Option<&Moment>,
        limit: usize,
        document: Option<&DocumentId>,
    ) -> Result<Vec<StoredEvent>, StoreError> {
        let events = self.events.iter();
        let mut moments: Vec<(Moment, u64)> = events
            .filter(|(_, of)| document.is_none_or(|document| of.log.document == *document))
            .map(|(ord, of)| (moment(of), *ord))
            .filter(|(moment, _)| before.is_none_or(|before| moment < before))
            .collect();
        moments.sort_unstable();
        let newest = moments.into_iter().rev().take(limit);
        Ok(newest.filter_map(|(_, ord)| self.stored(ord)).collect())
    }

    fn last_ord(&self) -> Result<u64, StoreError> {
        Ok(self.events.keys().next_back().copied().unwrap_or(0))
    }

    fn moment(&self, cid: &Cid) -> Result<Option<Moment>, StoreError> {
        let folded = self.by_cid.get(cid).and_then(|ord| self.folded(*ord));
        Ok(folded.map(moment))
    }

    fn take_in(&mut self, intake: Intake) -> Result<Vec<u64>, StoreError> {
        let things = intake.commits.len()
            + intake.forks.len()
            + intake.pending.len()
            + intake.checkpoints.len();
        let begun = std::mem::take(&mut self.begun);
        if things <= 1 && begun.is_empty() {
            return self.take_in_order(intake);
        }
        let mut after = self.clone();
        let mut ords = Vec::new();
        for part in begun {
            ords.extend(after.take_in_order(Intake::clone(&part))?);
        }
        ords.extend(after.take_in_order(intake)?);
        *self = after;
        Ok(ords)
    }

    fn begin(&mut self, part: Arc<Intake>) -> Result<(), StoreError> {
        self.begun.push(part);
        Ok(())
    }

    fn give_up(&mut self) -> Result<(), StoreError> {
        self.begun.clear();
        Ok(())
    }

    fn undo_entry(
        &self,
        log: &LogKey,
        user: &UserId,
        side: UndoSide,
    ) -> Result<Option<UndoEntry>, StoreError> {
        let mut newest_first = self.undo.iter().rev();
        let next = newest_first
            .find(|undo| (&undo.log, &undo.user, undo.side) == (log, user, side))
            .map(|undo| undo.entry.clone());
        Ok(next)
    }

    fn undo_entry_of(
        &self,
        log: &LogKey,
        user: &UserId,
        event: &Cid,
    ) -> Result<Option<UndoEntry>, StoreError> {
        let done = (log, user, UndoSide::Done);
        let found = self.undo.iter().find(|undo| {
            (&undo.log, &undo.user, undo.side) == done && undo.entry.events.contains(event)
        });
        Ok(found.map(|undo| undo.entry.clone()))
    }

    fn checkpoint(&self, log: &LogKey, at_most: u64) -> Result<Option<Checkpoint>, StoreError> {
        let Some(log) = self.logs.get(log) else {
            return Ok(None);
        };
        let newest = log.checkpoints.range(..=at_most).next_back();
        let base = log.base.as_ref().map(|of| (&of.base.length, &of.state));
        let base = base.filter(|(length, _)| **length <= at_most);
        Ok(newest.or(base).map(|(position, state)| Checkpoint {
            position: *position,
            state: state.clone(),
        }))
    }

    fn put_checkpoint(&mut self, log: &LogKey, checkpoint: &Checkpoint) -> Result<(), StoreError> {
        self.check_whole()?;
        self.take_checkpoint(log, checkpoint)
    }

    fn outbox(&self, after: u64, limit: usize) -> Result<Vec<StoredEvent>, StoreError> {
        let later = self.outbox.range(after.saturating_add(1)..);
        let oldest = later.take(limit);
        Ok(oldest.filter_map(|ord| self.stored(*ord)).collect())
    }

    fn acknowledge(&mut self, events: &[Cid]) -> Result<(), StoreError> {
        self.check_whole()?;
        for at in events.iter().filter_map(|cid| self.by_cid.get(cid)) {
            self.outbox.remove(at);
        }
        Ok(())
    }

    fn acknowledged(&self, after: u64, limit: usize) -> Result<Vec<Acknowledged>, StoreError> {
        let later = self.events.range(after.saturating_add(1)..);
        let acknowledged = later.filter(|(ord, _)| !self.outbox.contains(ord));
        let events = acknowledged.filter_map(|(ord, folded)| {
            Some(Acknowledged {
                ord: *ord,
                kind: self.logs.get(&folded.log)?.kind,
                replica: folded.replica,
                cid: folded.signed.cid,
            })
        });
        Ok(events.take(limit).collect())
    }

    fn send_again(&mut self, ords: &[u64]) -> Result<(), StoreError> {
        self.check_whole()?;
        let known = ords.iter().filter(|ord| self.events.contains_key(ord));
        self.outbox.extend(known);
        Ok(())
    }

    fn requeue(
        &mut self,
        log: &LogKey,
        replica: &ReplicaId,
        from_seq: u64,
    ) -> Result<u64, StoreError> {
        self.check_whole()?;
        let mut lost = Vec::new();
        self.chain_events(log, replica, from_seq..u64::MAX, &mut |stored| {
            lost.push(stored.ord);
            true
        })?;
        let added = lost.into_iter().map(|ord| self.outbox.insert(ord));
        Ok(added.filter(|added| *added).count() as u64)
    }

    fn cursor(&self, stream: &str) -> Result<Option<Cursor>, StoreError> {
        Ok(self.cursors.get(stream).cloned())
    }

    fn set_cursor(&mut self, stream: &str, cursor: &Cursor) -> Result<(), StoreError> {
        self.check_whole()?;
        self.cursors.insert(stream.to_owned(), cursor.clone());
        Ok(())
    }

    fn pending_for(&self, cid: &Cid) -> Result<Vec<SignedEvent>, StoreError> {
        let waiting = self.pending.iter().filter(|kept| kept.waits_for == *cid);
        Ok(waiting.map(|kept| kept.signed.clone()).collect())
    }

    fn pending(&self) -> Result<Vec<PendingEvent>, StoreError> {
        Ok(self.pending.clone())
    }

    fn bounds(&self) -> Bounds {
        self.bounds
    }

    fn is_quarantined(&self, cid: &Cid) -> Result<bool, StoreError> {
        Ok(self
            .quarantined
            .iter()
            .any(|event| event.signed.cid == *cid))
    }

    fn quarantined(&self) -> Result<Vec<QuarantinedEvent>, StoreError> {
        Ok(self.quarantined.clone())
    }

    fn start_from(&mut self, bases: Vec<SharedCheckpoint>) -> Result<(), StoreError> {
        self.check_whole()?;
        self.start(bases)
    }

    fn base(&self, log: &LogKey) -> Result<Option<Base>, StoreError> {
        let base = self.logs.get(log).and_then(|log| log.base.as_ref());
        Ok(base.map(|of| of.base.clone()))
    }

    fn incomplete(&self) -> Result<Vec<(LogKey, Missing)>, StoreError> {
        let bases = self.logs.iter().filter_map(|(key, log)| {
            let base = &log.base.as_ref()?.base;
            let (have, of) = (base.have, base.length);
            Some((key.clone(), Missing { have, of }))
        });
        Ok(bases.collect())
    }

    fn put_history(&mut self, history: Vec<(LogKey, Vec<NewEvent>)>) -> Result<(), StoreError> {
        self.check_whole()?;
        let mut after = self.clone();
        for (log, events) in &history {
            after.take_history(log, events)?;
        }
        *self = after;
        Ok(())
    }

    fn forget_history(&mut self, log: &LogKey, from: u64) -> Result<(), StoreError> {
        self.check_whole()?;
        self.drop_history(log, from)
    }

    fn complete(&mut self, log: &LogKey, completion: Completion) -> Result<(), StoreError> {
        self.check_whole()?;
        let mut after = self.clone();
        after.end_base(log, completion)?;
        *self = after;
        Ok(())
    }

    fn retreat(&mut self, retreat: Retreat) -> Result<(), StoreError> {
        self.check_whole()?;
        let mut after = self.clone();
        after.take_back(retreat)?;
        *self = after;
        Ok(())
    }

    fn counts(&self) -> Result<StoreCounts, StoreError> {
        Ok(StoreCounts {
            events: self.logs.values().map(|log| log.length).sum(),
            outbox: self.outbox.len() as u64,
            pending: self.pending.len() as u64,
            quarantined: self.quarantined.len() as u64,
        })
    }
}

fn conflict<T>(problem: impl Into<String>) -> Result<T, StoreError> {
    Err(StoreError::Conflict(problem.into()))
}

fn moment(folded: &Folded) -> Moment {
    Moment {
        at: folded.at,
        height: folded.height,
        cid: folded.signed.cid,
    }
}

fn decoded(signed: &SignedEvent) -> Result<Event, StoreError> {
    Event::decode_trusted(&signed.block).map_err(|error| StoreError::Conflict(error.to_string()))
}

fn log_state(log: &Log) -> LogState {
    LogState {
        kind: log.kind,
        length: log.length,
        heads: log.heads.clone(),
    }
}
