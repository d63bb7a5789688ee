//! Where things are: lists whose panel is hidden and shown again, and what opens at the pointer.

use serde_json::json;
use wissil_tests::{Home, Window};

use crate::blueprint::Blueprint;

/// Adds two hundred entities to the scene, each by an edit of its own.
const MANY: &str = "
    const item = [...document.querySelectorAll('.document-item')]
        .find((each) => each.querySelector('[aria-label=Scene]'));
    const { invoke } = window.__TAURI_INTERNALS__;
    const done = arguments[arguments.length - 1];
    const add = (count) => invoke('document_edit', {
        // Beside the page's own rows.
        row: 4000000000,
        place: count,
        document: item.dataset.document,
        eventType: 'entity.add',
        changes: [{
            collection: 'entities',
            id: '01KB' + String(count).padStart(22, '0'),
            put: { name: `Lantern ${count}`, order: 1000 + count },
        }],
    });
    Promise.all([...Array(200).keys()].map(add)).then(() => done('added'), (error) => done(JSON.stringify(error)));";

/// What a list shows: how far it is scrolled, and the lines on screen.
const SHOWN: &str = "
    const list = document.querySelector(arguments[0]);
    const { top, bottom } = list.getBoundingClientRect();
    const lines = [...list.querySelectorAll('[role=treeitem], [role=listitem]')].filter((line) => {
        const box = line.getBoundingClientRect();
        return box.bottom > top + 1 && box.top < bottom - 1;
    });
    // Of an event without its age, which goes on.
    const name = (line) => (line.querySelector('.event-words') ?? line).textContent;
    return [list.scrollTop, ...lines.map(name)];";

#[test]
fn a_long_list_is_where_it_was_left_when_its_panel_is_shown_again() {
    let home = Home::new();
    let window = Window::start(&home, Some("--sample".as_ref()));
    Blueprint::open(&window);
    window.find("tree", "Hierarchy");
    assert_eq!(window.run_async(MANY, &[]), "added");
    for (panel, other, list) in [
        ("Hierarchy", "Assets", "[role=tree][aria-label=Hierarchy]"),
        ("Session", "Problems", "[role=list][aria-label=Events]"),
    ] {
        let list = json!(list);
        window.wait_with(
            "the list to be long",
            "const list = document.querySelector(arguments[0]);
             if (list.scrollHeight < 4000) return false;
             list.scrollTop = 2600;
             return true",
            std::slice::from_ref(&list),
        );
        window.wait_with(
            "the lines that are scrolled to",
            &format!(
                "const shown = (function () {{ {SHOWN} }}).apply(null, arguments);
                return shown[0] === 2600 && shown.length > 4"
            ),
            std::slice::from_ref(&list),
        );
        let before = window.run(SHOWN, std::slice::from_ref(&list));
        window.click("tab", other);
        window.wait_with(
            "the other panel",
            "return document.querySelector(arguments[0]) === null",
            std::slice::from_ref(&list),
        );
        window.click("tab", panel);
        window.wait_with(
            &format!("the {panel} panel as it was left"),
            &format!(
                "const shown = (function () {{ {SHOWN} }}).apply(null, arguments);
                return JSON.stringify(shown) === arguments[1]"
            ),
            &[list, json!(before.to_string())],
        );
        window.picture(&format!("shown-again-{panel}")).unwrap();
    }
    window.close();
}

#[test]
fn the_palette_opens_at_the_pointer_and_its_node_stands_on_no_other() {
    let home = Home::new();
    let window = Window::start(&home, None);
    window.click("button", "New project…");
    window.fill("textbox", "Name", "Places");
    window.click("button", "Create project");
    let graph = Blueprint::open(&window);
    window.click("button", "Add a first node");
    graph.choose("on start");
    graph.wait_for(1, 0);
    for (count, (x, y)) in [(520.0, 60.0), (520.0, 440.0), (40.0, 250.0)]
        .into_iter()
        .enumerate()
    {
        let at = graph.place(x, y);
        window.click_at(at, 0);
        window.press("Tab");
        window.find("combobox", "Add a node");
        let script = "const { left, top, right, bottom } = document.querySelector('.bp-chooser').getBoundingClientRect();
            return [left, top, right, bottom]";
        let edges = window.run(script, &[]);
        let edge = |index: usize| edges[index].as_f64().unwrap();
        let near = |index: usize, place: f64| (edge(index) - place).abs() < 2.0;
        assert!(
            (near(0, at.x) || near(2, at.x)) && (near(1, at.y) || near(3, at.y)),
            "the pointer is at {at:?}, the palette's edges at {edges}"
        );
        graph.choose("log");
        graph.wait_for(2 + count, 0);
    }
    // Three more where one stands already.
    let taken = graph.place(530.0, 70.0);
    for count in 0..3 {
        window.point_at(taken);
        window.press("Tab");
        graph.choose("log");
        graph.wait_for(5 + count, 0);
    }
    let script = "const boxes = [...document.querySelectorAll('[data-node]')].map((node) => node.getBoundingClientRect());
        return boxes.flatMap((a, at) => boxes.slice(0, at).filter((b) =>
            a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom)).length";
    assert_eq!(window.run(script, &[]), 0, "{:?}", graph.nodes());
    window.close();
}
