//! How nodes look: their title and sockets, with types inferred through wires.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::Family;

/// How a node looks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct NodeShape {
    /// What the node is called when nobody named it: its operation's title, with the variable or event it is about.
    pub title: String,
    /// What tints its header.
    pub family: Family,
    /// Whether this version knows the operation.
    pub known: bool,
    /// Its input flow sockets, from the top.
    pub flow_in: Vec<Socket>,
    /// Its output flow sockets.
    pub flow_out: Vec<Socket>,
    /// Its input value sockets.
    pub values_in: Vec<Socket>,
    /// Its output value sockets.
    pub values_out: Vec<Socket>,
}

/// A socket of a node.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Socket {
    /// Its name in records and files.
    pub id: String,
    /// What people call it; empty where a name would only repeat what the arrow says.
    pub label: String,
    /// Its type, once it is certain; none while it depends on wires that are not there. Flow sockets have none.
    pub signature: Option<String>,
    /// For a value output: the types it may give, as the graph stands. For a value input: the types it would take from
    /// a new wire, which replaces the one it has. Flow sockets have none.
    ///
    /// A new value wire is allowed exactly when the two lists share a type (see `connect_problem`).
    pub accepts: Vec<String>,
}
