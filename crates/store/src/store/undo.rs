//! The undo index: per person and log, what undo and redo take back next.

use std::collections::HashMap;
use std::ops::Range;

use rusqlite::{Connection, Row, params};
use wissil_dag::{BranchId, Cid, UserId};
use wissil_sync::{LogKey, StoreError, UndoChange, UndoEntry, UndoSide};

use super::names::{LogRow, user_id, user_id_or_new};
use super::read::place_of;
use super::rows::{blob32, cid_of, heads_to_bytes, side_number, unsigned};
use crate::error::{self, conflict};
use crate::seal::{Seal, digest};

/// A row of `undo`.
#[derive(Clone, Debug)]
pub(crate) struct UndoRow {
    pub log: i64,
    pub user: i64,
    pub side: i64,
    pub first: i64,
    pub count: i64,
    pub label: String,
    pub seal: i64,
}

impl UndoRow {
    pub const COLUMNS: &'static str = "log, user, side, first, count, label, seal";

    /// Reads [`UndoRow::COLUMNS`].
    pub fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            log: row.get(0)?,
            user: row.get(1)?,
            side: row.get(2)?,
            first: row.get(3)?,
            count: row.get(4)?,
            label: row.get(5)?,
            seal: row.get(6)?,
        })
    }

    pub fn expected_seal(&self) -> i64 {
        Seal::of("undo")
            .int(self.log)
            .int(self.user)
            .int(self.side)
            .int(self.first)
            .int(self.count)
            .text(&self.label)
            .finish()
    }

    fn save(&self, connection: &Connection, log: &mut LogRow) -> Result<(), StoreError> {
        let seal = self.expected_seal();
        log.add_undo(seal);
        connection
            .prepare_cached(
                "INSERT INTO undo (log, user, side, first, count, label, seal)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )
            .and_then(|mut statement| {
                statement.execute(params![
                    self.log, self.user, self.side, self.first, self.count, self.label, seal
                ])
            })
            .map(|_| ())
            .map_err(error::sqlite("saved"))
    }

    fn delete(&self, connection: &Connection, log: &mut LogRow) -> Result<(), StoreError> {
        log.remove_undo(self.seal);
        connection
            .prepare_cached(
                "DELETE FROM undo WHERE log = ?1 AND user = ?2 AND side = ?3 AND first = ?4",
            )
            .and_then(|mut delete| delete.execute([self.log, self.user, self.side, self.first]))
            .map(|_| ())
            .map_err(error::sqlite("saved"))
    }
}

/// The entry that the next step of a side takes.
pub(super) fn next(
    connection: &Connection,
    log: &LogKey,
    user: &UserId,
    side: UndoSide,
) -> Result<Option<UndoEntry>, StoreError> {
    let (Some(log), Some(user)) = (LogRow::id_of(connection, log)?, user_id(connection, user)?)
    else {
        return Ok(None);
    };
    let sql = format!(
        "SELECT {} FROM undo WHERE log = ?1 AND user = ?2 AND side = ?3 ORDER BY first DESC LIMIT 1",
        UndoRow::COLUMNS
    );
    find(connection, &sql, [log, user, side_number(side)])?
        .map(|row| undo_entry(connection, row))
        .transpose()
}

/// The entry of the done side that an event belongs to.
pub(super) fn of(
    connection: &Connection,
    log: &LogKey,
    user: &UserId,
    event: &Cid,
) -> Result<Option<UndoEntry>, StoreError> {
    let (Some(log), Some(user), Some(digest)) = (
        LogRow::id_of(connection, log)?,
        user_id(connection, user)?,
        digest(event),
    ) else {
        return Ok(None);
    };
    let Some((ord, _)) = place_of(connection, &digest)? else {
        return Ok(None);
    };
    // The last one that begins at or before the event: entries do not overlap.
    let sql = format!(
        "SELECT {} FROM undo WHERE log = ?1 AND user = ?2 AND side = ?3 AND first <= ?4
         ORDER BY first DESC LIMIT 1",
        UndoRow::COLUMNS
    );
    find(
        connection,
        &sql,
        [log, user, side_number(UndoSide::Done), ord],
    )?
    .filter(|row| ord < row.first.saturating_add(row.count))
    .map(|row| undo_entry(connection, row))
    .transpose()
}

fn undo_entry(connection: &Connection, row: UndoRow) -> Result<UndoEntry, StoreError> {
    Ok(UndoEntry {
        id: row.first.unsigned_abs(),
        events: cids(connection, row.first..row.first.saturating_add(row.count))?,
        label: row.label,
    })
}

/// Changes the index; `events` are the `ord`s of the commit. Whoever calls saves the log's row.
pub(super) fn change(
    connection: &Connection,
    log: &mut LogRow,
    change: &UndoChange,
    events: Range<i64>,
) -> Result<(), StoreError> {
    let count = events.end - events.start;
    match change {
        UndoChange::Push { user, label } => {
            let user = user_id_or_new(connection, user)?;
            let row = UndoRow {
                log: log.id,
                user,
                side: side_number(UndoSide::Done),
                first: events.start,
                count,
                label: label.clone(),
                seal: 0,
            };
            row.save(connection, log)
        }
        UndoChange::Move { id, to } => {
            let mut row = entry(connection, log.id, *id)?;
            if row.side == side_number(*to) {
                return conflict(format!("undo entry {id} is on that side"));
            }
            row.delete(connection, log)?;
            row.side = side_number(*to);
            row.first = events.start;
            row.count = count;
            row.save(connection, log)
        }
        UndoChange::Drop { id } => entry(connection, log.id, *id)?.delete(connection, log),
    }
}

/// Removes what a person undid in a log. Whoever calls saves the log's row.
pub(super) fn forget_undone(
    connection: &Connection,
    log: &mut LogRow,
    user: &UserId,
) -> Result<(), StoreError> {
    let user = user_id_or_new(connection, user)?;
    delete(
        connection,
        log,
        "user = ?2 AND side = ?3",
        [log.id, user, side_number(UndoSide::Undone)],
    )
}

/// The logs of a branch in which a person undid something.
pub(super) fn undone_logs(
    connection: &Connection,
    branch: &BranchId,
    user: &UserId,
) -> Result<Vec<i64>, StoreError> {
    let Some(user) = user_id(connection, user)? else {
        return Ok(Vec::new());
    };
    let read = error::sqlite("read");
    let mut statement = connection
        .prepare_cached(
            "SELECT id FROM logs WHERE branch = ?1 AND EXISTS
             (SELECT 1 FROM undo WHERE log = logs.id AND user = ?2 AND side = ?3)",
        )
        .map_err(&read)?;
    let side = side_number(UndoSide::Undone);
    let ids = statement
        .query_map(params![branch.as_str(), user, side], |row| row.get(0))
        .map_err(&read)?;
    ids.collect::<Result<_, _>>().map_err(&read)
}

/// Removes the entries of a log that reach to an `ord` or beyond. Whoever calls saves the log's row.
pub(super) fn forget_from(
    connection: &Connection,
    log: &mut LogRow,
    ord: i64,
) -> Result<(), StoreError> {
    delete(connection, log, "first + count > ?2", [log.id, ord])
}

/// Removes the entries of a log, which is the first parameter, that a condition names.
fn delete(
    connection: &Connection,
    log: &mut LogRow,
    condition: &str,
    params: impl rusqlite::Params,
) -> Result<(), StoreError> {
    let saved = error::sqlite("saved");
    let sql = format!("DELETE FROM undo WHERE log = ?1 AND {condition} RETURNING seal");
    let mut statement = connection.prepare_cached(&sql).map_err(&saved)?;
    let seals = statement
        .query_map(params, |row| row.get(0))
        .map_err(&saved)?;
    for seal in seals {
        log.remove_undo(seal.map_err(&saved)?);
    }
    Ok(())
}

/// Gives every log the sum of its entries: for a database of a format that had none.
pub(crate) fn fill_sums(connection: &Connection) -> Result<(), StoreError> {
    let read = error::sqlite("brought up to date");
    let mut statement = connection
        .prepare("SELECT log, seal FROM undo")
        .map_err(&read)?;
    let mut sums: HashMap<i64, i64> = HashMap::new();
    let rows = statement
        .query_map((), |row| Ok((row.get(0)?, row.get(1)?)))
        .map_err(&read)?;
    for row in rows {
        let (log, seal): (i64, i64) = row.map_err(&read)?;
        let sum = sums.entry(log).or_default();
        *sum = sum.wrapping_add(seal);
    }
    for (id, sum) in sums {
        let mut log = LogRow::by_id(connection, id)?;
        // One that is damaged stays so, and is named.
        if log.seal == log.expected_seal(&heads_to_bytes(&log.heads)?) {
            log.undo_sum = sum;
            log.save(connection)?;
        }
    }
    Ok(())
}

/// The entry that the store names by its first event. The few people and the two sides are looked up one by one.
fn entry(connection: &Connection, log: i64, id: u64) -> Result<UndoRow, StoreError> {
    let sql = format!(
        "SELECT {} FROM undo
         WHERE log = ?1 AND user IN (SELECT id FROM users) AND side IN (0, 1) AND first = ?2",
        UndoRow::COLUMNS
    );
    let unknown = || StoreError::Conflict(format!("there is no undo entry {id}"));
    let first = i64::try_from(id).map_err(|_| unknown())?;
    find(connection, &sql, [log, first])?.ok_or_else(unknown)
}

fn find(
    connection: &Connection,
    sql: &str,
    params: impl rusqlite::Params,
) -> Result<Option<UndoRow>, StoreError> {
    let read = error::sqlite("read");
    let mut statement = connection.prepare_cached(sql).map_err(&read)?;
    let mut rows = statement.query(params).map_err(&read)?;
    let row = rows.next().map_err(&read)?;
    row.map(UndoRow::read).transpose().map_err(&read)
}

fn cids(connection: &Connection, ords: Range<i64>) -> Result<Vec<Cid>, StoreError> {
    let read = error::sqlite("read");
    let mut cids = Vec::new();
    let mut statement = connection
        .prepare_cached("SELECT digest, ord FROM events WHERE ord >= ?1 AND ord < ?2 ORDER BY ord")
        .map_err(&read)?;
    let mut rows = statement.query([ords.start, ords.end]).map_err(&read)?;
    while let Some(row) = rows.next().map_err(&read)? {
        unsigned(row, 1)?;
        cids.push(cid_of(&blob32(row, 0)?)?);
    }
    Ok(cids)
}
