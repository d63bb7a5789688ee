//! Blueprints: behaviour graphs in the vocabulary of glTF's `KHR_interactivity`.
//!
//! [`operations`] is the vocabulary, [`shapes`] computes the sockets and types of a graph's nodes, [`problems`] what is
//! wrong in it, and [`connect_problem`] whether a new wire may be drawn.
//!
//! # Configuration
//!
//! Where glTF counts, a [`Node`]'s configuration names, so that reordering and concurrent edits keep their meaning. What
//! a parameter holds is its [`ParameterKind`] in the vocabulary:
//!
//! | kind | parameter | glTF | here |
//! |---|---|---|---|
//! | [`Variable`](ParameterKind::Variable) | `variable` | `[index]` | `[record id of the variable]` |
//! | [`VariableList`](ParameterKind::VariableList) | `variables` | `[index, …]` | `[record id, …]` |
//! | [`Event`](ParameterKind::Event) | `event` | `[index]` | `[record id of the event]` |
//! | [`TypeSignature`](ParameterKind::TypeSignature) | `type` | `[index]` | `[signature]` |
//!
//! The input value sockets of `variable/set` are named by record id likewise, in `values` and in wires. So are records
//! of the scene: `/nodes/3/translation` is `/nodes/[record id]/translation` in pointers and references, and `nodeIndex`
//! is `[record id]` (see [`Target`](super::scene::Target)). Everything else is as in glTF: the numbers that feed
//! `[parameters]` of pointers are the places of the file's lists.

mod check;
mod derive;
mod events;
mod graph;
mod infer;
mod operations;
mod references;
mod retype;
mod shape;
mod sockets;
mod template;
#[cfg(test)]
mod tests;
mod words;

use std::collections::BTreeMap;

use super::{Channel, Kind};
use crate::{Color, Literal, Object, Point, RecordId, Size, Value, records};

pub use check::{problems, reference_problems};
pub use graph::Graph;
pub use operations::{
    Dynamic, Family, FlowSocket, Operation, Parameter, ParameterKind, ValueSocket, operation,
    operations,
};
pub use references::{SceneReference, rename_in_field, rename_in_record, scene_references};
pub use retype::{Retyped, declared_inputs, retype};
pub use shape::{End, NodeShape, Socket, connect_problem, shapes};
pub use sockets::socket_order;
pub use template::{MessagePart, PointerParameter, message_parts, pointer_parameters};
pub(crate) use words::type_name;

/// Blueprints, as everybody else sees them.
pub static KIND: Kind = Kind {
    schema: &SCHEMA,
    channel: Channel {
        subsystem: "IGNIS",
        name: "GRAPH",
    },
    event_types: events::EVENT_TYPES,
    words: &words::BlueprintWords,
    derive: Some(|| Box::<derive::DerivedGraph>::default()),
    complete: Some(retype::complete),
};

records! {
    /// A behaviour graph. Its operations, types and semantics are those of glTF's KHR_interactivity.
    "blueprint" {
        /// One node: an operation with its configuration and the values typed into its unconnected input sockets.
        nodes: Node [name: words::node_name, found: true] {
            /// The operation, such as `math/add` (Specification, *Nodes*).
            op: String,
            /// The extension that defines the operation; none for the core vocabulary.
            extension: Option<String>,
            /// Where its top left corner stands on the canvas; none until it is first laid out.
            position: Option<Point>,
            /// What a person called it; none shows the operation's own title.
            label: Option<String>,
            /// Configuration by parameter: the list that glTF calls `value`, with names where glTF counts (see above).
            configuration: BTreeMap<String, Value>,
            /// Typed-in values by input value socket.
            values: BTreeMap<String, Literal>,
            /// The declaration's `inputValueSockets` for operations of an extension: type signature by socket.
            inputs: BTreeMap<String, String>,
            /// The declaration's `outputValueSockets` likewise.
            outputs: BTreeMap<String, String>,
            /// The function whose body it stands in; none for the main graph.
            function: Option<RecordId> => functions Clear,
            /// Its place in the list of nodes on export; none comes last.
            order: Option<f64>,
            /// What the source file carried beyond the vocabulary (`extras`, `extensions`, `name`).
            source: Option<Value>,
            /// The same as JSON, where it is too large for a record.
            source_object: Option<Object>,
        }
        /// A connection between two sockets.
        wires: Wire {
            /// `flow` carries control, from one output flow socket to one input; `value` carries data.
            kind: WireKind,
            /// The node it leaves.
            from: RecordId => nodes Hide,
            /// The output socket it leaves.
            output: String,
            /// The node it enters.
            to: RecordId => nodes Hide,
            /// The input socket it enters.
            input: String,
            /// Points it is routed through, between its ends.
            route: Vec<Point>,
        }
        /// A variable of the graph.
        variables: Variable [found: true] {
            /// What people and exported files call it.
            name: String,
            /// Its type and initial value.
            initial: Literal,
            /// Its place in the list of variables, which is its index on export; none comes last.
            order: Option<f64>,
            /// What the source file carried beyond the vocabulary.
            source: Option<Value>,
            /// The same as JSON, where it is too large for a record.
            source_object: Option<Object>,
        }
        /// A custom event that graphs send and receive.
        events: CustomEvent [one: Some("custom event"), many: Some("custom events"), found: true] {
            /// Its identifier among applications; none for an event internal to the graph.
            name: Option<String>,
            /// Its values by socket, with their types and defaults.
            values: BTreeMap<String, Literal>,
            /// Its place in the list of events, which is its index on export; none comes last.
            order: Option<f64>,
            /// What the source file carried beyond the vocabulary.
            source: Option<Value>,
            /// The same as JSON, where it is too large for a record.
            source_object: Option<Object>,
        }
        /// A group of nodes used as one; it is inlined on export.
        functions: Function [found: true] {
            /// What people call it.
            name: String,
            /// Type signature by input socket.
            inputs: BTreeMap<String, String>,
            /// Type signature by output socket.
            outputs: BTreeMap<String, String>,
            /// Its place in the list of functions; none comes last.
            order: Option<f64>,
        }
        /// A frame with a text that carries the nodes standing in it.
        comments: Comment [name: words::comment_name, found: true] {
            /// The text.
            text: String,
            /// Where its top left corner stands on the canvas.
            position: Point,
            /// How large it is.
            size: Size,
            /// Its colour; none for the neutral one.
            color: Option<Color>,
            /// The function whose body it stands in; none for the main graph.
            function: Option<RecordId> => functions Clear,
        }
        /// What belongs to the graph as a whole; one record, `graph`.
        properties: GraphProperties {
            /// The name the source file gave the graph, or the one it was shown under there.
            name: Option<String>,
            /// Whether it is the graph that players of the exported file run.
            selected: bool = false,
            /// Its place in the list of graphs on export; none comes last.
            order: Option<f64>,
            /// The graph's JSON as it came, where it says what records cannot hold.
            original: Option<Object>,
            /// A name for what the records were like then: as long as they are, the graph goes out as it came.
            original_state: Option<String>,
            /// What the source file carried beyond the vocabulary, with that of the graph's types under `types`.
            source: Option<Value>,
            /// The same as JSON, where it is too large for a record.
            source_object: Option<Object>,
        }
    }
}

/// What a wire carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WireKind {
    /// Control.
    Flow,
    /// Data.
    Value,
}

impl crate::Field for WireKind {
    const TYPE: crate::FieldType = crate::FieldType::Word(&["flow", "value"]);

    fn from_value(value: &Value) -> Result<Self, String> {
        Self::TYPE.check(value)?;
        Ok(match value.as_text() {
            Some("flow") => WireKind::Flow,
            _ => WireKind::Value,
        })
    }

    fn to_value(&self) -> Value {
        Value::text(match self {
            WireKind::Flow => "flow",
            WireKind::Value => "value",
        })
    }
}
