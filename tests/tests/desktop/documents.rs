//! Documents that are deleted and brought back, tabs that are remembered, folders that go away.

use std::fs;

use serde_json::json;
use wissil_session::App;
use wissil_tests::{Home, Window};

use crate::blueprint::Blueprint;
use crate::people::{ann, ben, hosting, joining};

/// Deletes a document from the list, by keyboard.
#[track_caller]
fn delete(window: &Window, name: &str) {
    focus_document(window, name);
    window.press("Delete");
    window.find("button", "Delete");
}

/// Gives the focus to a document in the list.
#[track_caller]
fn focus_document(window: &Window, name: &str) {
    let row = window.select(".document-list .document-item");
    window.click_element(&row);
    window.run(
        "const [name] = arguments;
         const rows = [...document.querySelectorAll('.document-list .document-item')];
         rows.find((row) => row.textContent.startsWith(name)).focus();",
        &[json!(name)],
    );
}

#[test]
fn a_document_deleted_while_somebody_works_in_it_is_brought_back_by_them() {
    let (ann_home, ben_home) = (ann(), ben());
    let (ann, link) = hosting(&ann_home);
    let ben = joining(&ben_home, &link);
    ann.find_like("button", "Follow Ben");
    ben.click_at(Blueprint::open(&ben).place(300.0, 500.0), 0);

    delete(&ann, "Lanterns");
    ann.wait_for_text("Ben has it open now.");
    ann.picture("delete-document").unwrap();
    ann.click("button", "Delete");
    ann.wait_until_gone_like("application", "Blueprint");

    ben.wait_for_text("Ann deleted Lanterns");
    ben.picture("deleted-document").unwrap();
    let problems = ben.accessibility_problems();
    assert!(problems.is_empty(), "{problems:#?}");
    ben.click("button", "Bring it back");
    Blueprint::open(&ben);
    // Her tab was open when she deleted it.
    Blueprint::open(&ann);

    // Deleted once more, and taken back by the key that takes everything back.
    delete(&ann, "Lanterns");
    ann.click("button", "Delete");
    ben.wait_for_text("Ann deleted Lanterns");
    ann.press("Control+z");
    Blueprint::open(&ann);
    Blueprint::open(&ben);
}

#[test]
fn tabs_are_where_they_were_when_a_project_is_opened_again() {
    let home = Home::new();
    let window = Window::start(&home, Some("--sample".as_ref()));
    Blueprint::open(&window);
    for name in ["First", "Second"] {
        let made = window.invoke(
            "document_create",
            json!({ "kind": "blueprint", "name": name }),
        );
        window.wait_with(
            "the document to be listed",
            "return [...document.querySelectorAll('.document-list .document-item')]
                .some((row) => row.textContent.startsWith(arguments[0]))",
            &[made["name"].clone()],
        );
        // What undo would do names it too.
        window.click_element(&window.find_like("button", &format!("Blueprint {name}")));
        window.find_like("application", &format!("Blueprint {name}"));
    }
    let tabs = "return [...document.querySelectorAll('.dv-tab')]
        .map((tab) => tab.textContent)
        .filter((name) => ['Lanterns', 'First', 'Second'].includes(name))
        .join() === 'Lanterns,First,Second'";
    window.wait("three tabs", tabs);

    // Closed and opened in the same window.
    window.click("button", "Project Lantern Yard");
    window.click("menuitem", "Close project");
    window.click("button", "Open the sample");
    window.find_like("application", "Blueprint Second");
    window.wait("three tabs again", tabs);

    // And in another one.
    window.close();
    let window = Window::start(&home, Some("--sample".as_ref()));
    window.find_like("application", "Blueprint Second");
    window.wait("three tabs after a restart", tabs);
    window.close();
}

#[test]
fn a_project_whose_folder_is_deleted_says_so_and_is_saved_elsewhere() {
    let home = Home::new();
    let window = Window::start(&home, Some("--sample".as_ref()));
    Blueprint::open(&window);
    window.wait_for_text("all saved");
    let sample = home.projects().join("Sample");
    fs::remove_dir_all(&sample).unwrap();
    window.wait_for_text("is gone.");
    window.wait_for_text("Not saved");

    // It goes on in memory.
    let graph = Blueprint::open(&window);
    let before = graph.nodes().len();
    graph.add(graph.place(560.0, 120.0), "log");
    window.wait(
        "another node",
        &format!(
            "return document.querySelectorAll('.react-flow__node').length === {}",
            before + 1
        ),
    );
    window.picture("folder-gone").unwrap();

    // Closing the window would lose it, so it asks.
    window.display().close_windows().unwrap();
    window.find("dialog", "Save the project elsewhere");
    let saved = home.projects().join("Saved");
    window.fill("textbox", "Folder", &saved.to_string_lossy());
    window.picture("save-elsewhere").unwrap();
    window.click("button", "Save");
    window.wait_for_text("all saved");
    Blueprint::open(&window);
    window.wait(
        "the node that was added",
        &format!(
            "return document.querySelectorAll('.react-flow__node').length === {}",
            before + 1
        ),
    );
    window.close();

    let session = App::new(home.installation()).unwrap().open(&saved).unwrap();
    assert!(session.info().unwrap().notices.is_empty());
    let damages = session.verify().unwrap().damages;
    assert!(
        damages.iter().all(|damage| !damage.what.contains("event")),
        "{damages:?}"
    );
}

#[test]
fn a_project_whose_folder_is_moved_is_opened_where_it_is() {
    let home = Home::new();
    let window = Window::start(&home, Some("--sample".as_ref()));
    Blueprint::open(&window);
    let (sample, moved) = (
        home.projects().join("Sample"),
        home.projects().join("Moved"),
    );
    fs::rename(&sample, &moved).unwrap();
    window.wait_for_text("was moved to");
    window.picture("folder-moved").unwrap();
    window.click("button", "Open it there");
    window.wait_for_text("all saved");
    Blueprint::open(&window);
    window.close();
}
