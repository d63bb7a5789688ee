//! What large graphs cost in the real window: opening, panning, dragging, beside a graph of 81 nodes in the same run.
//!
//! `cargo xtask bench` runs it with the app built in release. The screen is drawn in software here, so ratios are what
//! to look at.
#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};

use serde_json::{Value as Json, json};
use wissil_session::{App, Change, Record, Session, Value};
use wissil_tests::{Home, Window};

/// Frames of one pan.
const FRAMES: u32 = 90;

struct Graph {
    name: &'static str,
    path: PathBuf,
}

#[derive(Clone, Copy)]
struct Figures {
    open: f64,
    pan_p50: f64,
    pan_p95: f64,
}

fn main() {
    let home = Home::new();
    let app = App::new(home.installation()).unwrap();
    let mut graphs = vec![
        generated(&app, &home, "81 nodes", 81),
        generated(&app, &home, "5,000 nodes", 5000),
    ];
    if let Some(flocking) = flocking() {
        let path = home.projects().join("Flocking");
        drop(app.import(&flocking, &path).unwrap());
        graphs.push(Graph {
            name: "Flocking (1,708 nodes)",
            path,
        });
    }
    let measured: Vec<Figures> = graphs
        .iter()
        .map(|graph| measure(&home, &graph.path))
        .collect();
    let first = measured[0];
    println!(
        "{:<26} {:>10} {:>10} {:>10} {:>12}",
        "graph in the window", "open", "pan p50", "pan p95", "p50 ratio"
    );
    for (graph, figures) in graphs.iter().zip(&measured) {
        println!(
            "{:<26} {:>7.0} ms {:>7.1} ms {:>7.1} ms {:>12.2}",
            graph.name,
            figures.open,
            figures.pan_p50,
            figures.pan_p95,
            figures.pan_p50 / first.pan_p50
        );
    }
    println!("goals: open <= 1500 ms, pan <= 1.2x that of 81 nodes");
}

fn flocking() -> Option<PathBuf> {
    let data = std::env::var_os("WISSIL_CONFORMANCE_DIR").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data"),
        PathBuf::from,
    );
    let file = data.join("khr_interactivity/models/Flocking.glb");
    file.is_file().then_some(file)
}

/// A grid of nodes, each wired to the one before.
fn generated(app: &App, home: &Home, name: &'static str, count: usize) -> Graph {
    let path = home.projects().join(format!("generated-{count}"));
    let session = app.create(name, &path).unwrap();
    let graph = blueprint(&session);
    let columns = (count as f64).sqrt().ceil() as usize;
    let mut changes = Vec::new();
    for n in 0..count {
        let place = |step: f64, at: usize| Value::from(step * at as f64);
        let position = Value::Map(
            [
                ("x".to_owned(), place(260.0, n % columns)),
                ("y".to_owned(), place(150.0, n / columns)),
            ]
            .into(),
        );
        let node = Record::new()
            .with("op", "math/add")
            .with("position", position);
        changes.push(Change::put("nodes", format!("n{n}"), node));
        if n > 0 {
            let wire = Record::new()
                .with("kind", "value")
                .with("from", format!("n{}", n - 1))
                .with("output", "value")
                .with("to", format!("n{n}"))
                .with("input", "a");
            changes.push(Change::put("wires", format!("w{n}"), wire));
        }
    }
    session.edit(&graph, "graph.paste", changes).unwrap();
    Graph { name, path }
}

fn blueprint(session: &Session) -> String {
    let documents = session.info().unwrap().documents;
    documents
        .into_iter()
        .find(|d| d.kind == "blueprint")
        .unwrap()
        .id
}

/// Opens the project from the start screen and pans its graph; times are the page's own.
fn measure(home: &Home, project: &Path) -> Figures {
    let window = Window::start(home, None);
    window.find("button", "Open the sample");
    window.run(
        r"
        const button = [...document.querySelectorAll('button')]
          .find((button) => button.textContent.includes(arguments[0]));
        const begin = performance.now();
        button.click();
        const look = () => {
          if (document.querySelector('.react-flow__node')) window.benchOpen = performance.now() - begin;
          else requestAnimationFrame(look);
        };
        requestAnimationFrame(look);
        ",
        &[json!(project.to_string_lossy())],
    );
    window.wait("the graph", "return window.benchOpen !== undefined");
    let open = number(&window.run("return window.benchOpen", &[]));
    window.run(
        r"
        const canvas = document.querySelector('.bp-canvas');
        const box = canvas.getBoundingClientRect();
        const frames = [];
        let before = performance.now();
        const pan = () => {
          const now = performance.now();
          frames.push(now - before);
          before = now;
          if (frames.length > arguments[0]) { window.benchPan = frames.slice(1); return; }
          const step = frames.length % 40 < 20 ? 24 : -24;
          const target = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2) ?? canvas;
          target.dispatchEvent(new WheelEvent('wheel', {
            bubbles: true, cancelable: true, deltaX: step, deltaY: step,
            clientX: box.x + box.width / 2, clientY: box.y + box.height / 2,
          }));
          requestAnimationFrame(pan);
        };
        requestAnimationFrame(pan);
        ",
        &[json!(FRAMES)],
    );
    window.wait("the pan", "return window.benchPan !== undefined");
    let frames = window.run("return window.benchPan", &[]);
    let mut frames: Vec<f64> = frames.as_array().unwrap().iter().map(number).collect();
    frames.sort_by(f64::total_cmp);
    window.close();
    Figures {
        open,
        pan_p50: frames[frames.len() / 2],
        pan_p95: frames[frames.len() * 95 / 100],
    }
}

fn number(value: &Json) -> f64 {
    value.as_f64().unwrap()
}
