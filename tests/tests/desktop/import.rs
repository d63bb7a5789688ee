//! A model of another tool becomes a project that can be edited.

use std::path::{Path, PathBuf};

use serde_json::json;
use wissil_session::App;
use wissil_tests::process::repository;
use wissil_tests::{Home, Window};

use crate::blueprint::Blueprint;

/// A playable model of the Khronos group; none, said aloud, when it is not on this machine.
fn model(name: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("WISSIL_CONFORMANCE_DIR")
        .map_or_else(|| repository().join("../shared/data"), PathBuf::from);
    let found = [folder.join("khr_interactivity"), folder.clone()]
        .into_iter()
        .map(|folder| folder.join("models").join(name))
        .find(|file| file.is_file());
    if found.is_none() {
        eprintln!(
            "skipped: no Khronos assets at {}; set WISSIL_CONFORMANCE_DIR to their folder",
            folder.display()
        );
    }
    found
}

/// How many records each kind of document has, as the façade counts them.
fn counts(home: &Home, project: &Path) -> (u32, u32) {
    let app = App::new(home.installation()).unwrap();
    let documents = app.inspect(project).unwrap().inventory().unwrap();
    let count = |kind: &str, collection: &str| {
        documents
            .iter()
            .filter(|document| document.kind == kind)
            .filter_map(|document| document.counts.get(collection))
            .sum()
    };
    (count("blueprint", "nodes"), count("scene", "entities"))
}

#[test]
fn whack_a_mole_is_imported_and_edited() {
    let Some(file) = model("WhackAMole.glb") else {
        return;
    };
    let home = Home::new();
    let project = home.path().join("whack");
    let window = Window::start(&home, None);
    window.click("button", "Import .glb / .gltf…");
    window.fill("textbox", "File", &file.to_string_lossy());
    window.fill("textbox", "Project folder", &project.to_string_lossy());
    window.click("button", "Import");

    let graph = Blueprint::open(&window);
    window.find_like("application", "525 nodes");
    window.picture("whack-a-mole").unwrap();

    // Add one to the graph, and rename the first entity of the scene.
    graph.add(graph.place(20.0, 20.0), "log");
    window.find_like("application", "526 nodes");
    let entity = window.select("[role='treeitem']");
    window.click_element(&entity);
    window.press("F2");
    window.wait_with(
        "a field for the entity's name",
        "return document.activeElement.tagName === 'INPUT'",
        &[json!(null)],
    );
    window.press("Control+a");
    window.type_text("The field");
    window.press("Enter");
    window.find_like("treeitem", "The field");
    window.wait_for_text("all saved");
    window.close();

    assert_eq!(counts(&home, &project), (526, 68));
}

#[test]
fn what_an_import_left_to_know_is_shown_and_kept() {
    let home = Home::new();
    let file = home.path().join("door.gltf");
    let gltf = json!({
        "asset": { "version": "2.0" }, "extensionsUsed": ["KHR_interactivity", "VND_secret"],
        "nodes": [{ "name": "Door" }],
        "extensions": { "KHR_interactivity": { "graphs": [{
            "name": "Open", "declarations": [{ "op": "event/onStart" }],
            "nodes": [{ "declaration": 0, "flows": { "out": {} } }],
        }] } },
    });
    std::fs::write(&file, gltf.to_string()).unwrap();
    let project = home.path().join("door");
    let window = Window::start(&home, None);
    window.click("button", "Import .glb / .gltf…");
    window.fill("textbox", "File", &file.to_string_lossy());
    window.fill("textbox", "Project folder", &project.to_string_lossy());
    window.click("button", "Import");
    window.click("button", "Show");
    window.find_like("button", "/nodes/0/flows/out: has no `node`");
    window.find_like("listitem", "without being understood: VND_secret");
    window.picture("import-notes").unwrap();
    window.close();

    // It is there after a restart, until somebody has read it.
    let window = Window::start(&home, Some(&project));
    window.click("button", "1 problem, 1 note");
    window.click("button", "Dismiss all");
    window.wait_until_gone("button", "Dismiss all");
    window.wait_for_text("all saved");
    window.close();
    let session = App::new(home.installation()).unwrap();
    let session = session.inspect(&project).unwrap();
    assert_eq!(session.import_notes().unwrap(), []);
}
