//! A project's store on disk: events in SQLite ([`SqliteStore`]), objects in files ([`FileObjects`]), and the check of
//! both ([`verify`]).
//!
//! Everything stands under `<project>/.wissil/`: `session.db`, `objects/`, and `lock`, which the one writer holds.

#![deny(missing_docs)]

mod error;
mod journal;
mod layout;
mod lock;
mod object_writer;
mod objects;
mod schema;
mod seal;
mod store;
mod verify;

pub use object_writer::ObjectWriter;
pub use objects::FileObjects;
pub use schema::FORMAT;
pub use store::SqliteStore;
pub use verify::{Damage, MAX_DAMAGES, VerifyReport, verify};
