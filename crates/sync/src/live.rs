//! Documents in memory: folded when they are first needed, dropped when others are needed more.

use std::collections::hash_map::Entry;

use wissil_dag::SignedEvent;
use wissil_model::{Document, DocumentKind, Projection, writer_id};

use crate::batch::Batch;
use crate::engine::{Engine, MANIFEST, decode, manifest};
use crate::error::EngineError;
use crate::ports::{Checkpoint, EventStore, LogKey};

/// A checkpoint is taken after this many events, so that opening and seeking fold at most as many.
pub const CHECKPOINT_EVENTS: u64 = 256;
/// In a long document they are further apart: a state grows with the document, and states that came ever so often would
/// outgrow its events. So all of them together weigh about as much as this many of the last one.
const CHECKPOINTS: u64 = 64;
/// Within a batch they are further apart, and the further the longer the document: taking one costs as much as folding
/// many events, and so does reading it.
const BATCH_CHECKPOINT_EVENTS: u64 = 1024;
const BATCH_CHECKPOINTS: u64 = 8;
/// Most documents kept in memory; the ones used longest ago are dropped first.
const MAX_LIVE_DOCUMENTS: usize = 32;

/// A document in memory.
pub(crate) struct Live {
    pub(crate) document: Document,
    pub(crate) position: u64,
    pub(crate) checkpointed: u64,
    pub(crate) used: u64,
    /// Whether a batch that is not stored yet was folded into it: what is stored is older.
    pub(crate) ahead: bool,
}

impl<S: EventStore> Engine<S> {
    /// A checkpoint of a document when enough events came since the last.
    pub(crate) fn due_checkpoint(&mut self, log: &LogKey) -> Option<(LogKey, Checkpoint)> {
        let live = self.live.get_mut(log)?;
        if live.position - live.checkpointed < checkpoints_apart(live.position) {
            return None;
        }
        live.checkpointed = live.position;
        let checkpoint = Checkpoint {
            position: live.position,
            state: live.document.checkpoint(),
        };
        Some((log.clone(), checkpoint))
    }

    /// Keeps a checkpoint of a document that is due. It is a cache: failing to keep it loses nothing.
    pub(crate) fn checkpoint_if_due(&mut self, log: &LogKey) {
        if let Some((log, checkpoint)) = self.due_checkpoint(log)
            && self.store.put_checkpoint(&log, &checkpoint).is_err()
        {
            // The next one is tried when it is due; until then folding takes longer.
        }
    }

    /// Takes checkpoints of the documents of a batch that are due at its end.
    pub(crate) fn checkpoint_batch_end(&mut self, batch: &mut Batch) {
        for (log, events) in batch.lengths() {
            // Where many events come at once more of them follow, mostly.
            let apart = (4 * events).max(CHECKPOINT_EVENTS);
            if let Some(live) = self.live.get_mut(&*log)
                && live.position - live.checkpointed >= apart.min(apart_in_batch(live.position))
            {
                live.checkpointed = live.position;
                batch.checkpoint(&log, live.position, live.document.checkpoint());
            }
        }
    }

    /// Takes a checkpoint of a document of a batch when enough events came since the last.
    pub(crate) fn checkpoint_batch(&mut self, log: &LogKey, batch: &mut Batch) {
        if let Some(live) = self.live.get_mut(log)
            && live.position - live.checkpointed >= apart_in_batch(live.position)
        {
            live.checkpointed = live.position;
            batch.checkpoint(log, live.position, live.document.checkpoint());
        }
    }

    /// The document in memory as a batch has folded it so far. It stays there until [`Engine::batch_ended`].
    pub(crate) fn live_in_batch(
        &mut self,
        log: &LogKey,
        kind: DocumentKind,
        batch: &Batch,
    ) -> Result<&mut Live, EngineError> {
        self.uses += 1;
        let used = self.uses;
        let usable = |live: &Live| !live.document.is_unusable();
        if !self.live.get(log).is_some_and(usable) {
            let stored = self.store.log(log)?.map_or(0, |state| state.length);
            let mut position = stored;
            let mut updates = Vec::new();
            for signed in batch.events(log) {
                position += 1;
                updates.extend(update_of(signed)?);
            }
            let (document, checkpointed) = self.restore_with(log, kind, stored, updates)?;
            let live = Live {
                document,
                position,
                checkpointed,
                used,
                ahead: true,
            };
            self.live.insert(log.clone(), live);
        }
        let live = self.live.get_mut(log);
        let live = live.ok_or_else(|| EngineError::NoDocument(log.document.clone()))?;
        live.used = used;
        live.ahead = true;
        Ok(live)
    }

    /// Has all documents of a batch in memory as it folded them, whatever was dropped because an event was refused: from
    /// what is stored they would be read without the batch.
    pub(crate) fn live_after_batch(&mut self, batch: &Batch) -> Result<(), EngineError> {
        for (log, kind) in batch.folded_logs() {
            self.live_in_batch(&log, kind, batch)?;
        }
        Ok(())
    }

    /// Documents may be dropped again: what a batch folded is stored.
    pub(crate) fn batch_ended(&mut self) {
        for live in self.live.values_mut() {
            live.ahead = false;
        }
        self.drop_unused();
    }

    /// Reads a document without taking the place of others in memory: one that is not there is kept as long as there is
    /// room.
    ///
    /// # Errors
    /// As [`Engine::projection`].
    pub fn read<T>(
        &mut self,
        log: &LogKey,
        read: impl FnOnce(&Projection) -> T,
    ) -> Result<T, EngineError> {
        if self.loaded_log(log).is_some() || self.live.len() < MAX_LIVE_DOCUMENTS {
            return Ok(read(self.projection_of(log)?));
        }
        let live = self.fold_stored(log)?;
        Ok(read(live.document.projection()))
    }

    /// Drops a document from memory; it is folded anew when it is next used.
    pub fn close(&mut self, log: &LogKey) {
        self.live.remove(log);
    }

    /// Drops all documents from memory.
    pub fn close_all(&mut self) {
        self.live.clear();
    }

    /// The kind of a document: the manifest's own, or what the manifest of its branch says.
    fn kind_of(&mut self, log: &LogKey) -> Result<DocumentKind, EngineError> {
        if log.document.as_str() == MANIFEST {
            return Ok(DocumentKind::MANIFEST);
        }
        let manifest = LogKey {
            branch: log.branch.clone(),
            document: manifest()?,
        };
        self.projection_of(&manifest)?
            .record("documents", log.document.as_str())
            .and_then(|record| DocumentKind::named(record.get("kind")?.as_text()?))
            .ok_or_else(|| EngineError::NoDocument(log.document.clone()))
    }

    pub(crate) fn live(&mut self, log: &LogKey) -> Result<&mut Live, EngineError> {
        let usable = self
            .live
            .get(log)
            .is_some_and(|live| !live.document.is_unusable());
        if !usable {
            let live = self.fold_stored(log)?;
            self.live.insert(log.clone(), live);
            self.drop_unused();
        }
        self.uses += 1;
        let uses = self.uses;
        let live = self
            .live
            .get_mut(log)
            .ok_or_else(|| EngineError::NoDocument(log.document.clone()))?;
        live.used = uses;
        Ok(live)
    }

    /// A document as it is stored, with what was made in it and is not saved yet.
    fn fold_stored(&mut self, log: &LogKey) -> Result<Live, EngineError> {
        let state = self.store.log(log)?;
        let stored = state.as_ref().map_or(0, |state| state.length);
        let mut position = stored;
        let mut updates = Vec::new();
        for signed in self.made_in(log) {
            position += 1;
            updates.extend(update_of(signed)?);
        }
        let kind = match state {
            Some(state) => state.kind,
            None => self.kind_of(log)?,
        };
        self.check_known(log, kind)?;
        if position == 0 {
            return Ok(self.empty(log, kind));
        }
        let (document, checkpointed) = self.restore_with(log, kind, stored, updates)?;
        Ok(Live {
            document,
            position,
            checkpointed,
            used: self.uses,
            ahead: false,
        })
    }

    /// Only what this version knows can be read.
    fn check_known(&self, log: &LogKey, kind: DocumentKind) -> Result<(), EngineError> {
        match kind.is_known() {
            true => Ok(()),
            false => Err(EngineError::TooNew {
                document: log.document.clone(),
                kind,
            }),
        }
    }

    fn empty(&self, log: &LogKey, kind: DocumentKind) -> Live {
        Live {
            document: Document::new(kind, self.writer(log)),
            position: 0,
            checkpointed: 0,
            used: self.uses,
            ahead: false,
        }
    }

    /// Drops the documents used longest ago while there are too many in memory. Those that are ahead of what is stored
    /// stay.
    fn drop_unused(&mut self) {
        while self.live.len() > MAX_LIVE_DOCUMENTS
            && let Some(oldest) = self
                .live
                .iter()
                .filter(|(_, live)| !live.ahead)
                .min_by_key(|(_, live)| live.used)
                .map(|(id, _)| id.clone())
        {
            self.live.remove(&oldest);
        }
    }

    /// An empty document in memory, for the first event of a log that the manifest does not name yet.
    pub(crate) fn start_empty(&mut self, log: &LogKey, kind: DocumentKind) -> &mut Live {
        let mut live = self.empty(log, kind);
        live.ahead = true;
        match self.live.entry(log.clone()) {
            Entry::Occupied(mut entry) => {
                entry.insert(live);
                entry.into_mut()
            }
            Entry::Vacant(entry) => entry.insert(live),
        }
    }

    /// Folds the first `position` events, from the newest checkpoint at or before it.
    pub(crate) fn restore(
        &self,
        log: &LogKey,
        kind: DocumentKind,
        position: u64,
    ) -> Result<(Document, u64), EngineError> {
        self.restore_with(log, kind, position, Vec::new())
    }

    /// As [`Engine::restore`], and folds further updates.
    fn restore_with(
        &self,
        log: &LogKey,
        kind: DocumentKind,
        position: u64,
        further: Vec<Vec<u8>>,
    ) -> Result<(Document, u64), EngineError> {
        let checkpoint = self.store.checkpoint(log, position)?;
        let from = checkpoint
            .as_ref()
            .map_or(0, |checkpoint| checkpoint.position);
        let document = self.restore_over(log, kind, checkpoint.as_ref(), position, further)?;
        Ok((document, from))
    }

    /// As [`Engine::restore_with`], from a certain checkpoint or from nothing.
    pub(crate) fn restore_over(
        &self,
        log: &LogKey,
        kind: DocumentKind,
        checkpoint: Option<&Checkpoint>,
        position: u64,
        further: Vec<Vec<u8>>,
    ) -> Result<Document, EngineError> {
        self.check_known(log, kind)?;
        let from = checkpoint.map_or(0, |checkpoint| checkpoint.position);
        let mut updates = Vec::new();
        let mut failed = None;
        self.store
            .log_events(log, from + 1..position + 1, &mut |stored| {
                match update_of(&stored.signed) {
                    Ok(update) => updates.extend(update),
                    Err(error) => failed = Some(error),
                }
                failed.is_none()
            })?;
        if let Some(error) = failed {
            return Err(error);
        }
        updates.extend(further);
        Document::restore(
            kind,
            self.writer(log),
            checkpoint.map(|checkpoint| checkpoint.state.as_slice()),
            updates.iter().map(Vec::as_slice),
        )
        .map_err(|error| EngineError::Damaged {
            document: log.document.clone(),
            problem: error.to_string(),
        })
    }

    pub(crate) fn writer(&self, log: &LogKey) -> u64 {
        writer_id(&self.replica, &self.session, &log.branch, &log.document)
    }
}

/// How many events apart checkpoints are where a document has so many. Opening and seeking fold at most as many.
#[must_use]
pub fn checkpoints_apart(position: u64) -> u64 {
    CHECKPOINT_EVENTS.max(position / CHECKPOINTS)
}

/// How many events apart checkpoints are within a batch that has come to a position.
fn apart_in_batch(position: u64) -> u64 {
    BATCH_CHECKPOINT_EVENTS.max(position / BATCH_CHECKPOINTS)
}

/// The update of an event, its block checked against its CID first: a flipped bit must not reach the fold.
fn update_of(signed: &SignedEvent) -> Result<Option<Vec<u8>>, EngineError> {
    let cid = &signed.cid;
    if wissil_dag::cid_of(wissil_dag::Codec::DAG_CBOR, &signed.block) != *cid {
        return Err(EngineError::DamagedEvent {
            cid: *cid,
            problem: "its content does not match its CID".into(),
        });
    }
    Ok(decode(signed)?.update)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checkpoints_of_a_long_document_weigh_a_bounded_number_of_states() {
        for length in [1_000, 100_000, 1_000_000] {
            let taken = std::iter::successors(Some(0), |at| Some(at + checkpoints_apart(*at)));
            // A state weighs as much as its document is long.
            let weight: u64 = taken.take_while(|at| *at <= length).sum();
            assert!(weight <= (CHECKPOINTS + 2) * length, "{length}: {weight}");
        }
    }
}
