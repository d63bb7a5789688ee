//! Make a project, edit its graph, close, open again: it is the same.

use serde_json::json;
use wissil_session::App;
use wissil_tests::wait::{PATIENCE, until};
use wissil_tests::{Home, Window};

use crate::blueprint::Blueprint;

#[test]
fn a_graph_is_edited_closed_and_opened_again() {
    let home = Home::new();
    let window = Window::start(&home, None);
    window.click("button", "New project…");
    window.fill("textbox", "Name", "First steps");
    window.click("button", "Create project");

    let graph = Blueprint::open(&window);
    window.click("button", "Add a first node");
    graph.choose("on start");
    graph.wait_for(1, 0);
    graph.add(graph.place(560.0, 120.0), "log");
    graph.wait_for(2, 0);
    let (start, log) = (graph.node("On start"), graph.node("Log"));

    // Wire by dragging from pin to pin.
    window.drag(
        graph.pin(&start, "output", ", flow,"),
        graph.pin(&log, "input", ", flow,"),
    );
    graph.wait_for(2, 1);

    // Move by dragging the header.
    let before = graph.nodes()[&log].clone();
    let header = graph.header(&log);
    window.drag(header, header.plus(96.0, 72.0));
    until(
        "the node to move",
        PATIENCE,
        || {
            let now = graph.nodes()[&log].clone();
            (now.x > before.x && now.y > before.y).then_some(())
        },
        || {
            format!(
                "it stands at {:?}, where it was {before:?}",
                graph.nodes()[&log]
            )
        },
    );

    // Delete takes the wire along; undo brings both back, redo takes them again.
    window.click_at(graph.header(&log), 0);
    window.press("Delete");
    graph.wait_for(1, 0);
    window.press("Control+z");
    graph.wait_for(2, 1);
    window.press("Control+Shift+z");
    graph.wait_for(1, 0);
    window.press("Control+z");
    graph.wait_for(2, 1);

    window.wait_for_text("all saved");
    let shown = graph.nodes();
    window.picture("journey-before").unwrap();
    window.close();

    let project = home.projects().join("First steps");
    let window = Window::start(&home, Some(&project));
    let graph = Blueprint::open(&window);
    graph.wait_for(2, 1);
    assert_eq!(graph.nodes(), shown);

    // What was undone before closing can be redone after it.
    window.click_at(graph.place(300.0, 500.0), 0);
    window.press("Control+Shift+z");
    graph.wait_for(1, 0);
    window.press("Control+z");
    graph.wait_for(2, 1);
    window.picture("journey-after").unwrap();
    window.close();

    let session = App::new(home.installation())
        .unwrap()
        .open(&project)
        .unwrap();
    let report = session.verify().unwrap();
    assert!(report.sound, "{report:?}");
}

#[test]
fn a_project_is_opened_again_while_it_is_open() {
    let home = Home::new();
    let window = Window::start(&home, None);
    window.click("button", "Open the sample");
    Blueprint::open(&window);
    let project = home.projects().join("Sample");
    let script = "const [path, done] = arguments;
        const { invoke } = window.__TAURI_INTERNALS__;
        (async () => {
            for (let count = 0; count < 20; count += 1) await invoke('project_open', { path });
            return 'opened';
        })().then(done, (error) => done(error.message));";
    let outcome = window.run_async(script, &[json!(project.to_string_lossy())]);
    assert_eq!(outcome, "opened");
    window.close();
}
