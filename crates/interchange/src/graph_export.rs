//! Blueprints as KHR_interactivity, in the form its Specification takes.

mod inputs;
mod records;
mod wires;

use std::collections::{BTreeMap, HashMap, HashSet};

use serde_json::Value as Json;
use wissil_model::kinds::blueprint::{Node, ParameterKind, operation, rename_in_field};
use wissil_model::kinds::scene::Named;
use wissil_model::{Record, RecordId, Value};

use self::records::Graph;
use crate::error::ExportError;
use crate::graph_tables::Tables;
use crate::json::{self, Object};
use crate::references::{FilePlaces, Place};
use crate::{ExportDocument, own};

const EXTENSION: &str = "extensions/KHR_interactivity";

/// Puts the graphs into the root object. `as_they_came` has, by document, what is written in its place.
pub(crate) fn export(
    documents: &[ExportDocument],
    as_they_came: &[Option<Json>],
    places: &FilePlaces,
    root: &mut Object,
    notes: &mut Vec<String>,
) -> Result<(), ExportError> {
    if documents.is_empty() {
        let kept = json::take(root, EXTENSION);
        // What import could not read as graphs goes back as it came.
        if let Some(kept) = kept.filter(|kept| kept.get("graphs").is_some() || !kept.is_object()) {
            json::put(root, EXTENSION, kept);
        }
        return Ok(());
    }
    let mut graphs = documents
        .iter()
        .zip(as_they_came)
        .map(|(document, as_it_came)| Ok((Graph::read(document)?, as_it_came)))
        .collect::<Result<Vec<_>, ExportError>>()?;
    graphs.sort_by(|(a, _), (b, _)| a.place().total_cmp(&b.place()));
    let selected = graphs
        .iter()
        .position(|(graph, _)| graph.properties.as_ref().is_some_and(|it| it.selected));
    let mut list = Vec::with_capacity(graphs.len());
    for (graph, as_it_came) in &graphs {
        list.push(match as_it_came {
            Some(as_it_came) => as_it_came.clone(),
            None => GraphExport::new(graph, places, notes).run()?.into(),
        });
    }
    json::put(root, &format!("{EXTENSION}/graphs"), list.into());
    if let Some(selected) = selected {
        json::put(root, &format!("{EXTENSION}/graph"), selected.into());
    }
    Ok(())
}

/// A node on its way out. Places are those in the list of drafts.
struct Draft {
    /// Where it would like to stand.
    rank: usize,
    declaration: usize,
    /// Members that stand as they are.
    members: Object,
    configuration: Object,
    values: BTreeMap<String, Input>,
    flows: BTreeMap<String, Target>,
    own: Object,
    helper: bool,
}

/// What a value input gets its value from.
enum Input {
    /// An object that stands as it is.
    Typed(Object),
    /// Another node's output.
    From {
        node: usize,
        output: String,
        members: Object,
    },
}

/// Where a flow goes.
struct Target {
    node: usize,
    input: String,
    members: Object,
}

struct GraphExport<'a> {
    graph: &'a Graph<'a>,
    /// Where the records of the scene stand.
    scene: &'a FilePlaces,
    notes: &'a mut Vec<String>,
    tables: Tables,
    variables: HashMap<&'a str, usize>,
    events: HashMap<&'a str, usize>,
    drafts: Vec<Draft>,
    /// By record id.
    places: HashMap<&'a str, usize>,
    /// The helpers that give infinity and its negative.
    infinities: [Option<usize>; 2],
    /// How many events were added for loops.
    loop_events: usize,
}

impl<'a> GraphExport<'a> {
    fn new(graph: &'a Graph<'a>, scene: &'a FilePlaces, notes: &'a mut Vec<String>) -> Self {
        let source = graph
            .properties
            .as_ref()
            .and_then(|properties| properties.source.as_ref());
        let places = |ids: Vec<&'a RecordId>| {
            ids.into_iter()
                .enumerate()
                .map(|(at, id)| (id.as_str(), at))
                .collect()
        };
        Self {
            graph,
            scene,
            notes,
            tables: Tables::new(source.and_then(|source| source.get("types"))),
            variables: places(graph.variables.iter().map(|(id, _)| *id).collect()),
            events: places(graph.events.iter().map(|(id, _)| *id).collect()),
            drafts: Vec::new(),
            places: HashMap::new(),
            infinities: [None, None],
            loop_events: 0,
        }
    }

    fn run(mut self) -> Result<Object, ExportError> {
        let name = self.graph.document.name.clone();
        let variables = self.variable_list();
        let mut events = self.event_list();
        self.draft_nodes();
        self.draft_wires();
        self.draft_literals();
        self.draft_defaults()?;
        self.draft_loops(&mut events)?;
        let nodes = self.node_list()?;

        let source = self
            .graph
            .properties
            .as_ref()
            .and_then(|it| it.source.as_ref());
        let mut record = Record::new();
        record.set("source", source.cloned().unwrap_or_default());
        let mut json = json::kept(&record);
        json.remove("types");
        let unnamed = matches!(json.get("name"), Some(Json::Null));
        let shown = self
            .graph
            .properties
            .as_ref()
            .and_then(|properties| properties.name.as_ref());
        json.remove("name");
        if !unnamed || shown != Some(&name) {
            json.insert("name".into(), name.clone().into());
        }
        let (types, declarations) = self.tables.into_lists();
        for (member, list) in [
            ("types", types),
            ("variables", variables),
            ("events", events),
            ("declarations", declarations),
            ("nodes", nodes),
        ] {
            if !list.is_empty() {
                json.insert(member.into(), list.into());
            }
        }
        let mut own = Object::new();
        for (collection, records) in &self.graph.whole {
            let records: Object = records
                .iter()
                .map(|(id, record)| Ok((id.as_str().to_owned(), serde_json::to_value(record)?)))
                .collect::<Result<_, serde_json::Error>>()?;
            own.insert((*collection).to_owned(), records.into());
        }
        if !own::put(&mut json, own) {
            self.notes.push(format!(
                "`{name}`: its extras leave no room for its comments"
            ));
        }
        Ok(json)
    }

    fn variable_list(&mut self) -> Vec<Json> {
        let mut list = Vec::new();
        for (index, (id, variable)) in self.graph.variables.iter().enumerate() {
            let mut json = source(variable.source.as_ref());
            let mut own = usual_id(id, &format!("variable_{index}"));
            if variable.name != format!("Variable {index}") {
                json.insert("name".into(), variable.name.as_str().into());
            }
            let what = format!("the variable `{}`", variable.name);
            self.put_literal(&mut json, &mut own, &variable.initial, &what);
            self.put_own(&mut json, own, id.as_str());
            list.push(json.into());
        }
        list
    }

    fn event_list(&mut self) -> Vec<Json> {
        let mut list = Vec::new();
        let mut names = HashSet::new();
        for (index, (id, event)) in self.graph.events.iter().enumerate() {
            let mut json = source(event.source.as_ref());
            let kept = inner(&mut json, "values");
            if let Some(name) = &event.name {
                if names.insert(name.clone()) {
                    json.insert("id".into(), name.as_str().into());
                } else {
                    self.notes.push(format!(
                        "the event `{id}` lost its name, because another one is called `{name}` too"
                    ));
                }
            }
            let mut values = Object::new();
            for (socket, initial) in &event.values {
                let mut value = inner_of(&kept, socket);
                let mut own = Object::new();
                let what = format!("the value `{socket}` of the event `{id}`");
                self.put_literal(&mut value, &mut own, initial, &what);
                self.put_own(&mut value, own, id.as_str());
                values.insert(socket.clone(), value.into());
            }
            if !values.is_empty() {
                json.insert("values".into(), values.into());
            }
            self.put_own(
                &mut json,
                usual_id(id, &format!("event_{index}")),
                id.as_str(),
            );
            list.push(json.into());
        }
        list
    }

    fn draft_nodes(&mut self) {
        for (id, node) in &self.graph.nodes {
            match self.configuration(id, node) {
                Ok((configuration, gone)) => {
                    let rank = self.drafts.len();
                    let mut members = source(node.source.as_ref());
                    let declared = inner(&mut members, "declaration");
                    for consumed in ["configuration", "values", "flows"] {
                        members.remove(consumed);
                    }
                    let declaration = self.tables.declaration(node, declared);
                    let mut own = usual_id(id, &format!("node_{rank}"));
                    if let Some(label) = &node.label {
                        own.insert("label".into(), label.as_str().into());
                    }
                    if let Some(position) = &node.position {
                        let position = serde_json::json!({ "x": position.x, "y": position.y });
                        own.insert("position".into(), position);
                    }
                    if !gone.is_empty() {
                        own.insert("configuration".into(), gone.into());
                    }
                    if let Some(function) = &node.function {
                        own.insert("function".into(), function.as_str().into());
                    }
                    self.places.insert(id.as_str(), rank);
                    self.drafts.push(Draft {
                        rank,
                        declaration,
                        members,
                        configuration,
                        values: BTreeMap::new(),
                        flows: BTreeMap::new(),
                        own,
                        helper: false,
                    });
                }
                Err(problem) => self.notes.push(format!(
                    "the node `{id}` ({}) was left out, because {problem} and players would refuse the whole graph",
                    node.op
                )),
            }
        }
    }

    /// The configuration with places where records have ids; and what of it names records of the scene that are gone, as
    /// it stands in the document. The error is the rest of a sentence.
    fn configuration(&mut self, id: &RecordId, node: &Node) -> Result<(Object, Object), String> {
        let mut kept = inner(&mut source(node.source.as_ref()), "configuration");
        let known = operation(&node.op);
        let mut configuration = Object::new();
        let mut all_gone = Object::new();
        for (parameter, value) in &node.configuration {
            let kind = known
                .and_then(|op| op.parameter(parameter))
                .map(|parameter| parameter.kind);
            let named = value;
            let (value, gone) =
                self.in_file(&node.op, &format!("configuration.{parameter}"), named);
            if gone {
                let is_left_out = kind == Some(ParameterKind::SceneNode);
                if is_left_out || value != *named {
                    all_gone.insert(parameter.clone(), named.into());
                }
                self.notes.push(format!(
                    "the node `{id}` ({}) refers to what is gone from the scene, and does nothing",
                    node.op
                ));
                if is_left_out {
                    // Without one it never runs (KHR_node_selectability, KHR_node_hoverability).
                    continue;
                }
            }
            let items = match &value {
                Value::List(items) => items.as_slice(),
                single => std::slice::from_ref(single),
            };
            let place = |places: &HashMap<&str, usize>, what: &str, item: &Value| {
                let found = item.as_text().and_then(|id| places.get(id));
                found
                    .map(|place| Json::from(*place))
                    .ok_or_else(|| format!("its {what} is gone"))
            };
            let mut list = Vec::with_capacity(items.len());
            for item in items {
                list.push(match kind {
                    Some(ParameterKind::Variable | ParameterKind::VariableList) => {
                        place(&self.variables, "variable", item)?
                    }
                    Some(ParameterKind::Event) => place(&self.events, "event", item)?,
                    Some(ParameterKind::TypeSignature) => match item.as_text() {
                        Some(signature) => self.tables.type_of(signature).into(),
                        None => return Err(format!("its `{parameter}` is no type")),
                    },
                    _ => json::back(item),
                });
            }
            if !list.is_empty() {
                let mut json = inner(&mut kept, parameter);
                json.insert("value".into(), list.into());
                configuration.insert(parameter.clone(), json.into());
            }
        }
        // Absent it means false here, and players refuse a graph without it.
        if node.op == "variable/interpolate" {
            let no = serde_json::json!({ "value": [false] });
            configuration.entry("useSlerp").or_insert(no);
        }
        Ok((configuration, all_gone))
    }

    /// A field's value with places of the file where it names records of the scene, and whether one of them is gone.
    fn in_file(&self, op: &str, field: &str, value: &Value) -> (Value, bool) {
        let (mut value, mut gone) = (value.clone(), false);
        rename_in_field(op, field, &mut value, &mut |target| {
            let place = self.scene.of(target);
            gone |= matches!(place, Place::Gone(_));
            Some(Named::Place(place.number()))
        });
        (value, gone)
    }

    /// The name of an input socket in the file: sockets of variables are named by their place there.
    fn input_name(&self, node: &Node, socket: &str) -> String {
        let by_variable = operation(&node.op).is_some_and(|op| {
            op.configuration
                .iter()
                .any(|it| it.kind == ParameterKind::VariableList)
        });
        match self.variables.get(socket) {
            Some(place) if by_variable => place.to_string(),
            _ => socket.to_owned(),
        }
    }

    fn node_list(&mut self) -> Result<Vec<Json>, ExportError> {
        let (edges, _) = self.edges();
        let order = self.sorted(&edges)?;
        let mut places = vec![0; self.drafts.len()];
        for (now, at) in order.nodes.iter().enumerate() {
            if let Some(place) = places.get_mut(*at) {
                *place = now;
            }
        }
        let place = |at: usize| Json::from(places.get(at).copied().unwrap_or_default());
        let mut slots: Vec<Option<Draft>> = std::mem::take(&mut self.drafts)
            .into_iter()
            .map(Some)
            .collect();
        let mut list = Vec::with_capacity(slots.len());
        let mut usual_rank = 0;
        for at in order.nodes {
            let Some(mut draft) = slots.get_mut(at).and_then(Option::take) else {
                continue;
            };
            if !draft.helper {
                if draft.rank != usual_rank {
                    draft.own.insert("order".into(), draft.rank.into());
                }
                usual_rank += 1;
            }
            let mut json = draft.members;
            json.insert("declaration".into(), draft.declaration.into());
            let values: Object = draft
                .values
                .into_iter()
                .map(|(socket, input)| match input {
                    Input::Typed(members) => (socket, members.into()),
                    Input::From {
                        node,
                        output,
                        mut members,
                    } => {
                        members.insert("node".into(), place(node));
                        members.insert("socket".into(), output.into());
                        (socket, members.into())
                    }
                })
                .collect();
            let flows: Object = draft
                .flows
                .into_iter()
                .map(
                    |(
                        socket,
                        Target {
                            node,
                            input,
                            mut members,
                        },
                    )| {
                        members.insert("node".into(), place(node));
                        members.insert("socket".into(), input.into());
                        (socket, members.into())
                    },
                )
                .collect();
            for (member, object) in [
                ("configuration", draft.configuration),
                ("values", values),
                ("flows", flows),
            ] {
                if !object.is_empty() {
                    json.insert(member.into(), object.into());
                }
            }
            self.put_own(&mut json, draft.own, &format!("node {}", list.len()));
            list.push(json.into());
        }
        Ok(list)
    }

    fn put_own(&mut self, json: &mut Object, own: Object, what: &str) {
        if !own::put(json, own) {
            self.notes
                .push(format!("`{what}`: its extras leave no room for its id, so importing the file gives another one"));
        }
    }
}

fn source(source: Option<&Value>) -> Object {
    let mut record = Record::new();
    record.set("source", source.cloned().unwrap_or_default());
    json::kept(&record)
}

/// Takes an inner object out; empty when there is none.
fn inner(object: &mut Object, member: &str) -> Object {
    match object.remove(member) {
        Some(Json::Object(inner)) => inner,
        _ => Object::new(),
    }
}

fn inner_of(object: &Object, member: &str) -> Object {
    object
        .get(member)
        .and_then(Json::as_object)
        .cloned()
        .unwrap_or_default()
}

fn usual_id(id: &RecordId, usual: &str) -> Object {
    if id.as_str() == usual {
        Object::new()
    } else {
        Object::from_iter([("id".to_owned(), id.as_str().into())])
    }
}
