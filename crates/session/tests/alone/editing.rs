//! Gestures that wait at the same time: each is answered with its own word, and all is told in order.

use std::sync::{Arc, Mutex, mpsc};
use std::thread;

use wissil_session::api::{ErrorCode, SessionMessage};
use wissil_session::{Change, Edits, PendingEdit, Record, Session, Value, verify};

use crate::place::{Place, place};

fn project(place: &Place) -> (Session, String) {
    let session = place.app.create("Castle", &place.root.join("castle"));
    let session = session.unwrap();
    let documents = session.info().unwrap().documents;
    let scene = documents.into_iter().find(|it| it.kind == "scene");
    (session, scene.unwrap().id)
}

fn entity(id: &str) -> Vec<Change> {
    vec![Change::put("entities", id, Record::new().with("name", id))]
}

fn rename(id: &str, name: &str) -> Vec<Change> {
    vec![Change::set("entities", id, [("name", Value::text(name))])]
}

fn add(edits: &Edits, scene: &str, id: &str) -> PendingEdit {
    edits.edit(scene, "entity.add", entity(id)).unwrap()
}

/// Keeps the owning thread busy until what is returned is dropped, so that gestures wait for each other.
fn busy(session: &Session) -> mpsc::Sender<()> {
    let (let_go, wait) = mpsc::channel::<()>();
    let (busy, is_busy) = mpsc::channel();
    let held = session.clone();
    thread::spawn(move || {
        // A listener is told its first status on the owning thread.
        let listener = Box::new(move |_| {
            let _ = busy.send(());
            let _ = wait.recv();
        });
        held.subscribe(listener).unwrap();
        held.rename_document(&held.info().unwrap().documents[0].id, "Busy")
    });
    is_busy.recv().unwrap();
    let_go
}

#[test]
fn gestures_that_wait_are_answered_each_and_told_in_order() {
    let place = place();
    let (session, scene) = project(&place);
    let busy = busy(&session);
    let edits = session.edits();
    let pending: Vec<PendingEdit> = (0..100)
        .map(|n| add(&edits, &scene, &format!("e{n}")))
        .collect();
    // Somebody else's bad gesture among them is nobody's but theirs.
    let bad = session
        .edits()
        .edit(&scene, "entity.rename", rename("nobody", "x"));
    let last = add(&edits, &scene, "last");
    let told: Arc<Mutex<Vec<String>>> = Arc::default();
    let (rows, deltas) = (Arc::clone(&told), Arc::clone(&told));
    let follower = session.clone();
    let document = scene.clone();
    let following = thread::spawn(move || {
        let delta = move |delta: wissil_session::api::Delta| {
            deltas
                .lock()
                .unwrap()
                .push(format!("at {}", delta.position));
        };
        follower.open_document(&document, Box::new(delta)).unwrap();
        let message = move |message| {
            if let SessionMessage::Events { rows: new, .. } = message {
                let new = new.into_iter().map(|row| row.cid);
                rows.lock().unwrap().extend(new);
            }
        };
        follower.subscribe(Box::new(message)).unwrap();
    });
    drop(busy);
    let bad = bad.unwrap().wait().unwrap_err();
    assert_eq!(bad.code, ErrorCode::NotFound, "{bad:?}");
    let mut positions = Vec::new();
    for pending in pending {
        let edited = pending.wait().unwrap();
        assert_eq!(edited.cids.len(), 1);
        positions.push(edited.position.parse::<u64>().unwrap());
    }
    assert_eq!(positions, (1..=100).collect::<Vec<u64>>());
    assert_eq!(last.wait().unwrap().position, "101");
    following.join().unwrap();

    told.lock().unwrap().clear();
    let pending: Vec<PendingEdit> = (0..300)
        .map(|n| edits.edit(&scene, "entity.rename", rename("last", &format!("n{n}"))))
        .map(Result::unwrap)
        .collect();
    let answers: Vec<_> = pending.into_iter().map(|it| it.wait().unwrap()).collect();
    let told = told.lock().unwrap();
    let cids: Vec<&str> = told
        .iter()
        .map(String::as_str)
        .filter(|word| !word.starts_with("at "))
        .collect();
    let answered: Vec<&str> = answers.iter().map(|it| it.cids[0].as_str()).collect();
    // A message names the newest of very many; those that it names are in order, and the last is among them.
    let mut rest = answered.iter();
    assert!(cids.iter().all(|cid| rest.any(|answered| answered == cid)));
    assert_eq!(cids.last(), answered.last());
    let views: Vec<u64> = told
        .iter()
        .filter_map(|word| word.strip_prefix("at ")?.parse().ok())
        .collect();
    assert!(views.is_sorted());
    assert_eq!(views.last(), Some(&401));
    drop(told);

    let snapshot = session.snapshot(&scene).unwrap();
    assert_eq!(snapshot.collections["entities"].len(), 101);
    // Each is a step of its own.
    session.undo(&scene).unwrap();
    let name = &session.snapshot(&scene).unwrap().collections["entities"]["last"]["name"];
    assert_eq!(serde_json::to_value(name).unwrap(), "n298");
    assert!(session.verify().unwrap().sound);
}

#[test]
fn after_a_gesture_that_fails_none_of_its_row_is_made() {
    let place = place();
    let (session, scene) = project(&place);
    let busy = busy(&session);
    let edits = session.edits();
    let first = add(&edits, &scene, "a");
    let bad = edits.edit(&scene, "entity.rename", rename("nobody", "x"));
    let after = add(&edits, &scene, "b");
    let other = add(&session.edits(), &scene, "c");
    drop(busy);
    first.wait().unwrap();
    assert_eq!(bad.unwrap().wait().unwrap_err().code, ErrorCode::NotFound);
    assert_eq!(after.wait().unwrap_err().code, ErrorCode::Cancelled);
    other.wait().unwrap();
    let entities = &session.snapshot(&scene).unwrap().collections["entities"];
    assert_eq!(entities.keys().collect::<Vec<_>>(), ["a", "c"]);
}

#[test]
fn a_listener_that_fails_takes_nobodys_gesture_with_it() {
    let place = place();
    let (session, scene) = project(&place);
    let busy = busy(&session);
    let edits = session.edits();
    let pending = [add(&edits, &scene, "a"), add(&edits, &scene, "b")];
    let (other, document) = (session.clone(), scene.clone());
    let following = thread::spawn(move || {
        let broken = Box::new(|_| panic!("a defect in a listener"));
        other.open_document(&document, broken).unwrap()
    });
    drop(busy);
    for pending in pending {
        pending.wait().unwrap();
    }
    let view = following.join().unwrap().subscription;
    let (say, said) = mpsc::channel();
    session
        .subscribe(Box::new(move |message| {
            if let SessionMessage::Problem { problem } = message {
                let _ = say.send(problem);
            }
        }))
        .unwrap();
    session.edit(&scene, "entity.add", entity("c")).unwrap();
    assert!(said.recv().unwrap().contains("is saved"));
    session.close_document(view).unwrap();
    session.edit(&scene, "entity.add", entity("d")).unwrap();
    let folder = session.folder().unwrap();
    session.close();
    assert!(verify(&folder).unwrap().sound);
    let session = place.app.open(&folder).unwrap();
    let entities = &session.snapshot(&scene).unwrap().collections["entities"];
    assert_eq!(entities.keys().collect::<Vec<_>>(), ["a", "b", "c", "d"]);
}

#[test]
fn who_waits_when_the_project_is_closed_is_told() {
    let place = place();
    let (session, scene) = project(&place);
    let edits = session.edits();
    let pending: Vec<PendingEdit> = (0..50)
        .map(|n| add(&edits, &scene, &format!("e{n}")))
        .collect();
    session.close();
    // What was asked before is done before.
    for pending in pending {
        pending.wait().unwrap();
    }
    let late = edits.edit(&scene, "entity.add", entity("late"));
    assert!(late.is_err());
}
