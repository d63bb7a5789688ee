//! What crosses: one JSON object a line, in both directions (`docs/local.md`).

use std::borrow::Cow;
use std::io::{self, BufRead, Read as _};

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::api::{ApiError, BusMessage, Delta, SessionMessage};

/// Which protocol this is. Another number is another protocol.
pub(super) const PROTOCOL: u32 = 1;
/// Most bytes of a line that is asked.
pub(super) const MAX_LINE: u64 = 32 << 20;

/// The first line of whoever has the project open.
#[derive(Serialize)]
pub(super) struct Hello {
    pub protocol: u32,
    /// The version of the program.
    pub wissil: &'static str,
}

/// What is asked.
#[derive(Deserialize)]
pub(super) struct Call<'a> {
    /// Names the answer.
    pub id: u64,
    #[serde(borrow)]
    pub method: Cow<'a, str>,
    #[serde(borrow, default)]
    pub params: Option<&'a RawValue>,
}

/// The same, to be written.
#[derive(Serialize)]
pub(super) struct Asked<'a, P> {
    pub id: u64,
    pub method: &'a str,
    pub params: P,
}

/// The parameters of an edit.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EditParams<'a, C> {
    #[serde(borrow)]
    pub document: Cow<'a, str>,
    #[serde(borrow, rename = "type")]
    pub event_type: Cow<'a, str>,
    pub changes: C,
    /// Edits of one row: after one that fails none of them is made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<u64>,
}

/// An answer.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum Answer<R> {
    Done { id: u64, result: R },
    Failed { id: Option<u64>, error: ApiError },
}

impl<R> Answer<R> {
    pub fn new(id: u64, result: Result<R, ApiError>) -> Self {
        match result {
            Ok(result) => Self::Done { id, result },
            Err(error) => Self::Failed {
                id: Some(id),
                error,
            },
        }
    }
}

/// What a feed tells.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum Message {
    Session(Box<SessionMessage>),
    Delta(Box<Delta>),
    Live(BusMessage),
}

/// A line of a feed.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum Fed {
    Message { feed: u64, message: Message },
    Dropped { feed: u64, dropped: u64 },
}

/// The last line of a program that ends as it should: everything that it took is answered, and nothing else was done.
#[derive(Serialize)]
pub(super) struct Closing {
    pub closing: bool,
    /// Whether another program waits to open the project; others leave it to that.
    pub yields: bool,
}

/// Any line of whoever has the project open.
#[derive(Deserialize)]
#[serde(default)]
pub(super) struct Line<'a> {
    pub protocol: Option<u32>,
    pub wissil: Option<String>,
    pub id: Option<u64>,
    #[serde(borrow)]
    pub result: Option<&'a RawValue>,
    pub error: Option<ApiError>,
    pub feed: Option<u64>,
    #[serde(borrow)]
    pub message: Option<&'a RawValue>,
    pub dropped: Option<u64>,
    pub closing: bool,
    pub yields: bool,
}

// By hand: a reference to a raw value has no default.
#[allow(clippy::derivable_impls)]
impl Default for Line<'_> {
    fn default() -> Self {
        Self {
            protocol: None,
            wissil: None,
            id: None,
            result: None,
            error: None,
            feed: None,
            message: None,
            dropped: None,
            closing: false,
            yields: false,
        }
    }
}

/// A value as a line.
pub(super) fn encode(value: &impl Serialize) -> Result<Vec<u8>, ApiError> {
    let mut line =
        serde_json::to_vec(value).map_err(|error| ApiError::internal(error.to_string()))?;
    line.push(b'\n');
    Ok(line)
}

/// Reads a line of at most so many bytes into `line`; whether there was one. One that ends without its end is none.
///
/// # Errors
/// [`io::ErrorKind::FileTooLarge`] for a line that is longer, and what reading may fail with.
pub(super) fn read_line(
    reader: &mut impl BufRead,
    line: &mut Vec<u8>,
    most: u64,
) -> io::Result<bool> {
    line.clear();
    // One of many megabytes is the exception.
    line.shrink_to(1 << 16);
    let read = reader.take(most).read_until(b'\n', line)?;
    match line.last() {
        Some(b'\n') => Ok(true),
        _ if read as u64 == most => Err(io::ErrorKind::FileTooLarge.into()),
        _ => Ok(false),
    }
}
