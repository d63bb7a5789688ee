//! Gestures from JSON.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;
use std::sync::mpsc;
use std::thread;

use serde::Deserialize;
use serde_json::Value;
use wissil_session::api::{ApiError, ErrorCode};
use wissil_session::{Change, Edits, Facade, PendingEdit, json_problem};

use crate::place;
use crate::print::Output;

/// One gesture.
#[derive(Deserialize)]
struct Gesture {
    #[serde(rename = "type")]
    event_type: Option<String>,
    changes: Vec<Change>,
}

impl Gesture {
    /// Reads it in any of its forms: with its own type, several changes, one change.
    fn read(json: Value) -> Result<Self, serde_json::Error> {
        if json.get("changes").is_some() {
            return serde_json::from_value(json);
        }
        let changes = match json {
            Value::Array(_) => serde_json::from_value(json)?,
            one => vec![serde_json::from_value(one)?],
        };
        Ok(Self {
            event_type: None,
            changes,
        })
    }
}

fn unreadable(gesture: usize, error: &serde_json::Error) -> ApiError {
    let problem = json_problem(error);
    ApiError::new(
        ErrorCode::Invalid,
        format!("gesture {gesture} cannot be read: {problem}"),
    )
}

/// Makes gestures one after the other, without waiting for each, and prints the CID of each event once it is saved. After
/// one that fails none is made.
pub fn run(
    project: &Facade,
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
    let edits = project.edits();
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
        place::check(project, &mut is_told)?;
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
        serde_json::Deserializer::from_reader(BufReader::new(reader)).into_iter::<Value>();
    (1..).zip(gestures).map(move |(number, json)| {
        let gesture = json.and_then(Gesture::read);
        let gesture = gesture.map_err(|error| unreadable(number, &error))?;
        let event_type = gesture.event_type.as_deref().unwrap_or(event_type);
        edits.edit(document, event_type, gesture.changes)
    })
}
