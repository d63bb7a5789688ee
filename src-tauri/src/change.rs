//! The form in which the window sends what a gesture changes.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;
use specta::Type;

/// One record put, changed or removed.
#[derive(Deserialize, Type)]
#[serde(transparent)]
pub(crate) struct Change(#[specta(type = ChangeForm, inline)] wissil_session::Change);

impl From<Change> for wissil_session::Change {
    fn from(change: Change) -> Self {
        change.0
    }
}

/// The fields of a record, by name.
#[derive(Deserialize, Type)]
#[serde(transparent)]
pub(crate) struct Fields(
    #[specta(type = BTreeMap<String, Value>, inline)] pub(crate) wissil_session::Record,
);

/// How a change reads: what the façade fills in itself, such as the values before, does not cross.
#[derive(Deserialize, Type)]
#[expect(dead_code, reason = "it describes the form and never exists")]
struct ChangeForm {
    collection: String,
    id: String,
    #[serde(flatten)]
    what: ChangeOperation,
}

#[derive(Deserialize, Type)]
#[serde(untagged)]
#[expect(dead_code, reason = "it describes the form and never exists")]
enum ChangeOperation {
    Put { put: BTreeMap<String, Value> },
    Set { set: BTreeMap<String, Value> },
    Remove { remove: bool },
}
