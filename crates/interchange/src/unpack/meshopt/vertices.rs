//! Mode `ATTRIBUTES`: vertices byte by byte, each as the difference from the one before.

use super::Reader;

/// Bytes whose sizes stand together.
const GROUP: usize = 16;
/// Most vertices of a block, and most bytes.
const MOST_VERTICES: usize = 256;
const BLOCK: usize = 8192;

/// How many bytes one packed byte stands for at most: four bytes of each vertex of a block.
const MOST_TIGHTLY: usize = 4 * MOST_VERTICES;

/// Bits of each byte of a group, by version and how the bytes of the block are packed.
const BITS: [[usize; 4]; 3] = [[0, 2, 4, 8], [0, 1, 2, 4], [1, 2, 4, 8]];

pub(super) fn unpack(packed: &[u8], count: usize, stride: usize) -> Option<Vec<u8>> {
    let (header, rest) = packed.split_first()?;
    let version = match header {
        0xa0 => 0,
        0xa1 => 1,
        _ => return None,
    };
    // The first vertex to compare with stands at the end, and in version 1 how each four bytes differ.
    let (channels, least) = match version {
        0 => (0, 32),
        _ => (stride / 4, 24),
    };
    let tail = stride + channels;
    let (body, _) = rest.split_at_checked(rest.len().checked_sub(tail.max(least))?)?;
    let tail = rest.get(rest.len() - tail..)?;
    let (first, channels) = tail.split_at_checked(stride)?;
    // Nothing packs more tightly: what claims to be more is not worth the memory.
    if body.len().checked_mul(MOST_TIGHTLY)? < count * stride {
        return None;
    }

    let mut reader = Reader(body);
    let mut last = first.to_vec();
    let mut bytes = vec![0; count * stride];
    let in_block = (BLOCK / stride / GROUP * GROUP).min(MOST_VERTICES);
    for block in bytes.chunks_mut(in_block * stride) {
        let controls: &[u8] = match version {
            0 => &[],
            _ => reader.take(stride / 4)?,
        };
        for four in 0..stride / 4 {
            let control = controls.get(four).copied().unwrap_or(0);
            let channel = channels.get(four).copied().unwrap_or(0);
            let count = block.len() / stride;
            let mut lanes = [[0; MOST_VERTICES]; 4];
            for (lane, bytes) in lanes.iter_mut().enumerate() {
                match (version, control >> (lane * 2) & 3) {
                    (0, _) => lane_of(&mut reader, bytes, count, &BITS[0])?,
                    (_, 0) => lane_of(&mut reader, bytes, count, &BITS[1])?,
                    (_, 1) => lane_of(&mut reader, bytes, count, &BITS[2])?,
                    (_, 2) => {}
                    _ => bytes.get_mut(..count)?.copy_from_slice(reader.take(count)?),
                }
            }
            let mut before = <[u8; 4]>::try_from(last.get(four * 4..four * 4 + 4)?).ok()?;
            for (at, vertex) in block.chunks_exact_mut(stride).enumerate() {
                let difference = lanes.map(|lane| lane.get(at).copied().unwrap_or(0));
                before = add(before, difference, channel)?;
                vertex
                    .get_mut(four * 4..four * 4 + 4)?
                    .copy_from_slice(&before);
            }
        }
        last.copy_from_slice(block.get(block.len() - stride..)?);
    }
    reader.0.is_empty().then_some(bytes)
}

/// One byte of each vertex of a block.
fn lane_of(
    reader: &mut Reader<'_>,
    lane: &mut [u8; MOST_VERTICES],
    count: usize,
    bits: &[usize; 4],
) -> Option<()> {
    let groups = count.div_ceil(GROUP);
    let sizes = reader.take(groups.div_ceil(4))?;
    for (at, group) in lane.chunks_exact_mut(GROUP).take(groups).enumerate() {
        let size = sizes.get(at / 4)? >> (at % 4 * 2) & 3;
        let bits = *bits.get(usize::from(size))?;
        if bits == 0 {
            group.fill(0);
            continue;
        }
        let fixed = reader.take(GROUP * bits / 8)?;
        if bits == 8 {
            group.copy_from_slice(fixed);
            continue;
        }
        let all = 0xff >> (8 - bits);
        for (at, byte) in group.iter_mut().enumerate() {
            let (whole, part) = (at * bits / 8, at * bits % 8);
            // Single bits stand the other way around.
            let shift = if bits == 1 { part } else { 8 - bits - part };
            let small = fixed.get(whole)? >> shift & all;
            // What does not fit so few bits follows the group.
            *byte = if small == all { reader.byte()? } else { small };
        }
    }
    Some(())
}

/// Four bytes of a vertex, from those of the vertex before.
fn add(before: [u8; 4], difference: [u8; 4], channel: u8) -> Option<[u8; 4]> {
    match channel & 3 {
        0 => {
            let mut now = before;
            for (now, step) in now.iter_mut().zip(difference) {
                *now = now.wrapping_add((step & 1).wrapping_neg() ^ (step >> 1));
            }
            Some(now)
        }
        1 => {
            let [a, b, c, d] = before;
            let [e, f, g, h] = difference;
            let half = |before: [u8; 2], step: [u8; 2]| {
                let step = u16::from_le_bytes(step);
                let step = (step & 1).wrapping_neg() ^ (step >> 1);
                u16::from_le_bytes(before).wrapping_add(step).to_le_bytes()
            };
            let ([a, b], [c, d]) = (half([a, b], [e, f]), half([c, d], [g, h]));
            Some([a, b, c, d])
        }
        2 => {
            let turn = (32 - u32::from(channel >> 4)) & 31;
            let step = u32::from_le_bytes(difference).rotate_left(turn);
            Some((step ^ u32::from_le_bytes(before)).to_le_bytes())
        }
        _ => None,
    }
}
