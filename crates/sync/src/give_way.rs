//! An own chain that gives way to what others hold of it.
//!
//! A machine that was set back to an earlier state, together with this installation, cannot know it: it makes events under
//! numbers of its chain that it gave away before. Once one of those comes back, what was made here since gives way. Nobody
//! else has it, or at most a few who came across it meanwhile; what comes back is what everybody built on.

use std::collections::HashSet;

use wissil_dag::{Cid, DocumentId, Event, ReplicaId, SignedEvent, SigningKey, UserId};
use wissil_model::Change;

use crate::arrival::Arrival;
use crate::engine::{Engine, decode};
use crate::error::EngineError;
use crate::ingest::Arrivals;
use crate::ports::{EventStore, LogKey, PendingEvent, QuarantinedEvent, Retreat};

/// A place of a chain in which others have another event, which counts.
#[derive(Clone, Debug)]
pub struct Contradiction {
    /// What this person made here from that place on, or on top of what stood there, oldest first. It leaves the log.
    pub lost: Vec<SignedEvent>,
    /// Under which keys that was made.
    pub lost_of: HashSet<ReplicaId>,
    /// What counts in the first place that is contradicted.
    pub counts: Cid,
    /// That place.
    pub seq: u64,
    /// Whether others may have come across what gives way: then the server may lack what counts.
    pub was_sent: bool,
    /// How many events leave the log; those that are not lost come back.
    pub leaving: u64,
    retreat: Retreat,
    /// What is looked at again and has no ancestors, so that nothing that is folded calls it.
    roots: Vec<SignedEvent>,
}

impl<S: EventStore> Engine<S> {
    /// Goes on under another key. Documents in memory were written under the one before.
    pub fn renew(&mut self, key: SigningKey) {
        self.replica = ReplicaId::from(&key);
        self.set_key(key);
        self.live.clear();
    }

    /// What events of a document that wait for others want to change, each with whose gesture it is: what was signed, be it
    /// folded one day or not.
    ///
    /// # Errors
    /// A failure of the store.
    pub fn waiting_changes(
        &self,
        document: &DocumentId,
    ) -> Result<Vec<(UserId, Change)>, EngineError> {
        let mut waiting = Vec::new();
        for pending in self.store.pending()? {
            let Ok(event) = pending.signed.open_verified() else {
                continue;
            };
            if event.session != self.session || event.document != *document {
                continue;
            }
            let changes = Change::from_blocks(&event.changes).unwrap_or_default();
            waiting.extend(
                changes
                    .into_iter()
                    .map(|change| (event.user.clone(), change)),
            );
        }
        Ok(waiting)
    }

    /// Refuses what waits in a log for events that were refused: it builds on what gave way, and so it never comes.
    ///
    /// # Errors
    /// A failure of the store.
    pub fn refuse_what_builds_on_refused(&mut self, log: &LogKey) -> Result<(), EngineError> {
        loop {
            let mut refused = Vec::new();
            for pending in self.store.pending()? {
                let Ok(event) = pending.signed.open() else {
                    continue;
                };
                let is_in_log = event.branch == log.branch && event.document == log.document;
                if is_in_log && self.store.is_quarantined(&pending.waits_for)? {
                    let reason = "it builds on an event that does not count".to_owned();
                    refused.push((pending.signed, reason));
                }
            }
            if refused.is_empty() {
                return Ok(());
            }
            self.refuse(refused)?;
        }
    }

    /// What is in memory is not to be trusted, after a defect: it is read anew when it is next used. What was made and is
    /// not saved is given up.
    pub fn forget_memory(&mut self) {
        self.made.clear();
        // Nothing of it is to be saved. Why that failed would be said by the next write.
        let _ = self.store.give_up();
        self.live.clear();
        self.waiting = None;
        self.histories = Default::default();
    }

    /// The first place of a frozen chain in which others have another event; none when there is none, or when only events
    /// of `known` contradict, which gave way before. Whether it counts is for the chain's owner to say. `owns` says which
    /// replicas are this person's own here.
    ///
    /// # Errors
    /// A failure of the store.
    pub fn contradiction(
        &self,
        log: &LogKey,
        replica: &ReplicaId,
        known: &HashSet<Cid>,
        owns: impl Fn(&ReplicaId) -> bool,
    ) -> Result<Option<Contradiction>, EngineError> {
        let Some(tip) = self.store.chain(log, replica)?.filter(|tip| tip.frozen) else {
            return Ok(None);
        };
        let mut rivals: Vec<(SignedEvent, Event)> = Vec::new();
        for refused in self.store.quarantined()? {
            if let Ok(event) = refused.signed.open()
                && (&event.session, &event.branch, &event.document)
                    == (&self.session, &log.branch, &log.document)
                && event.replica == *replica
                && !known.contains(&refused.signed.cid)
            {
                rivals.push((refused.signed, event));
            }
        }
        rivals.sort_by_key(|(_, event)| event.seq);
        let Some((counts, first)) = rivals
            .first()
            .map(|(signed, event)| (signed.cid, event.seq))
        else {
            return Ok(None);
        };
        let mut from = None;
        if first <= tip.seq {
            self.store
                .chain_events(log, replica, first..first + 1, &mut |stored| {
                    from = Some(stored.position);
                    false
                })?;
        }
        let base = self.store.base(log)?.map_or(0, |base| base.length);
        let Some(from) = from.filter(|from| *from > base) else {
            return Ok(None);
        };
        self.leaving(log, replica, (from, first, counts), rivals, owns)
            .map(Some)
    }

    fn leaving(
        &self,
        log: &LogKey,
        replica: &ReplicaId,
        (from, seq, counts): (u64, u64, Cid),
        rivals: Vec<(SignedEvent, Event)>,
        owns: impl Fn(&ReplicaId) -> bool,
    ) -> Result<Contradiction, EngineError> {
        let mut stored = Vec::new();
        self.store.log_events(log, from..u64::MAX, &mut |event| {
            stored.push((event.signed, event.in_outbox));
            true
        })?;
        let mut found = Contradiction {
            lost: Vec::new(),
            lost_of: HashSet::new(),
            counts,
            seq,
            was_sent: false,
            leaving: stored.len() as u64,
            retreat: Retreat {
                log: log.clone(),
                from,
                refused: Vec::new(),
                again: Vec::new(),
            },
            roots: Vec::new(),
        };
        let mut gone = HashSet::new();
        for (signed, is_unsent) in stored {
            let event = decode(&signed)?;
            let contradicted = event.replica == *replica && event.seq >= seq;
            let mut ancestors = event.previous.iter().chain(&event.parents);
            if !contradicted && !ancestors.any(|ancestor| gone.contains(ancestor)) {
                found.look_again(signed, &event);
                continue;
            }
            gone.insert(signed.cid);
            found.was_sent |= !is_unsent;
            let reason = match contradicted {
                true => {
                    "it was made while this machine was set back: others have another event in its place"
                }
                false => "it builds on an event that gave way to another one",
            };
            if owns(&event.replica) {
                found.lost.push(signed.clone());
                found.lost_of.insert(event.replica);
            }
            found.retreat.refused.push(QuarantinedEvent {
                signed,
                reason: reason.into(),
            });
        }
        for (signed, event) in rivals {
            found.look_again(signed, &event);
        }
        Ok(found)
    }

    /// Takes what is contradicted out of its log, and folds what others have instead.
    ///
    /// # Errors
    /// A failure of the store. Either nothing was changed, or what is not folded yet waits and is folded with what comes
    /// next.
    pub fn give_way(&mut self, contradiction: Contradiction) -> Result<Arrivals, EngineError> {
        self.check_all_saved()?;
        let Contradiction { retreat, roots, .. } = contradiction;
        let log = retreat.log.clone();
        self.store.retreat(retreat)?;
        self.live.remove(&log);
        self.histories.known.remove(&log);
        self.waiting = None;
        let (roots, _) = Arrival::read_all(roots);
        self.ingest_many(roots)
    }
}

impl Contradiction {
    /// Has an event looked at again: it waits for something that is folded, or comes back itself.
    fn look_again(&mut self, signed: SignedEvent, event: &Event) {
        let ancestor = event.previous.iter().chain(&event.parents).next();
        if ancestor.is_none() {
            self.roots.push(signed.clone());
        }
        self.retreat.again.push(PendingEvent {
            waits_for: ancestor.copied().unwrap_or(signed.cid),
            signed,
        });
    }
}
