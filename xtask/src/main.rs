//! Development commands: `cargo xtask run | test | bench | generate`.
//!
//! Standard library only, so that the first command on a fresh machine starts within seconds. Everything that takes
//! time is kept between runs: packages by their lock files, the web pages by a stamp of their sources, tools in
//! `.tools/`, Rust by cargo.

mod bench;
mod command;
mod display;
mod fail;
mod generate;
mod icons;
mod layers;
mod run;
mod rust;
mod stamp;
mod system;
mod test;
mod tools;
mod ui;

use std::path::PathBuf;
use std::process::ExitCode;

use fail::Result;

const HELP: &str = "\
Development commands of WISSIL

cargo xtask run [PROJECT] [--once]   install what is missing, build, start the app, on PROJECT if it is given;
                                     without a display it runs in a virtual one, a picture is left in
                                     target/wissil-window.png, and --once ends it then
cargo xtask test [--only STEP]...    every check there is; --only runs one step and what it needs
cargo xtask test --list              the steps and what they check
cargo xtask bench [ARGUMENTS]        the benchmarks, in release
cargo xtask generate                 write the generated files anew: bindings, record types, documentation, icons
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match dispatch(&arguments) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("\nxtask: {error}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(arguments: &[String]) -> Result<ExitCode> {
    std::env::set_current_dir(root())
        .map_err(|error| fail::fail(format!("cannot enter {}: {error}", root().display())))?;
    let Some((name, rest)) = arguments.split_first() else {
        print!("{HELP}");
        return Ok(ExitCode::SUCCESS);
    };
    match name.as_str() {
        "run" => run::run_command(rest),
        "test" => test::test(rest),
        "bench" => bench::bench(rest),
        "generate" => generate::generate(rest),
        "help" | "-h" | "--help" => {
            print!("{HELP}");
            Ok(ExitCode::SUCCESS)
        }
        other => Err(fail::fail(format!("there is no `{other}`\n\n{HELP}"))),
    }
}

/// The repository.
fn root() -> PathBuf {
    let package = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    package.parent().map(PathBuf::from).unwrap_or(package)
}
