//! Reads foreign dag-cbor once, without recursion and without allocating what it claims, before any other decoder
//! sees it.
//!
//! It accepts exactly the canonical form of the dag-cbor specification (strict): definite lengths, shortest heads,
//! text keys sorted by length and then bytewise without duplicates, 64-bit finite floats without a negative zero,
//! tag 42 only. CIDs and UTF-8 are left to the decoder that follows.

use crate::block::BlockError;

/// The greatest number of lists and maps within each other.
pub const MAX_DEPTH: usize = 64;

/// The greatest number of values in one block, keys not counted: a decoded value takes about a hundred times the
/// one byte it may be written with.
pub const MAX_VALUES: usize = 1 << 18;

/// Checks that `bytes` are one canonical dag-cbor value of at most `max_bytes`.
pub(crate) fn scan(bytes: &[u8], max_bytes: usize) -> Result<(), BlockError> {
    if bytes.len() > max_bytes {
        return Err(BlockError::TooLarge {
            size: bytes.len(),
            limit: max_bytes,
        });
    }
    let mut scan = Scan {
        bytes,
        at: 0,
        open: Vec::new(),
        values: 0,
    };
    loop {
        scan.value()?;
        if !scan.next_in_container()? {
            break;
        }
    }
    if scan.at < bytes.len() {
        return Err(BlockError::NotCanonical {
            offset: scan.at,
            reason: "bytes follow the value",
        });
    }
    Ok(())
}

struct Scan<'a> {
    bytes: &'a [u8],
    at: usize,
    open: Vec<Container<'a>>,
    values: usize,
}

/// A list or map whose items are not all read.
struct Container<'a> {
    left: u64,
    is_map: bool,
    last_key: Option<&'a [u8]>,
}

impl<'a> Scan<'a> {
    /// Reads one value; of a list or map only its head, which opens it.
    fn value(&mut self) -> Result<(), BlockError> {
        let start = self.at;
        self.values += 1;
        if self.values > MAX_VALUES {
            return Err(BlockError::TooManyValues { limit: MAX_VALUES });
        }
        let (major, info) = self.initial_byte()?;
        match major {
            0 | 1 => self.argument(info).map(drop),
            2 | 3 => self.content(info).map(drop),
            4 | 5 => {
                let left = self.argument(info)?;
                self.open(start, left, major == 5)
            }
            6 => self.link(start, info),
            _ => self.simple(start, info),
        }
    }

    /// Closes what is complete and reads the next key of a map; false when the outermost value is complete.
    fn next_in_container(&mut self) -> Result<bool, BlockError> {
        while let Some(container) = self.open.last_mut() {
            if container.left == 0 {
                self.open.pop();
                continue;
            }
            container.left -= 1;
            if container.is_map {
                self.key()?;
            }
            return Ok(true);
        }
        Ok(false)
    }

    fn open(&mut self, start: usize, left: u64, is_map: bool) -> Result<(), BlockError> {
        if self.open.len() == MAX_DEPTH {
            return Err(BlockError::TooDeep { limit: MAX_DEPTH });
        }
        // The shortest entry of a map is an empty key and a one-byte value.
        let shortest = left.saturating_mul(if is_map { 2 } else { 1 });
        if shortest > (self.bytes.len() - self.at) as u64 {
            return Err(BlockError::Truncated { offset: start });
        }
        self.open.push(Container {
            left,
            is_map,
            last_key: None,
        });
        Ok(())
    }

    fn key(&mut self) -> Result<(), BlockError> {
        let start = self.at;
        let (major, info) = self.initial_byte()?;
        if major != 3 {
            return Err(BlockError::NotCanonical {
                offset: start,
                reason: "a map key is not text",
            });
        }
        let key = self.content(info)?;
        if let Some(container) = self.open.last_mut() {
            if container
                .last_key
                .is_some_and(|last| (last.len(), last) >= (key.len(), key))
            {
                return Err(BlockError::NotCanonical {
                    offset: start,
                    reason: "map keys are not in order or not unique",
                });
            }
            container.last_key = Some(key);
        }
        Ok(())
    }

    /// Tag 42 and a byte string starting with the multibase prefix 0.
    fn link(&mut self, start: usize, info: u8) -> Result<(), BlockError> {
        let refused = |reason| BlockError::NotCanonical {
            offset: start,
            reason,
        };
        if self.argument(info)? != 42 {
            return Err(refused("a tag other than 42"));
        }
        let (major, info) = self.initial_byte()?;
        if major != 2 || self.content(info)?.first() != Some(&0) {
            return Err(refused("tag 42 is not followed by the bytes of a CID"));
        }
        Ok(())
    }

    fn simple(&mut self, start: usize, info: u8) -> Result<(), BlockError> {
        let refused = |reason| {
            Err(BlockError::NotCanonical {
                offset: start,
                reason,
            })
        };
        match info {
            20..=22 => Ok(()),
            27 => {
                let float = f64::from_bits(self.big_endian(8)?);
                if !float.is_finite() {
                    refused("a float is not finite")
                } else if float == 0.0 && float.is_sign_negative() {
                    refused("a float is negative zero")
                } else {
                    Ok(())
                }
            }
            25 | 26 => refused("a float is shorter than 64 bits"),
            _ => refused("a simple value other than true, false and null"),
        }
    }

    /// The bytes of a text or byte string.
    fn content(&mut self, info: u8) -> Result<&'a [u8], BlockError> {
        let start = self.at;
        let length = self.argument(info)?;
        let length =
            usize::try_from(length).map_err(|_| BlockError::Truncated { offset: start })?;
        self.take(length)
            .ok_or(BlockError::Truncated { offset: start })
    }

    fn argument(&mut self, info: u8) -> Result<u64, BlockError> {
        let start = self.at;
        let (value, least) = match info {
            0..=23 => return Ok(u64::from(info)),
            24 => (self.big_endian(1)?, 24),
            25 => (self.big_endian(2)?, 1 << 8),
            26 => (self.big_endian(4)?, 1 << 16),
            27 => (self.big_endian(8)?, 1 << 32),
            _ => {
                return Err(BlockError::NotCanonical {
                    offset: start,
                    reason: "an indefinite length",
                });
            }
        };
        if value < least {
            return Err(BlockError::NotCanonical {
                offset: start,
                reason: "an integer or length is not written in its shortest form",
            });
        }
        Ok(value)
    }

    fn initial_byte(&mut self) -> Result<(u8, u8), BlockError> {
        let byte = self.big_endian(1)? as u8;
        Ok((byte >> 5, byte & 31))
    }

    fn big_endian(&mut self, length: usize) -> Result<u64, BlockError> {
        let start = self.at;
        let bytes = self
            .take(length)
            .ok_or(BlockError::Truncated { offset: start })?;
        Ok(bytes
            .iter()
            .fold(0, |value, &byte| (value << 8) | u64::from(byte)))
    }

    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let bytes = self.bytes.get(self.at..self.at.checked_add(length)?)?;
        self.at += length;
        Some(bytes)
    }
}
