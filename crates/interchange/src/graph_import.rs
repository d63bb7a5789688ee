//! A behaviour graph of KHR_interactivity as records (Specification, section *JSON Syntax*).

use std::collections::{HashMap, HashSet};

use serde_json::Value as Json;
use wissil_model::kinds::blueprint::{ParameterKind, operation};
use wissil_model::{DocumentKind, Field, Literal, MAX_RECORDS, Point, Record, RecordId, Value};

use crate::error::{ImportError, property};
use crate::json::{self, Object, escape};
use crate::wire_id::wire_id;
use crate::{NewRecord, literal, own};

/// The id of the record that holds what belongs to the graph as a whole.
pub(crate) const PROPERTIES: &str = "graph";

/// Collections that travel whole, because glTF has nothing like them.
pub(crate) const WHOLE: [&str; 2] = ["comments", "functions"];

/// A graph on its way in.
struct GraphImport<'a> {
    pointer: &'a str,
    notes: &'a mut Vec<String>,
    types: Vec<String>,
    declarations: Vec<Declaration>,
    variables: Vec<RecordId>,
    events: Vec<RecordId>,
    /// By place in the file's list.
    nodes: Vec<NodePlace>,
    records: Vec<NewRecord>,
    wire_ids: HashSet<RecordId>,
}

#[derive(Debug)]
struct Declaration {
    op: String,
    extension: Option<String>,
    inputs: Vec<(String, String)>,
    outputs: Vec<(String, String)>,
    rest: Object,
}

/// A node's identity.
#[derive(Debug)]
struct NodePlace {
    id: RecordId,
    /// Its place among the document's nodes.
    order: usize,
    /// Whether export made it to say something that JSON cannot; it is no node of the document.
    helper: bool,
}

/// Reads one graph; `name` is what the document is called.
pub(crate) fn import(
    graph: &Json,
    pointer: &str,
    place: usize,
    selected: bool,
    name: &str,
    notes: &mut Vec<String>,
) -> Result<Vec<NewRecord>, ImportError> {
    let mut graph = json::object(graph, pointer)?.clone();
    let own = own::take(&mut graph);
    let mut import = GraphImport {
        pointer,
        notes,
        types: Vec::new(),
        declarations: Vec::new(),
        variables: Vec::new(),
        events: Vec::new(),
        nodes: Vec::new(),
        records: Vec::new(),
        wire_ids: HashSet::new(),
    };
    let mut source = Object::new();
    import.types(&graph, &mut source)?;
    import.declarations(&graph)?;
    import.variables(&graph)?;
    import.events(&graph)?;
    import.nodes(&graph)?;
    import.whole(&own);

    for known in [
        "types",
        "declarations",
        "variables",
        "events",
        "nodes",
        "name",
    ] {
        let present = graph.remove(known).is_some();
        if known == "name" && !present {
            // Remembers that the file gave none, so that export does not invent one.
            source.insert("name".into(), Json::Null);
        }
    }
    source.append(&mut graph);
    let mut properties = Record::new().with("name", name).with("order", place as f64);
    if selected {
        properties.set("selected", Value::Bool(true));
    }
    if !source.is_empty() {
        properties.set("source", json::keep(source.into()));
    }
    import.push(
        "properties",
        RecordId::from(PROPERTIES),
        properties,
        pointer,
    )?;
    if import.records.len() > MAX_RECORDS {
        return Err(ImportError::TooLarge {
            what: format!("{pointer}, in records"),
            found: import.records.len() as u64,
            most: MAX_RECORDS as u64,
        });
    }
    Ok(import.records)
}

impl GraphImport<'_> {
    fn push(
        &mut self,
        collection: &'static str,
        id: RecordId,
        record: Record,
        pointer: &str,
    ) -> Result<(), ImportError> {
        if let Some(schema) = DocumentKind::Blueprint.schema().collection(collection) {
            schema.check(&record).map_err(|error| {
                property(pointer, format!("`{}` {}", error.field, error.problem))
            })?;
        }
        self.records.push((collection, id, record));
        Ok(())
    }

    fn types(&mut self, graph: &Object, source: &mut Object) -> Result<(), ImportError> {
        let mut kept = Object::new();
        let mut customs = 0;
        for (index, item) in json::list(graph, "types", self.pointer)?.iter().enumerate() {
            let pointer = format!("{}/types/{index}", self.pointer);
            let mut rest = json::object(item, &pointer)?.clone();
            let mut signature = json::text(&rest, "signature", &pointer)?
                .ok_or_else(|| property(&pointer, "has no `signature`"))?
                .to_owned();
            // Each custom type is its own; its extension tells them apart.
            if signature == "custom" {
                if customs > 0 {
                    signature = format!("custom:{customs}");
                }
                customs += 1;
            }
            rest.remove("signature");
            if !rest.is_empty() {
                kept.insert(signature.clone(), rest.into());
            }
            self.types.push(signature);
        }
        if !kept.is_empty() {
            source.insert("types".into(), kept.into());
        }
        Ok(())
    }

    fn signature(&self, index: &Json, pointer: &str) -> Result<String, ImportError> {
        let index = json::index(index, self.types.len(), "types", pointer)?;
        Ok(self.types.get(index).cloned().unwrap_or_default())
    }

    fn declarations(&mut self, graph: &Object) -> Result<(), ImportError> {
        for (index, item) in json::list(graph, "declarations", self.pointer)?
            .iter()
            .enumerate()
        {
            let pointer = format!("{}/declarations/{index}", self.pointer);
            let mut rest = json::object(item, &pointer)?.clone();
            let op = json::text(&rest, "op", &pointer)?
                .ok_or_else(|| property(&pointer, "has no `op`"))?
                .to_owned();
            let extension = json::text(&rest, "extension", &pointer)?.map(str::to_owned);
            let sockets = |member: &str| {
                let mut found = Vec::new();
                for (socket, item) in json::entries(&rest, member, &pointer)? {
                    let pointer = format!("{pointer}/{member}/{}", escape(socket));
                    let index = json::object(item, &pointer)?
                        .get("type")
                        .ok_or_else(|| property(&pointer, "has no `type`"))?;
                    found.push((
                        socket.clone(),
                        self.signature(index, &format!("{pointer}/type"))?,
                    ));
                }
                Ok::<_, ImportError>(found)
            };
            let (inputs, outputs) = (
                sockets("inputValueSockets")?,
                sockets("outputValueSockets")?,
            );
            for known in ["op", "extension", "inputValueSockets", "outputValueSockets"] {
                rest.remove(known);
            }
            self.declarations.push(Declaration {
                op,
                extension,
                inputs,
                outputs,
                rest,
            });
        }
        Ok(())
    }

    /// A `{type, value}`; `own_value` is what export wrote beside a value that the file's form could not hold.
    fn literal(
        &self,
        object: &Object,
        own_value: Option<&Json>,
        pointer: &str,
    ) -> Result<Literal, ImportError> {
        let index = object
            .get("type")
            .ok_or_else(|| property(pointer, "has no `type`"))?;
        let signature = self.signature(index, &format!("{pointer}/type"))?;
        let components = match own_value.filter(|value| value.is_array()) {
            Some(Json::Array(components)) => components.as_slice(),
            _ => json::list(object, "value", pointer)?,
        };
        let components = components
            .iter()
            .map(|component| json::value(component.clone(), &format!("{pointer}/value")))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(literal::normal(&signature, components))
    }

    fn variables(&mut self, graph: &Object) -> Result<(), ImportError> {
        let items = json::list(graph, "variables", self.pointer)?;
        self.variables = own::ids(items, "variable");
        for (index, (id, item)) in self.variables.clone().into_iter().zip(items).enumerate() {
            let pointer = format!("{}/variables/{index}", self.pointer);
            let mut rest = json::object(item, &pointer)?.clone();
            let own = own::take(&mut rest);
            let initial = self.literal(&rest, own.get("value"), &pointer)?;
            // `id` is how files before the release candidate named variables.
            let name = own
                .get("name")
                .and_then(Json::as_str)
                .or(json::text(&rest, "id", &pointer)?)
                .map_or_else(|| format!("Variable {index}"), str::to_owned);
            let mut record = Record::new().with("name", name).with("order", index as f64);
            record.set("initial", initial.to_value());
            keep_rest(&mut record, rest, &["id", "type", "value"]);
            self.push("variables", id, record, &pointer)?;
        }
        Ok(())
    }

    fn events(&mut self, graph: &Object) -> Result<(), ImportError> {
        let items = json::list(graph, "events", self.pointer)?;
        self.events = own::ids(items, "event");
        for (index, (id, item)) in self.events.clone().into_iter().zip(items).enumerate() {
            if own::peek(item, "helper").is_some() {
                continue;
            }
            let pointer = format!("{}/events/{index}", self.pointer);
            let mut rest = json::object(item, &pointer)?.clone();
            own::take(&mut rest);
            let mut record = Record::new().with("order", index as f64);
            if let Some(name) = json::text(&rest, "id", &pointer)? {
                record.set("name", Value::text(name));
            }
            let mut kept = Object::new();
            for (socket, item) in json::entries(&rest, "values", &pointer)? {
                let pointer = format!("{pointer}/values/{}", escape(socket));
                let mut item = json::object(item, &pointer)?.clone();
                let own = own::take(&mut item);
                let initial = self.literal(&item, own.get("value"), &pointer)?;
                record.set(format!("values.{socket}"), initial.to_value());
                keep_members(&mut kept, socket, item, &["type", "value"]);
            }
            rest.remove("values");
            if !kept.is_empty() {
                rest.insert("values".into(), kept.into());
            }
            keep_rest(&mut record, rest, &["id"]);
            self.push("events", id, record, &pointer)?;
        }
        Ok(())
    }

    fn nodes(&mut self, graph: &Object) -> Result<(), ImportError> {
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

    fn node(&mut self, items: &[Json], index: usize, pointer: &str) -> Result<(), ImportError> {
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
                    .extension
                    .as_deref()
                    .map(Value::text)
                    .unwrap_or_default(),
            );
            for (socket, signature) in &declaration.inputs {
                record.set(format!("inputs.{socket}"), Value::text(signature));
            }
            for (socket, signature) in &declaration.outputs {
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
            // An empty list is not allowed and means the default, as none does.
            if value.as_list().is_none_or(|items| !items.is_empty()) {
                record.set(format!("configuration.{parameter}"), value);
            }
            keep_members(&mut kept_configuration, parameter, item, &["value"]);
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
    fn configuration(
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
    fn value_input(
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
    fn flow(
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

    fn wire(
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

    /// Comments and functions travel whole, because glTF has none. A broken one is left out.
    fn whole(&mut self, own: &Object) {
        for collection in WHOLE {
            let records = own.get(collection).and_then(Json::as_object);
            for (id, record) in records.into_iter().flatten() {
                let id = RecordId::from(id.as_str());
                let record = serde_json::from_value::<Record>(record.clone())
                    .ok()
                    .filter(|record| {
                        let schema = DocumentKind::Blueprint.schema().collection(collection);
                        id.is_valid() && schema.is_some_and(|schema| schema.check(record).is_ok())
                    });
                match record {
                    Some(record) => self.records.push((collection, id, record)),
                    None => self.notes.push(format!(
                        "{}: a broken record of the {collection} was left out",
                        self.pointer
                    )),
                }
            }
        }
    }
}

/// Who each node of the list is.
fn node_places(items: &[Json]) -> Vec<NodePlace> {
    let helper = |item: &Json| own::peek(item, "helper").is_some();
    let count = items.iter().filter(|item| !helper(item)).count();
    // Export sorts nodes and says where they stood; a list that does not give each place once is not believed.
    let mut next = 0;
    let said: Vec<usize> = items
        .iter()
        .map(|item| {
            let place = own::peek(item, "order")
                .and_then(json::whole)
                .and_then(|order| usize::try_from(order).ok());
            if !helper(item) {
                next += 1;
            }
            place.unwrap_or(next.max(1) - 1)
        })
        .collect();
    let mut seen = HashSet::new();
    let believed = items
        .iter()
        .zip(&said)
        .filter(|(item, _)| !helper(item))
        .all(|(_, order)| *order < count && seen.insert(*order));
    let mut next = 0;
    let orders: Vec<usize> = items
        .iter()
        .zip(said)
        .map(|(item, said)| {
            let place = if believed { said } else { next };
            next += usize::from(!helper(item));
            place
        })
        .collect();
    let usual = |index: usize| match orders.get(index) {
        Some(order) if items.get(index).is_some_and(|item| !helper(item)) => {
            format!("node_{order}")
        }
        _ => format!("helper_{index}"),
    };
    own::named(items.iter().map(|item| own::peek(item, "id")), usual)
        .into_iter()
        .zip(items)
        .zip(&orders)
        .map(|((id, item), order)| NodePlace {
            id,
            order: *order,
            helper: helper(item),
        })
        .collect()
}

/// Where the event that a helper node sends is received and leads on.
fn loop_target(items: &[Json], send: usize) -> Option<(usize, String)> {
    let event = |item: &Json| item.get("configuration")?.get("event").cloned();
    let sent = event(items.get(send)?)?;
    let receive = items
        .iter()
        .enumerate()
        .find(|(index, item)| {
            *index != send
                && own::peek(item, "helper").is_some()
                && event(item).as_ref() == Some(&sent)
        })?
        .1;
    let out = receive.get("flows")?.get("out")?;
    let node = usize::try_from(json::whole(out.get("node")?)?).ok()?;
    let socket = out.get("socket").and_then(Json::as_str).unwrap_or("in");
    Some((node, socket.to_owned()))
}

/// Keeps what is left of an object in a record's `source`.
fn keep_rest(record: &mut Record, mut rest: Object, known: &[&str]) {
    for member in known {
        rest.remove(*member);
    }
    if !rest.is_empty() {
        record.set("source", json::keep(rest.into()));
    }
}

/// Keeps what is left of an inner object under its name.
fn keep_members(kept: &mut Object, name: &str, mut rest: Object, known: &[&str]) {
    for member in known {
        rest.remove(*member);
    }
    if !rest.is_empty() {
        kept.insert(name.to_owned(), rest.into());
    }
}
