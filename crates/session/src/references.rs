//! What graphs name in the project's scene, where it crosses into documents and out of them.
//!
//! Documents name records by their ids. What comes in as a number is named before it is written. Documents of older
//! versions hold numbers; each means the record that stood there when it was written, which the history tells. They are
//! read so, and named when a person next edits the record.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use wissil_dag::{BranchId, Cid};
use wissil_model::kinds::blueprint::{rename_in_field, rename_in_record, scene_references};
use wissil_model::kinds::scene::{LISTS, Named, PlaceHistory, Places, Target, index_of};
use wissil_model::{
    Change, Delta as ModelDelta, DocumentKind, Operation, Projection, Record, RecordId, Value,
    record_name,
};
use wissil_store::SqliteStore;
use wissil_sync::{Engine, EventStore as _, LogKey};

use crate::actor::{Actor, document_entries_on};
use crate::api::ApiError;
use crate::history::read;

/// The records that graphs can name, and those that they could.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Targets {
    there: HashSet<(&'static str, RecordId)>,
    /// What records were called that are gone, as far as somebody asked.
    gone: Arc<Gone>,
}

/// What deleted records of scenes were called last.
#[derive(Clone, Debug, Default, PartialEq)]
struct Gone {
    names: HashMap<(&'static str, RecordId), String>,
    /// Up to which position of each scene the history was read for them.
    read: HashMap<LogKey, u64>,
}

/// The fields of a Blueprint that hold numbers: what they hold, and what they would if they held names.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Meanings(HashMap<Field, (Value, Value)>);

/// A field of a record: its collection, its id, the field's name.
type Field = (String, RecordId, String);

/// What was found out about references on a branch, for as long as it holds.
#[derive(Default)]
pub(crate) struct References {
    /// Of all scenes; none while they are not known.
    targets: Option<Arc<Targets>>,
    /// Read from the history when a graph refers to something that is not there.
    gone: Arc<Gone>,
    /// By Blueprint, with the positions of it and of the scene at which it was found.
    meanings: HashMap<LogKey, ([u64; 2], Arc<Meanings>)>,
}

impl Targets {
    /// Whether a reference leads somewhere.
    pub fn has(&self, target: &Target) -> bool {
        match &target.named {
            Named::Record(id) => self.there.contains(&(target.collection, id.clone())),
            Named::Place(_) => false,
        }
    }

    /// What something was called that a reference led to.
    pub fn name_then(&self, target: &Target) -> Option<String> {
        match &target.named {
            Named::Record(id) => {
                let key = (target.collection, id.clone());
                self.gone.names.get(&key).cloned()
            }
            Named::Place(_) => None,
        }
    }
}

impl Meanings {
    /// A record with names where it holds numbers, as far as it is known what they mean.
    pub fn read<'a>(&self, collection: &str, id: &RecordId, record: &'a Record) -> Cow<'a, Record> {
        if self.0.is_empty() {
            return Cow::Borrowed(record);
        }
        let mut read = Cow::Borrowed(record);
        for (field, meant) in self.of(collection, id, record) {
            read.to_mut().set(field, meant.clone());
        }
        read
    }

    /// The fields of a record that read otherwise than they are written.
    fn of<'a>(
        &'a self,
        collection: &str,
        id: &RecordId,
        record: &Record,
    ) -> impl Iterator<Item = (String, &'a Value)> {
        record.0.iter().filter_map(move |(field, value)| {
            let key = (collection.to_owned(), id.clone(), field.clone());
            let (held, meant) = self.0.get(&key)?;
            (held == value && meant != held).then_some((key.2, meant))
        })
    }
}

impl Actor {
    /// A gesture as it is written: with what else its kind asks for, and graphs name what people count.
    pub(crate) fn complete(
        &mut self,
        log: &LogKey,
        event_type: &str,
        changes: Vec<Change>,
    ) -> Result<Vec<Change>, ApiError> {
        let projection = self.project.engine.projection_of(log)?;
        let kind = projection.kind();
        let changes = kind.complete(projection, changes);
        match kind == DocumentKind::BLUEPRINT {
            true => self.name_records(log, event_type, changes),
            false => Ok(changes),
        }
    }

    fn name_records(
        &mut self,
        log: &LogKey,
        event_type: &str,
        mut changes: Vec<Change>,
    ) -> Result<Vec<Change>, ApiError> {
        let projection = self.project.engine.projection_of(log)?;
        let mut edited = changes
            .iter()
            .filter_map(|it| projection.stored(&it.collection, it.id.as_str()));
        let meanings = match event_type.ends_with(".set") && edited.any(holds_numbers) {
            true => self.meanings(log)?,
            false => Arc::default(),
        };
        let places = match self.scene(&log.branch)? {
            Some(scene) => Places::of(self.project.engine.projection_of(&scene)?),
            None => Places::default(),
        };
        let mut name = |target: &Target| match target.named {
            Named::Place(place) => places
                .record(target.collection, place)
                .cloned()
                .map(Named::Record),
            Named::Record(_) => None,
        };
        let projection = self.project.engine.projection_of(log)?;
        for change in &mut changes {
            let stored = projection.stored(&change.collection, change.id.as_str());
            match &mut change.operation {
                Operation::Put { put, .. } => {
                    rename_in_record(put, &mut name);
                }
                Operation::Set { set, .. } => {
                    let op = set
                        .get("op")
                        .or_else(|| stored?.get("op"))
                        .and_then(Value::as_text);
                    let op = op.unwrap_or_default().to_owned();
                    for (field, value) in set.iter_mut() {
                        rename_in_field(&op, field, value, &mut name);
                    }
                    if let Some(stored) = stored {
                        for (field, meant) in meanings.of(&change.collection, &change.id, stored) {
                            set.entry(field).or_insert_with(|| meant.clone());
                        }
                    }
                }
                Operation::Remove { .. } => {}
            }
        }
        Ok(changes)
    }

    /// Brings what views show of references up to date after changes of these documents.
    pub(crate) fn follow_references(
        &mut self,
        changed: &[(&LogKey, &ModelDelta)],
    ) -> Result<(), ApiError> {
        let mut scene_changed = HashSet::new();
        for (log, delta) in changed {
            if self.may_change_targets(log, delta) {
                self.references_on(&log.branch).targets = None;
                scene_changed.insert(log.branch.clone());
            }
        }
        let views: Vec<LogKey> = self.views.keys().cloned().collect();
        for log in views {
            let has_numbers = changed
                .iter()
                .filter(|(changed, _)| **changed == log)
                .flat_map(|(_, delta)| delta.upserted.values().flatten())
                .any(|(_, record)| holds_numbers(record));
            if !(scene_changed.contains(&log.branch) || has_numbers)
                || !self
                    .views
                    .get(&log)
                    .is_some_and(|view| view.has_references())
            {
                continue;
            }
            let (meanings, targets) = (self.meanings(&log)?, self.targets_of(&log)?);
            let position = self.project.engine.position_of(&log)?;
            let undo = crate::actor::undo_state(&self.project.engine, &log)?;
            let projection = self.project.engine.projection_of(&log)?;
            if let Some(view) = self.views.get_mut(&log) {
                view.follow(projection, (meanings, targets), position, undo);
            }
        }
        Ok(())
    }

    /// Whether a change adds or takes away what graphs can name.
    fn may_change_targets(&self, log: &LogKey, delta: &ModelDelta) -> bool {
        if log.document.as_str() == wissil_sync::MANIFEST {
            return delta.upserted.contains_key("documents")
                || delta.removed.contains_key("documents");
        }
        let known = self.references.get(&log.branch);
        let Some(targets) = known.and_then(|it| it.targets.as_ref()) else {
            return true;
        };
        LISTS.iter().any(|(_, collection)| {
            let mut upserted = delta.upserted.get(*collection).into_iter().flatten();
            upserted.any(|(id, _)| !targets.there.contains(&(*collection, id.clone())))
                || delta.removed.contains_key(*collection)
        })
    }

    /// What a Blueprint can name, with the names of what it refers to and is gone; none while a scene is not here yet.
    pub(crate) fn targets_of(&mut self, log: &LogKey) -> Result<Option<Arc<Targets>>, ApiError> {
        let Some(targets) = self.targets(&log.branch)? else {
            return Ok(None);
        };
        let projection = self.project.engine.projection_of(log)?;
        let is_lost = |target: &Target| {
            matches!(target.named, Named::Record(_))
                && !targets.has(target)
                && targets.name_then(target).is_none()
        };
        let is_whole = projection.kind() != DocumentKind::BLUEPRINT
            || !projection
                .collections()
                .flat_map(|(_, records)| records.values())
                .flat_map(|record| scene_references(record))
                .any(|reference| is_lost(&reference.target));
        if is_whole {
            return Ok(Some(targets));
        }
        self.read_gone(&log.branch)?;
        self.targets(&log.branch)
    }

    /// Reads what is new in the scenes' history of records that are gone.
    fn read_gone(&mut self, branch: &BranchId) -> Result<(), ApiError> {
        let mut gone = Gone::clone(&self.references_on(branch).gone);
        let scenes = self.scenes(branch)?;
        let engine = &self.project.engine;
        for scene in scenes {
            let length = engine.store().log(&scene)?;
            let length = length.map_or(0, |state| state.length);
            let read = gone.read.insert(scene.clone(), length).unwrap_or(0);
            each_event(engine, &scene, read, &mut |_, _, changes| {
                for change in changes {
                    let list = LISTS.iter().find(|(_, it)| *it == change.collection);
                    if let (Some((_, collection)), Operation::Remove { was: Some(was), .. }) =
                        (list, change.operation)
                        && let Some(name) = record_name(DocumentKind::SCENE, collection, &was)
                    {
                        gone.names.insert((*collection, change.id), name);
                    }
                }
            })?;
        }
        let known = self.references_on(branch);
        if gone != *known.gone {
            known.gone = Arc::new(gone);
            known.targets = None;
        }
        Ok(())
    }

    /// What graphs can name; none while a scene is not here yet.
    fn targets(&mut self, branch: &BranchId) -> Result<Option<Arc<Targets>>, ApiError> {
        let known = self.references_on(branch);
        if known.targets.is_none() {
            let mut targets = Targets {
                gone: Arc::clone(&known.gone),
                ..Targets::default()
            };
            for scene in self.scenes(branch)? {
                let Ok(projection) = self.project.engine.projection_of(&scene) else {
                    return Ok(None);
                };
                for (_, collection) in LISTS {
                    let ids = projection.records(collection).keys();
                    targets.there.extend(ids.map(|id| (collection, id.clone())));
                }
            }
            self.references_on(branch).targets = Some(Arc::new(targets));
        }
        Ok(self.references_on(branch).targets.clone())
    }

    fn references_on(&mut self, branch: &BranchId) -> &mut References {
        self.references.entry(branch.clone()).or_default()
    }

    /// The scenes of a branch, in their order.
    pub(crate) fn scenes(&mut self, branch: &BranchId) -> Result<Vec<LogKey>, ApiError> {
        let entries = document_entries_on(&mut self.project.engine, branch)?;
        let scenes = entries
            .into_iter()
            .filter(|(_, kind, _)| kind == DocumentKind::SCENE.name());
        let logs = scenes.map(|(document, ..)| LogKey {
            branch: branch.clone(),
            document,
        });
        Ok(logs.collect())
    }

    /// The scene that graphs count in: a file holds one.
    fn scene(&mut self, branch: &BranchId) -> Result<Option<LogKey>, ApiError> {
        Ok(self.scenes(branch)?.into_iter().next())
    }

    /// What the numbers in a Blueprint mean.
    pub(crate) fn meanings(&mut self, log: &LogKey) -> Result<Arc<Meanings>, ApiError> {
        let projection = self.project.engine.projection_of(log)?;
        if projection.kind() != DocumentKind::BLUEPRINT {
            return Ok(Arc::default());
        }
        let numbers = numbers(projection);
        let (Some(scene), false) = (self.scene(&log.branch)?, numbers.is_empty()) else {
            return Ok(Arc::default());
        };
        let engine = &mut self.project.engine;
        let positions = [engine.position_of(log)?, engine.position_of(&scene)?];
        let known = self.references.get(&log.branch);
        if let Some((found_at, meanings)) = known.and_then(|it| it.meanings.get(log))
            && *found_at == positions
        {
            return Ok(Arc::clone(meanings));
        }
        let meanings = Arc::new(look_up(engine, log, &scene, numbers)?);
        let found = (positions, Arc::clone(&meanings));
        let known = self.references_on(&log.branch);
        known.meanings.insert(log.clone(), found);
        Ok(meanings)
    }
}

/// Whether a record refers to something by number.
fn holds_numbers(record: &Record) -> bool {
    let references = scene_references(record);
    references
        .iter()
        .any(|it| matches!(it.target.named, Named::Place(_)))
}

/// The fields that hold numbers, with what they hold and the operation of their node.
fn numbers(blueprint: &Projection) -> HashMap<Field, (String, Value)> {
    let mut found = HashMap::new();
    for (collection, records) in blueprint.collections() {
        for (id, record) in records {
            let references = scene_references(record).into_iter();
            for reference in references.filter(|it| matches!(it.target.named, Named::Place(_))) {
                let op = record
                    .get("op")
                    .and_then(Value::as_text)
                    .unwrap_or_default();
                let value = record.get(&reference.field).cloned().unwrap_or_default();
                let field = (collection.to_owned(), id.clone(), reference.field);
                found.insert(field, (op.to_owned(), value));
            }
        }
    }
    found
}

/// An event's place in an order that every replica has: after its ancestors.
type Order = (u64, Cid);

/// Asks the history what numbers mean: each the record that stood there when it was written, by the author's clock. What
/// a scene was imported with stood there from the beginning. Where the history is not here, a number means the record
/// that was imported with it.
fn look_up(
    engine: &mut Engine<SqliteStore>,
    log: &LogKey,
    scene: &LogKey,
    numbers: HashMap<Field, (String, Value)>,
) -> Result<Meanings, ApiError> {
    let imported: HashMap<(&str, usize), RecordId> = {
        let projection = engine.projection_of(scene)?;
        let lists = LISTS.iter().flat_map(|(_, collection)| {
            let records = projection.records(collection).iter();
            records.filter_map(|(id, record)| {
                Some(((*collection, index_of(record)? as usize), id.clone()))
            })
        });
        lists.collect()
    };
    let mut written: HashMap<&Field, (Order, u64)> = HashMap::new();
    each_event(engine, log, 0, &mut |order, event, changes| {
        // A step through history writes what an earlier event meant.
        if event.event_type.starts_with("history.") || event.event_type.starts_with("version.") {
            return;
        }
        for change in changes {
            let fields = match &change.operation {
                Operation::Put { put, .. } => &put.0,
                Operation::Set { set, .. } => set,
                Operation::Remove { .. } => continue,
            };
            for (field, value) in fields {
                let key = (change.collection.clone(), change.id.clone(), field.clone());
                let Some((key, (_, held))) = numbers.get_key_value(&key) else {
                    continue;
                };
                let is_last = written.get(key).is_none_or(|(before, _)| *before < order);
                if held == value && is_last {
                    written.insert(key, (order, event.time));
                }
            }
        }
    })?;
    let mut history: Vec<(Order, u64, Vec<Change>)> = Vec::new();
    each_event(engine, scene, 0, &mut |order, event, changes| {
        let time = match &*event.event_type {
            "document.import" => 0,
            _ => event.time,
        };
        history.push((order, time, changes));
    })?;
    history.sort_by_key(|(order, ..)| *order);
    let mut known: BTreeMap<u64, Places> = BTreeMap::new();
    let mut meanings = Meanings::default();
    for (field, (op, held)) in &numbers {
        let places = written.get(field).map(|(_, time)| {
            // All times between two events of the scene see the same.
            let seen = history
                .iter()
                .map(|(_, at, _)| *at)
                .filter(|at| at <= time)
                .max();
            &*known.entry(seen.unwrap_or(0)).or_insert_with_key(|seen| {
                let mut then = PlaceHistory::default();
                let events = history.iter().filter(|(_, at, _)| at <= seen);
                events
                    .flat_map(|(.., changes)| changes)
                    .for_each(|change| then.take(change));
                then.places()
            })
        });
        let mut meant = held.clone();
        rename_in_field(op, &field.2, &mut meant, &mut |target| {
            let Named::Place(place) = target.named else {
                return None;
            };
            let stood = match places {
                Some(places) => places.record(target.collection, place),
                None => imported.get(&(target.collection, place)),
            };
            stood.cloned().map(Named::Record)
        });
        meanings.0.insert(field.clone(), (held.clone(), meant));
    }
    Ok(meanings)
}

/// Visits the events of a document after a position that are here and can be read; one that is damaged is nothing that a
/// graph may fail on.
fn each_event(
    engine: &Engine<SqliteStore>,
    log: &LogKey,
    after: u64,
    visit: &mut dyn FnMut(Order, &wissil_dag::Event, Vec<Change>),
) -> Result<(), ApiError> {
    let length = engine.store().log(log)?.map_or(0, |state| state.length);
    engine
        .store()
        .log_events(log, after + 1..length + 1, &mut |stored| {
            if let Ok((event, changes)) = read(&stored) {
                visit((event.height, stored.signed.cid), &event, changes);
            }
            true
        })?;
    Ok(())
}
