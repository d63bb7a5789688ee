//! People who share a session, as tests see them: each on a machine of their own.

use std::path::Path;

use serde_json::{Value, json};
use wissil_tests::{Home, Window};

use crate::blueprint::Blueprint;

/// Ann's machine; she is the one who shares.
pub fn ann() -> Home {
    Home::of("Ann", "#ff8a57")
}

/// Ben's machine.
pub fn ben() -> Home {
    Home::of("Ben", "#5bc8ff")
}

/// Cleo's machine.
pub fn cleo() -> Home {
    Home::of("Cleo", "#b58bff")
}

/// A window with the sample, hosted on its machine for programs there, and the link to it.
#[track_caller]
pub fn hosting(home: &Home) -> (Window, String) {
    let window = Window::start(home, Some("--sample".as_ref()));
    Blueprint::open(&window);
    window.invoke("hosting_start", json!({"reach": "machine"}));
    window.wait_for_text("Online");
    let share = window.invoke("share_info", json!({}));
    (window, text(&share["link"]))
}

/// A window that joins by a link, which it was started with.
#[track_caller]
pub fn joining(home: &Home, link: &str) -> Window {
    let window = Window::start(home, Some(Path::new(link)));
    accept(&window);
    window
}

/// Takes the offer of a link to a server that was never used here, and waits until the session is open.
#[track_caller]
pub fn accept(window: &Window) {
    window.click("button", "Trust the server and join");
    Blueprint::open(window);
    window.wait_for_text("Online");
}

/// The port of the server that a link names.
pub fn server_port(link: &str) -> u16 {
    let (_, address) = link.split_once("127.0.0.1%3A").unwrap();
    let digits: String = address.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().unwrap()
}

/// The link with another way to the server.
pub fn by_way_of(link: &str, port: u16) -> String {
    let own = format!("127.0.0.1%3A{}", server_port(link));
    link.replace(&own, &format!("127.0.0.1%3A{port}"))
}

/// The text of a JSON value.
pub fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}
