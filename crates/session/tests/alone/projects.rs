//! Projects from making to reopening, through the façade as every shell uses it.

use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex, mpsc};

use wissil_session::api::{Damage, Delta, DocumentInfo, ErrorCode, SessionMessage, Snapshot};
use wissil_session::{App, Change, ExportFormat, Record, Session, Value, verify};

use crate::place::place;

fn document(session: &Session, kind: &str) -> String {
    let documents = session.info().unwrap().documents;
    documents.into_iter().find(|d| d.kind == kind).unwrap().id
}

fn node(op: &str) -> Record {
    let position = Value::Map([("x".into(), 0.0.into()), ("y".into(), 0.0.into())].into());
    Record::new().with("op", op).with("position", position)
}

fn add_node(session: &Session, id: &str) {
    let graph = document(session, "blueprint");
    session
        .edit(
            &graph,
            "node.add",
            vec![Change::put("nodes", id, node("flow/branch"))],
        )
        .unwrap();
}

/// What a person sees of a project, apart from times and positions in history.
fn contents(session: &Session) -> Vec<(String, Snapshot)> {
    let documents = session.info().unwrap().documents;
    documents
        .into_iter()
        .map(|document| {
            let mut snapshot = session.snapshot(&document.id).unwrap();
            snapshot.undo = Default::default();
            (document.name, snapshot)
        })
        .collect()
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

#[test]
fn a_project_is_as_it_was_after_closing() {
    let place = place();
    let folder = place.root.join("game");
    let session = place.app.create("My game", &folder).unwrap();
    let graph = document(&session, "blueprint");
    add_node(&session, "a");
    add_node(&session, "b");
    session.undo(&graph).unwrap();
    let (before, events) = (contents(&session), session.events(None, 100, None).unwrap());
    let undo = session.snapshot(&graph).unwrap().undo;
    drop(session);

    let session = place.app.open(&folder).unwrap();
    assert_eq!(contents(&session), before);
    assert_eq!(session.events(None, 100, None).unwrap(), events);
    assert_eq!(session.snapshot(&graph).unwrap().undo, undo);
    session.redo(&graph).unwrap();
    assert!(session.snapshot(&graph).unwrap().collections["nodes"].contains_key("b"));
    assert_eq!(place.app.info().unwrap().recents[0].name, "My game");
    assert!(verify(&folder).unwrap().sound);
}

#[test]
fn a_project_is_closed_for_everybody_who_has_a_handle() {
    let place = place();
    let folder = place.root.join("game");
    let session = place.app.create("My game", &folder).unwrap();
    let other = session.clone();
    assert!(place.app.open(&folder).is_err());
    session.close();
    session.close();
    let problem = other.info().unwrap_err();
    assert!(problem.message.contains("closed"), "{problem:?}");
    assert!(other.begin_upload("").is_err());
    let again = place.app.open(&folder).unwrap();
    drop((session, other));
    assert!(again.info().is_ok());
}

#[test]
fn views_hear_of_every_change_after_their_snapshot() {
    let place = place();
    let session = place
        .app
        .create("My game", &place.root.join("game"))
        .unwrap();
    let graph = document(&session, "blueprint");
    let heard: Arc<Mutex<Vec<Delta>>> = Arc::default();
    let listener = Arc::clone(&heard);
    let opened = session
        .open_document(
            &graph,
            Box::new(move |delta| listener.lock().unwrap().push(delta)),
        )
        .unwrap();
    add_node(&session, "a");
    session.undo(&graph).unwrap();
    {
        let heard = heard.lock().unwrap();
        assert_eq!(heard.len(), 2);
        assert!(heard[0].upserted["nodes"].contains_key("a"));
        assert_eq!(heard[0].derived["a"]["title"], "Branch");
        assert_eq!(heard[0].undo.undo.as_deref(), Some("added Branch"));
        assert_eq!(heard[1].removed["nodes"], ["a"]);
        assert_eq!(heard[1].undo.redo.as_deref(), Some("added Branch"));
    }
    session.close_document(opened.subscription).unwrap();
    add_node(&session, "c");
    assert_eq!(heard.lock().unwrap().len(), 2);
    let listener = Arc::clone(&heard);
    session
        .open_document(
            &graph,
            Box::new(move |delta| listener.lock().unwrap().push(delta)),
        )
        .unwrap();
    session.forget_listeners().unwrap();
    add_node(&session, "d");
    assert_eq!(heard.lock().unwrap().len(), 2);
}

#[test]
fn a_copied_folder_becomes_a_replica_of_its_own() {
    let place = place();
    let folder = place.root.join("game");
    let session = place.app.create("My game", &folder).unwrap();
    add_node(&session, "a");
    let original = session.info().unwrap();
    drop(session);
    let copy = place.root.join("copy");
    copy_folder(&folder, &copy);

    let session = place.app.open(&copy).unwrap();
    let copied = session.info().unwrap();
    assert_eq!(copied.session, original.session);
    assert_ne!(copied.replica, original.replica);
    assert!(copied.notices[0].contains("copy"), "{:?}", copied.notices);
    add_node(&session, "b");
    drop(session);
    let session = place.app.open(&folder).unwrap();
    assert_eq!(session.info().unwrap().replica, original.replica);
    assert!(session.info().unwrap().notices.is_empty());
    add_node(&session, "c");
    drop(session);
    assert!(verify(&copy).unwrap().sound);
}

#[test]
fn a_moved_folder_stays_the_same_replica() {
    let place = place();
    let folder = place.root.join("game");
    let replica = {
        let session = place.app.create("My game", &folder).unwrap();
        session.info().unwrap().replica
    };
    let moved = place.root.join("moved");
    fs::rename(&folder, &moved).unwrap();
    let session = place.app.open(&moved).unwrap();
    assert_eq!(session.info().unwrap().replica, replica);
    assert!(session.info().unwrap().notices.is_empty());
}

#[test]
fn a_restored_folder_becomes_a_replica_of_its_own() {
    let place = place();
    let folder = place.root.join("game");
    let session = place.app.create("My game", &folder).unwrap();
    let replica = session.info().unwrap().replica;
    drop(session);
    let backup = fs::read(folder.join(".wissil/session.db")).unwrap();
    let session = place.app.open(&folder).unwrap();
    add_node(&session, "a");
    drop(session);
    // Written over in place: the same file, an earlier content.
    fs::write(folder.join(".wissil/session.db"), backup).unwrap();
    let session = place.app.open(&folder).unwrap();
    assert_ne!(session.info().unwrap().replica, replica);
    assert!(session.info().unwrap().notices[0].contains("restored"));
    add_node(&session, "a");
}

#[test]
fn a_project_of_another_installation_gets_a_key_of_its_own() {
    let place = place();
    let folder = place.root.join("game");
    let replica = {
        let session = place.app.create("My game", &folder).unwrap();
        session.info().unwrap().replica
    };
    let elsewhere = App::new(place.root.join("elsewhere")).unwrap();
    let session = elsewhere.open(&folder).unwrap();
    assert_ne!(session.info().unwrap().replica, replica);
    add_node(&session, "a");
    let people = session.status().unwrap().people;
    assert_eq!(people.len(), 2, "both persons are members");
}

#[test]
fn one_process_edits_and_others_read() {
    let place = place();
    let folder = place.root.join("game");
    let session = place.app.create("My game", &folder).unwrap();
    add_node(&session, "a");
    let second = place.app.open(&folder).map(|_| ()).unwrap_err();
    assert_eq!(second.code, ErrorCode::Locked);
    let reader = place.app.inspect(&folder).unwrap();
    assert_eq!(contents(&reader), contents(&session));
    let graph = document(&reader, "blueprint");
    let refused = reader.edit(
        &graph,
        "node.add",
        vec![Change::put("nodes", "b", node("math/add"))],
    );
    assert!(refused.is_err());
    add_node(&session, "c");
}

#[test]
fn a_folder_with_a_project_is_not_written_over() {
    let place = place();
    let folder = place.root.join("game");
    drop(place.app.create("My game", &folder).unwrap());
    let second = place
        .app
        .create("Another", &folder)
        .map(|_| ())
        .unwrap_err();
    assert_eq!(second.code, ErrorCode::AlreadyExists);
}

#[test]
fn a_broken_file_leaves_no_half_made_project() {
    let place = place();
    let file = place.root.join("broken.glb");
    fs::write(&file, b"glTF\x02\0\0\0\xff\0\0\0").unwrap();
    let folder = place.root.join("imported");
    let refused = place.app.import(&file, &folder).map(|_| ()).unwrap_err();
    assert_eq!(refused.code, ErrorCode::Import);
    assert!(
        refused.message.contains("broken.glb"),
        "{}",
        refused.message
    );
    assert!(!folder.exists());
    assert!(place.app.info().unwrap().recents.is_empty());
}

#[test]
fn a_folder_that_is_no_project_is_said_to_be_none() {
    let place = place();
    let refused = place.app.open(&place.root).map(|_| ()).unwrap_err();
    assert_eq!(refused.code, ErrorCode::NotFound);
}

#[test]
fn a_history_leaves_and_returns_whole() {
    let place = place();
    let folder = place.root.join("game");
    let session = place.app.sample().unwrap();
    let before = contents(&session);
    for (format, file) in [
        (ExportFormat::Car, "all.car"),
        (ExportFormat::Json, "all.json"),
    ] {
        let file = place.root.join(file);
        session.export(format, &file).unwrap();
        let folder = folder.with_extension(file.extension().unwrap());
        let returned = place.app.import(&file, &folder).unwrap();
        assert_eq!(contents(&returned), before);
        assert_eq!(
            returned.info().unwrap().session,
            session.info().unwrap().session
        );
        assert_ne!(
            returned.info().unwrap().replica,
            session.info().unwrap().replica
        );
        drop(returned);
        let report = verify(&folder).unwrap();
        let is_object = |damage: &Damage| damage.what.starts_with("object ");
        match format {
            ExportFormat::Car => assert!(report.sound, "{:?}", report.damages),
            // JSON holds no objects, and that is said.
            _ => assert!(report.damages.iter().all(is_object), "{:?}", report.damages),
        }
    }
}

#[test]
fn the_sample_is_sound_has_no_problems_and_plays_elsewhere() {
    let place = place();
    let session = place.app.sample().unwrap();
    assert_eq!(session.problems().unwrap(), []);
    let file = place.root.join("sample.glb");
    assert_eq!(
        session.export(ExportFormat::Glb, &file).unwrap(),
        Vec::<String>::new()
    );
    let imported = place.app.import(&file, &place.root.join("again")).unwrap();
    let counts = |session: &Session, kind: &str| {
        let documents = session.inventory().unwrap();
        documents
            .into_iter()
            .find(|d| d.kind == kind)
            .unwrap()
            .counts
    };
    for (kind, collection) in [
        ("blueprint", "nodes"),
        ("blueprint", "wires"),
        ("blueprint", "comments"),
        ("scene", "entities"),
        ("scene", "meshes"),
        ("scene", "materials"),
    ] {
        assert_eq!(
            counts(&session, kind)[collection],
            counts(&imported, kind)[collection],
            "{collection}"
        );
    }
    drop(session);
    // The second time it is opened, not made.
    assert_eq!(
        place.app.sample().unwrap().info().unwrap().name,
        "Lantern Yard"
    );
}

#[test]
fn listeners_hear_how_many_records_documents_have_once_they_were_read() {
    let place = place();
    let folder = place.root.join("game");
    let session = place.app.create("My game", &folder).unwrap();
    add_node(&session, "a");
    add_node(&session, "b");
    drop(session);
    let session = place.app.open(&folder).unwrap();
    let (told, heard) = mpsc::channel();
    let listener = Box::new(move |message| drop(told.send(message)));
    let count = |documents: &[DocumentInfo]| -> Option<u32> {
        let graph = documents.iter().find(|it| it.kind == "blueprint").unwrap();
        graph.counts.get("nodes").copied()
    };
    let status = session.subscribe(listener).unwrap();
    assert_eq!(count(&status.documents), None);
    session.problems().unwrap();
    let counts: Vec<_> = heard
        .try_iter()
        .filter_map(|message| match message {
            SessionMessage::Events { status, .. } => Some(count(&status.documents)),
            _ => None,
        })
        .collect();
    assert_eq!(counts, [Some(2)]);
    // What is known already is no news.
    session.problems().unwrap();
    assert!(
        !heard
            .try_iter()
            .any(|message| matches!(message, SessionMessage::Events { .. }))
    );
}

#[test]
fn search_finds_by_name_operation_and_kind() {
    let place = place();
    let session = place.app.sample().unwrap();
    let titles = |query: &str| -> Vec<String> {
        let hits = session.find(query, 10).unwrap();
        hits.into_iter().map(|hit| hit.title).collect()
    };
    assert_eq!(titles("orb")[0], "Orb");
    assert!(titles("pointer/set").contains(&"Shine".to_owned()));
    assert!(titles("lantern 2").contains(&"Lantern 2".to_owned()));
    assert_eq!(titles("no such thing"), Vec::<String>::new());
}

#[test]
fn bad_input_is_refused_with_a_code_and_changes_nothing() {
    let place = place();
    let session = place
        .app
        .create("My game", &place.root.join("game"))
        .unwrap();
    let graph = document(&session, "blueprint");
    let before = session.events(None, 100, None).unwrap();
    let refused = |event_type: &str, change: Change| {
        session
            .edit(&graph, event_type, vec![change])
            .unwrap_err()
            .code
    };
    let put = |id: &str, record: Record| Change::put("nodes", id, record);
    assert_eq!(
        refused("node.add", put("a", Record::new())),
        ErrorCode::Invalid
    );
    assert_eq!(
        refused("node.add", put("a b", node("math/add"))),
        ErrorCode::Invalid
    );
    assert_eq!(
        refused("node.fly", put("a", node("math/add"))),
        ErrorCode::Invalid
    );
    assert_eq!(
        refused("node.move", put("a", node("math/add"))),
        ErrorCode::Invalid
    );
    assert_eq!(
        refused(
            "node.set",
            Change::set("nodes", "gone", [("label", Value::text("x"))])
        ),
        ErrorCode::NotFound
    );
    assert_eq!(
        session
            .edit("no document", "node.add", vec![])
            .unwrap_err()
            .code,
        ErrorCode::Invalid
    );
    assert_eq!(
        session.undo(&graph).unwrap_err().code,
        ErrorCode::NothingToDo
    );
    assert_eq!(
        session.events(Some("x"), 1, None).unwrap_err().code,
        ErrorCode::Invalid
    );
    assert_eq!(
        session.event_json("x").unwrap_err().code,
        ErrorCode::Invalid
    );
    assert_eq!(session.events(None, 100, None).unwrap(), before);
}

#[test]
fn of_many_who_make_a_project_in_one_folder_one_does() {
    let place = place();
    for round in 0..5 {
        let folder = place.root.join(format!("game {round}"));
        // A crash left this.
        let left = folder.join(".wissil-building");
        fs::create_dir_all(left.join("project/.wissil")).unwrap();
        let start = std::sync::Barrier::new(6);
        let make = |number: usize| {
            let app = App::new(place.root.join(format!("home {number}"))).unwrap();
            start.wait();
            app.create("Game", &folder).map(drop)
        };
        let made: Vec<_> = std::thread::scope(|scope| {
            let makers: Vec<_> = (0..6).map(|it| scope.spawn(move || make(it))).collect();
            makers.into_iter().map(|it| it.join().unwrap()).collect()
        });
        let refused: Vec<_> = made.into_iter().filter_map(Result::err).collect();
        assert_eq!(refused.len(), 5, "{refused:?}");
        for refused in refused {
            let said = &refused.message;
            assert!(
                said.contains("another program is making") || said.contains("holds a project"),
                "{said}"
            );
        }
        assert!(verify(&folder).unwrap().sound);
        assert!(!left.exists());
    }
}
