//! Cargo commands over the whole workspace.
//!
//! Always the whole of it, and always the same targets: a different selection of packages turns on different features
//! of shared dependencies, and cargo would compile half of them once more.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::command::{cargo, run};
use crate::fail::Result;

/// Every executable and every test, in the development profile.
pub fn build_all() -> Result<()> {
    run(cargo().args(["build", "--workspace", "--bins", "--tests"]))
}

/// The app and the command line.
pub fn build_bins() -> Result<()> {
    run(cargo().args(["build", "--workspace", "--bins"]))
}

/// The tests that match a nextest filter.
pub fn nextest(filter: &str) -> Command {
    let mut command = cargo();
    command.args(["nextest", "run", "--workspace", "--bins", "--tests"]);
    command.args(["-E", filter]);
    command
}

/// Whether any library documents itself with code that can run.
pub fn has_doctests() -> Result<bool> {
    holds_doctest(Path::new("crates"))
}

fn holds_doctest(folder: &Path) -> Result<bool> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            if holds_doctest(&path)? {
                return Ok(true);
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path)?;
            let found = text.lines().map(str::trim_start).any(|line| {
                line.strip_prefix("//!")
                    .or_else(|| line.strip_prefix("///"))
                    .map(str::trim)
                    .is_some_and(|line| line == "```" || line.starts_with("```rust"))
            });
            if found {
                return Ok(true);
            }
        }
    }
    Ok(false)
}
