//! The event: an immutable description of one gesture, as one canonical dag-cbor block.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_bytes::ByteBuf;

use crate::block::{BlockError, decode_scanned, event_digest};
use crate::ids::{BranchId, DocumentId, ReplicaId, SessionId, UserId};
use crate::scan::scan;
use crate::writer::Writer;
use crate::{Cid, Ipld};

/// The greatest length of an event's block in bytes: it fits a NATS message of 1 MiB with its headers.
pub const MAX_EVENT_BYTES: usize = 900 * 1024;

/// The greatest number of parents of one event.
pub const MAX_PARENTS: usize = 64;

/// The format this crate writes and reads, the field `v`.
pub(crate) const VERSION: u64 = 1;

const MAX_TYPE_BYTES: usize = 128;

/// One gesture of one person in one document.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// The session whose history this is part of.
    pub session: SessionId,
    /// The branch it was made on.
    pub branch: BranchId,
    /// The document it changes: the aggregate.
    pub document: DocumentId,
    /// What the person did, as `thing.verb`; written as `type`.
    pub event_type: String,
    /// Who did it.
    pub user: UserId,
    /// On which installation: the key that signs.
    pub replica: ReplicaId,
    /// The place in the replica's chain: 1, 2, 3 … without gaps.
    pub seq: u64,
    /// One more than the greatest height among `previous` and `parents`.
    pub height: u64,
    /// The chain's last event.
    pub previous: Option<Cid>,
    /// The other heads that were seen, sorted, without `previous` and its ancestors.
    pub parents: Vec<Cid>,
    /// Unix milliseconds by the author's clock. Information only: it decides nothing.
    pub time: u64,
    /// What it meant, each `{collection, id, put | set | remove, was}`.
    pub changes: Vec<Ipld>,
    /// What it did: a yrs v1 update.
    pub update: Option<Vec<u8>>,
    /// Everything else worth keeping.
    pub metadata: BTreeMap<String, Ipld>,
}

/// An event's place in the Merkle-DAG, without its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventLink {
    /// The event.
    pub cid: Cid,
    /// Its chain's event before it.
    pub previous: Option<Cid>,
    /// The other heads it had seen.
    pub parents: Vec<Cid>,
    /// Its height.
    pub height: u64,
    /// Its author's installation.
    pub replica: ReplicaId,
    /// Its place in the chain.
    pub seq: u64,
}

/// Why something is not an acceptable event.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EventError {
    /// The bytes are not a block we accept.
    #[error("event: {0}")]
    Block(#[from] BlockError),
    /// Written by a newer version of the format.
    #[error(
        "it was made by a newer version of WISSIL, in format {0}; this version reads format 1. Update WISSIL to see it"
    )]
    Version(u64),
    /// The fields contradict each other.
    #[error("event: {0}")]
    Structure(#[from] StructureError),
    /// The CID does not name these bytes.
    #[error("event {cid} has the content of {actual}")]
    CidMismatch {
        /// What the event is called.
        cid: Box<Cid>,
        /// What its bytes hash to.
        actual: Box<Cid>,
    },
    /// The signature is not the replica's over the CID.
    #[error("event {cid} is not signed by replica {replica}")]
    Signature {
        /// The event.
        cid: Box<Cid>,
        /// Who it says it is from.
        replica: ReplicaId,
    },
    /// Signing with a key that is not the event's replica.
    #[error("event of replica {replica} cannot be signed with the key of {key}")]
    WrongKey {
        /// The event's replica.
        replica: ReplicaId,
        /// The public key of the key given.
        key: ReplicaId,
    },
}

/// A rule of the event format that is broken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StructureError {
    /// Sequence numbers start at 1.
    #[error("seq is 0")]
    ZeroSeq,
    /// Exactly the first event of a chain has no previous one.
    #[error("seq is {0}, but exactly the first event of a chain has no previous one")]
    Previous(u64),
    /// Exactly an event that saw nothing has height 1.
    #[error("height is {0}, but exactly an event without previous and parents has height 1")]
    Height(u64),
    /// Parents are a sorted set.
    #[error("parents are not sorted and unique")]
    ParentOrder,
    /// The previous event is not repeated among the parents.
    #[error("parents contain the previous event")]
    PreviousInParents,
    /// Too many parents.
    #[error("{0} parents are over the limit of {MAX_PARENTS}")]
    TooManyParents(usize),
    /// An event names something that cannot be an event, and would wait for it for ever.
    #[error("{0} cannot name an event")]
    NotAnEvent(Box<Cid>),
    /// The type is not `thing.verb`.
    #[error("type {0:?} is not of the form thing.verb")]
    Type(String),
}

impl Event {
    /// Checks what can be checked without any other event.
    ///
    /// # Errors
    /// The first rule that is broken.
    pub fn check(&self) -> Result<(), StructureError> {
        check_structure(
            (self.seq, self.height),
            self.previous.as_ref(),
            &self.parents,
            &self.event_type,
        )
    }

    /// The event's block: canonical dag-cbor.
    ///
    /// # Errors
    /// When a rule is broken, a value has no dag-cbor form, or the block is over [`MAX_EVENT_BYTES`].
    pub fn encode(&self) -> Result<Vec<u8>, EventError> {
        self.check()?;
        let bytes = self.write()?;
        scan(&bytes, MAX_EVENT_BYTES)?;
        Ok(bytes)
    }

    /// Reads a block from anyone: size, depth, canonical form, version, structure.
    ///
    /// # Errors
    /// See [`EventError`].
    pub fn decode(bytes: &[u8]) -> Result<Self, EventError> {
        scan(bytes, MAX_EVENT_BYTES)?;
        if let Some(version) = version_of(bytes).filter(|&version| version != VERSION) {
            return Err(EventError::Version(version));
        }
        let event = Self::decode_trusted(bytes)?;
        event.check()?;
        if event.write()? == bytes {
            Ok(event)
        } else {
            Err(BlockError::NotSame.into())
        }
    }

    /// Reads a block that this program has checked before and kept since. Never for bytes from elsewhere: nothing
    /// is checked but the shape.
    ///
    /// # Errors
    /// When the bytes have another shape.
    pub fn decode_trusted(bytes: &[u8]) -> Result<Self, EventError> {
        let fields: Fields = decode_scanned(bytes)?;
        if fields.v == VERSION {
            Ok(fields.into())
        } else {
            Err(EventError::Version(fields.v))
        }
    }

    /// The event's place in the DAG, given its CID.
    #[must_use]
    pub fn link(&self, cid: Cid) -> EventLink {
        EventLink {
            cid,
            previous: self.previous,
            parents: self.parents.clone(),
            height: self.height,
            replica: self.replica,
            seq: self.seq,
        }
    }

    /// Fields in canonical order: by length of the key, then bytewise.
    fn write(&self) -> Result<Vec<u8>, BlockError> {
        let mut writer = Writer::with_capacity(1024 + self.update.as_ref().map_or(0, Vec::len));
        writer.map(15);
        writer.text("v");
        writer.unsigned(VERSION);
        writer.text("seq");
        writer.unsigned(self.seq);
        writer.text("time");
        writer.unsigned(self.time);
        writer.text("type");
        writer.text(&self.event_type);
        writer.text("user");
        writer.text(self.user.as_str());
        writer.text("branch");
        writer.text(self.branch.as_str());
        writer.text("height");
        writer.unsigned(self.height);
        writer.text("update");
        match &self.update {
            Some(update) => writer.byte_string(update),
            None => writer.null(),
        }
        writer.text("changes");
        writer.list(self.changes.len());
        for change in &self.changes {
            writer.ipld(change, 2)?;
        }
        writer.text("parents");
        writer.list(self.parents.len());
        for parent in &self.parents {
            writer.link(parent);
        }
        writer.text("replica");
        writer.byte_string(&self.replica.0);
        writer.text("session");
        writer.text(self.session.as_str());
        writer.text("document");
        writer.text(self.document.as_str());
        writer.text("metadata");
        writer.ipld_map(&self.metadata, 1)?;
        writer.text("previous");
        writer.optional_link(self.previous.as_ref());
        Ok(writer.into_bytes())
    }
}

impl EventLink {
    /// Every event this one names: `previous` first, then the parents.
    pub fn ancestors(&self) -> impl Iterator<Item = &Cid> {
        self.previous.iter().chain(&self.parents)
    }
}

/// Checks an event's place, which is given as `(seq, height)`, what it names, and its type.
pub(crate) fn check_structure(
    (seq, height): (u64, u64),
    previous: Option<&Cid>,
    parents: &[Cid],
    event_type: &str,
) -> Result<(), StructureError> {
    let first = previous.is_none();
    if seq == 0 {
        return Err(StructureError::ZeroSeq);
    }
    if (seq == 1) != first {
        return Err(StructureError::Previous(seq));
    }
    if height == 0 || (height == 1) != (first && parents.is_empty()) {
        return Err(StructureError::Height(height));
    }
    if parents.len() > MAX_PARENTS {
        return Err(StructureError::TooManyParents(parents.len()));
    }
    if !parents.is_sorted_by(|a, b| a < b) {
        return Err(StructureError::ParentOrder);
    }
    if previous.is_some_and(|previous| parents.contains(previous)) {
        return Err(StructureError::PreviousInParents);
    }
    if let Some(cid) = previous
        .into_iter()
        .chain(parents)
        .find(|cid| event_digest(cid).is_none())
    {
        return Err(StructureError::NotAnEvent(Box::new(*cid)));
    }
    if !is_event_type(event_type) {
        let excerpt = event_type.chars().take(MAX_TYPE_BYTES).collect();
        return Err(StructureError::Type(excerpt));
    }
    Ok(())
}

/// The block's fields as dag-cbor has them.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fields {
    v: u64,
    session: SessionId,
    branch: BranchId,
    document: DocumentId,
    #[serde(rename = "type")]
    event_type: String,
    user: UserId,
    replica: ReplicaId,
    seq: u64,
    height: u64,
    previous: Option<Cid>,
    parents: Vec<Cid>,
    time: u64,
    changes: Vec<Ipld>,
    update: Option<ByteBuf>,
    metadata: BTreeMap<String, Ipld>,
}

impl From<Fields> for Event {
    fn from(fields: Fields) -> Self {
        Self {
            session: fields.session,
            branch: fields.branch,
            document: fields.document,
            event_type: fields.event_type,
            user: fields.user,
            replica: fields.replica,
            seq: fields.seq,
            height: fields.height,
            previous: fields.previous,
            parents: fields.parents,
            time: fields.time,
            changes: fields.changes,
            update: fields.update.map(ByteBuf::into_vec),
            metadata: fields.metadata,
        }
    }
}

/// `v` is the shortest key, so in a canonical block it stands first: a newer format is told apart from a broken one.
fn version_of(bytes: &[u8]) -> Option<u64> {
    match bytes {
        [0xa1..=0xb7, 0x61, b'v', version @ 0..=23, ..] => Some(u64::from(*version)),
        [0xb8, _, 0x61, b'v', version @ 0..=23, ..] => Some(u64::from(*version)),
        _ => None,
    }
}

/// `[a-z]+(\.[a-z-]+)+`
fn is_event_type(text: &str) -> bool {
    let mut parts = text.split('.');
    let thing = parts.next().unwrap_or_default();
    let is_word = |word: &str, dash: bool| {
        !word.is_empty()
            && word
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || (dash && byte == b'-'))
    };
    text.len() <= MAX_TYPE_BYTES
        && is_word(thing, false)
        && text.len() > thing.len()
        && parts.all(|word| is_word(word, true))
}
