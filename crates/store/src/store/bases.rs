//! Logs that start from a shared checkpoint, and the history before it.

use rusqlite::{Connection, OptionalExtension, Row, params};
use wissil_dag::{Cid, ReplicaId, SessionId};
use wissil_sync::{
    Base, ChainState, Checkpoint, Head, LogKey, Missing, NewEvent, SharedCheckpoint, StoreError,
};

use super::commit::{checked_address, insert_event, save_chain};
use super::moments;
use super::names::{LogRow, next_ord, replica_id_or_new};
use super::read::{chain_state, chain_tip};
use super::rows::{
    EventPlace, blob32, checkpoint_seal, decompress, event_digest, heads_of, heads_to_bytes, int,
    log_key, unsigned,
};
use crate::error::{self, conflict};
use crate::seal::Seal;

const LEVEL: i32 = 1;

/// A row of `bases`.
#[derive(Clone, Debug)]
pub(crate) struct BaseRow {
    pub log: i64,
    pub length: i64,
    pub have: i64,
    pub first: i64,
    pub last: i64,
    pub heads: Vec<Head>,
    pub seal: i64,
}

impl BaseRow {
    pub const COLUMNS: &'static str = "log, length, have, first, last, heads, seal";

    /// Reads [`BaseRow::COLUMNS`].
    pub fn read(row: &Row<'_>) -> Result<Self, StoreError> {
        let read = error::sqlite("read");
        let number = |column: usize| row.get::<_, i64>(column).map_err(&read);
        let heads: Vec<u8> = row.get(5).map_err(&read)?;
        Ok(Self {
            log: number(0)?,
            length: number(1)?,
            have: number(2)?,
            first: number(3)?,
            last: number(4)?,
            heads: heads_of(&heads)
                .ok_or_else(|| error::database("the heads of a base cannot be read"))?,
            seal: number(6)?,
        })
    }

    pub fn expected_seal(&self) -> Result<i64, StoreError> {
        Ok(Seal::of("bases")
            .int(self.log)
            .int(self.length)
            .int(self.have)
            .int(self.first)
            .int(self.last)
            .bytes(&heads_to_bytes(&self.heads)?)
            .finish())
    }

    /// Writes how many events are here.
    fn save_have(&self, connection: &Connection) -> Result<(), StoreError> {
        let seal = self.expected_seal()?;
        connection
            .prepare_cached("UPDATE bases SET have = ?2, seal = ?3 WHERE log = ?1")
            .and_then(|mut update| update.execute([self.log, self.have, seal]))
            .map(|_| ())
            .map_err(error::sqlite("saved"))
    }

    pub fn find(connection: &Connection, log: i64) -> Result<Option<Self>, StoreError> {
        let read = error::sqlite("read");
        let sql = format!("SELECT {} FROM bases WHERE log = ?1", Self::COLUMNS);
        let mut statement = connection.prepare_cached(&sql).map_err(&read)?;
        let mut rows = statement.query([log]).map_err(&read)?;
        rows.next().map_err(&read)?.map(Self::read).transpose()
    }
}

pub(super) fn start_from(
    connection: &Connection,
    session: &SessionId,
    bases: &[SharedCheckpoint],
) -> Result<(), StoreError> {
    let first = next_ord(connection)?;
    let events = bases.iter().map(|base| int(base.length));
    let last = events.fold(first - 1, i64::saturating_add);
    for base in bases {
        if base.session != *session {
            return conflict("a base of another session");
        }
        if LogRow::find(connection, &base.log)?.is_some() {
            return conflict("a base of a log that has events");
        }
        let mut log = LogRow::new(LogRow::next_id(connection)?, base.log.clone(), base.kind);
        log.length = base.length;
        log.heads.clone_from(&base.heads);
        log.save(connection)?;
        for (replica, end) in &base.chains {
            let replica = replica_id_or_new(connection, replica)?;
            save_chain(connection, "chains", log.id, replica, end)?;
            save_chain(connection, "base_chains", log.id, replica, end)?;
        }
        let row = BaseRow {
            log: log.id,
            length: int(base.length),
            have: 0,
            first,
            last,
            heads: base.heads.clone(),
            seal: 0,
        };
        let state = zstd::encode_all(&base.state[..], LEVEL).map_err(error::io("saved"))?;
        connection
            .prepare_cached(
                "INSERT INTO bases (log, length, have, first, last, heads, seal)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )
            .and_then(|mut insert| {
                insert.execute(params![
                    row.log,
                    row.length,
                    row.have,
                    row.first,
                    row.last,
                    heads_to_bytes(&row.heads).unwrap_or_default(),
                    row.expected_seal().unwrap_or_default(),
                ])
            })
            .map_err(error::sqlite("saved"))?;
        let seal = checkpoint_seal(row.log, row.length, &state);
        connection
            .prepare_cached("INSERT INTO base_states (log, seal, state) VALUES (?1, ?2, ?3)")
            .and_then(|mut insert| insert.execute(params![row.log, seal, state]))
            .map_err(error::sqlite("saved"))?;
    }
    Ok(())
}

pub(super) fn base(connection: &Connection, log: &LogKey) -> Result<Option<Base>, StoreError> {
    let Some(log) = LogRow::id_of(connection, log)? else {
        return Ok(None);
    };
    let Some(row) = BaseRow::find(connection, log)? else {
        return Ok(None);
    };
    let read = error::sqlite("read");
    let mut statement = connection
        .prepare_cached(
            "SELECT c.digest, c.seq, c.height, c.frozen, r.key
             FROM base_chains c JOIN replicas r ON r.id = c.replica WHERE c.log = ?1 ORDER BY r.key",
        )
        .map_err(&read)?;
    let mut rows = statement.query([log]).map_err(&read)?;
    let mut chains = Vec::new();
    while let Some(row) = rows.next().map_err(&read)? {
        chains.push((ReplicaId(blob32(row, 4)?), chain_state(row)?));
    }
    Ok(Some(Base {
        length: row.length.unsigned_abs(),
        have: row.have.unsigned_abs(),
        chains,
    }))
}

pub(super) fn incomplete(connection: &Connection) -> Result<Vec<(LogKey, Missing)>, StoreError> {
    let read = error::sqlite("read");
    let mut statement = connection
        .prepare_cached(
            "SELECT l.document, l.branch, b.have, b.length FROM bases b JOIN logs l ON l.id = b.log
             ORDER BY l.branch, l.document",
        )
        .map_err(&read)?;
    let mut rows = statement.query(()).map_err(&read)?;
    let mut logs = Vec::new();
    while let Some(row) = rows.next().map_err(&read)? {
        let (have, of) = (unsigned(row, 2)?, unsigned(row, 3)?);
        logs.push((log_key(row, 0, 1)?, Missing { have, of }));
    }
    Ok(logs)
}

/// The log and the height of an event that is the end of a chain of a base.
pub(super) fn place_of_end(
    connection: &Connection,
    digest: &[u8; 32],
) -> Result<Option<(LogKey, u64)>, StoreError> {
    let read = error::sqlite("read");
    let mut statement = connection
        .prepare_cached(
            "SELECT l.document, l.branch, c.height FROM base_chains c JOIN logs l ON l.id = c.log
             WHERE c.digest = ?1",
        )
        .map_err(&read)?;
    let mut rows = statement.query([digest]).map_err(&read)?;
    match rows.next().map_err(&read)? {
        Some(row) => Ok(Some((log_key(row, 0, 1)?, unsigned(row, 2)?))),
        None => Ok(None),
    }
}

/// The state of a log's base. Unlike that of a checkpoint it has to be sound.
pub(super) fn state(connection: &Connection, log: i64) -> Result<Option<Checkpoint>, StoreError> {
    let row: Option<(i64, Vec<u8>, Vec<u8>)> = connection
        .prepare_cached(
            "SELECT b.length, s.seal, s.state FROM bases b JOIN base_states s ON s.log = b.log
             WHERE b.log = ?1",
        )
        .and_then(|mut statement| {
            statement
                .query_row([log], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
                .optional()
        })
        .map_err(error::sqlite("read"))?;
    let Some((length, seal, state)) = row else {
        return Ok(None);
    };
    let damaged = || {
        error::damaged(
            "the state that a log started from",
            "it is not what was written",
        )
    };
    if seal != checkpoint_seal(log, length, &state) {
        return Err(damaged());
    }
    Ok(Some(Checkpoint {
        position: length.unsigned_abs(),
        state: decompress(&state).map_err(|_| damaged())?,
    }))
}

pub(super) fn put_history(
    connection: &Connection,
    session: &SessionId,
    key: &LogKey,
    events: &[NewEvent],
) -> Result<(), StoreError> {
    let log = LogRow::id_of(connection, key)?;
    let base = log.map(|log| BaseRow::find(connection, log)).transpose()?;
    let Some(mut base) = base.flatten() else {
        return conflict("history of a log that has no base");
    };
    let ords = free_ords(connection, &base, events.len())?;
    for (ord, new) in ords.into_iter().zip(events) {
        let cid = new.signed.cid;
        let event = checked_address(session, key, new)?;
        let replica = replica_id_or_new(connection, &new.replica)?;
        let end = chain_tip(connection, "base_chains", base.log, replica)?;
        if end.is_none_or(|end: ChainState| new.seq > end.seq) {
            return conflict(format!("event {cid} is not before the base"));
        }
        let stored = |seq| stored_at(connection, base.log, replica, seq);
        if event.previous != stored(int(new.seq) - 1)? || stored(int(new.seq))?.is_some() {
            return conflict(format!("event {cid} does not continue its chain"));
        }
        base.have += 1;
        let place = EventPlace {
            ord,
            log: base.log,
            position: base.have,
            replica,
            seq: int(new.seq),
            height: int(new.height),
        };
        insert_event(connection, &place, new)?;
        moments::save(connection, ord, &event, None)?;
        super::arrivals::drop_pending(connection, &event_digest(&cid)?)?;
    }
    base.save_have(connection)
}

/// The next `ord`s for the history before a base: the lowest that are free after its log's last, because in every log
/// `ord` grows with the position. However the logs that share the range come and are given up, there are enough for all.
fn free_ords(
    connection: &Connection,
    base: &BaseRow,
    count: usize,
) -> Result<Vec<i64>, StoreError> {
    let read = error::sqlite("read");
    let (greatest, missing): (Option<i64>, i64) = connection
        .prepare_cached(
            "SELECT (SELECT max(ord) FROM events WHERE ord >= ?1 AND ord <= ?2),
                    (SELECT sum(length - have) FROM bases WHERE first = ?1)",
        )
        .and_then(|mut statement| {
            statement.query_row([base.first, base.last], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
        })
        .map_err(&read)?;
    let next = greatest.map_or(base.first, |ord| ord + 1);
    let mut free = Vec::with_capacity(count);
    if next != base.last + 1 - missing {
        // Some history was given up.
        let last: Option<i64> = connection
            .prepare_cached("SELECT ord FROM events WHERE log = ?1 AND position = ?2")
            .and_then(|mut statement| {
                let last = statement.query_row([base.log, base.have], |row| row.get(0));
                last.optional()
            })
            .map_err(&read)?;
        let mut next = last.map_or(base.first, |ord| ord + 1);
        let mut statement = connection
            .prepare_cached("SELECT ord FROM events WHERE ord >= ?1 AND ord <= ?2 ORDER BY ord")
            .map_err(&read)?;
        let mut rows = statement.query([next, base.last]).map_err(&read)?;
        while free.len() < count
            && let Some(row) = rows.next().map_err(&read)?
        {
            let taken: i64 = row.get(0).map_err(&read)?;
            free.extend((next..taken).take(count - free.len()));
            next = taken + 1;
        }
        free.extend((next..base.last + 1).take(count - free.len()));
    } else {
        free.extend((next..base.last + 1).take(count));
    }
    match free.len() == count {
        true => Ok(free),
        false => conflict("history of more events than the base folds"),
    }
}

/// The stored event of a chain at this number.
fn stored_at(
    connection: &Connection,
    log: i64,
    replica: i64,
    seq: i64,
) -> Result<Option<Cid>, StoreError> {
    let digest: Option<[u8; 32]> = connection
        .prepare_cached("SELECT digest FROM events WHERE log = ?1 AND replica = ?2 AND seq = ?3")
        .and_then(|mut statement| {
            statement
                .query_row([log, replica, seq], |row| row.get(0))
                .optional()
        })
        .map_err(error::sqlite("read"))?;
    digest
        .map(|digest| super::rows::cid_of(&digest))
        .transpose()
}

pub(super) fn forget_history(
    connection: &Connection,
    key: &LogKey,
    from: u64,
) -> Result<(), StoreError> {
    let log = LogRow::find(connection, key)?;
    let base = match &log {
        Some(log) => BaseRow::find(connection, log.id)?,
        None => None,
    };
    let (Some(mut log), Some(mut base)) = (log, base) else {
        return conflict("history of a log that has no base");
    };
    let from = int(from).max(1);
    let to_send = connection
        .prepare_cached(
            "SELECT ord FROM events WHERE log = ?1 AND position >= ?2 AND position <= ?3
                 AND ord IN (SELECT ord FROM outbox)",
        )
        .and_then(|mut statement| {
            let ords = statement.query_map([log.id, from, base.have], |row| row.get(0))?;
            ords.collect::<Result<Vec<i64>, _>>()
        })
        .map_err(error::sqlite("read"))?;
    for ord in to_send {
        log.remove_unsent(ord);
        connection
            .prepare_cached("DELETE FROM outbox WHERE ord = ?1")
            .and_then(|mut delete| delete.execute([ord]))
            .map_err(error::sqlite("saved"))?;
    }
    moments::forget(connection, log.id, from, base.have)?;
    connection
        .prepare_cached("DELETE FROM events WHERE log = ?1 AND position >= ?2 AND position <= ?3")
        .and_then(|mut delete| delete.execute([log.id, from, base.have]))
        .map_err(error::sqlite("saved"))?;
    log.save(connection)?;
    base.have = base.have.min(from - 1);
    base.save_have(connection)
}

pub(super) fn complete(
    connection: &Connection,
    key: &LogKey,
    truth: Option<&[u8]>,
) -> Result<(), StoreError> {
    let log = LogRow::id_of(connection, key)?;
    let base = log.map(|log| BaseRow::find(connection, log)).transpose()?;
    let Some(base) = base.flatten() else {
        return conflict("a log that has no base is complete");
    };
    if base.have != base.length {
        return conflict("the history of the log is not all here");
    }
    let state = match truth {
        Some(truth) => {
            connection
                .execute("DELETE FROM checkpoints WHERE log = ?1", [base.log])
                .map_err(error::sqlite("saved"))?;
            Some(Checkpoint {
                position: base.length.unsigned_abs(),
                state: truth.to_vec(),
            })
        }
        None => state(connection, base.log)?,
    };
    for table in ["base_states", "bases", "base_chains"] {
        connection
            .execute(&format!("DELETE FROM {table} WHERE log = ?1"), [base.log])
            .map_err(error::sqlite("saved"))?;
    }
    // What was folded before its past was here could not know how late that is.
    moments::fill_log(connection, base.log, base.length)?;
    match state {
        Some(state) => super::checkpoints::put(connection, key, &state),
        None => Ok(()),
    }
}
