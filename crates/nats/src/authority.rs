//! Who vouches for a server that the system's own authorities do not know.

use std::fmt;
use std::fs;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;

use async_nats::rustls::crypto::{CryptoProvider, ring};
use async_nats::rustls::pki_types::CertificateDer;
use async_nats::rustls::pki_types::pem::PemObject;
use async_nats::rustls::{ClientConfig, RootCertStore};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use crate::NatsError;

/// The authorities to trust for a server, in place of those that the system knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    rename_all = "camelCase",
    rename_all_fields = "camelCase",
    tag = "type"
)]
pub enum Authority {
    /// A PEM file with their certificates. It is read whenever a connection is made.
    File {
        /// The file.
        file: PathBuf,
    },
    /// Their certificates themselves.
    Certificates {
        /// At least one.
        certificates: Vec<Certificate>,
    },
}

impl Authority {
    /// The certificates; at least one.
    ///
    /// # Errors
    /// [`NatsError::File`] when the file cannot be read, [`NatsError::Certificate`] when it holds none.
    pub fn certificates(&self) -> Result<Vec<Certificate>, NatsError> {
        let (certificates, origin) = match self {
            Self::File { file } => {
                let text = fs::read(file).map_err(NatsError::file(file))?;
                let origin = file.display().to_string();
                (read_pem(&text, &origin)?, origin)
            }
            Self::Certificates { certificates } => {
                (certificates.clone(), "what was given".to_owned())
            }
        };
        if certificates.is_empty() {
            let problem =
                "it holds no certificate; a PEM file with -----BEGIN CERTIFICATE----- is expected"
                    .to_owned();
            return Err(NatsError::Certificate { origin, problem });
        }
        Ok(certificates)
    }

    /// A client that trusts these authorities and nobody else.
    pub(crate) fn client(&self) -> Result<ClientConfig, NatsError> {
        let roots = roots(&self.certificates()?)?;
        let client = ClientConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()
            .map_err(|cause| NatsError::Certificate {
                origin: "the certificate".to_owned(),
                problem: cause.to_string(),
            })?;
        Ok(client.with_root_certificates(roots).with_no_client_auth())
    }
}

fn read_pem(text: &[u8], origin: &str) -> Result<Vec<Certificate>, NatsError> {
    CertificateDer::pem_slice_iter(text)
        .map(|read| match read {
            Ok(certificate) => Certificate::from_der(certificate.to_vec(), origin),
            Err(cause) => Err(NatsError::Certificate {
                origin: origin.to_owned(),
                problem: cause.to_string(),
            }),
        })
        .collect()
}

/// What verifies certificates. Named, because a process may know several.
pub(crate) fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}

/// Certificates as what is trusted.
pub(crate) fn roots(certificates: &[Certificate]) -> Result<RootCertStore, NatsError> {
    let mut roots = RootCertStore::empty();
    for certificate in certificates {
        certificate.add_to(&mut roots, "the certificate")?;
    }
    Ok(roots)
}

/// The certificate of an authority. As text it is base64url of its DER form, without padding.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Certificate(Vec<u8>);

impl Certificate {
    /// Takes a certificate in DER form, if it is one; `origin` says where it comes from.
    pub(crate) fn from_der(der: Vec<u8>, origin: &str) -> Result<Self, NatsError> {
        let certificate = Self(der);
        certificate.add_to(&mut RootCertStore::empty(), origin)?;
        Ok(certificate)
    }

    fn add_to(&self, roots: &mut RootCertStore, origin: &str) -> Result<(), NatsError> {
        let added = roots.add(CertificateDer::from(self.0.as_slice()));
        added.map_err(|cause| NatsError::Certificate {
            origin: origin.to_owned(),
            problem: cause.to_string(),
        })
    }
}

impl FromStr for Certificate {
    type Err = NatsError;

    fn from_str(text: &str) -> Result<Self, NatsError> {
        let origin = "the text of the certificate";
        let der = URL_SAFE_NO_PAD.decode(text);
        let der = der.map_err(|_| NatsError::Certificate {
            origin: origin.to_owned(),
            problem: "it is cut, or has letters in it that no certificate has".into(),
        })?;
        Self::from_der(der, origin)
    }
}

impl TryFrom<String> for Certificate {
    type Error = NatsError;

    fn try_from(text: String) -> Result<Self, NatsError> {
        text.parse()
    }
}

impl From<Certificate> for String {
    fn from(certificate: Certificate) -> Self {
        certificate.to_string()
    }
}

impl fmt::Display for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&URL_SAFE_NO_PAD.encode(&self.0))
    }
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Certificate({} bytes)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn made() -> rcgen::CertifiedKey<rcgen::KeyPair> {
        rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap()
    }

    #[test]
    fn a_certificate_is_the_same_as_text_and_from_a_file() {
        let made = [made(), made()];
        let known = |at: usize| Certificate::from_der(made[at].cert.der().to_vec(), "").unwrap();
        let text = known(0).to_string();
        assert_eq!(text.parse::<Certificate>().unwrap(), known(0));
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("ca.pem");
        // A key beside it is passed over.
        let pem = [
            made[0].cert.pem(),
            made[0].signing_key.serialize_pem(),
            made[1].cert.pem(),
        ];
        fs::write(&file, pem.concat()).unwrap();
        let authority = Authority::File { file };
        assert_eq!(authority.certificates().unwrap(), [known(0), known(1)]);
        assert!(authority.client().is_ok());
    }

    #[test]
    fn what_is_no_certificate_is_refused() {
        for text in ["", "é", "AAAA", "AAA=", &"A".repeat(100_000)] {
            assert!(text.parse::<Certificate>().is_err(), "{text:.9}");
            let json = serde_json::Value::from(text);
            assert!(serde_json::from_value::<Certificate>(json).is_err());
        }
        let nobody = Authority::Certificates {
            certificates: Vec::new(),
        };
        assert!(nobody.client().is_err());
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("ca.pem");
        let bad = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        for text in ["", "no certificate", bad] {
            fs::write(&file, text).unwrap();
            let authority = Authority::File { file: file.clone() };
            let problem = authority.certificates().unwrap_err().to_string();
            assert!(problem.contains("ca.pem"), "{problem}");
        }
    }
}
