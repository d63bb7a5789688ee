//! The vocabulary: every operation of `KHR_interactivity` with its sockets, configuration and help.
//!
//! One table per family, in [`Row`]s of one or two lines. The facts are those of the Specification, section
//! *Operations*; the words are ours.

mod animation;
mod event;
mod flow;
mod math;
mod row;
mod state;

use std::collections::HashMap;
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};
use specta::Type;

pub(crate) use row::Row;

/// An operation: what a node may do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Operation {
    /// Its name in files, such as `math/add`.
    pub op: String,
    /// The glTF extension that defines it; none for the core vocabulary.
    pub extension: Option<String>,
    /// What people call it: *Add*.
    pub title: String,
    /// The family that tints its header and groups it in the palette.
    pub family: Family,
    /// Other words people search for.
    pub keywords: Vec<String>,
    /// What it does, in a sentence or two.
    pub help: String,
    /// The input flow sockets that every node of it has.
    pub flow_in: Vec<FlowSocket>,
    /// The output flow sockets that every node of it has.
    pub flow_out: Vec<FlowSocket>,
    /// The input value sockets that every node of it has, and those of older files ([`ValueSocket::replaces`]).
    pub values_in: Vec<ValueSocket>,
    /// The output value sockets likewise.
    pub values_out: Vec<ValueSocket>,
    /// What a person sets in the Inspector.
    pub configuration: Vec<Parameter>,
    /// The sockets that follow from configuration, wires and other records.
    pub dynamic: Vec<Dynamic>,
}

/// The families of operations.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, Type,
)]
#[serde(rename_all = "camelCase")]
pub enum Family {
    /// Something happened.
    Event,
    /// What runs next.
    Flow,
    /// Values from values.
    Math,
    /// Properties of the scene.
    Pointer,
    /// The graph's own variables.
    Variable,
    /// Playing animations.
    Animation,
    /// One type of value from another.
    Type,
    /// For the eyes of whoever builds the graph.
    Debug,
    /// Of an extension this version does not know.
    Custom,
}

/// A flow socket of an operation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct FlowSocket {
    /// Its name in files.
    pub id: String,
    /// What people call it; empty for a plain `in` or `out`.
    pub label: String,
}

/// A value socket of an operation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ValueSocket {
    /// Its name in files.
    pub id: String,
    /// What people call it.
    pub label: String,
    /// The type signatures it may have, the likeliest first. Empty for any signature at all, custom ones included.
    pub types: Vec<String>,
    /// The type variable it shares with other sockets of the node. Sockets of one group have equally long `types`,
    /// and whichever place one of them takes, all take: `math/add` is all `float3` or all `int`, and `math/transform`
    /// pairs `float3` with `float3x3`. None for a socket that stands alone.
    pub group: Option<String>,
    /// The socket of the current specification that this one stood for in older files. Such a socket is shown only
    /// on nodes that use it, and takes the other's place there.
    pub replaces: Option<String>,
    /// What a new node starts with, as the components of a literal of the first type; empty leaves it to the person.
    pub default: Vec<serde_json::Value>,
}

/// A configuration parameter of an operation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Parameter {
    /// Its name in files.
    pub id: String,
    /// What people call it.
    pub label: String,
    /// What it holds.
    pub kind: ParameterKind,
    /// Whether the node means nothing without it (Specification: *no default configuration*).
    pub required: bool,
    /// What it is when absent; empty where nothing stands for it.
    pub default: Vec<serde_json::Value>,
    /// The values it may have; empty for any of its kind.
    pub choices: Vec<String>,
}

/// What a configuration parameter holds. In a record it is always a list, as in glTF; what stands in the list differs
/// from glTF where glTF counts and records name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum ParameterKind {
    /// One variable: its record id (glTF: its index).
    Variable,
    /// Several variables: their record ids (glTF: their indices).
    VariableList,
    /// One custom event: its record id (glTF: its index).
    Event,
    /// One value type: its signature (glTF: its index).
    TypeSignature,
    /// A JSON Pointer template into the glTF object model, with a record id where glTF counts.
    Pointer,
    /// A glTF node: its entity's record id (glTF: its index).
    SceneNode,
    /// A whole number.
    Integer,
    /// Whole numbers.
    IntegerList,
    /// `true` or `false`.
    Boolean,
    /// A text.
    Text,
    /// A text with values in `{braces}`.
    Template,
}

/// Sockets of a node that its operation alone does not tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum Dynamic {
    /// One flow output for each number in `cases`.
    FlowCases,
    /// One value input for each number in `cases`, of the type of `default` and `value`.
    ValueCases,
    /// As many flow outputs as are wired, and a free one; they run in the order of their ids.
    FlowOutputs,
    /// `inputFlows` flow inputs, named by number from 0.
    FlowInputs,
    /// `value` has the type of the variable in `variable`.
    VariableType,
    /// One value input for each variable in `variables`, named by its record id and of its type.
    VariableInputs,
    /// One value input for each parameter of the template in `pointer`: `[index]` is an `int`, `{node}` a `ref`
    /// (an `int` in older files).
    PointerParameters,
    /// `value` has the type in `type`.
    ConfiguredType,
    /// One value input for each value of the event in `event`.
    EventInputs,
    /// One value output for each value of the event in `event`.
    EventOutputs,
    /// One value input of any type for each name in `{braces}` in `message`.
    MessageParameters,
}

/// The whole vocabulary, by family and in the order people read it.
pub fn operations() -> &'static [Operation] {
    static OPERATIONS: OnceLock<Vec<Operation>> = OnceLock::new();
    OPERATIONS.get_or_init(|| {
        [
            event::ROWS,
            flow::ROWS,
            state::ROWS,
            animation::ROWS,
            math::ROWS,
        ]
        .into_iter()
        .flatten()
        .map(Row::operation)
        .collect()
    })
}

/// The operation of that name, in the time of one lookup.
pub fn operation(op: &str) -> Option<&'static Operation> {
    static INDEX: OnceLock<HashMap<&'static str, &'static Operation>> = OnceLock::new();
    INDEX
        .get_or_init(|| operations().iter().map(|it| (&*it.op, it)).collect())
        .get(op)
        .copied()
}

impl Operation {
    /// The value input of that name.
    pub fn value_in(&self, id: &str) -> Option<&ValueSocket> {
        self.values_in.iter().find(|socket| socket.id == id)
    }

    /// The value output of that name.
    pub fn value_out(&self, id: &str) -> Option<&ValueSocket> {
        self.values_out.iter().find(|socket| socket.id == id)
    }

    /// The configuration parameter of that name.
    pub fn parameter(&self, id: &str) -> Option<&Parameter> {
        self.configuration
            .iter()
            .find(|parameter| parameter.id == id)
    }
}
