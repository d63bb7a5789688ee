//! One kind of failure: a sentence that says what failed and what to do.

use std::fmt;

/// What failed and what to do about it.
#[derive(Debug)]
pub struct Failure(String);

/// What every command returns.
pub type Result<T> = std::result::Result<T, Failure>;

/// A failure that says `message`.
pub fn fail(message: impl Into<String>) -> Failure {
    Failure(message.into())
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Failure(error.to_string())
    }
}
