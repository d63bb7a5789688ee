//! Seals: a hash over the columns of a row, against bits that change on the disk. No protection against people: events
//! are signed for that.

use sha2::{Digest, Sha256};
use wissil_dag::{Cid, cid_of};

/// Takes the columns of one row in their order.
pub(crate) struct Seal(Sha256);

impl Seal {
    /// Starts the seal of a row of a table.
    pub fn of(table: &str) -> Self {
        Self(Sha256::new()).text(table)
    }

    pub fn int(mut self, value: i64) -> Self {
        self.0.update(value.to_be_bytes());
        self
    }

    pub fn bytes(mut self, value: &[u8]) -> Self {
        self.0.update((value.len() as u64).to_be_bytes());
        self.0.update(value);
        self
    }

    pub fn text(self, value: &str) -> Self {
        self.bytes(value.as_bytes())
    }

    /// The seal of a common row: the first 64 bits.
    pub fn finish(self) -> i64 {
        let [a, b, c, d, e, f, g, h, ..] = self.finish_whole();
        i64::from_be_bytes([a, b, c, d, e, f, g, h])
    }

    /// The seal of a row that is used without other checks: all 256 bits.
    pub fn finish_whole(self) -> [u8; 32] {
        self.0.finalize().into()
    }
}

/// The digest of a CID that can name an event: CIDv1, dag-cbor, sha2-256.
pub(crate) fn digest(cid: &Cid) -> Option<[u8; 32]> {
    let digest: [u8; 32] = cid.hash().digest().try_into().ok()?;
    (event_cid(&digest) == Some(*cid)).then_some(digest)
}

/// The CID of an event with this digest.
pub(crate) fn event_cid(digest: &[u8; 32]) -> Option<Cid> {
    // Version 1, dag-cbor, sha2-256, 32 bytes.
    let mut bytes = [0; 36];
    bytes[..4].copy_from_slice(&[0x01, 0x71, 0x12, 0x20]);
    bytes[4..].copy_from_slice(digest);
    Cid::try_from(&bytes[..]).ok()
}

/// Whether bytes are the block that an event's digest names.
pub(crate) fn names(digest: &[u8; 32], block: &[u8]) -> bool {
    Sha256::digest(block).as_slice() == digest
}

/// Whether bytes are what a CID of any codec names.
pub(crate) fn is_content_of(cid: &Cid, bytes: &[u8]) -> bool {
    cid_of(cid.codec(), bytes) == *cid
}
