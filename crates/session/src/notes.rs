//! What an import left to know. It is kept in the manifest, so that it can be read later and by others, until somebody
//! dismisses it.

use std::collections::HashMap;

use wissil_dag::DocumentId;
use wissil_interchange::{Level, Note};
use wissil_model::Severity;
use wissil_model::kinds::manifest::ImportNote;
use wissil_model::{Change, Projection};
use wissil_sync::{Gesture, MANIFEST};

use crate::actor::Actor;
use crate::api::{ApiError, Problem};
use crate::history::manifest;
use crate::home::{new_id, now};
use crate::project::Project;

/// Most notes that a project keeps; a last one says how many more there were.
const MOST_KEPT: usize = 200;

/// Takes down an import's notes. What is said of several places is one note.
pub(crate) fn keep(
    project: &mut Project,
    notes: &[Note],
    documents: &[DocumentId],
) -> Result<(), ApiError> {
    let mut kept: Vec<ImportNote> = Vec::new();
    let mut known: HashMap<(Option<String>, &str, bool), usize> = HashMap::new();
    let mut left_out = 0;
    for note in notes {
        let subject = note.subject.as_ref();
        let document = subject
            .and_then(|subject| documents.get(subject.document))
            .map(ToString::to_string);
        let problem = note.level == Level::Problem;
        let key = (document.clone(), note.message.as_str(), problem);
        if let Some(same) = known.get(&key).and_then(|at| kept.get_mut(*at)) {
            same.more += 1.0;
            continue;
        }
        if kept.len() == MOST_KEPT {
            left_out += 1;
            continue;
        }
        known.insert(key, kept.len());
        kept.push(ImportNote {
            message: note.message.clone(),
            problem,
            place: (!note.place.is_empty()).then(|| note.place.clone()),
            more: 0.0,
            document,
            collection: subject.map(|subject| subject.collection.clone()),
            record: subject.map(|subject| subject.id.to_string()),
            order: kept.len() as f64,
        });
    }
    if left_out > 0 {
        kept.push(ImportNote {
            message: format!(
                "{left_out} more things were found in the file; `wissil check` lists all of them"
            ),
            problem: false,
            place: None,
            more: 0.0,
            document: None,
            collection: None,
            record: None,
            order: kept.len() as f64,
        });
    }
    if kept.is_empty() {
        return Ok(());
    }
    let changes = kept
        .iter()
        .map(|note| {
            Ok(Change::put(
                ImportNote::COLLECTION,
                new_id()?,
                note.to_record(),
            ))
        })
        .collect::<Result<Vec<_>, ApiError>>()?;
    let gesture = Gesture {
        event_type: "note.add",
        changes,
        time: now(),
    };
    project.engine.edit(&manifest()?, gesture)?;
    Ok(())
}

impl Actor {
    /// The notes that nobody dismissed, in the order in which they were found.
    pub(crate) fn import_notes(&mut self) -> Result<Vec<Problem>, ApiError> {
        Ok(kept(self.project.engine.projection(&manifest()?)?))
    }
}

fn kept(manifest: &Projection) -> Vec<Problem> {
    let mut notes: Vec<_> = manifest
        .records(ImportNote::COLLECTION)
        .iter()
        .filter_map(|(id, record)| Some((id, ImportNote::from_record(record).ok()?)))
        .collect();
    notes.sort_by(|(a_id, a), (b_id, b)| a.order.total_cmp(&b.order).then_with(|| a_id.cmp(b_id)));
    notes
        .into_iter()
        .map(|(id, note)| Problem {
            message: words(&note),
            document: note.document.unwrap_or_else(|| MANIFEST.into()),
            collection: note.collection,
            id: note.record,
            field: None,
            severity: match note.problem {
                true => Severity::Warning,
                false => Severity::Info,
            },
            note: Some(id.to_string()),
        })
        .collect()
}

fn words(note: &ImportNote) -> String {
    let mut words = match &note.place {
        Some(place) => format!("{place}: {}", note.message),
        None => note.message.clone(),
    };
    if note.more > 0.0 {
        let more = note.more;
        let places = if more == 1.0 { "place" } else { "places" };
        words.push_str(&format!(" (and at {more} more {places})"));
    }
    words
}
