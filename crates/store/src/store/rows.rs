//! Columns and rows as the values of the ports, and back.

use rusqlite::Row;
use wissil_dag::{BranchId, Cid, DocumentId, SignedEvent};
use wissil_sync::{Head, LogKey, StoreError, StoredEvent, UndoSide};

use crate::error;
use crate::seal::{Seal, digest, event_cid, names};

/// What [`stored_event`] reads, from `events e` joined with `logs l`.
pub(super) const STORED_EVENT: &str = "e.ord, e.position, e.digest, e.signature, e.block, l.document, l.branch, \
     EXISTS (SELECT 1 FROM outbox o WHERE o.ord = e.ord), e.log, e.replica, e.seq, e.height, e.seal";

/// The column of [`STORED_EVENT`] with the event's place in its chain.
pub(super) const STORED_SEQ: usize = 10;

/// The bytes of one head: its digest and its height.
const HEAD_BYTES: usize = 40;

/// Reads [`STORED_EVENT`]; the block is compared with its digest, and the row with its seal.
pub(super) fn stored_event(row: &Row<'_>) -> Result<StoredEvent, StoreError> {
    let read = error::sqlite("read");
    let number = |column: usize| row.get::<_, i64>(column).map_err(&read);
    let digest = blob32(row, 2)?;
    let signed = signed_event(row, &digest, 3, 4)?;
    let place = EventPlace {
        ord: number(0)?,
        log: number(8)?,
        position: number(1)?,
        replica: number(9)?,
        seq: number(STORED_SEQ)?,
        height: number(11)?,
    };
    if event_seal(&place, &digest, &signed.signature) != number(12)? {
        return Err(error::damaged(
            format!("event {}", signed.cid),
            "its row is not what was written",
        ));
    }
    Ok(StoredEvent {
        ord: unsigned(row, 0)?,
        position: unsigned(row, 1)?,
        log: log_key(row, 5, 6)?,
        signed,
        in_outbox: row.get(7).map_err(&read)?,
    })
}

/// A log of which two columns hold the document and the branch.
pub(super) fn log_key(row: &Row<'_>, document: usize, branch: usize) -> Result<LogKey, StoreError> {
    let text = |column| row.get::<_, String>(column).map_err(error::sqlite("read"));
    let damaged = |problem: wissil_dag::InvalidToken| error::database(problem.to_string());
    Ok(LogKey {
        document: DocumentId::new(text(document)?).map_err(damaged)?,
        branch: BranchId::new(text(branch)?).map_err(damaged)?,
    })
}

/// A signed event of which two columns hold the signature and the block; the block is compared with its digest.
pub(super) fn signed_event(
    row: &Row<'_>,
    digest: &[u8; 32],
    signature: usize,
    block: usize,
) -> Result<SignedEvent, StoreError> {
    let cid = cid_of(digest)?;
    let block = row
        .get_ref(block)
        .and_then(|value| Ok(value.as_blob()?))
        .map_err(error::sqlite("read"))?;
    if !names(digest, block) {
        return Err(error::damaged(
            format!("event {cid}"),
            "its content is not what was written",
        ));
    }
    Ok(SignedEvent {
        cid,
        block: block.into(),
        signature: signature_of(row, signature)?,
    })
}

/// The columns of an event beside its content.
#[derive(Clone, Copy, Debug)]
pub(crate) struct EventPlace {
    pub ord: i64,
    pub log: i64,
    pub position: i64,
    pub replica: i64,
    pub seq: i64,
    pub height: i64,
}

pub(crate) fn event_seal(place: &EventPlace, digest: &[u8; 32], signature: &[u8]) -> i64 {
    Seal::of("events")
        .int(place.ord)
        .int(place.log)
        .int(place.position)
        .int(place.replica)
        .int(place.seq)
        .int(place.height)
        .bytes(digest)
        .bytes(signature)
        .finish()
}

/// A row of `chains`.
pub(crate) struct ChainRow<'a> {
    pub log: i64,
    pub replica: i64,
    pub seq: i64,
    pub height: i64,
    pub digest: &'a [u8; 32],
    /// 0 or 1.
    pub frozen: i64,
}

impl ChainRow<'_> {
    pub fn seal_in(&self, table: &str) -> i64 {
        Seal::of(table)
            .int(self.log)
            .int(self.replica)
            .int(self.seq)
            .int(self.height)
            .bytes(self.digest)
            .int(self.frozen)
            .finish()
    }
}

/// A row of `pending` or `quarantine`.
#[derive(Debug)]
pub(crate) struct WaitingRow<'a> {
    pub id: i64,
    pub digest: &'a [u8],
    /// `waits_for` or `reason`.
    pub why: &'a [u8],
    pub signature: &'a [u8],
}

impl WaitingRow<'_> {
    pub fn seal(&self, table: &str) -> i64 {
        Seal::of(table)
            .int(self.id)
            .bytes(self.digest)
            .bytes(self.why)
            .bytes(self.signature)
            .finish()
    }
}

/// The seal of a checkpoint; `state` as it is stored.
pub(crate) fn checkpoint_seal(log: i64, position: i64, state: &[u8]) -> [u8; 32] {
    Seal::of("checkpoints")
        .int(log)
        .int(position)
        .bytes(state)
        .finish_whole()
}

/// A checkpoint's state from the stored one.
pub(crate) fn decompress(state: &[u8]) -> std::io::Result<Vec<u8>> {
    zstd::decode_all(state)
}

/// Heads as they are stored.
pub(crate) fn heads_to_bytes(heads: &[Head]) -> Result<Vec<u8>, StoreError> {
    let mut bytes = Vec::with_capacity(heads.len() * HEAD_BYTES);
    for head in heads {
        bytes.extend(event_digest(&head.cid)?);
        bytes.extend(head.height.to_be_bytes());
    }
    Ok(bytes)
}

/// Stored heads.
pub(super) fn heads_of(bytes: &[u8]) -> Option<Vec<Head>> {
    let (heads, rest) = bytes.as_chunks::<HEAD_BYTES>();
    let head = |bytes: &[u8; HEAD_BYTES]| {
        let (digest, height) = bytes.split_at(32);
        Some(Head {
            cid: event_cid(digest.try_into().ok()?)?,
            height: u64::from_be_bytes(height.try_into().ok()?),
        })
    };
    rest.is_empty().then(|| heads.iter().map(head).collect())?
}

/// The digest of an event that is to be written.
pub(super) fn event_digest(cid: &Cid) -> Result<[u8; 32], StoreError> {
    digest(cid).ok_or_else(|| StoreError::Conflict(format!("{cid} cannot name an event")))
}

pub(super) fn cid_of(digest: &[u8; 32]) -> Result<Cid, StoreError> {
    event_cid(digest).ok_or_else(|| error::database("a name of an event cannot be read"))
}

/// A column of 32 bytes.
pub(super) fn blob32(row: &Row<'_>, column: usize) -> Result<[u8; 32], StoreError> {
    row.get(column).map_err(error::sqlite("read"))
}

/// A column with a signature.
pub(super) fn signature_of(row: &Row<'_>, column: usize) -> Result<[u8; 64], StoreError> {
    row.get(column).map_err(error::sqlite("read"))
}

/// A column that is never negative.
pub(super) fn unsigned(row: &Row<'_>, column: usize) -> Result<u64, StoreError> {
    let value: i64 = row.get(column).map_err(error::sqlite("read"))?;
    u64::try_from(value).map_err(|_| error::database("a number is negative"))
}

/// A number for SQLite, whose integers end at 2^63.
pub(super) fn int(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

pub(super) fn side_number(side: UndoSide) -> i64 {
    match side {
        UndoSide::Done => 0,
        UndoSide::Undone => 1,
    }
}
