//! The history before the base that a log started from: checked, stored, and compared with the base at its end.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};

use wissil_dag::{Cid, DocumentId, ReplicaId};
use wissil_model::{Document, writer_id};

use crate::arrival::Arrival;
use crate::batch::FoldedDocument;
use crate::engine::{Engine, changes, decode};
use crate::error::EngineError;
use crate::ports::{Base, ChainState, EventStore, LogKey, MAX_PENDING, NewEvent};
use crate::waiting::Waiting;

/// What became of events before a base.
#[derive(Debug, Default, PartialEq)]
pub struct Backfilled {
    /// How many were stored.
    pub stored: u64,
    /// How many were here already.
    pub duplicates: u64,
    /// What is no part of the history, and why.
    pub refused: Vec<(Cid, String)>,
    /// The logs of which all history is here now.
    pub complete: Vec<LogKey>,
    /// Those of them whose base was not what the events make; their documents are what the events make now.
    pub false_bases: Vec<LogKey>,
    /// The logs whose history is here but does not fold, and why; they stay as they are.
    pub broken: Vec<(LogKey, String)>,
    /// The documents into which events were folded that had waited for something of the history.
    pub folded: Vec<FoldedDocument>,
}

/// The history of one log as far as it is known.
#[derive(Default)]
pub(crate) struct History {
    ends: BTreeMap<ReplicaId, ChainState>,
    /// The last event of each chain that is stored, and its number.
    tips: HashMap<ReplicaId, (Cid, u64)>,
    /// The heights of all that is stored.
    heights: HashMap<Cid, u64>,
    /// Events that something authentic continues.
    proven: HashSet<Cid>,
    /// Events by the one they wait for; by themselves those that nothing proves yet.
    waiting: HashMap<Cid, Vec<Arrival>>,
    waits: u64,
}

impl<S: EventStore> Engine<S> {
    /// Takes events before the bases that logs started from, in any order. What cannot be placed yet is kept in memory:
    /// after a restart the events have to be given again, from the first on.
    ///
    /// # Errors
    /// A failure of the store, or when more than [`MAX_PENDING`] events of a log wait; nothing of it was stored.
    pub fn backfill(&mut self, arrivals: Vec<Arrival>) -> Result<Backfilled, EngineError> {
        let mut done = Backfilled::default();
        let mut ready: Vec<(LogKey, Vec<NewEvent>)> = Vec::new();
        for arrival in arrivals {
            let log = self.log(&arrival.event.document);
            if arrival.event.session != self.session || arrival.event.branch != self.branch {
                let reason = "it belongs to another session or branch".to_owned();
                done.refused.push((*arrival.cid(), reason));
            } else if let Some(history) = self.history(&log)? {
                let placed = history.take(arrival, &mut done);
                match ready.last_mut() {
                    Some((last, events)) if *last == log => events.extend(placed),
                    _ => ready.push((log, placed)),
                }
            }
        }
        ready.retain(|(_, events)| !events.is_empty());
        let stored: Vec<Cid> = ready
            .iter()
            .flat_map(|(_, events)| events)
            .map(|new| new.signed.cid)
            .collect();
        if self
            .histories
            .values()
            .any(|history| history.waits > MAX_PENDING)
        {
            self.histories.clear();
            return Err(crate::ports::StoreError::Io {
                action: "saved",
                cause: "too many events before a base wait for others".into(),
            }
            .into());
        }
        if !ready.is_empty()
            && let Err(error) = self.store.put_history(ready)
        {
            self.histories.clear();
            return Err(error.into());
        }
        done.stored = stored.len() as u64;
        for (log, missing) in self.store.incomplete()? {
            if missing.have == missing.of {
                self.finish_history(log, missing.of, &mut done)?;
            }
        }
        done.folded = self.fold_freed(&stored)?;
        Ok(done)
    }

    /// Folds what had waited for events of the history.
    fn fold_freed(&mut self, stored: &[Cid]) -> Result<Vec<FoldedDocument>, EngineError> {
        let mut waiting = match self.waiting.take() {
            Some(waiting) => waiting,
            None => Waiting::load(&self.store)?,
        };
        let mut freed = Vec::new();
        for cid in stored {
            waiting.take_out(cid);
            freed.extend(waiting.freed_by(cid, &self.store)?);
        }
        self.waiting = Some(waiting);
        match freed.is_empty() {
            true => Ok(Vec::new()),
            false => Ok(self.ingest_many(freed)?.folded),
        }
    }

    /// What is known of the history of a log that has a base.
    fn history(&mut self, log: &LogKey) -> Result<Option<&mut History>, EngineError> {
        if !self.histories.contains_key(&log.document) {
            let Some(base) = self.store.base(log)? else {
                return Ok(None);
            };
            let mut history = History::new(&base);
            let mut failed = None;
            self.store
                .log_events(log, 1..base.have + 1, &mut |stored| {
                    match decode(&stored.signed) {
                        Ok(event) => {
                            let cid = stored.signed.cid;
                            history.heights.insert(cid, event.height);
                            history.tips.insert(event.replica, (cid, event.seq));
                        }
                        Err(error) => failed = Some(error),
                    }
                    failed.is_none()
                })?;
            if let Some(error) = failed {
                return Err(error);
            }
            // What was folded since proves the ends that it continues.
            for (replica, end) in &base.chains {
                if self
                    .store
                    .chain(log, replica)?
                    .is_some_and(|tip| tip.seq > end.seq)
                {
                    history.proven.insert(end.cid);
                }
            }
            self.histories.insert(log.document.clone(), history);
        }
        Ok(self.histories.get_mut(&log.document))
    }

    /// Folds the history once, compares it with the base, and ends the log's having one.
    fn finish_history(
        &mut self,
        log: LogKey,
        length: u64,
        done: &mut Backfilled,
    ) -> Result<(), EngineError> {
        let Some(state) = self.store.log(&log)? else {
            return Ok(());
        };
        let mut document = Document::new(state.kind, self.writer(&log.document));
        let mut broken = None;
        self.store.log_events(&log, 1..length + 1, &mut |stored| {
            let cid = stored.signed.cid;
            let folded = decode(&stored.signed).and_then(|event| {
                let changes = changes(&event, &cid)?;
                let writer = writer_id(
                    &event.replica,
                    &event.session,
                    &event.branch,
                    &event.document,
                );
                let update = event.update.unwrap_or_default();
                document
                    .fold(writer, &event.event_type, &changes, &update)
                    .map_err(|error| EngineError::DamagedEvent {
                        cid,
                        problem: error.to_string(),
                    })
            });
            broken = folded.err();
            broken.is_none()
        })?;
        if let Some(problem) = broken {
            done.broken.push((log, problem.to_string()));
            return Ok(());
        }
        let base = self.restore(&log, state.kind, length);
        let is_true = base.is_ok_and(|(base, _)| base.projection() == document.projection());
        match is_true {
            true => self.store.complete(&log, None)?,
            false => {
                self.store.complete(&log, Some(&document.checkpoint()))?;
                self.live.remove(&log.document);
                done.false_bases.push(log.clone());
            }
        }
        self.histories.remove(&log.document);
        done.complete.push(log);
        Ok(())
    }
}

impl History {
    fn new(base: &Base) -> Self {
        Self {
            ends: base.chains.iter().cloned().collect(),
            ..Self::default()
        }
    }

    /// Takes an event, and gives what can be stored now, in order.
    fn take(&mut self, arrival: Arrival, done: &mut Backfilled) -> Vec<NewEvent> {
        let mut ready = Vec::new();
        let mut queue = VecDeque::from([arrival]);
        while let Some(arrival) = queue.pop_front() {
            let (cid, event) = (arrival.signed.cid, &arrival.event);
            let Some(end) = self.ends.get(&event.replica).cloned() else {
                continue;
            };
            if event.seq > end.seq {
                // It comes after the base: to be ingested.
                continue;
            }
            if self.heights.contains_key(&cid) {
                done.duplicates += 1;
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
            let mut refuse = |reason: &str| done.refused.push((cid, reason.to_owned()));
            if (event.seq == end.seq) != (cid == end.cid) {
                refuse("the base was made over another event in its place");
                continue;
            }
            let mut ancestors = event.previous.iter().chain(&event.parents);
            if let Some(cause) = ancestors.find(|cid| !self.heights.contains_key(*cid)) {
                let cause = *cause;
                self.wait(cause, arrival);
                continue;
            }
            let ancestors = event.previous.iter().chain(&event.parents);
            let greatest = ancestors.filter_map(|cid| self.heights.get(cid)).max();
            let tip = self.tips.get(&event.replica);
            if event.seq != tip.map_or(0, |(_, seq)| *seq) + 1
                || event.previous != tip.map(|(cid, _)| *cid)
            {
                refuse("it does not continue its chain");
                continue;
            }
            if event.height != greatest.copied().unwrap_or(0) + 1 {
                refuse("its height is not what its ancestors make it");
                continue;
            }
            self.heights.insert(cid, event.height);
            self.tips.insert(event.replica, (cid, event.seq));
            self.proven.remove(&cid);
            queue.extend(self.freed(&cid));
            ready.push(NewEvent {
                replica: event.replica,
                seq: event.seq,
                height: event.height,
                outbox: false,
                signed: arrival.signed,
            });
        }
        ready
    }

    fn wait(&mut self, cause: Cid, arrival: Arrival) {
        let list = self.waiting.entry(cause).or_default();
        if !list.iter().any(|other| other.cid() == arrival.cid()) {
            list.push(arrival);
            self.waits += 1;
        }
    }

    fn freed(&mut self, cause: &Cid) -> Vec<Arrival> {
        let freed = self.waiting.remove(cause).unwrap_or_default();
        self.waits -= freed.len() as u64;
        freed
    }
}

/// The histories of documents that have a base, as far as they were looked at.
pub(crate) type Histories = HashMap<DocumentId, History>;
