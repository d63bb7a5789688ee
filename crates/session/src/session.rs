//! An open project: one thread owns it, everyone else asks.

#[cfg(unix)]
use std::path::Path;
#[cfg(unix)]
use std::sync::Weak;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use wissil_dag::{Cid, DocumentId};
use wissil_model::DocumentKind;
use wissil_sync::{EventStore as _, UndoSide};

use crate::actor::{Actor, counts_of};
use crate::api::{
    ApiError, DocumentInfo, EditResult, ErrorCode, LogInfo, NextSteps, OpenedDocument, Person,
    Problem, ProjectInfo, SessionMessage, SessionStatus, Snapshot,
};
use crate::assets::Uploads;
use crate::bridge::Bridge;
#[cfg(unix)]
use crate::bridge::gone;
use crate::doorbell::{Doorbell, RingListener};
use crate::home::{Home, now};
#[cfg(unix)]
use crate::local::{Guests, Host};
use crate::network::{Network, Place, Signals};
use crate::project::Project;
use crate::readers::Readers;
use crate::view::Listener;
use crate::whereabouts::{Watch, Whereabouts};

/// A handle to an open project. Cloning gives another handle to the same; the project closes with the last, or with
/// [`close`](Session::close), and is closed when that returns.
#[derive(Clone)]
pub struct Session {
    owner: Arc<Owner>,
    follower: Follower,
}

/// Who follows a project through a handle: what is followed ends for all that follow under one name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Follower(pub(crate) u32);

impl Follower {
    /// The program that opened the project.
    const SHELL: Self = Self(0);
}

/// A handle that does not keep a project open.
#[cfg(unix)]
#[derive(Clone)]
pub(crate) struct WeakSession {
    owner: Weak<Owner>,
    follower: Follower,
}

#[cfg(unix)]
impl WeakSession {
    /// The same, for somebody else.
    pub(crate) fn as_follower(&self, follower: Follower) -> Self {
        Self {
            owner: Weak::clone(&self.owner),
            follower,
        }
    }

    /// The project, while it is open.
    pub(crate) fn upgrade(&self) -> Result<Session, ApiError> {
        let owner = self.owner.upgrade().ok_or_else(gone)?;
        Ok(Session {
            owner,
            follower: self.follower,
        })
    }
}

/// The owning thread, which ends when the project is closed.
struct Owner {
    bridge: Bridge,
    thread: Mutex<Option<thread::JoinHandle<()>>>,
    /// None for a project that is only read.
    network: Option<Network>,
    /// None for a project that is only read: there nothing has to wait.
    readers: Option<Readers>,
    whereabouts: Whereabouts,
    watch: Mutex<Option<Watch>>,
    doorbell: Mutex<Option<Doorbell>>,
    uploads: Mutex<Uploads>,
    #[cfg(unix)]
    guests: Arc<Guests>,
    /// None for a project that is only read.
    #[cfg(unix)]
    host: Mutex<Option<Host>>,
}

impl Owner {
    /// Closes the project and waits until it is closed. Doing it again does nothing.
    fn close(&self) {
        #[cfg(unix)]
        drop(lock(&self.host).take());
        // Held to the end: with it others learn that they may open the project.
        #[cfg(unix)]
        let _guests = self.guests.end();
        drop(lock(&self.doorbell).take());
        drop(lock(&self.watch).take());
        if let Some(network) = &self.network {
            network.close();
        }
        std::mem::take(&mut *lock(&self.uploads));
        // Before the owning thread: the last connection brings the journal in.
        if let Some(readers) = &self.readers {
            readers.close();
        }
        self.bridge.close();
        if let Some(thread) = lock(&self.thread).take()
            && thread.thread().id() != thread::current().id()
        {
            // A panic in it was reported where it happened.
            let _ = thread.join();
        }
    }
}

impl Drop for Owner {
    fn drop(&mut self) {
        self.close();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Takes the messages of a session.
pub type SessionListener = Box<dyn FnMut(SessionMessage) + Send>;

impl Session {
    /// Starts the owning thread of a project that may be edited.
    pub(crate) fn start(home: &Home, project: Project) -> Result<Self, ApiError> {
        Self::run(home, project, true)
    }

    /// Starts the owning thread of a project that is only read.
    pub(crate) fn start_reading(home: &Home, project: Project) -> Result<Self, ApiError> {
        Self::run(home, project, false)
    }

    fn run(home: &Home, project: Project, edits: bool) -> Result<Self, ApiError> {
        let person = if edits { home.person()? } else { home.reader() };
        let (bridge, tasks) = Bridge::new();
        let (signals, messages) = Signals::new();
        let signals = Arc::new(signals);
        let place = Place {
            folder: project.folder.clone(),
            session: project.engine.session().clone(),
            branch: project.engine.branch().clone(),
            user: project.engine.user().clone(),
            replica: *project.engine.replica(),
            person: person.clone(),
        };
        #[cfg(unix)]
        let folder = project.folder.clone();
        let readers = edits.then(|| {
            let whereabouts = project.whereabouts.clone();
            Readers::new(project.folder.clone(), person.clone(), whereabouts)
        });
        let mut actor = Actor::new(project, person, Arc::clone(&signals));
        actor.read_names()?;
        if edits {
            actor.settle_chains(0)?;
            actor.join()?;
        }
        let whereabouts = actor.project.whereabouts.clone();
        let thread = thread::Builder::new()
            .name("session".into())
            .spawn(move || tasks.run(&mut actor))
            .map_err(|error| ApiError::internal(format!("no thread for the session: {error}")))?;
        let mut owner = Owner {
            bridge,
            thread: Mutex::new(Some(thread)),
            network: None,
            readers,
            whereabouts,
            watch: Mutex::default(),
            doorbell: Mutex::default(),
            uploads: Mutex::default(),
            #[cfg(unix)]
            guests: Arc::default(),
            #[cfg(unix)]
            host: Mutex::default(),
        };
        // What asks the owning thread comes after it, so that it is answered, or told of the end, whatever fails here.
        if edits {
            let (bridge, objects) = (owner.bridge.clone(), Arc::clone(&signals));
            owner.bridge.ask_blocking(move |actor| {
                actor.start_assets(bridge)?;
                let notify = move || objects.objects.notify_one();
                actor.assets.set_transfer(notify);
                Ok(())
            })?;
            let watch = Watch::start(owner.whereabouts.clone(), owner.bridge.clone())?;
            owner.watch = Mutex::new(Some(watch));
            let bridge = owner.bridge.clone();
            let network = Network::new(home, bridge, place, signals, messages)?;
            owner.network = Some(network);
        }
        let session = Self {
            owner: Arc::new(owner),
            follower: Follower::SHELL,
        };
        #[cfg(unix)]
        if edits {
            session.let_others_in(&folder)?;
        }
        Ok(session)
    }

    /// Lets other programs work on the project. Where that is not possible the project is open all the same.
    #[cfg(unix)]
    fn let_others_in(&self, folder: &Path) -> Result<(), ApiError> {
        match Host::open(self, folder) {
            Ok(host) => *lock(&self.owner.host) = Some(host),
            Err(error) => {
                let why = ApiError::io("opened", Path::new("the socket for it"), &error);
                let notice = format!(
                    "Other programs cannot work on this project while it is open: {}",
                    why.message
                );
                self.ask(move |actor| {
                    actor.project.notices.push(notice);
                    Ok(())
                })?;
            }
        }
        Ok(())
    }

    /// Edits under another name and colour from now on, in the history and for whoever is here.
    ///
    /// # Errors
    /// [`ErrorCode::Invalid`] when the project is open for reading only.
    pub fn introduce(&self, person: Person) -> Result<(), ApiError> {
        let network = self.network()?;
        let shown = person.clone();
        self.ask(move |actor| actor.introduce(person))?;
        network.people.introduce(shown);
        Ok(())
    }

    /// Has whoever opens this project again, in another process, call the listener instead.
    pub fn on_ring(&self, listener: RingListener) -> Result<(), ApiError> {
        let bell = Doorbell::hang(self.network()?.home(), &self.folder()?, listener)?;
        *lock(&self.owner.doorbell) = Some(bell);
        Ok(())
    }

    /// Closes the project, whoever else has a handle, and waits until it is closed; with those nothing can be done any
    /// more.
    pub fn close(&self) {
        self.owner.close();
    }

    /// The network of a project that may be edited.
    pub(crate) fn network(&self) -> Result<&Network, ApiError> {
        self.owner.network.as_ref().ok_or_else(|| {
            ApiError::new(
                ErrorCode::Invalid,
                "the project is open for reading only, so it is not connected",
            )
        })
    }

    /// Whether the project stands where it was opened.
    pub(crate) fn whereabouts(&self) -> &Whereabouts {
        &self.owner.whereabouts
    }

    /// The files that are coming in.
    pub(crate) fn uploads(&self) -> MutexGuard<'_, Uploads> {
        lock(&self.owner.uploads)
    }

    /// Who follows through this handle.
    pub(crate) fn follower(&self) -> Follower {
        self.follower
    }

    /// The programs that work on the project beside this one.
    #[cfg(unix)]
    pub(crate) fn guests(&self) -> &Arc<Guests> {
        &self.owner.guests
    }

    /// A handle that does not keep the project open.
    #[cfg(unix)]
    pub(crate) fn downgrade(&self) -> WeakSession {
        WeakSession {
            owner: Arc::downgrade(&self.owner),
            follower: self.follower,
        }
    }

    /// The way to the owning thread.
    pub(crate) fn bridge(&self) -> &Bridge {
        &self.owner.bridge
    }

    /// Runs something on the owning thread and waits for it.
    pub(crate) fn ask<T: Send + 'static>(
        &self,
        task: impl FnOnce(&mut Actor) -> Result<T, ApiError> + Send + 'static,
    ) -> Result<T, ApiError> {
        self.owner.bridge.ask_blocking(task)
    }

    /// Reads beside the owning thread. What was answered before is seen; a panic is an error of this call alone.
    pub(crate) fn read<T: Send + 'static>(
        &self,
        task: impl FnOnce(&mut Actor) -> Result<T, ApiError> + Send + 'static,
    ) -> Result<T, ApiError> {
        match self.owner.readers.as_ref().map(Readers::lend) {
            Some(Ok(reader)) => reader.read(task),
            // The owner has it open, wherever it stands.
            Some(Err(_)) | None => self.ask(task),
        }
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
        self.read(|actor| {
            let mut documents = actor.document_infos()?;
            for document in &mut documents {
                let id = document_id(&document.id)?;
                let log = actor.project.engine.log(&id);
                document.counts = actor.project.engine.read(&log, counts_of)?;
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
        let follower = self.follower;
        self.ask(move |actor| {
            let log = actor.project.engine.log(&document);
            actor.open_document(&log, follower, listener)
        })
    }

    /// Closes a view.
    pub fn close_document(&self, subscription: u32) -> Result<(), ApiError> {
        self.ask(move |actor| {
            actor.close_document(subscription);
            Ok(())
        })
    }

    /// A document's state now, without following it.
    pub fn snapshot(&self, document: &str) -> Result<Snapshot, ApiError> {
        let document = document_id(document)?;
        self.ask(move |actor| actor.snapshot(&actor.project.engine.log(&document)))
    }

    /// Takes back this person's newest gesture in a document.
    pub fn undo(&self, document: &str) -> Result<EditResult, ApiError> {
        let document = document_id(document)?;
        self.ask(move |actor| {
            let edited = actor.project.engine.undo(&document, now())?;
            Ok(actor.publish(&actor.project.engine.log(&document), edited))
        })
    }

    /// Takes back the gesture of this person that an event belongs to, whatever came after it.
    ///
    /// # Errors
    /// [`ErrorCode::NothingToDo`] when it was undone since, or others changed all of it.
    pub fn undo_gesture(&self, document: &str, event: &str) -> Result<EditResult, ApiError> {
        let (document, event) = (document_id(document)?, event_cid(event)?);
        self.ask(move |actor| {
            let edited = actor
                .project
                .engine
                .undo_gesture(&document, &event, now())?;
            Ok(actor.publish(&actor.project.engine.log(&document), edited))
        })
    }

    /// What undo and redo would do, wherever this person did it.
    pub fn next_steps(&self) -> Result<NextSteps, ApiError> {
        self.ask(|actor| actor.next_steps())
    }

    /// Takes back this person's newest gesture in whichever document it was made, the project itself among them.
    pub fn undo_newest(&self) -> Result<EditResult, ApiError> {
        self.ask(|actor| actor.step_newest(UndoSide::Done))
    }

    /// Brings back what this person undid last, in whichever document.
    pub fn redo_newest(&self) -> Result<EditResult, ApiError> {
        self.ask(|actor| actor.step_newest(UndoSide::Undone))
    }

    /// Brings back what this person undid last in a document.
    pub fn redo(&self, document: &str) -> Result<EditResult, ApiError> {
        let document = document_id(document)?;
        self.ask(move |actor| {
            let edited = actor.project.engine.redo(&document, now())?;
            Ok(actor.publish(&actor.project.engine.log(&document), edited))
        })
    }

    /// Follows the session: new events and figures through the listener.
    pub fn subscribe(&self, listener: SessionListener) -> Result<SessionStatus, ApiError> {
        let follower = self.follower;
        self.ask(move |actor| {
            actor.listen(follower, listener);
            actor.status()
        })
    }

    /// Ends following the session through this handle.
    #[cfg(unix)]
    pub(crate) fn unsubscribe(&self) -> Result<(), ApiError> {
        let follower = self.follower;
        self.ask(move |actor| {
            actor.unlisten(follower);
            Ok(())
        })
    }

    /// Ends all following, of documents and of the session, and all uploads: whoever followed is gone. Programs that work on
    /// the project beside this one follow on.
    pub fn forget_listeners(&self) -> Result<(), ApiError> {
        let follower = self.follower;
        if follower == Follower::SHELL {
            *self.uploads() = Uploads::default();
        }
        if let Some(network) = &self.owner.network {
            if follower == Follower::SHELL {
                network.people.forget_listeners();
            }
            network.messages.forget(follower);
        }
        self.ask(move |actor| {
            actor.forget(follower);
            Ok(())
        })
    }

    /// What is wrong in any document, and what an import left to know. Only documents that have other events than when
    /// they were looked at last are looked at, one after the other, so that edits need not wait for all of them.
    pub fn problems(&self) -> Result<Vec<Problem>, ApiError> {
        let documents = self.ask(|actor| actor.document_ids())?;
        let (mut problems, mut counted) = (Vec::new(), false);
        for document in documents {
            let (found, is_counted) =
                self.ask(move |actor| actor.problems_of(&actor.project.engine.log(&document)))?;
            problems.extend(found);
            counted |= is_counted;
        }
        self.ask(move |actor| {
            if counted {
                // Whoever lists the documents has waited for it.
                actor.tell_listeners(Vec::new())?;
            }
            problems.extend(actor.missing_history());
            problems.extend(actor.newer_history()?);
            problems.extend(actor.missing_objects()?);
            problems.extend(actor.asset_problems()?);
            problems.extend(actor.import_notes()?);
            Ok(problems)
        })
    }

    /// What documents lack because objects that they name are not here; [`problems`](Self::problems) has it too.
    pub fn missing_objects(&self) -> Result<Vec<Problem>, ApiError> {
        self.ask(|actor| actor.missing_objects())
    }

    /// What the import left to know that nobody dismissed yet; [`problems`](Self::problems) has it too.
    pub fn import_notes(&self) -> Result<Vec<Problem>, ApiError> {
        self.ask(|actor| actor.import_notes())
    }

    /// The folder.
    pub fn folder(&self) -> Result<std::path::PathBuf, ApiError> {
        self.ask(|actor| Ok(actor.project.folder.clone()))
    }
}

/// The outside name of the subsystem that a kind of document belongs to.
pub(crate) fn subsystem(kind: DocumentKind) -> String {
    let channel = kind.channel();
    channel.map_or_else(
        || "unknown".to_owned(),
        |channel| channel.subsystem.to_lowercase(),
    )
}

pub(crate) fn document_id(text: &str) -> Result<DocumentId, ApiError> {
    DocumentId::new(text).map_err(|error| {
        ApiError::with_cause(
            ErrorCode::Invalid,
            format!("`{text}` does not name a document"),
            &error,
        )
    })
}

pub(crate) fn event_cid(text: &str) -> Result<Cid, ApiError> {
    text.parse()
        .map_err(|_| ApiError::new(ErrorCode::Invalid, format!("`{text}` is not a CID")))
}
