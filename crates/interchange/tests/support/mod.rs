//! What the tests share: where the conformance assets stand, and a small file made here.
#![allow(dead_code, clippy::unwrap_used)]

use std::path::{Path, PathBuf};

use wissil_interchange::{ExportDocument, Exported, Imported, export, import};
use wissil_model::Cid;

/// The folder of the Khronos assets; none, said aloud, when it is not on this machine.
pub fn conformance() -> Option<PathBuf> {
    let folder = match std::env::var_os("WISSIL_CONFORMANCE_DIR") {
        Some(folder) => PathBuf::from(folder),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
    };
    // Either the data folder or what lies in it.
    let found = [folder.join("khr_interactivity"), folder.clone()]
        .into_iter()
        .find(|folder| folder.join("models").is_dir());
    // Node resolves `..` by name, so symbolic links are followed here.
    let found = found.map(|folder| folder.canonicalize().unwrap());
    if found.is_none() {
        eprintln!(
            "skipped: no Khronos assets at {}; set WISSIL_CONFORMANCE_DIR to their folder",
            folder.display()
        );
    }
    found
}

/// A folder of test files beside the Khronos assets; none, said aloud, when it is not on this machine.
pub fn data(name: &str) -> Option<PathBuf> {
    let folder = conformance()?.parent().unwrap().join(name);
    if !folder.is_dir() {
        eprintln!("skipped: no {}", folder.display());
        return None;
    }
    Some(folder)
}

/// Every file below a folder that has one of these endings.
pub fn files_below(folder: &Path, endings: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if endings
                .iter()
                .any(|ending| path.to_string_lossy().ends_with(ending))
            {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// Imports a file with what stands beside it.
pub fn import_with_side_files(path: &Path) -> Imported {
    let beside = path.parent().unwrap();
    let resolve = |name: &str| std::fs::read(beside.join(name)).map_err(|error| error.to_string());
    let name = path.file_name().unwrap().to_string_lossy();
    import(&name, &std::fs::read(path).unwrap(), &resolve)
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Every model and test graph of the conformance folder.
pub fn assets() -> Vec<PathBuf> {
    let Some(folder) = conformance() else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder.join("models")).unwrap() {
        found.push(entry.unwrap().path());
    }
    for group in std::fs::read_dir(folder.join("tests")).unwrap() {
        for entry in std::fs::read_dir(group.unwrap().path()).unwrap() {
            found.push(entry.unwrap().path());
        }
    }
    found.retain(|path| {
        let name = path.to_string_lossy();
        name.ends_with(".glb") || name.ends_with(".gltf.json")
    });
    found.sort();
    found
}

pub fn no_side_files(name: &str) -> Result<Vec<u8>, String> {
    Err(format!("there is no `{name}` in this test"))
}

pub fn import_bytes(name: &str, bytes: &[u8]) -> Imported {
    import(name, bytes, &no_side_files).unwrap_or_else(|error| panic!("{name}: {error}"))
}

pub fn import_file(path: &Path) -> Imported {
    import_bytes(
        &path.file_name().unwrap().to_string_lossy(),
        &std::fs::read(path).unwrap(),
    )
}

pub fn documents(imported: &Imported) -> Vec<ExportDocument> {
    imported
        .documents
        .iter()
        .cloned()
        .map(ExportDocument::from)
        .collect()
}

pub fn export_documents(documents: &[ExportDocument], objects: &[(Cid, Vec<u8>)]) -> Exported {
    let object = |cid: &Cid| {
        let found = objects.iter().find(|(it, _)| it == cid);
        found
            .map(|(_, bytes)| bytes.clone())
            .ok_or_else(|| "no such object".to_owned())
    };
    export(documents, &object).unwrap_or_else(|error| panic!("{error}"))
}

pub fn export_all(imported: &Imported) -> Exported {
    export_documents(&documents(imported), &imported.objects)
}

/// The JSON of a `.glb`.
pub fn json_of(glb: &[u8]) -> serde_json::Value {
    let length = u32::from_le_bytes(glb[12..16].try_into().unwrap()) as usize;
    serde_json::from_slice(&glb[20..20 + length]).unwrap()
}

/// A `.glb` of that JSON and those bytes.
pub fn glb(json: &serde_json::Value, bin: &[u8]) -> Vec<u8> {
    let mut text = serde_json::to_vec(json).unwrap();
    text.resize(text.len().next_multiple_of(4), b' ');
    let mut bin = bin.to_vec();
    bin.resize(bin.len().next_multiple_of(4), 0);
    let length = 12 + 8 + text.len() + 8 + bin.len();
    let mut glb = Vec::new();
    glb.extend_from_slice(b"glTF");
    glb.extend_from_slice(&2u32.to_le_bytes());
    glb.extend_from_slice(&(length as u32).to_le_bytes());
    glb.extend_from_slice(&(text.len() as u32).to_le_bytes());
    glb.extend_from_slice(b"JSON");
    glb.extend_from_slice(&text);
    glb.extend_from_slice(&(bin.len() as u32).to_le_bytes());
    glb.extend_from_slice(b"BIN\0");
    glb.extend_from_slice(&bin);
    glb
}

/// A file with a little of everything: a triangle, a picture, a skin, an animation, a light, and a graph.
pub fn small() -> (serde_json::Value, Vec<u8>) {
    let mut bin = Vec::new();
    for number in [0.0f32, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0, 0.0] {
        bin.extend_from_slice(&number.to_le_bytes());
    }
    for index in [0u16, 1, 2, 0] {
        bin.extend_from_slice(&index.to_le_bytes());
    }
    for time in [0.0f32, 1.0] {
        bin.extend_from_slice(&time.to_le_bytes());
    }
    for number in [0.0f32, 0.0, 0.0, 1.0, 2.0, 3.0] {
        bin.extend_from_slice(&number.to_le_bytes());
    }
    // A PNG of one pixel.
    let png: &[u8] = &[
        0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0x0d, b'I', b'H', b'D', b'R', 0,
        0, 0, 1, 0, 0, 0, 1, 8, 6, 0, 0, 0, 0x1f, 0x15, 0xc4, 0x89, 0, 0, 0, 0x0d, b'I', b'D',
        b'A', b'T', 0x78, 0x9c, 0x63, 0xf8, 0xcf, 0xc0, 0xf0, 0x1f, 0, 0x05, 0, 0x01, 0xff, 0x56,
        0xc7, 0x2f, 0x0d, 0, 0, 0, 0, b'I', b'E', b'N', b'D', 0xae, 0x42, 0x60, 0x82,
    ];
    let picture = bin.len();
    bin.extend_from_slice(png);
    let graph = serde_json::json!({
                "types": [{ "signature": "float" }, { "signature": "int" }, { "signature": "float3" }, { "signature": "bool" }],
                "variables": [{ "type": 1, "id": "count", "value": [3] }, { "type": 0 }],
                "events": [{ "id": "done", "values": { "score": { "type": 1, "value": [7] } } }],
                "declarations": [
                    { "op": "event/onStart" }, { "op": "variable/get" }, { "op": "variable/set" },
                    { "op": "math/add" }, { "op": "event/send" },
                    { "op": "event/onSelect", "extension": "KHR_node_selectability", "outputValueSockets": { "controllerIndex": { "type": 1 } } },
                    { "op": "math/combine3" }, { "op": "pointer/set" }
                ],
                "nodes": [
                    { "declaration": 4, "configuration": { "event": { "value": [0] } },
                      "values": { "score": { "node": 2, "socket": "value" } }, "flows": {} },
                    { "declaration": 1, "configuration": { "variable": { "value": [0] } }, "values": {} },
                    { "declaration": 3, "values": { "a": { "node": 1 }, "b": { "type": 1, "value": [1] } } },
                    { "declaration": 0, "flows": { "out": { "node": 4 } } },
                    { "declaration": 2, "configuration": { "variables": { "value": [0] } },
                      "values": { "0": { "node": 2, "socket": "value" } }, "flows": { "out": { "node": 0, "socket": "in" } } },
                    { "declaration": 5, "configuration": { "nodeIndex": { "value": [1] } }, "flows": { "out": { "node": 7 } } },
                    { "declaration": 6, "values": {
                        "a": { "type": 0, "value": ["NaN"] }, "b": { "type": 0, "value": ["Infinity"] }, "c": { "type": 0, "value": ["-1"] } } },
                    { "declaration": 7, "configuration": { "pointer": { "value": ["/nodes/1/translation"] }, "type": { "value": [2] } },
                      "values": { "value": { "type": 2, "value": ["-Infinity", 1, "NaN"] } } }
                ]
    });
    let json = serde_json::json!({
        "asset": { "version": "2.0", "generator": "test" },
        "extensionsUsed": ["KHR_interactivity", "KHR_lights_punctual", "KHR_materials_clearcoat", "KHR_node_visibility", "KHR_node_selectability", "VND_unknown"],
        "scene": 0,
        "scenes": [{ "nodes": [0, 3], "name": "Stage" }, { "nodes": [4] }],
        "nodes": [
            { "name": "Root", "children": [2, 1], "translation": [1, 2.5, -3] },
            { "mesh": 0, "extras": { "team": "red" } },
            { "camera": 0, "matrix": [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 5, 0, 0, 1] },
            { "name": "Lamp", "extensions": { "KHR_lights_punctual": { "light": 0 }, "KHR_node_visibility": { "visible": false } } },
            { "name": "Elsewhere", "extensions": { "VND_unknown": { "deep": [[[{ "a": 1.25 }]]] } } }
        ],
        "cameras": [{ "type": "perspective", "perspective": { "yfov": 0.8, "znear": 0.1 } }],
        "meshes": [{ "primitives": [{ "attributes": { "POSITION": 0 }, "indices": 1, "material": 0 }] }],
        "materials": [{
            "name": "Paint",
            "pbrMetallicRoughness": { "baseColorTexture": { "index": 0 }, "metallicFactor": 0 },
            "extensions": { "KHR_materials_clearcoat": { "clearcoatFactor": 0.5, "clearcoatTexture": { "index": 0 } } }
        }],
        "textures": [{ "source": 0, "sampler": 0 }],
        "samplers": [{ "wrapS": 33071 }],
        "images": [{ "bufferView": 4, "mimeType": "image/png" }],
        "animations": [{
            "channels": [{ "sampler": 0, "target": { "node": 1, "path": "translation" } }],
            "samplers": [{ "input": 2, "output": 3 }]
        }],
        "accessors": [
            { "bufferView": 0, "componentType": 5126, "count": 3, "type": "VEC3", "min": [0, 0, 0], "max": [1, 1, 0] },
            { "bufferView": 1, "componentType": 5123, "count": 3, "type": "SCALAR" },
            { "bufferView": 2, "componentType": 5126, "count": 2, "type": "SCALAR", "min": [0], "max": [1] },
            { "bufferView": 3, "componentType": 5126, "count": 2, "type": "VEC3" }
        ],
        "bufferViews": [
            { "buffer": 0, "byteLength": 36, "target": 34962 },
            { "buffer": 0, "byteOffset": 36, "byteLength": 6, "target": 34963 },
            { "buffer": 0, "byteOffset": 44, "byteLength": 8 },
            { "buffer": 0, "byteOffset": 52, "byteLength": 24 },
            { "buffer": 0, "byteOffset": picture, "byteLength": png.len() }
        ],
        "buffers": [{ "byteLength": bin.len() }],
        "extensions": {
            "KHR_lights_punctual": { "lights": [{ "type": "spot", "name": "Warm", "color": [1, 0.5, 0.25], "spot": { "outerConeAngle": 0.5 } }] },
            "KHR_interactivity": { "graph": 0, "graphs": [graph] }
        }
    });
    (json, bin)
}
