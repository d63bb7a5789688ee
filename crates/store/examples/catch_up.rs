//! Catching up: how fast events of others are taken in, beside writing the same bytes with plain SQLite.
//!
//! `cargo run --release -p wissil-store --example catch_up [-- EVENTS [BATCH]]`
#![allow(clippy::unwrap_used)]

use std::time::{Duration, Instant};

use rusqlite::{Connection, params};
use tempfile::TempDir;
use wissil_dag::{
    BranchId, Cid, DocumentId, Event, Ipld, ReplicaId, SessionId, SignedEvent, SigningKey, UserId,
};
use wissil_model::{Change, Document, DocumentKind, Record, Value, writer_id};
use wissil_store::SqliteStore;
use wissil_sync::{Arrival, Author, Engine, EventStore};

const DOCUMENTS: usize = 4;
const ENTITIES: usize = 300;

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
    let mut scenes: Vec<Scene> = (0..DOCUMENTS).map(Scene::new).collect();
    (0..count)
        .map(|n| scenes[n / 3 % DOCUMENTS].next())
        .collect()
}

/// Somebody who edits a scene: events as an engine makes them, without a store.
struct Scene {
    id: DocumentId,
    author: Author,
    live: Document,
    last: Option<(Cid, u64)>,
}

impl Scene {
    fn new(number: usize) -> Self {
        let id = DocumentId::new(format!("scene-{number}")).unwrap();
        let author = author(1);
        let replica = ReplicaId::from(&author.key);
        let writer = writer_id(&replica, &session(), &BranchId::main(), &id);
        Self {
            live: Document::new(DocumentKind::SCENE, writer),
            id,
            author,
            last: None,
        }
    }

    fn next(&mut self) -> SignedEvent {
        let seq = self.last.map_or(1, |(_, seq)| seq + 1);
        let (event_type, changes) = match self.last {
            None => ("document.import", entities()),
            Some(_) => ("entity.transform", vec![moved(seq)]),
        };
        let authored = self.live.author(event_type, changes).unwrap();
        let kind = ("kind".to_owned(), Ipld::String("scene".to_owned()));
        let signed = Event {
            session: session(),
            branch: BranchId::main(),
            document: self.id.clone(),
            event_type: event_type.into(),
            user: self.author.user.clone(),
            replica: ReplicaId::from(&self.author.key),
            seq,
            height: seq,
            previous: self.last.map(|(cid, _)| cid),
            parents: Vec::new(),
            time: 1_732_913_100_000,
            changes: authored.changes.iter().map(Ipld::from).collect(),
            update: Some(authored.update),
            metadata: self.last.is_none().then_some(kind).into_iter().collect(),
        }
        .sign(&self.author.key)
        .unwrap();
        self.last = Some((signed.cid, seq));
        signed
    }
}

fn entities() -> Vec<Change> {
    let entity = |n| {
        let record = Record::new().with("name", format!("Entity {n}"));
        Change::put("entities", format!("entity_{n}"), record)
    };
    (0..ENTITIES).map(entity).collect()
}

fn moved(seq: u64) -> Change {
    let place = Value::numbers([seq as f64 * 0.25, 1.5, -(seq as f64)]);
    let id = format!("entity_{}", seq as usize * 7919 % ENTITIES);
    Change::set("entities", id, [("translation", place)])
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
