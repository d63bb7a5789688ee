//! A scene in three dimensions: seen, shaped by keys alone, at rest, and as pictures for the terminal.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::fs;
use std::path::Path;

use image::RgbaImage;
use serde_json::{Value, json};
use wissil_tests::wait::{PATIENCE, until};
use wissil_tests::{Home, Window};

#[test]
fn a_scene_is_seen_shaped_and_drawn_for_the_terminal() {
    let home = Home::new();
    let window = Window::start(&home, None);
    window.click("button", "Open the sample");
    window.click("tab", "Yard");
    window.wait(
        "the scene to be drawn",
        "return document.querySelector('.scene-canvas canvas')?.frames > 0
            && !document.querySelector('.scene-notes')?.textContent.includes('Loading')",
    );
    window.wait(
        "everything in it to be shown",
        "return !document.querySelector('.scene-problems')",
    );
    window.picture("scene").unwrap();
    rests(&window);

    // Taken by its row, moved by keys, taken back.
    window.click("treeitem", "Orb");
    let canvas = window.select(".scene-canvas");
    window.run(
        "document.querySelector('.scene-canvas').focus({ preventScroll: true })",
        &[],
    );
    assert!(
        window
            .attribute(&canvas, "aria-label")
            .unwrap()
            .contains("11 entities"),
        "it says what it shows"
    );
    window.type_text("gx2");
    window.press("Enter");
    until_done(&window, "entity.transform");
    window.press("Control+z");
    until_done(&window, "history.undo");
    rests(&window);

    // Drawn beside the window that has the project open.
    let project = home.projects().join("Sample");
    let all = picture(&window, &home, &project, &["--size", "320x200"]);
    assert_eq!(all.dimensions(), (320, 200));
    let colors: HashSet<_> = all.pixels().map(|pixel| pixel.0).collect();
    assert!(colors.len() > 50, "it shows {} colours", colors.len());
    assert_eq!(all.get_pixel(0, 0).0[3], 0, "behind it is nothing");
    let through = picture(
        &window,
        &home,
        &project,
        &["--size", "320x200", "--camera", "Camera"],
    );
    assert_ne!(all, through);
    let refused = window.terminal(
        &home,
        &[
            OsStr::new("picture"),
            project.as_os_str(),
            OsStr::new("--camera"),
            OsStr::new("Nobody"),
            home.path().join("none.png").as_os_str(),
        ],
    );
    assert_eq!(refused.status.code(), Some(1));
    let words = String::from_utf8_lossy(&refused.stderr);
    assert!(
        words.contains("no camera is called") && words.contains("Camera"),
        "{words}"
    );
    assert!(!home.path().join("none.png").exists());
    window.close();
}

/// Draws nothing while nothing changes.
fn rests(window: &Window) {
    until(
        "the scene to rest",
        PATIENCE,
        || {
            let script = "const [done] = arguments;
                const frames = () => document.querySelector('.scene-canvas canvas').frames;
                const before = frames();
                let left = 60;
                const step = () => (left-- > 0 ? requestAnimationFrame(step) : done(frames() === before));
                step();";
            (window.run_async(script, &[]) == true).then_some(())
        },
        || "it goes on drawing".to_owned(),
    );
}

/// Until the newest thing done is of a type.
fn until_done(window: &Window, event_type: &str) {
    let newest = || -> Value {
        let asked = json!({ "before": null, "limit": 1, "document": null });
        window.invoke("session_events", asked)[0].clone()
    };
    until(
        event_type,
        PATIENCE,
        || (newest()["eventType"] == event_type).then_some(()),
        || format!("the newest is {}", newest()),
    );
}

fn picture(window: &Window, home: &Home, project: &Path, options: &[&str]) -> RgbaImage {
    let file = home.path().join("picture.png");
    let mut arguments = vec![OsStr::new("picture"), project.as_os_str()];
    arguments.extend(options.iter().map(OsStr::new));
    arguments.push(file.as_os_str());
    let output = window.terminal(home, &arguments);
    let words = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{words}");
    let picture = image::load_from_memory(&fs::read(&file).unwrap()).unwrap();
    fs::remove_file(&file).unwrap();
    picture.into_rgba8()
}
