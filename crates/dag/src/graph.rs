//! The Merkle-DAG of one log in memory: who came before whom, without the events' content.

use std::cmp::Reverse;
use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, BinaryHeap, HashMap, HashSet};

use daggy::{NodeIndex, Walker};

use crate::Cid;
use crate::block::{Codec, cid_of_digest, event_digest};
use crate::event::EventLink;

/// The events of one document on one branch, inserted in any order.
///
/// An event that others name but that was not inserted is *missing*; everything known about the others still
/// holds. All walks go by height and none recurses. Answers are in a fixed order, the same on every replica.
///
/// Inserting is cheapest in causal order. An event takes about 150 bytes: nodes keep the digest, not the whole CID.
#[derive(Debug, Clone, Default)]
pub struct Dag {
    graph: daggy::Dag<Node, Edge>,
    by_digest: HashMap<[u8; 32], NodeIndex>,
    heads: BTreeSet<Cid>,
    missing: BTreeSet<Cid>,
}

/// Why an event does not fit into the DAG.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DagError {
    /// An event must be higher than what it builds on. Checked heights make cycles impossible even among links
    /// nobody has hashed.
    #[error(
        "event {child} at height {child_height} is not above {parent} at height {parent_height}"
    )]
    Height {
        /// The event that names the other.
        child: Box<Cid>,
        /// Its height.
        child_height: u64,
        /// The event it names.
        parent: Box<Cid>,
        /// Its height.
        parent_height: u64,
    },
    /// The event would be its own ancestor.
    #[error("event {0} would be its own ancestor")]
    Cycle(Cid),
    /// The CID cannot name an event: those are dag-cbor under sha2-256.
    #[error("{0} cannot name an event")]
    NotAnEvent(Cid),
}

#[derive(Debug, Clone)]
struct Node {
    digest: [u8; 32],
    /// 0 while the event is missing: real heights start at 1.
    height: u64,
}

/// From an event to one that builds on it.
#[derive(Debug, Clone, Copy)]
enum Edge {
    Previous,
    Parent,
}

impl Node {
    fn cid(&self) -> Cid {
        cid_of_digest(Codec::DAG_CBOR, self.digest)
    }
}

impl Dag {
    /// An empty DAG.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an event; false when it was there.
    ///
    /// # Errors
    /// When its height contradicts an event it names or that names it, or a CID cannot be an event's; the DAG is
    /// unchanged then.
    pub fn insert(&mut self, link: &EventLink) -> Result<bool, DagError> {
        if self.contains(&link.cid) {
            return Ok(false);
        }
        self.check(link)?;
        let child = self.node(&link.cid)?;
        self.graph[child].height = link.height;
        self.missing.remove(&link.cid);
        if self.graph.children(child).walk_next(&self.graph).is_none() {
            self.heads.insert(link.cid);
        }
        let previous = link.previous.iter().map(|cid| (cid, Edge::Previous));
        let parents = link.parents.iter().map(|cid| (cid, Edge::Parent));
        for (cid, edge) in previous.chain(parents) {
            let parent = self.node(cid)?;
            // Cannot be a cycle: every edge goes from a lower to a higher event or from a missing one.
            self.graph
                .update_edge(parent, child, edge)
                .map_err(|_| DagError::Cycle(link.cid))?;
            self.heads.remove(cid);
            if self.graph[parent].height == 0 {
                self.missing.insert(*cid);
            }
        }
        Ok(true)
    }

    /// Whether the event was inserted; being named by another is not enough.
    #[must_use]
    pub fn contains(&self, cid: &Cid) -> bool {
        self.known(cid).is_some()
    }

    /// The number of events inserted.
    #[must_use]
    pub fn len(&self) -> usize {
        self.graph.node_count() - self.missing.len()
    }

    /// Whether nothing was inserted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The height of an event that was inserted.
    #[must_use]
    pub fn height(&self, cid: &Cid) -> Option<u64> {
        self.known(cid).map(|node| self.graph[node].height)
    }

    /// The events that no other event names.
    #[must_use]
    pub fn heads(&self) -> &BTreeSet<Cid> {
        &self.heads
    }

    /// The events that others name and that were not inserted.
    #[must_use]
    pub fn missing(&self) -> &BTreeSet<Cid> {
        &self.missing
    }

    /// The event before this one in its chain.
    #[must_use]
    pub fn previous(&self, cid: &Cid) -> Option<Cid> {
        let node = self.known(cid)?;
        let mut edges = self.graph.parents(node).iter(&self.graph);
        let (_, previous) = edges
            .find(|(edge, _)| matches!(self.graph.edge_weight(*edge), Some(Edge::Previous)))?;
        Some(self.graph[previous].cid())
    }

    /// The events that name this one, sorted.
    #[must_use]
    pub fn children(&self, cid: &Cid) -> Vec<Cid> {
        let nodes = self.find(cid).into_iter();
        let children = nodes.flat_map(|node| self.graph.children(node).iter(&self.graph));
        let mut children: Vec<_> = children.map(|(_, child)| self.graph[child].cid()).collect();
        children.sort_unstable();
        children
    }

    /// Whether `descendant` builds on `ancestor`, directly or not. An event is not its own ancestor. A missing
    /// event may be an ancestor.
    #[must_use]
    pub fn is_ancestor(&self, ancestor: &Cid, descendant: &Cid) -> bool {
        let (Some(ancestor), Some(descendant)) = (self.find(ancestor), self.find(descendant))
        else {
            return false;
        };
        let least = self.graph[ancestor].height;
        let mut seen = HashSet::new();
        let mut open = vec![descendant];
        while let Some(node) = open.pop() {
            for parent in self.parents(node) {
                if parent == ancestor {
                    return true;
                }
                if self.graph[parent].height > least && seen.insert(parent) {
                    open.push(parent);
                }
            }
        }
        false
    }

    /// The known events an event builds on, in topological order.
    #[must_use]
    pub fn ancestors(&self, of: &Cid) -> Vec<Cid> {
        let mut events = self.history(std::slice::from_ref(of));
        events.retain(|cid| cid != of);
        events
    }

    /// The known events among `heads` and all they build on, in topological order.
    #[must_use]
    pub fn history(&self, heads: &[Cid]) -> Vec<Cid> {
        self.range(&[], heads)
    }

    /// What `to` has and `from` has not: the history of `to` without the history of `from`, in topological order.
    #[must_use]
    pub fn range(&self, from: &[Cid], to: &[Cid]) -> Vec<Cid> {
        let mut events: Vec<_> = self
            .paint(from, to, |marks| marks == RIGHT)
            .into_iter()
            .filter(|(_, marks)| *marks == RIGHT)
            .map(|(node, _)| node)
            .filter(|&node| self.graph[node].height > 0)
            .collect();
        events.sort_unstable_by_key(|&node| (self.graph[node].height, self.graph[node].digest));
        events
            .into_iter()
            .map(|node| self.graph[node].cid())
            .collect()
    }

    /// The best common ancestors of two sets of heads: the known events in both histories that no other such event
    /// builds on. Sorted by CID; several where histories crossed, none where they are unrelated.
    #[must_use]
    pub fn merge_base(&self, left: &[Cid], right: &[Cid]) -> Vec<Cid> {
        let painted = self.paint(left, right, |marks| marks & STALE == 0);
        let common = painted
            .into_iter()
            .filter(|&(node, marks)| marks == LEFT | RIGHT && self.graph[node].height > 0);
        let mut bases: Vec<_> = common.map(|(node, _)| self.graph[node].cid()).collect();
        bases.sort_unstable();
        bases
    }

    /// The events without those that another of them builds on; sorted, each once. Unknown events stay.
    #[must_use]
    pub fn maximal(&self, events: &[Cid]) -> Vec<Cid> {
        let wanted: HashSet<_> = events.iter().filter_map(|cid| self.find(cid)).collect();
        let least = wanted
            .iter()
            .map(|&node| self.graph[node].height)
            .min()
            .unwrap_or(0);
        let mut covered = HashSet::new();
        let mut open: Vec<_> = wanted.iter().copied().collect();
        while let Some(node) = open.pop() {
            for parent in self.parents(node) {
                if self.graph[parent].height >= least && covered.insert(parent) {
                    open.push(parent);
                }
            }
        }
        let is_covered = |cid: &Cid| self.find(cid).is_some_and(|node| covered.contains(&node));
        let maximal: BTreeSet<_> = events
            .iter()
            .filter(|cid| !is_covered(cid))
            .copied()
            .collect();
        maximal.into_iter().collect()
    }

    /// All known events, each after everything it builds on: by height, then by CID.
    #[must_use]
    pub fn topological(&self) -> Vec<Cid> {
        let nodes = self.graph.raw_nodes().iter().map(|node| &node.weight);
        let mut nodes: Vec<_> = nodes.filter(|node| node.height > 0).collect();
        nodes.sort_unstable_by_key(|node| (node.height, node.digest));
        nodes.into_iter().map(Node::cid).collect()
    }

    /// Walks down from two sets of events at once, highest first, so that an event is reached only when all its
    /// marks are known. What both sides reach makes everything below it stale. Stops when nothing open is
    /// interesting any more.
    fn paint(
        &self,
        left: &[Cid],
        right: &[Cid],
        interesting: impl Fn(u8) -> bool,
    ) -> HashMap<NodeIndex, u8> {
        let mut painting = Painting {
            graph: self,
            marks: HashMap::new(),
            open: BinaryHeap::new(),
            interesting: 0,
        };
        for (cids, mark) in [(left, LEFT), (right, RIGHT)] {
            for node in cids.iter().filter_map(|cid| self.find(cid)) {
                painting.mark(node, mark, &interesting);
            }
        }
        while painting.interesting > 0 {
            let Some((_, Reverse(node))) = painting.open.pop() else {
                break;
            };
            let marks = painting.marks.get(&node).copied().unwrap_or_default();
            painting.interesting -= usize::from(interesting(marks));
            let stale = if marks & (LEFT | RIGHT) == LEFT | RIGHT {
                STALE
            } else {
                0
            };
            for parent in self.parents(node) {
                painting.mark(parent, marks | stale, &interesting);
            }
        }
        painting.marks
    }

    fn check(&self, link: &EventLink) -> Result<(), DagError> {
        let order = |child: Cid, child_height: u64, parent: Cid, parent_height: u64| {
            if parent_height < child_height {
                Ok(())
            } else {
                Err(DagError::Height {
                    child: child.into(),
                    child_height,
                    parent: parent.into(),
                    parent_height,
                })
            }
        };
        let mut named = link.ancestors().chain([&link.cid]);
        if let Some(cid) = named.find(|cid| event_digest(cid).is_none()) {
            return Err(DagError::NotAnEvent(*cid));
        }
        if link.ancestors().any(|cid| *cid == link.cid) {
            return Err(DagError::Cycle(link.cid));
        }
        order(link.cid, link.height, link.cid, 0)?;
        for parent in link.ancestors() {
            order(
                link.cid,
                link.height,
                *parent,
                self.height(parent).unwrap_or(0),
            )?;
        }
        let Some(node) = self.find(&link.cid) else {
            return Ok(());
        };
        for (_, child) in self.graph.children(node).iter(&self.graph) {
            let child = &self.graph[child];
            order(child.cid(), child.height, link.cid, link.height)?;
        }
        Ok(())
    }

    fn node(&mut self, cid: &Cid) -> Result<NodeIndex, DagError> {
        let digest = event_digest(cid).ok_or(DagError::NotAnEvent(*cid))?;
        Ok(match self.by_digest.entry(digest) {
            Entry::Occupied(entry) => *entry.get(),
            Entry::Vacant(entry) => *entry.insert(self.graph.add_node(Node { digest, height: 0 })),
        })
    }

    /// The node of an event, inserted or only named.
    fn find(&self, cid: &Cid) -> Option<NodeIndex> {
        self.by_digest.get(&event_digest(cid)?).copied()
    }

    fn known(&self, cid: &Cid) -> Option<NodeIndex> {
        self.find(cid).filter(|&node| self.graph[node].height > 0)
    }

    fn parents(&self, node: NodeIndex) -> impl Iterator<Item = NodeIndex> {
        self.graph
            .parents(node)
            .iter(&self.graph)
            .map(|(_, parent)| parent)
    }
}

/// In the history of the left events.
const LEFT: u8 = 1;
/// In the history of the right events.
const RIGHT: u8 = 2;
/// Below an event that is in both.
const STALE: u8 = 4;

struct Painting<'a> {
    graph: &'a Dag,
    marks: HashMap<NodeIndex, u8>,
    open: BinaryHeap<(u64, Reverse<NodeIndex>)>,
    /// How many open events are still interesting.
    interesting: usize,
}

impl Painting<'_> {
    fn mark(&mut self, node: NodeIndex, marks: u8, interesting: &impl Fn(u8) -> bool) {
        match self.marks.entry(node) {
            Entry::Vacant(entry) => {
                entry.insert(marks);
                self.open
                    .push((self.graph.graph[node].height, Reverse(node)));
                self.interesting += usize::from(interesting(marks));
            }
            Entry::Occupied(mut entry) => {
                self.interesting -= usize::from(interesting(*entry.get()));
                *entry.get_mut() |= marks;
                self.interesting += usize::from(interesting(*entry.get()));
            }
        }
    }
}
