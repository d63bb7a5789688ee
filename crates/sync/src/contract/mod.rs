//! What every implementation of the ports has to do, as one suite of numbered cases per port.
//!
//! Each case runs twice: with a store that stays open, and with one that is closed and opened again before every
//! step, so that whatever a case expects also survives.

mod arrivals;
mod bases;
mod begun;
mod caches;
mod chains;
mod commits;
mod objects;
pub mod plan;
mod reading;
mod refusals;
mod retreat;
pub mod sample;
mod undo;

use std::error::Error;

use crate::ports::{Bounds, EventStore, ObjectStore, StoreError};

pub use objects::{OBJECT_CASES, ObjectCase, Steps as ObjectSteps};

/// The bounds that a store under test has to have, instead of [`Bounds::default`].
pub const BOUNDS: Bounds = Bounds {
    pending: 4,
    pending_bytes: 4 << 20,
    quarantined: 8,
    quarantined_bytes: 1 << 20,
};

/// What a case returns: failed expectations panic, failed steps end it.
pub type Outcome<T = ()> = Result<T, Box<dyn Error>>;

/// An event store of the session [`sample::session`], bounded to [`BOUNDS`], that can be opened again.
pub trait EventStoreUnderTest {
    /// The store.
    fn store(&mut self) -> &mut dyn EventStore;

    /// Closes the store and opens it again; a store that ends with the process does nothing.
    fn reopen(&mut self);
}

/// An object store that can be opened again.
pub trait ObjectStoreUnderTest {
    /// The store.
    fn store(&mut self) -> &mut dyn ObjectStore;

    /// Closes the store and opens it again; a store that ends with the process does nothing.
    fn reopen(&mut self);
}

/// A case of [`EventStore`]: a name that begins with its number, and what to do with an empty store.
pub type EventCase = (&'static str, fn(&mut Steps<'_>) -> Outcome);

/// The store of a running case.
pub struct Steps<'a> {
    under_test: &'a mut dyn EventStoreUnderTest,
    reopens: bool,
}

impl Steps<'_> {
    /// The store for the next step.
    pub fn store(&mut self) -> &mut dyn EventStore {
        if self.reopens {
            self.under_test.reopen();
        }
        self.under_test.store()
    }
}

/// Runs every case of [`EventStore`] against a new, empty store each.
///
/// # Panics
/// When a case fails, with its number and name.
pub fn event_store(make: &mut dyn FnMut() -> Box<dyn EventStoreUnderTest>) {
    for (name, case) in event_cases() {
        for reopens in [false, true] {
            let mut under_test = make();
            let mut steps = Steps {
                under_test: under_test.as_mut(),
                reopens,
            };
            println!("case {name}, {}", way(reopens));
            if let Err(error) = case(&mut steps) {
                panic!("case {name}, {}: {error}", way(reopens));
            }
        }
    }
}

/// Runs every case of [`ObjectStore`] against a new, empty store each.
///
/// # Panics
/// When a case fails, with its number and name.
pub fn object_store(make: &mut dyn FnMut() -> Box<dyn ObjectStoreUnderTest>) {
    for (name, case) in OBJECT_CASES {
        for reopens in [false, true] {
            let mut under_test = make();
            let mut steps = ObjectSteps {
                under_test: under_test.as_mut(),
                reopens,
            };
            println!("case {name}, {}", way(reopens));
            if let Err(error) = case(&mut steps) {
                panic!("case {name}, {}: {error}", way(reopens));
            }
        }
    }
}

/// All cases of [`EventStore`].
#[must_use]
pub fn event_cases() -> Vec<EventCase> {
    [
        commits::CASES,
        refusals::CASES,
        reading::CASES,
        undo::CASES,
        caches::CASES,
        arrivals::CASES,
        chains::CASES,
        bases::CASES,
        begun::CASES,
        retreat::CASES,
    ]
    .concat()
}

fn way(reopens: bool) -> &'static str {
    if reopens {
        "opened again before every step"
    } else {
        "kept open"
    }
}

/// An error that says what should hold, when it does not.
fn expect(holds: bool, what: &str) -> Outcome {
    match holds {
        true => Ok(()),
        false => Err(format!("it does not hold that {what}").into()),
    }
}

#[track_caller]
fn expect_conflict<T>(result: Result<T, StoreError>, what: &str) {
    match result {
        Err(StoreError::Conflict(_)) => {}
        Err(error) => panic!("{what}: expected a conflict, got {error}"),
        Ok(_) => panic!("{what}: expected a conflict, it was taken"),
    }
}

#[cfg(test)]
mod tests {
    use super::{BOUNDS, EventStoreUnderTest, ObjectStoreUnderTest, sample};
    use crate::memory::{MemoryObjects, MemoryStore};
    use crate::ports::{EventStore, ObjectStore};

    struct Memory<S>(S);

    impl EventStoreUnderTest for Memory<MemoryStore> {
        fn store(&mut self) -> &mut dyn EventStore {
            &mut self.0
        }

        fn reopen(&mut self) {}
    }

    impl ObjectStoreUnderTest for Memory<MemoryObjects> {
        fn store(&mut self) -> &mut dyn ObjectStore {
            &mut self.0
        }

        fn reopen(&mut self) {}
    }

    #[test]
    fn the_store_of_events_in_memory_keeps_the_contract() {
        super::event_store(&mut || {
            let store = MemoryStore::new(sample::session()).with_bounds(BOUNDS);
            Box::new(Memory(store))
        });
    }

    #[test]
    fn the_store_of_objects_in_memory_keeps_the_contract() {
        super::object_store(&mut || Box::new(Memory(MemoryObjects::new())));
    }
}
