//! Two people and more in one session, each with a window of their own.

use std::net::TcpStream;
use std::time::Duration;

use serde_json::{Value, json};
use wissil_tests::wait::{PATIENCE, until};
use wissil_tests::{Relay, Window};

use crate::blueprint::{Blueprint, Node};
use crate::people::{accept, ann, ben, by_way_of, cleo, hosting, joining, server_port};

/// How long a thousand edits may take to be made, or to arrive.
const LONG: Duration = Duration::from_secs(120);

/// Waits until a node stands where it is expected.
#[track_caller]
fn wait_for_place(graph: &Blueprint, id: &str, expected: &Node) {
    until(
        &format!(
            "{} to stand at {}, {}",
            expected.name, expected.x, expected.y
        ),
        PATIENCE,
        || (graph.nodes().get(id) == Some(expected)).then_some(()),
        || format!("it is {:?}", graph.nodes().get(id)),
    );
}

/// Drags a node a little and answers where it stands then.
#[track_caller]
fn move_node(window: &Window, graph: &Blueprint, id: &str) -> Node {
    let before = graph.nodes()[id].clone();
    let header = graph.header(id);
    window.drag(header, header.plus(44.0, 66.0));
    until(
        "the node to move",
        PATIENCE,
        || Some(graph.nodes()[id].clone()).filter(|now| *now != before),
        || format!("it stands at {before:?}"),
    )
}

#[test]
fn a_project_is_shared_by_a_link_and_edited_by_everybody() {
    // Ann shares the sample by mouse.
    let (ann_home, ben_home, cleo_home) = (ann(), ben(), cleo());
    let ann = Window::start(&ann_home, Some("--sample".as_ref()));
    let ann_graph = Blueprint::open(&ann);
    ann.wait_for_text("On this disk");
    ann.click("button", "Share");
    ann.click("button", "Start hosting");
    // What the dialog says of the connection takes more room then: nothing moves any more.
    ann.wait_for_text("Everything is on this disk and on the server");
    ann.click("button", "Copy link");
    until(
        "something to be on the clipboard",
        PATIENCE,
        || ann.display().has_clipboard().unwrap().then_some(()),
        || ann.text(),
    );
    let link = ann.value("textbox", "Link for others");
    ann.picture("share").unwrap();
    ann.click("button", "Done");
    ann.wait_for_text("Online");

    // Ben joins with what she sent him.
    let ben = Window::start(&ben_home, None);
    ben.click("button", "Open a shared link…");
    ben.paste("textbox", "Link", &link);
    ben.click("button", "Continue");
    ben.find("button", "Trust the server and join");
    ben.picture("join").unwrap();
    accept(&ben);
    let ben_graph = Blueprint::open(&ben);
    ann.find_like("button", "Follow Ben");
    ben.find_like("button", "Follow Ann");

    // While Ann drags, Ben sees her cursor and where the node would go; then it is there.
    let id = ann_graph.node("Log");
    let before = ann_graph.nodes()[&id].clone();
    let header = ann_graph.header(&id);
    ann.drag_and_hold(header, header.plus(66.0, 88.0));
    ben.wait_with(
        "Ann's cursor and the ghost of what she drags",
        "const named = document.querySelector('.bp-cursor')?.textContent === 'Ann';
         return named && document.querySelector('.bp-ghost')?.textContent === arguments[0]",
        &[json!(before.name)],
    );
    ben.picture("ghost").unwrap();
    ann.let_go();
    let moved = until(
        "the node to move",
        PATIENCE,
        || Some(ann_graph.nodes()[&id].clone()).filter(|now| *now != before),
        || format!("it stands at {before:?}"),
    );
    wait_for_place(&ben_graph, &id, &moved);
    ann.wait_for_text("seen by others");

    // And the other way round.
    let moved = move_node(&ben, &ben_graph, &id);
    wait_for_place(&ann_graph, &id, &moved);
    ben.wait_for_text("seen by others");
    ann.picture("together").unwrap();

    // A third comes by the link alone.
    let cleo = joining(&cleo_home, &link);
    let cleo_graph = Blueprint::open(&cleo);
    wait_for_place(&cleo_graph, &id, &moved);
    ann.find_like("button", "Follow Cleo");
    ben.find_like("button", "Follow Cleo");

    // When the window closes that hosts, the others are told and work on.
    ann.close_meeting();
    ben.wait_for_text("Offline");
    let alone = move_node(&ben, &ben_graph, &id);
    assert_ne!(alone, moved);
    ben.wait_for_text("waiting");
}

/// Adds a thousand nodes, each by an edit of its own.
const MANY: &str = "
    const [document] = arguments;
    const { invoke } = window.__TAURI_INTERNALS__;
    const add = (count) => {
        const id = '01KB' + String(count).padStart(22, '0');
        const put = { op: 'debug/log', position: { x: (count % 40) * 240, y: 2000 + Math.floor(count / 40) * 160 } };
        return invoke('document_edit', {
            row: 4000000000, place: count, document, eventType: 'node.add', changes: [{ collection: 'nodes', id, put }],
        });
    };
    Promise.all([...Array(1000).keys()].map(add)).then(
        () => { window.added = true; },
        (error) => { window.failed = JSON.stringify(error); },
    );";

/// Whether everything is there: in the graph the 27 nodes of the sample and a thousand new ones, in the history what made
/// the sample and the session, Ann's edit and Ben's.
const ALL: &str = r"
    const canvas = document.querySelector('[role=application]').getAttribute('aria-label');
    return /\b1\D?027 nodes/.test(canvas) && /\b1\D?007 events/.test(document.body.innerText)";

/// The latest events of a window's session.
#[track_caller]
fn events(window: &Window) -> Vec<Value> {
    let rows = window.invoke(
        "session_events",
        json!({"before": null, "limit": 100, "document": null}),
    );
    rows.as_array().unwrap().clone()
}

#[test]
fn a_thousand_edits_made_offline_arrive_when_the_way_is_there_again() {
    let (ann_home, ben_home) = (ann(), ben());
    let (ann, link) = hosting(&ann_home);
    let way = Relay::to(server_port(&link));
    let ben = joining(&ben_home, &by_way_of(&link, way.port()));
    ann.find_like("button", "Follow Ben");
    let graph = Blueprint::open(&ann);

    way.cut();
    ben.wait_for_text("Offline");
    ann.wait_until_gone_like("button", "Follow Ben");
    let document = events(&ben)
        .into_iter()
        .find(|row| row["documentName"] == "Lanterns")
        .unwrap()["document"]
        .clone();
    ben.run(MANY, &[document]);
    until(
        "a thousand edits",
        LONG,
        || (ben.run("return window.added", &[]) == true).then_some(()),
        || {
            format!(
                "{}",
                ben.run("return window.failed ?? 'still going on'", &[])
            )
        },
    );
    ben.wait(
        "a thousand edits to wait",
        // Whether thousands are set apart is for the system's language to say.
        r"return /Offline · 1\D?000 waiting/.test(document.body.innerText)",
    );
    ben.picture("offline").unwrap();
    // Ann works on meanwhile.
    let id = graph.node("Log");
    let moved = move_node(&ann, &graph, &id);

    way.mend();
    for window in [&ann, &ben] {
        until(
            "everything to be on both sides",
            LONG,
            || (window.run(ALL, &[]) == true).then_some(()),
            || window.text(),
        );
        window.wait_for_text("Online");
    }
    wait_for_place(&Blueprint::open(&ben), &id, &moved);
    ben.wait_for_text("seen by others");
}

#[test]
fn hosting_goes_on_after_the_window_was_killed() {
    let (ann_home, ben_home) = (ann(), ben());
    let (ann, link) = hosting(&ann_home);
    let ben = joining(&ben_home, &link);
    ann.find_like("button", "Follow Ben");
    ann.kill();
    ben.wait_for_text("Offline");
    let graph = Blueprint::open(&ben);
    let id = graph.node("Log");
    let moved = move_node(&ben, &graph, &id);
    ben.wait_for_text("waiting");

    let ann = Window::start(&ann_home, Some("--sample".as_ref()));
    let graph = Blueprint::open(&ann);
    ann.wait_for_text("Hosting");
    wait_for_place(&graph, &id, &moved);
    ben.wait_for_text("Online");
    ben.find_like("button", "Follow Ann");
    ann.find_like("button", "Follow Ben");
}

#[test]
fn a_window_that_is_told_to_end_takes_its_server_with_it() {
    let home = ann();
    let (window, link) = hosting(&home);
    let server = ("127.0.0.1", server_port(&link));
    assert!(TcpStream::connect(server).is_ok());
    window.terminate();
    assert!(TcpStream::connect(server).is_err());
}
