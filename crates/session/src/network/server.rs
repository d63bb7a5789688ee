//! A server as people name it, and as the network takes it.

use wissil_nats::{Authority, Login, Server};

use crate::api::{ApiError, ErrorCode, LoginKind, ServerCertificate, ServerLogin, ServerSettings};

/// Longest text of certificates that a link carries: an authority of one's own, or two, but not all that a system trusts.
const MAX_CARRIED: usize = 8 * 1024;

impl ServerSettings {
    /// The same with the certificates themselves in place of the file, so that a link can carry them. Where they are too
    /// much for a link, the file stays.
    ///
    /// # Errors
    /// When the file cannot be read or holds none.
    pub(crate) fn carried(self) -> Result<Self, ApiError> {
        let Some(certificate) = &self.certificate else {
            return Ok(self);
        };
        let certificates = Authority::try_from(certificate)?.certificates()?;
        let certificates: Vec<String> = certificates.iter().map(ToString::to_string).collect();
        if certificates.iter().map(String::len).sum::<usize>() > MAX_CARRIED {
            return Ok(self);
        }
        Ok(Self {
            certificate: Some(ServerCertificate::Carried { certificates }),
            ..self
        })
    }
}

impl TryFrom<&ServerSettings> for Server {
    type Error = ApiError;

    fn try_from(settings: &ServerSettings) -> Result<Self, ApiError> {
        if settings.url.trim().is_empty() {
            return Err(ApiError::new(
                ErrorCode::Invalid,
                "no server was named; its address looks like nats://example.org:4222",
            ));
        }
        let certificate = settings.certificate.as_ref().map(Authority::try_from);
        Ok(Server {
            url: settings.url.trim().to_owned(),
            login: match &settings.login {
                ServerLogin::None => Login::None,
                ServerLogin::Password { user, password } => Login::Password {
                    user: user.clone(),
                    password: password.clone(),
                },
                ServerLogin::Token { token } => Login::Token {
                    token: token.clone(),
                },
                ServerLogin::Credentials { file } => Login::Credentials { file: file.into() },
            },
            certificate: certificate.transpose()?,
        })
    }
}

impl TryFrom<&ServerCertificate> for Authority {
    type Error = ApiError;

    fn try_from(certificate: &ServerCertificate) -> Result<Self, ApiError> {
        Ok(match certificate {
            ServerCertificate::File { file } => Self::File { file: file.into() },
            ServerCertificate::Carried { certificates } => Self::Certificates {
                certificates: certificates
                    .iter()
                    .map(|text| text.parse())
                    .collect::<Result<_, _>>()?,
            },
        })
    }
}

impl From<&ServerLogin> for LoginKind {
    fn from(login: &ServerLogin) -> Self {
        match login {
            ServerLogin::None => Self::None,
            ServerLogin::Password { .. } => Self::Password,
            ServerLogin::Token { .. } => Self::Token,
            ServerLogin::Credentials { .. } => Self::Credentials,
        }
    }
}
