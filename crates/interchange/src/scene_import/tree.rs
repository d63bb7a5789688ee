//! Who hangs under whom.

use serde_json::Value as Json;
use wissil_model::RecordId;

use crate::error::{ImportError, property};
use crate::json;

/// Who hangs under whom.
pub(super) struct Tree {
    /// By node: its parent and its place among the parent's children.
    pub(super) parents: Vec<Option<(usize, usize)>>,
}

impl Tree {
    /// Reads every node's children; refuses second parents and circles.
    pub(super) fn read(nodes: &[(RecordId, Json)]) -> Result<Self, ImportError> {
        let mut parents: Vec<Option<(usize, usize)>> = vec![None; nodes.len()];
        for (node, (_, item)) in nodes.iter().enumerate() {
            let pointer = format!("/nodes/{node}");
            let item = json::object(item, &pointer)?;
            for (order, child) in json::list(item, "children", &pointer)?.iter().enumerate() {
                let pointer = format!("{pointer}/children/{order}");
                let child = json::index(child, nodes.len(), "nodes", &pointer)?;
                let Some(place) = parents.get_mut(child) else {
                    continue;
                };
                if let Some((other, _)) = place {
                    return Err(property(
                        pointer,
                        format!("node {child} hangs under node {other} already"),
                    ));
                }
                *place = Some((node, order));
            }
        }
        // With one parent each, whoever is not reached by going up to a root is in a circle.
        let mut rooted = vec![false; nodes.len()];
        for start in 0..nodes.len() {
            let mut way = Vec::new();
            let mut at = start;
            loop {
                if rooted.get(at).copied().unwrap_or(true) {
                    break;
                }
                if way.len() > nodes.len() {
                    return Err(property(
                        format!("/nodes/{start}"),
                        "hangs, over its children, under itself",
                    ));
                }
                way.push(at);
                match parents.get(at).copied().flatten() {
                    Some((parent, _)) => at = parent,
                    None => break,
                }
            }
            for node in way {
                if let Some(rooted) = rooted.get_mut(node) {
                    *rooted = true;
                }
            }
        }
        Ok(Self { parents })
    }

    /// What a node hangs under.
    pub(super) fn parent(&self, node: usize) -> Option<usize> {
        Some(self.parents.get(node).copied().flatten()?.0)
    }

    /// What a node hangs under, and what that hangs under, and so on.
    pub(super) fn ancestors(&self, node: usize) -> impl Iterator<Item = usize> {
        std::iter::successors(self.parent(node), |at| self.parent(*at))
    }

    /// Makes a node hang under nothing. Its siblings keep their places until [`close`](Self::close).
    pub(super) fn detach(&mut self, node: usize) {
        if let Some(parent) = self.parents.get_mut(node) {
            *parent = None;
        }
    }

    /// Closes the gaps among the children that were left.
    pub(super) fn close(&mut self) {
        let placed = self.parents.iter_mut().flatten();
        let mut placed: Vec<_> = placed.collect();
        placed.sort_unstable();
        let mut before = None;
        for place in placed {
            let (parent, order) = place;
            let next = match before {
                Some((of, last)) if of == *parent => last + 1,
                _ => 0,
            };
            *order = next;
            before = Some((*parent, next));
        }
    }
}
