//! Filters: what is done to numbers after they were unpacked.

/// Components of one and two bytes, and what they hold at most.
fn read<const SIZE: usize>(bytes: &[u8], at: usize) -> i32 {
    match (SIZE, bytes.get(at * SIZE..)) {
        (1, Some([a, ..])) => i32::from(*a as i8),
        (2, Some([a, b, ..])) => i32::from(i16::from_le_bytes([*a, *b])),
        _ => 0,
    }
}

fn write<const SIZE: usize>(bytes: &mut [u8], at: usize, number: i32) {
    if let Some(place) = bytes.get_mut(at * SIZE..(at + 1) * SIZE) {
        place.copy_from_slice(&number.to_le_bytes()[..SIZE]);
    }
}

/// The nearest whole number, halves away from zero.
fn whole(number: f32) -> i32 {
    (number + 0.5f32.copysign(number)) as i32
}

/// Unit vectors whose first two components stand for all three; the fourth stays.
pub(super) fn octahedral<const SIZE: usize>(bytes: &mut [u8]) {
    let most = ((1i32 << (SIZE * 8 - 1)) - 1) as f32;
    for vector in bytes.chunks_exact_mut(4 * SIZE) {
        let [mut x, mut y, one] = [0, 1, 2].map(|at| read::<SIZE>(vector, at) as f32);
        let z = one - x.abs() - y.abs();
        let under = z.min(0.0);
        x += if x >= 0.0 { under } else { -under };
        y += if y >= 0.0 { under } else { -under };
        let scale = most / (x * x + y * y + z * z).sqrt();
        for (at, number) in [x, y, z].into_iter().enumerate() {
            write::<SIZE>(vector, at, whole(number * scale));
        }
    }
}

/// Unit quaternions without their largest component, whose place stands in the last two bits.
pub(super) fn quaternion(bytes: &mut [u8]) {
    for quaternion in bytes.chunks_exact_mut(8) {
        let [x, y, z] = [0, 1, 2].map(|at| read::<2>(quaternion, at) as f32);
        let last = read::<2>(quaternion, 3);
        let one = (last | 3) as f32;
        let w = (one * one * 2.0 - x * x - y * y - z * z).max(0.0).sqrt();
        let scale = 32767.0 / 2f32.sqrt() / one;
        let largest = (last & 3) as usize;
        for (at, number) in [w, x, y, z].into_iter().enumerate() {
            write::<2>(quaternion, (largest + at) & 3, whole(number * scale));
        }
    }
}

/// Floating-point numbers as a mantissa of 24 bits and an exponent of eight.
pub(super) fn exponential(bytes: &mut [u8]) {
    for number in bytes.chunks_exact_mut(4) {
        let Ok(packed) = <[u8; 4]>::try_from(&*number) else {
            continue;
        };
        let packed = i32::from_le_bytes(packed);
        let (exponent, mantissa) = (packed >> 24, packed << 8 >> 8);
        let power = f32::from_bits(((exponent + 127) as u32) << 23);
        number.copy_from_slice(&(power * mantissa as f32).to_le_bytes());
    }
}

/// Colours as brightness and two differences; the highest bit of opacity tells how many bits all have.
pub(super) fn color<const SIZE: usize>(bytes: &mut [u8]) {
    let mask = (1i32 << (SIZE * 8)) - 1;
    for color in bytes.chunks_exact_mut(4 * SIZE) {
        let [brightness, alpha] = [0, 3].map(|at| read::<SIZE>(color, at) & mask);
        let [orange, green] = [1, 2].map(|at| read::<SIZE>(color, at));
        let all = (0..4).fold(alpha, |all, step| all | all >> (1 << step));
        let scale = mask as f32 / all as f32;
        let opacity = (alpha << 1 & all) | (alpha & 1);
        let components = [
            brightness + orange - green,
            brightness + green,
            brightness - orange - green,
            opacity,
        ];
        for (at, component) in components.into_iter().enumerate() {
            write::<SIZE>(color, at, (component as f32 * scale + 0.5) as i32);
        }
    }
}
