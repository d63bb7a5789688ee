//! The content of a glTF file in a scene that exists: its entities under one of its own, its graphs as documents.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use wissil_dag::DocumentId;
use wissil_interchange::Addition;
use wissil_model::{Change, DocumentKind, Record, RecordId, Value};
use wissil_sync::Gesture;

use crate::actor::Actor;
use crate::api::{ApiError, ErrorCode, FileAdded};
use crate::gltf;
use crate::history::manifest;
use crate::home::{new_id, now};
use crate::notes;
use crate::session::{Session, document_id};

/// The scene's record of what belongs to it as a whole.
const PROPERTIES: &str = "scene";

impl Session {
    /// Adds what a `.glb` or `.gltf` holds to a scene: as one gesture, its entities under a new one with that id.
    /// `entity` holds the fields of that: parent, order, where it stands; it is called as the file where it has no name.
    ///
    /// Graphs of the file become documents of their own, which undo leaves.
    ///
    /// # Errors
    /// [`ErrorCode::Import`] when the file cannot be read, and as [`Session::edit`].
    pub fn add_file(
        &self,
        document: &str,
        file: &Path,
        id: &str,
        entity: Record,
    ) -> Result<FileAdded, ApiError> {
        let document = document_id(document)?;
        let root = RecordId::from(id);
        let objects = self.ask({
            let document = document.clone();
            move |actor| {
                let kind = actor.project.engine.projection(&document)?.kind();
                match kind == DocumentKind::SCENE {
                    true => Ok(actor.project.objects.clone()),
                    false => Err(ApiError::new(
                        ErrorCode::Invalid,
                        "files are added to scenes, and this document is none",
                    )),
                }
            }
        })?;
        // Large files are read and kept here; nobody's edit waits for that.
        let addition = gltf::read_addition(file, &new_id()?, &root)?;
        gltf::store(&mut objects.clone(), &addition.objects)?;
        self.ask(move |actor| actor.add(&document, root, entity, addition))
    }
}

impl Actor {
    fn add(
        &mut self,
        scene: &DocumentId,
        root: RecordId,
        mut entity: Record,
        addition: Addition,
    ) -> Result<FileAdded, ApiError> {
        if entity.get("name").is_none() {
            entity.set("name", Value::text(addition.name.as_str()));
        }
        if entity.get("order").is_none() {
            entity.set("order", self.after_all(scene, entity.get("parent"))?.into());
        }
        let mut changes = vec![Change::put("entities", root, entity)];
        let records = addition.records.into_iter();
        changes.extend(records.map(|(collection, id, record)| Change::put(collection, id, record)));
        changes.extend(self.requiring(scene, addition.required)?);
        let result = self.edit(scene, "scene.add", changes)?;
        let mut documents = vec![scene.clone()];
        if !addition.graphs.is_empty() {
            let names = addition.graphs.iter().map(|graph| graph.name.as_str());
            documents.extend(self.add_graphs(names)?);
            for (id, graph) in documents.iter().skip(1).zip(addition.graphs) {
                let records = graph.records.into_iter();
                let changes: Vec<Change> = records
                    .map(|(collection, id, record)| Change::put(collection, id, record))
                    .collect();
                if !changes.is_empty() {
                    self.edit(id, "document.import", changes)?;
                }
            }
        }
        let notes = addition.notes.iter().map(ToString::to_string).collect();
        notes::keep(&mut self.project, &addition.notes, &documents)?;
        Ok(FileAdded {
            cids: result.cids,
            position: result.position,
            documents: documents.iter().skip(1).map(ToString::to_string).collect(),
            notes,
        })
    }

    /// The place after all that hangs under the same.
    fn after_all(&mut self, scene: &DocumentId, parent: Option<&Value>) -> Result<f64, ApiError> {
        let scene = self.project.engine.projection(scene)?;
        let siblings = scene.records("entities").values();
        let orders = siblings
            .filter(|it| it.get("parent") == parent)
            .map(|it| it.get("order").and_then(Value::as_number).unwrap_or(0.0));
        Ok(orders.fold(-1.0, f64::max) + 1.0)
    }

    /// Makes documents for graphs, which undo does not take back, after all others.
    fn add_graphs<'a>(
        &mut self,
        names: impl Iterator<Item = &'a str>,
    ) -> Result<Vec<DocumentId>, ApiError> {
        let first = self.orders()?.last().map_or(0.0, |(_, last)| last + 1.0);
        let (mut ids, mut changes) = (Vec::new(), Vec::new());
        for (at, name) in names.enumerate() {
            let id = document_id(&new_id()?)?;
            let record = Record::new()
                .with("name", name)
                .with("kind", DocumentKind::BLUEPRINT.name())
                .with("order", first + at as f64);
            changes.push(Change::put("documents", id.as_str(), record));
            ids.push(id);
        }
        let gesture = Gesture {
            event_type: "document.add",
            changes,
            time: now(),
        };
        let edited = self.project.engine.found(&manifest()?, gesture)?;
        self.publish(&self.project.engine.log(&manifest()?), edited);
        Ok(ids)
    }

    /// What a scene says of itself so that nobody reads it without those extensions.
    fn requiring(
        &mut self,
        scene: &DocumentId,
        extensions: Vec<String>,
    ) -> Result<Option<Change>, ApiError> {
        let scene = self.project.engine.projection(scene)?;
        let before = scene.record("properties", PROPERTIES);
        let mut whole = match before.and_then(|it| it.get("source")) {
            None if before.is_some_and(|it| it.get("source_object").is_some()) => return Ok(None),
            None => BTreeMap::new(),
            Some(Value::Map(whole)) => whole.clone(),
            // Older projects hold it as text, which is left alone.
            Some(_) => return Ok(None),
        };
        let listed = whole.get("extensionsRequired").and_then(Value::as_list);
        let listed = listed.unwrap_or_default().iter().filter_map(Value::as_text);
        let mut all: BTreeSet<String> = listed.map(str::to_owned).collect();
        let known = all.len();
        all.extend(extensions);
        if all.len() == known {
            return Ok(None);
        }
        let all = Value::List(all.into_iter().map(Value::Text).collect());
        whole.insert("extensionsRequired".to_owned(), all);
        let whole = Value::Map(whole);
        Ok(Some(match before {
            Some(_) => Change::set("properties", PROPERTIES, [("source", whole)]),
            None => Change::put(
                "properties",
                PROPERTIES,
                Record::new().with("source", whole),
            ),
        }))
    }
}
