//! Bytes: buffers, side files and data URIs on the way in.

use std::borrow::Cow;
use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use serde_json::Value as Json;
use wissil_model::{Cid, Value, cid_of};

use crate::error::{ImportError, excerpt, property};
use crate::json::{self, Object};
use crate::note::Notes;

/// Most bytes of one file, side files included.
pub const MAX_FILE_BYTES: u64 = 1 << 30;

/// The multicodec number of bytes without structure.
pub(crate) const RAW: u64 = 0x55;

/// Reads a side file by the relative address that the main file gives it.
pub type Resolve<'a> = &'a dyn Fn(&str) -> Result<Vec<u8>, String>;

/// The objects that an import makes, each once.
#[derive(Debug, Default)]
pub(crate) struct Objects(BTreeMap<Cid, Vec<u8>>);

impl Objects {
    /// Takes bytes in.
    pub(crate) fn add(&mut self, bytes: &[u8]) -> Cid {
        let cid = cid_of(RAW, bytes);
        self.0.entry(cid).or_insert_with(|| bytes.to_vec());
        cid
    }

    /// The bytes that a field of a record names; none where they did not come.
    pub(crate) fn named(&self, field: Option<&Value>) -> Option<&[u8]> {
        let cid = field?.as_text()?.parse().ok()?;
        self.0.get::<Cid>(&cid).map(Vec::as_slice)
    }

    /// All of them, in the order of their CIDs.
    pub(crate) fn into_list(self) -> Vec<(Cid, Vec<u8>)> {
        self.0.into_iter().collect()
    }
}

/// What an address led to.
#[derive(Debug)]
pub(crate) struct Fetched {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// The media type that a data URI states.
    pub media_type: Option<String>,
    /// The side file's name; none for a data URI.
    pub file: Option<String>,
}

/// Reads what an address names.
///
/// Only data URIs and files beside or below the main file are read: a file from elsewhere must not make this machine
/// read, and then share, what lies around.
pub(crate) fn fetch(
    uri: &str,
    pointer: &str,
    resolve: Resolve<'_>,
) -> Result<Fetched, ImportError> {
    let refused = |problem: String| ImportError::Resource {
        pointer: pointer.to_owned(),
        uri: excerpt(uri),
        problem,
    };
    if let Some(data) = strip_prefix_of_any_case(uri, "data:") {
        let (head, body) = data
            .split_once(',')
            .ok_or_else(|| refused("a data URI needs a comma before its data".into()))?;
        let media_type = head
            .split(';')
            .next()
            .filter(|it| !it.is_empty())
            .map(str::to_owned);
        let is_base64 = head
            .rsplit_once(';')
            .is_some_and(|(_, last)| last.trim().eq_ignore_ascii_case("base64"));
        let bytes = if is_base64 {
            STANDARD
                .decode(body)
                .or_else(|_| STANDARD_NO_PAD.decode(body))
                .map_err(|error| refused(format!("its base64 is broken: {error}")))?
        } else {
            percent_decode(body)
        };
        return Ok(Fetched {
            bytes,
            media_type,
            file: None,
        });
    }
    let name = String::from_utf8(percent_decode(uri))
        .map_err(|_| refused("its name is not UTF-8".into()))?;
    let scheme = name
        .split(['/', '?', '#'])
        .next()
        .is_some_and(|head| head.contains(':'));
    if scheme
        || name.starts_with(['/', '\\'])
        || name.split(['/', '\\']).any(|part| part == "..")
        || name.is_empty()
    {
        return Err(refused(
            "only files beside or below the main file are read; put it there and name it relative"
                .into(),
        ));
    }
    let bytes = resolve(&name).map_err(refused)?;
    if bytes.len() as u64 > MAX_FILE_BYTES {
        return Err(ImportError::TooLarge {
            what: format!("side file `{}`, in bytes", excerpt(&name)),
            found: bytes.len() as u64,
            most: MAX_FILE_BYTES,
        });
    }
    Ok(Fetched {
        bytes,
        media_type: None,
        file: Some(name),
    })
}

/// Schemes and parameters of addresses are the same in any case (RFC 2397, RFC 3986).
fn strip_prefix_of_any_case<'t>(text: &'t str, prefix: &str) -> Option<&'t str> {
    let (head, rest) = text.split_at_checked(prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then_some(rest)
}

/// The buffers of a file; none where it names bytes it does not bring.
pub(crate) fn buffers<'a>(
    list: &[Json],
    bin: Option<&'a [u8]>,
    container: bool,
    resolve: Resolve<'_>,
    notes: &mut Notes,
) -> Result<Vec<Option<Cow<'a, [u8]>>>, ImportError> {
    let mut buffers = Vec::with_capacity(list.len());
    let mut total = 0;
    for (at, buffer) in list.iter().enumerate() {
        let pointer = format!("/buffers/{at}");
        let buffer = json::object(buffer, &pointer)?;
        let length = json::natural(buffer, "byteLength", &pointer)?
            .ok_or_else(|| property(&pointer, "has no `byteLength`"))?;
        let bytes: Option<Cow<'a, [u8]>> = match json::text(buffer, "uri", &pointer)? {
            Some(uri) => Some(fetch(uri, &pointer, resolve)?.bytes.into()),
            None if is_fallback(buffer) => None,
            None if at == 0 && bin.is_some() => bin.map(Cow::Borrowed),
            None if container && at == 0 && length > 0 => {
                return Err(property(
                    &pointer,
                    "needs the container's binary chunk, and there is none",
                ));
            }
            None => {
                notes.note(
                    &pointer,
                    format!("the file does not bring this buffer's {length} bytes; what uses them is empty"),
                );
                None
            }
        };
        if let Some(bytes) = &bytes {
            if (bytes.len() as u64) < length {
                return Err(ImportError::Data {
                    pointer,
                    offset: bytes.len() as u64,
                    problem: format!("the buffer ends here and says it has {length} bytes"),
                });
            }
            total += bytes.len() as u64;
            if total > MAX_FILE_BYTES {
                return Err(ImportError::TooLarge {
                    what: "all buffers together, in bytes".into(),
                    found: total,
                    most: MAX_FILE_BYTES,
                });
            }
        }
        buffers.push(bytes);
    }
    Ok(buffers)
}

/// Whether a buffer only stands for bytes that an extension packs elsewhere (EXT_meshopt_compression, *Fallback
/// buffers*).
pub(crate) fn is_fallback(buffer: &Object) -> bool {
    let extensions = buffer.get("extensions").and_then(Json::as_object);
    extensions
        .into_iter()
        .flatten()
        .any(|(_, extension)| extension.get("fallback") == Some(&Json::Bool(true)))
}

/// The media type of a picture, by its first bytes or its name.
pub(crate) fn picture_type(bytes: &[u8], name: Option<&str>) -> Option<&'static str> {
    let by_name = || match name?.rsplit('.').next()?.to_ascii_lowercase().as_str() {
        "png" => Some("image/png"),
        "jpg" | "jpeg" => Some("image/jpeg"),
        "webp" => Some("image/webp"),
        "ktx2" => Some("image/ktx2"),
        "avif" => Some("image/avif"),
        _ => None,
    };
    match bytes {
        [0x89, b'P', b'N', b'G', ..] => Some("image/png"),
        [0xff, 0xd8, 0xff, ..] => Some("image/jpeg"),
        [
            b'R',
            b'I',
            b'F',
            b'F',
            _,
            _,
            _,
            _,
            b'W',
            b'E',
            b'B',
            b'P',
            ..,
        ] => Some("image/webp"),
        [0xab, b'K', b'T', b'X', b' ', b'2', b'0', ..] => Some("image/ktx2"),
        _ => by_name(),
    }
}

fn percent_decode(text: &str) -> Vec<u8> {
    let bytes = text.as_bytes();
    let hex = |at: usize| {
        bytes
            .get(at)
            .and_then(|byte| char::from(*byte).to_digit(16))
    };
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match (byte, hex(at + 1), hex(at + 2)) {
            (b'%', Some(high), Some(low)) => {
                decoded.push((high * 16 + low) as u8);
                at += 3;
            }
            _ => {
                decoded.push(*byte);
                at += 1;
            }
        }
    }
    decoded
}
