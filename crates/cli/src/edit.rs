//! Gestures from JSON.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use serde::Deserialize;
use wissil_session::api::{ApiError, ErrorCode};
use wissil_session::{Change, Session};

use crate::place;
use crate::print::Output;

/// One gesture, in any of the forms that are read.
#[derive(Deserialize)]
#[serde(untagged)]
enum Gesture {
    /// With its own type.
    Typed {
        #[serde(rename = "type")]
        event_type: Option<String>,
        changes: Vec<Change>,
    },
    /// Several changes.
    Several(Vec<Change>),
    /// One change.
    One(Box<Change>),
}

/// Reads gestures one after the other, and prints the CID of each event once it is saved.
pub fn run(
    session: &Session,
    document: &str,
    event_type: &str,
    file: &Path,
    out: &mut Output,
) -> Result<(), ApiError> {
    let reader: Box<dyn Read> = if file == Path::new("-") {
        Box::new(std::io::stdin())
    } else {
        Box::new(File::open(file).map_err(|error| ApiError::io("read", file, &error))?)
    };
    let gestures =
        serde_json::Deserializer::from_reader(BufReader::new(reader)).into_iter::<Gesture>();
    let mut is_told = false;
    for (index, gesture) in gestures.enumerate() {
        let gesture = gesture.map_err(|error| {
            ApiError::new(
                ErrorCode::Invalid,
                format!("gesture {} cannot be read: {error}", index + 1),
            )
        })?;
        let (own_type, changes) = match gesture {
            Gesture::Typed {
                event_type,
                changes,
            } => (event_type, changes),
            Gesture::Several(changes) => (None, changes),
            Gesture::One(change) => (None, vec![*change]),
        };
        let event_type = own_type.as_deref().unwrap_or(event_type);
        let result = session.edit(document, event_type, changes)?;
        place::check(session, &mut is_told)?;
        out.lines(&result.cids)?;
    }
    Ok(())
}
