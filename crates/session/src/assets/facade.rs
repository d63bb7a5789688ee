//! Files, as every shell uses them.

use std::sync::Arc;

use wissil_dag::Cid;
use wissil_model::kinds::manifest::Asset;
use wissil_model::{Change, Value};
use wissil_sync::{ObjectStore as _, StoreError};

use super::inbox::Inbox;
use super::media_type::media_type;
use super::path::AssetPath;
use super::reconcile::media_type_value;
use crate::actor::Actor;
use crate::api::{ApiError, AssetInfo, ErrorCode};
use crate::history::manifest;
use crate::session::Session;

/// Largest object that is read into memory as a whole.
const MAX_IN_MEMORY: u64 = 64 << 20;

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

    /// The bytes of an object of the project, which are in memory then; none where it is not here. One that is damaged is
    /// set aside, and fetched again where somebody has it.
    ///
    /// # Errors
    /// When `cid` is none, the object is too large for that, or it cannot be read.
    pub fn object(&self, cid: &str) -> Result<Option<Vec<u8>>, ApiError> {
        let cid: Cid = cid.parse().map_err(|error| {
            ApiError::with_cause(
                ErrorCode::Invalid,
                format!("`{cid}` names no object"),
                &error,
            )
        })?;
        let objects = self.ask(|actor| Ok(actor.project.objects.clone()))?;
        let Some(file) = objects.open_read(&cid)? else {
            return Ok(None);
        };
        // Records may be anybody's and name anything.
        if file.metadata().is_ok_and(|file| file.len() > MAX_IN_MEMORY) {
            return Err(ApiError::new(
                ErrorCode::Invalid,
                format!("the object {cid} is too large to be read at once"),
            ));
        }
        match objects.get(&cid) {
            Err(error @ StoreError::Damaged { .. }) => self.ask(move |actor| {
                if !actor.object_damaged(&cid) {
                    return Err(error.into());
                }
                actor.signals.want_objects([cid]);
                Ok(None)
            }),
            bytes => Ok(bytes?),
        }
    }
}

impl Actor {
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
