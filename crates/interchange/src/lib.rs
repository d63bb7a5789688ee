//! Other tools' formats in and out: glTF 2.0 with KHR_interactivity.
//!
//! [`import`] makes documents of a `.glb` or `.gltf`: one scene, and one Blueprint for each behaviour graph. [`export`]
//! makes one `.glb` of them again. What this version does not understand is kept in the records' `source` and written
//! back unchanged. JSON that a document cannot hold as a value (deep, or a whole number beyond 2^53) stands as its text
//! in `{"$json": …}`, and what is too large for a record is an object, named by `source_object`. Ids of imported records
//! follow from their place in the file, so importing twice gives the same. What extensions pack (meshopt, Draco) is
//! unpacked beside what came.
//!
//! What is wrong in a behaviour graph refuses nothing: each mistake is a [`Note`] with its place, and the rest is read.
//! A graph that says what records cannot hold is kept as it came beside its records, and goes out as it came until
//! somebody edits it.
//!
//! # What comes back
//!
//! Exporting an import and importing that gives equal records. The file itself is brought into one form:
//!
//! - `extensionsUsed` lists every extension that is used, those of operations included;
//! - one buffer, views one after the other, aligned to 4 bytes, equal bytes once; side files and data URIs move into it,
//!   and pictures that had no view get one after the others; a second buffer, without bytes, where an extension packs
//!   views;
//! - JSON members are sorted, `1.0` reads `1`, members that are empty where glTF forbids it are left out;
//! - unused types and declarations of a graph are left out, the rest stands in the order of first use;
//! - nodes of a graph are sorted so that values come from earlier nodes and flows go to later ones;
//! - sockets that were implied (`in`, `value`) are written;
//! - a float value that is all NaN is its type's default and written as such; values with other numbers that JSON lacks
//!   are computed by helper nodes; numbers in texts (`"-1"`) become numbers;
//! - empty configuration parameters (`cases: []`) are left out, which means the same;
//! - what was a number before the release candidate and is a reference now (pointer parameters, animations, delays) is
//!   one, where it is typed in;
//! - a redundant `type` beside a value input's `node` is left out.
//!
//! What only this application knows (ids, positions, comments, names of variables) travels under `extras.wissil`.
#![deny(missing_docs)]

mod accessor;
mod addition;
mod as_it_came;
mod check;
mod data;
mod error;
mod extensions;
mod glb;
mod graph_export;
mod graph_import;
mod graph_order;
mod graph_tables;
mod json;
mod literal;
mod looks;
mod modern;
mod note;
mod own;
mod parse;
mod references;
mod scene_export;
mod scene_import;
mod shape;
mod source;
mod unpack;
mod wire_id;

use serde_json::Value as Json;
use wissil_model::{Cid, DocumentKind, Record, RecordId};

pub use addition::{Addition, import_addition};
pub use data::{MAX_FILE_BYTES, Resolve};
pub use error::{ExportError, ImportError};
pub use graph_import::Places;
pub use note::{Level, Note, Subject};

use crate::data::Objects;
use crate::error::property;
use crate::json::Object;
use crate::note::Notes;

/// Most bytes of a file's JSON.
pub const MAX_JSON_BYTES: u64 = 64 << 20;

/// A record with its collection and id.
pub type NewRecord = (&'static str, RecordId, Record);

/// What a file holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Imported {
    /// The file's name without its ending.
    pub name: String,
    /// The scene first, then the graphs in the file's order.
    pub documents: Vec<ImportedDocument>,
    /// The bytes that records name, by their raw CIDs; each once.
    pub objects: Vec<(Cid, Vec<u8>)>,
    /// What was kept without being understood, left out, or is wrong; see also [`Imported::check`].
    pub notes: Vec<Note>,
}

/// A document of an imported file.
#[derive(Clone, Debug, PartialEq)]
pub struct ImportedDocument {
    /// What to call it.
    pub name: String,
    /// What it is.
    pub kind: DocumentKind,
    /// Its records, in no order that matters.
    pub records: Vec<NewRecord>,
    /// Where in the file its records stood, as JSON pointers.
    pub places: Places,
}

/// A document to export.
#[derive(Clone, Debug, PartialEq)]
pub struct ExportDocument {
    /// What people call it.
    pub name: String,
    /// What it is.
    pub kind: DocumentKind,
    /// Its records, with their collections and ids.
    pub records: Vec<(String, RecordId, Record)>,
}

/// A file made of documents.
#[derive(Clone, Debug, PartialEq)]
pub struct Exported {
    /// The `.glb`.
    pub glb: Vec<u8>,
    /// What could not be written as it was; for people.
    pub notes: Vec<String>,
}

impl From<ImportedDocument> for ExportDocument {
    fn from(document: ImportedDocument) -> Self {
        Self {
            name: document.name,
            kind: document.kind,
            records: document
                .records
                .into_iter()
                .map(|(collection, id, record)| (collection.to_owned(), id, record))
                .collect(),
        }
    }
}

/// Reads a `.glb` or `.gltf`.
///
/// `resolve` reads side files by their relative names, percent-encoding undone; names that leave the main file's folder
/// never reach it.
///
/// # Errors
/// When the container, the scene or the bytes are broken; nothing is made of such a file. What is wrong in a behaviour
/// graph refuses nothing: it is noted, and the rest of the graph is read.
pub fn import(
    file_name: &str,
    bytes: &[u8],
    resolve: Resolve<'_>,
) -> Result<Imported, ImportError> {
    read(file_name, bytes, resolve, None)
}

/// Reads a file. The ids of the scene's records are those that the file says or that follow from their places, or begin
/// with `base`.
fn read(
    file_name: &str,
    bytes: &[u8],
    resolve: Resolve<'_>,
    base: Option<&str>,
) -> Result<Imported, ImportError> {
    check_size("the file, in bytes", bytes.len(), MAX_FILE_BYTES)?;
    let mut notes = Notes::default();
    let (text, text_offset, bin, container) = if glb::is_glb(bytes) {
        let glb = glb::read(bytes, &mut notes)?;
        (glb.json, glb.json_offset, glb.bin, true)
    } else {
        let bytes_of_mark = if bytes.starts_with(b"\xef\xbb\xbf") {
            3
        } else {
            0
        };
        let text = bytes.get(bytes_of_mark..).unwrap_or_default();
        if !text.trim_ascii_start().starts_with(b"{") {
            return Err(ImportError::NotGltf {
                file: file_name.to_owned(),
                problem: "its content is neither that of a .glb nor the text of a .gltf".into(),
            });
        }
        (text, bytes_of_mark, None, false)
    };
    check_size("the file's JSON, in bytes", text.len(), MAX_JSON_BYTES)?;
    let root = parse::parse(text, &mut notes).map_err(|error| ImportError::Json {
        offset: text_offset + offset_of(text, error.line(), error.column()),
        problem: parse::problem(&error),
    })?;
    let Json::Object(mut root) = root else {
        return Err(property("", "must be an object"));
    };
    check_asset(&root)?;

    let name = stem(file_name);
    let mut objects = Objects::default();
    let graphs = import_graphs(&mut root, &name, &mut objects, &mut notes);
    let bytes = scene_import::Bytes {
        bin,
        container,
        resolve,
    };
    let (mut records, places) = scene_import::import(root, &bytes, base, &mut objects, &mut notes)?;
    unpack::unpack(&mut records, &places, &mut objects, &mut notes);
    let mut documents = vec![ImportedDocument {
        name: scene_name(&records).unwrap_or_else(|| name.clone()),
        kind: DocumentKind::SCENE,
        records,
        places,
    }];
    documents.extend(graphs);
    references::name_records(&mut documents);
    for document in &mut documents {
        source::pack(document, &mut objects);
        as_it_came::seal(document);
    }
    let mut imported = Imported {
        name,
        documents,
        objects: objects.into_list(),
        notes: notes.into_list(),
    };
    imported.find_subjects();
    Ok(imported)
}

/// Writes documents, at most one of them a scene, as a `.glb`.
///
/// `object` gives the bytes that records name. Kinds that glTF has no place for are left out and noted.
///
/// # Errors
/// When an object is missing, a record is not what its schema says, or the documents have no glTF form.
pub fn export(
    documents: &[ExportDocument],
    object: &dyn Fn(&Cid) -> Result<Vec<u8>, String>,
) -> Result<Exported, ExportError> {
    let mut notes = Vec::new();
    let mut scenes = documents
        .iter()
        .filter(|document| document.kind == DocumentKind::SCENE);
    let scene = scenes.next();
    if let (Some(first), Some(second)) = (scene, scenes.next()) {
        return Err(ExportError::TwoScenes {
            first: first.name.clone(),
            second: second.name.clone(),
        });
    }
    let mut blueprints = Vec::new();
    let mut as_they_came = Vec::new();
    for document in documents
        .iter()
        .filter(|document| document.kind == DocumentKind::BLUEPRINT)
    {
        as_they_came.push(as_it_came::untouched(document, object, &mut notes)?);
        blueprints.push(source::unpack(document, object)?);
    }
    let scene = scene
        .map(|scene| source::unpack(scene, object))
        .transpose()?;
    for document in &mut blueprints {
        modern::modernise(&mut document.records);
    }
    for document in documents {
        if ![DocumentKind::SCENE, DocumentKind::BLUEPRINT].contains(&document.kind) {
            notes.push(format!(
                "`{}` was left out: glTF has no place for it",
                document.name
            ));
        }
    }
    let keep_places = !blueprints.is_empty();
    let mut assembled = scene_export::export(scene.as_ref(), keep_places, object, &mut notes)?;
    graph_export::export(
        &blueprints,
        &as_they_came,
        &assembled.places,
        &mut assembled.root,
        &mut notes,
    )?;
    extensions::complete_extensions(&mut assembled.root);
    let text = serde_json::to_vec(&Json::Object(assembled.root))?;
    let glb = glb::write(&text, &assembled.bin)?;
    Ok(Exported { glb, notes })
}

fn import_graphs(
    root: &mut Object,
    name: &str,
    objects: &mut Objects,
    notes: &mut Notes,
) -> Vec<ImportedDocument> {
    const POINTER: &str = "/extensions/KHR_interactivity";
    const KEPT: &str = "so no graph runs in other viewers; it is kept as it is";
    let Some(extension) = root
        .get("extensions")
        .and_then(|it| it.get("KHR_interactivity"))
    else {
        return Vec::new();
    };
    // What is wrong with the extension as a whole stays where it stands, and export gives it back.
    match extension.get("graphs") {
        Some(Json::Array(graphs)) if !graphs.is_empty() => {}
        Some(Json::Array(_)) => {
            notes.problem(format!("{POINTER}/graphs"), format!("is empty, {KEPT}"));
            return Vec::new();
        }
        Some(_) => {
            notes.problem(
                format!("{POINTER}/graphs"),
                format!("must be a list, {KEPT}"),
            );
            return Vec::new();
        }
        None => {
            notes.problem(
                POINTER,
                "has no `graphs`, so it says nothing and is left out on export",
            );
            return Vec::new();
        }
    }
    let Some(Json::Array(graphs)) = json::take(root, "extensions/KHR_interactivity/graphs") else {
        return Vec::new();
    };
    let mut selected = None;
    if let Some(index) = json::take(root, "extensions/KHR_interactivity/graph") {
        match json::index(&index, graphs.len(), "graphs", &format!("{POINTER}/graph")) {
            Ok(index) => selected = Some(index),
            Err(error) => {
                notes.error(error);
                json::put(root, "extensions/KHR_interactivity/graph", index);
            }
        }
    }
    let mut documents = Vec::with_capacity(graphs.len());
    for (index, graph) in graphs.iter().enumerate() {
        let pointer = format!("{POINTER}/graphs/{index}");
        let given = graph.get("name").and_then(Json::as_str);
        let fallback = if graphs.len() == 1 {
            format!("{name} graph")
        } else {
            format!("{name} graph {index}")
        };
        let name = given.map_or(fallback, str::to_owned);
        let graph_import::Graph {
            mut records,
            places,
            lost,
        } = graph_import::import(
            graph,
            &pointer,
            index,
            selected == Some(index),
            &name,
            notes,
        );
        modernise(&mut records, &places, notes);
        if lost || check::mixes_types(&records) {
            as_it_came::keep(graph, &mut records, objects);
        }
        documents.push(ImportedDocument {
            name,
            kind: DocumentKind::BLUEPRINT,
            records,
            places,
        });
    }
    documents
}

/// Brings a graph of an older file to the current form, and notes each record that this changed.
fn modernise(records: &mut Vec<NewRecord>, places: &Places, notes: &mut Notes) {
    let before = records.to_vec();
    if modern::modernise(records) == 0 {
        return;
    }
    for ((collection, id, now), (_, _, was)) in records.iter().zip(&before) {
        if now != was {
            let place = places.get(&(*collection, id.clone()));
            notes.problem(
                place.cloned().unwrap_or_default(),
                "was written for an older form of KHR_interactivity and was brought to the current one",
            );
        }
    }
}

fn check_size(what: &str, found: usize, most: u64) -> Result<(), ImportError> {
    if found as u64 > most {
        return Err(ImportError::TooLarge {
            what: what.into(),
            found: found as u64,
            most,
        });
    }
    Ok(())
}

fn check_asset(root: &Object) -> Result<(), ImportError> {
    let asset = root
        .get("asset")
        .ok_or_else(|| property("", "has no `asset`, so it is no glTF"))?;
    let asset = json::object(asset, "/asset")?;
    let version = json::text(asset, "version", "/asset")?
        .ok_or_else(|| property("/asset", "has no `version`"))?;
    let other = |member: &str, version: &str| {
        let problem = format!("is {}, and this reads 2.0", error::excerpt(version));
        Err(property(format!("/asset/{member}"), problem))
    };
    match version.split_once('.').map(|(major, _)| major) {
        Some("2") => {}
        _ => return other("version", version),
    }
    // What the file cannot be read without (*Asset*); a version of 2 above 0 may be.
    match json::text(asset, "minVersion", "/asset")? {
        Some(least) if least != "2.0" => other("minVersion", least),
        _ => Ok(()),
    }
}

/// The main scene's name, if the file gave it one.
fn scene_name(records: &[NewRecord]) -> Option<String> {
    let main = records
        .iter()
        .find(|(collection, ..)| *collection == "properties")
        .and_then(|(_, _, properties)| properties.get("scene")?.as_text());
    let scenes = || {
        records
            .iter()
            .filter(|(collection, ..)| *collection == "scenes")
    };
    let (_, _, scene) = match main {
        Some(main) => scenes().find(|(_, id, _)| id.as_str() == main),
        None => scenes().next(),
    }?;
    let named = json::kept(scene).get("name").is_none();
    let name = scene.get("name")?.as_text()?;
    (named && !name.trim().is_empty()).then(|| name.to_owned())
}

fn stem(file_name: &str) -> String {
    let base = file_name.rsplit(['/', '\\']).next().unwrap_or(file_name);
    let stem = base.rsplit_once('.').map_or(base, |(stem, _)| stem);
    if stem.is_empty() {
        "Imported".into()
    } else {
        stem.to_owned()
    }
}

/// The byte at a line and column that both count from 1.
fn offset_of(text: &[u8], line: usize, column: usize) -> usize {
    let before: usize = text
        .split_inclusive(|byte| *byte == b'\n')
        .take(line.saturating_sub(1))
        .map(<[u8]>::len)
        .sum();
    (before + column.saturating_sub(1)).min(text.len())
}
