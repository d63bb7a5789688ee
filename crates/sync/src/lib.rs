//! The sans-IO engine: how events become documents, and what it needs from the world.
//!
//! [`Engine`] folds and makes events; [`EventStore`] and [`ObjectStore`] are the ports it needs, with twins in memory
//! ([`MemoryStore`], [`MemoryObjects`]) and one contract suite ([`contract`]) for every implementation.

#![deny(missing_docs)]

mod arrival;
mod backfill;
mod batch;
#[cfg(any(test, feature = "contract"))]
pub mod contract;
mod engine;
mod error;
mod give_way;
mod history;
mod ingest;
mod live;
mod making;
mod memory;
mod naming;
mod ports;
mod shared;
mod waiting;

pub use arrival::{Arrival, EventHeader};
pub use backfill::Backfilled;
pub use batch::FoldedDocument;
pub use engine::{Author, Edited, Engine, Gesture, MANIFEST, documents};
pub use error::EngineError;
pub use give_way::Contradiction;
pub use ingest::{Arrivals, Ingested};
pub use live::{CHECKPOINT_EVENTS, checkpoints_apart};
pub use memory::{MemoryObjects, MemoryStore};
pub use naming::{name_then, present_name};
pub use ports::{
    Acknowledged, Base, Bounds, ChainState, Checkpoint, Commit, Completion, Cursor, EventStore,
    ForkedEvent, Head, Intake, LogKey, LogState, Missing, Moment, NewEvent, ObjectStore,
    PendingEvent, QuarantinedEvent, Retreat, StoreCounts, StoreError, StoredEvent, UndoChange,
    UndoEntry, UndoSide,
};
pub use shared::{MAX_SHARED_BYTES, SharedCheckpoint, SharedCheckpointError};
