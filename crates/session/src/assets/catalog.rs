//! The files that the manifest names, and which of them stands where.

use std::collections::{BTreeMap, HashMap};

use wissil_model::kinds::manifest::Asset;
use wissil_model::{Projection, RecordId};

use super::path::AssetPath;

/// The files of a project as the manifest has them.
///
/// People who work apart can give two files one path, or paths that some systems cannot tell apart. The older record,
/// which has the smaller id, has the place; the other is shown with a problem until somebody renames it.
#[derive(Debug, Default)]
pub(crate) struct Catalog {
    records: BTreeMap<RecordId, Asset>,
    places: BTreeMap<AssetPath, RecordId>,
    folded: HashMap<String, RecordId>,
    problems: Vec<(RecordId, String)>,
}

impl Catalog {
    /// Reads a manifest.
    pub fn read(manifest: &Projection) -> Self {
        let mut catalog = Self::default();
        for (id, record) in manifest.records(Asset::COLLECTION) {
            match Asset::from_record(record) {
                Ok(asset) => catalog.add(id.clone(), asset),
                Err(error) => catalog.problems.push((id.clone(), error.to_string())),
            }
        }
        catalog
    }

    fn add(&mut self, id: RecordId, asset: Asset) {
        match AssetPath::new(&asset.path) {
            Ok(path) => match self.folded.get(&path.folded()) {
                Some(first) => {
                    let other = self.records.get(first).map_or("", |other| &other.path);
                    let message = if other == path.as_str() {
                        format!(
                            "Two files are called {path}; only the older one is in the folder. Rename one of them."
                        )
                    } else {
                        format!(
                            "{path} and {other} differ only in case, which not every system can tell apart; only the latter is in the folder. Rename one of them."
                        )
                    };
                    self.problems.push((id.clone(), message));
                }
                None => {
                    self.folded.insert(path.folded(), id.clone());
                    self.places.insert(path, id.clone());
                }
            },
            Err(problem) => {
                let message = format!(
                    "{:?} {problem}; the file is not in the folder. Rename it.",
                    asset.path
                );
                self.problems.push((id.clone(), message));
            }
        }
        self.records.insert(id, asset);
    }

    /// All records, the oldest first.
    pub fn records(&self) -> impl Iterator<Item = (&RecordId, &Asset)> {
        self.records.iter()
    }

    /// One record.
    pub fn record(&self, id: &str) -> Option<&Asset> {
        self.records.get(id)
    }

    /// The file that has a place.
    pub fn at(&self, path: &AssetPath) -> Option<(&RecordId, &Asset)> {
        let id = self.places.get(path)?;
        Some((id, self.records.get(id)?))
    }

    /// What stands in the folder when everything is here.
    pub fn places(&self) -> impl Iterator<Item = (&AssetPath, &Asset)> {
        self.places
            .iter()
            .filter_map(|(path, id)| Some((path, self.records.get(id)?)))
    }

    /// The record that keeps a path from being used by another: it has the path or one that differs only in case.
    pub fn holder(&self, path: &AssetPath) -> Option<&RecordId> {
        self.folded.get(&path.folded())
    }

    /// What is wrong with records.
    pub fn problems(&self) -> &[(RecordId, String)] {
        &self.problems
    }

    /// A path that is free: the wanted one, or it with a note and a number.
    pub fn free(&self, wanted: &AssetPath, note: Option<&str>) -> AssetPath {
        if note.is_none() && self.holder(wanted).is_none() {
            return wanted.clone();
        }
        let mut number = if note.is_some() { 1 } else { 2 };
        loop {
            let path = match (note, number) {
                (Some(note), 1) => wanted.noted(note),
                (Some(note), number) => wanted.noted(&format!("{note} {number}")),
                (None, number) => wanted.noted(&number.to_string()),
            };
            if self.holder(&path).is_none() {
                return path;
            }
            number += 1;
        }
    }

    /// Gives a path to a record that is about to be written.
    pub fn take(&mut self, path: AssetPath, id: RecordId, asset: Asset) {
        self.folded.insert(path.folded(), id.clone());
        self.places.insert(path, id.clone());
        self.records.insert(id, asset);
    }

    /// Frees the path of a record that is about to go or to move.
    pub fn release(&mut self, path: &AssetPath) {
        self.folded.remove(&path.folded());
        if let Some(id) = self.places.remove(path) {
            self.records.remove(&id);
        }
    }
}
