//! Shapes that are made here: their bytes become objects, their records and an entity that shows them one gesture.

use wissil_dag::Codec;
use wissil_model::kinds::scene::Shape;
use wissil_model::{Change, Record, RecordId, Value};
use wissil_sync::ObjectStore as _;

use crate::api::{ApiError, EditResult};
use crate::session::{Session, document_id};

impl Session {
    /// Adds an entity to a scene that shows a shape. `entity` holds its other fields: name, parent, order, where it
    /// stands.
    ///
    /// Every shape has records of its own, so that nobody who edits or takes back one changes another; their bytes are
    /// kept, sent and exported once.
    ///
    /// # Errors
    /// As [`Session::edit`].
    pub fn add_shape(
        &self,
        document: &str,
        shape: Shape,
        id: &str,
        entity: Record,
    ) -> Result<EditResult, ApiError> {
        let document = document_id(document)?;
        let id = RecordId::from(id);
        self.ask(move |actor| {
            let geometry = shape.geometry(id.as_str());
            for bytes in &geometry.objects {
                actor.project.objects.put(Codec::RAW, bytes)?;
            }
            let mesh = Record::new().with("name", shape.title()).with(
                "primitives",
                Value::List(vec![Value::Map(geometry.primitive)]),
            );
            let records = geometry.records.into_iter();
            let mut changes: Vec<Change> = records
                .map(|(collection, id, record)| Change::put(collection, id, record))
                .collect();
            changes.push(Change::put("meshes", id.clone(), mesh));
            let entity = entity.with("mesh", id.as_str());
            changes.push(Change::put("entities", id, entity));
            actor.edit(&document, "entity.add", changes)
        })
    }
}
