//! Where a server is and how to sign in there.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use percent_encoding::percent_decode_str;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::{Authority, NatsError};

/// A server's address and the login for it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Server {
    /// `nats://host:port`, `tls://…`, or through a web proxy `ws://…` and `wss://…`; never with a login in it.
    pub url: String,
    /// How to sign in.
    pub login: Login,
    /// The authorities to trust, for a server whose certificate no public authority has signed. Where one is named,
    /// nothing is sent in the clear, whatever the address says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<Authority>,
}

/// How to sign in at a server.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum Login {
    /// The server asks for nothing.
    None,
    /// A name and a password.
    Password {
        /// The name.
        user: String,
        /// The password.
        password: String,
    },
    /// A token, as in an invitation.
    Token {
        /// The token.
        token: String,
    },
    /// A `.creds` file.
    Credentials {
        /// The file.
        file: PathBuf,
    },
}

impl Server {
    /// Checks that a server can be at this address.
    ///
    /// # Errors
    /// [`NatsError::Address`], saying what is wrong and how it should look.
    pub fn check(&self) -> Result<(), NatsError> {
        let refuse = |problem: &str| {
            Err(NatsError::Address {
                address: self.shown(),
                problem: problem.to_owned(),
            })
        };
        let Ok(url) = Url::parse(&self.url) else {
            return refuse("write it as nats://host:4222");
        };
        if !SCHEMES.contains(&url.scheme()) {
            return refuse("it must start with nats://, tls://, ws:// or wss://");
        }
        if url.host_str().is_none_or(str::is_empty) {
            return refuse("the host is missing, as in nats://host:4222");
        }
        if url.port() == Some(0) {
            return refuse("the port is from 1 to 65535");
        }
        if !url.username().is_empty() || url.password().is_some() {
            return refuse("name and password have fields of their own");
        }
        let is_web = url.scheme().starts_with("ws");
        if !is_web && !matches!(url.path(), "" | "/") {
            return refuse("nothing may follow the port");
        }
        if url.scheme() == "ws" && self.certificate.is_some() {
            return refuse("ws:// is never encrypted, so a certificate is of no use; write wss://");
        }
        if url.query().is_some() || url.fragment().is_some() {
            return refuse("'?' and '#' mean nothing here");
        }
        Ok(())
    }

    /// The address for people and logs, without anything secret.
    #[must_use]
    pub fn shown(&self) -> String {
        let url = Url::parse(&self.url).ok().filter(Url::has_host);
        let Some(mut url) = url else {
            // What is no address may hold a secret anywhere before the '@'.
            return self.url.rsplit('@').next().unwrap_or_default().to_owned();
        };
        // Both fail only where there is nothing to take away.
        let _ = url.set_username("");
        let _ = url.set_password(None);
        url.set_query(None);
        url.set_fragment(None);
        url.to_string().trim_end_matches('/').to_owned()
    }
}

const SCHEMES: [&str; 4] = ["nats", "tls", "ws", "wss"];

impl FromStr for Server {
    type Err = NatsError;

    /// Takes an address as people paste it: without a scheme, or with a token or a name and password before the host.
    fn from_str(text: &str) -> Result<Self, NatsError> {
        let text = text.trim();
        let text = if text.contains("://") {
            text.to_owned()
        } else {
            format!("nats://{text}")
        };
        let mut server = Self {
            url: text,
            login: Login::None,
            certificate: None,
        };
        if let Ok(url) = Url::parse(&server.url) {
            let user = decoded(url.username());
            server.login = match (user.is_empty(), url.password()) {
                (true, _) => Login::None,
                (false, None) => Login::Token { token: user },
                (false, Some(password)) => Login::Password {
                    user,
                    password: decoded(password),
                },
            };
            let mut bare = url;
            let _ = bare.set_username("");
            let _ = bare.set_password(None);
            server.url = bare.to_string().trim_end_matches('/').to_owned();
        }
        server.check()?;
        Ok(server)
    }
}

/// `%40` in a pasted password is an '@'.
fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server")
            .field("url", &self.shown())
            .field("login", &self.login)
            .field("certificate", &self.certificate)
            .finish()
    }
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("None"),
            Self::Password { user, .. } => write!(f, "Password({user}, …)"),
            Self::Token { .. } => f.write_str("Token(…)"),
            Self::Credentials { file } => write!(f, "Credentials({})", file.display()),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn addresses_are_checked_before_anyone_tries_them() {
        let check = |url: &str| {
            Server {
                url: url.to_owned(),
                login: Login::None,
                certificate: None,
            }
            .check()
        };
        for good in [
            "nats://127.0.0.1:4222",
            "nats://host",
            "tls://nats.example.org:4222",
            "ws://host:8080/nats",
            "wss://host",
            "nats://[::1]:4222",
        ] {
            assert!(check(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "host",
            "host:4222",
            "http://host",
            "nats://",
            "nats://:4222",
            "nats://host:0",
            "nats://host:99999",
            "nats://host:4222/x",
            "nats://host?x=1",
            "nats://me:pass@host",
            "nats://token@host",
            "nats://ho st",
        ] {
            assert!(check(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn where_a_certificate_is_named_the_address_can_be_encrypted() {
        let check = |url: &str| {
            let file = "ca.pem".into();
            let server = Server {
                url: url.to_owned(),
                login: Login::None,
                certificate: Some(Authority::File { file }),
            };
            server.check()
        };
        for good in ["nats://host", "tls://host", "wss://host"] {
            assert!(check(good).is_ok(), "{good}");
        }
        assert!(check("ws://host").is_err());
    }

    #[test]
    fn a_pasted_login_moves_to_its_fields() {
        let server: Server = "nats://me:p%40ss@host:4222/".parse().unwrap();
        assert_eq!(server.url, "nats://host:4222");
        let (user, password) = ("me".to_owned(), "p@ss".to_owned());
        assert_eq!(server.login, Login::Password { user, password });
        let server: Server = "s3cret@host".parse().unwrap();
        assert_eq!(server.url, "nats://host");
        let token = "s3cret".to_owned();
        assert_eq!(server.login, Login::Token { token });
        assert!("http://host".parse::<Server>().is_err());
    }

    #[test]
    fn nothing_shows_a_secret() {
        for url in [
            "nats://s3cret@host",
            "nats://me:s3cret@host:4222",
            "me:s3cret@@host:x",
            "s3cret@ho st",
        ] {
            for login in [
                Login::None,
                Login::Token {
                    token: "s3cret".to_owned(),
                },
                Login::Password {
                    user: "me".to_owned(),
                    password: "s3cret".to_owned(),
                },
            ] {
                let server = Server {
                    url: url.to_owned(),
                    login,
                    certificate: None,
                };
                let problem = server.check().unwrap_err();
                let shown = format!("{server:?} {} {problem} {problem:?}", server.shown());
                assert!(!shown.contains("s3cret"), "{shown}");
            }
        }
    }

    #[test]
    fn a_login_is_kept_as_plain_json() {
        let server = Server {
            url: "nats://host".to_owned(),
            login: Login::Token {
                token: "t".to_owned(),
            },
            certificate: None,
        };
        let json = serde_json::to_value(&server).unwrap();
        let expected =
            serde_json::json!({"url": "nats://host", "login": {"type": "token", "token": "t"}});
        assert_eq!(json, expected);
        assert_eq!(serde_json::from_value::<Server>(json).unwrap(), server);
    }
}
