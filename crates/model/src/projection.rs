//! The plain snapshot of a document, kept as events are folded.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use crate::field::RecordId;
use crate::kinds::DocumentKind;
use crate::record::Record;
use crate::schema::{CollectionSchema, OnMissing, Reference};
use crate::tree::Cycles;

/// Records of one collection by id.
pub type Records = BTreeMap<RecordId, Arc<Record>>;

/// A document as plain records, its references resolved.
///
/// Concurrent edits can leave a wire without its node, or two entities each other's parent. What is visible here has
/// neither: such a wire is hidden, such a cycle is broken at its smallest id, the same way on every replica, and
/// [`Projection::anomalies`] reports it. [`Projection::stored`] is what was written.
#[derive(Clone, Debug)]
pub struct Projection {
    kind: DocumentKind,
    stored: BTreeMap<String, Records>,
    visible: BTreeMap<String, Records>,
    anomalies: BTreeMap<(String, RecordId), Vec<Anomaly>>,
    /// Which records name a record: (collection, id) of the target to (collection, id) of those that refer.
    referrers: HashMap<(&'static str, RecordId), HashSet<(&'static str, RecordId)>>,
    /// The cycles of each tree.
    cycles: HashMap<Tree, Cycles>,
}

/// A collection and the field by which its records hang under each other.
type Tree = (&'static str, &'static str);

/// Something about a record that the projection had to resolve.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Anomaly {
    /// The field at fault.
    pub field: &'static str,
    /// What was done about it.
    pub resolution: Resolution,
    /// The record it names.
    pub target: RecordId,
}

/// What was done about a reference that cannot stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Resolution {
    /// The record is hidden, because what it names is missing.
    Hidden,
    /// The field reads as absent, because what it names is missing.
    Cleared,
    /// The field reads as absent, because following it leads back here.
    CycleBroken,
}

/// What changed in a projection.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Delta {
    /// Records that appeared or changed.
    pub upserted: BTreeMap<String, Records>,
    /// Records that are gone.
    pub removed: BTreeMap<String, BTreeSet<RecordId>>,
}

impl Delta {
    /// Whether nothing changed.
    pub fn is_empty(&self) -> bool {
        self.upserted.is_empty() && self.removed.is_empty()
    }

    /// What the records that this names are in a projection.
    #[must_use]
    pub fn as_in(&self, projection: &Projection) -> Self {
        let upserted = self
            .upserted
            .iter()
            .map(|(collection, records)| (collection, records.keys().collect::<Vec<_>>()));
        let removed = self
            .removed
            .iter()
            .map(|(collection, ids)| (collection, ids.iter().collect()));
        let mut there = Self::default();
        for (collection, ids) in upserted.chain(removed) {
            for id in ids {
                match projection.records(collection).get(id) {
                    Some(record) => {
                        let records = there.upserted.entry(collection.clone()).or_default();
                        records.insert(id.clone(), record.clone());
                    }
                    None => {
                        let ids = there.removed.entry(collection.clone()).or_default();
                        ids.insert(id.clone());
                    }
                }
            }
        }
        there
    }

    /// Adds a later delta to this one.
    pub fn merge(&mut self, later: Delta) {
        for (collection, records) in later.upserted {
            for (id, record) in records {
                if let Some(removed) = self.removed.get_mut(&collection) {
                    removed.remove(&id);
                }
                self.upserted
                    .entry(collection.clone())
                    .or_default()
                    .insert(id, record);
            }
        }
        for (collection, ids) in later.removed {
            for id in ids {
                if let Some(upserted) = self.upserted.get_mut(&collection) {
                    upserted.remove(&id);
                }
                self.removed
                    .entry(collection.clone())
                    .or_default()
                    .insert(id);
            }
        }
        self.upserted.retain(|_, records| !records.is_empty());
        self.removed.retain(|_, ids| !ids.is_empty());
    }
}

impl PartialEq for Projection {
    /// Equal when what was written and what is visible are equal.
    fn eq(&self, other: &Self) -> bool {
        fn filled(
            collections: &BTreeMap<String, Records>,
        ) -> impl Iterator<Item = (&String, &Records)> {
            collections
                .iter()
                .filter(|(_, records)| !records.is_empty())
        }
        self.kind == other.kind
            && filled(&self.stored).eq(filled(&other.stored))
            && filled(&self.visible).eq(filled(&other.visible))
    }
}

static NO_RECORDS: Records = Records::new();

/// Puts a record in the place of what it was before, which is given back; its name is copied only when it is new.
fn replace(records: &mut Records, id: &RecordId, record: Arc<Record>) -> Option<Arc<Record>> {
    match records.get_mut(id) {
        Some(stored) => Some(std::mem::replace(stored, record)),
        None => records.insert(id.clone(), record),
    }
}

impl Projection {
    /// An empty document of that kind.
    pub fn new(kind: DocumentKind) -> Self {
        Self {
            kind,
            stored: BTreeMap::new(),
            visible: BTreeMap::new(),
            anomalies: BTreeMap::new(),
            referrers: HashMap::new(),
            cycles: HashMap::new(),
        }
    }

    /// A projection of records that stand nowhere else yet, such as an import's.
    pub fn from_records(
        kind: DocumentKind,
        records: impl IntoIterator<Item = (String, RecordId, Record)>,
    ) -> Self {
        let mut projection = Self::new(kind);
        projection.apply(
            records
                .into_iter()
                .map(|(collection, id, record)| (collection, id, Some(record))),
        );
        projection
    }

    /// The document's kind.
    pub fn kind(&self) -> DocumentKind {
        self.kind
    }

    /// The visible records of a collection.
    pub fn records(&self, collection: &str) -> &Records {
        self.visible.get(collection).unwrap_or(&NO_RECORDS)
    }

    /// A visible record.
    pub fn record(&self, collection: &str, id: &str) -> Option<&Record> {
        self.records(collection).get(id).map(Arc::as_ref)
    }

    /// A record as it was written, visible or not.
    pub fn stored(&self, collection: &str, id: &str) -> Option<&Record> {
        self.stored.get(collection)?.get(id).map(Arc::as_ref)
    }

    /// The records of a collection as they were written, if there are any.
    pub(crate) fn stored_records(&self, collection: &str) -> Option<&Records> {
        self.stored.get(collection)
    }

    /// All collections with their visible records.
    pub fn collections(&self) -> impl Iterator<Item = (&str, &Records)> {
        self.visible
            .iter()
            .map(|(name, records)| (name.as_str(), records))
    }

    /// How many records were written, visible or not.
    pub fn stored_count(&self) -> usize {
        self.stored.values().map(BTreeMap::len).sum()
    }

    /// What had to be resolved, by collection and record.
    pub fn anomalies(&self) -> impl Iterator<Item = (&str, &RecordId, &Anomaly)> {
        self.anomalies.iter().flat_map(|((collection, id), list)| {
            list.iter()
                .map(move |anomaly| (collection.as_str(), id, anomaly))
        })
    }

    /// Takes records as they now are (none: gone), and resolves what they touch.
    pub(crate) fn apply(
        &mut self,
        records: impl IntoIterator<Item = (String, RecordId, Option<Record>)>,
    ) -> Delta {
        let mut affected: BTreeMap<String, BTreeSet<RecordId>> = BTreeMap::new();
        let mut edges: BTreeMap<Tree, Vec<RecordId>> = BTreeMap::new();
        for (collection, id, record) in records {
            let schema = self.kind.schema().collection(&collection);
            let records = self.stored.entry(collection.clone()).or_default();
            let record = record.map(Arc::new);
            let before = match &record {
                Some(record) => replace(records, &id, Arc::clone(record)),
                None => records.remove(&id),
            };
            if let Some(schema) = schema {
                let existence_changed = before.is_some() != record.is_some();
                for (field, reference) in references(schema) {
                    let target = |record: &Arc<Record>| target_of(record, field);
                    let (old, new) = (
                        before.as_ref().and_then(target),
                        record.as_ref().and_then(target),
                    );
                    if reference.on_missing == OnMissing::Tree && (existence_changed || old != new)
                    {
                        let tree = edges.entry((schema.name, field)).or_default();
                        tree.push(id.clone());
                    }
                    if old != new {
                        let referrer = (schema.name, id.clone());
                        if let Some(old) = old
                            && let Some(set) = self.referrers.get_mut(&(reference.collection, old))
                        {
                            set.remove(&referrer);
                        }
                        if let Some(new) = new {
                            self.referrers
                                .entry((reference.collection, new))
                                .or_default()
                                .insert(referrer);
                        }
                    }
                }
                if existence_changed
                    && let Some(referrers) = self.referrers.get(&(schema.name, id.clone()))
                {
                    for (collection, id) in referrers {
                        affected
                            .entry((*collection).to_owned())
                            .or_default()
                            .insert(id.clone());
                    }
                }
            }
            affected.entry(collection).or_default().insert(id);
        }
        self.update_cycles(edges, &mut affected);
        self.resolve(affected)
    }

    /// Finds the cycles that came or went with the edges of these records, and marks as affected whoever they are broken
    /// at.
    fn update_cycles(
        &mut self,
        edges: BTreeMap<Tree, Vec<RecordId>>,
        affected: &mut BTreeMap<String, BTreeSet<RecordId>>,
    ) {
        for ((collection, field), changed) in edges {
            let cycles = self.cycles.entry((collection, field)).or_default();
            let cut = cycles.cut(&changed);
            let records = self.stored.get(collection).unwrap_or(&NO_RECORDS);
            // What nothing hangs under is in no cycle, and most that is new is such.
            let has_children = |id: &&RecordId| {
                let referrers = self.referrers.get(&(collection, RecordId::clone(id)));
                referrers.is_some_and(|referrers| !referrers.is_empty())
            };
            let found = cycles.find(changed.iter().filter(has_children), |id| {
                target_of(records.get(id)?, field).filter(|parent| records.contains_key(parent))
            });
            let affected = affected.entry(collection.to_owned()).or_default();
            affected.extend(cut.into_iter().chain(found));
        }
    }

    fn resolve(&mut self, affected: BTreeMap<String, BTreeSet<RecordId>>) -> Delta {
        let mut delta = Delta::default();
        for (collection, ids) in affected {
            let schema = self.kind.schema().collection(&collection);
            for id in ids {
                self.forget_anomalies(&collection, &id);
                let (now, anomalies) = match self.stored.get(&collection).and_then(|r| r.get(&id)) {
                    None => (None, Vec::new()),
                    Some(record) => match schema {
                        None => (Some(Arc::clone(record)), Vec::new()),
                        Some(schema) => self.resolve_record(schema, &id, record),
                    },
                };
                if !anomalies.is_empty() {
                    let key = (collection.clone(), id.clone());
                    self.anomalies.insert(key, anomalies);
                }
                let visible = self.visible.entry(collection.clone()).or_default();
                match now {
                    Some(now) => {
                        if replace(visible, &id, Arc::clone(&now)).as_ref() != Some(&now) {
                            delta
                                .upserted
                                .entry(collection.clone())
                                .or_default()
                                .insert(id, now);
                        }
                    }
                    None => {
                        if visible.remove(&id).is_some() {
                            delta
                                .removed
                                .entry(collection.clone())
                                .or_default()
                                .insert(id);
                        }
                    }
                }
            }
        }
        delta
    }

    fn forget_anomalies(&mut self, collection: &str, id: &RecordId) {
        if !self.anomalies.is_empty() {
            self.anomalies.remove(&(collection.to_owned(), id.clone()));
        }
    }

    fn resolve_record(
        &self,
        schema: &'static CollectionSchema,
        id: &RecordId,
        record: &Arc<Record>,
    ) -> (Option<Arc<Record>>, Vec<Anomaly>) {
        let mut anomalies = Vec::new();
        for (field, reference) in references(schema) {
            let Some(target) = target_of(record, field) else {
                continue;
            };
            let missing = !self
                .stored
                .get(reference.collection)
                .is_some_and(|records| records.contains_key(&target));
            let in_cycle = || {
                let cycles = self.cycles.get(&(schema.name, field));
                cycles.is_some_and(|cycles| cycles.break_at(id))
            };
            let resolution = match reference.on_missing {
                OnMissing::Hide if missing => Resolution::Hidden,
                OnMissing::Clear | OnMissing::Tree if missing => Resolution::Cleared,
                OnMissing::Tree if in_cycle() => Resolution::CycleBroken,
                _ => continue,
            };
            anomalies.push(Anomaly {
                field,
                resolution,
                target,
            });
        }
        if anomalies.is_empty() {
            return (Some(Arc::clone(record)), anomalies);
        }
        if anomalies
            .iter()
            .any(|anomaly| anomaly.resolution == Resolution::Hidden)
        {
            return (None, anomalies);
        }
        let mut visible = Record::clone(record);
        for anomaly in &anomalies {
            visible.0.remove(anomaly.field);
        }
        (Some(Arc::new(visible)), anomalies)
    }
}

fn references(
    schema: &'static CollectionSchema,
) -> impl Iterator<Item = (&'static str, Reference)> {
    schema
        .fields
        .iter()
        .filter_map(|field| Some((field.name, field.reference?)))
}

fn target_of(record: &Arc<Record>, field: &str) -> Option<RecordId> {
    record.get(field)?.as_text().map(RecordId::from)
}
