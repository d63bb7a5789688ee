//! Checkpoints that replicas share: a document's state with what is needed to go on from it.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use wissil_dag::{
    BranchId, Cid, Codec, DocumentId, ReplicaId, SessionId, SignedEvent, SigningKey, cid_of,
};
use wissil_model::{DocumentKind, FoldError, check_state};

use crate::engine::{Engine, MANIFEST};
use crate::error::EngineError;
use crate::ports::{ChainState, EventStore, Head, LogKey};

/// The greatest length of a shared checkpoint in bytes.
pub const MAX_SHARED_BYTES: usize = 256 << 20;

/// The greatest number of events that one may say it folds: a thousand for every second of thirty years. Places are kept
/// free for them, and there is an end to places.
const MAX_LENGTH: u64 = 1 << 40;

/// The format, the field `v`.
const VERSION: u64 = 1;

/// The state of a log at its heads, and the ends of its chains: whoever starts from it folds what comes after, without
/// the events before. Its maker signs it; that it is what those events make is known only to who folds them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SharedCheckpoint {
    /// The session.
    pub session: SessionId,
    /// The log.
    pub log: LogKey,
    /// The kind of its document.
    pub kind: DocumentKind,
    /// How many events it folds: the sum of the lengths of its chains.
    pub length: u64,
    /// The heads, sorted by CID; each is the end of a chain.
    pub heads: Vec<Head>,
    /// The ends of all chains, sorted by replica.
    pub chains: Vec<(ReplicaId, ChainState)>,
    /// The document's encoded state.
    pub state: Vec<u8>,
    /// Who made it.
    pub replica: ReplicaId,
}

/// Why bytes are no shared checkpoint, or one cannot be written.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum SharedCheckpointError {
    /// Not the bytes of one.
    #[error("the checkpoint cannot be read: {0}")]
    Block(#[from] wissil_dag::BlockError),
    /// Its state holds what no document uses.
    #[error("the checkpoint's state cannot be used: {0}")]
    State(#[from] FoldError),
    /// Written by a newer version of the format.
    #[error("the checkpoint has format version {0}, this program reads version 1")]
    Version(u64),
    /// The parts contradict each other.
    #[error("the checkpoint contradicts itself: {0}")]
    Structure(&'static str),
    /// Its maker did not sign it.
    #[error("the checkpoint is not signed by replica {0}")]
    Signature(ReplicaId),
    /// Signing with a key that is not its maker's.
    #[error("the checkpoint of replica {replica} cannot be signed with the key of {key}")]
    WrongKey {
        /// The maker.
        replica: ReplicaId,
        /// The public key of the key given.
        key: ReplicaId,
    },
}

impl SharedCheckpoint {
    /// Encodes and signs it: canonical dag-cbor of its block and the signature over the block's CID.
    ///
    /// # Errors
    /// When its parts contradict each other or `key` is not its maker's.
    pub fn encode(&self, key: &SigningKey) -> Result<Vec<u8>, SharedCheckpointError> {
        let signer = ReplicaId::from(key);
        if signer != self.replica {
            return Err(SharedCheckpointError::WrongKey {
                replica: self.replica,
                key: signer,
            });
        }
        self.check()?;
        let block = wissil_dag::encode(&Block::from(self))?;
        let signature = wissil_dag::sign(key, &cid_of(Codec::DAG_CBOR, &block));
        Ok(wissil_dag::encode(&Signed {
            block,
            signature: signature.to_vec(),
        })?)
    }

    /// Reads bytes from anyone: size, canonical form, structure, signature, state.
    ///
    /// # Errors
    /// See [`SharedCheckpointError`].
    pub fn open(bytes: &[u8]) -> Result<Self, SharedCheckpointError> {
        let Signed { block, signature } = wissil_dag::decode(bytes, MAX_SHARED_BYTES)?;
        let opened: Block = wissil_dag::decode(&block, MAX_SHARED_BYTES)?;
        let checkpoint = Self::try_from(opened)?;
        checkpoint.check()?;
        let unsigned = || SharedCheckpointError::Signature(checkpoint.replica);
        let signature = signature.try_into().map_err(|_| unsigned())?;
        SignedEvent::new(block, signature)
            .verify_signature(&checkpoint.replica)
            .map_err(|_| unsigned())?;
        check_state(checkpoint.kind, &checkpoint.state)?;
        Ok(checkpoint)
    }

    fn check(&self) -> Result<(), SharedCheckpointError> {
        let broken = |rule| Err(SharedCheckpointError::Structure(rule));
        if !self.chains.is_sorted_by(|(a, _), (b, _)| a < b) {
            return broken("its chains are not sorted and unique");
        }
        let lengths = self.chains.iter().map(|(_, tip)| tip.seq);
        let length = lengths.reduce(u64::saturating_add);
        if length != Some(self.length) {
            return broken("its length is not that of its chains");
        }
        if self.length > MAX_LENGTH {
            return broken("it folds more events than there can be");
        }
        if self.log.document.as_str() == MANIFEST && self.kind != DocumentKind::MANIFEST {
            return broken("the manifest is of another kind");
        }
        let fits = |tip: &ChainState| {
            tip.seq >= 1 && (tip.seq..=self.length).contains(&tip.height) && is_event(&tip.cid)
        };
        if !self.chains.iter().all(|(_, tip)| fits(tip)) {
            return broken("a chain ends in what cannot be an event of it");
        }
        if self.heads.is_empty() || !self.heads.is_sorted_by(|a, b| a.cid < b.cid) {
            return broken("its heads are not sorted and unique");
        }
        let ends = self.chains.iter().map(|(_, tip)| (tip.cid, tip.height));
        let ends: HashMap<Cid, u64> = ends.collect();
        if ends.len() != self.chains.len() {
            return broken("two chains end in one event");
        }
        let is_end = |head: &Head| ends.get(&head.cid) == Some(&head.height);
        if !self.heads.iter().all(is_end) {
            return broken("a head is not the end of a chain");
        }
        Ok(())
    }
}

impl<S: EventStore> Engine<S> {
    /// The present state of a document as bytes that others can start from, signed; none when it has no events, or while
    /// the history before its own base is not all here.
    ///
    /// # Errors
    /// When the document cannot be read, or is too large to be shared.
    pub fn share_signed(&mut self, document: &DocumentId) -> Result<Option<Vec<u8>>, EngineError> {
        let Some(checkpoint) = self.share(document)? else {
            return Ok(None);
        };
        let encoded = checkpoint.encode(self.key());
        encoded.map(Some).map_err(|error| EngineError::Damaged {
            document: document.clone(),
            problem: error.to_string(),
        })
    }

    /// The present state of a document, to be shared; none when it has no events, or while its history is incomplete.
    pub fn share(
        &mut self,
        document: &DocumentId,
    ) -> Result<Option<SharedCheckpoint>, EngineError> {
        let log = self.log(document);
        let Some(state) = self.store.log(&log)? else {
            return Ok(None);
        };
        if self.store.base(&log)?.is_some() {
            return Ok(None);
        }
        let chains = self.store.chains()?.into_iter();
        let chains = chains
            .filter(|(of, _, _)| *of == log)
            .map(|(_, replica, tip)| (replica, tip))
            .collect();
        Ok(Some(SharedCheckpoint {
            session: self.session.clone(),
            kind: state.kind,
            length: state.length,
            heads: state.heads,
            chains,
            state: self.live(&log)?.document.checkpoint(),
            replica: self.replica,
            log,
        }))
    }
}

/// The bytes as they travel.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Signed {
    #[serde(with = "serde_bytes")]
    block: Vec<u8>,
    #[serde(with = "serde_bytes")]
    signature: Vec<u8>,
}

/// The block's fields as dag-cbor has them.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Block {
    v: u64,
    session: SessionId,
    branch: BranchId,
    document: DocumentId,
    kind: String,
    length: u64,
    heads: Vec<(Cid, u64)>,
    /// Replica, last event, its number, its height, whether the chain is frozen.
    chains: Vec<(ReplicaId, Cid, u64, u64, bool)>,
    #[serde(with = "serde_bytes")]
    state: Vec<u8>,
    replica: ReplicaId,
}

impl From<&SharedCheckpoint> for Block {
    fn from(checkpoint: &SharedCheckpoint) -> Self {
        let heads = checkpoint.heads.iter().map(|head| (head.cid, head.height));
        let chains = checkpoint.chains.iter();
        Self {
            v: VERSION,
            session: checkpoint.session.clone(),
            branch: checkpoint.log.branch.clone(),
            document: checkpoint.log.document.clone(),
            kind: checkpoint.kind.name().to_owned(),
            length: checkpoint.length,
            heads: heads.collect(),
            chains: chains
                .map(|(replica, tip)| (*replica, tip.cid, tip.seq, tip.height, tip.frozen))
                .collect(),
            state: checkpoint.state.clone(),
            replica: checkpoint.replica,
        }
    }
}

impl TryFrom<Block> for SharedCheckpoint {
    type Error = SharedCheckpointError;

    fn try_from(block: Block) -> Result<Self, Self::Error> {
        if block.v != VERSION {
            return Err(SharedCheckpointError::Version(block.v));
        }
        let unknown = SharedCheckpointError::Structure(
            "its document is of a kind this version does not know",
        );
        let heads = block.heads.into_iter();
        let chains = block.chains.into_iter();
        Ok(Self {
            session: block.session,
            log: LogKey {
                branch: block.branch,
                document: block.document,
            },
            kind: block.kind.parse().map_err(|_| unknown)?,
            length: block.length,
            heads: heads.map(|(cid, height)| Head { cid, height }).collect(),
            chains: chains
                .map(|(replica, cid, seq, height, frozen)| {
                    let tip = ChainState {
                        cid,
                        seq,
                        height,
                        frozen,
                    };
                    (replica, tip)
                })
                .collect(),
            state: block.state,
            replica: block.replica,
        })
    }
}

/// Whether a CID is of the form of an event's: dag-cbor, sha2-256.
fn is_event(cid: &Cid) -> bool {
    let digest = cid.hash().digest();
    cid.codec() == Codec::DAG_CBOR && cid.hash().code() == 0x12 && digest.len() == 32
}
