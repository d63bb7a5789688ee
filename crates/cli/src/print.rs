//! Standard output, line by line, and what is said beside it.
//!
//! Names, texts and messages of others come from files and from the network. A terminal obeys some characters, so those
//! are shown and not sent: nobody's name moves the cursor, forges a line or turns the text around.

use std::borrow::Cow;
use std::io::{self, Write};

use serde::Serialize;
use wissil_session::api::{ApiError, ErrorCode};

/// Writes lines to standard output, each at once: whoever reads learns of a saved event when it is saved.
#[derive(Default)]
pub struct Output {
    closed: bool,
}

impl Output {
    /// Writes a line; what a terminal would obey is shown.
    pub fn line(&mut self, line: &str) -> Result<(), ApiError> {
        if self.closed {
            return Ok(());
        }
        let mut out = io::stdout().lock();
        match writeln!(out, "{}", shown(line)).and_then(|()| out.flush()) {
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

/// Tells a person something beside the output, on standard error.
pub fn say(text: &str) {
    // Whoever closed it wants to hear nothing.
    let _ = writeln!(io::stderr().lock(), "{}", shown(text));
}

/// A text as a terminal may have it: characters that it would obey stand as their escapes.
pub fn shown(text: &str) -> Cow<'_, str> {
    if !text.contains(is_obeyed) {
        return text.into();
    }
    let mut shown = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        if is_obeyed(character) {
            shown.extend(character.escape_unicode());
        } else {
            shown.push(character);
        }
    }
    shown.into()
}

/// Control characters, and those that turn the direction of what follows.
fn is_obeyed(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_obeys_is_shown() {
        for (text, expected) in [
            ("Ünïcode ✓ 日本", "Ünïcode ✓ 日本"),
            ("\x1b[2Jgone", "\\u{1b}[2Jgone"),
            ("a\nforged line", "a\\u{a}forged line"),
            ("a\rb\u{9b}c\x7f", "a\\u{d}b\\u{9b}c\\u{7f}"),
            ("\u{202e}txt.exe", "\\u{202e}txt.exe"),
        ] {
            assert_eq!(shown(text), expected);
        }
    }
}
