//! What views of open documents are sent.

use std::collections::BTreeMap;
use std::sync::Arc;

use wissil_model::kinds::blueprint::{
    Graph, GraphProblem, NodeShape, Severity, problems, reference_problems, shapes,
};
use wissil_model::{
    Delta as ModelDelta, DocumentKind, Projection, Record, RecordId, Records, Resolution,
};

use crate::api::{Collections, Delta, Problem, RecordData, UndoState};
use crate::references::{Meanings, Targets};

/// A document that views follow, with what is computed from its records.
pub(crate) struct View {
    document: String,
    kind: DocumentKind,
    graph: Graph,
    graph_problems: Vec<GraphProblem>,
    references: Known,
    shapes: BTreeMap<String, NodeShape>,
    problems: Vec<Problem>,
    listeners: Vec<(u32, Listener)>,
}

/// Takes the deltas of a document.
pub type Listener = Box<dyn FnMut(Delta) + Send>;

/// What is known of a graph's references: what its numbers mean, and what they can lead to; none of the latter while
/// that is not known.
pub(crate) type Known = (Arc<Meanings>, Option<Arc<Targets>>);

impl View {
    /// Computes what views of a document show.
    pub fn new(document: String, projection: &Projection, references: Known) -> Self {
        let mut view = Self {
            document,
            kind: projection.kind(),
            graph: Graph::default(),
            graph_problems: Vec::new(),
            references,
            shapes: BTreeMap::new(),
            problems: Vec::new(),
            listeners: Vec::new(),
        };
        view.read_graph(projection);
        view.compute(projection);
        view
    }

    fn read_graph(&mut self, projection: &Projection) {
        if self.kind != DocumentKind::Blueprint {
            return;
        }
        for (collection, records) in projection.collections() {
            for (id, record) in records {
                self.set(collection, id, Some(record));
            }
        }
    }

    /// Takes over a record of a graph.
    fn set(&mut self, collection: &str, id: &RecordId, record: Option<&Record>) {
        self.graph_problems
            .retain(|it| it.collection != collection || it.id != *id);
        let read = record.map(|record| self.references.0.read(collection, id, record));
        let problem = self.graph.set(collection, id, read.as_deref()).err();
        self.graph_problems.extend(problem);
    }

    /// Whether it shows references.
    pub fn has_references(&self) -> bool {
        self.kind == DocumentKind::Blueprint
    }

    /// Takes over what has become known of references, and tells the listeners what reads otherwise now.
    pub fn follow(
        &mut self,
        projection: &Projection,
        references: Known,
        position: u64,
        undo: UndoState,
    ) {
        let before = std::mem::replace(&mut self.references, references);
        if before == self.references {
            return;
        }
        let mut delta = ModelDelta::default();
        for (collection, records) in projection.collections() {
            for (id, record) in records {
                let now = self.references.0.read(collection, id, record);
                if now != before.0.read(collection, id, record) {
                    let upserted = delta.upserted.entry(collection.to_owned()).or_default();
                    upserted.insert(id.clone(), Arc::clone(record));
                }
            }
        }
        self.take_over(&delta);
        let (shapes, problems) = self.recompute(projection);
        if !(delta.upserted.is_empty() && shapes.is_empty() && problems.is_none()) {
            self.tell(&delta, (shapes, problems), position, undo);
        }
    }

    /// Adds a listener.
    pub fn listen(&mut self, subscription: u32, listener: Listener) {
        self.listeners.push((subscription, listener));
    }

    /// Removes a listener; whether any is left.
    pub fn unlisten(&mut self, subscription: u32) -> bool {
        self.listeners.retain(|(id, _)| *id != subscription);
        !self.listeners.is_empty()
    }

    /// Whether a subscription is one of this view's.
    pub fn has(&self, subscription: u32) -> bool {
        self.listeners.iter().any(|(id, _)| *id == subscription)
    }

    /// How each node looks.
    pub fn shapes(&self) -> &BTreeMap<String, NodeShape> {
        &self.shapes
    }

    /// What is wrong.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// Takes over what changed and tells the listeners.
    pub fn change(
        &mut self,
        projection: &Projection,
        delta: &ModelDelta,
        position: u64,
        undo: UndoState,
    ) {
        let is_placement = self.is_placement(delta);
        self.take_over(delta);
        let computed = match is_placement {
            true => Computed::default(),
            false => self.recompute(projection),
        };
        self.tell(delta, computed, position, undo);
    }

    /// Computes anew what follows from the records; the shapes that are others than before, and the problems if they are.
    fn recompute(&mut self, projection: &Projection) -> Computed {
        let before = std::mem::take(&mut self.shapes);
        let problems_before = std::mem::take(&mut self.problems);
        self.compute(projection);
        let shapes = self.shapes.iter();
        let changed = shapes
            .filter(|(id, shape)| before.get(*id) != Some(shape))
            .map(|(id, shape)| (id.clone(), shape.clone()))
            .collect();
        let problems = (problems_before != self.problems).then(|| self.problems.clone());
        (changed, problems)
    }

    fn tell(
        &mut self,
        delta: &ModelDelta,
        (shapes, problems): Computed,
        position: u64,
        undo: UndoState,
    ) {
        let delta = Delta {
            document: self.document.clone(),
            position: position.to_string(),
            upserted: delta
                .upserted
                .iter()
                .map(|(collection, records)| {
                    let records = records_data(collection, records, &self.references.0);
                    (collection.clone(), records)
                })
                .collect(),
            removed: delta
                .removed
                .iter()
                .map(|(collection, ids)| {
                    (
                        collection.clone(),
                        ids.iter().map(ToString::to_string).collect(),
                    )
                })
                .collect(),
            problems,
            shapes,
            undo,
        };
        for (_, listener) in &mut self.listeners {
            listener(delta.clone());
        }
    }

    fn take_over(&mut self, delta: &ModelDelta) {
        if self.kind != DocumentKind::Blueprint {
            return;
        }
        for (collection, records) in &delta.upserted {
            for (id, record) in records {
                self.set(collection, id, Some(record));
            }
        }
        for (collection, ids) in &delta.removed {
            for id in ids {
                self.set(collection, id, None);
            }
        }
    }

    /// Whether only places of nodes and comments changed, which no shape or problem depends on.
    fn is_placement(&self, delta: &ModelDelta) -> bool {
        self.kind == DocumentKind::Blueprint
            && delta.removed.is_empty()
            && delta
                .upserted
                .iter()
                .all(|(collection, records)| match collection.as_str() {
                    "comments" => true,
                    "nodes" => records.iter().all(|(id, record)| {
                        self.graph.nodes.get(id).is_some_and(|before| {
                            let record = self.references.0.read(collection, id, record);
                            wissil_model::kinds::blueprint::Node::from_record(&record).is_ok_and(
                                |mut now| {
                                    now.position = before.position;
                                    now == *before
                                },
                            )
                        })
                    }),
                    _ => false,
                })
    }

    fn compute(&mut self, projection: &Projection) {
        self.problems = anomalies(&self.document, projection);
        if self.kind != DocumentKind::Blueprint {
            return;
        }
        let shapes = shapes(&self.graph);
        let found = problems(&self.graph, &shapes);
        let targets = self.references.1.as_deref();
        let lost = targets.map(|targets| {
            reference_problems(&self.graph, &shapes, &|it| targets.has(it), &|it| {
                targets.name_then(it)
            })
        });
        self.problems.extend(
            self.graph_problems
                .iter()
                .cloned()
                .chain(found)
                .chain(lost.into_iter().flatten())
                .map(|problem| Problem {
                    document: self.document.clone(),
                    collection: Some(problem.collection),
                    id: Some(problem.id.to_string()),
                    field: problem.field,
                    severity: problem.severity,
                    message: problem.message,
                    note: None,
                }),
        );
        self.shapes = shapes
            .into_iter()
            .map(|(id, shape)| (id.to_string(), shape))
            .collect();
    }
}

/// The shapes that changed, and the problems if they did.
type Computed = (BTreeMap<String, NodeShape>, Option<Vec<Problem>>);

/// All records of a document, as they cross. A collection that has been emptied is like one that never had any: the
/// same document reads the same however it came to be.
pub(crate) fn collections(projection: &Projection, meanings: &Meanings) -> Collections {
    projection
        .collections()
        .filter(|(_, records)| !records.is_empty())
        .map(|(name, records)| (name.to_owned(), records_data(name, records, meanings)))
        .collect()
}

fn records_data(
    collection: &str,
    records: &Records,
    meanings: &Meanings,
) -> BTreeMap<String, RecordData> {
    records
        .iter()
        .map(|(id, record)| {
            let record = meanings.read(collection, id, record);
            let fields = record
                .0
                .iter()
                .map(|(name, value)| (name.clone(), value.into()))
                .collect();
            (id.to_string(), fields)
        })
        .collect()
}

/// What the projection had to resolve, as problems.
fn anomalies(document: &str, projection: &Projection) -> Vec<Problem> {
    projection
        .anomalies()
        .map(|(collection, id, anomaly)| {
            let name = projection
                .stored(collection, id.as_str())
                .and_then(|record| wissil_model::record_name(collection, record))
                .unwrap_or_else(|| match collection {
                    "wires" => "A wire".into(),
                    _ => id.to_string(),
                });
            let message = match anomaly.resolution {
                Resolution::Hidden => format!(
                    "{name} is hidden: the {} it names was deleted. Undo that, or delete it.",
                    anomaly.field
                ),
                Resolution::Cleared => format!(
                    "The {} of {name} was deleted. Choose another or clear it.",
                    anomaly.field
                ),
                Resolution::CycleBroken => format!(
                    "{name} was moved below its own child by two people at once; it stands at the top. Move it where it belongs."
                ),
            };
            Problem {
                document: document.to_owned(),
                collection: Some(collection.to_owned()),
                id: Some(id.to_string()),
                field: Some(anomaly.field.to_owned()),
                severity: Severity::Warning,
                message,
                note: None,
            }
        })
        .collect()
}
