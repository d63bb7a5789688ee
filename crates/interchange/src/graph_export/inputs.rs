//! Value inputs: what is typed in, what nodes must compute because JSON cannot say it, and defaults for the rest.

use std::collections::BTreeMap;

use serde_json::Value as Json;
use wissil_model::kinds::blueprint::{Graph as TypedGraph, declared_inputs, shapes};
use wissil_model::{Field, Literal, RecordId, Value};

use super::{Draft, GraphExport, Input, inner, inner_of, source};
use crate::error::ExportError;
use crate::json::Object;
use crate::literal::{self, Written};

impl GraphExport<'_> {
    /// A typed value where no node can compute it.
    pub(super) fn put_literal(
        &mut self,
        json: &mut Object,
        own: &mut Object,
        initial: &Literal,
        what: &str,
    ) {
        json.insert(
            "type".into(),
            self.tables.type_of(&initial.signature).into(),
        );
        let (written, gone) = self.literal_in_file(initial, what);
        own.extend(gone);
        match literal::write(&written) {
            Written::Default => {}
            Written::Inline(components) => {
                json.insert("value".into(), components.into());
            }
            Written::Unfit => self.notes.push(format!(
                "{what} holds what is not a {}; it starts with that type's default",
                initial.signature
            )),
            Written::Computed(numbers) => {
                json.insert("value".into(), literal::nearest(&numbers).into());
                own.insert(
                    "value".into(),
                    initial.value.iter().map(Json::from).collect(),
                );
                self.notes.push(format!(
                    "{what} starts with a number that glTF cannot write; the nearest one stands for it"
                ));
            }
        }
    }

    /// A literal as files write it; and our own members that keep what it names in the scene, where that is gone.
    fn literal_in_file(&mut self, literal: &Literal, what: &str) -> (Literal, Object) {
        let named = literal.to_value();
        let (value, gone) = self.in_file("", "initial", &named);
        if !gone || value == named {
            let written = Literal::from_value(&value).unwrap_or_else(|_| literal.clone());
            return (written, Object::new());
        }
        self.notes.push(format!(
            "{what} refers to what is gone from the scene; it is empty"
        ));
        let empty = Literal {
            signature: literal.signature.clone(),
            value: Vec::new(),
        };
        let said = literal.value.iter().map(Json::from).collect();
        (empty, Object::from_iter([("value".to_owned(), said)]))
    }

    pub(super) fn draft_literals(&mut self) {
        let graph = self.graph;
        for (id, node) in &graph.nodes {
            let Some((at, node)) = self.places.get(id.as_str()).map(|at| (*at, node)) else {
                continue;
            };
            let kept = inner(&mut source(node.source.as_ref()), "values");
            for (socket, literal) in &node.values {
                let file_socket = self.input_name(node, socket);
                if self
                    .drafts
                    .get(at)
                    .is_none_or(|draft| draft.values.contains_key(&file_socket))
                {
                    continue;
                }
                let members = inner_of(&kept, socket);
                let input = self.typed(at, id, socket, literal, members);
                if let Some(draft) = self.drafts.get_mut(at) {
                    draft.values.insert(file_socket, input);
                }
            }
        }
    }

    /// Players refuse a graph with an input that nothing feeds: such inputs get their type's default.
    pub(super) fn draft_defaults(&mut self) -> Result<(), ExportError> {
        let mut typed = TypedGraph::default();
        for (collection, id, record) in &self.graph.document.records {
            // What cannot be read was refused before.
            let _ = typed.set(collection, id, Some(record));
        }
        let graph = self.graph;
        self.check_declared(&typed)?;
        let shapes = shapes(&typed);
        for (id, node) in &graph.nodes {
            let (Some(at), Some(shape)) = (self.places.get(id.as_str()).copied(), shapes.get(*id))
            else {
                continue;
            };
            for socket in shape.values_in.iter().filter(|socket| socket.known) {
                let name = self.input_name(node, &socket.id);
                if self
                    .drafts
                    .get(at)
                    .is_none_or(|draft| draft.values.contains_key(&name))
                {
                    continue;
                }
                let signature = socket.signature.as_ref().or(socket.accepts.first());
                let place = self
                    .tables
                    .type_of(signature.map_or("float", String::as_str));
                let mut members = Object::from_iter([("type".to_owned(), place.into())]);
                let own = Object::from_iter([("implied".to_owned(), true.into())]);
                self.put_own(&mut members, own, id.as_str());
                if let Some(draft) = self.drafts.get_mut(at) {
                    draft.values.insert(name, Input::Typed(members));
                }
            }
        }
        Ok(())
    }

    /// Refuses values of another type than the variable or event that takes them: players would refuse the whole graph.
    fn check_declared(&self, typed: &TypedGraph) -> Result<(), ExportError> {
        for (id, node) in &self.graph.nodes {
            let draft = self
                .places
                .get(id.as_str())
                .and_then(|at| self.drafts.get(*at));
            for (socket, signature) in declared_inputs(typed, node) {
                let file_socket = self.input_name(node, &socket);
                let is_typed_in = draft
                    .and_then(|draft| draft.values.get(&file_socket))
                    .is_some_and(|input| matches!(input, Input::Typed(_)));
                let literal = node.values.get(&socket).filter(|_| is_typed_in);
                let Some(literal) = literal.filter(|it| it.signature != signature) else {
                    continue;
                };
                let variable = typed.variables.get(socket.as_str());
                let name = variable.map_or(&*socket, |variable| &*variable.name);
                return Err(ExportError::Record {
                    document: self.graph.document.name.clone(),
                    record: (*id).clone(),
                    problem: format!(
                        "its value for “{name}” is {}, and “{name}” takes {signature}. Type it in again",
                        literal.signature
                    ),
                });
            }
        }
        Ok(())
    }

    pub(super) fn typed(
        &mut self,
        at: usize,
        id: &RecordId,
        socket: &str,
        literal: &Literal,
        mut members: Object,
    ) -> Input {
        members.insert(
            "type".into(),
            self.tables.type_of(&literal.signature).into(),
        );
        let what = format!("the input `{socket}` of `{id}`");
        let (written, gone) = self.literal_in_file(literal, &what);
        if !gone.is_empty() {
            self.put_own(&mut members, gone, id.as_str());
        }
        match literal::write(&written) {
            Written::Default => {}
            Written::Inline(components) => {
                members.insert("value".into(), components.into());
            }
            Written::Unfit => self.notes.push(format!(
                "the input `{socket}` of `{id}` holds what is not a {}; that type's default stands for it",
                literal.signature
            )),
            Written::Computed(numbers) => {
                let rank = self.drafts.get(at).map_or(0, |draft| draft.rank);
                let (node, output) = self.computed(&literal.signature, &numbers, rank);
                let said = Object::from_iter([(
                    "value".to_owned(),
                    literal.value.iter().map(Json::from).collect(),
                )]);
                self.put_own(&mut members, said, id.as_str());
                return Input::From { node, output, members };
            }
        }
        Input::Typed(members)
    }

    /// Nodes that compute a value with numbers that JSON lacks.
    pub(super) fn computed(
        &mut self,
        signature: &str,
        numbers: &[f64],
        rank: usize,
    ) -> (usize, String) {
        if let ("float", [number]) = (signature, numbers) {
            return (self.infinity(*number < 0.0, rank), "value".into());
        }
        let op = format!("math/combine{}", signature.trim_start_matches("float"));
        let mut values = BTreeMap::new();
        for (socket, number) in ('a'..).zip(numbers) {
            let input = if number.is_infinite() {
                let node = self.infinity(*number < 0.0, rank);
                Input::From {
                    node,
                    output: "value".into(),
                    members: Object::new(),
                }
            } else {
                let mut members =
                    Object::from_iter([("type".to_owned(), self.tables.type_of("float").into())]);
                if number.is_finite() {
                    members.insert(
                        "value".into(),
                        vec![Json::from(&Value::Number(*number))].into(),
                    );
                }
                Input::Typed(members)
            };
            values.insert(socket.to_string(), input);
        }
        (self.helper(&op, rank, values), "value".into())
    }

    pub(super) fn infinity(&mut self, negative: bool, rank: usize) -> usize {
        let known = self
            .infinities
            .get(usize::from(negative))
            .copied()
            .flatten();
        let node = match (known, negative) {
            (Some(node), _) => node,
            (None, false) => self.helper("math/Inf", rank, BTreeMap::new()),
            (None, true) => {
                let node = self.infinity(false, rank);
                let input = Input::From {
                    node,
                    output: "value".into(),
                    members: Object::new(),
                };
                self.helper("math/neg", rank, BTreeMap::from([("a".to_owned(), input)]))
            }
        };
        if let Some(slot) = self.infinities.get_mut(usize::from(negative)) {
            *slot = Some(node);
        }
        // It must stand before the first that uses it.
        if let Some(draft) = self.drafts.get_mut(node) {
            draft.rank = draft.rank.min(rank);
        }
        node
    }

    pub(super) fn helper(
        &mut self,
        op: &str,
        rank: usize,
        values: BTreeMap<String, Input>,
    ) -> usize {
        let declaration = self.tables.core(op);
        self.drafts.push(Draft {
            rank,
            declaration,
            members: Object::new(),
            configuration: Object::new(),
            values,
            flows: BTreeMap::new(),
            own: Object::from_iter([("helper".to_owned(), true.into())]),
            helper: true,
        });
        self.drafts.len() - 1
    }
}
