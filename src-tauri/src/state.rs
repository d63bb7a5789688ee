//! What the window works on: this installation, and the project that is open in it.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use wissil_session::api::{ApiError, ErrorCode, ProjectInfo};
use wissil_session::{App, CancellationToken, Home, JoinListener, Session};

/// What links to sessions begin with.
const LINK: &str = "wissil://";

/// What the process was asked to open.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Asked {
    /// The project in a folder.
    Folder(PathBuf),
    /// The sample.
    Sample,
    /// The session of a link.
    Link(String),
}

impl Asked {
    /// Reads the first argument of the process: `--sample`, a link to a session, or a folder.
    pub(crate) fn from_argument(argument: OsString) -> Self {
        match argument.to_str() {
            Some("--sample") => Asked::Sample,
            Some(link) if link.starts_with(LINK) => Asked::Link(link.to_owned()),
            _ => Asked::Folder(argument.into()),
        }
    }

    /// Where that project stands on this machine; none when it does not yet.
    fn folder(&self, app: &App) -> Option<PathBuf> {
        match self {
            Asked::Folder(folder) => Some(folder.clone()),
            Asked::Sample => Some(app.sample_folder()),
            Asked::Link(link) => app.inspect_link(link).ok()?.folder.map(Into::into),
        }
    }
}

/// Brings the window to the front.
type Front = Box<dyn Fn() + Send + Sync>;

/// The state behind the window.
pub(crate) struct Desktop {
    /// This installation. Where it could not be read, every command says why and the window still opens.
    app: Result<App, ApiError>,
    open: Mutex<Open>,
    /// Held while a shared project is fetched.
    fetching: Mutex<()>,
    /// Ends that.
    cancel: Mutex<CancellationToken>,
    front: OnceLock<Front>,
}

#[derive(Default)]
struct Open {
    session: Option<Session>,
    /// The project this process was started with, until the window asks for it.
    asked: Option<Asked>,
    /// A link to a session that nobody has looked at yet.
    link: Option<String>,
}

impl Desktop {
    /// The state of a process that was started with that project.
    pub(crate) fn new(asked: Option<Asked>) -> Self {
        let (asked, link) = match asked {
            Some(Asked::Link(link)) => (None, Some(link)),
            other => (other, None),
        };
        Desktop {
            app: App::new(Home::default_folder()),
            open: Mutex::new(Open {
                session: None,
                asked,
                link,
            }),
            fetching: Mutex::default(),
            cancel: Mutex::default(),
            front: OnceLock::new(),
        }
    }

    /// Whether another window has that project open, which comes to the front then.
    pub(crate) fn is_open_elsewhere(&self, asked: &Asked) -> bool {
        self.app
            .as_ref()
            .is_ok_and(|app| asked.folder(app).is_some_and(|folder| app.ring(&folder)))
    }

    /// Says how this window comes to the front.
    pub(crate) fn set_front(&self, front: Front) {
        // There is one window, which says so once.
        let _ = self.front.set(front);
    }

    /// Keeps a link until the window asks for it.
    pub(crate) fn keep_link(&self, link: String) {
        self.lock().link = Some(link);
    }

    /// This installation.
    pub(crate) fn app(&self) -> Result<&App, ApiError> {
        self.app.as_ref().map_err(Clone::clone)
    }

    /// The open project.
    pub(crate) fn session(&self) -> Result<Session, ApiError> {
        self.lock()
            .session
            .clone()
            .ok_or_else(|| ApiError::new(ErrorCode::NotFound, "no project is open; open one first"))
    }

    /// Opens a project, in place of the one that is open.
    ///
    /// That one is closed first, since it may be the same; if the new one does not open, none is open.
    pub(crate) fn replace(
        self: &Arc<Self>,
        open: impl FnOnce(&App) -> Result<Session, ApiError>,
    ) -> Result<ProjectInfo, ApiError> {
        let app = self.app()?;
        let mut current = self.lock();
        current.asked = None;
        if let Some(session) = current.session.take() {
            // Commands that are running have handles of their own.
            session.close();
        }
        let session = open(app)?;
        let info = session.info()?;
        let desktop = Arc::downgrade(self);
        let rung = session.on_ring(Box::new(move || {
            if let Some(front) = desktop.upgrade().as_ref().and_then(|d| d.front.get()) {
                front();
            }
        }));
        if let Err(error) = rung {
            eprintln!("another window of this project will not find this one: {error}");
        }
        session.reconnect()?;
        current.session = Some(session);
        Ok(info)
    }

    /// Fetches the session of a link into a folder, until it is cancelled; answers where the project stands. What is
    /// open stays open.
    ///
    /// A page that was loaded anew knows nothing of what the one before it fetched, so there is one at a time.
    pub(crate) fn fetch_shared(
        &self,
        link: &str,
        folder: &Path,
        listener: JoinListener,
    ) -> Result<PathBuf, ApiError> {
        let cancelled = CancellationToken::new();
        std::mem::replace(&mut *lock(&self.cancel), cancelled.clone()).cancel();
        let _one = lock(&self.fetching);
        self.app()?.fetch_shared(link, folder, listener, &cancelled)
    }

    /// Ends the fetching of a shared project, if there is one, and waits until nothing is left of it.
    pub(crate) fn cancel_fetching(&self) {
        lock(&self.cancel).cancel();
        drop(lock(&self.fetching));
    }

    /// The open project; at first the one this process was started with.
    ///
    /// A page asks when it starts. What a page before it followed is forgotten: nobody hears that any more.
    pub(crate) fn current(self: &Arc<Self>) -> Result<Option<ProjectInfo>, ApiError> {
        let (session, asked) = {
            let mut open = self.lock();
            (open.session.clone(), open.asked.take())
        };
        match (session, asked) {
            (Some(session), _) => {
                session.forget_listeners()?;
                session.info().map(Some)
            }
            (None, Some(Asked::Folder(path))) => self.replace(|app| app.open(&path)).map(Some),
            (None, Some(Asked::Sample)) => self.replace(App::sample).map(Some),
            (None, Some(Asked::Link(link))) => {
                self.keep_link(link);
                Ok(None)
            }
            (None, None) => Ok(None),
        }
    }

    /// The link this process was asked to open, once.
    pub(crate) fn take_link(&self) -> Option<String> {
        self.lock().link.take()
    }

    /// Closes the open project, if there is one, and waits until it is closed.
    pub(crate) fn close(&self) {
        let session = self.lock().session.take();
        if let Some(session) = session {
            session.close();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Open> {
        lock(&self.open)
    }
}

/// A command that panicked leaves nothing half-done in here.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
