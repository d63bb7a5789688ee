//! Events that are not folded: those that wait for others, and those that were refused.

use rusqlite::{Connection, OptionalExtension, params};
use wissil_dag::{Cid, ReplicaId, SignedEvent};
use wissil_sync::{Bounds, LogKey, PendingEvent, QuarantinedEvent, StoreError};

use super::commit::save_chain;
use super::names::{LogRow, next_number, replica_id};
use super::read::{chain_of, place_of};
use super::rows::{WaitingRow, blob32, cid_of, event_digest, int, signed_event};
use crate::error::{self, conflict};
use crate::seal::digest;

pub(super) fn put_pending(
    connection: &Connection,
    pending: &PendingEvent,
    bound: u64,
) -> Result<(), StoreError> {
    let digest = event_digest(&pending.signed.cid)?;
    if place_of(connection, &digest)?.is_some() {
        return conflict(format!("event {} is already folded", pending.signed.cid));
    }
    let is_kept = connection
        .prepare_cached("SELECT 1 FROM pending WHERE digest = ?1")
        .and_then(|mut statement| statement.exists([digest]))
        .map_err(error::sqlite("read"))?;
    if !is_kept && is_full(connection, bound)? {
        return Err(error::io("saved")("too many events wait for others"));
    }
    let waits_for = event_digest(&pending.waits_for)?;
    put(
        connection,
        "pending",
        "waits_for",
        &pending.signed,
        &waits_for,
        waits_for,
    )
}

pub(super) fn pending_for(
    connection: &Connection,
    cid: &Cid,
) -> Result<Vec<SignedEvent>, StoreError> {
    let Some(digest) = digest(cid) else {
        return Ok(Vec::new());
    };
    let sql = "SELECT digest, signature, block FROM pending WHERE waits_for = ?1 ORDER BY id";
    let read = error::sqlite("read");
    let mut statement = connection.prepare_cached(sql).map_err(&read)?;
    let mut rows = statement.query([digest]).map_err(&read)?;
    let mut events = Vec::new();
    while let Some(row) = rows.next().map_err(&read)? {
        events.push(signed_event(row, &blob32(row, 0)?, 1, 2)?);
    }
    Ok(events)
}

pub(super) fn pending(connection: &Connection) -> Result<Vec<PendingEvent>, StoreError> {
    let read = error::sqlite("read");
    let sql = "SELECT digest, signature, block, waits_for FROM pending ORDER BY id";
    let mut statement = connection.prepare_cached(sql).map_err(&read)?;
    let mut rows = statement.query(()).map_err(&read)?;
    let mut events = Vec::new();
    while let Some(row) = rows.next().map_err(&read)? {
        events.push(PendingEvent {
            signed: signed_event(row, &blob32(row, 0)?, 1, 2)?,
            waits_for: cid_of(&blob32(row, 3)?)?,
        });
    }
    Ok(events)
}

pub(super) fn drop_pending(connection: &Connection, digest: &[u8; 32]) -> Result<(), StoreError> {
    connection
        .prepare_cached("DELETE FROM pending WHERE digest = ?1")
        .and_then(|mut delete| delete.execute([digest]))
        .map(|_| ())
        .map_err(error::sqlite("saved"))
}

pub(super) fn drop_quarantined(connection: &Connection, cid: &Cid) -> Result<(), StoreError> {
    let digest = event_digest(cid)?;
    connection
        .prepare_cached("DELETE FROM quarantine WHERE digest = ?1")
        .and_then(|mut delete| delete.execute([digest]))
        .map(|_| ())
        .map_err(error::sqlite("saved"))
}

pub(super) fn quarantine(
    connection: &Connection,
    event: &QuarantinedEvent,
) -> Result<(), StoreError> {
    drop_pending(connection, &event_digest(&event.signed.cid)?)?;
    let reason = &event.reason;
    put(
        connection,
        "quarantine",
        "reason",
        &event.signed,
        reason.as_bytes(),
        reason,
    )
}

/// Keeps to the bounds of what is refused: the oldest go.
pub(super) fn drop_oldest_quarantined(
    connection: &Connection,
    bounds: &Bounds,
) -> Result<(), StoreError> {
    let sql = "DELETE FROM quarantine WHERE id IN (SELECT id FROM (
                   SELECT id, count(*) OVER newest AS events, sum(length(block)) OVER newest AS bytes
                   FROM quarantine WINDOW newest AS (ORDER BY id DESC)
               ) WHERE events > ?1 OR bytes > ?2)";
    connection
        .prepare_cached(sql)
        .and_then(|mut delete| {
            delete.execute([int(bounds.quarantined), int(bounds.quarantined_bytes)])
        })
        .map(|_| ())
        .map_err(error::sqlite("saved"))
}

pub(super) fn is_quarantined(connection: &Connection, cid: &Cid) -> Result<bool, StoreError> {
    let Some(digest) = digest(cid) else {
        return Ok(false);
    };
    connection
        .prepare_cached("SELECT 1 FROM quarantine WHERE digest = ?1")
        .and_then(|mut statement| statement.exists([digest]))
        .map_err(error::sqlite("read"))
}

pub(super) fn quarantined(connection: &Connection) -> Result<Vec<QuarantinedEvent>, StoreError> {
    let read = error::sqlite("read");
    let sql = "SELECT digest, signature, block, reason FROM quarantine ORDER BY id";
    let mut statement = connection.prepare_cached(sql).map_err(&read)?;
    let mut rows = statement.query(()).map_err(&read)?;
    let mut events = Vec::new();
    while let Some(row) = rows.next().map_err(&read)? {
        events.push(QuarantinedEvent {
            signed: signed_event(row, &blob32(row, 0)?, 1, 2)?,
            reason: row.get(3).map_err(&read)?,
        });
    }
    Ok(events)
}

pub(super) fn freeze(
    connection: &Connection,
    log: &LogKey,
    replica: &ReplicaId,
    second: &QuarantinedEvent,
) -> Result<(), StoreError> {
    let numbers = (
        LogRow::id_of(connection, log)?,
        replica_id(connection, replica)?,
    );
    if let (Some(log), Some(number)) = numbers
        && let Some(mut tip) = chain_of(connection, log, number)?
    {
        tip.frozen = true;
        save_chain(connection, "chains", log, number, &tip)?;
        return quarantine(connection, second);
    }
    conflict(format!("there is no chain of {replica} to freeze"))
}

fn is_full(connection: &Connection, bound: u64) -> Result<bool, StoreError> {
    connection
        .prepare_cached("SELECT count(*) >= ?1 FROM pending")
        .and_then(|mut statement| statement.query_row([int(bound)], |row| row.get(0)))
        .map_err(error::sqlite("read"))
}

/// Keeps an event in one of the two tables, once; `why` is the column that says why it is there.
fn put(
    connection: &Connection,
    table: &str,
    column: &str,
    signed: &SignedEvent,
    why: &[u8],
    value: impl rusqlite::ToSql,
) -> Result<(), StoreError> {
    let digest = event_digest(&signed.cid)?;
    let kept: Option<i64> = connection
        .prepare_cached(&format!("SELECT id FROM {table} WHERE digest = ?1"))
        .and_then(|mut statement| statement.query_row([digest], |row| row.get(0)).optional())
        .map_err(error::sqlite("read"))?;
    let id = match kept {
        Some(id) => id,
        None => next_number(connection, &format!("SELECT max(id) FROM {table}"))?,
    };
    let row = WaitingRow {
        id,
        digest: &digest,
        why,
        signature: &signed.signature,
    };
    connection
        .prepare_cached(&format!(
            "INSERT OR REPLACE INTO {table} (id, digest, {column}, signature, seal, block)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)"
        ))
        .and_then(|mut statement| {
            statement.execute(params![
                id,
                digest,
                value,
                signed.signature,
                row.seal(table),
                &signed.block[..]
            ])
        })
        .map(|_| ())
        .map_err(error::sqlite("saved"))
}
