//! A kind of document that only this test knows: a table and two things that one does. Nothing else is written for it.

use std::path::{Path, PathBuf};
use std::process::Command;

use wissil_model::{Channel, DocumentKind, EventType, Kind, Plain, records};
use wissil_session::api::ErrorCode;
use wissil_session::{App, Change, ExportFormat, Record, Session, Value};

records! {
    /// What is left to be done.
    "checklist" {
        /// One thing that is.
        tasks: Task [found: true] {
            /// What is to be done.
            name: String,
            /// Whether it is.
            done: bool = false,
        }
    }
}

static CHECKLIST: Kind = Kind {
    schema: &SCHEMA,
    channel: Channel {
        subsystem: "SPARK",
        name: "CHECKLISTS",
    },
    event_types: &[
        EventType::new("task.add", "added", "tasks:p"),
        EventType::new("task.tick", "ticked", "tasks:s"),
    ],
    words: &Plain,
    derive: None,
    complete: None,
};

/// Tells a process that does not know the kind where to find a project with such a document, and where to work.
const ARCHIVE: &str = "WISSIL_TEST_ARCHIVE";

fn app(folder: &Path) -> App {
    let app = App::new(folder.join("home")).unwrap();
    app.set_person("Ann", "#5bc8ff").unwrap();
    app
}

fn newest(session: &Session) -> String {
    session.events(None, 1, None).unwrap()[0].words.clone()
}

/// What stands in the list: what is to be done, and whether it is.
fn tasks(session: &Session, list: &str) -> Vec<(String, bool)> {
    let snapshot = session.snapshot(list).unwrap();
    let tasks = snapshot.collections["tasks"].values();
    tasks
        .map(|task| {
            let name = task["name"].as_str().unwrap().to_owned();
            (name, task["done"].as_bool().unwrap())
        })
        .collect()
}

#[test]
fn a_kind_is_a_table_and_what_one_does() {
    DocumentKind::add(&[const { DocumentKind::new(&CHECKLIST) }]).unwrap();
    let root = tempfile::tempdir().unwrap();
    let app = app(root.path());
    let folder = root.path().join("castle");
    let castle = app.create("Castle", &folder).unwrap();
    let list = castle
        .create_document("checklist", "Before the demo")
        .unwrap()
        .id;
    let rope = Task {
        name: "Buy rope".into(),
        done: false,
    };
    castle
        .edit(
            &list,
            "task.add",
            vec![Change::put("tasks", "1", rope.to_record())],
        )
        .unwrap();
    assert_eq!(newest(&castle), "added Buy rope");
    let tick = Change::set("tasks", "1", [("done", Value::Bool(true))]);
    castle.edit(&list, "task.tick", vec![tick]).unwrap();
    assert_eq!(newest(&castle), "ticked done of Buy rope false → true");
    let done = vec![("Buy rope".to_owned(), true)];
    assert_eq!(tasks(&castle, &list), done);

    // What it does not say is refused.
    let wrong = Change::put("tasks", "2", Record::new().with("name", 3.0));
    assert!(castle.edit(&list, "task.add", vec![wrong]).is_err());
    let removed = vec![Change::remove("tasks", "1")];
    assert!(castle.edit(&list, "task.tick", removed).is_err());

    castle.undo(&list).unwrap();
    assert!(!tasks(&castle, &list)[0].1);
    castle.redo(&list).unwrap();
    let hits = castle.find("rope", 5).unwrap();
    assert_eq!((hits.len(), hits[0].detail.as_str()), (1, "task"));
    assert!(castle.problems().unwrap().is_empty());

    // It is as it was when it is opened again, and where the history is brought.
    castle.close();
    let castle = app.open(&folder).unwrap();
    assert_eq!(tasks(&castle, &list), done);
    let archive = root.path().join("castle.car");
    castle.export(ExportFormat::Car, &archive).unwrap();
    let copy = app.import(&archive, &root.path().join("copy")).unwrap();
    assert_eq!(tasks(&copy, &list), done);

    // An older version keeps what it cannot read, and gives it on.
    let older = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "kinds::an_older_version",
            "--ignored",
            "--nocapture",
        ])
        .env(ARCHIVE, &archive)
        .output()
        .unwrap();
    assert!(older.status.success(), "{older:?}");
    let kept = root.path().join("older/castle.car");
    let back = app.import(&kept, &root.path().join("back")).unwrap();
    assert_eq!(tasks(&back, &list), done);
    // With the newer version its own folder reads.
    let updated = app.open(&root.path().join("older/castle")).unwrap();
    assert_eq!(tasks(&updated, &list), done);
    let tick = Change::set("tasks", "1", [("done", Value::Bool(false))]);
    updated.edit(&list, "task.tick", vec![tick]).unwrap();
    assert!(updated.verify().unwrap().sound);
}

/// What a process does that does not know the kind.
#[test]
#[ignore = "run by the test above, in a process of its own"]
fn an_older_version() {
    let archive = PathBuf::from(std::env::var_os(ARCHIVE).unwrap());
    let root = archive.parent().unwrap().join("older");
    let app = app(&root);
    let folder = root.join("castle");
    let castle = app.import(&archive, &folder).unwrap();
    let check = |castle: &Session| {
        let documents = castle.info().unwrap().documents;
        let list = documents.iter().find(|it| it.kind == "checklist").unwrap();
        assert_eq!(list.name, "Before the demo");
        let refused = castle
            .open_document(&list.id, Box::new(|_| ()))
            .unwrap_err();
        assert_eq!(refused.code, ErrorCode::TooNew);
        assert!(refused.message.contains("newer version"), "{refused}");
        let problems = castle.problems().unwrap();
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert_eq!(problems[0].document, list.id);
        assert!(castle.find("rope", 5).unwrap().is_empty());
        assert!(castle.status().unwrap().quarantined == "0");
        assert!(castle.verify().unwrap().sound);
        // Its history shows what was done, as far as that can be told.
        let rows = castle.events(None, 50, Some(&list.id)).unwrap();
        let words: Vec<&str> = rows.iter().map(|row| row.words.as_str()).collect();
        assert!(words.contains(&"changed Buy rope"), "{words:?}");
    };
    check(&castle);
    // The rest of the project is edited as always.
    let graph = castle.info().unwrap().documents;
    let graph = graph.iter().find(|it| it.kind == "blueprint").unwrap();
    let node = Record::new().with("op", "event/onStart");
    castle
        .edit(&graph.id, "node.add", vec![Change::put("nodes", "a", node)])
        .unwrap();
    let game = root.join("castle.glb");
    let notes = castle.export(ExportFormat::Glb, &game).unwrap();
    assert!(
        notes.iter().any(|it| it.contains("newer version")),
        "{notes:?}"
    );
    castle.close();
    let castle = app.open(&folder).unwrap();
    check(&castle);
    castle
        .export(ExportFormat::Car, &root.join("castle.car"))
        .unwrap();
}
