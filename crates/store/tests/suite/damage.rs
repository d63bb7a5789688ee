//! One changed bit anywhere: `verify` names the item, or the project does not open, or nothing that counts changed.

use std::fs;
use std::path::Path;

use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};
use tempfile::TempDir;
use wissil_store::{FileObjects, SqliteStore, VerifyReport, verify};
use wissil_sync::contract::sample::{Writer, log, session, snapshot};
use wissil_sync::{EngineError, EventStore, Ingested, ObjectStore, StoreError};

use crate::authors;
use crate::house::{self, Random, copy};

fn house() -> TempDir {
    let project = TempDir::new().unwrap();
    house::build(project.path());
    project
}

fn database(project: &Path) -> std::path::PathBuf {
    project.join(".wissil/session.db")
}

fn raw(project: &Path) -> Connection {
    let connection = Connection::open(database(project)).unwrap();
    connection
        .execute_batch("PRAGMA foreign_keys = OFF")
        .unwrap();
    connection
}

/// What verify says: nothing when it refuses the project as damaged.
fn damages(project: &Path) -> Option<VerifyReport> {
    match verify(project) {
        Ok(report) => Some(report),
        Err(StoreError::Damaged { .. } | StoreError::TooNew { .. }) => None,
        Err(error) => panic!("{error}"),
    }
}

fn names(report: &VerifyReport, part: &str) -> bool {
    report
        .damages
        .iter()
        .any(|damage| damage.what.contains(part))
}

#[test]
fn an_undamaged_project_is_sound_open_or_closed() {
    let project = house();
    let report = verify(project.path()).unwrap();
    assert_eq!(report.damages, []);
    assert!(report.sound);
    assert_eq!((report.events, report.objects), (15, 3));
    let store = SqliteStore::open(project.path()).unwrap();
    assert!(verify(project.path()).unwrap().sound);
    drop(store);

    let empty = TempDir::new().unwrap();
    SqliteStore::create(empty.path(), &session()).unwrap();
    assert!(verify(empty.path()).unwrap().sound);
}

#[test]
fn a_changed_bit_in_any_column_is_found() {
    let project = house();
    let mut random = Random::new(1);
    let tables = texts(
        &raw(project.path()),
        "SELECT name FROM sqlite_schema WHERE type = 'table'",
    );
    assert_eq!(tables.len(), 16);
    for table in tables {
        let columns = texts(
            &raw(project.path()),
            &format!("SELECT name FROM pragma_table_info('{table}')"),
        );
        for (at, column) in columns.iter().enumerate() {
            for _ in 0..4 {
                let work = TempDir::new().unwrap();
                copy(project.path(), work.path());
                let Some(row) = flip(work.path(), &table, &columns, at, &mut random) else {
                    continue;
                };
                let Some(report) = damages(work.path()) else {
                    continue;
                };
                assert!(!report.sound, "{table}.{column} of {row:?}");
                let expected = match (table.as_str(), column.as_str()) {
                    ("events", "digest") => "event ".to_owned(),
                    ("events", "ord") => "event".to_owned(),
                    ("events", _) => cid(&row[6]),
                    ("checkpoints", _) => "checkpoint".to_owned(),
                    ("pending", _) => "pending event".to_owned(),
                    ("quarantine", _) => "refused event".to_owned(),
                    ("moments", _) => "moment of the event at".to_owned(),
                    ("cursors", _) => "in a stream".to_owned(),
                    ("bases" | "base_states", _) => "base".to_owned(),
                    ("base_chains", _) => "base".to_owned(),
                    ("undo", _) => "undo entry".to_owned(),
                    ("outbox", _) => "outbox".to_owned(),
                    _ => String::new(),
                };
                assert!(
                    names(&report, &expected),
                    "{table}.{column} of {row:?}: {report:#?}"
                );
            }
        }
    }
}

/// Tables whose rows the program makes or fetches again when they are gone.
const FOUND_AGAIN: [&str; 5] = ["checkpoints", "cursors", "meta", "pending", "quarantine"];

#[test]
fn a_row_that_is_gone_is_found() {
    let project = house();
    let tables = texts(
        &raw(project.path()),
        "SELECT name FROM sqlite_schema WHERE type = 'table'",
    );
    for table in tables {
        if FOUND_AGAIN.contains(&table.as_str()) {
            continue;
        }
        let rows = texts(
            &raw(project.path()),
            &format!("SELECT CAST(row_number() OVER () - 1 AS TEXT) FROM {table}"),
        );
        for row in rows {
            let work = TempDir::new().unwrap();
            copy(project.path(), work.path());
            // Some tables have no `rowid`: all but one row go into their place.
            raw(work.path())
                .execute_batch(&format!(
                    "CREATE TEMP TABLE kept AS SELECT * FROM {table} LIMIT {row};
                     INSERT INTO kept SELECT * FROM {table} LIMIT -1 OFFSET {row} + 1;
                     DELETE FROM {table};
                     INSERT INTO {table} SELECT * FROM kept;"
                ))
                .unwrap();
            let Some(report) = damages(work.path()) else {
                continue;
            };
            assert!(!report.sound, "row {row} of {table}");
            if table == "undo" {
                assert!(names(&report, "undo entries"), "{report:#?}");
            }
        }
    }
}

/// Changes one bit of one column of a random row; the row as it was, or none when the table refuses the change.
fn flip(
    project: &Path,
    table: &str,
    columns: &[String],
    at: usize,
    random: &mut Random,
) -> Option<Vec<Value>> {
    let connection = raw(project);
    let count: i64 = connection
        .query_row(&format!("SELECT count(*) FROM {table}"), (), |row| {
            row.get(0)
        })
        .unwrap();
    assert!(count > 0, "{table} is empty");
    let row: Vec<Value> = connection
        .query_row(
            &format!(
                "SELECT * FROM {table} LIMIT 1 OFFSET {}",
                random.below(count as usize)
            ),
            (),
            |row| (0..columns.len()).map(|at| row.get(at)).collect(),
        )
        .unwrap();
    let flipped = match &row[at] {
        Value::Integer(number) => Value::Integer(number ^ (1 << random.below(63))),
        Value::Text(text) => Value::Blob(flipped(text.as_bytes(), random)),
        Value::Blob(bytes) => Value::Blob(flipped(bytes, random)),
        other => panic!("{other:?}"),
    };
    let cast = match &row[at] {
        Value::Text(_) => "CAST(?1 AS TEXT)",
        _ => "?1",
    };
    let same: Vec<_> = (0..columns.len())
        .map(|at| format!("{} IS ?{}", columns[at], at + 2))
        .collect();
    let update = format!(
        "UPDATE {table} SET {} = {cast} WHERE {}",
        columns[at],
        same.join(" AND ")
    );
    let values = std::iter::once(&flipped).chain(&row);
    let changed = connection.execute(&update, params_from_iter(values)).ok()?;
    assert_eq!(changed, 1);
    Some(row)
}

fn flipped(bytes: &[u8], random: &mut Random) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    let at = random.below(bytes.len());
    bytes[at] ^= 1 << random.below(8);
    bytes
}

fn texts(connection: &Connection, sql: &str) -> Vec<String> {
    let mut statement = connection.prepare(sql).unwrap();
    let rows = statement.query_map((), |row| row.get(0)).unwrap();
    rows.map(Result::unwrap).collect()
}

fn cid(digest: &Value) -> String {
    let Value::Blob(digest) = digest else {
        panic!("{digest:?}")
    };
    let bytes = [&[0x01, 0x71, 0x12, 0x20], &digest[..]].concat();
    wissil_dag::Cid::try_from(&bytes[..]).unwrap().to_string()
}

#[test]
fn a_changed_bit_in_the_database_is_found_or_harmless() {
    let project = house();
    let before = dump(project.path()).unwrap();
    let length = fs::metadata(database(project.path())).unwrap().len() as usize;
    let mut random = Random::new(2);
    let (mut refused, mut found, mut harmless) = (0, 0, 0);
    for round in 0..400 {
        let work = TempDir::new().unwrap();
        copy(project.path(), work.path());
        let mut bytes = fs::read(database(work.path())).unwrap();
        // Much of a small database is empty pages; one in eight goes there, one in eight into the header.
        let at = match round % 8 {
            0 => random.below(100),
            1 => random.below(length),
            _ => loop {
                let at = random.below(length);
                if bytes[at] != 0 {
                    break at;
                }
            },
        };
        bytes[at] ^= 1 << random.below(8);
        fs::write(database(work.path()), bytes).unwrap();
        match damages(work.path()) {
            None => refused += 1,
            Some(report) if !report.sound => found += 1,
            Some(_) => {
                harmless += 1;
                assert_eq!(dump(work.path()).as_ref(), Some(&before), "byte {at}");
            }
        }
    }
    println!("{refused} refused, {found} found, {harmless} harmless");
    assert!(
        refused > 20 && found > 120,
        "{refused} refused, {found} found"
    );
}

/// Every row of every table.
fn dump(project: &Path) -> Option<String> {
    let connection = raw(project);
    let mut text = String::new();
    for table in texts(
        &connection,
        "SELECT name FROM sqlite_schema WHERE type = 'table'",
    ) {
        let mut statement = connection.prepare(&format!("SELECT * FROM {table}")).ok()?;
        let columns = statement.column_count();
        let mut rows = statement.query(()).ok()?;
        while let Some(row) = rows.next().ok()? {
            for at in 0..columns {
                text += &format!("{:?} ", row.get_ref(at).ok()?);
            }
            text.push('\n');
        }
    }
    Some(text)
}

#[test]
fn a_missing_row_is_found() {
    let project = house();
    for table in ["events", "chains", "logs", "outbox", "replicas"] {
        for which in ["LIMIT 1", "LIMIT 1 OFFSET 1"] {
            let work = TempDir::new().unwrap();
            copy(project.path(), work.path());
            let key = if table == "chains" {
                "(log, replica)"
            } else {
                "rowid"
            };
            let keys = key.trim_matches(['(', ')']);
            let delete =
                format!("DELETE FROM {table} WHERE {key} IN (SELECT {keys} FROM {table} {which})");
            assert_eq!(raw(work.path()).execute(&delete, ()).unwrap(), 1);
            let report = damages(work.path());
            assert!(report.is_none_or(|report| !report.sound), "{table} {which}");
        }
    }
}

#[test]
fn a_changed_bit_in_an_object_names_it() {
    let project = house();
    let mut random = Random::new(3);
    let objects = FileObjects::open_read_only(project.path());
    for cid in objects.list().unwrap() {
        let name = cid.to_string();
        let file = project
            .path()
            .join(".wissil/objects")
            .join(&name[7..9])
            .join(&name);
        let whole = fs::read(&file).unwrap();
        for _ in 0..20 {
            fs::write(&file, flipped(&whole, &mut random)).unwrap();
            let report = verify(project.path()).unwrap();
            assert_eq!(report.damages.len(), 1);
            assert!(names(&report, &name));
            assert!(matches!(objects.get(&cid), Err(StoreError::Damaged { .. })));
        }
        // Keeping the same content again repairs it.
        let mut objects = FileObjects::open(project.path()).unwrap();
        assert_eq!(objects.put(cid.codec(), &whole).unwrap(), cid);
        assert!(verify(project.path()).unwrap().sound);
    }
    fs::write(project.path().join(".wissil/objects/stray"), "?").unwrap();
    assert!(names(&verify(project.path()).unwrap(), "stray"));
}

#[test]
fn a_damaged_checkpoint_counts_as_missing() {
    let project = house();
    let newest = |store: &SqliteStore| store.checkpoint(&log("door"), 100).unwrap();
    let damage =
        "UPDATE checkpoints SET state = CAST(x'00' || substr(state, 2) AS BLOB) WHERE position = ";
    for (position, left) in [(6, Some(3)), (3, None)] {
        raw(project.path())
            .execute(&format!("{damage}{position}"), ())
            .unwrap();
        let store = SqliteStore::open(project.path()).unwrap();
        assert_eq!(newest(&store).map(|checkpoint| checkpoint.position), left);
    }
}

#[test]
fn a_damaged_event_is_not_read() {
    let project = house();
    let damage = "UPDATE events SET block = CAST(x'00' || substr(block, 2) AS BLOB) WHERE ord = 3";
    raw(project.path()).execute(damage, ()).unwrap();
    let store = SqliteStore::open(project.path()).unwrap();
    match store.history(None, 100, None) {
        Err(StoreError::Damaged { what, .. }) => assert!(what.contains("event baf"), "{what}"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_changed_bit_in_a_journal_that_a_crash_left_is_found() {
    let project = TempDir::new().unwrap();
    let mut writer = Writer::new(1);
    let mut store = SqliteStore::create(project.path(), &session()).unwrap();
    let crashed = TempDir::new().unwrap();
    let mut before_last = 0;
    for _ in 0..12 {
        let journal = project.path().join(".wissil/session.db-wal");
        before_last = fs::metadata(journal).map_or(0, |journal| journal.len() as usize);
        writer.fold(&mut store, &log("door")).unwrap();
    }
    copy(project.path(), crashed.path());
    drop(store);
    let content = |project: &Path| {
        let store = SqliteStore::open(project)?;
        snapshot(&store)
    };
    let journal = |project: &Path| project.join(".wissil/session.db-wal");
    let whole = fs::read(journal(crashed.path())).unwrap();
    assert!(whole.len() > before_last && before_last > 40_000);

    // As it is; without a part of the last commit, as after a power loss; and with stale bytes behind.
    let expected = content(project.path()).unwrap();
    let stale = [&whole[..], &[0x5a; 9000]].concat();
    for (bytes, events) in [
        (&whole[..], 12),
        (&whole[..before_last + 5000], 11),
        (&stale, 12),
    ] {
        let work = TempDir::new().unwrap();
        copy(crashed.path(), work.path());
        fs::write(journal(work.path()), bytes).unwrap();
        let found = content(work.path()).unwrap();
        assert_eq!(found.1.events, events);
        assert!(events < 12 || found == expected);
        assert!(verify(work.path()).unwrap().sound);
    }

    let mut random = Random::new(4);
    for round in 0..200 {
        let work = TempDir::new().unwrap();
        copy(crashed.path(), work.path());
        let mut bytes = whole.clone();
        let at = random.below(if round % 8 == 0 { 100 } else { before_last });
        bytes[at] ^= 1 << random.below(8);
        fs::write(journal(work.path()), &bytes).unwrap();
        match content(work.path()) {
            Err(StoreError::Damaged { .. }) => {
                assert_eq!(fs::read(journal(work.path())).unwrap(), bytes);
                assert!(damages(work.path()).is_none());
            }
            Err(error) => panic!("byte {at}: {error}"),
            Ok(found) => assert_eq!(found, expected, "byte {at}"),
        }
    }
}

/// Everything that reading commands and exports read.
fn read_everything(project: &Path) -> Result<(), StoreError> {
    let store = SqliteStore::open_read_only(project)?;
    for (log, state) in store.logs()? {
        store.log_events(&log, 1..state.length + 1, &mut |_| true)?;
        for (replica, _) in store.chains_of(&log)? {
            store.chain_events(&log, &replica, 1..u64::MAX, &mut |_| true)?;
        }
        store.history(None, 100, Some(&log.document))?;
    }
    store.events(&mut |_| true)?;
    store.outbox(0, 100)?;
    store.history(None, 100, None).map(drop)
}

#[test]
fn reading_passes_nothing_over() {
    let project = house();
    read_everything(project.path()).unwrap();
    for table in ["events", "logs", "chains", "moments", "replicas"] {
        let rows: i64 = raw(project.path())
            .query_row(&format!("SELECT count(*) FROM {table}"), (), |row| {
                row.get(0)
            })
            .unwrap();
        let rows = (0..rows).map(|row| format!("LIMIT 1 OFFSET {row}"));
        for which in rows.chain([String::new()]) {
            let work = TempDir::new().unwrap();
            copy(project.path(), work.path());
            let key = match table {
                "chains" => "(log, replica)",
                _ => "rowid",
            };
            let keys = key.trim_matches(['(', ')']);
            let delete =
                format!("DELETE FROM {table} WHERE {key} IN (SELECT {keys} FROM {table} {which})");
            raw(work.path()).execute(&delete, ()).unwrap();
            match read_everything(work.path()) {
                Err(StoreError::Damaged { what, problem }) => {
                    let words = format!("{what}: {problem}");
                    assert!(!words.contains("rror code"), "{words}");
                }
                other => panic!("{table} {which}: {other:?}"),
            }
        }
    }
}

#[test]
fn a_row_that_changed_is_not_read() {
    let project = house();
    for damage in [
        "UPDATE events SET signature = CAST(x'00' || substr(signature, 2) AS BLOB) WHERE ord = 3",
        "UPDATE moments SET at = at + 1 WHERE ord = 3",
    ] {
        let work = TempDir::new().unwrap();
        copy(project.path(), work.path());
        raw(work.path()).execute(damage, ()).unwrap();
        let read = read_everything(work.path());
        assert!(
            matches!(read, Err(StoreError::Damaged { .. })),
            "{damage}: {read:?}"
        );
    }
}

#[test]
fn writing_where_the_outbox_names_what_is_gone_speaks_no_sql() {
    let project = TempDir::new().unwrap();
    let mut writer = Writer::new(1);
    let mut store = SqliteStore::create(project.path(), &session()).unwrap();
    for _ in 0..3 {
        writer.fold(&mut store, &log("door")).unwrap();
    }
    drop(store);
    let delete = "DELETE FROM events WHERE ord = 3";
    raw(project.path()).execute(delete, ()).unwrap();
    let mut store = SqliteStore::open(project.path()).unwrap();
    let failed = writer.fold(&mut store, &log("door")).unwrap_err();
    match failed.downcast_ref() {
        Some(StoreError::Damaged { problem, .. }) => {
            assert!(!problem.contains("UNIQUE"), "{problem}");
        }
        _ => panic!("{failed:?}"),
    }
}

#[test]
fn events_that_are_missing_go_back_to_their_places() {
    let project = house();
    let before = dump(project.path()).unwrap();
    let all: Vec<_> = wissil_sync::contract::sample::events(
        &SqliteStore::open_read_only(project.path()).unwrap(),
    )
    .unwrap()
    .into_iter()
    .map(|event| event.signed)
    .collect();
    let restore = |gone: &str| {
        let work = TempDir::new().unwrap();
        copy(project.path(), work.path());
        let removed = raw(work.path()).execute(gone, ()).unwrap();
        assert!(removed > 0 && !verify(work.path()).unwrap().sound, "{gone}");
        let mut store = SqliteStore::open(work.path()).unwrap();
        assert!(!store.short_logs().unwrap().is_empty());
        // Others than those that were there change nothing.
        assert_eq!(store.restore(&[]).unwrap(), 0);
        assert_eq!(store.restore(&all).unwrap(), removed as u64, "{gone}");
        assert_eq!(store.restore(&all).unwrap(), 0);
        assert_eq!(store.short_logs().unwrap(), []);
        drop(store);
        let report = verify(work.path()).unwrap();
        assert!(report.sound, "{gone}: {report:#?}");
        work
    };
    // Of history that is still coming, what follows is not here to name them.
    let whole = "log NOT IN (SELECT log FROM bases)";
    let ords = format!("SELECT CAST(ord AS TEXT) FROM events WHERE {whole}");
    for ord in texts(&raw(project.path()), &ords) {
        let work = restore(&format!("DELETE FROM events WHERE ord = {ord}"));
        assert_eq!(dump(work.path()).unwrap(), before, "{ord}");
    }
    let logs = format!("SELECT DISTINCT CAST(log AS TEXT) FROM events WHERE {whole}");
    for log in texts(&raw(project.path()), &logs) {
        for which in ["position = 1 OR position % 2 = 0", "TRUE"] {
            // Those that knew nothing of each other may have changed their places.
            restore(&format!(
                "DELETE FROM events WHERE log = {log} AND ({which})"
            ));
        }
    }
}

#[test]
fn an_event_that_is_missing_contradicts_nothing_when_it_comes() {
    let project = TempDir::new().unwrap();
    let store = SqliteStore::create(project.path(), &session()).unwrap();
    let mut engine = authors::engine(store, 1);
    let events = ["a", "b", "c", "d"].map(|id| authors::add(&mut engine, id));
    drop(engine);
    let cid = events[2].cid;
    let (of, _) = {
        let store = SqliteStore::open(project.path()).unwrap();
        store.place(&cid).unwrap().unwrap()
    };
    let connection = raw(project.path());
    let ords = "SELECT CAST(ord AS TEXT) FROM events ORDER BY ord DESC LIMIT 1 OFFSET 1";
    let ord = texts(&connection, ords).remove(0);
    let delete = format!("DELETE FROM events WHERE ord = {ord}");
    connection.execute(&delete, ()).unwrap();
    drop(connection);
    let store = SqliteStore::open(project.path()).unwrap();
    assert_eq!(store.place(&cid).unwrap(), None);
    let mut engine = authors::engine(store, 1);
    let came = engine.ingest(events[2].clone());
    assert!(
        matches!(came, Err(EngineError::Store(StoreError::Damaged { .. }))),
        "{came:?}"
    );
    assert_eq!(engine.store_mut().restore(&events).unwrap(), 1);
    let came = engine.ingest(events[2].clone()).unwrap();
    assert_eq!(came, Ingested::Duplicate);
    let chain = engine.store().chain(&of, engine.replica()).unwrap();
    assert!(!chain.unwrap().frozen);
    assert_eq!(engine.store().quarantined().unwrap(), []);
}

#[test]
fn a_damaged_object_is_set_aside_and_counts_as_missing() {
    let project = house();
    let reader = FileObjects::open_read_only(project.path());
    let cid = reader.list().unwrap()[0];
    let whole = fs::read(reader.path_of(&cid)).unwrap();
    assert!(!reader.set_aside(&cid).unwrap(), "a sound one stays");
    let store = SqliteStore::open(project.path()).unwrap();
    let mut writer = FileObjects::open(project.path()).unwrap();
    fs::write(reader.path_of(&cid), b"").unwrap();
    assert_eq!(verify(project.path()).unwrap().damaged_objects, [cid]);
    assert!(!reader.set_aside(&cid).unwrap(), "a reader moves nothing");
    assert!(writer.set_aside(&cid).unwrap());
    assert!(!writer.contains(&cid).unwrap());
    assert_eq!(writer.get(&cid).unwrap(), None);
    assert_eq!(writer.put(cid.codec(), &whole).unwrap(), cid);
    assert!(verify(project.path()).unwrap().sound);

    // A folder in its place.
    fs::remove_file(reader.path_of(&cid)).unwrap();
    fs::create_dir(reader.path_of(&cid)).unwrap();
    assert!(!reader.contains(&cid).unwrap());
    assert!(reader.open_read(&cid).unwrap().is_none());
    let read = reader.get(&cid);
    assert!(matches!(read, Err(StoreError::Damaged { .. })), "{read:?}");
    assert!(!reader.set_aside(&cid).unwrap());
    assert!(writer.set_aside(&cid).unwrap());
    assert_eq!(reader.get(&cid).unwrap(), None);
    drop(store);
}

/// What opens and cannot be read, and what does not open, may both be whole: a disk that does not answer, rights, too many
/// open files.
#[cfg(target_os = "linux")]
#[test]
fn an_object_that_cannot_be_read_is_told_and_stays() {
    for unreadable in ["/proc/self/mem", "itself"] {
        let project = house();
        let store = SqliteStore::open(project.path()).unwrap();
        let objects = FileObjects::open(project.path()).unwrap();
        let cid = objects.list().unwrap()[0];
        let path = objects.path_of(&cid);
        let kept = project.path().join("kept");
        fs::rename(&path, &kept).unwrap();
        let target = match unreadable {
            "itself" => path.as_path(),
            elsewhere => Path::new(elsewhere),
        };
        std::os::unix::fs::symlink(target, &path).unwrap();
        if unreadable == "itself" {
            let asked = objects.contains(&cid).unwrap_err();
            assert!(
                asked.to_string().contains(path.to_str().unwrap()),
                "{asked}"
            );
        }
        assert!(matches!(
            objects.set_aside(&cid),
            Err(StoreError::Io { .. })
        ));
        let report = verify(project.path()).unwrap();
        assert!(names(&report, &cid.to_string()), "{report:?}");
        assert_eq!(report.damaged_objects, []);
        assert!(fs::symlink_metadata(&path).is_ok());
        fs::rename(&kept, &path).unwrap();
        assert!(verify(project.path()).unwrap().sound);
        drop(store);
    }
}
