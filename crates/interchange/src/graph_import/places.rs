//! Which node of a file's list is which of the document.

use std::collections::HashSet;

use serde_json::Value as Json;
use wissil_model::RecordId;

use crate::{json, own};

/// A node's identity.
#[derive(Debug)]
pub(super) struct NodePlace {
    pub(super) id: RecordId,
    /// Its place among the document's nodes.
    pub(super) order: usize,
    /// Whether export made it to say something that JSON cannot; it is no node of the document.
    pub(super) helper: bool,
}

/// Who each node of the list is.
pub(super) fn node_places(items: &[Json]) -> Vec<NodePlace> {
    let helper = |item: &Json| own::peek(item, "helper").is_some();
    let count = items.iter().filter(|item| !helper(item)).count();
    // Export sorts nodes and says where they stood; a list that does not give each place once is not believed.
    let mut next = 0;
    let said: Vec<usize> = items
        .iter()
        .map(|item| {
            let place = own::peek(item, "order")
                .and_then(json::whole)
                .and_then(|order| usize::try_from(order).ok());
            if !helper(item) {
                next += 1;
            }
            place.unwrap_or(next.max(1) - 1)
        })
        .collect();
    let mut seen = HashSet::new();
    let believed = items
        .iter()
        .zip(&said)
        .filter(|(item, _)| !helper(item))
        .all(|(_, order)| *order < count && seen.insert(*order));
    let mut next = 0;
    let orders: Vec<usize> = items
        .iter()
        .zip(said)
        .map(|(item, said)| {
            let place = if believed { said } else { next };
            next += usize::from(!helper(item));
            place
        })
        .collect();
    let usual = |index: usize| match orders.get(index) {
        Some(order) if items.get(index).is_some_and(|item| !helper(item)) => {
            format!("node_{order}")
        }
        _ => format!("helper_{index}"),
    };
    own::named(items.iter().map(|item| own::peek(item, "id")), usual)
        .into_iter()
        .zip(items)
        .zip(&orders)
        .map(|((id, item), order)| NodePlace {
            id,
            order: *order,
            helper: helper(item),
        })
        .collect()
}

/// Where the event that a helper node sends is received and leads on.
pub(super) fn loop_target(items: &[Json], send: usize) -> Option<(usize, String)> {
    let event = |item: &Json| item.get("configuration")?.get("event").cloned();
    let sent = event(items.get(send)?)?;
    let receive = items
        .iter()
        .enumerate()
        .find(|(index, item)| {
            *index != send
                && own::peek(item, "helper").is_some()
                && event(item).as_ref() == Some(&sent)
        })?
        .1;
    let out = receive.get("flows")?.get("out")?;
    let node = usize::try_from(json::whole(out.get("node")?)?).ok()?;
    let socket = out.get("socket").and_then(Json::as_str).unwrap_or("in");
    Some((node, socket.to_owned()))
}
