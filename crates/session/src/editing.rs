//! Gestures on the owning thread. Those that wait are made, saved in one transaction, told, and answered, each with its
//! own word.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;

use wissil_dag::{Cid, DocumentId};
use wissil_model::{Change, Delta as ModelDelta};
use wissil_sync::{Edited, EngineError, EventStore as _, Gesture, LogKey, MANIFEST};

use crate::actor::Actor;
use crate::api::{ApiError, EditResult, ErrorCode, SessionMessage};
use crate::bridge::{defect, gone, guarded};
use crate::home::now;
#[cfg(unix)]
use crate::local::Row;
use crate::network::{announcements, may_announce};
use crate::session::{Session, document_id};

/// Most gestures, and about most bytes of their events, that are saved together: others wait for them.
const MAX_TOGETHER: usize = 512;
const MAX_BYTES_TOGETHER: usize = 1 << 20;
/// Most rows of history that one message carries; the Session panel pages further back itself.
pub(crate) const MAX_ROWS: usize = 200;

/// A gesture that waits for the owning thread.
pub(crate) struct Edit {
    document: DocumentId,
    event_type: String,
    changes: Vec<Change>,
    /// Set once a gesture of the same sequence was refused.
    stopped: Arc<AtomicBool>,
    reply: mpsc::Sender<Result<EditResult, ApiError>>,
}

/// A gesture that was made and is not saved yet, or why it was refused.
type Taken = (Edit, Option<ApiError>);

/// Gestures of one caller in a row, who does not wait for each. After one that fails none is made.
///
/// Each is an event and an undo step of its own, saved before it is answered. Those that wait at the same time are saved
/// together.
#[derive(Clone)]
pub struct Edits {
    way: Way,
    stopped: Arc<AtomicBool>,
}

/// Who makes them.
#[derive(Clone)]
enum Way {
    Here(Session),
    /// Whoever has the project open.
    #[cfg(unix)]
    There(Row),
}

/// The answer to a gesture, which comes when it is saved.
#[must_use = "whether the gesture is saved is known when it was waited for"]
pub struct PendingEdit(mpsc::Receiver<Result<EditResult, ApiError>>);

impl PendingEdit {
    /// Waits until the gesture is saved.
    ///
    /// # Errors
    /// When it was refused or could not be saved; [`ErrorCode::Cancelled`] when one before it in the row failed.
    pub fn wait(self) -> Result<EditResult, ApiError> {
        self.0.recv().map_err(|_| gone())?
    }

    /// The answer, if it is there.
    #[cfg(unix)]
    pub(crate) fn now(&self) -> Option<Result<EditResult, ApiError>> {
        match self.0.try_recv() {
            Ok(answer) => Some(answer),
            Err(mpsc::TryRecvError::Empty) => None,
            Err(mpsc::TryRecvError::Disconnected) => Some(Err(gone())),
        }
    }

    /// An answer that comes through a channel.
    #[cfg(unix)]
    pub(crate) fn new(answer: mpsc::Receiver<Result<EditResult, ApiError>>) -> Self {
        Self(answer)
    }
}

impl Edits {
    /// Gestures that whoever has the project open makes.
    #[cfg(unix)]
    pub(crate) fn through(row: Row) -> Self {
        Self {
            way: Way::There(row),
            stopped: Arc::default(),
        }
    }

    /// Has a gesture made after those before it. Waits only while very many wait already.
    ///
    /// # Errors
    /// When `document` cannot name a document, or the project was closed.
    pub fn edit(
        &self,
        document: &str,
        event_type: &str,
        changes: Vec<Change>,
    ) -> Result<PendingEdit, ApiError> {
        let session = match &self.way {
            Way::Here(session) => session,
            #[cfg(unix)]
            Way::There(row) => return row.edit(document, event_type, &changes, &self.stopped),
        };
        let (reply, answer) = mpsc::channel();
        session.bridge().edit(Edit {
            document: document_id(document)?,
            event_type: event_type.to_owned(),
            changes,
            stopped: Arc::clone(&self.stopped),
            reply,
        })?;
        Ok(PendingEdit(answer))
    }
}

impl Session {
    /// Makes a gesture, and waits until it is saved.
    pub fn edit(
        &self,
        document: &str,
        event_type: &str,
        changes: Vec<Change>,
    ) -> Result<EditResult, ApiError> {
        self.edits().edit(document, event_type, changes)?.wait()
    }

    /// Gestures in a row that are not waited for one by one.
    #[must_use]
    pub fn edits(&self) -> Edits {
        Edits {
            way: Way::Here(self.clone()),
            stopped: Arc::default(),
        }
    }
}

impl Edit {
    fn answer(self, result: Result<EditResult, ApiError>) {
        if result.is_err() {
            self.stopped.store(true, Ordering::Relaxed);
        }
        // Whoever asked may have gone; the work is done all the same.
        let _ = self.reply.send(result);
    }
}

impl Actor {
    /// Makes a gesture and saves it.
    pub(crate) fn edit(
        &mut self,
        document: &DocumentId,
        event_type: &str,
        changes: Vec<Change>,
    ) -> Result<EditResult, ApiError> {
        self.edit_log(&self.project.engine.log(document), event_type, changes)
    }

    /// As [`Self::edit`], on any branch.
    pub(crate) fn edit_log(
        &mut self,
        log: &LogKey,
        event_type: &str,
        changes: Vec<Change>,
    ) -> Result<EditResult, ApiError> {
        self.make(log, event_type, changes, |_| ())?;
        let mut edited = self.project.engine.save()?;
        let edited = edited
            .pop()
            .ok_or_else(|| ApiError::internal("the gesture that was made is not there"))?;
        Ok(self.publish(log, edited))
    }

    /// Makes a gesture and those that `next` gives, as many as may wait for each other; saves them in one transaction,
    /// tells everyone, and answers each, in order.
    pub(crate) fn edit_together(&mut self, first: Edit, mut next: impl FnMut() -> Option<Edit>) {
        let mut taken = Vec::new();
        let mut bytes = 0;
        let mut waiting = Some(first);
        while let Some(mut edit) = waiting {
            let made = self.make_waiting(&mut edit, &mut taken);
            bytes += made.as_ref().unwrap_or(&0);
            if made.is_err() {
                edit.stopped.store(true, Ordering::Relaxed);
            }
            taken.push((edit, made.err()));
            let is_full = taken.len() >= MAX_TOGETHER || bytes >= MAX_BYTES_TOGETHER;
            waiting = if is_full { None } else { next() };
        }
        self.finish(&mut taken);
    }

    /// Makes a gesture after those that were `taken`; how many bytes its events have.
    fn make_waiting(&mut self, edit: &mut Edit, taken: &mut Vec<Taken>) -> Result<usize, ApiError> {
        if edit.stopped.load(Ordering::Relaxed) {
            return Err(ApiError::new(
                ErrorCode::Cancelled,
                "the gesture was not made, because one before it failed",
            ));
        }
        let changes = std::mem::take(&mut edit.changes);
        let log = self.project.engine.log(&edit.document);
        let making = catch_unwind(AssertUnwindSafe(|| {
            self.make(&log, &edit.event_type, changes, |actor| {
                actor.finish(taken);
            })
        }));
        making.unwrap_or_else(|panic| {
            // What was made before is whole, but not what is in memory.
            self.finish(taken);
            self.recover();
            Err(defect(panic.as_ref()))
        })
    }

    /// Makes a gesture, which is not saved yet; how many bytes its events have. Where something else has to be written
    /// first, `finish` saves what was made before.
    fn make(
        &mut self,
        log: &LogKey,
        event_type: &str,
        changes: Vec<Change>,
        finish: impl FnOnce(&mut Self),
    ) -> Result<usize, ApiError> {
        let gesture = Gesture {
            event_type,
            changes: self.complete(log, event_type, changes)?,
            time: now(),
        };
        match self.project.engine.make(log, gesture.clone()) {
            Err(EngineError::Forked(_)) => {
                finish(self);
                self.settle_chains(0)?;
                Ok(self.project.engine.make(log, gesture)?)
            }
            made => Ok(made?),
        }
    }

    /// Saves the gestures that were made, tells of them, and answers all that were taken. What was refused was so after
    /// those before it, so it is not answered before they are saved.
    fn finish(&mut self, taken: &mut Vec<Taken>) {
        let taken = std::mem::take(taken);
        match guarded(self, |actor| Ok(actor.project.engine.save()?)) {
            Ok(edited) => {
                let made = taken.iter().filter(|(_, refused)| refused.is_none());
                let logs = made.map(|(edit, _)| self.project.engine.log(&edit.document));
                let saved: Vec<_> = logs.zip(edited).collect();
                let mut results = match saved.is_empty() {
                    true => Vec::new(),
                    false => self.publish_all(saved),
                }
                .into_iter();
                for (edit, refused) in taken {
                    let result = match refused {
                        Some(error) => Err(error),
                        None => results.next().ok_or_else(gone),
                    };
                    edit.answer(result);
                }
            }
            Err(error) => {
                for (edit, _) in taken {
                    edit.answer(Err(error.clone()));
                }
            }
        }
    }

    /// Tells everyone of a gesture that was saved.
    pub(crate) fn publish(&mut self, log: &LogKey, edited: Edited) -> EditResult {
        let result = result_of(&edited);
        self.publish_all(vec![(log.clone(), edited)]);
        result
    }

    /// Tells everyone what was saved together. It is saved and on its way to others, so nothing that fails here makes a
    /// gesture fail: what could not be told is said.
    fn publish_all(&mut self, saved: Vec<(LogKey, Edited)>) -> Vec<EditResult> {
        let results = saved.iter().map(|(_, edited)| result_of(edited)).collect();
        if let Err(error) = guarded(self, |actor| actor.tell_saved(saved)) {
            let problem = format!(
                "Your change is saved, but not everything could be shown: {}. Open the project again to see it.",
                error.message
            );
            // Whoever listens may be what failed.
            let _ = guarded(self, |actor| {
                actor.tell(&SessionMessage::Problem { problem });
                Ok(())
            });
        }
        results
    }

    fn tell_saved(&mut self, saved: Vec<(LogKey, Edited)>) -> Result<(), ApiError> {
        // Before anything else: others wait for it.
        self.hand_over();
        self.displaced = self.project.whereabouts.displaced();
        let mut changed: Vec<(LogKey, ModelDelta, u64)> = Vec::new();
        let branch = self.branch();
        let (mut events, mut made, mut count) = (Vec::new(), Vec::new(), 0);
        for (log, edited) in saved {
            let Edited {
                delta, position, ..
            } = edited;
            count += edited.events.len() as u64;
            // What main's manifest says of people is no part of another branch's history.
            if log.branch == branch {
                self.note_files(&delta);
                events.extend(edited.events);
            }
            made.push((log.clone(), edited.changes));
            match changed.iter_mut().find(|(it, ..)| *it == log) {
                Some((_, before, at)) => {
                    before.merge(delta);
                    *at = position;
                }
                None => changed.push((log, delta, position)),
            }
        }
        let mut told = vec![self.note_made(count)];
        for (log, delta, position) in &changed {
            told.push(self.tell_views(log, delta, *position));
        }
        let deltas: Vec<_> = changed.iter().map(|(log, delta, _)| (log, delta)).collect();
        told.push(self.follow_references(&deltas));
        if deltas
            .iter()
            .any(|(log, _)| log.document.as_str() == MANIFEST)
        {
            told.push(self.read_names());
        }
        told.push(self.announce(&deltas, &made));
        told.push(self.tell_of_events(&events));
        told.into_iter().collect()
    }

    fn note_made(&self, made: u64) -> Result<(), ApiError> {
        let counts = self.project.engine.store().counts()?;
        self.project.position.note_made(made, counts.events);
        Ok(())
    }

    /// Tells whoever follows the session of the newest of own events.
    fn tell_of_events(&mut self, events: &[Cid]) -> Result<(), ApiError> {
        if self.is_unheard() {
            return Ok(());
        }
        let newest = &events[events.len().saturating_sub(MAX_ROWS)..];
        let stored = self.stored_all(newest)?;
        let rows = self.rows(stored)?;
        self.tell_listeners(rows)
    }

    /// Says on the live bus what this replica's own gestures are there, undone and redone ones included.
    fn announce(
        &mut self,
        changed: &[(&LogKey, &ModelDelta)],
        made: &[(LogKey, Vec<Change>)],
    ) -> Result<(), ApiError> {
        for (log, delta) in changed {
            let kind = self.project.engine.projection_of(log)?.kind();
            if !may_announce(kind, delta.upserted.keys().chain(delta.removed.keys())) {
                continue;
            }
            let name = self.project_name()?;
            let after = self.project.engine.projection_of(log)?;
            for (_, changes) in made.iter().filter(|(it, _)| it == *log) {
                for event in announcements(&name, after, changes) {
                    self.signals.say(event);
                }
            }
        }
        Ok(())
    }
}

fn result_of(edited: &Edited) -> EditResult {
    EditResult {
        cids: edited.events.iter().map(ToString::to_string).collect(),
        position: edited.position.to_string(),
    }
}
