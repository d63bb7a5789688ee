//! A file's content as an addition to a scene that exists.

use serde_json::Value as Json;
use wissil_model::{Record, RecordId, Value};

use crate::data::Resolve;
use crate::error::ImportError;
use crate::json;
use crate::note::{Level, Note};
use crate::scene_import::PROPERTIES;
use crate::{Cid, ImportedDocument, NewRecord, as_it_came};

/// What a file adds to a scene.
#[derive(Clone, Debug, PartialEq)]
pub struct Addition {
    /// The file's name without its ending.
    pub name: String,
    /// Records for the scene. Entities that the file's main scene shows hang under `root` where they were roots.
    pub records: Vec<NewRecord>,
    /// Extensions that nobody may read the records without.
    pub required: Vec<String>,
    /// The file's graphs, which name those records.
    pub graphs: Vec<ImportedDocument>,
    /// The bytes that records name, by their raw CIDs; each once.
    pub objects: Vec<(Cid, Vec<u8>)>,
    /// What was kept without being understood, left out, or is wrong. Documents count from the scene: 0, then the graphs.
    pub notes: Vec<Note>,
}

/// Reads a `.glb` or `.gltf` as an addition to a scene. The ids of its records begin with `base`; its roots hang under
/// the entity `root`.
///
/// Everything that the file shows comes along. What belongs to a file as a whole has no place in a scene that has its
/// own: its other scenes, its `extras`, what extensions say at its root.
///
/// # Errors
/// As [`import`](crate::import).
pub fn import_addition(
    file_name: &str,
    bytes: &[u8],
    resolve: Resolve<'_>,
    base: &str,
    root: &RecordId,
) -> Result<Addition, ImportError> {
    let imported = crate::read(file_name, bytes, resolve, Some(base))?;
    let mut notes = imported.notes_to_keep();
    let mut documents = imported.documents.into_iter();
    let mut records = documents.next().map(|it| it.records).unwrap_or_default();
    let mut graphs: Vec<ImportedDocument> = documents.collect();
    let mut left_out = |place: &str, message: &str| {
        notes.push(Note {
            place: place.to_owned(),
            level: Level::Note,
            message: message.to_owned(),
            subject: None,
        });
    };
    let mut required = Vec::new();
    if records
        .iter()
        .filter(|(collection, ..)| *collection == "scenes")
        .count()
        > 1
    {
        left_out(
            "/scenes",
            "only what its main scene shows is shown here; the rest is in no scene",
        );
    }
    for (collection, id, record) in &records {
        if *collection == "properties" && id.as_str() == PROPERTIES {
            let whole = json::kept(record);
            let names = whole.get("extensionsRequired").and_then(Json::as_array);
            let names = names.into_iter().flatten().filter_map(Json::as_str);
            required.extend(names.map(str::to_owned));
            if whole.contains_key("extras") {
                left_out(
                    "/extras",
                    "was left out, because it belongs to the file as a whole",
                );
            }
            let extensions = whole.get("extensions").and_then(Json::as_object);
            for (name, _) in extensions.into_iter().flatten() {
                left_out(
                    &format!("/extensions/{}", json::escape(name)),
                    "was left out, because it belongs to the file as a whole",
                );
            }
        }
    }
    records.retain(|(collection, ..)| !["properties", "scenes"].contains(collection));
    for (collection, _, record) in &mut records {
        // Its place in that file means nothing here.
        record.0.remove("index");
        if *collection == "entities" && is_root(record) {
            record.set("parent", Value::from(root));
        }
    }
    for (at, graph) in graphs.iter_mut().enumerate() {
        if as_it_came::give_up(&mut graph.records) {
            left_out(
                &format!("/extensions/KHR_interactivity/graphs/{at}"),
                "is kept as far as it could be read; the rest was left out",
            );
        }
        for (collection, _, record) in &mut graph.records {
            if *collection == "properties" {
                // The project says itself which graph is the one that runs.
                record.0.remove("selected");
            }
        }
    }
    Ok(Addition {
        name: imported.name,
        records,
        required,
        graphs,
        objects: imported.objects,
        notes,
    })
}

/// Whether the main scene shows an entity under nothing.
fn is_root(entity: &Record) -> bool {
    entity.get("parent").is_none() && entity.get("detached").and_then(Value::as_bool) != Some(true)
}
