//! What the window works on: this installation, and the project that is open in it.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use wissil_session::api::{ApiError, ErrorCode, ProjectInfo};
use wissil_session::{App, CancellationToken, Home, JoinListener, Session};

use crate::feeds::Feeds;
use crate::row::Rows;

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
    /// An option that there is not.
    Unknown(String),
}

impl Asked {
    /// Reads the first argument of the process: `--sample`, a link to a session, or a folder.
    pub(crate) fn from_argument(argument: OsString) -> Self {
        match argument.to_str() {
            Some("--sample") => Asked::Sample,
            Some(link) if link.starts_with(LINK) => Asked::Link(link.to_owned()),
            Some(option) if option.starts_with('-') => Asked::Unknown(option.to_owned()),
            _ => Asked::Folder(argument.into()),
        }
    }

    /// Where that project stands on this machine; none when it does not yet.
    fn folder(&self, app: &App) -> Option<PathBuf> {
        match self {
            Asked::Folder(folder) => Some(folder.clone()),
            Asked::Sample => Some(app.sample_folder()),
            Asked::Link(link) => app.inspect_link(link).ok()?.folder.map(Into::into),
            Asked::Unknown(_) => None,
        }
    }
}

/// Brings the window to the front.
type Front = Box<dyn Fn() + Send + Sync>;

/// The state behind the window.
pub(crate) struct Desktop {
    home: PathBuf,
    /// This installation, once it could be read. Until then every command says why it could not, and the window still
    /// opens.
    app: OnceLock<App>,
    open: Mutex<Open>,
    /// Held while a project is being opened, which takes as long as it takes; whatever else is asked does not wait for it.
    opening: Mutex<()>,
    /// Held while a shared project is fetched.
    fetching: Mutex<()>,
    /// Ends that.
    cancel: Mutex<CancellationToken>,
    front: OnceLock<Front>,
    /// What goes to the page.
    pub(crate) feeds: Feeds,
    /// The gestures that come from it.
    pub(crate) rows: Rows,
    /// Whether the page is on screen, and so hears when the window is being closed.
    is_shown: AtomicBool,
    /// Whether it heard that, and has not answered.
    asked_to_close: AtomicBool,
}

#[derive(Default)]
struct Open {
    session: Option<Session>,
    /// The project this process was started with, until one is open or the window has turned to something else.
    asked: Option<Asked>,
    /// A link to a session that nobody has looked at yet.
    link: Option<String>,
}

impl Desktop {
    /// The state of a process that was started with that project.
    pub(crate) fn new(asked: Option<Asked>) -> Self {
        Self::of(Home::default_folder(), asked)
    }

    /// The same over the installation in a folder.
    fn of(home: PathBuf, asked: Option<Asked>) -> Self {
        let (asked, link) = match asked {
            Some(Asked::Link(link)) => (None, Some(link)),
            other => (other, None),
        };
        Desktop {
            home,
            app: OnceLock::new(),
            open: Mutex::new(Open {
                session: None,
                asked,
                link,
            }),
            opening: Mutex::default(),
            fetching: Mutex::default(),
            cancel: Mutex::default(),
            front: OnceLock::new(),
            feeds: Feeds::default(),
            rows: Rows::default(),
            is_shown: AtomicBool::new(false),
            asked_to_close: AtomicBool::new(false),
        }
    }

    /// Whether another window has that project open, which comes to the front then.
    pub(crate) fn is_open_elsewhere(&self, asked: &Asked) -> bool {
        self.app()
            .is_ok_and(|app| asked.folder(app).is_some_and(|folder| app.ring(&folder)))
    }

    /// Where the web view keeps what belongs to this window: how it is arranged, where one was in each project.
    pub(crate) fn window_folder(&self) -> PathBuf {
        self.home.join("window")
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

    /// This installation. What could not be read is tried again: a folder may have become writable.
    pub(crate) fn app(&self) -> Result<&App, ApiError> {
        if let Some(app) = self.app.get() {
            return Ok(app);
        }
        let app = App::new(&self.home)?;
        Ok(self.app.get_or_init(|| app))
    }

    /// The open project.
    pub(crate) fn session(&self) -> Result<Session, ApiError> {
        self.lock()
            .session
            .clone()
            .ok_or_else(|| ApiError::new(ErrorCode::NotFound, "no project is open; open one first"))
    }

    /// Opens a project that is made for it, in place of the one that is open. That one stays as it is until the new one is
    /// open: where making or opening fails, nothing has happened to it, nor to the server it hosts.
    pub(crate) fn replace(
        self: &Arc<Self>,
        open: impl FnOnce(&App) -> Result<Session, ApiError>,
    ) -> Result<ProjectInfo, ApiError> {
        let _one = lock(&self.opening);
        self.enter(open)
    }

    /// Opens the project in a folder, in place of the one that is open; that one may be the same, and stays then.
    pub(crate) fn open(self: &Arc<Self>, folder: &Path) -> Result<ProjectInfo, ApiError> {
        let _one = lock(&self.opening);
        self.open_folder(folder)
    }

    /// Opens the sample, which is made when it is not there.
    pub(crate) fn open_sample(self: &Arc<Self>) -> Result<ProjectInfo, ApiError> {
        let _one = lock(&self.opening);
        let folder = self.app()?.sample_folder();
        if wissil_session::is_project(&folder) {
            self.open_folder(&folder)
        } else {
            self.enter(App::sample)
        }
    }

    /// Moves the open project to another folder, for one whose own is gone, and opens it there.
    pub(crate) fn save_elsewhere(self: &Arc<Self>, folder: &Path) -> Result<ProjectInfo, ApiError> {
        let _one = lock(&self.opening);
        let notices = self.session()?.save_elsewhere(folder)?;
        self.close();
        let mut info = self.open_folder(folder)?;
        info.notices.extend(notices);
        Ok(info)
    }

    /// Opens the project in a folder for reading only, whoever has it open, for a page that is asked nothing.
    pub(crate) fn look(&self, folder: &Path) -> Result<(), ApiError> {
        let session = self.app()?.inspect(folder)?;
        self.lock().session = Some(session);
        Ok(())
    }

    fn open_folder(self: &Arc<Self>, folder: &Path) -> Result<ProjectInfo, ApiError> {
        if let Ok(session) = self.session()
            && session.has_open(folder)?
        {
            if session.displaced().is_none() {
                session.forget_listeners()?;
                self.lock().asked = None;
                return session.info();
            }
            // It was moved there: it cannot be opened there before it is closed.
            self.close();
        }
        self.enter(|app| app.take_over(folder))
    }

    fn enter(
        self: &Arc<Self>,
        open: impl FnOnce(&App) -> Result<Session, ApiError>,
    ) -> Result<ProjectInfo, ApiError> {
        let session = open(self.app()?)?;
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
        let before = {
            let mut now = self.lock();
            now.asked = None;
            now.session.replace(session.clone())
        };
        if let Some(before) = before {
            // Commands that are running have handles of their own.
            before.close();
        }
        // A server that is hosted here takes its time to start, and says how that goes.
        std::thread::spawn(move || session.go_online(None));
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

    /// The open project; at first the one this process was started with, as often as it is asked for until it opens.
    ///
    /// A page asks when it starts. What a page before it followed is forgotten: nobody hears that any more.
    pub(crate) fn current(self: &Arc<Self>) -> Result<Option<ProjectInfo>, ApiError> {
        let (session, asked) = {
            // A page that was loaded anew meanwhile waits for what the one before it asked for.
            let _one = lock(&self.opening);
            let open = self.lock();
            (open.session.clone(), open.asked.clone())
        };
        match (session, asked) {
            (Some(session), _) => {
                session.forget_listeners()?;
                session.info().map(Some)
            }
            (None, Some(Asked::Folder(path))) => {
                self.open(&path).map(Some).map_err(|error| ApiError {
                    message: format!("{} was not opened: {}", path.display(), error.message),
                    ..error
                })
            }
            (None, Some(Asked::Sample)) => self.open_sample().map(Some),
            (None, Some(Asked::Link(link))) => {
                self.keep_link(link);
                Ok(None)
            }
            (None, Some(Asked::Unknown(option))) => Err(ApiError::new(
                ErrorCode::Invalid,
                format!(
                    "`{option}` is no option of WISSIL; it takes the folder of a project, `--sample`, or a link to a session"
                ),
            )),
            (None, None) => Ok(None),
        }
    }

    /// The link this process was asked to open, once.
    pub(crate) fn take_link(&self) -> Option<String> {
        self.lock().link.take()
    }

    /// Whether the open project would be lost with its window: its folder is gone, so that it is in memory only.
    pub(crate) fn is_unsaved(&self) -> bool {
        let displaced = self.session().ok().and_then(|session| session.displaced());
        displaced.is_some_and(|displaced| displaced.to.is_none())
    }

    /// The page shows what is open.
    pub(crate) fn page_is_shown(&self) {
        self.is_shown.store(true, Ordering::Relaxed);
    }

    /// Whether a window that is being closed stays until the page has said what becomes of it. A page that did not answer the
    /// last time is not waited for again, unless the project would be lost.
    pub(crate) fn waits_for_page(&self) -> bool {
        self.is_unsaved()
            || (self.is_shown.load(Ordering::Relaxed)
                && self.session().is_ok()
                && !self.asked_to_close.swap(true, Ordering::Relaxed))
    }

    /// The page answered that the window stays.
    pub(crate) fn stay_open(&self) {
        self.asked_to_close.store(false, Ordering::Relaxed);
    }

    /// Closes the open project, if there is one, and waits until it is closed.
    pub(crate) fn close(&self) {
        let session = {
            let mut open = self.lock();
            open.asked = None;
            open.session.take()
        };
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::fs;
    use std::sync::mpsc;
    use std::time::Duration;

    use super::*;

    /// How long something may take that takes no time unless it waits for what it must not wait for.
    const PATIENCE: Duration = Duration::from_secs(60);

    fn desktop(asked: Option<&str>) -> (tempfile::TempDir, Arc<Desktop>) {
        let folder = tempfile::tempdir().unwrap();
        let asked = asked.map(|asked| Asked::Folder(folder.path().join(asked)));
        let desktop = Desktop::of(folder.path().join("home"), asked);
        (folder, Arc::new(desktop))
    }

    fn make(desktop: &Arc<Desktop>, folder: &Path) -> Session {
        desktop.replace(|app| app.create("Game", folder)).unwrap();
        desktop.session().unwrap()
    }

    #[test]
    fn what_the_process_cannot_open_is_said_for_what_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let [model, text] = ["Fox.glb", "notes.txt"].map(|name| folder.path().join(name));
        for file in [&model, &text] {
            fs::write(file, "").unwrap();
        }
        let missing = folder.path().join("missing");
        for (argument, said) in [
            (OsString::from("--frobnicate"), "no option"),
            (model.into(), "is a model"),
            (text.into(), "is a file"),
            (missing.into(), "does not exist"),
            (folder.path().into(), "holds no project"),
        ] {
            let asked = Asked::from_argument(argument);
            let desktop = Arc::new(Desktop::of(folder.path().join("home"), Some(asked)));
            let refused = desktop.current().unwrap_err();
            assert!(refused.message.contains(said), "{refused}");
        }
    }

    #[test]
    fn what_does_not_open_leaves_the_open_project_as_it_is() {
        let (folder, desktop) = desktop(None);
        let game = folder.path().join("game");
        let session = make(&desktop, &game);
        let broken = folder.path().join("broken.glb");
        fs::write(&broken, b"no glTF").unwrap();
        let into = folder.path().join("imported");
        let refused = [
            desktop.replace(|app| app.import(&broken, &into)),
            desktop.replace(|app| app.create("Again", &game)),
            desktop.open(&into),
        ];
        assert!(refused.iter().all(Result::is_err));
        // It was not opened anew either: the handle from before is still one of it.
        assert!(session.info().is_ok());
        assert_eq!(desktop.current().unwrap(), Some(session.info().unwrap()));
    }

    #[test]
    fn the_open_project_stays_when_it_is_opened_again_and_goes_when_another_opens() {
        let (folder, desktop) = desktop(None);
        let game = folder.path().join("game");
        let session = make(&desktop, &game);
        desktop.open(&game).unwrap();
        assert!(session.info().is_ok());
        make(&desktop, &folder.path().join("another"));
        assert!(session.info().is_err(), "it is closed");
        desktop.open(&game).unwrap();
    }

    #[test]
    fn commands_do_not_wait_for_a_project_that_is_being_opened() {
        let (folder, desktop) = desktop(None);
        make(&desktop, &folder.path().join("game"));
        let other = Arc::clone(&desktop);
        let (answer, answered) = mpsc::channel();
        desktop
            .replace(|app| {
                std::thread::spawn(move || answer.send(other.session().is_ok()));
                assert!(answered.recv_timeout(PATIENCE).unwrap());
                app.create("Another", &folder.path().join("another"))
            })
            .unwrap();
    }

    #[test]
    fn a_project_that_was_asked_for_can_be_asked_for_again_until_one_is_open() {
        let (folder, desktop) = desktop(Some("game"));
        let game = folder.path().join("game");
        for _ in 0..2 {
            let refused = desktop.current().unwrap_err();
            assert_eq!(refused.code, ErrorCode::NotFound);
            assert!(
                refused.message.contains("game was not opened"),
                "{}",
                refused.message
            );
        }
        drop(desktop.app().unwrap().create("Game", &game).unwrap());
        assert_eq!(desktop.current().unwrap().unwrap().name, "Game");
        desktop.close();
        assert_eq!(desktop.current().unwrap(), None);
    }

    #[test]
    fn a_window_waits_for_the_page_to_answer_and_not_for_one_that_does_not() {
        let (folder, desktop) = desktop(None);
        desktop.page_is_shown();
        assert!(!desktop.waits_for_page(), "nothing is open");
        make(&desktop, &folder.path().join("game"));
        assert!(desktop.waits_for_page());
        desktop.stay_open();
        assert!(desktop.waits_for_page(), "it was asked to stay");
        assert!(!desktop.waits_for_page(), "the page does not answer");
    }

    #[test]
    fn an_installation_that_could_not_be_read_is_tried_again() {
        let (folder, desktop) = desktop(None);
        let home = folder.path().join("home");
        fs::write(&home, "in the way").unwrap();
        assert!(desktop.app().is_err());
        fs::remove_file(&home).unwrap();
        assert!(desktop.app().is_ok());
    }

    #[test]
    fn a_project_that_was_moved_while_it_was_open_is_opened_where_it_is() {
        let (folder, desktop) = desktop(None);
        let (game, moved) = (folder.path().join("game"), folder.path().join("moved"));
        let session = make(&desktop, &game);
        fs::rename(&game, &moved).unwrap();
        let info = desktop.open(&moved).unwrap();
        assert_eq!(Path::new(&info.path), moved.canonicalize().unwrap());
        assert!(
            session.info().is_err(),
            "the one at the old place is closed"
        );
        assert!(info.notices.is_empty(), "{:?}", info.notices);
    }

    #[test]
    fn a_project_whose_folder_was_deleted_goes_on_elsewhere() {
        let (folder, desktop) = desktop(None);
        let (game, saved) = (folder.path().join("game"), folder.path().join("saved"));
        let session = make(&desktop, &game);
        let before = session.info().unwrap();
        fs::remove_dir_all(&game).unwrap();
        session.create_document("blueprint", "Made after").unwrap();
        let info = desktop.save_elsewhere(&saved).unwrap();
        assert_eq!(info.replica, before.replica);
        let names: Vec<_> = info
            .documents
            .iter()
            .map(|document| &*document.name)
            .collect();
        assert_eq!(names, ["Scene", "Main", "Made after"]);
        assert!(
            session.info().is_err(),
            "the one without a folder is closed"
        );
        assert!(wissil_session::verify(&saved).unwrap().sound);
        // A second time there is nothing to save, and the folder is taken.
        assert!(desktop.save_elsewhere(&saved).is_err());
        assert!(desktop.session().unwrap().info().is_ok());
    }
}
