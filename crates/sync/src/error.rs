//! Why the engine refuses.

use wissil_dag::{Cid, DocumentId, EventError, ReplicaId};
use wissil_model::{DocumentKind, EditError};

use crate::ports::{StoreError, UndoSide};

/// Why the engine could not do what was asked. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The document has no events.
    #[error("there is no document `{0}` in this session")]
    NoDocument(DocumentId),
    /// The document is of a kind that this version does not know; it is kept as it is.
    #[error(
        "document `{document}` is a {kind}, which only a newer version of WISSIL can read; it is kept as it is"
    )]
    TooNew {
        /// The document.
        document: DocumentId,
        /// Its kind.
        kind: DocumentKind,
    },
    /// The event is not here.
    #[error("there is no event {0} in this session")]
    NoEvent(Cid),
    /// The edit was refused.
    #[error(transparent)]
    Edit(#[from] EditError),
    /// There is nothing to take back, or to bring back.
    #[error("there is nothing to {}", match .0 { UndoSide::Done => "undo", UndoSide::Undone => "redo" })]
    NothingToStep(UndoSide),
    /// The gesture was undone since, or undone and redone, or is not this person's.
    #[error("that was undone since, or is not yours to undo")]
    NotToUndo,
    /// Others changed all that the step would set back; it is passed over.
    #[error("“{0}” was overwritten since; nothing of it is left to take back")]
    Overwritten(String),
    /// This installation's chain was written to by a copy of it.
    #[error(
        "two copies of this project wrote as {0}; open the project again to go on under a new key"
    )]
    Forked(ReplicaId),
    /// The event could not be encoded.
    #[error("the gesture does not fit an event: {0}")]
    Event(#[from] EventError),
    /// The history before the state that a document started from is not all here yet.
    #[error(
        "the history of document `{document}` is still being fetched: {have} of {of} events are here"
    )]
    HistoryIncomplete {
        /// The document.
        document: DocumentId,
        /// How many of the events are here.
        have: u64,
        /// How many there are.
        of: u64,
    },
    /// A stored event is not what was written.
    #[error("event {cid} is damaged: {problem}")]
    DamagedEvent {
        /// The event.
        cid: Cid,
        /// What is wrong with it.
        problem: String,
    },
    /// The stored events of a document do not fold.
    #[error("document `{document}` cannot be read: {problem}")]
    Damaged {
        /// The document.
        document: DocumentId,
        /// What is wrong with it.
        problem: String,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}
