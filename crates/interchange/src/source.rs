//! What is too large for a record, or what a field cannot hold, as an object.
//!
//! An event carries a record twice, as a change and as an update, and is bounded. So members whose fields would be too
//! large stay in the record's `source`, and a `source` that is too large is an object, named by `source_object`.

use serde_json::Value as Json;
use wissil_model::{Record, RecordId, Value};

use crate::data::Objects;
use crate::error::ExportError;
use crate::json::{self, Object};
use crate::scene_export::{ReadObject, read_object};
use crate::shape::{SHAPES, Shape};
use crate::{ExportDocument, ImportedDocument};

/// Most bytes of one field, about, before it becomes part of an object.
const MAX_FIELD: usize = 64 * 1024;

/// The field that names the object with what is too large for `source`.
const SOURCE_OBJECT: &str = "source_object";

/// Moves what is too large for a document's records into objects.
pub(crate) fn pack(document: &mut ImportedDocument, objects: &mut Objects) {
    for (collection, _, record) in &mut document.records {
        let shape = SHAPES
            .into_iter()
            .find(|shape| shape.collection == *collection);
        if let Some(shape) = shape {
            stow(shape, record);
        }
        let is_large = |value: &Value| value.weight() > MAX_FIELD;
        if record.get("source").is_some_and(is_large) {
            let text = Json::Object(json::kept(record)).to_string();
            record.set("source", Value::Null);
            let cid = objects.add(text.as_bytes());
            record.set(SOURCE_OBJECT, Value::text(cid.to_string()));
        }
    }
}

/// Moves large fields to where the file had them, in `source`. References in them stay record ids there.
fn stow(shape: &'static Shape, record: &mut Record) {
    let shape = shape.of(record.get("projection").and_then(Value::as_text));
    let large: Vec<_> = shape
        .members
        .iter()
        .filter(|(_, field)| record.get(field).is_some_and(|it| it.weight() > MAX_FIELD))
        .collect();
    if large.is_empty() {
        return;
    }
    let mut source = json::kept(record);
    for (path, field) in large {
        if let Some(value) = record.0.remove(*field) {
            json::put(&mut source, path, json::back(&value));
        }
    }
    record.set("source", json::keep(Json::Object(source)));
}

/// The document with what its records keep in objects.
pub(crate) fn unpack(
    document: &ExportDocument,
    object: ReadObject<'_>,
) -> Result<ExportDocument, ExportError> {
    let mut document = document.clone();
    for (collection, id, record) in &mut document.records {
        let Some(cid) = record.get(SOURCE_OBJECT).and_then(Value::as_text) else {
            continue;
        };
        let mut source = read(id, cid, object)?;
        record.set(SOURCE_OBJECT, Value::Null);
        if let Some(shape) = SHAPES
            .into_iter()
            .find(|shape| shape.collection == *collection)
        {
            let shape = shape.of(record.get("projection").and_then(Value::as_text));
            for (path, field) in shape.members {
                if let Some(stowed) = json::take(&mut source, path) {
                    record.set(*field, json::value(stowed));
                }
            }
        }
        if !source.is_empty() {
            record.set("source", json::keep(Json::Object(source)));
        }
    }
    Ok(document)
}

fn read(id: &RecordId, cid: &str, object: ReadObject<'_>) -> Result<Object, ExportError> {
    let bytes = read_object(id, cid, object)?;
    serde_json::from_slice(&bytes).map_err(|error| ExportError::Object {
        record: id.clone(),
        cid: cid.to_owned(),
        problem: error.to_string(),
    })
}
