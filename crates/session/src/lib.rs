//! The façade that every shell uses: the window, the command line, the tests.
//!
//! [`App`] is an installation; it makes, opens and imports projects. [`Session`] is an open project: documents to
//! follow and edit, history to read, undo, find, export, verify. [`Facade`] is the same for programs that work on a project
//! beside the one that has it open. What crosses is plain data ([`api`]); failures are
//! [`api::ApiError`] with a closed set of codes. Shells only translate.

#![deny(missing_docs)]

mod actor;
mod adding;
pub mod api;
mod app;
mod assets;
#[cfg(test)]
mod beside;
mod bridge;
mod compare;
mod documents;
mod doorbell;
mod editing;
mod elsewhere;
mod error;
mod facade;
mod find;
mod founding;
mod gltf;
mod history;
mod home;
#[cfg(unix)]
mod local;
mod lost;
mod network;
mod notes;
mod position;
mod problems;
mod project;
mod readers;
mod references;
mod sample;
mod session;
mod set_aside;
mod set_back;
mod shapes;
mod site;
mod target;
mod transfer;
mod view;
mod whereabouts;

pub use app::App;
pub use assets::UploadListener;
pub use compare::Difference;
pub use doorbell::RingListener;
pub use editing::{Edits, PendingEdit};
pub use error::json_problem;
pub use facade::{Facade, FollowListener, TroubleListener};
pub use gltf::check_file;
pub use home::{Home, new_id};
pub use network::{Heard, JoinListener, LiveBus, MessageListener, PresenceListener};
pub use project::{is_project, no_project};
pub use session::{Session, SessionListener};
pub use target::write_file;
pub use tokio_util::sync::CancellationToken;
pub use transfer::{ExportFormat, is_history, verify};
pub use view::Listener;
pub use wissil_dag::IdeEvent;
pub use wissil_model::Severity;
pub use wissil_model::kinds::blueprint::{NodeShape, Operation, operations};
pub use wissil_model::kinds::scene::Shape;
pub use wissil_model::{Change, DocumentKind, Record, RecordId, Value};
