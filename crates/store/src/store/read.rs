//! Reading: logs, chains, events, history, outbox. Everything is a lookup or a scan of a range of an index.

use std::ops::Range;

use rusqlite::{Connection, OptionalExtension, Params, Row, params};
use wissil_dag::{Cid, ReplicaId};
use wissil_model::DocumentKind;
use wissil_sync::{
    Acknowledged, ChainState, LogKey, LogState, StoreCounts, StoreError, StoredEvent,
};

use super::names::{LogRow, replica_id};
use super::rows::{STORED_EVENT, STORED_SEQ, blob32, cid_of, int, log_key, stored_event, unsigned};
use super::whole::{self, Run};
use crate::error;
use crate::seal::digest;

pub(super) fn logs(connection: &Connection) -> Result<Vec<(LogKey, LogState)>, StoreError> {
    let _state = whole::one_state(connection)?;
    whole::check_logs(connection)?;
    whole::check_chains(connection, None)?;
    let mut logs = Vec::new();
    let sql = format!(
        "SELECT {} FROM logs ORDER BY branch, document",
        LogRow::COLUMNS
    );
    let mut statement = connection
        .prepare_cached(&sql)
        .map_err(error::sqlite("read"))?;
    let mut rows = statement.query(()).map_err(error::sqlite("read"))?;
    while let Some(row) = rows.next().map_err(error::sqlite("read"))? {
        logs.push(LogRow::read(row)?.into_state());
    }
    Ok(logs)
}

pub(super) fn log(connection: &Connection, log: &LogKey) -> Result<Option<LogState>, StoreError> {
    Ok(LogRow::find(connection, log)?.map(|row| row.into_state().1))
}

pub(super) fn chain(
    connection: &Connection,
    log: &LogKey,
    replica: &ReplicaId,
) -> Result<Option<ChainState>, StoreError> {
    match (
        LogRow::id_of(connection, log)?,
        replica_id(connection, replica)?,
    ) {
        (Some(log), Some(replica)) => chain_of(connection, log, replica),
        _ => Ok(None),
    }
}

/// The end of a chain by the numbers of its log and replica.
pub(super) fn chain_of(
    connection: &Connection,
    log: i64,
    replica: i64,
) -> Result<Option<ChainState>, StoreError> {
    chain_tip(connection, "chains", log, replica)
}

/// The end of a chain in `chains` or `base_chains`.
pub(super) fn chain_tip(
    connection: &Connection,
    table: &str,
    log: i64,
    replica: i64,
) -> Result<Option<ChainState>, StoreError> {
    let read = error::sqlite("read");
    let mut statement = connection
        .prepare_cached(&format!(
            "SELECT digest, seq, height, frozen FROM {table} WHERE log = ?1 AND replica = ?2"
        ))
        .map_err(&read)?;
    let mut rows = statement.query([log, replica]).map_err(&read)?;
    let row = rows.next().map_err(&read)?;
    row.map(chain_state).transpose()
}

pub(super) fn chains(
    connection: &Connection,
) -> Result<Vec<(LogKey, ReplicaId, ChainState)>, StoreError> {
    let read = error::sqlite("read");
    let mut statement = connection
        .prepare_cached(
            "SELECT c.digest, c.seq, c.height, c.frozen, l.document, l.branch, r.key
             FROM chains c LEFT JOIN logs l ON l.id = c.log LEFT JOIN replicas r ON r.id = c.replica
             ORDER BY l.branch, l.document, r.key",
        )
        .map_err(&read)?;
    let mut rows = statement.query(()).map_err(&read)?;
    let mut chains = Vec::new();
    while let Some(row) = rows.next().map_err(&read)? {
        let replica = ReplicaId(blob32(row, 6)?);
        chains.push((log_key(row, 4, 5)?, replica, chain_state(row)?));
    }
    Ok(chains)
}

pub(super) fn chains_of(
    connection: &Connection,
    log: &LogKey,
) -> Result<Vec<(ReplicaId, ChainState)>, StoreError> {
    let Some(log) = LogRow::id_of(connection, log)? else {
        return Ok(Vec::new());
    };
    let read = error::sqlite("read");
    let mut statement = connection
        .prepare_cached(
            "SELECT c.digest, c.seq, c.height, c.frozen, r.key
             FROM chains c LEFT JOIN replicas r ON r.id = c.replica WHERE c.log = ?1",
        )
        .map_err(&read)?;
    let mut rows = statement.query([log]).map_err(&read)?;
    let mut chains = Vec::new();
    while let Some(row) = rows.next().map_err(&read)? {
        chains.push((ReplicaId(blob32(row, 4)?), chain_state(row)?));
    }
    Ok(chains)
}

/// Reads the columns `digest, seq, height, frozen`, which stand first.
pub(super) fn chain_state(row: &Row<'_>) -> Result<ChainState, StoreError> {
    Ok(ChainState {
        cid: cid_of(&blob32(row, 0)?)?,
        seq: unsigned(row, 1)?,
        height: unsigned(row, 2)?,
        frozen: row.get(3).map_err(error::sqlite("read"))?,
    })
}

pub(super) fn chain_events(
    connection: &Connection,
    log: &LogKey,
    replica: &ReplicaId,
    seqs: Range<u64>,
    visit: &mut dyn FnMut(StoredEvent) -> bool,
) -> Result<(), StoreError> {
    let _state = whole::one_state(connection)?;
    let numbers = (
        LogRow::id_of(connection, log)?,
        replica_id(connection, replica)?,
    );
    let (Some(id), Some(replica)) = numbers else {
        return Ok(());
    };
    visit_run(
        connection,
        "WHERE e.log = ?1 AND e.replica = ?2 AND e.seq >= ?3 AND e.seq < ?4 ORDER BY e.seq",
        params![id, replica, int(seqs.start), int(seqs.end)],
        Run::of_chain(connection, id, replica, &seqs)?,
        STORED_SEQ,
        visit,
    )?
    .map_err(|seq| whole::missing(log, format_args!("{seq} of a chain")))
}

pub(super) fn place(
    connection: &Connection,
    cid: &Cid,
) -> Result<Option<(LogKey, u64)>, StoreError> {
    let Some(digest) = digest(cid) else {
        return Ok(None);
    };
    let read = error::sqlite("read");
    let sql = format!(
        "SELECT e.height, l.document, l.branch FROM events e CROSS JOIN logs l ON l.id = e.log {EVENT_BY_DIGEST}"
    );
    let mut statement = connection.prepare_cached(&sql).map_err(&read)?;
    let mut rows = statement.query([digest]).map_err(&read)?;
    match rows.next().map_err(&read)? {
        Some(row) => Ok(Some((log_key(row, 1, 2)?, unsigned(row, 0)?))),
        None => super::bases::place_of_end(connection, &digest),
    }
}

/// Finds the event of the digest `?1`, by the expression that is indexed.
pub(crate) const EVENT_BY_DIGEST: &str =
    "WHERE substr(e.digest, 1, 4) = substr(?1, 1, 4) AND e.digest = ?1";

pub(super) fn event(connection: &Connection, cid: &Cid) -> Result<Option<StoredEvent>, StoreError> {
    let Some(digest) = digest(cid) else {
        return Ok(None);
    };
    let mut found = None;
    visit_events(connection, EVENT_BY_DIGEST, [digest], &mut |event| {
        found = Some(event);
        false
    })?;
    Ok(found)
}

pub(super) fn log_events(
    connection: &Connection,
    log: &LogKey,
    positions: Range<u64>,
    visit: &mut dyn FnMut(StoredEvent) -> bool,
) -> Result<(), StoreError> {
    let _state = whole::one_state(connection)?;
    let Some(row) = LogRow::find(connection, log)? else {
        return Ok(());
    };
    visit_run(
        connection,
        "WHERE e.log = ?1 AND e.position >= ?2 AND e.position < ?3 ORDER BY e.position",
        params![row.id, int(positions.start), int(positions.end)],
        Run::of_log(connection, &row, &positions)?,
        POSITION,
        visit,
    )?
    .map_err(|position| whole::missing(log, position))
}

pub(super) fn events(
    connection: &Connection,
    visit: &mut dyn FnMut(StoredEvent) -> bool,
) -> Result<(), StoreError> {
    let _state = whole::one_state(connection)?;
    let (mut count, mut is_all) = (0, true);
    visit_events(connection, "ORDER BY e.ord", (), &mut |event| {
        count += 1;
        is_all = visit(event);
        is_all
    })?;
    match is_all {
        true => whole::check_count(connection, count),
        false => Ok(()),
    }
}

/// As [`events`], past what is damaged: whether that is all, inside.
pub(super) fn sound_events(
    connection: &Connection,
    visit: &mut dyn FnMut(StoredEvent) -> bool,
) -> Result<Result<(), StoreError>, StoreError> {
    let _state = whole::one_state(connection)?;
    let (mut count, mut is_all, mut damage) = (0, true, None);
    visit_rows(connection, "ORDER BY e.ord", (), &mut |row| {
        count += 1;
        match stored_event(row) {
            Ok(event) => is_all = visit(event),
            Err(error @ StoreError::Damaged { .. }) => {
                damage.get_or_insert(error);
            }
            Err(error) => return Err(error),
        }
        Ok(is_all)
    })?;
    Ok(match damage {
        Some(damage) => Err(damage),
        None if is_all => whole::check_count(connection, count),
        None => Ok(()),
    })
}

pub(super) fn last_ord(connection: &Connection) -> Result<u64, StoreError> {
    connection
        .prepare_cached("SELECT max(ord) FROM events")
        .and_then(|mut statement| statement.query_row((), |row| row.get::<_, Option<i64>>(0)))
        .map(|last| last.unwrap_or(0).unsigned_abs())
        .map_err(error::sqlite("read"))
}

pub(super) fn outbox(
    connection: &Connection,
    after: u64,
    limit: usize,
) -> Result<Vec<StoredEvent>, StoreError> {
    let _state = whole::one_state(connection)?;
    let page = "SELECT ord FROM outbox WHERE ord > ?1 ORDER BY ord LIMIT ?2";
    let params = [int(after), int(limit as u64)];
    let which = format!("WHERE e.ord IN ({page}) ORDER BY e.ord");
    let events = collect_events(connection, &which, params)?;
    let waiting: i64 = connection
        .prepare_cached(&format!("SELECT count(*) FROM ({page})"))
        .and_then(|mut statement| statement.query_row(params, |row| row.get(0)))
        .map_err(error::sqlite("read"))?;
    match int(events.len() as u64) == waiting {
        true => Ok(events),
        false => Err(whole::unsent_missing()),
    }
}

pub(super) fn acknowledged(
    connection: &Connection,
    after: u64,
    limit: usize,
) -> Result<Vec<Acknowledged>, StoreError> {
    let read = error::sqlite("read");
    // The block stands last in its row and is not read.
    let sql = "SELECT e.ord, e.digest, l.kind, r.key FROM events e
               CROSS JOIN logs l ON l.id = e.log CROSS JOIN replicas r ON r.id = e.replica
               WHERE e.ord > ?1 AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.ord = e.ord)
               ORDER BY e.ord LIMIT ?2";
    let mut statement = connection.prepare_cached(sql).map_err(&read)?;
    let mut rows = statement
        .query([int(after), int(limit as u64)])
        .map_err(&read)?;
    let mut events = Vec::new();
    while let Some(row) = rows.next().map_err(&read)? {
        let kind: String = row.get(2).map_err(&read)?;
        events.push(Acknowledged {
            ord: unsigned(row, 0)?,
            kind: DocumentKind::stored(&kind)
                .ok_or_else(|| error::damaged("a log", "its kind is no name"))?,
            replica: ReplicaId(blob32(row, 3)?),
            cid: cid_of(&blob32(row, 1)?)?,
        });
    }
    Ok(events)
}

pub(super) fn counts(connection: &Connection) -> Result<StoreCounts, StoreError> {
    let mut statement = connection
        .prepare_cached(
            "SELECT (SELECT coalesce(sum(length), 0) FROM logs), (SELECT coalesce(sum(unsent), 0) FROM logs),
                    (SELECT count(*) FROM pending), (SELECT count(*) FROM quarantine)",
        )
        .map_err(error::sqlite("read"))?;
    let mut rows = statement.query(()).map_err(error::sqlite("read"))?;
    match rows.next().map_err(error::sqlite("read"))? {
        Some(row) => Ok(StoreCounts {
            events: unsigned(row, 0)?,
            outbox: unsigned(row, 1)?,
            pending: unsigned(row, 2)?,
            quarantined: unsigned(row, 3)?,
        }),
        None => Ok(StoreCounts::default()),
    }
}

pub(super) fn collect_events(
    connection: &Connection,
    which: &str,
    params: impl Params,
) -> Result<Vec<StoredEvent>, StoreError> {
    let mut events = Vec::new();
    visit_events(connection, which, params, &mut |event| {
        events.push(event);
        true
    })?;
    Ok(events)
}

/// The column of `STORED_EVENT` with the position.
const POSITION: usize = 1;

fn visit_events(
    connection: &Connection,
    which: &str,
    params: impl Params,
    visit: &mut dyn FnMut(StoredEvent) -> bool,
) -> Result<(), StoreError> {
    visit_rows(connection, which, params, &mut |row| {
        Ok(visit(stored_event(row)?))
    })
}

/// Visits events that have to come one after the other by a number in a column; the first that is missing is the error
/// inside.
fn visit_run(
    connection: &Connection,
    which: &str,
    params: impl Params,
    mut run: Run,
    column: usize,
    visit: &mut dyn FnMut(StoredEvent) -> bool,
) -> Result<Result<(), i64>, StoreError> {
    let (mut missing, mut is_all) = (Ok(()), true);
    visit_rows(connection, which, params, &mut |row| {
        let event = stored_event(row)?;
        missing = run.take(row.get(column).map_err(error::sqlite("read"))?);
        is_all = missing.is_ok() && visit(event);
        Ok(is_all)
    })?;
    Ok(missing.and_then(|()| match is_all {
        true => run.finish(),
        false => Ok(()),
    }))
}

fn visit_rows(
    connection: &Connection,
    which: &str,
    params: impl Params,
    visit: &mut dyn FnMut(&Row<'_>) -> Result<bool, StoreError>,
) -> Result<(), StoreError> {
    let read = error::sqlite("read");
    // CROSS JOIN keeps SQLite from starting at the logs.
    let sql =
        format!("SELECT {STORED_EVENT} FROM events e CROSS JOIN logs l ON l.id = e.log {which}");
    let mut statement = connection.prepare_cached(&sql).map_err(&read)?;
    let mut rows = statement.query(params).map_err(&read)?;
    while let Some(row) = rows.next().map_err(&read)? {
        if !visit(row)? {
            break;
        }
    }
    Ok(())
}

/// The `ord` and the log of a folded event.
pub(super) fn place_of(
    connection: &Connection,
    digest: &[u8; 32],
) -> Result<Option<(i64, i64)>, StoreError> {
    connection
        .prepare_cached(&format!(
            "SELECT e.ord, e.log FROM events e {EVENT_BY_DIGEST}"
        ))
        .and_then(|mut statement| {
            statement
                .query_row([digest], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()
        })
        .map_err(error::sqlite("read"))
}
