//! What is wrong with a graph's references to the scene.

use std::collections::BTreeMap;

use super::{Check, RecordProblem, Severity};
use crate::RecordId;
use crate::kinds::blueprint::references::{
    SceneReference, references_of_literals, references_of_node, references_of_variable,
};
use crate::kinds::blueprint::{Graph, NodeShape};
use crate::kinds::scene::{Named, Target};

/// The references to records that `is_there` does not know, as problems of a graph whose nodes have these shapes;
/// `name_then` says what one was called that is gone, where that is known.
pub fn reference_problems(
    graph: &Graph,
    shapes: &BTreeMap<RecordId, NodeShape>,
    is_there: &dyn Fn(&Target) -> bool,
    name_then: &dyn Fn(&Target) -> Option<String>,
) -> Vec<RecordProblem> {
    let mut check = Check {
        graph,
        shapes,
        found: Vec::new(),
    };
    let mut lost = |collection, id, references: Vec<SceneReference>| {
        for reference in references.into_iter().filter(|it| !is_there(&it.target)) {
            let name = name_then(&reference.target);
            check.lost(collection, id, reference, name);
        }
    };
    for (id, node) in &graph.nodes {
        lost("nodes", id, references_of_node(node));
    }
    for (id, variable) in &graph.variables {
        lost("variables", id, references_of_variable(variable));
    }
    for (id, event) in &graph.events {
        let mut found = Vec::new();
        references_of_literals(&event.values, &mut found);
        lost("events", id, found);
    }
    check.found
}

impl Check<'_> {
    fn lost(
        &mut self,
        collection: &str,
        id: &RecordId,
        reference: SceneReference,
        name: Option<String>,
    ) {
        let SceneReference { field, target } = reference;
        let graph = self.graph;
        let quoted = |name: Option<&str>| format!("“{}”", name.unwrap_or_default());
        let who = match collection {
            "variables" => quoted(graph.variables.get(id).map(|it| &*it.name)),
            "events" => quoted(graph.events.get(id).and_then(|it| it.name.as_deref())),
            _ => self.name(id),
        };
        let thing = thing(target.collection);
        let message = match (target.named, name) {
            (Named::Record(_), Some(name)) => {
                format!("{who} refers to {name} (deleted). Choose {thing}.")
            }
            (Named::Record(_), None) => {
                format!("{who} refers to {thing} that was deleted. Choose another.")
            }
            (Named::Place(place), _) => format!(
                "{who} refers to {thing} by the number {place}, and none had that number. Choose {thing}."
            ),
        };
        self.report(Severity::Error, collection, id, Some(field), message);
    }
}

/// One record of a collection.
fn thing(collection: &str) -> &'static str {
    match collection {
        "entities" => "an entity",
        "materials" => "a material",
        "meshes" => "a mesh",
        "cameras" => "a camera",
        "lights" => "a light",
        "animations" => "an animation",
        "skins" => "a skin",
        "scenes" => "a scene",
        "textures" => "a texture",
        "images" => "an image",
        _ => "a sampler",
    }
}
