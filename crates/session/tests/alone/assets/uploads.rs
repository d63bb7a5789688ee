//! Files that come in together, piece by piece or from this disk.

use std::fs;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::thread;

use wissil_session::Session;
use wissil_session::api::{ApiError, ErrorCode};

use super::{history, picture, wait, wait_for_content};
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
        let upload = self.session.begin_upload("").unwrap();
        for (path, bytes) in files {
            if self.session.upload_file(upload, path).unwrap() {
                for piece in bytes.chunks(1000) {
                    self.session.upload_piece(upload, piece).unwrap();
                }
            }
        }
        self.session.finish_upload(upload).unwrap().assets
    }

    /// Reads what stands in the place into the project.
    fn take(&self, into: &str, names: &[&str]) -> Result<Vec<String>, ApiError> {
        let upload = self.session.begin_upload(into)?;
        let sources: Vec<PathBuf> = names
            .iter()
            .map(|name| self.place.root.join(name))
            .collect();
        let read = self
            .session
            .upload_from_disk(upload, &sources, Box::new(|_| ()));
        if let Err(error) = read {
            self.session.cancel_upload(upload);
            return Err(error);
        }
        Ok(self.session.finish_upload(upload)?.assets)
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
    let upload = desk.session.begin_upload("").unwrap();
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
    let upload = desk.session.begin_upload("").unwrap();
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
    let upload = desk.session.begin_upload("").unwrap();
    assert!(desk.session.upload_file(upload, "walls.bin").unwrap());
    desk.session.forget_listeners().unwrap();
    assert_eq!(desk.unfinished(), before);
    assert_eq!(desk.upload(&[]), [""; 0]);
    assert_eq!(desk.paths(), [""; 0]);
}

#[test]
fn files_of_this_disk_come_with_their_folders_under_the_nearest_names() {
    let desk = Desk::new();
    let outside = &desk.place.root;
    fs::create_dir_all(outside.join("set/deep")).unwrap();
    fs::write(outside.join("hero.png"), picture()).unwrap();
    fs::write(outside.join("set/deep/c.txt"), "text").unwrap();
    #[cfg(unix)]
    fs::write(outside.join("set/deep/a: b.txt"), "text").unwrap();
    #[cfg(not(unix))]
    fs::write(outside.join("set/deep/a_ b.txt"), "text").unwrap();
    fs::write(outside.join("set/.hidden"), "none").unwrap();
    fs::write(outside.join("set/Thumbs.db"), "none").unwrap();
    assert_eq!(desk.take("", &["hero.png", "set"]).unwrap().len(), 3);
    // A name that not every system can hold becomes the nearest that is.
    let set = ["set/deep/a_ b.txt", "set/deep/c.txt"];
    assert_eq!(desk.paths(), ["hero.png", set[0], set[1]]);
    wait_for_content(&desk.assets.join("hero.png"), &picture());
    assert_eq!(desk.take("", &["hero.png"]).unwrap().len(), 1);
    assert_eq!(desk.paths(), ["hero (2).png", "hero.png", set[0], set[1]]);
    assert_eq!(history(&desk.session).len(), 2);

    let missing = desk.take("", &["text", "hero.png"]);
    assert_eq!(missing.unwrap_err().code, ErrorCode::NotFound);
    // A file of the project is there already.
    assert_eq!(desk.take("", &["game/assets/hero.png"]).unwrap(), [""; 0]);
    assert_eq!(desk.paths().len(), 4);
}

#[test]
fn files_come_into_the_folder_they_are_meant_for() {
    let desk = Desk::new();
    fs::write(desk.place.root.join("fur.png"), picture()).unwrap();
    desk.take("textures/animals", &["fur.png"]).unwrap();
    let upload = desk.session.begin_upload("textures").unwrap();
    assert!(desk.session.upload_file(upload, "set/wall.bin").unwrap());
    assert!(!desk.session.upload_file(upload, "set/.hidden").unwrap());
    desk.session.finish_upload(upload).unwrap();
    assert_eq!(
        desk.paths(),
        ["textures/animals/fur.png", "textures/set/wall.bin"]
    );
    wait_for_content(&desk.assets.join("textures/animals/fur.png"), &picture());
    for into in ["..", "/etc", "a//b", ".git"] {
        let refused = desk.take(into, &["fur.png"]);
        assert_eq!(refused.unwrap_err().code, ErrorCode::Invalid, "{into}");
    }
    assert_eq!(desk.paths().len(), 2);
}

#[test]
fn reading_from_this_disk_tells_how_far_it_is_and_can_be_cancelled() {
    let desk = Desk::new();
    fs::write(desk.place.root.join("first.bin"), vec![1; 3_000_000]).unwrap();
    fs::write(desk.place.root.join("second.bin"), vec![2; 3_000_000]).unwrap();
    let sources = ["first.bin", "second.bin"].map(|name| desk.place.root.join(name));
    let before = desk.unfinished();

    let told = Arc::new(Mutex::new(Vec::new()));
    let upload = desk.session.begin_upload("").unwrap();
    let hear = Arc::clone(&told);
    desk.session
        .upload_from_disk(
            upload,
            &sources,
            Box::new(move |percent| hear.lock().unwrap().push(percent)),
        )
        .unwrap();
    let told = told.lock().unwrap().clone();
    assert!(told.is_sorted_by(|a, b| a < b), "{told:?}");
    assert_eq!(told.last(), Some(&100));
    desk.session.cancel_upload(upload);

    // Half of it is read when it is cancelled.
    let upload = desk.session.begin_upload("").unwrap();
    let session = desk.session.clone();
    let cancelled = desk.session.upload_from_disk(
        upload,
        &sources,
        Box::new(move |percent| {
            if percent >= 70 {
                session.cancel_upload(upload);
            }
        }),
    );
    assert_eq!(cancelled.unwrap_err().code, ErrorCode::Cancelled);
    assert_eq!(desk.unfinished(), before);
    assert_eq!(desk.paths(), [""; 0]);

    // Closing the project ends it too, and waits for nothing.
    let upload = desk.session.begin_upload("").unwrap();
    let (reading, closing) = (desk.session.clone(), desk.session.clone());
    let ended = thread::spawn(move || {
        let hear = Box::new(move |_| closing.forget_listeners().unwrap());
        reading.upload_from_disk(upload, &sources, hear)
    });
    wait("reading to end", || ended.is_finished());
    let ended = ended.join().unwrap();
    assert_eq!(ended.unwrap_err().code, ErrorCode::Cancelled);
    assert_eq!(desk.unfinished(), before);
}
