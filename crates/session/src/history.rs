//! History as people read it: who, when, what, in words.

use std::collections::HashMap;

use wissil_dag::{DocumentId, UserId};
use wissil_model::{Change, DocumentKind, Projection, Value, describe};
use wissil_store::SqliteStore;
use wissil_sync::{Engine, MANIFEST, StoredEvent, present_name};

use crate::api::{ApiError, ErrorCode, EventRow, EventState, Person, Touched};

/// Most touched records that a row names.
const MAX_TOUCHED: usize = 200;

/// What rows need of the manifest.
#[derive(Default)]
pub(crate) struct Names {
    people: HashMap<String, Person>,
    documents: HashMap<String, String>,
}

/// The manifest's document id.
pub(crate) fn manifest() -> Result<DocumentId, ApiError> {
    DocumentId::new(MANIFEST).map_err(|error| ApiError::internal(error.to_string()))
}

impl Names {
    /// Reads them.
    pub fn read(manifest: &Projection) -> Self {
        let text = |record: &wissil_model::Record, field: &str| {
            record
                .get(field)
                .and_then(Value::as_text)
                .map(str::to_owned)
        };
        Self {
            people: manifest
                .records("members")
                .iter()
                .map(|(id, record)| {
                    let person = Person {
                        id: id.to_string(),
                        name: text(record, "name").unwrap_or_else(|| "Somebody".into()),
                        color: text(record, "color").unwrap_or_else(|| "#7d8794".into()),
                    };
                    (id.to_string(), person)
                })
                .collect(),
            documents: manifest
                .records("documents")
                .iter()
                .filter_map(|(id, record)| Some((id.to_string(), text(record, "name")?)))
                .collect(),
        }
    }

    /// All people, by name.
    pub fn people(&self) -> Vec<Person> {
        let mut people: Vec<Person> = self.people.values().cloned().collect();
        people.sort_by(|a, b| (&a.name, &a.id).cmp(&(&b.name, &b.id)));
        people
    }

    /// What people call a document.
    pub fn document(&self, id: &str) -> String {
        match self.documents.get(id) {
            Some(name) => name.clone(),
            None if id == MANIFEST => "Project".into(),
            None => "a deleted document".into(),
        }
    }

    fn person(&self, user: &UserId) -> Person {
        self.people.get(user.as_str()).cloned().unwrap_or(Person {
            id: user.to_string(),
            name: "Somebody".into(),
            color: "#7d8794".into(),
        })
    }
}

/// A stored event as a row of history.
pub(crate) fn row(
    engine: &mut Engine<SqliteStore>,
    names: &Names,
    stored: &StoredEvent,
) -> Result<EventRow, ApiError> {
    let cid = stored.signed.cid;
    let damaged = |problem: String| {
        ApiError::new(ErrorCode::Damaged, format!("event {cid} is damaged: {problem}"))
    };
    let event = wissil_dag::Event::decode_trusted(&stored.signed.block)
        .map_err(|error| damaged(error.to_string()))?;
    let changes =
        Change::from_blocks(&event.changes).map_err(|error| damaged(error.to_string()))?;
    // Names as they are now; a document that cannot be read, or is gone, has none.
    let (kind, words) = match engine.projection(&event.document) {
        Ok(projection) => (
            projection.kind(),
            describe(projection.kind(), &event.event_type, &changes, &|collection, id| {
                present_name(projection, collection, id)
            }),
        ),
        Err(_) => {
            let kind = DocumentKind::Blueprint;
            let words = describe(kind, &event.event_type, &changes, &|_, _| None);
            (kind, words)
        }
    };
    let touched = changes
        .iter()
        .filter(|change| !(kind == DocumentKind::Blueprint && change.collection == "wires" && changes.len() > 50))
        .take(MAX_TOUCHED)
        .map(|change| Touched {
            collection: change.collection.clone(),
            id: change.id.to_string(),
        })
        .collect();
    Ok(EventRow {
        position: stored.ord.to_string(),
        cid: cid.to_string(),
        document: event.document.to_string(),
        document_name: names.document(event.document.as_str()),
        own: event.user == *engine.user(),
        person: names.person(&event.user),
        event_type: event.event_type,
        time: event.time as f64,
        words,
        touched,
        state: EventState::Saved,
    })
}
