//! Taking things in: each is checked against what is here, and changes all that it says or nothing.

use std::collections::BTreeMap;

use wissil_dag::{Cid, ReplicaId};

use super::{Folded, Log, MemoryStore, Undo, conflict, decoded};
use crate::ports::{
    ChainState, Checkpoint, Commit, ForkedEvent, Head, Intake, LogKey, NewEvent, PendingEvent,
    QuarantinedEvent, StoreError, UndoChange, UndoEntry, UndoSide,
};

impl MemoryStore {
    /// Does one thing after the other; each that does not fit changes nothing itself.
    pub(super) fn take_in_order(&mut self, intake: Intake) -> Result<Vec<u64>, StoreError> {
        let commits = intake.commits.into_iter();
        let ords = commits
            .map(|commit| self.take_commit(commit))
            .collect::<Result<_, _>>()?;
        for fork in &intake.forks {
            self.take_fork(fork)?;
        }
        for pending in &intake.pending {
            self.take_pending(pending)?;
        }
        for event in &intake.quarantined {
            self.take_quarantined(event);
        }
        for (log, checkpoint) in &intake.checkpoints {
            self.take_checkpoint(log, checkpoint)?;
        }
        Ok(ords)
    }

    /// The chains as they are after the commit, or what does not fit.
    fn check_events(&self, commit: &Commit) -> Result<BTreeMap<ReplicaId, ChainState>, StoreError> {
        let log = self.logs.get(&commit.log);
        if log.is_some_and(|log| log.kind != commit.kind) {
            return conflict("the log is of another kind of document");
        }
        let mut chains = log.map(|log| log.chains.clone()).unwrap_or_default();
        for new in &commit.events {
            let cid = new.signed.cid;
            if self.by_cid.contains_key(&cid) {
                return conflict(format!("event {cid} is already folded"));
            }
            let event = decoded(&new.signed)?;
            let says = (&event.session, &event.branch, &event.document);
            if says != (&self.session, &commit.log.branch, &commit.log.document) {
                return conflict(format!("event {cid} belongs to another log"));
            }
            if (event.replica, event.seq, event.height) != (new.replica, new.seq, new.height) {
                return conflict(format!("event {cid} says another place than the commit"));
            }
            let tip = chains.get(&new.replica);
            if tip.is_some_and(|tip| tip.frozen) {
                return conflict(format!("the chain of {} is frozen", new.replica));
            }
            if new.seq != tip.map_or(1, |tip| tip.seq + 1) {
                return conflict(format!("event {cid} is not the next of its chain"));
            }
            if event.previous != tip.map(|tip| tip.cid) {
                return conflict(format!("event {cid} does not continue its chain"));
            }
            chains.insert(new.replica, chain_after(new));
        }
        Ok(chains)
    }

    fn check_heads(&self, commit: &Commit) -> Result<(), StoreError> {
        let before = self.logs.get(&commit.log).map(|log| log.heads.as_slice());
        let known = |head: &Head| {
            before.unwrap_or_default().contains(head)
                || commit
                    .events
                    .iter()
                    .any(|new| (new.signed.cid, new.height) == (head.cid, head.height))
        };
        if commit.heads.is_empty() {
            return conflict("a log has at least one head");
        }
        if !sorted(&commit.heads).is_sorted_by(|a, b| a.cid < b.cid) {
            return conflict("a head stands twice");
        }
        match commit.heads.iter().find(|head| !known(head)) {
            Some(head) => conflict(format!("{} cannot be a head", head.cid)),
            None => Ok(()),
        }
    }

    fn check_undo(&self, commit: &Commit) -> Result<(), StoreError> {
        let drops = matches!(commit.undo, Some(UndoChange::Drop { .. }));
        if commit.events.is_empty() && !drops {
            return conflict("the commit has no events");
        }
        let entry = |id: u64| {
            self.undo
                .iter()
                .find(|undo| undo.entry.id == id && undo.log == commit.log)
        };
        match &commit.undo {
            None | Some(UndoChange::Push { .. }) => Ok(()),
            Some(UndoChange::Move { id, to }) => match entry(*id) {
                Some(undo) if undo.side != *to => Ok(()),
                Some(_) => conflict(format!("undo entry {id} is on that side")),
                None => conflict(format!("there is no undo entry {id}")),
            },
            Some(UndoChange::Drop { id }) => match entry(*id) {
                Some(_) => Ok(()),
                None => conflict(format!("there is no undo entry {id}")),
            },
        }
    }

    fn change_undo(&mut self, log: &LogKey, change: UndoChange, events: Vec<Cid>) {
        match change {
            UndoChange::Push { user, label } => {
                self.undo.retain(|undo| {
                    undo.log.branch != log.branch
                        || undo.user != user
                        || undo.side == UndoSide::Done
                });
                self.undo.push(Undo {
                    log: log.clone(),
                    user,
                    side: UndoSide::Done,
                    entry: UndoEntry {
                        id: self.next_undo,
                        events,
                        label,
                    },
                });
                self.next_undo += 1;
            }
            UndoChange::Move { id, to } => {
                if let Some(at) = self.undo.iter().position(|undo| undo.entry.id == id) {
                    let mut undo = self.undo.remove(at);
                    undo.side = to;
                    undo.entry.events = events;
                    self.undo.push(undo);
                }
            }
            UndoChange::Drop { id } => self.undo.retain(|undo| undo.entry.id != id),
        }
    }

    fn take_commit(&mut self, commit: Commit) -> Result<u64, StoreError> {
        let chains = self.check_events(&commit)?;
        self.check_heads(&commit)?;
        self.check_undo(&commit)?;

        let first = self.last_ord + 1;
        let mut log = self.logs.remove(&commit.log).unwrap_or_else(|| Log {
            kind: commit.kind,
            heads: Vec::new(),
            length: 0,
            events: BTreeMap::new(),
            chains: BTreeMap::new(),
            checkpoints: BTreeMap::new(),
            base: None,
        });
        log.heads = sorted(&commit.heads);
        log.chains = chains;
        let cids: Vec<Cid> = commit.events.iter().map(|new| new.signed.cid).collect();
        for (ord, new) in (first..).zip(commit.events) {
            log.length += 1;
            self.last_ord = ord;
            log.events.insert(log.length, ord);
            // They were decoded before.
            let at = decoded(&new.signed).map_or(0, |event| self.at_of(&event));
            self.by_cid.insert(new.signed.cid, ord);
            let folded = Folded::new(&commit.log, log.length, &new, at);
            self.events.insert(ord, folded);
            if new.outbox {
                self.outbox.insert(ord);
            }
        }
        self.logs.insert(commit.log.clone(), log);
        for cid in &cids {
            self.drop_pending(cid);
            self.drop_quarantined(cid);
        }
        if let Some(change) = commit.undo {
            self.change_undo(&commit.log, change, cids);
        }
        Ok(first)
    }

    fn take_fork(&mut self, fork: &ForkedEvent) -> Result<(), StoreError> {
        let log = self.logs.get_mut(&fork.log);
        match log.and_then(|log| log.chains.get_mut(&fork.replica)) {
            Some(chain) => chain.frozen = true,
            None => return conflict(format!("there is no chain of {} to freeze", fork.replica)),
        }
        self.take_quarantined(&fork.second);
        Ok(())
    }

    pub(super) fn take_pending(&mut self, pending: &PendingEvent) -> Result<(), StoreError> {
        let cid = pending.signed.cid;
        if self.by_cid.contains_key(&cid) {
            return conflict(format!("event {cid} is already folded"));
        }
        if let Some(kept) = self.pending.iter_mut().find(|kept| kept.signed.cid == cid) {
            kept.clone_from(pending);
            return Ok(());
        }
        if self.pending.len() as u64 >= self.bounds.pending {
            return Err(StoreError::Io {
                action: "saved",
                cause: "too many events wait for others".into(),
            });
        }
        self.pending.push(pending.clone());
        Ok(())
    }

    pub(super) fn take_quarantined(&mut self, event: &QuarantinedEvent) {
        let cid = event.signed.cid;
        self.drop_pending(&cid);
        match self
            .quarantined
            .iter_mut()
            .find(|kept| kept.signed.cid == cid)
        {
            Some(kept) => kept.clone_from(event),
            None => self.quarantined.push(event.clone()),
        }
        let bounds = self.bounds;
        let bytes = |events: &[QuarantinedEvent]| {
            let sizes = events.iter().map(|event| event.signed.block.len() as u64);
            sizes.sum::<u64>()
        };
        while self.quarantined.len() as u64 > bounds.quarantined
            || bytes(&self.quarantined) > bounds.quarantined_bytes
        {
            self.quarantined.remove(0);
        }
    }

    pub(super) fn take_checkpoint(
        &mut self,
        log: &LogKey,
        checkpoint: &Checkpoint,
    ) -> Result<(), StoreError> {
        let Some(log) = self.logs.get_mut(log) else {
            return conflict("a checkpoint of a log that has no events");
        };
        if !(1..=log.length).contains(&checkpoint.position) {
            return conflict("a checkpoint of events that are not there");
        }
        log.checkpoints
            .insert(checkpoint.position, checkpoint.state.clone());
        Ok(())
    }

    pub(super) fn drop_pending(&mut self, cid: &Cid) {
        self.pending.retain(|pending| pending.signed.cid != *cid);
    }

    pub(super) fn drop_quarantined(&mut self, cid: &Cid) {
        self.quarantined.retain(|event| event.signed.cid != *cid);
    }
}

fn sorted(heads: &[Head]) -> Vec<Head> {
    let mut heads = heads.to_vec();
    heads.sort();
    heads
}

fn chain_after(new: &NewEvent) -> ChainState {
    ChainState {
        cid: new.signed.cid,
        seq: new.seq,
        height: new.height,
        frozen: false,
    }
}
