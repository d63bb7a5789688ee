//! `cargo xtask run`: from a fresh machine to the app on screen.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{ExitCode, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use crate::command::{command, done, run, step};
use crate::display::VirtualDisplay;
use crate::fail::{Result, fail};
use crate::system::{self, Purpose};
use crate::{rust, ui};

const PICTURE: &str = "target/wissil-window.png";
/// What the app writes when its page shows what is open (`announce` in `src-tauri/src/lib.rs`).
const SHOWN: &str = "WISSIL is on screen";
/// How long that may take: machines that build at the same time are slow.
const SHOWN_WITHIN: Duration = Duration::from_secs(180);

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
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| fail(format!("cannot start the app: {error}")))?;
    let said = app.stdout.take().map(lines);
    let pictured = step("window", || {
        if let Some(said) = &said {
            wait_until_shown(said, SHOWN_WITHIN)?;
        }
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

/// The lines that a program writes, as they come; they are shown on this terminal as well.
fn lines(output: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, lines) = mpsc::channel();
    thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(|line| line.ok()) {
            println!("{line}");
            // Read on when nobody waits any more: a full pipe would stop the program.
            let _ = sender.send(line);
        }
    });
    lines
}

/// Waits until the app says that its page shows what is open.
fn wait_until_shown(said: &Receiver<String>, within: Duration) -> Result<()> {
    let deadline = Instant::now() + within;
    loop {
        match said.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            Ok(line) if line == SHOWN => return Ok(()),
            Ok(_) => {}
            Err(RecvTimeoutError::Timeout) => {
                return Err(fail(format!(
                    "the app did not show its panels within {} s",
                    within.as_secs()
                )));
            }
            Err(RecvTimeoutError::Disconnected) => {
                return Err(fail("the app ended before it showed its panels".to_owned()));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOON: Duration = Duration::from_secs(60);

    #[test]
    fn the_picture_waits_for_the_word_of_the_page() {
        let said = lines("starting\nWISSIL is on screen\nmore\n".as_bytes());
        wait_until_shown(&said, SOON).unwrap();
        assert_eq!(said.recv().unwrap(), "more");
    }

    #[test]
    fn an_app_that_ends_or_stays_silent_is_not_pictured() {
        let ended = lines("starting\n".as_bytes());
        let error = wait_until_shown(&ended, SOON).unwrap_err().to_string();
        assert!(error.contains("ended before"), "{error}");
        let (_silent, said) = mpsc::channel();
        let error = wait_until_shown(&said, Duration::ZERO)
            .unwrap_err()
            .to_string();
        assert!(error.contains("did not show"), "{error}");
    }
}
