//! What history costs: committing gestures beside plain SQLite, opening and seeking in long histories, memory.
//!
//! `cargo bench -p wissil-store --bench history -- [--sizes 10000,100000] [--json FILE]`. Every figure that has a
//! physical bound is measured beside it in the same run, in turns, and given as a ratio.
#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use rusqlite::Connection;
use wissil_dag::{BranchId, DocumentId, Event, Ipld, ReplicaId, SessionId, SigningKey, UserId};
use wissil_model::{Change, Document, DocumentKind, Record, Value, writer_id};
use wissil_store::SqliteStore;
use wissil_sync::{
    Author, Checkpoint, Commit, Engine, EventStore, Gesture, Head, LogKey, MANIFEST, NewEvent,
    checkpoints_apart,
};

/// Gestures of one turn, and turns.
const GESTURES: usize = 300;
const TURNS: usize = 7;
/// Records of the document whose history is measured.
const ENTITIES: usize = 300;
/// Events of one document in a session of many: the unit of loading is the document.
const DOCUMENT_EVENTS: u64 = 10_000;
/// The length of the one long document that is measured besides.
const LONG_DOCUMENT: u64 = 100_000;
/// Seeks of one measurement.
const SEEKS: u64 = 400;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let value_of = |name: &str| {
        let at = arguments.iter().position(|argument| argument == name)?;
        arguments.get(at + 1).cloned()
    };
    if let Some(folder) = value_of("--open-once") {
        open_once(Path::new(&folder));
        return;
    }
    let sizes: Vec<u64> = value_of("--sizes")
        .unwrap_or_else(|| "10000,100000,1000000".into())
        .split(',')
        .map(|size| size.parse().expect("--sizes takes numbers"))
        .collect();
    let mut rows = Vec::new();
    rows.extend(commit_rows());
    rows.extend(history_rows(&sizes));
    print_table(&rows);
    if let Some(file) = value_of("--json") {
        std::fs::write(&file, json(&rows)).unwrap();
        println!("written to {file}");
    }
}

/// A measured figure.
struct Row {
    what: String,
    measured: f64,
    unit: &'static str,
    bound: Option<f64>,
    goal: &'static str,
}

fn print_table(rows: &[Row]) {
    println!(
        "{:<44} {:>12} {:>12} {:>8}  goal",
        "what", "measured", "bound", "ratio"
    );
    for row in rows {
        let bound = row
            .bound
            .map_or(String::new(), |bound| format!("{bound:.2}"));
        let ratio = row.bound.map_or(String::new(), |bound| {
            format!("{:.2}", row.measured / bound)
        });
        println!(
            "{:<44} {:>12} {bound:>12} {ratio:>8}  {}",
            row.what,
            format!("{:.2} {}", row.measured, row.unit),
            row.goal
        );
    }
}

fn json(rows: &[Row]) -> String {
    let rows: Vec<String> = rows
        .iter()
        .map(|row| {
            let bound = row.bound.map_or("null".into(), |bound| bound.to_string());
            format!(
                "{{\"what\":{:?},\"measured\":{},\"unit\":{:?},\"bound\":{bound},\"goal\":{:?}}}",
                row.what, row.measured, row.unit, row.goal
            )
        })
        .collect();
    format!("[\n{}\n]\n", rows.join(",\n"))
}

fn session() -> SessionId {
    SessionId::new("bench").unwrap()
}

fn scene() -> DocumentId {
    document(0)
}

/// The documents of a session; the first is the one that opens.
fn document(number: u64) -> DocumentId {
    DocumentId::new(format!("scene-{number}")).unwrap()
}

fn author() -> Author {
    Author {
        user: UserId::new("user").unwrap(),
        key: SigningKey::from_bytes(&[7; 32]),
    }
}

fn engine(store: SqliteStore) -> Engine<SqliteStore> {
    Engine::new(store, BranchId::main(), author())
}

/// The `n`th gesture: one entity is moved.
fn moved(n: usize) -> Vec<Change> {
    let place = Value::numbers([n as f64 * 0.25, 1.5, -(n as f64)]);
    let id = format!("entity_{}", n * 7919 % ENTITIES);
    vec![Change::set("entities", id, [("translation", place)])]
}

fn first_gesture() -> Vec<Change> {
    (0..ENTITIES)
        .map(|n| {
            let record = Record::new()
                .with("name", format!("Entity {n}"))
                .with("order", n as f64);
            Change::put("entities", format!("entity_{n}"), record)
        })
        .collect()
}

fn gesture(event_type: &str, changes: Vec<Change>) -> Gesture<'_> {
    Gesture {
        event_type,
        changes,
        time: 0,
    }
}

fn new_engine(folder: &Path) -> Engine<SqliteStore> {
    let mut engine = engine(SqliteStore::create(folder, &session()).unwrap());
    add_document(&mut engine, &scene());
    engine
}

fn add_document(engine: &mut Engine<SqliteStore>, document: &DocumentId) {
    let entry = Record::new().with("name", "Scene").with("kind", "scene");
    let manifest = DocumentId::new(MANIFEST).unwrap();
    let add = vec![Change::put("documents", document.as_str(), entry)];
    engine
        .edit(&manifest, gesture("document.add", add))
        .unwrap();
    engine
        .edit(document, gesture("document.import", first_gesture()))
        .unwrap();
}

/// Commits gestures one by one, in turns with plain inserts of the same bytes under the same pragmas.
fn commit_rows() -> Vec<Row> {
    let folder = tempfile::tempdir().unwrap();
    let mut engine = new_engine(folder.path());
    let plain = Connection::open(folder.path().join("plain.db")).unwrap();
    plain
        .execute_batch(
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;
             CREATE TABLE events (ord INTEGER PRIMARY KEY, cid BLOB, block BLOB, signature BLOB);",
        )
        .unwrap();
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    let (mut our_rates, mut their_rates) = (Vec::new(), Vec::new());
    for turn in 0..TURNS {
        let start = Instant::now();
        let mut cids = Vec::new();
        for n in 0..GESTURES {
            let begin = Instant::now();
            let changes = moved(turn * GESTURES + n);
            let edited = engine
                .edit(&scene(), gesture("entity.transform", changes))
                .unwrap();
            ours.push(begin.elapsed());
            cids.extend(edited.events);
        }
        our_rates.push(GESTURES as f64 / start.elapsed().as_secs_f64());
        let events: Vec<_> = cids
            .iter()
            .map(|cid| engine.store().event(cid).unwrap().unwrap().signed)
            .collect();
        let start = Instant::now();
        for event in &events {
            let begin = Instant::now();
            plain
                .prepare_cached("INSERT INTO events (cid, block, signature) VALUES (?1, ?2, ?3)")
                .unwrap()
                .execute((event.cid.to_bytes(), &event.block[..], &event.signature[..]))
                .unwrap();
            theirs.push(begin.elapsed());
        }
        their_rates.push(GESTURES as f64 / start.elapsed().as_secs_f64());
    }
    vec![
        Row {
            what: "commit gestures one by one".into(),
            measured: median(&mut our_rates),
            unit: "/s",
            bound: Some(median(&mut their_rates)),
            goal: ">= 0.5x plain SQLite",
        },
        Row {
            what: "commit a gesture, p50".into(),
            measured: milliseconds(percentile(&mut ours, 50)),
            unit: "ms",
            bound: Some(milliseconds(percentile(&mut theirs, 50))),
            goal: "",
        },
        Row {
            what: "commit a gesture, p99".into(),
            measured: milliseconds(percentile(&mut ours, 99)),
            unit: "ms",
            bound: Some(milliseconds(percentile(&mut theirs, 99))),
            goal: "<= 2x plain SQLite",
        },
    ]
}

fn history_rows(sizes: &[u64]) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut first = None;
    for &size in sizes {
        let folder = tempfile::tempdir().unwrap();
        let documents = size.div_ceil(DOCUMENT_EVENTS);
        build(folder.path(), documents, DOCUMENT_EVENTS.min(size));
        let (open, memory) = open_figures(folder.path());
        rows.push(Row {
            what: format!("open a session of {size} events"),
            measured: open,
            unit: "ms",
            bound: first,
            goal: "<= 1.5x the shortest, <= 100 ms",
        });
        first.get_or_insert(open);
        rows.push(memory_row(format!("memory with {size} events"), memory));
        let mut seeks = seek(folder.path(), documents, DOCUMENT_EVENTS.min(size));
        rows.extend(seek_rows(&format!("seek in {size} events"), &mut seeks));
    }
    let folder = tempfile::tempdir().unwrap();
    build(folder.path(), 1, LONG_DOCUMENT);
    let (open, memory) = open_figures(folder.path());
    let what = format!("one document of {LONG_DOCUMENT} events");
    rows.push(Row {
        what: format!("{what}: open"),
        measured: open,
        unit: "ms",
        bound: None,
        goal: "",
    });
    rows.push(memory_row(format!("{what}: memory"), memory));
    let mut seeks = seek(folder.path(), 1, LONG_DOCUMENT);
    rows.extend(seek_rows(&format!("{what}: seek"), &mut seeks));
    rows
}

fn open_figures(folder: &Path) -> (f64, f64) {
    let opened: Vec<(f64, f64)> = (0..7).map(|_| measure_open(folder)).collect();
    let mut times: Vec<f64> = opened.iter().map(|(time, _)| *time).collect();
    let memory = opened.iter().map(|(_, memory)| *memory).fold(0.0, f64::max);
    (median(&mut times), memory)
}

fn memory_row(what: String, memory: f64) -> Row {
    Row {
        what,
        measured: memory,
        unit: "MB",
        bound: None,
        goal: "<= 200 MB",
    }
}

fn seek_rows(what: &str, seeks: &mut [Duration]) -> [Row; 2] {
    [(50, ""), (99, "<= 16 ms")].map(|(percent, goal)| Row {
        what: format!("{what}, p{percent}"),
        measured: milliseconds(percentile(seeks, percent)),
        unit: "ms",
        bound: None,
        goal,
    })
}

/// Writes histories of that many events each, as the engine would, many to a transaction.
fn build(folder: &Path, documents: u64, events: u64) {
    let mut engine = new_engine(folder);
    for number in 0..documents {
        let document = document(number);
        if number > 0 {
            add_document(&mut engine, &document);
        }
        build_document(&mut engine, &document, events);
        engine.close(&engine.log(&document));
    }
}

fn build_document(engine: &mut Engine<SqliteStore>, document: &DocumentId, size: u64) {
    let key = author().key;
    let replica = ReplicaId::from(&key);
    let branch = BranchId::main();
    let writer = writer_id(&replica, &session(), &branch, document);
    let log = engine.log(document);
    // The engine wrote the first gesture already; it is folded so that this document goes on from there.
    let mut updates = Vec::new();
    engine
        .store()
        .log_events(&log, 1..u64::MAX, &mut |stored| {
            updates.extend(stored.signed.open().unwrap().update);
            true
        })
        .unwrap();
    let mut live = Document::restore(
        DocumentKind::SCENE,
        writer,
        None,
        updates.iter().map(Vec::as_slice),
    )
    .unwrap();
    let chain = engine.store().chain(&log, &replica).unwrap().unwrap();
    let (mut previous, mut seq, mut height) = (chain.cid, chain.seq, chain.height);
    let store = engine.store_mut();
    while seq < size {
        let part = checkpoints_apart(seq).min(size - seq);
        let mut events = Vec::new();
        for _ in 0..part {
            let authored = live
                .author("entity.transform", moved(seq as usize))
                .unwrap();
            seq += 1;
            height += 1;
            let signed = Event {
                session: session(),
                branch: branch.clone(),
                document: document.clone(),
                event_type: "entity.transform".into(),
                user: author().user,
                replica,
                seq,
                height,
                previous: Some(previous),
                parents: Vec::new(),
                time: 0,
                changes: authored.changes.iter().map(Ipld::from).collect(),
                update: Some(authored.update),
                metadata: Default::default(),
            }
            .sign(&key)
            .unwrap();
            previous = signed.cid;
            events.push(NewEvent {
                signed,
                replica,
                seq,
                height,
                outbox: true,
            });
        }
        let heads = vec![Head {
            cid: previous,
            height,
        }];
        let commit = Commit {
            log: LogKey::clone(&log),
            kind: DocumentKind::SCENE,
            events,
            heads,
            undo: None,
        };
        store.commit(commit).unwrap();
        let checkpoint = Checkpoint {
            position: seq,
            state: live.checkpoint(),
        };
        store.put_checkpoint(&log, &checkpoint).unwrap();
    }
}

/// Opens in a process of its own: milliseconds until the document is there, and megabytes then.
fn measure_open(folder: &Path) -> (f64, f64) {
    let output = Command::new(std::env::current_exe().unwrap())
        .arg("--open-once")
        .arg(folder)
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let mut figures = text
        .split_whitespace()
        .map(|figure| figure.parse().unwrap());
    (figures.next().unwrap(), figures.next().unwrap())
}

fn open_once(folder: &Path) {
    let start = Instant::now();
    let mut engine = engine(SqliteStore::open(folder).unwrap());
    let records = engine
        .projection(&scene())
        .unwrap()
        .records("entities")
        .len();
    assert_eq!(records, ENTITIES);
    let newest = engine.store().history(None, 100, None).unwrap();
    assert_eq!(newest.len(), 100);
    let elapsed = milliseconds(start.elapsed());
    let status = std::fs::read_to_string(PathBuf::from("/proc/self/status")).unwrap_or_default();
    let peak = status
        .lines()
        .find_map(|line| {
            line.strip_prefix("VmHWM:")?
                .trim()
                .strip_suffix(" kB")?
                .trim()
                .parse::<f64>()
                .ok()
        })
        .unwrap_or(f64::NAN);
    println!("{elapsed} {}", peak / 1024.0);
}

fn seek(folder: &Path, documents: u64, events: u64) -> Vec<Duration> {
    let engine = engine(SqliteStore::open(folder).unwrap());
    (0..SEEKS)
        .map(|n| {
            // Spread over the whole history, in an order that never walks it.
            let spread = n * 2_654_435_761;
            let document = document(spread / 7 % documents);
            let position = 1 + spread % events;
            let begin = Instant::now();
            let then = engine.projection_at(&document, position).unwrap();
            assert_eq!(then.records("entities").len(), ENTITIES);
            begin.elapsed()
        })
        .collect()
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

fn median(figures: &mut [f64]) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

fn percentile(figures: &mut [Duration], percent: usize) -> Duration {
    figures.sort();
    figures[(figures.len() - 1) * percent / 100]
}
