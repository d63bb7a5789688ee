//! Where reading the server's streams goes on.

use rusqlite::{Connection, OptionalExtension, Row, params};
use wissil_sync::{Cursor, StoreError};

use super::rows::int;
use crate::error;
use crate::seal::Seal;

pub(super) fn get(connection: &Connection, stream: &str) -> Result<Option<Cursor>, StoreError> {
    let sql = "SELECT incarnation, sequence, published, seal FROM cursors WHERE stream = ?1";
    let row: Option<(String, i64, i64, i64)> = connection
        .prepare_cached(sql)
        .and_then(|mut statement| {
            let columns = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?));
            statement.query_row([stream], columns).optional()
        })
        .map_err(error::sqlite("read"))?;
    let Some((incarnation, sequence, published, seal)) = row else {
        return Ok(None);
    };
    let expected = seal_cursor(stream, &incarnation, sequence, published);
    match u64::try_from(sequence) {
        Ok(number) if seal == expected => Ok(Some(Cursor {
            incarnation,
            sequence: number,
            published,
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
            "INSERT OR REPLACE INTO cursors (stream, incarnation, sequence, published, seal)
             VALUES (?1, ?2, ?3, ?4, ?5)",
        )
        .and_then(|mut statement| {
            let Cursor {
                incarnation,
                published,
                ..
            } = cursor;
            let seal = seal_cursor(stream, incarnation, sequence, *published);
            statement.execute(params![stream, incarnation, sequence, published, seal])
        })
        .map(|_| ())
        .map_err(error::sqlite("saved"))
}

/// Those of formats before 4 have no time, and the seal of then.
pub(crate) fn seal_cursor(stream: &str, incarnation: &str, sequence: i64, published: i64) -> i64 {
    let seal = Seal::of("cursors")
        .text(stream)
        .text(incarnation)
        .int(sequence);
    match published {
        0 => seal.finish(),
        _ => seal.int(published).finish(),
    }
}
