//! Catching up: how fast events of others are taken in, beside writing the same bytes with plain SQLite.
//!
//! `cargo run --release -p wissil-store --example catch_up [-- EVENTS [BATCH]]`
#![allow(clippy::unwrap_used)]

use std::time::{Duration, Instant};

use rusqlite::{Connection, params};
use tempfile::TempDir;
use wissil_dag::{BranchId, DocumentId, SessionId, SignedEvent, SigningKey, UserId};
use wissil_model::{Change, Record, Value};
use wissil_store::SqliteStore;
use wissil_sync::{Arrival, Author, Engine, EventStore, Gesture, MANIFEST, MemoryStore};

const DOCUMENTS: usize = 4;
const ENTITIES: usize = 100;

fn main() {
    let mut numbers = std::env::args().skip(1).map(|text| text.parse().unwrap());
    let count: usize = numbers.next().unwrap_or(40_000);
    let batch: usize = numbers.next().unwrap_or(2000);
    let events = history(count);
    let bytes: usize = events.iter().map(|event| event.block.len()).sum();
    println!("{} events of {} bytes", events.len(), bytes / events.len());
    for backwards in [false, true] {
        let project = folder();
        let store = SqliteStore::create(project.path(), &session()).unwrap();
        let mut engine = Engine::new(store, BranchId::main(), author(2));
        let (mut reading, mut taking) = (Duration::ZERO, Duration::ZERO);
        for part in events.chunks(batch) {
            let mut part = part.to_vec();
            if backwards {
                part.reverse();
            }
            let start = Instant::now();
            let (arrivals, refused) = Arrival::read_all(part);
            reading += start.elapsed();
            assert!(refused.is_empty());
            let start = Instant::now();
            engine.ingest_many(arrivals).unwrap();
            taking += start.elapsed();
        }
        let counts = engine.store().counts().unwrap();
        assert_eq!((counts.events as usize, counts.pending), (events.len(), 0));
        let rate = |time: Duration| events.len() as f64 / time.as_secs_f64();
        println!(
            "{}: {:.0} /s in all; reading {:.0} /s, taking in {:.0} /s",
            if backwards { "backwards" } else { "in order" },
            rate(reading + taking),
            rate(reading),
            rate(taking),
        );
    }
    let plain = plain(&events, batch);
    println!(
        "plain SQLite: {:.0} /s",
        events.len() as f64 / plain.as_secs_f64()
    );
}

fn folder() -> TempDir {
    TempDir::new_in(std::env::var("BENCH_DIR").unwrap_or("/tmp".into())).unwrap()
}

fn session() -> SessionId {
    SessionId::new("bench").unwrap()
}

fn author(number: u8) -> Author {
    Author {
        user: UserId::new("user").unwrap(),
        key: SigningKey::from_bytes(&[number; 32]),
    }
}

/// Entities that are moved, in several scenes in turns.
fn history(count: usize) -> Vec<SignedEvent> {
    let mut engine = Engine::new(MemoryStore::new(session()), BranchId::main(), author(1));
    let mut edit = |document: &str, event_type: &str, changes: Vec<Change>| {
        let gesture = Gesture {
            event_type,
            changes,
            time: 1_732_913_100_000,
        };
        let document = DocumentId::new(document).unwrap();
        engine.edit(&document, gesture).unwrap();
    };
    for scene in 0..DOCUMENTS {
        let entry = Record::new().with("name", "Scene").with("kind", "scene");
        let id = format!("scene-{scene}");
        let add = vec![Change::put("documents", id.as_str(), entry)];
        edit(MANIFEST, "document.add", add);
        let entities = (0..ENTITIES).map(|n| {
            let record = Record::new().with("name", format!("Entity {n}"));
            Change::put("entities", format!("entity_{n}"), record)
        });
        edit(&id, "entity.add", entities.collect());
    }
    for n in 0..count.saturating_sub(2 * DOCUMENTS) {
        let place = Value::numbers([n as f64 * 0.25, 1.5, -(n as f64)]);
        let id = format!("entity_{}", n * 7919 % ENTITIES);
        let changes = vec![Change::set("entities", id, [("translation", place)])];
        edit(
            &format!("scene-{}", n / 3 % DOCUMENTS),
            "entity.transform",
            changes,
        );
    }
    let mut events = engine.store().history(None, usize::MAX, None).unwrap();
    events.reverse();
    events.into_iter().map(|stored| stored.signed).collect()
}

fn plain(events: &[SignedEvent], batch: usize) -> Duration {
    let project = folder();
    let mut connection = Connection::open(project.path().join("plain.db")).unwrap();
    connection
        .execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
             CREATE TABLE events (ord INTEGER PRIMARY KEY, cid BLOB, signature BLOB, block BLOB)",
        )
        .unwrap();
    let start = Instant::now();
    for part in events.chunks(batch) {
        let transaction = connection.transaction().unwrap();
        for event in part {
            transaction
                .prepare_cached("INSERT INTO events (cid, signature, block) VALUES (?1, ?2, ?3)")
                .unwrap()
                .execute(params![
                    event.cid.to_bytes(),
                    event.signature,
                    &event.block[..]
                ])
                .unwrap();
        }
        transaction.commit().unwrap();
    }
    start.elapsed()
}
