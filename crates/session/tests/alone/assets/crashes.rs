//! What a crash leaves behind.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use wissil_session::{App, verify};

use super::{contents, history, objects, settle, wait, wait_for_content, wait_for_paths};
use crate::place::place;

#[test]
fn what_a_crash_leaves_is_put_right() {
    let place = place();
    let (session, assets) = place.game();
    fs::write(assets.join("a.txt"), "one").unwrap();
    fs::write(assets.join("b.txt"), "two").unwrap();
    wait_for_paths(&session, &["a.txt", "b.txt"]);
    let events = history(&session).len();
    drop(session);
    let data = place.root.join("game/.wissil");
    // In the middle of putting a file in place, of keeping an object, and of remembering.
    fs::write(assets.join(".wissil-unfinished-x"), "half").unwrap();
    fs::write(data.join("objects/0.unfinished"), "half").unwrap();
    fs::write(data.join("assets.json"), "{\"version\":1,\"files\":{\"a.t").unwrap();
    fs::remove_file(assets.join("a.txt")).unwrap();
    let session = place.open();
    wait_for_content(&assets.join("a.txt"), b"one");
    settle(&session, &assets, "mark");
    assert_eq!(history(&session).len(), events + 1);
    let names: Vec<_> = contents(&assets).into_keys().collect();
    assert_eq!(names, ["a.txt", "b.txt", "mark"]);
    assert!(!data.join("objects/0.unfinished").exists());
    drop(session);
    assert!(verify(&place.root.join("game")).unwrap().sound);
}

/// Names the place in which [`victim`] opens the project.
const VICTIM: &str = "WISSIL_ASSETS_VICTIM";

/// Not a test of its own: the process that is killed while it works.
#[test]
fn victim() {
    let Some(root) = std::env::var_os(VICTIM) else {
        return;
    };
    let root = PathBuf::from(root);
    let _session = App::new(root.join("home"))
        .unwrap()
        .open(&root.join("game"))
        .unwrap();
    loop {
        std::thread::park();
    }
}

fn spawn_victim(root: &Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["assets::crashes::victim", "--exact"])
        .env(VICTIM, root)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

#[test]
fn killed_in_the_middle_it_goes_on_where_it_was() {
    let place = place();
    let game = place.root.join("game");
    let (session, assets) = place.game();
    drop(session);
    let expected: BTreeMap<String, Vec<u8>> = (0..300)
        .map(|file| (format!("{file:03}"), format!("content {file}").into_bytes()))
        .collect();

    // While it reads what came.
    for (path, content) in &expected {
        fs::write(assets.join(path), content).unwrap();
    }
    let mut victim = spawn_victim(&place.root);
    wait("some objects", || objects(&game) > 20);
    victim.kill().unwrap();
    victim.wait().unwrap();
    let session = place.open();
    wait("all files", || session.assets().unwrap().len() == 300);
    drop(session);
    assert_eq!(contents(&assets), expected);

    // While it writes what went.
    fs::remove_dir_all(&assets).unwrap();
    let mut victim = spawn_victim(&place.root);
    wait("some files", || {
        fs::read_dir(&assets).is_ok_and(|entries| entries.count() > 20)
    });
    victim.kill().unwrap();
    victim.wait().unwrap();
    let session = place.open();
    wait("all files", || contents(&assets) == expected);
    settle(&session, &assets, "mark");
    assert_eq!(session.assets().unwrap().len(), 301);
    drop(session);
    assert!(verify(&game).unwrap().sound);
}
