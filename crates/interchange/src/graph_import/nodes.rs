//! Nodes with their configuration, values and wires.

use std::collections::HashMap;

use serde_json::Value as Json;
use wissil_model::kinds::blueprint::{ParameterKind, operation};
use wissil_model::{Field, Literal, Point, Record, RecordId, Value};

use super::places::{loop_target, node_places};
use super::{GraphImport, keep_members, keep_rest};
use crate::error::{ImportError, property};
use crate::json::{self, Object, escape};
use crate::own;
use crate::wire_id::wire_id;

impl GraphImport<'_> {
    pub(super) fn nodes(&mut self, graph: &Object) -> Result<(), ImportError> {
        let items = json::list(graph, "nodes", self.pointer)?;
        self.nodes = node_places(items);
        for (index, item) in items.iter().enumerate() {
            let pointer = format!("{}/nodes/{index}", self.pointer);
            json::object(item, &pointer)?;
            if self.nodes.get(index).is_some_and(|place| !place.helper) {
                self.node(items, index, &pointer)?;
            }
        }
        Ok(())
    }

    pub(super) fn node(
        &mut self,
        items: &[Json],
        index: usize,
        pointer: &str,
    ) -> Result<(), ImportError> {
        let (Some(item), Some(place)) = (items.get(index), self.nodes.get(index)) else {
            return Ok(());
        };
        let (id, order) = (place.id.clone(), place.order);
        let mut rest = json::object(item, pointer)?.clone();
        let own = own::take(&mut rest);
        let declaration = rest
            .get("declaration")
            .ok_or_else(|| property(pointer, "has no `declaration`"))?;
        let declaration = json::index(
            declaration,
            self.declarations.len(),
            "declarations",
            &format!("{pointer}/declaration"),
        )?;
        let mut record = Record::new().with("order", order as f64);
        let mut op = String::new();
        let mut declaration_rest = Object::new();
        if let Some(declaration) = self.declarations.get(declaration) {
            op.clone_from(&declaration.op);
            declaration_rest.clone_from(&declaration.rest);
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
        }
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
        for (parameter, item) in json::entries(&rest, "configuration", pointer)? {
            let pointer = format!("{pointer}/configuration/{}", escape(parameter));
            let item = json::object(item, &pointer)?.clone();
            let value = self.configuration(&op, parameter, &item, &pointer, &mut renamed)?;
            // An empty list is not allowed and means the default, as no parameter does.
            if value.as_list().is_none_or(|items| !items.is_empty()) {
                record.set(format!("configuration.{parameter}"), value);
                keep_members(&mut kept_configuration, parameter, item, &["value"]);
            }
        }
        let mut kept_values = Object::new();
        for (socket, item) in json::entries(&rest, "values", pointer)? {
            let pointer = format!("{pointer}/values/{}", escape(socket));
            let mut item = json::object(item, &pointer)?.clone();
            let own = own::take(&mut item);
            let socket = renamed.get(socket).unwrap_or(socket);
            self.value_input(&mut record, (&id, order), socket, &item, &own, &pointer)?;
            keep_members(
                &mut kept_values,
                socket,
                item,
                &["node", "socket", "type", "value"],
            );
        }
        let mut kept_flows = Object::new();
        for (socket, item) in json::entries(&rest, "flows", pointer)? {
            let pointer = format!("{pointer}/flows/{}", escape(socket));
            let mut item = json::object(item, &pointer)?.clone();
            let own = own::take(&mut item);
            self.flow(items, (&id, order), socket, &item, &own, &pointer)?;
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
        self.push("nodes", id, record, pointer)
    }

    /// A configuration parameter's list, with record ids and signatures where the file has indices.
    pub(super) fn configuration(
        &self,
        op: &str,
        parameter: &str,
        item: &Object,
        pointer: &str,
        renamed: &mut HashMap<String, String>,
    ) -> Result<Value, ImportError> {
        let pointer = format!("{pointer}/value");
        let items = match item.get("value") {
            None => return Ok(Value::List(Vec::new())),
            Some(Json::Array(items)) => items,
            Some(_) => return Err(property(pointer, "must be a list")),
        };
        let kind = operation(op)
            .and_then(|op| op.parameter(parameter))
            .map(|it| it.kind);
        let named = |ids: &[RecordId], what: &str, item: &Json| {
            let index = json::index(item, ids.len(), what, &pointer)?;
            Ok(ids.get(index).map(Value::from).unwrap_or_default())
        };
        let values: Result<Vec<Value>, ImportError> = items
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
                _ => json::value(item.clone(), &pointer),
            })
            .collect();
        values.map(Value::List)
    }

    /// A value input: typed in, or a wire from the node it names.
    pub(super) fn value_input(
        &mut self,
        record: &mut Record,
        node: (&RecordId, usize),
        socket: &str,
        item: &Object,
        own: &Object,
        pointer: &str,
    ) -> Result<(), ImportError> {
        let Some(from) = item.get("node") else {
            if own.contains_key("implied") && !item.contains_key("value") {
                return Ok(());
            }
            let literal = self.literal(item, own.get("value"), pointer)?;
            record.set(format!("values.{socket}"), literal.to_value());
            return Ok(());
        };
        let from = json::index(from, self.nodes.len(), "nodes", &format!("{pointer}/node"))?;
        let output = json::text(item, "socket", pointer)?
            .unwrap_or("value")
            .to_owned();
        let Some(place) = self.nodes.get(from) else {
            return Ok(());
        };
        if place.helper {
            // Export computed a value that JSON lacks and wrote down which.
            if item.contains_key("type") && own.contains_key("value") {
                let literal = self.literal(item, own.get("value"), pointer)?;
                record.set(format!("values.{socket}"), literal.to_value());
            }
            return Ok(());
        }
        let wire = Record::new()
            .with("kind", "value")
            .with("from", place.id.clone())
            .with("output", output)
            .with("to", node.0.clone())
            .with("input", socket);
        if let Some(typed) = own.get("typed") {
            let typed = json::value(typed.clone(), pointer)?;
            if Literal::from_value(&typed).is_ok() {
                record.set(format!("values.{socket}"), typed);
            }
        }
        let usual = wire_id("value", node.1, socket);
        self.wire(usual, wire, own, pointer)
    }

    /// A flow to the node it names.
    pub(super) fn flow(
        &mut self,
        items: &[Json],
        node: (&RecordId, usize),
        socket: &str,
        item: &Object,
        own: &Object,
        pointer: &str,
    ) -> Result<(), ImportError> {
        let to = item
            .get("node")
            .ok_or_else(|| property(pointer, "has no `node`"))?;
        let to = json::index(to, self.nodes.len(), "nodes", &format!("{pointer}/node"))?;
        let mut input = json::text(item, "socket", pointer)?
            .unwrap_or("in")
            .to_owned();
        let mut target = self.nodes.get(to);
        if target.is_some_and(|place| place.helper) {
            // Export turned a loop into an event that is sent and received.
            let landing = loop_target(items, to).and_then(|(node, socket)| {
                Some((self.nodes.get(node).filter(|place| !place.helper)?, socket))
            });
            let Some((place, landed)) = landing else {
                return Ok(());
            };
            target = Some(place);
            input = landed;
        }
        let Some(place) = target else { return Ok(()) };
        let wire = Record::new()
            .with("kind", "flow")
            .with("from", node.0.clone())
            .with("output", socket)
            .with("to", place.id.clone())
            .with("input", input);
        let usual = wire_id("flow", node.1, socket);
        self.wire(usual, wire, own, pointer)
    }

    pub(super) fn wire(
        &mut self,
        usual: RecordId,
        mut wire: Record,
        own: &Object,
        pointer: &str,
    ) -> Result<(), ImportError> {
        if let Some(route) = own.get("route") {
            wire.set("route", json::value(route.clone(), pointer)?);
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
        self.push("wires", id, wire, pointer)
    }
}
