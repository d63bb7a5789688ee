//! The files that the manifest names, and which of them stands where.

use std::collections::BTreeMap;
use std::ops::Bound::{Excluded, Unbounded};

use wissil_model::kinds::manifest::Asset;
use wissil_model::{Projection, RecordId};

use super::folder::differs_in_case;
use super::path::AssetPath;

/// The files of a project as the manifest has them.
///
/// People who work apart can give two files one path, or paths that some systems cannot tell apart, or one a file where the
/// other has a folder. The older record, which has the smaller id, has the place; the other is shown with a problem until
/// somebody renames it.
#[derive(Debug, Default)]
pub(crate) struct Catalog {
    records: BTreeMap<RecordId, Asset>,
    places: BTreeMap<AssetPath, RecordId>,
    folded: BTreeMap<String, RecordId>,
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
            Ok(path) => match self.holder(&path) {
                Some(first) => {
                    let other = self.records.get(first).map_or("", |other| &other.path);
                    let message = if other == path.as_str() {
                        format!(
                            "Two files are called {path}; only the older one is in the folder. Rename one of them."
                        )
                    } else if !is_same_place(other, &path) {
                        format!(
                            "Where {path} has a folder {other} is a file, or the other way round; only the latter is in the folder. Rename one of them."
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

    /// The record that keeps a path from being used by another: it has the path or one that differs only in case, or is a
    /// file where the path has a folder, or the other way round.
    pub fn holder(&self, path: &AssetPath) -> Option<&RecordId> {
        let folded = path.folded();
        if let Some(holder) = self.folded.get(&folded) {
            return Some(holder);
        }
        let mut folders = path.folders();
        if let Some(file) = folders.find_map(|folder| self.folded.get(&folder.folded())) {
            return Some(file);
        }
        let inside = format!("{folded}/");
        let mut after = self.folded.range((Excluded(inside.clone()), Unbounded));
        let (next, id) = after.next()?;
        next.starts_with(&inside).then_some(id)
    }

    /// Why a file cannot stand in the folder beside those that have their places; none when it can.
    pub fn clash(&self, path: &AssetPath) -> Option<String> {
        let other = self.record(self.holder(path)?.as_str())?.path.as_str();
        Some(match is_same_place(other, path) {
            true => differs_in_case(other),
            false => format!(
                "cannot be in the folder together with {other}: one is a file where the other has a folder; rename one of them"
            ),
        })
    }

    /// What is wrong with records.
    pub fn problems(&self) -> &[(RecordId, String)] {
        &self.problems
    }

    /// A path that is free: the wanted one, or it with a note and a number. A folder that is a file gets a number, too.
    pub fn free(&self, wanted: &AssetPath, note: Option<&str>) -> AssetPath {
        let wanted = &self.beside_files(wanted);
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

    /// The path in a folder that is no file.
    fn beside_files(&self, wanted: &AssetPath) -> AssetPath {
        let is_file = |folder: &AssetPath| self.folded.contains_key(&folder.folded());
        let Some(file) = wanted.folders().find(is_file) else {
            return wanted.clone();
        };
        let mut folder = file.clone();
        let mut number = 2;
        while is_file(&folder) {
            folder = file.noted(&number.to_string());
            number += 1;
        }
        wanted.moved(&file, &folder)
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

/// Whether two paths are the same but for case.
fn is_same_place(other: &str, path: &AssetPath) -> bool {
    other.to_lowercase() == path.folded()
}
