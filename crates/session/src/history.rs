//! History as people read it: who, when, what, in words.

use std::collections::HashMap;

use wissil_dag::{Cid, DocumentId, Event, Ipld, UserId};
use wissil_model::{Change, DocumentKind, Projection, Value, describe};
use wissil_store::SqliteStore;
use wissil_sync::{Engine, EventStore as _, MANIFEST, StoredEvent, present_name};

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
    seen: &HashMap<DocumentId, u64>,
    stored: &StoredEvent,
) -> Result<EventRow, ApiError> {
    let (event, changes) = read(stored)?;
    let words = match stepped_over(&event) {
        Some(first) => {
            let verb = wissil_model::verb(DocumentKind::Manifest, &event.event_type);
            match original(engine, first)? {
                Some((original, changes)) => {
                    format!("{verb}: {}", words(engine, &original, &changes))
                }
                None => words(engine, &event, &changes),
            }
        }
        None => words(engine, &event, &changes),
    };
    let state = state(engine, seen, stored, &event);
    let touched = changes
        .iter()
        .take(MAX_TOUCHED)
        .map(|change| Touched {
            collection: change.collection.clone(),
            id: change.id.to_string(),
        })
        .collect();
    Ok(EventRow {
        position: stored.ord.to_string(),
        cid: stored.signed.cid.to_string(),
        document: event.document.to_string(),
        document_name: names.document(event.document.as_str()),
        own: event.user == *engine.user(),
        person: names.person(&event.user),
        event_type: event.event_type,
        time: event.time as f64,
        words,
        touched,
        state,
    })
}

/// How far an event has travelled. What somebody else wrote is where they are, too.
fn state(
    engine: &Engine<SqliteStore>,
    seen: &HashMap<DocumentId, u64>,
    stored: &StoredEvent,
    event: &Event,
) -> EventState {
    let others = event.replica != *engine.replica()
        || seen
            .get(&event.document)
            .is_some_and(|seq| event.seq <= *seq);
    match (stored.in_outbox, others) {
        (true, _) => EventState::Saved,
        (false, true) => EventState::Seen,
        (false, false) => EventState::OnServer,
    }
}

/// What a stored event says.
pub(crate) fn read(stored: &StoredEvent) -> Result<(Event, Vec<Change>), ApiError> {
    let cid = stored.signed.cid;
    let damaged = |problem: String| {
        ApiError::new(
            ErrorCode::Damaged,
            format!("event {cid} is damaged: {problem}"),
        )
    };
    let event =
        Event::decode_trusted(&stored.signed.block).map_err(|error| damaged(error.to_string()))?;
    let changes =
        Change::from_blocks(&event.changes).map_err(|error| damaged(error.to_string()))?;
    Ok((event, changes))
}

/// The event in words, with names as they are now; a document that cannot be read, or is gone, has none.
fn words(engine: &mut Engine<SqliteStore>, event: &Event, changes: &[Change]) -> String {
    match engine.projection(&event.document) {
        Ok(projection) => describe(
            projection.kind(),
            &event.event_type,
            changes,
            &|collection, id| present_name(projection, collection, id),
        ),
        Err(_) => describe(
            DocumentKind::Blueprint,
            &event.event_type,
            changes,
            &|_, _| None,
        ),
    }
}

/// The first event that an undo or redo takes back.
fn stepped_over(event: &Event) -> Option<Cid> {
    let list = event
        .metadata
        .get("undoes")
        .or_else(|| event.metadata.get("redoes"))?;
    match list {
        Ipld::List(links) => match links.first()? {
            Ipld::Link(cid) => Some(*cid),
            _ => None,
        },
        _ => None,
    }
}

/// The gesture at the beginning of a row of undos and redos.
fn original(
    engine: &Engine<SqliteStore>,
    first: Cid,
) -> Result<Option<(Event, Vec<Change>)>, ApiError> {
    let mut cid = first;
    loop {
        let Some(stored) = engine.store().event(&cid)? else {
            return Ok(None);
        };
        let (event, changes) = read(&stored)?;
        match stepped_over(&event) {
            // An event names only older ones, so this ends.
            Some(earlier) => cid = earlier,
            None => return Ok(Some((event, changes))),
        }
    }
}
