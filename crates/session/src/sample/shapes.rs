//! Geometry by code: a box and a ball, one metre across, around their centres.

/// Triangles: positions and normals by vertex, and the vertices of each triangle.
pub(super) struct Triangles {
    /// Where vertices stand.
    pub positions: Vec<[f32; 3]>,
    /// Which way the surface faces there.
    pub normals: Vec<[f32; 3]>,
    /// Three vertices a triangle, counter-clockwise from outside.
    pub indices: Vec<u16>,
}

/// A cube.
pub(super) fn cube() -> Triangles {
    let mut cube = Triangles {
        positions: Vec::new(),
        normals: Vec::new(),
        indices: Vec::new(),
    };
    for axis in 0..3 {
        for side in [-1.0f32, 1.0] {
            let mut normal = [0.0; 3];
            normal[axis] = side;
            let first = cube.positions.len() as u16;
            for (u, v) in [(-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)] {
                let mut position = [0.0; 3];
                position[axis] = side * 0.5;
                position[(axis + 1) % 3] = u;
                position[(axis + 2) % 3] = v;
                cube.positions.push(position);
                cube.normals.push(normal);
            }
            let corners = if side > 0.0 {
                [0, 1, 2, 0, 2, 3]
            } else {
                [0, 2, 1, 0, 3, 2]
            };
            cube.indices.extend(corners.map(|corner| first + corner));
        }
    }
    cube
}

/// A ball of rings and segments.
pub(super) fn ball(rings: u16, segments: u16) -> Triangles {
    let mut ball = Triangles {
        positions: Vec::new(),
        normals: Vec::new(),
        indices: Vec::new(),
    };
    for ring in 0..=rings {
        let polar = std::f32::consts::PI * f32::from(ring) / f32::from(rings);
        for segment in 0..=segments {
            let around = std::f32::consts::TAU * f32::from(segment) / f32::from(segments);
            let normal = [
                polar.sin() * around.cos(),
                polar.cos(),
                polar.sin() * around.sin(),
            ];
            ball.positions
                .push(normal.map(|coordinate| coordinate * 0.5));
            ball.normals.push(normal);
        }
    }
    let vertex = |ring: u16, segment: u16| ring * (segments + 1) + segment;
    for ring in 0..rings {
        for segment in 0..segments {
            let (a, b) = (vertex(ring, segment), vertex(ring, segment + 1));
            let (c, d) = (vertex(ring + 1, segment), vertex(ring + 1, segment + 1));
            if ring > 0 {
                ball.indices.extend([a, b, d]);
            }
            if ring + 1 < rings {
                ball.indices.extend([a, d, c]);
            }
        }
    }
    ball
}
