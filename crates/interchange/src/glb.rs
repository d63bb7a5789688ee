//! The binary container (glTF 2.0 Specification, section *GLB File Format Specification*).

use crate::error::{ExportError, ImportError};
use crate::note::Notes;

const MAGIC: &[u8; 4] = b"glTF";
const VERSION: u32 = 2;
const JSON: u32 = u32::from_le_bytes(*b"JSON");
const BIN: u32 = u32::from_le_bytes(*b"BIN\0");
const HEADER: usize = 12;
const CHUNK_HEADER: usize = 8;

/// A container's parts.
#[derive(Debug)]
pub(crate) struct Glb<'a> {
    /// The JSON text.
    pub json: &'a [u8],
    /// Where the JSON text begins in the file.
    pub json_offset: usize,
    /// The binary chunk, with its padding.
    pub bin: Option<&'a [u8]>,
}

/// Whether the file says that it is a container.
pub(crate) fn is_glb(bytes: &[u8]) -> bool {
    bytes.starts_with(MAGIC)
}

/// Takes a container apart.
pub(crate) fn read<'a>(bytes: &'a [u8], notes: &mut Notes) -> Result<Glb<'a>, ImportError> {
    let broken = |offset: usize, problem: String| ImportError::Container { offset, problem };
    let word = |offset: usize| {
        bytes
            .get(offset..offset + 4)
            .and_then(|word| word.try_into().ok())
            .map(u32::from_le_bytes)
            .ok_or_else(|| broken(bytes.len(), "the file ends inside a header".into()))
    };
    if !is_glb(bytes) {
        return Err(broken(0, "it does not start with `glTF`".into()));
    }
    let version = word(4)?;
    if version != VERSION {
        return Err(broken(
            4,
            format!("version {version}, and this reads version {VERSION}"),
        ));
    }
    let declared = word(8)? as usize;
    if declared > bytes.len() {
        return Err(broken(
            bytes.len(),
            format!("the file ends here and says it has {declared} bytes"),
        ));
    }
    if declared < bytes.len() {
        notes.note(
            "",
            format!(
                "{} bytes after the container's end were left out",
                bytes.len() - declared
            ),
        );
    }

    let (mut json, mut bin) = (None, None);
    let mut offset = HEADER;
    while offset < declared {
        let length = word(offset)? as usize;
        let kind = word(offset + 4)?;
        let start = offset + CHUNK_HEADER;
        let chunk = start
            .checked_add(length)
            .filter(|end| *end <= declared)
            .and_then(|end| bytes.get(start..end))
            .ok_or_else(|| {
                broken(
                    offset,
                    format!("a chunk of {length} bytes leaves the container"),
                )
            })?;
        match kind {
            JSON if offset == HEADER => json = Some((chunk, start)),
            JSON => return Err(broken(offset, "a second JSON chunk".into())),
            _ if json.is_none() => {
                return Err(broken(offset, "the first chunk is not JSON".into()));
            }
            BIN if bin.is_some() => return Err(broken(offset, "a second binary chunk".into())),
            BIN => bin = Some(chunk),
            other => notes.note(
                "",
                format!(
                    "a chunk of {length} bytes and of the unknown type {other:#010x} was left out"
                ),
            ),
        }
        offset = start + length;
    }
    let (json, json_offset) =
        json.ok_or_else(|| broken(HEADER, "there is no JSON chunk".into()))?;
    Ok(Glb {
        json,
        json_offset,
        bin,
    })
}

/// Puts a container together; the JSON is padded with spaces, the bytes with zeros.
pub(crate) fn write(json: &[u8], bin: &[u8]) -> Result<Vec<u8>, ExportError> {
    let json_padded = json.len().next_multiple_of(4);
    let bin_padded = bin.len().next_multiple_of(4);
    let mut length = HEADER + CHUNK_HEADER + json_padded;
    if !bin.is_empty() {
        length += CHUNK_HEADER + bin_padded;
    }
    let too_large = |_| ExportError::TooLarge {
        found: length as u64,
        most: u64::from(u32::MAX),
    };
    let total = u32::try_from(length).map_err(too_large)?;

    let mut glb = Vec::with_capacity(length);
    glb.extend_from_slice(MAGIC);
    glb.extend_from_slice(&VERSION.to_le_bytes());
    glb.extend_from_slice(&total.to_le_bytes());
    // Both fit: they are parts of `total`.
    glb.extend_from_slice(&(json_padded as u32).to_le_bytes());
    glb.extend_from_slice(&JSON.to_le_bytes());
    glb.extend_from_slice(json);
    glb.resize(HEADER + CHUNK_HEADER + json_padded, b' ');
    if !bin.is_empty() {
        glb.extend_from_slice(&(bin_padded as u32).to_le_bytes());
        glb.extend_from_slice(&BIN.to_le_bytes());
        glb.extend_from_slice(bin);
        glb.resize(length, 0);
    }
    Ok(glb)
}
