//! What changed between two moments of a document.

use serde::{Deserialize, Serialize};
use wissil_model::{Change, describe_change, diff};
use wissil_sync::present_name;

use crate::api::{ApiError, ErrorCode};
use crate::session::{Session, event_cid};

/// One record that differs between two states of a document.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Difference {
    /// What leads from the one to the other.
    pub change: Change,
    /// The same in words.
    pub words: String,
}

impl Session {
    /// What changed in a document from after one event to after another.
    pub fn diff(&self, from: &str, to: &str) -> Result<Vec<Difference>, ApiError> {
        let (from, to) = (event_cid(from)?, event_cid(to)?);
        self.read(move |actor| {
            let (from, to) = (actor.stored(&from)?, actor.stored(&to)?);
            if from.log != to.log {
                return Err(ApiError::new(
                    ErrorCode::Invalid,
                    "the two events belong to different documents",
                ));
            }
            let engine = &actor.project.engine;
            let document = &from.log.document;
            let before = engine.projection_at(document, from.position)?;
            let after = engine.projection_at(document, to.position)?;
            let name_of = |collection: &str, id: &str| {
                present_name(&after, collection, id)
                    .or_else(|| present_name(&before, collection, id))
            };
            Ok(diff(&before, &after)
                .into_iter()
                .map(|change| Difference {
                    words: describe_change(before.kind(), &change, &name_of),
                    change,
                })
                .collect())
        })
    }
}
