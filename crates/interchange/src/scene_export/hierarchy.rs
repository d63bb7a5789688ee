//! Who hangs under whom, and which entities each scene begins with.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde_json::Value as Json;
use wissil_model::{Record, RecordId, Value};

use super::{SceneExport, own_id, text};
use crate::error::ExportError;
use crate::json::{self, Object};
use crate::shape;

impl<'a> SceneExport<'a> {
    /// Children by parent, in their order. A circle of parents, which concurrent edits can make, is cut at its smallest
    /// id as the projection does.
    pub(super) fn children(&self) -> HashMap<&'a str, Vec<usize>> {
        let entities = self.items("entities");
        let place_of = |id: &str| self.places.get("entities", id);
        let parents: BTreeMap<&str, &str> = entities
            .iter()
            .filter_map(|(id, record)| Some((id.as_str(), text(record, "parent")?)))
            .filter(|(_, parent)| place_of(parent).is_some())
            .collect();
        let cut = circles(&parents);
        let mut children: HashMap<&str, Vec<(f64, &str, usize)>> = HashMap::new();
        for (id, record) in &entities {
            let parent = parents
                .get(id.as_str())
                .filter(|_| !cut.contains(id.as_str()));
            if let Some(place) = place_of(id.as_str()) {
                let key = parent.copied().unwrap_or_default();
                let detached = record.get("detached").and_then(Value::as_bool) == Some(true);
                if !(key.is_empty() && detached) {
                    children
                        .entry(key)
                        .or_default()
                        .push((order(record), id.as_str(), place));
                }
            }
        }
        children
            .into_iter()
            .map(|(parent, mut list)| {
                list.sort_by(|a, b| a.0.total_cmp(&b.0).then_with(|| a.1.cmp(b.1)));
                (
                    parent,
                    list.into_iter().map(|(_, _, place)| place).collect(),
                )
            })
            .collect()
    }

    pub(super) fn finish_entity(
        &self,
        json: &mut Object,
        own: &mut Object,
        id: &RecordId,
        record: &Record,
        children: &HashMap<&'a str, Vec<usize>>,
    ) {
        if let Some(children) = children.get(id.as_str()) {
            json.insert("children".into(), children.clone().into());
        }
        if json.contains_key("matrix") {
            for member in ["translation", "rotation", "scale"] {
                json.remove(member);
            }
        }
        const VISIBILITY: &str = "KHR_node_visibility";
        let visible = record
            .get("visible")
            .and_then(Value::as_bool)
            .unwrap_or(true);
        let was_there = json
            .get("extensions")
            .is_some_and(|it| it.get(VISIBILITY).is_some());
        if !visible || was_there {
            json::put(
                json,
                "extensions/KHR_node_visibility/visible",
                visible.into(),
            );
        }
        if record.get("locked").and_then(Value::as_bool) == Some(true) {
            own.insert("locked".into(), true.into());
        }
    }

    pub(super) fn scenes(&mut self, properties: Option<&Record>) -> Result<(), ExportError> {
        let slots = self.reserve(&shape::SCENES);
        self.settle(&shape::SCENES, &slots);
        let chosen = properties.and_then(|properties| text(properties, "scene"));
        let chosen = chosen.and_then(|id| self.places.get("scenes", id));
        let roots = self.children().remove("").unwrap_or_default();
        let mut list = Vec::new();
        for (index, (id, record)) in slots.into_iter().flatten().enumerate() {
            let mut json = self.write(&shape::SCENES, id, record)?;
            if index == chosen.unwrap_or(0) {
                json.remove("nodes");
                if !roots.is_empty() {
                    json.insert("nodes".into(), roots.clone().into());
                }
            }
            if json
                .get("nodes")
                .and_then(Json::as_array)
                .is_some_and(Vec::is_empty)
            {
                json.remove("nodes");
            }
            self.own(&mut json, own_id(id, &shape::SCENES, index), id);
            list.push(json.into());
        }
        if list.is_empty() && !roots.is_empty() {
            list.push(serde_json::json!({ "nodes": roots }));
            self.root.insert("scene".into(), 0.into());
        }
        if let Some(chosen) = chosen {
            self.root.insert("scene".into(), chosen.into());
        }
        self.put_list(&shape::SCENES, list);
        Ok(())
    }
}

pub(super) fn order(record: &Record) -> f64 {
    record
        .get("order")
        .and_then(Value::as_number)
        .unwrap_or(0.0)
}

/// The smallest member of each circle that following parents leads into.
pub(super) fn circles<'a>(parents: &BTreeMap<&'a str, &'a str>) -> HashSet<&'a str> {
    let mut safe: HashSet<&str> = HashSet::new();
    let mut cut: HashSet<&str> = HashSet::new();
    for start in parents.keys() {
        let mut way: Vec<&str> = Vec::new();
        let mut seen: HashSet<&str> = HashSet::new();
        let mut at = *start;
        while !safe.contains(at) {
            if !seen.insert(at) {
                let circle = way.iter().skip_while(|id| **id != at);
                cut.extend(circle.min());
                break;
            }
            way.push(at);
            match parents.get(at) {
                Some(parent) => at = parent,
                None => break,
            }
        }
        safe.extend(way);
    }
    cut
}
