//! Files as such: what belongs to one, what is left out, and what cannot be written.

use serde_json::json;
use wissil_interchange::{ExportDocument, ExportError, export, import};
use wissil_model::{Cid, DocumentKind};

use crate::project::{Project, edit, noted};
use crate::support::{no_side_files, small};

#[test]
fn side_files_and_data_uris_become_one_file() {
    let (mut json, bin) = small();
    let picture = bin[84..].to_vec();
    json["buffers"][0]["uri"] = json!("parts/the%20buffer.bin");
    json["images"][0] = json!({ "uri": "data:image/png;base64,iVBORw0KGgo=" });
    json["images"]
        .as_array_mut()
        .unwrap()
        .push(json!({ "uri": "skin.png", "name": "Skin" }));
    let text = serde_json::to_vec(&json).unwrap();
    let resolve = |name: &str| match name {
        "parts/the buffer.bin" => Ok(bin.clone()),
        "skin.png" => Ok(picture.clone()),
        other => Err(format!("unexpected {other}")),
    };
    let imported = import("folder/small.gltf", &text, &resolve).unwrap();
    assert_eq!(imported.name, "small");
    let project = Project::of(&imported);
    let (_, json) = project.check(|_, _, _| {});
    assert_eq!(json["buffers"].as_array().unwrap().len(), 1);
    assert_eq!(json["bufferViews"].as_array().unwrap().len(), 7);
    assert_eq!(json["images"][1]["mimeType"], "image/png");
    assert!(json["images"][1].get("uri").is_none());
}

#[test]
fn errors_say_what_to_do() {
    let project = Project::small();
    let missing = export(&project.documents, &|_| Err("it is on another disk".into())).unwrap_err();
    assert!(
        missing.to_string().contains("it is on another disk"),
        "{missing}"
    );
    let mut doubled = Project::small();
    let scene = doubled.scene().clone();
    doubled.documents.push(scene);
    assert!(matches!(
        export(&doubled.documents, &|_| Ok(Vec::new())),
        Err(ExportError::TwoScenes { .. })
    ));
    let mut wrong = Project::small();
    edit(wrong.graph_of(), "nodes", "node_0", "op", 7.0);
    let error = export_error(&wrong);
    assert!(
        error.contains("record `node_0` of `small graph`: its field `op` must be a text"),
        "{error}"
    );
}

#[test]
fn a_manifest_is_left_out() {
    let mut project = Project::small();
    project.documents.push(ExportDocument {
        name: "Session".into(),
        kind: DocumentKind::MANIFEST,
        records: Vec::new(),
    });
    assert!(noted(&project.export(), "`Session` was left out"));
}

#[test]
fn files_without_bytes_say_so() {
    let (mut json, _) = small();
    json["buffers"][0]["byteLength"] = json!(1_000);
    let imported = import(
        "small.gltf",
        &serde_json::to_vec(&json).unwrap(),
        &no_side_files,
    )
    .unwrap();
    assert!(imported.notes.iter().any(|note| {
        note.message
            .contains("does not bring this buffer's 1000 bytes")
    }));
    let object = imported.documents[0]
        .records
        .iter()
        .find(|it| it.0 == "views")
        .unwrap()
        .2
        .get("object")
        .cloned();
    assert_eq!(object, None);
    Project::of(&imported).check(|_, _, _| {});
}

fn export_error(project: &Project) -> String {
    let object = |cid: &Cid| {
        let found = project.objects.iter().find(|(it, _)| it == cid);
        found
            .map(|(_, bytes)| bytes.clone())
            .ok_or_else(|| "gone".to_owned())
    };
    export(&project.documents, &object).unwrap_err().to_string()
}
