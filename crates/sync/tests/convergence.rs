//! Engines converge: replicas that edit, undo, restart and hear of each other in any order, with gaps and duplicates,
//! end with the same documents, heads and nothing pending; and at every step live equals the replay of the log.
#![allow(clippy::unwrap_used)]

mod world;

use proptest::prelude::*;
use wissil_dag::SignedEvent;
use wissil_model::{Change, Value};
use wissil_sync::*;
use world::*;

const REPLICAS: usize = 3;

#[derive(Clone, Debug)]
enum Step {
    Put {
        replica: usize,
        record: usize,
    },
    Rename {
        replica: usize,
        record: usize,
        to: u8,
    },
    Reparent {
        replica: usize,
        record: usize,
        parent: usize,
    },
    Remove {
        replica: usize,
        record: usize,
    },
    Undo {
        replica: usize,
    },
    Redo {
        replica: usize,
    },
    /// One event of another replica's store arrives, whichever: early, late, or again.
    Hear {
        replica: usize,
        from: usize,
        which: prop::sample::Index,
    },
    /// All events arrive that another replica has.
    Sync {
        replica: usize,
        from: usize,
    },
    Restart {
        replica: usize,
    },
}

fn step() -> impl Strategy<Value = Step> {
    let replica = || 0..REPLICAS;
    let record = || 0..5usize;
    prop_oneof![
        4 => (replica(), record()).prop_map(|(replica, record)| Step::Put { replica, record }),
        5 => (replica(), record(), any::<u8>())
            .prop_map(|(replica, record, to)| Step::Rename { replica, record, to }),
        3 => (replica(), record(), record())
            .prop_map(|(replica, record, parent)| Step::Reparent { replica, record, parent }),
        2 => (replica(), record()).prop_map(|(replica, record)| Step::Remove { replica, record }),
        3 => replica().prop_map(|replica| Step::Undo { replica }),
        2 => replica().prop_map(|replica| Step::Redo { replica }),
        6 => (replica(), replica(), any::<prop::sample::Index>())
            .prop_map(|(replica, from, which)| Step::Hear { replica, from, which }),
        1 => (replica(), replica()).prop_map(|(replica, from)| Step::Sync { replica, from }),
        1 => replica().prop_map(|replica| Step::Restart { replica }),
    ]
}

struct Replicas(Vec<Engine<MemoryStore>>);

impl Replicas {
    /// Replica 0 makes the scene; the others hear of it before anything else happens.
    fn new() -> Self {
        let mut engines: Vec<_> = (0..REPLICAS)
            .map(|number| engine(MemoryStore::new(session()), number as u8))
            .collect();
        add_scene(&mut engines[0]);
        let first = events(&engines[0]);
        for other in &mut engines[1..] {
            for event in &first {
                other.ingest(event.clone()).unwrap();
            }
        }
        Self(engines)
    }

    fn take(&mut self, step: &Step) -> usize {
        // Refused edits are a legal outcome: the record is gone, nothing changed, nothing to undo.
        match step {
            Step::Put { replica, record } => {
                let _ = self.0[*replica].edit(&scene(), gesture("entity.add", put(&id(*record))));
                *replica
            }
            Step::Rename {
                replica,
                record,
                to,
            } => {
                let changes = rename(&id(*record), &format!("name {to}"));
                let _ = self.0[*replica].edit(&scene(), gesture("entity.rename", changes));
                *replica
            }
            Step::Reparent {
                replica,
                record,
                parent,
            } => {
                let parent = Value::text(id(*parent));
                let changes = vec![Change::set("entities", id(*record), [("parent", parent)])];
                let _ = self.0[*replica].edit(&scene(), gesture("entity.reparent", changes));
                *replica
            }
            Step::Remove { replica, record } => {
                let changes = vec![Change::remove("entities", id(*record))];
                let _ = self.0[*replica].edit(&scene(), gesture("entity.delete", changes));
                *replica
            }
            Step::Undo { replica } => {
                let _ = self.0[*replica].undo(&scene(), 0);
                *replica
            }
            Step::Redo { replica } => {
                let _ = self.0[*replica].redo(&scene(), 0);
                *replica
            }
            Step::Hear {
                replica,
                from,
                which,
            } => {
                let all = events(&self.0[*from]);
                self.hear(*replica, all[which.index(all.len())].clone());
                *replica
            }
            Step::Sync { replica, from } => {
                for event in events(&self.0[*from]) {
                    self.hear(*replica, event);
                }
                *replica
            }
            Step::Restart { replica } => {
                let store =
                    std::mem::replace(self.0[*replica].store_mut(), MemoryStore::new(session()));
                self.0[*replica] = engine(store, *replica as u8);
                *replica
            }
        }
    }

    fn hear(&mut self, replica: usize, event: SignedEvent) {
        let outcome = self.0[replica].ingest(event).unwrap();
        assert!(
            !matches!(outcome, Ingested::Quarantined { .. } | Ingested::Forked),
            "an honest event was refused: {outcome:?}"
        );
    }
}

fn id(record: usize) -> String {
    format!("entity_{record}")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn engines_converge(steps in prop::collection::vec(step(), 1..60)) {
        let mut replicas = Replicas::new();
        for step in &steps {
            let touched = replicas.take(step);
            check_replay(&mut replicas.0[touched]);
        }
        for replica in 0..REPLICAS {
            for from in 0..REPLICAS {
                for event in events(&replicas.0[from]) {
                    replicas.hear(replica, event);
                }
            }
        }
        let (first, others) = replicas.0.split_at_mut(1);
        let log = first[0].log(&scene());
        for other in others {
            prop_assert_eq!(other.store().counts().unwrap().pending, 0);
            prop_assert_eq!(
                other.store().log(&log).unwrap(),
                first[0].store().log(&log).unwrap()
            );
            // A scene without events is in the manifest only.
            prop_assert!(
                other.projection(&scene()).unwrap() == first[0].projection(&scene()).unwrap(),
                "replicas differ"
            );
            check_replay(other);
        }
    }
}
