//! A behaviour graph of KHR_interactivity as records (Specification, section *JSON Syntax*).

mod nodes;
mod places;

use std::collections::{BTreeMap, HashSet};

use serde_json::Value as Json;
use wissil_model::{DocumentKind, Field, Literal, MAX_RECORDS, Record, RecordId, Value};

use self::places::NodePlace;
use crate::error::{ImportError, excerpt, property};
use crate::graph_tables::Declared;
use crate::json::{self, Object, escape};
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
    declared: Declared,
    rest: Object,
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
            if signature != "custom" && literal::components(&signature).is_none() {
                let shown = excerpt(&signature);
                self.notes.push(format!(
                    "{pointer}/signature: `{shown}` is no type; it became a custom one"
                ));
                signature = "custom".into();
            }
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
                let mut found = BTreeMap::new();
                for (socket, item) in json::entries(&rest, member, &pointer)? {
                    let pointer = format!("{pointer}/{member}/{}", escape(socket));
                    let index = json::object(item, &pointer)?
                        .get("type")
                        .ok_or_else(|| property(&pointer, "has no `type`"))?;
                    found.insert(
                        socket.clone(),
                        self.signature(index, &format!("{pointer}/type"))?,
                    );
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
            let declared = Declared::of(&op, extension, &inputs, &outputs);
            if declared.extension.is_none() && !(inputs.is_empty() && outputs.is_empty()) {
                self.notes.push(format!(
                    "{pointer}: its sockets were left out, because it names no extension"
                ));
            }
            self.declarations.push(Declaration { op, declared, rest });
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
