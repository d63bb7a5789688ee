//! The order of a graph's nodes (Specification, *Output Socket References* and *Output Flow Socket Pointers*): values
//! come from earlier nodes, flows go to later ones.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashSet};

/// A wire between two nodes, by their places.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Edge {
    /// The node that must come first.
    pub from: usize,
    /// The node that must come later.
    pub to: usize,
    /// Whether it is a flow, which an event can stand for where it closes a loop.
    pub flow: bool,
}

/// An order that respects all edges but those that close loops.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Order {
    /// The nodes' places, first to last. Where edges leave the choice, the lowest comes first.
    pub nodes: Vec<usize>,
    /// The flow edges that close loops, by their places.
    pub loops: Vec<usize>,
}

/// Sorts `count` nodes; `rank` is where they would like to stand. The error is a circle of values.
pub(crate) fn order(
    count: usize,
    rank: impl Fn(usize) -> usize,
    edges: &[Edge],
) -> Result<Order, Vec<usize>> {
    let mut leaving: Vec<Vec<usize>> = vec![Vec::new(); count];
    let mut entering: Vec<Vec<usize>> = vec![Vec::new(); count];
    let mut waiting: Vec<usize> = vec![0; count];
    for (at, edge) in edges.iter().enumerate() {
        if let (Some(leaving), Some(entering), Some(waiting)) = (
            leaving.get_mut(edge.from),
            entering.get_mut(edge.to),
            waiting.get_mut(edge.to),
        ) {
            leaving.push(at);
            entering.push(at);
            *waiting += 1;
        }
    }
    let mut ready: BinaryHeap<Reverse<(usize, usize)>> = (0..count)
        .filter(|node| waiting.get(*node) == Some(&0))
        .map(|node| Reverse((rank(node), node)))
        .collect();
    let mut placed = vec![false; count];
    let mut nodes = Vec::with_capacity(count);
    let mut loops: Vec<usize> = Vec::new();
    let mut cut: HashSet<usize> = HashSet::new();
    let mut settle = |edge: &Edge, ready: &mut BinaryHeap<_>| {
        if let Some(waiting) = waiting.get_mut(edge.to) {
            *waiting -= 1;
            if *waiting == 0 {
                ready.push(Reverse((rank(edge.to), edge.to)));
            }
        }
    };
    while nodes.len() < count {
        if let Some(Reverse((_, node))) = ready.pop() {
            if let Some(placed) = placed.get_mut(node) {
                *placed = true;
            }
            nodes.push(node);
            for at in leaving.get(node).into_iter().flatten() {
                if let Some(edge) = edges.get(*at)
                    && !cut.contains(at)
                {
                    settle(edge, &mut ready);
                }
            }
            continue;
        }
        // Every node left waits for another one left, so going back must lead into a circle.
        let circle = circle(&entering, edges, &placed, &cut);
        let closing = circle
            .iter()
            .filter_map(|at| Some((*at, edges.get(*at)?)))
            .filter(|(_, edge)| edge.flow)
            .min_by_key(|(at, edge)| (rank(edge.to), *at));
        match closing {
            Some((at, edge)) => {
                cut.insert(at);
                loops.push(at);
                settle(edge, &mut ready);
            }
            None => {
                return Err(circle
                    .iter()
                    .filter_map(|at| Some(edges.get(*at)?.from))
                    .collect());
            }
        }
    }
    Ok(Order { nodes, loops })
}

/// The edges of one circle among the nodes that are not placed.
fn circle(
    entering: &[Vec<usize>],
    edges: &[Edge],
    placed: &[bool],
    cut: &HashSet<usize>,
) -> Vec<usize> {
    let mut visited_at: Vec<Option<usize>> = vec![None; placed.len()];
    let mut way: Vec<usize> = Vec::new();
    let Some(mut node) = placed.iter().position(|placed| !placed) else {
        return way;
    };
    loop {
        match visited_at.get_mut(node) {
            Some(visited) => match *visited {
                Some(start) => return way.split_off(start),
                None => *visited = Some(way.len()),
            },
            None => return Vec::new(),
        }
        let next = entering
            .get(node)
            .into_iter()
            .flatten()
            .copied()
            .find_map(|at| {
                let from = edges.get(at)?.from;
                (!cut.contains(&at) && placed.get(from) == Some(&false)).then_some((at, from))
            });
        let Some((at, from)) = next else {
            return Vec::new();
        };
        way.push(at);
        node = from;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edge(from: usize, to: usize, flow: bool) -> Edge {
        Edge { from, to, flow }
    }

    #[test]
    fn sorted_nodes_stay() {
        let edges = [edge(0, 2, true), edge(1, 2, false)];
        let sorted = order(3, |node| node, &edges);
        assert_eq!(
            sorted,
            Ok(Order {
                nodes: vec![0, 1, 2],
                loops: vec![]
            })
        );
    }

    #[test]
    fn backward_flows_move_their_target() {
        let edges = [edge(2, 0, true), edge(1, 0, false)];
        let sorted = order(3, |node| node, &edges);
        assert_eq!(
            sorted,
            Ok(Order {
                nodes: vec![1, 2, 0],
                loops: vec![]
            })
        );
    }

    #[test]
    fn a_loop_is_cut_where_it_is_entered() {
        let edges = [
            edge(0, 1, true),
            edge(1, 2, true),
            edge(2, 1, true),
            edge(2, 3, true),
        ];
        let sorted = order(4, |node| node, &edges);
        assert_eq!(
            sorted,
            Ok(Order {
                nodes: vec![0, 1, 2, 3],
                loops: vec![2]
            })
        );
    }

    #[test]
    fn a_circle_of_values_is_an_error() {
        let edges = [edge(0, 1, false), edge(1, 0, false), edge(1, 1, true)];
        let mut circle = order(2, |node| node, &edges).unwrap_err();
        circle.sort_unstable();
        assert_eq!(circle, [0, 1]);
    }
}
