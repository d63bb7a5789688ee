//! Graphs go on meaning the entity that a person chose, whatever happens beside it.

use std::path::{Path, PathBuf};

use serde_json::Value as Json;
use wissil_dag::{BranchId, DocumentId, IdeEvent, SessionId, SignedEvent, SigningKey, UserId};
use wissil_session::api::Problem;
use wissil_session::{Change, ExportFormat, Record, Session, Value};
use wissil_sync::{Author, Engine, EventStore as _, Gesture, MemoryStore};

use crate::place::{Place, place};

fn document(session: &Session, kind: &str) -> String {
    let documents = session.info().unwrap().documents;
    documents.into_iter().find(|it| it.kind == kind).unwrap().id
}

fn entity(name: &str) -> Change {
    Change::put(
        "entities",
        name.to_lowercase(),
        Record::new().with("name", name),
    )
}

fn mover(pointer: &str) -> Change {
    let list = |text: &str| Value::List(vec![Value::text(text)]);
    let node = Record::new()
        .with("op", "pointer/set")
        .with("configuration.pointer", list(pointer))
        .with("configuration.type", list("float3"));
    Change::put("nodes", "move", node)
}

fn edit(session: &Session, kind: &str, event_type: &str, changes: Vec<Change>) {
    let document = document(session, kind);
    session.edit(&document, event_type, changes).unwrap();
}

fn field(session: &Session, node: &str, field: &str) -> Json {
    let snapshot = session.snapshot(&document(session, "blueprint")).unwrap();
    snapshot.collections["nodes"][node][field].clone()
}

fn pointer(session: &Session) -> Json {
    field(session, "move", "configuration.pointer")[0].clone()
}

/// The JSON of what a project exports, and what is said of it.
fn exported(session: &Session, place: &Place) -> (Json, Vec<String>) {
    let file = place.root.join("out.glb");
    let notes = session.export(ExportFormat::Glb, &file).unwrap();
    let glb = std::fs::read(file).unwrap();
    let length = u32::from_le_bytes(glb[12..16].try_into().unwrap()) as usize;
    (
        serde_json::from_slice(&glb[20..20 + length]).unwrap(),
        notes,
    )
}

/// The name of what a pointer of the exported graph leads to.
fn target(file: &Json, op: &str) -> Option<String> {
    let graph = &file["extensions"]["KHR_interactivity"]["graphs"][0];
    let is_op = |node: &&Json| {
        let declaration = node["declaration"].as_u64().unwrap() as usize;
        graph["declarations"][declaration]["op"] == op
    };
    let node = graph["nodes"].as_array().unwrap().iter().find(is_op)?;
    let pointer = node["configuration"]["pointer"]["value"][0].as_str()?;
    let place: usize = pointer.split('/').nth(2)?.parse().ok()?;
    Some(file["nodes"].get(place)?["name"].as_str()?.to_owned())
}

fn lost(session: &Session) -> Vec<(Option<String>, String)> {
    let problems: Vec<Problem> = session.problems().unwrap();
    problems
        .into_iter()
        .filter(|it| it.message.contains("refers to"))
        .map(|it| (it.id, it.message))
        .collect()
}

#[test]
fn deleting_another_entity_changes_nothing() {
    let place = place();
    let folder = place.root.join("game");
    let session = place.app.create("Pets", &folder).unwrap();
    let pets = ["Cat", "Dog", "Bird"].map(entity).to_vec();
    edit(&session, "scene", "entity.add", pets);
    edit(
        &session,
        "blueprint",
        "node.add",
        vec![mover("/nodes/1/translation")],
    );
    assert_eq!(pointer(&session), "/nodes/dog/translation");

    edit(
        &session,
        "scene",
        "entity.delete",
        vec![Change::remove("entities", "cat")],
    );
    let (file, _) = exported(&session, &place);
    assert_eq!(target(&file, "pointer/set").as_deref(), Some("Dog"));
    // A number that the graph computes means who it meant.
    assert_eq!(file["nodes"][2]["name"], "Bird");

    // The last one's place is not given again either.
    edit(
        &session,
        "scene",
        "entity.delete",
        vec![Change::remove("entities", "bird")],
    );
    drop(session);
    let session = place.app.open(&folder).unwrap();
    edit(&session, "scene", "entity.add", vec![entity("Fish")]);
    let (file, _) = exported(&session, &place);
    assert_eq!(target(&file, "pointer/set").as_deref(), Some("Dog"));
    assert_eq!(file["nodes"][2]["name"], Json::Null);
    assert_eq!(file["nodes"][3]["name"], "Fish");
    assert_eq!(lost(&session), []);
}

#[test]
fn what_replaces_a_deleted_entity_does_not_inherit_its_behaviour() {
    let place = place();
    let session = place.app.sample().unwrap();
    let scene = document(&session, "scene");
    assert_eq!(lost(&session), []);
    edit(
        &session,
        "scene",
        "entity.delete",
        vec![Change::remove("entities", "orb")],
    );
    edit(&session, "scene", "entity.add", vec![entity("Heir")]);
    let problem = "“Move the orb” refers to Orb (deleted). Choose an entity.";
    assert_eq!(lost(&session), [(Some("move_orb".into()), problem.into())]);
    let (file, notes) = exported(&session, &place);
    let graph = &file["extensions"]["KHR_interactivity"]["graphs"][0];
    let orb = graph["nodes"].as_array().unwrap().iter();
    let orb = orb.map(|it| &it["configuration"]["pointer"]["value"][0]);
    let orb = orb
        .filter_map(Json::as_str)
        .find(|it| it.ends_with("translation"));
    let leads_to: usize = orb.unwrap().split('/').nth(2).unwrap().parse().unwrap();
    assert!(leads_to >= file["nodes"].as_array().unwrap().len());
    assert!(
        notes.iter().any(|it| it.contains("`move_orb`")),
        "{notes:?}"
    );

    // Another is chosen, or the old one comes back: both are right.
    let choose = Value::List(vec![Value::text("/nodes/heir/translation")]);
    let set = Change::set("nodes", "move_orb", [("configuration.pointer", choose)]);
    edit(&session, "blueprint", "node.set", vec![set]);
    assert_eq!(lost(&session), []);
    session.undo(&document(&session, "blueprint")).unwrap();
    assert_eq!(lost(&session).len(), 1);
    session.undo(&scene).unwrap();
    session.undo(&scene).unwrap();
    assert_eq!(lost(&session), []);
}

#[test]
fn views_hear_of_entities_that_go_and_come() {
    let place = place();
    let session = place.app.sample().unwrap();
    let (send, heard) = std::sync::mpsc::channel();
    session
        .open_document(
            &document(&session, "blueprint"),
            Box::new(move |delta| send.send(delta.problems).unwrap()),
        )
        .unwrap();
    edit(
        &session,
        "scene",
        "entity.delete",
        vec![Change::remove("entities", "orb")],
    );
    let problems = heard.try_recv().unwrap().unwrap();
    assert!(
        problems
            .iter()
            .any(|it| it.id.as_deref() == Some("move_orb"))
    );
    session.undo(&document(&session, "scene")).unwrap();
    let problems = heard.try_recv().unwrap().unwrap();
    assert!(
        !problems
            .iter()
            .any(|it| it.id.as_deref() == Some("move_orb"))
    );
    assert!(heard.try_recv().is_err());
}

/// Somebody who works with a version that wrote numbers.
struct Old(Engine<MemoryStore>);

impl Old {
    fn new(number: u8) -> Self {
        let author = Author {
            user: UserId::new(format!("user-{number}")).unwrap(),
            key: SigningKey::from_bytes(&[number; 32]),
        };
        let store = MemoryStore::new(SessionId::new("old").unwrap());
        Self(Engine::new(store, BranchId::main(), author))
    }

    fn edit(&mut self, document: &str, time: u64, event_type: &str, changes: Vec<Change>) {
        let gesture = Gesture {
            event_type,
            changes,
            time,
        };
        let document = DocumentId::new(document).unwrap();
        self.0.edit(&document, gesture).unwrap();
    }

    fn found(&mut self) {
        let entry = |kind: &str| {
            let record = Record::new().with("name", kind).with("kind", kind);
            Change::put("documents", kind, record)
        };
        let documents = vec![entry("scene"), entry("blueprint")];
        self.edit("manifest", 1, "document.add", documents);
        let pets = ["Bird", "Cat", "Dog"].map(entity).to_vec();
        self.edit("scene", 10, "entity.add", pets);
        self.edit(
            "blueprint",
            20,
            "node.add",
            vec![mover("/nodes/1/translation")],
        );
    }

    fn events(&self) -> Vec<SignedEvent> {
        let mut events = self.0.store().history(None, usize::MAX, None).unwrap();
        events.reverse();
        events.into_iter().map(|it| it.signed).collect()
    }

    fn take(&mut self, other: &Self) {
        for event in other.events() {
            self.0.ingest(event).unwrap();
        }
    }

    fn write(&self, file: &Path) -> PathBuf {
        let events = self.events();
        let outside: Vec<IdeEvent> = events
            .iter()
            .map(|it| IdeEvent::from_signed(it, "unity").unwrap())
            .collect();
        std::fs::write(file, serde_json::to_vec(&outside).unwrap()).unwrap();
        file.to_owned()
    }

    /// Opens what it made with this version.
    fn open(&self, place: &Place) -> Session {
        let file = self.write(&place.root.join("old.json"));
        place.app.import(&file, &place.root.join("opened")).unwrap()
    }
}

#[test]
fn an_older_projects_number_means_who_stood_there_when_it_was_written() {
    let mut old = Old::new(1);
    old.found();
    old.edit(
        "scene",
        30,
        "entity.delete",
        vec![Change::remove("entities", "bird")],
    );
    let place = place();
    let session = old.open(&place);
    let written = session.events(None, 100, None).unwrap().len();
    assert_eq!(pointer(&session), "/nodes/cat/translation");
    let (file, _) = exported(&session, &place);
    assert_eq!(target(&file, "pointer/set").as_deref(), Some("Cat"));
    assert_eq!(
        session.events(None, 100, None).unwrap().len(),
        written,
        "reading writes nothing"
    );

    // The next edit of the record writes the name, and undoing it still means the cat.
    let label = Change::set("nodes", "move", [("label", Value::text("Move it"))]);
    edit(&session, "blueprint", "node.set", vec![label]);
    let newest = session.events(None, 1, None).unwrap().remove(0);
    let json = serde_json::to_string(&session.event_json(&newest.cid).unwrap()).unwrap();
    assert!(json.contains("/nodes/cat/translation"), "{json}");
    session.undo(&document(&session, "blueprint")).unwrap();
    edit(&session, "scene", "entity.add", vec![entity("Ant")]);
    assert_eq!(pointer(&session), "/nodes/cat/translation");
    edit(
        &session,
        "scene",
        "entity.delete",
        vec![Change::remove("entities", "cat")],
    );
    assert_eq!(lost(&session).len(), 1);
}

#[test]
fn two_people_who_open_an_older_project_apart_read_the_same() {
    let (mut anna, mut ben) = (Old::new(1), Old::new(2));
    anna.found();
    ben.take(&anna);
    // At the same time: one deletes what the other counted over, and the other counts anew.
    anna.edit(
        "scene",
        30,
        "entity.delete",
        vec![Change::remove("entities", "bird")],
    );
    let pointer_to_dog = Value::List(vec![Value::text("/nodes/2/translation")]);
    let again = Change::set("nodes", "move", [("configuration.pointer", pointer_to_dog)]);
    ben.edit("blueprint", 25, "node.set", vec![again]);
    ben.take(&anna);
    anna.take(&ben);
    let (here, there) = (place(), place());
    let (first, second) = (anna.open(&here), ben.open(&there));
    assert_eq!(pointer(&first), "/nodes/dog/translation");
    assert_eq!(pointer(&second), pointer(&first));
    let opened =
        |session: &Session, place: &Place| target(&exported(session, place).0, "pointer/set");
    assert_eq!(opened(&first, &here).as_deref(), Some("Dog"));
    assert_eq!(opened(&second, &there), opened(&first, &here));
}

#[test]
fn a_number_that_nothing_had_is_a_problem() {
    let mut old = Old::new(1);
    old.found();
    let beyond = Value::List(vec![Value::text("/nodes/7/translation")]);
    let set = Change::set("nodes", "move", [("configuration.pointer", beyond)]);
    old.edit("blueprint", 40, "node.set", vec![set]);
    let place = place();
    let session = old.open(&place);
    let problem = "“Set translation” refers to an entity by the number 7, and none had that number. Choose an entity.";
    assert_eq!(lost(&session), [(Some("move".into()), problem.into())]);
    // It does not begin to mean whoever comes to stand there.
    let many = (0..8).map(|at| entity(&format!("New{at}"))).collect();
    edit(&session, "scene", "entity.add", many);
    let (file, _) = exported(&session, &place);
    assert_eq!(target(&file, "pointer/set"), None);
}

#[test]
fn who_is_deleted_while_another_points_at_them_is_a_problem_for_both() {
    let (mut anna, mut ben) = (Old::new(1), Old::new(2));
    anna.found();
    ben.take(&anna);
    anna.edit(
        "scene",
        30,
        "entity.delete",
        vec![Change::remove("entities", "dog")],
    );
    let dog = Value::List(vec![Value::text("/nodes/dog/scale")]);
    let set = Change::set("nodes", "move", [("configuration.pointer", dog)]);
    ben.edit("blueprint", 30, "node.set", vec![set]);
    ben.take(&anna);
    anna.take(&ben);
    let (here, there) = (place(), place());
    let (first, second) = (anna.open(&here), ben.open(&there));
    assert_eq!(pointer(&first), "/nodes/dog/scale");
    assert_eq!(lost(&first).len(), 1);
    assert_eq!(lost(&first), lost(&second));
    let (one, other) = (exported(&first, &here), exported(&second, &there));
    assert_eq!(one, other);
}
