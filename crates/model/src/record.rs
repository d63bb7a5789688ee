//! Records: the things a document is made of.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::value::Value;

/// One thing in a document, as its fields by name.
///
/// A field whose schema is a map is stored entry by entry under `field.entry` (`values.a`), so that two people changing
/// two entries do not overwrite each other. Fields that this version does not know are kept as they are.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Record(pub BTreeMap<String, Value>);

/// Why a [`Record`] could not be read as its typed form.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("field `{field}` of a {collection} record {problem}")]
pub struct RecordError {
    /// The collection whose schema was applied.
    pub collection: &'static str,
    /// The field at fault.
    pub field: String,
    /// What is wrong with it, as the end of a sentence.
    pub problem: String,
}

impl Record {
    /// A record without fields.
    pub fn new() -> Self {
        Self::default()
    }

    /// The value of a field; absent and null read alike.
    pub fn get(&self, field: &str) -> Option<&Value> {
        self.0.get(field).filter(|value| !value.is_null())
    }

    /// A field's text; none where it is empty.
    pub(crate) fn text(&self, field: &str) -> Option<String> {
        let text = self.get(field)?.as_text()?;
        (!text.is_empty()).then(|| text.to_owned())
    }

    /// Sets a field, or removes it when the value is null.
    pub fn set(&mut self, field: impl Into<String>, value: Value) {
        let field = field.into();
        if value.is_null() {
            self.0.remove(&field);
        } else {
            self.0.insert(field, value);
        }
    }

    /// The same, for building one in place.
    pub fn with(mut self, field: impl Into<String>, value: impl Into<Value>) -> Self {
        self.set(field, value.into());
        self
    }

    /// The entries of a map field, by entry name.
    pub fn entries<'a>(&'a self, field: &'a str) -> impl Iterator<Item = (&'a str, &'a Value)> {
        self.0
            .range(format!("{field}.")..)
            .map_while(move |(name, value)| {
                let entry = name.strip_prefix(field)?.strip_prefix('.')?;
                Some((entry, value))
            })
            .filter(|(_, value)| !value.is_null())
    }
}
