//! The sockets of one node: those of its operation, of its configuration, of its declaration, and those that are used.

use std::cmp::Ordering;
use std::collections::HashSet;

use super::infer::{Inference, Signatures, Types};
use super::operations::{Dynamic, Operation, ValueSocket};
use super::template::{MessagePart, message_parts, pointer_parameters};
use super::{Graph, Node, words};
use crate::Value;

/// Most numbered sockets that configuration may ask for.
const MOST_NUMBERED: usize = 1024;

/// Most inputs of `flow/waitAll` (Specification, *Wait All*).
const MOST_WAITING: i64 = 64;

/// A value socket with its pin in the inference.
pub(super) struct ValueDraft {
    pub(super) id: String,
    pub(super) label: String,
    pub(super) pin: u32,
    pub(super) known: bool,
}

/// A flow socket.
pub(super) struct FlowDraft {
    pub(super) id: String,
    pub(super) label: String,
    pub(super) known: bool,
}

/// The sockets of a node, before types are inferred.
#[derive(Default)]
pub(super) struct Draft {
    pub(super) flow_in: Vec<FlowDraft>,
    pub(super) flow_out: Vec<FlowDraft>,
    pub(super) values_in: Vec<ValueDraft>,
    pub(super) values_out: Vec<ValueDraft>,
}

/// The sockets that wires use at a node.
#[derive(Default)]
pub(super) struct Used<'a> {
    pub(super) flow_in: Vec<&'a str>,
    pub(super) flow_out: Vec<&'a str>,
    pub(super) values_in: Vec<&'a str>,
    pub(super) values_out: Vec<&'a str>,
}

/// Drafts one node after the other and fills the inference with their pins.
pub(super) struct Drafter<'a> {
    pub(super) graph: &'a Graph,
    pub(super) signatures: &'a Signatures,
    pub(super) inference: &'a mut Inference,
}

/// The node being drafted.
struct Drafting<'a, 'b> {
    drafter: &'b mut Drafter<'a>,
    node: &'b Node,
    used: &'b Used<'b>,
    /// The type variables of this node's groups.
    groups: Vec<(&'b str, u32)>,
    draft: Draft,
}

impl Drafter<'_> {
    pub(super) fn draft(
        &mut self,
        node: &Node,
        operation: Option<&'static Operation>,
        used: &Used<'_>,
    ) -> Draft {
        let mut drafting = Drafting {
            drafter: self,
            node,
            used,
            groups: Vec::new(),
            draft: Draft::default(),
        };
        if let Some(operation) = operation {
            drafting.listed(operation);
            for dynamic in &operation.dynamic {
                drafting.dynamic(*dynamic);
            }
        } else {
            drafting.declared(None);
        }
        drafting.used(operation.is_none());
        drafting.draft
    }
}

impl Drafting<'_, '_> {
    fn listed(&mut self, operation: &'static Operation) {
        for (from, to) in [
            (&operation.flow_in, &mut self.draft.flow_in),
            (&operation.flow_out, &mut self.draft.flow_out),
        ] {
            to.extend(from.iter().map(|socket| FlowDraft {
                id: socket.id.clone(),
                label: socket.label.clone(),
                known: true,
            }));
        }
        if !self.node.inputs.is_empty() || !self.node.outputs.is_empty() {
            self.declared(Some(operation));
            return;
        }
        for output in [false, true] {
            let sockets = match output {
                false => &operation.values_in,
                true => &operation.values_out,
            };
            for socket in sockets {
                let shown = match &socket.replaces {
                    Some(_) => self.uses(output, &socket.id),
                    None => {
                        self.uses(output, &socket.id)
                            || !sockets.iter().any(|older| {
                                older.replaces.as_deref() == Some(&*socket.id)
                                    && self.uses(output, &older.id)
                            })
                    }
                };
                if shown {
                    self.listed_value(output, socket);
                }
            }
        }
    }

    fn listed_value(&mut self, output: bool, socket: &'static ValueSocket) {
        let types = Types::listed(&socket.types, self.drafter.signatures);
        let variable = match &socket.group {
            Some(group) => self.group(group, &types),
            None => self.variable(&types),
        };
        let place = self.values(output).len();
        self.value(output, place, &socket.id, &socket.label, variable, types);
    }

    /// The sockets that the source file's declaration names, with its types.
    fn declared(&mut self, operation: Option<&'static Operation>) {
        let node = self.node;
        for (output, declared) in [(false, &node.inputs), (true, &node.outputs)] {
            for (id, signature) in declared {
                let label = operation
                    .and_then(|it| match output {
                        false => it.value_in(id),
                        true => it.value_out(id),
                    })
                    .map_or_else(|| words::label(id), |socket| socket.label.clone());
                let types = self.types_of(signature);
                let variable = self.variable(&types);
                let place = self.values(output).len();
                self.value(output, place, id, &label, variable, types);
            }
        }
    }

    fn dynamic(&mut self, dynamic: Dynamic) {
        let node = self.node;
        match dynamic {
            Dynamic::FlowCases => {
                let cases = cases(node).into_iter().map(|case| FlowDraft {
                    label: case.clone(),
                    id: case,
                    known: true,
                });
                self.draft.flow_out.splice(0..0, cases);
            }
            Dynamic::ValueCases => {
                let variable = self.group("T", &Types::ANY);
                for (place, case) in cases(node).iter().enumerate() {
                    // After the selection, before the default.
                    self.value(false, place + 1, case, case, variable, Types::ANY);
                }
            }
            Dynamic::FlowOutputs => {
                let mut ids: Vec<&str> = self.used.flow_out.clone();
                ids.sort_unstable_by(|a, b| socket_order(a, b));
                ids.dedup();
                let free = next_output(ids.last().copied());
                let ids = ids.into_iter().map(str::to_owned).chain([free]);
                self.draft.flow_out.extend(ids.map(|id| FlowDraft {
                    label: id.clone(),
                    id,
                    known: true,
                }));
            }
            Dynamic::FlowInputs => {
                let count = configured(node, "inputFlows")
                    .and_then(Value::as_number)
                    .map_or(0, |count| (count as i64).clamp(0, MOST_WAITING));
                let inputs = (0..count).map(|place| FlowDraft {
                    id: place.to_string(),
                    label: place.to_string(),
                    known: true,
                });
                self.draft.flow_in.splice(0..0, inputs);
            }
            Dynamic::VariableType => {
                let graph = self.drafter.graph;
                let variable = configured_text(node, "variable");
                if let Some(variable) = variable.and_then(|id| graph.variables.get(id)) {
                    self.fix_group("T", &variable.initial.signature);
                }
            }
            Dynamic::ConfiguredType => {
                if let Some(signature) = configured_text(node, "type") {
                    self.fix_group("T", signature);
                }
            }
            Dynamic::VariableInputs => {
                let graph = self.drafter.graph;
                for id in configured_list(node, "variables") {
                    let found = graph.variables.get_key_value(id);
                    let (label, types) = match found {
                        Some((_, it)) => (&*it.name, self.types_of(&it.initial.signature)),
                        None => ("Missing variable", Types::ANY),
                    };
                    let variable = self.variable(&types);
                    self.append_once(id, label, variable, types);
                }
            }
            Dynamic::PointerParameters => {
                let Some(template) = configured_text(node, "pointer") else {
                    return;
                };
                // A template that cannot be read keeps the sockets that are in use; the check says what is wrong.
                let parameters = pointer_parameters(template).unwrap_or_default();
                for (place, parameter) in parameters.iter().enumerate() {
                    let integer = self.types_of("int");
                    let types = match parameter.integer {
                        true => integer,
                        false => Types::listed(
                            &["ref".to_owned(), "int".to_owned()],
                            self.drafter.signatures,
                        ),
                    };
                    let variable = self.variable(&types);
                    let label = words::label(&parameter.id);
                    self.value(false, place, &parameter.id, &label, variable, types);
                }
            }
            Dynamic::EventInputs | Dynamic::EventOutputs => {
                let output = dynamic == Dynamic::EventOutputs;
                let graph = self.drafter.graph;
                let Some(event) =
                    configured_text(node, "event").and_then(|id| graph.events.get(id))
                else {
                    return;
                };
                for (place, (id, literal)) in event.values.iter().enumerate() {
                    let types = self.types_of(&literal.signature);
                    let variable = self.variable(&types);
                    self.value(output, place, id, &words::label(id), variable, types);
                }
            }
            Dynamic::MessageParameters => {
                let message = configured_text(node, "message").unwrap_or_default();
                for part in message_parts(message).unwrap_or_default() {
                    if let MessagePart::Value(id) = part {
                        let variable = self.variable(&Types::ANY);
                        self.append_once(id, &words::label(id), variable, Types::ANY);
                    }
                }
            }
        }
    }

    /// The sockets that wires or typed-in values use though nothing told of them.
    fn used(&mut self, known: bool) {
        let used = self.used;
        for (ids, sockets) in [
            (&used.flow_in, &mut self.draft.flow_in),
            (&used.flow_out, &mut self.draft.flow_out),
        ] {
            let missing = missing(ids.iter().copied(), ids.len(), sockets, |it| &it.id);
            sockets.extend(missing.into_iter().map(|id| FlowDraft {
                id: id.to_owned(),
                label: match id {
                    "in" | "out" => String::new(),
                    _ => words::label(id),
                },
                known,
            }));
        }
        let typed = self.node.values.keys().map(String::as_str);
        let count = used.values_in.len() + self.node.values.len();
        let inputs = used.values_in.iter().copied().chain(typed);
        let inputs = missing(inputs, count, &self.draft.values_in, |it| &it.id);
        let outputs = used.values_out.iter().copied();
        let outputs = missing(
            outputs,
            used.values_out.len(),
            &self.draft.values_out,
            |it| &it.id,
        );
        for (output, ids) in [(false, inputs), (true, outputs)] {
            for id in ids {
                let variable = self.variable(&Types::ANY);
                let place = self.values(output).len();
                self.value(output, place, id, &words::label(id), variable, Types::ANY);
                if let Some(socket) = self.values(output).last_mut() {
                    socket.known = known;
                }
            }
        }
    }

    fn uses(&self, output: bool, id: &str) -> bool {
        match output {
            true => self.used.values_out.contains(&id),
            false => self.used.values_in.contains(&id) || self.node.values.contains_key(id),
        }
    }

    fn types_of(&self, signature: &str) -> Types {
        self.drafter
            .signatures
            .get(signature)
            .map_or(Types::ANY, Types::one)
    }

    fn variable(&mut self, types: &Types) -> u32 {
        self.drafter
            .inference
            .variable(types, self.drafter.signatures)
    }

    fn group(&mut self, group: &'static str, types: &Types) -> u32 {
        match self.groups.iter().find(|(name, _)| *name == group) {
            Some((_, variable)) => *variable,
            None => {
                let variable = self.variable(types);
                self.groups.push((group, variable));
                variable
            }
        }
    }

    fn fix_group(&mut self, group: &'static str, signature: &str) {
        let Some(signature) = self.drafter.signatures.get(signature) else {
            return;
        };
        let variable = self.group(group, &Types::ANY);
        self.drafter.inference.fix(variable, signature);
    }

    fn values(&mut self, output: bool) -> &mut Vec<ValueDraft> {
        match output {
            true => &mut self.draft.values_out,
            false => &mut self.draft.values_in,
        }
    }

    fn append_once(&mut self, id: &str, label: &str, variable: u32, types: Types) {
        let values = self.values(false);
        if values.len() < MOST_NUMBERED && !values.iter().any(|socket| socket.id == id) {
            let place = values.len();
            self.value(false, place, id, label, variable, types);
        }
    }

    fn value(
        &mut self,
        output: bool,
        place: usize,
        id: &str,
        label: &str,
        variable: u32,
        types: Types,
    ) {
        let pin = self.drafter.inference.pin(variable, types, output);
        let values = self.values(output);
        values.insert(
            place.min(values.len()),
            ValueDraft {
                id: id.to_owned(),
                label: label.to_owned(),
                pin,
                known: true,
            },
        );
    }
}

/// The ids that no socket has, each once.
fn missing<'i, T>(
    ids: impl Iterator<Item = &'i str>,
    count: usize,
    sockets: &[T],
    id_of: impl Fn(&T) -> &String,
) -> Vec<&'i str> {
    let mut missing: Vec<&str> = match count * sockets.len() {
        // Few are found fastest by looking.
        ..=400 => ids
            .filter(|id| !sockets.iter().any(|socket| id_of(socket) == id))
            .collect(),
        _ => {
            let there: HashSet<&str> = sockets.iter().map(|socket| &**id_of(socket)).collect();
            ids.filter(|id| !there.contains(id)).collect()
        }
    };
    missing.sort_unstable_by(|a, b| socket_order(a, b));
    missing.dedup();
    missing
}

/// The first item of a configuration parameter's list, which is all that most have.
pub(super) fn configured<'a>(node: &'a Node, parameter: &str) -> Option<&'a Value> {
    node.configuration.get(parameter)?.as_list()?.first()
}

/// The same, if it is a text.
pub(super) fn configured_text<'a>(node: &'a Node, parameter: &str) -> Option<&'a str> {
    configured(node, parameter)?.as_text()
}

/// The texts of a configuration parameter's list.
pub(super) fn configured_list<'a>(
    node: &'a Node,
    parameter: &str,
) -> impl Iterator<Item = &'a str> {
    node.configuration
        .get(parameter)
        .and_then(Value::as_list)
        .unwrap_or_default()
        .iter()
        .filter_map(Value::as_text)
}

/// The `cases` of a switch as sockets: each once, in their order. One that is no 32-bit whole number makes the whole
/// list void (Specification, *Switch*).
pub(super) fn cases(node: &Node) -> Vec<String> {
    let list = node
        .configuration
        .get("cases")
        .and_then(Value::as_list)
        .unwrap_or_default();
    let mut seen = HashSet::new();
    let mut cases = Vec::new();
    for case in list.iter().take(MOST_NUMBERED) {
        match case.as_number() {
            Some(number) if is_int(number) => {
                if seen.insert(number as i64) {
                    cases.push((number as i64).to_string());
                }
            }
            _ => return Vec::new(),
        }
    }
    cases
}

/// Whether a number is a 32-bit whole number.
pub(super) fn is_int(number: f64) -> bool {
    number.fract() == 0.0 && (f64::from(i32::MIN)..=f64::from(i32::MAX)).contains(&number)
}

/// The order in which numbered outputs run: by UTF-16 code units (Specification, *Socket Order*).
pub fn socket_order(a: &str, b: &str) -> Ordering {
    a.encode_utf16().cmp(b.encode_utf16())
}

/// A name for one more output, after the last: `000`, `001`, …
fn next_output(last: Option<&str>) -> String {
    let Some(last) = last else {
        return "000".into();
    };
    let digits = last.len() - last.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    let (stem, number) = last.split_at(last.len() - digits);
    match number.parse::<u64>() {
        Ok(number) if !(number + 1).to_string().len().gt(&digits) => {
            format!("{stem}{:0digits$}", number + 1)
        }
        // There is no greater number of that length: a longer name comes after every name it begins with.
        _ => format!("{last}1"),
    }
}

/// The name of the one variable or event a node is about, if there is one.
pub(super) fn subject<'a>(graph: &'a Graph, node: &Node) -> Option<&'a str> {
    if let Some(id) = configured_text(node, "event") {
        return graph.events.get(id)?.name.as_deref();
    }
    let mut several = configured_list(node, "variables");
    let id = match configured_text(node, "variable") {
        Some(id) => id,
        None => several.next().filter(|_| several.next().is_none())?,
    };
    graph.variables.get(id).map(|variable| &*variable.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_output_runs_last() {
        for (last, next) in [
            (None, "000"),
            (Some("000"), "001"),
            (Some("009"), "010"),
            (Some("999"), "9991"),
            (Some("9"), "91"),
            (Some("s000"), "s001"),
            (Some("zzz"), "zzz1"),
            (Some("99999999999999999999999"), "999999999999999999999991"),
        ] {
            assert_eq!(next_output(last), next);
            assert_eq!(
                socket_order(last.unwrap_or_default(), next),
                Ordering::Less,
                "{last:?}"
            );
        }
    }
}
