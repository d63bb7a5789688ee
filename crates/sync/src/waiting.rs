//! What waits: which events cannot be folded yet, and for what.

use std::collections::{HashMap, HashSet};

use wissil_dag::{BranchId, Cid, DocumentId, ReplicaId, SignedEvent};

use crate::arrival::{Arrival, EventHeader};
use crate::batch::Batch;
use crate::engine::decode;
use crate::error::EngineError;
use crate::ports::{Bounds, EventStore, PendingEvent, StoreError};

/// The pending events of the store, without their content, and those of a batch that are on their way there.
///
/// One that waits for itself waits for a signature that proves it: its own, or one further on in its chain. All
/// others are authentic.
#[derive(Debug, Default)]
pub(crate) struct Waiting {
    events: HashMap<Cid, Waits>,
    /// Events by what they wait for.
    by_cause: HashMap<Cid, Vec<Cid>>,
    /// Events by the one before them in their chain.
    by_previous: HashMap<Cid, Vec<Cid>>,
    /// Events that were refused and are not in the store yet.
    refused: HashSet<Cid>,
    /// How many bytes the blocks of all that waits have.
    bytes: u64,
    bounds: Bounds,
    /// Events that wait anew, or for something else.
    changed: Vec<Cid>,
}

#[derive(Debug)]
struct Waits {
    branch: BranchId,
    document: DocumentId,
    replica: ReplicaId,
    previous: Option<Cid>,
    parents: Vec<Cid>,
    cause: Cid,
    /// How many bytes its block has.
    size: u64,
    /// The event itself, until it is in the store.
    arrival: Option<Box<Arrival>>,
}

impl Waiting {
    /// What waits in a store.
    pub fn load(store: &impl EventStore) -> Result<Self, EngineError> {
        let mut waiting = Self {
            bounds: store.bounds(),
            ..Self::default()
        };
        if store.counts()?.pending > 0 {
            for pending in store.pending()? {
                let cid = pending.signed.cid;
                let size = pending.signed.block.len();
                let event = EventHeader::of(decode(&pending.signed)?);
                waiting.insert(cid, Waits::of(&event, pending.waits_for, size));
            }
        }
        Ok(waiting)
    }

    /// How many events wait for nothing but a signature that proves them.
    pub fn unproven(&self) -> u64 {
        let events = self.events.iter();
        events.filter(|(cid, waits)| waits.cause == **cid).count() as u64
    }

    /// Whether an event waits, and is known to be authentic.
    pub fn authentic(&self, cid: &Cid) -> Option<bool> {
        self.events.get(cid).map(|waits| waits.cause != *cid)
    }

    /// Whether an authentic event waits that continues the chain after this one.
    pub fn proves(&self, arrival: &Arrival) -> bool {
        let later = self.by_previous.get(arrival.cid()).into_iter().flatten();
        let mut later = later.filter_map(|cid| Some((cid, self.events.get(cid)?)));
        later.any(|(cid, waits)| waits.cause != *cid && waits.is_of_the_chain_of(&arrival.header))
    }

    /// Whether one more event may wait: anybody can send what waits for ever.
    pub fn has_room(&self, arrival: &Arrival) -> bool {
        let size = arrival.signed.block.len() as u64;
        (self.events.len() as u64) < self.bounds.pending
            && self.bytes + size <= self.bounds.pending_bytes
    }

    /// Whether half as many events may wait again as may at all.
    pub fn is_half_empty(&self) -> bool {
        self.events.len() as u64 <= self.bounds.pending / 2
            && self.bytes <= self.bounds.pending_bytes / 2
    }

    /// Lets an event wait; `cause` is itself when it waits for its proof.
    pub fn park(&mut self, arrival: Arrival, cause: Cid) {
        let cid = arrival.signed.cid;
        self.take_out(&cid);
        let mut waits = Waits::of(&arrival.header, cause, arrival.signed.block.len());
        waits.arrival = Some(Box::new(arrival));
        self.insert(cid, waits);
        self.changed.push(cid);
    }

    /// Takes out the events that waited for another, which is folded now.
    pub fn freed_by(
        &mut self,
        cid: &Cid,
        store: &impl EventStore,
    ) -> Result<Vec<Arrival>, EngineError> {
        let freed = self.by_cause.remove(cid).unwrap_or_default();
        self.release(&freed, store)
    }

    /// Takes out the events that waited for what is folded already: a history may have been completed since, or the
    /// program ended before they were folded.
    pub fn freed_before(
        &mut self,
        batch: &mut Batch,
        store: &impl EventStore,
    ) -> Result<Vec<Arrival>, EngineError> {
        let mut freed = Vec::new();
        let mut causes: Vec<Cid> = self.by_cause.keys().copied().collect();
        causes.sort_unstable();
        for cause in causes {
            if batch.place(&cause, store)?.is_some() {
                freed.extend(self.freed_by(&cause, store)?);
            }
        }
        Ok(freed)
    }

    /// Takes out the event before this one in its chain when it waits for its proof, which this one is.
    pub fn proven_by(
        &mut self,
        arrival: &Arrival,
        store: &impl EventStore,
    ) -> Result<Option<Arrival>, EngineError> {
        let Some(previous) = arrival.header.previous else {
            return Ok(None);
        };
        match self.events.get(&previous) {
            Some(waits) if waits.cause == previous && waits.is_of_the_chain_of(&arrival.header) => {
                Ok(self.release(&[previous], store)?.pop())
            }
            _ => Ok(None),
        }
    }

    /// Forgets an event that waits no longer.
    pub fn take_out(&mut self, cid: &Cid) {
        let Some(waits) = self.events.remove(cid) else {
            return;
        };
        self.bytes -= waits.size;
        drop_from(&mut self.by_cause, &waits.cause, cid);
        if let Some(previous) = &waits.previous {
            drop_from(&mut self.by_previous, previous, cid);
        }
    }

    /// Remembers that an event was refused.
    pub fn refuse(&mut self, cid: Cid) {
        self.take_out(&cid);
        self.refused.insert(cid);
    }

    /// The events to be kept as pending, each once; from here on the store has them.
    pub fn take_changed(&mut self) -> Vec<PendingEvent> {
        let mut pending = Vec::new();
        self.refused.clear();
        for cid in std::mem::take(&mut self.changed) {
            if let Some(waits) = self.events.get_mut(&cid)
                && let Some(arrival) = waits.arrival.take()
            {
                pending.push(PendingEvent {
                    signed: arrival.signed,
                    waits_for: waits.cause,
                });
            }
        }
        pending
    }

    /// The ancestors of these events that nobody has sent, each once. What waits for its proof may name anything.
    pub fn missing(
        &self,
        of: impl IntoIterator<Item = Cid>,
        store: &impl EventStore,
    ) -> Result<Vec<Cid>, StoreError> {
        let mut seen = HashSet::new();
        let mut missing = Vec::new();
        for cid in of {
            let Some(waits) = self.events.get(&cid).filter(|waits| waits.cause != cid) else {
                continue;
            };
            for ancestor in waits.previous.iter().chain(&waits.parents) {
                if seen.insert(*ancestor)
                    && !self.events.contains_key(ancestor)
                    && !self.refused.contains(ancestor)
                    && store.place(ancestor)?.is_none()
                    && !store.is_quarantined(ancestor)?
                {
                    missing.push(*ancestor);
                }
            }
        }
        Ok(missing)
    }

    /// All events that wait.
    pub fn all(&self) -> impl Iterator<Item = Cid> {
        self.events.keys().copied()
    }

    fn insert(&mut self, cid: Cid, waits: Waits) {
        self.bytes += waits.size;
        self.by_cause.entry(waits.cause).or_default().push(cid);
        if let Some(previous) = waits.previous {
            self.by_previous.entry(previous).or_default().push(cid);
        }
        self.events.insert(cid, waits);
    }

    /// Takes events out to be looked at again, with their content; being looked at again, they are authentic.
    fn release(
        &mut self,
        cids: &[Cid],
        store: &impl EventStore,
    ) -> Result<Vec<Arrival>, EngineError> {
        let mut stored: HashMap<Cid, SignedEvent> = HashMap::new();
        let mut released = Vec::with_capacity(cids.len());
        for cid in cids {
            let Some(waits) = self.events.get_mut(cid) else {
                continue;
            };
            let arrival = match waits.arrival.take() {
                Some(arrival) => Some(*arrival),
                None => {
                    if !stored.contains_key(cid) {
                        let waiting = store.pending_for(&waits.cause)?.into_iter();
                        stored.extend(waiting.map(|signed| (signed.cid, signed)));
                    }
                    let signed = stored.remove(cid);
                    signed.map(kept).transpose()?
                }
            };
            self.take_out(cid);
            released.extend(arrival.map(|arrival| Arrival {
                authentic: true,
                ..arrival
            }));
        }
        Ok(released)
    }
}

impl Waits {
    fn of(event: &EventHeader, cause: Cid, size: usize) -> Self {
        Self {
            branch: event.branch.clone(),
            document: event.document.clone(),
            replica: event.replica,
            previous: event.previous,
            parents: event.parents.clone(),
            cause,
            size: size as u64,
            arrival: None,
        }
    }

    /// All that waits is of one session.
    fn is_of_the_chain_of(&self, event: &EventHeader) -> bool {
        self.replica == event.replica
            && self.document == event.document
            && self.branch == event.branch
    }
}

/// A pending event of the store, to be looked at again.
fn kept(signed: SignedEvent) -> Result<Arrival, EngineError> {
    let event = decode(&signed)?;
    Ok(Arrival {
        authentic: true,
        ..Arrival::of(signed, event)
    })
}

fn drop_from(lists: &mut HashMap<Cid, Vec<Cid>>, key: &Cid, cid: &Cid) {
    if let Some(list) = lists.get_mut(key) {
        list.retain(|other| other != cid);
        if list.is_empty() {
            lists.remove(key);
        }
    }
}
