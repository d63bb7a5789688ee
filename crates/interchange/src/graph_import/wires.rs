//! What can be said of a graph's wires once all its nodes are read.

use std::collections::{HashMap, HashSet};

use wissil_model::Value;
use wissil_model::kinds::blueprint::{Graph, shapes};

use super::GraphImport;
use crate::error::property;
use crate::graph_order::{Edge, order};

impl GraphImport<'_> {
    /// Wires whose nodes could not be read lead nowhere.
    pub(super) fn loose_wires(&mut self) {
        let nodes: HashSet<String> = self
            .records
            .iter()
            .filter(|(collection, ..)| *collection == "nodes")
            .map(|(_, id, _)| id.as_str().to_owned())
            .collect();
        let mut loose = Vec::new();
        self.records.retain(|(collection, id, record)| {
            let ends = ["from", "to"].map(|end| record.get(end).and_then(Value::as_text));
            let stands = *collection != "wires"
                || ends
                    .iter()
                    .all(|end| end.is_some_and(|end| nodes.contains(end)));
            if !stands {
                loose.push(id.clone());
            }
            stands
        });
        for id in loose {
            let place = self.places.remove(&("wires", id)).unwrap_or_default();
            self.loss(property(
                place,
                "was left out, because the node at its other end was",
            ));
        }
    }

    /// A `type` beside a value input's `node` may say nothing else than what that node gives.
    pub(super) fn claims(&mut self) {
        let claims = std::mem::take(&mut self.claims);
        if claims.is_empty() {
            return;
        }
        let mut graph = Graph::default();
        for (collection, id, record) in &self.records {
            // All of them passed their schema's check.
            let _ = graph.set(collection, id, Some(record));
        }
        let shapes = shapes(&graph);
        for claim in claims {
            let given = shapes
                .get(&claim.from)
                .and_then(|shape| shape.values_out.iter().find(|it| it.id == claim.output))
                .and_then(|output| output.signature.as_ref());
            if let Some(given) = given
                && *given != claim.signature
            {
                self.notes.problem(
                    format!("{}/type", claim.pointer),
                    format!(
                        "says {}, and the node it comes from gives {given}; what the node gives counts",
                        claim.signature
                    ),
                );
            }
        }
    }

    /// Values that wait for themselves have no order of nodes, so export could not write them.
    pub(super) fn circles(&mut self) {
        let ids = self
            .records
            .iter()
            .filter(|(collection, ..)| *collection == "nodes");
        let places: HashMap<&str, usize> = ids
            .enumerate()
            .map(|(at, (_, id, _))| (id.as_str(), at))
            .collect();
        let edges: Vec<Edge> = self
            .records
            .iter()
            .filter(|(collection, ..)| *collection == "wires")
            .filter_map(|(_, _, wire)| {
                let text = |field: &str| wire.get(field).and_then(Value::as_text);
                let end = |field: &str| text(field).and_then(|id| places.get(id).copied());
                let edge = Edge {
                    from: end("from")?,
                    to: end("to")?,
                    flow: false,
                };
                (text("kind") == Some("value")).then_some(edge)
            })
            .collect();
        self.lost |= order(places.len(), |at| at, &edges).is_err();
    }
}
