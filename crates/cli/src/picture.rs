//! Pictures of scenes, which the program of the window draws.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use wissil_session::api::{ApiError, ErrorCode};

/// The program of the window, beside this one.
const DESKTOP: &str = "wissil-desktop";

/// What is to be drawn.
pub struct Picture<'a> {
    /// The project.
    pub dir: &'a Path,
    /// The camera, by name; none for a view of everything.
    pub camera: Option<&'a str>,
    /// `WIDTHxHEIGHT` in pixels.
    pub size: &'a str,
    /// The file that is written.
    pub file: &'a Path,
}

/// Has it drawn, in a window that is not shown. The exit code is that of whoever draws.
pub fn take(picture: &Picture<'_>) -> Result<ExitCode, ApiError> {
    let program = beside()?;
    if cfg!(target_os = "linux") && !has_display() {
        return Err(ApiError::new(
            ErrorCode::NotFound,
            "there is no display to draw with; `xvfb-run wissil picture …` brings one",
        ));
    }
    let mut command = Command::new(&program);
    command.arg("--picture").arg(picture.file);
    command.args(["--size", picture.size]);
    if let Some(camera) = picture.camera {
        command.args(["--camera", camera]);
    }
    let status = command
        .arg(picture.dir)
        .status()
        .map_err(|cause| ApiError::io("started", &program, &cause))?;
    // One that was ended from outside has no code.
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(ExitCode::from(code.unwrap_or(2)))
}

fn beside() -> Result<PathBuf, ApiError> {
    let own =
        env::current_exe().map_err(|cause| ApiError::io("found", Path::new("wissil"), &cause))?;
    let program = own.with_file_name(format!("{DESKTOP}{}", env::consts::EXE_SUFFIX));
    if program.is_file() {
        return Ok(program);
    }
    Err(ApiError::new(
        ErrorCode::NotFound,
        format!(
            "pictures are drawn by `{DESKTOP}`, which is not beside `wissil` in {}",
            own.parent().unwrap_or(&own).display()
        ),
    ))
}

fn has_display() -> bool {
    ["DISPLAY", "WAYLAND_DISPLAY"]
        .iter()
        .any(|name| env::var_os(name).is_some_and(|value| !value.is_empty()))
}
