//! Processes that tests start: they end with the value that stands for them.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};

/// A process and all it started.
pub struct Group {
    leader: Child,
}

impl Group {
    /// Starts it.
    ///
    /// # Panics
    ///
    /// When the program is not there; the message says what installs it.
    #[track_caller]
    pub fn start(command: &mut Command) -> Group {
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(command, 0);
        match command.spawn() {
            Ok(leader) => Group { leader },
            Err(error) => panic!(
                "cannot start {}: {error}; `cargo xtask test --only desktop` installs it",
                command.get_program().to_string_lossy()
            ),
        }
    }

    /// The first process of the group.
    pub fn leader(&mut self) -> &mut Child {
        &mut self.leader
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        signal("KILL", &format!("-{}", self.leader.id()));
        let _ = self.leader.wait();
    }
}

/// Sends a signal to a process, or to a group by its negative number.
pub fn signal(name: &str, process: &str) {
    let _ = Command::new("kill")
        .args([&format!("-{name}"), "--", process])
        .stderr(std::process::Stdio::null())
        .status();
}

/// The processes that run `program` with `variable` in their environment.
pub fn running(program: &Path, variable: &str) -> Vec<u32> {
    let Ok(processes) = std::fs::read_dir("/proc") else {
        return Vec::new();
    };
    processes
        .flatten()
        .filter_map(|entry| {
            let number: u32 = entry.file_name().to_str()?.parse().ok()?;
            let executable = std::fs::read_link(entry.path().join("exe")).ok()?;
            let environment = std::fs::read(entry.path().join("environ")).ok()?;
            let named = environment
                .split(|byte| *byte == 0)
                .any(|entry| entry == variable.as_bytes());
            (executable == program && named).then_some(number)
        })
        .collect()
}

/// Where the app keeps the programs it needs: the folder that `WISSIL_TOOLS` names, else one of the repository, so that
/// they are fetched once and not for every test.
pub fn tools() -> PathBuf {
    std::env::var_os("WISSIL_TOOLS")
        .map_or_else(|| repository().join(".tools/server"), PathBuf::from)
}

/// A port nobody listens on now.
///
/// # Panics
///
/// When the system has none.
#[track_caller]
pub fn free_port() -> u16 {
    let port = TcpListener::bind("127.0.0.1:0")
        .and_then(|listener| listener.local_addr())
        .map(|address| address.port());
    match port {
        Ok(port) => port,
        Err(error) => panic!("no free port: {error}"),
    }
}

/// The repository.
pub fn repository() -> PathBuf {
    let package = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    package.parent().map(PathBuf::from).unwrap_or(package)
}

/// An executable of this workspace, as it was built last.
///
/// # Panics
///
/// When it was not built.
#[track_caller]
pub fn built(name: &str) -> PathBuf {
    // Programs lie beside each other; a test executable lies in `deps` below them.
    let this = std::env::current_exe().unwrap_or_default();
    let found = this
        .ancestors()
        .skip(1)
        .take(2)
        .map(|folder| folder.join(name))
        .find(|path| path.is_file());
    match found {
        Some(path) => path,
        None => panic!("{name} is not built: run `cargo xtask test --only build`"),
    }
}
