//! What is wrong with a node's configuration.

use super::{Check, Severity};
use crate::kinds::blueprint::sockets::{configured, configured_text, is_int};
use crate::kinds::blueprint::{
    Node, Operation, Parameter, ParameterKind, message_parts, operation, pointer_parameters,
};
use crate::{RecordId, Value};

impl Check<'_> {
    pub(super) fn configuration(&mut self, id: &RecordId, node: &Node) {
        let Some(operation) = operation(&node.op) else {
            return;
        };
        for parameter in &operation.configuration {
            let field = || Some(format!("configuration.{}", parameter.id));
            let severity = match parameter.required {
                true => Severity::Error,
                false => Severity::Warning,
            };
            let problem = match node.configuration.get(&parameter.id) {
                Some(value) => self
                    .parameter_problem(parameter, value)
                    .or_else(|| taken_socket(operation, parameter, value)),
                None if parameter.required => Some(missing(parameter.kind).to_owned()),
                None if parameter.kind == ParameterKind::SceneNode => {
                    Some("has no scene node, and will never run. Choose one.".to_owned())
                }
                None => None,
            };
            if let Some(problem) = problem {
                let message = format!("{} {problem}", self.name(id));
                self.node(severity, id, field(), message);
            }
        }
        for name in node.configuration.keys() {
            if operation.parameter(name).is_none() {
                let message = format!(
                    "{} has the setting “{name}”, which its operation does not know. It does nothing; remove it.",
                    self.name(id)
                );
                let field = Some(format!("configuration.{name}"));
                self.node(Severity::Warning, id, field, message);
            }
        }
        self.interpolation(id, node, operation);
    }

    /// What is wrong with a parameter's value, as the end of a sentence.
    fn parameter_problem(&self, parameter: &Parameter, value: &Value) -> Option<String> {
        let list = value.as_list().unwrap_or_default();
        let first = list.first();
        let text = first.and_then(Value::as_text);
        let label = &parameter.label;
        let void = |what: &str| Some(format!("needs {what} for “{label}”. Set it again."));
        match parameter.kind {
            ParameterKind::Variable => match text {
                Some(id) if self.graph.variables.contains_key(id) => None,
                _ => Some("is about a variable that is not there. Choose another.".into()),
            },
            ParameterKind::VariableList => {
                let missing = list.iter().any(|it| {
                    !it.as_text()
                        .is_some_and(|id| self.graph.variables.contains_key(id))
                });
                match (list, missing) {
                    ([], _) => Some(super::configuration::missing(parameter.kind).to_owned()),
                    (_, true) => Some("sets a variable that is not there. Choose another.".into()),
                    _ => None,
                }
            }
            ParameterKind::Event => match text {
                Some(id) if self.graph.events.contains_key(id) => None,
                _ => Some("is about an event that is not there. Choose another.".into()),
            },
            ParameterKind::TypeSignature => match text {
                Some(signature) if !signature.is_empty() => None,
                _ => void("a type"),
            },
            ParameterKind::Pointer => match text.map(pointer_parameters) {
                Some(Ok(_)) => None,
                Some(Err(problem)) => Some(format!("has a pointer that {problem}.")),
                None => void("a pointer"),
            },
            ParameterKind::Template => match text.map(message_parts) {
                Some(Some(_)) => None,
                Some(None) => Some(
                    "has a message whose braces do not pair up. Write {{ to mean the brace itself."
                        .into(),
                ),
                None => void("a text"),
            },
            // Whether the entity is there is for the scene to say.
            ParameterKind::SceneNode => match first {
                Some(Value::Text(id)) if RecordId::from(id.as_str()).is_valid() => None,
                Some(Value::Number(place)) if *place >= 0.0 && is_int(*place) => None,
                _ => void("a scene node"),
            },
            ParameterKind::Integer => match first.and_then(Value::as_number) {
                Some(number) if is_int(number) => None,
                _ => void("a whole number"),
            },
            ParameterKind::IntegerList => {
                // An empty list has no cases and is right; glTF writes it as a list of nothing.
                let whole = |it: &Value| it.is_null() || it.as_number().is_some_and(is_int);
                match value.as_list() {
                    Some(list) if list.iter().all(whole) => None,
                    _ => void("whole numbers"),
                }
            }
            ParameterKind::Boolean => match first.and_then(Value::as_bool) {
                Some(_) => None,
                None => void("yes or no"),
            },
            ParameterKind::Text => match text {
                Some(text)
                    if parameter.choices.is_empty()
                        || parameter.choices.iter().any(|it| it == text) =>
                {
                    None
                }
                Some(_) => void(&format!("one of {}", parameter.choices.join(", "))),
                None => void("a text"),
            },
        }
    }

    /// The rules that only interpolations have.
    fn interpolation(&mut self, id: &RecordId, node: &Node, operation: &Operation) {
        if operation.op == "pointer/interpolate"
            && let Some(signature @ ("int" | "bool" | "ref")) = configured_text(node, "type")
        {
            let message = format!(
                "{} cannot move a property bit by bit that is {}. Choose a type of floats.",
                self.name(id),
                super::words::type_name(signature)
            );
            let field = Some("configuration.type".into());
            self.node(Severity::Error, id, field, message);
        }
        if operation.op != "variable/interpolate" {
            return;
        }
        let Some(variable) =
            configured_text(node, "variable").and_then(|id| self.graph.variables.get(id))
        else {
            return;
        };
        let signature = &*variable.initial.signature;
        if matches!(signature, "int" | "bool") {
            let message = format!(
                "{} cannot move “{}” bit by bit, because it is {}. Use a variable of floats.",
                self.name(id),
                variable.name,
                super::words::type_name(signature)
            );
            let field = Some("configuration.variable".into());
            self.node(Severity::Error, id, field, message);
        } else if configured(node, "useSlerp").and_then(Value::as_bool) == Some(true)
            && signature != "float4"
        {
            let message = format!(
                "{} moves “{}” as a rotation, but it is {} and not Float4. Turn “As rotation” off.",
                self.name(id),
                variable.name,
                super::words::type_name(signature)
            );
            let field = Some("configuration.useSlerp".into());
            self.node(Severity::Error, id, field, message);
        }
    }
}

/// A pointer's parameter becomes a socket, which the operation may have already (Specification, *Pointer Get* and its
/// siblings).
fn taken_socket(operation: &Operation, parameter: &Parameter, value: &Value) -> Option<String> {
    if parameter.kind != ParameterKind::Pointer {
        return None;
    }
    let template = value.as_list()?.first()?.as_text()?;
    let taken = pointer_parameters(template)
        .ok()?
        .into_iter()
        .find(|it| operation.value_in(&it.id).is_some())?;
    Some(format!(
        "has a pointer whose parameter is called “{}”, like another input. Name it otherwise.",
        taken.id
    ))
}

/// What a required parameter is missing, as the end of a sentence.
fn missing(kind: ParameterKind) -> &'static str {
    match kind {
        ParameterKind::Variable | ParameterKind::VariableList => "has no variable. Choose one.",
        ParameterKind::Event => "has no event. Choose one.",
        ParameterKind::TypeSignature => "has no type. Choose the property's type.",
        ParameterKind::Pointer => "has no pointer. Choose a property.",
        _ => "lacks a setting it needs. Set it in the Inspector.",
    }
}
