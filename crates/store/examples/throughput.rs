//! Commit throughput beside plain rusqlite: the same bytes, pragmas and grouping, in turns in the same run.
//!
//! `cargo run --release -p wissil-store --example throughput [-- EVENTS [FILLED]]`
#![allow(clippy::unwrap_used)]

use std::time::{Duration, Instant};

use rusqlite::{Connection, params};
use tempfile::TempDir;
use wissil_store::SqliteStore;
use wissil_sync::contract::sample::{self, Writer};
use wissil_sync::{Commit, EventStore, NewEvent, UndoChange};

const ROUNDS: usize = 5;

fn main() {
    let mut numbers = std::env::args().skip(1).map(|text| text.parse().unwrap());
    let events: usize = numbers.next().unwrap_or(20_000);
    let filled: usize = numbers.next().unwrap_or(0);
    let mut bench = Bench::new(filled);
    for group in [1, 100] {
        let each = if group == 1 { events / 20 } else { events } / ROUNDS;
        let (mut ours, mut plain) = (Times::default(), Times::default());
        for _ in 0..ROUNDS {
            let commits = bench.commits(each, group);
            plain.add(commits.iter().map(|commit| bench.plain.insert(commit)));
            ours.add(commits.into_iter().map(|commit| {
                let start = Instant::now();
                bench.store.commit(commit).unwrap();
                start.elapsed()
            }));
        }
        let (a, b) = (ours.rate() * group as f64, plain.rate() * group as f64);
        println!(
            "groups of {group:3}: ours {a:7.0} /s, plain {b:7.0} /s, ratio {:.2}; p99 ours {:.2?}, plain {:.2?}, ratio {:.2}",
            a / b,
            ours.p99(),
            plain.p99(),
            ours.p99().as_secs_f64() / plain.p99().as_secs_f64(),
        );
    }
    bench.reads();
}

struct Bench {
    project: TempDir,
    store: SqliteStore,
    plain: Plain,
    writer: Writer,
    last: Option<NewEvent>,
}

impl Bench {
    fn new(filled: usize) -> Self {
        let project = TempDir::new_in(std::env::var("BENCH_DIR").unwrap_or("/tmp".into())).unwrap();
        let mut writer = Writer::new(1);
        writer.update_bytes = 150;
        let mut bench = Self {
            store: SqliteStore::create(project.path(), &sample::session()).unwrap(),
            plain: Plain::new(&project),
            project,
            writer,
            last: None,
        };
        for at in 0..filled.div_ceil(1000) {
            let commits = bench.commits(1000, 1000);
            for commit in commits {
                bench.plain.insert(&commit);
                bench.store.commit(commit).unwrap();
            }
            if at % 100 == 99 {
                eprintln!("filled {} events", (at + 1) * 1000);
            }
        }
        bench
    }

    fn commits(&mut self, events: usize, group: usize) -> Vec<Commit> {
        let log = sample::log("door");
        let mut commits = Vec::new();
        for _ in 0..events / group {
            let mut news = Vec::new();
            for _ in 0..group {
                let seen: Vec<_> = self.last.iter().map(sample::head).collect();
                let new = self.writer.event(&log, &seen).unwrap();
                self.last = Some(new.clone());
                news.push(new);
            }
            commits.push(Commit {
                log: log.clone(),
                kind: wissil_model::DocumentKind::BLUEPRINT,
                heads: self.last.iter().map(sample::head).collect(),
                undo: Some(UndoChange::Push {
                    user: sample::user("ada"),
                    label: "Move 3 nodes".into(),
                }),
                events: news,
            });
        }
        commits
    }

    fn reads(self) {
        let time = |what: &str, mut run: Box<dyn FnMut() + '_>| {
            let start = Instant::now();
            run();
            println!("{what:30} {:.2?}", start.elapsed());
        };
        let log = sample::log("door");
        let store = &self.store;
        let length = store.log(&log).unwrap().unwrap().length;
        time("log", Box::new(|| drop(store.log(&log).unwrap())));
        time(
            "counts",
            Box::new(|| assert!(store.counts().unwrap().events > 0)),
        );
        time(
            "history, 50 of all",
            Box::new(|| drop(store.history(None, 50, None).unwrap())),
        );
        let mut middle = None;
        let half = length / 2..length / 2 + 1;
        store
            .log_events(&log, half, &mut |event| {
                middle = store.moment(&event.signed.cid).unwrap();
                false
            })
            .unwrap();
        let before = middle.as_ref();
        time(
            "history, 50 of a document",
            Box::new(|| drop(store.history(before, 50, Some(&log.document)).unwrap())),
        );
        time(
            "outbox, 100",
            Box::new(|| drop(store.outbox(0, 100).unwrap())),
        );
        time(
            "256 events of the middle",
            Box::new(|| {
                drop(sample::log_events(store, &log, length / 2..length / 2 + 256).unwrap())
            }),
        );
        let Self { project, store, .. } = self;
        drop(store);
        time(
            "open",
            Box::new(|| drop(SqliteStore::open(project.path()).unwrap())),
        );
        let size = std::fs::metadata(project.path().join(".wissil/session.db"))
            .unwrap()
            .len();
        println!(
            "{length} events, {} bytes each on disk",
            size / length.max(1)
        );
    }
}

/// One table with the events' bytes under a running number.
struct Plain(Connection);

impl Plain {
    fn new(project: &TempDir) -> Self {
        let connection = Connection::open(project.path().join("plain.db")).unwrap();
        connection
            .execute_batch(
                "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;
                 PRAGMA cache_size = -16384;
                 CREATE TABLE events (ord INTEGER PRIMARY KEY, cid BLOB, signature BLOB, block BLOB)",
            )
            .unwrap();
        Self(connection)
    }

    fn insert(&mut self, commit: &Commit) -> Duration {
        let start = Instant::now();
        let transaction = self.0.transaction().unwrap();
        for new in &commit.events {
            transaction
                .prepare_cached("INSERT INTO events (cid, signature, block) VALUES (?1, ?2, ?3)")
                .unwrap()
                .execute(params![
                    new.signed.cid.to_bytes(),
                    new.signed.signature,
                    &new.signed.block[..]
                ])
                .unwrap();
        }
        transaction.commit().unwrap();
        start.elapsed()
    }
}

#[derive(Default)]
struct Times(Vec<Duration>);

impl Times {
    fn add(&mut self, times: impl Iterator<Item = Duration>) {
        self.0.extend(times);
    }

    fn rate(&self) -> f64 {
        self.0.len() as f64 / self.0.iter().sum::<Duration>().as_secs_f64()
    }

    fn p99(&self) -> Duration {
        let mut times = self.0.clone();
        times.sort_unstable();
        times
            .get(times.len() * 99 / 100)
            .copied()
            .unwrap_or_default()
    }
}
