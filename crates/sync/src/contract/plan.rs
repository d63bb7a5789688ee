//! Plans of replicas that edit, undo, start again, join and hear of each other in any order, over any kind of store.
//!
//! Whatever the plan, the replicas end with the same documents; at every step live equals the replay of the log; and two
//! kinds of store show the same.

use std::collections::BTreeSet;

use wissil_dag::{BranchId, Cid, DocumentId, SignedEvent, SigningKey};
use wissil_model::{Change, Record, Value};

use super::sample::{session, snapshot, token, user};
use super::{Outcome, expect};
use crate::arrival::Arrival;
use crate::engine::{Author, Engine, Gesture, MANIFEST};
use crate::error::EngineError;
use crate::memory::MemoryStore;
use crate::ports::{Checkpoint, EventStore, StoreCounts, UndoSide};

/// How many replicas there are from the beginning.
const REPLICAS: usize = 3;
/// How many there are at most, once others joined.
const MAX_REPLICAS: usize = 5;

/// One step of a plan. Replicas, records and events are counted round: every number names one.
#[derive(Clone, Copy, Debug)]
pub enum Step {
    /// A replica puts an entity.
    Put {
        /// Who.
        replica: u8,
        /// Which entity.
        record: u8,
    },
    /// A replica names an entity.
    Rename {
        /// Who.
        replica: u8,
        /// Which entity.
        record: u8,
        /// The name.
        to: u8,
    },
    /// A replica puts an entity under another.
    Reparent {
        /// Who.
        replica: u8,
        /// Which entity.
        record: u8,
        /// Under which.
        parent: u8,
    },
    /// A replica removes an entity.
    Remove {
        /// Who.
        replica: u8,
        /// Which entity.
        record: u8,
    },
    /// A replica takes its newest gesture back.
    Undo {
        /// Who.
        replica: u8,
    },
    /// A replica brings back what it took back last.
    Redo {
        /// Who.
        replica: u8,
    },
    /// One event of another replica's store arrives, whichever: early, late, or again.
    Hear {
        /// Where.
        replica: u8,
        /// From whom.
        from: u8,
        /// Which.
        which: u8,
    },
    /// All events arrive that another replica has.
    Sync {
        /// Where.
        replica: u8,
        /// From whom.
        from: u8,
    },
    /// A replica's program ends and starts again.
    Restart {
        /// Whose.
        replica: u8,
    },
    /// The server has the oldest events that wait for it.
    Acknowledge {
        /// Whose.
        replica: u8,
        /// How many.
        count: u8,
    },
    /// A new replica starts from what another shares.
    Join {
        /// From whom.
        from: u8,
    },
    /// Some events of another replica arrive as history.
    Fill {
        /// Where.
        replica: u8,
        /// From whom.
        from: u8,
        /// From which on, and how many.
        which: u8,
    },
    /// A replica keeps a checkpoint.
    Checkpoint {
        /// Who.
        replica: u8,
    },
}

impl From<[u8; 4]> for Step {
    /// Any bytes are a step; more of them are steps that are taken more often.
    fn from([kind, replica, one, other]: [u8; 4]) -> Self {
        let (record, from) = (one, one);
        match kind % 32 {
            0..4 => Self::Put { replica, record },
            4..9 => Self::Rename {
                replica,
                record,
                to: other,
            },
            9..12 => Self::Reparent {
                replica,
                record,
                parent: other,
            },
            12..14 => Self::Remove { replica, record },
            14..17 => Self::Undo { replica },
            17..19 => Self::Redo { replica },
            19..24 => Self::Hear {
                replica,
                from,
                which: other,
            },
            24 => Self::Sync { replica, from },
            25 => Self::Restart { replica },
            26 => Self::Acknowledge {
                replica,
                count: one,
            },
            27 => Self::Join { from },
            28..31 => Self::Fill {
                replica,
                from,
                which: other,
            },
            _ => Self::Checkpoint { replica },
        }
    }
}

/// A kind of store: how one is made, and how it outlives a program.
pub trait Stores {
    /// The store.
    type Store: EventStore;

    /// Makes the next one, empty, of the session of all samples.
    fn make(&mut self) -> Self::Store;

    /// Closes and opens the one that was made as number `made` (from 0).
    fn reopen(&mut self, made: usize, store: Self::Store) -> Self::Store;
}

/// Stores that end with the process.
#[derive(Debug, Default)]
pub struct InMemory;

impl Stores for InMemory {
    type Store = MemoryStore;

    fn make(&mut self) -> MemoryStore {
        MemoryStore::new(session())
    }

    fn reopen(&mut self, _: usize, store: MemoryStore) -> MemoryStore {
        store
    }
}

/// The replicas of a plan.
pub struct Replicas<T: Stores> {
    stores: T,
    engines: Vec<Engine<T::Store>>,
}

impl<T: Stores> Replicas<T> {
    /// Replica 0 makes a scene; the others hear of it before anything else happens.
    pub fn new(stores: T) -> Outcome<Self> {
        let mut replicas = Self {
            stores,
            engines: Vec::new(),
        };
        for number in 0..REPLICAS {
            let store = replicas.stores.make();
            replicas.engines.push(engine(store, number));
        }
        let entry = Record::new().with("name", "Scene").with("kind", "scene");
        let changes = vec![Change::put("documents", "scene", entry)];
        let first = &mut replicas.engines[0];
        first.edit(&manifest(), gesture("document.add", changes))?;
        let events = events(first)?;
        for other in &mut replicas.engines[1..] {
            other.ingest_many(read(&events))?;
        }
        Ok(replicas)
    }

    /// Takes a step, and checks the replica that took it: the number of that one; none when nobody could.
    pub fn take(&mut self, step: Step) -> Outcome<Option<usize>> {
        let count = self.engines.len();
        let number = |replica: u8| usize::from(replica) % count;
        let taken = match step {
            Step::Put { replica, record } => {
                let entity = Record::new().with("name", id(record));
                let changes = vec![Change::put("entities", id(record), entity)];
                self.edit(number(replica), "entity.add", changes)?
            }
            Step::Rename {
                replica,
                record,
                to,
            } => {
                let name = Value::text(format!("name {to}"));
                let changes = vec![Change::set("entities", id(record), [("name", name)])];
                self.edit(number(replica), "entity.rename", changes)?
            }
            Step::Reparent {
                replica,
                record,
                parent,
            } => {
                let parent = Value::text(id(parent));
                let changes = vec![Change::set("entities", id(record), [("parent", parent)])];
                self.edit(number(replica), "entity.reparent", changes)?
            }
            Step::Remove { replica, record } => {
                let changes = vec![Change::remove("entities", id(record))];
                self.edit(number(replica), "entity.delete", changes)?
            }
            Step::Undo { replica } => {
                legal(self.engines[number(replica)].undo(&scene(), 0))?;
                number(replica)
            }
            Step::Redo { replica } => {
                legal(self.engines[number(replica)].redo(&scene(), 0))?;
                number(replica)
            }
            Step::Hear {
                replica,
                from,
                which,
            } => {
                let events = events(&self.engines[number(from)])?;
                let which = usize::from(which) % events.len().max(1);
                let heard = events.get(which..which + 1).unwrap_or_default();
                self.hear(number(replica), heard)?
            }
            Step::Sync { replica, from } => {
                let events = events(&self.engines[number(from)])?;
                self.hear(number(replica), &events)?
            }
            Step::Restart { replica } => {
                let number = number(replica);
                let store = self.engines.remove(number).into_store();
                let store = self.stores.reopen(number, store);
                self.engines.insert(number, engine(store, number));
                number
            }
            Step::Acknowledge { replica, count } => {
                let store = self.engines[number(replica)].store_mut();
                let oldest = store.outbox(0, usize::from(count % 8))?;
                let cids: Vec<_> = oldest.iter().map(|event| event.signed.cid).collect();
                store.acknowledge(&cids)?;
                number(replica)
            }
            Step::Join { from } => {
                if count == MAX_REPLICAS {
                    return Ok(None);
                }
                let mut bases = Vec::new();
                for document in [manifest(), scene()] {
                    bases.extend(self.engines[number(from)].share(&document)?);
                }
                if bases.len() < 2 {
                    return Ok(None);
                }
                let mut store = self.stores.make();
                store.start_from(bases)?;
                self.engines.push(engine(store, count));
                count
            }
            Step::Fill {
                replica,
                from,
                which,
            } => {
                let events = events(&self.engines[number(from)])?;
                let first = usize::from(which / 8) % events.len().max(1);
                let few = events.iter().skip(first).take(usize::from(which % 8));
                let few: Vec<SignedEvent> = few.cloned().collect();
                self.fill(number(replica), &few)?
            }
            Step::Checkpoint { replica } => {
                let engine = &mut self.engines[number(replica)];
                if let Some(shared) = engine.share(&scene())? {
                    let checkpoint = Checkpoint {
                        position: shared.length,
                        state: shared.state,
                    };
                    engine
                        .store_mut()
                        .put_checkpoint(&shared.log, &checkpoint)?;
                }
                number(replica)
            }
        };
        self.check_replay(taken)?;
        Ok(Some(taken))
    }

    /// Everybody hears of everything; then all have the same.
    pub fn converge(&mut self) -> Outcome {
        let mut all = Vec::new();
        let mut known = BTreeSet::new();
        for engine in &self.engines {
            let news = events(engine)?.into_iter();
            all.extend(news.filter(|event| known.insert(event.cid)));
        }
        for replica in 0..self.engines.len() {
            self.hear(replica, &all)?;
            self.fill(replica, &all)?;
            self.check_replay(replica)?;
        }
        let (first, others) = self.engines.split_at_mut(1);
        for other in others {
            let counts = other.store().counts()?;
            expect(counts.pending == 0, "nothing waits in the end")?;
            let incomplete = other.store().incomplete()?;
            expect(incomplete.is_empty(), "all history is there in the end")?;
            let (here, there) = (other.store().logs()?, first[0].store().logs()?);
            expect(here == there, "all have the same logs")?;
            let (here, there) = (other.store().chains()?, first[0].store().chains()?);
            expect(here == there, "all have the same chains")?;
            let (here, there) = (told(other.store())?, told(first[0].store())?);
            expect(here == there, "all read the same history")?;
            for document in [manifest(), scene()] {
                let there = first[0].projection(&document).ok().cloned();
                let here = other.projection(&document).ok();
                expect(here == there.as_ref(), "all have the same documents")?;
            }
        }
        Ok(())
    }

    /// How many replicas there are.
    pub fn count(&self) -> usize {
        self.engines.len()
    }

    /// Everything that a replica's store shows, to compare with another kind of store.
    pub fn content(&self, replica: usize) -> Outcome<(String, StoreCounts)> {
        let engine = &self.engines[replica];
        let store = engine.store();
        let (mut text, counts) = snapshot(store)?;
        text += &format!("\n{:#?} {:#?}", store.chains()?, store.incomplete()?);
        for document in [manifest(), scene()] {
            let log = engine.log(&document);
            let (base, newest) = (store.base(&log)?, store.checkpoint(&log, u64::MAX)?);
            text += &format!("\n{base:#?} {newest:?}");
            for side in [UndoSide::Done, UndoSide::Undone] {
                let next = engine.next_step(&engine.log(&document), side)?;
                text += &format!("\n{:?}", next.map(|entry| (entry.events, entry.label)));
            }
        }
        Ok((text, counts))
    }

    fn edit(&mut self, replica: usize, event_type: &str, changes: Vec<Change>) -> Outcome<usize> {
        let engine = &mut self.engines[replica];
        let gesture = Gesture {
            // No two clocks go alike.
            time: engine.store().counts()?.events * (1 + replica as u64 % 3),
            ..gesture(event_type, changes)
        };
        legal(engine.edit(&scene(), gesture))?;
        Ok(replica)
    }

    fn hear(&mut self, replica: usize, events: &[SignedEvent]) -> Outcome<usize> {
        let taken = self.engines[replica].ingest_many(read(events))?;
        let honest = taken.quarantined.is_empty() && taken.forked.is_empty();
        expect(honest, "an honest event is not refused")?;
        Ok(replica)
    }

    fn fill(&mut self, replica: usize, events: &[SignedEvent]) -> Outcome<usize> {
        let filled = self.engines[replica].backfill(read(events))?;
        let honest = filled.refused.is_empty() && filled.forked.is_empty();
        expect(honest, "honest history is not refused")?;
        let true_bases = filled.false_bases.is_empty() && filled.broken.is_empty();
        expect(true_bases, "an honest base is true")?;
        Ok(replica)
    }

    /// live == replay of its own log, for every document.
    fn check_replay(&mut self, replica: usize) -> Outcome {
        let engine = &mut self.engines[replica];
        for (log, state) in engine.store().logs()? {
            let live = engine.projection(&log.document)?.clone();
            let replayed = engine.projection_at(&log.document, state.length)?;
            expect(live == replayed, "live is the replay of the log")?;
        }
        Ok(())
    }
}

/// Refused edits are a legal outcome: the record is gone, nothing changed, nothing to undo.
fn legal<R>(result: Result<R, EngineError>) -> Outcome {
    match result {
        Ok(_)
        | Err(EngineError::Edit(_) | EngineError::NothingToStep(_) | EngineError::Overwritten(_)) => {
            Ok(())
        }
        Err(error) => Err(error.into()),
    }
}

fn engine<S: EventStore>(store: S, number: usize) -> Engine<S> {
    let author = Author {
        user: user(&format!("user-{number}")),
        key: SigningKey::from_bytes(&[number as u8 + 1; 32]),
    };
    Engine::new(store, BranchId::main(), author)
}

/// History as it is told, newest first.
fn told(store: &impl EventStore) -> Outcome<Vec<Cid>> {
    let history = store.history(None, usize::MAX, None)?.into_iter();
    Ok(history.map(|stored| stored.signed.cid).collect())
}

fn events<S: EventStore>(engine: &Engine<S>) -> Outcome<Vec<SignedEvent>> {
    let events = super::sample::events(engine.store())?;
    Ok(events.into_iter().map(|stored| stored.signed).collect())
}

fn read(events: &[SignedEvent]) -> Vec<Arrival> {
    Arrival::read_all(events.to_vec()).0
}

fn gesture(event_type: &str, changes: Vec<Change>) -> Gesture<'_> {
    Gesture {
        event_type,
        changes,
        time: 0,
    }
}

fn manifest() -> DocumentId {
    token(DocumentId::new(MANIFEST))
}

fn scene() -> DocumentId {
    token(DocumentId::new("scene"))
}

fn id(record: u8) -> String {
    format!("entity_{}", record % 5)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{InMemory, Replicas, Step};

    proptest! {
        #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

        #[test]
        fn replicas_in_memory_converge(
            plan in prop::collection::vec(any::<[u8; 4]>().prop_map(Step::from), 1..70),
        ) {
            let run = || -> super::Outcome {
                let mut replicas = Replicas::new(InMemory)?;
                for step in &plan {
                    replicas.take(*step)?;
                }
                replicas.converge()
            };
            if let Err(error) = run() {
                prop_assert!(false, "{}", error);
            }
        }
    }
}
