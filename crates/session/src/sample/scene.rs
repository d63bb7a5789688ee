//! The sample's scene.

use wissil_dag::Codec;
use wissil_model::kinds::scene::Shape;
use wissil_model::{Change, Record, Value};
use wissil_store::FileObjects;
use wissil_sync::ObjectStore as _;

use super::Records;
use crate::api::ApiError;

/// The lanterns, and their materials.
pub(super) const LANTERNS: [&str; 3] = ["lantern_0", "lantern_1", "lantern_2"];
/// The orb.
pub(super) const ORB: &str = "orb";

/// What is drawn: the shape, and the materials it is drawn in.
const MESHES: [(&str, Shape, &[&str]); 2] = [
    (
        "cube",
        Shape::Cube,
        &["ground", "stone", "lantern_0", "lantern_1", "lantern_2"],
    ),
    ("ball", Shape::Sphere, &["orb"]),
];

/// The records of the scene; the geometry's bytes become objects.
pub(super) fn changes(objects: &mut FileObjects) -> Result<Vec<Change>, ApiError> {
    let mut records = Records::default();
    for (id, shape, materials) in MESHES {
        meshes(&mut records, objects, id, shape, materials)?;
    }
    materials(&mut records);
    entities(&mut records);
    records.put("properties", "scene", Record::new().with("name", "Yard"));
    Ok(records.0)
}

/// A material: id, name, base colour, roughness, emitted light.
type Surface = (&'static str, &'static str, [f64; 4], f64, [f64; 3]);

fn materials(records: &mut Records) {
    let materials: [Surface; 6] = [
        ("ground", "Moss", [0.10, 0.16, 0.11, 1.0], 0.95, [0.0; 3]),
        ("stone", "Stone", [0.32, 0.33, 0.36, 1.0], 0.8, [0.0; 3]),
        (
            "lantern_0",
            "Lantern 1",
            [0.85, 0.55, 0.25, 1.0],
            0.4,
            [0.02, 0.02, 0.03],
        ),
        (
            "lantern_1",
            "Lantern 2",
            [0.85, 0.55, 0.25, 1.0],
            0.4,
            [0.02, 0.02, 0.03],
        ),
        (
            "lantern_2",
            "Lantern 3",
            [0.85, 0.55, 0.25, 1.0],
            0.4,
            [0.02, 0.02, 0.03],
        ),
        ("orb", "Orb", [0.35, 0.6, 1.0, 1.0], 0.2, [0.15, 0.4, 0.9]),
    ];
    for (index, (id, name, color, roughness, emissive)) in materials.into_iter().enumerate() {
        let record = Record::new()
            .with("name", name)
            .with("base_color", Value::numbers(color))
            .with("metallic", 0.0)
            .with("roughness", roughness)
            .with("emissive", Value::numbers(emissive))
            .with("index", index as f64);
        records.put("materials", id, record);
    }
}

fn entities(records: &mut Records) {
    records.put(
        "cameras",
        "camera",
        Record::new()
            .with("name", "Camera")
            .with("projection", "perspective")
            .with("yfov", 0.8)
            .with("znear", 0.1)
            .with("zfar", 100.0)
            .with("index", 0.0),
    );
    records.put(
        "lights",
        "moon",
        Record::new()
            .with("name", "Moonlight")
            .with("kind", "directional")
            .with("color", Value::numbers([0.7, 0.8, 1.0]))
            .with("intensity", 2.0)
            .with("index", 0.0),
    );
    let mut index = 0.0;
    let mut add = |id: &str, name: &str, parent: Option<&str>, record: Record| {
        let mut record = record
            .with("name", name)
            .with("order", index)
            .with("index", index);
        if let Some(parent) = parent {
            record.set("parent", parent.into());
        }
        records.put("entities", id, record);
        index += 1.0;
    };
    let at = |place: [f64; 3]| Record::new().with("translation", Value::numbers(place));
    let sized = |place: [f64; 3], scale: [f64; 3], mesh: &str| {
        at(place)
            .with("scale", Value::numbers(scale))
            .with("mesh", mesh)
    };
    // Looks down at the yard from the front.
    let down = (-0.16f64).sin();
    add(
        "camera",
        "Camera",
        None,
        at([0.0, 3.4, 8.5])
            .with(
                "rotation",
                Value::numbers([down, 0.0, 0.0, (1.0 - down * down).sqrt()]),
            )
            .with("camera", "camera"),
    );
    let tilt = (-0.45f64).sin();
    add(
        "moon",
        "Moonlight",
        None,
        at([2.0, 6.0, 3.0])
            .with(
                "rotation",
                Value::numbers([tilt, 0.0, 0.0, (1.0 - tilt * tilt).sqrt()]),
            )
            .with("light", "moon"),
    );
    add("yard", "Yard", None, Record::new());
    add(
        "ground",
        "Ground",
        Some("yard"),
        sized([0.0, -0.1, 0.0], [10.0, 0.2, 7.0], "cube_ground"),
    );
    for (number, x) in [-2.6, 0.0, 2.6].into_iter().enumerate() {
        let pillar = format!("pillar_{number}");
        add(
            &pillar,
            &format!("Pillar {}", number + 1),
            Some("yard"),
            at([x, 0.6, 0.0])
                .with("scale", Value::numbers([0.7, 1.2, 0.7]))
                .with("mesh", "cube_stone"),
        );
        add(
            &format!("lantern_{number}"),
            &format!("Lantern {}", number + 1),
            Some(&pillar),
            sized(
                [0.0, 0.75, 0.0],
                [0.75, 0.5, 0.75],
                &format!("cube_lantern_{number}"),
            ),
        );
    }
    add(
        "orb",
        "Orb",
        None,
        sized([0.0, 2.4, 0.0], [0.6, 0.6, 0.6], "ball_orb"),
    );
}

/// Puts a shape into objects, with one mesh for each material it is drawn in: glTF binds materials to meshes.
fn meshes(
    records: &mut Records,
    objects: &mut FileObjects,
    id: &str,
    shape: Shape,
    materials: &[&str],
) -> Result<(), ApiError> {
    let geometry = shape.geometry(id);
    for bytes in &geometry.objects {
        objects.put(Codec::RAW, bytes)?;
    }
    for (collection, id, record) in geometry.records {
        records.put(collection, id.as_str(), record);
    }
    for material in materials {
        let mut primitive = geometry.primitive.clone();
        primitive.insert("material".to_owned(), Value::text(*material));
        let record = Record::new()
            .with("name", shape.title())
            .with("primitives", Value::List(vec![Value::Map(primitive)]));
        records.put("meshes", &format!("{id}_{material}"), record);
    }
    Ok(())
}
