//! An open project: one thread owns it, everyone else asks.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, mpsc};
use std::thread;

use wissil_dag::{Cid, DocumentId, IdeEvent};
use wissil_model::{Change, Delta as ModelDelta, DocumentKind, Projection, Record, Value, diff};
use wissil_store::SqliteStore;
use wissil_sync::{
    Edited, Engine, EventStore as _, Gesture, MANIFEST, StoredEvent, UndoSide, documents,
};

use crate::api::{
    ApiError, DocumentInfo, EditResult, ErrorCode, EventRow, LogInfo, OpenedDocument, Person,
    Problem, ProjectInfo, SessionMessage, SessionStatus, Snapshot, UndoState,
};
use crate::history::{Names, manifest, row};
use crate::home::{Home, new_id, now};
use crate::project::Project;
use crate::view::{Listener, View, collections};

/// Most rows of history given at once.
const MAX_ROWS: u32 = 1000;

/// A handle to an open project. Cloning gives another handle to the same; the project closes with the last, and is
/// closed when dropping that returns.
#[derive(Clone)]
pub struct Session {
    owner: Arc<Owner>,
}

/// The owning thread, which ends when nobody can ask it any more.
struct Owner {
    tasks: Option<mpsc::Sender<Task>>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Drop for Owner {
    fn drop(&mut self) {
        self.tasks = None;
        if let Some(thread) = self.thread.take()
            && thread.thread().id() != thread::current().id()
        {
            // A panic in it was reported where it happened.
            let _ = thread.join();
        }
    }
}

/// Takes the messages of a session.
pub type SessionListener = Box<dyn FnMut(SessionMessage) + Send>;

type Task = Box<dyn FnOnce(&mut Actor) + Send>;

/// What the owning thread holds.
pub(crate) struct Actor {
    pub(crate) project: Project,
    person: Person,
    names: Names,
    views: HashMap<String, View>,
    listeners: Vec<SessionListener>,
    subscriptions: u32,
}

impl Session {
    /// Starts the owning thread of a project that may be edited.
    pub(crate) fn start(home: &Home, project: Project) -> Result<Self, ApiError> {
        Self::run(home, project, Actor::join)
    }

    /// Starts the owning thread of a project that is only read.
    pub(crate) fn start_reading(home: &Home, project: Project) -> Result<Self, ApiError> {
        Self::run(home, project, Actor::read_names)
    }

    fn run(
        home: &Home,
        project: Project,
        begin: impl FnOnce(&mut Actor) -> Result<(), ApiError>,
    ) -> Result<Self, ApiError> {
        let mut actor = Actor {
            project,
            person: home.person()?,
            names: Names::default(),
            views: HashMap::new(),
            listeners: Vec::new(),
            subscriptions: 0,
        };
        begin(&mut actor)?;
        let (tasks, queue) = mpsc::channel::<Task>();
        let thread = thread::Builder::new()
            .name("session".into())
            .spawn(move || {
                for task in queue {
                    task(&mut actor);
                }
            })
            .map_err(|error| ApiError::internal(format!("no thread for the session: {error}")))?;
        Ok(Self {
            owner: Arc::new(Owner {
                tasks: Some(tasks),
                thread: Some(thread),
            }),
        })
    }

    /// Runs something on the owning thread and waits for it.
    pub(crate) fn ask<T: Send + 'static>(
        &self,
        task: impl FnOnce(&mut Actor) -> Result<T, ApiError> + Send + 'static,
    ) -> Result<T, ApiError> {
        let (reply, answer) = mpsc::channel();
        let gone = || ApiError::internal("the project was closed");
        let tasks = self.owner.tasks.as_ref().ok_or_else(gone)?;
        tasks
            .send(Box::new(move |actor| {
                // Whoever asked may have gone; the work is done all the same.
                let _ = reply.send(task(actor));
            }))
            .map_err(|_| gone())?;
        answer.recv().map_err(|_| gone())?
    }

    /// The project.
    pub fn info(&self) -> Result<ProjectInfo, ApiError> {
        self.ask(|actor| actor.info())
    }

    /// The session in figures.
    pub fn status(&self) -> Result<SessionStatus, ApiError> {
        self.ask(|actor| actor.status())
    }

    /// The documents with the counts of all their records, which are folded for it where they are not in memory.
    pub fn inventory(&self) -> Result<Vec<DocumentInfo>, ApiError> {
        self.ask(|actor| {
            let mut documents = actor.document_infos()?;
            for document in &mut documents {
                let id = document_id(&document.id)?;
                document.counts = counts_of(actor.project.engine.projection(&id)?);
            }
            Ok(documents)
        })
    }

    /// The logs: each document on each branch, with its heads.
    pub fn logs(&self) -> Result<Vec<LogInfo>, ApiError> {
        self.ask(|actor| {
            let logs = actor.project.engine.store().logs()?;
            Ok(logs
                .into_iter()
                .map(|(log, state)| LogInfo {
                    document: log.document.to_string(),
                    branch: log.branch.to_string(),
                    events: state.length.to_string(),
                    heads: state
                        .heads
                        .iter()
                        .map(|head| head.cid.to_string())
                        .collect(),
                })
                .collect())
        })
    }

    /// Opens a document for a view: its state now, then every change through the listener.
    pub fn open_document(
        &self,
        document: &str,
        listener: Listener,
    ) -> Result<OpenedDocument, ApiError> {
        let document = document_id(document)?;
        self.ask(move |actor| actor.open_document(&document, listener))
    }

    /// Closes a view.
    pub fn close_document(&self, subscription: u32) -> Result<(), ApiError> {
        self.ask(move |actor| {
            actor
                .views
                .retain(|_, view| !view.has(subscription) || view.unlisten(subscription));
            Ok(())
        })
    }

    /// A document's state now, without following it.
    pub fn snapshot(&self, document: &str) -> Result<Snapshot, ApiError> {
        let document = document_id(document)?;
        self.ask(move |actor| actor.snapshot(&document))
    }

    /// Makes a gesture.
    pub fn edit(
        &self,
        document: &str,
        event_type: &str,
        changes: Vec<Change>,
    ) -> Result<EditResult, ApiError> {
        let (document, event_type) = (document_id(document)?, event_type.to_owned());
        self.ask(move |actor| actor.edit(&document, &event_type, changes))
    }

    /// Takes back this person's newest gesture in a document.
    pub fn undo(&self, document: &str) -> Result<EditResult, ApiError> {
        let document = document_id(document)?;
        self.ask(move |actor| {
            let edited = actor.project.engine.undo(&document, now())?;
            actor.publish(&document, edited)
        })
    }

    /// Brings back what this person undid last in a document.
    pub fn redo(&self, document: &str) -> Result<EditResult, ApiError> {
        let document = document_id(document)?;
        self.ask(move |actor| {
            let edited = actor.project.engine.redo(&document, now())?;
            actor.publish(&document, edited)
        })
    }

    /// Makes an empty document.
    pub fn create_document(&self, kind: &str, name: &str) -> Result<DocumentInfo, ApiError> {
        let kind: DocumentKind = kind
            .parse()
            .map_err(|problem: String| ApiError::new(ErrorCode::Invalid, problem))?;
        let name = document_name(name)?;
        self.ask(move |actor| actor.create_document(kind, name))
    }

    /// Renames a document.
    pub fn rename_document(&self, document: &str, name: &str) -> Result<(), ApiError> {
        let (id, name) = (document.to_owned(), document_name(name)?);
        self.ask(move |actor| {
            let rename = Change::set("documents", id, [("name", Value::Text(name))]);
            actor.edit(&manifest()?, "document.rename", vec![rename])?;
            Ok(())
        })
    }

    /// Takes a document off the project. Its history stays, and undo in the manifest brings it back.
    pub fn delete_document(&self, document: &str) -> Result<(), ApiError> {
        let id = document.to_owned();
        self.ask(move |actor| {
            let remove = Change::remove("documents", id);
            actor.edit(&manifest()?, "document.delete", vec![remove])?;
            Ok(())
        })
    }

    /// Follows the session: new events and figures through the listener.
    pub fn subscribe(&self, listener: SessionListener) -> Result<SessionStatus, ApiError> {
        self.ask(move |actor| {
            actor.listeners.push(listener);
            actor.status()
        })
    }

    /// History, newest first: at most `limit` rows before a position (none: from the newest), of one document or all.
    pub fn events(
        &self,
        before: Option<&str>,
        limit: u32,
        document: Option<&str>,
    ) -> Result<Vec<EventRow>, ApiError> {
        let before = before
            .map(|text| {
                text.parse::<u64>().map_err(|_| {
                    ApiError::new(ErrorCode::Invalid, format!("`{text}` is not a position"))
                })
            })
            .transpose()?;
        let document = document.map(document_id).transpose()?;
        self.ask(move |actor| {
            let limit = limit.min(MAX_ROWS) as usize;
            let stored = actor
                .project
                .engine
                .store()
                .history(before, limit, document.as_ref())?;
            actor.rows(&stored)
        })
    }

    /// One event as a row of history.
    pub fn event(&self, cid: &str) -> Result<EventRow, ApiError> {
        let cid = event_cid(cid)?;
        self.ask(move |actor| {
            let stored = actor.stored(&cid)?;
            row(&mut actor.project.engine, &actor.names, &stored)
        })
    }

    /// One event in the outside form.
    pub fn event_json(&self, cid: &str) -> Result<IdeEvent, ApiError> {
        let cid = event_cid(cid)?;
        self.ask(move |actor| {
            let stored = actor.stored(&cid)?;
            let log = actor.project.engine.store().log(&stored.log)?;
            let kind = log.map_or(DocumentKind::Manifest, |log| log.kind);
            IdeEvent::from_signed(&stored.signed, subsystem(kind)).map_err(|error| {
                ApiError::with_cause(ErrorCode::Damaged, error.to_string(), &error)
            })
        })
    }

    /// What is wrong in any document.
    pub fn problems(&self) -> Result<Vec<Problem>, ApiError> {
        self.ask(|actor| {
            let mut problems = Vec::new();
            for document in actor.document_ids()? {
                match actor.views.get(document.as_str()) {
                    Some(view) => problems.extend_from_slice(view.problems()),
                    None => {
                        let projection = actor.project.engine.projection(&document)?;
                        let view = View::new(document.to_string(), projection);
                        problems.extend_from_slice(view.problems());
                    }
                }
            }
            Ok(problems)
        })
    }

    /// The differences between two states of the session: CIDs of events, or nothing for the present.
    ///
    /// Both are states of one document: that of the event, or of `document`.
    pub fn diff(&self, from: &str, to: &str) -> Result<(DocumentKind, Vec<Change>), ApiError> {
        let (from, to) = (event_cid(from)?, event_cid(to)?);
        self.ask(move |actor| {
            let (from, to) = (actor.stored(&from)?, actor.stored(&to)?);
            if from.log != to.log {
                return Err(ApiError::new(
                    ErrorCode::Invalid,
                    "the two events belong to different documents",
                ));
            }
            let engine = &actor.project.engine;
            let document = &from.log.document;
            let before = engine.projection_at(document, from.position)?;
            let after = engine.projection_at(document, to.position)?;
            Ok((before.kind(), diff(&before, &after)))
        })
    }

    /// The state of a document after its first events.
    pub fn projection_at(&self, document: &str, position: u64) -> Result<Projection, ApiError> {
        let document = document_id(document)?;
        self.ask(move |actor| Ok(actor.project.engine.projection_at(&document, position)?))
    }

    /// The folder.
    pub fn folder(&self) -> Result<std::path::PathBuf, ApiError> {
        self.ask(|actor| Ok(actor.project.folder.clone()))
    }
}

/// The outside name of the subsystem that a kind of document belongs to.
pub(crate) fn subsystem(kind: DocumentKind) -> &'static str {
    match kind {
        DocumentKind::Blueprint => "ignis",
        DocumentKind::Scene => "unity",
        DocumentKind::Manifest => "spark",
    }
}

fn document_id(text: &str) -> Result<DocumentId, ApiError> {
    DocumentId::new(text).map_err(|error| {
        ApiError::with_cause(
            ErrorCode::Invalid,
            format!("`{text}` does not name a document"),
            &error,
        )
    })
}

fn document_name(name: &str) -> Result<String, ApiError> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > 120 {
        return Err(ApiError::new(
            ErrorCode::Invalid,
            "a document's name has 1 to 120 characters",
        ));
    }
    Ok(name.to_owned())
}

fn event_cid(text: &str) -> Result<Cid, ApiError> {
    text.parse().map_err(|error: cid_error::Error| {
        ApiError::with_cause(ErrorCode::Invalid, format!("`{text}` is not a CID"), &error)
    })
}

/// The error of parsing a CID, whose crate this one does not name.
mod cid_error {
    pub type Error = <wissil_dag::Cid as std::str::FromStr>::Err;
}

impl Actor {
    fn read_names(&mut self) -> Result<(), ApiError> {
        self.names = Names::read(self.project.engine.projection(&manifest()?)?);
        Ok(())
    }

    /// Makes this person a member, and this replica one of theirs, where they are not.
    fn join(&mut self) -> Result<(), ApiError> {
        let manifest = manifest()?;
        self.read_names()?;
        let replica = self.project.engine.replica().to_string();
        let projection = self.project.engine.projection(&manifest)?;
        let field = format!("replicas.{replica}");
        let id = self.person.id.as_str();
        let text = |record: &Record, field: &str| {
            record
                .get(field)
                .and_then(Value::as_text)
                .map(str::to_owned)
        };
        let joined = Value::from(now() as f64);
        let change = match projection.record("members", id) {
            None => Change::put(
                "members",
                id,
                Record::new()
                    .with("name", self.person.name.as_str())
                    .with("color", self.person.color.as_str())
                    .with(field, joined),
            ),
            Some(member) => {
                let mut fields = Vec::new();
                if member.get(&field).is_none() {
                    fields.push((field, joined));
                }
                if text(member, "name").as_deref() != Some(&self.person.name) {
                    fields.push(("name".into(), Value::text(self.person.name.as_str())));
                }
                if text(member, "color").as_deref() != Some(&self.person.color) {
                    fields.push(("color".into(), Value::text(self.person.color.as_str())));
                }
                if fields.is_empty() {
                    return Ok(());
                }
                Change::set("members", id, fields)
            }
        };
        self.edit(&manifest, "member.join", vec![change])?;
        Ok(())
    }

    pub(crate) fn edit(
        &mut self,
        document: &DocumentId,
        event_type: &str,
        changes: Vec<Change>,
    ) -> Result<EditResult, ApiError> {
        let gesture = Gesture {
            event_type,
            changes,
            time: now(),
        };
        let edited = self.project.engine.edit(document, gesture)?;
        self.publish(document, edited)
    }

    /// Tells everyone what was committed.
    fn publish(&mut self, document: &DocumentId, edited: Edited) -> Result<EditResult, ApiError> {
        let counts = self.project.engine.store().counts()?;
        self.project.position.note(counts.events);
        if document.as_str() == MANIFEST {
            self.names = Names::read(self.project.engine.projection(document)?);
        }
        let listened = !self.listeners.is_empty() || self.views.contains_key(document.as_str());
        if listened {
            let stored = self.stored_all(&edited.events)?;
            let rows = self.rows(&stored)?;
            self.tell_views(document, &edited.delta, edited.position, &rows)?;
            self.tell_listeners(rows)?;
        }
        Ok(EditResult {
            cids: edited.events.iter().map(ToString::to_string).collect(),
            position: edited.position.to_string(),
        })
    }

    fn tell_views(
        &mut self,
        document: &DocumentId,
        delta: &ModelDelta,
        position: u64,
        rows: &[EventRow],
    ) -> Result<(), ApiError> {
        let undo = self.undo_state(document)?;
        if let Some(view) = self.views.get_mut(document.as_str()) {
            let projection = self.project.engine.projection(document)?;
            view.change(projection, delta, position, rows.to_vec(), undo);
        }
        Ok(())
    }

    fn tell_listeners(&mut self, rows: Vec<EventRow>) -> Result<(), ApiError> {
        if self.listeners.is_empty() {
            return Ok(());
        }
        let message = SessionMessage::Events {
            rows,
            status: self.status()?,
        };
        for listener in &mut self.listeners {
            listener(message.clone());
        }
        Ok(())
    }

    fn stored(&self, cid: &Cid) -> Result<StoredEvent, ApiError> {
        self.project.engine.store().event(cid)?.ok_or_else(|| {
            ApiError::new(ErrorCode::NotFound, format!("there is no event {cid} here"))
        })
    }

    fn stored_all(&self, cids: &[Cid]) -> Result<Vec<StoredEvent>, ApiError> {
        cids.iter().map(|cid| self.stored(cid)).collect()
    }

    fn rows(&mut self, stored: &[StoredEvent]) -> Result<Vec<EventRow>, ApiError> {
        stored
            .iter()
            .map(|stored| row(&mut self.project.engine, &self.names, stored))
            .collect()
    }

    fn open_document(
        &mut self,
        document: &DocumentId,
        listener: Listener,
    ) -> Result<OpenedDocument, ApiError> {
        self.subscriptions += 1;
        let subscription = self.subscriptions;
        if !self.views.contains_key(document.as_str()) {
            let projection = self.project.engine.projection(document)?;
            let view = View::new(document.to_string(), projection);
            self.views.insert(document.to_string(), view);
        }
        let snapshot = self.snapshot(document)?;
        if let Some(view) = self.views.get_mut(document.as_str()) {
            view.listen(subscription, listener);
        }
        Ok(OpenedDocument {
            subscription,
            snapshot,
        })
    }

    fn snapshot(&mut self, document: &DocumentId) -> Result<Snapshot, ApiError> {
        let undo = self.undo_state(document)?;
        let position = self.project.engine.position(document)?;
        let projection = self.project.engine.projection(document)?;
        let (shapes, problems) = match self.views.get(document.as_str()) {
            Some(view) => (view.shapes().clone(), view.problems().to_vec()),
            None => {
                let view = View::new(document.to_string(), projection);
                (view.shapes().clone(), view.problems().to_vec())
            }
        };
        Ok(Snapshot {
            document: document.to_string(),
            kind: projection.kind().name().into(),
            name: self.names.document(document.as_str()),
            position: position.to_string(),
            collections: collections(projection),
            problems,
            shapes,
            undo,
        })
    }

    fn undo_state(&self, document: &DocumentId) -> Result<UndoState, ApiError> {
        let label = |side| -> Result<Option<String>, ApiError> {
            Ok(self
                .project
                .engine
                .next_step(document, side)?
                .map(|entry| entry.label))
        };
        Ok(UndoState {
            undo: label(UndoSide::Done)?,
            redo: label(UndoSide::Undone)?,
        })
    }

    fn create_document(
        &mut self,
        kind: DocumentKind,
        name: String,
    ) -> Result<DocumentInfo, ApiError> {
        if kind == DocumentKind::Manifest {
            return Err(ApiError::new(
                ErrorCode::Invalid,
                "a project has one manifest already",
            ));
        }
        let manifest = manifest()?;
        let order = self
            .project
            .engine
            .projection(&manifest)?
            .records("documents")
            .values()
            .filter_map(|record| record.get("order")?.as_number())
            .fold(-1.0, f64::max)
            + 1.0;
        let id = new_id()?;
        let record = Record::new()
            .with("name", name.as_str())
            .with("kind", kind.name())
            .with("order", order);
        let add = Change::put("documents", id.as_str(), record);
        self.edit(&manifest, "document.add", vec![add])?;
        Ok(DocumentInfo {
            id,
            kind: kind.name().into(),
            name,
            counts: Default::default(),
        })
    }

    pub(crate) fn document_ids(&mut self) -> Result<Vec<DocumentId>, ApiError> {
        Ok(document_entries(&mut self.project.engine)?
            .into_iter()
            .map(|(id, ..)| id)
            .collect())
    }

    /// The documents, with the counts of those that are in memory: listing a long session folds nothing.
    fn document_infos(&mut self) -> Result<Vec<DocumentInfo>, ApiError> {
        let entries = document_entries(&mut self.project.engine)?;
        Ok(entries
            .into_iter()
            .map(|(id, kind, name)| DocumentInfo {
                counts: self
                    .project
                    .engine
                    .loaded(&id)
                    .map(counts_of)
                    .unwrap_or_default(),
                id: id.to_string(),
                kind,
                name,
            })
            .collect())
    }

    fn info(&mut self) -> Result<ProjectInfo, ApiError> {
        let documents = self.document_infos()?;
        let engine = &mut self.project.engine;
        let name = engine
            .projection(&manifest()?)?
            .record("settings", "project")
            .and_then(|record| Some(record.get("name")?.as_text()?.to_owned()))
            .unwrap_or_else(|| "Project".into());
        Ok(ProjectInfo {
            session: engine.session().to_string(),
            name,
            path: self.project.folder.display().to_string(),
            branch: engine.branch().to_string(),
            replica: engine.replica().to_string(),
            user: self.person.clone(),
            documents,
            notices: self.project.notices.clone(),
        })
    }

    fn status(&mut self) -> Result<SessionStatus, ApiError> {
        let documents = self.document_infos()?;
        let counts = self.project.engine.store().counts()?;
        Ok(SessionStatus {
            events: counts.events.to_string(),
            outbox: counts.outbox.to_string(),
            pending: counts.pending.to_string(),
            quarantined: counts.quarantined.to_string(),
            people: self.names.people(),
            documents,
        })
    }
}

/// How many records each collection has.
fn counts_of(projection: &Projection) -> BTreeMap<String, u32> {
    projection
        .collections()
        .filter(|(_, records)| !records.is_empty())
        .map(|(name, records)| (name.to_owned(), records.len() as u32))
        .collect()
}

/// The documents that the manifest names: id, kind, name, in their order.
pub(crate) fn document_entries(
    engine: &mut Engine<SqliteStore>,
) -> Result<Vec<(DocumentId, String, String)>, ApiError> {
    let projection = engine.projection(&manifest()?)?;
    let order = |id: &str| {
        projection
            .record("documents", id)
            .and_then(|record| record.get("order")?.as_number())
            .unwrap_or(0.0)
    };
    let mut entries: Vec<(DocumentId, String, String)> = documents(projection)
        .filter(|(_, kind, _)| kind.parse::<DocumentKind>().is_ok())
        .filter_map(|(id, kind, name)| {
            let id = DocumentId::new(id.as_str()).ok()?;
            Some((id, kind.to_owned(), name.to_owned()))
        })
        .collect();
    entries.sort_by(|(a, ..), (b, ..)| {
        order(a.as_str())
            .total_cmp(&order(b.as_str()))
            .then_with(|| a.cmp(b))
    });
    Ok(entries)
}
