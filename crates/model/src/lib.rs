//! The meaning of documents.
//!
//! A document is a set of named collections of records ([`schema`]). A gesture is a list of [`Change`]s to records; it
//! is folded through a CRDT ([`Document`]) and read back as a plain [`Projection`]. The CRDT library never leaves this
//! crate, and nothing here knows the time, the disk or the network.

#![deny(missing_docs)]

mod change;
mod field;
pub mod kinds;
mod record;
mod schema;
mod value;

pub use change::{Change, ChangeError, Operation};
pub use field::{Color, Field, Literal, Object, Point, RecordId, Size};
pub use kinds::DocumentKind;
pub use record::{Record, RecordError};
pub use schema::{CollectionSchema, FieldSchema, FieldType, KindSchema, OnMissing, Reference};
pub use value::{Value, ValueError};
