//! Objects: assets and other large things, described by a small block with typed links.
//!
//! A file's bytes are one raw block, named by the CID over the file. The object block says what they are and links
//! to them as `content`; something small may stand in the object itself.

use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;
use sha2::{Digest, Sha256};

use crate::Cid;
use crate::block::{BlockError, Codec, cid_of, cid_of_digest, decode, encode};

/// The greatest length of an object's block in bytes. Larger content is linked.
pub const MAX_OBJECT_BYTES: usize = 900 * 1024;

/// The greatest number of links of one object.
pub const MAX_LINKS: usize = 4096;

const VERSION: u64 = 1;
const MAX_NAME_BYTES: usize = 1024;

/// What an asset is and where its content is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectBlock {
    /// The content itself, when it is small.
    pub data: Option<Vec<u8>>,
    /// What kind of file, such as `model/gltf-binary`.
    pub media_type: String,
    /// The content's length in bytes.
    pub size: u64,
    /// The version of the same asset before this one.
    pub previous: Option<Cid>,
    /// Other blocks, in the author's order.
    pub links: Vec<Link>,
}

/// A named, typed reference to another block.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Link {
    /// What the object calls it: a file name, a size, an index.
    pub name: String,
    /// What the other block is to the object.
    #[serde(rename = "type")]
    pub link_type: LinkType,
    /// The other block.
    pub cid: Cid,
}

/// What a linked block is to the object.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum LinkType {
    /// The content: one raw block over the whole file.
    Content,
    /// An older version.
    Previous,
    /// A part of the content; the parts stand in order.
    Chunk,
    /// A small picture of it.
    Thumbnail,
    /// Something it cannot be used without.
    DependsOn,
    /// What it was made from.
    Source,
    /// A type of a newer version of this program, kept as it is.
    Other(String),
}

/// Why something is not an acceptable object.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ObjectError {
    /// The bytes are not a block we accept.
    #[error("object: {0}")]
    Block(#[from] BlockError),
    /// Written by a newer version of the format.
    #[error("object has format version {0}, this program reads version 1")]
    Version(u64),
    /// The data are not as long as the object says.
    #[error("object says {size} bytes and holds {actual}")]
    Size {
        /// What it says.
        size: u64,
        /// What it holds.
        actual: u64,
    },
    /// The media type is not `type/subtype`.
    #[error("media type {0:?} is not of the form type/subtype")]
    MediaType(String),
    /// Too many links.
    #[error("object has {0} links, over the limit of {MAX_LINKS}")]
    TooManyLinks(usize),
    /// A link's name or type is empty or too long.
    #[error("link {0} of the object has an empty or too long name or type")]
    LinkName(usize),
}

impl ObjectBlock {
    /// Describes content that is stored beside as a raw block.
    pub fn linking(content: Cid, size: u64, media_type: impl Into<String>) -> Self {
        let link = Link {
            name: "content".to_owned(),
            link_type: LinkType::Content,
            cid: content,
        };
        Self {
            data: None,
            media_type: media_type.into(),
            size,
            previous: None,
            links: vec![link],
        }
    }

    /// Holds small content itself.
    pub fn holding(data: Vec<u8>, media_type: impl Into<String>) -> Self {
        let size = data.len() as u64;
        Self {
            data: Some(data),
            media_type: media_type.into(),
            size,
            previous: None,
            links: Vec::new(),
        }
    }

    /// The raw block with the content, when there is one.
    #[must_use]
    pub fn content(&self) -> Option<&Cid> {
        self.links_of(&LinkType::Content).next()
    }

    /// The blocks linked as one type.
    pub fn links_of(&self, link_type: &LinkType) -> impl Iterator<Item = &Cid> {
        self.links
            .iter()
            .filter(move |link| link.link_type == *link_type)
            .map(|link| &link.cid)
    }

    /// The object's block and its CID.
    ///
    /// # Errors
    /// When a rule is broken or the block is over [`MAX_OBJECT_BYTES`].
    pub fn encode(&self) -> Result<(Cid, Vec<u8>), ObjectError> {
        self.check()?;
        let bytes = encode(&Fields {
            v: VERSION,
            data: self.data.clone().map(ByteBuf::from),
            media_type: self.media_type.clone(),
            size: self.size,
            previous: self.previous,
            links: self.links.clone(),
        })?;
        if bytes.len() > MAX_OBJECT_BYTES {
            return Err(BlockError::TooLarge {
                size: bytes.len(),
                limit: MAX_OBJECT_BYTES,
            }
            .into());
        }
        Ok((cid_of(Codec::DAG_CBOR, &bytes), bytes))
    }

    /// Reads a block from anyone, strictly.
    ///
    /// # Errors
    /// See [`ObjectError`].
    pub fn decode(bytes: &[u8]) -> Result<Self, ObjectError> {
        let fields: Fields = decode(bytes, MAX_OBJECT_BYTES)?;
        if fields.v != VERSION {
            return Err(ObjectError::Version(fields.v));
        }
        let object = Self {
            data: fields.data.map(ByteBuf::into_vec),
            media_type: fields.media_type,
            size: fields.size,
            previous: fields.previous,
            links: fields.links,
        };
        object.check()?;
        Ok(object)
    }

    fn check(&self) -> Result<(), ObjectError> {
        if let Some(actual) = self.data.as_ref().map(|data| data.len() as u64)
            && actual != self.size
        {
            return Err(ObjectError::Size {
                size: self.size,
                actual,
            });
        }
        if !is_media_type(&self.media_type) {
            return Err(ObjectError::MediaType(
                self.media_type.chars().take(128).collect(),
            ));
        }
        if self.links.len() > MAX_LINKS {
            return Err(ObjectError::TooManyLinks(self.links.len()));
        }
        let fits = |text: &str| (1..=MAX_NAME_BYTES).contains(&text.len());
        match self
            .links
            .iter()
            .position(|link| !fits(&link.name) || !fits(link.link_type.as_str()))
        {
            Some(at) => Err(ObjectError::LinkName(at)),
            None => Ok(()),
        }
    }
}

/// Names a file's content while it streams by: the raw block's CID and the length.
#[derive(Debug, Clone, Default)]
pub struct ContentHasher {
    hasher: Sha256,
    size: u64,
}

impl ContentHasher {
    /// Starts before the first byte.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.hasher.update(bytes);
        self.size += bytes.len() as u64;
    }

    /// The CID of all bytes taken, as a raw block, and their number.
    #[must_use]
    pub fn finish(self) -> (Cid, u64) {
        (
            cid_of_digest(Codec::RAW, self.hasher.finalize().into()),
            self.size,
        )
    }
}

impl LinkType {
    /// The type as it is written in a block.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Content => "content",
            Self::Previous => "previous",
            Self::Chunk => "chunk",
            Self::Thumbnail => "thumbnail",
            Self::DependsOn => "depends-on",
            Self::Source => "source",
            Self::Other(text) => text,
        }
    }
}

impl From<String> for LinkType {
    fn from(text: String) -> Self {
        match text.as_str() {
            "content" => Self::Content,
            "previous" => Self::Previous,
            "chunk" => Self::Chunk,
            "thumbnail" => Self::Thumbnail,
            "depends-on" => Self::DependsOn,
            "source" => Self::Source,
            _ => Self::Other(text),
        }
    }
}

impl From<LinkType> for String {
    fn from(link_type: LinkType) -> Self {
        match link_type {
            LinkType::Other(text) => text,
            known => known.as_str().to_owned(),
        }
    }
}

/// The block's fields as dag-cbor has them.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Fields {
    v: u64,
    data: Option<ByteBuf>,
    media_type: String,
    size: u64,
    previous: Option<Cid>,
    links: Vec<Link>,
}

fn is_media_type(text: &str) -> bool {
    let is_name = |name: &str| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_graphic());
    text.len() <= 128
        && text
            .split_once('/')
            .is_some_and(|(kind, name)| is_name(kind) && is_name(name))
}
