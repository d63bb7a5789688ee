//! The cycles of a tree, kept as its edges come and go.

use std::collections::HashMap;

use crate::field::RecordId;

/// The cycles that following one field makes, each broken at its smallest id.
///
/// A record leads to one other at most, so that a cycle stands until one of its own edges changes, and a new one goes
/// through an edge that is new.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cycles {
    /// The records of each cycle, by the smallest.
    members: HashMap<RecordId, Vec<RecordId>>,
    /// The smallest of the cycle that a record is in.
    smallest: HashMap<RecordId, RecordId>,
}

impl Cycles {
    /// Whether a cycle is broken at this record.
    pub fn break_at(&self, id: &RecordId) -> bool {
        self.members.contains_key(id)
    }

    /// Forgets the cycles that the edges of these records were part of, because they are others now. Gives the records at
    /// which those cycles were broken.
    pub fn cut<'a>(&mut self, changed: impl IntoIterator<Item = &'a RecordId>) -> Vec<RecordId> {
        let mut cut = Vec::new();
        for id in changed {
            if let Some(smallest) = self.smallest.get(id).cloned() {
                for member in self.members.remove(&smallest).into_iter().flatten() {
                    self.smallest.remove(&member);
                }
                cut.push(smallest);
            }
        }
        cut
    }

    /// Finds the cycles that these records are in or lead to. `next` gives where an edge leads, none for a root; it is
    /// asked once for each record on the way, whatever else the tree holds. Gives the records at which they are broken.
    pub fn find<'a>(
        &mut self,
        changed: impl IntoIterator<Item = &'a RecordId>,
        mut next: impl FnMut(&RecordId) -> Option<RecordId>,
    ) -> Vec<RecordId> {
        let mut found = Vec::new();
        // In which walk a record was met first, and as which of it.
        let mut met: HashMap<RecordId, (usize, usize)> = HashMap::new();
        for (walk, start) in changed.into_iter().enumerate() {
            let mut path: Vec<RecordId> = Vec::new();
            let mut at = Some(start.clone());
            while let Some(id) = at {
                match met.get(&id) {
                    Some((of, from)) if *of == walk => {
                        found.extend(self.add(path.split_off(*from)));
                        break;
                    }
                    Some(_) => break,
                    None => {}
                }
                met.insert(id.clone(), (walk, path.len()));
                at = next(&id);
                path.push(id);
            }
        }
        found
    }

    /// Adds a cycle; gives its smallest record.
    fn add(&mut self, members: Vec<RecordId>) -> Option<RecordId> {
        let smallest = members.iter().min()?.clone();
        for member in &members {
            self.smallest.insert(member.clone(), smallest.clone());
        }
        self.members.insert(smallest.clone(), members);
        Some(smallest)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn id(number: usize) -> RecordId {
        RecordId::from(format!("{number:05}").as_str())
    }

    /// A tree by its edges, which counts how often it is asked for one.
    #[derive(Default)]
    struct Tree {
        edges: HashMap<RecordId, RecordId>,
        cycles: Cycles,
        asked: usize,
    }

    impl Tree {
        fn set(&mut self, from: usize, to: Option<usize>) -> BTreeSet<RecordId> {
            match to {
                Some(to) => self.edges.insert(id(from), id(to)),
                None => self.edges.remove(&id(from)),
            };
            let (edges, asked) = (&self.edges, &mut self.asked);
            let changed = [id(from)];
            let cut = self.cycles.cut(&changed);
            let found = self.cycles.find(&changed, |id| {
                *asked += 1;
                edges.get(id).cloned()
            });
            cut.into_iter().chain(found).collect()
        }

        fn broken(&self) -> BTreeSet<RecordId> {
            self.cycles.members.keys().cloned().collect()
        }
    }

    #[test]
    fn a_cycle_is_broken_at_its_smallest_until_one_of_its_edges_changes() {
        let mut tree = Tree::default();
        assert!(tree.set(3, Some(1)).is_empty());
        assert!(tree.set(1, Some(2)).is_empty());
        assert_eq!(tree.set(2, Some(3)), [id(1)].into());
        // What hangs below it is in no cycle.
        tree.set(4, Some(3));
        assert_eq!(tree.broken(), [id(1)].into());
        assert_eq!(tree.set(3, Some(3)), [id(1), id(3)].into());
        assert_eq!(tree.broken(), [id(3)].into());
        assert_eq!(tree.set(3, None), [id(3)].into());
        assert!(tree.broken().is_empty() && tree.cycles.smallest.is_empty());
    }

    #[test]
    fn cycles_that_appear_at_once_are_all_found() {
        let edges: HashMap<RecordId, RecordId> = [(5, 6), (6, 5), (7, 5), (8, 9), (9, 8)]
            .map(|(from, to)| (id(from), id(to)))
            .into();
        let mut cycles = Cycles::default();
        let changed = [7, 5, 9, 8, 6].map(id);
        let found = cycles.find(&changed, |id| edges.get(id).cloned());
        assert_eq!(found, [id(5), id(8)]);
    }

    #[test]
    fn what_an_edge_costs_does_not_grow_with_the_tree() {
        const WIDE: usize = 2000;
        let mut tree = Tree::default();
        for leaf in 1..=WIDE {
            tree.set(leaf, Some(0));
        }
        // Itself and what it leads to.
        assert_eq!(tree.asked, 2 * WIDE);
        tree.asked = 0;
        tree.set(WIDE / 2, Some(1));
        assert_eq!(tree.asked, 3);
    }
}
