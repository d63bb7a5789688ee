//! The way to the thread that owns a project: tasks, one after the other.

use std::sync::mpsc;

use tokio::sync::oneshot;

use crate::actor::Actor;
use crate::api::ApiError;

/// Hands tasks to the owning thread.
///
/// It does not keep the project open: once that was closed, every call says so.
#[derive(Clone)]
pub(crate) struct Bridge {
    tasks: mpsc::Sender<Task>,
}

/// What waits for the owning thread.
pub(crate) struct Tasks(mpsc::Receiver<Task>);

enum Task {
    Run(Box<dyn FnOnce(&mut Actor) + Send>),
    Close,
}

impl Tasks {
    /// Does what is asked until the project is closed.
    pub(crate) fn run(self, actor: &mut Actor) {
        for task in self.0 {
            match task {
                Task::Run(task) => task(actor),
                Task::Close => break,
            }
        }
    }
}

impl Bridge {
    /// A bridge, and its end at the owning thread.
    pub(crate) fn new() -> (Self, Tasks) {
        let (tasks, queue) = mpsc::channel();
        (Self { tasks }, Tasks(queue))
    }

    /// Runs something on the owning thread and waits for it, without blocking whoever else runs on this one.
    pub(crate) async fn ask<T: Send + 'static>(
        &self,
        task: impl FnOnce(&mut Actor) -> Result<T, ApiError> + Send + 'static,
    ) -> Result<T, ApiError> {
        let (reply, answer) = oneshot::channel();
        self.tell(move |actor| {
            // Whoever asked may have gone; the work is done all the same.
            let _ = reply.send(task(actor));
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
            let _ = reply.send(task(actor));
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

pub(crate) fn gone() -> ApiError {
    ApiError::internal("the project was closed")
}
