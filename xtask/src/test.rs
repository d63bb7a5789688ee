//! `cargo xtask test`: every check there is, the fast ones first.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use crate::command::{cargo, run, run_quietly, seconds};
use crate::fail::{Result, fail};
use crate::system::{self, Purpose};
use crate::{generate, layers, rust, tools, ui};

/// The tests that drive the real window.
const DESKTOP: &str = "package(wissil-tests) & binary(desktop)";

struct Step {
    name: &'static str,
    checks: &'static str,
    /// Steps without which this one cannot run.
    needs: &'static [&'static str],
    work: fn() -> Result<()>,
}

const STEPS: &[Step] = &[
    Step {
        name: "system",
        checks: "system packages and Node are there",
        needs: &[],
        work: || {
            system::packages(Purpose::Test)?;
            system::node()
        },
    },
    Step {
        name: "format",
        checks: "rustfmt",
        needs: &[],
        work: || run(cargo().args(["fmt", "--all", "--check"])),
    },
    Step {
        name: "layers",
        checks: "no part knows what it must not know",
        needs: &[],
        work: || layers::check().map(|_| ()),
    },
    Step {
        name: "ui-packages",
        checks: "the UI's packages are those of its lock file",
        needs: &["system"],
        work: ui::install,
    },
    Step {
        name: "ui-types",
        checks: "TypeScript",
        needs: &["ui-packages"],
        work: || ui::script("typecheck"),
    },
    Step {
        name: "ui-lint",
        checks: "eslint",
        needs: &["ui-packages"],
        work: || ui::script("lint"),
    },
    Step {
        name: "ui-format",
        checks: "prettier",
        needs: &["ui-packages"],
        work: || ui::script("format:check"),
    },
    Step {
        name: "ui-tests",
        checks: "the UI's unit tests",
        needs: &["ui-packages"],
        work: || ui::script("test"),
    },
    Step {
        name: "ui-build",
        checks: "the pages can be built",
        needs: &["ui-packages"],
        work: ui::build,
    },
    Step {
        name: "clippy",
        checks: "clippy, warnings denied",
        needs: &["system", "ui-build"],
        work: || {
            run(cargo()
                .args(["clippy", "--workspace", "--all-targets"])
                .args(["--", "-D", "warnings"]))
        },
    },
    Step {
        name: "build",
        checks: "the app, the command line and every test can be built",
        needs: &["system", "ui-build"],
        work: rust::build_all,
    },
    Step {
        name: "generated",
        checks: "generated files are what the program would write",
        needs: &["build"],
        work: || {
            tools::nextest()?;
            run(rust::nextest(generate::FILTER).args(["--no-tests", "pass"])).map_err(|error| {
                fail(format!(
                    "{error}\nrun `cargo xtask generate` and commit what it wrote"
                ))
            })
        },
    },
    Step {
        name: "tests",
        checks: "unit, property and whole-system tests",
        needs: &["build"],
        work: || {
            tools::nextest()?;
            let others = format!("not ({DESKTOP}) and not {}", generate::FILTER);
            run(&mut rust::nextest(&others))
        },
    },
    Step {
        name: "doctests",
        checks: "examples in the documentation",
        needs: &["build"],
        work: || {
            if rust::has_doctests()? {
                run(cargo().args(["test", "--doc", "--workspace", "--quiet"]))
            } else {
                println!("there are none");
                Ok(())
            }
        },
    },
    Step {
        name: "deny",
        checks: "licences, bans and sources of dependencies",
        needs: &[],
        work: || {
            tools::deny()?;
            run_quietly(
                cargo()
                    .args(["deny", "--all-features", "check"])
                    .args(["bans", "licenses", "sources"]),
            )
        },
    },
    Step {
        name: "desktop",
        checks: "journeys through the real window",
        needs: &["build"],
        work: || {
            tools::nextest()?;
            tools::tauri_driver()?;
            run(rust::nextest(DESKTOP).args(["--no-tests", "pass"]))
        },
    },
];

/// How a step ended.
enum Outcome {
    Passed,
    Failed(String),
    /// A step it needs did not pass.
    Skipped(&'static str),
}

/// Runs the steps and ends with a table of them.
pub fn test(arguments: &[String]) -> Result<ExitCode> {
    let Some(steps) = chosen(arguments)? else {
        for step in STEPS {
            println!("{:<12} {}", step.name, step.checks);
        }
        return Ok(ExitCode::SUCCESS);
    };
    let mut results: Vec<(&Step, Outcome, Duration)> = Vec::new();
    for step in steps {
        let start = Instant::now();
        let missing = step.needs.iter().find(|need| {
            results.iter().any(|(done, outcome, _)| {
                done.name == **need && !matches!(outcome, Outcome::Passed)
            })
        });
        let outcome = if let Some(need) = missing {
            Outcome::Skipped(need)
        } else {
            println!("\n── {}: {}", step.name, step.checks);
            match (step.work)() {
                Ok(()) => Outcome::Passed,
                Err(error) => {
                    eprintln!("{error}");
                    Outcome::Failed(error.to_string())
                }
            }
        };
        results.push((step, outcome, start.elapsed()));
    }
    Ok(report(&results))
}

/// The steps to run, in order; none if only their list was asked for.
fn chosen(arguments: &[String]) -> Result<Option<Vec<&'static Step>>> {
    let mut only = Vec::new();
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--list" => return Ok(None),
            "--only" => {
                let name = arguments
                    .next()
                    .ok_or_else(|| fail("`--only` needs the name of a step; see --list"))?;
                need(name, &mut only)?;
            }
            other => {
                return Err(fail(format!(
                    "`test` has no option `{other}`: cargo xtask test [--list] [--only STEP]..."
                )));
            }
        }
    }
    let steps = STEPS.iter();
    Ok(Some(if only.is_empty() {
        steps.collect()
    } else {
        steps.filter(|step| only.contains(&step.name)).collect()
    }))
}

/// Adds a step and all it needs.
fn need(name: &str, chosen: &mut Vec<&'static str>) -> Result<()> {
    let step = STEPS.iter().find(|step| step.name == name).ok_or_else(|| {
        let names: Vec<&str> = STEPS.iter().map(|step| step.name).collect();
        fail(format!(
            "there is no step `{name}`; there are {}",
            names.join(", ")
        ))
    })?;
    if !chosen.contains(&step.name) {
        chosen.push(step.name);
        for needed in step.needs {
            need(needed, chosen)?;
        }
    }
    Ok(())
}

fn report(results: &[(&Step, Outcome, Duration)]) -> ExitCode {
    let total: Duration = results.iter().map(|(_, _, time)| *time).sum();
    println!("\n{:<12} {:>13}  result", "step", "time");
    let mut passed = 0;
    let mut failed = 0;
    for (step, outcome, time) in results {
        let words = match outcome {
            Outcome::Passed => {
                passed += 1;
                "passed".to_owned()
            }
            Outcome::Failed(error) => {
                failed += 1;
                format!("FAILED: {}", error.lines().next().unwrap_or_default())
            }
            // What could not be checked does not hold.
            Outcome::Skipped(need) => {
                failed += 1;
                format!("FAILED: not run, since {need} failed")
            }
        };
        println!("{:<12} {:>13}  {words}", step.name, seconds(*time));
    }
    println!("{:<12} {:>13}", "all", seconds(total));
    println!("\n{passed} passed, {failed} failed");
    if failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
