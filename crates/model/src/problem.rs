//! What is wrong in a document.

use serde::{Deserialize, Serialize};
use specta::Type;

use crate::field::RecordId;

/// Something wrong in a record.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordProblem {
    /// The collection of the record at fault.
    pub collection: String,
    /// The record.
    pub id: RecordId,
    /// The stored field at fault, such as `configuration.variable` or `values.a`, if it is one.
    pub field: Option<String>,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong and what to do.
    pub message: String,
}

/// How bad a problem is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum Severity {
    /// What it is in will not run or export.
    Error,
    /// It may not do what was meant.
    Warning,
    /// Nothing is wrong; it is good to know.
    Info,
}
