//! `cargo xtask generate`: the files that are written by the program and kept in the repository.

use std::process::ExitCode;

use crate::command::{done, run, step};
use crate::fail::{Result, fail};
use crate::{icons, rust, tools, ui};

/// Tests with this in their name compare a generated file with what the program would write; with `UPDATE=1` they
/// write it.
pub const FILTER: &str = "test(up_to_date)";

/// Writes all of them anew.
pub fn generate(arguments: &[String]) -> Result<ExitCode> {
    if let Some(argument) = arguments.first() {
        return Err(fail(format!(
            "`generate` takes no arguments; what is `{argument}`?"
        )));
    }
    tools::nextest()?;
    ui::placeholder()?;
    step("icons", || {
        icons::generate()?;
        Ok(done("written"))
    })?;
    step("bindings, record types, documentation", || {
        run(rust::nextest(FILTER)
            .args(["--no-tests", "pass"])
            .env("UPDATE", "1"))?;
        Ok(done("written"))
    })?;
    println!("see `git diff` for what changed");
    Ok(ExitCode::SUCCESS)
}
