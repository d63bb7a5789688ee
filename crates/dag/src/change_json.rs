//! One change in its plain form: `{nodeId, …fields, collection, verb, was}`.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::Ipld;
use crate::json::{JsonError, ipld_from_json, ipld_to_json};

/// The verbs of a change.
const VERBS: [&str; 3] = ["put", "set", "remove"];

/// The changes of an event: one stands for itself, several under `changes`.
pub(crate) fn payload_of(changes: &[Ipld]) -> Result<Value, JsonError> {
    if let [change] = changes {
        return flatten(change);
    }
    let changes = changes.iter().map(flatten).collect::<Result<_, _>>()?;
    Ok(Value::Object(Map::from_iter([(
        "changes".to_owned(),
        Value::Array(changes),
    )])))
}

/// The reverse of [`payload_of`].
pub(crate) fn changes_of(payload: &Value) -> Result<Vec<Ipld>, JsonError> {
    match payload.get("changes") {
        Some(Value::Array(changes)) => changes.iter().map(unflatten).collect(),
        _ => Ok(vec![unflatten(payload)?]),
    }
}

/// The plain form, or the exact change under `change` where the plain form would not read back as the same.
fn flatten(change: &Ipld) -> Result<Value, JsonError> {
    if let Some(plain) = plain(change)? {
        return Ok(Value::Object(plain));
    }
    let mut exact = Map::from_iter([("change".to_owned(), ipld_to_json(change)?)]);
    if let Ipld::Map(entries) = change
        && let (Some(Ipld::String(collection)), Some(Ipld::String(id))) =
            (entries.get("collection"), entries.get("id"))
    {
        // For readers; the exact change says it again. A key that clashes names no collection anyone has.
        let key = id_key(collection);
        if !is_reserved(&key) {
            exact.insert(key, Value::String(id.clone()));
        }
    }
    Ok(Value::Object(exact))
}

fn plain(change: &Ipld) -> Result<Option<Map<String, Value>>, JsonError> {
    let Ipld::Map(entries) = change else {
        return Ok(None);
    };
    let (Some(Ipld::String(collection)), Some(Ipld::String(id))) =
        (entries.get("collection"), entries.get("id"))
    else {
        return Ok(None);
    };
    let mut verbs = VERBS
        .iter()
        .filter_map(|verb| Some((*verb, entries.get(*verb)?)));
    let (Some((verb, argument)), None) = (verbs.next(), verbs.next()) else {
        return Ok(None);
    };
    let was = entries.get("was");
    if entries.len() != 3 + usize::from(was.is_some()) {
        return Ok(None);
    }
    let no_fields = BTreeMap::new();
    let fields = match (verb, argument) {
        ("remove", Ipld::Bool(true)) => &no_fields,
        ("put" | "set", Ipld::Map(fields)) => fields,
        _ => return Ok(None),
    };
    let id_key = id_key(collection);
    if is_reserved(&id_key) || fields.keys().any(|key| *key == id_key || is_reserved(key)) {
        return Ok(None);
    }
    let mut plain = Map::new();
    for (key, value) in fields {
        plain.insert(key.clone(), ipld_to_json(value)?);
    }
    plain.insert(id_key, Value::String(id.clone()));
    plain.insert("collection".to_owned(), Value::String(collection.clone()));
    plain.insert("verb".to_owned(), Value::String(verb.to_owned()));
    if let Some(was) = was {
        plain.insert("was".to_owned(), ipld_to_json(was)?);
    }
    Ok(Some(plain))
}

fn unflatten(plain: &Value) -> Result<Ipld, JsonError> {
    if let Some(change) = plain.get("change") {
        return ipld_from_json(change);
    }
    let text = |key: &str| {
        let text = plain.get(key).and_then(Value::as_str);
        text.ok_or_else(|| JsonError::new(format!("a change has no {key:?}")))
    };
    let (collection, verb) = (text("collection")?, text("verb")?);
    let id_key = id_key(collection);
    let id = text(&id_key)?;
    let mut fields = BTreeMap::new();
    let mut change = BTreeMap::from([
        ("collection".to_owned(), Ipld::String(collection.to_owned())),
        ("id".to_owned(), Ipld::String(id.to_owned())),
    ]);
    for (key, value) in plain.as_object().into_iter().flatten() {
        if key == "was" {
            change.insert(key.clone(), ipld_from_json(value)?);
        } else if *key != id_key && !is_reserved(key) {
            fields.insert(key.clone(), ipld_from_json(value)?);
        }
    }
    let argument = match verb {
        "put" | "set" => Ipld::Map(fields),
        "remove" if fields.is_empty() => Ipld::Bool(true),
        "remove" => return Err(JsonError::new("a removal has fields".to_owned())),
        _ => {
            return Err(JsonError::new(format!(
                "{verb:?} is none of put, set and remove"
            )));
        }
    };
    change.insert(verb.to_owned(), argument);
    Ok(Ipld::Map(change))
}

/// Keys of the plain form that no field may have.
fn is_reserved(key: &str) -> bool {
    matches!(key, "collection" | "verb" | "was" | "change" | "changes")
}

/// `nodes` → `nodeId`, `entities` → `entityId`.
fn id_key(collection: &str) -> String {
    let singular = match collection.strip_suffix("ies") {
        Some(stem) => format!("{stem}y"),
        None => collection
            .strip_suffix('s')
            .unwrap_or(collection)
            .to_owned(),
    };
    singular + "Id"
}
