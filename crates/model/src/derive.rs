//! What follows from the records of a document, for whoever looks at it.

use std::collections::BTreeMap;

use crate::field::RecordId;
use crate::kinds::scene::Target;
use crate::problem::RecordProblem;
use crate::record::Record;

/// What follows from records, by record: how a node looks, what a material compiles to. What it holds is between a kind and
/// its editor.
pub type DerivedRecords = BTreeMap<String, serde_json::Value>;

/// A record as it is now, or none where it is gone, by collection and id.
pub type Changed<'a> = (&'a str, &'a RecordId, Option<&'a Record>);

/// What follows from the records of one document, kept up to date while they change.
pub trait Derive: Send {
    /// Takes over a record that changed, at first all there are; whether what follows may be another now.
    fn take(&mut self, changed: Changed<'_>) -> bool;

    /// Computes what follows from all that was taken. Gives all that is wrong.
    fn derive(&mut self, around: &dyn Surroundings) -> Vec<RecordProblem>;

    /// What follows by record, as it was computed last.
    fn records(&self) -> DerivedRecords;

    /// Of that what is new, or another than when it was computed before; null where it is gone.
    fn changed(&self) -> DerivedRecords;
}

/// What can be told of the other documents of the project.
pub trait Surroundings {
    /// Whether something is in a scene; none as long as that is not known.
    fn has(&self, target: &Target) -> Option<bool>;

    /// What something was called that is gone.
    fn name_then(&self, target: &Target) -> Option<String>;
}
