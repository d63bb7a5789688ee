//! What a hosted server is told.

use std::fmt;
use std::fs;
use std::io::Write;
use std::net::{IpAddr, Ipv4Addr};
use std::path::{Path, PathBuf};

use super::certificates::SERVER_FILE;
use crate::NatsError;
use crate::subjects::check_token;

/// Who can reach a hosted server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reach {
    /// Programs on this machine, unencrypted.
    Machine,
    /// Everyone on this machine's networks, always encrypted.
    Network {
        /// This machine's addresses there: the server's certificate is for them.
        addresses: Vec<IpAddr>,
    },
}

impl Reach {
    /// The address it listens at.
    pub(super) const fn address(&self) -> IpAddr {
        IpAddr::V4(match self {
            Self::Machine => Ipv4Addr::LOCALHOST,
            Self::Network { .. } => Ipv4Addr::UNSPECIFIED,
        })
    }
}

/// How to host a server.
#[derive(Clone)]
pub struct HostOptions {
    /// The program, from [`find_server`](crate::find_server).
    pub binary: PathBuf,
    /// Where its configuration, messages and log go. One server at a time.
    pub folder: PathBuf,
    /// Who can reach it.
    pub reach: Reach,
    /// The port to listen at; another free one when it is taken, or when there is none here.
    pub port: Option<u16>,
    /// What clients sign in with: letters, digits, `_` and `-`.
    pub token: String,
    /// Its name, for people.
    pub server_name: String,
}

impl fmt::Debug for HostOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HostOptions")
            .field("binary", &self.binary)
            .field("folder", &self.folder)
            .field("reach", &self.reach)
            .field("port", &self.port)
            .field("server_name", &self.server_name)
            .finish_non_exhaustive()
    }
}

impl HostOptions {
    pub(super) fn check(&self) -> Result<(), NatsError> {
        // In the configuration a '$' would begin a variable or a hashed password.
        if check_token("token", &self.token).is_err() {
            return Err(NatsError::Hosting(
                "the server's token is not 1 to 200 letters, digits, '_' or '-'".to_owned(),
            ));
        }
        check_token("server name", &self.server_name)
    }

    pub(super) fn config_file(&self) -> PathBuf {
        self.folder.join("nats-server.conf")
    }

    pub(super) fn log_file(&self) -> PathBuf {
        self.folder.join("nats-server.log")
    }

    pub(super) fn lock_file(&self) -> PathBuf {
        self.folder.join("lock")
    }

    /// Writes the configuration for a port, readable by this person only: it holds the token.
    pub(super) fn write(&self, port: u16) -> Result<(), NatsError> {
        let file = self.config_file();
        let text = self.text(port);
        write_private(&file, text.as_bytes()).map_err(NatsError::file(file))
    }

    /// `sync_interval: always`, because by default a power loss takes two minutes of acknowledged edits with it.
    fn text(&self, port: u16) -> String {
        let Self {
            server_name, token, ..
        } = self;
        let address = self.reach.address();
        let store = quoted(&self.folder.join("store"));
        let log = quoted(&self.log_file());
        let tls = match self.reach {
            Reach::Machine => String::new(),
            Reach::Network { .. } => {
                let pair = quoted(&self.folder.join(SERVER_FILE));
                format!(
                    "tls {{\n  cert_file: {pair}\n  key_file: {pair}\n  timeout: {HANDSHAKE_SECONDS}\n}}\n"
                )
            }
        };
        format!(
            r#"server_name: "{server_name}"
host: "{address}"
port: {port}
max_payload: {MAX_PAYLOAD}
jetstream {{
  store_dir: {store}
  sync_interval: always
}}
authorization {{
  token: "{token}"
}}
log_file: {log}
logfile_size_limit: {LOG_BYTES}
logfile_max_num: 3
{tls}"#
        )
    }
}

/// The largest event with its headers, and the chunks of objects.
const MAX_PAYLOAD: usize = 1024 * 1024;

/// A busy machine takes longer than the two seconds that are usual.
const HANDSHAKE_SECONDS: u32 = 10;

const LOG_BYTES: usize = 4 * 1024 * 1024;

/// A path as the configuration spells a text.
fn quoted(path: &Path) -> String {
    let text = path.to_string_lossy();
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

fn write_private(file: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
        options.mode(0o600);
        // One that is there already keeps its mode when it is opened.
        if file.exists() {
            fs::set_permissions(file, fs::Permissions::from_mode(0o600))?;
        }
    }
    options.open(file)?.write_all(bytes)
}
