//! The web UI: its packages, its pages, its checks.

use std::fs;
use std::path::Path;

use crate::command::{command, done, run, run_quietly, step};
use crate::fail::{Result, fail};
use crate::stamp::Stamp;

const SOURCES: &[&str] = &[
    "ui/src",
    "ui/public",
    "ui/index.html",
    "ui/package.json",
    "ui/package-lock.json",
    "ui/vite.config.ts",
    "ui/tsconfig.json",
];
const PAGES: &str = "ui/dist";

/// Installs the UI's packages if the lock file changed since.
pub fn install() -> Result<()> {
    packages("UI packages", "ui")
}

/// Installs a folder's packages if its lock file changed since. None of ours needs a script to be installed.
pub fn packages(name: &str, folder: &str) -> Result<()> {
    step(name, || {
        let stamp = Stamp::of(
            format!("{folder}/node_modules/.wissil-packages"),
            &[
                &format!("{folder}/package.json"),
                &format!("{folder}/package-lock.json"),
            ],
        )?;
        if stamp.is_fresh() {
            return Ok(done("unchanged"));
        }
        run(command("npm")
            .args(["ci", "--no-audit", "--no-fund", "--ignore-scripts"])
            .current_dir(folder))
        .map_err(|error| {
            fail(format!(
                "{error}\nif the lock file does not fit package.json, run `npm install` in {folder}/ and commit both"
            ))
        })?;
        stamp.set()?;
        Ok(done("installed"))
    })
}

/// Builds the pages that the app embeds, if anything they are made of changed since.
pub fn build() -> Result<()> {
    step("UI pages", || {
        if built()?.is_fresh() {
            return Ok(done("unchanged"));
        }
        run_quietly(command("npm").args(["run", "build"]).current_dir("ui"))?;
        built()?.set()?;
        Ok(done("built"))
    })
}

/// Puts an empty page where the app embeds its pages from, if there are none: the Rust side can then be compiled, and
/// the bindings written that the pages need.
pub fn placeholder() -> Result<()> {
    let page = Path::new(PAGES).join("index.html");
    if page.exists() {
        return Ok(());
    }
    fs::create_dir_all(PAGES)?;
    fs::write(page, "<!doctype html>\n<title>WISSIL</title>\n")?;
    Ok(())
}

/// Runs one of the scripts in `ui/package.json`.
pub fn script(name: &str) -> Result<()> {
    run(command("npm")
        .args(["run", "--silent", name])
        .current_dir("ui"))
}

/// The stamp of the pages: over what they are made of, and over themselves, since other commands write them too.
fn built() -> Result<Stamp> {
    let mut inputs = SOURCES.to_vec();
    inputs.push(PAGES);
    Stamp::of("ui/node_modules/.wissil-pages", &inputs)
}
