//! The contract suites of the ports, over SQLite and files.

use tempfile::TempDir;
use wissil_store::{FileObjects, SqliteStore};
use wissil_sync::contract::{self, BOUNDS, EventStoreUnderTest, ObjectStoreUnderTest, sample};
use wissil_sync::{EventStore, ObjectStore};

/// A store in a folder of its own; none while it is closed.
struct OnDisk<S> {
    store: Option<S>,
    project: TempDir,
}

impl EventStoreUnderTest for OnDisk<SqliteStore> {
    fn store(&mut self) -> &mut dyn EventStore {
        self.store.as_mut().unwrap()
    }

    fn reopen(&mut self) {
        drop(self.store.take());
        let mut store = SqliteStore::open(self.project.path()).unwrap();
        store.set_bounds(BOUNDS);
        self.store = Some(store);
    }
}

impl ObjectStoreUnderTest for OnDisk<FileObjects> {
    fn store(&mut self) -> &mut dyn ObjectStore {
        self.store.as_mut().unwrap()
    }

    fn reopen(&mut self) {
        drop(self.store.take());
        self.store = Some(FileObjects::open(self.project.path()).unwrap());
    }
}

#[test]
fn sqlite_keeps_the_contract_of_event_stores() {
    contract::event_store(&mut || {
        let project = TempDir::new().unwrap();
        let mut store = SqliteStore::create(project.path(), &sample::session()).unwrap();
        store.set_bounds(BOUNDS);
        Box::new(OnDisk {
            store: Some(store),
            project,
        })
    });
}

#[test]
fn files_keep_the_contract_of_object_stores() {
    contract::object_store(&mut || {
        let project = TempDir::new().unwrap();
        Box::new(OnDisk {
            store: Some(FileObjects::open(project.path()).unwrap()),
            project,
        })
    });
}
