//! The meaning of documents.
//!
//! A document is a set of named collections of records ([`schema`]). A gesture is a list of [`Change`]s to records; it
//! is folded through a CRDT ([`Document`]) and read back as a plain [`Projection`]. The CRDT library never leaves this
//! crate, and nothing here knows the time, the disk or the network.

#![deny(missing_docs)]

mod change;
mod crdt;
mod declared;
mod derive;
mod diff;
mod document;
mod event_type;
mod field;
mod foreign;
mod gate;
pub mod kinds;
mod prepared;
mod problem;
mod projection;
mod publish;
mod record;
mod schema;
mod tree;
mod value;
mod words;

pub use change::{Change, ChangeError, Operation};
pub use declared::{Declared, OperationKind};
pub use derive::{Changed, Derive, DerivedRecords, Surroundings};
pub use diff::{diff, inverse};
pub use document::{Authored, Document, EditError, FoldError, MAX_RECORDS, check_state, writer_id};
pub use event_type::{EventType, TypeError, event_types, is_undoable, verb};
pub use field::{Color, Field, Literal, Object, Point, RecordId, Size};
pub use foreign::ForeignEdit;
pub use gate::{GateError, MAX_UPDATE_BYTES};
pub use kinds::{Channel, DocumentKind, Kind};
pub use prepared::Prepared;
pub use problem::{RecordProblem, Severity};
pub use projection::{Anomaly, Delta, Projection, Records, Resolution};
pub use publish::{documentation, typescript};
pub use record::{Record, RecordError};
pub use schema::{
    CollectionSchema, CollectionWords, FieldSchema, FieldType, KindSchema, OnMissing, Reference,
};
pub use value::{MAX_DEPTH, Value, ValueError};
pub use wissil_dag::{Cid, cid_of};
pub use words::{NameOf, Plain, Words, describe, describe_change, one_of, record_name};
