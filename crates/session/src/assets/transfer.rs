//! What travels between the objects here and those of others.

use std::collections::BTreeSet;

use wissil_dag::{Cid, DocumentId};
use wissil_model::Severity;
use wissil_model::kinds::manifest::Asset;
use wissil_model::{DocumentKind, FieldSchema, FieldType, Projection, Record, Value};
use wissil_sync::{EventStore as _, MANIFEST};

use super::Assets;
use crate::actor::Actor;
use crate::api::{ApiError, AssetState, Problem, SessionMessage};

/// An object that a record names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NamedObject {
    /// Which.
    pub cid: Cid,
    /// How many bytes it has, as the record says; none where it does not say.
    pub size: Option<u64>,
    /// Whether it is a small picture of a file.
    pub is_thumbnail: bool,
}

impl Assets {
    /// Has a function called whenever other objects may be wanted or held than before. It must not wait.
    pub(crate) fn set_transfer(&mut self, changed: impl Fn() + Send + 'static) {
        self.transfer = Some(Box::new(changed));
    }
}

/// The objects that records name.
#[derive(Clone, Debug, Default)]
pub(crate) struct NamedObjects {
    /// As of which change of the project's files that is.
    pub as_of: u64,
    /// Those that are not here, in the order in which to fetch them: small pictures, then what documents show, then files,
    /// the smallest first.
    pub wanted: Vec<NamedObject>,
    /// Those that are here, in the order in which to send them, which is the same.
    pub held: Vec<NamedObject>,
}

impl Actor {
    /// The objects that records name, here or not.
    pub(crate) fn named_objects(&mut self) -> Result<NamedObjects, ApiError> {
        let (as_of, _) = self.assets.standing();
        let mut named = NamedObjects {
            as_of,
            ..NamedObjects::default()
        };
        for object in self.all_objects()? {
            match self.is_here(&object.cid)? {
                true => named.held.push(object),
                false => named.wanted.push(object),
            }
        }
        Ok(named)
    }

    /// What documents and files lack because objects that they name are not here, document by document. What is on its way
    /// is no problem.
    pub(crate) fn missing_objects(&mut self) -> Result<Vec<Problem>, ApiError> {
        if self.connection.files.is_some() {
            return Ok(Vec::new());
        }
        let catalog = self.catalog()?;
        let mut missing = Vec::new();
        for (id, asset) in catalog.records() {
            if !self.is_here(&asset.object.0)? {
                missing.push(Problem {
                    collection: Some(Asset::COLLECTION.into()),
                    id: Some(id.to_string()),
                    ..missing_from(MANIFEST, format!("The content of {} is", asset.path))
                });
            }
        }
        for document in self.document_ids()? {
            let mut count = 0;
            for object in self
                .objects_of(&document)?
                .into_iter()
                .collect::<BTreeSet<_>>()
            {
                count += usize::from(!self.is_here(&object)?);
            }
            let what = match count {
                0 => continue,
                1 => "1 picture, mesh or the like that this names is".to_owned(),
                _ => format!("{count} pictures, meshes and the like that this names are"),
            };
            missing.push(missing_from(document.as_str(), what));
        }
        Ok(missing)
    }

    /// Some of an object travelled: how many bytes did by now.
    pub(crate) fn object_progress(&mut self, object: &Cid, done: u64) {
        if self.assets.travelling.insert(*object, done) != Some(done) {
            self.tell_travelling(object);
        }
    }

    /// An object that was not here is, whole and checked, where the project's objects stand.
    pub(crate) fn object_arrived(&mut self, object: &NamedObject) {
        let cid = object.cid;
        self.assets.travelling.remove(&cid);
        self.assets.here.insert(cid, true);
        self.assets.moved();
        if object.is_thumbnail {
            // Whose picture it is only the list of all files says.
            self.assets.untold = true;
        } else {
            self.tell_travelling(&cid);
        }
    }

    /// An object stopped travelling: it was sent, or the way was cut.
    pub(crate) fn object_stopped(&mut self, object: &Cid) {
        if self.assets.travelling.remove(object).is_some() {
            self.tell_travelling(object);
        }
    }

    /// Nothing travels any more.
    pub(crate) fn objects_stopped(&mut self) {
        let travelling: Vec<Cid> = self.assets.travelling.keys().copied().collect();
        for object in travelling {
            self.object_stopped(&object);
        }
    }

    /// Tells whoever follows the session how far one object is, not what all files are.
    fn tell_travelling(&mut self, object: &Cid) {
        if self.is_unheard() {
            return;
        }
        // Where its place cannot be looked at, that is told by whoever needs it.
        let here = self.is_here(object).unwrap_or(false);
        let done = self.assets.travelling.get(object).copied();
        let message = SessionMessage::AssetTravels {
            object: object.to_string(),
            state: asset_state(here, done),
            done: done.map(|done| done as f64),
        };
        self.tell(&message);
    }

    /// An object may be damaged on this disk. Where it is, it is set aside and counts as missing: it is fetched again where
    /// somebody has it. Whether it was.
    pub(crate) fn object_damaged(&mut self, object: &Cid) -> bool {
        // Where it cannot be moved it stays, and is found damaged the next time.
        let is_aside = self.project.objects.set_aside(object).unwrap_or(false);
        if is_aside {
            self.assets.here.insert(*object, false);
            self.assets.changed();
        }
        is_aside
    }

    /// All objects that the project's documents and files name.
    pub(crate) fn all_objects(&mut self) -> Result<Vec<NamedObject>, ApiError> {
        let catalog = self.catalog()?;
        let mut seen = BTreeSet::new();
        let mut objects = Vec::new();
        for (_, asset) in catalog.records() {
            if let Some(thumbnail) = asset.thumbnail
                && seen.insert(thumbnail.0)
            {
                objects.push(NamedObject {
                    cid: thumbnail.0,
                    size: None,
                    is_thumbnail: true,
                });
            }
        }
        for document in self.document_ids()? {
            for cid in self.objects_of(&document)? {
                if seen.insert(cid) {
                    objects.push(NamedObject {
                        cid,
                        size: None,
                        is_thumbnail: false,
                    });
                }
            }
        }
        let mut files: Vec<NamedObject> = catalog
            .records()
            .filter(|(_, asset)| seen.insert(asset.object.0))
            .map(|(_, asset)| NamedObject {
                cid: asset.object.0,
                // A size that nobody can mean reads as the greatest or the least.
                size: Some(asset.size as u64),
                is_thumbnail: false,
            })
            .collect();
        files.sort_by_key(|file| (file.size, file.cid));
        objects.extend(files);
        Ok(objects)
    }

    /// The objects that a document's records name. A document that can name any is folded for it once, and again when it
    /// grew.
    fn objects_of(&mut self, document: &DocumentId) -> Result<Vec<Cid>, ApiError> {
        let engine = &mut self.project.engine;
        let Some(log) = engine.store().log(&engine.log(document))? else {
            return Ok(Vec::new());
        };
        let schema = log.kind.schema();
        if !schema
            .collections
            .iter()
            .any(|collection| collection.fields.iter().any(names_any))
        {
            return Ok(Vec::new());
        }
        if let Some((length, objects)) = self.assets.named.get(document)
            && *length == log.length
        {
            return Ok(objects.clone());
        }
        let objects: Vec<Cid> = objects_in(engine.projection(document)?);
        let kept = (log.length, objects.clone());
        self.assets.named.insert(document.clone(), kept);
        Ok(objects)
    }
}

fn missing_from(document: &str, what: String) -> Problem {
    Problem {
        document: document.to_owned(),
        collection: None,
        id: None,
        field: None,
        severity: Severity::Warning,
        message: format!(
            "{what} not here. A server or others of the session who have them bring them; so does a CAR that was exported where they are"
        ),
        note: None,
    }
}

/// Where an object is that is here or not, and of which that many bytes have travelled.
pub(super) fn asset_state(here: bool, done: Option<u64>) -> AssetState {
    match (here, done) {
        (true, None) => AssetState::Here,
        (true, Some(_)) => AssetState::Sending,
        (false, Some(_)) => AssetState::Fetching,
        (false, None) => AssetState::Awaited,
    }
}

/// Whether records of collections of that name, whatever the kind of document, can name objects.
pub(super) fn names_objects(collection: &str) -> bool {
    DocumentKind::all().any(|kind| {
        let collection = kind.schema().collection(collection);
        collection.is_some_and(|collection| collection.fields.iter().any(names_any))
    })
}

fn names_any(field: &FieldSchema) -> bool {
    holds_objects(&field.field_type)
}

/// Whether values of a type are objects, or hold some.
fn holds_objects(field_type: &FieldType) -> bool {
    match field_type {
        FieldType::Object => true,
        FieldType::List(of) | FieldType::Map(of) => holds_objects(of),
        _ => false,
    }
}

/// The objects that a document's records name.
pub(crate) fn objects_in(projection: &Projection) -> Vec<Cid> {
    let mut objects = Vec::new();
    for collection in projection.kind().schema().collections {
        let fields = collection.fields.iter().filter(|field| names_any(field));
        let fields: Vec<&FieldSchema> = fields.collect();
        if fields.is_empty() {
            continue;
        }
        for record in projection.records(collection.name).values() {
            for field in &fields {
                objects_of_field(record, field, &mut objects);
            }
        }
    }
    objects
}

/// The objects that a field of a record names, also those in lists and in the entries of a map.
fn objects_of_field(record: &Record, field: &FieldSchema, objects: &mut Vec<Cid>) {
    let FieldType::Map(of) = field.field_type else {
        let value = record.get(field.name);
        value
            .into_iter()
            .for_each(|value| collect(value, &field.field_type, objects));
        return;
    };
    for (name, value) in &record.0 {
        let entry = name.strip_prefix(field.name);
        if entry.is_some_and(|entry| entry.starts_with('.')) {
            collect(value, of, objects);
        }
    }
}

fn collect(value: &Value, field_type: &FieldType, objects: &mut Vec<Cid>) {
    match (field_type, value) {
        (FieldType::Object, value) => {
            objects.extend(value.as_text().and_then(|text| text.parse::<Cid>().ok()));
        }
        (FieldType::List(of), Value::List(values)) => {
            values.iter().for_each(|value| collect(value, of, objects));
        }
        (FieldType::Map(of), Value::Map(entries)) => {
            entries
                .values()
                .for_each(|value| collect(value, of, objects));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_in_lists_and_maps_are_named_too() {
        let cid = |number: u8| wissil_dag::cid_of(0x55, &[number]);
        let text = |number| Value::text(cid(number).to_string());
        let record = Record::new()
            .with("one", text(1))
            .with("many", Value::List(vec![text(2), Value::Null, text(3)]))
            .with("by.left", text(4))
            .with("by.right", text(5))
            .with("byte", text(9))
            .with("lists.a", Value::List(vec![text(6), Value::text("no CID")]))
            .with("title", text(9));
        const MANY: FieldType = FieldType::List(&FieldType::Object);
        let cases = [
            ("one", FieldType::Object, vec![1]),
            ("many", MANY, vec![2, 3]),
            ("by", FieldType::Map(&FieldType::Object), vec![4, 5]),
            ("lists", FieldType::Map(&MANY), vec![6]),
            ("title", FieldType::Text(100), vec![]),
            ("absent", MANY, vec![]),
        ];
        for (name, field_type, named) in cases {
            let field = FieldSchema {
                name,
                doc: "",
                field_type,
                required: false,
                reference: None,
            };
            let mut objects = Vec::new();
            objects_of_field(&record, &field, &mut objects);
            let named: Vec<Cid> = named.into_iter().map(cid).collect();
            assert_eq!(objects, named, "{name}");
            assert_eq!(names_any(&field), name != "title", "{name}");
        }
    }

    #[test]
    fn collections_that_name_objects_are_known() {
        assert!(names_objects("assets"));
        assert!(!names_objects("members") && !names_objects("documents"));
    }
}
