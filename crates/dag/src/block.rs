//! Blocks: bytes and the CID that names them, and the canonical dag-cbor they are written in.

use cid::Version;
use multihash::Multihash;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::Cid;
use crate::scan::scan;

/// The multicodec numbers of the blocks we make.
pub struct Codec;

impl Codec {
    /// Canonical dag-cbor: events, object descriptions, signatures.
    pub const DAG_CBOR: u64 = 0x71;
    /// A file's bytes as they are.
    pub const RAW: u64 = 0x55;
}

/// The multicodec number of sha2-256.
pub(crate) const SHA2_256: u64 = 0x12;

/// Why bytes are not an acceptable block, or a value cannot become one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BlockError {
    /// The block is larger than the reader allows.
    #[error("block of {size} bytes is over the limit of {limit}")]
    TooLarge {
        /// The block's length in bytes.
        size: usize,
        /// The greatest length allowed.
        limit: usize,
    },
    /// Lists and maps stand too deep within each other.
    #[error("block nests deeper than {limit} lists and maps")]
    TooDeep {
        /// The greatest depth allowed.
        limit: usize,
    },
    /// More values than a block may hold.
    #[error("block holds more than {limit} values")]
    TooManyValues {
        /// The greatest number allowed.
        limit: usize,
    },
    /// A length points past the end.
    #[error("block ends inside the value at byte {offset}")]
    Truncated {
        /// Where the incomplete value starts.
        offset: usize,
    },
    /// Something dag-cbor does not allow, or not in this spelling.
    #[error("block is not canonical dag-cbor at byte {offset}: {reason}")]
    NotCanonical {
        /// Where it stands.
        offset: usize,
        /// What is wrong.
        reason: &'static str,
    },
    /// Decoded, the block means less than its bytes say: a field is missing or unknown.
    #[error("block does not read back as the same bytes")]
    NotSame,
    /// The block is valid dag-cbor of another shape.
    #[error("block has another shape: {0}")]
    Shape(String),
    /// The value has no dag-cbor form.
    #[error("value cannot be written as dag-cbor: {0}")]
    Encode(String),
}

/// The CIDv1 of bytes: sha2-256 under the given codec.
///
/// ```
/// let cid = wissil_dag::cid_of(wissil_dag::Codec::RAW, b"foo");
/// assert_eq!(cid.to_string(), "bafkreibme22gw2h7y2h7tg2fhqotaqjucnbc24deqo72b6mkl2egezxhvy");
/// ```
#[must_use]
pub fn cid_of(codec: u64, bytes: &[u8]) -> Cid {
    cid_of_digest(codec, Sha256::digest(bytes).into())
}

/// The CID of bytes that come piece by piece, for content too large to be held.
#[derive(Clone, Debug, Default)]
pub struct CidHasher(Sha256);

impl CidHasher {
    /// Starts without bytes.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The CIDv1 of all of them under a codec; the same as [`cid_of`] gives for them at once.
    #[must_use]
    pub fn finish(self, codec: u64) -> Cid {
        cid_of_digest(codec, self.0.finalize().into())
    }
}

pub(crate) fn cid_of_digest(codec: u64, digest: [u8; 32]) -> Cid {
    // 32 bytes always fit the 64 of `Cid`; the default stands for a branch that cannot be reached.
    Cid::new_v1(
        codec,
        Multihash::wrap(SHA2_256, &digest).unwrap_or_default(),
    )
}

/// The digest of a CID that can name an event: CIDv1, dag-cbor, sha2-256.
pub(crate) fn event_digest(cid: &Cid) -> Option<[u8; 32]> {
    let hash = cid.hash();
    let fits =
        cid.version() == Version::V1 && cid.codec() == Codec::DAG_CBOR && hash.code() == SHA2_256;
    hash.digest().try_into().ok().filter(|_| fits)
}

/// Whether `cid` is a sha2-256 CID and the hash of `bytes`; `None` when it uses another hash function.
pub(crate) fn names(cid: &Cid, bytes: &[u8]) -> Option<bool> {
    let hash = cid.hash();
    (hash.code() == SHA2_256 && hash.size() == 32)
        .then(|| hash.digest() == Sha256::digest(bytes).as_slice())
}

/// Writes a value as canonical dag-cbor.
///
/// # Errors
/// When the value has no dag-cbor form (NaN, infinite, a map key that is not text, an integer beyond 64 bits) or is
/// deeper or larger than [`decode`] would take back.
pub fn encode<T: Serialize + ?Sized>(value: &T) -> Result<Vec<u8>, BlockError> {
    let bytes = serde_ipld_dagcbor::to_vec(value).map_err(|e| BlockError::Encode(e.to_string()))?;
    scan(&bytes, usize::MAX)?;
    Ok(bytes)
}

/// Reads canonical dag-cbor from anyone, strictly.
///
/// Sizes, depth and declared lengths are checked before anything is allocated for them; whatever does not read back
/// as the same bytes is refused, so a value has exactly one CID.
///
/// # Errors
/// See [`BlockError`].
pub fn decode<T: DeserializeOwned + Serialize>(
    bytes: &[u8],
    max_bytes: usize,
) -> Result<T, BlockError> {
    scan(bytes, max_bytes)?;
    let value: T = decode_scanned(bytes)?;
    let again =
        serde_ipld_dagcbor::to_vec(&value).map_err(|e| BlockError::Encode(e.to_string()))?;
    if again == bytes {
        Ok(value)
    } else {
        Err(BlockError::NotSame)
    }
}

/// The second half of [`decode`], for bytes that were scanned or that we wrote ourselves.
pub(crate) fn decode_scanned<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Result<T, BlockError> {
    serde_ipld_dagcbor::from_slice(bytes).map_err(|e| BlockError::Shape(e.to_string()))
}
