//! The files of a project: the folder `assets/` and the manifest's `assets` follow each other.
//!
//! One thread ([`worker`]) looks at the folder, reads and writes files; the owning thread commits what changed there
//! and tells which files the history has. What was last in agreement is remembered file by file ([`ledger`]), so each
//! side's changes are told from the other's ([`reconcile`]).

mod catalog;
mod facade;
mod folder;
mod ignore;
mod inbox;
mod ledger;
mod media_type;
mod path;
mod placing;
mod reading;
mod reconcile;
mod stamp;
#[cfg(test)]
mod tests;
mod thumbnail;
mod transfer;
mod upload;
mod watch;
mod worker;

use std::collections::HashMap;
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use wissil_dag::{Cid, DocumentId};
use wissil_model::Delta;
use wissil_model::Severity;
use wissil_model::kinds::manifest::Asset;
use wissil_sync::{MANIFEST, ObjectStore as _};

use self::catalog::Catalog;
use self::folder::assets_folder;
use self::inbox::Inbox;
use self::path::AssetPath;
use self::reconcile::{Content, Observed, add, gestures};
use self::transfer::asset_state;
use self::worker::{Answer, Target, Worker};
use crate::actor::Actor;
use crate::api::{Added, ApiError, AssetInfo, ErrorCode, Problem, SessionMessage};
use crate::bridge::Bridge;
use crate::history::manifest;
use crate::home::new_id;

pub(crate) use self::transfer::{NamedObject, NamedObjects, objects_in};
pub use self::upload::UploadListener;
pub(crate) use self::upload::Uploads;

/// The owning thread's part of the files.
#[derive(Default)]
pub(crate) struct Assets {
    /// None while the project is only read.
    thread: Option<Thread>,
    /// What is known of which objects are here.
    here: HashMap<Cid, bool>,
    /// How many bytes of objects on their way have travelled.
    travelling: HashMap<Cid, u64>,
    /// The objects that documents name, with how many events they had then.
    named: HashMap<DocumentId, (u64, Vec<Cid>)>,
    /// What is wrong with files of the folder.
    folder_problems: Vec<(Severity, String)>,
    /// Whether listeners were not told of a change yet.
    untold: bool,
    /// Told when other objects may be wanted or held than before.
    transfer: Option<Box<dyn Fn() + Send>>,
    /// How often records may have named other objects than before.
    renamed: u64,
    /// How often that was so, or other objects came here.
    changes: u64,
    /// Up to which of these changes the folder has followed, and whether nothing there waits to be read or written.
    followed: (u64, bool),
}

struct Thread {
    inbox: Arc<Inbox>,
    handle: Option<JoinHandle<()>>,
}

impl Drop for Thread {
    fn drop(&mut self) {
        self.inbox.close();
        if let Some(handle) = self.handle.take() {
            // A panic in it was reported where it happened.
            let _ = handle.join();
        }
    }
}

impl Assets {
    /// The records may have changed, or what is known of their objects: the folder follows, and listeners are told soon:
    /// the thread of the files gathers such calls.
    fn changed(&mut self) {
        self.untold = true;
        self.renamed += 1;
        self.moved();
        if let Some(transfer) = &self.transfer {
            transfer();
        }
    }

    /// Other objects are here than before: the folder follows.
    fn moved(&mut self) {
        self.changes += 1;
        if let Some(thread) = &self.thread {
            let changes = self.changes;
            thread.inbox.post(|mail| mail.history = Some(changes));
        }
    }

    /// Counts how often records may have named other objects than before, and says whether the folder has yet to follow or
    /// is being read.
    pub(crate) fn standing(&self) -> (u64, bool) {
        let rests = self.thread.is_none() || self.followed == (self.changes, true);
        (self.renamed, !rests)
    }

    /// What is wrong with files of the folder now.
    fn set_folder_problems(&mut self, problems: Vec<(Severity, String)>) {
        self.folder_problems = problems;
    }
}

impl Actor {
    /// Lets the folder and the history follow each other, until the actor is dropped.
    pub(crate) fn start_assets(&mut self, bridge: Bridge) -> Result<(), ApiError> {
        let inbox = Arc::new(Inbox::default());
        let worker = Worker::new(
            &self.project.folder,
            self.project.objects.clone(),
            bridge,
            Arc::clone(&inbox),
        );
        let handle = thread::Builder::new()
            .name("assets".into())
            .spawn(move || worker.run())
            .map_err(|error| ApiError::internal(format!("no thread for the files: {error}")))?;
        self.assets.thread = Some(Thread {
            inbox,
            handle: Some(handle),
        });
        Ok(())
    }

    /// Takes note of a change of a document, whoever made it: it may name other files than before.
    pub(crate) fn note_files(&mut self, delta: &Delta) {
        let mut changed = delta.upserted.keys().chain(delta.removed.keys());
        if changed.any(|collection| transfer::names_objects(collection)) {
            self.assets.changed();
        }
    }

    /// The folder has followed the files up to a change, and rests or does not.
    fn folder_followed(&mut self, changes: u64, rests: bool) {
        self.assets.followed = (changes, rests);
        self.tell_connection();
    }

    /// What is wrong with files.
    pub(crate) fn asset_problems(&mut self) -> Result<Vec<Problem>, ApiError> {
        let catalog = self.catalog()?;
        let of_folder = match self.assets.thread {
            Some(_) => self.assets.folder_problems.clone(),
            None => {
                let found = folder::problems(&assets_folder(&self.project.folder), &catalog);
                let warning = |message| (Severity::Warning, message);
                found.into_iter().map(warning).collect()
            }
        };
        let problem = |id: Option<String>, severity, message: &str| Problem {
            document: MANIFEST.into(),
            collection: Some(Asset::COLLECTION.into()),
            field: id.as_ref().map(|_| "path".into()),
            id,
            severity,
            message: message.to_owned(),
            note: None,
        };
        let records = catalog
            .problems()
            .iter()
            .map(|(id, message)| problem(Some(id.to_string()), Severity::Warning, message));
        let folder = of_folder
            .iter()
            .map(|(severity, message)| problem(None, *severity, message));
        Ok(records.chain(folder).collect())
    }

    /// All files, by path.
    pub(crate) fn asset_infos(&mut self) -> Result<Vec<AssetInfo>, ApiError> {
        let catalog = self.catalog()?;
        let mut infos = Vec::new();
        for (id, asset) in catalog.records() {
            let here = self.is_here(&asset.object.0)?;
            let done = self.assets.travelling.get(&asset.object.0).copied();
            let thumbnail = match &asset.thumbnail {
                Some(thumbnail) if self.is_here(&thumbnail.0)? => Some(thumbnail.0.to_string()),
                _ => None,
            };
            infos.push(AssetInfo {
                id: id.to_string(),
                path: asset.path.clone(),
                size: asset.size,
                media_type: asset.media_type.clone(),
                object: asset.object.0.to_string(),
                state: asset_state(here, done),
                done: done.map(|done| done as f64),
                thumbnail,
            });
        }
        infos.sort_by(|a, b| (&a.path, &a.id).cmp(&(&b.path, &b.id)));
        Ok(infos)
    }

    /// Commits what changed in the folder, and tells what the history has afterwards.
    fn agree_on_assets(&mut self, observed: &[Observed]) -> Result<Answer, ApiError> {
        for object in observed.iter().filter_map(|file| file.now.as_ref()) {
            self.keeps(object);
        }
        let made = gestures(self.catalog()?, observed, &mut new_id)?;
        for (event_type, changes) in [
            ("asset.set", made.set),
            ("asset.delete", made.delete),
            ("asset.add", made.add),
        ] {
            if changes.is_empty() {
                continue;
            }
            match self.edit(&manifest()?, event_type, changes) {
                Err(error) if error.code == ErrorCode::NothingToDo => {}
                edited => {
                    edited?;
                }
            }
        }
        self.answer(made.refused)
    }

    /// Adds files whose contents are kept, as one gesture, under free names near the wanted ones.
    fn add_assets(&mut self, files: Vec<(AssetPath, Content)>) -> Result<Added, ApiError> {
        let mut catalog = self.catalog()?;
        let mut changes = Vec::new();
        let mut assets = Vec::new();
        for (wanted, content) in files {
            self.keeps(&content);
            let path = catalog.free(&wanted, None);
            let (change, id, asset) = add(&path, &content, new_id()?);
            assets.push(id.to_string());
            catalog.take(path, id, asset);
            changes.push(change);
        }
        let written = self.edit(&manifest()?, "asset.add", changes)?;
        Ok(Added {
            assets,
            event: written.cids.into_iter().next(),
        })
    }

    fn answer(&mut self, refused: Vec<(AssetPath, String)>) -> Result<Answer, ApiError> {
        let catalog = self.catalog()?;
        let mut targets = Vec::new();
        for (path, asset) in catalog.places() {
            targets.push(Target {
                path: path.clone(),
                object: asset.object.0,
                here: self.is_here(&asset.object.0)?,
            });
        }
        if std::mem::take(&mut self.assets.untold) {
            self.tell_assets()?;
        }
        Ok(Answer { refused, targets })
    }

    fn tell_assets(&mut self) -> Result<(), ApiError> {
        if self.is_unheard() {
            return Ok(());
        }
        let message = SessionMessage::Assets {
            assets: self.asset_infos()?,
        };
        self.tell(&message);
        Ok(())
    }

    fn catalog(&mut self) -> Result<Catalog, ApiError> {
        let manifest = manifest()?;
        Ok(Catalog::read(self.project.engine.projection(&manifest)?))
    }

    fn keeps(&mut self, content: &Content) {
        self.assets.here.insert(content.object, true);
        if let Some(thumbnail) = content.thumbnail {
            self.assets.here.insert(thumbnail, true);
        }
    }

    /// Whether an object is here. The disk is asked once; afterwards whatever comes or goes is reported.
    fn is_here(&mut self, object: &Cid) -> Result<bool, ApiError> {
        if let Some(here) = self.assets.here.get(object) {
            return Ok(*here);
        }
        let here = self.project.objects.contains(object)?;
        if !here {
            // What else may stand there would be in the way when it comes.
            let _ = self.project.objects.set_aside(object);
        }
        self.assets.here.insert(*object, here);
        Ok(here)
    }
}
