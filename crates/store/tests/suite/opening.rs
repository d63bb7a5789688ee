//! Making and opening projects, and who may write them.

use std::fs;
use std::path::Path;

use rusqlite::Connection;
use tempfile::TempDir;
use wissil_store::{FORMAT, FileObjects, SqliteStore, verify};
use wissil_sync::contract::sample::{Writer, log, session};
use wissil_sync::{EventStore, ObjectStore, StoreError};

use crate::house;

fn database(project: &Path) -> std::path::PathBuf {
    project.join(".wissil/session.db")
}

#[test]
fn a_project_is_made_once() {
    let project = TempDir::new().unwrap();
    assert!(matches!(
        SqliteStore::open(project.path()),
        Err(StoreError::Io { .. })
    ));
    let folder = project.path().join("new/deep");
    let store = SqliteStore::create(&folder, &session()).unwrap();
    assert_eq!(*store.session(), session());
    drop(store);
    assert!(matches!(
        SqliteStore::create(&folder, &session()),
        Err(StoreError::Io { .. })
    ));
    assert_eq!(*SqliteStore::open(&folder).unwrap().session(), session());
}

#[test]
fn a_database_in_the_making_is_no_project() {
    let project = TempDir::new().unwrap();
    fs::create_dir(project.path().join(".wissil")).unwrap();
    fs::write(project.path().join(".wissil/session.db.new"), "half").unwrap();
    assert!(SqliteStore::open(project.path()).is_err());
    SqliteStore::create(project.path(), &session()).unwrap();
    assert!(!project.path().join(".wissil/session.db.new").exists());
}

#[test]
fn a_journal_without_its_database_is_not_overwritten() {
    let project = TempDir::new().unwrap();
    fs::create_dir(project.path().join(".wissil")).unwrap();
    let journal = project.path().join(".wissil/session.db-wal");
    fs::write(&journal, "commits").unwrap();
    assert!(SqliteStore::create(project.path(), &session()).is_err());
    assert_eq!(fs::read(journal).unwrap(), b"commits");
}

#[test]
fn one_handle_writes_and_others_read() {
    let project = TempDir::new().unwrap();
    let mut writer = Writer::new(1);
    let mut store = SqliteStore::create(project.path(), &session()).unwrap();
    for _ in 0..2 {
        let second = SqliteStore::open(project.path());
        assert!(matches!(second, Err(StoreError::Locked)), "{second:?}");
        let second = SqliteStore::create(project.path(), &session());
        assert!(matches!(second, Err(StoreError::Locked)), "{second:?}");
    }
    let mut reader = SqliteStore::open_read_only(project.path()).unwrap();
    let new = writer.fold(&mut store, &log("door")).unwrap();
    assert!(reader.event(&new.signed.cid).unwrap().is_some());
    assert_eq!(reader.counts().unwrap(), store.counts().unwrap());
    let refused = reader.acknowledge(&[new.signed.cid]);
    let refused = refused.unwrap_err().to_string();
    assert!(refused.contains("reading only"), "{refused}");
    assert!(reader.set_meta("replica", "x").is_err());
    assert_eq!(store.counts().unwrap().outbox, 1);
    drop(store);
    let mut store = SqliteStore::open(project.path()).unwrap();
    writer.fold(&mut store, &log("door")).unwrap();
    assert_eq!(reader.counts().unwrap().events, 2);
    drop(store);
    // Nobody else has it open any more.
    drop(reader);
    let reader = SqliteStore::open_read_only(project.path()).unwrap();
    assert_eq!(reader.counts().unwrap().events, 2);
}

#[test]
fn objects_opened_for_reading_are_not_written() {
    let project = TempDir::new().unwrap();
    let mut reader = FileObjects::open_read_only(project.path());
    assert_eq!(reader.list().unwrap(), []);
    assert!(reader.put(wissil_dag::Codec::RAW, b"lid").is_err());
    assert!(!project.path().join(".wissil").exists());
}

#[test]
fn small_texts_are_kept() {
    let project = TempDir::new().unwrap();
    let mut store = SqliteStore::create(project.path(), &session()).unwrap();
    assert_eq!(store.meta("replica").unwrap(), None);
    store.set_meta("replica", "one").unwrap();
    store.set_meta("replica", "two").unwrap();
    assert!(matches!(
        store.set_meta("session", "x"),
        Err(StoreError::Conflict(_))
    ));
    drop(store);
    let store = SqliteStore::open(project.path()).unwrap();
    assert_eq!(store.meta("replica").unwrap().as_deref(), Some("two"));
}

#[test]
fn what_is_not_our_database_is_left_as_it_is() {
    let house = TempDir::new().unwrap();
    house::build(house.path());
    let ours = fs::read(database(house.path())).unwrap();
    let foreign = {
        let other = TempDir::new().unwrap();
        let file = other.path().join("other.db");
        let connection = Connection::open(&file).unwrap();
        connection
            .execute_batch("CREATE TABLE events (a); PRAGMA user_version = 1")
            .unwrap();
        drop(connection);
        fs::read(file).unwrap()
    };
    let mut unnumbered = ours.clone();
    unnumbered[60..64].fill(0);
    let mut scrambled = ours.clone();
    scrambled[100..4096].fill(0x5a);
    for (what, bytes) in [
        ("empty", Vec::new()),
        ("text", b"this is not a database, it is a letter".repeat(40)),
        ("another program's", foreign),
        ("cut", ours[..ours.len() - 4096].to_vec()),
        ("cut in a page", ours[..5000].to_vec()),
        ("without a format", unnumbered),
        ("scrambled", scrambled),
    ] {
        let project = TempDir::new().unwrap();
        fs::create_dir(project.path().join(".wissil")).unwrap();
        fs::write(database(project.path()), &bytes).unwrap();
        for error in [
            SqliteStore::open(project.path()).map(drop).unwrap_err(),
            SqliteStore::open_read_only(project.path())
                .map(drop)
                .unwrap_err(),
            verify(project.path()).map(drop).unwrap_err(),
        ] {
            assert!(
                matches!(error, StoreError::Damaged { .. }),
                "{what}: {error}"
            );
        }
        assert_eq!(fs::read(database(project.path())).unwrap(), bytes, "{what}");
    }
}

#[test]
fn a_newer_format_is_told_apart_and_left_as_it_is() {
    let project = TempDir::new().unwrap();
    house::build(project.path());
    let newer = FORMAT + 6;
    let connection = Connection::open(database(project.path())).unwrap();
    connection
        .execute_batch(&format!("PRAGMA user_version = {newer}"))
        .unwrap();
    drop(connection);
    let bytes = fs::read(database(project.path())).unwrap();
    match SqliteStore::open(project.path()) {
        Err(StoreError::TooNew { found, known }) => assert_eq!((found, known), (newer, FORMAT)),
        other => panic!("{other:?}"),
    }
    assert_eq!(fs::read(database(project.path())).unwrap(), bytes);
}

#[test]
fn who_reads_may_hold_a_state_while_others_write() {
    let project = TempDir::new().unwrap();
    let mut store = SqliteStore::create(project.path(), &session()).unwrap();
    let mut writer = Writer::new(1);
    let reader = SqliteStore::open_read_only(project.path()).unwrap();
    let events = |store: &SqliteStore| store.counts().unwrap().events;
    for round in 0..3 {
        reader.hold().unwrap();
        assert_eq!(events(&reader), round);
        writer.fold(&mut store, &log("door")).unwrap();
        assert_eq!((events(&reader), events(&store)), (round, round + 1));
        reader.let_go().unwrap();
        assert_eq!(events(&reader), round + 1);
    }
    assert!(matches!(store.hold(), Err(StoreError::Conflict(_))));
    writer.fold(&mut store, &log("door")).unwrap();
}

#[test]
fn what_was_read_while_the_database_could_not_be_written_can_be_written_again() {
    let project = TempDir::new().unwrap();
    let path = database(project.path());
    let mut writer = Writer::new(1);
    let mut store = SqliteStore::create(project.path(), &session()).unwrap();
    writer.fold(&mut store, &log("scene")).unwrap();
    drop(store);
    let open = fs::metadata(&path).unwrap().permissions();
    let mut fixed = open.clone();
    fixed.set_readonly(true);
    fs::set_permissions(&path, fixed.clone()).unwrap();
    let reader = SqliteStore::open_read_only(project.path()).unwrap();
    assert_eq!(reader.counts().unwrap().events, 1);
    drop(reader);
    let beside = ["-wal", "-shm"].map(|ending| path.with_extension(format!("db{ending}")));
    let rights = |file| fs::metadata(file).unwrap().permissions();
    assert_eq!(beside.each_ref().map(rights), [fixed.clone(), fixed]);
    fs::set_permissions(&path, open.clone()).unwrap();
    let mut store = SqliteStore::open(project.path()).unwrap();
    assert_eq!(beside.each_ref().map(rights), [open.clone(), open]);
    writer.fold(&mut store, &log("scene")).unwrap();
}
