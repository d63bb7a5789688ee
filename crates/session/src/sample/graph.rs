//! The sample's Blueprint.

use wissil_model::kinds::blueprint::{Comment, Node, Variable, Wire, WireKind};
use wissil_model::{Change, Literal, Point, RecordId, Size, Value};

use super::Records;
use super::scene::{LANTERNS, ORB};

/// Column and row of the grid that nodes stand on, in pixels.
const COLUMN: f64 = 250.0;
const ROW: f64 = 100.0;

/// The records of the graph.
pub(super) fn changes() -> Vec<Change> {
    let mut graph = Graph::default();
    greeting(&mut graph);
    floating_orb(&mut graph);
    for lantern in 0..LANTERNS.len() {
        clickable_lantern(&mut graph, lantern);
    }
    graph.records.0
}

fn greeting(graph: &mut Graph) {
    graph.frame("hello", "When the game starts", 0.0, 0.0, 2.0, 1.4);
    graph.node("start", "event/onStart", 0.0, 0.0);
    graph
        .node("greet", "debug/log", 1.0, 0.0)
        .configure("message", Value::text("Click a lantern to light it."));
    graph.flow("start", "out", "greet", "in");
}

fn floating_orb(graph: &mut Graph) {
    graph.frame("float", "The orb floats up and down", 0.0, 2.3, 7.0, 3.1);
    graph.node("tick", "event/onTick", 0.0, 2.3);
    graph
        .node("speed", "math/mul", 1.0, 3.8)
        .label("Speed")
        .value("b", float(2.0));
    graph.node("wave", "math/sin", 2.0, 3.8);
    graph
        .node("swing", "math/mul", 3.0, 3.8)
        .label("Swing")
        .value("b", float(0.25));
    graph
        .node("height", "math/add", 4.0, 3.8)
        .label("Height")
        .value("b", float(2.4));
    graph
        .node("place", "math/combine3", 5.0, 3.8)
        .value("a", float(0.0))
        .value("c", float(0.0));
    graph
        .node("move_orb", "pointer/set", 6.0, 2.3)
        .label("Move the orb")
        .configure("pointer", Value::text(format!("/nodes/{ORB}/translation")))
        .configure("type", Value::text("float3"));
    graph.flow("tick", "out", "move_orb", "in");
    graph.data("tick", "timeSinceStart", "speed", "a");
    graph.data("speed", "value", "wave", "a");
    graph.data("wave", "value", "swing", "a");
    graph.data("swing", "value", "height", "a");
    graph.data("height", "value", "place", "b");
    graph.data("place", "value", "move_orb", "value");
}

fn clickable_lantern(graph: &mut Graph, lantern: usize) {
    let top = 6.3 + 4.3 * lantern as f64;
    let id = |name: &str| format!("{name}_{lantern}");
    let number = lantern + 1;
    let lit = id("lit");
    graph.variable(&lit, &format!("Lantern {number} is lit"), lantern);
    graph.frame(
        &id("light"),
        &format!("Lantern {number} lights when it is clicked"),
        0.0,
        top,
        5.0,
        3.4,
    );
    graph
        .node(&id("click"), "event/onSelect", 0.0, top)
        .extension("KHR_node_selectability")
        .configure("nodeIndex", Value::text(LANTERNS[lantern]));
    graph
        .node(&id("was"), "variable/get", 0.0, top + 2.2)
        .configure("variable", Value::text(&*lit));
    // Above the wire that goes from before it to behind it.
    graph.node(&id("flip"), "math/not", 1.0, top + 1.3);
    graph
        .node(&id("keep"), "variable/set", 2.0, top)
        .configure("variables", Value::text(&*lit));
    graph
        .node(&id("glow"), "math/select", 3.0, top + 1.7)
        .label("Glow or dark")
        .value("a", float3([2.2, 1.3, 0.4]))
        .value("b", float3([0.02, 0.02, 0.03]));
    graph
        .node(&id("shine"), "pointer/set", 4.0, top)
        .label("Shine")
        .configure(
            "pointer",
            // Each lantern is painted with a material of its name.
            Value::text(format!("/materials/{}/emissiveFactor", LANTERNS[lantern])),
        )
        .configure("type", Value::text("float3"));
    graph.flow(&id("click"), "out", &id("keep"), "in");
    graph.flow(&id("keep"), "out", &id("shine"), "in");
    graph.data(&id("was"), "value", &id("flip"), "a");
    graph.data(&id("flip"), "value", &id("keep"), &lit);
    graph.data(&id("was"), "value", &id("glow"), "condition");
    graph.data(&id("glow"), "value", &id("shine"), "value");
}

fn float(number: f64) -> Literal {
    Literal {
        signature: "float".into(),
        value: vec![number.into()],
    }
}

fn float3(numbers: [f64; 3]) -> Literal {
    Literal {
        signature: "float3".into(),
        value: numbers.into_iter().map(Value::from).collect(),
    }
}

#[derive(Default)]
struct Graph {
    records: Records,
    wires: usize,
}

/// A node just added, to be completed.
struct Added<'a>(&'a mut Change);

impl Graph {
    fn node(&mut self, id: &str, op: &str, column: f64, row: f64) -> Added<'_> {
        let node = Node {
            op: op.into(),
            extension: None,
            position: Some(Point {
                x: column * COLUMN,
                y: row * ROW,
            }),
            label: None,
            configuration: Default::default(),
            values: Default::default(),
            inputs: Default::default(),
            outputs: Default::default(),
            function: None,
            order: None,
            source: None,
            source_object: None,
        };
        self.records
            .0
            .push(Change::put("nodes", id, node.to_record()));
        let last = self.records.0.len() - 1;
        Added(&mut self.records.0[last])
    }

    fn flow(&mut self, from: &str, output: &str, to: &str, input: &str) {
        self.wire(WireKind::Flow, from, output, to, input);
    }

    fn data(&mut self, from: &str, output: &str, to: &str, input: &str) {
        self.wire(WireKind::Value, from, output, to, input);
    }

    fn wire(&mut self, kind: WireKind, from: &str, output: &str, to: &str, input: &str) {
        let wire = Wire {
            kind,
            from: RecordId::from(from),
            output: output.into(),
            to: RecordId::from(to),
            input: input.into(),
            route: Vec::new(),
        };
        let id = format!("wire_{}", self.wires);
        self.wires += 1;
        self.records.put("wires", &id, wire.to_record());
    }

    fn variable(&mut self, id: &str, name: &str, order: usize) {
        let variable = Variable {
            name: name.into(),
            initial: Literal {
                signature: "bool".into(),
                value: vec![Value::Bool(false)],
            },
            order: Some(order as f64),
            source: None,
            source_object: None,
        };
        self.records.put("variables", id, variable.to_record());
    }

    /// A comment frame around so many columns and rows.
    fn frame(&mut self, id: &str, text: &str, column: f64, row: f64, columns: f64, rows: f64) {
        let comment = Comment {
            text: text.into(),
            position: Point {
                x: column * COLUMN - 24.0,
                y: row * ROW - 44.0,
            },
            size: Size {
                width: columns * COLUMN + 24.0,
                height: rows * ROW + 24.0,
            },
            color: None,
            function: None,
        };
        let id = format!("frame_{id}");
        self.records.put("comments", &id, comment.to_record());
    }
}

impl Added<'_> {
    fn set(self, field: String, value: Value) -> Self {
        if let wissil_model::Operation::Put { put, .. } = &mut self.0.operation {
            put.set(field, value);
        }
        self
    }

    fn label(self, label: &str) -> Self {
        self.set("label".into(), Value::text(label))
    }

    fn extension(self, extension: &str) -> Self {
        self.set("extension".into(), Value::text(extension))
    }

    fn configure(self, parameter: &str, value: Value) -> Self {
        self.set(
            format!("configuration.{parameter}"),
            Value::List(vec![value]),
        )
    }

    fn value(self, socket: &str, literal: Literal) -> Self {
        use wissil_model::Field;
        self.set(format!("values.{socket}"), literal.to_value())
    }
}
