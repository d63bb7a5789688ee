//! Replicas that write to a session's manifest.

use wissil_dag::{BranchId, DocumentId, SessionId, SignedEvent, SigningKey, UserId};
use wissil_model::{Change, Record};
use wissil_sync::{Arrival, Author, Engine, EventStore, Gesture, MANIFEST, contract};

pub fn session() -> SessionId {
    SessionId::new("together").unwrap()
}

pub fn manifest() -> DocumentId {
    DocumentId::new(MANIFEST).unwrap()
}

/// Replica `number` over a store.
pub fn engine<S: EventStore>(store: S, number: u8) -> Engine<S> {
    let author = Author {
        user: UserId::new("ada").unwrap(),
        key: SigningKey::from_bytes(&[number; 32]),
    };
    Engine::new(store, BranchId::main(), author)
}

/// Names another document in the manifest; the event.
pub fn add<S: EventStore>(engine: &mut Engine<S>, id: &str) -> SignedEvent {
    let entry = Record::new().with("name", id).with("kind", "scene");
    let gesture = Gesture {
        event_type: "document.add",
        changes: vec![Change::put("documents", id, entry)],
        time: 0,
    };
    let edited = engine.edit(&manifest(), gesture).unwrap();
    let stored = engine.store().event(&edited.events[0]).unwrap();
    stored.unwrap().signed
}

/// All events that a replica holds, in the order it folded them.
pub fn events<S: EventStore>(engine: &Engine<S>) -> Vec<SignedEvent> {
    let events = contract::sample::events(engine.store()).unwrap();
    events.into_iter().map(|stored| stored.signed).collect()
}

/// Events as they arrive.
pub fn arrivals(events: &[SignedEvent]) -> Vec<Arrival> {
    let (arrivals, refused) = Arrival::read_all(events.to_vec());
    assert_eq!(refused, []);
    arrivals
}
