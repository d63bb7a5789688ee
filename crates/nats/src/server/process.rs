//! A hosted server's life: started, watched, stopped, and cleaned up after.

use std::fmt;
use std::fs::{self, File, TryLockError};
use std::io::{Read, Seek, SeekFrom};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::path::{self, Path};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::time;

use super::certificates::Certificates;
use super::config::{HostOptions, Reach};
use super::stale;
use crate::{Certificate, NatsError};

/// A server reads its messages again when it starts; a large store takes its time.
const STARTING_TIME: Duration = Duration::from_secs(60);

/// How long a server may take to put its things away.
pub(super) const STOPPING_TIME: Duration = Duration::from_secs(5);

/// How often it is looked whether a server has come or gone.
pub(super) const LOOKING_TIME: Duration = Duration::from_millis(20);

/// What stands before the configuration on a server's command line.
pub(super) const CONFIG_ARGUMENT: &str = "--config";

/// How many ports are tried: between finding one free and using it, somebody else may take it.
const PORTS_TRIED: usize = 5;

/// A server hosted by this process. It ends with this value.
pub struct NatsServer {
    options: HostOptions,
    port: u16,
    authority: Option<Certificate>,
    child: Child,
    /// Held while it runs, so that no other process hosts from the same folder.
    _lock: File,
}

impl NatsServer {
    /// Starts a server and waits until it answers. Its messages from before are there again. One that an earlier process
    /// of this program left running in the folder, because it was killed, is ended first.
    ///
    /// # Errors
    /// When the folder is in use or cannot be written, or the server does not start; its own words are in the error.
    pub async fn start(mut options: HostOptions) -> Result<Self, NatsError> {
        options.check()?;
        // Its configuration's path tells it from every other server of this machine.
        options.folder =
            path::absolute(&options.folder).map_err(NatsError::file(&options.folder))?;
        let folder = &options.folder;
        fs::create_dir_all(folder).map_err(NatsError::file(folder))?;
        let lock = lock(&options)?;
        stale::end(&options.config_file()).await;
        let authority = match &options.reach {
            Reach::Machine => None,
            Reach::Network { addresses } => {
                Some(Certificates::prepare(folder, addresses)?.authority)
            }
        };
        let mut preferred = options.port;
        let mut last = None;
        for _ in 0..PORTS_TRIED {
            let port = free_port(&options, preferred.take())?;
            options.write(port)?;
            let mut child = spawn(&options)?;
            match ready(&mut child, port, &options).await {
                Ok(()) => {
                    return Ok(Self {
                        options,
                        port,
                        authority,
                        child,
                        _lock: lock,
                    });
                }
                Err(problem) => {
                    let _ = child.kill().await;
                    let words = tail(&options.log_file(), 5).join("\n");
                    last = Some(options.did_not_start(&problem));
                    if !words.contains("address already in use") {
                        break;
                    }
                }
            }
        }
        Err(last.unwrap_or_else(|| options.did_not_start("no port was free")))
    }

    /// Where programs on this machine find it.
    #[must_use]
    pub fn url(&self) -> String {
        self.url_at(Ipv4Addr::LOCALHOST.into())
    }

    /// Where those find it who reach this machine at an address.
    #[must_use]
    pub fn url_at(&self, address: IpAddr) -> String {
        let scheme = match self.options.reach {
            Reach::Machine => "nats",
            Reach::Network { .. } => "tls",
        };
        format!("{scheme}://{}", SocketAddr::new(address, self.port))
    }

    /// The authority that vouches for it and for no other server; none where it is reached from this machine only. It
    /// stays the same as long as the folder does.
    #[must_use]
    pub fn authority(&self) -> Option<&Certificate> {
        self.authority.as_ref()
    }

    /// Takes note of this machine's present addresses. A certificate that does not fit them is renewed; those who are
    /// connected stay so.
    ///
    /// # Errors
    /// When the certificate cannot be made or written.
    pub async fn set_addresses(&mut self, addresses: Vec<IpAddr>) -> Result<(), NatsError> {
        let Reach::Network { addresses: known } = &mut self.options.reach else {
            return Ok(());
        };
        if *known == addresses {
            return Ok(());
        }
        let renewed = Certificates::prepare(&self.options.folder, &addresses)?.renewed;
        *known = addresses;
        if let Some(process) = self.child.id().filter(|_| renewed) {
            signal(&self.options.binary, "reload", process).await;
        }
        Ok(())
    }

    /// The port it listens at.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The number of its process; none when it has ended.
    #[must_use]
    pub fn process_id(&self) -> Option<u32> {
        self.child.id()
    }

    /// Whether it runs.
    pub fn is_running(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// The last lines it has written to its log.
    #[must_use]
    pub fn log(&self, lines: usize) -> Vec<String> {
        tail(&self.options.log_file(), lines)
    }

    /// Starts it again after it ended by itself, at the same port, and waits until it answers: whoever was connected finds
    /// it. Nothing is done while it runs.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn start_again(&mut self) -> Result<(), NatsError> {
        if self.is_running() {
            return Ok(());
        }
        self.options.write(self.port)?;
        self.child = spawn(&self.options)?;
        if let Err(problem) = ready(&mut self.child, self.port, &self.options).await {
            let _ = self.child.kill().await;
            return Err(self.options.did_not_start(&problem));
        }
        Ok(())
    }

    /// Stops it and waits until it is gone.
    pub async fn stop(mut self) {
        if let Some(process) = self.child.id() {
            signal(&self.options.binary, "term", process).await;
            if time::timeout(STOPPING_TIME, self.child.wait())
                .await
                .is_err()
            {
                // It is killed where it hangs; everything acknowledged is on its disk.
                let _ = self.child.kill().await;
            }
        }
    }
}

impl fmt::Debug for NatsServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NatsServer({}, {:?})", self.url(), self.options)
    }
}

impl HostOptions {
    /// Why a server did not start: the last that it wrote itself before it ended.
    fn did_not_start(&self, problem: &str) -> NatsError {
        let log = tail(&self.log_file(), 20);
        let words = log.iter().rev().find_map(|line| {
            let (_, words) = line.split_once("[FTL]").or(line.split_once("[ERR]"))?;
            Some(words.trim().to_owned())
        });
        let words = words.map_or(String::new(), |words| format!(": {words}"));
        NatsError::Hosting(format!("the server did not start: {problem}{words}"))
    }
}

fn lock(options: &HostOptions) -> Result<File, NatsError> {
    let path = options.lock_file();
    let file = File::create(&path).map_err(NatsError::file(&path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(NatsError::Hosting(format!(
            "another window or program already hosts a server from {}",
            options.folder.display()
        ))),
        Err(TryLockError::Error(cause)) => Err(NatsError::File { path, cause }),
    }
}

/// The preferred port or any.
fn free_port(options: &HostOptions, preferred: Option<u16>) -> Result<u16, NatsError> {
    let address = options.reach.address();
    let bind = |port| TcpListener::bind(SocketAddr::new(address, port));
    let listener = preferred.and_then(|port| bind(port).ok());
    let listener = match listener {
        Some(listener) => Ok(listener),
        None => bind(0),
    };
    let port = listener.and_then(|listener| listener.local_addr());
    let port = port.map_err(|cause| {
        NatsError::Hosting(format!("no port is free to listen at {address}: {cause}"))
    })?;
    Ok(port.port())
}

fn spawn(options: &HostOptions) -> Result<Child, NatsError> {
    Command::new(&options.binary)
        .arg(CONFIG_ARGUMENT)
        .arg(options.config_file())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .map_err(|cause| {
            NatsError::Hosting(format!(
                "{} cannot be run: {cause}",
                options.binary.display()
            ))
        })
}

/// Waits until it answers with its own name: on its port somebody else might.
async fn ready(child: &mut Child, port: u16, options: &HostOptions) -> Result<(), String> {
    let greeted = async {
        while !greets(port, &options.server_name).await {
            time::sleep(LOOKING_TIME).await;
        }
    };
    tokio::select! {
        () = greeted => Ok(()),
        ended = child.wait() => Err(match ended {
            Ok(status) => ending(status),
            Err(cause) => cause.to_string(),
        }),
        () = time::sleep(STARTING_TIME) => {
            Err(format!(
                "it did not answer within {} seconds. What it keeps may be damaged: move {} away and host again; the project \
                 itself is not in there, and those who work on it put back what it had",
                STARTING_TIME.as_secs(),
                options.folder.join("store").display()
            ))
        }
    }
}

fn ending(status: ExitStatus) -> String {
    format!("it ended ({status})")
}

/// A server greets with `INFO {…}`, before anyone signs in.
async fn greets(port: u16, name: &str) -> bool {
    let Ok(stream) = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await else {
        return false;
    };
    let mut line = String::new();
    let read = BufReader::new(stream).read_line(&mut line).await;
    read.is_ok()
        && line
            .strip_prefix("INFO ")
            .and_then(|info| serde_json::from_str::<serde_json::Value>(info.trim()).ok())
            .is_some_and(|info| info["server_name"] == name && info["jetstream"] == true)
}

/// Sends a signal as nats-server names it: `term`, or `stop` for one that cannot be refused.
async fn signal(binary: &Path, name: &str, process: u32) {
    // What comes of it is seen from the process.
    let _ = Command::new(binary)
        .arg("--signal")
        .arg(format!("{name}={process}"))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .await;
}

/// The last lines of a file, of which only the end is read.
fn tail(file: &Path, lines: usize) -> Vec<String> {
    const END: u64 = 256 * 1024;
    let read = || {
        let mut file = File::open(file)?;
        let length = file.metadata()?.len();
        file.seek(SeekFrom::Start(length.saturating_sub(END)))?;
        let mut bytes = Vec::new();
        file.take(END).read_to_end(&mut bytes)?;
        std::io::Result::Ok(bytes)
    };
    let bytes = read().unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    let all: Vec<_> = text.lines().map(str::to_owned).collect();
    let from = all.len().saturating_sub(lines);
    all[from..].to_vec()
}
