//! Names: which files are ignored, which cannot be held everywhere, and which would lead out of the folder.

use std::fs;

use wissil_session::Change;

use super::{asset, contents, edit, messages, paths, put, settle, wait, wait_for_paths};
use crate::place::place;

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
fn a_folder_may_become_a_file_and_a_file_a_folder() {
    let place = place();
    let (session, assets) = place.game();
    let x = assets.join("x");
    fs::create_dir(&x).unwrap();
    fs::write(x.join("in.txt"), "in").unwrap();
    wait_for_paths(&session, &["x/in.txt"]);
    fs::remove_dir_all(&x).unwrap();
    fs::write(&x, "a file").unwrap();
    wait_for_paths(&session, &["x"]);
    fs::remove_file(&x).unwrap();
    fs::create_dir(&x).unwrap();
    fs::write(x.join("in.txt"), "in again").unwrap();
    wait_for_paths(&session, &["x/in.txt"]);
    #[cfg(unix)]
    {
        // What is seen through a link is not in the folder.
        let outside = place.root.join("outside");
        fs::rename(&x, &outside).unwrap();
        std::os::unix::fs::symlink(&outside, &x).unwrap();
        wait_for_paths(&session, &[]);
        assert!(outside.join("in.txt").exists());
    }
    settle(&session, &assets, "mark");
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
