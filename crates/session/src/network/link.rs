//! Share links: `wissil://session/<id>?name=…&server=…&token=…&ca=…`.

use std::fmt::Write as _;

use url::Url;
use wissil_dag::SessionId;

use crate::api::{ApiError, ErrorCode, ServerCertificate, ServerLogin, ServerSettings};

/// Longest link that is read.
const MAX_LINK: usize = 16 * 1024;

/// What a link carries: all that another person needs to join.
#[derive(Clone, PartialEq)]
pub(crate) struct Link {
    /// The session.
    pub session: SessionId,
    /// What people call it.
    pub name: String,
    /// The server, with what it takes to log in.
    pub server: ServerSettings,
}

impl Link {
    /// The link as text.
    ///
    /// Files stay where they are: who joins needs credentials of their own, and a certificate that is none of
    /// [`carried`](ServerSettings::carried).
    pub fn to_text(&self) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.append_pair("name", &self.name);
        query.append_pair("server", &self.server.url);
        match &self.server.login {
            ServerLogin::Token { token } => {
                query.append_pair("token", token);
            }
            ServerLogin::Password { user, password } => {
                query.append_pair("user", user);
                query.append_pair("password", password);
            }
            ServerLogin::None | ServerLogin::Credentials { .. } => {}
        }
        if let Some(ServerCertificate::Carried { certificates }) = &self.server.certificate {
            for certificate in certificates {
                query.append_pair("ca", certificate);
            }
        }
        let mut text = String::from("wissil://session/");
        // Writing into a string cannot fail.
        let _ = write!(text, "{}?{}", self.session, query.finish());
        text
    }

    /// Reads a link.
    ///
    /// # Errors
    /// [`ErrorCode::Invalid`] for anything else than a whole link.
    pub fn parse(text: &str) -> Result<Self, ApiError> {
        let invalid = |problem: &str| {
            ApiError::new(
                ErrorCode::Invalid,
                format!("this is not a link to a session: {problem}. Ask for it again."),
            )
        };
        let text = text.trim();
        if text.len() > MAX_LINK {
            return Err(invalid("it is too long"));
        }
        // Whatever is no address does not begin as one either.
        let url =
            Url::parse(text).map_err(|_| invalid("it does not begin with wissil://session/"))?;
        if url.scheme() != "wissil" || url.host_str() != Some("session") {
            return Err(invalid("it does not begin with wissil://session/"));
        }
        let session = SessionId::new(url.path().trim_matches('/'))
            .map_err(|error| invalid(&error.to_string()))?;
        let mut name = String::new();
        let (mut server, mut token, mut user, mut password) = (None, None, None, None);
        let mut certificates = Vec::new();
        for (key, value) in url.query_pairs() {
            let value = value.into_owned();
            match key.as_ref() {
                "name" => {
                    name = value
                        .chars()
                        .filter(|c| !c.is_control())
                        .take(120)
                        .collect()
                }
                "server" => server = Some(value),
                "token" => token = Some(value),
                "user" => user = Some(value),
                "password" => password = Some(value),
                "ca" => certificates.push(value),
                // A newer program may add what this one can do without.
                _ => {}
            }
        }
        let login = match (token, user, password) {
            (Some(token), _, _) => ServerLogin::Token { token },
            (None, Some(user), Some(password)) => ServerLogin::Password { user, password },
            _ => ServerLogin::None,
        };
        let server = ServerSettings {
            url: server.ok_or_else(|| invalid("it names no server"))?,
            login,
            certificate: (!certificates.is_empty())
                .then_some(ServerCertificate::Carried { certificates }),
        };
        wissil_nats::Server::try_from(&server)
            .map_err(|error| invalid(&error.message))?
            .check()
            .map_err(|error| invalid(&error.to_string()))?;
        if name.trim().is_empty() {
            name = "Shared project".into();
        }
        Ok(Self {
            session,
            name,
            server,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link(login: ServerLogin) -> Link {
        Link {
            session: SessionId::new("01JD3Y").unwrap(),
            name: "Räuber & Gendarm".into(),
            server: ServerSettings {
                url: "nats://127.0.0.1:4222".into(),
                login,
                certificate: None,
            },
        }
    }

    #[test]
    fn a_link_says_what_it_was_made_of() {
        let logins = [
            ServerLogin::None,
            ServerLogin::Token {
                token: "a+b/c=&d".into(),
            },
            ServerLogin::Password {
                user: "Ann".into(),
                password: "p ss".into(),
            },
        ];
        for login in logins {
            let link = link(login);
            assert!(Link::parse(&link.to_text()).is_ok_and(|read| read == link));
        }
    }

    #[test]
    fn anything_else_is_refused() {
        let long = format!("wissil://session/a?server=nats://{}", "a".repeat(MAX_LINK));
        for text in [
            "",
            "https://example.org",
            "wissil://project/1?server=nats://a:1",
            "wissil://session/?server=nats://a:1",
            "wissil://session/a b?server=nats://a:1",
            "wissil://session/01JD3Y",
            "wissil://session/01JD3Y?server=http://a:1",
            "wissil://session/01JD3Y?server=nats://",
            "wissil://session/01JD3Y?server=tls://a:1&ca=",
            "wissil://session/01JD3Y?server=tls://a:1&ca=AAAA",
            "wissil://session/01JD3Y?server=tls://a:1&ca=Zm9v*",
            &long,
        ] {
            let error = Link::parse(text).err().map(|error| error.code);
            assert_eq!(error, Some(ErrorCode::Invalid), "{text}");
        }
    }
}
