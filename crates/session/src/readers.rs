//! Reading beside the owning thread: what may take long and changes nothing stands before nobody's edit.
//!
//! Whoever asks reads on the own thread, with an actor over a connection that refuses every write. It sees what was saved
//! when it began, and so everything that was answered before.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use wissil_sync::{EventStore as _, Head, LogKey};

use crate::actor::Actor;
use crate::api::{ApiError, Person};
use crate::bridge::{defect, gone};
use crate::network::Signals;
use crate::project;
use crate::whereabouts::Whereabouts;

/// Most that read at once. Each keeps the documents in memory that it read last.
const MAX_READERS: usize = 2;

/// Lends what reads.
pub(crate) struct Readers {
    folder: PathBuf,
    person: Person,
    whereabouts: Whereabouts,
    state: Mutex<State>,
    came_back: Condvar,
}

#[derive(Default)]
struct State {
    idle: Vec<Reader>,
    lent: usize,
    is_closed: bool,
}

/// An actor that only reads.
struct Reader {
    actor: Actor,
    /// The heads that documents had when it read last.
    heads: HashMap<LogKey, Vec<Head>>,
}

/// A reader on its way.
pub(crate) struct Lent<'a> {
    readers: &'a Readers,
    reader: Option<Reader>,
}

impl Readers {
    /// For an open project.
    pub fn new(folder: PathBuf, person: Person, whereabouts: Whereabouts) -> Self {
        Self {
            folder,
            person,
            whereabouts,
            state: Mutex::default(),
            came_back: Condvar::new(),
        }
    }

    /// A reader, once one is free.
    ///
    /// # Errors
    /// When the project cannot be opened a second time, does not stand in its folder any more, or was closed.
    pub fn lend(&self) -> Result<Lent<'_>, ApiError> {
        let mut state = self.state();
        while state.lent >= MAX_READERS {
            state = self
                .came_back
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
        if state.is_closed {
            return Err(gone());
        }
        let idle = state.idle.pop();
        state.lent += 1;
        drop(state);
        let mut lent = Lent {
            readers: self,
            reader: idle,
        };
        if lent.reader.is_none() {
            lent.reader = Some(self.open()?);
        }
        Ok(lent)
    }

    fn open(&self) -> Result<Reader, ApiError> {
        // In its folder another project may stand by now.
        if self.whereabouts.displaced().is_some() {
            return Err(gone());
        }
        let project = project::read(&self.folder, self.person.id.clone())?;
        // What it would say on the network nobody hears.
        let (signals, _) = Signals::new();
        Ok(Reader {
            actor: Actor::new(project, self.person.clone(), Arc::new(signals)),
            heads: HashMap::new(),
        })
    }

    /// Lends no more, and waits until all are back.
    pub fn close(&self) {
        let mut state = self.state();
        state.is_closed = true;
        while state.lent > 0 {
            state = self
                .came_back
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
        state.idle.clear();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lent<'_> {
    /// Reads; all of it as the project is when it begins. A panic is an error of this call alone.
    pub fn read<T>(
        mut self,
        task: impl FnOnce(&mut Actor) -> Result<T, ApiError>,
    ) -> Result<T, ApiError> {
        let mut reader = self.reader.take().ok_or_else(gone)?;
        let read = catch_unwind(AssertUnwindSafe(|| -> Result<_, ApiError> {
            reader.actor.project.engine.store().hold()?;
            let read = reader.catch_up().and_then(|()| task(&mut reader.actor));
            reader.actor.project.engine.store().let_go()?;
            Ok(read)
        }));
        match read {
            Ok(Ok(read)) => {
                self.reader = Some(reader);
                read
            }
            // It is in nobody knows what state.
            Ok(Err(error)) => Err(error),
            Err(panic) => Err(defect(panic.as_ref())),
        }
    }
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        let mut state = self.readers.state();
        state.lent -= 1;
        state.idle.extend(self.reader.take());
        self.readers.came_back.notify_all();
    }
}

impl Reader {
    /// Forgets what is another by now.
    fn catch_up(&mut self) -> Result<(), ApiError> {
        let engine = &mut self.actor.project.engine;
        let mut is_same = true;
        for (log, state) in engine.store().logs()? {
            if self.heads.get(&log) != Some(&state.heads) {
                is_same = false;
                engine.close(&log);
                self.heads.insert(log, state.heads);
            }
        }
        if !is_same {
            self.actor.references.clear();
            self.actor.read_names()?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::thread;

    use wissil_model::{Change, Record};
    use wissil_sync::EventStore as _;

    use crate::api::ErrorCode;
    use crate::app::App;
    use crate::session::Session;

    fn project(root: &std::path::Path) -> (Session, String) {
        let app = App::new(root.join("home")).unwrap();
        let session = app.create("Castle", &root.join("castle")).unwrap();
        let documents = session.info().unwrap().documents;
        let scene = documents.into_iter().find(|it| it.kind == "scene");
        (session, scene.unwrap().id)
    }

    fn add(session: &Session, scene: &str, name: &str) {
        let put = Change::put("entities", name, Record::new().with("name", name));
        session.edit(scene, "entity.add", vec![put]).unwrap();
    }

    fn found(session: &Session, name: &str) -> usize {
        session.find(name, 10).unwrap().len()
    }

    #[test]
    fn what_was_answered_before_is_read() {
        let root = tempfile::tempdir().unwrap();
        let (session, scene) = project(root.path());
        for n in 0..20 {
            let name = format!("lamp{n}x");
            add(&session, &scene, &name);
            assert_eq!(found(&session, &name), 1);
            session.undo(&scene).unwrap();
            assert_eq!(found(&session, &name), 0);
            session.redo(&scene).unwrap();
        }
        assert_eq!(session.inventory().unwrap()[0].counts["entities"], 20);
    }

    #[test]
    fn edits_do_not_wait_for_who_reads_history() {
        let root = tempfile::tempdir().unwrap();
        let (session, scene) = project(root.path());
        add(&session, &scene, "lamp");
        let (asks, asked) = mpsc::channel();
        let (answer, answered) = mpsc::channel::<()>();
        let reading = session.clone();
        let reader = thread::spawn(move || {
            reading.read_history(move |actor| {
                asks.send(()).unwrap();
                answered.recv().unwrap();
                actor.gestures(None, 1, None)
            })
        });
        asked.recv().unwrap();
        // Nobody's edit waits for whoever reads history, who sees the state that it began with.
        add(&session, &scene, "sun");
        assert!(
            session.events(None, 1, None).unwrap()[0]
                .words
                .contains("sun")
        );
        answer.send(()).unwrap();
        let rows = reader.join().unwrap().unwrap();
        assert!(rows[0].words.contains("lamp"), "{}", rows[0].words);
    }

    #[test]
    fn edits_do_not_wait_for_who_reads_and_who_reads_sees_one_state() {
        let root = tempfile::tempdir().unwrap();
        let (session, scene) = project(root.path());
        add(&session, &scene, "lamp");
        let (begun, has_begun) = mpsc::channel();
        let (go_on, wait) = mpsc::channel::<()>();
        let reading = session.clone();
        let reader = thread::spawn(move || {
            reading.read(move |actor| {
                let before = actor.project.engine.store().counts()?;
                begun.send(()).unwrap();
                wait.recv().unwrap();
                Ok((before, actor.project.engine.store().counts()?))
            })
        });
        has_begun.recv().unwrap();
        add(&session, &scene, "door");
        assert_eq!(found(&session, "door"), 1);
        go_on.send(()).unwrap();
        let (before, after) = reader.join().unwrap().unwrap();
        assert_eq!(before, after);
    }

    #[test]
    fn a_panic_is_an_error_of_the_call_and_nobody_elses() {
        let root = tempfile::tempdir().unwrap();
        let (session, scene) = project(root.path());
        add(&session, &scene, "lamp");
        for _ in 0..5 {
            let failed = session.read(|_| -> Result<(), _> { panic!("a defect in here") });
            let failed = failed.unwrap_err();
            assert_eq!(failed.code, ErrorCode::Internal);
            assert!(failed.message.contains("a defect in here"), "{failed:?}");
        }
        assert_eq!(found(&session, "lamp"), 1);
    }

    #[test]
    fn nothing_is_written_by_who_reads() {
        let root = tempfile::tempdir().unwrap();
        let (session, scene) = project(root.path());
        let document = crate::session::document_id(&scene).unwrap();
        let put = Change::put("entities", "lamp", Record::new().with("name", "Lamp"));
        let refused = session.read(move |actor| actor.edit(&document, "entity.add", vec![put]));
        assert_eq!(refused.unwrap_err().code, ErrorCode::Storage);
        assert_eq!(found(&session, "lamp"), 0);
    }

    #[test]
    fn closing_waits_for_who_reads() {
        let root = tempfile::tempdir().unwrap();
        let (session, _) = project(root.path());
        let (begun, has_begun) = mpsc::channel();
        let (go_on, wait) = mpsc::channel::<()>();
        let reading = session.clone();
        let reader = thread::spawn(move || {
            reading.read(move |actor| {
                begun.send(()).unwrap();
                wait.recv().unwrap();
                actor.document_ids()
            })
        });
        has_begun.recv().unwrap();
        let closing = session.clone();
        let closer = thread::spawn(move || closing.close());
        go_on.send(()).unwrap();
        assert_eq!(reader.join().unwrap().unwrap().len(), 2);
        closer.join().unwrap();
        assert!(session.find("lamp", 1).is_err());
    }
}
