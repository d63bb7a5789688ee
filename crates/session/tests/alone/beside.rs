//! Programs that work on a project beside the one that has it open.
#![cfg(unix)]

use std::sync::mpsc;
use std::time::Duration;

use wissil_session::api::{ErrorCode, SessionMessage};
use wissil_session::{Change, Record, Session, Value};

use crate::place::place;

/// How long something may take that nobody waits for.
const PATIENCE: Duration = Duration::from_secs(60);

fn document(session: &Session, kind: &str) -> String {
    let documents = session.info().unwrap().documents;
    documents.into_iter().find(|d| d.kind == kind).unwrap().id
}

fn node(op: &str) -> Record {
    let position = Value::Map([("x".into(), 0.0.into()), ("y".into(), 0.0.into())].into());
    Record::new().with("op", op).with("position", position)
}

#[test]
fn a_window_takes_a_project_over_from_a_command_which_goes_on_through_it() {
    let place = place();
    let folder = place.root.join("game");
    drop(place.app.create("My game", &folder).unwrap());
    let command = place.app.work(&folder).unwrap();
    let (told, heard) = mpsc::channel();
    command
        .follow(Box::new(move |message| drop(told.send(message))))
        .unwrap();
    let graph = command.info().unwrap().documents[1].id.clone();
    let edits = command.edits();
    let edit = |id: &str| {
        let put = vec![Change::put("nodes", id, node("math/add"))];
        edits.edit(&graph, "node.add", put)
    };
    let pending: Vec<_> = (0..200).map(|n| edit(&format!("a{n}")).unwrap()).collect();

    let window = place.app.take_over(&folder).unwrap();
    assert_eq!(document(&window, "blueprint"), graph);
    // Before it, through it, each once.
    let mut made: Vec<String> = Vec::new();
    for pending in pending {
        made.extend(pending.wait().unwrap().cids);
    }
    made.extend(edit("b").unwrap().wait().unwrap().cids);
    let rows = window.events(None, 1000, Some(&graph)).unwrap();
    let mut rows: Vec<String> = rows.into_iter().map(|row| row.cid).collect();
    rows.reverse();
    assert_eq!(rows, made);
    // What it followed it follows on.
    let is_last = |message| match message {
        Ok(SessionMessage::Events { rows, .. }) => {
            rows.iter().any(|row| Some(&row.cid) == made.last())
        }
        _ => false,
    };
    while !is_last(heard.recv_timeout(PATIENCE).unwrap()) {}

    // A window gives nothing up.
    let refused = place.app.take_over(&folder).map(|_| ()).unwrap_err();
    assert_eq!(refused.code, ErrorCode::Locked);
    window.close();
    edit("c").unwrap().wait().unwrap();
    assert_eq!(
        command
            .events(None, 1000, Some(graph.clone()))
            .unwrap()
            .len(),
        202
    );
    command.close();
    assert!(edit("d").is_err());
    place.app.open(&folder).unwrap();
}

#[test]
fn after_one_that_fails_no_gesture_of_a_row_is_made() {
    let place = place();
    let folder = place.root.join("game");
    let session = place.app.create("My game", &folder).unwrap();
    let graph = document(&session, "blueprint");
    let beside = place.app.work(&folder).unwrap();
    let edits = beside.edits();
    let pending: Vec<_> = ["a", "not an id", "b", "c"]
        .into_iter()
        .map(|id| {
            edits.edit(
                &graph,
                "node.add",
                vec![Change::put("nodes", id, node("math/add"))],
            )
        })
        .collect();
    let codes: Vec<_> = pending
        .into_iter()
        .map(|pending| {
            pending
                .and_then(|pending| pending.wait())
                .err()
                .map(|error| error.code)
        })
        .collect();
    let cancelled = Some(ErrorCode::Cancelled);
    assert_eq!(
        codes,
        [None, Some(ErrorCode::Invalid), cancelled, cancelled]
    );
    let again = beside.edits();
    let put = vec![Change::put("nodes", "b", node("math/add"))];
    again.edit(&graph, "node.add", put).unwrap().wait().unwrap();
    assert_eq!(session.events(None, 9, Some(&graph)).unwrap().len(), 2);
}

#[test]
fn a_page_that_is_loaded_anew_forgets_what_it_followed_and_nothing_else() {
    let place = place();
    let folder = place.root.join("game");
    let session = place.app.create("My game", &folder).unwrap();
    let graph = document(&session, "blueprint");
    let beside = place.app.work(&folder).unwrap();
    let (told, heard) = mpsc::channel();
    beside
        .follow(Box::new(move |message| drop(told.send(message))))
        .unwrap();
    session.forget_listeners().unwrap();
    let put = vec![Change::put("nodes", "a", node("math/add"))];
    let made = session.edit(&graph, "node.add", put).unwrap();
    let is_it = |message| match message {
        Ok(SessionMessage::Events { rows, .. }) => rows.iter().any(|row| row.cid == made.cids[0]),
        _ => false,
    };
    while !is_it(heard.recv_timeout(PATIENCE).unwrap()) {}
}
