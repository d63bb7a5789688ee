//! Typed values of graphs: what older files write, and what the current Specification takes.

use serde_json::Value as Json;
use wissil_model::{Literal, Value};

use crate::json;

/// How many components a type of the Specification has; none for custom types.
pub(crate) fn components(signature: &str) -> Option<usize> {
    Some(match signature {
        "bool" | "int" | "float" | "ref" => 1,
        "float2" => 2,
        "float3" => 3,
        "float4" | "float2x2" => 4,
        "float3x3" => 9,
        "float4x4" => 16,
        _ => return None,
    })
}

/// Whether a type's components are floats.
fn is_float(signature: &str) -> bool {
    signature.starts_with("float") && components(signature).is_some()
}

/// The normal form of what a file says.
///
/// Older files write numbers as texts (`"-1"`) and numbers that JSON lacks as `"NaN"`, `"Infinity"`, `"-Infinity"`. The
/// first become numbers; a value that is all NaN is its type's default, so it is none.
pub(crate) fn normal(signature: &str, components: Vec<Value>) -> Literal {
    let numeric = is_float(signature) || signature == "int";
    let value: Vec<Value> = components
        .into_iter()
        .map(|component| match &component {
            Value::Text(text) if numeric => match text.trim() {
                "Inf" | "+Infinity" => Value::text("Infinity"),
                "-Inf" => Value::text("-Infinity"),
                trimmed => match trimmed.parse::<f64>() {
                    Ok(number) => Value::from(number),
                    Err(_) => component,
                },
            },
            Value::Text(text) if signature == "bool" && text == "true" => Value::Bool(true),
            Value::Text(text) if signature == "bool" && text == "false" => Value::Bool(false),
            _ => component,
        })
        .collect();
    let all_nan = is_float(signature)
        && value
            .iter()
            .all(|component| component.as_text() == Some("NaN"));
    Literal {
        signature: signature.to_owned(),
        value: if all_nan { Vec::new() } else { value },
    }
}

/// How a literal is written.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Written {
    /// Without a value: the type's default.
    Default,
    /// As it stands.
    Inline(Vec<Json>),
    /// It has components that JSON lacks: nodes must make it.
    Computed(Vec<f64>),
    /// It is not a value of its type, so its default stands for it.
    Unfit,
}

/// The form the Specification takes (section *Inline Value Object Validation*).
pub(crate) fn write(literal: &Literal) -> Written {
    let Literal { signature, value } = literal;
    if value.is_empty() {
        return Written::Default;
    }
    let Some(count) = components(signature) else {
        return Written::Inline(value.iter().map(json::back).collect());
    };
    if value.len() != count {
        return Written::Unfit;
    }
    let fits = match signature.as_str() {
        "bool" => value.iter().all(|component| component.as_bool().is_some()),
        "int" => value.iter().all(|component| {
            component.as_number().is_some_and(|number| {
                number.fract() == 0.0
                    && (f64::from(i32::MIN)..=f64::from(i32::MAX)).contains(&number)
            })
        }),
        "ref" => value
            .iter()
            .all(|component| component.as_text().is_some_and(is_pointer)),
        _ => {
            let numbers: Option<Vec<f64>> = value.iter().map(number).collect();
            return match numbers {
                None => Written::Unfit,
                Some(numbers) if numbers.iter().all(|number| number.is_nan()) => Written::Default,
                Some(numbers) if numbers.iter().all(|number| number.is_finite()) => {
                    Written::Inline(value.iter().map(Json::from).collect())
                }
                Some(numbers) => Written::Computed(numbers),
            };
        }
    };
    if fits {
        Written::Inline(value.iter().map(Json::from).collect())
    } else {
        Written::Unfit
    }
}

/// The nearest numbers that JSON has, for places where no node can compute a value.
pub(crate) fn nearest(numbers: &[f64]) -> Vec<Json> {
    numbers
        .iter()
        .map(|number| {
            if number.is_nan() {
                0.0
            } else {
                number.clamp(f64::MIN, f64::MAX)
            }
        })
        .map(Json::from)
        .collect()
}

fn number(component: &Value) -> Option<f64> {
    match component {
        Value::Number(number) => Some(*number),
        Value::Text(text) => match text.as_str() {
            "NaN" => Some(f64::NAN),
            "Infinity" => Some(f64::INFINITY),
            "-Infinity" => Some(f64::NEG_INFINITY),
            _ => None,
        },
        _ => None,
    }
}

/// Whether a text is a JSON pointer (RFC 6901).
fn is_pointer(text: &str) -> bool {
    (text.is_empty() || text.starts_with('/'))
        && text
            .split('~')
            .skip(1)
            .all(|after| after.starts_with(['0', '1']))
}
