//! Files that are not as folder and history last agreed, until they are quiet.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use crate::assets::path::AssetPath;
use crate::assets::stamp::Stamp;

/// How long everything has to have been quiet before it comes into the history: a burst becomes one gesture, and half
/// of a file none.
const QUIET: Duration = Duration::from_millis(300);
/// How long a file has to be quiet that was seen growing.
const QUIET_AFTER_GROWING: Duration = Duration::from_secs(1);
/// How long quiet files wait for others that are not.
const PATIENCE: Duration = Duration::from_secs(2);

/// The files that wait to come into the history.
#[derive(Default)]
pub(super) struct Unsettled(BTreeMap<AssetPath, Seen>);

/// A file as it was last seen.
struct Seen {
    /// None when it is gone.
    stamp: Option<Stamp>,
    /// When it was first seen so.
    since: Instant,
    /// When it was first seen to differ.
    first: Instant,
    /// Whether it was seen changing.
    growing: bool,
}

impl Seen {
    fn quiet_at(&self) -> Instant {
        let quiet = if self.growing {
            QUIET_AFTER_GROWING
        } else {
            QUIET
        };
        self.since + quiet
    }
}

impl Unsettled {
    /// Takes note of how a file looks; without a stamp it is gone.
    pub fn see(&mut self, path: AssetPath, stamp: Option<Stamp>, now: Instant) {
        match self.0.get_mut(&path) {
            Some(seen) if seen.stamp == stamp => {}
            Some(seen) => {
                seen.growing = seen.stamp.is_some() && stamp.is_some();
                seen.stamp = stamp;
                seen.since = now;
            }
            None => {
                let seen = Seen {
                    stamp,
                    since: now,
                    first: now,
                    growing: false,
                };
                self.0.insert(path, seen);
            }
        }
    }

    /// Takes note that a file changed after it was seen.
    pub fn grows(&mut self, path: &AssetPath, now: Instant) {
        if let Some(seen) = self.0.get_mut(path) {
            seen.since = now;
            seen.growing = true;
        }
    }

    /// Leaves a file for later.
    pub fn postpone(&mut self, path: &AssetPath, until: Instant) {
        if let Some(seen) = self.0.get_mut(path) {
            seen.since = until;
            seen.first = until;
        }
    }

    /// When the next files come into the history: all together when all are quiet, and those that are when the first
    /// has waited long enough.
    pub fn settle_at(&self) -> Option<Instant> {
        let all = self.0.values().map(Seen::quiet_at).max()?;
        let patient = self
            .0
            .values()
            .map(|seen| seen.quiet_at().max(seen.first + PATIENCE))
            .min()?;
        Some(all.min(patient))
    }

    /// The files that are quiet, with how they look.
    pub fn quiet(&self, now: Instant) -> Vec<(AssetPath, Option<Stamp>)> {
        self.0
            .iter()
            .filter(|(_, seen)| seen.quiet_at() <= now)
            .map(|(path, seen)| (path.clone(), seen.stamp))
            .collect()
    }

    /// Whether all files are quiet except those that are being written.
    pub fn is_quiet(&self, now: Instant) -> bool {
        self.0
            .values()
            .all(|seen| seen.quiet_at() <= now || seen.growing)
    }

    /// Whether a file has not waited long yet.
    pub fn may_wait(&self, path: &AssetPath, now: Instant) -> bool {
        self.0
            .get(path)
            .is_some_and(|seen| seen.first + PATIENCE > now)
    }

    pub fn contains(&self, path: &AssetPath) -> bool {
        self.0.contains_key(path)
    }

    pub fn remove(&mut self, path: &AssetPath) {
        self.0.remove(path);
    }

    /// Keeps the files for which that holds.
    pub fn retain(&mut self, mut keep: impl FnMut(&AssetPath) -> bool) {
        self.0.retain(|path, _| keep(path));
    }

    pub fn clear(&mut self) {
        self.0.clear();
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const TICK: Duration = Duration::from_millis(100);

    fn path(text: &str) -> AssetPath {
        AssetPath::new(text).unwrap()
    }

    fn stamp(size: u64) -> Option<Stamp> {
        Some(Stamp {
            size,
            modified: 0,
            changed: 0,
        })
    }

    #[test]
    fn a_burst_settles_together_once_its_last_file_is_quiet() {
        let start = Instant::now();
        let mut unsettled = Unsettled::default();
        for file in 0..5 {
            unsettled.see(path(&format!("{file}")), stamp(1), start + TICK * file);
        }
        let settled = unsettled.settle_at().unwrap();
        assert_eq!(settled, start + TICK * 4 + QUIET);
        assert_eq!(unsettled.quiet(settled).len(), 5);
        assert!(unsettled.is_quiet(settled));
    }

    #[test]
    fn files_do_not_wait_for_ever_for_one_that_grows() {
        let start = Instant::now();
        let mut unsettled = Unsettled::default();
        unsettled.see(path("done"), stamp(1), start);
        unsettled.see(path("gone"), None, start);
        for size in 0..40 {
            let now = start + TICK * size;
            unsettled.see(path("grows"), stamp(size.into()), now);
            assert!(unsettled.settle_at().unwrap() > now || now >= start + PATIENCE);
        }
        let now = start + TICK * 39;
        assert!(unsettled.settle_at().unwrap() <= now);
        let quiet = [(path("done"), stamp(1)), (path("gone"), None)];
        assert_eq!(unsettled.quiet(now), quiet);
        assert!(unsettled.is_quiet(now));
    }

    #[test]
    fn what_failed_is_left_for_later() {
        let start = Instant::now();
        let mut unsettled = Unsettled::default();
        unsettled.see(path("a"), stamp(1), start);
        let later = start + PATIENCE * 4;
        unsettled.postpone(&path("a"), later);
        assert!(unsettled.settle_at().unwrap() > later);
        assert!(unsettled.quiet(later).is_empty());
    }
}
