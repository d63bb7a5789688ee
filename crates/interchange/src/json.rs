//! Handling of JSON that must come out as it went in.

use serde_json::{Map, Value as Json};
use wissil_model::{Record, Value};

use crate::error::{ImportError, property};

/// A JSON object.
pub(crate) type Object = Map<String, Json>;

/// The stored form of what a file carried beyond the known fields.
///
/// What a document cannot hold as a value (deeper than documents nest, integers beyond 2^53) is kept as its JSON text.
pub(crate) fn keep(json: Json) -> Value {
    match Value::try_from(json.clone()) {
        Ok(value) => value,
        Err(_) => Value::Text(json.to_string()),
    }
}

/// The opposite of [`keep`] for a record's `source`.
pub(crate) fn kept(record: &Record) -> Object {
    let json = match record.get("source") {
        Some(Value::Text(text)) => serde_json::from_str(text).unwrap_or_default(),
        Some(value) => Json::from(value),
        None => Json::Null,
    };
    match json {
        Json::Object(object) => object,
        _ => Object::new(),
    }
}

/// A field's value of a file's JSON.
pub(crate) fn value(json: Json, pointer: &str) -> Result<Value, ImportError> {
    Value::try_from(json).map_err(|error| property(pointer, error.to_string()))
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
        .ok_or_else(|| property(pointer, format!("must be the index of one of the {what}")))?;
    usize::try_from(index)
        .ok()
        .filter(|index| *index < count)
        .ok_or_else(|| {
            property(
                pointer,
                format!("names {index} of the {what}, and there are {count}"),
            )
        })
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
