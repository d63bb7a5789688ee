//! The same plan over SQLite and in memory: both show the same after every step.

use std::cell::RefCell;

use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;
use tempfile::TempDir;
use wissil_store::{SqliteStore, verify};
use wissil_sync::contract::plan::{InMemory, Replicas, Step, Stores};
use wissil_sync::contract::sample::session;

/// Stores in projects of their own, in the order in which they were made.
struct OnDisk<'a>(&'a RefCell<Vec<TempDir>>);

impl Stores for OnDisk<'_> {
    type Store = SqliteStore;

    fn make(&mut self) -> SqliteStore {
        let project = TempDir::new().unwrap();
        let store = SqliteStore::create(project.path(), &session()).unwrap();
        self.0.borrow_mut().push(project);
        store
    }

    fn reopen(&mut self, made: usize, store: SqliteStore) -> SqliteStore {
        drop(store);
        SqliteStore::open(self.0.borrow()[made].path()).unwrap()
    }
}

fn run(plan: &[Step]) {
    let projects = RefCell::default();
    let mut here = Replicas::new(InMemory).unwrap();
    let mut there = Replicas::new(OnDisk(&projects)).unwrap();
    for step in plan {
        let taken = here.take(*step).unwrap();
        assert_eq!(there.take(*step).unwrap(), taken, "{step:?}");
        if let Some(replica) = taken {
            let (expected, found) = (here.content(replica), there.content(replica));
            assert!(found.unwrap() == expected.unwrap(), "{step:?}");
        }
    }
    here.converge().unwrap();
    there.converge().unwrap();
    for replica in 0..here.count() {
        let (expected, found) = (here.content(replica), there.content(replica));
        assert!(found.unwrap() == expected.unwrap(), "replica {replica}");
    }
    for project in projects.borrow().iter() {
        assert_eq!(verify(project.path()).unwrap().damages, []);
    }
}

/// Failing seeds are kept, to be committed and tried first from then on.
fn seeded() -> ProptestConfig {
    let seeds = FileFailurePersistence::Direct("tests/plan-seeds.txt");
    ProptestConfig {
        cases: 16,
        failure_persistence: Some(Box::new(seeds)),
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(seeded())]

    #[test]
    fn sqlite_shows_what_memory_does(
        plan in prop::collection::vec(any::<[u8; 4]>().prop_map(Step::from), 1..70),
    ) {
        run(&plan);
    }
}
