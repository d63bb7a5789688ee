//! What an installation remembers of a session's server. It holds secrets, so it stays outside of the project.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use url::Url;

use crate::api::{Reach, ServerCertificate, ServerSettings};

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

impl Remembered {
    /// Whether the session goes to that server, by whichever kind of connection. A server whose certificate is trusted
    /// apart from the system's is another one than the same address without it.
    pub fn uses(&self, server: &ServerSettings) -> bool {
        self.server.as_ref().is_some_and(|used| {
            trusted(used).is_some_and(|used| Some(used) == trusted(server))
                && place(&used.url).is_some_and(|used| Some(used) == place(&server.url))
        })
    }
}

/// Which certificates are trusted, wherever they stand; none where that cannot be known.
fn trusted(server: &ServerSettings) -> Option<Option<ServerCertificate>> {
    Some(server.clone().carried().ok()?.certificate)
}

/// Host and port of an address; none for what is no address.
fn place(url: &str) -> Option<(String, Option<u16>)> {
    let url = Url::parse(url.trim()).ok()?;
    Some((url.host_str()?.to_ascii_lowercase(), url.port()))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::ServerLogin;

    fn server(url: &str, certificate: Option<&str>) -> ServerSettings {
        ServerSettings {
            url: url.into(),
            login: ServerLogin::None,
            certificate: certificate.map(|file| ServerCertificate::File { file: file.into() }),
        }
    }

    #[test]
    fn a_server_is_the_same_by_its_place_and_what_is_trusted() {
        let remembered = Remembered {
            server: Some(server("nats://Studio:4222", None)),
            ..Remembered::default()
        };
        assert!(remembered.uses(&server("tls://studio:4222", None)));
        for other in [
            server("nats://studio:4223", None),
            server("nats://studio.example.org:4222", None),
            server("nats://studio:4222", Some("/ca.pem")),
            server("nonsense", None),
        ] {
            assert!(!remembered.uses(&other), "{}", other.url);
        }
        assert!(!Remembered::default().uses(&server("nonsense", None)));
    }
}
