//! What follows for the rest of a graph when a variable, or a value of a custom event, gets another type.

use std::collections::BTreeMap;

use super::shape::{connect_problem, shapes};
use super::sockets::{configured_list, configured_text, is_int};
use super::{CustomEvent, Graph, Node, Variable, WireKind};
use crate::field::numeric;
use crate::{Change, Field, Literal, Operation, Projection, RecordId, Value};

/// A typed thing that sockets of nodes take their type from.
#[derive(Clone, Copy, Debug)]
pub enum Retyped<'a> {
    /// A variable.
    Variable(&'a RecordId),
    /// A value of a custom event, by its socket.
    EventValue(&'a RecordId, &'a str),
}

/// A gesture with what follows where it gives a variable, or a value of a custom event, another type.
pub(super) fn complete(blueprint: &Projection, changes: Vec<Change>) -> Vec<Change> {
    let retypes = |change: &Change| {
        ["variables", "events"].contains(&&*change.collection)
            && matches!(change.operation, Operation::Set { .. })
    };
    if !changes.iter().any(retypes) {
        return changes;
    }
    let (graph, _) = Graph::read(|collection| {
        let records = blueprint.records(collection).iter();
        records
            .map(|(id, record)| (id, &**record))
            .collect::<Vec<_>>()
    });
    let mut completed = Vec::with_capacity(changes.len());
    for mut change in changes {
        let mut follow = Vec::new();
        if retypes(&change)
            && let Operation::Set { set, .. } = &mut change.operation
        {
            for (field, value) in set.iter_mut() {
                let Ok(literal) = Literal::from_value(value) else {
                    continue;
                };
                let thing = match (&*change.collection, field.strip_prefix("values.")) {
                    ("variables", _) if field == "initial" => Retyped::Variable(&change.id),
                    ("events", Some(socket)) => Retyped::EventValue(&change.id, socket),
                    _ => continue,
                };
                let mut changes = retype(&graph, thing, &literal.signature).into_iter();
                // What it has in the new type, unless the gesture says.
                if let Some(Operation::Set { set: own, .. }) = changes.next().map(|it| it.operation)
                    && literal.value.is_empty()
                    && let Some(converted) = own.get(field)
                {
                    *value = converted.clone();
                }
                follow.extend(changes);
            }
        }
        completed.push(change);
        completed.extend(follow);
    }
    completed
}

/// The changes that go with another type: what was typed in is converted where that is possible and cleared where it is
/// not, wires that do not fit any more are removed. The thing's own new value comes first.
pub fn retype(graph: &Graph, retyped: Retyped<'_>, signature: &str) -> Vec<Change> {
    let mut after = graph.clone();
    let Some(own) = retyped.retype(&mut after, signature) else {
        return Vec::new();
    };
    let mut changes = vec![own];
    let mut fields: BTreeMap<&RecordId, BTreeMap<String, Value>> = BTreeMap::new();
    for (id, node) in &graph.nodes {
        for socket in retyped.inputs(node) {
            let Some(literal) = node
                .values
                .get(&socket)
                .filter(|it| it.signature != signature)
            else {
                continue;
            };
            let converted = convert(literal, signature);
            if let Some(node) = after.nodes.get_mut(id) {
                node.values.remove(&socket);
                node.values
                    .extend(converted.clone().map(|literal| (socket.clone(), literal)));
            }
            let value = converted
                .map(|literal| literal.to_value())
                .unwrap_or_default();
            fields
                .entry(id)
                .or_default()
                .insert(format!("values.{socket}"), value);
        }
    }
    changes.extend(
        fields
            .into_iter()
            .map(|(id, set)| Change::set(Node::COLLECTION, id, set)),
    );
    let touches = |id: &RecordId, socket: &str, output: bool| {
        graph.nodes.get(id).is_some_and(|node| match output {
            true => retyped.outputs(node).iter().any(|it| it == socket),
            false => retyped.inputs(node).iter().any(|it| it == socket),
        })
    };
    let wires = graph.wires.iter().filter(|(_, wire)| {
        wire.kind == WireKind::Value
            && (touches(&wire.from, &wire.output, true) || touches(&wire.to, &wire.input, false))
    });
    let wires: Vec<_> = wires.collect();
    for (id, _) in &wires {
        after.wires.remove(*id);
    }
    // What a wire leads to may go along with the new type, so each is asked as if it were drawn anew.
    let shapes = shapes(&after);
    for (id, wire) in wires {
        let (from, to) = ((&wire.from, &*wire.output), (&wire.to, &*wire.input));
        let is_whole = graph.nodes.contains_key(&wire.from) && graph.nodes.contains_key(&wire.to);
        if is_whole && connect_problem(&shapes, WireKind::Value, from, to).is_some() {
            changes.push(Change::remove("wires", id.clone()));
        }
    }
    changes
}

/// The value inputs of a node whose type a variable or a custom event gives, with that type.
pub fn declared_inputs<'a>(graph: &'a Graph, node: &Node) -> Vec<(String, &'a str)> {
    let variable = |id: &str| Some(&*graph.variables.get(id)?.initial.signature);
    match &*node.op {
        "variable/set" => configured_list(node, "variables")
            .filter_map(|id| Some((id.to_owned(), variable(id)?)))
            .collect(),
        "variable/interpolate" => configured_text(node, "variable")
            .and_then(variable)
            .map(|signature| vec![("value".to_owned(), signature)])
            .unwrap_or_default(),
        "event/send" => configured_text(node, "event")
            .and_then(|id| graph.events.get(id))
            .into_iter()
            .flat_map(|event| &event.values)
            .map(|(socket, value)| (socket.clone(), &*value.signature))
            .collect(),
        _ => Vec::new(),
    }
}

impl Retyped<'_> {
    /// Gives it the type; the change that does so, or none where it has it already or is not there.
    fn retype(&self, graph: &mut Graph, signature: &str) -> Option<Change> {
        let (collection, id, field, literal) = match self {
            Retyped::Variable(id) => {
                let variable = graph.variables.get_mut(*id)?;
                (
                    Variable::COLLECTION,
                    id,
                    "initial".to_owned(),
                    &mut variable.initial,
                )
            }
            Retyped::EventValue(id, socket) => {
                let value = graph.events.get_mut(*id)?.values.get_mut(*socket)?;
                (
                    CustomEvent::COLLECTION,
                    id,
                    format!("values.{socket}"),
                    value,
                )
            }
        };
        if literal.signature == signature {
            return None;
        }
        *literal = convert(literal, signature).unwrap_or_else(|| Literal {
            signature: signature.to_owned(),
            value: Vec::new(),
        });
        Some(Change::set(
            collection,
            (*id).clone(),
            [(field, literal.to_value())],
        ))
    }

    /// The value inputs of a node that have its type.
    fn inputs(&self, node: &Node) -> Vec<String> {
        match (self, &*node.op) {
            (Retyped::Variable(id), "variable/set") => configured_list(node, "variables")
                .filter(|it| *it == id.as_str())
                .map(str::to_owned)
                .collect(),
            (Retyped::Variable(id), "variable/interpolate")
                if configured_text(node, "variable") == Some(id.as_str()) =>
            {
                vec!["value".into()]
            }
            (Retyped::EventValue(id, socket), "event/send")
                if configured_text(node, "event") == Some(id.as_str()) =>
            {
                vec![(*socket).to_owned()]
            }
            _ => Vec::new(),
        }
    }

    /// The value outputs of a node that have its type.
    fn outputs(&self, node: &Node) -> Vec<String> {
        match (self, &*node.op) {
            (Retyped::Variable(id), "variable/get")
                if configured_text(node, "variable") == Some(id.as_str()) =>
            {
                vec!["value".into()]
            }
            (Retyped::EventValue(id, socket), "event/receive")
                if configured_text(node, "event") == Some(id.as_str()) =>
            {
                vec![(*socket).to_owned()]
            }
            _ => Vec::new(),
        }
    }
}

/// A literal in another type, where something of it is left: numbers become numbers, a number fills a vector, a vector
/// gives its first components and gets zeros. The default of one type is that of the other.
fn convert(literal: &Literal, signature: &str) -> Option<Literal> {
    let of = |value: Vec<Value>| Literal {
        signature: signature.to_owned(),
        value,
    };
    let from_vector = components(&literal.signature)?;
    let to_vector = components(signature)?;
    if literal.value.is_empty() {
        return Some(of(Vec::new()));
    }
    let numbers: Option<Vec<f64>> = literal.value.iter().map(number).collect();
    let numbers = numbers.filter(|numbers| numbers.len() == from_vector)?;
    let first = *numbers.first()?;
    let value = match signature {
        "bool" => vec![Value::Bool(first != 0.0 && !first.is_nan())],
        "int" => vec![Value::Number(Some(first.trunc()).filter(|it| is_int(*it))?)],
        _ if from_vector == 1 => vec![Value::from(first); to_vector],
        _ => (0..to_vector)
            .map(|at| Value::from(numbers.get(at).copied().unwrap_or(0.0)))
            .collect(),
    };
    Some(of(value))
}

/// How many components a scalar or vector has; none for types that convert to nothing else.
fn components(signature: &str) -> Option<usize> {
    Some(match signature {
        "bool" | "int" | "float" => 1,
        "float2" => 2,
        "float3" => 3,
        "float4" => 4,
        _ => return None,
    })
}

fn number(component: &Value) -> Option<f64> {
    match component {
        Value::Bool(it) => Some(f64::from(u8::from(*it))),
        other => numeric(other),
    }
}
