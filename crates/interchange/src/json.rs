//! Handling of JSON that must come out as it went in.

use serde_json::{Map, Value as Json};
use wissil_model::{Record, Value};

use crate::error::{ImportError, property};

/// A JSON object.
pub(crate) type Object = Map<String, Json>;

/// What stands for JSON that a document cannot hold as a value: `{"$json": its text}`.
const AS_TEXT: &str = "$json";

/// How deep lists and objects stand as they are; what is deeper stands as text. Documents nest three levels deeper, of
/// which the text takes one, and what the value stands in (a literal in a field, say) the others.
const MAX_PLAIN_DEPTH: usize = wissil_model::MAX_DEPTH - 3;

/// The stored form of what a file carried beyond the known fields.
pub(crate) fn keep(json: Json) -> Value {
    value(json)
}

/// The opposite of [`keep`] for a record's `source`, which older projects hold as text where it is deep.
pub(crate) fn kept(record: &Record) -> Object {
    let json = match record.get("source") {
        Some(Value::Text(text)) => serde_json::from_str(text).unwrap_or_default(),
        Some(value) => back(value),
        None => Json::Null,
    };
    match json {
        Json::Object(object) => object,
        _ => Object::new(),
    }
}

/// A field's value of a file's JSON, of which nothing is lost: see [`back`].
pub(crate) fn value(json: Json) -> Value {
    value_at(json, 0)
}

fn value_at(json: Json, depth: usize) -> Value {
    let is_plain = match &json {
        Json::Number(number) => number.is_f64() || Value::try_from(json.clone()).is_ok(),
        Json::Array(items) => items.is_empty() || depth < MAX_PLAIN_DEPTH,
        Json::Object(members) => {
            (members.is_empty() || depth < MAX_PLAIN_DEPTH) && escaped(members).is_none()
        }
        _ => true,
    };
    if !is_plain {
        return Value::Map([(AS_TEXT.to_owned(), Value::Text(json.to_string()))].into());
    }
    match json {
        Json::Array(items) => Value::List(
            items
                .into_iter()
                .map(|it| value_at(it, depth + 1))
                .collect(),
        ),
        Json::Object(members) => Value::Map(
            members
                .into_iter()
                .map(|(name, member)| (name, value_at(member, depth + 1)))
                .collect(),
        ),
        plain => Value::try_from(plain).unwrap_or_default(),
    }
}

/// The JSON that a value stands for; the opposite of [`value`].
pub(crate) fn back(value: &Value) -> Json {
    match value {
        Value::List(items) => items.iter().map(back).collect(),
        Value::Map(members) => {
            let text = match members.len() {
                1 => members.get(AS_TEXT).and_then(Value::as_text),
                _ => None,
            };
            if let Some(json) = text.and_then(|text| serde_json::from_str(text).ok()) {
                return json;
            }
            let members = members.iter();
            Json::Object(
                members
                    .map(|(name, member)| (name.clone(), back(member)))
                    .collect(),
            )
        }
        plain => plain.into(),
    }
}

/// The text of an object that looks as if it stood for other JSON.
fn escaped(members: &Object) -> Option<&str> {
    match members.len() {
        1 => members.get(AS_TEXT)?.as_str(),
        _ => None,
    }
}

/// The object at a place.
pub(crate) fn object<'a>(json: &'a Json, pointer: &str) -> Result<&'a Object, ImportError> {
    json.as_object()
        .ok_or_else(|| property(pointer, "must be an object"))
}

/// The list under a member; empty when absent.
pub(crate) fn list<'a>(
    parent: &'a Object,
    member: &str,
    pointer: &str,
) -> Result<&'a [Json], ImportError> {
    match parent.get(member) {
        None => Ok(&[]),
        Some(Json::Array(items)) => Ok(items),
        Some(_) => Err(property(format!("{pointer}/{member}"), "must be a list")),
    }
}

/// The entries of the object under a member; empty when absent.
pub(crate) fn entries<'a>(
    parent: &'a Object,
    member: &str,
    pointer: &str,
) -> Result<impl Iterator<Item = (&'a String, &'a Json)>, ImportError> {
    let object = match parent.get(member) {
        None => None,
        Some(Json::Object(object)) => Some(object),
        Some(_) => return Err(property(format!("{pointer}/{member}"), "must be an object")),
    };
    Ok(object.into_iter().flatten())
}

/// The text under a member.
pub(crate) fn text<'a>(
    parent: &'a Object,
    member: &str,
    pointer: &str,
) -> Result<Option<&'a str>, ImportError> {
    match parent.get(member) {
        None => Ok(None),
        Some(Json::String(text)) => Ok(Some(text)),
        Some(_) => Err(property(format!("{pointer}/{member}"), "must be a text")),
    }
}

/// The whole number, 0 or greater, that a value is; `2.0` and `0.2e1` are two.
pub(crate) fn whole(json: &Json) -> Option<u64> {
    json.as_u64().or_else(|| {
        let number = json.as_f64()?;
        (number.fract() == 0.0 && (0.0..9_007_199_254_740_992.0).contains(&number))
            .then_some(number as u64)
    })
}

/// The whole number, 0 or greater, under a member.
pub(crate) fn natural(
    parent: &Object,
    member: &str,
    pointer: &str,
) -> Result<Option<u64>, ImportError> {
    match parent.get(member) {
        None => Ok(None),
        Some(json) => whole(json).map(Some).ok_or_else(|| {
            property(
                format!("{pointer}/{member}"),
                "must be a whole number, 0 or greater",
            )
        }),
    }
}

/// An index into a list of `count` items.
pub(crate) fn index(
    json: &Json,
    count: usize,
    what: &str,
    pointer: &str,
) -> Result<usize, ImportError> {
    let index = whole(json)
        .ok_or_else(|| property(pointer, format!("must be the number of one of the {what}")))?;
    usize::try_from(index)
        .ok()
        .filter(|index| *index < count)
        .ok_or_else(|| property(pointer, out_of_range(index, count, what)))
}

fn out_of_range(index: u64, count: usize, what: &str) -> String {
    match count {
        0 => format!("is {index}, and the file has no {what}"),
        1 => format!("is {index}, and the file has only one of the {what}, number 0"),
        _ => format!(
            "is {index}, and the {what} are numbered from 0 to {}",
            count - 1
        ),
    }
}

/// Takes the value at a path of members (`perspective/yfov`) out; objects this empties go too.
pub(crate) fn take(object: &mut Object, path: &str) -> Option<Json> {
    match path.split_once('/') {
        None => object.remove(path),
        Some((head, rest)) => {
            let inner = object.get_mut(head)?.as_object_mut()?;
            let taken = take(inner, rest)?;
            if inner.is_empty() {
                object.remove(head);
            }
            Some(taken)
        }
    }
}

/// Puts a value at a path of members, making the objects on the way.
pub(crate) fn put(object: &mut Object, path: &str, json: Json) {
    match path.split_once('/') {
        None => {
            object.insert(path.to_owned(), json);
        }
        Some((head, rest)) => {
            let inner = object.entry(head).or_insert_with(|| Object::new().into());
            if !inner.is_object() {
                *inner = Object::new().into();
            }
            if let Some(inner) = inner.as_object_mut() {
                put(inner, rest, json);
            }
        }
    }
}

/// A member's name inside a JSON pointer (RFC 6901).
pub(crate) fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
