//! `cargo xtask run`: from a fresh machine to the app on screen.

use std::path::Path;
use std::process::ExitCode;

use crate::command::{command, done, run, step};
use crate::display::VirtualDisplay;
use crate::fail::{Result, fail};
use crate::system::{self, Purpose};
use crate::{rust, ui};

const PICTURE: &str = "target/wissil-window.png";

/// Installs, builds and starts the app, with the sample unless another project is named.
pub fn run_app(project: Option<&str>, once: bool) -> Result<ExitCode> {
    let has_display = !cfg!(target_os = "linux")
        || ["DISPLAY", "WAYLAND_DISPLAY"]
            .iter()
            .any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()));
    let virtually = once || !has_display;
    system::packages(if virtually {
        Purpose::VirtualWindow
    } else {
        Purpose::Window
    })?;
    system::node()?;
    ui::install()?;
    ui::build()?;
    step("app and command line", || {
        rust::build_bins()?;
        Ok(done("built"))
    })?;

    let app = format!(
        "target/debug/wissil-desktop{}",
        std::env::consts::EXE_SUFFIX
    );
    let mut app = command(&app);
    app.arg(project.unwrap_or("--sample"));
    if virtually {
        return run_virtually(app, once);
    }
    println!("→ WISSIL; close its window to end");
    run(&mut app)?;
    Ok(ExitCode::SUCCESS)
}

/// Starts the app from the arguments of the command.
pub fn run_command(arguments: &[String]) -> Result<ExitCode> {
    let mut project = None;
    let mut once = false;
    for argument in arguments {
        match argument.as_str() {
            "--once" => once = true,
            "--" => {}
            option if option.starts_with('-') => {
                return Err(fail(format!(
                    "`run` has no option `{option}`: cargo xtask run [PROJECT] [--once]"
                )));
            }
            path if project.is_none() => project = Some(path),
            path => return Err(fail(format!("one project at a time; what is `{path}`?"))),
        }
    }
    run_app(project, once)
}

fn run_virtually(mut app: std::process::Command, once: bool) -> Result<ExitCode> {
    let display = VirtualDisplay::start()?;
    app.env("DISPLAY", &display.name)
        .env_remove("WAYLAND_DISPLAY")
        .env("GDK_BACKEND", "x11");
    let mut app = app
        .spawn()
        .map_err(|error| fail(format!("cannot start the app: {error}")))?;
    let pictured = step("window", || {
        display.picture(Path::new(PICTURE), &mut app)?;
        Ok(done(format!("drawn, see {PICTURE}")))
    });
    if once || pictured.is_err() {
        let _ = app.kill();
        let _ = app.wait();
        return pictured.map(|()| ExitCode::SUCCESS);
    }
    println!(
        "→ WISSIL runs in the virtual display {}; Ctrl-C ends it",
        display.name
    );
    let status = app.wait()?;
    if status.success() {
        Ok(ExitCode::SUCCESS)
    } else {
        Err(fail(format!("the app ended with {status}")))
    }
}
