//! The `wissil-desktop` executable.

// A release build on Windows opens no console beside the window.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

use std::process::ExitCode;

fn main() -> ExitCode {
    match wissil_desktop::run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("WISSIL cannot start: {error}");
            ExitCode::FAILURE
        }
    }
}
