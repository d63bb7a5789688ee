//! Unpacks what KHR_draco_mesh_compression packs.

use std::panic::{AssertUnwindSafe, catch_unwind};

use draco_core::geometry_indices::PointIndex;
use draco_core::{DataType, DecodeLimits, DecoderBuffer, Mesh, MeshDecoder};

use super::Layout;

/// A mesh that was unpacked.
pub(super) struct Unpacked(Mesh);

impl Unpacked {
    /// Unpacks a mesh of at most so many bytes.
    pub(super) fn read(packed: &[u8], most: u64) -> Result<Self, String> {
        let limits = DecodeLimits::default()
            .with_max_points(most / 4)
            .with_max_faces(most / 12)
            .with_max_decoded_bytes(most);
        // The decoder promises not to panic on any bytes; a file is not worth believing it.
        let mesh = catch_unwind(AssertUnwindSafe(|| {
            let mut mesh = Mesh::new();
            let mut buffer = DecoderBuffer::new(packed).with_limits(limits);
            let decoded = MeshDecoder::new().decode(&mut buffer, &mut mesh);
            decoded.map(|_| mesh).map_err(|error| error.to_string())
        }));
        match mesh {
            Ok(Ok(mesh)) => Ok(Self(mesh)),
            Ok(Err(problem)) => Err(format!("its packed bytes are damaged: {problem}")),
            Err(_) => Err("its packed bytes are damaged".into()),
        }
    }

    /// The elements of an attribute, vertex by vertex.
    pub(super) fn attribute(&self, id: u32, layout: &Layout) -> Result<Vec<u8>, String> {
        let mesh = &self.0;
        let attribute = mesh
            .attribute_by_unique_id(id)
            .ok_or_else(|| format!("there is no attribute {id} in it"))?;
        let points = mesh.num_points();
        if points as u64 != layout.count {
            return Err(format!(
                "it has {points} vertices, and an accessor {}",
                layout.count
            ));
        }
        if u64::from(attribute.num_components()) < layout.components {
            return Err(format!(
                "attribute {id} has fewer components than its accessor"
            ));
        }
        let (data, data_type) = (attribute.buffer().data(), attribute.data_type());
        let stride = usize::try_from(attribute.byte_stride()).unwrap_or(0);
        let size = data_type.byte_length();
        let mut bytes = Vec::new();
        for point in 0..points {
            let value = attribute.mapped_index(PointIndex(point as u32)).0 as usize;
            for component in 0..layout.components as usize {
                let start = value.checked_mul(stride).map(|it| it + component * size);
                let number = start
                    .and_then(|start| read(data.get(start..)?, data_type))
                    .ok_or("a vertex has no value in it")?;
                write(&mut bytes, number, data_type, layout);
            }
        }
        Ok(bytes)
    }

    /// The vertices that its triangles are made of.
    pub(super) fn corners(&self, layout: &Layout) -> Result<Vec<u8>, String> {
        let faces = self.0.faces();
        if faces.len() as u64 * 3 != layout.count {
            return Err(format!(
                "it has {} corners, and an accessor {}",
                faces.len() * 3,
                layout.count
            ));
        }
        let mut bytes = Vec::new();
        for corner in faces.iter().flatten() {
            write(&mut bytes, f64::from(corner.0), DataType::Uint32, layout);
        }
        Ok(bytes)
    }
}

/// A number of that type; none for those that glTF does not have.
fn read(bytes: &[u8], data_type: DataType) -> Option<f64> {
    Some(match (data_type, bytes) {
        (DataType::Int8, [a, ..]) => f64::from(*a as i8),
        (DataType::Uint8 | DataType::Bool, [a, ..]) => f64::from(*a),
        (DataType::Int16, [a, b, ..]) => f64::from(i16::from_le_bytes([*a, *b])),
        (DataType::Uint16, [a, b, ..]) => f64::from(u16::from_le_bytes([*a, *b])),
        (DataType::Int32, [a, b, c, d, ..]) => f64::from(i32::from_le_bytes([*a, *b, *c, *d])),
        (DataType::Uint32, [a, b, c, d, ..]) => f64::from(u32::from_le_bytes([*a, *b, *c, *d])),
        (DataType::Float32, [a, b, c, d, ..]) => f64::from(f32::from_le_bytes([*a, *b, *c, *d])),
        _ => return None,
    })
}

/// Writes a number as the accessor wants it. Encoders keep normalized integers as they are, or the fractions that they
/// stand for.
fn write(bytes: &mut Vec<u8>, number: f64, from: DataType, layout: &Layout) {
    let most = match layout.component_type {
        5120 => f64::from(i8::MAX),
        5121 => f64::from(u8::MAX),
        5122 => f64::from(i16::MAX),
        5123 => f64::from(u16::MAX),
        _ => 1.0,
    };
    let number = match layout.normalized && from == DataType::Float32 {
        true => (number * most).round(),
        false => number,
    };
    match layout.component_type {
        5120 => bytes.extend_from_slice(&(number as i8).to_le_bytes()),
        5121 => bytes.push(number as u8),
        5122 => bytes.extend_from_slice(&(number as i16).to_le_bytes()),
        5123 => bytes.extend_from_slice(&(number as u16).to_le_bytes()),
        5125 => bytes.extend_from_slice(&(number as u32).to_le_bytes()),
        _ => bytes.extend_from_slice(&(number as f32).to_le_bytes()),
    }
}
