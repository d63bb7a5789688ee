//! Which member of a glTF object is which field of a record: one table for both directions.

use serde_json::Value as Json;

/// How the objects of one glTF list read as the records of one collection.
///
/// Members that stand here become fields, everything else goes to `source`; so a new field is a new line.
#[derive(Debug)]
pub(crate) struct Shape {
    /// The records' collection.
    pub collection: &'static str,
    /// The list in the file, as a path of members.
    pub list: &'static str,
    /// What ids start with.
    pub prefix: &'static str,
    /// What unnamed ones are called, before their number; none for records without a name.
    pub title: Option<&'static str>,
    /// Path of members in the file, and the record's field.
    pub members: &'static [(&'static str, &'static str)],
    /// Indices in the file that are record ids in documents. Paths are those of the file.
    pub links: &'static [Link],
}

/// An index that is a record id in documents.
#[derive(Debug)]
pub(crate) struct Link {
    /// Path of members; `*` is any member or item, `*Texture` any member that ends so.
    pub path: &'static str,
    /// The collection it points into.
    pub collection: &'static str,
    /// What goes when the record it names is gone: the first so many steps of the path. 0 is the whole record.
    pub scope: usize,
}

const fn link(path: &'static str, collection: &'static str, scope: usize) -> Link {
    Link {
        path,
        collection,
        scope,
    }
}

/// Nodes. Children and visibility are handled where entities are.
pub(crate) const ENTITIES: Shape = Shape {
    collection: "entities",
    list: "nodes",
    prefix: "entity",
    title: Some("Entity"),
    members: &[
        ("translation", "translation"),
        ("rotation", "rotation"),
        ("scale", "scale"),
        ("matrix", "matrix"),
        ("mesh", "mesh"),
        ("skin", "skin"),
        ("weights", "weights"),
        ("camera", "camera"),
        ("extensions/KHR_lights_punctual/light", "light"),
    ],
    links: &[
        link("mesh", "meshes", 1),
        link("skin", "skins", 1),
        link("camera", "cameras", 1),
        link("extensions/KHR_lights_punctual/light", "lights", 2),
        link(
            "extensions/EXT_mesh_gpu_instancing/attributes/*",
            "accessors",
            2,
        ),
        link("extensions/MSFT_lod/ids/*", "entities", 2),
    ],
};

/// Meshes.
pub(crate) const MESHES: Shape = Shape {
    collection: "meshes",
    list: "meshes",
    prefix: "mesh",
    title: Some("Mesh"),
    members: &[("primitives", "primitives"), ("weights", "weights")],
    links: &[
        link("primitives/*/attributes/*", "accessors", 2),
        link("primitives/*/indices", "accessors", 2),
        link("primitives/*/targets/*/*", "accessors", 2),
        link("primitives/*/material", "materials", 3),
        link(
            "primitives/*/extensions/KHR_draco_mesh_compression/bufferView",
            "views",
            2,
        ),
        link(
            "primitives/*/extensions/KHR_materials_variants/mappings/*/material",
            "materials",
            6,
        ),
    ],
};

/// Materials. Texture infos read `{texture: id, …}` instead of `{index: 3, …}`, see [`TEXTURE_INFOS`].
pub(crate) const MATERIALS: Shape = Shape {
    collection: "materials",
    list: "materials",
    prefix: "material",
    title: Some("Material"),
    members: &[
        ("pbrMetallicRoughness/baseColorFactor", "base_color"),
        (
            "pbrMetallicRoughness/baseColorTexture",
            "base_color_texture",
        ),
        ("pbrMetallicRoughness/metallicFactor", "metallic"),
        ("pbrMetallicRoughness/roughnessFactor", "roughness"),
        (
            "pbrMetallicRoughness/metallicRoughnessTexture",
            "metallic_roughness_texture",
        ),
        ("normalTexture", "normal_texture"),
        ("occlusionTexture", "occlusion_texture"),
        ("emissiveFactor", "emissive"),
        ("emissiveTexture", "emissive_texture"),
        ("alphaMode", "alpha_mode"),
        ("alphaCutoff", "alpha_cutoff"),
        ("doubleSided", "double_sided"),
    ],
    links: &[
        link("pbrMetallicRoughness/*Texture/index", "textures", 2),
        link("*Texture/index", "textures", 1),
        link("extensions/*/*Texture/index", "textures", 3),
        link("extensions/MSFT_lod/ids/*", "materials", 2),
    ],
};

/// Where texture infos stand in a material.
pub(crate) const TEXTURE_INFOS: [&str; 3] = [
    "pbrMetallicRoughness/*Texture",
    "*Texture",
    "extensions/*/*Texture",
];

/// Textures.
pub(crate) const TEXTURES: Shape = Shape {
    collection: "textures",
    list: "textures",
    prefix: "texture",
    title: Some("Texture"),
    members: &[("source", "image"), ("sampler", "sampler")],
    links: &[
        link("source", "images", 1),
        link("sampler", "samplers", 1),
        link("extensions/*/source", "images", 2),
    ],
};

/// Samplers of textures.
pub(crate) const SAMPLERS: Shape = Shape {
    collection: "samplers",
    list: "samplers",
    prefix: "sampler",
    title: Some("Sampler"),
    members: &[
        ("magFilter", "mag_filter"),
        ("minFilter", "min_filter"),
        ("wrapS", "wrap_s"),
        ("wrapT", "wrap_t"),
    ],
    links: &[],
};

/// Images. Their bytes are handled with the buffers.
pub(crate) const IMAGES: Shape = Shape {
    collection: "images",
    list: "images",
    prefix: "image",
    title: Some("Image"),
    members: &[("mimeType", "media_type"), ("bufferView", "view")],
    links: &[link("bufferView", "views", 1)],
};

/// Accessors.
pub(crate) const ACCESSORS: Shape = Shape {
    collection: "accessors",
    list: "accessors",
    prefix: "accessor",
    title: None,
    members: &[
        ("bufferView", "view"),
        ("byteOffset", "offset"),
        ("componentType", "component_type"),
        ("normalized", "normalized"),
        ("count", "count"),
        ("type", "element"),
        ("min", "min"),
        ("max", "max"),
        ("sparse", "sparse"),
    ],
    links: &[
        link("bufferView", "views", 1),
        link("sparse/indices/bufferView", "views", 1),
        link("sparse/values/bufferView", "views", 1),
    ],
};

/// Buffer views. Their bytes are handled with the buffers.
pub(crate) const VIEWS: Shape = Shape {
    collection: "views",
    list: "bufferViews",
    prefix: "view",
    title: None,
    members: &[
        ("byteLength", "length"),
        ("byteStride", "stride"),
        ("target", "target"),
    ],
    links: &[],
};

/// Cameras that see as eyes do.
pub(crate) const PERSPECTIVE_CAMERAS: Shape = Shape {
    collection: "cameras",
    list: "cameras",
    prefix: "camera",
    title: Some("Camera"),
    members: &[
        ("type", "projection"),
        ("perspective/yfov", "yfov"),
        ("perspective/aspectRatio", "aspect_ratio"),
        ("perspective/znear", "znear"),
        ("perspective/zfar", "zfar"),
    ],
    links: &[],
};

/// Cameras without foreshortening.
pub(crate) const ORTHOGRAPHIC_CAMERAS: Shape = Shape {
    members: &[
        ("type", "projection"),
        ("orthographic/xmag", "xmag"),
        ("orthographic/ymag", "ymag"),
        ("orthographic/znear", "znear"),
        ("orthographic/zfar", "zfar"),
    ],
    ..PERSPECTIVE_CAMERAS
};

/// Lights of KHR_lights_punctual.
pub(crate) const LIGHTS: Shape = Shape {
    collection: "lights",
    list: "extensions/KHR_lights_punctual/lights",
    prefix: "light",
    title: Some("Light"),
    members: &[
        ("type", "kind"),
        ("color", "color"),
        ("intensity", "intensity"),
        ("range", "range"),
        ("spot/innerConeAngle", "inner_cone_angle"),
        ("spot/outerConeAngle", "outer_cone_angle"),
    ],
    links: &[],
};

/// Skins.
pub(crate) const SKINS: Shape = Shape {
    collection: "skins",
    list: "skins",
    prefix: "skin",
    title: Some("Skin"),
    members: &[
        ("joints", "joints"),
        ("skeleton", "skeleton"),
        ("inverseBindMatrices", "inverse_bind_matrices"),
    ],
    links: &[
        link("joints/*", "entities", 0),
        link("skeleton", "entities", 1),
        link("inverseBindMatrices", "accessors", 0),
    ],
};

/// Animations. A channel without its entity stays, so that animations keep their places; it drives nothing.
pub(crate) const ANIMATIONS: Shape = Shape {
    collection: "animations",
    list: "animations",
    prefix: "animation",
    title: Some("Animation"),
    members: &[("channels", "channels"), ("samplers", "samplers")],
    links: &[
        link("channels/*/target/node", "entities", 4),
        link("samplers/*/input", "accessors", 0),
        link("samplers/*/output", "accessors", 0),
    ],
};

/// Scenes. The main one's roots follow from the entities.
pub(crate) const SCENES: Shape = Shape {
    collection: "scenes",
    list: "scenes",
    prefix: "scene",
    title: Some("Scene"),
    members: &[("nodes", "roots")],
    links: &[link("nodes/*", "entities", 2)],
};

/// Everything a scene document holds, apart from its one `properties` record; each after what it refers to, where that
/// is possible.
pub(crate) const SHAPES: [&Shape; 13] = [
    &VIEWS,
    &ACCESSORS,
    &IMAGES,
    &SAMPLERS,
    &TEXTURES,
    &MATERIALS,
    &MESHES,
    &PERSPECTIVE_CAMERAS,
    &LIGHTS,
    &ENTITIES,
    &SKINS,
    &ANIMATIONS,
    &SCENES,
];

impl Shape {
    /// The shape that a camera of that projection has; any other collection has one only.
    pub(crate) fn of(&'static self, projection: Option<&str>) -> &'static Shape {
        if self.collection == "cameras" && projection == Some("orthographic") {
            &ORTHOGRAPHIC_CAMERAS
        } else {
            self
        }
    }

    /// What the one at that place is called when nobody named it; people count from 1, files from 0, and this counts as
    /// files do, because pointers in graphs show the same number.
    pub(crate) fn fallback_name(&self, index: usize) -> Option<String> {
        self.title.map(|title| format!("{title} {index}"))
    }
}

/// Calls `visit_leaf` with every value that a [`Link`] path reaches, and the steps that lead to it.
pub(crate) fn visit(value: &mut Json, path: &str, visit_leaf: &mut Visit<'_>) {
    walk(value, path, &mut Vec::new(), visit_leaf);
}

/// What is done with a value of a [`Link`] path.
pub(crate) type Visit<'a> = dyn FnMut(&mut Json, &[String]) + 'a;

fn walk(value: &mut Json, path: &str, trail: &mut Vec<String>, visit_leaf: &mut Visit<'_>) {
    let (step, rest) = match path.split_once('/') {
        Some((step, rest)) => (step, Some(rest)),
        None => (path, None),
    };
    let mut enter = |name: String, inner: &mut Json| {
        trail.push(name);
        match rest {
            Some(rest) => walk(inner, rest, trail, visit_leaf),
            None => visit_leaf(inner, trail),
        }
        trail.pop();
    };
    match value {
        Json::Object(members) => match step.strip_prefix('*') {
            Some(ending) => {
                for (name, inner) in members
                    .iter_mut()
                    .filter(|(name, _)| name.ends_with(ending))
                {
                    enter(name.clone(), inner);
                }
            }
            None => {
                if let Some(inner) = members.get_mut(step) {
                    enter(step.to_owned(), inner);
                }
            }
        },
        Json::Array(items) if step == "*" => {
            for (index, inner) in items.iter_mut().enumerate() {
                enter(index.to_string(), inner);
            }
        }
        _ => {}
    }
}

/// Removes what stands at a trail of [`visit`], and `extensions` that this empties.
pub(crate) fn remove(value: &mut Json, trail: &[String]) {
    let Some((last, way)) = trail.split_last() else {
        return;
    };
    let mut parent = Some(&mut *value);
    for step in way {
        parent = match parent {
            Some(Json::Object(members)) => members.get_mut(step),
            Some(Json::Array(items)) => {
                let index = step.parse::<usize>().ok();
                index.and_then(|index| items.get_mut(index))
            }
            _ => None,
        };
    }
    let emptied = match parent {
        Some(Json::Object(members)) => {
            members.remove(last);
            members.is_empty()
        }
        Some(Json::Array(items)) => {
            let index = last
                .parse()
                .ok()
                .filter(|index: &usize| *index < items.len());
            if let Some(index) = index {
                items.remove(index);
            }
            items.is_empty()
        }
        _ => false,
    };
    if emptied && way.last().is_some_and(|step| step == "extensions") {
        remove(value, way);
    }
}
