//! How a scene is shown, of which glTF says nothing: it travels under `extras.wissil.looks` of the root object.

use serde_json::Value as Json;
use wissil_model::{DocumentKind, Record};

use crate::json::{self, Object};
use crate::own;

/// The member that holds it.
const LOOKS: &str = "looks";

/// The fields of the scene's properties that say it.
const FIELDS: [&str; 5] = [
    "exposure",
    "tone_mapping",
    "environment",
    "environment_intensity",
    "environment_rotation",
];

/// Takes it from the root object into the scene's properties. What is not what the field holds is left out.
pub(crate) fn take(root: &mut Object, properties: &mut Record) {
    let Some(Json::Object(mut looks)) = own::take(root).remove(LOOKS) else {
        return;
    };
    let schema = DocumentKind::SCENE.schema().collection("properties");
    for field in FIELDS {
        let Some(value) = looks.remove(field) else {
            continue;
        };
        let mut alone = Record::new();
        alone.set(field, json::value(value));
        if let Some(value) = alone.get(field)
            && schema.is_some_and(|schema| schema.check(&alone).is_ok())
        {
            properties.set(field, value.clone());
        }
    }
}

/// Puts it into the root object; what a player is told of it.
pub(crate) fn put(root: &mut Object, properties: &Record, notes: &mut Vec<String>) {
    let looks: Object = FIELDS
        .into_iter()
        .filter_map(|field| Some((field.to_owned(), json::back(properties.get(field)?))))
        .collect();
    if looks.is_empty() {
        return;
    }
    let own = Object::from_iter([(LOOKS.to_owned(), looks.into())]);
    notes.push(match own::put(root, own) {
        true => "exposure, tone mapping and environment are kept for WISSIL; other players show the scene in their own light"
            .to_owned(),
        false => "exposure, tone mapping and environment are left out: the file's own extras are no object, so there is no room for them"
            .to_owned(),
    });
}
