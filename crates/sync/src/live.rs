//! Documents in memory: folded when they are first needed, dropped when others are needed more.

use wissil_dag::DocumentId;
use wissil_model::{Document, DocumentKind, writer_id};

use crate::engine::{Engine, MANIFEST, decode};
use crate::error::EngineError;
use crate::ports::{Checkpoint, EventStore, LogKey, StoredEvent};

/// A checkpoint is taken after this many events, so that opening and seeking fold at most as many.
pub const CHECKPOINT_EVENTS: u64 = 256;
/// Most documents kept in memory; the ones used longest ago are dropped first.
const MAX_LIVE_DOCUMENTS: usize = 32;

/// A document in memory.
pub(crate) struct Live {
    pub(crate) document: Document,
    pub(crate) position: u64,
    pub(crate) checkpointed: u64,
    pub(crate) used: u64,
}

impl<S: EventStore> Engine<S> {
    /// Takes a checkpoint when enough events came since the last. It is a cache: failing to keep it loses nothing.
    pub(crate) fn checkpoint_if_due(&mut self, document: &DocumentId) {
        let log = self.log(document);
        let Some(live) = self.live.get_mut(document) else {
            return;
        };
        if live.position - live.checkpointed < CHECKPOINT_EVENTS {
            return;
        }
        let checkpoint = Checkpoint {
            position: live.position,
            state: live.document.checkpoint(),
        };
        live.checkpointed = live.position;
        if self.store.put_checkpoint(&log, &checkpoint).is_err() {
            // The next one is tried when it is due; until then folding takes longer.
        }
    }

    pub(crate) fn live_document(
        &mut self,
        document: &DocumentId,
    ) -> Result<&mut Document, EngineError> {
        Ok(&mut self.live(document)?.document)
    }

    pub(crate) fn advance(&mut self, document: &DocumentId) {
        if let Some(live) = self.live.get_mut(document) {
            live.position += 1;
        }
    }

    /// Drops a document from memory; it is folded anew when it is next used.
    pub fn close(&mut self, document: &DocumentId) {
        self.live.remove(document);
    }

    /// The kind of a document: the manifest's own, or what the manifest says.
    fn kind_of(&mut self, document: &DocumentId) -> Result<DocumentKind, EngineError> {
        if document.as_str() == MANIFEST {
            return Ok(DocumentKind::Manifest);
        }
        let manifest =
            DocumentId::new(MANIFEST).map_err(|_| EngineError::NoDocument(document.clone()))?;
        self.projection(&manifest)?
            .record("documents", document.as_str())
            .and_then(|record| record.get("kind")?.as_text()?.parse().ok())
            .ok_or_else(|| EngineError::NoDocument(document.clone()))
    }

    pub(crate) fn live(&mut self, document: &DocumentId) -> Result<&mut Live, EngineError> {
        let usable = self
            .live
            .get(document)
            .is_some_and(|live| !live.document.is_unusable());
        if !usable {
            let log = self.log(document);
            let live = match self.store.log(&log)? {
                Some(state) => {
                    let (document, checkpointed) = self.restore(&log, state.kind, state.length)?;
                    Live {
                        document,
                        position: state.length,
                        checkpointed,
                        used: self.uses,
                    }
                }
                None => {
                    let kind = self.kind_of(document)?;
                    self.empty(document, kind)
                }
            };
            self.keep(document, live);
        }
        self.uses += 1;
        let uses = self.uses;
        let live = self
            .live
            .get_mut(document)
            .ok_or_else(|| EngineError::NoDocument(document.clone()))?;
        live.used = uses;
        Ok(live)
    }

    fn empty(&self, document: &DocumentId, kind: DocumentKind) -> Live {
        Live {
            document: Document::new(kind, self.writer(document)),
            position: 0,
            checkpointed: 0,
            used: self.uses,
        }
    }

    /// Keeps a document in memory, and drops the one used longest ago when there are too many.
    fn keep(&mut self, document: &DocumentId, live: Live) {
        if self.live.len() >= MAX_LIVE_DOCUMENTS
            && let Some(oldest) = self
                .live
                .iter()
                .min_by_key(|(_, live)| live.used)
                .map(|(id, _)| id.clone())
        {
            self.live.remove(&oldest);
        }
        self.live.insert(document.clone(), live);
    }

    /// An empty document in memory, for the first event of a log that the manifest does not name yet.
    pub(crate) fn start_empty(&mut self, document: &DocumentId, kind: DocumentKind) {
        let live = self.empty(document, kind);
        self.keep(document, live);
    }

    /// Folds the first `position` events, from the newest checkpoint at or before it.
    pub(crate) fn restore(
        &self,
        log: &LogKey,
        kind: DocumentKind,
        position: u64,
    ) -> Result<(Document, u64), EngineError> {
        let checkpoint = self.store.checkpoint(log, position)?;
        let from = checkpoint
            .as_ref()
            .map_or(0, |checkpoint| checkpoint.position);
        let mut updates = Vec::new();
        let mut failed = None;
        self.store
            .log_events(log, from + 1..position + 1, &mut |stored| {
                match update_of(&stored) {
                    Ok(update) => updates.extend(update),
                    Err(error) => failed = Some(error),
                }
                failed.is_none()
            })?;
        if let Some(error) = failed {
            return Err(error);
        }
        let document = Document::restore(
            kind,
            self.writer(&log.document),
            checkpoint
                .as_ref()
                .map(|checkpoint| checkpoint.state.as_slice()),
            updates.iter().map(Vec::as_slice),
        )
        .map_err(|error| EngineError::Damaged {
            document: log.document.clone(),
            problem: error.to_string(),
        })?;
        Ok((document, from))
    }

    pub(crate) fn writer(&self, document: &DocumentId) -> u64 {
        writer_id(&self.replica, &self.session, &self.branch, document)
    }
}

/// The update of an event, its block checked against its CID first: a flipped bit must not reach the fold.
fn update_of(stored: &StoredEvent) -> Result<Option<Vec<u8>>, EngineError> {
    let cid = &stored.signed.cid;
    if wissil_dag::cid_of(wissil_dag::Codec::DAG_CBOR, &stored.signed.block) != *cid {
        return Err(EngineError::DamagedEvent {
            cid: *cid,
            problem: "its content does not match its CID".into(),
        });
    }
    Ok(decode(stored)?.update)
}
