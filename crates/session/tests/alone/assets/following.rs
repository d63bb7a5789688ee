//! What is done in the folder is history, and what is done in the history reaches the folder.

use std::fs;
use std::io::Write as _;
use std::sync::mpsc::RecvTimeoutError;
use std::sync::{Arc, Mutex, mpsc};

use wissil_session::api::{AssetInfo, AssetState, SessionMessage};
use wissil_session::{Change, Value, verify};

use super::{
    AGAIN, asset, contents, edit, history, objects, paths, put, settle, wait, wait_for_content,
    wait_for_paths,
};
use crate::place::place;

#[test]
fn what_is_done_to_files_is_history() {
    let place = place();
    let (session, assets) = place.game();
    fs::write(assets.join("hero.txt"), "one").unwrap();
    wait_for_paths(&session, &["hero.txt"]);
    let first = asset(&session, "hero.txt");
    assert_eq!(first.size, 3.0);
    assert_eq!(first.media_type.as_deref(), Some("text/plain"));
    assert_eq!(first.state, AssetState::Here);
    assert_eq!(first.thumbnail, None);

    fs::write(assets.join("hero.txt"), "two!").unwrap();
    wait("the new content", || {
        asset(&session, "hero.txt").size == 4.0
    });
    assert_eq!(asset(&session, "hero.txt").id, first.id);

    fs::create_dir_all(assets.join("texts/old")).unwrap();
    fs::rename(assets.join("hero.txt"), assets.join("texts/old/hero.md")).unwrap();
    wait_for_paths(&session, &["texts/old/hero.md"]);
    let moved = asset(&session, "texts/old/hero.md");
    assert_eq!(moved.id, first.id);
    assert_eq!(moved.media_type.as_deref(), Some("text/markdown"));

    fs::rename(assets.join("texts"), assets.join("words")).unwrap();
    wait_for_paths(&session, &["words/old/hero.md"]);
    assert_eq!(asset(&session, "words/old/hero.md").id, first.id);

    fs::remove_dir_all(assets.join("words")).unwrap();
    wait_for_paths(&session, &[]);
    let words = history(&session);
    assert_eq!(words.len(), 5, "{words:?}");
    assert_eq!(words[0], "added hero.txt");
    assert_eq!(words[2], "renamed hero.txt to texts/old/hero.md");
    assert_eq!(words[3], "renamed texts/old/hero.md to words/old/hero.md");
    assert_eq!(words[4], "deleted words/old/hero.md");
    drop(session);
    assert!(verify(&place.root.join("game")).unwrap().sound);
}

#[test]
fn a_burst_is_few_events() {
    let place = place();
    let (session, assets) = place.game();
    for folder in 0..10 {
        let folder = assets.join(format!("set {folder}"));
        fs::create_dir(&folder).unwrap();
        for file in 0..100 {
            fs::write(folder.join(format!("{file}.txt")), format!("{file}")).unwrap();
        }
    }
    wait("all files", || session.assets().unwrap().len() == 1000);
    let added = history(&session).len();
    assert!(added <= 10, "{added} events");
    // A hundred different contents.
    assert_eq!(objects(&place.root.join("game")), 100);
    fs::remove_dir_all(assets.join("set 3")).unwrap();
    wait("the files to go", || session.assets().unwrap().len() == 900);
    assert!(history(&session).len() - added <= 3);
}

#[test]
fn what_changed_while_closed_is_found() {
    let place = place();
    let (session, assets) = place.game();
    for name in ["stays", "changes", "goes", "moves"] {
        fs::write(assets.join(name), name).unwrap();
    }
    wait_for_paths(&session, &["changes", "goes", "moves", "stays"]);
    let moves = asset(&session, "moves").id;
    let before = history(&session).len();
    drop(session);

    fs::write(assets.join("changes"), "changed").unwrap();
    fs::remove_file(assets.join("goes")).unwrap();
    fs::rename(assets.join("moves"), assets.join("moved")).unwrap();
    fs::write(assets.join("comes"), "comes").unwrap();
    let session = place.open();
    wait_for_paths(&session, &["changes", "comes", "moved", "stays"]);
    assert_eq!(asset(&session, "moved").id, moves);
    assert_eq!(asset(&session, "changes").size, 7.0);
    let after = history(&session).len();
    assert_eq!(after - before, 3, "{:?}", history(&session));
    drop(session);

    // Nothing changed: nothing is written.
    let session = place.open();
    settle(&session, &assets, "mark");
    assert_eq!(history(&session).len(), after + 1);
}

#[test]
fn a_folder_that_is_gone_is_no_wish_to_delete_everything() {
    let place = place();
    let (session, assets) = place.game();
    fs::create_dir(assets.join("a")).unwrap();
    fs::write(assets.join("a/hero.txt"), "one").unwrap();
    wait_for_paths(&session, &["a/hero.txt"]);
    drop(session);
    fs::remove_dir_all(&assets).unwrap();
    let session = place.open();
    wait_for_content(&assets.join("a/hero.txt"), b"one");
    settle(&session, &assets, "mark");
    assert_eq!(history(&session).len(), 2);
}

#[test]
fn undo_and_edits_of_the_history_reach_the_folder() {
    let place = place();
    let (session, assets) = place.game();
    fs::write(assets.join("a.txt"), "one").unwrap();
    wait_for_paths(&session, &["a.txt"]);
    let id = asset(&session, "a.txt").id;

    session.rename_asset(&id, "deep/er/b.txt").unwrap();
    wait_for_content(&assets.join("deep/er/b.txt"), b"one");
    wait("the old place to be empty", || {
        !assets.join("a.txt").exists()
    });
    session.undo("manifest").unwrap();
    wait_for_content(&assets.join("a.txt"), b"one");
    wait("empty folders to go", || !assets.join("deep").exists());

    session.delete_asset(&id).unwrap();
    wait("the file to go", || !assets.join("a.txt").exists());
    session.undo("manifest").unwrap();
    wait_for_content(&assets.join("a.txt"), b"one");

    fs::write(assets.join("a.txt"), "two!").unwrap();
    wait("the new content", || asset(&session, "a.txt").size == 4.0);
    session.undo("manifest").unwrap();
    wait_for_content(&assets.join("a.txt"), b"one");

    // What was written here came from the history; it does not come back as news.
    let words = history(&session);
    settle(&session, &assets, "mark");
    assert_eq!(history(&session).len(), words.len() + 1, "{words:?}");
}

#[test]
fn the_same_content_is_kept_once() {
    let place = place();
    let (session, assets) = place.game();
    for name in ["a.bin", "b.bin", "c/d.bin"] {
        fs::create_dir_all(assets.join(name).parent().unwrap()).unwrap();
        fs::write(assets.join(name), "the same").unwrap();
    }
    wait_for_paths(&session, &["a.bin", "b.bin", "c/d.bin"]);
    let assets: Vec<_> = session.assets().unwrap();
    assert!(assets.iter().all(|asset| asset.object == assets[0].object));
    assert_eq!(objects(&place.root.join("game")), 1);
}

#[test]
fn a_file_that_grows_waits_until_it_is_whole() {
    let place = place();
    let (session, assets) = place.game();
    let (stop, stopped) = mpsc::channel::<()>();
    let growing = assets.join("growing.bin");
    let writer = std::thread::spawn(move || {
        let mut file = fs::File::create(growing).unwrap();
        let mut written = 0u64;
        loop {
            file.write_all(&[7; 100]).unwrap();
            written += 100;
            match stopped.recv_timeout(AGAIN) {
                Err(RecvTimeoutError::Timeout) => {}
                _ => return written,
            }
        }
    });
    // Others do not wait for it for ever.
    settle(&session, &assets, "mark");
    assert_eq!(paths(&session), ["mark"]);
    stop.send(()).unwrap();
    let written = writer.join().unwrap();
    wait_for_paths(&session, &["growing.bin", "mark"]);
    assert_eq!(asset(&session, "growing.bin").size, written as f64);
    assert_eq!(history(&session).len(), 2);
}

#[test]
fn an_object_that_is_not_here_is_awaited() {
    let place = place();
    let (session, assets) = place.game();
    let cid = "bafkreibme22gw2h7y2h7tg2fhqotaqjucnbc24deqo72b6mkl2egezxhvy";
    edit(
        &session,
        "asset.add",
        Change::put("assets", "foo", put("foo.txt", cid)),
    );
    assert_eq!(asset(&session, "foo.txt").state, AssetState::Awaited);
    settle(&session, &assets, "mark");
    drop(session);
    // It is no deleted file: it never was here.
    let session = place.open();
    settle(&session, &assets, "another mark");
    assert_eq!(asset(&session, "foo.txt").state, AssetState::Awaited);
    assert!(!assets.join("foo.txt").exists());
    // Where it comes as a file, it is the one that was awaited.
    fs::write(assets.join("foo.txt"), "foo").unwrap();
    wait("the content", || {
        asset(&session, "foo.txt").state == AssetState::Here
    });
    assert_eq!(asset(&session, "foo.txt").object, cid);
}

#[test]
fn content_that_is_not_in_the_history_is_never_overwritten() {
    let place = place();
    let (session, assets) = place.game();
    fs::write(assets.join("theirs.txt"), "theirs").unwrap();
    fs::write(assets.join("mine.txt"), "old").unwrap();
    wait_for_paths(&session, &["mine.txt", "theirs.txt"]);
    let theirs = asset(&session, "theirs.txt").object;
    let mine = asset(&session, "mine.txt");
    // Both at once, the history first: the folder's content is news that nobody has seen.
    fs::write(assets.join("mine.txt"), "mine, unsaved").unwrap();
    let change = Change::set("assets", mine.id.clone(), [("object", Value::text(theirs))]);
    edit(&session, "asset.set", change);
    wait_for_paths(
        &session,
        &["mine (conflicting copy).txt", "mine.txt", "theirs.txt"],
    );
    wait_for_content(&assets.join("mine.txt"), b"theirs");
    wait_for_content(
        &assets.join("mine (conflicting copy).txt"),
        b"mine, unsaved",
    );
}

#[test]
fn listeners_hear_of_files_and_reading_only_changes_nothing() {
    let place = place();
    let (session, assets) = place.game();
    let heard: Arc<Mutex<Vec<Vec<AssetInfo>>>> = Arc::default();
    let listener = Arc::clone(&heard);
    session
        .subscribe(Box::new(move |message| {
            if let SessionMessage::Assets { assets } = message {
                listener.lock().unwrap().push(assets);
            }
        }))
        .unwrap();
    for file in 0..50 {
        fs::write(assets.join(format!("{file}.txt")), format!("{file}")).unwrap();
    }
    wait("the message", || {
        heard.lock().unwrap().last().is_some_and(|a| a.len() == 50)
    });
    assert!(heard.lock().unwrap().len() <= 10);
    drop(session);

    fs::write(assets.join("more.txt"), "more").unwrap();
    fs::remove_file(assets.join("3.txt")).unwrap();
    let before = contents(&place.root.join("game"));
    let reading = place.app.inspect(&place.root.join("game")).unwrap();
    assert_eq!(reading.assets().unwrap().len(), 50);
    drop(reading);
    let mut after = contents(&place.root.join("game"));
    // SQLite's own, which a reader makes.
    after.retain(|path, _| before.contains_key(path) || !path.contains("session.db"));
    assert_eq!(after, before);
}
