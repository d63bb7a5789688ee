//! The manifest: what a session holds.

mod events;
mod words;

use std::collections::BTreeMap;

use super::{Channel, Kind};
use crate::{Color, Object, RecordId, Value, records};

/// Manifests, as everybody else sees them.
pub static KIND: Kind = Kind {
    schema: &SCHEMA,
    channel: Channel {
        subsystem: "SPARK",
        name: "METADATA",
    },
    event_types: events::EVENT_TYPES,
    words: &words::ManifestWords,
    derive: None,
    complete: None,
};

records! {
    /// The session itself: its documents, branches, versions, members and assets.
    "manifest" {
        /// A document of the session. The record's id is the document's id.
        documents: DocumentEntry {
            /// What people call it.
            name: String,
            /// Its kind's name.
            kind: String,
            /// Its place in lists, ascending.
            order: f64 = 0.0,
        }
        /// A branch. The record's id is the branch's id; `main` is the one every session has.
        branches: Branch [one: Some("branch")] {
            /// What people call it.
            name: String,
            /// The branch it left.
            from: Option<RecordId> => branches Clear,
            /// The events it starts at, CIDs by document.
            heads: BTreeMap<String, Value>,
        }
        /// A named state of the whole session.
        versions: Version {
            /// What people call it.
            name: String,
            /// What changed, in the words of whoever named it.
            note: Option<String>,
            /// The events it names, CIDs by document.
            heads: BTreeMap<String, Value>,
            /// When it was named, Unix milliseconds; information only.
            time: f64 = 0.0,
            /// Who named it.
            author: Option<String>,
        }
        /// A person of the session. The record's id is the person's user id.
        members: Member {
            /// What others see.
            name: String,
            /// The colour of their cursor and events.
            color: Option<Color>,
            /// When each of their devices joined, Unix milliseconds by replica.
            replicas: BTreeMap<String, Value>,
        }
        /// A file of the project.
        assets: Asset {
            /// Where it stands below `assets/`, with forward slashes.
            path: String,
            /// Its content.
            object: Object,
            /// Its size in bytes.
            size: f64,
            /// Its media type.
            media_type: Option<String>,
            /// A small picture of it, a PNG.
            thumbnail: Option<Object>,
        }
        /// What an import left to know. It goes when somebody has read it and says so.
        notes: ImportNote {
            /// What it is, as a sentence that follows the place.
            message: String,
            /// Whether the file breaks a rule of its format there; otherwise something was kept as it is, left out, or
            /// brought into another form.
            problem: bool = false,
            /// Where in the file, as a JSON pointer; none for the file as a whole.
            place: Option<String>,
            /// Of how many more places it is true.
            more: f64 = 0.0,
            /// The document that the part of the file became.
            document: Option<String>,
            /// The collection of the record that it became.
            collection: Option<String>,
            /// That record.
            record: Option<String>,
            /// Its place among the notes.
            order: f64 = 0.0,
        }
        /// Settings of the whole project; one record, `project`.
        settings: Settings [one: Some("settings"), alone: true] {
            /// What people call the project.
            name: String,
            /// Where it was imported from, if it was.
            imported_from: Option<String>,
        }
    }
}
