//! Entities, materials, meshes and what they name: added, changed and taken away.

use serde_json::json;
use wissil_model::kinds::scene::{Accessor, Entity, Material, Mesh, View};
use wissil_model::{DocumentKind, Record, Value, cid_of};

use crate::project::{Project, edit, graph, noted, put, remove, without_places};
use crate::support::{export_all, glb, import_bytes, json_of, small};

#[test]
fn a_deleted_entity_leaves_its_place_free() {
    let mut project = Project::small();
    remove(project.scene(), "entities", "entity_1");
    let exported = project.export();
    let json = json_of(&exported.glb);
    assert_eq!(
        json["nodes"][1],
        json!({ "extras": { "wissil": { "placeholder": true } } })
    );
    assert_eq!(json["nodes"][0]["children"], json!([2]));
    assert_eq!(json["nodes"][3]["name"], "Lamp");
    assert_eq!(
        json["animations"][0]["channels"][0]["target"],
        json!({ "path": "translation" })
    );
    assert!(noted(&exported, "channels/0/target/node"));
    // What hung on it is noted and let go; nothing else changes.
    let again = import_bytes("small.glb", &exported.glb);
    let entities: Vec<_> = again.documents[0]
        .records
        .iter()
        .filter(|it| it.0 == "entities")
        .map(|it| it.1.to_string())
        .collect();
    assert_eq!(entities, ["entity_0", "entity_2", "entity_3", "entity_4"]);
}

#[test]
fn new_records_come_last_and_keep_their_ids() {
    let mut project = Project::small();
    let entity = Record::new()
        .with("name", "Crate")
        .with("parent", "entity_0")
        .with("order", 1.5)
        .with("mesh", "01MESH")
        .with("locked", true);
    put(project.scene(), "entities", "01ENTITY", entity);
    put(
        project.scene(),
        "meshes",
        "01MESH",
        Record::new().with("name", "Box").with(
            "primitives",
            Value::try_from(
                json!([{ "attributes": { "POSITION": "accessor_0" }, "material": "01MATERIAL" }]),
            )
            .unwrap(),
        ),
    );
    let mut paint = Record::new().with("name", "New paint");
    paint.set(
        "base_color_texture",
        Value::try_from(json!({ "texture": "texture_0", "texCoord": 1 })).unwrap(),
    );
    put(project.scene(), "materials", "01MATERIAL", paint);
    let (_, json) = project.check(without_places);
    assert_eq!(json["nodes"][5]["name"], "Crate");
    assert_eq!(json["nodes"][5]["mesh"], 1);
    assert_eq!(json["nodes"][0]["children"], json!([2, 1, 5]));
    assert_eq!(
        json["meshes"][1]["primitives"][0],
        json!({ "attributes": { "POSITION": 0 }, "material": 1 })
    );
    assert_eq!(
        json["materials"][1]["pbrMetallicRoughness"]["baseColorTexture"],
        json!({ "index": 0, "texCoord": 1 })
    );
}

#[test]
fn typed_records_of_editors_export_as_valid_gltf() {
    let mut project = Project::small();
    for (collection, id, record) in project.scene().records.clone() {
        let typed = match collection.as_str() {
            "entities" => Entity::from_record(&record).unwrap().to_record(),
            "materials" => Material::from_record(&record).unwrap().to_record(),
            "meshes" => Mesh::from_record(&record).unwrap().to_record(),
            "accessors" => Accessor::from_record(&record).unwrap().to_record(),
            "views" => View::from_record(&record).unwrap().to_record(),
            _ => record,
        };
        put(project.scene(), &collection, id.as_str(), typed);
    }
    let json = json_of(&project.export().glb);
    // Defaults are written out, except where that is not allowed or means another extension.
    assert!(json["nodes"][2].get("matrix").is_some());
    assert!(json["nodes"][2].get("translation").is_none());
    assert!(json["nodes"][0].get("extensions").is_none());
    assert_eq!(
        json["nodes"][3]["extensions"]["KHR_node_visibility"]["visible"],
        false
    );
}

#[test]
fn names_are_not_invented_and_not_lost() {
    let mut project = Project::small();
    let json = json_of(&project.export().glb);
    assert!(json["nodes"][1].get("name").is_none());
    assert!(graph(&json).get("name").is_none());
    edit(project.scene(), "entities", "entity_1", "name", "Triangle");
    project.graph_of().name = "Rules".into();
    let json = json_of(&project.export().glb);
    assert_eq!(json["nodes"][1]["name"], "Triangle");
    assert_eq!(graph(&json)["name"], "Rules");

    let mut file = small();
    file.0["nodes"][1]["name"] = json!("Entity 1");
    let json = json_of(&export_all(&import_bytes("small.glb", &glb(&file.0, &file.1))).glb);
    assert_eq!(json["nodes"][1]["name"], "Entity 1");
}

#[test]
fn a_deleted_texture_goes_from_every_extension() {
    let mut project = Project::small();
    remove(project.scene(), "textures", "texture_0");
    let json = json_of(&project.export().glb);
    assert_eq!(
        json["materials"][0],
        json!({
            "name": "Paint",
            "pbrMetallicRoughness": { "metallicFactor": 0 },
            "extensions": { "KHR_materials_clearcoat": { "clearcoatFactor": 0.5 } }
        })
    );
}

#[test]
fn a_deleted_light_takes_its_extension_along() {
    let mut project = Project::small();
    remove(project.scene(), "lights", "light_0");
    edit(project.scene(), "entities", "entity_3", "visible", true);
    edit(
        project.scene(),
        "entities",
        "entity_3",
        "source",
        Value::Null,
    );
    let json = json_of(&project.export().glb);
    assert_eq!(json["nodes"][3], json!({ "name": "Lamp" }));
}

#[test]
fn a_mesh_without_its_accessor_goes_and_is_noted() {
    let mut project = Project::small();
    remove(project.scene(), "accessors", "accessor_0");
    let exported = project.export();
    let json = json_of(&exported.glb);
    assert!(json.get("meshes").is_none());
    assert!(json["nodes"][1].get("mesh").is_none());
    assert!(noted(&exported, "`mesh_0` was left out"));
    import_bytes("small.glb", &exported.glb);
}

#[test]
fn parents_in_a_circle_are_cut() {
    let mut project = Project::small();
    edit(
        project.scene(),
        "entities",
        "entity_0",
        "parent",
        "entity_2",
    );
    let json = json_of(&project.export().glb);
    assert!(json["nodes"][2].get("children").is_none());
    assert_eq!(json["nodes"][0]["children"], json!([2, 1]));
    import_bytes("small.glb", &project.export().glb);
}

#[test]
fn new_pictures_replace_the_old_bytes() {
    let mut project = Project::small();
    let picture = b"\xff\xd8\xff a photograph".to_vec();
    let cid = cid_of(0x55, &picture);
    project.objects.push((cid, picture.clone()));
    edit(
        project.scene(),
        "images",
        "image_0",
        "object",
        cid.to_string(),
    );
    edit(
        project.scene(),
        "images",
        "image_0",
        "media_type",
        "image/jpeg",
    );
    let added = b"\x89PNG another".to_vec();
    let added_cid = cid_of(0x55, &added);
    project.objects.push((added_cid, added.clone()));
    put(
        project.scene(),
        "images",
        "01IMAGE",
        Record::new()
            .with("name", "Added")
            .with("object", added_cid.to_string()),
    );
    let exported = project.export();
    let again = import_bytes("small.glb", &exported.glb);
    let objects: Vec<_> = again.objects.iter().map(|(cid, _)| *cid).collect();
    assert!(objects.contains(&cid) && objects.contains(&added_cid));
    let json = json_of(&exported.glb);
    assert_eq!(json["bufferViews"].as_array().unwrap().len(), 6);
    assert_eq!(json["images"][1]["mimeType"], "image/png");
}

#[test]
fn new_accessors_get_their_bounds() {
    let mut project = Project::small();
    let accessor = Accessor {
        view: Some("view_0".into()),
        offset: 0.0,
        component_type: 5126,
        normalized: false,
        count: 3.0,
        element: "VEC3".into(),
        min: vec![],
        max: vec![],
        sparse: None,
        decoded: None,
        source: None,
        source_object: None,
        index: None,
    };
    put(
        project.scene(),
        "accessors",
        "01ACCESSOR",
        accessor.to_record(),
    );
    let json = json_of(&project.export().glb);
    assert_eq!(json["accessors"][4]["min"], json!([0.0, 0.0, 0.0]));
    assert_eq!(json["accessors"][4]["max"], json!([1.0, 1.0, 0.0]));
}

#[test]
fn a_scene_from_scratch_has_a_scene() {
    let mut project = Project::empty(DocumentKind::SCENE);
    put(
        project.scene(),
        "entities",
        "01B",
        Record::new().with("name", "Second").with("order", 2.0),
    );
    put(
        project.scene(),
        "entities",
        "01A",
        Record::new()
            .with("name", "First")
            .with("order", 1.0)
            .with("visible", false),
    );
    let json = json_of(&project.export().glb);
    assert_eq!(
        json["asset"],
        json!({ "version": "2.0", "generator": "WISSIL" })
    );
    assert_eq!(json["scene"], 0);
    assert_eq!(json["scenes"], json!([{ "nodes": [0, 1] }]));
    assert_eq!(json["nodes"][0]["name"], "First");
    assert_eq!(json["extensionsUsed"], json!(["KHR_node_visibility"]));
}

#[test]
fn skins_go_with_their_joints() {
    let (mut json, bin) = small();
    json["skins"] = json!([{ "joints": [0, 2], "skeleton": 0 }, { "joints": [3] }]);
    json["nodes"][1]["skin"] = json!(0);
    json["nodes"][4]["skin"] = json!(1);
    let mut project = Project::of(&import_bytes("small.glb", &glb(&json, &bin)));
    project.check(|_, _, _| {});
    remove(project.scene(), "entities", "entity_2");
    let exported = project.export();
    let json = json_of(&exported.glb);
    assert_eq!(
        json["skins"],
        json!([{ "joints": [3], "extras": { "wissil": { "id": "skin_1" } } }])
    );
    assert!(json["nodes"][1].get("skin").is_none());
    assert_eq!(json["nodes"][4]["skin"], 0);
}

#[test]
fn how_a_scene_is_shown_travels_along() {
    let mut project = Project::small();
    let scene = project.scene();
    edit(scene, "properties", "scene", "exposure", 1.5);
    edit(scene, "properties", "scene", "tone_mapping", "aces");
    edit(scene, "properties", "scene", "environment", "none");
    let exported = project.export();
    assert_eq!(
        json_of(&exported.glb)["extras"]["wissil"]["looks"],
        json!({ "exposure": 1.5, "tone_mapping": "aces", "environment": "none" })
    );
    assert!(noted(&exported, "tone mapping"));
    project.check(without_places);
}

#[test]
fn what_a_file_says_wrongly_of_how_it_is_shown_is_left_out() {
    let (mut json, bin) = small();
    json["extras"] =
        json!({ "wissil": { "looks": { "exposure": "much", "environment": "none", "more": 1 } } });
    let imported = import_bytes("small.glb", &glb(&json, &bin));
    let properties = imported.documents[0]
        .records
        .iter()
        .find(|it| it.0 == "properties");
    let record = &properties.unwrap().2;
    assert_eq!(record.get("exposure"), None);
    assert_eq!(record.get("environment"), Some(&Value::text("none")));
}
