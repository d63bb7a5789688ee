//! The sans-IO engine: how events become documents, and what it needs from the world.
//!
//! [`Engine`] folds and makes events; [`EventStore`] and [`ObjectStore`] are the ports it needs, with twins in memory
//! ([`MemoryStore`], [`MemoryObjects`]) and one contract suite ([`contract`]) for every implementation.

#![deny(missing_docs)]

#[cfg(any(test, feature = "contract"))]
pub mod contract;
mod engine;
mod error;
mod ingest;
mod memory;
mod ports;

pub use engine::{
    Author, CHECKPOINT_EVENTS, Edited, Engine, Gesture, MANIFEST, documents, present_name,
};
pub use error::EngineError;
pub use ingest::{Folded, Ingested};
pub use memory::{MemoryObjects, MemoryStore};
pub use ports::{
    ChainState, Checkpoint, Commit, EventStore, Head, LogKey, LogState, MAX_PENDING, NewEvent,
    ObjectStore, PendingEvent, QuarantinedEvent, StoreCounts, StoreError, StoredEvent, UndoChange,
    UndoEntry, UndoSide,
};
