//! From the errors of the disk and of SQLite to the port's.

use std::path::Path;

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

/// The same, of one file, which is named.
pub(crate) fn file(action: &'static str, path: &Path) -> impl Fn(std::io::Error) -> StoreError {
    let path = path.display().to_string();
    move |cause| io(action)(format!("{path}: {cause}"))
}

/// An error of SQLite while something was tried: what it calls corrupt, and what does not fit our tables, is damage;
/// everything else is the disk.
pub(crate) fn sqlite(action: &'static str) -> impl Fn(Error) -> StoreError {
    move |error| match &error {
        Error::SqliteFailure(failure, _) => match failure.code {
            ErrorCode::DatabaseCorrupt => database(
                "a part of it is not what was written; `wissil verify` lists what is damaged",
            ),
            ErrorCode::NotADatabase => database("it is not a database"),
            // Our statements are fixed and fit our tables: these are not ours any more.
            ErrorCode::ConstraintViolation => {
                database("its tables contradict each other; `wissil verify` lists what is damaged")
            }
            _ if failure.extended_code == SQLITE_ERROR => {
                database("its tables are not those of a project")
            }
            ErrorCode::DiskFull => io(action)("the disk is full"),
            ErrorCode::ReadOnly | ErrorCode::PermissionDenied => {
                io(action)("the file of its database cannot be written")
            }
            ErrorCode::CannotOpen => io(action)("the file of its database cannot be opened"),
            ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => {
                io(action)("another program has its database open")
            }
            ErrorCode::SystemIoFailure => io(action)("the disk does not answer as it should"),
            _ => io(action)(error),
        },
        Error::SqlInputError { .. } => database("its tables are not those of a project"),
        Error::FromSqlConversionFailure(..)
        | Error::IntegralValueOutOfRange(..)
        | Error::InvalidColumnType(..)
        | Error::Utf8Error(..) => database(
            "a value in it is of another form than was written; `wissil verify` lists what is damaged",
        ),
        _ => io(action)(error),
    }
}

/// SQLite finds an error in a statement.
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
