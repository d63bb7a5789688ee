//! Everyone can use it: axe-core finds nothing by WCAG 2.2 AA.

use serde_json::json;
use wissil_session::App;
use wissil_tests::{Home, Window};

use crate::blueprint::Blueprint;
use crate::people::{ann, ben, hosting};

const THEMES: [&str; 2] = ["Dark", "Light"];

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
    // The veil behind it takes clicks until it has faded.
    window.wait(
        "the palette to go",
        "return document.querySelector('[role=dialog], .ui-backdrop') === null",
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
    for theme in THEMES {
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
    for theme in THEMES {
        choose_theme(&window, theme);
        window
            .picture(&format!("main-window-{}", theme.to_lowercase()))
            .unwrap();
        assert_clean(&window, &format!("main window, {theme}"));
    }
}

#[test]
fn sharing_and_joining_is_clean_in_both_themes() {
    let home = Home::new();
    let window = Window::start(&home, Some("--sample".as_ref()));
    Blueprint::open(&window);
    for theme in THEMES {
        choose_theme(&window, theme);
        window.click("button", "Share");
        window.find("button", "Start hosting");
        assert_clean(&window, &format!("where to meet, {theme}"));
        window.click("radio", "Connect to a server");
        window.find("textbox", "Address");
        assert_clean(&window, &format!("which server, {theme}"));
        window.click("button", "Cancel");
    }
    window.invoke("hosting_start", json!({"reach": "machine"}));
    window.wait_for_text("Online");
    for theme in THEMES {
        choose_theme(&window, theme);
        window.click("button", "Share");
        window.find("button", "Copy link");
        window.find_like("button", "Stop hosting");
        assert_clean(&window, &format!("the link, {theme}"));
        window.click("button", "Done");
    }
    window.close();
}

#[test]
fn an_offer_to_join_is_clean_in_both_themes() {
    let home = Home::new();
    let window = Window::start(&home, None);
    let link =
        "wissil://session/01M7Z8YXVQH0X6RXA913K84Y6D?name=Castle&server=nats%3A%2F%2F127.0.0.1%3A9";
    for theme in THEMES {
        window.find("button", "Open the sample");
        choose_theme(&window, theme);
        window.click("button", "Open a shared link…");
        window.paste("textbox", "Link", link);
        assert_clean(&window, &format!("asking for a link, {theme}"));
        window.click("button", "Continue");
        window.find("button", "Trust the server and join");
        assert_clean(&window, &format!("the offer, {theme}"));
        window.click("button", "Cancel");
    }
    window.close();
}

#[test]
fn being_together_is_clean_in_both_themes() {
    let (ann_home, ben_home) = (ann(), ben());
    let (window, link) = hosting(&ann_home);
    let graph = Blueprint::open(&window);
    // Ben is there without a window.
    let app = App::new(ben_home.installation()).unwrap();
    let folder = ben_home.projects().join("Joined");
    let session = app.join(&link, &folder, Box::new(|_| ())).unwrap();
    session.reconnect().unwrap();
    let shown = json!({
        "document": document(&session),
        "cursor": {"x": 300.0, "y": 100.0},
        "selection": [{"collection": "nodes", "id": graph.node("Log")}],
        "shown": {}, "following": null,
    });
    session
        .show_presence(serde_json::from_value(shown).unwrap())
        .unwrap();
    for theme in THEMES {
        choose_theme(&window, theme);
        window.click_element(&window.find_like("button", "Follow Ben"));
        window.wait_for_text("Following Ben");
        window.select(".bp-cursor");
        assert_clean(&window, &format!("following, {theme}"));
        window.press("Escape");
        for panel in ["Connection", "Assets", "Session"] {
            window.click("tab", panel);
            assert_clean(&window, &format!("{panel} panel, {theme}"));
        }
    }
    window.close_meeting();
    drop(session);
}

/// The graph of the sample.
fn document(session: &wissil_session::Session) -> String {
    let documents = session.status().unwrap().documents;
    let graph = documents
        .into_iter()
        .find(|document| document.kind == "blueprint");
    graph.unwrap().id
}
