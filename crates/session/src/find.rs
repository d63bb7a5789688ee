//! Finding records by what people call them.

use wissil_model::{Record, Value, one_of, record_name};

use crate::actor::Actor;
use crate::api::{ApiError, FindHit};
use crate::session::Session;

/// Most hits given at once.
const MAX_HITS: u32 = 500;

impl Session {
    /// Records of all documents whose name or operation holds the words of the query, best first.
    pub fn find(&self, query: &str, limit: u32) -> Result<Vec<FindHit>, ApiError> {
        let query = query.to_lowercase();
        self.read(move |actor| actor.find(&query, limit.min(MAX_HITS) as usize))
    }
}

impl Actor {
    fn find(&mut self, query: &str, limit: usize) -> Result<Vec<FindHit>, ApiError> {
        let words: Vec<&str> = query.split_whitespace().collect();
        if words.is_empty() {
            return Ok(Vec::new());
        }
        let mut hits: Vec<(u32, FindHit)> = Vec::new();
        let entries = crate::actor::readable_entries(&mut self.project.engine)?;
        for (document, _, document_name) in entries {
            let log = self.project.engine.log(&document);
            self.project.engine.read(&log, |projection| {
                let kind = projection.kind();
                let found = kind.schema().collections.iter().filter(|it| it.words.found);
                for collection in found.map(|schema| schema.name) {
                    let thing = one_of(kind, collection);
                    for (id, record) in projection.records(collection) {
                        let title =
                            record_name(kind, collection, record).unwrap_or_else(|| id.to_string());
                        let detail = detail(thing, record);
                        if let Some(distance) = distance(&title, &detail, &words) {
                            hits.push((
                                distance,
                                FindHit {
                                    document: document.to_string(),
                                    document_name: document_name.clone(),
                                    collection: collection.into(),
                                    id: id.to_string(),
                                    title,
                                    detail,
                                },
                            ));
                        }
                    }
                }
            })?;
        }
        hits.sort_by(|(a, left), (b, right)| {
            (a, left.title.len(), &left.title, &left.id).cmp(&(
                b,
                right.title.len(),
                &right.title,
                &right.id,
            ))
        });
        hits.truncate(limit);
        Ok(hits.into_iter().map(|(_, hit)| hit).collect())
    }
}

fn detail(thing: &str, record: &Record) -> String {
    match record.get("op").and_then(Value::as_text) {
        Some(op) => op.to_owned(),
        None => thing.to_owned(),
    }
}

/// How far a record is from the words: smaller is better, none is no hit. Every word has to be found.
fn distance(title: &str, detail: &str, words: &[&str]) -> Option<u32> {
    let (title, detail) = (title.to_lowercase(), detail.to_lowercase());
    words.iter().try_fold(0, |sum, word| {
        let distance = match (title.find(word), detail.find(word)) {
            (Some(0), _) if title.len() == word.len() => 0,
            (Some(0), _) => 1,
            (Some(at), _) if title[..at].ends_with([' ', '_', '-', '/', '.']) => 2,
            (Some(_), _) => 3,
            (None, Some(_)) => 5,
            (None, None) => return None,
        };
        Some(sum + distance)
    })
}
