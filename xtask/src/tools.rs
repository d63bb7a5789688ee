//! Development tools that cargo installs under `.tools`, each at one version.

use std::fs;

use crate::command::{cargo, done, exists, run, step};
use crate::fail::{Result, fail};

/// The test runner.
pub fn nextest() -> Result<()> {
    if exists("cargo-nextest") {
        return Ok(());
    }
    install("cargo-nextest", "0.9.143")
}

/// The checker of licences, duplicates and sources.
pub fn deny() -> Result<()> {
    install("cargo-deny", "0.20.2")
}

/// The go-between of WebDriver and the app's web view.
pub fn tauri_driver() -> Result<()> {
    install("tauri-driver", "2.1.0")
}

fn install(name: &str, version: &str) -> Result<()> {
    let installed = fs::read_to_string(".tools/.crates.toml").unwrap_or_default();
    if installed.contains(&format!("\"{name} {version} ")) && exists(name) {
        return Ok(());
    }
    step(&format!("{name} {version} (once)"), || {
        run(cargo()
            .args(["install", "--quiet", "--locked", "--root", ".tools"])
            .args(["--target-dir", "target/tools"])
            .args([name, "--version", version])
            // They run for seconds: a lightly optimised build is there in a third of the time.
            .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1")
            .env("CARGO_PROFILE_RELEASE_LTO", "off")
            .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
            .env("CARGO_PROFILE_RELEASE_DEBUG", "false"))
        .map_err(|error| {
            fail(format!(
                "{error}\ninstall it by hand: cargo install --locked {name} --version {version} --root .tools"
            ))
        })?;
        Ok(done("installed in .tools"))
    })
}
