//! The triangles of shapes.

use std::f64::consts::{FRAC_PI_2, TAU};

use super::{STRIDE, Shape};

/// How many segments run around what is round.
const AROUND: usize = 32;
/// How many rings run from the pole of a sphere to its equator.
const RINGS: usize = 8;

type Vector = [f64; 3];

/// A corner of triangles.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Vertex {
    pub position: [f32; 3],
    /// Which way the surface faces, of length 1.
    pub normal: [f32; 3],
    pub texcoord: [f32; 2],
}

/// Triangles that share vertices.
#[derive(Debug, Default)]
pub(super) struct Surface {
    pub vertices: Vec<Vertex>,
    /// Three vertices for each triangle. No shape has as many as sixteen bits can name.
    pub corners: Vec<u16>,
}

/// A ring of a surface of revolution: how far from the axis, how high, and which way it faces, outwards and up.
#[derive(Clone, Copy)]
struct Ring {
    radius: f64,
    height: f64,
    facing: [f64; 2],
}

impl Surface {
    pub(super) fn of(shape: Shape) -> Self {
        let mut surface = Self::default();
        match shape {
            Shape::Cube => {
                let sides = [
                    ([0.0, 0.0, -1.0], [0.0, 1.0, 0.0]),
                    ([0.0, 0.0, 1.0], [0.0, 1.0, 0.0]),
                    ([1.0, 0.0, 0.0], [0.0, 0.0, -1.0]),
                    ([1.0, 0.0, 0.0], [0.0, 0.0, 1.0]),
                    ([1.0, 0.0, 0.0], [0.0, 1.0, 0.0]),
                    ([-1.0, 0.0, 0.0], [0.0, 1.0, 0.0]),
                ];
                for (right, up) in sides {
                    surface.square(right, up, 0.5);
                }
            }
            Shape::Plane => surface.square([1.0, 0.0, 0.0], [0.0, 0.0, -1.0], 0.0),
            Shape::Sphere => {
                let rings: Vec<_> = arc(0.0, 0.0..1.0)
                    .chain(arc(0.0, 1.0..2.0).skip(1))
                    .collect();
                surface.revolve(&rings);
            }
            Shape::Capsule => {
                let rings: Vec<_> = arc(0.5, 0.0..1.0).chain(arc(-0.5, 1.0..2.0)).collect();
                surface.revolve(&rings);
            }
            Shape::Cylinder => {
                let edge = |height: f64| Ring {
                    radius: 0.5,
                    height,
                    facing: [1.0, 0.0],
                };
                surface.revolve(&[edge(0.5), edge(-0.5)]);
                surface.disc(1.0);
                surface.disc(-1.0);
            }
            Shape::Cone => {
                // The side falls by its height while it goes out by its radius.
                let length = f64::hypot(1.0, 0.5);
                let edge = |radius: f64| Ring {
                    radius,
                    height: 0.5 - 2.0 * radius,
                    facing: [1.0 / length, 0.5 / length],
                };
                surface.revolve(&[edge(0.0), edge(0.5)]);
                surface.disc(-1.0);
            }
        }
        surface
    }

    /// A square of one metre whose picture has its right and its up that way, so far from the origin.
    fn square(&mut self, right: Vector, up: Vector, distance: f64) {
        let normal = cross(right, up);
        let corner = |u: f64, v: f64| {
            let along = |axis: usize| {
                normal[axis] * distance + right[axis] * (u - 0.5) + up[axis] * (0.5 - v)
            };
            ([along(0), along(1), along(2)], [u, v])
        };
        let corners = [(0.0, 0.0), (0.0, 1.0), (1.0, 1.0), (1.0, 0.0)];
        let [a, b, c, d] = corners.map(|(u, v)| {
            let (position, texcoord) = corner(u, v);
            self.vertex(position, normal, texcoord)
        });
        self.corners.extend([a, b, c, a, c, d]);
    }

    /// A surface of revolution about Y, its rings from the top down. A picture runs down it evenly, and around it from
    /// the back, where its seam is, over the left to the front.
    fn revolve(&mut self, rings: &[Ring]) {
        let steps = rings.windows(2).map(|pair| match pair {
            [one, next] => f64::hypot(next.radius - one.radius, next.height - one.height),
            _ => 0.0,
        });
        let mut down = vec![0.0];
        down.extend(steps.scan(0.0, |way, step| {
            *way += step;
            Some(*way)
        }));
        let whole = down.last().copied().unwrap_or(1.0);
        let placed = rings.iter().zip(down);
        let rows: Vec<Vec<u16>> = placed
            .map(|(ring, down)| self.ring(ring, down / whole))
            .collect();
        for (rings, rows) in rings.windows(2).zip(rows.windows(2)) {
            let ([upper, lower], [above, below]) = (rings, rows) else {
                continue;
            };
            for at in 0..AROUND {
                if upper.radius == 0.0 {
                    self.corners.extend([above[at], below[at], below[at + 1]]);
                } else if lower.radius == 0.0 {
                    self.corners.extend([above[at], below[at], above[at + 1]]);
                } else {
                    let [a, b, c, d] = [above[at], below[at], below[at + 1], above[at + 1]];
                    self.corners.extend([a, b, c, a, c, d]);
                }
            }
        }
    }

    /// The vertices of a ring; at the axis one for each segment, in its middle.
    fn ring(&mut self, ring: &Ring, v: f64) -> Vec<u16> {
        let (count, middle) = match ring.radius {
            0.0 => (AROUND, 0.5),
            _ => (AROUND + 1, 0.0),
        };
        let vertices = (0..count).map(|at| {
            let u = (at as f64 + middle) / AROUND as f64;
            let (x, z) = around(u);
            let [out, up] = ring.facing;
            self.vertex(
                [x * ring.radius, ring.height, z * ring.radius],
                [x * out, up, z * out],
                [u, v],
            )
        });
        vertices.collect()
    }

    /// A round end, half a metre up or down, which faces away from the origin.
    fn disc(&mut self, side: f64) {
        let normal = [0.0, side, 0.0];
        let at = |x: f64, z: f64| ([x, side * 0.5, z], [0.5 + x, 0.5 + side * z]);
        let (position, texcoord) = at(0.0, 0.0);
        let center = self.vertex(position, normal, texcoord);
        let edge: Vec<u16> = (0..AROUND)
            .map(|step| {
                let (x, z) = around(step as f64 / AROUND as f64);
                let (position, texcoord) = at(x * 0.5, z * 0.5);
                self.vertex(position, normal, texcoord)
            })
            .collect();
        for step in 0..AROUND {
            let (one, next) = (edge[step], edge[(step + 1) % AROUND]);
            // Around Y, from above, is counter-clockwise.
            self.corners.extend(match side > 0.0 {
                true => [center, one, next],
                false => [center, next, one],
            });
        }
    }

    fn vertex(&mut self, position: Vector, normal: Vector, texcoord: [f64; 2]) -> u16 {
        let at = self.vertices.len() as u16;
        self.vertices.push(Vertex {
            position: position.map(rounded),
            normal: normal.map(rounded),
            texcoord: texcoord.map(rounded),
        });
        at
    }

    /// The smallest and largest of each coordinate.
    pub(super) fn bounds(&self) -> ([f32; 3], [f32; 3]) {
        let mut bounds = ([f32::INFINITY; 3], [f32::NEG_INFINITY; 3]);
        for vertex in &self.vertices {
            for (axis, at) in vertex.position.into_iter().enumerate() {
                bounds.0[axis] = bounds.0[axis].min(at);
                bounds.1[axis] = bounds.1[axis].max(at);
            }
        }
        bounds
    }

    pub(super) fn vertex_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.vertices.len() * STRIDE);
        for vertex in &self.vertices {
            let numbers = vertex
                .position
                .iter()
                .chain(&vertex.normal)
                .chain(&vertex.texcoord);
            bytes.extend(numbers.flat_map(|number| number.to_le_bytes()));
        }
        bytes
    }

    pub(super) fn index_bytes(&self) -> Vec<u8> {
        let corners = self.corners.iter();
        corners.flat_map(|corner| corner.to_le_bytes()).collect()
    }
}

/// Quarters of a circle of half a metre around a point of the axis, counted from the top.
fn arc(center: f64, quarter: std::ops::Range<f64>) -> impl Iterator<Item = Ring> {
    (0..=RINGS).map(move |ring| {
        let part = quarter.start + ring as f64 / RINGS as f64;
        let angle = part * FRAC_PI_2;
        // At the poles exactly nothing is left of the radius.
        let out = match part {
            0.0 | 2.0 => 0.0,
            _ => angle.sin(),
        };
        Ring {
            radius: 0.5 * out,
            height: center + 0.5 * angle.cos(),
            facing: [out, angle.cos()],
        }
    })
}

/// The direction away from the axis, as x and z, after a part of the way around: from the back over the left.
fn around(part: f64) -> (f64, f64) {
    // The seam has the same numbers from both sides.
    let angle = (part.fract() - 0.5) * TAU;
    (angle.sin(), angle.cos())
}

fn cross(a: Vector, b: Vector) -> Vector {
    [
        a[1] * b[2] - a[2] * b[1],
        a[2] * b[0] - a[0] * b[2],
        a[0] * b[1] - a[1] * b[0],
    ]
}

/// A number without the last digits, in which machines may differ.
fn rounded(number: f64) -> f32 {
    const STEPS: f64 = 8_388_608.0;
    // Adding nothing makes the negative zero a zero.
    ((number * STEPS).round() / STEPS + 0.0) as f32
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    fn triangles(surface: &Surface) -> Vec<[Vertex; 3]> {
        let corners = surface.corners.chunks_exact(3);
        corners
            .map(|corners| [0, 1, 2].map(|at| surface.vertices[usize::from(corners[at])]))
            .collect()
    }

    fn less(a: [f32; 3], b: [f32; 3]) -> Vector {
        [0, 1, 2].map(|axis| f64::from(a[axis]) - f64::from(b[axis]))
    }

    fn dot(a: Vector, b: Vector) -> f64 {
        a.into_iter().zip(b).map(|(a, b)| a * b).sum()
    }

    fn normal_of([a, b, c]: &[Vertex; 3]) -> Vector {
        cross(less(b.position, a.position), less(c.position, a.position))
    }

    #[test]
    fn shapes_are_a_metre_across_around_the_origin() {
        for shape in Shape::ALL {
            let (least, most) = Surface::of(shape).bounds();
            let height = match shape {
                Shape::Plane => 0.0,
                Shape::Capsule => 1.0,
                _ => 0.5,
            };
            assert_eq!(most, [0.5, height, 0.5], "{shape:?}");
            assert_eq!(least, most.map(|at| -at), "{shape:?}");
        }
    }

    #[test]
    fn triangles_face_outwards_with_their_normals() {
        for shape in Shape::ALL {
            let surface = Surface::of(shape);
            for triangle in triangles(&surface) {
                let across = normal_of(&triangle);
                let size = dot(across, across).sqrt();
                assert!(size > 1e-4, "{shape:?}: {triangle:?} is none");
                for vertex in &triangle {
                    let normal = vertex.normal.map(f64::from);
                    assert!(
                        (dot(normal, normal) - 1.0).abs() < 1e-6,
                        "{shape:?}: {normal:?}"
                    );
                    let cosine = dot(across, normal) / size;
                    assert!(cosine > 0.9, "{shape:?}: {triangle:?} looks the other way");
                }
            }
        }
    }

    #[test]
    fn surfaces_are_closed_but_for_the_plane() {
        for shape in Shape::ALL {
            let mut edges: HashMap<[[u32; 3]; 2], i32> = HashMap::new();
            for [a, b, c] in triangles(&Surface::of(shape)) {
                let [a, b, c] = [a, b, c].map(|it| it.position.map(f32::to_bits));
                for (from, to) in [(a, b), (b, c), (c, a)] {
                    *edges.entry([from, to]).or_default() += 1;
                }
            }
            let open = edges
                .iter()
                .filter(|([from, to], count)| edges.get(&[*to, *from]) != Some(count));
            let expected = if shape == Shape::Plane { 4 } else { 0 };
            assert_eq!(open.count(), expected, "{shape:?}");
            assert!(edges.values().all(|count| *count == 1), "{shape:?}");
        }
    }

    #[test]
    fn pictures_lie_on_them_unmirrored_and_whole() {
        for shape in Shape::ALL {
            let surface = Surface::of(shape);
            for [a, b, c] in triangles(&surface) {
                let less = |to: Vertex, from: Vertex| {
                    [0, 1].map(|at| f64::from(to.texcoord[at]) - f64::from(from.texcoord[at]))
                };
                let ([u1, v1], [u2, v2]) = (less(b, a), less(c, a));
                // Down is positive, so what runs counter-clockwise is negative.
                assert!(u1 * v2 - u2 * v1 < 0.0, "{shape:?}: {a:?} {b:?} {c:?}");
            }
            let texcoords = surface.vertices.iter().flat_map(|it| it.texcoord);
            let (least, most) = texcoords.fold((1.0f32, 0.0f32), |(least, most), at| {
                (least.min(at), most.max(at))
            });
            assert_eq!((least, most), (0.0, 1.0), "{shape:?}");
        }
    }

    #[test]
    fn the_front_of_what_is_round_shows_the_middle_of_its_picture() {
        let sphere = Surface::of(Shape::Sphere);
        let front = sphere
            .vertices
            .iter()
            .find(|it| it.position == [0.0, 0.0, 0.5]);
        assert_eq!(front.map(|it| it.texcoord), Some([0.5, 0.5]));
        let capsule = Surface::of(Shape::Capsule);
        let waist = capsule
            .vertices
            .iter()
            .find(|it| it.position == [0.0, 0.5, 0.5]);
        let down = waist.map_or(0.0, |it| f64::from(it.texcoord[1]));
        // A quarter of a circle of half a metre, of two of them and a metre.
        let quarter = std::f64::consts::PI / 4.0;
        assert!(
            (down - quarter / (2.0 * quarter + 1.0)).abs() < 1e-3,
            "{down}"
        );
    }
}
