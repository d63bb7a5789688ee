//! Changes that were checked against a document and are not written yet.

use crate::change::{Change, Operation};
use crate::diff::Fields;
use crate::record::Record;

/// Changes that may be written into a document as it is: legal, with the values before, without those that change
/// nothing. See [`crate::Document::prepare`].
#[derive(Debug)]
#[must_use = "nothing of it is written yet"]
pub struct Prepared(pub(crate) Vec<Change>);

impl Prepared {
    /// The changes in parts of at most `weight` bytes each, about, so that each fits an event. They have to be written
    /// one after the other.
    pub fn parts(self, weight: usize) -> Vec<Self> {
        let mut parts = Vec::new();
        let mut part = Vec::new();
        let mut left = weight;
        for change in self.0 {
            let own = weight_of(&change);
            if own > left && !part.is_empty() {
                parts.push(Self(std::mem::take(&mut part)));
                left = weight;
            }
            left = left.saturating_sub(own);
            part.push(change);
        }
        parts.push(Self(part));
        parts
    }
}

/// About how many bytes a change takes in an event.
fn weight_of(change: &Change) -> usize {
    fn fields(fields: &Fields) -> usize {
        let fields = fields.iter();
        fields
            .map(|(name, value)| name.len() + value.weight())
            .sum()
    }
    let record = |record: &Option<Record>| record.as_ref().map_or(0, |record| fields(&record.0));
    64 + match &change.operation {
        Operation::Put { put, was } => fields(&put.0) + record(was),
        Operation::Set { set, was } => fields(set) + fields(was),
        Operation::Remove { was, .. } => record(was),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Value;

    #[test]
    fn a_part_is_full_before_the_next_begins() {
        let change =
            |bytes: usize| Change::set("entities", "a", [("name", Value::text("x".repeat(bytes)))]);
        let sizes = |bytes: &[usize]| -> Vec<usize> {
            let changes = bytes.iter().map(|bytes| change(*bytes)).collect();
            let parts = Prepared(changes).parts(1000);
            parts.iter().map(|part| part.0.len()).collect()
        };
        assert_eq!(sizes(&[300, 300, 300]), [2, 1]);
        assert_eq!(sizes(&[2000, 10, 2000, 2000]), [1, 1, 1, 1]);
        assert_eq!(sizes(&[10]), [1]);
    }
}
