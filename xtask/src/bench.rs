//! `cargo xtask bench`: the benchmarks, in release.

use std::path::Path;
use std::process::ExitCode;

use crate::command::{cargo, run};
use crate::fail::{Result, fail};

/// Runs the benchmarks with the given arguments.
pub fn bench(arguments: &[String]) -> Result<ExitCode> {
    if !["tests/src/bin/bench.rs", "tests/src/bin/bench/main.rs"]
        .iter()
        .any(|file| Path::new(file).is_file())
    {
        return Err(fail(
            "there are no benchmarks yet: they will be the binary `bench` of the package wissil-tests \
             (tests/src/bin/bench.rs)",
        ));
    }
    run(cargo()
        .args([
            "run",
            "--release",
            "-p",
            "wissil-tests",
            "--bin",
            "bench",
            "--",
        ])
        .args(arguments))?;
    Ok(ExitCode::SUCCESS)
}
