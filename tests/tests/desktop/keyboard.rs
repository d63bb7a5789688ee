//! Everything that matters, without a pointer.

use wissil_tests::Window;

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
