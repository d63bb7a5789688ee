//! Modes `TRIANGLES` and `INDICES`: which vertices triangles are made of, by what was used a little before.

use super::{Reader, unzigzag};

/// The last sixteen of something.
struct Recent<T> {
    items: [T; 16],
    next: usize,
}

impl<T: Copy> Recent<T> {
    fn new(item: T) -> Self {
        Self {
            items: [item; 16],
            next: 0,
        }
    }

    fn push(&mut self, item: T) {
        self.items[self.next & 15] = item;
        self.next = self.next.wrapping_add(1);
    }

    /// The one that so many were pushed after.
    fn back(&self, by: u8) -> T {
        self.items[self.next.wrapping_sub(1 + usize::from(by)) & 15]
    }
}

/// Indices of triangles, three for each.
pub(super) fn triangles(packed: &[u8], count: usize, size: usize) -> Option<Vec<u8>> {
    let (header, rest) = packed.split_first()?;
    // Below it stand vertices that were used a little before, above it the neighbours of the last one.
    let fresh = match header {
        0xe0 => 15,
        0xe1 => 13,
        _ => return None,
    };
    let (codes, rest) = rest.split_at_checked(count / 3)?;
    let (data, table) = rest.split_at_checked(rest.len().checked_sub(16)?)?;
    let mut reader = Reader(data);
    let mut edges = Recent::new([u32::MAX; 2]);
    let mut vertices = Recent::new(u32::MAX);
    let (mut next, mut last) = (0u32, 0u32);
    let mut bytes = Vec::with_capacity(count * size);
    for code in codes {
        let (high, low) = (code >> 4, code & 15);
        let triangle = if high < 15 {
            let [a, b] = edges.back(high);
            let c = if low == 0 {
                new(&mut next)
            } else if low < fresh {
                vertices.back(low)
            } else {
                last = match low {
                    15 => free(&mut reader, last)?,
                    // The neighbours before and after.
                    _ => last.wrapping_add(u32::from(low) * 2).wrapping_sub(27),
                };
                last
            };
            if low == 0 || low >= fresh {
                vertices.push(c);
            }
            edges.push([c, b]);
            edges.push([a, c]);
            [a, b, c]
        } else {
            let known = low < 14;
            let others = match known {
                true => *table.get(usize::from(low))?,
                false => reader.byte()?,
            };
            if !known && others == 0 {
                next = 0;
            }
            let first = if low == 15 { 15 } else { 0 };
            // All that are found by looking back are found before any is pushed.
            let found = [first, others >> 4, others & 15].map(|place| match place {
                0 => new(&mut next),
                15 if !known => 0,
                place => vertices.back(place - 1),
            });
            let mut triangle = found;
            let places = [first, others >> 4, others & 15];
            for (vertex, place) in triangle.iter_mut().zip(places) {
                if place == 15 && !known {
                    last = free(&mut reader, last)?;
                    *vertex = last;
                }
            }
            for (vertex, place) in triangle.into_iter().zip(places) {
                if place == 0 || (place == 15 && !known) {
                    vertices.push(vertex);
                }
            }
            let [a, b, c] = triangle;
            edges.push([b, a]);
            edges.push([c, b]);
            edges.push([a, c]);
            [a, b, c]
        };
        for vertex in triangle {
            write(&mut bytes, vertex, size);
        }
    }
    reader.0.is_empty().then_some(bytes)
}

/// Indices in any order.
pub(super) fn sequence(packed: &[u8], count: usize, size: usize) -> Option<Vec<u8>> {
    let (header, rest) = packed.split_first()?;
    if !matches!(header, 0xd0 | 0xd1) {
        return None;
    }
    let (data, _) = rest.split_at_checked(rest.len().checked_sub(4)?)?;
    // Each takes a byte at least: what claims to be more is not worth the memory.
    if data.len() < count {
        return None;
    }
    let mut reader = Reader(data);
    let mut last = [0u32; 2];
    let mut bytes = Vec::with_capacity(count * size);
    for _ in 0..count {
        let number = reader.number()?;
        let last = &mut last[(number & 1) as usize];
        *last = last.wrapping_add(unzigzag(number >> 1));
        write(&mut bytes, *last, size);
    }
    reader.0.is_empty().then_some(bytes)
}

/// The vertex that comes next in order.
fn new(next: &mut u32) -> u32 {
    let vertex = *next;
    *next = next.wrapping_add(1);
    vertex
}

/// An index as the difference from the last that was given so.
fn free(reader: &mut Reader<'_>, last: u32) -> Option<u32> {
    Some(last.wrapping_add(unzigzag(reader.number()?)))
}

fn write(bytes: &mut Vec<u8>, index: u32, size: usize) {
    match size {
        2 => bytes.extend_from_slice(&(index as u16).to_le_bytes()),
        _ => bytes.extend_from_slice(&index.to_le_bytes()),
    }
}
