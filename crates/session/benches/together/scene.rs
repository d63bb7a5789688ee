//! The scene that is edited, and its events.

use std::path::Path;

use wissil_dag::{
    BranchId, Cid, DocumentId, Event, Ipld, ReplicaId, SessionId, SigningKey, UserId,
};
use wissil_model::{Document, DocumentKind, writer_id};
use wissil_nats::Outgoing;
use wissil_session::{Change, Record, Session, Value};
use wissil_store::SqliteStore;
use wissil_sync::{EventStore as _, LogKey};

/// Records of the scene.
pub const ENTITIES: usize = 300;

/// The scene that a new project has.
pub fn scene(session: &Session) -> String {
    let documents = session.info().unwrap().documents;
    let scene = documents
        .into_iter()
        .find(|document| document.kind == "scene");
    scene.unwrap().id
}

/// Fills a scene with entities.
pub fn fill(session: &Session, scene: &str) {
    session.edit(scene, "document.import", entities()).unwrap();
}

/// The first gesture.
fn entities() -> Vec<Change> {
    (0..ENTITIES)
        .map(|n| {
            let record = Record::new()
                .with("name", format!("Entity {n}"))
                .with("order", n as f64);
            Change::put("entities", format!("entity_{n}"), record)
        })
        .collect()
}

/// The `n`th gesture: one entity is moved.
pub fn moved(n: usize) -> Vec<Change> {
    let place = Value::numbers([n as f64 * 0.25, 1.5, -(n as f64)]);
    let id = format!("entity_{}", n * 7919 % ENTITIES);
    vec![Change::set("entities", id, [("translation", place)])]
}

/// Makes that gesture.
pub fn edit(session: &Session, scene: &str, n: usize) {
    session.edit(scene, "entity.transform", moved(n)).unwrap();
}

/// The events of a scene, as its project keeps them.
pub fn stored(project: &Path, scene: &str) -> Vec<Outgoing> {
    let store = SqliteStore::open_read_only(project).unwrap();
    let log = LogKey {
        branch: BranchId::main(),
        document: DocumentId::new(scene).unwrap(),
    };
    let mut events = Vec::new();
    store
        .log_events(&log, 1..u64::MAX, &mut |stored| {
            events.push(Outgoing {
                kind: DocumentKind::SCENE,
                signed: stored.signed,
            });
            true
        })
        .unwrap();
    events
}

/// Somebody who edits scenes without a project: events as an engine would make them, only faster.
pub struct Writer {
    session: SessionId,
    scene: DocumentId,
    key: SigningKey,
    live: Document,
    last: Option<(Cid, u64)>,
}

impl Writer {
    pub fn new(session: &str, scene: &str) -> Self {
        let key = SigningKey::from_bytes(&[7; 32]);
        let session = SessionId::new(session).unwrap();
        let scene = DocumentId::new(scene).unwrap();
        let replica = ReplicaId::from(&key);
        let writer = writer_id(&replica, &session, &BranchId::main(), &scene);
        let live =
            Document::restore(DocumentKind::SCENE, writer, None, std::iter::empty()).unwrap();
        Self {
            session,
            scene,
            key,
            live,
            last: None,
        }
    }

    /// The next events: entities first, then one of them moved each time.
    pub fn next(&mut self, count: u64) -> Vec<Outgoing> {
        (0..count).map(|_| self.one()).collect()
    }

    fn one(&mut self) -> Outgoing {
        let seq = self.last.map_or(1, |(_, seq)| seq + 1);
        let (event_type, changes) = match self.last {
            None => ("document.import", entities()),
            Some(_) => ("entity.transform", moved(seq as usize)),
        };
        let authored = self.live.author(event_type, changes).unwrap();
        let kind = ("kind".to_owned(), Ipld::String("scene".to_owned()));
        let signed = Event {
            session: self.session.clone(),
            branch: BranchId::main(),
            document: self.scene.clone(),
            event_type: event_type.into(),
            user: UserId::new("writer").unwrap(),
            replica: ReplicaId::from(&self.key),
            seq,
            height: seq,
            previous: self.last.map(|(cid, _)| cid),
            parents: Vec::new(),
            time: 0,
            changes: authored.changes.iter().map(Ipld::from).collect(),
            update: Some(authored.update),
            metadata: self.last.is_none().then_some(kind).into_iter().collect(),
        }
        .sign(&self.key)
        .unwrap();
        self.last = Some((signed.cid, seq));
        Outgoing {
            kind: DocumentKind::SCENE,
            signed,
        }
    }
}
