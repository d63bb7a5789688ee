//! Events that were saved here and are not there any more: a file of the project was lost, cut or put back.
//!
//! They are noticed by their number, which is kept outside of the project. Whoever edits goes on under a new key; from
//! then on the project itself remembers what is missing, and a note in its manifest says so, until somebody dismisses it
//! or the events came back.

use wissil_dag::ReplicaId;
use wissil_model::kinds::manifest::ImportNote;
use wissil_model::{Change, Projection};
use wissil_store::SqliteStore;
use wissil_sync::{EventStore as _, Gesture};

use crate::api::ApiError;
use crate::history::manifest;
use crate::home::{Home, new_id, now};
use crate::project::{PositionFile, Project, replica_of};

/// Where the project remembers them: an entry a line.
const LOST: &str = "lost-events";

/// What was missing when the project went on under another key.
pub(crate) struct Lost {
    /// The key before.
    replica: ReplicaId,
    /// How many events of that key there were.
    left: u64,
    /// How many events were missing.
    missing: u64,
    /// The note that says so; empty before there is one.
    note: String,
}

impl Lost {
    /// What is missing of what was saved under the project's present key; none when all is there.
    pub fn find(home: &Home, store: &SqliteStore) -> Result<Option<Self>, ApiError> {
        let Some(replica) = replica_of(store)? else {
            return Ok(None);
        };
        // Whoever edits meanwhile notes an event after it is saved, so what is noted is read first.
        let written = PositionFile::read(&home.position_path(&replica));
        let missing = written.saturating_sub(store.counts()?.events);
        if missing == 0 {
            return Ok(None);
        }
        Ok(Some(Self {
            replica,
            left: events_of(store, &replica)?,
            missing,
            note: String::new(),
        }))
    }

    /// Has the project remember it, and say it in its manifest.
    pub fn keep(mut self, project: &mut Project) -> Result<(), ApiError> {
        self.note = new_id()?;
        let note = ImportNote {
            message: words(self.missing),
            problem: true,
            place: None,
            more: 0.0,
            document: None,
            collection: None,
            record: None,
            order: 0.0,
        };
        let mut all = Self::kept(project.engine.store())?;
        let change = Change::put(ImportNote::COLLECTION, self.note.as_str(), note.to_record());
        all.push(self);
        Self::remember(project, &all)?;
        let gesture = Gesture {
            event_type: "note.add",
            changes: vec![change],
            time: now(),
        };
        project.engine.edit(&manifest()?, gesture)?;
        Ok(())
    }

    /// How many of the events are still missing: those of the key before may have come back.
    fn still_missing(&self, store: &SqliteStore) -> Result<u64, ApiError> {
        let came_back = events_of(store, &self.replica)?.saturating_sub(self.left);
        Ok(self.missing.saturating_sub(came_back))
    }

    fn is_said(&self, manifest: &Projection) -> bool {
        manifest
            .record(ImportNote::COLLECTION, &self.note)
            .is_some()
    }

    fn kept(store: &SqliteStore) -> Result<Vec<Self>, ApiError> {
        let text = store.meta(LOST)?.unwrap_or_default();
        let entry = |line: &str| {
            let mut parts = line.split(' ');
            Some(Self {
                replica: parts.next()?.parse().ok()?,
                left: parts.next()?.parse().ok()?,
                missing: parts.next()?.parse().ok()?,
                note: parts.next()?.to_owned(),
            })
        };
        Ok(text.lines().filter_map(entry).collect())
    }

    fn remember(project: &mut Project, all: &[Self]) -> Result<(), ApiError> {
        let line = |lost: &Self| {
            let Self {
                replica,
                left,
                missing,
                note,
            } = lost;
            format!("{replica} {left} {missing} {note}\n")
        };
        let text: String = all.iter().map(line).collect();
        project.engine.store_mut().set_meta(LOST, &text)?;
        Ok(())
    }
}

/// What is missing of what was saved under the project's present key, in words.
pub(crate) fn in_words(home: &Home, store: &SqliteStore) -> Result<Option<String>, ApiError> {
    Ok(Lost::find(home, store)?.map(|lost| words(lost.missing)))
}

/// What is missing since earlier and was neither dismissed nor came back, in words.
pub(crate) fn earlier_in_words(project: &mut Project) -> Result<Vec<String>, ApiError> {
    let mut said = Vec::new();
    for lost in Lost::kept(project.engine.store())? {
        let missing = lost.still_missing(project.engine.store())?;
        if missing > 0 && lost.is_said(project.engine.projection(&manifest()?)?) {
            said.push(words(missing));
        }
    }
    Ok(said)
}

/// Takes back what is said of events that came back, and forgets what was dismissed.
pub(crate) fn forget_returned(project: &mut Project) -> Result<(), ApiError> {
    let manifest = manifest()?;
    let (mut left, mut returned) = (Vec::new(), Vec::new());
    let kept = Lost::kept(project.engine.store())?;
    let count = kept.len();
    for lost in kept {
        let missing = lost.still_missing(project.engine.store())?;
        match (lost.is_said(project.engine.projection(&manifest)?), missing) {
            (true, 0) => returned.push(Change::remove(ImportNote::COLLECTION, lost.note.as_str())),
            (true, _) => left.push(lost),
            (false, _) => {}
        }
    }
    if left.len() == count {
        return Ok(());
    }
    if !returned.is_empty() {
        let gesture = Gesture {
            event_type: "note.dismiss",
            changes: returned,
            time: now(),
        };
        // Nobody did that who could want to undo it.
        project.engine.found(&manifest, gesture)?;
    }
    Lost::remember(project, &left)
}

fn events_of(store: &SqliteStore, replica: &ReplicaId) -> Result<u64, ApiError> {
    let chains = store.chains()?.into_iter();
    let own = chains.filter(|(_, of, _)| of == replica);
    Ok(own.map(|(_, _, chain)| chain.seq).sum())
}

fn words(missing: u64) -> String {
    let events = match missing {
        1 => "1 event that was saved here is".to_owned(),
        _ => format!("{missing} events that were saved here are"),
    };
    format!(
        "{events} missing: a file of the project was lost, cut or restored to an earlier state. A server or others of the session may have \
         what was sent; connecting to them brings it back"
    )
}
