//! The files of a project: the folder `assets/` and the history follow each other.

mod commands;
mod crashes;
mod following;
mod names;
mod uploads;

use std::collections::BTreeMap;
use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use wissil_session::api::AssetInfo;
use wissil_session::{Change, Record, Session};

use crate::place::Place;

/// How long a condition may take to come true; nothing is expected to take nearly as long.
const DEADLINE: Duration = Duration::from_secs(60);
/// How often a condition is looked at.
const AGAIN: Duration = Duration::from_millis(10);

impl Place {
    fn game(&self) -> (Session, PathBuf) {
        let folder = self.root.join("game");
        let session = self.app.create("My game", &folder).unwrap();
        wait("the folder to be made", || folder.join("assets").is_dir());
        (session, folder.join("assets"))
    }

    fn open(&self) -> Session {
        self.app.open(&self.root.join("game")).unwrap()
    }
}

/// Waits until something is so.
fn wait(what: &str, mut is_so: impl FnMut() -> bool) {
    let started = Instant::now();
    while !is_so() {
        assert!(started.elapsed() < DEADLINE, "waited in vain for {what}");
        std::thread::park_timeout(AGAIN);
    }
}

fn paths(session: &Session) -> Vec<String> {
    let assets = session.assets().unwrap();
    assets.into_iter().map(|asset| asset.path).collect()
}

fn wait_for_paths(session: &Session, expected: &[&str]) {
    let mut found = paths(session);
    let started = Instant::now();
    while found != expected {
        assert!(
            started.elapsed() < DEADLINE,
            "expected {expected:?}, found {found:?}"
        );
        std::thread::park_timeout(AGAIN);
        found = paths(session);
    }
}

fn asset(session: &Session, path: &str) -> AssetInfo {
    let assets = session.assets().unwrap();
    assets.into_iter().find(|asset| asset.path == path).unwrap()
}

fn wait_for_content(file: &Path, content: &[u8]) {
    wait(&format!("the content of {}", file.display()), || {
        fs::read(file).is_ok_and(|found| found == content)
    });
}

/// The files below a folder with their contents, hidden ones included.
fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let below = path.strip_prefix(folder).unwrap().display().to_string();
                // One that is being put in place may have got its name meanwhile.
                found.extend(fs::read(&path).ok().map(|content| (below, content)));
            }
        }
    }
    found
}

/// The words of what was done to files, oldest first.
fn history(session: &Session) -> Vec<String> {
    let mut rows: Vec<_> = session
        .events(None, 1000, Some("manifest"))
        .unwrap()
        .into_iter()
        .filter(|row| {
            row.event_type.starts_with("asset.") || row.event_type.starts_with("history.")
        })
        .map(|row| row.words)
        .collect();
    rows.reverse();
    rows
}

fn objects(folder: &Path) -> usize {
    contents(&folder.join(".wissil/objects")).len()
}

/// Waits until whatever happened in the folder before is in the history: a new file is, which comes after it.
fn settle(session: &Session, assets: &Path, mark: &str) {
    fs::write(assets.join(mark), mark).unwrap();
    wait("the mark", || {
        paths(session).iter().any(|path| path == mark)
    });
}

fn put(path: &str, object: &str) -> Record {
    Record::new()
        .with("path", path)
        .with("object", object)
        .with("size", 3.0)
}

fn edit(session: &Session, event_type: &str, change: Change) {
    session.edit("manifest", event_type, vec![change]).unwrap();
}

fn messages(session: &Session) -> Vec<String> {
    let problems = session.problems().unwrap();
    problems
        .into_iter()
        .filter(|problem| problem.collection.as_deref() == Some("assets"))
        .map(|problem| problem.message)
        .collect()
}

fn picture() -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image::RgbImage::from_pixel(640, 320, image::Rgb([200, 30, 30]))
        .write_to(&mut bytes, image::ImageFormat::Png)
        .unwrap();
    bytes.into_inner()
}
