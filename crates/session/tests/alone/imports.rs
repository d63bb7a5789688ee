//! glTF files become projects: what there is to know of them stays, and nothing else of this machine comes with them.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use serde_json::json;
use wissil_session::api::{ApiError, ErrorCode, Problem};
use wissil_session::{Change, ExportFormat, Session, Severity, Value, check_file, verify};

use crate::place::{Place, place};

const MANIFEST: &str = "manifest";

fn write(place: &Place, name: &str, json: &serde_json::Value) -> PathBuf {
    let file = place.root.join(name);
    fs::write(&file, json.to_string()).unwrap();
    file
}

fn refused(place: &Place, file: &Path) -> ApiError {
    let folder = place.root.join("refused");
    let refused = place.app.import(file, &folder).map(|_| ()).unwrap_err();
    assert!(!folder.exists());
    refused
}

/// A graph with a flow that leads nowhere, twice, beside an unknown extension.
fn broken_graph() -> serde_json::Value {
    json!({
        "asset": { "version": "2.0" }, "extensionsUsed": ["KHR_interactivity", "VND_secret"],
        "nodes": [{ "name": "Cat" }],
        "extensions": { "KHR_interactivity": { "graphs": [{
            "declarations": [{ "op": "event/onStart" }, { "op": "flow/sequence" }],
            "nodes": [
                { "declaration": 0, "flows": { "out": { "node": 1 } } },
                { "declaration": 1, "flows": { "0": {}, "1": {} } },
            ],
        }] } },
    })
}

fn dismiss(session: &Session, notes: &[Problem]) {
    let changes = notes
        .iter()
        .map(|note| Change::remove("notes", note.note.clone().unwrap()))
        .collect();
    session.edit(MANIFEST, "note.dismiss", changes).unwrap();
}

#[test]
fn what_an_import_left_to_know_stays_until_it_is_dismissed() {
    let place = place();
    let file = write(&place, "broken.gltf", &broken_graph());
    let folder = place.root.join("game");
    let session = place.app.import(&file, &folder).unwrap();
    let notes = session.import_notes().unwrap();
    let said: Vec<_> = notes
        .iter()
        .map(|note| (note.severity, note.message.as_str()))
        .collect();
    assert_eq!(
        said,
        [
            (
                Severity::Warning,
                "/extensions/KHR_interactivity/graphs/0/nodes/1/flows/0: has no `node`, so it leads nowhere \
                 (and at 1 more place)"
            ),
            (
                Severity::Info,
                "/extensionsUsed: names extensions that are kept as they are, without being understood: VND_secret"
            ),
        ]
    );
    let graph = session.info().unwrap().documents[1].id.clone();
    assert_eq!(notes[0].document, graph);
    assert_eq!(notes[0].id.as_deref(), Some("node_1"));
    assert!(
        notes
            .iter()
            .all(|note| session.problems().unwrap().contains(note))
    );
    drop(session);

    // They are there after a restart, and for whoever gets the history.
    let session = place.app.open(&folder).unwrap();
    assert_eq!(session.import_notes().unwrap(), notes);
    let car = place.root.join("all.car");
    session.export(ExportFormat::Car, &car).unwrap();
    let copy = place.app.import(&car, &place.root.join("copy")).unwrap();
    assert_eq!(copy.import_notes().unwrap(), notes);

    dismiss(&session, &notes[..1]);
    assert_eq!(session.import_notes().unwrap(), notes[1..]);
    session.undo(MANIFEST).unwrap();
    assert_eq!(session.import_notes().unwrap(), notes);
}

#[test]
fn a_file_is_checked_without_a_project() {
    let place = place();
    let found = check_file(&write(&place, "broken.gltf", &broken_graph())).unwrap();
    let places: Vec<_> = found
        .iter()
        .filter(|problem| problem.severity != Severity::Info)
        .map(|problem| problem.place.as_str())
        .collect();
    assert_eq!(
        places,
        [
            "/extensions/KHR_interactivity/graphs/0/nodes/1/flows/0",
            "/extensions/KHR_interactivity/graphs/0/nodes/1/flows/1",
        ]
    );
    let sound = json!({ "asset": { "version": "2.0" } });
    assert_eq!(
        check_file(&write(&place, "sound.gltf", &sound)).unwrap(),
        []
    );
}

#[test]
fn what_is_too_large_for_an_event_comes_in_and_goes_out() {
    let place = place();
    let long = "lorem ipsum ".repeat(60_000);
    let channels: Vec<_> = (0..20_000)
        .map(|at| json!({ "sampler": 0, "target": { "node": at % 2, "path": "scale" } }))
        .collect();
    let json = json!({
        "asset": { "version": "2.0" }, "extras": { "text": long }, "nodes": [{}, { "extras": { "text": long } }],
        "accessors": [{ "componentType": 5126, "count": 3, "type": "VEC3" }],
        "animations": [{ "channels": channels, "samplers": [{ "input": 0, "output": 0 }] }],
    });
    let folder = place.root.join("game");
    let session = place
        .app
        .import(&write(&place, "large.gltf", &json), &folder)
        .unwrap();
    let file = place.root.join("large.glb");
    session.export(ExportFormat::Glb, &file).unwrap();
    drop(session);
    assert!(verify(&folder).unwrap().sound);
    let glb = fs::read(file).unwrap();
    let length = u32::from_le_bytes(glb[12..16].try_into().unwrap()) as usize;
    let exported: serde_json::Value = serde_json::from_slice(&glb[20..20 + length]).unwrap();
    for member in ["extras", "animations", "nodes"] {
        assert!(
            exported[member] == json[member],
            "{member} is not what it was"
        );
    }
}

#[test]
fn what_an_entity_keeps_as_an_object_stays_when_it_is_edited() {
    let place = place();
    let json = json!({
        "asset": { "version": "2.0" },
        "nodes": [{ "name": "Dog", "extras": { "text": "lorem ipsum ".repeat(60_000) } }],
    });
    let file = write(&place, "large.gltf", &json);
    let session = place.app.import(&file, &place.root.join("game")).unwrap();
    let scene = session.info().unwrap().documents[0].id.clone();
    let rename = Change::set("entities", "entity_0", [("name", Value::text("Cat"))]);
    session.edit(&scene, "entity.rename", vec![rename]).unwrap();
    let file = place.root.join("large.glb");
    session.export(ExportFormat::Glb, &file).unwrap();
    let again = place.app.import(&file, &place.root.join("again")).unwrap();
    let record = |session: &Session| {
        let scene = session.info().unwrap().documents[0].id.clone();
        session.snapshot(&scene).unwrap().collections["entities"]["entity_0"].clone()
    };
    assert_eq!(record(&again)["name"], "Cat");
    assert_eq!(
        record(&again)["source_object"],
        record(&session)["source_object"]
    );
}

#[cfg(unix)]
#[test]
fn a_link_out_of_the_folder_is_no_side_file() {
    let place = place();
    let secret = place.root.join("secret.bin");
    fs::write(&secret, [1; 12]).unwrap();
    let models = place.root.join("models");
    fs::create_dir_all(models.join("real")).unwrap();
    let json = json!({
        "asset": { "version": "2.0" }, "buffers": [{ "byteLength": 12, "uri": "side.bin" }],
        "bufferViews": [{ "buffer": 0, "byteLength": 12 }],
    });
    let file = write(&place, "models/model.gltf", &json);
    std::os::unix::fs::symlink(&secret, models.join("side.bin")).unwrap();
    let error = refused(&place, &file);
    assert_eq!(error.code, ErrorCode::Import);
    assert!(
        error.message.contains("a link to a file elsewhere"),
        "{}",
        error.message
    );
    assert_eq!(error.message.matches("/buffers/0").count(), 1);
    assert_eq!(error.detail, "");

    // A link to what lies in the folder is as good as a file there.
    fs::remove_file(models.join("side.bin")).unwrap();
    fs::write(models.join("real/side.bin"), [1; 12]).unwrap();
    std::os::unix::fs::symlink("real/side.bin", models.join("side.bin")).unwrap();
    place.app.import(&file, &place.root.join("game")).unwrap();
}

#[test]
fn a_file_that_is_too_large_is_not_read() {
    let place = place();
    // Reading either would take all memory: they are larger than this machine.
    let huge = |name: &str| {
        let path = place.root.join(name);
        File::create(&path).unwrap().set_len(1 << 42).unwrap();
        path
    };
    let error = refused(&place, &huge("huge.glb"));
    assert_eq!(error.code, ErrorCode::Import);
    assert!(
        error.message.contains("4398046511104 bytes"),
        "{}",
        error.message
    );
    huge("side.bin");
    let json = json!({
        "asset": { "version": "2.0" }, "buffers": [{ "byteLength": 12, "uri": "side.bin" }],
    });
    let error = refused(&place, &write(&place, "model.gltf", &json));
    assert!(
        error.message.contains("4398046511104 bytes"),
        "{}",
        error.message
    );
}

#[test]
fn objects_that_did_not_come_with_a_history_are_said_as_long_as_they_are_not_here() {
    let place = place();
    let sample = place.app.sample().unwrap();
    let history = place.root.join("history.json");
    sample.export(ExportFormat::Json, &history).unwrap();
    let folder = place.root.join("restored");
    let restored = place.app.import(&history, &folder).unwrap();
    let missing = restored.missing_objects().unwrap();
    assert!(!missing.is_empty());
    let problems = restored.problems().unwrap();
    assert!(
        missing.iter().all(|it| problems.contains(it)),
        "{problems:?}"
    );
    drop(restored);
    let objects = place.app.sample_folder().join(".wissil/objects");
    copy(&objects, &folder.join(".wissil/objects"));
    let restored = place.app.inspect(&folder).unwrap();
    assert_eq!(restored.missing_objects().unwrap(), []);
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        match path.is_dir() {
            true => copy(&path, &target),
            false => drop(fs::copy(&path, target).unwrap()),
        }
    }
}
