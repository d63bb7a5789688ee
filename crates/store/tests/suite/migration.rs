//! Databases of older versions open for ever. `UPDATE=1` writes the newest format's file if it is missing.

use std::fs;
use std::path::PathBuf;

use tempfile::TempDir;
use wissil_store::{FORMAT, SqliteStore, verify};

use crate::house;

fn committed(format: u32, ending: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("tests/databases/v{format}.{ending}"))
}

#[test]
fn databases_of_every_format_open_with_all_they_hold() {
    if std::env::var_os("UPDATE").is_some() && !committed(FORMAT, "db").exists() {
        let project = TempDir::new().unwrap();
        house::build(project.path());
        let store = SqliteStore::open(project.path()).unwrap();
        fs::create_dir_all(committed(FORMAT, "db").parent().unwrap()).unwrap();
        fs::write(committed(FORMAT, "txt"), house::content(&store)).unwrap();
        drop(store);
        let database = project.path().join(".wissil/session.db");
        fs::copy(database, committed(FORMAT, "db")).unwrap();
    }
    for format in 1..=FORMAT {
        let project = TempDir::new().unwrap();
        fs::create_dir(project.path().join(".wissil")).unwrap();
        let database = project.path().join(".wissil/session.db");
        fs::copy(committed(format, "db"), database).unwrap();
        let store = SqliteStore::open(project.path()).unwrap();
        let expected = fs::read_to_string(committed(format, "txt")).unwrap();
        assert_eq!(house::content(&store), expected, "format {format}");
        drop(store);
        assert_eq!(
            verify(project.path()).unwrap().damages,
            [],
            "format {format}"
        );
    }
}
