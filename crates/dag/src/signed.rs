//! An event with its signature: what is stored and sent.

use std::fmt;
use std::sync::Arc;

use ed25519_dalek::{Signature, Signer, SigningKey};

use crate::Cid;
use crate::block::{Codec, cid_of};
use crate::event::{Event, EventError};
use crate::ids::ReplicaId;

/// An event's block, the CID that names it and the author's ed25519 signature over the CID's bytes.
///
/// Nothing about it is checked until it is opened.
#[derive(Clone, PartialEq, Eq)]
pub struct SignedEvent {
    /// The block's name.
    pub cid: Cid,
    /// Canonical dag-cbor; shared, because the store, the outbox and the network all hold it.
    pub block: Arc<[u8]>,
    /// Made by the event's replica.
    pub signature: [u8; 64],
}

impl Event {
    /// Encodes, names and signs the event.
    ///
    /// # Errors
    /// When the event cannot be encoded or `key` is not its replica's.
    pub fn sign(&self, key: &SigningKey) -> Result<SignedEvent, EventError> {
        let signer = ReplicaId::from(key);
        if signer != self.replica {
            return Err(EventError::WrongKey {
                replica: self.replica,
                key: signer,
            });
        }
        let block = self.encode()?;
        let cid = cid_of(Codec::DAG_CBOR, &block);
        let signature = sign(key, &cid);
        Ok(SignedEvent {
            cid,
            block: block.into(),
            signature,
        })
    }
}

/// The signature of what a CID names: ed25519 over the CID's bytes.
#[must_use]
pub fn sign(key: &SigningKey, cid: &Cid) -> [u8; 64] {
    key.sign(&cid.to_bytes()).to_bytes()
}

impl SignedEvent {
    /// Names a block and puts a signature beside it, unchecked: [`Self::open_verified`] tells whether it holds.
    #[must_use]
    pub fn new(block: impl Into<Arc<[u8]>>, signature: [u8; 64]) -> Self {
        let block = block.into();
        Self {
            cid: cid_of(Codec::DAG_CBOR, &block),
            block,
            signature,
        }
    }

    /// The event, after its CID, canonical form and structure were checked. The signature is not.
    ///
    /// # Errors
    /// See [`EventError`].
    pub fn open(&self) -> Result<Event, EventError> {
        let actual = cid_of(Codec::DAG_CBOR, &self.block);
        if actual != self.cid {
            return Err(EventError::CidMismatch {
                cid: self.cid.into(),
                actual: actual.into(),
            });
        }
        Event::decode(&self.block)
    }

    /// Checks that `replica` signed the CID. Says nothing about the block: see [`Self::open_verified`].
    ///
    /// # Errors
    /// [`EventError::Signature`].
    pub fn verify_signature(&self, replica: &ReplicaId) -> Result<(), EventError> {
        let signature = Signature::from_bytes(&self.signature);
        // Strict: refuses weak keys and the second spellings of a signature.
        replica
            .verifying_key()
            .and_then(|key| key.verify_strict(&self.cid.to_bytes(), &signature).ok())
            .ok_or(EventError::Signature {
                cid: self.cid.into(),
                replica: *replica,
            })
    }

    /// The event, after everything that can be checked without other events was checked.
    ///
    /// # Errors
    /// See [`EventError`].
    pub fn open_verified(&self) -> Result<Event, EventError> {
        let event = self.open()?;
        self.verify_signature(&event.replica)?;
        Ok(event)
    }
}

impl fmt::Debug for SignedEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SignedEvent({}, {} bytes)", self.cid, self.block.len())
    }
}
