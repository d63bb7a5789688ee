//! Wires, the order of nodes that they ask for, and loops.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value as Json;
use wissil_model::RecordId;
use wissil_model::kinds::blueprint::{Node, WireKind};

use super::{GraphExport, Input, Target, inner, inner_of, source, usual_id};
use crate::error::ExportError;
use crate::graph_order::{Edge, Order, order};
use crate::json::Object;
use crate::wire_id::wire_id;

impl GraphExport<'_> {
    pub(super) fn draft_wires(&mut self) {
        let graph = self.graph;
        let nodes: HashMap<&str, &Node> = graph
            .nodes
            .iter()
            .map(|(id, node)| (id.as_str(), node))
            .collect();
        for (id, wire) in &graph.wires {
            let ends = (
                self.places.get(wire.from.as_str()),
                self.places.get(wire.to.as_str()),
            );
            let (Some(&from), Some(&to)) = ends else {
                self.notes.push(format!(
                    "the wire `{id}` was left out, because a node it joins is gone"
                ));
                continue;
            };
            let Some(target) = nodes.get(wire.to.as_str()) else {
                continue;
            };
            let (holder, socket, member) = match wire.kind {
                WireKind::Flow => (from, wire.output.clone(), "flows"),
                WireKind::Value => (to, wire.input.clone(), "values"),
            };
            let held_by = match wire.kind {
                WireKind::Flow => wire.from.as_str(),
                WireKind::Value => wire.to.as_str(),
            };
            let node_source = nodes.get(held_by).and_then(|node| node.source.as_ref());
            let mut members = inner_of(&inner(&mut source(node_source), member), &socket);
            let name = match wire.kind {
                WireKind::Flow => "flow",
                WireKind::Value => "value",
            };
            let rank = self.drafts.get(holder).map_or(0, |draft| draft.rank);
            let mut own = usual_id(id, wire_id(name, rank, &socket).as_str());
            if !wire.route.is_empty() {
                let route = wire
                    .route
                    .iter()
                    .map(|point| serde_json::json!({ "x": point.x, "y": point.y }));
                own.insert("route".into(), route.collect());
            }
            if wire.kind == WireKind::Value
                && let Some(typed) = target.values.get(&wire.input)
            {
                own.insert(
                    "typed".into(),
                    Json::from(&wissil_model::Field::to_value(typed)),
                );
            }
            self.put_own(&mut members, own, id.as_str());
            let file_socket = match wire.kind {
                WireKind::Flow => socket,
                WireKind::Value => self.input_name(target, &socket),
            };
            let Some(draft) = self.drafts.get_mut(holder) else {
                continue;
            };
            let doubled = match wire.kind {
                WireKind::Flow if draft.flows.contains_key(&file_socket) => true,
                WireKind::Value if draft.values.contains_key(&file_socket) => true,
                WireKind::Flow => {
                    let target = Target {
                        node: to,
                        input: wire.input.clone(),
                        members,
                    };
                    draft.flows.insert(file_socket, target);
                    false
                }
                WireKind::Value => {
                    let input = Input::From {
                        node: from,
                        output: wire.output.clone(),
                        members,
                    };
                    draft.values.insert(file_socket, input);
                    false
                }
            };
            if doubled {
                self.notes.push(format!(
                    "the wire `{id}` was left out, because another one is at the same socket"
                ));
            }
        }
    }

    pub(super) fn edges(&self) -> (Vec<Edge>, Vec<Option<String>>) {
        let mut edges = Vec::new();
        let mut sockets = Vec::new();
        for (at, draft) in self.drafts.iter().enumerate() {
            for input in draft.values.values() {
                if let Input::From { node, .. } = input {
                    edges.push(Edge {
                        from: *node,
                        to: at,
                        flow: false,
                    });
                    sockets.push(None);
                }
            }
            for (socket, target) in &draft.flows {
                edges.push(Edge {
                    from: at,
                    to: target.node,
                    flow: true,
                });
                sockets.push(Some(socket.clone()));
            }
        }
        (edges, sockets)
    }

    pub(super) fn sorted(&self, edges: &[Edge]) -> Result<Order, ExportError> {
        let rank = |at: usize| self.drafts.get(at).map_or(usize::MAX, |draft| draft.rank);
        order(self.drafts.len(), rank, edges).map_err(|circle| ExportError::ValueCycle {
            document: self.graph.document.name.clone(),
            nodes: circle
                .iter()
                .filter_map(|at| self.places.iter().find(|(_, place)| *place == at))
                .map(|(id, _)| RecordId::from(*id))
                .collect(),
        })
    }

    /// Flows may not lead back (Specification, *Output Flow Socket Pointers*); custom events are its way to loop.
    pub(super) fn draft_loops(&mut self, events: &mut Vec<Json>) -> Result<(), ExportError> {
        let (edges, sockets) = self.edges();
        for at in self.sorted(&edges)?.loops {
            let (Some(edge), Some(Some(socket))) = (edges.get(at).copied(), sockets.get(at)) else {
                continue;
            };
            let (from, to) = (edge.from, edge.to);
            let rank_of = |at: usize| self.drafts.get(at).map_or(0, |draft| draft.rank);
            let (from_rank, to_rank) = (rank_of(from), rank_of(to));
            let event = events.len();
            events.push(serde_json::json!({ "extras": { "wissil": { "helper": true } } }));
            self.loop_events += 1;
            let configuration =
                Object::from_iter([("event".to_owned(), serde_json::json!({ "value": [event] }))]);
            let send = self.helper("event/send", from_rank, BTreeMap::new());
            let receive = self.helper("event/receive", to_rank, BTreeMap::new());
            for helper in [send, receive] {
                if let Some(draft) = self.drafts.get_mut(helper) {
                    draft.configuration = configuration.clone();
                }
            }
            let Some(target) = self
                .drafts
                .get_mut(from)
                .and_then(|draft| draft.flows.get_mut(socket))
            else {
                continue;
            };
            target.node = send;
            let input = std::mem::replace(&mut target.input, "in".into());
            if let Some(draft) = self.drafts.get_mut(receive) {
                let target = Target {
                    node: to,
                    input,
                    members: Object::new(),
                };
                draft.flows.insert("out".into(), target);
            }
        }
        if self.loop_events > 0 {
            self.notes.push(format!(
                "`{}`: {} flows lead back to where they came from, which glTF forbids; custom events carry them",
                self.graph.document.name, self.loop_events
            ));
        }
        Ok(())
    }
}
