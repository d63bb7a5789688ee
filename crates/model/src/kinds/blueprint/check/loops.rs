//! Nodes that wait for each other.

use std::collections::HashMap;

use super::{Check, Severity};
use crate::RecordId;
use crate::kinds::blueprint::WireKind;

/// How many nodes of a loop a message names.
const MOST_NAMED: usize = 4;

impl<'a> Check<'a> {
    /// Reports each knot of nodes that wires lead through in a circle, once, at its first node: an error when values
    /// wait for themselves, a warning when the flow comes back, which the specification does not allow in files.
    pub(super) fn loops(&mut self) {
        for knot in self.knots(&[WireKind::Value]) {
            let message = format!(
                "{} wait for each other's values, so that none of them has one. Keep one of the values in a variable.",
                self.name_all(&knot)
            );
            self.node(Severity::Error, knot[0], None, message);
        }
        for knot in self.knots(&[WireKind::Flow]) {
            let message = format!(
                "The flow through {} comes back to where it was, which exported files cannot say. Use a loop node, or \
                 send a custom event and receive it at the start.",
                self.name_all(&knot)
            );
            self.node(Severity::Warning, knot[0], None, message);
        }
    }

    fn name_all(&self, knot: &[&RecordId]) -> String {
        let mut names: Vec<_> = knot
            .iter()
            .take(MOST_NAMED)
            .map(|id| self.name(id))
            .collect();
        if knot.len() > MOST_NAMED {
            names.push(format!("{} more nodes", knot.len() - MOST_NAMED));
        }
        match names.split_last() {
            Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
            Some((only, _)) => only.clone(),
            None => String::new(),
        }
    }

    /// The strongly connected groups of nodes over wires of these kinds, without single nodes that do not lead to
    /// themselves; Tarjan's algorithm with a stack of its own.
    fn knots(&self, kinds: &[WireKind]) -> Vec<Vec<&'a RecordId>> {
        let graph = self.graph;
        let ids: Vec<&'a RecordId> = graph.nodes.keys().collect();
        let places: HashMap<&RecordId, usize> = ids.iter().copied().zip(0..).collect();
        let mut next: Vec<Vec<usize>> = vec![Vec::new(); ids.len()];
        for wire in graph.wires.values().filter(|it| kinds.contains(&it.kind)) {
            if let (Some(from), Some(to)) = (places.get(&wire.from), places.get(&wire.to)) {
                next[*from].push(*to);
            }
        }
        let mut knots = Vec::new();
        let mut order = vec![usize::MAX; ids.len()];
        let mut low = vec![usize::MAX; ids.len()];
        let mut open = Vec::new();
        let mut is_open = vec![false; ids.len()];
        let mut count = 0;
        let mut stack: Vec<(usize, usize)> = Vec::new();
        for root in 0..ids.len() {
            if order[root] == usize::MAX {
                stack.push((root, 0));
            }
            while let Some((node, edge)) = stack.pop() {
                if edge == 0 {
                    order[node] = count;
                    low[node] = count;
                    count += 1;
                    open.push(node);
                    is_open[node] = true;
                }
                if let Some(&target) = next[node].get(edge) {
                    stack.push((node, edge + 1));
                    if order[target] == usize::MAX {
                        stack.push((target, 0));
                    } else if is_open[target] {
                        low[node] = low[node].min(order[target]);
                    }
                    continue;
                }
                if let Some((parent, _)) = stack.last() {
                    low[*parent] = low[*parent].min(low[node]);
                }
                if low[node] == order[node] {
                    let start = open.iter().rposition(|it| *it == node).unwrap_or_default();
                    let mut knot = open.split_off(start);
                    knot.iter().for_each(|it| is_open[*it] = false);
                    if knot.len() > 1 || next[node].contains(&node) {
                        knot.sort_unstable();
                        knots.push(knot.into_iter().map(|it| ids[it]).collect());
                    }
                }
            }
        }
        knots
    }
}
