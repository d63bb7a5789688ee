//! Everything that matters, without a pointer.

use wissil_tests::{Home, Window};

use crate::blueprint::Blueprint;
use crate::people::{ann, ben};

/// Finds a command and runs it.
#[track_caller]
fn command(window: &Window, words: &str, title: &str) {
    window.press("Control+k");
    window.wait_for_focus("combobox", "");
    window.type_text(words);
    window.find_like("option", title);
    window.assert_focus_is_seen();
    window.press("Enter");
}

/// Puts a node on the canvas, which has the focus.
#[track_caller]
fn add_node(window: &Window, graph: &Blueprint, words: &str) {
    window.press("Tab");
    window.wait_for_focus("combobox", "Add a node");
    graph.choose(words);
    window.assert_focus_is_seen();
}

#[test]
fn a_project_is_made_edited_shared_and_joined_by_keyboard_alone() {
    let (ann_home, ben_home) = (ann(), ben());
    let ann = Window::start(&ann_home, None);
    ann.tab_to("button", "New project…");
    ann.press("Enter");
    ann.wait_for_focus("textbox", "Name");
    ann.type_text("Keys only");
    ann.tab_to("button", "Create project");
    ann.press("Enter");

    // Two nodes, and a wire between them.
    let graph = Blueprint::open(&ann);
    ann.tab_to("application", "Blueprint");
    add_node(&ann, &graph, "on start");
    graph.wait_for(1, 0);
    add_node(&ann, &graph, "log");
    graph.wait_for(2, 0);
    ann.press("Shift+F10");
    ann.find("menu", "Canvas");
    ann.wait_for_focus("menuitem", "Connect to…");
    ann.press("ArrowRight");
    ann.wait_for_focus("menuitem", "Flow in");
    ann.press("Enter");
    ann.wait_for_focus("combobox", "Connect to");
    ann.type_text("on start");
    ann.find_like("option", "flow out");
    ann.press("Enter");
    graph.wait_for(2, 1);
    ann.assert_focus_is_seen();

    // Shared; what is about to be given away is chosen first.
    command(&ann, "share", "Share…");
    ann.wait_for_focus("radio", "Host on this machine");
    ann.tab_to("button", "Start hosting");
    ann.press("Enter");
    ann.find("button", "Copy link");
    ann.tab_to("button", "Copy link");
    ann.press("Enter");
    ann.find("button", "Copied");
    let link = ann.value("textbox", "Link for others");
    ann.tab_to("button", "Done");
    ann.press("Enter");
    ann.wait_for_text("Online");

    // Joined.
    let ben = Window::start(&ben_home, None);
    ben.tab_to("button", "Open a shared link…");
    ben.press("Enter");
    ben.wait_for_focus("textbox", "Link");
    ben.type_text(&link);
    ben.tab_to("button", "Continue");
    ben.press("Enter");
    ben.find("button", "Trust the server and join");
    ben.assert_focus_is_seen();
    ben.tab_to("button", "Trust the server and join");
    ben.press("Enter");
    Blueprint::open(&ben).wait_for(2, 1);
    ben.wait_for_text("Online");
    ann.find_like("button", "Follow Ben");
}

#[test]
fn every_panel_is_reached_used_and_left_by_keyboard_alone() {
    let home = Home::new();
    let window = Window::start(&home, Some("--sample".as_ref()));
    Blueprint::open(&window);

    command(&window, "show hierarchy", "Show Hierarchy");
    window.wait_for_focus("tree", "Hierarchy");
    window.press("Insert");
    window.wait_for_focus("textbox", "Rename Entity");
    window.type_text("Kettle");
    window.press("Enter");
    window.wait_for_focus("tree", "Hierarchy");
    window.find("treeitem", "Kettle");
    window.press("Shift+F10");
    window.wait_for_focus("menuitem", "Add entity beside");
    window.press("Escape");
    window.wait_for_focus("tree", "Hierarchy");

    command(&window, "show inspector", "Show Inspector");
    window.wait_for_focus("textbox", "Name");
    window.press("Control+a");
    window.type_text("Teapot");
    window.press("Enter");
    window.find("treeitem", "Teapot");

    // Files, and the documents below them.
    command(&window, "show assets", "Show Assets");
    window.assert_focus_is_seen();
    window.tab_to("button", "Lanterns");
    window.press("F2");
    window.wait_for_focus("textbox", "Rename Lanterns");
    window.type_text("Lights");
    window.press("Enter");
    window.wait_for_focus("button", "Lights");

    command(&window, "show variables", "Show Variables");
    window.wait_for_focus("button", "Add a variable");
    window.press("Enter");
    window.wait_for_focus("textbox", "Rename");
    window.type_text("brightness");
    window.press("Enter");
    window.wait_for_focus("button", "brightness");
    window.press("Delete");
    window.wait(
        "the variable to go",
        "const lines = [...document.querySelectorAll('.variable-open')];
         return !lines.some((line) => line.textContent.includes('brightness'))",
    );
    window.assert_focus_is_seen();

    command(&window, "show outline", "Show Outline");
    window.wait_for_focus("tree", "Outline");
    window.press("ArrowDown");
    window.press("Enter");
    window.wait_for_focus("tree", "Outline");

    command(&window, "show session", "Show Session");
    window.wait_for_focus("list", "Events");
    window.press("Tab");
    window.assert_focus_is_seen();
    window.press("Enter");
    window.assert_focus_is_seen();
    command(&window, "show problems", "Show Problems");
    window.wait_for_focus("region", "Problems");
    command(&window, "show connection", "Show Connection");
    window.tab_to("button", "Share…");

    // To the canvas; then round all that is on screen, forth and back.
    round(&window, "F6");
    for keys in ["F6", "Shift+F6"] {
        let parts = round(&window, keys);
        assert_eq!(parts, 6, "{keys} goes through the bars and the panels");
    }

    // The canvas takes Tab for itself, and can be left nevertheless.
    window.press("Tab");
    window.wait_for_focus("combobox", "Add a node");
    window.press("Escape");
    window.wait_for_focus("application", "Blueprint");
    window.press("Shift+Tab");
    window.assert_focus_is_seen();
    assert!(
        !window.has_focus("application", "Blueprint"),
        "Shift and Tab leave the canvas"
    );
    window.close();
}

/// Presses keys until the canvas has the focus, which is seen at every step; answers how often.
#[track_caller]
fn round(window: &Window, keys: &str) -> usize {
    for count in 1..20 {
        window.press(keys);
        window.assert_focus_is_seen();
        if window.has_focus("application", "Blueprint") {
            return count;
        }
    }
    panic!("{keys} never comes to the canvas");
}
