//! Convergence: whatever the order in which replicas hear of each other, they end equal; and a live document equals the
//! replay of its log equals a checkpoint with the tail.
#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use wissil_model::{Change, Declared, Document, DocumentKind, ForeignEdit, Record, Value, inverse};

/// An edit some replica makes, by small numbers that always mean something.
#[derive(Clone, Debug)]
enum Step {
    Put {
        replica: usize,
        record: usize,
        value: u8,
    },
    Set {
        replica: usize,
        record: usize,
        field: usize,
        value: u8,
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
    Hear {
        replica: usize,
        from: usize,
    },
}

fn step(replicas: usize) -> impl Strategy<Value = Step> {
    let replica = 0..replicas;
    prop_oneof![
        3 => (replica.clone(), 0..6usize, any::<u8>())
            .prop_map(|(replica, record, value)| Step::Put { replica, record, value }),
        4 => (replica.clone(), 0..6usize, 0..3usize, any::<u8>())
            .prop_map(|(replica, record, field, value)| Step::Set { replica, record, field, value }),
        3 => (replica.clone(), 0..6usize, 0..6usize)
            .prop_map(|(replica, record, parent)| Step::Reparent { replica, record, parent }),
        2 => (replica.clone(), 0..6usize)
            .prop_map(|(replica, record)| Step::Remove { replica, record }),
        1 => replica.clone().prop_map(|replica| Step::Undo { replica }),
        5 => (replica.clone(), replica)
            .prop_map(|(replica, from)| Step::Hear { replica, from }),
    ]
}

/// An event as it travels: who wrote it, what it says, what it does, and what its writer had heard.
#[derive(Clone)]
struct Sent {
    writer: u64,
    changes: Vec<Change>,
    update: Vec<u8>,
    seen: Vec<usize>,
}

struct Replica {
    document: Document,
    /// Updates in the order folded here.
    log: Vec<Vec<u8>>,
    /// How many events of each replica are folded.
    heard: Vec<usize>,
    own: Vec<Sent>,
}

const KIND: DocumentKind = DocumentKind::SCENE;

fn writer(replica: usize) -> u64 {
    1000 + replica as u64
}

fn entity(value: u8) -> Record {
    Record::new()
        .with("name", format!("entity {value}"))
        .with("order", f64::from(value))
}

fn id(record: usize) -> String {
    format!("entity_{record}")
}

struct World {
    replicas: Vec<Replica>,
}

impl World {
    fn new(count: usize) -> Self {
        Self {
            replicas: (0..count)
                .map(|replica| Replica {
                    document: Document::new(KIND, writer(replica)),
                    log: Vec::new(),
                    heard: vec![0; count],
                    own: Vec::new(),
                })
                .collect(),
        }
    }

    fn take(&mut self, step: Step) {
        match step {
            Step::Put {
                replica,
                record,
                value,
            } => {
                self.edit(
                    replica,
                    vec![Change::put("entities", id(record), entity(value))],
                );
            }
            Step::Set {
                replica,
                record,
                field,
                value,
            } => {
                let field = ["name", "order", "visible"][field];
                let value = match field {
                    "name" => Value::text(format!("name {value}")),
                    "order" => Value::from(f64::from(value) / 2.0),
                    _ => Value::from(value % 2 == 0),
                };
                self.edit(
                    replica,
                    vec![Change::set("entities", id(record), [(field, value)])],
                );
            }
            Step::Reparent {
                replica,
                record,
                parent,
            } => {
                let parent = Value::text(id(parent));
                self.edit(
                    replica,
                    vec![Change::set("entities", id(record), [("parent", parent)])],
                );
            }
            Step::Remove { replica, record } => {
                self.edit(replica, vec![Change::remove("entities", id(record))]);
            }
            Step::Undo { replica } => {
                let Some(last) = self.replicas[replica].own.last().cloned() else {
                    return;
                };
                let changes = inverse(&last.changes, self.replicas[replica].document.projection());
                self.edit(replica, changes);
            }
            Step::Hear { replica, from } => self.hear(replica, from),
        }
    }

    fn edit(&mut self, replica: usize, changes: Vec<Change>) {
        let this = &mut self.replicas[replica];
        // Refused edits (a record that is gone, nothing changed) are a legal outcome and change nothing.
        if let Ok(authored) = this.document.author("version.restore", changes) {
            this.log.push(authored.update.clone());
            this.own.push(Sent {
                writer: writer(replica),
                changes: authored.changes,
                update: authored.update,
                seen: this.heard.clone(),
            });
            this.heard[replica] += 1;
        }
    }

    /// Folds the next event of another replica, after whatever it builds on.
    fn hear(&mut self, replica: usize, from: usize) {
        let mut wanted = vec![(from, self.replicas[replica].heard[from] + 1)];
        while let Some((from, count)) = wanted.last().copied() {
            let heard = self.replicas[replica].heard.clone();
            if from == replica || heard[from] >= count {
                wanted.pop();
                continue;
            }
            let Some(event) = self.replicas[from].own.get(heard[from]).cloned() else {
                wanted.pop();
                continue;
            };
            let missing =
                (0..heard.len()).find(|&other| other != from && heard[other] < event.seen[other]);
            if let Some(missing) = missing {
                wanted.push((missing, event.seen[missing]));
                continue;
            }
            let this = &mut self.replicas[replica];
            let changes = Declared::of(&event.changes);
            let edit = ForeignEdit::new("version.restore", changes, event.update.clone());
            this.document.fold(event.writer, &edit).unwrap();
            this.log.push(event.update);
            this.heard[from] += 1;
        }
    }

    /// live == replay == checkpoint + tail, for one replica, cut at `cut`.
    fn check(&self, replica: usize, cut: usize) {
        let this = &self.replicas[replica];
        let updates = |range: std::ops::Range<usize>| this.log[range].iter().map(Vec::as_slice);
        let replayed = Document::restore(KIND, 7, None, updates(0..this.log.len())).unwrap();
        assert!(
            replayed.projection() == this.document.projection(),
            "the live document differs from the replay of its log"
        );
        let cut = cut % (this.log.len() + 1);
        let head = Document::restore(KIND, 7, None, updates(0..cut)).unwrap();
        let checkpoint = head.checkpoint();
        let resumed =
            Document::restore(KIND, 7, Some(&checkpoint), updates(cut..this.log.len())).unwrap();
        assert!(
            resumed.projection() == this.document.projection(),
            "checkpoint and tail differ from the live document"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn replicas_converge_and_replay_equals_live(
        steps in prop::collection::vec(step(3), 1..70),
        cut in any::<usize>(),
    ) {
        let mut world = World::new(3);
        for step in steps {
            let touched = match &step {
                Step::Put { replica, .. }
                | Step::Set { replica, .. }
                | Step::Reparent { replica, .. }
                | Step::Remove { replica, .. }
                | Step::Undo { replica }
                | Step::Hear { replica, .. } => *replica,
            };
            world.take(step);
            world.check(touched, cut);
        }
        for replica in 0..3 {
            for from in 0..3 {
                while world.replicas[replica].heard[from] < world.replicas[from].own.len() {
                    world.hear(replica, from);
                }
            }
        }
        for replica in 1..3 {
            prop_assert!(
                world.replicas[0].document.projection() == world.replicas[replica].document.projection(),
                "replica {replica} differs from replica 0"
            );
        }
    }
}
