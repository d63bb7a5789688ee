//! The layout of typed arrays (glTF 2.0 Specification, section *Accessors*).

/// Bytes of one component of that glTF type.
pub(crate) fn component_size(component_type: u64) -> Option<u64> {
    match component_type {
        5120 | 5121 => Some(1),
        5122 | 5123 => Some(2),
        5125 | 5126 => Some(4),
        _ => None,
    }
}

/// Components of one element, and how many of them make a column that starts at a multiple of 4 bytes.
pub(crate) fn element_layout(element: &str) -> Option<(u64, u64)> {
    Some(match element {
        "SCALAR" => (1, 1),
        "VEC2" => (2, 2),
        "VEC3" => (3, 3),
        "VEC4" => (4, 4),
        "MAT2" => (4, 2),
        "MAT3" => (9, 3),
        "MAT4" => (16, 4),
        _ => return None,
    })
}

/// Bytes of one element, columns of matrices padded.
pub(crate) fn element_size(component_type: u64, element: &str) -> Option<u64> {
    let size = component_size(component_type)?;
    let (components, column) = element_layout(element)?;
    Some(if element.starts_with("MAT") {
        components / column * (column * size).next_multiple_of(4)
    } else {
        components * size
    })
}

/// Bytes from the first element's start to the last one's end; none when they cannot be counted.
pub(crate) fn extent(count: u64, stride: u64, element_size: u64) -> Option<u64> {
    match count {
        0 => Some(0),
        _ => (count - 1).checked_mul(stride)?.checked_add(element_size),
    }
}

/// The smallest and largest of each component.
pub(crate) fn bounds(
    bytes: &[u8],
    stride: u64,
    component_type: u64,
    element: &str,
    count: u64,
) -> Option<(Vec<f64>, Vec<f64>)> {
    let size = component_size(component_type)?;
    let (components, column) = element_layout(element)?;
    let column_size = if element.starts_with("MAT") {
        (column * size).next_multiple_of(4)
    } else {
        column * size
    };
    let mut least = vec![f64::INFINITY; components as usize];
    let mut most = vec![f64::NEG_INFINITY; components as usize];
    for index in 0..count {
        for (component, (least, most)) in least.iter_mut().zip(&mut most).enumerate() {
            let component = component as u64;
            let start =
                index * stride + component / column * column_size + component % column * size;
            let bytes = bytes.get(usize::try_from(start).ok()?..)?;
            let number = match (component_type, bytes) {
                (5120, [a, ..]) => f64::from(*a as i8),
                (5121, [a, ..]) => f64::from(*a),
                (5122, [a, b, ..]) => f64::from(i16::from_le_bytes([*a, *b])),
                (5123, [a, b, ..]) => f64::from(u16::from_le_bytes([*a, *b])),
                (5125, [a, b, c, d, ..]) => f64::from(u32::from_le_bytes([*a, *b, *c, *d])),
                (5126, [a, b, c, d, ..]) => f64::from(f32::from_le_bytes([*a, *b, *c, *d])),
                _ => return None,
            };
            *least = least.min(number);
            *most = most.max(number);
        }
    }
    let finite = least.iter().chain(&most).all(|number| number.is_finite());
    finite.then_some((least, most))
}
