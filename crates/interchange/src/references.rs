//! References to records of the scene: files count where documents name.

use std::collections::HashMap;

use wissil_model::kinds::blueprint::rename_in_record;
use wissil_model::kinds::scene::{Named, Target, index_of, rename_in_channels, rename_in_pointer};
use wissil_model::{DocumentKind, RecordId};

use crate::ImportedDocument;

/// Puts record ids where an imported file counts. What it counts beyond its lists stays a number.
pub(crate) fn name_records(documents: &mut [ImportedDocument]) {
    let mut ids: HashMap<(&str, usize), RecordId> = HashMap::new();
    for document in documents.iter().filter(|it| it.kind == DocumentKind::SCENE) {
        for (collection, id, record) in &document.records {
            // A list's records stand at the places they had in the file.
            if let Some(index) = index_of(record) {
                ids.insert((collection, index as usize), id.clone());
            }
        }
    }
    let mut name = |target: &Target| match target.named {
        Named::Place(place) => ids
            .get(&(target.collection, place))
            .cloned()
            .map(Named::Record),
        Named::Record(_) => None,
    };
    for document in documents {
        for (collection, _, record) in &mut document.records {
            if document.kind == DocumentKind::BLUEPRINT {
                rename_in_record(record, &mut name);
            } else if *collection == "animations"
                && let Some(channels) = record.0.get_mut("channels")
            {
                rename_in_channels(channels, &mut name);
            }
        }
    }
}

/// Where a file's lists hold the records of a scene.
#[derive(Clone, Debug, Default)]
pub(crate) struct FilePlaces(HashMap<&'static str, List>);

#[derive(Clone, Debug, Default)]
struct List {
    by_id: HashMap<String, usize>,
    /// By the place that the record has in its document, which is the one it came with.
    by_index: HashMap<usize, usize>,
    taken: Vec<bool>,
}

/// The place of something that a file names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// It stands there.
    At(usize),
    /// It is gone; nothing stands there.
    Gone(usize),
}

impl FilePlaces {
    /// Takes down a list of a file; free places are none.
    pub(crate) fn note<'a>(
        &mut self,
        collection: &'static str,
        slots: impl Iterator<Item = Option<(&'a RecordId, Option<f64>)>>,
    ) {
        let mut list = List::default();
        for (place, slot) in slots.enumerate() {
            list.taken.push(slot.is_some());
            if let Some((id, index)) = slot {
                list.by_id.insert(id.to_string(), place);
                if let Some(index) = index.filter(|it| *it >= 0.0) {
                    list.by_index.entry(index as usize).or_insert(place);
                }
            }
        }
        self.0.insert(collection, list);
    }

    /// Where a record stands.
    pub(crate) fn get(&self, collection: &str, id: &str) -> Option<usize> {
        self.0.get(collection)?.by_id.get(id).copied()
    }

    /// Where something that is named stands. A number that a document holds leads nowhere: nobody knows what it meant.
    pub(crate) fn of(&self, target: &Target) -> Place {
        let list = self.0.get(target.collection);
        match &target.named {
            Named::Record(id) => match self.get(target.collection, id.as_str()) {
                Some(place) => Place::At(place),
                None => Place::Gone(list.map_or(0, |list| list.taken.len())),
            },
            Named::Place(place) => match list.and_then(|list| list.taken.get(*place)) {
                Some(true) => Place::Gone(list.map_or(0, |list| list.taken.len())),
                _ => Place::Gone(*place),
            },
        }
    }

    /// A pointer of an animation as files write it, and whether what it names is gone. Where it holds a number, of an
    /// older version, that is the place with which the record was imported.
    pub(crate) fn of_channel(&self, pointer: &str) -> (String, bool) {
        let (mut written, mut gone) = (pointer.to_owned(), false);
        rename_in_pointer(&mut written, &mut |target| {
            let imported = match target.named {
                Named::Place(place) => self
                    .0
                    .get(target.collection)
                    .and_then(|it| it.by_index.get(&place)),
                Named::Record(_) => None,
            };
            let place = imported.map_or_else(|| self.of(target), |place| Place::At(*place));
            gone = matches!(place, Place::Gone(_));
            Some(Named::Place(place.number()))
        });
        (written, gone)
    }
}

impl Place {
    /// The place.
    pub(crate) fn number(self) -> usize {
        match self {
            Place::At(place) | Place::Gone(place) => place,
        }
    }
}
