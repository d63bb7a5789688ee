//! Where an event belongs, read without its content.

use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::Cid;
use crate::block::decode_scanned;
use crate::event::{EventError, StructureError, VERSION, check_structure};
use crate::ids::ReplicaId;

/// What an event's block says of its place: its document, its place in its chain and in the DAG, and what it is called
/// there. Its texts are those of the block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventAddress<'a> {
    /// The session.
    pub session: &'a str,
    /// The branch.
    pub branch: &'a str,
    /// The document.
    pub document: &'a str,
    /// Whose chain.
    pub replica: ReplicaId,
    /// The place in that chain.
    pub seq: u64,
    /// The height in the DAG.
    pub height: u64,
    /// The chain's event before it.
    pub previous: Option<Cid>,
    /// The other heads seen.
    pub parents: Vec<Cid>,
    /// What the person did.
    pub event_type: &'a str,
    /// When, Unix milliseconds by their clock.
    pub time: u64,
}

impl<'a> EventAddress<'a> {
    /// Reads the address off a block that this program has checked before, as [`Event::decode_trusted`] reads all of it:
    /// several times faster, because nothing of what the event did is built.
    ///
    /// # Errors
    /// When the bytes have another shape.
    ///
    /// [`Event::decode_trusted`]: crate::Event::decode_trusted
    pub fn read_trusted(block: &'a [u8]) -> Result<Self, EventError> {
        let fields: Fields = decode_scanned(block)?;
        if fields.v != VERSION {
            return Err(EventError::Version(fields.v));
        }
        Ok(Self {
            session: fields.session,
            branch: fields.branch,
            document: fields.document,
            replica: fields.replica,
            seq: fields.seq,
            height: fields.height,
            previous: fields.previous,
            parents: fields.parents,
            event_type: fields.event_type,
            time: fields.time,
        })
    }

    /// Checks of the address what [`Event::check`] checks.
    ///
    /// # Errors
    /// The first rule that is broken.
    ///
    /// [`Event::check`]: crate::Event::check
    pub fn check(&self) -> Result<(), StructureError> {
        check_structure(
            (self.seq, self.height),
            self.previous.as_ref(),
            &self.parents,
            self.event_type,
        )
    }
}

/// The block's fields as dag-cbor has them; what is no part of the address is skipped.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fields<'a> {
    v: u64,
    session: &'a str,
    branch: &'a str,
    document: &'a str,
    replica: ReplicaId,
    seq: u64,
    height: u64,
    previous: Option<Cid>,
    parents: Vec<Cid>,
    #[serde(rename = "type")]
    event_type: &'a str,
    #[serde(rename = "user")]
    _user: IgnoredAny,
    time: u64,
    #[serde(rename = "changes")]
    _changes: IgnoredAny,
    #[serde(rename = "update")]
    _update: IgnoredAny,
    #[serde(rename = "metadata")]
    _metadata: IgnoredAny,
}
