//! `cargo xtask bench`: the benchmarks, in release.

use std::process::ExitCode;

use crate::command::{cargo, run};
use crate::fail::Result;
use crate::system::{self, Purpose};
use crate::{tools, ui};

/// Runs the benchmarks: tables of figures, each beside its bound in the same run. `--json FILE` and `--sizes` go to those
/// of the history; `--window` measures large graphs in the real window besides.
pub fn bench(arguments: &[String]) -> Result<ExitCode> {
    let (window, arguments): (Vec<&String>, Vec<&String>) = arguments
        .iter()
        .partition(|argument| *argument == "--window");
    if !window.is_empty() {
        system::packages(Purpose::Test)?;
        system::node()?;
        tools::tauri_driver()?;
        ui::install()?;
        ui::build()?;
        run(cargo().args(["build", "--release", "-p", "wissil-desktop"]))?;
        run(cargo().args(["run", "--release", "-p", "wissil-tests", "--bin", "bench"]))?;
    }
    run(cargo()
        .args(["bench", "-p", "wissil-store", "--bench", "history", "--"])
        .args(arguments))?;
    Ok(ExitCode::SUCCESS)
}
