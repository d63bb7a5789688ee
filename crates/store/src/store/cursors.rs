//! Where reading the server's streams goes on.

use rusqlite::{Connection, OptionalExtension, params};
use wissil_sync::{Cursor, StoreError};

use super::rows::int;
use crate::error;
use crate::seal::Seal;

pub(super) fn get(connection: &Connection, stream: &str) -> Result<Option<Cursor>, StoreError> {
    let row: Option<(String, i64, i64)> = connection
        .prepare_cached("SELECT incarnation, sequence, seal FROM cursors WHERE stream = ?1")
        .and_then(|mut statement| {
            statement
                .query_row([stream], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
                .optional()
        })
        .map_err(error::sqlite("read"))?;
    let Some((incarnation, sequence, seal)) = row else {
        return Ok(None);
    };
    match u64::try_from(sequence) {
        Ok(number) if seal == seal_cursor(stream, &incarnation, sequence) => Ok(Some(Cursor {
            incarnation,
            sequence: number,
        })),
        _ => Err(error::damaged(
            format!("the place in stream `{stream}`"),
            "it is not what was written",
        )),
    }
}

pub(super) fn set(
    connection: &Connection,
    stream: &str,
    cursor: &Cursor,
) -> Result<(), StoreError> {
    let sequence = int(cursor.sequence);
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO cursors (stream, incarnation, sequence, seal) VALUES (?1, ?2, ?3, ?4)",
        )
        .and_then(|mut statement| {
            let seal = seal_cursor(stream, &cursor.incarnation, sequence);
            statement.execute(params![stream, cursor.incarnation, sequence, seal])
        })
        .map(|_| ())
        .map_err(error::sqlite("saved"))
}

pub(crate) fn seal_cursor(stream: &str, incarnation: &str, sequence: i64) -> i64 {
    Seal::of("cursors")
        .text(stream)
        .text(incarnation)
        .int(sequence)
        .finish()
}
