//! Graphs that say what records cannot hold: they are kept as they came, and go out so until somebody edits them.

use std::collections::BTreeMap;

use serde_json::Value as Json;
use wissil_model::{Record, RecordId, Value, cid_of};

use crate::data::{Objects, RAW};
use crate::error::ExportError;
use crate::graph_import::PROPERTIES;
use crate::scene_export::{ReadObject, read_object};
use crate::{ExportDocument, ImportedDocument, NewRecord};

/// The field of a graph's properties that names the object with its JSON.
const TEXT: &str = "original";

/// The field that tells what the records were like then.
const STATE: &str = "original_state";

/// Fields that glTF does not know, so that changing them is no edit of the graph.
const OUR_OWN: [&str; 4] = ["position", "label", "function", "route"];

/// Keeps a graph's JSON with its records.
pub(crate) fn keep(graph: &Json, records: &mut [NewRecord], objects: &mut Objects) {
    let cid = objects.add(graph.to_string().as_bytes());
    if let Some((_, _, properties)) = records
        .iter_mut()
        .find(|(collection, ..)| *collection == "properties")
    {
        properties.set(TEXT, Value::text(cid.to_string()));
    }
}

/// Gives up how a graph came, because what it names by number stands elsewhere from now on; whether it was kept.
pub(crate) fn give_up(records: &mut [NewRecord]) -> bool {
    let properties = records.iter_mut().filter(|(it, ..)| *it == "properties");
    properties.fold(false, |kept, (_, _, record)| {
        record.0.remove(STATE);
        record.0.remove(TEXT).is_some() || kept
    })
}

/// Takes down what the records of a graph that was kept are like, once they are as the document starts with them.
pub(crate) fn seal(document: &mut ImportedDocument) {
    let records = document
        .records
        .iter()
        .map(|(collection, id, record)| (*collection, id, record));
    let state = state(records);
    for (collection, _, record) in &mut document.records {
        if *collection == "properties" && record.get(TEXT).is_some() {
            record.set(STATE, Value::text(state.as_str()));
        }
    }
}

/// What a graph is written as that nobody edited since it came; none for any other.
pub(crate) fn untouched(
    document: &ExportDocument,
    object: ReadObject<'_>,
    notes: &mut Vec<String>,
) -> Result<Option<Json>, ExportError> {
    let properties = document
        .records
        .iter()
        .find(|(collection, ..)| collection == "properties");
    let Some((_, _, properties)) = properties else {
        return Ok(None);
    };
    let text = |field: &str| properties.get(field).and_then(Value::as_text);
    let (Some(cid), Some(before)) = (text(TEXT), text(STATE)) else {
        return Ok(None);
    };
    let records = document
        .records
        .iter()
        .map(|(collection, id, record)| (collection.as_str(), id, record));
    let name = &document.name;
    if state(records) != before {
        notes.push(format!(
            "`{name}` was edited since it came, so what could not be read of it was left out"
        ));
        return Ok(None);
    }
    let record = RecordId::from(PROPERTIES);
    let bytes = read_object(&record, cid, object)?;
    let graph = serde_json::from_slice(&bytes).map_err(|error| ExportError::Object {
        record,
        cid: cid.to_owned(),
        problem: error.to_string(),
    })?;
    notes.push(format!(
        "`{name}` goes out as it came, mistakes included, because nobody edited it"
    ));
    Ok(Some(graph))
}

/// A name for what the records of a graph say in the file's words.
fn state<'r>(records: impl Iterator<Item = (&'r str, &'r RecordId, &'r Record)>) -> String {
    let said: BTreeMap<_, _> = records
        .filter(|(collection, ..)| ["nodes", "wires", "variables", "events"].contains(collection))
        .map(|(collection, id, record)| {
            let fields: BTreeMap<&str, String> = record
                .0
                .iter()
                .filter(|(field, value)| !OUR_OWN.contains(&field.as_str()) && !value.is_null())
                .map(|(field, value)| (field.as_str(), value.to_string()))
                .collect();
            (format!("{collection}/{id}"), fields)
        })
        .collect();
    let text = serde_json::to_vec(&said).unwrap_or_default();
    cid_of(RAW, &text).to_string()
}
