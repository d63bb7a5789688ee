//! Taking the end of a log out of it.

use std::collections::HashMap;

use rusqlite::Connection;
use wissil_dag::EventAddress;
use wissil_sync::{ChainState, Head, Retreat, StoreError};

use super::arrivals;
use super::bases::BaseRow;
use super::commit::save_chain;
use super::names::{LogRow, next_ord};
use super::read::chain_state;
use super::rows::{blob32, cid_of, int, unsigned};
use super::{meta, moments, undo};
use crate::error::{self, conflict};
use crate::seal::names;

/// The key of the ranges of `ord`s that stay free: what stood there left its log, and something came after it.
const GAPS: &str = "gaps";

pub(super) fn retreat(connection: &Connection, retreat: &Retreat) -> Result<(), StoreError> {
    let Some(mut log) = LogRow::find(connection, &retreat.log)? else {
        return conflict("the end of a log that has no events");
    };
    let base = BaseRow::find(connection, log.id)?;
    let kept = base.as_ref().map_or(0, |base| base.length.unsigned_abs());
    if !(kept + 1..=log.length).contains(&retreat.from) {
        return conflict("the end of a log at a position that it does not have");
    }
    let from = int(retreat.from);
    let gone = leave(connection, &mut log, from)?;
    log.length = retreat.from - 1;
    log.heads = base.map(|base| base.heads).unwrap_or_default();
    let ends = fold_again(connection, &mut log, int(kept))?;
    save_ends(connection, log.id, &ends)?;
    if log.length == 0 {
        execute(connection, "DELETE FROM logs WHERE id = ?1", [log.id])?;
    } else {
        log.save(connection)?;
    }
    note_gaps(connection, gone)?;
    for event in &retreat.refused {
        arrivals::quarantine(connection, event)?;
    }
    for pending in &retreat.again {
        arrivals::drop_quarantined(connection, &pending.signed.cid)?;
        // They were here before: there is room for them.
        arrivals::put_pending(connection, pending, u64::MAX)?;
    }
    Ok(())
}

/// Removes the events of a log from a position on, and whatever names them; their `ord`s.
fn leave(connection: &Connection, log: &mut LogRow, from: i64) -> Result<Vec<i64>, StoreError> {
    let read = error::sqlite("read");
    let mut statement = connection
        .prepare_cached(
            "SELECT e.ord, EXISTS (SELECT 1 FROM outbox o WHERE o.ord = e.ord) FROM events e
             WHERE e.log = ?1 AND e.position >= ?2 ORDER BY e.position",
        )
        .map_err(&read)?;
    let rows = statement
        .query_map([log.id, from], |row| Ok((row.get(0)?, row.get(1)?)))
        .map_err(&read)?;
    let mut gone = Vec::new();
    for row in rows {
        let (ord, is_unsent): (i64, bool) = row.map_err(&read)?;
        if is_unsent {
            log.remove_unsent(ord);
            execute(connection, "DELETE FROM outbox WHERE ord = ?1", [ord])?;
        }
        gone.push(ord);
    }
    if let Some(first) = gone.first() {
        // In every log `ord` grows with the position.
        undo::forget_from(connection, log, *first)?;
    }
    moments::forget(connection, log.id, from, i64::MAX)?;
    for table in ["events", "checkpoints"] {
        execute(
            connection,
            &format!("DELETE FROM {table} WHERE log = ?1 AND position >= ?2"),
            [log.id, from],
        )?;
    }
    Ok(gone)
}

/// Goes through what is left of a log after its base: its heads, and the ends of its chains by the replicas' numbers.
fn fold_again(
    connection: &Connection,
    log: &mut LogRow,
    kept: i64,
) -> Result<HashMap<i64, ChainState>, StoreError> {
    let read = error::sqlite("read");
    let mut ends = HashMap::new();
    let mut statement = connection
        .prepare_cached(
            "SELECT digest, seq, height, frozen, replica FROM base_chains WHERE log = ?1",
        )
        .map_err(&read)?;
    let mut rows = statement.query([log.id]).map_err(&read)?;
    while let Some(row) = rows.next().map_err(&read)? {
        ends.insert(row.get(4).map_err(&read)?, chain_state(row)?);
    }
    let mut statement = connection
        .prepare_cached(
            "SELECT digest, seq, height, replica, block FROM events
             WHERE log = ?1 AND position > ?2 ORDER BY position",
        )
        .map_err(&read)?;
    let mut rows = statement.query([log.id, kept]).map_err(&read)?;
    while let Some(row) = rows.next().map_err(&read)? {
        let digest = blob32(row, 0)?;
        let cid = cid_of(&digest)?;
        let block = row.get_ref(4).and_then(|value| Ok(value.as_blob()?));
        let block = block.map_err(&read)?;
        let damaged = || {
            error::damaged(
                format!("event {cid}"),
                "its content is not what was written",
            )
        };
        if !names(&digest, block) {
            return Err(damaged());
        }
        let event = EventAddress::read_trusted(block).map_err(|_| damaged())?;
        let height = unsigned(row, 2)?;
        log.heads
            .retain(|head| Some(head.cid) != event.previous && !event.parents.contains(&head.cid));
        log.heads.push(Head { cid, height });
        let end = ChainState {
            cid,
            seq: unsigned(row, 1)?,
            height,
            frozen: false,
        };
        ends.insert(row.get(3).map_err(&read)?, end);
    }
    log.heads.sort();
    Ok(ends)
}

/// Writes the ends of a log's chains. One that is where it was stays frozen if it was.
fn save_ends(
    connection: &Connection,
    log: i64,
    ends: &HashMap<i64, ChainState>,
) -> Result<(), StoreError> {
    let read = error::sqlite("read");
    let mut statement = connection
        .prepare_cached("SELECT digest, seq, height, frozen, replica FROM chains WHERE log = ?1")
        .map_err(&read)?;
    let mut rows = statement.query([log]).map_err(&read)?;
    let mut before = Vec::new();
    while let Some(row) = rows.next().map_err(&read)? {
        before.push((row.get(4).map_err(&read)?, chain_state(row)?));
    }
    for (replica, end) in before {
        match ends.get(&replica) {
            Some(now) if now.cid == end.cid => {}
            Some(now) => save_chain(connection, "chains", log, replica, now)?,
            None => execute(
                connection,
                "DELETE FROM chains WHERE log = ?1 AND replica = ?2",
                [log, replica],
            )?,
        }
    }
    Ok(())
}

/// Notes which `ord`s stay free: those before the next that is given.
fn note_gaps(connection: &Connection, gone: Vec<i64>) -> Result<(), StoreError> {
    let next = next_ord(connection)?;
    let mut gaps = read_gaps(meta::get(connection, GAPS)?.as_deref());
    gaps.extend(gone.into_iter().map(|ord| (ord, ord)));
    gaps.retain(|(first, _)| *first < next);
    gaps.sort_unstable();
    let mut joined: Vec<(i64, i64)> = Vec::new();
    for (first, last) in gaps {
        match joined.last_mut() {
            Some(before) if first <= before.1 + 1 => before.1 = before.1.max(last),
            _ => joined.push((first, last.min(next - 1))),
        }
    }
    let text = joined
        .iter()
        .map(|(first, last)| format!("{first}-{last}"))
        .collect::<Vec<_>>()
        .join(",");
    meta::set(connection, GAPS, &text)
}

/// The ranges of `ord`s at which no event has to be, both ends included.
pub(crate) fn gaps(connection: &Connection) -> Result<Vec<(i64, i64)>, StoreError> {
    Ok(read_gaps(meta::get(connection, GAPS)?.as_deref()))
}

fn read_gaps(text: Option<&str>) -> Vec<(i64, i64)> {
    let ranges = text.unwrap_or_default().split(',');
    let range = |range: &str| {
        let (first, last) = range.split_once('-')?;
        Some((first.parse().ok()?, last.parse().ok()?))
    };
    ranges.filter_map(range).collect()
}

fn execute(
    connection: &Connection,
    sql: &str,
    params: impl rusqlite::Params,
) -> Result<(), StoreError> {
    connection
        .prepare_cached(sql)
        .and_then(|mut statement| statement.execute(params))
        .map(|_| ())
        .map_err(error::sqlite("saved"))
}
