//! What views of open documents are sent.

use std::collections::BTreeMap;

use wissil_model::kinds::blueprint::{Graph, NodeShape, Severity};
use wissil_model::{Delta as ModelDelta, DocumentKind, Projection, Records, Resolution};

use crate::api::{Collections, Delta, Problem, RecordData, UndoState};

/// A document that views follow, with what is computed from its records.
pub(crate) struct View {
    document: String,
    kind: DocumentKind,
    graph: Graph,
    graph_problems: Vec<wissil_model::kinds::blueprint::GraphProblem>,
    shapes: BTreeMap<String, NodeShape>,
    problems: Vec<Problem>,
    listeners: Vec<(u32, Listener)>,
}

/// Takes the deltas of a document.
pub type Listener = Box<dyn FnMut(Delta) + Send>;

impl View {
    /// Computes what views of a document show.
    pub fn new(document: String, projection: &Projection) -> Self {
        let mut view = Self {
            document,
            kind: projection.kind(),
            graph: Graph::default(),
            graph_problems: Vec::new(),
            shapes: BTreeMap::new(),
            problems: Vec::new(),
            listeners: Vec::new(),
        };
        if view.kind == DocumentKind::Blueprint {
            for (collection, records) in projection.collections() {
                for (id, record) in records {
                    view.graph_problems
                        .extend(view.graph.set(collection, id, Some(record)).err());
                }
            }
        }
        view.compute(projection);
        view
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
        let (mut shapes, mut problems) = (BTreeMap::new(), None);
        if !self.is_placement(delta) {
            if self.kind == DocumentKind::Blueprint {
                self.take_over(delta);
            }
            let before = std::mem::take(&mut self.shapes);
            let problems_before = std::mem::take(&mut self.problems);
            self.compute(projection);
            shapes = self
                .shapes
                .iter()
                .filter(|(id, shape)| before.get(*id) != Some(shape))
                .map(|(id, shape)| (id.clone(), shape.clone()))
                .collect();
            problems = (problems_before != self.problems).then(|| self.problems.clone());
        } else {
            self.take_over(delta);
        }
        let delta = Delta {
            document: self.document.clone(),
            position: position.to_string(),
            upserted: delta
                .upserted
                .iter()
                .map(|(collection, records)| (collection.clone(), records_data(records)))
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
        for (collection, records) in &delta.upserted {
            for (id, record) in records {
                self.graph_problems
                    .retain(|p| p.collection != *collection || p.id != *id);
                self.graph_problems
                    .extend(self.graph.set(collection, id, Some(record)).err());
            }
        }
        for (collection, ids) in &delta.removed {
            for id in ids {
                self.graph_problems
                    .retain(|p| p.collection != *collection || p.id != *id);
                self.graph_problems
                    .extend(self.graph.set(collection, id, None).err());
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
                            wissil_model::kinds::blueprint::Node::from_record(record).is_ok_and(
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
        let shapes = wissil_model::kinds::blueprint::shapes(&self.graph);
        let found = wissil_model::kinds::blueprint::problems(&self.graph, &shapes);
        self.problems.extend(
            self.graph_problems
                .iter()
                .cloned()
                .chain(found)
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

/// All records of a document, as they cross. A collection that has been emptied is like one that never had any: the
/// same document reads the same however it came to be.
pub(crate) fn collections(projection: &Projection) -> Collections {
    projection
        .collections()
        .filter(|(_, records)| !records.is_empty())
        .map(|(name, records)| (name.to_owned(), records_data(records)))
        .collect()
}

fn records_data(records: &Records) -> BTreeMap<String, RecordData> {
    records
        .iter()
        .map(|(id, record)| {
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
