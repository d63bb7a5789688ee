//! The contract suites of the ports, over SQLite and files.

use std::path::Path;
use std::time::{Duration, Instant};

use tempfile::TempDir;
use wissil_store::{FileObjects, SqliteStore};
use wissil_sync::contract::{
    self, EventStoreUnderTest, ObjectStoreUnderTest, PENDING_BOUND, sample,
};
use wissil_sync::{EventStore, ObjectStore, StoreError};

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
        let mut store = open(self.project.path());
        store.set_max_pending(PENDING_BOUND);
        self.store = Some(store);
    }
}

/// Opens a store that was just closed. A process that another test starts at this moment holds a copy of its lock until
/// it runs its own program.
fn open(project: &Path) -> SqliteStore {
    let deadline = Instant::now() + Duration::from_secs(10);
    loop {
        match SqliteStore::open(project) {
            Err(StoreError::Locked) if Instant::now() < deadline => std::thread::yield_now(),
            store => return store.unwrap(),
        }
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
        store.set_max_pending(PENDING_BOUND);
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
