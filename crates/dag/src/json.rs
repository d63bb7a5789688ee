//! IPLD values as JSON, after the dag-json specification: bytes are `{"/": {"bytes": base64}}`, links
//! `{"/": cid}`. Two additions make it lossless: an integer beyond JSON's 64 bits is `{"/": {"integer": text}}`, and
//! a map that would read as one of these is `{"/": {"map": {…}}}`.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use serde_json::{Map, Number, Value};

use crate::scan::MAX_DEPTH;
use crate::{Cid, Ipld};

/// A JSON value that stands for no IPLD value, or the reverse.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct JsonError(String);

impl JsonError {
    pub(crate) fn new(message: String) -> Self {
        Self(message)
    }
}

/// Writes a value as JSON.
///
/// # Errors
/// When it holds a float that is not finite or nests too deep.
pub fn ipld_to_json(value: &Ipld) -> Result<Value, JsonError> {
    to_json(value, MAX_DEPTH)
}

/// Reads a value from JSON. An integer is an integer and `1.0` is a float.
///
/// # Errors
/// When a `{"/": …}` is none of the known forms or it nests too deep.
pub fn ipld_from_json(value: &Value) -> Result<Ipld, JsonError> {
    from_json(value, MAX_DEPTH)
}

/// Standard base64, unpadded as dag-json asks; read with or without padding.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_encode_padding(false)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

pub(crate) fn to_base64(bytes: &[u8]) -> String {
    BASE64.encode(bytes)
}

pub(crate) fn from_base64(text: &str) -> Result<Vec<u8>, JsonError> {
    BASE64
        .decode(text)
        .map_err(|_| JsonError("a text in it is not in base64".into()))
}

fn to_json(value: &Ipld, depth: usize) -> Result<Value, JsonError> {
    Ok(match value {
        Ipld::Null => Value::Null,
        Ipld::Bool(value) => Value::Bool(*value),
        Ipld::Integer(value) => match Number::from_i128(*value) {
            Some(number) => Value::Number(number),
            None => special("integer", Value::String(value.to_string())),
        },
        Ipld::Float(value) => Number::from_f64(*value)
            .map(Value::Number)
            .ok_or_else(|| JsonError(format!("{value} has no JSON form")))?,
        Ipld::String(text) => Value::String(text.clone()),
        Ipld::Bytes(bytes) => special("bytes", Value::String(to_base64(bytes))),
        Ipld::Link(cid) => slash(Value::String(cid.to_string())),
        Ipld::List(items) => {
            let depth = deeper(depth)?;
            Value::Array(
                items
                    .iter()
                    .map(|item| to_json(item, depth))
                    .collect::<Result<_, _>>()?,
            )
        }
        Ipld::Map(entries) => {
            let map = Value::Object(entries_to_json(entries, deeper(depth)?)?);
            if entries.len() == 1 && entries.contains_key("/") {
                special("map", map)
            } else {
                map
            }
        }
    })
}

fn entries_to_json(
    entries: &BTreeMap<String, Ipld>,
    depth: usize,
) -> Result<Map<String, Value>, JsonError> {
    entries
        .iter()
        .map(|(key, value)| Ok((key.clone(), to_json(value, depth)?)))
        .collect()
}

fn from_json(value: &Value, depth: usize) -> Result<Ipld, JsonError> {
    Ok(match value {
        Value::Null => Ipld::Null,
        Value::Bool(value) => Ipld::Bool(*value),
        Value::Number(number) => match (number.as_i128(), number.as_f64()) {
            (Some(integer), _) => Ipld::Integer(integer),
            (None, Some(float)) => Ipld::Float(float),
            (None, None) => return Err(JsonError(format!("{number} is no number"))),
        },
        Value::String(text) => Ipld::String(text.clone()),
        Value::Array(items) => {
            let depth = deeper(depth)?;
            Ipld::List(
                items
                    .iter()
                    .map(|item| from_json(item, depth))
                    .collect::<Result<_, _>>()?,
            )
        }
        Value::Object(entries) => match entries.get("/") {
            Some(inner) if entries.len() == 1 => special_from_json(inner, depth)?,
            _ => Ipld::Map(entries_from_json(entries, deeper(depth)?)?),
        },
    })
}

fn special_from_json(inner: &Value, depth: usize) -> Result<Ipld, JsonError> {
    let unknown =
        || JsonError("{\"/\": …} is neither a link, bytes, an integer nor a map".to_owned());
    let entries = match inner {
        Value::String(text) => {
            let cid = Cid::try_from(text.as_str())
                .map_err(|error| JsonError(format!("{text:?} is no CID: {error}")))?;
            return Ok(Ipld::Link(cid));
        }
        Value::Object(entries) if entries.len() == 1 => entries,
        _ => return Err(unknown()),
    };
    match entries
        .iter()
        .next()
        .map(|(key, value)| (key.as_str(), value))
    {
        Some(("bytes", Value::String(text))) => Ok(Ipld::Bytes(from_base64(text)?)),
        Some(("integer", Value::String(text))) => text
            .parse()
            .map(Ipld::Integer)
            .map_err(|error| JsonError(format!("{text:?} is no integer: {error}"))),
        Some(("map", Value::Object(entries))) => {
            Ok(Ipld::Map(entries_from_json(entries, deeper(depth)?)?))
        }
        _ => Err(unknown()),
    }
}

fn entries_from_json(
    entries: &Map<String, Value>,
    depth: usize,
) -> Result<BTreeMap<String, Ipld>, JsonError> {
    entries
        .iter()
        .map(|(key, value)| Ok((key.clone(), from_json(value, depth)?)))
        .collect()
}

fn slash(value: Value) -> Value {
    Value::Object(Map::from_iter([("/".to_owned(), value)]))
}

fn special(name: &str, value: Value) -> Value {
    slash(Value::Object(Map::from_iter([(name.to_owned(), value)])))
}

fn deeper(depth: usize) -> Result<usize, JsonError> {
    depth
        .checked_sub(1)
        .ok_or_else(|| JsonError(format!("nests deeper than {MAX_DEPTH}")))
}
