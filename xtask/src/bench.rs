//! `cargo xtask bench`: the benchmarks, in release.

use std::process::ExitCode;

use crate::command::{cargo, run};
use crate::fail::Result;
use crate::system::{self, Purpose};
use crate::{tools, ui};

/// Runs the benchmarks: tables of figures, each beside its bound in the same run. `--sizes` and `--json FILE` go to those
/// of the history and of working together, the latter with `-together` in the file's name; `--together` runs only these;
/// `--window` measures large graphs in the real window besides.
pub fn bench(arguments: &[String]) -> Result<ExitCode> {
    let (switches, arguments): (Vec<&String>, Vec<&String>) = arguments
        .iter()
        .partition(|argument| ["--window", "--together"].contains(&argument.as_str()));
    let asked = |switch: &str| switches.iter().any(|given| *given == switch);
    if asked("--window") {
        system::packages(Purpose::Test)?;
        system::node()?;
        tools::tauri_driver()?;
        ui::install()?;
        ui::build()?;
        run(cargo().args(["build", "--release", "-p", "wissil-desktop"]))?;
        run(cargo().args(["run", "--release", "-p", "wissil-tests", "--bin", "bench"]))?;
    }
    if !asked("--together") {
        run(cargo()
            .args(["bench", "-p", "wissil-store", "--bench", "history", "--"])
            .args(&arguments))?;
    }
    system::node()?;
    ui::packages("y-websocket", "crates/session/benches/y-websocket")?;
    run(cargo()
        .args(["bench", "-p", "wissil-session", "--bench", "together", "--"])
        .args(for_together(&arguments)))?;
    Ok(ExitCode::SUCCESS)
}

/// The same arguments, with another file for the figures.
fn for_together(arguments: &[&String]) -> Vec<String> {
    let mut is_file = false;
    arguments
        .iter()
        .map(|argument| {
            let file = std::mem::replace(&mut is_file, *argument == "--json");
            if file {
                let stem = argument.strip_suffix(".json").unwrap_or(argument);
                format!("{stem}-together.json")
            } else {
                (*argument).clone()
            }
        })
        .collect()
}
