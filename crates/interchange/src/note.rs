//! What a person should know about a file that was read.

use std::fmt;

use wissil_model::RecordId;

use crate::error::ImportError;

/// Most notes of one file; a last one says that there are more.
const MOST: usize = 10_000;

/// Something a person should know about a file that was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Note {
    /// The property it is about, as a JSON pointer into the file; empty for the file as a whole.
    pub place: String,
    /// How bad it is.
    pub level: Level,
    /// What it is, as a sentence that follows the place.
    pub message: String,
    /// What came of the property here, if that is one thing.
    pub subject: Option<Subject>,
}

/// How bad something is that was found in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// The file breaks a rule of its format, and others may refuse it, or the part it is about.
    Problem,
    /// Something was kept without being understood, left out, or brought into another form.
    Note,
}

/// A record that something is about.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Subject {
    /// The document's place in [`Imported::documents`](crate::Imported::documents).
    pub document: usize,
    /// The record's collection.
    pub collection: String,
    /// The record.
    pub id: RecordId,
    /// The stored field, if it is about one.
    pub field: Option<String>,
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.place.as_str() {
            "" => f.write_str(&self.message),
            place => write!(f, "{place}: {}", self.message),
        }
    }
}

/// Notes as they are gathered.
#[derive(Debug, Default)]
pub(crate) struct Notes {
    list: Vec<Note>,
    left_out: usize,
}

impl Notes {
    /// Takes down what is no mistake.
    pub(crate) fn note(&mut self, place: impl Into<String>, message: impl Into<String>) {
        self.push(place.into(), Level::Note, message.into());
    }

    /// Takes down a mistake.
    pub(crate) fn problem(&mut self, place: impl Into<String>, message: impl Into<String>) {
        self.push(place.into(), Level::Problem, message.into());
    }

    /// Takes down why something could not be read.
    pub(crate) fn error(&mut self, error: ImportError) {
        match error {
            ImportError::Property { pointer, problem } => self.problem(pointer, problem),
            other => self.problem("", other.to_string()),
        }
    }

    fn push(&mut self, place: String, level: Level, message: String) {
        if self.list.len() < MOST {
            self.list.push(Note {
                place,
                level,
                message,
                subject: None,
            });
        } else {
            self.left_out += 1;
        }
    }

    /// All of them, in the order in which they were found.
    pub(crate) fn into_list(mut self) -> Vec<Note> {
        if self.left_out > 0 {
            self.list.push(Note {
                place: String::new(),
                level: Level::Note,
                message: format!("{} more were found and are not listed", self.left_out),
                subject: None,
            });
        }
        self.list
    }
}
