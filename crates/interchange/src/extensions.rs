//! Which extensions a file uses.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use crate::json::Object;

/// Lists every extension that the file uses as used.
pub(crate) fn complete_extensions(root: &mut Object) {
    let mut used = BTreeSet::new();
    for (member, inner) in root.iter() {
        if member == "extensions" {
            collect_names(inner, &mut used);
        } else if member != "extras" {
            collect(inner, &mut used);
        }
    }
    let mut list: Vec<Json> = match root.remove("extensionsUsed") {
        Some(Json::Array(list)) => list,
        _ => Vec::new(),
    };
    let required = root.get("extensionsRequired").and_then(Json::as_array);
    used.extend(
        required
            .into_iter()
            .flatten()
            .filter_map(Json::as_str)
            .map(str::to_owned),
    );
    for name in used {
        if !list.iter().any(|listed| listed.as_str() == Some(&name)) {
            list.push(name.into());
        }
    }
    if !list.is_empty() {
        root.insert("extensionsUsed".into(), list.into());
    }
}

fn collect(json: &Json, used: &mut BTreeSet<String>) {
    match json {
        Json::Array(items) => items.iter().for_each(|item| collect(item, used)),
        Json::Object(members) => {
            for (member, inner) in members {
                match member.as_str() {
                    "extras" => {}
                    "extensions" => collect_names(inner, used),
                    // A graph's declaration names the extension of its operation.
                    "extension" if members.contains_key("op") => {
                        used.extend(inner.as_str().map(str::to_owned))
                    }
                    _ => collect(inner, used),
                }
            }
        }
        _ => {}
    }
}

fn collect_names(extensions: &Json, used: &mut BTreeSet<String>) {
    for (name, extension) in extensions.as_object().into_iter().flatten() {
        used.insert(name.clone());
        collect(extension, used);
    }
}
