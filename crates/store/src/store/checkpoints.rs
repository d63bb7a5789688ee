//! Stored states of logs: caches, so a damaged one counts as missing.

use rusqlite::{Connection, params};
use wissil_sync::{Checkpoint, LogKey, StoreError};

use super::names::LogRow;
use super::rows::{checkpoint_seal, decompress, int, unsigned};
use crate::error::{self, conflict};

/// Fast rather than small: checkpoints are taken while somebody edits.
const LEVEL: i32 = 1;

pub(super) fn newest(
    connection: &Connection,
    log: &LogKey,
    at_most: u64,
) -> Result<Option<Checkpoint>, StoreError> {
    let read = error::sqlite("read");
    let Some(log) = LogRow::id_of(connection, log)? else {
        return Ok(None);
    };
    let mut statement = connection
        .prepare_cached(
            "SELECT position, seal, state FROM checkpoints WHERE log = ?1 AND position <= ?2
             ORDER BY position DESC",
        )
        .map_err(&read)?;
    let mut rows = statement.query([log, int(at_most)]).map_err(&read)?;
    while let Some(row) = rows.next().map_err(&read)? {
        let position = unsigned(row, 0)?;
        let (Ok(seal), Ok(state)) = (row.get::<_, Vec<u8>>(1), row.get::<_, Vec<u8>>(2)) else {
            continue;
        };
        if seal == checkpoint_seal(log, int(position), &state)
            && let Ok(state) = decompress(&state)
        {
            return Ok(Some(Checkpoint { position, state }));
        }
    }
    let base = super::bases::state(connection, log)?;
    Ok(base.filter(|base| base.position <= at_most))
}

pub(super) fn put(
    connection: &Connection,
    log: &LogKey,
    checkpoint: &Checkpoint,
) -> Result<(), StoreError> {
    let Some(row) = LogRow::find(connection, log)? else {
        return conflict("a checkpoint of a log that has no events");
    };
    if !(1..=row.length).contains(&checkpoint.position) {
        return conflict("a checkpoint of events that are not there");
    }
    let state = zstd::encode_all(&checkpoint.state[..], LEVEL).map_err(error::io("saved"))?;
    let position = int(checkpoint.position);
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO checkpoints (log, position, seal, state) VALUES (?1, ?2, ?3, ?4)",
        )
        .and_then(|mut statement| {
            let seal = checkpoint_seal(row.id, position, &state);
            statement.execute(params![row.id, position, seal, state])
        })
        .map(|_| ())
        .map_err(error::sqlite("saved"))
}
