//! Nodes with their configuration, values and wires.

use std::collections::HashMap;

use serde_json::Value as Json;
use wissil_model::kinds::blueprint::{ParameterKind, operation};
use wissil_model::{Field, Literal, Point, Record, RecordId, Value};

use super::places::{loop_target, node_places};
use super::{Claim, GraphImport, NO_OPERATION, keep_members, keep_rest};
use crate::error::{ImportError, property};
use crate::json::{self, Object, escape};
use crate::own;
use crate::wire_id::wire_id;

/// The one operation whose configuration has a part that older files leave out.
const INTERPOLATE: &str = "variable/interpolate";
const USE_SLERP: &str = "configuration.useSlerp";

/// A node whose sockets are being read.
struct At<'n> {
    id: &'n RecordId,
    /// Its place in the file's list.
    index: usize,
    /// Its place among the document's nodes.
    order: usize,
}

impl GraphImport<'_> {
    pub(super) fn nodes(&mut self, graph: &Object) {
        let items = self.list(graph, "nodes", self.pointer);
        self.nodes = node_places(items);
        for (index, item) in items.iter().enumerate() {
            let pointer = format!("{}/nodes/{index}", self.pointer);
            let is_read = self.read(json::object(item, &pointer)).is_some();
            if is_read && self.nodes.get(index).is_some_and(|place| !place.helper) {
                self.node(items, index, &pointer);
            }
        }
    }

    fn node(&mut self, items: &[Json], index: usize, pointer: &str) {
        let (Some(Json::Object(item)), Some(place)) = (items.get(index), self.nodes.get(index))
        else {
            return;
        };
        let (id, order) = (place.id.clone(), place.order);
        let at = At {
            id: &id,
            index,
            order,
        };
        let mut rest = item.clone();
        let own = own::take(&mut rest);
        let mut record = Record::new().with("order", order as f64);
        let (op, declaration_rest) = self.declared(&rest, &mut record, pointer);
        let position = own.get("position").and_then(|position| {
            Some(Point {
                x: position.get("x")?.as_f64()?,
                y: position.get("y")?.as_f64()?,
            })
        });
        record.set("position", position.to_value());
        if let Some(label) = own.get("label").and_then(Json::as_str) {
            record.set("label", Value::text(label));
        }

        if let Some(function) = own
            .get("function")
            .and_then(Json::as_str)
            .filter(|it| RecordId::from(*it).is_valid())
        {
            record.set("function", Value::text(function));
        }

        let mut kept_members = Object::new();
        let mut kept_configuration = Object::new();
        let mut renamed: HashMap<String, String> = HashMap::new();
        for (parameter, item) in self.entries(&rest, "configuration", pointer) {
            let pointer = format!("{pointer}/configuration/{}", escape(parameter));
            let Some(item) = self.read(json::object(item, &pointer).cloned()) else {
                continue;
            };
            let items = self.list(&item, "value", &pointer);
            let value = self.configuration(&op, parameter, items, &pointer, &mut renamed);
            // An empty list is not allowed and means the default, as no parameter does.
            if let Some(values) = self.read(value)
                && !values.is_empty()
            {
                record.set(format!("configuration.{parameter}"), Value::List(values));
                keep_members(&mut kept_configuration, parameter, item, &["value"]);
            }
        }
        if op == INTERPOLATE && record.get(USE_SLERP).is_none() {
            self.notes.problem(
                pointer,
                "has no `useSlerp`, which the format asks for; it was read as false",
            );
            record.set(USE_SLERP, Value::List(vec![Value::Bool(false)]));
        }
        self.gone_references(&op, &own, &mut record);
        let mut kept_values = Object::new();
        for (socket, item) in self.entries(&rest, "values", pointer) {
            let pointer = format!("{pointer}/values/{}", escape(socket));
            let Some(mut item) = self.read(json::object(item, &pointer).cloned()) else {
                continue;
            };
            let own = own::take(&mut item);
            let socket = renamed.get(socket).unwrap_or(socket);
            self.value_input(&mut record, &at, socket, &item, &own, &pointer);
            keep_members(
                &mut kept_values,
                socket,
                item,
                &["node", "socket", "type", "value"],
            );
        }
        let mut kept_flows = Object::new();
        for (socket, item) in self.entries(&rest, "flows", pointer) {
            let pointer = format!("{pointer}/flows/{}", escape(socket));
            let Some(mut item) = self.read(json::object(item, &pointer).cloned()) else {
                continue;
            };
            let own = own::take(&mut item);
            self.flow(items, &at, socket, &item, &own, &pointer);
            keep_members(&mut kept_flows, socket, item, &["node", "socket"]);
        }
        for known in ["declaration", "configuration", "values", "flows"] {
            rest.remove(known);
        }
        for (member, kept) in [
            ("declaration", declaration_rest),
            ("configuration", kept_configuration),
            ("values", kept_values),
            ("flows", kept_flows),
        ] {
            if !kept.is_empty() {
                kept_members.insert(member.into(), kept.into());
            }
        }
        rest.append(&mut kept_members);
        keep_rest(&mut record, rest, &[]);
        self.push("nodes", id, record, pointer);
    }

    /// What a node's declaration says; gives its operation, and what the declaration carried besides.
    fn declared(&mut self, node: &Object, record: &mut Record, pointer: &str) -> (String, Object) {
        let place = node
            .get("declaration")
            .ok_or_else(|| property(pointer, "has no `declaration`"))
            .and_then(|index| {
                json::index(
                    index,
                    self.declarations.len(),
                    "declarations",
                    &format!("{pointer}/declaration"),
                )
            });
        let place = self.read(place);
        let Some(declaration) = place.and_then(|place| self.declarations.get(place)) else {
            record.set("op", Value::text(NO_OPERATION));
            return (NO_OPERATION.into(), Object::new());
        };
        record.set("op", Value::text(&*declaration.op));
        record.set(
            "extension",
            declaration
                .declared
                .extension
                .as_deref()
                .map(Value::text)
                .unwrap_or_default(),
        );
        for (socket, signature) in &declaration.declared.inputs {
            record.set(format!("inputs.{socket}"), Value::text(signature));
        }
        for (socket, signature) in &declaration.declared.outputs {
            record.set(format!("outputs.{socket}"), Value::text(signature));
        }
        (declaration.op.clone(), declaration.rest.clone())
    }

    /// What export could not write, because the record of the scene that it names is gone.
    fn gone_references(&mut self, op: &str, own: &Object, record: &mut Record) {
        let said = own.get("configuration").and_then(Json::as_object);
        for (parameter, value) in said.into_iter().flatten() {
            let kind = operation(op)
                .and_then(|op| op.parameter(parameter))
                .map(|it| it.kind);
            if matches!(
                kind,
                Some(ParameterKind::Pointer | ParameterKind::SceneNode)
            ) && let Ok(value @ Value::List(_)) = Value::try_from(value.clone())
            {
                record.set(format!("configuration.{parameter}"), value);
            }
        }
    }

    /// A configuration parameter's list, with record ids and signatures where the file has indices.
    fn configuration(
        &self,
        op: &str,
        parameter: &str,
        items: &[Json],
        pointer: &str,
        renamed: &mut HashMap<String, String>,
    ) -> Result<Vec<Value>, ImportError> {
        let pointer = format!("{pointer}/value");
        let kind = operation(op)
            .and_then(|op| op.parameter(parameter))
            .map(|it| it.kind);
        let named = |ids: &[RecordId], what: &str, item: &Json| {
            let index = json::index(item, ids.len(), what, &pointer)?;
            Ok(ids.get(index).map(Value::from).unwrap_or_default())
        };
        items
            .iter()
            .map(|item| match kind {
                Some(ParameterKind::Variable) => named(&self.variables, "variables", item),
                Some(ParameterKind::VariableList) => {
                    let id = named(&self.variables, "variables", item)?;
                    if let (Some(index), Some(id)) = (json::whole(item), id.as_text()) {
                        renamed.insert(index.to_string(), id.to_owned());
                    }
                    Ok(id)
                }
                Some(ParameterKind::Event) => named(&self.events, "events", item),
                Some(ParameterKind::TypeSignature) => {
                    self.signature(item, &pointer).map(Value::Text)
                }
                _ => Ok(json::value(item.clone())),
            })
            .collect()
    }

    /// A value input: typed in, or a wire from the node it names.
    fn value_input(
        &mut self,
        record: &mut Record,
        at: &At<'_>,
        socket: &str,
        item: &Object,
        own: &Object,
        pointer: &str,
    ) {
        let Some(from) = item.get("node") else {
            if own.contains_key("implied") && !item.contains_key("value") {
                return;
            }
            if let Some(literal) = self.literal(item, own.get("value"), pointer) {
                record.set(format!("values.{socket}"), literal.to_value());
            }
            return;
        };
        let from = json::index(from, self.nodes.len(), "nodes", &format!("{pointer}/node"));
        let Some(from) = self.read(from) else {
            return;
        };
        let output = json::text(item, "socket", pointer);
        let output = self.held(output).unwrap_or("value").to_owned();
        let Some(place) = self.nodes.get(from) else {
            return;
        };
        let (is_helper, from_id) = (place.helper, place.id.clone());
        if is_helper {
            // Export computed a value that JSON lacks and wrote down which.
            if item.contains_key("type")
                && own.contains_key("value")
                && let Some(literal) = self.literal(item, own.get("value"), pointer)
            {
                record.set(format!("values.{socket}"), literal.to_value());
            }
            return;
        }
        if from >= at.index {
            self.notes.problem(
                format!("{pointer}/node"),
                "takes its value from a node that does not stand before this one in the list",
            );
        }
        if item.contains_key("value") {
            self.loss(property(
                pointer,
                "has both `node` and `value`, and may have one; the node counts",
            ));
        }
        if let Some(signature) = item.get("type") {
            let signature = self.signature(signature, &format!("{pointer}/type"));
            if let Some(signature) = self.read(signature) {
                self.claims.push(Claim {
                    from: from_id.clone(),
                    output: output.clone(),
                    signature,
                    pointer: pointer.to_owned(),
                });
            }
        }
        let wire = Record::new()
            .with("kind", "value")
            .with("from", from_id)
            .with("output", output)
            .with("to", at.id.clone())
            .with("input", socket);
        if let Some(typed) = own.get("typed") {
            let typed = json::value(typed.clone());
            if Literal::from_value(&typed).is_ok() {
                record.set(format!("values.{socket}"), typed);
            }
        }
        let usual = wire_id("value", at.order, socket);
        self.wire(usual, wire, own, pointer);
    }

    /// A flow to the node it names.
    fn flow(
        &mut self,
        items: &[Json],
        at: &At<'_>,
        socket: &str,
        item: &Object,
        own: &Object,
        pointer: &str,
    ) {
        let to = item
            .get("node")
            .ok_or_else(|| property(pointer, "has no `node`, so it leads nowhere"))
            .and_then(|to| json::index(to, self.nodes.len(), "nodes", &format!("{pointer}/node")));
        let Some(to) = self.read(to) else { return };
        let input = json::text(item, "socket", pointer);
        let mut input = self.held(input).unwrap_or("in").to_owned();
        let Some(place) = self.nodes.get(to) else {
            return;
        };
        let mut target = place.id.clone();
        if place.helper {
            // Export turned a loop into an event that is sent and received.
            let landing = loop_target(items, to).and_then(|(node, socket)| {
                Some((self.nodes.get(node).filter(|place| !place.helper)?, socket))
            });
            let Some((place, landed)) = landing else {
                return;
            };
            target = place.id.clone();
            input = landed;
        } else if to <= at.index {
            self.notes.problem(
                format!("{pointer}/node"),
                "leads to a node that does not stand after this one in the list",
            );
        }
        let wire = Record::new()
            .with("kind", "flow")
            .with("from", at.id.clone())
            .with("output", socket)
            .with("to", target)
            .with("input", input);
        let usual = wire_id("flow", at.order, socket);
        self.wire(usual, wire, own, pointer);
    }

    fn wire(&mut self, usual: RecordId, mut wire: Record, own: &Object, pointer: &str) {
        if let Some(route) = own.get("route") {
            wire.set("route", json::value(route.clone()));
        }
        let said = own
            .get("id")
            .and_then(Json::as_str)
            .map(RecordId::from)
            .filter(|id| id.is_valid() && !self.wire_ids.contains(id));
        let mut id = said.unwrap_or_else(|| usual.clone());
        let mut round = 2;
        while self.wire_ids.contains(&id) {
            id = RecordId::from(format!("{usual}_{round}"));
            round += 1;
        }
        self.wire_ids.insert(id.clone());
        self.push("wires", id, wire, pointer);
    }
}
