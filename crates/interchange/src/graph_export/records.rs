//! A Blueprint's records in their typed form, in the order they are written.

use std::collections::BTreeMap;

use wissil_model::kinds::blueprint::{CustomEvent, GraphProperties, Node, Variable, Wire};
use wissil_model::{Record, RecordError, RecordId};

use crate::ExportDocument;
use crate::error::ExportError;
use crate::graph_import::WHOLE;

/// A document's records in their typed form, in the order they are written.
pub(super) struct Graph<'a> {
    pub(super) document: &'a ExportDocument,
    pub(super) nodes: Vec<(&'a RecordId, Node)>,
    pub(super) wires: Vec<(&'a RecordId, Wire)>,
    pub(super) variables: Vec<(&'a RecordId, Variable)>,
    pub(super) events: Vec<(&'a RecordId, CustomEvent)>,
    /// Records that travel whole, because glTF has nothing like them.
    pub(super) whole: BTreeMap<&'static str, Vec<(&'a RecordId, &'a Record)>>,
    pub(super) properties: Option<GraphProperties>,
}

impl<'a> Graph<'a> {
    /// Reads the records; refuses those that are not what their schema says.
    pub(super) fn read(document: &'a ExportDocument) -> Result<Self, ExportError> {
        let mut graph = Self {
            document,
            nodes: Vec::new(),
            wires: Vec::new(),
            variables: Vec::new(),
            events: Vec::new(),
            whole: BTreeMap::new(),
            properties: None,
        };
        for (collection, id, record) in &document.records {
            let broken = |error: RecordError| ExportError::Record {
                document: document.name.clone(),
                record: id.clone(),
                problem: format!("its field `{}` {}", error.field, error.problem),
            };
            match collection.as_str() {
                "nodes" => graph
                    .nodes
                    .push((id, Node::from_record(record).map_err(broken)?)),
                "wires" => graph
                    .wires
                    .push((id, Wire::from_record(record).map_err(broken)?)),
                "variables" => graph
                    .variables
                    .push((id, Variable::from_record(record).map_err(broken)?)),
                "events" => graph
                    .events
                    .push((id, CustomEvent::from_record(record).map_err(broken)?)),
                "properties" => {
                    graph.properties = Some(GraphProperties::from_record(record).map_err(broken)?)
                }
                other => {
                    if let Some(known) = WHOLE.into_iter().find(|known| *known == other) {
                        graph.whole.entry(known).or_default().push((id, record));
                    }
                }
            }
        }
        graph
            .nodes
            .sort_by(|a, b| by_place(a.1.order, b.1.order).then_with(|| a.0.cmp(b.0)));
        graph
            .variables
            .sort_by(|a, b| by_place(a.1.order, b.1.order).then_with(|| a.0.cmp(b.0)));
        graph
            .events
            .sort_by(|a, b| by_place(a.1.order, b.1.order).then_with(|| a.0.cmp(b.0)));
        graph.wires.sort_by(|a, b| a.0.cmp(b.0));
        Ok(graph)
    }

    /// Its place among the graphs.
    pub(super) fn place(&self) -> f64 {
        let order = self
            .properties
            .as_ref()
            .and_then(|properties| properties.order);
        order.unwrap_or(f64::INFINITY)
    }
}

fn by_place(a: Option<f64>, b: Option<f64>) -> std::cmp::Ordering {
    a.unwrap_or(f64::INFINITY)
        .total_cmp(&b.unwrap_or(f64::INFINITY))
}
