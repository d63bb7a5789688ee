//! Whether a project is the one that was edited here, and whether all is there: files that were lost or put back, and an
//! installation that cannot be written.

use std::fs;
use std::path::Path;

use wissil_session::api::ErrorCode;
use wissil_session::{App, Change, ExportFormat, Record, Session, Value, verify};

use crate::place::{Place, place};

fn add_node(session: &Session, id: &str) {
    let documents = session.info().unwrap().documents;
    let graph = documents
        .into_iter()
        .find(|d| d.kind == "blueprint")
        .unwrap();
    let position = Value::Map([("x".into(), 0.0.into()), ("y".into(), 0.0.into())].into());
    let node = Record::new()
        .with("op", "flow/branch")
        .with("position", position);
    session
        .edit(&graph.id, "node.add", vec![Change::put("nodes", id, node)])
        .unwrap();
}

fn damages(report: &wissil_session::api::VerifyReport) -> String {
    let lines = report.damages.iter();
    lines
        .map(|damage| format!("{}: {}\n", damage.what, damage.problem))
        .collect()
}

/// What the installation remembers of a replica: a file with this ending.
fn remembered(place: &Place, replica: &str, ending: &str) -> std::path::PathBuf {
    let replicas = place.root.join("home/replicas");
    replicas.join(format!("{replica}.{ending}"))
}

#[test]
fn what_is_missing_is_counted_by_whoever_opens_or_checks() {
    let place = place();
    let folder = place.root.join("game");
    let database = folder.join(".wissil/session.db");
    drop(place.app.create("Game", &folder).unwrap());
    let earlier = fs::read(&database).unwrap();
    let session = place.app.open(&folder).unwrap();
    let replica = session.info().unwrap().replica;
    for id in ["a", "b", "c"] {
        add_node(&session, id);
    }
    drop(session);
    assert!(place.app.verify(&folder).unwrap().sound);
    // The same file, an earlier content: what a lost journal leaves, or a backup.
    fs::write(&database, earlier).unwrap();

    let report = place.app.verify(&folder).unwrap();
    assert!(
        !report.sound && damages(&report).contains("3 events"),
        "{report:?}"
    );
    let reader = place.app.inspect(&folder).unwrap();
    let notices = reader.info().unwrap().notices;
    assert!(notices[0].contains("3 events"), "{notices:?}");
    drop(reader);
    let session = place.app.open(&folder).unwrap();
    let info = session.info().unwrap();
    assert_ne!(info.replica, replica);
    assert!(info.notices[0].contains("3 events"), "{:?}", info.notices);
    assert!(info.notices[0].ends_with("brings it back."), "{info:?}");
    add_node(&session, "d");
    drop(session);

    // It stays said, whatever was done since, until somebody dismisses it.
    let report = place.app.verify(&folder).unwrap();
    assert!(
        !report.sound && damages(&report).contains("3 events"),
        "{report:?}"
    );
    let reader = place.app.inspect(&folder).unwrap();
    let problems = reader.problems().unwrap();
    let said = problems.iter().find(|it| it.message.contains("3 events"));
    let note = said.unwrap().note.clone().unwrap();
    drop(reader);
    let session = place.app.open(&folder).unwrap();
    let dismiss = vec![Change::remove("notes", note.as_str())];
    session.edit("manifest", "note.dismiss", dismiss).unwrap();
    drop(session);
    assert!(place.app.verify(&folder).unwrap().sound);
}

#[test]
fn a_copy_says_too_what_is_missing() {
    let place = place();
    let folder = place.root.join("game");
    let database = folder.join(".wissil/session.db");
    drop(place.app.create("Game", &folder).unwrap());
    let earlier = fs::read(&database).unwrap();
    let session = place.app.open(&folder).unwrap();
    for id in ["a", "b"] {
        add_node(&session, id);
    }
    drop(session);
    // Another file in the same place: a folder that was put back whole.
    fs::remove_file(&database).unwrap();
    fs::write(&database, earlier).unwrap();
    let notices = place.app.open(&folder).unwrap().info().unwrap().notices;
    let said = |part| notices.iter().any(|notice| notice.contains(part));
    assert!(said("2 events") && said("new replica"), "{notices:?}");
}

#[test]
fn what_is_missing_is_a_problem_also_for_whoever_only_reads() {
    let place = place();
    let folder = place.root.join("game");
    let database = folder.join(".wissil/session.db");
    drop(place.app.create("Game", &folder).unwrap());
    let earlier = fs::read(&database).unwrap();
    let session = place.app.open(&folder).unwrap();
    add_node(&session, "a");
    drop(session);
    fs::write(&database, earlier).unwrap();
    let reader = place.app.inspect(&folder).unwrap();
    let problems = reader.problems().unwrap();
    assert!(
        problems.iter().any(|it| it.message.contains("1 event")),
        "{problems:?}"
    );
}

#[test]
fn an_installation_without_room_makes_no_new_replica() {
    let place = place();
    let folder = place.root.join("game");
    let replica = {
        let session = place.app.create("Game", &folder).unwrap();
        session.info().unwrap().replica
    };
    // Nothing new can be written under this name.
    let blocked = remembered(&place, &replica, "tmp");
    fs::create_dir(&blocked).unwrap();
    let session = place.app.open(&folder).unwrap();
    let info = session.info().unwrap();
    assert_eq!(info.replica, replica);
    assert!(
        info.notices[0].contains("could not be written"),
        "{:?}",
        info.notices
    );
    add_node(&session, "a");
    drop(session);
    fs::remove_dir(&blocked).unwrap();
    let session = place.app.open(&folder).unwrap();
    let info = session.info().unwrap();
    assert_eq!((info.replica, info.notices), (replica, Vec::new()));
}

#[test]
fn where_nothing_can_be_noted_a_project_is_read_and_not_edited() {
    let place = place();
    let folder = place.root.join("game");
    let session = place.app.create("Game", &folder).unwrap();
    let replica = session.info().unwrap().replica;
    add_node(&session, "a");
    let events = session.status().unwrap().events;
    drop(session);
    let position = remembered(&place, &replica, "position");
    let kept = place.root.join("kept");
    fs::rename(&position, &kept).unwrap();
    fs::create_dir(&position).unwrap();
    for _ in 0..2 {
        let refused = place.app.open(&folder).map(drop).unwrap_err();
        assert!(refused.message.contains("can be read"), "{refused:?}");
    }
    let reader = place.app.inspect(&folder).unwrap();
    assert_eq!(reader.status().unwrap().events, events);
    drop(reader);
    fs::remove_dir(&position).unwrap();
    fs::rename(&kept, &position).unwrap();
    let session = place.app.open(&folder).unwrap();
    let info = session.info().unwrap();
    assert_eq!((info.replica, info.notices), (replica, Vec::new()));
}

#[test]
fn an_installation_that_cannot_be_made_reads() {
    let place = place();
    let folder = place.root.join("game");
    drop(place.app.create("Game", &folder).unwrap());
    let nowhere = place.root.join("a file");
    fs::write(&nowhere, "").unwrap();
    let app = wissil_session::App::new(nowhere.join("home")).unwrap();
    let reader = app.inspect(&folder).unwrap();
    assert_eq!(reader.info().unwrap().name, "Game");
    let file = place.root.join("game.car");
    assert!(reader.export(ExportFormat::Car, &file).unwrap().is_empty());
    assert!(app.verify(&folder).unwrap().sound);
    let refused = app.open(&folder).map(drop).unwrap_err();
    assert!(refused.message.contains("can be read"), "{refused:?}");
    assert!(verify(&folder).unwrap().sound);
}

#[test]
fn an_opening_that_ended_halfway_makes_no_new_replica() {
    let place = place();
    let folder = place.root.join("game");
    let replica = {
        let session = place.app.create("Game", &folder).unwrap();
        session.info().unwrap().replica
    };
    let path = remembered(&place, &replica, "json");
    let read =
        || -> serde_json::Value { serde_json::from_slice(&fs::read(&path).unwrap()).unwrap() };
    let before = read();
    drop(place.app.open(&folder).unwrap());
    // The project has its new incarnation, and the installation knows of it only as the next one.
    let mut halfway = read();
    assert_ne!(halfway["incarnation"], before["incarnation"]);
    halfway["next"] = halfway["incarnation"].clone();
    halfway["incarnation"] = before["incarnation"].clone();
    fs::write(&path, halfway.to_string()).unwrap();
    let session = place.app.open(&folder).unwrap();
    let info = session.info().unwrap();
    assert_eq!((info.replica, info.notices), (replica.clone(), Vec::new()));
    drop(session);
    // The other way round it ended before the project had it.
    let mut halfway = read();
    halfway["next"] = "another".into();
    fs::write(&path, halfway.to_string()).unwrap();
    let session = place.app.open(&folder).unwrap();
    assert_eq!(session.info().unwrap().replica, replica);
}

#[test]
fn objects_that_records_name_are_missed() {
    let place = place();
    let session = place.app.sample().unwrap();
    let folder = place.app.sample_folder();
    let car = place.root.join("sample.car");
    assert!(session.export(ExportFormat::Car, &car).unwrap().is_empty());
    let notes = session.export(ExportFormat::Json, &place.root.join("sample.json"));
    let notes = notes.unwrap().join("\n");
    assert!(
        notes.contains("objects") && notes.contains("CAR"),
        "{notes}"
    );
    drop(session);
    assert!(verify(&folder).unwrap().sound);
    let objects = files_below(&folder.join(".wissil/objects"));
    assert!(!objects.is_empty());
    for object in &objects {
        fs::remove_file(object).unwrap();
    }
    let report = verify(&folder).unwrap();
    assert!(!report.sound);
    assert_eq!(report.damages.len(), objects.len(), "{}", damages(&report));
    assert!(
        damages(&report).contains("Yard names it"),
        "{}",
        damages(&report)
    );
    let session = place.app.open(&folder).unwrap();
    let notes = session.export(ExportFormat::Car, &car).unwrap();
    assert_eq!(notes.len(), objects.len(), "{notes:?}");
    assert!(notes[0].contains("left out"), "{notes:?}");
}

fn files_below(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => files.extend(files_below(&path)),
            false => files.push(path),
        }
    }
    files
}

#[test]
fn a_new_project_needs_a_key_that_can_be_kept() {
    let place = place();
    let nowhere = place.root.join("a file");
    fs::write(&nowhere, "").unwrap();
    let app = wissil_session::App::new(nowhere.join("home")).unwrap();
    let folder = place.root.join("game");
    let refused = app.create("Game", &folder).map(drop).unwrap_err();
    assert!(
        matches!(refused.code, ErrorCode::Storage | ErrorCode::NotFound),
        "{refused:?}"
    );
    assert!(!folder.exists());
}

#[test]
fn what_fails_late_in_opening_is_an_error_and_leaves_the_project_free() {
    let place = place();
    let folder = place.root.join("game");
    drop(place.app.create("Game", &folder).unwrap());
    // The last thing that opening reads, and it cannot be read.
    let connections = fs::read_dir(place.root.join("home/connections")).unwrap();
    let file = connections.map(|file| file.unwrap().path()).next().unwrap();
    fs::remove_file(&file).unwrap();
    fs::create_dir(&file).unwrap();
    let failed = place.app.open(&folder).map(drop).unwrap_err();
    assert!(
        failed.message.contains(&file.display().to_string()),
        "{failed:?}"
    );
    fs::remove_dir(&file).unwrap();
    assert!(place.app.open(&folder).is_ok());
}

/// Cuts what the installation keeps in a file, and gives where it is to be kept then.
fn cut(file: &Path) -> std::path::PathBuf {
    let bytes = fs::read(file).unwrap();
    fs::write(file, &bytes[..bytes.len() / 2]).unwrap();
    let mut aside = file.as_os_str().to_owned();
    aside.push(".damaged");
    aside.into()
}

#[test]
fn who_edits_here_is_found_out_again_from_a_project() {
    let place = place();
    let folder = place.root.join("game");
    place.app.set_person("Ann", "#5bc8ff").unwrap();
    let ann = place.app.info().unwrap().user;
    drop(place.app.create("Game", &folder).unwrap());
    let person = place.root.join("home/person.json");
    let says = |notices: Vec<String>, part: &str| notices.iter().any(|it| it.contains(part));

    // Whoever reads replaces nothing.
    let aside = cut(&person);
    let again = || App::new(place.root.join("home")).unwrap();
    let reader = again().inspect(&folder).unwrap();
    let notices = reader.info().unwrap().notices;
    assert!(says(notices, "person.json is damaged"));
    drop(reader);
    assert!(person.exists() && !aside.exists());

    let session = again().open(&folder).unwrap();
    let info = session.info().unwrap();
    assert_eq!(info.user, ann);
    assert!(
        says(info.notices.clone(), "person.json.damaged"),
        "{info:?}"
    );
    assert!(says(info.notices, "You go on as Ann"));
    assert!(aside.exists());
    drop(session);

    // The window asks who it is before it opens anything.
    cut(&person);
    assert_eq!(again().info().unwrap().user, ann);
    fs::remove_file(&person).unwrap();
    assert_eq!(again().info().unwrap().user, ann);
}

#[test]
fn a_damaged_connection_is_said_and_kept() {
    let place = place();
    let folder = place.root.join("game");
    drop(place.app.create("Game", &folder).unwrap());
    let mut connections = fs::read_dir(place.root.join("home/connections")).unwrap();
    let file = connections.next().unwrap().unwrap().path();
    let aside = cut(&file);
    let session = place.app.open(&folder).unwrap();
    let notices = session.info().unwrap().notices;
    assert!(
        notices[0].contains(".json.damaged") && notices[0].contains("server"),
        "{notices:?}"
    );
    assert!(aside.exists());
}
