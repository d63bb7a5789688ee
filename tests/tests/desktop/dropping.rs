//! Files dropped on the window.

use std::fs;

use serde_json::json;
use wissil_tests::wait::{PATIENCE, until};
use wissil_tests::{Home, Window};

use crate::blueprint::Blueprint;

/// Drags files over an element and drops them there, as the system does: each has a name and so many bytes.
const DROP: &str = "
    const [selector, files] = arguments;
    const target = document.querySelector(selector);
    const dataTransfer = new DataTransfer();
    for (const [name, size] of files) {
        const bytes = Uint8Array.from({ length: size }, (_, at) => at % 251);
        dataTransfer.items.add(new File([bytes], name));
    }
    for (const type of ['dragenter', 'dragover', 'drop'])
        target.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }));";

#[test]
fn files_dropped_on_a_graph_become_files_of_the_project() {
    const LARGE: usize = 3 * 1024 * 1024 + 17;
    let home = Home::new();
    let window = Window::start(&home, Some("--sample".as_ref()));
    Blueprint::open(&window);
    let files = json!([["walls.bin", LARGE], ["note.txt", 3]]);
    window.run(DROP, &[json!(".bp-canvas"), files]);
    window.wait_for_text("2 files added");
    window.find_like("treeitem", "walls.bin");
    let assets = home.projects().join("Sample").join("assets");
    let expected: Vec<u8> = (0..LARGE).map(|at| (at % 251) as u8).collect();
    until(
        "the file to be in the folder",
        PATIENCE,
        || {
            let here = fs::read(assets.join("walls.bin")).ok()?;
            (here == expected).then_some(())
        },
        || window.text(),
    );
    // The same name again is another file.
    window.run(DROP, &[json!(".bp-canvas"), json!([["note.txt", 5]])]);
    window.find_like("treeitem", "note (2).txt");
    window.picture("dropped").unwrap();
}

/// Drags files over an element and drops them there, as a shell tells it whose web view hides them from the page.
const DROP_PATHS: &str = "
    const [selector, paths, done] = arguments;
    const { x, y, width, height } = document.querySelector(selector).getBoundingClientRect();
    const payload = { paths, position: { x: x + width / 2, y: y + height / 2 } };
    const tell = (event) => window.__TAURI_INTERNALS__.invoke('plugin:event|emit', { event, payload });
    tell('tauri://drag-enter')
        .then(() => tell('tauri://drag-over'))
        .then(() => tell('tauri://drag-drop'))
        .then(() => done(true), (error) => done(String(error)));";

#[test]
fn files_of_this_disk_go_into_the_folder_they_are_dropped_on() {
    let home = Home::new();
    let window = Window::start(&home, Some("--sample".as_ref()));
    Blueprint::open(&window);
    let outside = home.path().join("outside");
    fs::create_dir_all(outside.join("kit")).unwrap();
    fs::write(outside.join("kit/wall.bin"), "wall").unwrap();
    fs::write(outside.join("fur.bin"), "fur").unwrap();
    let place = |name: &str| json!(outside.join(name).display().to_string());
    let drop = |selector: &str, name: &str| {
        let told = window.run_async(DROP_PATHS, &[json!(selector), json!([place(name)])]);
        assert_eq!(told, true);
    };
    drop(".bp-canvas", "kit");
    window.wait_for_text("kit added to the project’s assets");
    window.find("treeitem", "kit");
    drop("[data-files-into=kit]", "fur.bin");
    window.wait_for_text("fur.bin added to kit");
    window.find_like("treeitem", "fur.bin");
    let assets = home.projects().join("Sample").join("assets");
    until(
        "the file to be in the folder",
        PATIENCE,
        || (fs::read(assets.join("kit/fur.bin")).ok()? == b"fur").then_some(()),
        || window.text(),
    );
}
