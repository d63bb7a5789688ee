//! What a hosted server is known by: an authority of its own, made once, and the certificate that this authority gave
//! the server for the addresses at which others reach it.
//!
//! Whoever trusts that authority trusts exactly the servers hosted from this folder. Neither certificate expires: trust
//! ends where the link is not used any more, and clocks that are wrong keep nobody out.

use std::fs;
use std::io::Write;
use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;
use std::sync::Arc;

use async_nats::rustls::client::WebPkiServerVerifier;
use async_nats::rustls::client::danger::ServerCertVerifier;
use async_nats::rustls::pki_types::pem::PemObject;
use async_nats::rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};

use crate::NatsError;
use crate::authority::{Certificate, provider, roots};

/// The authority's key and certificate.
const AUTHORITY_FILE: &str = "authority.pem";

/// The server's key and certificate, in one file: one cannot be without the other.
pub(super) const SERVER_FILE: &str = "server.pem";

/// By this name the server's certificate refers to its authority, whose certificate others have: it stays as it is.
const AUTHORITY_NAME: &str = "WISSIL host";

/// The certificates of a folder.
pub(super) struct Certificates {
    /// The authority's, for those who are to trust the server.
    pub authority: Certificate,
    /// Whether the server's is another one than before.
    pub renewed: bool,
}

impl Certificates {
    /// Makes those that are missing, and a new one for the server where the one it has does not fit the addresses.
    pub fn prepare(folder: &Path, addresses: &[IpAddr]) -> Result<Self, NatsError> {
        let (authority, issuer) = authority(&folder.join(AUTHORITY_FILE))?;
        let names = names(addresses);
        let file = folder.join(SERVER_FILE);
        let renewed = !fits(&file, &authority, &names);
        if renewed {
            let (certificate, key) = make_server(&issuer, names).map_err(not_made)?;
            write_pair(&file, &certificate, &key)?;
        }
        Ok(Self { authority, renewed })
    }
}

/// The authority of a folder, which is made when it is not there.
fn authority(file: &Path) -> Result<(Certificate, Issuer<'static, KeyPair>), NatsError> {
    if !file.exists() {
        let key = KeyPair::generate().map_err(not_made)?;
        let made = authority_parameters().self_signed(&key).map_err(not_made)?;
        write_pair(file, &made.pem(), &key)?;
    }
    let text = fs::read_to_string(file).map_err(NatsError::file(file))?;
    let damaged = |problem: String| {
        NatsError::Hosting(format!(
            "{} is damaged: {problem}. Restore it from a copy of the project; or remove it to get a new one, and then give \
             everybody a new link",
            file.display()
        ))
    };
    let key = KeyPair::from_pem(&text).map_err(|cause| damaged(cause.to_string()))?;
    let der = CertificateDer::from_pem_slice(text.as_bytes())
        .map_err(|cause| damaged(cause.to_string()))?;
    let certificate = Certificate::from_der(der.to_vec(), &file.display().to_string())
        .map_err(|cause| damaged(cause.to_string()))?;
    Ok((certificate, Issuer::new(authority_parameters(), key)))
}

fn authority_parameters() -> CertificateParams {
    let mut wanted = CertificateParams::default();
    wanted
        .distinguished_name
        .push(DnType::CommonName, AUTHORITY_NAME);
    wanted.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    wanted.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    wanted
}

/// Under which names the server is reached: by programs here, and by others.
fn names(addresses: &[IpAddr]) -> Vec<String> {
    let mut names = vec!["localhost".to_owned(), Ipv4Addr::LOCALHOST.to_string()];
    names.extend(addresses.iter().map(IpAddr::to_string));
    names.dedup();
    names
}

/// Whether what stands in a file is from this authority, for all of these names, and has a key.
fn fits(file: &Path, authority: &Certificate, names: &[String]) -> bool {
    let Ok(text) = fs::read_to_string(file) else {
        return false;
    };
    let (Ok(_), Ok(certificate)) = (
        KeyPair::from_pem(&text),
        CertificateDer::from_pem_slice(text.as_bytes()),
    ) else {
        return false;
    };
    let Ok(roots) = roots(std::slice::from_ref(authority)) else {
        return false;
    };
    let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider()).build();
    verifier.is_ok_and(|verifier| {
        names.iter().all(|name| {
            let name = ServerName::try_from(name.as_str());
            name.is_ok_and(|name| {
                let now = UnixTime::now();
                let verified = verifier.verify_server_cert(&certificate, &[], &name, &[], now);
                verified.is_ok()
            })
        })
    })
}

fn make_server(
    issuer: &Issuer<'_, KeyPair>,
    names: Vec<String>,
) -> Result<(String, KeyPair), rcgen::Error> {
    let mut wanted = CertificateParams::new(names)?;
    wanted
        .distinguished_name
        .push(DnType::CommonName, "WISSIL server");
    wanted.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    wanted.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let key = KeyPair::generate()?;
    let made = wanted.signed_by(&key, issuer)?;
    Ok((made.pem(), key))
}

fn not_made(cause: rcgen::Error) -> NatsError {
    NatsError::Hosting(format!(
        "the certificate that encrypts the connections cannot be made: {cause}"
    ))
}

/// Writes a certificate and its key, whole or not at all, readable by this person only.
fn write_pair(file: &Path, certificate: &str, key: &KeyPair) -> Result<(), NatsError> {
    let folder = file.parent().unwrap_or(Path::new("."));
    let write = || {
        // Nobody else can read what it makes.
        let mut made = tempfile::NamedTempFile::new_in(folder)?;
        // The key is looked for in the beginning.
        made.write_all(key.serialize_pem().as_bytes())?;
        made.write_all(certificate.as_bytes())?;
        made.as_file().sync_all()?;
        made.persist(file)?;
        Ok(())
    };
    write().map_err(NatsError::file(file))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn address(last: u8) -> IpAddr {
        Ipv4Addr::new(192, 0, 2, last).into()
    }

    #[test]
    fn the_authority_stays_and_the_servers_certificate_follows_its_addresses() {
        let folder = tempfile::tempdir().unwrap();
        let prepare = |addresses: &[IpAddr]| Certificates::prepare(folder.path(), addresses);
        let first = prepare(&[address(1)]).unwrap();
        assert!(first.renewed);
        assert!(first.authority.to_string().len() < 600);
        for (addresses, renewed) in [
            (vec![address(1)], false),
            (vec![], false),
            (vec![address(1), address(2)], true),
            (vec![address(2)], false),
            (vec![address(3)], true),
        ] {
            let made = prepare(&addresses).unwrap();
            assert_eq!(made.renewed, renewed, "{addresses:?}");
            assert_eq!(made.authority, first.authority);
        }
    }

    #[test]
    fn a_damaged_servers_certificate_is_made_again() {
        let folder = tempfile::tempdir().unwrap();
        let prepare = || Certificates::prepare(folder.path(), &[address(1)]).unwrap();
        prepare();
        let file = folder.path().join(SERVER_FILE);
        let whole = fs::read_to_string(&file).unwrap();
        let (key, certificate) = whole.split_at(whole.find("-----BEGIN CERT").unwrap());
        for text in ["", key, certificate, &whole[..whole.len() / 2]] {
            fs::write(&file, text).unwrap();
            assert!(prepare().renewed, "{text}");
        }
        // One of another authority is no good either.
        let other = tempfile::tempdir().unwrap();
        Certificates::prepare(other.path(), &[address(1)]).unwrap();
        fs::copy(other.path().join(SERVER_FILE), &file).unwrap();
        assert!(prepare().renewed);
        assert!(!prepare().renewed);
    }

    #[test]
    fn a_damaged_authority_is_not_replaced_behind_the_back_of_those_who_trust_it() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(AUTHORITY_FILE);
        fs::write(&file, "half").unwrap();
        let refused = Certificates::prepare(folder.path(), &[]).err().unwrap();
        assert!(refused.to_string().contains("new link"), "{refused}");
        assert_eq!(fs::read_to_string(file).unwrap(), "half");
    }

    #[cfg(unix)]
    #[test]
    fn only_this_person_can_read_the_keys() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        Certificates::prepare(folder.path(), &[]).unwrap();
        for name in [AUTHORITY_FILE, SERVER_FILE] {
            let file = folder.path().join(name);
            assert_eq!(
                file.metadata().unwrap().permissions().mode() & 0o777,
                0o600,
                "{name}"
            );
        }
    }
}
