//! What a gesture meant, record by record.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use wissil_dag::Ipld;

use crate::declared;
use crate::field::RecordId;
use crate::record::Record;
use crate::value::Value;

/// One record put, changed or removed, with what was there before.
///
/// `was` makes every event readable, comparable and invertible without replaying anything. An author fills it from the
/// document ([`crate::Document::author`]); a caller may leave it empty.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(expecting = "a change: an object with `collection`, `id`, and `put`, `set` or `remove`")]
pub struct Change {
    /// The collection, such as `nodes`.
    pub collection: String,
    /// The record.
    pub id: RecordId,
    /// What happens to it.
    #[serde(flatten)]
    pub operation: Operation,
}

/// What happens to a record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(
    untagged,
    rename_all = "lowercase",
    expecting = "it needs `put` with a record, `set` with fields, or `remove` with true"
)]
pub enum Operation {
    /// The record is created, or replaced whole.
    Put {
        /// Its fields.
        put: Record,
        /// The record it replaces.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        was: Option<Record>,
    },
    /// Some fields are set; a null clears the field.
    Set {
        /// The new values.
        set: BTreeMap<String, Value>,
        /// The values before, null where there was none.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        was: BTreeMap<String, Value>,
    },
    /// The record is removed.
    Remove {
        /// Always `true`.
        remove: bool,
        /// The record as it was.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        was: Option<Record>,
    },
}

/// A change that does not read as one.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("change {index} cannot be read: {reason}")]
pub struct ChangeError {
    /// Which of the event's changes, from 0.
    pub index: usize,
    /// What is wrong with it.
    pub reason: String,
}

impl Change {
    /// Creates a record, or replaces it whole.
    pub fn put(collection: impl Into<String>, id: impl Into<RecordId>, record: Record) -> Self {
        Self {
            collection: collection.into(),
            id: id.into(),
            operation: Operation::Put {
                put: record,
                was: None,
            },
        }
    }

    /// Sets fields of a record; a null clears the field.
    pub fn set(
        collection: impl Into<String>,
        id: impl Into<RecordId>,
        fields: impl IntoIterator<Item = (impl Into<String>, Value)>,
    ) -> Self {
        Self {
            collection: collection.into(),
            id: id.into(),
            operation: Operation::Set {
                set: fields
                    .into_iter()
                    .map(|(field, value)| (field.into(), value))
                    .collect(),
                was: BTreeMap::new(),
            },
        }
    }

    /// Removes a record.
    pub fn remove(collection: impl Into<String>, id: impl Into<RecordId>) -> Self {
        Self {
            collection: collection.into(),
            id: id.into(),
            operation: Operation::Remove {
                remove: true,
                was: None,
            },
        }
    }

    /// Reads the changes of an event.
    ///
    /// # Errors
    /// When one of them is no change, or holds what is no document value.
    pub fn from_blocks(changes: &[Ipld]) -> Result<Vec<Self>, ChangeError> {
        declared::read_all(changes, |block| Change::from(&block))
    }
}

impl From<&Change> for Ipld {
    fn from(change: &Change) -> Self {
        let mut fields = BTreeMap::from([
            (
                "collection".to_owned(),
                Ipld::String(change.collection.clone()),
            ),
            ("id".to_owned(), Ipld::String(change.id.to_string())),
        ]);
        let mut field = |name: &str, value: Ipld| {
            fields.insert(name.to_owned(), value);
        };
        match &change.operation {
            Operation::Put { put, was } => {
                field("put", map_into(&put.0));
                if let Some(was) = was {
                    field("was", map_into(&was.0));
                }
            }
            Operation::Set { set, was } => {
                field("set", map_into(set));
                if !was.is_empty() {
                    field("was", map_into(was));
                }
            }
            Operation::Remove { was, .. } => {
                field("remove", Ipld::Bool(true));
                if let Some(was) = was {
                    field("was", map_into(&was.0));
                }
            }
        }
        Ipld::Map(fields)
    }
}

fn map_into(fields: &BTreeMap<String, Value>) -> Ipld {
    Ipld::Map(
        fields
            .iter()
            .map(|(name, value)| (name.clone(), value_into(value)))
            .collect(),
    )
}

fn value_into(value: &Value) -> Ipld {
    match value {
        Value::Null => Ipld::Null,
        Value::Bool(value) => Ipld::Bool(*value),
        Value::Number(number) => match crate::value::exact_integer(*number) {
            Some(integer) => Ipld::Integer(integer.into()),
            None => Ipld::Float(*number),
        },
        Value::Text(text) => Ipld::String(text.clone()),
        Value::List(items) => Ipld::List(items.iter().map(value_into).collect()),
        Value::Map(entries) => map_into(entries),
    }
}
