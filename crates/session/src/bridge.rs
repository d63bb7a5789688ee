//! The way to the thread that owns a project: tasks, one after the other.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc;

use tokio::sync::oneshot;

use crate::actor::Actor;
use crate::api::ApiError;
use crate::editing::Edit;

/// Most gestures that wait to be made. Whoever has more waits, so that what else is asked gets its turn soon.
const MAX_WAITING: usize = 512;

/// Hands tasks to the owning thread.
///
/// It does not keep the project open: once that was closed, every call says so.
#[derive(Clone)]
pub(crate) struct Bridge {
    tasks: mpsc::Sender<Task>,
    /// Holds as much as gestures wait.
    waiting: mpsc::SyncSender<()>,
}

/// What waits for the owning thread.
pub(crate) struct Tasks {
    queue: mpsc::Receiver<Task>,
    waiting: mpsc::Receiver<()>,
    /// What was taken out of the queue and is next.
    next: Option<Task>,
}

enum Task {
    Run(Box<dyn FnOnce(&mut Actor) + Send>),
    Edit(Edit),
    Close,
}

impl Tasks {
    /// Does what is asked until the project is closed, or goes on elsewhere.
    pub(crate) fn run(mut self, actor: &mut Actor) {
        while let Some(task) = self.next.take().or_else(|| self.queue.recv().ok()) {
            match task {
                Task::Run(task) => {
                    // Nobody waits for it; what it was is in the panic's own message.
                    let _ = guarded(actor, |actor| {
                        task(actor);
                        Ok(())
                    });
                }
                Task::Edit(first) => {
                    self.is_taken();
                    actor.edit_together(first, || self.next_edit());
                }
                Task::Close => break,
            }
            if actor.over {
                break;
            }
        }
    }

    /// The next task, if it is a gesture that waits already.
    fn next_edit(&mut self) -> Option<Edit> {
        match self.queue.try_recv().ok()? {
            Task::Edit(edit) => {
                self.is_taken();
                Some(edit)
            }
            other => {
                self.next = Some(other);
                None
            }
        }
    }

    /// A gesture does not wait in the queue any more.
    fn is_taken(&self) {
        let _ = self.waiting.try_recv();
    }
}

impl Bridge {
    /// A bridge, and its end at the owning thread.
    pub(crate) fn new() -> (Self, Tasks) {
        let (tasks, queue) = mpsc::channel();
        let (waiting, taken) = mpsc::sync_channel(MAX_WAITING);
        let tasks = Self { tasks, waiting };
        let queue = Tasks {
            queue,
            waiting: taken,
            next: None,
        };
        (tasks, queue)
    }

    /// Has a gesture made when its turn comes. Waits while too many wait.
    pub(crate) fn edit(&self, edit: Edit) -> Result<(), ApiError> {
        self.waiting.send(()).map_err(|_| gone())?;
        self.tasks.send(Task::Edit(edit)).map_err(|_| gone())
    }

    /// Runs something on the owning thread and waits for it, without blocking whoever else runs on this one.
    pub(crate) async fn ask<T: Send + 'static>(
        &self,
        task: impl FnOnce(&mut Actor) -> Result<T, ApiError> + Send + 'static,
    ) -> Result<T, ApiError> {
        let (reply, answer) = oneshot::channel();
        self.tell(move |actor| {
            // Whoever asked may have gone; the work is done all the same.
            let _ = reply.send(guarded(actor, task));
        });
        answer.await.map_err(|_| gone())?
    }

    /// The same for a thread that may block.
    pub(crate) fn ask_blocking<T: Send + 'static>(
        &self,
        task: impl FnOnce(&mut Actor) -> Result<T, ApiError> + Send + 'static,
    ) -> Result<T, ApiError> {
        let (reply, answer) = mpsc::channel();
        self.tell(move |actor| {
            let _ = reply.send(guarded(actor, task));
        });
        answer.recv().map_err(|_| gone())?
    }

    /// Has something done when its turn comes; it is dropped when the project was closed.
    pub(crate) fn tell(&self, task: impl FnOnce(&mut Actor) + Send + 'static) {
        let _ = self.tasks.send(Task::Run(Box::new(task)));
    }

    /// Ends the owning thread after what was asked before.
    pub(crate) fn close(&self) {
        let _ = self.tasks.send(Task::Close);
    }
}

/// Runs a task; a panic in it is an error of this task and leaves the project open.
pub(crate) fn guarded<T>(
    actor: &mut Actor,
    task: impl FnOnce(&mut Actor) -> Result<T, ApiError>,
) -> Result<T, ApiError> {
    // What the task may have left half-done is forgotten.
    catch_unwind(AssertUnwindSafe(|| task(actor))).unwrap_or_else(|panic| {
        actor.recover();
        Err(defect(panic.as_ref()))
    })
}

/// What is said of a panic.
pub(crate) fn defect(panic: &(dyn Any + Send)) -> ApiError {
    ApiError::internal(format!(
        "a defect of the program stopped this ({}); the project stays open, and nothing that was saved is lost",
        words(panic)
    ))
}

fn words(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("no words")
}

pub(crate) fn gone() -> ApiError {
    ApiError::internal("the project was closed")
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use wissil_dag::cid_of;
    use wissil_model::{Change, Record};

    use crate::api::{ErrorCode, SessionMessage};
    use crate::app::App;
    use crate::session::Session;

    fn project(root: &std::path::Path) -> (Session, String) {
        let app = App::new(root.join("home")).unwrap();
        let session = app.create("Castle", &root.join("castle")).unwrap();
        let documents = session.info().unwrap().documents;
        let scene = documents.into_iter().find(|it| it.kind == "scene");
        (session, scene.unwrap().id)
    }

    fn entity(session: &Session, scene: &str, id: &str) {
        let put = Change::put("entities", id, Record::new().with("name", id));
        session.edit(scene, "entity.add", vec![put]).unwrap();
    }

    #[test]
    fn a_panic_is_an_error_of_what_was_asked_and_leaves_the_project_open() {
        let root = tempfile::tempdir().unwrap();
        let (session, scene) = project(root.path());
        entity(&session, &scene, "door");
        let before = session.snapshot(&scene).unwrap();
        let failed = session.ask(|_| -> Result<(), _> { panic!("a defect in here") });
        let failed = failed.unwrap_err();
        assert_eq!(failed.code, ErrorCode::Internal);
        assert!(failed.message.contains("a defect in here"), "{failed:?}");
        assert_eq!(session.snapshot(&scene).unwrap(), before);
        entity(&session, &scene, "wall");
        session.undo(&scene).unwrap();
        assert_eq!(
            session.snapshot(&scene).unwrap().collections,
            before.collections
        );
        assert!(session.verify().unwrap().sound);
    }

    #[test]
    fn what_fails_after_an_edit_was_saved_does_not_make_it_fail() {
        let root = tempfile::tempdir().unwrap();
        let (session, scene) = project(root.path());
        let told: Arc<Mutex<Vec<String>>> = Arc::default();
        let (deltas, problems) = (Arc::clone(&told), Arc::clone(&told));
        session
            .open_document(
                &scene,
                Box::new(move |delta| deltas.lock().unwrap().push(delta.position)),
            )
            .unwrap();
        session
            .subscribe(Box::new(move |message| {
                if let SessionMessage::Problem { problem } = message {
                    problems.lock().unwrap().push(problem);
                }
            }))
            .unwrap();
        let document = wissil_dag::DocumentId::new(scene).unwrap();
        let result = session.ask(move |actor| {
            let gesture = wissil_sync::Gesture {
                event_type: "entity.add",
                changes: vec![Change::put(
                    "entities",
                    "door",
                    Record::new().with("name", "Door"),
                )],
                time: 0,
            };
            let mut edited = actor.project.engine.edit(&document, gesture)?;
            // Its row of history cannot be read.
            edited.events = vec![cid_of(0x71, b"nothing")];
            Ok(actor.publish(&actor.project.engine.log(&document), edited))
        });
        assert_eq!(result.unwrap().position, "1");
        let told = told.lock().unwrap();
        assert_eq!(told[0], "1");
        assert!(told[1].contains("is saved"), "{told:?}");
    }
}
