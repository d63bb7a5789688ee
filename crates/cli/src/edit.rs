//! Gestures from JSON.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;
use std::sync::mpsc;
use std::thread;

use serde::Deserialize;
use wissil_session::api::{ApiError, ErrorCode};
use wissil_session::{Change, Edits, PendingEdit, Session};

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

/// Makes gestures one after the other, without waiting for each, and prints the CID of each event once it is saved. After
/// one that fails none is made.
pub fn run(
    session: &Session,
    document: &str,
    event_type: &str,
    file: &Path,
    out: &mut Output,
) -> Result<(), ApiError> {
    let reader: Box<dyn Read + Send> = if file == Path::new("-") {
        Box::new(std::io::stdin())
    } else {
        Box::new(File::open(file).map_err(|error| ApiError::io("read", file, &error))?)
    };
    let (begin, begun) = mpsc::channel();
    let edits = session.edits();
    let (document, event_type) = (document.to_owned(), event_type.to_owned());
    // It may wait for the next gesture for ever, while one before it fails.
    thread::spawn(move || {
        for edit in begin_all(reader, &edits, &document, &event_type) {
            let failed = edit.is_err();
            if begin.send(edit).is_err() || failed {
                break;
            }
        }
    });
    let mut is_told = false;
    for edit in begun {
        let result = edit?.wait()?;
        place::check(session, &mut is_told)?;
        out.lines(&result.cids)?;
    }
    Ok(())
}

/// Begins the gestures as they are read.
fn begin_all(
    reader: impl Read,
    edits: &Edits,
    document: &str,
    event_type: &str,
) -> impl Iterator<Item = Result<PendingEdit, ApiError>> {
    let gestures =
        serde_json::Deserializer::from_reader(BufReader::new(reader)).into_iter::<Gesture>();
    gestures.enumerate().map(move |(index, gesture)| {
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
        edits.edit(document, own_type.as_deref().unwrap_or(event_type), changes)
    })
}
