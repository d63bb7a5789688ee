//! What views of open documents are sent.

use std::collections::BTreeMap;
use std::sync::Arc;

use wissil_model::kinds::scene::Target;
use wissil_model::{
    Delta as ModelDelta, Derive, DerivedRecords, Projection, RecordId, RecordProblem, Records,
    Resolution, Severity, Surroundings,
};

use crate::api::{Collections, Delta, Problem, RecordData, UndoState};
use crate::references::{Meanings, Targets};

/// A document that views follow, with what its kind derives from its records.
pub(crate) struct View {
    document: String,
    derived: Option<Box<dyn Derive>>,
    references: Known,
    problems: Vec<Problem>,
    listeners: Vec<(u32, Listener)>,
}

/// Takes the deltas of a document.
pub type Listener = Box<dyn FnMut(Delta) + Send>;

/// What is known of a graph's references: what its numbers mean, and what they can lead to; none of the latter while
/// that is not known.
pub(crate) type Known = (Arc<Meanings>, Option<Arc<Targets>>);

impl View {
    /// Computes what views of a document show.
    pub fn new(document: String, projection: &Projection, references: Known) -> Self {
        let mut view = Self {
            document,
            derived: projection.kind().derive(),
            references,
            problems: Vec::new(),
            listeners: Vec::new(),
        };
        view.take(projection.collections(), std::iter::empty());
        view.problems = view.compute(projection);
        view
    }

    /// Whether what it shows depends on what is in other documents.
    pub fn has_references(&self) -> bool {
        self.derived.is_some()
    }

    /// Takes over records as they are now, and the ids of those that are gone; whether what is derived may be another.
    fn take<'a>(
        &mut self,
        upserted: impl Iterator<Item = (&'a str, &'a Records)>,
        removed: impl Iterator<Item = (&'a str, &'a RecordId)>,
    ) -> bool {
        let Some(derived) = &mut self.derived else {
            return true;
        };
        let meanings = &self.references.0;
        let mut differs = false;
        for (collection, records) in upserted {
            for (id, record) in records {
                let read = meanings.read(collection, id, record);
                differs |= derived.take((collection, id, Some(&*read)));
            }
        }
        for (collection, id) in removed {
            differs |= derived.take((collection, id, None));
        }
        differs
    }

    /// Takes over what has become known of references, and tells the listeners what reads otherwise now.
    pub fn follow(
        &mut self,
        projection: &Projection,
        references: Known,
        position: u64,
        undo: UndoState,
    ) {
        let before = std::mem::replace(&mut self.references, references);
        if before == self.references {
            return;
        }
        let mut delta = ModelDelta::default();
        for (collection, records) in projection.collections() {
            for (id, record) in records {
                let now = self.references.0.read(collection, id, record);
                if now != before.0.read(collection, id, record) {
                    let upserted = delta.upserted.entry(collection.to_owned()).or_default();
                    upserted.insert(id.clone(), Arc::clone(record));
                }
            }
        }
        self.take_over(&delta);
        let (derived, problems) = self.recompute(projection);
        if !(delta.upserted.is_empty() && derived.is_empty() && problems.is_none()) {
            self.tell(&delta, (derived, problems), position, undo);
        }
    }

    /// Adds a listener.
    pub fn listen(&mut self, subscription: u32, listener: Listener) {
        self.listeners.push((subscription, listener));
    }

    /// Removes a listener; whether any is left.
    pub fn unlisten(&mut self, subscription: u32) -> bool {
        self.listeners.retain(|(id, _)| *id != subscription);
        !self.listeners.is_empty()
    }

    /// Whether a subscription is one of this view's.
    pub fn has(&self, subscription: u32) -> bool {
        self.listeners.iter().any(|(id, _)| *id == subscription)
    }

    /// What the document's kind derives from its records.
    pub fn derived(&self) -> DerivedRecords {
        let derived = self.derived.as_ref();
        derived.map(|derived| derived.records()).unwrap_or_default()
    }

    /// What is wrong.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// Takes over what changed and tells the listeners.
    pub fn change(
        &mut self,
        projection: &Projection,
        delta: &ModelDelta,
        position: u64,
        undo: UndoState,
    ) {
        let computed = match self.take_over(delta) {
            true => self.recompute(projection),
            false => Computed::default(),
        };
        self.tell(delta, computed, position, undo);
    }

    /// Computes anew what follows from the records: what is another than before, and the problems if they are.
    fn recompute(&mut self, projection: &Projection) -> Computed {
        let problems = self.compute(projection);
        let before = std::mem::replace(&mut self.problems, problems);
        let derived = self.derived.as_ref().map(|derived| derived.changed());
        let problems = (before != self.problems).then(|| self.problems.clone());
        (derived.unwrap_or_default(), problems)
    }

    fn tell(
        &mut self,
        delta: &ModelDelta,
        (derived, problems): Computed,
        position: u64,
        undo: UndoState,
    ) {
        let delta = Delta {
            document: self.document.clone(),
            position: position.to_string(),
            upserted: delta
                .upserted
                .iter()
                .map(|(collection, records)| {
                    let records = records_data(collection, records, &self.references.0);
                    (collection.clone(), records)
                })
                .collect(),
            removed: delta
                .removed
                .iter()
                .map(|(collection, ids)| {
                    (
                        collection.clone(),
                        ids.iter().map(ToString::to_string).collect(),
                    )
                })
                .collect(),
            problems,
            derived,
            undo,
        };
        for (_, listener) in &mut self.listeners {
            listener(delta.clone());
        }
    }

    fn take_over(&mut self, delta: &ModelDelta) -> bool {
        let upserted = delta.upserted.iter();
        let removed = delta.removed.iter();
        let removed =
            removed.flat_map(|(collection, ids)| ids.iter().map(move |id| (&**collection, id)));
        self.take(upserted.map(|(name, records)| (&**name, records)), removed)
    }

    /// All that is wrong in the document as it is now.
    fn compute(&mut self, projection: &Projection) -> Vec<Problem> {
        let mut problems = anomalies(&self.document, projection);
        if let Some(derived) = &mut self.derived {
            let around = Around(self.references.1.as_deref());
            let found = derived.derive(&around).into_iter();
            problems.extend(found.map(|problem| self::problem(&self.document, problem)));
        }
        problems
    }
}

/// What is derived that changed, and the problems if they did.
type Computed = (DerivedRecords, Option<Vec<Problem>>);

/// What a document's kind is told of the others.
struct Around<'a>(Option<&'a Targets>);

impl Surroundings for Around<'_> {
    fn has(&self, target: &Target) -> Option<bool> {
        Some(self.0?.has(target))
    }

    fn name_then(&self, target: &Target) -> Option<String> {
        self.0?.name_then(target)
    }
}

fn problem(document: &str, problem: RecordProblem) -> Problem {
    Problem {
        document: document.to_owned(),
        collection: Some(problem.collection),
        id: Some(problem.id.to_string()),
        field: problem.field,
        severity: problem.severity,
        message: problem.message,
        note: None,
    }
}

/// All records of a document, as they cross. A collection that has been emptied is like one that never had any: the
/// same document reads the same however it came to be.
pub(crate) fn collections(projection: &Projection, meanings: &Meanings) -> Collections {
    projection
        .collections()
        .filter(|(_, records)| !records.is_empty())
        .map(|(name, records)| (name.to_owned(), records_data(name, records, meanings)))
        .collect()
}

fn records_data(
    collection: &str,
    records: &Records,
    meanings: &Meanings,
) -> BTreeMap<String, RecordData> {
    records
        .iter()
        .map(|(id, record)| {
            let record = meanings.read(collection, id, record);
            let fields = record
                .0
                .iter()
                .map(|(name, value)| (name.clone(), value.into()))
                .collect();
            (id.to_string(), fields)
        })
        .collect()
}

/// What the projection had to resolve, as problems.
fn anomalies(document: &str, projection: &Projection) -> Vec<Problem> {
    projection
        .anomalies()
        .map(|(collection, id, anomaly)| {
            let name = projection
                .stored(collection, id.as_str())
                .and_then(|record| wissil_model::record_name(projection.kind(), collection, record))
                .unwrap_or_else(|| match collection {
                    "wires" => "A wire".into(),
                    _ => id.to_string(),
                });
            let message = match anomaly.resolution {
                Resolution::Hidden => format!(
                    "{name} is hidden: the {} it names was deleted. Undo that, or delete it.",
                    anomaly.field
                ),
                Resolution::Cleared => format!(
                    "The {} of {name} was deleted. Choose another or clear it.",
                    anomaly.field
                ),
                Resolution::CycleBroken => format!(
                    "{name} was moved below its own child by two people at once; it stands at the top. Move it where it belongs."
                ),
            };
            Problem {
                document: document.to_owned(),
                collection: Some(collection.to_owned()),
                id: Some(id.to_string()),
                field: Some(anomaly.field.to_owned()),
                severity: Severity::Warning,
                message,
                note: None,
            }
        })
        .collect()
}
