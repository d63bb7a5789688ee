//! What an installation remembers of a session's server. It holds secrets, so it stays outside of the project.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::api::{Reach, ServerSettings};

/// How a session was connected last, so that it is again when it is opened.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Remembered {
    /// The server that was chosen.
    pub server: Option<ServerSettings>,
    /// The server of its own that this machine ran.
    pub hosting: Option<RememberedHosting>,
    /// Where the project stands, to find it by its session.
    pub folder: Option<PathBuf>,
}

/// A hosted session: with the same port and secret, links that were given away keep working.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct RememberedHosting {
    /// Who could reach it.
    pub reach: Reach,
    /// The port.
    pub port: u16,
    /// The secret that everybody who joins shows.
    pub token: String,
    /// Whether it ran when the project was closed.
    pub running: bool,
}
