//! What stands in the folder of the files.

use std::collections::BTreeMap;
use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};

use super::catalog::Catalog;
use super::ignore::{RULES, Rules};
use super::ledger::Ledger;
use super::path::AssetPath;
use super::stamp::Stamp;
use crate::error::why;

/// How the names of files that are being put in place begin. They are hidden, so nobody takes them for files of the
/// project, and what a crash leaves of them is removed.
pub(crate) const UNFINISHED: &str = ".wissil-unfinished-";

/// Most folders in folders; a chain of mounts could go on for ever.
const MAX_DEPTH: usize = 64;

/// What a look at a part of the folder found.
#[derive(Debug, Default)]
pub(crate) struct Look {
    /// The files of the project, or such that could be.
    pub files: BTreeMap<AssetPath, Stamp>,
    /// Files that cannot be files of the project: their paths below the folder, and why.
    pub problems: BTreeMap<String, String>,
    /// Folders that could not be read: nothing is known of what stands there.
    pub unread: Vec<String>,
}

impl Look {
    /// Whether it tells that a file of the part it looked at is gone.
    pub fn misses(&self, path: &AssetPath) -> bool {
        !self.files.contains_key(path)
            && !self
                .unread
                .iter()
                .any(|folder| is_within(path.as_str(), folder))
    }
}

/// Whether a path is another or stands below it; everything stands below nothing.
pub(crate) fn is_within(path: &str, folder: &str) -> bool {
    folder.is_empty()
        || path
            .strip_prefix(folder)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Looks at a file or a folder and everything in it, below `assets`. Files of the history are seen whatever the rules
/// say; links are not followed.
pub(crate) fn look(assets: &Path, part: &Path, rules: &Rules, ledger: &Ledger) -> Look {
    let mut walk = Walk {
        assets,
        rules,
        ledger,
        look: Look::default(),
    };
    if part == assets {
        walk.folder(assets, 0);
        return walk.look;
    }
    // A folder above it may be ignored, or a link.
    let mut above = assets.to_owned();
    let Ok(below) = part.strip_prefix(assets) else {
        return walk.look;
    };
    let mut names = below.iter().peekable();
    while let Some(name) = names.next() {
        above.push(name);
        let Ok(metadata) = fs::symlink_metadata(&above) else {
            break;
        };
        if names.peek().is_none() {
            walk.entry(&above, &metadata, below.iter().count());
        } else if !metadata.is_dir() || walk.is_ignored(&above, true) {
            break;
        }
    }
    walk.look
}

/// Whether a file of the project may stand at a path: every folder on the way is one, and it is no link, folder or such.
pub(crate) fn stands(assets: &Path, path: &AssetPath) -> io::Result<bool> {
    let file = path.below(assets);
    let mut ways: Vec<&Path> = file.ancestors().take_while(|way| *way != assets).collect();
    ways.reverse();
    for way in ways {
        match fs::symlink_metadata(way) {
            Ok(metadata) if way == file => return Ok(metadata.is_file()),
            Ok(metadata) if metadata.is_dir() => {}
            Ok(_) => return Ok(false),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
            Err(error) => return Err(error),
        }
    }
    Ok(false)
}

/// What is wrong in the folder of a project that is only read: what cannot be a file of the project, and why.
pub(crate) fn problems(assets: &Path, catalog: &Catalog) -> Vec<String> {
    match fs::symlink_metadata(assets) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Vec::new(),
        Ok(metadata) if !metadata.is_dir() => {
            return vec!["assets is not a folder; move it away.".into()];
        }
        _ => {}
    }
    let (rules, wrong) = Rules::read(assets);
    let mut problems: Vec<_> = wrong
        .iter()
        .map(|problem| format!("assets/{RULES} {problem}."))
        .collect();
    // What is ignored and in the history all the same is in order.
    let nothing = Ledger::open(assets.join("no ledger"));
    let look = look(assets, assets, &rules, &nothing);
    let found = look.problems.iter();
    problems.extend(found.map(|(path, problem)| in_words(path, problem)));
    // Those that differ in case follow, also of files that the history does not have.
    let strangers = look.files.keys().filter(|path| {
        let holder = catalog
            .holder(path)
            .and_then(|id| catalog.record(id.as_str()));
        holder.is_some_and(|holder| holder.path.to_lowercase() != path.folded())
    });
    problems.extend(strangers.filter_map(|path| Some(format!("{path} {}.", catalog.clash(path)?))));
    let mut places = BTreeMap::new();
    let known = catalog.places().map(|(path, _)| path);
    for path in known.chain(look.files.keys()) {
        let other = places.entry(path.folded()).or_insert(path);
        if *other != path {
            problems.push(format!("{path} {}.", differs_in_case(other.as_str())));
        }
    }
    problems
}

/// What is wrong with a file, or the folder itself, as a sentence. A name is told from the words around it also where it
/// begins or ends with a space.
pub(crate) fn in_words(path: &str, problem: &str) -> String {
    match path {
        "" => format!("assets {problem}."),
        path if path.trim() != path => format!("\u{201c}{path}\u{201d} {problem}."),
        path => format!("{path} {problem}."),
    }
}

/// What is wrong with a file beside another.
pub(crate) fn differs_in_case(other: &str) -> String {
    format!(
        "differs only in case from {other}, which not every system can tell apart; rename one of them"
    )
}

struct Walk<'a> {
    assets: &'a Path,
    rules: &'a Rules,
    ledger: &'a Ledger,
    look: Look,
}

impl Walk<'_> {
    fn folder(&mut self, folder: &Path, depth: usize) {
        let entries = match fs::read_dir(folder) {
            Ok(entries) if depth < MAX_DEPTH => entries,
            Ok(_) => return self.unread(folder, "it stands too deep in other folders"),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return,
            Err(error) => return self.unread(folder, &why(folder, &error)),
        };
        for entry in entries {
            match entry.and_then(|entry| Ok((entry.path(), entry.metadata()?))) {
                Ok((path, metadata)) => self.entry(&path, &metadata, depth + 1),
                // It went away meanwhile.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => self.unread(folder, &why(folder, &error)),
            }
        }
    }

    fn unread(&mut self, folder: &Path, problem: &str) {
        let below = self.below(folder);
        self.look
            .problems
            .insert(below.clone(), format!("cannot be read: {problem}"));
        self.look.unread.push(below);
    }

    /// `metadata` is the entry's own, also when it is a link.
    fn entry(&mut self, path: &Path, metadata: &Metadata, depth: usize) {
        if self.is_ignored(path, metadata.is_dir()) {
            return;
        }
        if metadata.is_dir() {
            return self.folder(path, depth);
        }
        let problem = match AssetPath::of(self.assets, path) {
            Ok(asset) if metadata.is_file() => {
                self.look.files.insert(asset, Stamp::of(metadata));
                return;
            }
            Ok(_) if metadata.is_symlink() => "is a link, and links are not followed".to_owned(),
            Ok(_) => "is not a file".to_owned(),
            Err(problem) => problem.to_string(),
        };
        self.look.problems.insert(self.below(path), problem);
    }

    fn is_ignored(&self, path: &Path, is_folder: bool) -> bool {
        let below = self.below(path);
        if !self.rules.ignores(&below, is_folder) {
            return false;
        }
        // What the history has stays in it when a rule comes later.
        self.ledger.within(&below).next().is_none()
    }

    /// The path below the folder with forward slashes, as far as it can be shown.
    fn below(&self, path: &Path) -> String {
        let below = path.strip_prefix(self.assets).unwrap_or(path);
        let names: Vec<_> = below.iter().map(|name| name.to_string_lossy()).collect();
        names.join("/")
    }
}

/// Removes what a crash left of files that were being put in place.
pub(crate) fn remove_unfinished(folder: &Path) {
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = fs::read_dir(&folder) else {
            continue;
        };
        for entry in entries.flatten() {
            let Ok(kind) = entry.file_type() else {
                continue;
            };
            let name = entry.file_name();
            if kind.is_dir() {
                folders.push(entry.path());
            } else if name.to_string_lossy().starts_with(UNFINISHED) {
                let _ = fs::remove_file(entry.path());
            }
        }
    }
}

/// The folder of the files of a project.
pub(crate) fn assets_folder(project: &Path) -> PathBuf {
    project.join("assets")
}
