//! What the thread that owns a project does.

use std::cell::Cell;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use wissil_dag::{BranchId, Cid, DocumentId, ReplicaId};
use wissil_model::{Change, Delta as ModelDelta, DocumentKind, Projection, Record, Value};
use wissil_nats::EditorEvent;
use wissil_store::SqliteStore;
use wissil_sync::{
    Engine, EngineError, EventStore as _, LogKey, MANIFEST, StoredEvent, UndoSide, documents,
};

use crate::api::{
    ApiError, ConnectionState, ConnectionStatus, Displaced, DocumentInfo, EditResult, ErrorCode,
    EventRow, NextStep, NextSteps, OpenedDocument, Person, ProjectInfo, SessionMessage,
    SessionStatus, Snapshot, UndoState,
};
use crate::assets::Assets;
use crate::history::{Names, manifest};
use crate::home::now;
use crate::network::{Sender, Signals, Standing};
use crate::problems::Problems;
use crate::project::Project;
use crate::references::References;
use crate::session::{Follower, SessionListener};
use crate::view::{Listener, View, collections};

/// What the owning thread holds.
pub(crate) struct Actor {
    pub(crate) project: Project,
    pub(crate) person: Person,
    pub(crate) names: Names,
    pub(crate) views: HashMap<LogKey, View>,
    listeners: Vec<(Follower, SessionListener)>,
    /// Whose each subscription of a view is.
    subscriptions: BTreeMap<u32, Follower>,
    last_subscription: u32,
    /// How many events were refused, and how many of them because only a newer version understands them.
    pub(crate) newer: Cell<(u64, u64)>,
    /// What the tasks of the connection report.
    pub(crate) standing: Standing,
    /// The connection as others were told last.
    pub(crate) connection: ConnectionStatus,
    /// The files of the project.
    pub(crate) assets: Assets,
    /// What the network is told.
    pub(crate) signals: Arc<Signals>,
    /// Who waits for something to send.
    pub(crate) sender: Option<Sender>,
    /// The last event of this replica that somebody else has, by document.
    pub(crate) seen: HashMap<LogKey, u64>,
    /// What is wrong in the documents that nobody looks at.
    pub(crate) problems: Problems,
    /// Where the folder is instead, when it is not where the project was opened.
    pub(crate) displaced: Option<Displaced>,
    /// Whether the project goes on in another folder: here nothing is done any more.
    pub(crate) over: bool,
    /// What is known of what graphs refer to, by branch.
    pub(crate) references: HashMap<BranchId, References>,
    /// How many records the documents have that were in memory at some time, as they had last then.
    counts: HashMap<LogKey, BTreeMap<String, u32>>,
}

impl Actor {
    /// Takes over a project.
    pub(crate) fn new(project: Project, person: Person, signals: Arc<Signals>) -> Self {
        Self {
            project,
            person,
            names: Names::default(),
            views: HashMap::new(),
            listeners: Vec::new(),
            subscriptions: BTreeMap::new(),
            last_subscription: 0,
            standing: Standing::default(),
            connection: ConnectionStatus::default(),
            assets: Assets::default(),
            signals,
            sender: None,
            seen: HashMap::new(),
            newer: Cell::default(),
            problems: Problems::default(),
            displaced: None,
            over: false,
            references: HashMap::new(),
            counts: HashMap::new(),
        }
    }

    /// Under which key this installation edits now.
    pub(crate) fn replica(&self) -> ReplicaId {
        *self.project.engine.replica()
    }

    /// The branch that is open.
    pub(crate) fn branch(&self) -> BranchId {
        self.project.engine.branch().clone()
    }

    pub(crate) fn read_names(&mut self) -> Result<(), ApiError> {
        self.names = Names::read(&mut self.project.engine)?;
        Ok(())
    }

    /// Edits under another name and colour from now on.
    pub(crate) fn introduce(&mut self, person: Person) -> Result<(), ApiError> {
        self.person = person;
        self.join()
    }

    /// Makes this person a member, and this replica one of theirs, where they are not; under their present name and colour.
    pub(crate) fn join(&mut self) -> Result<(), ApiError> {
        let manifest = self.project.engine.main_manifest()?;
        self.read_names()?;
        let replica = self.project.engine.replica().to_string();
        let projection = self.project.engine.projection_of(&manifest)?;
        let field = format!("replicas.{replica}");
        let id = self.person.id.as_str();
        let text = |record: &Record, field: &str| {
            record
                .get(field)
                .and_then(Value::as_text)
                .map(str::to_owned)
        };
        let joined = Value::from(now() as f64);
        let (event_type, change) = match projection.record("members", id) {
            None => (
                "member.join",
                Change::put(
                    "members",
                    id,
                    Record::new()
                        .with("name", self.person.name.as_str())
                        .with("color", self.person.color.as_str())
                        .with(field, joined),
                ),
            ),
            Some(member) => {
                let mut fields = Vec::new();
                let mut event_type = "member.set";
                if member.get(&field).is_none() {
                    fields.push((field, joined));
                    event_type = "member.join";
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
                (event_type, Change::set("members", id, fields))
            }
        };
        self.edit_log(&manifest, event_type, vec![change])?;
        Ok(())
    }

    /// What is in memory is not to be trusted, after a defect: it is read anew from what is saved.
    pub(crate) fn recover(&mut self) {
        self.project.engine.forget_memory();
    }

    pub(crate) fn tell_views(
        &mut self,
        log: &LogKey,
        delta: &ModelDelta,
        position: u64,
    ) -> Result<(), ApiError> {
        match self.views.get_mut(log) {
            Some(view) => show(&mut self.project.engine, view, log, delta, position),
            None => Ok(()),
        }
    }

    pub(crate) fn tell_listeners(&mut self, rows: Vec<EventRow>) -> Result<(), ApiError> {
        if self.listeners.is_empty() {
            return Ok(());
        }
        let status = self.status()?;
        self.connection.clone_from(&status.connection);
        self.tell(&SessionMessage::Events { rows, status });
        Ok(())
    }

    /// Has somebody follow the session.
    pub(crate) fn listen(&mut self, follower: Follower, listener: SessionListener) {
        self.listeners.push((follower, listener));
    }

    /// Whether nobody follows the session.
    pub(crate) fn is_unheard(&self) -> bool {
        self.listeners.is_empty()
    }

    /// Tells whoever follows the session.
    pub(crate) fn tell(&mut self, message: &SessionMessage) {
        for (_, listener) in &mut self.listeners {
            listener(message.clone());
        }
    }

    /// Somebody does not follow the session any more.
    pub(crate) fn unlisten(&mut self, follower: Follower) {
        self.listeners.retain(|(whose, _)| *whose != follower);
    }

    /// Whoever followed under that name is gone.
    pub(crate) fn forget(&mut self, follower: Follower) {
        self.unlisten(follower);
        let gone = self
            .subscriptions
            .iter()
            .filter(|(_, whose)| **whose == follower);
        let gone: Vec<u32> = gone.map(|(subscription, _)| *subscription).collect();
        for subscription in gone {
            self.close_document(subscription);
        }
    }

    pub(crate) fn stored(&self, cid: &Cid) -> Result<StoredEvent, ApiError> {
        self.project.engine.store().event(cid)?.ok_or_else(|| {
            ApiError::new(ErrorCode::NotFound, format!("there is no event {cid} here"))
        })
    }

    pub(crate) fn stored_all(&self, cids: &[Cid]) -> Result<Vec<StoredEvent>, ApiError> {
        cids.iter().map(|cid| self.stored(cid)).collect()
    }

    pub(crate) fn open_document(
        &mut self,
        log: &LogKey,
        follower: Follower,
        listener: Listener,
    ) -> Result<OpenedDocument, ApiError> {
        self.last_subscription += 1;
        let subscription = self.last_subscription;
        let was_loaded = self.project.engine.loaded_log(log).is_some();
        if !self.views.contains_key(log) {
            let view = self.view(log)?;
            self.views.insert(log.clone(), view);
            let document = log.document.to_string();
            self.signals.say(EditorEvent::Opened { document }.into());
        }
        let snapshot = self.snapshot(log)?;
        if self.connection.state == ConnectionState::Syncing
            && log.branch == self.branch()
            && self.kind_of_absent(&log.document)?.is_some()
        {
            self.signals.want(&log.document);
        }
        if let Some(view) = self.views.get_mut(log) {
            view.listen(subscription, listener);
            self.subscriptions.insert(subscription, follower);
        }
        if !was_loaded {
            // Now its records can be counted.
            self.tell_listeners(Vec::new())?;
        }
        Ok(OpenedDocument {
            subscription,
            snapshot,
        })
    }

    /// Ends a subscription, and with the last of a document its view.
    pub(crate) fn close_document(&mut self, subscription: u32) {
        self.subscriptions.remove(&subscription);
        let closed = self
            .views
            .extract_if(|_, view| view.has(subscription) && !view.unlisten(subscription));
        for (log, _) in closed {
            let document = log.document.to_string();
            self.signals.say(EditorEvent::Closed { document }.into());
        }
    }

    pub(crate) fn snapshot(&mut self, log: &LogKey) -> Result<Snapshot, ApiError> {
        let undo = undo_state(&self.project.engine, log)?;
        let position = self.project.engine.position_of(log)?;
        let meanings = self.meanings(log)?;
        let (derived, problems) = match self.views.get(log) {
            Some(view) => (view.derived(), view.problems().to_vec()),
            None => {
                let view = self.view(log)?;
                (view.derived(), view.problems().to_vec())
            }
        };
        let name = self.document_name(log);
        let projection = self.project.engine.projection_of(log)?;
        Ok(Snapshot {
            document: log.document.to_string(),
            kind: projection.kind().name().into(),
            name,
            position: position.to_string(),
            collections: collections(projection, &meanings),
            problems,
            derived,
            undo,
        })
    }

    /// A view of a document as it is now, which nobody follows yet.
    pub(crate) fn view(&mut self, log: &LogKey) -> Result<View, ApiError> {
        let references = (self.meanings(log)?, self.targets_of(log)?);
        let projection = self.project.engine.projection_of(log)?;
        Ok(View::new(log.document.to_string(), projection, references))
    }

    /// What people call a document on its branch.
    pub(crate) fn document_name(&mut self, log: &LogKey) -> String {
        let engine = &mut self.project.engine;
        if log.branch == *engine.branch() || log.document.as_str() == MANIFEST {
            return self.names.document(log.document.as_str());
        }
        let named = document_entries_on(engine, &log.branch).unwrap_or_default();
        let named = named.into_iter().find(|(id, ..)| *id == log.document);
        named.map_or_else(|| crate::history::DELETED.into(), |(_, _, name)| name)
    }

    pub(crate) fn document_ids(&mut self) -> Result<Vec<DocumentId>, ApiError> {
        Ok(document_entries(&mut self.project.engine)?
            .into_iter()
            .map(|(id, ..)| id)
            .collect())
    }

    /// Counts the records of a document that is in memory; whether it has others than before.
    pub(crate) fn count(&mut self, log: &LogKey) -> bool {
        let counts = self.project.engine.loaded_log(log).map(counts_of);
        counts.is_some_and(|counts| self.note_counts(log, counts))
    }

    /// Notes how many records a document has; whether they are others than before.
    pub(crate) fn note_counts(&mut self, log: &LogKey, counts: BTreeMap<String, u32>) -> bool {
        let before = self.counts.insert(log.clone(), counts);
        before.as_ref() != self.counts.get(log)
    }

    /// The documents of the branch that is open, as [`Self::document_infos_on`].
    pub(crate) fn document_infos(&mut self) -> Result<Vec<DocumentInfo>, ApiError> {
        self.document_infos_on(&self.branch())
    }

    /// The documents of a branch, with the counts of those that were in memory: listing a long session folds nothing.
    pub(crate) fn document_infos_on(
        &mut self,
        branch: &BranchId,
    ) -> Result<Vec<DocumentInfo>, ApiError> {
        let entries = document_entries_on(&mut self.project.engine, branch)?;
        Ok(entries
            .into_iter()
            .map(|(id, kind, name)| {
                let log = LogKey {
                    branch: branch.clone(),
                    document: id,
                };
                self.count(&log);
                DocumentInfo {
                    counts: self.counts.get(&log).cloned().unwrap_or_default(),
                    id: log.document.to_string(),
                    kind,
                    name,
                }
            })
            .collect())
    }

    /// The newest gesture of a side among the documents of the project and the project itself: where, and in words.
    fn newest_step(&mut self, side: UndoSide) -> Result<Option<(DocumentId, String)>, ApiError> {
        let mut newest: Option<(u64, DocumentId, String)> = None;
        for document in std::iter::once(manifest()?).chain(self.document_ids()?) {
            let engine = &self.project.engine;
            let Some(entry) = engine.next_step(&engine.log(&document), side)? else {
                continue;
            };
            let last = entry
                .events
                .last()
                .map(|cid| self.stored(cid))
                .transpose()?;
            newest = newest.max(last.map(|last| (last.ord, document, entry.label)));
        }
        Ok(newest.map(|(_, document, label)| (document, label)))
    }

    /// What undo and redo would do, wherever this person did it.
    pub(crate) fn next_steps(&mut self) -> Result<NextSteps, ApiError> {
        let mut next = |side| -> Result<Option<NextStep>, ApiError> {
            let step = self.newest_step(side)?;
            Ok(step.map(|(document, words)| NextStep {
                document: document.to_string(),
                words,
            }))
        };
        Ok(NextSteps {
            undo: next(UndoSide::Done)?,
            redo: next(UndoSide::Undone)?,
        })
    }

    /// Steps over the newest gesture of a side, among the documents of the project and the project itself.
    pub(crate) fn step_newest(&mut self, side: UndoSide) -> Result<EditResult, ApiError> {
        let newest = self.newest_step(side)?;
        let (document, _) = newest.ok_or(EngineError::NothingToStep(side))?;
        let engine = &mut self.project.engine;
        let edited = match side {
            UndoSide::Done => engine.undo(&document, now())?,
            UndoSide::Undone => engine.redo(&document, now())?,
        };
        Ok(self.publish(&self.project.engine.log(&document), edited))
    }

    /// What people call the project.
    pub(crate) fn project_name(&mut self) -> Result<String, ApiError> {
        let main = self.project.engine.main_manifest()?;
        let manifest = self.project.engine.projection_of(&main)?;
        Ok(manifest
            .record("settings", "project")
            .and_then(|record| Some(record.get("name")?.as_text()?.to_owned()))
            .unwrap_or_else(|| "Project".into()))
    }

    pub(crate) fn info(&mut self) -> Result<ProjectInfo, ApiError> {
        let documents = self.document_infos()?;
        let name = self.project_name()?;
        let set_aside = self.set_aside()?;
        let engine = &self.project.engine;
        Ok(ProjectInfo {
            session: engine.session().to_string(),
            name,
            path: self.project.folder.display().to_string(),
            branch: engine.branch().to_string(),
            replica: engine.replica().to_string(),
            user: self.person.clone(),
            documents,
            notices: self.project.notices(),
            set_aside,
        })
    }

    pub(crate) fn status(&mut self) -> Result<SessionStatus, ApiError> {
        let documents = self.document_infos()?;
        let counts = self.project.engine.store().counts()?;
        Ok(SessionStatus {
            events: counts.events.to_string(),
            outbox: counts.outbox.to_string(),
            pending: counts.pending.to_string(),
            quarantined: counts.quarantined.to_string(),
            people: self.names.people(),
            documents,
            displaced: self.displaced.clone(),
            connection: self.connection_now(&counts),
        })
    }
}

/// Tells a view what changed in its document, and what undo and redo would do now.
pub(crate) fn show(
    engine: &mut Engine<SqliteStore>,
    view: &mut View,
    log: &LogKey,
    delta: &ModelDelta,
    position: u64,
) -> Result<(), ApiError> {
    let undo = undo_state(engine, log)?;
    view.change(engine.projection_of(log)?, delta, position, undo);
    Ok(())
}

pub(crate) fn undo_state(
    engine: &Engine<SqliteStore>,
    log: &LogKey,
) -> Result<UndoState, ApiError> {
    let label = |side| -> Result<Option<String>, ApiError> {
        Ok(engine.next_step(log, side)?.map(|entry| entry.label))
    };
    Ok(UndoState {
        undo: label(UndoSide::Done)?,
        redo: label(UndoSide::Undone)?,
    })
}

/// How many records each collection has.
pub(crate) fn counts_of(projection: &Projection) -> BTreeMap<String, u32> {
    projection
        .collections()
        .filter(|(_, records)| !records.is_empty())
        .map(|(name, records)| (name.to_owned(), records.len() as u32))
        .collect()
}

/// As [`document_entries`], without those that only a newer version can read.
pub(crate) fn readable_entries(
    engine: &mut Engine<SqliteStore>,
) -> Result<Vec<(DocumentId, String, String)>, ApiError> {
    let mut entries = document_entries(engine)?;
    entries.retain(|(_, kind, _)| kind.parse::<DocumentKind>().is_ok());
    Ok(entries)
}

/// The documents of the branch that is open, as [`document_entries_on`].
pub(crate) fn document_entries(
    engine: &mut Engine<SqliteStore>,
) -> Result<Vec<(DocumentId, String, String)>, ApiError> {
    let branch = engine.branch().clone();
    document_entries_on(engine, &branch)
}

/// The documents that the manifest of a branch names: id, kind, name, in their order.
pub(crate) fn document_entries_on(
    engine: &mut Engine<SqliteStore>,
    branch: &BranchId,
) -> Result<Vec<(DocumentId, String, String)>, ApiError> {
    let projection = engine.projection_of(&LogKey {
        branch: branch.clone(),
        document: manifest()?,
    })?;
    let order = |id: &str| {
        projection
            .record("documents", id)
            .and_then(|record| record.get("order")?.as_number())
            .unwrap_or(0.0)
    };
    let mut entries: Vec<(DocumentId, String, String)> = documents(projection)
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
