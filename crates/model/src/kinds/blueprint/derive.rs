//! How the nodes of a graph look and what is wrong in it, kept up to date.

use std::collections::{BTreeMap, BTreeSet};

use super::{Graph, Node, NodeShape, problems, reference_problems, shapes};
use crate::derive::{Changed, Derive, DerivedRecords, Surroundings};
use crate::{Record, RecordId, RecordProblem};

/// A graph with what follows from it. A node derives its [`NodeShape`].
#[derive(Default)]
pub(super) struct DerivedGraph {
    graph: Graph,
    /// The records that cannot be read.
    unreadable: Vec<RecordProblem>,
    shapes: BTreeMap<RecordId, NodeShape>,
    /// The nodes that look otherwise than before, or are gone.
    changed: BTreeSet<RecordId>,
}

impl DerivedGraph {
    /// Whether nothing but the place of a node or a comment is another, which nothing depends on.
    fn is_placement(&self, collection: &str, id: &RecordId, record: Option<&Record>) -> bool {
        match (collection, record) {
            ("comments", Some(_)) => true,
            ("nodes", Some(record)) => self.graph.nodes.get(id).is_some_and(|before| {
                Node::from_record(record).is_ok_and(|mut now| {
                    now.position = before.position;
                    now == *before
                })
            }),
            _ => false,
        }
    }
}

impl DerivedGraph {
    /// How nodes look; null where one is gone.
    fn as_json<'a>(&self, ids: impl Iterator<Item = &'a RecordId>) -> DerivedRecords {
        ids.map(|id| {
            let shape = self.shapes.get(id).map(serde_json::to_value);
            // Names and lists of them, which JSON has words for.
            let shape = shape.transpose().ok().flatten().unwrap_or_default();
            (id.to_string(), shape)
        })
        .collect()
    }
}

impl Derive for DerivedGraph {
    fn take(&mut self, (collection, id, record): Changed<'_>) -> bool {
        let may_differ = !self.is_placement(collection, id, record);
        self.unreadable
            .retain(|it| it.collection != collection || it.id != *id);
        let problem = self.graph.set(collection, id, record).err();
        self.unreadable.extend(problem);
        may_differ
    }

    fn derive(&mut self, around: &dyn Surroundings) -> Vec<RecordProblem> {
        let before = std::mem::replace(&mut self.shapes, shapes(&self.graph));
        let now = self.shapes.iter();
        let changed = now.filter(|(id, shape)| before.get(*id) != Some(shape));
        let gone = before.keys().filter(|id| !self.shapes.contains_key(*id));
        self.changed = changed.map(|(id, _)| id).chain(gone).cloned().collect();
        let is_there = |target: &_| around.has(target).unwrap_or(true);
        let name_then = |target: &_| around.name_then(target);
        let mut found = self.unreadable.clone();
        found.extend(problems(&self.graph, &self.shapes));
        found.extend(reference_problems(
            &self.graph,
            &self.shapes,
            &is_there,
            &name_then,
        ));
        found
    }

    fn records(&self) -> DerivedRecords {
        self.as_json(self.shapes.keys())
    }

    fn changed(&self) -> DerivedRecords {
        self.as_json(self.changed.iter())
    }
}
