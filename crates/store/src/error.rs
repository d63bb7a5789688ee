//! From the errors of the disk and of SQLite to the port's.

use rusqlite::{Error, ErrorCode};
use wissil_sync::StoreError;

/// An error of the disk while something was tried: `saved`, `read`, `opened`.
pub(crate) fn io<E>(action: &'static str) -> impl Fn(E) -> StoreError
where
    E: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    move |cause| StoreError::Io {
        action,
        cause: cause.into(),
    }
}

/// An error of SQLite while something was tried: what it calls corrupt, and values of another form than ours, are
/// damage; everything else is the disk.
pub(crate) fn sqlite(action: &'static str) -> impl Fn(Error) -> StoreError {
    move |error| match &error {
        Error::SqliteFailure(failure, _)
            if matches!(
                failure.code,
                ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase
            ) || failure.extended_code == SQLITE_ERROR =>
        {
            database(error.to_string())
        }
        Error::SqlInputError { .. }
        | Error::FromSqlConversionFailure(..)
        | Error::IntegralValueOutOfRange(..)
        | Error::InvalidColumnType(..)
        | Error::Utf8Error(..) => database(error.to_string()),
        _ => io(action)(error),
    }
}

/// Our statements are fixed and fit our tables, so where SQLite finds an error in one, the tables are not ours any more.
const SQLITE_ERROR: i32 = 1;

/// The database as a whole is damaged.
pub(crate) fn database(problem: impl Into<String>) -> StoreError {
    damaged("the project's database", problem)
}

/// Something is damaged.
pub(crate) fn damaged(what: impl Into<String>, problem: impl Into<String>) -> StoreError {
    StoreError::Damaged {
        what: what.into(),
        problem: problem.into(),
    }
}

/// A commit that does not fit.
pub(crate) fn conflict<T>(problem: impl Into<String>) -> Result<T, StoreError> {
    Err(StoreError::Conflict(problem.into()))
}
