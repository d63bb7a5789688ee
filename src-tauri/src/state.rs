//! What the window works on: this installation, and the project that is open in it.

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

use wissil_session::api::{ApiError, ErrorCode, ProjectInfo};
use wissil_session::{App, Home, Session};

/// What the process was asked to open.
#[derive(Debug, PartialEq)]
pub(crate) enum Asked {
    /// The project in a folder.
    Folder(PathBuf),
    /// The sample.
    Sample,
}

impl Asked {
    /// Reads the first argument of the process: `--sample`, or a folder.
    pub(crate) fn from_argument(argument: OsString) -> Self {
        if argument == "--sample" {
            Asked::Sample
        } else {
            Asked::Folder(argument.into())
        }
    }
}

/// The state behind the window.
pub(crate) struct Desktop {
    /// This installation. Where it could not be read, every command says why and the window still opens.
    app: Result<App, ApiError>,
    open: Mutex<Open>,
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
        Desktop {
            app: App::new(Home::default_folder()),
            open: Mutex::new(Open {
                session: None,
                asked,
                link: None,
            }),
        }
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
        &self,
        open: impl FnOnce(&App) -> Result<Session, ApiError>,
    ) -> Result<ProjectInfo, ApiError> {
        let app = self.app()?;
        let mut current = self.lock();
        current.asked = None;
        // The last handle to a project waits until it is closed.
        drop(current.session.take());
        let session = open(app)?;
        let info = session.info()?;
        current.session = Some(session);
        Ok(info)
    }

    /// The open project; at first the one this process was started with.
    ///
    /// A page asks when it starts. What a page before it followed is forgotten: nobody hears that any more.
    pub(crate) fn current(&self) -> Result<Option<ProjectInfo>, ApiError> {
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
            (None, None) => Ok(None),
        }
    }

    /// The link this process was asked to open, once.
    pub(crate) fn take_link(&self) -> Option<String> {
        self.lock().link.take()
    }

    /// Closes the open project, if there is one, and waits until it is closed.
    pub(crate) fn close(&self) {
        drop(self.lock().session.take());
    }

    /// A command that panicked leaves nothing half-done in here.
    fn lock(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
