//! The short form in which the tables state an operation.

use serde_json::{Value, json};

use super::{Dynamic, Family, FlowSocket, Operation, Parameter, ParameterKind, ValueSocket};
use crate::kinds::blueprint::words;

/// An operation in one or two lines.
///
/// `sockets` reads `flow in | values in > values out | flow out`, each a list of sockets parted by blanks. A flow
/// socket is `id`; a value socket is `id:types`, where `types` is a signature, several parted by `/`, or the name of a
/// class in [`CLASSES`]. Sockets whose class has a group share one type. `id=Label` names it otherwise than its id
/// does (`_` stands for a blank), `~value` is what a new node starts with (components parted by `,`), and `?other`
/// marks a socket of older files that stood for `other`.
///
/// `configuration` is a list of `id:Kind`, with `!` when nothing works without it, `~value` for its default and
/// `/a/b` for its choices.
pub(crate) struct Row {
    op: &'static str,
    title: &'static str,
    family: Family,
    keywords: &'static str,
    sockets: &'static str,
    help: &'static str,
    extension: Option<&'static str>,
    configuration: &'static str,
    dynamic: &'static [Dynamic],
}

/// Classes of types by name, with their group and their signatures.
const CLASSES: &[(&str, Option<&str>, &str)] = &[
    // What the specification writes `floatN`, `floatNxN` and `T`; with `int` and `bool` where an operation is overloaded.
    ("FloatN", Some("T"), "float float2 float3 float4"),
    ("Matrix", Some("T"), "float4x4 float3x3 float2x2"),
    (
        "Float",
        Some("T"),
        "float float2 float3 float4 float2x2 float3x3 float4x4",
    ),
    (
        "Number",
        Some("T"),
        "float int float2 float3 float4 float2x2 float3x3 float4x4",
    ),
    (
        "Equal",
        Some("T"),
        "float int bool float2 float3 float4 float2x2 float3x3 float4x4",
    ),
    ("Order", Some("T"), "float int"),
    ("Logic", Some("T"), "bool int"),
    ("T", Some("T"), ""),
    // Pairs: the n-th of one goes with the n-th of the other.
    ("Vector", Some("T"), "float3 float2 float4"),
    ("VectorMatrix", Some("T"), "float3x3 float2x2 float4x4"),
    ("Direction", Some("T"), "float3 float2"),
    // A reference; older files count instead.
    ("Handle", None, "ref int"),
];

/// A row without configuration.
pub(super) const fn row(
    family: Family,
    op: &'static str,
    title: &'static str,
    keywords: &'static str,
    sockets: &'static str,
    help: &'static str,
) -> Row {
    Row {
        op,
        title,
        family,
        keywords,
        sockets,
        help,
        extension: None,
        configuration: "",
        dynamic: &[],
    }
}

impl Row {
    pub(super) const fn of(mut self, extension: &'static str) -> Self {
        self.extension = Some(extension);
        self
    }

    pub(super) const fn with(
        mut self,
        configuration: &'static str,
        dynamic: &'static [Dynamic],
    ) -> Self {
        self.configuration = configuration;
        self.dynamic = dynamic;
        self
    }

    pub(super) fn operation(&self) -> Operation {
        let mut parts = self.sockets.split('|').map(str::trim);
        let flow_in = parts.next().unwrap_or_default();
        let values = parts.next().unwrap_or_default();
        let flow_out = parts.next().unwrap_or_default();
        let (values_in, values_out) = values.split_once('>').unwrap_or((values, ""));
        Operation {
            op: self.op.to_owned(),
            extension: self.extension.map(str::to_owned),
            title: self.title.to_owned(),
            family: self.family,
            keywords: split(self.keywords),
            help: self.help.to_owned(),
            flow_in: flow_in.split_whitespace().map(flow_socket).collect(),
            flow_out: flow_out.split_whitespace().map(flow_socket).collect(),
            values_in: values_in.split_whitespace().map(value_socket).collect(),
            values_out: values_out.split_whitespace().map(value_socket).collect(),
            configuration: self
                .configuration
                .split_whitespace()
                .map(parameter)
                .collect(),
            dynamic: self.dynamic.to_vec(),
        }
    }
}

fn flow_socket(text: &str) -> FlowSocket {
    let (id, label) = named(text);
    let label = match (&*id, text.contains('=')) {
        ("in" | "out", false) => String::new(),
        _ => label,
    };
    FlowSocket { id, label }
}

fn value_socket(text: &str) -> ValueSocket {
    let (text, replaces) = cut(text, '?');
    let (text, default) = cut(text, '~');
    let (name, types) = cut(text, ':');
    let (id, label) = named(name);
    let types = types.unwrap_or_default();
    let class = CLASSES.iter().find(|(class, ..)| *class == types);
    ValueSocket {
        id,
        label,
        types: match class {
            Some((_, _, members)) => split(members),
            None if types == "Any" => Vec::new(),
            None => types.split('/').map(str::to_owned).collect(),
        },
        group: class.and_then(|(_, group, _)| group.map(str::to_owned)),
        replaces: replaces.map(str::to_owned),
        default: components(default),
    }
}

fn parameter(text: &str) -> Parameter {
    let (name, kind) = cut(text, ':');
    let (id, label) = named(name);
    let (kind, choices) = cut(kind.unwrap_or_default(), '/');
    let (kind, default) = cut(kind, '~');
    let required = kind.ends_with('!');
    let kind = match kind.trim_end_matches('!') {
        "Variable" => ParameterKind::Variable,
        "VariableList" => ParameterKind::VariableList,
        "Event" => ParameterKind::Event,
        "TypeSignature" => ParameterKind::TypeSignature,
        "Pointer" => ParameterKind::Pointer,
        "SceneNode" => ParameterKind::SceneNode,
        "Integer" => ParameterKind::Integer,
        "IntegerList" => ParameterKind::IntegerList,
        "Boolean" => ParameterKind::Boolean,
        "Template" => ParameterKind::Template,
        _ => ParameterKind::Text,
    };
    Parameter {
        id,
        label,
        kind,
        required,
        default: components(default),
        choices: choices.map_or_else(Vec::new, |choices| {
            choices.split('/').map(str::to_owned).collect()
        }),
    }
}

/// `id` or `id=Label`.
fn named(text: &str) -> (String, String) {
    match text.split_once('=') {
        Some((id, label)) => (id.to_owned(), label.replace('_', " ")),
        None => (text.to_owned(), words::label(text)),
    }
}

fn cut(text: &str, at: char) -> (&str, Option<&str>) {
    match text.split_once(at) {
        Some((before, after)) => (before, Some(after)),
        None => (text, None),
    }
}

fn components(text: Option<&str>) -> Vec<Value> {
    let component = |text: &str| match text {
        "true" => json!(true),
        "false" => json!(false),
        _ => match text.parse::<f64>() {
            Ok(number) if number.fract() == 0.0 => json!(number as i64),
            Ok(number) if number.is_finite() => json!(number),
            _ => json!(text),
        },
    };
    text.map_or_else(Vec::new, |text| text.split(',').map(component).collect())
}

fn split(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}
