//! A graph's records in their typed form.

use std::collections::BTreeMap;

use super::{Comment, CustomEvent, Function, GraphProperties, Node, Variable, Wire};
use crate::{Record, RecordError, RecordId, RecordProblem, Severity};

/// A Blueprint's records in their typed form, which shapes and problems are computed from.
///
/// Whoever follows a document keeps one and calls [`Graph::set`] for each record that changed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Graph {
    /// The nodes.
    pub nodes: BTreeMap<RecordId, Node>,
    /// The wires.
    pub wires: BTreeMap<RecordId, Wire>,
    /// The variables.
    pub variables: BTreeMap<RecordId, Variable>,
    /// The custom events.
    pub events: BTreeMap<RecordId, CustomEvent>,
    /// The functions.
    pub functions: BTreeMap<RecordId, Function>,
    /// The comments.
    pub comments: BTreeMap<RecordId, Comment>,
    /// What belongs to the graph as a whole.
    pub properties: BTreeMap<RecordId, GraphProperties>,
}

impl Graph {
    /// The collections it is read from.
    pub const COLLECTIONS: [&'static str; 7] = [
        Node::COLLECTION,
        Wire::COLLECTION,
        Variable::COLLECTION,
        CustomEvent::COLLECTION,
        Function::COLLECTION,
        Comment::COLLECTION,
        GraphProperties::COLLECTION,
    ];

    /// Reads all records of a document. Those that cannot be read are left out and reported.
    pub fn read<'a, I>(records: impl Fn(&'static str) -> I) -> (Self, Vec<RecordProblem>)
    where
        I: IntoIterator<Item = (&'a RecordId, &'a Record)>,
    {
        let mut graph = Self::default();
        let mut problems = Vec::new();
        for collection in Self::COLLECTIONS {
            for (id, record) in records(collection) {
                problems.extend(graph.set(collection, id, Some(record)).err());
            }
        }
        (graph, problems)
    }

    /// Takes over one record as it is now; none when it is gone. One that cannot be read is left out and reported;
    /// collections that are not a Blueprint's are passed over.
    pub fn set(
        &mut self,
        collection: &str,
        id: &RecordId,
        record: Option<&Record>,
    ) -> Result<(), RecordProblem> {
        match collection {
            Node::COLLECTION => put(&mut self.nodes, id, record, Node::from_record),
            Wire::COLLECTION => put(&mut self.wires, id, record, Wire::from_record),
            Variable::COLLECTION => put(&mut self.variables, id, record, Variable::from_record),
            CustomEvent::COLLECTION => put(&mut self.events, id, record, CustomEvent::from_record),
            Function::COLLECTION => put(&mut self.functions, id, record, Function::from_record),
            Comment::COLLECTION => put(&mut self.comments, id, record, Comment::from_record),
            GraphProperties::COLLECTION => put(
                &mut self.properties,
                id,
                record,
                GraphProperties::from_record,
            ),
            _ => Ok(()),
        }
    }
}

fn put<T>(
    records: &mut BTreeMap<RecordId, T>,
    id: &RecordId,
    record: Option<&Record>,
    read: impl Fn(&Record) -> Result<T, RecordError>,
) -> Result<(), RecordProblem> {
    match record.map(read).transpose() {
        Ok(Some(typed)) => {
            records.insert(id.clone(), typed);
            Ok(())
        }
        Ok(None) => {
            records.remove(id);
            Ok(())
        }
        Err(error) => {
            records.remove(id);
            Err(RecordProblem {
                collection: error.collection.to_owned(),
                id: id.clone(),
                message: format!(
                    "This record cannot be read: field `{}` {}. Restore an earlier version of it.",
                    error.field, error.problem
                ),
                field: Some(error.field),
                severity: Severity::Error,
            })
        }
    }
}
