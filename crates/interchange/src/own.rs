//! What an exported file carries for this application alone, under `extras.wissil` of the object it belongs to.
//!
//! Ids of records that do not follow from their place, positions on the canvas, comments. Other programs ignore it, and
//! it is written only where import could not tell it otherwise.

use serde_json::Value as Json;
use wissil_model::RecordId;

use crate::json::Object;

const MEMBER: &str = "wissil";

/// Takes our part out of an object's extras.
pub(crate) fn take(object: &mut Object) -> Object {
    let Some(extras) = object.get_mut("extras").and_then(Json::as_object_mut) else {
        return Object::new();
    };
    let own = extras.remove(MEMBER);
    let emptied = own.is_some() && extras.is_empty();
    if emptied {
        object.remove("extras");
    }
    match own {
        Some(Json::Object(own)) => own,
        _ => Object::new(),
    }
}

/// Our part of an object's extras, left where it is.
pub(crate) fn peek<'a>(json: &'a Json, member: &str) -> Option<&'a Json> {
    json.get("extras")?.get(MEMBER)?.get(member)
}

/// Puts our part into an object's extras; false when the source's extras leave no room (they are not an object).
#[must_use]
pub(crate) fn put(object: &mut Object, own: Object) -> bool {
    if own.is_empty() {
        return true;
    }
    let extras = object
        .entry("extras")
        .or_insert_with(|| Object::new().into());
    match extras.as_object_mut() {
        Some(extras) => {
            extras.insert(MEMBER.to_owned(), own.into());
            true
        }
        None => false,
    }
}

/// The records' ids of a list: what its items say, else `prefix_index`; never one id twice.
pub(crate) fn ids(items: &[Json], prefix: &str) -> Vec<RecordId> {
    named(items.iter().map(|item| peek(item, "id")), |index| {
        format!("{prefix}_{index}")
    })
}

/// Ids from what a file says and what stands in for it; never one id twice.
pub(crate) fn named<'a>(
    said: impl Iterator<Item = Option<&'a Json>>,
    usual: impl Fn(usize) -> String,
) -> Vec<RecordId> {
    let mut taken = std::collections::HashSet::new();
    let said: Vec<Option<RecordId>> = said
        .map(|said| {
            let id = RecordId::from(said?.as_str()?);
            (id.is_valid() && taken.insert(id.clone())).then_some(id)
        })
        .collect();
    said.into_iter()
        .enumerate()
        .map(|(index, said)| {
            said.unwrap_or_else(|| {
                let usual = usual(index);
                let id = std::iter::once(usual.clone())
                    .chain((2..).map(|round: u32| format!("{usual}_{round}")))
                    .map(RecordId::from)
                    .find(|id| !taken.contains(id))
                    .unwrap_or_else(|| RecordId::from(usual));
                taken.insert(id.clone());
                id
            })
        })
        .collect()
}
