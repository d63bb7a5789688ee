//! Everyone can use it: axe-core finds nothing by WCAG 2.2 AA.

use wissil_tests::{Home, Window};

use crate::blueprint::Blueprint;

/// Chooses a theme in the palette that finds everything.
fn choose_theme(window: &Window, name: &str) {
    window.press("Control+k");
    window.wait(
        "the palette",
        "return document.activeElement.tagName === 'INPUT'",
    );
    window.type_text(&format!("{name} theme"));
    window.find_like("option", &format!("{name} theme"));
    window.press("Enter");
    let theme = name.to_lowercase();
    window.wait(
        &format!("the {theme} theme"),
        &format!("return document.documentElement.dataset.theme === '{theme}' && document.activeElement.tagName !== 'INPUT'"),
    );
}

#[track_caller]
fn assert_clean(window: &Window, what: &str) {
    window.wait(
        "transitions to end",
        "return document.getAnimations().every(({ playState }) => playState !== 'running')",
    );
    let problems = window.accessibility_problems();
    assert!(problems.is_empty(), "{what}: {problems:#?}");
}

#[test]
fn the_start_screen_is_clean_in_both_themes() {
    let home = Home::new();
    let window = Window::start(&home, None);
    window.find("button", "Open the sample");
    for theme in ["Dark", "Light"] {
        choose_theme(&window, theme);
        assert_clean(&window, &format!("start screen, {theme}"));
    }
}

#[test]
fn the_main_window_is_clean_in_both_themes() {
    let home = Home::new();
    let window = Window::start(&home, None);
    window.click("button", "Open the sample");
    Blueprint::open(&window);
    window.select("[data-node]");
    for theme in ["Dark", "Light"] {
        choose_theme(&window, theme);
        window
            .picture(&format!("main-window-{}", theme.to_lowercase()))
            .unwrap();
        assert_clean(&window, &format!("main window, {theme}"));
    }
}
