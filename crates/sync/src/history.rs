//! The history of one log before its base, as far as it is known: what can be stored next, and what is no part of it.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::ops::Range;

use wissil_dag::{Cid, ReplicaId, SignedEvent};

use crate::arrival::{Arrival, EventHeader};
use crate::ports::{Base, Bounds, ChainState, LogKey, NewEvent};

/// The histories that were looked at.
#[derive(Default)]
pub(crate) struct Histories {
    /// Of logs that have a base.
    pub known: HashMap<LogKey, History>,
    /// Logs whose history is here but does not fold.
    pub broken: HashSet<LogKey>,
}

/// What is known of the history of one log.
///
/// Where a chain was forked before the base, one of the twins is what the base folds: the one from which the chain's end
/// follows. Which one that is shows when the events between them are here; until then the first that comes is taken for
/// it.
#[derive(Default)]
pub(crate) struct History {
    ends: BTreeMap<ReplicaId, ChainState>,
    /// The last event of each chain that is stored, and its number.
    tips: HashMap<ReplicaId, (Cid, u64)>,
    /// The heights of all that is stored.
    heights: HashMap<Cid, u64>,
    /// Events that something authentic continues.
    proven: HashSet<Cid>,
    /// The first event of each chain of which is known that the end follows from it, and its number.
    path: HashMap<ReplicaId, (Cid, u64)>,
    /// Events that the ends follow from, as far as they are known and not stored.
    right: HashSet<Cid>,
    /// The first place of a chain, as far as is known, in which another event is stored than the one that the end follows
    /// from.
    wrong: BTreeMap<ReplicaId, u64>,
    /// Events that the base does not fold, although it folds others in their places.
    aside: HashSet<Cid>,
    /// Events by the one they wait for; by themselves those that nothing proves yet, and those whose place is taken.
    waiting: HashMap<Cid, Vec<Arrival>>,
    /// The ones before those that wait, and their numbers.
    held: HashMap<Cid, (Option<Cid>, u64)>,
    /// How many bytes the blocks of those have, and how much may wait.
    held_bytes: u64,
    bounds: Bounds,
}

/// What came of an event.
#[derive(Default)]
pub(crate) struct Placed {
    /// What can be stored now, in order.
    pub ready: Vec<NewEvent>,
    /// How many were here already.
    pub duplicates: u64,
    /// What is no part of the history, and why.
    pub refused: Vec<(Cid, String)>,
    /// What claims a place of its chain in which the base folds another event.
    pub forked: Vec<(ReplicaId, SignedEvent)>,
}

impl History {
    /// What a base says. `aside` is what is known not to lead to it. Of what has to wait only so much is kept.
    pub fn new(base: &Base, aside: HashSet<Cid>, bounds: Bounds) -> Self {
        let ends = base.chains.iter();
        Self {
            path: ends
                .clone()
                .map(|(replica, end)| (*replica, (end.cid, end.seq)))
                .collect(),
            right: ends.map(|(_, end)| end.cid).collect(),
            ends: base.chains.iter().cloned().collect(),
            aside,
            bounds,
            ..Self::default()
        }
    }

    /// Takes note of an event that is stored.
    pub fn stored(&mut self, cid: Cid, event: &EventHeader) {
        self.heights.insert(cid, event.height);
        self.tips.insert(event.replica, (cid, event.seq));
    }

    /// Takes note that something authentic continues an event.
    pub fn prove(&mut self, cid: Cid) {
        self.proven.insert(cid);
    }

    /// A chain of which other events are stored than those that its end follows from, and the numbers of such events.
    pub fn wrong(&self) -> Option<(ReplicaId, Range<u64>)> {
        let (replica, first) = self.wrong.iter().next()?;
        let (_, tip) = self.tips.get(replica)?;
        Some((*replica, *first..tip + 1))
    }

    /// Takes an event; with it may come what had waited for it.
    pub fn take(&mut self, arrival: Arrival, placed: &mut Placed) {
        let mut queue = VecDeque::from([arrival]);
        while let Some(arrival) = queue.pop_front() {
            let (cid, event) = (arrival.signed.cid, &arrival.header);
            let Some(end) = self.ends.get(&event.replica).cloned() else {
                continue;
            };
            if event.seq > end.seq {
                // It comes after the base: to be ingested.
                continue;
            }
            if self.heights.contains_key(&cid) {
                placed.duplicates += 1;
                continue;
            }
            if !arrival.authentic && !self.proven.contains(&cid) {
                self.wait(cid, arrival);
                continue;
            }
            if let Some(previous) = event.previous
                && !self.heights.contains_key(&previous)
                && self.proven.insert(previous)
            {
                queue.extend(self.freed(&previous));
            }
            let mut refuse = |reason: &str| placed.refused.push((cid, reason.to_owned()));
            if cid == end.cid && event.seq != end.seq {
                refuse("the base has another number for it");
                continue;
            }
            self.follow(event.replica, cid, event);
            if self.is_aside(&cid, event) {
                self.aside.insert(cid);
                queue.extend(self.freed(&cid));
                placed.forked.push((event.replica, arrival.signed));
                continue;
            }
            let mut ancestors = event.previous.iter().chain(&event.parents);
            if let Some(cause) = ancestors.find(|cid| !self.heights.contains_key(*cid)) {
                let cause = *cause;
                self.wait(cause, arrival);
                continue;
            }
            let tip = self.tips.get(&event.replica);
            if tip.is_some_and(|(_, seq)| event.seq <= *seq) {
                // Which of the two is right will show.
                self.wait(cid, arrival);
                continue;
            }
            if event.seq != tip.map_or(0, |(_, seq)| *seq) + 1
                || event.previous != tip.map(|(cid, _)| *cid)
            {
                refuse("it does not continue its chain");
                continue;
            }
            let ancestors = event.previous.iter().chain(&event.parents);
            let greatest = ancestors.filter_map(|cid| self.heights.get(cid)).max();
            if event.height != greatest.copied().unwrap_or(0) + 1 {
                refuse("its height is not what its ancestors make it");
                continue;
            }
            self.stored(cid, event);
            self.proven.remove(&cid);
            self.right.remove(&cid);
            queue.extend(self.freed(&cid));
            placed.ready.push(NewEvent {
                replica: event.replica,
                seq: event.seq,
                height: event.height,
                outbox: false,
                signed: arrival.signed,
            });
        }
    }

    /// What still waits and is authentic when all that the base folds is here: twins, and what follows from them.
    pub fn left_over(self) -> Vec<(ReplicaId, SignedEvent)> {
        let proven = self.proven;
        let waiting = self.waiting.into_values().flatten();
        waiting
            .filter(|arrival| arrival.authentic || proven.contains(arrival.cid()))
            .map(|arrival| (arrival.header.replica, arrival.signed))
            .collect()
    }

    /// Follows the way back from a chain's end, as far as its events are here.
    fn follow(&mut self, replica: ReplicaId, cid: Cid, event: &EventHeader) {
        let mut before = (self.path.get(&replica).map(|(cid, _)| *cid) == Some(cid))
            .then_some((event.previous, event.seq));
        while let Some((Some(previous), seq)) = before {
            let number = seq.saturating_sub(1);
            self.path.insert(replica, (previous, number));
            if !self.heights.contains_key(&previous) {
                self.right.insert(previous);
                if self
                    .tips
                    .get(&replica)
                    .is_some_and(|(_, tip)| number <= *tip)
                {
                    self.wrong.insert(replica, number);
                }
            }
            before = self.held.get(&previous).copied();
        }
    }

    /// Whether an event is known to be another than the one that the base folds in its place.
    fn is_aside(&self, cid: &Cid, event: &EventHeader) -> bool {
        let path = self.path.get(&event.replica);
        let is_off_path =
            !self.right.contains(cid) && path.is_some_and(|(_, seq)| event.seq >= *seq);
        let mut ancestors = event.previous.iter().chain(&event.parents);
        is_off_path || self.aside.contains(cid) || ancestors.any(|cid| self.aside.contains(cid))
    }

    fn wait(&mut self, cause: Cid, arrival: Arrival) {
        let before = (arrival.header.previous, arrival.header.seq);
        let cid = *arrival.cid();
        let (bounds, size) = (self.bounds, arrival.signed.block.len() as u64);
        let is_full = self.held.len() as u64 >= bounds.pending
            || self.held_bytes + size > bounds.pending_bytes;
        if is_full && !self.held.contains_key(&cid) {
            // It has to come again.
            return;
        }
        let list = self.waiting.entry(cause).or_default();
        match list.iter_mut().find(|other| *other.cid() == cid) {
            Some(other) => other.authentic = other.authentic || arrival.authentic,
            None => list.push(arrival),
        }
        if self.held.insert(cid, before).is_none() {
            self.held_bytes += size;
        }
    }

    fn freed(&mut self, cause: &Cid) -> Vec<Arrival> {
        let freed = self.waiting.remove(cause).unwrap_or_default();
        for arrival in &freed {
            if self.held.remove(arrival.cid()).is_some() {
                self.held_bytes -= arrival.signed.block.len() as u64;
            }
        }
        freed
    }
}
