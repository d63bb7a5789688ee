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
use crate::position::PositionFile;
use crate::project::{Project, replica_of};

/// Where the project remembers them: an entry a line.
const LOST: &str = "lost-events";

/// What was missing when the project went on under another key.
pub(crate) struct Lost {
    /// The key before.
    replica: ReplicaId,
    /// The events of that key: how many there were, and how many were missing.
    own: Share,
    /// Those of others. What they made since counts as come back: what they have nobody loses here.
    others: Share,
    /// The note that says so; empty before there is one.
    note: String,
    /// The keys under which was edited here since.
    since: Vec<ReplicaId>,
}

/// A part of the events of a project.
#[derive(Clone, Copy, Default)]
struct Share {
    left: u64,
    missing: u64,
}

impl Share {
    fn still_missing(self, now: u64) -> u64 {
        self.missing.saturating_sub(now.saturating_sub(self.left))
    }
}

impl Lost {
    /// What is missing of what was saved under the project's present key; none when all is there.
    pub fn find(home: &Home, store: &SqliteStore) -> Result<Option<Self>, ApiError> {
        let Some(replica) = replica_of(store)? else {
            return Ok(None);
        };
        // Whoever edits meanwhile notes an event after it is saved, so what is noted is read first.
        let written = PositionFile::read(&home.position_path(&replica));
        let events = store.counts()?.events;
        let missing = written.events.saturating_sub(events);
        if missing == 0 {
            return Ok(None);
        }
        let own = events_of(store, &replica)?;
        let of_own = match written.own {
            Some(written) => written.saturating_sub(own).min(missing),
            None => missing,
        };
        Ok(Some(Self {
            replica,
            own: Share {
                left: own,
                missing: of_own,
            },
            others: Share {
                left: events.saturating_sub(own),
                missing: missing - of_own,
            },
            note: String::new(),
            since: Vec::new(),
        }))
    }

    /// What is missing, in words.
    pub fn in_words(&self) -> String {
        words(self.own.missing + self.others.missing)
    }

    /// Has the project remember it, and say it in its manifest.
    pub fn keep(mut self, project: &mut Project) -> Result<(), ApiError> {
        self.note = new_id()?;
        let note = ImportNote {
            message: self.in_words(),
            problem: true,
            place: None,
            more: 0.0,
            document: None,
            collection: None,
            record: None,
            order: 0.0,
        };
        self.since = vec![*project.engine.replica()];
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

    /// How many of the events are still missing: some may have come back.
    fn still_missing(&self, store: &SqliteStore) -> Result<u64, ApiError> {
        let own = events_of(store, &self.replica)?;
        let mut others = store.counts()?.events.saturating_sub(own);
        for replica in &self.since {
            others = others.saturating_sub(events_of(store, replica)?);
        }
        Ok(self.own.still_missing(own) + self.others.still_missing(others))
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
            let mut lost = Self {
                replica: parts.next()?.parse().ok()?,
                own: Share {
                    left: parts.next()?.parse().ok()?,
                    missing: parts.next()?.parse().ok()?,
                },
                others: Share::default(),
                note: parts.next()?.to_owned(),
                since: Vec::new(),
            };
            // Earlier versions knew no others.
            if let (Some(left), Some(missing)) = (parts.next(), parts.next()) {
                lost.others = Share {
                    left: left.parse().ok()?,
                    missing: missing.parse().ok()?,
                };
            }
            lost.since = parts.filter_map(|key| key.parse().ok()).collect();
            Some(lost)
        };
        Ok(text.lines().filter_map(entry).collect())
    }

    fn remember(project: &mut Project, all: &[Self]) -> Result<(), ApiError> {
        let line = |lost: &Self| {
            let Self {
                replica,
                own,
                others,
                note,
                since,
            } = lost;
            let since: String = since.iter().map(|key| format!(" {key}")).collect();
            format!(
                "{replica} {} {} {note} {} {}{since}\n",
                own.left, own.missing, others.left, others.missing
            )
        };
        let text: String = all.iter().map(line).collect();
        project.engine.store_mut().set_meta(LOST, &text)?;
        Ok(())
    }
}

/// What is missing of what was saved under the project's present key, in words.
pub(crate) fn in_words(home: &Home, store: &SqliteStore) -> Result<Option<String>, ApiError> {
    Ok(Lost::find(home, store)?.map(|lost| lost.in_words()))
}

/// What is missing since earlier and was neither dismissed nor came back, in words.
pub(crate) fn earlier_in_words(project: &mut Project) -> Result<Vec<String>, ApiError> {
    let mut said = Vec::new();
    let kept = Lost::kept(project.engine.store())?;
    for lost in kept {
        let missing = lost.still_missing(project.engine.store())?;
        if missing > 0 && lost.is_said(project.engine.projection(&manifest()?)?) {
            said.push(words(missing));
        }
    }
    Ok(said)
}

/// Takes back what is said of events that came back, forgets what was dismissed, and remembers under which key the project
/// goes on.
pub(crate) fn follow(project: &mut Project) -> Result<(), ApiError> {
    let manifest = manifest()?;
    let (mut left, mut returned) = (Vec::new(), Vec::new());
    let kept = Lost::kept(project.engine.store())?;
    let before = kept.len();
    let key = *project.engine.replica();
    let mut is_another_key = false;
    for mut lost in kept {
        if lost.replica != key && !lost.since.contains(&key) {
            lost.since.push(key);
            is_another_key = true;
        }
        let missing = lost.still_missing(project.engine.store())?;
        match (lost.is_said(project.engine.projection(&manifest)?), missing) {
            (true, 0) => returned.push(Change::remove(ImportNote::COLLECTION, lost.note.as_str())),
            (true, _) => left.push(lost),
            (false, _) => {}
        }
    }
    if left.len() == before && !is_another_key {
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

/// How many events there are of a key.
pub(crate) fn events_of(store: &SqliteStore, replica: &ReplicaId) -> Result<u64, ApiError> {
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
