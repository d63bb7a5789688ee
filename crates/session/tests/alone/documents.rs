//! The documents of a project, and the way back from everything that is done to them.

use std::sync::{Arc, Mutex};

use wissil_session::api::{Displaced, ErrorCode, SessionMessage};
use wissil_session::{App, Change, Record, Session, Value};

use crate::place::{Place, place};

fn game() -> (Place, Session) {
    let place = place();
    let folder = place.root.join("game");
    let session = place.app.create("My game", &folder).unwrap();
    (place, session)
}

fn names(session: &Session) -> Vec<String> {
    let documents = session.info().unwrap().documents;
    documents
        .into_iter()
        .map(|document| document.name)
        .collect()
}

fn make(session: &Session, name: &str) -> String {
    session.create_document("blueprint", name).unwrap().id
}

fn add_node(session: &Session, document: &str, id: &str) {
    let position = Value::Map([("x".into(), 0.0.into()), ("y".into(), 0.0.into())].into());
    let node = Record::new()
        .with("op", "math/add")
        .with("position", position);
    session
        .edit(document, "node.add", vec![Change::put("nodes", id, node)])
        .unwrap();
}

fn code<T>(result: Result<T, wissil_session::api::ApiError>) -> ErrorCode {
    result.map(|_| ()).unwrap_err().code
}

#[test]
fn documents_are_made_renamed_and_deleted() {
    let (_place, session) = game();
    let points = make(&session, "Score");
    session.rename_document(&points, "Points").unwrap();
    add_node(&session, &points, "a");
    assert_eq!(names(&session), ["Scene", "Main", "Points"]);
    session.delete_document(&points).unwrap();
    assert_eq!(names(&session), ["Scene", "Main"]);
    session.undo("manifest").unwrap();
    assert_eq!(names(&session), ["Scene", "Main", "Points"]);
    assert!(session.snapshot(&points).unwrap().collections["nodes"].contains_key("a"));
    assert_eq!(
        code(session.create_document("hologram", "x")),
        ErrorCode::Invalid
    );
    assert_eq!(
        code(session.rename_document(&points, "  ")),
        ErrorCode::Invalid
    );
}

#[test]
fn documents_are_moved_in_their_list() {
    let (place, session) = game();
    let (a, b) = (make(&session, "A"), make(&session, "B"));
    assert_eq!(names(&session), ["Scene", "Main", "A", "B"]);
    session.move_document(&b, 0).unwrap();
    assert_eq!(names(&session), ["B", "Scene", "Main", "A"]);
    session.move_document(&a, 1).unwrap();
    session.move_document(&b, 99).unwrap();
    assert_eq!(names(&session), ["A", "Scene", "Main", "B"]);
    assert_eq!(code(session.move_document(&b, 99)), ErrorCode::NothingToDo);
    assert_eq!(
        code(session.move_document("nothing", 0)),
        ErrorCode::NotFound
    );
    session.undo("manifest").unwrap();
    assert_eq!(names(&session), ["B", "A", "Scene", "Main"]);
    // So often behind the same one that there is no number left between its and the next.
    make(&session, "Last");
    session.move_document(&a, 3).unwrap();
    for _ in 0..30 {
        session.move_document(&b, 2).unwrap();
        assert_eq!(names(&session), ["Scene", "Main", "B", "A", "Last"]);
        session.move_document(&a, 2).unwrap();
        assert_eq!(names(&session), ["Scene", "Main", "A", "B", "Last"]);
    }
    let row = &session.events(None, 1, None).unwrap()[0];
    assert_eq!(
        (&*row.event_type, &*row.words),
        ("document.move", "moved A")
    );
    session.close();
    let session = place.app.open(&place.root.join("game")).unwrap();
    assert_eq!(names(&session), ["Scene", "Main", "A", "B", "Last"]);
}

#[test]
fn what_was_done_last_is_undone_wherever_it_was_done() {
    let (_place, session) = game();
    assert_eq!(
        code(session.undo_newest()),
        ErrorCode::NothingToDo,
        "what a project starts with was done by nobody"
    );
    let points = make(&session, "Score");
    add_node(&session, &points, "a");
    session.rename_document(&points, "Points").unwrap();
    session.delete_document(&points).unwrap();
    session.undo_newest().unwrap();
    assert_eq!(names(&session), ["Scene", "Main", "Points"]);
    session.undo_newest().unwrap();
    assert_eq!(names(&session), ["Scene", "Main", "Score"]);
    // It is told before it is done.
    let next = session.next_steps().unwrap();
    let (undo, redo) = (next.undo.unwrap(), next.redo.unwrap());
    assert_eq!(undo.document, points);
    assert_eq!(redo.document, wissil_sync::MANIFEST);
    assert!(redo.words.contains("Points"), "{}", redo.words);
    session.undo_newest().unwrap();
    assert!(
        !session
            .snapshot(&points)
            .unwrap()
            .collections
            .contains_key("nodes")
    );
    session.undo_newest().unwrap();
    assert_eq!(names(&session), ["Scene", "Main"]);
    for _ in 0..4 {
        session.redo_newest().unwrap();
    }
    assert_eq!(names(&session), ["Scene", "Main"]);
    assert_eq!(code(session.redo_newest()), ErrorCode::NothingToDo);
    session.undo_newest().unwrap();
    assert_eq!(names(&session), ["Scene", "Main", "Points"]);
}

#[test]
fn whoever_does_something_new_brings_nothing_back_wherever_it_was_undone() {
    let (_place, session) = game();
    let (points, yard) = (make(&session, "Points"), make(&session, "Yard"));
    session.delete_document(&points).unwrap();
    session.undo_newest().unwrap();
    assert!(session.next_steps().unwrap().redo.is_some());
    add_node(&session, &yard, "a");
    assert_eq!(session.next_steps().unwrap().redo, None);
    assert_eq!(code(session.redo_newest()), ErrorCode::NothingToDo);
    assert_eq!(code(session.redo("manifest")), ErrorCode::NothingToDo);
    assert!(session.verify().unwrap().sound, "the index is whole");
}

#[test]
fn a_gesture_is_undone_by_its_event() {
    let (_place, session) = game();
    let (points, yard) = (make(&session, "Points"), make(&session, "Yard"));
    let deleted = session.delete_document(&yard).unwrap().cids.remove(0);
    session.rename_document(&points, "Score").unwrap();
    session.undo_gesture("manifest", &deleted).unwrap();
    assert_eq!(names(&session), ["Scene", "Main", "Score", "Yard"]);
    let again = session.undo_gesture("manifest", &deleted).unwrap_err();
    assert_eq!(again.code, ErrorCode::NothingToDo);
    assert!(again.message.contains("undone since"), "{}", again.message);
    assert_eq!(
        code(session.undo_gesture(&points, &deleted)),
        ErrorCode::NothingToDo,
        "it is of another document"
    );
}

#[test]
fn a_deleted_document_is_brought_back_by_anybody() {
    let (place, session) = game();
    let yard = make(&session, "Yard");
    make(&session, "Last");
    add_node(&session, &yard, "a");
    assert_eq!(session.deletion(&yard).unwrap(), None);
    session.delete_document(&yard).unwrap();
    let deleted_by = session.info().unwrap().user;
    session.close();

    // Somebody else, who did not delete it and so has nothing to undo.
    let elsewhere = App::new(place.root.join("elsewhere")).unwrap();
    elsewhere.set_person("Ben", "#5bc8ff").unwrap();
    let session = elsewhere.open(&place.root.join("game")).unwrap();
    let deletion = session.deletion(&yard).unwrap().unwrap();
    assert_eq!((&*deletion.name, &*deletion.kind), ("Yard", "blueprint"));
    assert_eq!(deletion.person, deleted_by);
    assert!(!deletion.own);
    session.restore_document(&yard).unwrap();
    assert_eq!(names(&session), ["Scene", "Main", "Yard", "Last"]);
    assert!(session.snapshot(&yard).unwrap().collections["nodes"].contains_key("a"));
    let row = &session.events(None, 1, None).unwrap()[0];
    assert_eq!(row.words, "brought back Yard");
    assert_eq!(
        code(session.restore_document(&yard)),
        ErrorCode::NothingToDo
    );
    assert_eq!(session.deletion(&yard).unwrap(), None);
    assert_eq!(
        code(session.restore_document("nothing")),
        ErrorCode::NotFound
    );
    // That is a gesture like any other.
    session.undo_newest().unwrap();
    assert!(session.deletion(&yard).unwrap().unwrap().own);
}

#[test]
fn whoever_follows_hears_that_the_folder_is_gone() {
    let (place, session) = game();
    let told: Arc<Mutex<Option<Displaced>>> = Arc::default();
    let listener = Arc::clone(&told);
    let status = session
        .subscribe(Box::new(move |message| {
            if let SessionMessage::Events { status, .. } = message {
                *listener.lock().unwrap() = status.displaced;
            }
        }))
        .unwrap();
    assert_eq!(status.displaced, None);
    std::fs::remove_dir_all(place.root.join("game")).unwrap();
    // With the very edit that is not saved.
    make(&session, "Made after");
    assert_eq!(*told.lock().unwrap(), Some(Displaced { to: None }));
    assert_eq!(names(&session), ["Scene", "Main", "Made after"]);
    assert_eq!(session.displaced(), Some(Displaced { to: None }));
}
