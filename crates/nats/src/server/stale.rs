//! Servers that outlived the program that hosted them.

use std::ffi::OsStr;
use std::path::Path;

use sysinfo::{Process, ProcessRefreshKind, ProcessesToUpdate, Signal, System, UpdateKind};
use tokio::time;

use super::process::{CONFIG_ARGUMENT, LOOKING_TIME, STOPPING_TIME};

/// Ends the servers that still run with a configuration. They are known by their command lines: a number that one wrote
/// down could be another process's by now, and one whose host was killed early has not written it yet.
pub(super) async fn end(config: &Path) {
    for signal in [Signal::Term, Signal::Kill] {
        // Not every system knows every signal.
        if !tell(config, signal) {
            continue;
        }
        let gone = async {
            while is_left(config) {
                time::sleep(LOOKING_TIME).await;
            }
        };
        if time::timeout(STOPPING_TIME, gone).await.is_ok() {
            return;
        }
    }
}

/// Sends a signal to all of them; answers whether it was sent to any.
fn tell(config: &Path, signal: Signal) -> bool {
    let system = running();
    let sent = servers(&system, config).filter(|server| server.kill_with(signal) == Some(true));
    sent.count() > 0
}

fn is_left(config: &Path) -> bool {
    servers(&running(), config).next().is_some()
}

/// What runs now. A process that has ended and is not collected yet has no command line any more, but one that was looked
/// at before keeps its old one: so nothing is looked at twice.
fn running() -> Option<System> {
    let mut system = System::new().ok()?;
    let kind = ProcessRefreshKind::nothing()
        .with_cmd(UpdateKind::Always)
        .without_tasks();
    system.refresh_processes_specifics(ProcessesToUpdate::All, true, kind);
    Some(system)
}

fn servers<'a>(system: &'a Option<System>, config: &'a Path) -> impl Iterator<Item = &'a Process> {
    let processes = system.iter().flat_map(|system| system.processes().values());
    let line: [&OsStr; 2] = [CONFIG_ARGUMENT.as_ref(), config.as_os_str()];
    processes.filter(move |process| process.cmd().windows(2).any(|pair| pair == line))
}
