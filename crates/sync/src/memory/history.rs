//! Logs that start from a base, and the history before it.

use std::collections::BTreeMap;

use wissil_dag::Cid;

use super::{Folded, Log, LogBase, MemoryStore, conflict, decoded};
use crate::ports::{Base, Completion, LogKey, NewEvent, StoreError};
use crate::shared::SharedCheckpoint;

impl MemoryStore {
    pub(super) fn start(&mut self, bases: Vec<SharedCheckpoint>) -> Result<(), StoreError> {
        for (at, base) in bases.iter().enumerate() {
            if base.session != self.session {
                return conflict("a base of another session");
            }
            let twice = bases[..at].iter().any(|other| other.log == base.log);
            if twice || self.logs.contains_key(&base.log) {
                return conflict("a base of a log that has events");
            }
        }
        let first = self.last_ord + 1;
        self.last_ord += bases.iter().map(|base| base.length).sum::<u64>();
        for base in bases {
            let log = Log {
                kind: base.kind,
                heads: base.heads.clone(),
                length: base.length,
                events: BTreeMap::new(),
                chains: base.chains.iter().cloned().collect(),
                checkpoints: BTreeMap::new(),
                base: Some(LogBase {
                    base: Base {
                        length: base.length,
                        have: 0,
                        chains: base.chains,
                    },
                    state: base.state,
                    heads: base.heads,
                    ords: first..self.last_ord + 1,
                }),
            };
            self.logs.insert(base.log, log);
        }
        Ok(())
    }

    /// The log and the height of an event that is the end of a chain of a base.
    pub(super) fn end_of_base(&self, cid: &Cid) -> Option<(LogKey, u64)> {
        self.logs.iter().find_map(|(key, log)| {
            let mut ends = log.base.as_ref()?.base.chains.iter();
            let (_, end) = ends.find(|(_, end)| end.cid == *cid)?;
            Some((key.clone(), end.height))
        })
    }

    pub(super) fn take_history(
        &mut self,
        key: &LogKey,
        events: &[NewEvent],
    ) -> Result<(), StoreError> {
        let Some(LogBase { base, ords, .. }) = self.logs.get(key).and_then(|log| log.base.clone())
        else {
            return conflict("history of a log that has no base");
        };
        for new in events {
            let cid = new.signed.cid;
            let event = decoded(&new.signed)?;
            let at = self.at_of(&event);
            let says = (&event.session, &event.branch, &event.document);
            if says != (&self.session, &key.branch, &key.document)
                || (event.replica, event.seq, event.height) != (new.replica, new.seq, new.height)
            {
                return conflict(format!("event {cid} says another place than the history"));
            }
            let end = base
                .chains
                .iter()
                .find(|(replica, _)| *replica == new.replica);
            if end.is_none_or(|(_, end)| new.seq > end.seq) {
                return conflict(format!("event {cid} is not before the base"));
            }
            let before = self
                .events_of_chain(key, &new.replica)
                .filter(|(_, folded)| end.is_some_and(|(_, end)| folded.seq <= end.seq));
            let before = before
                .map(|(_, folded)| (folded.seq, folded.signed.cid))
                .max();
            if (new.seq, event.previous)
                != before.map_or((1, None), |(seq, cid)| (seq + 1, Some(cid)))
            {
                return conflict(format!("event {cid} does not continue its chain"));
            }
            let last = self.logs.get(key).and_then(|log| {
                let have = log.base.as_ref().map_or(0, |of| of.base.have);
                log.events.get(&have).copied()
            });
            // In every log `ord` grows with the position.
            let mut free = last.map_or(ords.start, |ord| ord + 1)..ords.end;
            let Some(ord) = free.find(|ord| !self.events.contains_key(ord)) else {
                return conflict("history of more events than the base folds");
            };
            let Some(log) = self.logs.get_mut(key) else {
                continue;
            };
            if let Some(of) = &mut log.base {
                of.base.have += 1;
                log.events.insert(of.base.have, ord);
                let folded = Folded::new(key, of.base.have, new, at);
                self.by_cid.insert(cid, ord);
                self.events.insert(ord, folded);
                self.drop_pending(&cid);
            }
        }
        Ok(())
    }

    pub(super) fn drop_history(&mut self, key: &LogKey, from: u64) -> Result<(), StoreError> {
        let Some(log) = self.logs.get_mut(key) else {
            return conflict("history of a log that has no base");
        };
        let Some(of) = &mut log.base else {
            return conflict("history of a log that has no base");
        };
        for position in from.max(1)..of.base.have + 1 {
            if let Some(ord) = log.events.remove(&position) {
                self.outbox.remove(&ord);
                if let Some(folded) = self.events.remove(&ord) {
                    self.by_cid.remove(&folded.signed.cid);
                }
            }
        }
        of.base.have = of.base.have.min(from.max(1) - 1);
        Ok(())
    }

    pub(super) fn end_base(
        &mut self,
        key: &LogKey,
        completion: Completion,
    ) -> Result<(), StoreError> {
        let Some(log) = self.logs.get_mut(key) else {
            return conflict("a log that has no base is complete");
        };
        match log.base.take() {
            Some(of) if of.base.have == of.base.length => {
                if completion.state.is_some() {
                    log.checkpoints.clear();
                }
                let state = completion.state.unwrap_or(of.state);
                log.checkpoints.insert(of.base.length, state);
                for pending in completion.again {
                    self.drop_quarantined(&pending.signed.cid);
                    self.take_pending(&pending)?;
                }
                self.tell_moments(key);
                Ok(())
            }
            base => {
                log.base = base;
                conflict("the history of the log is not all here")
            }
        }
    }
    /// Tells anew when the events of a log count as made, because all that they build on is here now.
    fn tell_moments(&mut self, key: &LogKey) {
        let events = self.logs.get(key).map(|log| log.events.values());
        let ords: Vec<u64> = events.into_iter().flatten().copied().collect();
        for ord in ords {
            let event = self.folded(ord).map(|folded| decoded(&folded.signed));
            if let Some(Ok(event)) = event {
                let at = self.at_of(&event);
                if let Some(folded) = self.events.get_mut(&ord) {
                    folded.at = at;
                }
            }
        }
    }
}
