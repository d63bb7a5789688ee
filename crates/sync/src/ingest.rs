//! Folding events of others: every check again, then fold, wait, or quarantine.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;

use wissil_dag::{Cid, EventError, SignedEvent};
use wissil_model::{Delta, DocumentKind};

use crate::arrival::{Arrival, EventHeader};
use crate::batch::{Batch, FoldedDocument};
use crate::engine::Engine;
use crate::error::EngineError;
use crate::ports::{EventStore, Intake, LogKey, QuarantinedEvent};
use crate::waiting::Waiting;

/// How many events of a whole history are taken in one transaction.
const BATCH_EVENTS: usize = 2000;

/// What became of an event that arrived.
#[derive(Debug, PartialEq)]
pub enum Ingested {
    /// It was folded, and so were events of its document that had waited for it.
    Folded(FoldedDocument),
    /// It is of another branch than the one that is open and nobody looks at it, or of a document that only a newer version
    /// can read: it is stored and not folded.
    Kept,
    /// It was here already.
    Duplicate,
    /// It waits for events that are not here, or for a signature that proves it.
    Waits {
        /// Its ancestors that nobody has sent.
        missing: Vec<Cid>,
    },
    /// It would have to wait, and too many events do; it has to come again.
    SetAside,
    /// It was refused; it is kept and shown.
    Quarantined {
        /// Why.
        reason: String,
    },
    /// It claims a place of its chain that another event has; the chain is frozen.
    Forked,
}

/// What became of a batch of events that arrived, and of what had waited for them.
#[derive(Debug, Default, PartialEq)]
pub struct Arrivals {
    /// The documents into which events were folded, in the order in which they were first touched.
    pub folded: Vec<FoldedDocument>,
    /// How many events were stored and not folded, as [`Ingested::Kept`] says.
    pub kept: u64,
    /// How many were here already.
    pub duplicates: u64,
    /// What was refused, and why; it is kept and shown.
    pub quarantined: Vec<(Cid, String)>,
    /// What claims a place of its chain that another event has; those chains are frozen.
    pub forked: Vec<Cid>,
    /// Ancestors of what arrived and waits that nobody has sent: to be fetched.
    pub missing: Vec<Cid>,
    /// How many would have to wait, while too many events do; they have to come again.
    pub set_aside: u64,
}

/// What stands against folding an event now.
enum Obstacle {
    Duplicate,
    Waits(Cid),
    Fork,
    Refused(String),
}

impl<S: EventStore> Engine<S> {
    /// Takes an event of another replica, with whatever had waited for it: [`Engine::ingest_many`] of one.
    pub fn ingest(&mut self, signed: SignedEvent) -> Result<Ingested, EngineError> {
        let arrival = match Arrival::read(signed.clone()) {
            Ok(arrival) => arrival,
            Err(reason) => {
                self.refuse(vec![(signed, reason.clone())])?;
                return Ok(Ingested::Quarantined { reason });
            }
        };
        let cid = *arrival.cid();
        let mut arrivals = self.ingest_many(vec![arrival])?;
        if let Some(folded) = arrivals.folded.pop() {
            return Ok(Ingested::Folded(folded));
        }
        if arrivals.forked.contains(&cid) {
            return Ok(Ingested::Forked);
        }
        let mut refused = arrivals.quarantined.into_iter();
        Ok(match refused.find(|(refused, _)| *refused == cid) {
            Some((_, reason)) => Ingested::Quarantined { reason },
            None if arrivals.kept > 0 => Ingested::Kept,
            None if arrivals.duplicates > 0 => Ingested::Duplicate,
            None if arrivals.set_aside > 0 => Ingested::SetAside,
            None => Ingested::Waits {
                missing: arrivals.missing,
            },
        })
    }

    /// Takes events of other replicas in any order, with whatever had waited for them, in one transaction.
    ///
    /// What belongs to another branch than the one that is open is stored where it belongs, and not folded: it is sent,
    /// put back and exported like everything else, and checked whole by whoever opens that branch. So is what belongs to a
    /// document of a kind that this version does not know. Folded all the same are the manifest of `main`
    /// ([`Engine::main_manifest`]), and what of another branch is in memory ([`Engine::projection_of`]).
    ///
    /// Every event is checked whole: session, chain, ancestors, update, schema; encoding, CID and signature were when
    /// it was read. One whose signature does not hold waits until a later event of its chain proves it.
    ///
    /// # Errors
    /// A failure of the store, never of an event; nothing was changed.
    pub fn ingest_many(&mut self, arrivals: Vec<Arrival>) -> Result<Arrivals, EngineError> {
        self.ingest_showing(arrivals, |_, _| ())
    }

    /// As [`Engine::ingest_many`], and `show` is called when everything is folded in memory and nothing is saved yet, so
    /// that people see what others do without waiting for this disk. The documents it is given have no `ords`.
    ///
    /// # Errors
    /// As [`Engine::ingest_many`]. What was shown does not hold then: the documents are what they were before.
    pub fn ingest_showing(
        &mut self,
        arrivals: Vec<Arrival>,
        show: impl FnOnce(&mut Self, &[FoldedDocument]),
    ) -> Result<Arrivals, EngineError> {
        self.check_all_saved()?;
        let mut batch = Batch::default();
        let mut freed = Vec::new();
        let mut waiting = match self.waiting.take() {
            Some(waiting) => waiting,
            None => {
                let mut waiting = Waiting::load(&self.store)?;
                // Nobody tells of what was folded before.
                freed = waiting.freed_before(&mut batch, &self.store)?;
                waiting
            }
        };
        let kept = freed.len();
        freed.extend(arrivals);
        let taken = self.take_arrivals(freed, kept, &mut batch, &mut waiting);
        let result = taken.and_then(|taken| {
            self.live_after_batch(&batch)?;
            show(self, batch.folded());
            self.save_batch(taken, &mut batch, &mut waiting)
        });
        match result {
            Ok(mut arrivals) => {
                self.waiting = Some(waiting);
                arrivals.folded = batch.into_folded();
                self.batch_ended();
                Ok(arrivals)
            }
            Err(error) => {
                // Nothing of it is to be saved. Why that failed is known already.
                let _ = self.store.give_up();
                // What is in memory is not what is stored; it is read anew when it is next used.
                for log in batch.logs() {
                    self.live.remove(&**log);
                }
                self.batch_ended();
                Err(error)
            }
        }
    }

    /// Takes a whole history, such as an archive holds: [`Engine::ingest_many`] of some events after the other. Gives what
    /// was refused, and why.
    ///
    /// # Errors
    /// As [`Engine::ingest_many`]; what was taken before stays.
    pub fn ingest_all(
        &mut self,
        events: Vec<SignedEvent>,
    ) -> Result<Vec<(Cid, String)>, EngineError> {
        let mut refused = Vec::new();
        let mut events = events.into_iter();
        loop {
            let batch: Vec<_> = events.by_ref().take(BATCH_EVENTS).collect();
            if batch.is_empty() {
                return Ok(refused);
            }
            let (arrivals, no_events) = Arrival::read_all(batch);
            refused.extend(
                no_events
                    .iter()
                    .map(|(event, why)| (event.cid, why.clone())),
            );
            self.refuse(no_events)?;
            refused.extend(self.ingest_many(arrivals)?.quarantined);
        }
    }

    /// Keeps what is no event as refused, with the reason.
    pub fn refuse(&mut self, refused: Vec<(SignedEvent, String)>) -> Result<(), EngineError> {
        let quarantined = refused
            .into_iter()
            .map(|(signed, reason)| QuarantinedEvent {
                // Under the name of what it holds, whatever it was called.
                signed: SignedEvent::new(signed.block, signed.signature),
                reason,
            });
        let quarantined: Vec<_> = quarantined.collect();
        if quarantined.is_empty() {
            return Ok(());
        }
        if let Some(waiting) = &mut self.waiting {
            for event in &quarantined {
                waiting.take_out(&event.signed.cid);
            }
        }
        self.store.take_in(Intake {
            quarantined,
            ..Intake::default()
        })?;
        Ok(())
    }

    /// The events that were refused because they are of a newer version of the format.
    ///
    /// # Errors
    /// A failure of the store.
    pub fn refused_as_newer(&self) -> Result<Vec<SignedEvent>, EngineError> {
        let refused = self.store.quarantined()?.into_iter();
        let refused = refused.map(|refused| refused.signed);
        Ok(refused
            .filter(|signed| matches!(signed.open(), Err(EventError::Version(_))))
            .collect())
    }

    /// Looks again at everything that was refused, as a program may that has learnt something since.
    ///
    /// # Errors
    /// As [`Engine::ingest_many`].
    pub fn look_again(&mut self) -> Result<(), EngineError> {
        let refused = self.store.quarantined()?;
        let refused = refused.into_iter().map(|refused| refused.signed);
        self.ingest_all(refused.collect()).map(drop)
    }

    /// All ancestors that pending events wait for and that nobody has sent.
    pub fn missing(&self) -> Result<Vec<Cid>, EngineError> {
        let loaded;
        let waiting = match &self.waiting {
            Some(waiting) => waiting,
            None => {
                loaded = Waiting::load(&self.store)?;
                &loaded
            }
        };
        Ok(waiting.missing(waiting.all(), &self.store)?)
    }

    /// How many of the events that wait do so for nothing that anybody could send: nobody signed them. As far as that is
    /// known: what waited before is looked at with the first that comes.
    pub fn unproven(&self) -> u64 {
        self.waiting.as_ref().map_or(0, Waiting::unproven)
    }

    /// Whether so much less waits than may that what was set aside can come again.
    pub fn has_room_to_wait(&self) -> bool {
        self.waiting.as_ref().is_none_or(Waiting::is_half_empty)
    }

    /// Folds what can be folded into the documents in memory and the batch. The first `kept` arrivals are in the store.
    fn take_arrivals(
        &mut self,
        arrivals: Vec<Arrival>,
        kept: usize,
        batch: &mut Batch,
        waiting: &mut Waiting,
    ) -> Result<Taken, EngineError> {
        let mut taken = Taken::default();
        let mut queue = VecDeque::new();
        for (at, arrival) in arrivals.into_iter().enumerate() {
            let mut comes_first = at >= kept;
            queue.push_back(arrival);
            while let Some(mut arrival) = queue.pop_front() {
                // What it frees was kept before.
                let is_new = std::mem::take(&mut comes_first);
                let cid = arrival.signed.cid;
                match waiting.authentic(&cid) {
                    // Nothing changed for it: what it waits for would have taken it out.
                    Some(authentic) if authentic || !arrival.authentic => {
                        taken.waits.push(cid);
                        continue;
                    }
                    _ => waiting.take_out(&cid),
                }
                arrival.authentic = arrival.authentic || waiting.proves(&arrival);
                let EventHeader {
                    branch, document, ..
                } = &arrival.header;
                let log = batch.key(branch, document);
                if arrival.authentic && arrival.header.session == self.session {
                    queue.extend(waiting.proven_by(&arrival, &self.store)?);
                }
                match self.try_fold(&log, &arrival, batch)? {
                    Ok((kind, delta)) => {
                        let Arrival { signed, header, .. } = arrival;
                        match delta {
                            Some(delta) => {
                                batch.fold(&log, kind, signed, &header, delta, &self.store)?;
                                self.checkpoint_batch(&log, batch);
                            }
                            None => {
                                batch.keep(&log, kind, signed, &header, &self.store)?;
                                taken.kept += 1;
                            }
                        }
                        if let Some(part) = batch.next_part() {
                            self.store.begin(part)?;
                        }
                        queue.extend(waiting.freed_by(&cid, &self.store)?);
                    }
                    Err(Obstacle::Duplicate) => taken.duplicates += 1,
                    Err(Obstacle::Waits(_)) if is_new && !waiting.has_room(&arrival) => {
                        taken.set_aside += 1;
                    }
                    Err(Obstacle::Waits(cause)) => {
                        taken.waits.push(cid);
                        waiting.park(arrival, cause);
                    }
                    Err(Obstacle::Fork) => {
                        let Arrival { signed, header, .. } = arrival;
                        let reason = format!(
                            "another event of {} has the same place {} in its chain",
                            header.replica, header.seq
                        );
                        let second = QuarantinedEvent { signed, reason };
                        batch.fork(&log, header.replica, second, &self.store)?;
                        waiting.refuse(cid);
                        taken.forked.push(cid);
                    }
                    Err(Obstacle::Refused(reason)) => {
                        batch.refuse(QuarantinedEvent {
                            signed: arrival.signed,
                            reason: reason.clone(),
                        });
                        waiting.refuse(cid);
                        taken.quarantined.push((cid, reason));
                    }
                }
            }
        }
        Ok(taken)
    }

    /// Puts a batch into the store.
    fn save_batch(
        &mut self,
        taken: Taken,
        batch: &mut Batch,
        waiting: &mut Waiting,
    ) -> Result<Arrivals, EngineError> {
        self.checkpoint_batch_end(batch);
        let commits = batch.commits_by_log();
        let mut rest = batch.take_rest();
        rest.pending = waiting.take_changed();
        if batch.has_begun() || rest != Intake::default() {
            let ords = self.store.take_in(rest)?;
            for ((log, events), first) in commits.iter().zip(ords) {
                batch.number(log, first..first + events);
            }
        }
        let unique: HashSet<Cid> = taken.waits.into_iter().collect();
        Ok(Arrivals {
            folded: Vec::new(),
            kept: taken.kept,
            duplicates: taken.duplicates,
            quarantined: taken.quarantined,
            forked: taken.forked,
            missing: waiting.missing(unique, &self.store)?,
            set_aside: taken.set_aside,
        })
    }

    /// Folds an event into the document in memory, if nothing stands against it. One of another branch changes nothing
    /// there.
    fn try_fold(
        &mut self,
        log: &Arc<LogKey>,
        arrival: &Arrival,
        batch: &mut Batch,
    ) -> Result<Result<(DocumentKind, Option<Delta>), Obstacle>, EngineError> {
        let refused = |reason: String| Ok(Err(Obstacle::Refused(reason)));
        let (cid, event) = (arrival.cid(), &arrival.header);
        if event.session != self.session {
            return refused(format!("it belongs to session {}", event.session));
        }
        let tip = batch.chain(log, &event.replica, &self.store)?;
        let behind = tip.as_ref().is_some_and(|tip| event.seq <= tip.seq);
        // What is folded is behind the end of its chain; nothing else has to be looked up.
        if behind && batch.place(cid, &self.store)?.is_some() {
            return Ok(Err(Obstacle::Duplicate));
        }
        // What a base folds counts as here; storing it is the backfill's. But there is only one end of each chain.
        let end = match behind {
            true => batch.end_of_history(log, event, &self.store)?,
            false => None,
        };
        if end.is_some_and(|end| event.seq < end.seq || *cid == end.cid) {
            return Ok(Err(Obstacle::Duplicate));
        }
        if !arrival.authentic {
            return Ok(Err(Obstacle::Waits(*cid)));
        }
        if behind {
            // Only an event that is there contradicts it. Where one was lost, this may be it, and reading fails as damaged.
            let seqs = event.seq..event.seq + 1;
            self.store
                .chain_events(log, &event.replica, seqs, &mut |_| false)?;
            return Ok(Err(Obstacle::Fork));
        }
        if tip.as_ref().is_some_and(|tip| tip.frozen) {
            return refused("its chain is frozen: two events claimed one place in it".into());
        }
        let mut greatest = 0;
        let mut stranger = None;
        for ancestor in event.previous.iter().chain(&event.parents) {
            let Some(place) = batch.place(ancestor, &self.store)? else {
                return Ok(Err(Obstacle::Waits(*ancestor)));
            };
            // A branch starts at events of another one, and a merge joins them.
            if place.log.document != log.document {
                stranger = Some(ancestor);
            }
            greatest = greatest.max(place.height);
        }
        if let Some(stranger) = stranger {
            return refused(format!(
                "its ancestor {stranger} belongs to another document"
            ));
        }
        if event.seq != tip.as_ref().map_or(0, |tip| tip.seq) + 1
            || event.previous != tip.as_ref().map(|tip| tip.cid)
        {
            return refused("it does not continue its chain".into());
        }
        if event.height != greatest + 1 {
            return refused(format!(
                "its height is {}; its ancestors make it {}",
                event.height,
                greatest + 1
            ));
        }
        self.fold_update(log, arrival, batch)
            .map(|folded| folded.map_err(Obstacle::Refused))
    }

    /// Folds an event's update into the document in memory where its log is followed and its kind known, and else only looks
    /// at it; the inner error is why the event is refused.
    fn fold_update(
        &mut self,
        log: &Arc<LogKey>,
        arrival: &Arrival,
        batch: &mut Batch,
    ) -> Result<Result<(DocumentKind, Option<Delta>), String>, EngineError> {
        let edit = match &arrival.edit {
            Ok(edit) => edit,
            Err(reason) => return Ok(Err(reason.clone())),
        };
        let writer = batch.writer(log, &arrival.header, &self.store)?;
        let stored = batch.kind(log, &self.store)?;
        let Some(kind) = stored.or(arrival.kind) else {
            let reason = "it begins a document and does not say of which kind";
            return Ok(Err(reason.into()));
        };
        if !self.follows(log) || !kind.is_known() {
            let checked = edit.check(kind, writer);
            return Ok(checked
                .map(|()| (kind, None))
                .map_err(|error| error.to_string()));
        }
        let live = match stored {
            Some(_) => self.live_in_batch(log, kind, batch)?,
            None => self.start_empty(log, kind),
        };
        let document = &mut live.document;
        match document.fold(writer, edit) {
            Ok(delta) => {
                live.position += 1;
                Ok(Ok((kind, Some(delta))))
            }
            Err(error) => {
                if document.is_unusable() || live.position == 0 {
                    self.live.remove(&**log);
                }
                Ok(Err(error.to_string()))
            }
        }
    }
}

/// What became of a batch's events one by one.
#[derive(Default)]
struct Taken {
    kept: u64,
    duplicates: u64,
    quarantined: Vec<(Cid, String)>,
    forked: Vec<Cid>,
    waits: Vec<Cid>,
    set_aside: u64,
}
