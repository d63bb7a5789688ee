//! The plain data that crosses from the façade to every shell: the window, the command line, the tests.
//!
//! Field names cross in camel case. Positions and CIDs are texts, because a web view's numbers end at 2^53.

mod network;

pub use network::*;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use specta::Type;
use wissil_model::{DerivedRecords, Severity};

/// A person of the session.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Person {
    /// The user id.
    pub id: String,
    /// What others see.
    pub name: String,
    /// The colour of their cursor and events, `#rrggbb`.
    pub color: String,
}

/// An open project.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ProjectInfo {
    /// The session it is bound to.
    pub session: String,
    /// What people call it.
    pub name: String,
    /// Its folder.
    pub path: String,
    /// The branch that is open.
    pub branch: String,
    /// This installation's key in the session.
    pub replica: String,
    /// Who edits here.
    pub user: Person,
    /// Its documents, in their order.
    pub documents: Vec<DocumentInfo>,
    /// What a person should know after opening: a copied folder became a new replica, say.
    pub notices: Vec<String>,
    /// Work that left the history and of which nothing was decided.
    pub set_aside: Option<SetAside>,
}

/// Work of this installation that left the history, because its machine had been set back to an earlier state and others
/// have other events in its places.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct SetAside {
    /// How many changes, as a person makes them.
    pub changes: u32,
    /// The documents that they changed, by name.
    pub documents: Vec<String>,
    /// The first of them in words.
    pub words: Vec<String>,
}

/// What became of work that was made again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct MadeAgain {
    /// How many changes stand again.
    pub made: u32,
    /// Those that do not fit any more: what they were, and why.
    pub refused: Vec<String>,
}

/// A document of the session.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct DocumentInfo {
    /// Its id.
    pub id: String,
    /// Its kind's name, such as `blueprint`. It need not be one that this version knows.
    pub kind: String,
    /// What people call it.
    pub name: String,
    /// How many records each collection has; nothing until the document was in memory once.
    pub counts: BTreeMap<String, u32>,
}

/// What became of a document that is not in the project any more.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Deletion {
    /// What people called it.
    pub name: String,
    /// Its kind.
    pub kind: String,
    /// Who took it off the project.
    pub person: Person,
    /// Whether this installation's person did it.
    pub own: bool,
    /// When, Unix milliseconds by their clock.
    pub time: f64,
}

/// A project whose folder is not where it was opened. What is done goes into the files that are still open, so nothing is
/// lost while the program runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Displaced {
    /// Where the folder is now; none when it was deleted, or nobody can tell.
    pub to: Option<String>,
}

/// A project that was opened here before.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct RecentProject {
    /// Its folder.
    pub path: String,
    /// What people call it.
    pub name: String,
    /// When it was last opened, Unix milliseconds.
    pub opened: f64,
    /// Whether the folder is still there.
    pub exists: bool,
}

/// A record's fields by stored name; map fields stand entry by entry (`values.a`).
pub type RecordData = BTreeMap<String, serde_json::Value>;

/// Records by id, by collection.
pub type Collections = BTreeMap<String, BTreeMap<String, RecordData>>;

/// A whole document, as a view starts with it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Snapshot {
    /// The document.
    pub document: String,
    /// Its kind.
    pub kind: String,
    /// What people call it.
    pub name: String,
    /// How many events it holds.
    pub position: String,
    /// Its records.
    pub collections: Collections,
    /// What is wrong in it.
    pub problems: Vec<Problem>,
    /// What its kind derives from its records, by record, for its editor: how each node of a Blueprint looks.
    pub derived: DerivedRecords,
    /// What undo and redo would do.
    pub undo: UndoState,
}

/// A document that a view follows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct OpenedDocument {
    /// Names the view when it closes.
    pub subscription: u32,
    /// The document as it is now.
    pub snapshot: Snapshot,
}

/// What changed since the last message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Delta {
    /// The document.
    pub document: String,
    /// How many events it holds now.
    pub position: String,
    /// Records that are new or changed, whole.
    pub upserted: Collections,
    /// Ids of records that are gone, by collection.
    pub removed: BTreeMap<String, Vec<String>>,
    /// All problems, when they changed.
    pub problems: Option<Vec<Problem>>,
    /// What is derived from records that is new or changed; null where it is gone.
    pub derived: DerivedRecords,
    /// What undo and redo would do now.
    pub undo: UndoState,
}

/// What undo and redo would do for this person in this document, in words.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct UndoState {
    /// What undo would take back; none when there is nothing.
    pub undo: Option<String>,
    /// What redo would bring back; none when there is nothing.
    pub redo: Option<String>,
}

/// What undo and redo would do for this person in the whole project.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct NextSteps {
    /// What undo would take back; none when there is nothing.
    pub undo: Option<NextStep>,
    /// What redo would bring back; none when there is nothing.
    pub redo: Option<NextStep>,
}

/// A gesture that undo or redo would step over.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct NextStep {
    /// The document in which it was made.
    pub document: String,
    /// What it was, in words.
    pub words: String,
}

/// A gesture as history shows it. A large one is several events; it is named by the first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct EventRow {
    /// Its place in the session's history, which is the same everywhere: when it counts as made (Unix milliseconds), its
    /// height and its CID, with points between them. What it builds on is before it.
    pub position: String,
    /// Its CID.
    pub cid: String,
    /// The document it changed.
    pub document: String,
    /// What people call that document.
    pub document_name: String,
    /// Its type, such as `node.move`.
    pub event_type: String,
    /// Who did it.
    pub person: Person,
    /// Whether this installation's person did it.
    pub own: bool,
    /// When, Unix milliseconds by their clock.
    pub time: f64,
    /// What they did, in words: `moved Branch`.
    pub words: String,
    /// The records it touched; the first of them where it touched many.
    pub touched: Vec<Touched>,
    /// How many it touched.
    pub touched_count: u32,
    /// How far it has travelled.
    pub state: EventState,
}

/// A record an event touched.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Touched {
    /// Its collection.
    pub collection: String,
    /// Its id.
    pub id: String,
}

/// How far an event has travelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum EventState {
    /// On this disk, and not yet acknowledged by a server.
    Saved,
    /// The server has it too.
    OnServer,
    /// Somebody else has it too.
    Seen,
}

/// Something wrong in a document.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Problem {
    /// The document.
    pub document: String,
    /// The record's collection, if it is about one.
    pub collection: Option<String>,
    /// The record, if it is about one.
    pub id: Option<String>,
    /// The field or socket, if it is about one.
    pub field: Option<String>,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong and what to do.
    pub message: String,
    /// The manifest's record, where it is a note that an import left: it stays until that is removed. None where it is
    /// found in the documents as they are.
    pub note: Option<String>,
}

/// Something wrong in a file, or worth knowing of how it is read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct FileProblem {
    /// The property, as a JSON pointer into the file; empty for the file as a whole.
    pub place: String,
    /// How bad it is.
    pub severity: Severity,
    /// What it is, as a sentence that follows the place.
    pub message: String,
}

/// What an edit wrote.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct EditResult {
    /// The events, oldest first; a gesture too large for one event is several.
    pub cids: Vec<String>,
    /// How many events the document holds now.
    pub position: String,
}

/// What adding a file to a scene did.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct FileAdded {
    /// The events in the scene, oldest first.
    pub cids: Vec<String>,
    /// How many events the scene holds now.
    pub position: String,
    /// The documents that the file's graphs became.
    pub documents: Vec<String>,
    /// What a person should know about the file; the project keeps it.
    pub notes: Vec<String>,
}

/// Files that came into the project together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Added {
    /// Their ids.
    pub assets: Vec<String>,
    /// The first event of the gesture that added them; none where there was nothing to add.
    pub event: Option<String>,
}

/// The session as a whole, for the status bar and the Session panel.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct SessionStatus {
    /// How many events it holds.
    pub events: String,
    /// How many of them wait for a server.
    pub outbox: String,
    /// How many events wait for events they build on.
    pub pending: String,
    /// How many events were refused, and are shown.
    pub quarantined: String,
    /// Its people.
    pub people: Vec<Person>,
    /// Its documents, in their order.
    pub documents: Vec<DocumentInfo>,
    /// Where its folder is instead, when it is not where the project was opened: then what is done is not saved.
    pub displaced: Option<Displaced>,
    /// Where it stands with its server.
    pub connection: ConnectionStatus,
}

/// One document on one branch, as the log of its events.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct LogInfo {
    /// The document.
    pub document: String,
    /// The branch.
    pub branch: String,
    /// How many events it holds.
    pub events: String,
    /// The events that no other names as an ancestor.
    pub heads: Vec<String>,
}

/// What the session's own channel carries.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(
    rename_all = "camelCase",
    rename_all_fields = "camelCase",
    tag = "type"
)]
pub enum SessionMessage {
    /// New events, oldest first, and the status after them.
    Events {
        /// The events.
        rows: Vec<EventRow>,
        /// The session now.
        status: SessionStatus,
    },
    /// The connection changed, or what waits for it.
    Connection {
        /// The connection now.
        connection: ConnectionStatus,
    },
    /// Events travelled: every event of this installation that is not named here and was shown before stays as it was.
    Travelled {
        /// The events with how far they are now.
        events: Vec<Travelled>,
    },
    /// This machine was set back: events that were told of may be gone from the history, others may have come.
    SetBack {
        /// What happened, in words.
        notice: String,
        /// Work that left the history and of which nothing was decided.
        set_aside: Option<SetAside>,
    },
    /// Something went wrong beside what was asked for.
    Problem {
        /// What, in words.
        problem: String,
    },
    /// Files came, went, or are called something else.
    Assets {
        /// All files, by path.
        assets: Vec<AssetInfo>,
    },
    /// A file's content moved on its way, or arrived.
    AssetTravels {
        /// The CID of the content; several files may have it.
        object: String,
        /// Where it is now.
        state: AssetState,
        /// While it travels: how many bytes did.
        done: Option<f64>,
    },
}

/// How far an event is now.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Travelled {
    /// The event.
    pub cid: String,
    /// How far it is.
    pub state: EventState,
}

/// Something that a search found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct FindHit {
    /// The document it stands in.
    pub document: String,
    /// What people call that document.
    pub document_name: String,
    /// Its collection.
    pub collection: String,
    /// The record.
    pub id: String,
    /// What people call it.
    pub title: String,
    /// What it is: an operation, a kind of entity.
    pub detail: String,
}

/// What a verification found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct VerifyReport {
    /// Whether nothing is damaged.
    pub sound: bool,
    /// How many events were checked.
    pub events: String,
    /// How many objects were checked.
    pub objects: String,
    /// Each damaged item: what it is, and what is wrong with it.
    pub damages: Vec<Damage>,
}

/// A damaged item.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Damage {
    /// What it is: an event with its CID and document, an object, a checkpoint.
    pub what: String,
    /// What is wrong with it.
    pub problem: String,
}

/// What the start screen needs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct AppInfo {
    /// The version of the program.
    pub version: String,
    /// Who edits here.
    pub user: Person,
    /// Projects that were opened here before, newest first.
    pub recents: Vec<RecentProject>,
    /// Where new projects go unless one says otherwise.
    pub projects_folder: String,
}

/// A failure, as every shell shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type, thiserror::Error)]
#[serde(rename_all = "camelCase")]
#[error("{message}")]
pub struct ApiError {
    /// What kind of failure; the only thing a program branches on.
    pub code: ErrorCode,
    /// What failed, on what, and what to do, for a person.
    pub message: String,
    /// The causes, for a report.
    pub detail: String,
}

/// Every kind of failure a shell can meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum ErrorCode {
    /// The project, document, record or event does not exist.
    NotFound,
    /// Something is there already.
    AlreadyExists,
    /// The input is not what it should be.
    Invalid,
    /// Another process has the project open.
    Locked,
    /// The project, or the document, was made by a newer version.
    TooNew,
    /// What is stored is damaged.
    Damaged,
    /// The disk refused: full, read-only, gone.
    Storage,
    /// There is nothing to undo or redo, or it was overwritten since.
    NothingToDo,
    /// The file to import is not valid.
    Import,
    /// The server cannot be reached or does not answer; trying again may help.
    Unreachable,
    /// The server answers and refuses: wrong password, no permission, too old.
    Refused,
    /// Nobody listens, or nobody answers in time.
    NoAnswer,
    /// Whoever asked for it does not want it any more.
    Cancelled,
    /// A defect of the program.
    Internal,
}
