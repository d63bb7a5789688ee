//! What whole-system tests drive the app with: its real window in a virtual display, through WebDriver.
//!
//! The helpers panic where a test would: with what was waited for, and at the test's own line.

#![deny(missing_docs)]

pub mod display;
pub mod home;
pub mod process;
pub mod wait;
pub mod webdriver;
pub mod window;

pub use home::Home;
pub use window::{Element, Point, Window};
