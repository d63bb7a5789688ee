//! Two branches of one document, open side by side.

use std::sync::{Arc, Mutex};

use wissil_dag::{BranchId, DocumentId, SessionId, SignedEvent, SigningKey, UserId};
use wissil_model::{Change, Record};
use wissil_sync::{Arrival, Author, Engine, EventStore as _, Gesture, LogKey, MemoryStore};

use crate::actor::Actor;
use crate::api::{ApiError, DocumentInfo, Snapshot};
use crate::history::manifest;
use crate::session::Follower;
use crate::{App, Session};

fn night() -> BranchId {
    BranchId::new("night").unwrap()
}

fn entity(name: &str) -> Vec<Change> {
    let record = Record::new().with("name", name);
    vec![Change::put("entities", name, record)]
}

/// Somebody else, who has the branch `night` open, with a scene of the same id as one of ours.
struct Other {
    engine: Engine<MemoryStore>,
    scene: DocumentId,
}

impl Other {
    fn new(session: &SessionId, scene: &str) -> Self {
        let author = Author {
            user: UserId::new("owl").unwrap(),
            key: SigningKey::from_bytes(&[9; 32]),
        };
        let mut other = Self {
            engine: Engine::new(MemoryStore::new(session.clone()), night(), author),
            scene: DocumentId::new(scene).unwrap(),
        };
        let record = Record::new().with("name", "Yard by night");
        let record = record.with("kind", "scene").with("order", 0.0);
        let document = vec![Change::put("documents", scene, record)];
        other.make(&manifest().unwrap(), "document.add", document);
        other
    }

    fn make(&mut self, document: &DocumentId, event_type: &str, changes: Vec<Change>) {
        let gesture = Gesture {
            event_type,
            changes,
            time: 7,
        };
        self.engine.edit(document, gesture).unwrap();
    }

    /// Adds an entity; gives all that was made since the beginning.
    fn add(&mut self, name: &str) -> Vec<SignedEvent> {
        let scene = self.scene.clone();
        self.make(&scene, "entity.add", entity(name));
        let store = self.engine.store();
        let mut events = store.history(None, 100, None).unwrap();
        events.reverse();
        events.into_iter().map(|stored| stored.signed).collect()
    }
}

/// Whose listener heard of which records.
type Heard = (&'static str, Vec<String>);

/// The entities of a document that was opened.
fn entities(snapshot: &Snapshot) -> Vec<&String> {
    snapshot.collections["entities"].keys().collect()
}

/// Has events come in as they do from the network.
fn receive(actor: &mut Actor, events: Vec<SignedEvent>) -> Result<(), ApiError> {
    let (arrivals, refused) = Arrival::read_all(events);
    assert!(refused.is_empty());
    let arrivals = actor.project.engine.ingest_many(arrivals)?;
    for folded in &arrivals.folded {
        actor.tell_views(&folded.log, &folded.delta, folded.position)?;
    }
    actor.tell_folded(arrivals.folded)?;
    Ok(())
}

fn project(root: &std::path::Path) -> (Session, String) {
    let app = App::new(root.join("home")).unwrap();
    let session = app.create("Castle", &root.join("castle")).unwrap();
    let scene = session.create_document("scene", "Yard").unwrap().id;
    session.edit(&scene, "entity.add", entity("lamp")).unwrap();
    (session, scene)
}

#[test]
fn two_branches_of_a_document_are_open_side_by_side() {
    let root = tempfile::tempdir().unwrap();
    let (session, scene) = project(root.path());
    let id = session.info().unwrap().session;
    let mut other = Other::new(&SessionId::new(id).unwrap(), &scene);
    let made = other.add("moon");
    let told: Arc<Mutex<Vec<Heard>>> = Arc::default();
    let hears = |whose| {
        let told = Arc::clone(&told);
        move |delta: crate::api::Delta| {
            let upserted = delta.upserted.values().flat_map(|records| records.keys());
            told.lock()
                .unwrap()
                .push((whose, upserted.cloned().collect()));
        }
    };
    let (here, there) = (hears("main"), hears("night"));
    let document = other.scene.clone();
    let [main, by_night] = [BranchId::main(), night()].map(|branch| LogKey {
        branch,
        document: document.clone(),
    });
    let work = move |actor: &mut Actor| -> Result<(), ApiError> {
        receive(actor, made)?;
        // Each has its own records.
        let here = actor.open_document(&main, Follower(7), Box::new(here))?;
        let there = actor.open_document(&by_night, Follower(7), Box::new(there))?;
        assert_eq!(entities(&here.snapshot), ["lamp"]);
        assert_eq!(entities(&there.snapshot), ["moon"]);
        assert_eq!(here.snapshot.name, "Yard");
        assert_eq!(there.snapshot.name, "Yard by night");
        assert!(here.snapshot.undo.undo.is_some());
        assert_eq!(there.snapshot.undo.undo, None);

        // Each hears of what is done on it.
        receive(actor, other.add("owl"))?;
        actor.edit(&document, "entity.add", entity("sun"))?;

        // Each is counted.
        let counted = |documents: Vec<DocumentInfo>| {
            let mut counts = documents
                .into_iter()
                .filter(|it| it.id == document.as_str());
            counts.next().map(|it| it.counts["entities"])
        };
        actor.edit(&document, "entity.add", entity("cloud"))?;
        assert_eq!(counted(actor.document_infos()?), Some(3));
        assert_eq!(counted(actor.document_infos_on(&night())?), Some(2));

        // Rows of history are of the branch that is open, and one of another reads with its names.
        let rows = actor.gestures(None, 100, Some(&document))?;
        assert_eq!(rows.len(), 3);
        assert!(rows.iter().all(|row| row.document_name == "Yard"));
        let last = other.add("bat").pop().unwrap();
        receive(actor, vec![last.clone()])?;
        let stored = actor.stored(&last.cid)?;
        let row = actor.row(stored)?;
        assert_eq!(row.document_name, "Yard by night");
        assert!(row.words.contains("bat"), "{}", row.words);

        // What others have of one says nothing of the other.
        let replica = actor.replica();
        let end = actor.project.engine.store().chain(&main, &replica)?;
        let seen = [(main.clone(), end.unwrap().seq)].into();
        actor.seen(&seen)?;
        assert_eq!(actor.seen.get(&main), seen.get(&main));
        assert_eq!(actor.seen.get(&by_night), None);

        // One can be closed without the other.
        actor.close_document(there.subscription);
        assert!(actor.views.contains_key(&main));
        assert!(!actor.views.contains_key(&by_night));
        Ok(())
    };
    session.ask(work).unwrap();
    let told = told.lock().unwrap();
    let told: Vec<(&str, &str)> = told
        .iter()
        .map(|(whose, ids)| (*whose, ids[0].as_str()))
        .collect();
    let expected = [
        ("night", "owl"),
        ("main", "sun"),
        ("main", "cloud"),
        ("night", "bat"),
    ];
    assert_eq!(told, expected);
}
