//! Blueprints as KHR_interactivity, in the form its Specification takes.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde_json::Value as Json;
use wissil_model::kinds::blueprint::{
    CustomEvent, Graph as TypedGraph, GraphProperties, Node, ParameterKind, Variable, Wire,
    WireKind, operation, shapes,
};
use wissil_model::{Literal, Record, RecordError, RecordId, Value};

use crate::error::ExportError;
use crate::graph_import::WHOLE;
use crate::graph_order::{Edge, order};
use crate::graph_tables::Tables;
use crate::json::{self, Object};
use crate::literal::{self, Written};
use crate::moved::Moved;
use crate::wire_id::wire_id;
use crate::{ExportDocument, own};

const EXTENSION: &str = "extensions/KHR_interactivity";

/// Puts the graphs into the root object.
pub(crate) fn export(
    documents: &[&ExportDocument],
    moved: &Moved,
    root: &mut Object,
    notes: &mut Vec<String>,
) -> Result<(), ExportError> {
    if documents.is_empty() {
        json::take(root, EXTENSION);
        return Ok(());
    }
    let mut graphs = documents
        .iter()
        .map(|document| Graph::read(document))
        .collect::<Result<Vec<_>, _>>()?;
    graphs.sort_by(|a, b| a.place().total_cmp(&b.place()));
    let selected = graphs
        .iter()
        .position(|graph| graph.properties.as_ref().is_some_and(|it| it.selected));
    let mut list = Vec::with_capacity(graphs.len());
    for graph in &graphs {
        let export = GraphExport::new(graph, moved, notes);
        list.push(Json::Object(export.run()?));
    }
    json::put(root, &format!("{EXTENSION}/graphs"), list.into());
    if let Some(selected) = selected {
        json::put(root, &format!("{EXTENSION}/graph"), selected.into());
    }
    Ok(())
}

/// A document's records in their typed form, in the order they are written.
struct Graph<'a> {
    document: &'a ExportDocument,
    nodes: Vec<(&'a RecordId, Node)>,
    wires: Vec<(&'a RecordId, Wire)>,
    variables: Vec<(&'a RecordId, Variable)>,
    events: Vec<(&'a RecordId, CustomEvent)>,
    /// Records that travel whole, because glTF has nothing like them.
    whole: BTreeMap<&'static str, Vec<(&'a RecordId, &'a Record)>>,
    properties: Option<GraphProperties>,
}

impl<'a> Graph<'a> {
    fn read(document: &'a ExportDocument) -> Result<Self, ExportError> {
        let mut graph = Self {
            document,
            nodes: Vec::new(),
            wires: Vec::new(),
            variables: Vec::new(),
            events: Vec::new(),
            whole: BTreeMap::new(),
            properties: None,
        };
        for (collection, id, record) in &document.records {
            let broken = |error: RecordError| ExportError::Record {
                document: document.name.clone(),
                record: id.clone(),
                problem: format!("its field `{}` {}", error.field, error.problem),
            };
            match collection.as_str() {
                "nodes" => graph
                    .nodes
                    .push((id, Node::from_record(record).map_err(broken)?)),
                "wires" => graph
                    .wires
                    .push((id, Wire::from_record(record).map_err(broken)?)),
                "variables" => graph
                    .variables
                    .push((id, Variable::from_record(record).map_err(broken)?)),
                "events" => graph
                    .events
                    .push((id, CustomEvent::from_record(record).map_err(broken)?)),
                "properties" => {
                    graph.properties = Some(GraphProperties::from_record(record).map_err(broken)?)
                }
                other => {
                    if let Some(known) = WHOLE.into_iter().find(|known| *known == other) {
                        graph.whole.entry(known).or_default().push((id, record));
                    }
                }
            }
        }
        graph
            .nodes
            .sort_by(|a, b| by_place(a.1.order, b.1.order).then_with(|| a.0.cmp(b.0)));
        graph
            .variables
            .sort_by(|a, b| by_place(a.1.order, b.1.order).then_with(|| a.0.cmp(b.0)));
        graph
            .events
            .sort_by(|a, b| by_place(a.1.order, b.1.order).then_with(|| a.0.cmp(b.0)));
        graph.wires.sort_by(|a, b| a.0.cmp(b.0));
        Ok(graph)
    }

    fn place(&self) -> f64 {
        let order = self
            .properties
            .as_ref()
            .and_then(|properties| properties.order);
        order.unwrap_or(f64::INFINITY)
    }
}

fn by_place(a: Option<f64>, b: Option<f64>) -> std::cmp::Ordering {
    a.unwrap_or(f64::INFINITY)
        .total_cmp(&b.unwrap_or(f64::INFINITY))
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
    moved: &'a Moved,
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
    fn new(graph: &'a Graph<'a>, moved: &'a Moved, notes: &'a mut Vec<String>) -> Self {
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
            moved,
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
        self.draft_defaults();
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
                own.insert("name".into(), variable.name.as_str().into());
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

    /// A typed value where no node can compute it.
    fn put_literal(&mut self, json: &mut Object, own: &mut Object, initial: &Literal, what: &str) {
        json.insert(
            "type".into(),
            self.tables.type_of(&initial.signature).into(),
        );
        match literal::write(initial) {
            Written::Default => {}
            Written::Inline(components) => {
                let components = self.moved_references(&initial.signature, components);
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

    fn moved_references(&self, signature: &str, components: Vec<Json>) -> Vec<Json> {
        if signature != "ref" {
            return components;
        }
        let moved = |pointer: Json| match pointer
            .as_str()
            .and_then(|pointer| self.moved.pointer(pointer))
        {
            Some(moved) => moved.into(),
            None => pointer,
        };
        components.into_iter().map(moved).collect()
    }

    fn draft_nodes(&mut self) {
        for (id, node) in &self.graph.nodes {
            match self.configuration(node) {
                Ok(configuration) => {
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

    /// The configuration with places where records have ids. The error is the rest of a sentence.
    fn configuration(&mut self, node: &Node) -> Result<Object, String> {
        let mut kept = inner(&mut source(node.source.as_ref()), "configuration");
        let known = operation(&node.op);
        let mut configuration = Object::new();
        for (parameter, value) in &node.configuration {
            let kind = known
                .and_then(|op| op.parameter(parameter))
                .map(|parameter| parameter.kind);
            let items = match value {
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
                    Some(ParameterKind::SceneNode) => match json::whole(&Json::from(item))
                        .and_then(|before| self.moved.node(usize::try_from(before).ok()?))
                    {
                        Some(now) => now.into(),
                        None => item.into(),
                    },
                    Some(ParameterKind::Pointer) => {
                        match item.as_text().and_then(|it| self.moved.pointer(it)) {
                            Some(moved) => moved.into(),
                            None => item.into(),
                        }
                    }
                    _ => item.into(),
                });
            }
            if !list.is_empty() {
                let mut json = inner(&mut kept, parameter);
                json.insert("value".into(), list.into());
                configuration.insert(parameter.clone(), json.into());
            }
        }
        Ok(configuration)
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

    fn draft_wires(&mut self) {
        let graph = self.graph;
        let nodes: HashMap<&str, &Node> = graph
            .nodes
            .iter()
            .map(|(id, node)| (id.as_str(), node))
            .collect();
        for (id, wire) in &graph.wires {
            let ends = (
                self.places.get(wire.from.as_str()),
                self.places.get(wire.to.as_str()),
            );
            let (Some(&from), Some(&to)) = ends else {
                self.notes.push(format!(
                    "the wire `{id}` was left out, because a node it joins is gone"
                ));
                continue;
            };
            let Some(target) = nodes.get(wire.to.as_str()) else {
                continue;
            };
            let (holder, socket, member) = match wire.kind {
                WireKind::Flow => (from, wire.output.clone(), "flows"),
                WireKind::Value => (to, wire.input.clone(), "values"),
            };
            let held_by = match wire.kind {
                WireKind::Flow => wire.from.as_str(),
                WireKind::Value => wire.to.as_str(),
            };
            let node_source = nodes.get(held_by).and_then(|node| node.source.as_ref());
            let mut members = inner_of(&inner(&mut source(node_source), member), &socket);
            let name = match wire.kind {
                WireKind::Flow => "flow",
                WireKind::Value => "value",
            };
            let rank = self.drafts.get(holder).map_or(0, |draft| draft.rank);
            let mut own = usual_id(id, wire_id(name, rank, &socket).as_str());
            if !wire.route.is_empty() {
                let route = wire
                    .route
                    .iter()
                    .map(|point| serde_json::json!({ "x": point.x, "y": point.y }));
                own.insert("route".into(), route.collect());
            }
            if wire.kind == WireKind::Value
                && let Some(typed) = target.values.get(&wire.input)
            {
                own.insert(
                    "typed".into(),
                    Json::from(&wissil_model::Field::to_value(typed)),
                );
            }
            self.put_own(&mut members, own, id.as_str());
            let file_socket = match wire.kind {
                WireKind::Flow => socket,
                WireKind::Value => self.input_name(target, &socket),
            };
            let Some(draft) = self.drafts.get_mut(holder) else {
                continue;
            };
            let doubled = match wire.kind {
                WireKind::Flow if draft.flows.contains_key(&file_socket) => true,
                WireKind::Value if draft.values.contains_key(&file_socket) => true,
                WireKind::Flow => {
                    let target = Target {
                        node: to,
                        input: wire.input.clone(),
                        members,
                    };
                    draft.flows.insert(file_socket, target);
                    false
                }
                WireKind::Value => {
                    let input = Input::From {
                        node: from,
                        output: wire.output.clone(),
                        members,
                    };
                    draft.values.insert(file_socket, input);
                    false
                }
            };
            if doubled {
                self.notes.push(format!(
                    "the wire `{id}` was left out, because another one is at the same socket"
                ));
            }
        }
    }

    fn draft_literals(&mut self) {
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
    fn draft_defaults(&mut self) {
        let mut typed = TypedGraph::default();
        for (collection, id, record) in &self.graph.document.records {
            // What cannot be read was refused before.
            let _ = typed.set(collection, id, Some(record));
        }
        let graph = self.graph;
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
    }

    fn typed(
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
        match literal::write(literal) {
            Written::Default => {}
            Written::Inline(components) => {
                let components = self.moved_references(&literal.signature, components);
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
    fn computed(&mut self, signature: &str, numbers: &[f64], rank: usize) -> (usize, String) {
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

    fn infinity(&mut self, negative: bool, rank: usize) -> usize {
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

    fn helper(&mut self, op: &str, rank: usize, values: BTreeMap<String, Input>) -> usize {
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

    fn edges(&self) -> (Vec<Edge>, Vec<Option<String>>) {
        let mut edges = Vec::new();
        let mut sockets = Vec::new();
        for (at, draft) in self.drafts.iter().enumerate() {
            for input in draft.values.values() {
                if let Input::From { node, .. } = input {
                    edges.push(Edge {
                        from: *node,
                        to: at,
                        flow: false,
                    });
                    sockets.push(None);
                }
            }
            for (socket, target) in &draft.flows {
                edges.push(Edge {
                    from: at,
                    to: target.node,
                    flow: true,
                });
                sockets.push(Some(socket.clone()));
            }
        }
        (edges, sockets)
    }

    fn sorted(&self, edges: &[Edge]) -> Result<crate::graph_order::Order, ExportError> {
        let rank = |at: usize| self.drafts.get(at).map_or(usize::MAX, |draft| draft.rank);
        order(self.drafts.len(), rank, edges).map_err(|circle| ExportError::ValueCycle {
            document: self.graph.document.name.clone(),
            nodes: circle
                .iter()
                .filter_map(|at| self.places.iter().find(|(_, place)| *place == at))
                .map(|(id, _)| RecordId::from(*id))
                .collect(),
        })
    }

    /// Flows may not lead back (Specification, *Output Flow Socket Pointers*); custom events are its way to loop.
    fn draft_loops(&mut self, events: &mut Vec<Json>) -> Result<(), ExportError> {
        let (edges, sockets) = self.edges();
        for at in self.sorted(&edges)?.loops {
            let (Some(edge), Some(Some(socket))) = (edges.get(at).copied(), sockets.get(at)) else {
                continue;
            };
            let (from, to) = (edge.from, edge.to);
            let rank_of = |at: usize| self.drafts.get(at).map_or(0, |draft| draft.rank);
            let (from_rank, to_rank) = (rank_of(from), rank_of(to));
            let event = events.len();
            events.push(serde_json::json!({ "extras": { "wissil": { "helper": true } } }));
            self.loop_events += 1;
            let configuration =
                Object::from_iter([("event".to_owned(), serde_json::json!({ "value": [event] }))]);
            let send = self.helper("event/send", from_rank, BTreeMap::new());
            let receive = self.helper("event/receive", to_rank, BTreeMap::new());
            for helper in [send, receive] {
                if let Some(draft) = self.drafts.get_mut(helper) {
                    draft.configuration = configuration.clone();
                }
            }
            let Some(target) = self
                .drafts
                .get_mut(from)
                .and_then(|draft| draft.flows.get_mut(socket))
            else {
                continue;
            };
            target.node = send;
            let input = std::mem::replace(&mut target.input, "in".into());
            if let Some(draft) = self.drafts.get_mut(receive) {
                let target = Target {
                    node: to,
                    input,
                    members: Object::new(),
                };
                draft.flows.insert("out".into(), target);
            }
        }
        if self.loop_events > 0 {
            self.notes.push(format!(
                "`{}`: {} flows lead back to where they came from, which glTF forbids; custom events carry them",
                self.graph.document.name, self.loop_events
            ));
        }
        Ok(())
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
