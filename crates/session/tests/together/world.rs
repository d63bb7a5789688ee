//! Installations on one machine, as far apart from each other as different machines.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use tempfile::TempDir;
use wissil_session::api::{ConnectionState, ConnectionStatus, EventState, RecordData};
use wissil_session::{App, Change, Record, Session, Value, new_id};

/// How long anything may take before a test gives up.
pub const PATIENCE: Duration = Duration::from_secs(120);

/// An installation with a place for projects.
pub struct Person {
    folder: TempDir,
    pub app: App,
}

impl Person {
    pub fn new(name: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let app = App::new(folder.path().join("home")).unwrap();
        app.set_person(name, "#5bc8ff").unwrap();
        Self { folder, app }
    }

    pub fn folder(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A new project.
    pub fn create(&self) -> Session {
        self.app.create("Castle", &self.folder("castle")).unwrap()
    }

    /// Joins by a link and connects.
    pub fn join(&self, link: &str) -> Session {
        let session = self
            .app
            .join(link, &self.folder("joined"), Box::new(|_| ()))
            .unwrap();
        session.reconnect().unwrap();
        session
    }

    /// Opens a project again and connects as the last time.
    pub fn reopen(&self, name: &str) -> Session {
        let session = self.app.open(&self.folder(name)).unwrap();
        session.reconnect().unwrap();
        session
    }
}

/// Waits until something is so; says what was waited for when it does not become so.
#[track_caller]
pub fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < PATIENCE, "waited in vain until {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Waits until a session is online and has sent everything.
#[track_caller]
pub fn until_online(session: &Session) {
    let mut last = ConnectionStatus::default();
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        last = session.status().unwrap().connection;
        if last.state == ConnectionState::Online && last.waiting == "0" {
            return;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    panic!("not online: {last:?}");
}

/// The Blueprint that a new project has.
pub fn graph(session: &Session) -> String {
    let documents = session.info().unwrap().documents;
    let graph = documents
        .into_iter()
        .find(|document| document.kind == "blueprint");
    graph.unwrap().id
}

/// Drops a node into the Blueprint; its id.
pub fn add_node(session: &Session, x: f64) -> String {
    add_node_to(session, &graph(session), x)
}

/// Drops that many nodes into the Blueprint, one gesture each; their ids.
pub fn add_nodes(session: &Session, count: u32) -> BTreeSet<String> {
    let graph = graph(session);
    (0..count)
        .map(|x| add_node_to(session, &graph, f64::from(x)))
        .collect()
}

fn add_node_to(session: &Session, graph: &str, x: f64) -> String {
    let id = new_id().unwrap();
    let node = Record::new().with("op", "math/add").with(
        "position",
        Value::Map([("x".into(), x.into()), ("y".into(), 0.0.into())].into()),
    );
    let add = Change::put("nodes", id.as_str(), node);
    session.edit(graph, "node.add", vec![add]).unwrap();
    id
}

/// All nodes of the Blueprint.
pub fn nodes(session: &Session) -> BTreeMap<String, RecordData> {
    let snapshot = session.snapshot(&graph(session)).unwrap();
    snapshot
        .collections
        .get("nodes")
        .cloned()
        .unwrap_or_default()
}

/// Every document of a session, record by record.
pub fn contents(session: &Session) -> BTreeMap<String, wissil_session::api::Collections> {
    let documents = session.info().unwrap().documents;
    documents
        .into_iter()
        .map(|document| document.id)
        .chain(["manifest".to_owned()])
        .map(|id| {
            let collections = session.snapshot(&id).unwrap().collections;
            (id, collections)
        })
        .collect()
}

/// How far the newest event of the Blueprint has travelled.
pub fn newest_state(session: &Session) -> EventState {
    session.events(None, 1, Some(&graph(session))).unwrap()[0].state
}
