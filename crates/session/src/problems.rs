//! What is wrong in the documents of a session.

use std::collections::HashMap;

use wissil_dag::DocumentId;
use wissil_sync::{EventStore as _, Head};

use crate::actor::{Actor, counts_of};
use crate::api::{ApiError, Problem};
use crate::view::View;

/// What was found in documents that nobody looks at, as long as they are what they were.
#[derive(Default)]
pub(crate) struct Problems {
    /// With the heads that the documents had.
    found: HashMap<DocumentId, (Vec<Head>, Vec<Problem>)>,
}

impl Problems {
    /// What is wrong in a document that has these heads; `find` is asked when it had others before.
    fn of<E>(
        &mut self,
        document: &DocumentId,
        heads: Vec<Head>,
        find: impl FnOnce() -> Result<Vec<Problem>, E>,
    ) -> Result<&[Problem], E> {
        let known = self.found.get(document);
        if known.is_none_or(|(known, _)| *known != heads) {
            self.found.insert(document.clone(), (heads, find()?));
        }
        Ok(self.found.get(document).map_or(&[], |(_, found)| found))
    }

    /// Has a document looked at again, because it is another although its heads are not.
    pub(crate) fn forget(&mut self, document: &DocumentId) {
        self.found.remove(document);
    }
}

impl Actor {
    /// What is wrong in a document, and whether it has other numbers of records than when they were counted last.
    pub(crate) fn problems_of(
        &mut self,
        document: &DocumentId,
    ) -> Result<(Vec<Problem>, bool), ApiError> {
        if let Some(view) = self.views.get(document.as_str()) {
            let problems = view.problems().to_vec();
            return Ok((problems, self.count(document)));
        }
        let engine = &mut self.project.engine;
        let log = engine.store().log(&engine.log(document))?;
        let mut counts = None;
        let problems = self
            .problems
            .of(document, log.map_or_else(Vec::new, |log| log.heads), || {
                engine.read(document, |projection| {
                    counts = Some(counts_of(projection));
                    let view = View::new(document.to_string(), projection);
                    view.problems().to_vec()
                })
            })?
            .to_vec();
        let counted = counts.is_some_and(|counts| self.note_counts(document, counts));
        Ok((problems, counted))
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;

    fn heads(height: u64) -> Vec<Head> {
        let cid = wissil_dag::cid_of(wissil_dag::Codec::DAG_CBOR, &height.to_be_bytes());
        vec![Head { cid, height }]
    }

    #[test]
    fn only_documents_that_changed_are_looked_at() {
        let documents: Vec<_> = (0..40)
            .map(|at| DocumentId::new(format!("graph-{at}")).unwrap())
            .collect();
        let mut problems = Problems::default();
        let mut looked_at = 0;
        let mut look = |problems: &mut Problems, changed: usize, height: u64| {
            for (at, document) in documents.iter().enumerate() {
                let heads = heads(if at == changed { height } else { 1 });
                let found = problems.of(document, heads, || {
                    looked_at += 1;
                    Ok::<_, Infallible>(Vec::new())
                });
                assert_eq!(found, Ok(&[][..]));
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
