//! Writes canonical dag-cbor straight into one buffer.
//!
//! serde_ipld_dagcbor buffers and sorts every map entry because it cannot know the order of a struct's fields. An
//! event's fields are known, and writing events is the hot path.

use crate::block::BlockError;
use crate::scan::MAX_DEPTH;
use crate::{Cid, Ipld};

/// A canonical dag-cbor value in the making. The caller writes the keys of a map in canonical order.
#[derive(Default)]
pub(crate) struct Writer {
    bytes: Vec<u8>,
}

impl Writer {
    pub(crate) fn with_capacity(bytes: usize) -> Self {
        Self {
            bytes: Vec::with_capacity(bytes),
        }
    }

    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    pub(crate) fn map(&mut self, entries: usize) {
        self.head(5, entries as u64);
    }

    pub(crate) fn list(&mut self, items: usize) {
        self.head(4, items as u64);
    }

    pub(crate) fn text(&mut self, text: &str) {
        self.head(3, text.len() as u64);
        self.bytes.extend_from_slice(text.as_bytes());
    }

    pub(crate) fn byte_string(&mut self, bytes: &[u8]) {
        self.head(2, bytes.len() as u64);
        self.bytes.extend_from_slice(bytes);
    }

    pub(crate) fn unsigned(&mut self, value: u64) {
        self.head(0, value);
    }

    pub(crate) fn null(&mut self) {
        self.bytes.push(0xf6);
    }

    pub(crate) fn link(&mut self, cid: &Cid) {
        self.bytes.extend_from_slice(&[0xd8, 42]);
        self.head(2, 1 + cid.encoded_len() as u64);
        self.bytes.push(0);
        // Writing into a vector cannot fail.
        let _ = cid.write_bytes(&mut self.bytes);
    }

    pub(crate) fn optional_link(&mut self, cid: Option<&Cid>) {
        match cid {
            Some(cid) => self.link(cid),
            None => self.null(),
        }
    }

    /// Writes any value standing within `depth` lists and maps.
    pub(crate) fn ipld(&mut self, value: &Ipld, depth: usize) -> Result<(), BlockError> {
        match value {
            Ipld::Null => self.null(),
            Ipld::Bool(value) => self.bytes.push(if *value { 0xf5 } else { 0xf4 }),
            Ipld::Integer(value) => return self.integer(*value),
            Ipld::Float(value) => {
                self.bytes.push(0xfb);
                // Zero has one spelling.
                let value = if *value == 0.0 { 0.0 } else { *value };
                self.bytes.extend_from_slice(&value.to_be_bytes());
            }
            Ipld::String(text) => self.text(text),
            Ipld::Bytes(bytes) => self.byte_string(bytes),
            Ipld::Link(cid) => self.link(cid),
            Ipld::List(items) => {
                let depth = deeper(depth)?;
                self.list(items.len());
                for item in items {
                    self.ipld(item, depth)?;
                }
            }
            Ipld::Map(entries) => return self.ipld_map(entries, depth),
        }
        Ok(())
    }

    pub(crate) fn ipld_map(
        &mut self,
        entries: &std::collections::BTreeMap<String, Ipld>,
        depth: usize,
    ) -> Result<(), BlockError> {
        let depth = deeper(depth)?;
        let mut entries: Vec<_> = entries.iter().collect();
        // The map iterates bytewise; a stable sort by length makes it canonical.
        entries.sort_by_key(|(key, _)| key.len());
        self.map(entries.len());
        for (key, value) in entries {
            self.text(key);
            self.ipld(value, depth)?;
        }
        Ok(())
    }

    fn integer(&mut self, value: i128) -> Result<(), BlockError> {
        let (major, magnitude) = if value < 0 { (1, !value) } else { (0, value) };
        let magnitude = u64::try_from(magnitude)
            .map_err(|_| BlockError::Encode(format!("integer {value} does not fit 64 bits")))?;
        self.head(major, magnitude);
        Ok(())
    }

    fn head(&mut self, major: u8, value: u64) {
        let major = major << 5;
        let big_endian = value.to_be_bytes();
        let (info, length) = match value {
            0..=23 => (value as u8, 0),
            24..=0xff => (24, 1),
            0x100..=0xffff => (25, 2),
            0x1_0000..=0xffff_ffff => (26, 4),
            _ => (27, 8),
        };
        self.bytes.push(major | info);
        self.bytes.extend_from_slice(&big_endian[8 - length..]);
    }
}

fn deeper(depth: usize) -> Result<usize, BlockError> {
    if depth < MAX_DEPTH {
        Ok(depth + 1)
    } else {
        Err(BlockError::TooDeep { limit: MAX_DEPTH })
    }
}
