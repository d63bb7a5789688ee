//! Files, as every shell uses them.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use wissil_model::kinds::manifest::Asset;
use wissil_model::{Change, Value};
use wissil_sync::{ObjectStore as _, StoreError};

use super::inbox::Inbox;
use super::media_type::media_type;
use super::path::AssetPath;
use super::reconcile::media_type_value;
use super::thumbnail::MAX_BYTES;
use crate::actor::Actor;
use crate::api::{ApiError, AssetInfo, ErrorCode};
use crate::history::manifest;
use crate::session::Session;

impl Session {
    /// The files of the project, by path.
    pub fn assets(&self) -> Result<Vec<AssetInfo>, ApiError> {
        self.ask(Actor::asset_infos)
    }

    /// Moves a file to another path below `assets/`. The file in the folder follows.
    pub fn rename_asset(&self, asset: &str, path: &str) -> Result<(), ApiError> {
        let id = asset.to_owned();
        let path = AssetPath::new(path)
            .map_err(|problem| ApiError::new(ErrorCode::Invalid, format!("{path:?} {problem}")))?;
        self.ask(move |actor| {
            actor.assets_inbox()?;
            let catalog = actor.catalog()?;
            let asset = catalog.record(&id).ok_or_else(|| no_asset(&id))?;
            if catalog
                .holder(&path)
                .is_some_and(|holder| holder.as_str() != id)
            {
                return Err(ApiError::new(
                    ErrorCode::AlreadyExists,
                    format!("there is a file called {path} already; choose another name"),
                ));
            }
            let mut fields = vec![("path", Value::text(path.as_str()))];
            if asset.media_type.as_deref() != media_type(&path) {
                fields.push(("media_type", media_type_value(&path)));
            }
            let rename = Change::set(Asset::COLLECTION, id, fields);
            actor.edit(&manifest()?, "asset.set", vec![rename])?;
            Ok(())
        })
    }

    /// Removes a file from the project and from the folder. Its content stays in the history, and undo in the
    /// manifest brings it back.
    pub fn delete_asset(&self, asset: &str) -> Result<(), ApiError> {
        let id = asset.to_owned();
        self.ask(move |actor| {
            actor.assets_inbox()?;
            let remove = Change::remove(Asset::COLLECTION, id);
            actor.edit(&manifest()?, "asset.delete", vec![remove])?;
            Ok(())
        })
    }

    /// Has a file that is not here fetched before others: somebody waits for it.
    pub fn want_asset(&self, asset: &str) -> Result<(), ApiError> {
        let id = asset.to_owned();
        self.ask(move |actor| {
            let catalog = actor.catalog()?;
            let asset = catalog.record(&id).ok_or_else(|| no_asset(&id))?;
            let object = asset.object.0;
            if !actor.is_here(&object)? {
                actor.signals.want_objects([object]);
            }
            Ok(())
        })
    }

    /// A small picture of a file as a `data:` URL of a PNG of at most 256 pixels along its longer side; none where
    /// there is none, or it is not here yet.
    pub fn asset_thumbnail(&self, asset: &str) -> Result<Option<String>, ApiError> {
        let id = asset.to_owned();
        self.ask(move |actor| actor.asset_thumbnail(&id))
    }
}

impl Actor {
    fn asset_thumbnail(&mut self, id: &str) -> Result<Option<String>, ApiError> {
        let catalog = self.catalog()?;
        let asset = catalog.record(id).ok_or_else(|| no_asset(id))?;
        let Some(thumbnail) = asset.thumbnail else {
            return Ok(None);
        };
        // The record may be anybody's and name anything.
        let Some(file) = self.project.objects.open_read(&thumbnail.0)? else {
            self.signals.want_objects([thumbnail.0]);
            return Ok(None);
        };
        let small = file
            .metadata()
            .is_ok_and(|metadata| metadata.len() <= MAX_BYTES);
        if !small {
            return Ok(None);
        }
        let bytes = match self.project.objects.get(&thumbnail.0) {
            Err(StoreError::Damaged { .. }) if self.object_damaged(&thumbnail.0) => {
                self.signals.want_objects([thumbnail.0]);
                None
            }
            bytes => bytes?,
        };
        Ok(bytes
            .filter(|bytes| bytes.starts_with(b"\x89PNG\r\n\x1a\n"))
            .map(|bytes| format!("data:image/png;base64,{}", STANDARD.encode(bytes))))
    }

    /// The way to the thread of the files, while the project is open to be edited.
    pub(super) fn assets_inbox(&self) -> Result<Arc<Inbox>, ApiError> {
        match &self.assets.thread {
            Some(thread) => Ok(Arc::clone(&thread.inbox)),
            None => Err(ApiError::new(
                ErrorCode::Invalid,
                "the project is open for reading only; open it to change its files",
            )),
        }
    }
}

fn no_asset(id: &str) -> ApiError {
    ApiError::new(
        ErrorCode::NotFound,
        format!("the project has no file {id}; it may have been deleted"),
    )
}
