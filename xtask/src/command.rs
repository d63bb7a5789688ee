//! Running other programs.

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::fail::{Result, fail};

/// A command whose `PATH` begins with the tools installed under `.tools`.
pub fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    let mut paths = vec![
        crate::root().join(".tools/bin"),
        crate::root().join(".tools/node/node_modules/node/bin"),
    ];
    if let Some(path) = std::env::var_os("PATH") {
        paths.extend(std::env::split_paths(&path));
    }
    if let Ok(path) = std::env::join_paths(paths) {
        command.env("PATH", path);
    }
    command
}

/// The `cargo` that runs this program, without what it told this program about its own package: build scripts that look
/// there would run again whenever somebody calls `cargo` by hand in between.
pub fn cargo() -> Command {
    let mut cargo = command(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy();
        if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") {
            cargo.env_remove(name.as_ref());
        }
    }
    cargo
}

/// Runs a command with its output on this terminal; fails unless it succeeds.
pub fn run(command: &mut Command) -> Result<()> {
    let line = line(command);
    let status = command
        .status()
        .map_err(|error| fail(format!("cannot start `{line}`: {error}")))?;
    if status.success() {
        Ok(())
    } else {
        Err(fail(format!("`{line}` failed ({status})")))
    }
}

/// Runs a command quietly; its output is shown only if it fails.
pub fn run_quietly(command: &mut Command) -> Result<()> {
    let line = line(command);
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(|error| fail(format!("cannot start `{line}`: {error}")))?;
    if output.status.success() {
        return Ok(());
    }
    eprint!("{}", String::from_utf8_lossy(&output.stdout));
    eprint!("{}", String::from_utf8_lossy(&output.stderr));
    Err(fail(format!("`{line}` failed ({})", output.status)))
}

/// What a command writes to its standard output; none if it cannot be started or fails.
pub fn output(command: &mut Command) -> Option<String> {
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Does one piece of work under one printed line: what it does, then how it ended and the time it took.
pub fn step<T>(what: &str, work: impl FnOnce() -> Result<Done<T>>) -> Result<T> {
    let start = Instant::now();
    println!("→ {what}");
    match work() {
        Ok(Done { value, note }) => {
            println!("✓ {what}: {note} ({})", seconds(start.elapsed()));
            Ok(value)
        }
        Err(error) => {
            println!("✗ {what} ({})", seconds(start.elapsed()));
            Err(error)
        }
    }
}

/// What a piece of work gave, and how it ended in a word or two.
pub struct Done<T> {
    /// What it gave.
    pub value: T,
    /// How it ended.
    pub note: String,
}

/// Work that gave nothing and ended so.
pub fn done(note: impl Into<String>) -> Done<()> {
    Done {
        value: (),
        note: note.into(),
    }
}

/// A time for people.
pub fn seconds(time: Duration) -> String {
    let seconds = time.as_secs_f64();
    if seconds < 60.0 {
        format!("{seconds:.1} s")
    } else {
        format!("{} min {:02} s", time.as_secs() / 60, time.as_secs() % 60)
    }
}

/// Whether a program can be found.
pub fn exists(program: &str) -> bool {
    let mut paths = vec![crate::root().join(".tools/bin")];
    if let Some(path) = std::env::var_os("PATH") {
        paths.extend(std::env::split_paths(&path));
    }
    paths.iter().any(|folder| is_file(&folder.join(program)))
}

fn is_file(path: &Path) -> bool {
    path.is_file() || path.with_extension("exe").is_file()
}

fn line(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let mut line = program
        .file_name()
        .unwrap_or(command.get_program())
        .to_string_lossy()
        .into_owned();
    for argument in command.get_args() {
        line.push(' ');
        line.push_str(&argument.to_string_lossy());
    }
    line
}
