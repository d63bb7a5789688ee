//! Going on in another folder, for a project whose own was deleted or moved while it was open.

use std::fs;
use std::io;
use std::path::Path;

use wissil_store::FileObjects;
use wissil_sync::ObjectStore as _;

use crate::actor::Actor;
use crate::api::{ApiError, Displaced};
use crate::app::absolute;
use crate::home::Home;
use crate::project::{DATA, put_elsewhere};
use crate::session::Session;

impl Session {
    /// Whether the project in a folder is this one, be it that the folder was moved.
    pub fn has_open(&self, folder: &Path) -> Result<bool, ApiError> {
        Ok(self.whereabouts().is_in(&absolute(folder)?))
    }

    /// Where the project's folder is instead; none while it is where it was opened.
    pub fn displaced(&self) -> Option<Displaced> {
        self.whereabouts().displaced()
    }

    /// Writes the project into another folder, with everything that is known of it, and ends here: it goes on when it is
    /// opened there, as the same replica. Answers what a person should know: how many files went with the old folder.
    ///
    /// # Errors
    /// [`ErrorCode::AlreadyExists`](crate::api::ErrorCode::AlreadyExists) when there is a project in the folder, or the
    /// disk's; then this goes on, and the folder is as it was.
    pub fn save_elsewhere(&self, folder: &Path) -> Result<Vec<String>, ApiError> {
        let (folder, home) = (absolute(folder)?, self.network()?.home().clone());
        self.ask(move |actor| actor.save_elsewhere(&home, &folder))
    }
}

impl Actor {
    fn save_elsewhere(&mut self, home: &Home, folder: &Path) -> Result<Vec<String>, ApiError> {
        let named = self.all_objects()?;
        let now = self.project.whereabouts.moved_to();
        let from = now.unwrap_or_else(|| self.project.folder.clone());
        put_elsewhere(home, &mut self.project, folder, |building| {
            for part in [&*format!("{DATA}/objects"), "assets"] {
                copy(&from.join(part), &building.join(part))?;
            }
            Ok(())
        })?;
        self.over = true;
        let objects = FileObjects::open_read_only(folder);
        let mut missing = 0;
        for object in &named {
            missing += usize::from(!objects.contains(&object.cid)?);
        }
        Ok(match missing {
            0 => Vec::new(),
            1 => {
                vec!["One file went with the old folder; it comes back from whoever has it.".into()]
            }
            some => vec![format!(
                "{some} files went with the old folder; they come back from whoever has them."
            )],
        })
    }

    /// Takes note of where the folder is instead, and tells whoever follows.
    pub(crate) fn set_displaced(&mut self, displaced: Option<Displaced>) {
        self.displaced = displaced;
        // Whoever follows hears of it with the next event at the latest.
        let _ = self.tell_listeners(Vec::new());
    }
}

/// Copies a folder as far as it is there. Links are not followed.
fn copy(from: &Path, to: &Path) -> Result<(), ApiError> {
    let entries = match fs::read_dir(from) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        entries => entries.map_err(|error| ApiError::io("read", from, &error))?,
    };
    fs::create_dir_all(to).map_err(|error| ApiError::io("made", to, &error))?;
    for entry in entries {
        let entry = entry.map_err(|error| ApiError::io("read", from, &error))?;
        let (path, target) = (entry.path(), to.join(entry.file_name()));
        let failed = |error: io::Error| ApiError::io("copied", &path, &error);
        let kind = entry.file_type().map_err(failed)?;
        if kind.is_dir() {
            copy(&path, &target)?;
        } else if kind.is_file() {
            fs::copy(&path, &target).map_err(failed)?;
        }
    }
    Ok(())
}
