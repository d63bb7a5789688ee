//! What travels between the objects here and those of others.

use std::collections::BTreeSet;

use wissil_dag::{Cid, DocumentId};
use wissil_model::{FieldType, Projection, Value};
use wissil_sync::EventStore as _;

use super::Assets;
use crate::actor::Actor;
use crate::api::ApiError;

/// An object that a record names and that is not here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct WantedObject {
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

impl Actor {
    /// The objects that records name and that are not here, in the order in which to fetch them: small pictures, then
    /// what documents show, then files, the smallest first.
    pub(crate) fn wanted_objects(&mut self) -> Result<Vec<WantedObject>, ApiError> {
        let mut wanted = Vec::new();
        for object in self.named_objects()? {
            if !self.is_here(&object.cid)? {
                wanted.push(object);
            }
        }
        Ok(wanted)
    }

    /// The objects that records name and that are here, in the order in which to send them; see
    /// [`wanted_objects`](Self::wanted_objects).
    pub(crate) fn held_objects(&mut self) -> Result<Vec<WantedObject>, ApiError> {
        let mut held = Vec::new();
        for object in self.named_objects()? {
            if self.is_here(&object.cid)? {
                held.push(object);
            }
        }
        Ok(held)
    }

    /// Some of an object travelled: how many bytes did by now.
    pub(crate) fn object_progress(&mut self, object: &Cid, done: u64) {
        if self.assets.travelling.insert(*object, done) != Some(done) {
            self.assets.changed_on_its_way();
        }
    }

    /// An object that was not here is, whole and checked, where the project's objects stand.
    pub(crate) fn object_arrived(&mut self, object: &Cid) {
        self.assets.travelling.remove(object);
        self.assets.here.insert(*object, true);
        self.assets.changed();
    }

    /// An object stopped travelling: it was sent, or the way was cut.
    pub(crate) fn object_stopped(&mut self, object: &Cid) {
        if self.assets.travelling.remove(object).is_some() {
            self.assets.changed_on_its_way();
        }
    }

    /// An object is damaged on this disk; it is fetched again where somebody has it.
    pub(crate) fn object_lost(&mut self, object: &Cid) {
        self.assets.here.insert(*object, false);
        self.assets.changed();
    }

    fn named_objects(&mut self) -> Result<Vec<WantedObject>, ApiError> {
        let catalog = self.catalog()?;
        let mut seen = BTreeSet::new();
        let mut objects = Vec::new();
        for (_, asset) in catalog.records() {
            if let Some(thumbnail) = asset.thumbnail
                && seen.insert(thumbnail.0)
            {
                objects.push(WantedObject {
                    cid: thumbnail.0,
                    size: None,
                    is_thumbnail: true,
                });
            }
        }
        for document in self.document_ids()? {
            for cid in self.objects_of(&document)? {
                if seen.insert(cid) {
                    objects.push(WantedObject {
                        cid,
                        size: None,
                        is_thumbnail: false,
                    });
                }
            }
        }
        let mut files: Vec<WantedObject> = catalog
            .records()
            .filter(|(_, asset)| seen.insert(asset.object.0))
            .map(|(_, asset)| WantedObject {
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

    /// The objects that a document's records name. A document is folded for it once, and again when it grew.
    fn objects_of(&mut self, document: &DocumentId) -> Result<Vec<Cid>, ApiError> {
        let engine = &mut self.project.engine;
        let Some(log) = engine.store().log(&engine.log(document))? else {
            return Ok(Vec::new());
        };
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

fn objects_in(projection: &Projection) -> Vec<Cid> {
    let mut objects = Vec::new();
    for collection in projection.kind().schema().collections {
        let fields: Vec<&str> = collection
            .fields
            .iter()
            .filter(|field| field.field_type == FieldType::Object)
            .map(|field| field.name)
            .collect();
        if fields.is_empty() {
            continue;
        }
        for record in projection.records(collection.name).values() {
            for field in &fields {
                let cid = record.get(field).and_then(Value::as_text);
                objects.extend(cid.and_then(|text| text.parse::<Cid>().ok()));
            }
        }
    }
    objects
}
