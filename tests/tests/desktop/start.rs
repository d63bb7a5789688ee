//! The first thing a person sees.

use std::fs;
use std::path::Path;

use serde_json::json;
use wissil_tests::wait::{PATIENCE, until};
use wissil_tests::{Home, Window};

use crate::blueprint::Blueprint;

#[test]
fn the_app_starts_with_the_start_screen_and_ends_with_its_window() {
    let home = Home::new();
    let window = Window::start(&home, None);
    window.find("button", "Open the sample");
    window.find("button", "New project…");
    window.picture("start-screen").unwrap();
    window.close();
}

#[test]
fn the_sample_opens() {
    let home = Home::new();
    let window = Window::start(&home, None);
    window.click("button", "Open the sample");
    window.find_like("application", "Blueprint");
    window.wait_for_text("no problems");
    window.picture("sample").unwrap();
    window.close();
}

#[test]
fn the_sample_opens_at_once_when_asked_for() {
    let home = Home::new();
    let window = Window::start(&home, Some("--sample".as_ref()));
    window.find_like("application", "Blueprint Lanterns");
    window.close();
}

#[test]
fn a_project_that_cannot_be_opened_is_explained() {
    let home = Home::new();
    let window = Window::start(&home, Some(&home.path().join("nothing-here")));
    window.wait_for_text("nothing-here");
    window.picture("start-refused").unwrap();
    // It is no dead end.
    window.find("button", "Try again");
    window.click("button", "Open the sample");
    Blueprint::open(&window);
    window.close();
}

#[test]
fn a_project_that_is_open_comes_to_the_front_when_it_is_asked_for_again() {
    let home = Home::new();
    let sample = home.projects().join("Sample");
    let window = Window::start(&home, Some("--sample".as_ref()));
    Blueprint::open(&window);
    for asked in [sample.as_path(), "--sample".as_ref()] {
        let cover = window.display().cover().unwrap();
        assert!(cover.is_in_front().unwrap());
        let ended = window.launch_again(&home, asked);
        assert!(ended.success(), "{ended}");
        until(
            "the first window to be in front",
            PATIENCE,
            || (!cover.is_in_front().unwrap()).then_some(()),
            || "it is still covered".to_owned(),
        );
    }
    window.close();

    let window = Window::start(&home, Some(&sample));
    Blueprint::open(&window);
    window.close();
}

/// What the page keeps of how a person arranged their window.
const KEPT: &str = "return localStorage.getItem('kept-by-a-test')";

/// Whether a file in a folder holds some bytes.
fn holds(folder: &Path, wanted: &[u8]) -> bool {
    let files = fs::read_dir(folder).into_iter().flatten().flatten();
    files
        .filter_map(|file| fs::read(file.path()).ok())
        .any(|bytes| bytes.windows(wanted.len()).any(|part| part == wanted))
}

#[test]
fn what_a_window_keeps_belongs_to_its_installation() {
    let ada = Home::new();
    let bob = ada.another("of-bob");
    let window = Window::start(&ada, None);
    window.find("button", "Open the sample");
    window.run("localStorage.setItem('kept-by-a-test', 'by Ada')", &[]);
    // The web view writes it down a little later.
    let storage = ada.installation().join("window/localstorage");
    until(
        "it to be on the disk",
        PATIENCE,
        || holds(&storage, b"kept-by-a-test").then_some(()),
        || format!("{} does not hold it", storage.display()),
    );
    window.close();
    for (home, kept) in [(&bob, json!(null)), (&ada, json!("by Ada"))] {
        let window = Window::start(home, None);
        window.find("button", "Open the sample");
        assert_eq!(window.run(KEPT, &[]), kept);
        window.close();
    }
}
