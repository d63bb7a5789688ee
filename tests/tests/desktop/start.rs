//! The first thing a person sees.

use wissil_tests::{Home, Window};

#[test]
fn the_app_starts_with_the_start_screen() {
    let home = Home::new();
    let window = Window::start(&home, None);
    window.find_like("button", "new project");
    window.picture("start-screen").unwrap();
    window.close();
}
