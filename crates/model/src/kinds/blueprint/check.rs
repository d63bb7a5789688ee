//! What is wrong in a graph, in words that say what to do.

use serde::{Deserialize, Serialize};
use specta::Type;

use crate::RecordId;

/// Something wrong in a graph.
#[derive(Clone, Debug, PartialEq)]
pub struct GraphProblem {
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
    /// The graph will not run or export.
    Error,
    /// It may not do what was meant.
    Warning,
}
