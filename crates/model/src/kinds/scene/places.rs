//! Which record stands at which place of a file's lists.
//!
//! A record's `index` is its place for as long as it lives: what is deleted leaves its place free, and what is added
//! comes after every place that was ever given. So a number that a graph computes goes on meaning the same record.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::pointer::LISTS;
use crate::{Change, Operation, Projection, Record, RecordId, Value};

/// Most places of one list that are kept free.
const MOST_FREE: usize = 4096;

/// The id of the one record of `properties`.
const PROPERTIES: &str = "scene";

/// Which record stands where, list by list.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Places(HashMap<&'static str, Vec<Option<RecordId>>>);

impl Places {
    /// The places of a scene's records.
    pub fn of(scene: &Projection) -> Self {
        let indices = |collection| {
            let records = scene.records(collection).iter();
            records
                .map(|(id, record)| (id.clone(), index_of(record)))
                .collect()
        };
        Self::from_indices(indices)
    }

    /// The places of records whose `index` is known, by collection.
    pub fn from_indices(indices: impl Fn(&'static str) -> Vec<(RecordId, Option<f64>)>) -> Self {
        let lists = LISTS.iter().map(|(_, collection)| {
            let mut records = indices(collection);
            in_order(&mut records, |(id, index)| (*index, id));
            let kept_free = keeps_free(collection);
            let slots = slots(records, |(_, index)| *index, kept_free);
            let ids = slots.into_iter().map(|slot| slot.map(|(id, _)| id));
            (*collection, ids.collect())
        });
        Self(lists.collect())
    }

    /// The record at a place.
    pub fn record(&self, collection: &str, place: usize) -> Option<&RecordId> {
        self.0.get(collection)?.get(place)?.as_ref()
    }

    fn list(&self, collection: &str) -> &[Option<RecordId>] {
        self.0.get(collection).map_or(&[], Vec::as_slice)
    }
}

/// A record's place, if it was given one.
pub fn index_of(record: &Record) -> Option<f64> {
    record.get("index").and_then(Value::as_number)
}

/// Whether the places of deleted records are kept free in a list: where something stands in a file that means nothing.
pub fn keeps_free(collection: &str) -> bool {
    ["entities", "materials", "cameras", "lights"].contains(&collection)
}

/// Sorts records as lists are: by their place, those without one last, then by id.
pub fn in_order<T>(records: &mut [T], key: impl Fn(&T) -> (Option<f64>, &RecordId)) {
    records.sort_by(|a, b| {
        let ((a_index, a_id), (b_index, b_id)) = (key(a), key(b));
        let place = |index: Option<f64>| index.unwrap_or(f64::INFINITY);
        place(a_index)
            .total_cmp(&place(b_index))
            .then_with(|| a_id.cmp(b_id))
    });
}

/// The list that sorted records make; free places are none. Two people can give one place at once: then the first has
/// it, and the others come last, so that nobody else moves.
pub fn slots<T>(
    sorted: Vec<T>,
    index: impl Fn(&T) -> Option<f64>,
    keeps_free: bool,
) -> Vec<Option<T>> {
    let mut slots: Vec<Option<T>> = Vec::with_capacity(sorted.len());
    let mut last = Vec::new();
    let (mut free, mut before) = (0, None);
    for record in sorted {
        let Some(wanted) = index(&record).filter(|wanted| before != Some(*wanted)) else {
            last.push(record);
            continue;
        };
        before = Some(wanted);
        if keeps_free && wanted > slots.len() as f64 {
            let gap = wanted as usize - slots.len();
            if free + gap <= MOST_FREE {
                free += gap;
                slots.resize_with(wanted as usize, || None);
            }
        }
        slots.push(Some(record));
    }
    slots.extend(last.into_iter().map(Some));
    slots
}

/// Completes a gesture in a scene so that its records keep their places: what it adds comes after every place that was
/// ever given, and where it adds or deletes, records without a place are given the one they stand at.
pub fn keep_places(scene: &Projection, mut changes: Vec<Change>) -> Vec<Change> {
    if changes
        .iter()
        .all(|it| matches!(it.operation, Operation::Set { .. }))
    {
        return changes;
    }
    let places = Places::of(scene);
    for (_, collection) in LISTS.iter().filter(|(_, it)| keeps_free(it)) {
        let is_there = |id: &RecordId| scene.stored(collection, id.as_str()).is_some();
        let of_list = changes.iter().filter(|it| it.collection == *collection);
        let removed: HashSet<RecordId> = of_list
            .clone()
            .filter(|it| matches!(it.operation, Operation::Remove { .. }))
            .map(|it| it.id.clone())
            .collect();
        let adds =
            |it: &&Change| matches!(it.operation, Operation::Put { .. }) && !is_there(&it.id);
        if removed.is_empty() && !of_list.clone().any(|it| adds(&it)) {
            continue;
        }
        let list = places.list(collection);
        let given = list.len().max(given(scene, collection));
        let mut next = given;
        for change in changes.iter_mut().filter(|it| it.collection == *collection) {
            if let Operation::Put { put, .. } = &mut change.operation
                && index_of(put).is_none()
                && !is_there(&change.id)
            {
                put.set("index", Value::Number(next as f64));
                next += 1;
            }
        }
        let stand = list
            .iter()
            .enumerate()
            .filter_map(|(place, slot)| Some((place, slot.as_ref()?)));
        let stay: Vec<(usize, &RecordId)> =
            stand.filter(|(_, id)| !removed.contains(*id)).collect();
        let unnumbered = stay.iter().filter(|(place, id)| {
            let record = scene.record(collection, id.as_str());
            record.and_then(index_of) != Some(*place as f64)
        });
        changes.extend(unnumbered.map(|(place, id)| {
            Change::set(
                *collection,
                (*id).clone(),
                [("index", Value::Number(*place as f64))],
            )
        }));
        let last_goes = next == given && stay.last().map_or(0, |(place, _)| place + 1) < given;
        if last_goes && given > self::given(scene, collection) {
            note_given(scene, &mut changes, collection, given);
        }
    }
    changes
}

/// How many places of a list were given, as far as that was written down.
fn given(scene: &Projection, collection: &str) -> usize {
    let properties = scene.record("properties", PROPERTIES);
    let given = properties.and_then(|it| it.get(&format!("places.{collection}"))?.as_number());
    given.filter(|it| (0.0..1e9).contains(it)).unwrap_or(0.0) as usize
}

/// Writes down how many places were given, because the record at the last of them goes.
fn note_given(scene: &Projection, changes: &mut Vec<Change>, collection: &str, given: usize) {
    let (field, value) = (format!("places.{collection}"), Value::Number(given as f64));
    let ours = changes
        .iter_mut()
        .find(|it| it.collection == "properties" && it.id.as_str() == PROPERTIES);
    match ours.map(|it| &mut it.operation) {
        Some(Operation::Put { put, .. }) => put.set(field, value),
        Some(Operation::Set { set, .. }) => {
            set.insert(field, value);
        }
        _ if scene.stored("properties", PROPERTIES).is_some() => {
            changes.push(Change::set("properties", PROPERTIES, [(field, value)]));
        }
        _ => changes.push(Change::put(
            "properties",
            PROPERTIES,
            Record::new().with(field, value),
        )),
    }
}

/// Where records stood in the course of a scene's history, told by its changes.
#[derive(Clone, Debug, Default)]
pub struct PlaceHistory(BTreeMap<&'static str, BTreeMap<RecordId, Option<f64>>>);

impl PlaceHistory {
    /// Takes over a change that came after all before.
    pub fn take(&mut self, change: &Change) {
        let Some((_, collection)) = LISTS.iter().find(|(_, it)| *it == change.collection) else {
            return;
        };
        let records = self.0.entry(collection).or_default();
        match &change.operation {
            Operation::Put { put, .. } => {
                records.insert(change.id.clone(), index_of(put));
            }
            Operation::Set { set, .. } => {
                if let (Some(index), Some(record)) = (set.get("index"), records.get_mut(&change.id))
                {
                    *record = index.as_number();
                }
            }
            Operation::Remove { .. } => {
                records.remove(&change.id);
            }
        }
    }

    /// Which record stands where now.
    pub fn places(&self) -> Places {
        Places::from_indices(|collection| {
            let records = self.0.get(collection).into_iter().flatten();
            records.map(|(id, index)| (id.clone(), *index)).collect()
        })
    }
}
