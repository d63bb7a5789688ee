//! What whole-system tests drive the app with: its real window in a virtual display, through WebDriver.
//!
//! The helpers panic where a test would: with what was waited for, and at the test's own line.

#![deny(missing_docs)]

pub mod display;
pub mod home;
mod input;
mod keyboard;
pub mod process;
pub mod relay;
pub mod wait;
pub mod webdriver;
pub mod window;

pub use home::Home;
pub use relay::Relay;
pub use window::{Element, Point, Window};
