//! Unpacks what EXT_meshopt_compression and KHR_meshopt_compression pack, as their appendices *Bitstream* and *Filters*
//! tell; a wrong byte is an error, never more memory than the view says.

mod filters;
mod indices;
mod vertices;

/// How bytes are packed.
pub(crate) struct Packing<'a> {
    /// `ATTRIBUTES`, `TRIANGLES` or `INDICES`.
    pub mode: &'a str,
    /// `NONE`, `OCTAHEDRAL`, `QUATERNION`, `EXPONENTIAL` or `COLOR`.
    pub filter: &'a str,
    /// How many elements.
    pub count: usize,
    /// Bytes of one of them.
    pub stride: usize,
}

/// The bytes that were packed. The caller has made sure that `count` times `stride` is what it wants to have in memory.
///
/// # Errors
/// What is wrong with them, as the end of a sentence.
pub(crate) fn unpack(packed: &[u8], packing: &Packing<'_>) -> Result<Vec<u8>, String> {
    let Packing {
        mode,
        filter,
        count,
        stride,
    } = *packing;
    let fits = match mode {
        "ATTRIBUTES" => (4..=256).contains(&stride) && stride % 4 == 0,
        "TRIANGLES" => [2, 4].contains(&stride) && count % 3 == 0,
        "INDICES" => [2, 4].contains(&stride),
        _ => return Err(format!("there is no mode `{mode}`")),
    };
    if !fits {
        return Err(format!(
            "{count} elements of {stride} bytes do not go with {mode}"
        ));
    }
    let unpacked = match mode {
        "ATTRIBUTES" => vertices::unpack(packed, count, stride),
        "TRIANGLES" => indices::triangles(packed, count, stride),
        _ => indices::sequence(packed, count, stride),
    };
    let mut bytes = unpacked.ok_or("its packed bytes are damaged")?;
    let of_four = match stride {
        4 => Some(1),
        8 => Some(2),
        _ => None,
    };
    match (filter, of_four) {
        ("NONE", _) => {}
        _ if mode != "ATTRIBUTES" => return Err(format!("{mode} have no filters")),
        ("OCTAHEDRAL", Some(1)) => filters::octahedral::<1>(&mut bytes),
        ("OCTAHEDRAL", Some(_)) => filters::octahedral::<2>(&mut bytes),
        ("QUATERNION", Some(2)) => filters::quaternion(&mut bytes),
        ("EXPONENTIAL", _) => filters::exponential(&mut bytes),
        ("COLOR", Some(1)) => filters::color::<1>(&mut bytes),
        ("COLOR", Some(_)) => filters::color::<2>(&mut bytes),
        _ => return Err(format!("there is no filter `{filter}` for {stride} bytes")),
    }
    Ok(bytes)
}

/// Bytes that are read from the front; none where there are too few.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    /// A number of up to 32 bits, seven to a byte.
    fn number(&mut self) -> Option<u32> {
        let mut number = 0;
        for group in 0..5 {
            let byte = self.byte()?;
            number |= u32::from(byte & 127) << (7 * group);
            if byte < 128 {
                break;
            }
        }
        Some(number)
    }
}

/// A signed number whose sign stands in its last bit.
fn unzigzag(number: u32) -> u32 {
    (number & 1).wrapping_neg() ^ (number >> 1)
}
