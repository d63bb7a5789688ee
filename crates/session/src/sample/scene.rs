//! The sample's scene.

use wissil_dag::Codec;
use wissil_model::{Change, Record, Value};
use wissil_store::FileObjects;
use wissil_sync::ObjectStore as _;

use super::Records;
use super::shapes::{Triangles, ball, cube};
use crate::api::ApiError;

/// The lanterns, and their materials.
pub(super) const LANTERNS: [&str; 3] = ["lantern_0", "lantern_1", "lantern_2"];
/// The orb.
pub(super) const ORB: &str = "orb";

const FLOAT: f64 = 5126.0;
const UNSIGNED_SHORT: f64 = 5123.0;
const VERTICES: f64 = 34962.0;
const INDICES: f64 = 34963.0;

/// The records of the scene; the geometry's bytes become objects.
pub(super) fn changes(objects: &mut FileObjects) -> Result<Vec<Change>, ApiError> {
    let mut records = Records::default();
    let mut buffers = Buffers { objects, views: 0 };
    buffers.mesh(&mut records, "cube", "Cube", &cube(), &materials_of_cubes())?;
    buffers.mesh(&mut records, "ball", "Ball", &ball(12, 24), &["orb"])?;
    materials(&mut records);
    entities(&mut records);
    records.put("properties", "scene", Record::new().with("name", "Yard"));
    Ok(records.0)
}

/// One mesh of the cube for each material it is drawn in: glTF binds materials to meshes.
fn materials_of_cubes() -> Vec<&'static str> {
    vec!["ground", "stone", "lantern_0", "lantern_1", "lantern_2"]
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

/// Puts geometry into objects, with the views and accessors that name it.
struct Buffers<'a> {
    objects: &'a mut FileObjects,
    views: usize,
}

impl Buffers<'_> {
    fn mesh(
        &mut self,
        records: &mut Records,
        id: &str,
        name: &str,
        triangles: &Triangles,
        materials: &[&str],
    ) -> Result<(), ApiError> {
        let vectors = |vectors: &[[f32; 3]]| -> Vec<u8> {
            vectors
                .iter()
                .flatten()
                .flat_map(|n| n.to_le_bytes())
                .collect()
        };
        let mut bounds = [[f64::INFINITY; 3], [f64::NEG_INFINITY; 3]];
        for position in &triangles.positions {
            for axis in 0..3 {
                bounds[0][axis] = bounds[0][axis].min(f64::from(position[axis]));
                bounds[1][axis] = bounds[1][axis].max(f64::from(position[axis]));
            }
        }
        let count = triangles.positions.len() as f64;
        let (positions, normals) = (format!("{id}_positions"), format!("{id}_normals"));
        let corners = format!("{id}_indices");
        let mut accessor = |name: &str, bytes: Vec<u8>, target: f64, record: Record| {
            let view = self.view(records, &bytes, target)?;
            records.put("accessors", name, record.with("view", view.as_str()));
            Ok::<(), ApiError>(())
        };
        let vec3 = |count: f64| {
            Record::new()
                .with("component_type", FLOAT)
                .with("count", count)
                .with("element", "VEC3")
        };
        accessor(
            &positions,
            vectors(&triangles.positions),
            VERTICES,
            vec3(count)
                .with("min", Value::numbers(bounds[0]))
                .with("max", Value::numbers(bounds[1])),
        )?;
        accessor(&normals, vectors(&triangles.normals), VERTICES, vec3(count))?;
        accessor(
            &corners,
            triangles
                .indices
                .iter()
                .flat_map(|n| n.to_le_bytes())
                .collect(),
            INDICES,
            Record::new()
                .with("component_type", UNSIGNED_SHORT)
                .with("count", triangles.indices.len() as f64)
                .with("element", "SCALAR"),
        )?;
        for material in materials {
            let primitive = Value::Map(
                [
                    (
                        "attributes".to_owned(),
                        Value::Map(
                            [
                                ("POSITION".to_owned(), Value::text(&*positions)),
                                ("NORMAL".to_owned(), Value::text(&*normals)),
                            ]
                            .into(),
                        ),
                    ),
                    ("indices".to_owned(), Value::text(&*corners)),
                    ("material".to_owned(), Value::text(*material)),
                ]
                .into(),
            );
            let record = Record::new()
                .with("name", name)
                .with("primitives", Value::List(vec![primitive]));
            records.put("meshes", &format!("{id}_{material}"), record);
        }
        Ok(())
    }

    fn view(
        &mut self,
        records: &mut Records,
        bytes: &[u8],
        target: f64,
    ) -> Result<String, ApiError> {
        let object = self.objects.put(Codec::RAW, bytes)?;
        let id = format!("view_{}", self.views);
        let record = Record::new()
            .with("object", object.to_string())
            .with("length", bytes.len() as f64)
            .with("target", target)
            .with("index", self.views as f64);
        self.views += 1;
        records.put("views", &id, record);
        Ok(id)
    }
}
