//! Manifests in words.

use crate::words::Words;

#[derive(Debug)]
pub(super) struct ManifestWords;

impl Words for ManifestWords {
    fn about(&self, thing: &str) -> Option<&'static str> {
        Some(match thing {
            "document" => "documents",
            "session" | "project" => "settings",
            "graph" => "nodes",
            _ => return None,
        })
    }

    fn is_news(&self, collection: &str, field: &str) -> bool {
        match collection {
            // New content has another length and picture, a new name another media type; nobody calls that several changes.
            "assets" => field == "path",
            _ => field != "order",
        }
    }
}
