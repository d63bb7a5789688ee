//! Shapes that are made here: a cube, a sphere and the like, as the records and bytes of glTF meshes.
//!
//! Each is one metre across (a capsule two high) and stands around the origin, in metres, right-handed with +Y up.
//! Triangles run counter-clockwise seen from outside; texture coordinates start at the top left, unmirrored, as seen
//! from there. A shape's bytes are the same on every machine, so however often it is made they are kept once.

mod surface;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use specta::Type;
use wissil_dag::{Codec, cid_of};

use self::surface::Surface;
use crate::{Record, RecordId, Value};

/// Component types and targets of glTF.
const UNSIGNED_SHORT: f64 = 5123.0;
const FLOAT: f64 = 5126.0;
const VERTICES: f64 = 34962.0;
const INDICES: f64 = 34963.0;

/// Bytes of one vertex: position, normal, texture coordinates.
const STRIDE: usize = 32;

/// A shape that can be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "lowercase")]
pub enum Shape {
    /// Six square faces.
    Cube,
    /// A ball, its poles along Y.
    Sphere,
    /// A tube along Y, closed at both ends.
    Cylinder,
    /// A circle below and a tip above it.
    Cone,
    /// A square that faces up, seen from above only.
    Plane,
    /// A cylinder along Y between two halves of a sphere: two metres high.
    Capsule,
}

/// The surface of a shape, ready to be drawn by meshes.
#[derive(Clone, Debug, PartialEq)]
pub struct Geometry {
    /// The views and accessors that describe it, with their collections and ids.
    pub records: Vec<(&'static str, RecordId, Record)>,
    /// The bytes that the views name, by their raw CIDs.
    pub objects: [Vec<u8>; 2],
    /// A glTF primitive that draws it, without a material.
    pub primitive: BTreeMap<String, Value>,
}

impl Shape {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Cube,
        Self::Sphere,
        Self::Cylinder,
        Self::Cone,
        Self::Plane,
        Self::Capsule,
    ];

    /// What people call it.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Cube => "Cube",
            Self::Sphere => "Sphere",
            Self::Cylinder => "Cylinder",
            Self::Cone => "Cone",
            Self::Plane => "Plane",
            Self::Capsule => "Capsule",
        }
    }

    /// Its surface; the ids of the records begin with that name.
    #[must_use]
    pub fn geometry(self, name: &str) -> Geometry {
        let surface = Surface::of(self);
        let objects = [surface.vertex_bytes(), surface.index_bytes()];
        let id = |part: &str| RecordId::from(format!("{name}-{part}"));
        let view = |bytes: &[u8], target: f64| {
            Record::new()
                .with("object", cid_of(Codec::RAW, bytes).to_string())
                .with("length", bytes.len() as f64)
                .with("target", target)
        };
        let of_vertices = |offset: f64, element: &str| {
            Record::new()
                .with("view", id("vertices").as_str())
                .with("offset", offset)
                .with("component_type", FLOAT)
                .with("count", surface.vertices.len() as f64)
                .with("element", element)
        };
        let (least, most) = surface.bounds();
        let vertices = view(&objects[0], VERTICES).with("stride", STRIDE as f64);
        let position = of_vertices(0.0, "VEC3")
            .with("min", Value::numbers(least.map(f64::from)))
            .with("max", Value::numbers(most.map(f64::from)));
        let corners = Record::new()
            .with("view", id("corners").as_str())
            .with("component_type", UNSIGNED_SHORT)
            .with("count", surface.corners.len() as f64)
            .with("element", "SCALAR");
        let named = |part: &str| Value::text(id(part).as_str());
        let attributes = [
            ("POSITION".to_owned(), named("position")),
            ("NORMAL".to_owned(), named("normal")),
            ("TEXCOORD_0".to_owned(), named("texcoord")),
        ];
        Geometry {
            records: vec![
                ("views", id("vertices"), vertices),
                ("views", id("corners"), view(&objects[1], INDICES)),
                ("accessors", id("position"), position),
                ("accessors", id("normal"), of_vertices(12.0, "VEC3")),
                ("accessors", id("texcoord"), of_vertices(24.0, "VEC2")),
                ("accessors", id("corners"), corners),
            ],
            objects,
            primitive: BTreeMap::from([
                ("attributes".to_owned(), Value::Map(attributes.into())),
                ("indices".to_owned(), named("corners")),
            ]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Change, Document, DocumentKind};

    /// The bytes are content that is shared by its name: another rounding would keep each shape twice.
    #[test]
    fn a_shape_has_the_same_bytes_everywhere() {
        let names = Shape::ALL.map(|shape| {
            let bytes = shape.geometry("it").objects.concat();
            let name = cid_of(Codec::RAW, &bytes).to_string();
            name[name.len() - 8..].to_owned()
        });
        let expected = [
            "iiafvscu", "im4b7c6m", "srxvwdde", "4frquwku", "hoel77zm", "jettiviy",
        ];
        assert_eq!(names, expected);
    }

    #[test]
    fn its_records_are_those_of_a_scene_and_describe_its_bytes() {
        for shape in Shape::ALL {
            let geometry = shape.geometry("it");
            let mut scene = Document::new(DocumentKind::SCENE, 1);
            let puts = geometry.records.iter().cloned();
            let puts = puts.map(|(collection, id, record)| Change::put(collection, id, record));
            let _ = scene.author("entity.add", puts.collect()).unwrap();
            let scene = scene.projection();
            assert_eq!(scene.anomalies().count(), 0, "{shape:?}");
            let number = |collection: &str, id: &str, field: &str| {
                let record = scene.record(collection, id).unwrap();
                record.get(field).and_then(Value::as_number).unwrap()
            };
            let [vertices, corners] = geometry.objects.each_ref().map(|it| it.len() as f64);
            assert_eq!(number("views", "it-vertices", "length"), vertices);
            assert_eq!(number("views", "it-corners", "length"), corners);
            assert_eq!(number("accessors", "it-texcoord", "count") * 32.0, vertices);
            assert_eq!(number("accessors", "it-corners", "count") * 2.0, corners);
        }
    }
}
