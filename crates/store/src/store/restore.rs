//! Putting events back whose rows are gone. What an event was is proven without them: what follows it in its chain names
//! it, or the end of the chain does. Where it stood in its log is where one is missing.

use rusqlite::{Connection, OptionalExtension, Params};
use wissil_dag::{BranchId, DocumentId, EventAddress, SessionId, SignedEvent};
use wissil_sync::{LogKey, NewEvent, StoreError};

use super::bases::BaseRow;
use super::commit::insert_event;
use super::moments;
use super::names::{LogRow, next_ord, replica_id};
use super::read::chain_of;
use super::rows::{EventPlace, int};
use crate::error;

/// The logs in which events are missing.
pub(super) fn short_logs(connection: &Connection) -> Result<Vec<LogKey>, StoreError> {
    let read = error::sqlite("read");
    let mut statement = connection
        .prepare_cached(
            "SELECT l.id FROM logs l LEFT JOIN bases b ON b.log = l.id
             WHERE l.length - coalesce(b.length - b.have, 0) > (SELECT count(*) FROM events e WHERE e.log = l.id)",
        )
        .map_err(&read)?;
    let ids = statement
        .query_map((), |row| row.get(0))
        .and_then(Iterator::collect::<Result<Vec<i64>, _>>)
        .map_err(&read)?;
    let logs = ids.into_iter().map(|id| LogRow::by_id(connection, id));
    logs.map(|log| Ok(log?.key)).collect()
}

/// Puts those of some events back that are missing; how many were.
pub(super) fn restore(
    connection: &Connection,
    session: &SessionId,
    events: &[SignedEvent],
) -> Result<u64, StoreError> {
    let mut read = Vec::new();
    for signed in events {
        // They come from elsewhere.
        let Ok(event) = signed.open() else { continue };
        if event.session == *session && signed.verify_signature(&event.replica).is_ok() {
            read.push((event.height, signed));
        }
    }
    // From the newest on: each is named by what follows it, and takes the last place that is free before that.
    read.sort_by_key(|(height, _)| std::cmp::Reverse(*height));
    let mut restored = 0;
    for (_, signed) in read {
        restored += u64::from(restore_one(connection, signed)?);
    }
    Ok(restored)
}

fn restore_one(connection: &Connection, signed: &SignedEvent) -> Result<bool, StoreError> {
    let Ok(event) = EventAddress::read_trusted(&signed.block) else {
        return Ok(false);
    };
    let (Ok(document), Ok(branch)) = (DocumentId::new(event.document), BranchId::new(event.branch))
    else {
        return Ok(false);
    };
    let Some(log) = LogRow::find(connection, &LogKey { document, branch })? else {
        return Ok(false);
    };
    let Some(replica) = replica_id(connection, &event.replica)? else {
        return Ok(false);
    };
    let chain = [log.id, replica, int(event.seq)];
    let is_here: bool = one(
        connection,
        "SELECT 1 FROM events WHERE log = ?1 AND replica = ?2 AND seq = ?3",
        chain,
    )?
    .unwrap_or(false);
    let end = chain_of(connection, log.id, replica)?;
    let Some(end) = end.filter(|end| event.seq <= end.seq && !is_here) else {
        return Ok(false);
    };
    let named = match event.seq == end.seq {
        true => Some(end.cid),
        false => {
            let next: Option<Vec<u8>> = one(
                connection,
                "SELECT block FROM events WHERE log = ?1 AND replica = ?2 AND seq = ?3 + 1",
                chain,
            )?;
            next.and_then(|next| EventAddress::read_trusted(&next).ok()?.previous)
        }
    };
    if named != Some(signed.cid) {
        return Ok(false);
    }
    let Some(position) = free_position(connection, &log, chain)? else {
        return Ok(false);
    };
    let (ord, has_moment) = free_ord(connection, log.id, position)?;
    let place = EventPlace {
        ord,
        log: log.id,
        position,
        replica,
        seq: int(event.seq),
        height: int(event.height),
    };
    let new = NewEvent {
        signed: signed.clone(),
        replica: event.replica,
        seq: event.seq,
        height: event.height,
        outbox: false,
    };
    insert_event(connection, &place, &new)?;
    if !has_moment {
        moments::save(connection, ord, &event, None)?;
    }
    Ok(true)
}

/// The last place in a log that is free, before the events that follow in the chain.
fn free_position(
    connection: &Connection,
    log: &LogRow,
    [id, replica, seq]: [i64; 3],
) -> Result<Option<i64>, StoreError> {
    let read = error::sqlite("read");
    let next: Option<i64> = one(
        connection,
        "SELECT min(position) FROM events WHERE log = ?1 AND replica = ?2 AND seq > ?3
         HAVING min(position) IS NOT NULL",
        [id, replica, seq],
    )?;
    let mut free = next.unwrap_or(int(log.length) + 1) - 1;
    let mut statement = connection
        .prepare_cached(
            "SELECT position FROM events WHERE log = ?1 AND position <= ?2 ORDER BY position DESC",
        )
        .map_err(&read)?;
    let mut rows = statement.query([id, free]).map_err(&read)?;
    while let Some(row) = rows.next().map_err(&read)? {
        if row.get::<_, i64>(0).map_err(&read)? != free {
            break;
        }
        free -= 1;
    }
    // History from before a base comes by itself.
    let base = BaseRow::find(connection, id)?;
    let is_to_come = base.is_some_and(|base| free > base.have && free <= base.length);
    Ok((free > 0 && !is_to_come).then_some(free))
}

/// The number that an event at a position had, or could have had, among all events; and whether its moment is there.
fn free_ord(connection: &Connection, log: i64, position: i64) -> Result<(i64, bool), StoreError> {
    let before: Option<i64> = one(
        connection,
        "SELECT ord FROM events WHERE log = ?1 AND position < ?2 ORDER BY position DESC LIMIT 1",
        [log, position],
    )?;
    let after: Option<i64> = one(
        connection,
        "SELECT ord FROM events WHERE log = ?1 AND position > ?2 ORDER BY position LIMIT 1",
        [log, position],
    )?;
    let range = [before.unwrap_or(0), after.unwrap_or(i64::MAX)];
    let known: Option<i64> = one(
        connection,
        "SELECT ord FROM moments m WHERE ord > ?1 AND ord < ?2
             AND NOT EXISTS (SELECT 1 FROM events e WHERE e.ord = m.ord) ORDER BY ord DESC LIMIT 1",
        range,
    )?;
    if let Some(ord) = known {
        return Ok((ord, true));
    }
    let free: Option<i64> = match after {
        None => Some(next_ord(connection)?),
        Some(_) => one(
            connection,
            "SELECT e.ord - 1 FROM events e WHERE e.ord - 1 > ?1 AND e.ord <= ?2
                 AND NOT EXISTS (SELECT 1 FROM events f WHERE f.ord = e.ord - 1) ORDER BY e.ord DESC LIMIT 1",
            range,
        )?,
    };
    let none =
        || error::database("there is no room in the order of its events for one that is missing");
    free.map(|ord| (ord, false)).ok_or_else(none)
}

fn one<T: rusqlite::types::FromSql>(
    connection: &Connection,
    sql: &str,
    params: impl Params,
) -> Result<Option<T>, StoreError> {
    connection
        .prepare_cached(sql)
        .and_then(|mut statement| statement.query_row(params, |row| row.get(0)).optional())
        .map_err(error::sqlite("read"))
}
