//! Small texts that are kept with the project.

use rusqlite::{Connection, OptionalExtension, params};
use wissil_dag::SessionId;
use wissil_sync::StoreError;

use crate::error;
use crate::seal::Seal;

/// The key of the session that the project belongs to.
pub(super) const SESSION: &str = "session";

pub(super) fn get(connection: &Connection, key: &str) -> Result<Option<String>, StoreError> {
    let row: Option<(String, i64)> = connection
        .prepare_cached("SELECT value, seal FROM meta WHERE key = ?1")
        .and_then(|mut statement| {
            statement
                .query_row([key], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()
        })
        .map_err(error::sqlite("read"))?;
    match row {
        Some((value, seal)) if seal == seal_meta(key, &value) => Ok(Some(value)),
        Some(_) => Err(error::damaged(
            format!("the project's entry `{key}`"),
            "it is not what was written",
        )),
        None => Ok(None),
    }
}

pub(super) fn set(connection: &Connection, key: &str, value: &str) -> Result<(), StoreError> {
    connection
        .prepare_cached("INSERT OR REPLACE INTO meta (key, value, seal) VALUES (?1, ?2, ?3)")
        .and_then(|mut statement| statement.execute(params![key, value, seal_meta(key, value)]))
        .map(|_| ())
        .map_err(error::sqlite("saved"))
}

/// The session; every database has one from its making.
pub(crate) fn session(connection: &Connection) -> Result<SessionId, StoreError> {
    let text = get(connection, SESSION)?.ok_or_else(|| error::database("it names no session"))?;
    SessionId::new(text).map_err(|problem| error::database(problem.to_string()))
}

/// Binds a database in the making to its session.
pub(crate) fn write_session(
    connection: &Connection,
    session: &SessionId,
) -> Result<(), StoreError> {
    set(connection, SESSION, session.as_str())
}

pub(crate) fn seal_meta(key: &str, value: &str) -> i64 {
    Seal::of("meta").text(key).text(value).finish()
}
