//! Gestures too large for one event.

use wissil_model::{Change, Operation, Projection, Value};

/// Most weight of the changes of one event; a gesture beyond it becomes several events.
const MAX_CHANGES_WEIGHT: usize = 200 * 1024;

/// Splits the changes of a gesture so that each part fits an event.
pub(crate) fn split(changes: Vec<Change>, now: &Projection) -> Vec<Vec<Change>> {
    let mut parts = vec![Vec::new()];
    let mut weight = 0;
    for change in changes {
        let own = weight_of(&change, now);
        if weight > 0 && weight + own > MAX_CHANGES_WEIGHT {
            parts.push(Vec::new());
            weight = 0;
        }
        weight += own;
        if let Some(part) = parts.last_mut() {
            part.push(change);
        }
    }
    parts
}

/// About how many bytes a change takes in an event, once the values before are filled in.
fn weight_of(change: &Change, now: &Projection) -> usize {
    fn fields<'a>(fields: impl IntoIterator<Item = (&'a String, &'a Value)>) -> usize {
        fields
            .into_iter()
            .map(|(name, value)| name.len() + value.weight())
            .sum()
    }
    let stored = now.stored(&change.collection, change.id.as_str());
    64 + match &change.operation {
        Operation::Put { put, .. } => fields(&put.0) + stored.map_or(0, |stored| fields(&stored.0)),
        Operation::Set { set, .. } => {
            let before = set
                .keys()
                .filter_map(|field| stored?.get(field))
                .map(Value::weight)
                .sum::<usize>();
            fields(set) + before
        }
        Operation::Remove { .. } => stored.map_or(0, |stored| fields(&stored.0)),
    }
}
