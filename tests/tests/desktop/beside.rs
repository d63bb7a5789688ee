//! A program that works on the project beside the window that has it open.

use serde_json::json;
use wissil_session::{App, Change, Record};
use wissil_tests::{Home, Window};

use crate::blueprint::Blueprint;

#[test]
fn the_window_shows_what_a_script_does_and_takes_it_back() {
    let home = Home::new();
    let window = Window::start(&home, None);
    window.click("button", "New project…");
    window.fill("textbox", "Name", "Scripted");
    window.click("button", "Create project");
    let blueprint = Blueprint::open(&window);

    let app = App::new(home.installation()).unwrap();
    let script = app.work(&home.projects().join("Scripted")).unwrap();
    let documents = script.info().unwrap().documents;
    let graph = documents.iter().find(|it| it.kind == "blueprint").unwrap();
    let position: wissil_session::Value =
        serde_json::from_value(json!({"x": 80, "y": 80})).unwrap();
    let node = Record::new()
        .with("op", "debug/log")
        .with("position", position);
    let edits = script.edits();
    let put = vec![Change::put("nodes", "scripted", node)];
    let made = edits
        .edit(&graph.id, "node.add", put)
        .unwrap()
        .wait()
        .unwrap();
    blueprint.wait_for(1, 0);

    window.click_at(blueprint.place(300.0, 400.0), 0);
    window.press("Control+z");
    blueprint.wait_for(0, 0);
    let history = script.events(None, 2, Some(graph.id.clone())).unwrap();
    assert_eq!(history[1].cid, made.cids[0]);
    window.close();
    // The script goes on with the project itself, until a window wants it.
    script.redo(Some(graph.id.clone())).unwrap();
    assert_eq!(
        script
            .events(None, 9, Some(graph.id.clone()))
            .unwrap()
            .len(),
        3
    );
    let window = Window::start(&home, Some(&home.projects().join("Scripted")));
    let blueprint = Blueprint::open(&window);
    blueprint.wait_for(1, 0);
    script.undo(None).unwrap();
    blueprint.wait_for(0, 0);
}
