//! Files that come in piece by piece.

use std::fs;
use std::path::PathBuf;

use wissil_session::Session;
use wissil_session::api::ErrorCode;

use super::wait_for_content;
use crate::place::{Place, place};

/// A project that is open.
struct Desk {
    session: Session,
    assets: PathBuf,
    place: Place,
}

impl Desk {
    fn new() -> Self {
        let place = place();
        let (session, assets) = place.game();
        Self {
            session,
            assets,
            place,
        }
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
        let objects = self.place.root.join("game/.wissil/objects");
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

#[test]
fn files_come_whole_as_one_gesture_under_free_names() {
    let desk = Desk::new();
    let before = desk.events();
    let large: Vec<u8> = (0..50_000_u32).flat_map(u32::to_le_bytes).collect();
    let ids = desk.upload(&[
        ("walls.bin", &large),
        ("walls.bin", b"others"),
        ("sounds/a:b?.ogg", b"sound"),
        ("empty.txt", b""),
    ]);
    assert_eq!(ids.len(), 4);
    assert_eq!(desk.events(), before + 1);
    let paths = ["empty.txt", "sounds/a_b_.ogg", "walls (2).bin", "walls.bin"];
    assert_eq!(desk.paths(), paths);
    let assets = &desk.assets;
    wait_for_content(&assets.join("walls.bin"), &large);
    wait_for_content(&assets.join("walls (2).bin"), b"others");
    wait_for_content(&assets.join("sounds/a_b_.ogg"), b"sound");
    wait_for_content(&assets.join("empty.txt"), b"");
    assert_eq!(desk.upload(&[("walls.bin", b"third")]).len(), 1);
    assert!(desk.paths().contains(&"walls (3).bin".to_owned()));
}

#[test]
fn what_a_dropped_folder_holds_besides_is_left_out() {
    let desk = Desk::new();
    let ids = desk.upload(&[
        ("level/.DS_Store", b"x"),
        ("level/Thumbs.db", b"x"),
        ("level/__MACOSX/map.json", b"x"),
        ("level/map.json", b"{}"),
    ]);
    assert_eq!(ids.len(), 1);
    assert_eq!(desk.paths(), ["level/map.json"]);
}

#[test]
fn hostile_paths_and_pieces_are_refused() {
    let desk = Desk::new();
    let upload = desk.session.begin_upload().unwrap();
    let refused = |path: &str| {
        let answer = desk.session.upload_file(upload, path);
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
    let piece = desk.session.upload_piece(upload, b"x");
    assert_eq!(
        piece.err().map(|error| error.code),
        Some(ErrorCode::Invalid)
    );
    assert!(desk.session.upload_file(upload, "huge").unwrap());
    let piece = desk.session.upload_piece(upload, &vec![0; 5 * 1024 * 1024]);
    assert_eq!(
        piece.err().map(|error| error.code),
        Some(ErrorCode::Invalid)
    );
    // It never leads out, whatever it is made of.
    assert!(
        !desk
            .session
            .upload_file(upload, "../outside.txt")
            .unwrap_or(false)
    );
    desk.session.cancel_upload(upload);
    assert_eq!(desk.paths(), [""; 0]);
}

#[test]
fn a_cancelled_upload_leaves_nothing() {
    let desk = Desk::new();
    let before = desk.unfinished();
    let upload = desk.session.begin_upload().unwrap();
    assert!(desk.session.upload_file(upload, "walls.bin").unwrap());
    desk.session.upload_piece(upload, b"half").unwrap();
    assert_eq!(desk.unfinished(), before + 1);
    desk.session.cancel_upload(upload);
    desk.session.cancel_upload(upload);
    assert_eq!(desk.unfinished(), before);
    let gone = desk.session.finish_upload(upload);
    assert_eq!(
        gone.err().map(|error| error.code),
        Some(ErrorCode::NotFound)
    );
    // Nor does one of a page that went away.
    let upload = desk.session.begin_upload().unwrap();
    assert!(desk.session.upload_file(upload, "walls.bin").unwrap());
    desk.session.forget_listeners().unwrap();
    assert_eq!(desk.unfinished(), before);
    assert_eq!(desk.upload(&[]), [""; 0]);
    assert_eq!(desk.paths(), [""; 0]);
}
