//! A machine that stops at any write of starting from shared checkpoints, and of filling in the history before them.
//!
//! What was written of a database since it was opened stands in its journal, in order; so what a stop leaves is the
//! journal's beginning, up to any byte.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use wissil_dag::SignedEvent;
use wissil_model::{Change, Document, DocumentKind, Record};
use wissil_store::{SqliteStore, verify};
use wissil_sync::contract::sample::snapshot;
use wissil_sync::{Engine, EngineError, EventStore, MemoryStore, SharedCheckpoint};

use crate::authors::{add, arrivals, engine, events, manifest, session};

/// The bytes before the frames of a journal, and those of a frame: its header and a page.
/// <https://sqlite.org/fileformat2.html#walformat>
const HEADER: usize = 32;
const FRAME_HEADER: usize = 24;
const FRAME: usize = FRAME_HEADER + 4096;

/// A session that somebody joins.
struct Session {
    /// Who was there from the beginning.
    full: Engine<MemoryStore>,
    base: SharedCheckpoint,
    /// What arrives before the history.
    news: Vec<SignedEvent>,
    /// What the server holds, as it is read.
    stream: Vec<SignedEvent>,
}

impl Session {
    /// Two people's manifest; some of what comes after the base builds on what is in the middle of the history.
    fn new() -> Self {
        let mut ada = engine(MemoryStore::new(session()), 1);
        let mut ben = engine(MemoryStore::new(session()), 2);
        for n in 0..6 {
            add(&mut ada, &format!("before-{n}"));
            if n == 3 {
                ben.ingest_many(arrivals(&events(&ada))).unwrap();
            }
        }
        let base = ada.share(&manifest()).unwrap().unwrap();
        let news = vec![
            add(&mut ben, "late"),
            add(&mut ben, "later"),
            add(&mut ada, "after"),
        ];
        ada.ingest_many(arrivals(&news)).unwrap();
        Self {
            base,
            news,
            stream: events(&ada),
            full: ada,
        }
    }

    /// A copy of Ada's wrote to her chain, too, and its events are read first.
    fn forked() -> Self {
        let mut session = Self::new();
        let mut copy = engine(MemoryStore::new(crate::authors::session()), 1);
        copy.ingest_many(arrivals(&session.stream[..3])).unwrap();
        let twins = [add(&mut copy, "copied"), add(&mut copy, "copied-too")];
        session.full.ingest_many(arrivals(&twins)).unwrap();
        session.stream.splice(3..3, twins);
        session
    }

    /// The base shows what the history makes, but nothing can follow from it.
    fn with_a_false_base() -> Self {
        let mut session = Self::new();
        let mut document = Document::new(DocumentKind::MANIFEST, 4711);
        let changes = (0..6).map(|n| {
            let id = format!("before-{n}");
            let entry = Record::new()
                .with("name", id.as_str())
                .with("kind", "scene");
            Change::put("documents", id, entry)
        });
        let _ = document.author("document.add", changes.collect()).unwrap();
        session.base.state = document.checkpoint();
        session
    }

    /// Joins, or goes on joining.
    fn join(&self, joiner: &mut Engine<SqliteStore>) -> Result<(), EngineError> {
        if joiner.store().logs()?.is_empty() {
            joiner.store_mut().start_from(vec![self.base.clone()])?;
        }
        joiner.ingest_many(arrivals(&self.news))?;
        let mut rounds = 0;
        loop {
            for part in self.stream.chunks(3) {
                joiner.backfill(arrivals(part))?;
            }
            rounds += 1;
            assert!(rounds < 4, "joining does not come to its end");
            if joiner.store().incomplete()?.is_empty() {
                return Ok(());
            }
        }
    }

    /// The joiner has what there is.
    #[track_caller]
    fn expect_joined(&mut self, joiner: &mut Engine<SqliteStore>, when: &str) {
        let (here, there) = (joiner.store(), self.full.store());
        assert_eq!(here.logs().unwrap(), there.logs().unwrap(), "{when}");
        assert_eq!(here.chains().unwrap(), there.chains().unwrap(), "{when}");
        let (counts, other) = (here.counts().unwrap(), there.counts().unwrap());
        let waits = |counts: wissil_sync::StoreCounts| (counts.pending, counts.quarantined);
        assert_eq!(waits(counts), waits(other), "{when}");
        let projection = joiner.projection(&manifest()).unwrap();
        let expected = self.full.projection(&manifest()).unwrap();
        assert!(projection == expected, "{when}");
    }
}

/// Everything that a store shows.
fn content(store: &SqliteStore) -> String {
    let log = &engine(MemoryStore::new(session()), 1).log(&manifest());
    format!(
        "{:#?} {:#?} {:#?} {:#?}",
        snapshot(store).unwrap(),
        store.chains().unwrap(),
        store.base(log).unwrap(),
        store.checkpoint(log, u64::MAX).unwrap(),
    )
}

fn database(project: &Path) -> PathBuf {
    project.join(".wissil/session.db")
}

fn journal(project: &Path) -> PathBuf {
    project.join(".wissil/session.db-wal")
}

/// A project as the machine left it.
fn left(project: &Path, database_bytes: &[u8], journal_bytes: &[u8]) {
    let _ = fs::remove_dir_all(project.join(".wissil"));
    fs::create_dir(project.join(".wissil")).unwrap();
    fs::write(database(project), database_bytes).unwrap();
    if !journal_bytes.is_empty() {
        fs::write(journal(project), journal_bytes).unwrap();
    }
}

#[track_caller]
fn open(project: &Path, when: &str) -> SqliteStore {
    let store = SqliteStore::open(project).unwrap();
    assert_eq!(verify(project).unwrap().damages, [], "{when}");
    store
}

fn survives_a_stop_at_any_write(mut session: Session) {
    let project = TempDir::new().unwrap();
    drop(SqliteStore::create(project.path(), &crate::authors::session()).unwrap());
    let before = fs::read(database(project.path())).unwrap();
    let mut joiner = engine(SqliteStore::open(project.path()).unwrap(), 3);
    session.join(&mut joiner).unwrap();
    session.expect_joined(&mut joiner, "without a stop");
    // While it is open, all that was written stands in the journal.
    assert_eq!(fs::read(database(project.path())).unwrap(), before);
    let whole = fs::read(journal(project.path())).unwrap();
    drop(joiner);

    let stopped = TempDir::new().unwrap();
    let frames = (whole.len() - HEADER) / FRAME;
    let end = |frame: usize| HEADER + frame * FRAME;
    let ends_commit = |frame: usize| whole[end(frame) + 4..][..4] != [0; 4];
    let mut committed = {
        left(stopped.path(), &before, &[]);
        content(&open(stopped.path(), "before"))
    };
    for frame in 0..frames {
        for bytes in [
            end(frame),
            end(frame) + FRAME_HEADER,
            end(frame) + FRAME / 2,
        ] {
            let when = format!("after {bytes} bytes of the journal");
            left(stopped.path(), &before, &whole[..bytes]);
            assert_eq!(content(&open(stopped.path(), &when)), committed, "{when}");
        }
        if !ends_commit(frame) {
            continue;
        }
        let when = format!("after frame {frame}");
        left(stopped.path(), &before, &whole[..end(frame + 1)]);
        let store = open(stopped.path(), &when);
        committed = content(&store);
        let mut joiner = engine(store, 3);
        session.join(&mut joiner).unwrap();
        session.expect_joined(&mut joiner, &when);
        drop(joiner);
        open(stopped.path(), &when);
    }

    // Bringing the journal in writes pages of the database in place; it stays until all are.
    let after = fs::read(database(project.path())).unwrap();
    let pages = after.len() / 4096;
    for page in (0..=pages).step_by(3) {
        let mut half = after[..page * 4096].to_vec();
        half.extend(before.get(half.len()..).unwrap_or_default());
        left(stopped.path(), &half, &whole);
        let when = format!("with {page} pages brought in");
        assert_eq!(content(&open(stopped.path(), &when)), committed, "{when}");
    }
}

#[test]
fn joining_goes_on_after_a_stop_at_any_write() {
    survives_a_stop_at_any_write(Session::new());
}

#[test]
fn joining_a_session_with_twins_goes_on_after_a_stop_at_any_write() {
    survives_a_stop_at_any_write(Session::forked());
}

#[test]
fn joining_from_a_false_base_goes_on_after_a_stop_at_any_write() {
    survives_a_stop_at_any_write(Session::with_a_false_base());
}
