//! Standard output, line by line.

use std::io::{self, Write};

use serde::Serialize;
use wissil_session::api::{ApiError, ErrorCode};

/// Writes lines to standard output, each at once: whoever reads learns of a saved event when it is saved.
#[derive(Default)]
pub struct Output {
    closed: bool,
}

impl Output {
    /// Writes a line.
    pub fn line(&mut self, line: &str) -> Result<(), ApiError> {
        if self.closed {
            return Ok(());
        }
        let mut out = io::stdout().lock();
        match writeln!(out, "{line}").and_then(|()| out.flush()) {
            // Whoever read has seen enough (`| head`).
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                self.closed = true;
                Ok(())
            }
            Err(error) => Err(ApiError::new(
                ErrorCode::Storage,
                format!("standard output cannot be written: {error}"),
            )),
            Ok(()) => Ok(()),
        }
    }

    /// Writes several lines.
    pub fn lines(&mut self, lines: &[String]) -> Result<(), ApiError> {
        lines.iter().try_for_each(|line| self.line(line))
    }

    /// Writes a value as JSON, in one line.
    pub fn json(&mut self, value: &impl Serialize) -> Result<(), ApiError> {
        let text = serde_json::to_string(value)
            .map_err(|error| ApiError::new(ErrorCode::Internal, error.to_string()))?;
        self.line(&text)
    }
}

/// A moment of Unix milliseconds, where the reader is.
pub fn local_time(milliseconds: f64) -> String {
    jiff::Timestamp::from_millisecond(milliseconds as i64)
        .map(|moment| {
            moment
                .to_zoned(jiff::tz::TimeZone::system())
                .strftime("%Y-%m-%d %H:%M:%S")
                .to_string()
        })
        .unwrap_or_else(|_| "some time".into())
}
