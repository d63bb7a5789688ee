//! The Blueprint editor as tests use it.

use std::collections::BTreeMap;

use serde_json::json;
use wissil_tests::wait::{PATIENCE, until};
use wissil_tests::{Point, Window};

/// The canvas on screen.
pub struct Blueprint<'a> {
    window: &'a Window,
}

/// A node as it is shown: its name, and its place on the canvas in whole pixels.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// What it is called.
    pub name: String,
    /// From the canvas's origin to the right.
    pub x: i64,
    /// From the canvas's origin down.
    pub y: i64,
}

impl<'a> Blueprint<'a> {
    /// The one that is open; waits until it is.
    #[track_caller]
    pub fn open(window: &'a Window) -> Self {
        window.find_like("application", "Blueprint");
        Blueprint { window }
    }

    /// The nodes on screen by id.
    #[track_caller]
    pub fn nodes(&self) -> BTreeMap<String, Node> {
        let script = "return [...document.querySelectorAll('.react-flow__node')].map((outer) => {
            const { e, f } = new DOMMatrix(outer.style.transform);
            const node = outer.querySelector('[data-node]');
            return node && [node.dataset.node, node.querySelector('.bp-node-title')?.textContent ?? '', e, f];
        }).filter(Boolean)";
        let nodes = self.window.run(script, &[]);
        let whole = |value: &serde_json::Value| value.as_f64().unwrap_or_default().round() as i64;
        nodes
            .as_array()
            .unwrap()
            .iter()
            .map(|node| {
                let text = |index: usize| node[index].as_str().unwrap().to_owned();
                let shown = Node {
                    name: text(1),
                    x: whole(&node[2]),
                    y: whole(&node[3]),
                };
                (text(0), shown)
            })
            .collect()
    }

    /// How many wires are on screen.
    #[track_caller]
    pub fn wires(&self) -> u64 {
        let script = "return document.querySelectorAll('.bp-wire').length";
        self.window.run(script, &[]).as_u64().unwrap()
    }

    /// Waits until there are so many nodes and wires.
    #[track_caller]
    pub fn wait_for(&self, nodes: usize, wires: u64) {
        until(
            &format!("{nodes} nodes and {wires} wires"),
            PATIENCE,
            || (self.nodes().len() == nodes && self.wires() == wires).then_some(()),
            || format!("there are {:?} and {} wires", self.nodes(), self.wires()),
        );
    }

    /// The id of the node with that name.
    #[track_caller]
    pub fn node(&self, name: &str) -> String {
        until(
            &format!("a node called {name}"),
            PATIENCE,
            || self.nodes().into_iter().find(|(_, node)| node.name == name),
            || format!("there are {:?}", self.nodes()),
        )
        .0
    }

    /// Puts a node at a free place of the canvas, through the palette.
    #[track_caller]
    pub fn add(&self, at: Point, words: &str) {
        self.window.click_at(at, 0);
        self.window.press("Tab");
        self.choose(words);
    }

    /// Finds an entry in the open palette and takes it.
    #[track_caller]
    pub fn choose(&self, words: &str) {
        self.window.find("combobox", "Add a node");
        self.window.type_text(words);
        self.window.find_like("option", words);
        self.window.press("Enter");
        self.window.wait_until_gone("combobox", "Add a node");
    }

    /// The middle of a node's header.
    #[track_caller]
    pub fn header(&self, node: &str) -> Point {
        let header = self
            .window
            .select(&format!("[data-node='{node}'] .bp-node-header"));
        self.window.middle(&header)
    }

    /// The middle of a pin, by what its tip says first.
    #[track_caller]
    pub fn pin(&self, node: &str, side: &str, tip: &str) -> Point {
        let script = "const [node, side, tip] = arguments;
            const pins = [...document.querySelectorAll(`[data-node='${node}'] .bp-pin[data-side='${side}']`)];
            const pin = pins.find((each) => each.textContent.includes(tip));
            const box = pin?.getBoundingClientRect();
            return box ? [box.x + box.width / 2, box.y + box.height / 2] : pins.map((each) => each.textContent);";
        let at = self
            .window
            .run(script, &[json!(node), json!(side), json!(tip)]);
        match (at[0].as_f64(), at[1].as_f64()) {
            (Some(x), Some(y)) => Point { x, y },
            _ => panic!("no {side} pin says `{tip}`; there are {at}"),
        }
    }

    /// A place on the canvas, so far from its upper left corner.
    #[track_caller]
    pub fn place(&self, x: f64, y: f64) -> Point {
        let script = "const box = document.querySelector('.bp-canvas').getBoundingClientRect();
            return [box.x, box.y]";
        let corner = self.window.run(script, &[]);
        Point {
            x: corner[0].as_f64().unwrap() + x,
            y: corner[1].as_f64().unwrap() + y,
        }
    }
}
