//! The files of a project: the folder `assets/` and the history follow each other.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::fs;
use std::io::{Cursor, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use wissil_session::api::{AssetInfo, AssetState, ErrorCode, SessionMessage};
use wissil_session::{App, Change, ExportFormat, Record, Session, Value, verify};

/// How long a condition may take to come true; nothing is expected to take nearly as long.
const DEADLINE: Duration = Duration::from_secs(60);
/// How often a condition is looked at.
const AGAIN: Duration = Duration::from_millis(10);

struct Place {
    _folder: tempfile::TempDir,
    root: PathBuf,
    app: App,
}

fn place() -> Place {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().canonicalize().unwrap();
    Place {
        app: App::new(root.join("home")).unwrap(),
        root,
        _folder: folder,
    }
}

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
    assert!(!first.thumbnail);

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
fn renaming_and_deleting_say_what_cannot_be_done() {
    let place = place();
    let (session, assets) = place.game();
    fs::write(assets.join("a.txt"), "one").unwrap();
    fs::write(assets.join("b.txt"), "two").unwrap();
    wait_for_paths(&session, &["a.txt", "b.txt"]);
    let id = asset(&session, "a.txt").id;
    let code = |result: Result<(), wissil_session::api::ApiError>| result.unwrap_err().code;
    for path in ["../a.txt", "/a.txt", "C:/a.txt", "a\\b", "", "con", ".a"] {
        assert_eq!(
            code(session.rename_asset(&id, path)),
            ErrorCode::Invalid,
            "{path}"
        );
    }
    assert_eq!(
        code(session.rename_asset(&id, "B.txt")),
        ErrorCode::AlreadyExists
    );
    assert_eq!(
        code(session.rename_asset("x", "c.txt")),
        ErrorCode::NotFound
    );
    assert_eq!(code(session.delete_asset("x")), ErrorCode::NotFound);
    assert_eq!(
        session.asset_thumbnail("x").unwrap_err().code,
        ErrorCode::NotFound
    );
    session.rename_asset(&id, "A.txt").unwrap();
    wait("the new case", || contents(&assets).contains_key("A.txt"));

    let reading = place.app.inspect(&place.root.join("game")).unwrap();
    assert_eq!(paths(&reading), ["A.txt", "b.txt"]);
    assert_eq!(code(reading.delete_asset(&id)), ErrorCode::Invalid);
    assert_eq!(code(reading.import_assets(&[])), ErrorCode::Invalid);
}

#[test]
fn imported_files_get_free_names_and_pictures_small_ones() {
    let place = place();
    let (session, assets) = place.game();
    let outside = place.root.join("outside");
    fs::create_dir_all(outside.join("set/deep")).unwrap();
    fs::write(outside.join("hero.png"), picture()).unwrap();
    fs::write(outside.join("set/deep/c.txt"), "text").unwrap();
    #[cfg(unix)]
    fs::write(outside.join("set/deep/a: b.txt"), "text").unwrap();
    #[cfg(not(unix))]
    fs::write(outside.join("set/deep/a_ b.txt"), "text").unwrap();
    fs::write(outside.join("set/.hidden"), "none").unwrap();
    let file = |name: &str| outside.join(name).display().to_string();
    session
        .import_assets(&[file("hero.png"), file("set")])
        .unwrap();
    // A name that not every system can hold becomes the nearest that is.
    let set = ["set/deep/a_ b.txt", "set/deep/c.txt"];
    assert_eq!(paths(&session), ["hero.png", set[0], set[1]]);
    assert_eq!(fs::read(assets.join("hero.png")).unwrap(), picture());
    session.import_assets(&[file("hero.png")]).unwrap();
    assert_eq!(
        paths(&session),
        ["hero (2).png", "hero.png", set[0], set[1]]
    );
    assert_eq!(history(&session).len(), 2);

    let hero = asset(&session, "hero (2).png");
    assert!(hero.thumbnail);
    let url = session.asset_thumbnail(&hero.id).unwrap().unwrap();
    assert!(url.starts_with("data:image/png;base64,"), "{url}");
    let text = asset(&session, "set/deep/c.txt");
    assert_eq!(session.asset_thumbnail(&text.id).unwrap(), None);

    let missing = session.import_assets(&[file("text"), file("hero.png")]);
    assert_eq!(missing.unwrap_err().code, ErrorCode::NotFound);
    // A file of the project is there already.
    let own = assets.join("hero.png").display().to_string();
    session.import_assets(&[own]).unwrap();
    assert_eq!(paths(&session).len(), 4);
}

#[test]
fn pictures_in_the_folder_get_small_ones_and_damaged_ones_none() {
    let place = place();
    let (session, assets) = place.game();
    fs::write(assets.join("hero.png"), picture()).unwrap();
    fs::write(assets.join("half.png"), &picture()[..100]).unwrap();
    wait_for_paths(&session, &["half.png", "hero.png"]);
    assert!(asset(&session, "hero.png").thumbnail);
    assert!(!asset(&session, "half.png").thumbnail);
    fs::write(assets.join("hero.png"), "no picture any more").unwrap();
    wait("the picture to go", || {
        !asset(&session, "hero.png").thumbnail
    });
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
fn what_other_programs_leave_is_ignored_and_so_is_what_rules_name() {
    let place = place();
    let (session, assets) = place.game();
    fs::write(assets.join("kept.psd"), "kept").unwrap();
    wait_for_paths(&session, &["kept.psd"]);
    fs::write(assets.join(".wissilignore"), "*.psd\n!good.psd\n/raw/\n").unwrap();
    fs::create_dir(assets.join("raw")).unwrap();
    for name in [
        ".hidden",
        "a.tmp",
        "a~",
        "Thumbs.db",
        "a.zip.crdownload",
        "a.psd",
        "good.psd",
        "raw/a.txt",
    ] {
        fs::write(assets.join(name), "content").unwrap();
    }
    wait_for_paths(&session, &["good.psd", "kept.psd"]);
    settle(&session, &assets, "mark");
    assert_eq!(paths(&session), ["good.psd", "kept.psd", "mark"]);
    // Rules that change let in what was kept out.
    fs::write(assets.join(".wissilignore"), "/raw/\n").unwrap();
    wait_for_paths(&session, &["a.psd", "good.psd", "kept.psd", "mark"]);
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
fn hostile_paths_never_leave_the_folder() {
    let place = place();
    let (session, assets) = place.game();
    fs::write(assets.join("a.txt"), "one").unwrap();
    wait_for_paths(&session, &["a.txt"]);
    let object = asset(&session, "a.txt").object;
    let outside = place.root.join("outside");
    fs::create_dir(&outside).unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink(&outside, assets.join("link")).unwrap();
    let before = contents(&place.root.join("game").join("assets"));
    let absolute = outside.join("x").display().to_string();
    let hostile = [
        "../x",
        "../../outside/x",
        "a/../../x",
        "C:\\x",
        "C:/x",
        "..\\x",
        "nul",
        ".wissilignore",
        "link/x",
        absolute.as_str(),
    ];
    for (index, path) in hostile.iter().enumerate() {
        let id = format!("hostile{index}");
        edit(
            &session,
            "asset.add",
            Change::put("assets", id, put(path, &object)),
        );
    }
    wait("problems", || messages(&session).len() >= hostile.len());
    settle(&session, &assets, "mark");
    let mut after = contents(&assets);
    after.remove("mark");
    assert_eq!(after, before);
    assert_eq!(contents(&outside).len(), 0);
    assert!(!place.root.join("x").exists() && !place.root.join("game/x").exists());
    assert!(
        messages(&session).iter().any(|m| m.contains("link")),
        "{:?}",
        messages(&session)
    );
}

#[test]
fn names_that_others_cannot_hold_are_problems() {
    let place = place();
    let (session, assets) = place.game();
    fs::write(assets.join("a.txt"), "one").unwrap();
    wait_for_paths(&session, &["a.txt"]);
    let clash = fs::metadata(assets.join("A.TXT")).is_err();
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStrExt;
        fs::write(assets.join("what?.txt"), "two").unwrap();
        let name = std::ffi::OsStr::from_bytes(b"\xff.txt");
        let _ = fs::write(assets.join(name), "three");
        wait("a problem", || {
            messages(&session)
                .iter()
                .any(|m| m.starts_with("what?.txt "))
        });
    }
    if clash {
        fs::write(assets.join("A.TXT"), "four").unwrap();
        wait("a problem", || {
            messages(&session).iter().any(|m| m.starts_with("A.TXT "))
        });
        assert_eq!(paths(&session), ["a.txt"]);
        fs::remove_file(assets.join("a.txt")).unwrap();
        wait_for_paths(&session, &["A.TXT"]);
        wait("the problem to go", || {
            !messages(&session).iter().any(|m| m.starts_with("A.TXT "))
        });
    }
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
fn a_project_of_an_exported_history_has_the_files() {
    let place = place();
    let (session, assets) = place.game();
    fs::create_dir(assets.join("a")).unwrap();
    fs::write(assets.join("a/hero.png"), picture()).unwrap();
    fs::write(assets.join("b.txt"), "text").unwrap();
    wait_for_paths(&session, &["a/hero.png", "b.txt"]);
    let car = place.root.join("game.car");
    session.export(ExportFormat::Car, &car).unwrap();
    let copy = place.root.join("copy");
    let other = place.app.import(&car, &copy).unwrap();
    wait_for_content(&copy.join("assets/a/hero.png"), &picture());
    wait_for_content(&copy.join("assets/b.txt"), b"text");
    settle(&other, &copy.join("assets"), "mark");
    assert_eq!(history(&other).len(), history(&session).len() + 1);
    drop(other);
    assert!(verify(&copy).unwrap().sound);
}

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
        .args(["victim", "--exact"])
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
