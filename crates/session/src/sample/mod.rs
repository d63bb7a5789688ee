//! The sample project: a yard with three lanterns that light when clicked, and an orb that floats above them.

mod graph;
mod scene;

use wissil_model::{Change, DocumentKind};
use wissil_sync::Gesture;

use crate::api::ApiError;
use crate::founding::add_documents;
use crate::home::now;
use crate::project::Project;

/// What the sample is called.
pub(crate) const NAME: &str = "Lantern Yard";

/// Writes the sample into a new project.
pub(crate) fn fill(project: &mut Project) -> Result<(), ApiError> {
    let ids = add_documents(
        project,
        &[
            ("Lanterns", DocumentKind::BLUEPRINT),
            ("Yard", DocumentKind::SCENE),
        ],
    )?;
    let contents = [graph::changes(), scene::changes(&mut project.objects)?];
    for (id, changes) in ids.iter().zip(contents) {
        let gesture = Gesture {
            event_type: "document.import",
            changes,
            time: now(),
        };
        project.engine.edit(id, gesture)?;
    }
    Ok(())
}

/// Collects the records of a document.
#[derive(Default)]
struct Records(Vec<Change>);

impl Records {
    fn put(&mut self, collection: &str, id: &str, record: wissil_model::Record) {
        self.0.push(Change::put(collection, id, record));
    }
}
