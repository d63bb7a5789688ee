//! Taking the end of a log out of it.

use std::collections::BTreeMap;

use wissil_dag::Event;

use super::{MemoryStore, conflict};
use crate::ports::{ChainState, Head, Retreat, StoreError};

impl MemoryStore {
    pub(super) fn take_back(&mut self, retreat: Retreat) -> Result<(), StoreError> {
        let Retreat {
            log: key,
            from,
            refused,
            again,
        } = retreat;
        let Some(log) = self.logs.get_mut(&key) else {
            return conflict("the end of a log that has no events");
        };
        let base = log.base.as_ref();
        let kept = base.map_or(0, |of| of.base.length);
        if !(kept + 1..=log.length).contains(&from) {
            return conflict("the end of a log at a position that it does not have");
        }
        let left = log.events.split_off(&from);
        log.checkpoints.retain(|position, _| *position < from);
        log.length = from - 1;
        // What is left of the log is folded again, as far as its heads and the ends of its chains go.
        let mut heads = base.map(|of| of.heads.clone()).unwrap_or_default();
        let ends = base.map(|of| of.base.chains.clone()).unwrap_or_default();
        let mut chains: BTreeMap<_, ChainState> = ends.into_iter().collect();
        for ord in log.events.range(kept + 1..).map(|(_, ord)| ord) {
            let Some(folded) = self.events.get(ord) else {
                continue;
            };
            let cid = folded.signed.cid;
            let event = Event::decode_trusted(&folded.signed.block)
                .map_err(|error| StoreError::Conflict(error.to_string()))?;
            heads.retain(|head| {
                Some(head.cid) != event.previous && !event.parents.contains(&head.cid)
            });
            heads.push(Head {
                cid,
                height: folded.height,
            });
            let end = ChainState {
                cid,
                seq: folded.seq,
                height: folded.height,
                frozen: false,
            };
            chains.insert(folded.replica, end);
        }
        heads.sort();
        log.heads = heads;
        for (replica, end) in &mut chains {
            let before = log.chains.get(replica);
            end.frozen = before.is_some_and(|before| before.frozen && before.cid == end.cid);
        }
        log.chains = chains;
        if log.length == 0 {
            self.logs.remove(&key);
        }
        let mut gone = Vec::new();
        for ord in left.into_values() {
            self.outbox.remove(&ord);
            if let Some(folded) = self.events.remove(&ord) {
                self.by_cid.remove(&folded.signed.cid);
                gone.push(folded.signed.cid);
            }
        }
        self.undo.retain(|undo| {
            undo.log != key || !undo.entry.events.iter().any(|cid| gone.contains(cid))
        });
        let free = self.logs.values().filter_map(|log| log.base.as_ref());
        let free = free.map(|of| of.ords.end - 1).max();
        let last = self.events.keys().next_back().copied();
        self.last_ord = free.max(last).unwrap_or(0);
        for event in &refused {
            self.take_quarantined(event);
        }
        for pending in &again {
            self.drop_quarantined(&pending.signed.cid);
            self.take_pending(pending)?;
        }
        Ok(())
    }
}
