//! Records that stand at another place in the exported file than in the one they came from.

use std::collections::HashMap;

/// By list of the file: old places and the new ones.
#[derive(Clone, Debug, Default)]
pub(crate) struct Moved(HashMap<&'static str, HashMap<usize, usize>>);

impl Moved {
    /// Takes down a move.
    pub(crate) fn note(&mut self, list: &'static str, before: usize, now: usize) {
        self.0.entry(list).or_default().insert(before, now);
    }

    /// The new place of a glTF node, if it moved.
    pub(crate) fn node(&self, before: usize) -> Option<usize> {
        self.0.get("nodes")?.get(&before).copied()
    }

    /// A pointer (`/nodes/3/translation`) with the new place in it, if what it names moved.
    pub(crate) fn pointer(&self, pointer: &str) -> Option<String> {
        self.0.iter().find_map(|(list, moves)| {
            let rest = pointer
                .strip_prefix('/')?
                .strip_prefix(list)?
                .strip_prefix('/')?;
            let (place, tail) = match rest.split_once('/') {
                Some((place, tail)) => (place, Some(tail)),
                None => (rest, None),
            };
            let now = moves.get(&place.parse().ok()?)?;
            Some(match tail {
                Some(tail) => format!("/{list}/{now}/{tail}"),
                None => format!("/{list}/{now}"),
            })
        })
    }
}
