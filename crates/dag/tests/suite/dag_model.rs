//! The DAG against a naive model that keeps every event's whole history as a set.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use wissil_dag::{Cid, Codec, Dag, DagError, EventLink, ReplicaId, cid_of};

fn cid(number: usize) -> Cid {
    cid_of(Codec::DAG_CBOR, &number.to_be_bytes())
}

/// Links in causal order; `ancestors[n]` tells which earlier ones event n builds on.
fn links(ancestors: &[Vec<prop::sample::Index>]) -> Vec<EventLink> {
    let mut links: Vec<EventLink> = Vec::new();
    for (number, choices) in ancestors.iter().enumerate() {
        let chosen: BTreeSet<usize> = if number == 0 {
            BTreeSet::new()
        } else {
            choices.iter().map(|choice| choice.index(number)).collect()
        };
        let height = 1 + chosen.iter().map(|&at| links[at].height).max().unwrap_or(0);
        let mut named: Vec<Cid> = chosen.into_iter().map(cid).collect();
        let previous = named.pop();
        named.sort_unstable();
        let seq = 1 + number as u64;
        links.push(EventLink {
            cid: cid(number),
            previous,
            parents: named,
            height,
            replica: ReplicaId([0; 32]),
            seq,
        });
    }
    links
}

struct Model {
    /// Each event's strict ancestors.
    ancestors: BTreeMap<Cid, BTreeSet<Cid>>,
    heights: BTreeMap<Cid, u64>,
}

impl Model {
    fn new(links: &[EventLink]) -> Self {
        let mut ancestors: BTreeMap<Cid, BTreeSet<Cid>> = BTreeMap::new();
        for link in links {
            let below = link
                .ancestors()
                .flat_map(|cid| ancestors[cid].iter().copied().chain([*cid]))
                .collect();
            ancestors.insert(link.cid, below);
        }
        Self {
            ancestors,
            heights: links.iter().map(|link| (link.cid, link.height)).collect(),
        }
    }

    fn history(&self, heads: &[Cid]) -> BTreeSet<Cid> {
        heads
            .iter()
            .flat_map(|head| self.ancestors[head].iter().copied().chain([*head]))
            .collect()
    }

    fn maximal(&self, cids: impl IntoIterator<Item = Cid>) -> Vec<Cid> {
        let cids: BTreeSet<Cid> = cids.into_iter().collect();
        let covered = |cid: &Cid| cids.iter().any(|other| self.ancestors[other].contains(cid));
        cids.iter().filter(|cid| !covered(cid)).copied().collect()
    }

    fn sorted(&self, cids: impl IntoIterator<Item = Cid>) -> Vec<Cid> {
        let mut cids: Vec<Cid> = cids.into_iter().collect();
        cids.sort_by_key(|cid| (self.heights[cid], *cid));
        cids
    }
}

fn any_links() -> impl Strategy<Value = Vec<EventLink>> {
    let choices = proptest::collection::vec(any::<prop::sample::Index>(), 0..4);
    proptest::collection::vec(choices, 1..40).prop_map(|ancestors| links(&ancestors))
}

fn dag(links: &[EventLink]) -> Dag {
    let mut dag = Dag::new();
    for link in links {
        dag.insert(link).unwrap();
    }
    dag
}

proptest! {
    #[test]
    fn agrees_with_the_model_in_any_order(
        (in_order, shuffled) in any_links().prop_flat_map(|links| (Just(links.clone()), Just(links).prop_shuffle())),
        left in proptest::collection::vec(any::<prop::sample::Index>(), 0..4),
        right in proptest::collection::vec(any::<prop::sample::Index>(), 1..4),
    ) {
        let model = Model::new(&in_order);
        let dag = dag(&shuffled);
        let all = || in_order.iter().map(|link| link.cid);
        prop_assert_eq!(dag.len(), in_order.len());
        prop_assert!(dag.missing().is_empty());
        prop_assert_eq!(dag.heads().iter().copied().collect::<Vec<_>>(), model.maximal(all()));
        prop_assert_eq!(dag.topological(), model.sorted(all()));
        for a in all() {
            prop_assert_eq!(dag.ancestors(&a), model.sorted(model.ancestors[&a].iter().copied()));
            for b in all() {
                prop_assert_eq!(dag.is_ancestor(&a, &b), model.ancestors[&b].contains(&a));
            }
        }
        let pick = |picks: &[prop::sample::Index]| -> Vec<Cid> {
            picks.iter().map(|pick| cid(pick.index(in_order.len()))).collect()
        };
        let (left, right) = (pick(&left), pick(&right));
        let (below_left, below_right) = (model.history(&left), model.history(&right));
        prop_assert_eq!(dag.maximal(&right), model.maximal(right.iter().copied()));
        prop_assert_eq!(
            dag.merge_base(&left, &right),
            model.maximal(below_left.intersection(&below_right).copied())
        );
        prop_assert_eq!(
            dag.range(&left, &right),
            model.sorted(below_right.difference(&below_left).copied())
        );
        for link in &in_order {
            prop_assert_eq!(dag.previous(&link.cid), link.previous);
        }
    }

    #[test]
    fn what_is_named_and_absent_is_missing(links in any_links(), absent: prop::sample::Index) {
        let absent = links[absent.index(links.len())].cid;
        let mut dag = Dag::new();
        for link in links.iter().filter(|link| link.cid != absent) {
            prop_assert!(dag.insert(link).unwrap());
        }
        let named = links.iter().any(|link| link.ancestors().any(|cid| *cid == absent));
        prop_assert_eq!(dag.missing().contains(&absent), named);
        prop_assert_eq!(dag.missing().len(), usize::from(named));
        prop_assert!(!dag.contains(&absent));
        prop_assert_eq!(dag.len(), links.len() - 1);
        prop_assert!(!dag.heads().contains(&absent));
        prop_assert!(!dag.topological().contains(&absent));
        for link in &links {
            prop_assert_eq!(dag.insert(link).unwrap(), link.cid == absent);
        }
        prop_assert!(dag.missing().is_empty());
    }
}

#[test]
fn heights_that_contradict_are_refused_and_change_nothing() {
    let link = |number: usize, height, parents: &[usize]| EventLink {
        cid: cid(number),
        previous: None,
        parents: parents.iter().copied().map(cid).collect(),
        height,
        replica: ReplicaId([0; 32]),
        seq: 1,
    };
    let mut dag = dag(&[link(1, 5, &[0])]);
    assert!(matches!(
        dag.insert(&link(2, 5, &[1])),
        Err(DagError::Height { .. })
    ));
    assert!(matches!(
        dag.insert(&link(0, 5, &[])),
        Err(DagError::Height { .. })
    ));
    assert!(matches!(
        dag.insert(&link(0, 4, &[1])),
        Err(DagError::Height { .. })
    ));
    assert!(matches!(
        dag.insert(&link(3, 0, &[])),
        Err(DagError::Height { .. })
    ));
    assert!(matches!(
        dag.insert(&link(3, 9, &[3])),
        Err(DagError::Cycle(_))
    ));
    assert_eq!(
        (dag.len(), dag.missing().len(), dag.heads().len()),
        (1, 1, 1)
    );
    dag.insert(&link(0, 4, &[])).unwrap();
    assert!(dag.missing().is_empty());
}

#[test]
fn long_histories_need_no_stack() {
    let count = 100_000_usize;
    let mut dag = Dag::new();
    for number in (0..count).rev() {
        let previous = number.checked_sub(1).map(cid);
        let height = 1 + number as u64;
        let link = EventLink {
            cid: cid(number),
            previous,
            parents: vec![],
            height,
            replica: ReplicaId([0; 32]),
            seq: height,
        };
        dag.insert(&link).unwrap();
    }
    assert!(dag.is_ancestor(&cid(0), &cid(count - 1)));
    assert_eq!(dag.history(&[cid(count - 1)]).len(), count);
    assert_eq!(dag.merge_base(&[cid(7)], &[cid(count - 1)]), [cid(7)]);
    assert_eq!(dag.maximal(&[cid(0), cid(count - 1)]), [cid(count - 1)]);
}
