//! Work that left the history because others have other events in its places: kept until its owner says what becomes of it.
//!
//! Each file of `.wissil/set-aside/` is a CAR of such events. It is written before they leave the history; when they were
//! made again, or are not wanted, its name says so and it stays.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{BufReader, BufWriter};
use std::path::{Path, PathBuf};

use wissil_dag::{Cid, Event, EventCarWriter, Ipld, SignedEvent};
use wissil_model::{Change, DocumentKind, describe};

use crate::actor::Actor;
use crate::api::{ApiError, ErrorCode, MadeAgain, SetAside};
use crate::session::Session;

/// What the names of files end in: to be decided, made again, left.
const OPEN: &str = "car";
const MADE_AGAIN: &str = "made-again.car";
const LEFT: &str = "left.car";
/// Most gestures that are named in words.
const MAX_WORDS: usize = 20;

/// The folder of a project's work that was set aside.
#[derive(Clone, Debug)]
pub(crate) struct Aside {
    folder: PathBuf,
}

/// A gesture that was set aside, with all its events' changes.
struct Lost {
    event: Event,
    changes: Vec<Change>,
}

impl Aside {
    /// The one of a project whose data stands in this folder.
    pub(crate) fn of(data: &Path) -> Self {
        Self {
            folder: data.join("set-aside"),
        }
    }

    /// Keeps events that are about to leave the history, durably.
    pub(crate) fn keep(&self, events: &[SignedEvent]) -> Result<(), ApiError> {
        let Some(first) = events.first() else {
            return Ok(());
        };
        let path = self.folder.join(format!("{}.{OPEN}", first.cid));
        let unfinished = path.with_extension("unfinished");
        let write = || {
            fs::create_dir_all(&self.folder)?;
            let signatures = events.iter().map(|event| (event.cid, event.signature));
            let out = BufWriter::new(File::create(&unfinished)?);
            let mut car = EventCarWriter::new(out, signatures)?;
            events.iter().try_for_each(|event| car.event(event))?;
            let file = car
                .finish()?
                .into_inner()
                .map_err(|error| error.into_error())?;
            file.sync_all()?;
            fs::rename(&unfinished, &path)?;
            sync_folder(&self.folder)
        };
        write().map_err(|error| ApiError::io("written", &path, &error))
    }

    /// The names of all events that were ever set aside.
    pub(crate) fn known(&self) -> Result<HashSet<Cid>, ApiError> {
        let mut known = HashSet::new();
        for file in self.files()? {
            known.extend(read(&file)?.into_iter().map(|event| event.cid));
        }
        Ok(known)
    }

    /// The gestures of which nothing was decided, oldest first.
    fn open(&self) -> Result<Vec<Lost>, ApiError> {
        let mut events = Vec::new();
        for file in self.open_files()? {
            for signed in read(&file)? {
                let damaged = |problem: String| {
                    ApiError::new(
                        ErrorCode::Damaged,
                        format!("{} is damaged: {problem}", file.display()),
                    )
                };
                let event = signed.open().map_err(|error| damaged(error.to_string()))?;
                let changes = Change::from_blocks(&event.changes)
                    .map_err(|error| damaged(error.to_string()))?;
                events.push((signed.cid, Lost { event, changes }));
            }
        }
        // Documents that were made meanwhile come before what was made in them.
        events.sort_by_key(|(_, lost)| (lost.event.time, lost.event.height));
        let mut gestures: Vec<(Cid, Lost)> = Vec::new();
        for (cid, lost) in events {
            let first = match lost.event.metadata.get("gesture") {
                Some(Ipld::Link(first)) => gestures.iter_mut().find(|(cid, _)| cid == first),
                _ => None,
            };
            match first {
                Some((_, gesture)) => gesture.changes.extend(lost.changes),
                None => gestures.push((cid, lost)),
            }
        }
        Ok(gestures.into_iter().map(|(_, lost)| lost).collect())
    }

    /// Says of all that was set aside what became of it.
    fn close(&self, how: &str) -> Result<(), ApiError> {
        for file in self.open_files()? {
            let closed = file.with_extension(how);
            fs::rename(&file, &closed).map_err(|error| ApiError::io("renamed", &file, &error))?;
        }
        Ok(())
    }

    fn open_files(&self) -> Result<Vec<PathBuf>, ApiError> {
        let mut files = self.files()?;
        // A CID has no dot.
        files.retain(|file| {
            let stem = file.file_stem().map(Path::new);
            stem.is_some_and(|stem| stem.extension().is_none())
        });
        Ok(files)
    }

    fn files(&self) -> Result<Vec<PathBuf>, ApiError> {
        let read = |error| ApiError::io("read", &self.folder, &error);
        let entries = match fs::read_dir(&self.folder) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries.map_err(read)?,
        };
        let mut files = Vec::new();
        for entry in entries {
            let path = entry.map_err(read)?.path();
            if path.extension().is_some_and(|ending| ending == OPEN) {
                files.push(path);
            }
        }
        files.sort();
        Ok(files)
    }
}

fn read(file: &Path) -> Result<Vec<SignedEvent>, ApiError> {
    let opened = File::open(file).map_err(|error| ApiError::io("read", file, &error))?;
    let import =
        wissil_dag::import(BufReader::new(opened)).map_err(|error| damaged(file, &error))?;
    match import.errors.first() {
        None => Ok(import.events),
        Some(error) => Err(damaged(file, error)),
    }
}

fn damaged(file: &Path, problem: &dyn std::error::Error) -> ApiError {
    ApiError::with_cause(
        ErrorCode::Damaged,
        format!("{} is damaged: {problem}", file.display()),
        problem,
    )
}

#[cfg(unix)]
fn sync_folder(folder: &Path) -> std::io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
fn sync_folder(_: &Path) -> std::io::Result<()> {
    Ok(())
}

impl Actor {
    /// Work that was set aside and of which nothing was decided; none when there is none.
    pub(crate) fn set_aside(&mut self) -> Result<Option<SetAside>, ApiError> {
        let gestures = self.project.aside().open()?;
        if gestures.is_empty() {
            return Ok(None);
        }
        let mut documents: Vec<String> = Vec::new();
        for lost in &gestures {
            let name = self.names.document(lost.event.document.as_str());
            if !documents.contains(&name) {
                documents.push(name);
            }
        }
        let words = gestures.iter().take(MAX_WORDS);
        Ok(Some(SetAside {
            changes: u32::try_from(gestures.len()).unwrap_or(u32::MAX),
            words: words.map(|lost| self.lost_in_words(lost)).collect(),
            documents,
        }))
    }

    fn lost_in_words(&mut self, lost: &Lost) -> String {
        let kind = self
            .project
            .engine
            .projection(&lost.event.document)
            .map_or(DocumentKind::BLUEPRINT, |projection| projection.kind());
        describe(kind, &lost.event.event_type, &lost.changes, &|_, _| None)
    }

    /// Makes what was set aside again, as new gestures on what the documents are now. What does not fit any more stays
    /// out and is named.
    pub(crate) fn make_again(&mut self) -> Result<MadeAgain, ApiError> {
        let mut again = MadeAgain {
            made: 0,
            refused: Vec::new(),
        };
        for lost in self.project.aside().open()? {
            let words = self.lost_in_words(&lost);
            match self.edit(&lost.event.document, &lost.event.event_type, lost.changes) {
                Ok(_) => again.made += 1,
                // It is as it would make it.
                Err(error) if error.code == ErrorCode::NothingToDo => again.made += 1,
                Err(error) if error.code == ErrorCode::Storage => return Err(error),
                Err(error) => again.refused.push(format!("{words}: {}", error.message)),
            }
        }
        self.project.aside().close(MADE_AGAIN)?;
        Ok(again)
    }

    /// Leaves what was set aside where it is.
    pub(crate) fn leave_aside(&mut self) -> Result<(), ApiError> {
        self.project.aside().close(LEFT)
    }
}

impl Session {
    /// Work of this installation that left the history, because its machine had been set back and others have other
    /// events in its places; none when there is none of which nothing was decided.
    pub fn set_aside(&self) -> Result<Option<SetAside>, ApiError> {
        self.ask(Actor::set_aside)
    }

    /// Makes all of it again, as new gestures on what the documents are now.
    ///
    /// # Errors
    /// What saving may fail with; what was not made again is still set aside then.
    pub fn make_again(&self) -> Result<MadeAgain, ApiError> {
        self.ask(Actor::make_again)
    }

    /// Leaves all of it. It is not offered again; its files stay in the project's folder.
    pub fn leave_aside(&self) -> Result<(), ApiError> {
        self.ask(Actor::leave_aside)
    }
}
