//! How nodes look: their title and sockets, with types inferred through wires.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};
use specta::Type;

use super::infer::{Inference, Inferred, Signatures};
use super::sockets::{self, Draft, Drafter, FlowDraft, Used, ValueDraft};
use super::{Family, Graph, Node, Operation, WireKind, operation, words};
use crate::RecordId;

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
    /// a new wire, which replaces the one it has; values typed in beside it give way. Flow sockets have none.
    ///
    /// A new value wire is allowed exactly when the two lists share a type (see [`connect_problem`]).
    pub accepts: Vec<String>,
    /// Whether the operation has it. Otherwise a wire or a typed-in value uses a socket that is not there (any more).
    pub known: bool,
}

/// An end of a wire: a node and the name of a socket.
pub type End<'a> = (&'a RecordId, &'a str);

/// The shape of every node.
pub fn shapes(graph: &Graph) -> BTreeMap<RecordId, NodeShape> {
    let signatures = Signatures::of(graph);
    let places: HashMap<&RecordId, usize> = graph.nodes.keys().zip(0..).collect();
    let used = used(graph, &places);
    let mut inference = Inference::default();
    let mut drafter = Drafter {
        graph,
        signatures: &signatures,
        inference: &mut inference,
    };
    let drafts: Vec<(Option<&Operation>, Draft)> = graph
        .nodes
        .values()
        .zip(&used)
        .map(|(node, used)| {
            let operation = operation(&node.op);
            (operation, drafter.draft(node, operation, used))
        })
        .collect();
    connect(graph, &places, &drafts, &signatures, &mut inference);
    let inferred = inference.solve();
    graph
        .nodes
        .iter()
        .zip(drafts)
        .map(|((id, node), (operation, draft))| {
            let value = |draft| value_socket(draft, &inferred, &signatures);
            let shape = NodeShape {
                title: title(graph, node, operation),
                family: operation.map_or(Family::Custom, |it| it.family),
                known: operation.is_some(),
                flow_in: draft.flow_in.into_iter().map(flow_socket).collect(),
                flow_out: draft.flow_out.into_iter().map(flow_socket).collect(),
                values_in: draft.values_in.into_iter().map(value).collect(),
                values_out: draft.values_out.into_iter().map(value).collect(),
            };
            (id.clone(), shape)
        })
        .collect()
}

/// Why a new wire of this kind may not lead from an output to an input, in words; none when it may.
///
/// A flow wire may lead from any flow output to any flow input. A value wire may lead from an output to an input when
/// their [`Socket::accepts`] share a type, and they are not of one node. Both take the place of the wire that stands at
/// the flow output or at the value input, if one does.
pub fn connect_problem(
    shapes: &BTreeMap<RecordId, NodeShape>,
    kind: WireKind,
    from: End<'_>,
    to: End<'_>,
) -> Option<String> {
    let (Some(source), Some(target)) = (shapes.get(from.0), shapes.get(to.0)) else {
        return Some("The node is not there any more.".into());
    };
    let (outputs, inputs) = match kind {
        WireKind::Flow => (&source.flow_out, &target.flow_in),
        WireKind::Value => (&source.values_out, &target.values_in),
    };
    let find = |sockets: &'_ [Socket], id: &str| sockets.iter().position(|it| it.id == id);
    let (Some(output), Some(input)) = (find(outputs, from.1), find(inputs, to.1)) else {
        return Some("A wire leads from an output to an input of the same kind.".into());
    };
    if kind == WireKind::Flow {
        return None;
    }
    if from.0 == to.0 {
        return Some("A node cannot wait for its own value. Keep it in a variable.".into());
    }
    types_problem(&outputs[output], &inputs[input])
}

/// Why the types of two value sockets do not fit, in words; none when they do.
pub(super) fn types_problem(output: &Socket, input: &Socket) -> Option<String> {
    if output.accepts.iter().any(|it| input.accepts.contains(it)) {
        return None;
    }
    let mut problem = format!(
        "{} gives {} and {} takes {}",
        words::quoted(output),
        words::any_of(&output.accepts),
        words::quoted(input),
        words::any_of(&input.accepts)
    );
    problem.push_str(&words::conversion(&output.accepts, &input.accepts));
    Some(problem)
}

fn used<'a>(graph: &'a Graph, places: &HashMap<&RecordId, usize>) -> Vec<Used<'a>> {
    let mut used: Vec<Used> = Vec::new();
    used.resize_with(graph.nodes.len(), Used::default);
    for wire in graph.wires.values() {
        let (Some(from), Some(to)) = (places.get(&wire.from), places.get(&wire.to)) else {
            continue;
        };
        match wire.kind {
            WireKind::Flow => {
                used[*from].flow_out.push(&wire.output);
                used[*to].flow_in.push(&wire.input);
            }
            WireKind::Value => {
                used[*from].values_out.push(&wire.output);
                used[*to].values_in.push(&wire.input);
            }
        }
    }
    used
}

/// Hands wires and typed-in values to the inference.
fn connect(
    graph: &Graph,
    places: &HashMap<&RecordId, usize>,
    drafts: &[(Option<&Operation>, Draft)],
    signatures: &Signatures,
    inference: &mut Inference,
) {
    let pins: Vec<[Pins; 2]> = drafts
        .iter()
        .map(|(_, draft)| [Pins::of(&draft.values_in), Pins::of(&draft.values_out)])
        .collect();
    let mut wired = Vec::new();
    for wire in graph.wires.values() {
        let (Some(from), Some(to)) = (places.get(&wire.from), places.get(&wire.to)) else {
            continue;
        };
        if wire.kind == WireKind::Value
            && let (Some(output), Some(input)) = (
                pins[*from][1].find(&wire.output),
                pins[*to][0].find(&wire.input),
            )
        {
            inference.wire(output, input);
            wired.push(input);
        }
    }
    wired.sort_unstable();
    for (node, pins) in graph.nodes.values().zip(&pins) {
        for (id, literal) in &node.values {
            if let Some(pin) = pins[0].find(id)
                && wired.binary_search(&pin).is_err()
                && let Some(signature) = signatures.get(&literal.signature)
            {
                inference.literal(pin, signature);
            }
        }
    }
}

/// The pins of a node's sockets by name.
enum Pins<'a> {
    /// Few sockets are found fastest by looking.
    Few(&'a [ValueDraft]),
    Many(HashMap<&'a str, u32>),
}

impl<'a> Pins<'a> {
    fn of(sockets: &'a [ValueDraft]) -> Self {
        if sockets.len() <= 20 {
            return Pins::Few(sockets);
        }
        Pins::Many(sockets.iter().map(|it| (&*it.id, it.pin)).collect())
    }

    fn find(&self, id: &str) -> Option<u32> {
        match self {
            Pins::Few(sockets) => sockets.iter().find(|it| it.id == id).map(|it| it.pin),
            Pins::Many(pins) => pins.get(id).copied(),
        }
    }
}

fn flow_socket(draft: FlowDraft) -> Socket {
    Socket {
        id: draft.id,
        label: draft.label,
        signature: None,
        accepts: Vec::new(),
        known: draft.known,
    }
}

fn value_socket(draft: ValueDraft, inferred: &Inferred, signatures: &Signatures) -> Socket {
    let name = |signature| signatures.name(signature).to_owned();
    Socket {
        id: draft.id,
        label: draft.label,
        signature: inferred.signature(draft.pin).map(name),
        accepts: inferred.accepts(draft.pin).map(name).collect(),
        known: draft.known,
    }
}

/// *Get Score* rather than *Get variable*, *Set translation* rather than *Set property*.
fn title(graph: &Graph, node: &Node, operation: Option<&Operation>) -> String {
    let Some(operation) = operation else {
        return node.op.clone();
    };
    let (verb, _) = operation.title.split_once(' ').unwrap_or_default();
    let subject = match operation.family {
        Family::Variable | Family::Event => sockets::subject(graph, node).map(str::to_owned),
        Family::Pointer => sockets::configured_text(node, "pointer").and_then(|pointer| {
            pointer
                .rsplit('/')
                .find(|it| it.starts_with(|first: char| first.is_ascii_alphabetic()))
                .map(|it| words::label(it).to_lowercase())
        }),
        _ => None,
    };
    match subject {
        Some(subject) if !verb.is_empty() && !subject.is_empty() => format!("{verb} {subject}"),
        _ => operation.title.clone(),
    }
}
