//! Which extensions a file uses.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use crate::json::Object;

/// Extensions whose members have fields, or whose references are kept right.
pub(crate) const UNDERSTOOD: [&str; 14] = [
    "KHR_lights_punctual",
    "KHR_node_visibility",
    "KHR_interactivity",
    "KHR_animation_pointer",
    "KHR_texture_transform",
    "KHR_texture_basisu",
    "EXT_texture_webp",
    "EXT_texture_avif",
    "KHR_draco_mesh_compression",
    "EXT_meshopt_compression",
    "KHR_meshopt_compression",
    "EXT_mesh_gpu_instancing",
    "KHR_materials_variants",
    "MSFT_lod",
];

/// Extensions that are kept as they are and, by their texts, refer to nothing but textures.
const WITHOUT_REFERENCES: [&str; 4] = [
    "KHR_mesh_quantization",
    "KHR_node_hoverability",
    "KHR_node_selectability",
    "KHR_xmp_json_ld",
];

/// The extensions of a file that may refer to its objects by number in ways that nobody here knows.
pub(crate) fn may_count(root: &Object) -> Vec<String> {
    let used = root.get("extensionsUsed").and_then(Json::as_array);
    used.into_iter()
        .flatten()
        .filter_map(Json::as_str)
        .filter(|name| {
            !(UNDERSTOOD.contains(name)
                || WITHOUT_REFERENCES.contains(name)
                || name.starts_with("KHR_materials_"))
        })
        .map(str::to_owned)
        .collect()
}

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
