//! Copying files into the project.

use std::fs;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use super::Worker;
use crate::api::{ApiError, ErrorCode};
use crate::assets::folder::look;
use crate::assets::inbox::Import;
use crate::assets::ledger::Ledger;
use crate::assets::path::AssetPath;
use crate::assets::reading::Reading;

impl Worker {
    pub(super) fn import(&mut self, import: &Import) -> Result<(), ApiError> {
        let files = self.files_to_import(&import.files)?;
        if files.is_empty() {
            return Ok(());
        }
        let inbox = Arc::clone(&self.inbox);
        let closing = move || inbox.is_closed();
        let reading = Reading {
            objects: &self.objects,
            is_closing: &closing,
        };
        let mut contents = Vec::new();
        for (path, file) in files {
            let content = reading.read(&file, None).map_err(|error| {
                ApiError::new(
                    ErrorCode::Storage,
                    format!("{} could not be imported: {error}", file.display()),
                )
            })?;
            contents.push((path, content));
        }
        let answer = self
            .bridge
            .ask_blocking(move |actor| actor.import_assets(contents))?;
        self.follow(&answer.targets);
        Ok(())
    }

    /// The files to import with the paths that they get, folders with all that is in them.
    fn files_to_import(&self, sources: &[PathBuf]) -> Result<Vec<(AssetPath, PathBuf)>, ApiError> {
        let mut files = Vec::new();
        for source in sources {
            let read = |error: &io::Error| ApiError::io("imported", source, error);
            let place = source.canonicalize().map_err(|error| read(&error))?;
            let assets = self.assets.canonicalize().unwrap_or(self.assets.clone());
            if place.starts_with(&assets) {
                // It is a file of the project already.
                continue;
            }
            let name = place.file_name().unwrap_or_default().to_string_lossy();
            let name = AssetPath::nearest(&name).map_err(|problem| {
                let message = format!("{} {problem}", source.display());
                ApiError::new(ErrorCode::Invalid, message)
            })?;
            if place.is_dir() {
                let nothing = Ledger::open(PathBuf::new());
                let seen = look(&place, &place, &self.rules, &nothing);
                let fitting = seen.files.keys().map(|path| path.as_str());
                let others = seen.problems.keys().map(String::as_str);
                for below in fitting.chain(others) {
                    let file = place.join(below);
                    if !fs::symlink_metadata(&file).is_ok_and(|found| found.is_file()) {
                        // Links are not followed.
                        continue;
                    }
                    let path = format!("{name}/{below}");
                    let path = AssetPath::nearest(&path).map_err(|problem| {
                        let message = format!("{} {problem}", file.display());
                        ApiError::new(ErrorCode::Invalid, message)
                    })?;
                    files.push((path, file));
                }
            } else {
                files.push((name, place));
            }
        }
        Ok(files)
    }
}
