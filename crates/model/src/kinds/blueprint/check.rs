//! What is wrong in a graph, in words that say what to do.

mod configuration;
mod loops;
mod references;

use std::collections::{BTreeMap, HashMap, HashSet};

use super::shape::types_problem;
use super::{Graph, Node, NodeShape, Socket, Wire, WireKind, words};
use crate::{Literal, RecordId, RecordProblem, Severity, Value};

pub use references::reference_problems;

/// Everything that is wrong in a graph whose nodes have these [`shapes`](super::shapes), by collection and record.
pub fn problems(graph: &Graph, shapes: &BTreeMap<RecordId, NodeShape>) -> Vec<RecordProblem> {
    let mut check = Check {
        graph,
        shapes,
        found: Vec::new(),
    };
    let wired = check.wires();
    for (id, node) in &graph.nodes {
        if let Some(shape) = shapes.get(id) {
            check.operation(id, node);
            check.configuration(id, node);
            check.values(id, node, shape, &wired);
        }
    }
    check.loops();
    check.names();
    let mut found = check.found;
    found.sort_by(|a, b| (&a.collection, &a.id).cmp(&(&b.collection, &b.id)));
    found
}

/// The input value sockets that wires enter, and the nodes that any wire touches.
struct Wired<'a> {
    inputs: HashSet<(&'a RecordId, &'a str)>,
    nodes: HashSet<&'a RecordId>,
}

struct Check<'a> {
    graph: &'a Graph,
    shapes: &'a BTreeMap<RecordId, NodeShape>,
    found: Vec<RecordProblem>,
}

impl<'a> Check<'a> {
    fn report(
        &mut self,
        severity: Severity,
        collection: &str,
        id: &RecordId,
        field: Option<String>,
        message: String,
    ) {
        self.found.push(RecordProblem {
            collection: collection.to_owned(),
            id: id.clone(),
            field,
            severity,
            message,
        });
    }

    fn node(&mut self, severity: Severity, id: &RecordId, field: Option<String>, message: String) {
        self.report(severity, Node::COLLECTION, id, field, message);
    }

    /// A node in a sentence: what a person called it, or its title.
    fn name(&self, id: &RecordId) -> String {
        let label = self
            .graph
            .nodes
            .get(id)
            .and_then(|node| node.label.as_deref());
        let title = self.shapes.get(id).map(|shape| &*shape.title);
        format!("“{}”", label.or(title).unwrap_or(id.as_str()))
    }

    fn operation(&mut self, id: &RecordId, node: &Node) {
        if self.shapes.get(id).is_none_or(|shape| shape.known) {
            return;
        }
        match &node.extension {
            Some(extension) => self.node(
                Severity::Warning,
                id,
                Some("op".into()),
                format!(
                    "“{}” belongs to the extension {extension}, which is not known here. It is kept, and does nothing \
                     in play.",
                    node.op
                ),
            ),
            None => self.node(
                Severity::Error,
                id,
                Some("op".into()),
                format!(
                    "“{}” is no operation of this version. Replace the node, or update the app.",
                    node.op
                ),
            ),
        }
    }

    fn wires(&mut self) -> Wired<'a> {
        let mut wired = Wired {
            inputs: HashSet::new(),
            nodes: HashSet::new(),
        };
        let mut outputs: HashSet<(&RecordId, &str)> = HashSet::new();
        let (graph, shapes) = (self.graph, self.shapes);
        for (id, wire) in &graph.wires {
            let (Some(from), Some(to)) = (shapes.get(&wire.from), shapes.get(&wire.to)) else {
                continue; // The projection hides and reports it.
            };
            wired.nodes.extend([&wire.from, &wire.to]);
            match wire.kind {
                WireKind::Flow => {
                    self.flow_wire(id, wire, from, to);
                    if !outputs.insert((&wire.from, &wire.output)) {
                        let message = format!(
                            "{} has two wires at its output “{}”, and a flow goes on at one place. Insert “Sequence” \
                             to run both.",
                            self.name(&wire.from),
                            wire.output
                        );
                        let field = Some("output".into());
                        self.report(Severity::Error, Wire::COLLECTION, id, field, message);
                    }
                }
                WireKind::Value => {
                    self.value_wire(id, wire, from, to);
                    if !wired.inputs.insert((&wire.to, &wire.input)) {
                        let message = format!(
                            "Two wires enter “{}” of {}, and a value comes from one place. Delete one of them.",
                            wire.input,
                            self.name(&wire.to)
                        );
                        let field = Some("input".into());
                        self.report(Severity::Error, Wire::COLLECTION, id, field, message);
                    }
                }
            }
        }
        wired
    }

    fn flow_wire(&mut self, id: &RecordId, wire: &Wire, from: &NodeShape, to: &NodeShape) {
        let output = find(&from.flow_out, &wire.output);
        let input = find(&to.flow_in, &wire.input);
        self.unknown_socket(id, wire, "output", output, Severity::Warning);
        self.unknown_socket(id, wire, "input", input, Severity::Warning);
    }

    fn value_wire(&mut self, id: &RecordId, wire: &Wire, from: &NodeShape, to: &NodeShape) {
        let output = find(&from.values_out, &wire.output);
        let input = find(&to.values_in, &wire.input);
        self.unknown_socket(id, wire, "output", output, Severity::Error);
        self.unknown_socket(id, wire, "input", input, Severity::Warning);
        let (Some(output), Some(input)) = (output, input) else {
            return;
        };
        let problem = match (&output.signature, &input.signature) {
            (Some(given), Some(taken)) if given == taken => None,
            (Some(given), Some(taken)) => {
                types_problem(&with_types(output, given), &with_types(input, taken))
            }
            _ => types_problem(output, input),
        };
        if let Some(problem) = problem {
            let message = format!(
                "From {} to {}: {problem}",
                self.name(&wire.from),
                self.name(&wire.to)
            );
            self.report(Severity::Error, Wire::COLLECTION, id, None, message);
        }
    }

    fn unknown_socket(
        &mut self,
        id: &RecordId,
        wire: &Wire,
        end: &str,
        socket: Option<&Socket>,
        severity: Severity,
    ) {
        if socket.is_some_and(|socket| socket.known) {
            return;
        }
        let (node, name) = match end {
            "output" => (&wire.from, &wire.output),
            _ => (&wire.to, &wire.input),
        };
        let consequence = match severity {
            Severity::Error => "Delete the wire, or connect it elsewhere.",
            Severity::Warning | Severity::Info => {
                "The wire does nothing; delete it, or connect it elsewhere."
            }
        };
        let message = format!("{} has no {end} “{name}”. {consequence}", self.name(node));
        self.report(severity, Wire::COLLECTION, id, Some(end.into()), message);
    }

    fn values(&mut self, id: &RecordId, node: &Node, shape: &NodeShape, wired: &Wired<'_>) {
        for socket in &shape.values_in {
            let field = || Some(format!("values.{}", socket.id));
            let is_wired = wired.inputs.contains(&(id, &*socket.id));
            let literal = node.values.get(&socket.id);
            if !socket.known {
                if literal.is_some() && !is_wired {
                    let message = format!(
                        "{} has a value for “{}”, which is no input of it. The value does nothing; remove it.",
                        self.name(id),
                        socket.id
                    );
                    self.node(Severity::Warning, id, field(), message);
                }
                continue;
            }
            match literal {
                _ if is_wired => {}
                Some(literal) => {
                    if let Some(problem) = literal_problem(literal, socket) {
                        let message = format!("{}: {problem}", self.name(id));
                        self.node(Severity::Error, id, field(), message);
                    }
                }
                // A node of an unknown extension knows best.
                None if !shape.known => {}
                None => {
                    let severity = match wired.nodes.contains(id) {
                        true => Severity::Error,
                        false => Severity::Warning, // Just placed, and harmless while nothing touches it.
                    };
                    let message = format!(
                        "{} has no value for {}. Set one, or connect it.",
                        self.name(id),
                        words::quoted(socket)
                    );
                    self.node(severity, id, field(), message);
                }
            }
        }
    }

    fn names(&mut self) {
        let graph = self.graph;
        let mut names: HashMap<&str, u32> = HashMap::new();
        for variable in graph.variables.values() {
            *names.entry(&*variable.name).or_default() += 1;
        }
        for (id, variable) in &graph.variables {
            let message = match (&*variable.name, names.get(&*variable.name)) {
                ("", _) => {
                    "A variable has no name. Name it, so that people can tell it apart.".into()
                }
                (name, Some(2..)) => {
                    format!("Several variables are called “{name}”. Name them apart.")
                }
                _ => String::new(),
            };
            if !message.is_empty() {
                let field = Some("name".into());
                self.report(Severity::Warning, "variables", id, field, message);
            }
            if let Some(problem) = components_problem(&variable.initial) {
                let message = format!("The initial value of “{}” {problem}", variable.name);
                let field = Some("initial".into());
                self.report(Severity::Error, "variables", id, field, message);
            }
        }
        let mut names: HashSet<&str> = HashSet::new();
        for (id, event) in &graph.events {
            let name = event.name.as_deref().unwrap_or_default();
            if !name.is_empty() && !names.insert(name) {
                let message = format!("Several events are called “{name}”. Name them apart.");
                self.report(Severity::Error, "events", id, Some("name".into()), message);
            }
            for (socket, literal) in &event.values {
                let field = || Some(format!("values.{socket}"));
                if socket == "event" {
                    let message = format!(
                        "A value of the event “{name}” is called “event”, which is taken. Call it otherwise."
                    );
                    self.report(Severity::Error, "events", id, field(), message);
                }
                if let Some(problem) = components_problem(literal) {
                    let message = format!("The value “{socket}” of the event “{name}” {problem}");
                    self.report(Severity::Error, "events", id, field(), message);
                }
            }
        }
    }
}

fn find<'s>(sockets: &'s [Socket], id: &str) -> Option<&'s Socket> {
    sockets.iter().find(|socket| socket.id == id)
}

fn with_types(socket: &Socket, signature: &str) -> Socket {
    Socket {
        accepts: vec![signature.to_owned()],
        ..socket.clone()
    }
}

fn literal_problem(literal: &Literal, socket: &Socket) -> Option<String> {
    let expected = match &socket.signature {
        Some(signature) => std::slice::from_ref(signature),
        None => &*socket.accepts,
    };
    if !expected.contains(&literal.signature) {
        return Some(format!(
            "the value of {} is {} and must be {}. Type it in again.",
            words::quoted(socket),
            words::type_name(&literal.signature),
            words::any_of(expected)
        ));
    }
    let problem = components_problem(literal)?;
    Some(format!("the value of {} {problem}", words::quoted(socket)))
}

/// What is wrong with a literal's components (Specification, *Inline Value Object Validation*), as the end of a
/// sentence. No components at all are the type's default; custom types carry what they like.
fn components_problem(literal: &Literal) -> Option<String> {
    let (count, fits): (usize, fn(&Value) -> bool) = match &*literal.signature {
        "bool" => (1, |it| it.as_bool().is_some()),
        "int" => (1, |it| it.as_number().is_some_and(super::sockets::is_int)),
        "ref" => (1, |it| {
            it.as_text().is_some_and(super::template::is_pointer)
        }),
        "float" => (1, is_float),
        "float2" => (2, is_float),
        "float3" => (3, is_float),
        "float4" | "float2x2" => (4, is_float),
        "float3x3" => (9, is_float),
        "float4x4" => (16, is_float),
        _ => return None,
    };
    if literal.value.is_empty() || (literal.value.len() == count && literal.value.iter().all(fits))
    {
        return None;
    }
    Some(match &*literal.signature {
        "bool" => "must be true or false.".into(),
        "int" => "must be a whole number of 32 bits.".into(),
        "ref" => "must be a JSON Pointer.".into(),
        "float" => "must be a number.".into(),
        signature => format!(
            "must be {count} numbers, to be {}.",
            words::type_name(signature)
        ),
    })
}

fn is_float(value: &Value) -> bool {
    crate::field::numeric(value).is_some()
}
