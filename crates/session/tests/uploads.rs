//! Files that come in piece by piece.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use wissil_session::api::ErrorCode;
use wissil_session::{App, Session};

/// How long a condition may take to come true; nothing is expected to take nearly as long.
const DEADLINE: Duration = Duration::from_secs(60);

struct Place {
    folder: tempfile::TempDir,
    session: Session,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let app = App::new(folder.path().join("home")).unwrap();
        let session = app.create("My game", &folder.path().join("game")).unwrap();
        Self { folder, session }
    }

    fn assets(&self) -> PathBuf {
        self.folder.path().join("game").join("assets")
    }

    fn upload(&self, files: &[(&str, &[u8])]) -> Vec<String> {
        let upload = self.session.begin_upload().unwrap();
        for (path, bytes) in files {
            if self.session.upload_file(upload, path).unwrap() {
                for piece in bytes.chunks(1000) {
                    self.session.upload_piece(upload, piece).unwrap();
                }
            }
        }
        self.session.finish_upload(upload).unwrap()
    }

    fn paths(&self) -> Vec<String> {
        let assets = self.session.assets().unwrap();
        assets.into_iter().map(|asset| asset.path).collect()
    }

    fn unfinished(&self) -> usize {
        let objects = self.folder.path().join("game/.wissil/objects");
        fs::read_dir(objects)
            .unwrap()
            .filter(|entry| entry.as_ref().unwrap().path().is_file())
            .count()
    }

    fn events(&self) -> usize {
        self.session
            .events(None, 1000, Some("manifest"))
            .unwrap()
            .len()
    }
}

#[track_caller]
fn wait_for(file: &Path, content: &[u8]) {
    let begun = Instant::now();
    while fs::read(file).ok().as_deref() != Some(content) {
        assert!(
            begun.elapsed() < DEADLINE,
            "{} is not there",
            file.display()
        );
        std::thread::park_timeout(Duration::from_millis(10));
    }
}

#[test]
fn files_come_whole_as_one_gesture_under_free_names() {
    let place = Place::new();
    let before = place.events();
    let large: Vec<u8> = (0..50_000_u32).flat_map(u32::to_le_bytes).collect();
    let ids = place.upload(&[
        ("walls.bin", &large),
        ("walls.bin", b"others"),
        ("sounds/a:b?.ogg", b"sound"),
        ("empty.txt", b""),
    ]);
    assert_eq!(ids.len(), 4);
    assert_eq!(place.events(), before + 1);
    let paths = ["empty.txt", "sounds/a_b_.ogg", "walls (2).bin", "walls.bin"];
    assert_eq!(place.paths(), paths);
    let assets = place.assets();
    wait_for(&assets.join("walls.bin"), &large);
    wait_for(&assets.join("walls (2).bin"), b"others");
    wait_for(&assets.join("sounds/a_b_.ogg"), b"sound");
    wait_for(&assets.join("empty.txt"), b"");
    assert_eq!(place.upload(&[("walls.bin", b"third")]).len(), 1);
    assert!(place.paths().contains(&"walls (3).bin".to_owned()));
}

#[test]
fn what_a_dropped_folder_holds_besides_is_left_out() {
    let place = Place::new();
    let ids = place.upload(&[
        ("level/.DS_Store", b"x"),
        ("level/Thumbs.db", b"x"),
        ("level/__MACOSX/map.json", b"x"),
        ("level/map.json", b"{}"),
    ]);
    assert_eq!(ids.len(), 1);
    assert_eq!(place.paths(), ["level/map.json"]);
}

#[test]
fn hostile_paths_and_pieces_are_refused() {
    let place = Place::new();
    let upload = place.session.begin_upload().unwrap();
    let refused = |path: &str| {
        let answer = place.session.upload_file(upload, path);
        assert_eq!(
            answer.err().map(|error| error.code),
            Some(ErrorCode::Invalid),
            "{path:?}"
        );
    };
    for path in ["", "/", "..", "a//b", "/etc/passwd", "con", ".hidden"] {
        refused(path);
    }
    refused(&"a".repeat(300));
    let piece = place.session.upload_piece(upload, b"x");
    assert_eq!(
        piece.err().map(|error| error.code),
        Some(ErrorCode::Invalid)
    );
    assert!(place.session.upload_file(upload, "huge").unwrap());
    let piece = place
        .session
        .upload_piece(upload, &vec![0; 5 * 1024 * 1024]);
    assert_eq!(
        piece.err().map(|error| error.code),
        Some(ErrorCode::Invalid)
    );
    // It never leads out, whatever it is made of.
    assert!(
        !place
            .session
            .upload_file(upload, "../outside.txt")
            .unwrap_or(false)
    );
    place.session.cancel_upload(upload);
    assert_eq!(place.paths(), [""; 0]);
}

#[test]
fn a_cancelled_upload_leaves_nothing() {
    let place = Place::new();
    let before = place.unfinished();
    let upload = place.session.begin_upload().unwrap();
    assert!(place.session.upload_file(upload, "walls.bin").unwrap());
    place.session.upload_piece(upload, b"half").unwrap();
    assert_eq!(place.unfinished(), before + 1);
    place.session.cancel_upload(upload);
    place.session.cancel_upload(upload);
    assert_eq!(place.unfinished(), before);
    let gone = place.session.finish_upload(upload);
    assert_eq!(
        gone.err().map(|error| error.code),
        Some(ErrorCode::NotFound)
    );
    // Nor does one of a page that went away.
    let upload = place.session.begin_upload().unwrap();
    assert!(place.session.upload_file(upload, "walls.bin").unwrap());
    place.session.forget_listeners().unwrap();
    assert_eq!(place.unfinished(), before);
    assert_eq!(place.upload(&[]), [""; 0]);
    assert_eq!(place.paths(), [""; 0]);
}
