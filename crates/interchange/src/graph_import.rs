//! A behaviour graph of KHR_interactivity as records (Specification, section *JSON Syntax*).

mod nodes;
mod places;
mod wires;

use std::collections::{BTreeMap, HashMap, HashSet};

use serde_json::Value as Json;
use wissil_model::kinds::blueprint::operation;
use wissil_model::{DocumentKind, Field, Literal, MAX_RECORDS, Record, RecordId, Value};

use self::places::NodePlace;
use crate::error::{ImportError, excerpt, property};
use crate::graph_tables::Declared;
use crate::json::{self, Object, escape};
use crate::note::Notes;
use crate::{NewRecord, literal, own};

/// The id of the record that holds what belongs to the graph as a whole.
pub(crate) const PROPERTIES: &str = "graph";

/// Collections that travel whole, because glTF has nothing like them.
pub(crate) const WHOLE: [&str; 2] = ["comments", "functions"];

/// A graph on its way in.
struct GraphImport<'a> {
    pointer: &'a str,
    notes: &'a mut Notes,
    /// Whether the file said something here that the records cannot hold.
    lost: bool,
    types: Vec<String>,
    declarations: Vec<Declaration>,
    variables: Vec<RecordId>,
    events: Vec<RecordId>,
    /// By place in the file's list.
    nodes: Vec<NodePlace>,
    /// What value inputs say of the type that comes to them by wire.
    claims: Vec<Claim>,
    records: Vec<NewRecord>,
    places: Places,
    wire_ids: HashSet<RecordId>,
}

#[derive(Debug, Default)]
struct Declaration {
    op: String,
    declared: Declared,
    rest: Object,
}

/// A `type` beside a value input's `node`.
struct Claim {
    from: RecordId,
    output: String,
    signature: String,
    pointer: String,
}

/// A graph that was read, as far as that was possible.
pub(crate) struct Graph {
    /// Its records.
    pub records: Vec<NewRecord>,
    /// Where in the file each record stood, as a JSON pointer.
    pub places: Places,
    /// Whether the file said something that the records cannot hold.
    pub lost: bool,
}

/// Where records stood in a file, by collection and id.
pub type Places = HashMap<(&'static str, RecordId), String>;

/// Most bytes of a record, about: an event carries it twice, as a change and as an update.
const MAX_RECORD: usize = 200 * 1024;

/// What stands where a node's declaration cannot be read.
const NO_OPERATION: &str = "unknown";

/// What numbers and booleans in quotation marks are, in files of before the release candidate.
const QUOTED: &str = "is a text where a number or a boolean belongs; it was read as what it says";

/// Reads one graph; `name` is what the document is called. What is wrong in it is noted, and the rest is read.
pub(crate) fn import(
    graph: &Json,
    pointer: &str,
    place: usize,
    selected: bool,
    name: &str,
    notes: &mut Notes,
) -> Graph {
    let mut import = GraphImport {
        pointer,
        notes,
        lost: false,
        types: Vec::new(),
        declarations: Vec::new(),
        variables: Vec::new(),
        events: Vec::new(),
        nodes: Vec::new(),
        claims: Vec::new(),
        records: Vec::new(),
        places: Places::new(),
        wire_ids: HashSet::new(),
    };
    let mut graph = import.held(json::object(graph, pointer).cloned());
    let own = own::take(&mut graph);
    let mut source = Object::new();
    import.types(&graph, &mut source);
    import.declarations(&graph);
    import.variables(&graph);
    import.events(&graph);
    import.nodes(&graph);
    import.whole(&own);
    import.loose_wires();
    import.claims();
    import.circles();

    if graph.get("name").is_some_and(|name| !name.is_string()) {
        let place = format!("{pointer}/name");
        import.loss(property(place, "must be a text"));
    }
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
    if import.records.len() >= MAX_RECORDS {
        let error = ImportError::TooLarge {
            what: format!("{pointer}, in records"),
            found: import.records.len() as u64,
            most: MAX_RECORDS as u64,
        };
        import.loss(property(
            pointer,
            format!("was left out of the editor: {error}"),
        ));
        import.records.clear();
    }
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
    );
    Graph {
        records: import.records,
        places: import.places,
        lost: import.lost,
    }
}

impl GraphImport<'_> {
    /// What was read; where it could not be, that is noted and the graph is kept as it came.
    fn read<T>(&mut self, result: Result<T, ImportError>) -> Option<T> {
        match result {
            Ok(read) => Some(read),
            Err(error) => {
                self.loss(error);
                None
            }
        }
    }

    /// The same, with nothing in place of what could not be read.
    fn held<T: Default>(&mut self, result: Result<T, ImportError>) -> T {
        self.read(result).unwrap_or_default()
    }

    /// Notes what the records cannot hold.
    fn loss(&mut self, error: ImportError) {
        self.lost = true;
        self.notes.error(error);
    }

    /// The list under a member; an empty one breaks the format's rules.
    fn list<'j>(&mut self, parent: &'j Object, member: &str, pointer: &str) -> &'j [Json] {
        let list = self.held(json::list(parent, member, pointer));
        if list.is_empty() && matches!(parent.get(member), Some(Json::Array(_))) {
            self.notes.problem(
                format!("{pointer}/{member}"),
                "is an empty list, which the format does not allow; it was left out",
            );
        }
        list
    }

    /// The entries of the object under a member; an empty one breaks the format's rules.
    fn entries<'j>(
        &mut self,
        parent: &'j Object,
        member: &str,
        pointer: &str,
    ) -> Vec<(&'j String, &'j Json)> {
        let entries = json::entries(parent, member, pointer).map(Iterator::collect::<Vec<_>>);
        let entries = self.held(entries);
        if entries.is_empty() && matches!(parent.get(member), Some(Json::Object(_))) {
            self.notes.problem(
                format!("{pointer}/{member}"),
                "is an empty object, which the format does not allow; it was left out",
            );
        }
        entries
    }

    /// Takes a record in. Fields that its schema refuses are left out, and so is the whole of it where it cannot be
    /// without them.
    fn push(&mut self, collection: &'static str, id: RecordId, mut record: Record, pointer: &str) {
        if let Some(schema) = DocumentKind::BLUEPRINT.schema().collection(collection) {
            while let Err(error) = schema.check(&record) {
                let problem = format!("`{}` {}", error.field, error.problem);
                self.loss(property(pointer, problem));
                if record.0.remove(&error.field).is_none() {
                    return;
                }
            }
        }
        while let Some(field) = too_large(&record) {
            let problem = format!("`{field}` is more than a record can hold");
            self.loss(property(pointer, problem));
            record.0.remove(&field);
        }
        self.places
            .insert((collection, id.clone()), pointer.to_owned());
        self.records.push((collection, id, record));
    }

    fn types(&mut self, graph: &Object, source: &mut Object) {
        let mut kept = Object::new();
        let mut customs = 0;
        for (index, item) in self.list(graph, "types", self.pointer).iter().enumerate() {
            let pointer = format!("{}/types/{index}", self.pointer);
            let mut rest = self.held(json::object(item, &pointer).cloned());
            let said = match json::text(&rest, "signature", &pointer) {
                Ok(Some(signature)) => Some(signature.to_owned()),
                Ok(None) if item.is_object() => {
                    self.loss(property(&pointer, "has no `signature`"));
                    None
                }
                Ok(None) => None,
                Err(error) => {
                    self.loss(error);
                    None
                }
            };
            let mut signature = said.unwrap_or_else(|| "custom".into());
            if signature != "custom" && literal::components(&signature).is_none() {
                let shown = excerpt(&signature);
                self.loss(property(
                    format!("{pointer}/signature"),
                    format!("`{shown}` is no type; it became a custom one"),
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
            if self.types.contains(&signature) {
                self.notes.problem(
                    &pointer,
                    format!("lists {signature} again, and each type may be listed once"),
                );
                self.lost |= !rest.is_empty();
            } else if !rest.is_empty() {
                kept.insert(signature.clone(), rest.into());
            }
            self.types.push(signature);
        }
        if !kept.is_empty() {
            source.insert("types".into(), kept.into());
        }
    }

    fn signature(&self, index: &Json, pointer: &str) -> Result<String, ImportError> {
        let index = json::index(index, self.types.len(), "types", pointer)?;
        Ok(self.types.get(index).cloned().unwrap_or_default())
    }

    fn declarations(&mut self, graph: &Object) {
        let items = self.list(graph, "declarations", self.pointer);
        let mut declared_before = HashSet::new();
        for (index, item) in items.iter().enumerate() {
            let pointer = format!("{}/declarations/{index}", self.pointer);
            let declaration = match self.read(json::object(item, &pointer).cloned()) {
                Some(rest) => self.declaration(rest, &pointer),
                None => Declaration {
                    op: NO_OPERATION.into(),
                    ..Declaration::default()
                },
            };
            let key = (
                declaration.op.clone(),
                declaration.declared.extension.clone(),
                declaration.declared.inputs.clone(),
            );
            if item.is_object() && declaration.op != NO_OPERATION && !declared_before.insert(key) {
                self.notes.problem(
                    &pointer,
                    format!(
                        "declares `{}` again, and each operation may be declared once",
                        excerpt(&declaration.op)
                    ),
                );
            }
            self.declarations.push(declaration);
        }
    }

    fn declaration(&mut self, mut rest: Object, pointer: &str) -> Declaration {
        let op = match json::text(&rest, "op", pointer) {
            Ok(Some(op)) => op.to_owned(),
            Ok(None) => {
                self.loss(property(pointer, "has no `op`"));
                NO_OPERATION.to_owned()
            }
            Err(error) => {
                self.loss(error);
                NO_OPERATION.to_owned()
            }
        };
        let extension = json::text(&rest, "extension", pointer).map(|it| it.map(str::to_owned));
        let extension = self.held(extension);
        let inputs = self.sockets(&rest, "inputValueSockets", pointer);
        let outputs = self.sockets(&rest, "outputValueSockets", pointer);
        for known in ["op", "extension", "inputValueSockets", "outputValueSockets"] {
            rest.remove(known);
        }
        let declared = Declared::of(&op, extension, &inputs, &outputs);
        if declared.extension.is_none() && op != NO_OPERATION && operation(&op).is_none() {
            self.notes.problem(
                format!("{pointer}/op"),
                format!(
                    "`{}` is no operation, and no extension is named",
                    excerpt(&op)
                ),
            );
        }
        if declared.extension.is_none() && !(inputs.is_empty() && outputs.is_empty()) {
            self.notes.problem(
                pointer,
                "names sockets and no extension; only operations of extensions have sockets of their own, and these \
                 were left out",
            );
        }
        Declaration { op, declared, rest }
    }

    /// The sockets that a declaration lists, with their types.
    fn sockets(
        &mut self,
        declaration: &Object,
        member: &str,
        pointer: &str,
    ) -> BTreeMap<String, String> {
        let mut found = BTreeMap::new();
        for (socket, item) in self.entries(declaration, member, pointer) {
            let pointer = format!("{pointer}/{member}/{}", escape(socket));
            let signature = json::object(item, &pointer)
                .and_then(|item| {
                    item.get("type")
                        .ok_or_else(|| property(&pointer, "has no `type`"))
                })
                .and_then(|index| self.signature(index, &format!("{pointer}/type")));
            if let Some(signature) = self.read(signature) {
                found.insert(socket.clone(), signature);
            }
        }
        found
    }

    /// A `{type, value}`; `own_value` is what export wrote beside a value that the file's form could not hold. None
    /// where the type cannot be read; the type's default where the value cannot.
    fn literal(
        &mut self,
        object: &Object,
        own_value: Option<&Json>,
        pointer: &str,
    ) -> Option<Literal> {
        let signature = object
            .get("type")
            .ok_or_else(|| property(pointer, "has no `type`"))
            .and_then(|index| self.signature(index, &format!("{pointer}/type")));
        let signature = self.read(signature)?;
        let components = match own_value.filter(|value| value.is_array()) {
            Some(Json::Array(components)) => components.as_slice(),
            _ => {
                let components = self.list(object, "value", pointer);
                let is_quoted = literal::components(&signature).is_some()
                    && signature != "ref"
                    && components.iter().any(Json::is_string);
                if is_quoted {
                    self.notes.problem(format!("{pointer}/value"), QUOTED);
                }
                components
            }
        };
        let components = components
            .iter()
            .map(|component| json::value(component.clone()))
            .collect();
        Some(literal::normal(&signature, components))
    }

    fn variables(&mut self, graph: &Object) {
        let items = self.list(graph, "variables", self.pointer);
        self.variables = own::ids(items, "variable");
        for (index, (id, item)) in self.variables.clone().into_iter().zip(items).enumerate() {
            let pointer = format!("{}/variables/{index}", self.pointer);
            let mut rest = self.held(json::object(item, &pointer).cloned());
            let own = own::take(&mut rest);
            let initial = match item.is_object() {
                true => self.literal(&rest, own.get("value"), &pointer),
                false => None,
            };
            let initial = initial.unwrap_or_else(|| Literal {
                signature: "float".into(),
                value: Vec::new(),
            });
            // Files before the release candidate named variables by `id`; ours once named them in our extras.
            let id_name = json::text(&rest, "id", &pointer).map(|it| it.map(str::to_owned));
            let id_name = self.held(id_name);
            self.text_if_any(&rest, "name", &pointer);
            let name = [rest.get("name"), own.get("name")]
                .into_iter()
                .flatten()
                .find_map(Json::as_str)
                .map(str::to_owned)
                .or(id_name)
                .unwrap_or_else(|| format!("Variable {index}"));
            let mut record = Record::new().with("name", name).with("order", index as f64);
            record.set("initial", initial.to_value());
            keep_rest(&mut record, rest, &["id", "name", "type", "value"]);
            self.push("variables", id, record, &pointer);
        }
    }

    fn events(&mut self, graph: &Object) {
        let items = self.list(graph, "events", self.pointer);
        self.events = own::ids(items, "event");
        for (index, (id, item)) in self.events.clone().into_iter().zip(items).enumerate() {
            if own::peek(item, "helper").is_some() {
                continue;
            }
            let pointer = format!("{}/events/{index}", self.pointer);
            let mut rest = self.held(json::object(item, &pointer).cloned());
            own::take(&mut rest);
            let mut record = Record::new().with("order", index as f64);
            let name = json::text(&rest, "id", &pointer).map(|it| it.map(str::to_owned));
            if let Some(name) = self.held(name) {
                record.set("name", Value::text(name));
            }
            self.text_if_any(&rest, "name", &pointer);
            let mut kept = Object::new();
            for (socket, item) in self.entries(&rest, "values", &pointer) {
                let pointer = format!("{pointer}/values/{}", escape(socket));
                let Some(mut item) = self.read(json::object(item, &pointer).cloned()) else {
                    continue;
                };
                let own = own::take(&mut item);
                if let Some(initial) = self.literal(&item, own.get("value"), &pointer) {
                    record.set(format!("values.{socket}"), initial.to_value());
                    keep_members(&mut kept, socket, item, &["type", "value"]);
                }
            }
            rest.remove("values");
            if !kept.is_empty() {
                rest.insert("values".into(), kept.into());
            }
            keep_rest(&mut record, rest, &["id"]);
            self.push("events", id, record, &pointer);
        }
    }

    /// A member that is kept as it is, and must be a text.
    fn text_if_any(&mut self, object: &Object, member: &str, pointer: &str) {
        if object.get(member).is_some_and(|member| !member.is_string()) {
            self.notes
                .problem(format!("{pointer}/{member}"), "must be a text");
        }
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
                        let schema = DocumentKind::BLUEPRINT.schema().collection(collection);
                        id.is_valid() && schema.is_some_and(|schema| schema.check(record).is_ok())
                    });
                match record {
                    Some(record) => self.records.push((collection, id, record)),
                    None => self.notes.problem(
                        self.pointer,
                        format!("a broken record of the {collection} was left out"),
                    ),
                }
            }
        }
    }
}

/// The largest field of a record that an event cannot carry; `source` may become an object.
fn too_large(record: &Record) -> Option<String> {
    let weighed = || {
        let fields = record.0.iter().filter(|(field, _)| *field != "source");
        fields.map(|(field, value)| (value.weight(), field))
    };
    let total: usize = weighed().map(|(weight, _)| weight).sum();
    (total > MAX_RECORD).then(|| weighed().max().map(|(_, field)| field.clone()))?
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
