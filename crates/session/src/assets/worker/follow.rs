//! Putting in the folder what the history has.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use wissil_dag::Cid;

use super::{GATHER, RETRY, Target, Worker};
use crate::assets::ledger::Entry;
use crate::assets::path::AssetPath;
use crate::assets::placing::{Placing, PlacingError};
use crate::assets::stamp::Stamp;

impl Worker {
    /// Puts in the folder what the history has, as far as it is here and nothing in the folder is news.
    pub(super) fn follow(&mut self, targets: &[Target]) {
        self.placing.clear();
        let wanted: BTreeMap<&AssetPath, &Target> = targets
            .iter()
            .map(|target| (&target.path, target))
            .collect();
        let mut removals: Vec<(AssetPath, Entry)> = self
            .ledger
            .iter()
            .filter(|(path, _)| !wanted.contains_key(path) && !self.unsettled.contains(path))
            .map(|(path, entry)| (path.clone(), *entry))
            .collect();
        let writes: Vec<&Target> = targets
            .iter()
            .filter(|target| {
                let known = self.ledger.get(&target.path);
                known.map(|entry| entry.object) != Some(target.object)
                    && !self.unsettled.contains(&target.path)
            })
            .collect();
        if removals.is_empty() && writes.is_empty() || !self.ensure_folder() {
            return;
        }
        let (inbox, assets, objects) = (
            Arc::clone(&self.inbox),
            self.assets.clone(),
            self.objects.clone(),
        );
        let is_closing = move || inbox.is_closed();
        let placing = Placing {
            assets: &assets,
            objects: &objects,
            is_closing: &is_closing,
        };
        let mut left = Vec::new();
        for target in writes {
            let source = removals
                .iter()
                .position(|(_, entry)| entry.object == target.object)
                .filter(|_| self.ledger.get(&target.path).is_none());
            let Some(source) = source else {
                left.push(target);
                continue;
            };
            let (from, entry) = removals.swap_remove(source);
            let moved = placing.rename(&from, &target.path, &entry.stamp);
            if moved.is_ok() {
                self.ledger.remove(&from);
            }
            if self.placed(&target.path, target.object, moved).is_none() {
                // What could not be moved is written, and removed where it was.
                left.push(target);
                removals.push((from, entry));
            }
        }
        for (path, entry) in removals {
            match placing.remove(&path, &entry.stamp) {
                Ok(()) => self.ledger.remove(&path),
                Err(error) => self.not_placed(&path, error),
            }
        }
        for target in left {
            if is_closing() {
                return;
            }
            if !target.here {
                continue;
            }
            let known = self.ledger.get(&target.path).map(|entry| entry.stamp);
            let written = placing.write(&target.path, &target.object, known.as_ref());
            if matches!(written, Err(PlacingError::Damaged)) {
                let object = target.object;
                self.bridge.tell(move |actor| {
                    actor.object_damaged(&object);
                });
            }
            self.placed(&target.path, target.object, written);
        }
    }

    fn placed(
        &mut self,
        path: &AssetPath,
        object: Cid,
        placed: Result<Stamp, PlacingError>,
    ) -> Option<()> {
        match placed {
            Ok(stamp) => {
                self.placing.remove(path.as_str());
                self.ledger.set(path.clone(), Entry { object, stamp });
                Some(())
            }
            Err(error) => {
                self.not_placed(path, error);
                None
            }
        }
    }

    fn not_placed(&mut self, path: &AssetPath, error: PlacingError) {
        match error {
            PlacingError::Closing => {}
            PlacingError::Changed => {
                self.touched.insert(path.below(&self.assets));
                self.blocked.insert(path.clone());
                self.look_at.get_or_insert(Instant::now() + GATHER);
            }
            error => {
                if matches!(error, PlacingError::Io(_)) {
                    self.follow_at.get_or_insert(Instant::now() + RETRY);
                }
                self.placing.insert(path.to_string(), error.to_string());
            }
        }
    }
}
