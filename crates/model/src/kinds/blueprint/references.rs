//! What a graph refers to in a scene: the pointers and scene nodes of its configuration, and references typed in.

use std::collections::BTreeMap;

use super::{Node, ParameterKind, Variable, operation};
use crate::kinds::scene::{Named, Rename, Target, rename_in_pointer};
use crate::{Field as _, Literal, Record, RecordId, Value};

/// A reference of a graph to a record of a scene.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SceneReference {
    /// The stored field that holds it, such as `configuration.pointer`.
    pub field: String,
    /// What it names.
    pub target: Target,
}

/// The references of a Blueprint's record, whichever collection it is of.
pub fn scene_references(record: &Record) -> Vec<SceneReference> {
    let mut found = Vec::new();
    for (field, value) in record.0.iter().filter(|(field, _)| may_refer(field)) {
        collect(op_of(record), field, value.clone(), &mut found);
    }
    found
}

/// The references of a node.
pub(super) fn references_of_node(node: &Node) -> Vec<SceneReference> {
    let mut found = Vec::new();
    for (parameter, value) in &node.configuration {
        if refers(&node.op, parameter) {
            let field = format!("configuration.{parameter}");
            collect(&node.op, &field, value.clone(), &mut found);
        }
    }
    references_of_literals(&node.values, &mut found);
    found
}

/// The references among values that stand in the field `values`.
pub(super) fn references_of_literals(
    values: &BTreeMap<String, Literal>,
    found: &mut Vec<SceneReference>,
) {
    for (socket, literal) in values.iter().filter(|(_, it)| it.signature == REFERENCE) {
        collect("", &format!("values.{socket}"), literal.to_value(), found);
    }
}

/// The reference that a variable begins with.
pub(super) fn references_of_variable(variable: &Variable) -> Vec<SceneReference> {
    let mut found = Vec::new();
    if variable.initial.signature == REFERENCE {
        collect("", "initial", variable.initial.to_value(), &mut found);
    }
    found
}

fn collect(op: &str, field: &str, mut value: Value, found: &mut Vec<SceneReference>) {
    rename_in_field(op, field, &mut value, &mut |target| {
        found.push(SceneReference {
            field: field.to_owned(),
            target: target.clone(),
        });
        None
    });
}

/// Asks about each reference of a Blueprint's record; whether one changed.
pub fn rename_in_record(record: &mut Record, rename: &mut Rename<'_>) -> bool {
    let op = op_of(record).to_owned();
    let mut changed = false;
    for (field, value) in &mut record.0 {
        changed |= rename_in_field(&op, field, value, rename);
    }
    changed
}

/// Asks about each reference in a stored field of a record; `op` is the operation of a node, anything for other records.
pub fn rename_in_field(op: &str, field: &str, value: &mut Value, rename: &mut Rename<'_>) -> bool {
    if let Some(parameter) = field.strip_prefix("configuration.") {
        return match kind_of(op, parameter) {
            Some(ParameterKind::Pointer) => rename_in_texts(value, rename),
            Some(ParameterKind::SceneNode) => rename_nodes(value, rename),
            _ => false,
        };
    }
    match value {
        Value::Map(literal)
            if may_refer(field) && literal.get("type") == Some(&Value::text(REFERENCE)) =>
        {
            literal
                .get_mut("value")
                .is_some_and(|it| rename_in_texts(it, rename))
        }
        _ => false,
    }
}

/// The signature of references.
const REFERENCE: &str = "ref";

fn kind_of(op: &str, parameter: &str) -> Option<ParameterKind> {
    let parameter = operation(op)?.parameter(parameter)?;
    Some(parameter.kind)
}

fn refers(op: &str, parameter: &str) -> bool {
    let kind = kind_of(op, parameter);
    matches!(
        kind,
        Some(ParameterKind::Pointer | ParameterKind::SceneNode)
    )
}

fn may_refer(field: &str) -> bool {
    field == "initial" || field.starts_with("values.") || field.starts_with("configuration.")
}

fn op_of(record: &Record) -> &str {
    record
        .get("op")
        .and_then(Value::as_text)
        .unwrap_or_default()
}

fn rename_in_texts(value: &mut Value, rename: &mut Rename<'_>) -> bool {
    let mut changed = false;
    for item in items(value) {
        if let Value::Text(pointer) = item {
            changed |= rename_in_pointer(pointer, rename);
        }
    }
    changed
}

/// Scene nodes stand in a configuration without a pointer around them: `[3]` in files, `[record id]` in documents.
fn rename_nodes(value: &mut Value, rename: &mut Rename<'_>) -> bool {
    let mut changed = false;
    for item in items(value) {
        let Some(named) = named_node(item) else {
            continue;
        };
        let target = Target {
            collection: "entities",
            named,
        };
        if let Some(named) = rename(&target).filter(|named| *named != target.named) {
            *item = match named {
                Named::Record(id) => Value::from(id),
                Named::Place(place) => Value::Number(place as f64),
            };
            changed = true;
        }
    }
    changed
}

fn named_node(value: &Value) -> Option<Named> {
    match value {
        Value::Number(place)
            if place.fract() == 0.0 && (0.0..=f64::from(i32::MAX)).contains(place) =>
        {
            Some(Named::Place(*place as usize))
        }
        Value::Text(id) => Some(RecordId::from(id.as_str()))
            .filter(RecordId::is_valid)
            .map(Named::Record),
        _ => None,
    }
}

fn items(value: &mut Value) -> &mut [Value] {
    match value {
        Value::List(items) => items,
        single => std::slice::from_mut(single),
    }
}
