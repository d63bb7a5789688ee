//! The history before the base that a log started from: checked, stored, and compared with the base at its end.

use std::collections::HashSet;

use wissil_dag::{Cid, ReplicaId, SignedEvent};
use wissil_model::{Document, ForeignEdit, writer_id};

use crate::arrival::{Arrival, EventHeader};
use crate::batch::FoldedDocument;
use crate::engine::{Engine, decode, unreadable};
use crate::error::EngineError;
use crate::history::{Histories, History, Placed};
use crate::live::Live;
use crate::ports::{
    Checkpoint, Completion, EventStore, ForkedEvent, Intake, LogKey, LogState, NewEvent,
    PendingEvent, QuarantinedEvent,
};

/// What became of events before a base.
#[derive(Debug, Default, PartialEq)]
pub struct Backfilled {
    /// How many were stored.
    pub stored: u64,
    /// How many were here already.
    pub duplicates: u64,
    /// What is no part of the history, and why.
    pub refused: Vec<(Cid, String)>,
    /// What claims a place of its chain in which the base folds another event; it is kept and shown, and the chain is
    /// frozen.
    pub forked: Vec<Cid>,
    /// How many stored events were given up, because they followed from such an event: all events before the base have
    /// to be given again.
    pub forgotten: u64,
    /// The logs of which all history is here now.
    pub complete: Vec<LogKey>,
    /// Those of them whose base was not what the events make; their documents are what the events make now.
    pub false_bases: Vec<LogKey>,
    /// The logs whose history is here but does not fold, and why; they stay as they are.
    pub broken: Vec<(LogKey, String)>,
    /// The documents into which events were folded: what had waited for something of the history.
    pub folded: Vec<FoldedDocument>,
}

impl<S: EventStore> Engine<S> {
    /// Takes events before the bases that logs started from, in any order. What cannot be placed yet is kept in memory:
    /// after a restart the events have to be given again, from the first on, and so have those of which too many waited.
    ///
    /// Where a log's history is all here, its events are taken as [`Engine::ingest_many`] takes them: one may be a twin.
    ///
    /// # Errors
    /// A failure of the store. What was stored until then is sound, and giving the same again goes on from there.
    pub fn backfill(&mut self, arrivals: Vec<Arrival>) -> Result<Backfilled, EngineError> {
        self.check_all_saved()?;
        let filled = self.fill(arrivals);
        if filled.is_err() {
            // What is in memory is not what is stored.
            self.histories = Histories::default();
            self.waiting = None;
        }
        filled
    }

    fn fill(&mut self, arrivals: Vec<Arrival>) -> Result<Backfilled, EngineError> {
        let mut done = Backfilled::default();
        let mut ready: Vec<(LogKey, Vec<NewEvent>)> = Vec::new();
        let mut forks = Vec::new();
        let mut others = Vec::new();
        for arrival in arrivals {
            let log = LogKey {
                branch: arrival.header.branch.clone(),
                document: arrival.header.document.clone(),
            };
            if arrival.header.session != self.session {
                let reason = "it belongs to another session".to_owned();
                done.refused.push((*arrival.cid(), reason));
                continue;
            }
            if !self.follows(&log) {
                others.push(arrival);
                continue;
            }
            let Some(history) = self.history(&log)? else {
                others.push(arrival);
                continue;
            };
            let mut placed = Placed::default();
            history.take(arrival, &mut placed);
            done.duplicates += placed.duplicates;
            done.refused.extend(placed.refused);
            forks.extend(placed.forked.into_iter().map(|twin| fork(&log, twin)));
            match ready.last_mut() {
                Some((last, events)) if *last == log => events.extend(placed.ready),
                _ if placed.ready.is_empty() => {}
                _ => ready.push((log, placed.ready)),
            }
        }
        self.store_history(ready, &mut done)?;
        self.freeze(forks, &mut done)?;
        self.give_up_wrong(&mut done)?;
        for (log, missing) in self.store.incomplete()? {
            if missing.have == missing.of && !self.histories.broken.contains(&log) {
                self.finish_history(log, missing.of, &mut done)?;
            }
        }
        if !done.complete.is_empty() {
            // More may be folded now than what waits in memory knows of.
            self.waiting = None;
        }
        if self.waiting.is_none() || !others.is_empty() {
            let taken = self.ingest_many(others)?;
            done.duplicates += taken.duplicates;
            done.forked.extend(taken.forked);
            done.folded = taken.folded;
        }
        Ok(done)
    }

    fn store_history(
        &mut self,
        ready: Vec<(LogKey, Vec<NewEvent>)>,
        done: &mut Backfilled,
    ) -> Result<(), EngineError> {
        if ready.is_empty() {
            return Ok(());
        }
        for new in ready.iter().flat_map(|(_, events)| events) {
            done.stored += 1;
            if let Some(waiting) = &mut self.waiting {
                waiting.take_out(&new.signed.cid);
            }
        }
        Ok(self.store.put_history(ready)?)
    }

    /// Freezes the chains of twins, and keeps those that the base does not fold.
    fn freeze(
        &mut self,
        forks: Vec<ForkedEvent>,
        done: &mut Backfilled,
    ) -> Result<(), EngineError> {
        if forks.is_empty() {
            return Ok(());
        }
        for fork in &forks {
            done.forked.push(fork.second.signed.cid);
            if let Some(waiting) = &mut self.waiting {
                waiting.refuse(fork.second.signed.cid);
            }
        }
        self.store.take_in(Intake {
            forks,
            ..Intake::default()
        })?;
        Ok(())
    }

    /// Gives up what is stored of a chain where the base folds a twin of it, and whatever came after that.
    fn give_up_wrong(&mut self, done: &mut Backfilled) -> Result<(), EngineError> {
        let histories = self.histories.known.iter();
        let wrong: Vec<_> = histories
            .filter_map(|(log, history)| Some((log.clone(), history.wrong()?)))
            .collect();
        for (log, (replica, seqs)) in wrong {
            let mut twins = Vec::new();
            let mut from = None;
            self.store
                .chain_events(&log, &replica, seqs, &mut |stored| {
                    from = from.or(Some(stored.position));
                    twins.push((replica, stored.signed));
                    true
                })?;
            let have = self.store.base(&log)?.map_or(0, |base| base.have);
            if let Some(from) = from {
                self.store.forget_history(&log, from)?;
                done.forgotten += (have + 1).saturating_sub(from);
            }
            let forks = twins.into_iter().map(|twin| fork(&log, twin)).collect();
            self.freeze(forks, done)?;
            self.histories.known.remove(&log);
        }
        Ok(())
    }

    /// What is known of the history of a log that has a base.
    fn history(&mut self, log: &LogKey) -> Result<Option<&mut History>, EngineError> {
        if !self.histories.known.contains_key(log) {
            let Some(base) = self.store.base(log)? else {
                return Ok(None);
            };
            let mut history = History::new(&base, self.refused_of(log)?, self.store.bounds());
            let mut failed = None;
            self.store
                .log_events(log, 1..base.have + 1, &mut |stored| {
                    match decode(&stored.signed) {
                        Ok(event) => history.stored(stored.signed.cid, &EventHeader::of(event)),
                        Err(error) => failed = Some(error),
                    }
                    failed.is_none()
                })?;
            if let Some(error) = failed {
                return Err(error);
            }
            // What was folded since proves the ends that it continues.
            for (replica, end) in &base.chains {
                let tip = self.store.chain(log, replica)?;
                if tip.is_some_and(|tip| tip.seq > end.seq) {
                    history.prove(end.cid);
                }
            }
            self.histories.known.insert(log.clone(), history);
        }
        Ok(self.histories.known.get_mut(log))
    }

    /// The refused events of a log; of those before its base, twins of what the base folds.
    fn refused_of(&self, log: &LogKey) -> Result<HashSet<Cid>, EngineError> {
        let mut refused = HashSet::new();
        if self.store.counts()?.quarantined > 0 {
            for event in self.store.quarantined()? {
                let opened = event.signed.open();
                if opened.is_ok_and(|event| self.log(&event.document) == *log) {
                    refused.insert(event.signed.cid);
                }
            }
        }
        Ok(refused)
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
        let truth = match self.fold_history(&log, &state, length)? {
            Ok(truth) => truth,
            Err(problem) => {
                self.histories.broken.insert(log.clone());
                done.broken.push((log, problem));
                return Ok(());
            }
        };
        let checkpoint = Checkpoint {
            position: length,
            state: truth.checkpoint(),
        };
        let base = self.store.checkpoint(&log, length);
        // To the byte: what is built on a state depends on more than what it shows.
        let is_same = matches!(base, Ok(Some(base)) if base == checkpoint);
        let history = self.histories.known.remove(&log);
        let twins = history.map(History::left_over).unwrap_or_default();
        let forks = twins.into_iter().map(|twin| fork(&log, twin)).collect();
        self.freeze(forks, done)?;
        if is_same {
            self.store.complete(&log, Completion::default())?;
            done.complete.push(log);
            return Ok(());
        }
        // What was done since has to follow from what the events make, or the document could not be read any more.
        let now = self.restore_over(
            &log,
            state.kind,
            Some(&checkpoint),
            state.length,
            Vec::new(),
        );
        let now = match now {
            Ok(now) => now,
            Err(EngineError::Damaged { problem, .. }) => {
                self.histories.broken.insert(log.clone());
                done.broken.push((log, problem));
                return Ok(());
            }
            Err(error) => return Err(error),
        };
        let base = self.restore(&log, state.kind, length);
        let is_true = base.is_ok_and(|(base, _)| base.projection() == truth.projection());
        let completion = Completion {
            state: Some(checkpoint.state),
            again: self.refused_over_base(&log)?,
        };
        self.live.remove(&log);
        self.store.complete(&log, completion)?;
        self.uses += 1;
        let live = Live {
            document: now,
            position: state.length,
            checkpointed: length,
            used: self.uses,
            ahead: false,
        };
        self.live.insert(log.clone(), live);
        self.checkpoint_if_due(&log);
        if !is_true {
            done.false_bases.push(log.clone());
        }
        done.complete.push(log);
        Ok(())
    }

    /// The document as the history makes it, or why it does not fold.
    fn fold_history(
        &self,
        log: &LogKey,
        state: &LogState,
        length: u64,
    ) -> Result<Result<Document, String>, EngineError> {
        let mut document = Document::new(state.kind, self.writer(log));
        let mut broken = None;
        self.store.log_events(log, 1..length + 1, &mut |stored| {
            let cid = stored.signed.cid;
            let folded = decode(&stored.signed).and_then(|event| {
                let writer = writer_id(
                    &event.replica,
                    &event.session,
                    &event.branch,
                    &event.document,
                );
                let update = event.update.unwrap_or_default();
                let edit = ForeignEdit::read(event.event_type, &event.changes, update)
                    .map_err(|error| unreadable(&cid, &error))?;
                document
                    .fold(writer, &edit)
                    .map_err(|error| EngineError::DamagedEvent {
                        cid,
                        problem: error.to_string(),
                    })
            });
            broken = folded.err();
            broken.is_none()
        })?;
        Ok(match broken {
            None => Ok(document),
            Some(problem) => Err(problem.to_string()),
        })
    }

    /// The refused events of a log, waiting for what they build on: over another state than the base's they may fold.
    fn refused_over_base(&self, log: &LogKey) -> Result<Vec<PendingEvent>, EngineError> {
        let mut again = Vec::new();
        for refused in self.store.quarantined()? {
            if let Ok(event) = refused.signed.open()
                && self.log(&event.document) == *log
                && let Some(waits_for) = event.previous.or(event.parents.first().copied())
                && Arrival::read(refused.signed.clone()).is_ok_and(|arrival| arrival.authentic)
            {
                let signed = refused.signed;
                again.push(PendingEvent { signed, waits_for });
            }
        }
        Ok(again)
    }
}

fn fork(log: &LogKey, (replica, signed): (ReplicaId, SignedEvent)) -> ForkedEvent {
    let reason = format!(
        "the state that its document started from folds another event of {replica} in its place"
    );
    ForkedEvent {
        log: log.clone(),
        replica,
        second: QuarantinedEvent { signed, reason },
    }
}
