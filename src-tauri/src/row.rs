//! Gestures of the page in the order in which people made them. The page does not wait for one to send the next, and calls
//! overtake each other; so each says its place in a row.

use std::collections::BTreeMap;
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Mutex, PoisonError};

use wissil_session::api::{ApiError, EditResult, ErrorCode};
use wissil_session::{Change, Edits, PendingEdit, Session};

/// A gesture as the page sends it.
pub(crate) struct Gesture {
    pub(crate) document: String,
    pub(crate) event_type: String,
    pub(crate) changes: Vec<Change>,
}

/// The row that the page is at. After a gesture of a row that fails none of it is made; the page begins the next, whose number
/// is higher, also where the page was loaded anew.
#[derive(Default)]
pub(crate) struct Rows(Mutex<Option<Row>>);

struct Row {
    number: u32,
    edits: Edits,
    /// The place whose turn it is.
    next: u32,
    /// Those that came before their turn.
    early: BTreeMap<u32, (Gesture, Sender<Begun>)>,
}

type Begun = Result<PendingEdit, ApiError>;

impl Rows {
    /// Has a gesture made when those before it in its row are, and waits until it is saved.
    pub(crate) fn edit(
        &self,
        session: Session,
        row: u32,
        place: u32,
        gesture: Gesture,
    ) -> Result<EditResult, ApiError> {
        let begun = self.take(session, row, place, gesture)?;
        // A row that ends takes along what waits in it.
        begun.recv().map_err(|_| not_made())??.wait()
    }

    /// Ends a row, and those before it: what waits in it for a gesture that never came is not made.
    pub(crate) fn end(&self, row: u32) {
        let mut now = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(open) = &mut *now
            && open.number <= row
        {
            open.early.clear();
        }
    }

    fn take(
        &self,
        session: Session,
        row: u32,
        place: u32,
        gesture: Gesture,
    ) -> Result<Receiver<Begun>, ApiError> {
        let mut now = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut open = match now.take() {
            Some(open) if open.number >= row => open,
            _ => Row::begin(session, row),
        };
        let taken = open.take(row, place, gesture);
        *now = Some(open);
        taken
    }
}

impl Row {
    fn begin(session: Session, number: u32) -> Self {
        Self {
            number,
            edits: session.edits(),
            next: 0,
            early: BTreeMap::new(),
        }
    }

    fn take(
        &mut self,
        row: u32,
        place: u32,
        gesture: Gesture,
    ) -> Result<Receiver<Begun>, ApiError> {
        if row < self.number || place < self.next {
            return Err(not_made());
        }
        let (begin, begun) = mpsc::channel();
        self.early.insert(place, (gesture, begin));
        while let Some((gesture, begin)) = self.early.remove(&self.next) {
            self.next += 1;
            let Gesture {
                document,
                event_type,
                changes,
            } = gesture;
            // Whoever asked may have gone; it is made all the same.
            let _ = begin.send(self.edits.edit(&document, &event_type, changes));
        }
        Ok(begun)
    }
}

fn not_made() -> ApiError {
    ApiError::new(
        ErrorCode::Cancelled,
        "the gesture was not made, because one before it failed",
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::sync::Arc;
    use std::thread;

    use serde_json::json;
    use wissil_session::App;

    use super::*;

    fn new_id() -> String {
        wissil_session::new_id().unwrap()
    }

    fn gesture(session: &Session, id: &str, name: &str) -> Gesture {
        let documents = session.info().unwrap().documents;
        let scene = documents.iter().find(|document| document.kind == "scene");
        let put = json!({ "collection": "entities", "id": id, "put": { "name": name } });
        Gesture {
            document: scene.unwrap().id.clone(),
            event_type: "entity.add".into(),
            changes: vec![serde_json::from_value(put).unwrap()],
        }
    }

    fn game() -> (tempfile::TempDir, Session) {
        let folder = tempfile::tempdir().unwrap();
        let app = App::new(folder.path().join("home")).unwrap();
        let session = app.create("Game", &folder.path().join("game")).unwrap();
        (folder, session)
    }

    fn names(session: &Session) -> Vec<String> {
        let mut rows = session.events(None, 100, None).unwrap();
        rows.reverse();
        let added = rows
            .into_iter()
            .filter(|row| row.event_type == "entity.add");
        added.map(|row| row.words).collect()
    }

    #[test]
    fn gestures_that_overtake_each_other_are_made_in_their_order() {
        let (_folder, session) = game();
        let rows = Arc::new(Rows::default());
        let ids: Vec<_> = (0..20).map(|_| new_id()).collect();
        let waiting: Vec<_> = (0..20u32)
            .rev()
            .map(|place| {
                let gesture = gesture(&session, &ids[place as usize], &format!("E{place:02}"));
                // Handed over here, so that the last comes first.
                let begun = rows.take(session.clone(), 1, place, gesture).unwrap();
                thread::spawn(move || begun.recv().unwrap().unwrap().wait().unwrap())
            })
            .collect();
        for made in waiting {
            assert_eq!(made.join().unwrap().cids.len(), 1);
        }
        let made = names(&session);
        assert_eq!(made.len(), 20);
        assert!(made.is_sorted(), "{made:?}");
    }

    #[test]
    fn after_one_that_fails_the_rest_of_its_row_is_not_made_and_the_next_row_is() {
        let (_folder, session) = game();
        let rows = Rows::default();
        let id = new_id();
        let edit = |row, place, id: &str, name: &str| {
            rows.edit(session.clone(), row, place, gesture(&session, id, name))
        };
        edit(1, 0, &id, "First").unwrap();
        assert_ne!(
            edit(1, 1, "no id", "Refused").unwrap_err().code,
            ErrorCode::Cancelled
        );
        let other = new_id();
        assert_eq!(
            edit(1, 2, &other, "After").unwrap_err().code,
            ErrorCode::Cancelled
        );
        edit(2, 0, &other, "Again").unwrap();
        assert_eq!(
            edit(1, 3, &other, "Late").unwrap_err().code,
            ErrorCode::Cancelled
        );
        assert_eq!(names(&session).len(), 2);
    }

    #[test]
    fn what_waits_for_a_gesture_that_never_comes_is_let_go() {
        let (_folder, session) = game();
        let rows = Rows::default();
        let one = |name: &str| gesture(&session, &new_id(), name);
        let waits = rows.take(session.clone(), 1, 1, one("Second")).unwrap();
        assert!(waits.try_recv().is_err());
        rows.end(1);
        assert!(waits.recv().is_err(), "it was let go");
        rows.edit(session.clone(), 2, 0, one("First again"))
            .unwrap();
        let late = rows.take(session.clone(), 1, 0, one("First"));
        assert_eq!(late.unwrap_err().code, ErrorCode::Cancelled);
        assert_eq!(names(&session).len(), 1);
    }
}
