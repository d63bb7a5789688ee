//! The thread of the files: it looks, reads, copies and writes; the owning thread only commits.

mod follow;
mod unsettled;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use notify::RecommendedWatcher;
use wissil_dag::Cid;
use wissil_model::Severity;
use wissil_store::FileObjects;

use self::unsettled::Unsettled;
use super::folder::{Look, assets_folder, in_words, is_within, look, remove_unfinished, stands};
use super::ignore::{RULES, Rules};
use super::inbox::{Inbox, Mail};
use super::ledger::{Entry, Ledger};
use super::path::AssetPath;
use super::reading::{Reading, ReadingError};
use super::reconcile::{Content, Observed};
use super::stamp::Stamp;
use super::watch::watch;
use crate::api::ApiError;
use crate::bridge::Bridge;
use crate::error::why;

/// How long notices are gathered before the folder is looked at.
const GATHER: Duration = Duration::from_millis(50);
/// How long reading goes on before what was read so far comes into the history.
const READING: Duration = Duration::from_secs(2);
/// How long the history is gathered before the folder follows it.
const FOLLOW: Duration = Duration::from_millis(50);
/// How long until what failed is tried again.
const RETRY: Duration = Duration::from_secs(5);
/// How often everything is looked at where the system does not tell of changes.
const POLL: Duration = Duration::from_secs(5);

/// A file of the history with its place in the folder.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    /// Where.
    pub path: AssetPath,
    /// Its content.
    pub object: Cid,
    /// Whether that is here.
    pub here: bool,
}

/// What the owning thread answers to what was observed.
pub(crate) struct Answer {
    /// Files that cannot be taken, and why.
    pub refused: Vec<(AssetPath, String)>,
    /// All files that have a place, by path.
    pub targets: Vec<Target>,
}

/// The thread's own.
pub(crate) struct Worker {
    assets: PathBuf,
    inbox: Arc<Inbox>,
    bridge: Bridge,
    objects: FileObjects,
    ledger: Ledger,
    rules: Rules,
    watcher: Option<RecommendedWatcher>,
    /// What to look at.
    touched: BTreeSet<PathBuf>,
    unsettled: Unsettled,
    /// Files that could not be taken, as they were then.
    refused: BTreeMap<AssetPath, (Stamp, String)>,
    /// Files that stand in the way of the history's.
    blocked: BTreeSet<AssetPath>,
    /// What is wrong with files of the folder, by path.
    found: BTreeMap<String, String>,
    /// What is wrong with files that should be in the folder, by path.
    placing: BTreeMap<String, String>,
    /// What is wrong with the folder as a whole.
    general: BTreeMap<&'static str, String>,
    /// What the owning thread was told last.
    told: BTreeMap<String, (Severity, String)>,
    /// The newest change of the history that the folder follows.
    following: u64,
    /// What the owning thread was told last of how far that is.
    followed: Option<(u64, bool)>,
    look_at: Option<Instant>,
    follow_at: Option<Instant>,
    poll_at: Option<Instant>,
}

impl Worker {
    /// For a project that is open to be edited.
    pub fn new(project: &Path, objects: FileObjects, bridge: Bridge, inbox: Arc<Inbox>) -> Self {
        let assets = assets_folder(project);
        Self {
            rules: Rules::read(&assets).0,
            ledger: Ledger::open(project.join(".wissil").join("assets.json")),
            assets,
            inbox,
            bridge,
            objects,
            watcher: None,
            touched: BTreeSet::new(),
            unsettled: Unsettled::default(),
            refused: BTreeMap::new(),
            blocked: BTreeSet::new(),
            found: BTreeMap::new(),
            placing: BTreeMap::new(),
            general: BTreeMap::new(),
            told: BTreeMap::new(),
            following: 0,
            followed: None,
            look_at: None,
            follow_at: None,
            poll_at: None,
        }
    }

    /// Works until the inbox is closed.
    pub fn run(mut self) {
        self.begin();
        while let Some(mail) = self.inbox.take(self.next()) {
            self.sort(mail);
            self.work();
        }
        // Saving fails where the disk is full; files are read again then.
        let _ = self.ledger.save();
    }

    fn begin(&mut self) {
        remove_unfinished(&self.assets);
        self.touched.insert(self.assets.clone());
        self.look_at = Some(Instant::now());
        self.follow_at = Some(Instant::now());
    }

    fn next(&self) -> Option<Instant> {
        let times = [
            self.look_at,
            self.follow_at,
            self.poll_at,
            self.unsettled.settle_at(),
        ];
        times.into_iter().flatten().min()
    }

    fn sort(&mut self, mail: Mail) {
        let now = Instant::now();
        if mail.everything {
            self.touched.clear();
            self.touched.insert(self.assets.clone());
        } else {
            let assets = &self.assets;
            self.touched.extend(
                mail.touched
                    .into_iter()
                    .filter(|path| path.starts_with(assets)),
            );
        }
        if !self.touched.is_empty() {
            self.look_at.get_or_insert(now + GATHER);
        }
        if let Some(changes) = mail.history {
            self.following = changes;
            self.follow_at.get_or_insert(now + FOLLOW);
        }
        self.tell_rest();
    }

    fn work(&mut self) {
        let due = |at: Option<Instant>| at.is_some_and(|at| at <= Instant::now());
        if due(self.poll_at) {
            self.touched.insert(self.assets.clone());
            self.look_at = Some(Instant::now());
            self.poll_at = None;
        }
        if due(self.look_at) {
            self.look_at = None;
            self.look();
        }
        if due(self.unsettled.settle_at()) || due(self.follow_at) {
            self.follow_at = None;
            let worked = self.agree();
            self.note("history", worked.err().map(|error| error.message));
        }
        if let Err(error) = self.ledger.save() {
            self.note("ledger", Some(format!("cannot be remembered: {error}")));
        } else {
            self.note("ledger", None);
        }
        self.tell();
    }

    // Looking

    /// Makes and watches the folder where that is not done; whether it can be looked at.
    fn ensure_folder(&mut self) -> bool {
        match fs::symlink_metadata(&self.assets) {
            Ok(metadata) if metadata.is_dir() => {}
            Ok(_) => {
                self.note("folder", Some("is not a folder; move it away".into()));
                return false;
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                // Losing the whole folder is no wish to delete all files for everybody: it is made again.
                self.watcher = None;
                self.ledger.clear();
                self.unsettled.clear();
                self.follow_at = Some(Instant::now());
                // Remembered before the folder is there: else a crash meanwhile would leave files that seem deleted.
                let made = self
                    .ledger
                    .save()
                    .and_then(|()| fs::create_dir(&self.assets));
                if let Err(error) = made {
                    let why = why(&self.assets, &error);
                    self.note("folder", Some(format!("cannot be made: {why}")));
                    return false;
                }
            }
            Err(error) => {
                let why = why(&self.assets, &error);
                self.note("folder", Some(format!("cannot be read: {why}")));
                return false;
            }
        }
        self.note("folder", None);
        if self.watcher.is_none() {
            let watching = watch(&self.assets, &self.inbox);
            let problem = watching.as_ref().err().map(|error| {
                format!("is not watched, so changes are seen some seconds later: {error}")
            });
            self.note("watch", problem);
            self.watcher = watching.ok();
            self.touched.insert(self.assets.clone());
        }
        true
    }

    fn look(&mut self) {
        if !self.ensure_folder() {
            self.poll_at = Some(Instant::now() + POLL);
            return;
        }
        if self.watcher.is_none() {
            self.poll_at = Some(Instant::now() + POLL);
        }
        if self.touched.contains(&self.assets) || self.touched.contains(&self.assets.join(RULES)) {
            let (rules, problems) = Rules::read(&self.assets);
            self.rules = rules;
            let problems = problems.join("; ");
            self.note("rules", (!problems.is_empty()).then_some(problems));
            self.touched = BTreeSet::from([self.assets.clone()]);
        }
        for part in std::mem::take(&mut self.touched) {
            let seen = look(&self.assets, &part, &self.rules, &self.ledger);
            self.take_over(&part, seen);
        }
        for path in std::mem::take(&mut self.blocked) {
            if self.unsettled.contains(&path) || self.refused.contains_key(&path) {
                continue;
            }
            let target = path.below(&self.assets);
            let now = fs::symlink_metadata(&target).ok();
            let known = self.ledger.get(&path).map(|entry| entry.stamp);
            if now.as_ref().map(Stamp::of) == known {
                self.follow_at = Some(Instant::now());
            } else {
                let problem = "is in the way of a file of the project; move it away".to_owned();
                self.placing.insert(path.to_string(), problem);
            }
        }
    }

    fn take_over(&mut self, part: &Path, seen: Look) {
        let now = Instant::now();
        let below: Vec<_> = match part.strip_prefix(&self.assets) {
            Ok(below) => below.iter().map(|name| name.to_string_lossy()).collect(),
            Err(_) => return,
        };
        let below = below.join("/");
        self.found.retain(|path, _| !is_within(path, &below));
        self.found.extend(seen.problems.clone());
        let gone: Vec<AssetPath> = self
            .ledger
            .within(&below)
            .map(|(path, _)| path)
            .filter(|path| seen.misses(path))
            .cloned()
            .collect();
        let forgotten = |path: &AssetPath| is_within(path.as_str(), &below) && seen.misses(path);
        let known = |path: &AssetPath| self.ledger.get(path).is_some();
        self.unsettled
            .retain(|path| !forgotten(path) || known(path));
        let before = self.refused.len();
        self.refused.retain(|path, _| !forgotten(path));
        if self.refused.len() < before {
            self.reconsider_refused();
        }
        for path in gone {
            self.unsettled.see(path, None, now);
        }
        for (path, stamp) in seen.files {
            let known = self.ledger.get(&path).map(|entry| entry.stamp);
            let refused = self.refused.get(&path).map(|(stamp, _)| *stamp);
            if known == Some(stamp) || refused == Some(stamp) {
                self.unsettled.remove(&path);
            } else {
                self.refused.remove(&path);
                self.unsettled.see(path, Some(stamp), now);
            }
        }
    }

    /// What stood in the way of files that were refused may have gone.
    fn reconsider_refused(&mut self) {
        for path in std::mem::take(&mut self.refused).into_keys() {
            self.touched.insert(path.below(&self.assets));
        }
        if !self.touched.is_empty() {
            self.look_at.get_or_insert(Instant::now() + GATHER);
        }
    }

    // Agreeing

    /// Brings into the history what is quiet, then puts in the folder what the history has.
    fn agree(&mut self) -> Result<(), ApiError> {
        let (observed, stamps) = self.observe();
        let settled: Vec<_> = observed.iter().map(|file| file.path.clone()).collect();
        let changed: Vec<Observed> = observed
            .iter()
            .filter(|file| file.now.as_ref().map(|now| now.object) != file.base)
            .cloned()
            .collect();
        let moved_away = changed.iter().any(|file| file.now.is_none());
        let answer = self
            .bridge
            .ask_blocking(move |actor| actor.agree_on_assets(&changed));
        let answer = match answer {
            Ok(answer) => answer,
            Err(error) => {
                for path in &settled {
                    self.unsettled.postpone(path, Instant::now() + RETRY);
                }
                return Err(error);
            }
        };
        for file in observed {
            self.unsettled.remove(&file.path);
            match (file.now, stamps.get(&file.path)) {
                (Some(now), Some(stamp)) => {
                    let entry = Entry {
                        object: now.object,
                        stamp: *stamp,
                    };
                    self.ledger.set(file.path, entry);
                }
                _ => self.ledger.remove(&file.path),
            }
        }
        for (path, problem) in answer.refused {
            self.ledger.remove(&path);
            if let Some(stamp) = stamps.get(&path) {
                self.refused.insert(path, (*stamp, problem));
            }
        }
        if moved_away {
            self.reconsider_refused();
        }
        self.follow(&answer.targets);
        Ok(())
    }

    /// Reads what is quiet. While some files are not read yet nothing is said to be gone: it may be among them.
    fn observe(&mut self) -> (Vec<Observed>, BTreeMap<AssetPath, Stamp>) {
        let started = Instant::now();
        let quiet = self.unsettled.quiet(started);
        let mut observed = Vec::new();
        let mut stamps = BTreeMap::new();
        let mut all_read = self.unsettled.is_quiet(started);
        for (path, stamp) in &quiet {
            let Some(stamp) = stamp else { continue };
            if started.elapsed() > READING {
                all_read = false;
                break;
            }
            let file = path.below(&self.assets);
            let inbox = Arc::clone(&self.inbox);
            let mut reading = Reading {
                objects: &self.objects,
                goes_on: &mut |_| !inbox.is_closed(),
            };
            match reading.read(&file, Some(stamp)) {
                Ok(now) => {
                    self.found.remove(path.as_str());
                    stamps.insert(path.clone(), *stamp);
                    observed.push(self.observed(path, Some(now)));
                }
                Err(ReadingError::Stopped) => return (Vec::new(), BTreeMap::new()),
                Err(ReadingError::Changed) => {
                    all_read = false;
                    self.touched.insert(file);
                    self.look_at = Some(Instant::now());
                    self.unsettled.grows(path, Instant::now());
                }
                Err(ReadingError::Failed(problem)) => {
                    let problem = format!("cannot be read: {problem}");
                    self.found.insert(path.to_string(), problem);
                    self.unsettled.postpone(path, Instant::now() + RETRY);
                }
            }
        }
        for (path, stamp) in &quiet {
            if stamp.is_some() || !all_read && self.unsettled.may_wait(path, started) {
                continue;
            }
            match stands(&self.assets, path) {
                Ok(false) => observed.push(self.observed(path, None)),
                // It is back, or cannot be told.
                Ok(true) | Err(_) => {
                    self.touched.insert(path.below(&self.assets));
                    self.look_at = Some(Instant::now());
                    self.unsettled.grows(path, Instant::now());
                }
            }
        }
        (observed, stamps)
    }

    fn observed(&self, path: &AssetPath, now: Option<Content>) -> Observed {
        Observed {
            path: path.clone(),
            base: self.ledger.get(path).map(|entry| entry.object),
            now,
        }
    }

    // Telling

    fn note(&mut self, about: &'static str, problem: Option<String>) {
        match problem {
            Some(problem) => {
                self.general.insert(about, problem);
            }
            None => {
                self.general.remove(about);
            }
        }
    }

    /// Tells the owning thread what is wrong, where that changed.
    fn tell(&mut self) {
        let mut problems = BTreeMap::new();
        for (about, problem) in &self.general {
            let what = match *about {
                "rules" => format!("assets/{RULES}"),
                _ => "assets".to_owned(),
            };
            // Without it changes are seen all the same.
            let severity = match *about {
                "watch" => Severity::Info,
                _ => Severity::Warning,
            };
            let message = format!("{what} {problem}.");
            problems.insert(format!("{what} {about}"), (severity, message));
        }
        let refused = self
            .refused
            .iter()
            .map(|(path, (_, problem))| (path.as_str(), problem));
        let found = self.found.iter().chain(&self.placing);
        for (path, problem) in found
            .map(|(path, problem)| (path.as_str(), problem))
            .chain(refused)
        {
            let message = in_words(path, problem);
            problems.insert(path.to_owned(), (Severity::Warning, message));
        }
        if problems != self.told {
            let messages = problems.values().cloned().collect();
            self.bridge
                .tell(move |actor| actor.assets.set_folder_problems(messages));
            self.told = problems;
        }
        self.tell_rest();
    }

    /// Tells the owning thread whether everything that can be read and written now was. What failed, and is tried again
    /// later, does not count: it is said what is wrong with it.
    fn tell_rest(&mut self) {
        let soon = Instant::now() + RETRY / 2;
        let due = [self.look_at, self.follow_at, self.unsettled.settle_at()];
        let rests = due.into_iter().flatten().all(|at| at > soon);
        let followed = (self.following, rests);
        if self.followed != Some(followed) {
            self.followed = Some(followed);
            let (changes, rests) = followed;
            self.bridge
                .tell(move |actor| actor.folder_followed(changes, rests));
        }
    }
}
