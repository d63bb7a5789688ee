//! What is wrong in the documents of a session.

use std::collections::HashMap;

use wissil_model::DocumentKind;
use wissil_model::Severity;
use wissil_sync::{EventStore as _, Head, LogKey, MANIFEST};

use crate::actor::{Actor, counts_of, document_entries_on};
use crate::api::{ApiError, Problem};
use crate::network::standing::newer_in_words;
use crate::view::View;

/// What was found in documents that nobody looks at, as long as they are what they were.
#[derive(Default)]
pub(crate) struct Problems {
    /// With the heads that the documents had.
    found: HashMap<LogKey, (Vec<Head>, Vec<Problem>)>,
}

impl Problems {
    /// What was found in a document when it, and what it refers to, had these heads.
    fn known(&self, log: &LogKey, heads: &[Head]) -> Option<&[Problem]> {
        let (known, found) = self.found.get(log)?;
        (known == heads).then_some(&**found)
    }

    fn note(&mut self, log: &LogKey, heads: Vec<Head>, found: Vec<Problem>) {
        self.found.insert(log.clone(), (heads, found));
    }

    /// Has a document looked at again, because it is another although its heads are not.
    pub(crate) fn forget(&mut self, log: &LogKey) {
        self.found.remove(log);
    }
}

impl Actor {
    /// What is wrong in a document, and whether it has other numbers of records than when they were counted last.
    pub(crate) fn problems_of(&mut self, log: &LogKey) -> Result<(Vec<Problem>, bool), ApiError> {
        if let Some(view) = self.views.get(log) {
            let problems = view.problems().to_vec();
            return Ok((problems, self.count(log)));
        }
        let document = &log.document;
        let mut entries = document_entries_on(&mut self.project.engine, &log.branch)?.into_iter();
        if let Some((_, kind, name)) = entries.find(|(id, ..)| id == document)
            && kind.parse::<DocumentKind>().is_err()
        {
            let problem = Problem {
                document: document.to_string(),
                collection: None,
                id: None,
                field: None,
                severity: Severity::Warning,
                message: format!("{name} cannot be opened: {}", too_new(&kind)),
                note: None,
            };
            return Ok((vec![problem], false));
        }
        let heads = self.heads_for_problems(log)?;
        if let Some(found) = self.problems.known(log, &heads) {
            return Ok((found.to_vec(), false));
        }
        let references = (self.meanings(log)?, self.targets_of(log)?);
        let (found, counts) = self.project.engine.read(log, |projection| {
            let view = View::new(document.to_string(), projection, references);
            (view.problems().to_vec(), counts_of(projection))
        })?;
        self.problems.note(log, heads, found.clone());
        Ok((found, self.note_counts(log, counts)))
    }

    /// Events that were saved here and are not there any more, where the project is only read. Whoever edits it finds them
    /// among the notes.
    pub(crate) fn missing_history(&self) -> Option<Problem> {
        self.project.lost.clone().map(of_history)
    }

    /// Edits that only a newer version understands.
    pub(crate) fn newer_history(&self) -> Result<Option<Problem>, ApiError> {
        let counts = self.project.engine.store().counts()?;
        Ok(newer_in_words(self.newer_edits(&counts)).map(of_history))
    }

    /// The heads of a document, and of the scenes, which graphs refer to.
    fn heads_for_problems(&mut self, log: &LogKey) -> Result<Vec<Head>, ApiError> {
        let scenes = self.scenes(&log.branch)?;
        let mut heads = Vec::new();
        for log in std::iter::once(log.clone()).chain(scenes) {
            let state = self.project.engine.store().log(&log)?;
            heads.extend(state.into_iter().flat_map(|state| state.heads));
        }
        Ok(heads)
    }
}

/// Why a document of a kind cannot be read that this version does not know.
pub(crate) fn too_new(kind: &str) -> String {
    format!(
        "it is a {kind}, which only a newer version of WISSIL can read. It is kept as it is, and travels on"
    )
}

/// Of the history as a whole.
fn of_history(message: String) -> Problem {
    Problem {
        document: MANIFEST.into(),
        collection: None,
        id: None,
        field: None,
        severity: Severity::Warning,
        message,
        note: None,
    }
}

#[cfg(test)]
mod tests {
    use wissil_dag::{BranchId, DocumentId};

    use super::*;

    fn heads(height: u64) -> Vec<Head> {
        let cid = wissil_dag::cid_of(wissil_dag::Codec::DAG_CBOR, &height.to_be_bytes());
        vec![Head { cid, height }]
    }

    #[test]
    fn only_documents_that_changed_are_looked_at() {
        let documents: Vec<_> = (0..40)
            .map(|at| LogKey {
                branch: BranchId::main(),
                document: DocumentId::new(format!("graph-{at}")).unwrap(),
            })
            .collect();
        let mut problems = Problems::default();
        let mut looked_at = 0;
        let mut look = |problems: &mut Problems, changed: usize, height: u64| {
            for (at, document) in documents.iter().enumerate() {
                let heads = heads(if at == changed { height } else { 1 });
                if problems.known(document, &heads).is_none() {
                    looked_at += 1;
                    problems.note(document, heads, Vec::new());
                }
            }
            looked_at
        };
        assert_eq!(look(&mut problems, 0, 1), 40);
        assert_eq!(look(&mut problems, 0, 1), 40);
        assert_eq!(look(&mut problems, 7, 2), 41);
        problems.forget(&documents[9]);
        assert_eq!(look(&mut problems, 7, 2), 42);
    }
}
