//! An authority of the nodes' own, and one that is not.

use std::fs;
use std::path::{Path, PathBuf};

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};

use crate::Result;

/// Certificates with their keys, as PEM files.
pub(crate) struct Certificates {
    authority: PathBuf,
    stranger: PathBuf,
    nodes: Vec<Pair>,
}

/// A node's certificate.
#[derive(Clone)]
pub(crate) struct Pair {
    pub certificate: PathBuf,
    pub key: PathBuf,
    pub authority: PathBuf,
}

impl Certificates {
    /// Makes one for each node, in the names under which it is found here.
    pub fn make(folder: &Path, nodes: usize) -> Result<Self> {
        fs::create_dir_all(folder)?;
        let authority = folder.join("authority.pem");
        let stranger = folder.join("stranger.pem");
        let issuer = make_authority("Nodes", &authority)?;
        make_authority("Somebody else", &stranger)?;
        let mut pairs = Vec::with_capacity(nodes);
        for at in 0..nodes {
            let names = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
            let mut wanted = CertificateParams::new(names)?;
            // A node is a server to clients, and both to other nodes.
            wanted.extended_key_usages = vec![
                ExtendedKeyUsagePurpose::ServerAuth,
                ExtendedKeyUsagePurpose::ClientAuth,
            ];
            let key = KeyPair::generate()?;
            let made = wanted.signed_by(&key, &issuer)?;
            let pair = Pair {
                certificate: folder.join(format!("{at}.pem")),
                key: folder.join(format!("{at}.key")),
                authority: authority.clone(),
            };
            fs::write(&pair.certificate, made.pem())?;
            fs::write(&pair.key, key.serialize_pem())?;
            pairs.push(pair);
        }
        Ok(Self {
            authority,
            stranger,
            nodes: pairs,
        })
    }

    pub fn authority(&self) -> &Path {
        &self.authority
    }

    pub fn stranger(&self) -> &Path {
        &self.stranger
    }

    pub fn node(&self, at: usize) -> Pair {
        self.nodes[at].clone()
    }
}

fn make_authority(name: &str, file: &Path) -> Result<Issuer<'static, KeyPair>> {
    let mut wanted = CertificateParams::default();
    wanted
        .distinguished_name
        .push(DnType::CommonName, name.to_owned());
    wanted.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    wanted.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let key = KeyPair::generate()?;
    fs::write(file, wanted.self_signed(&key)?.pem())?;
    Ok(Issuer::new(wanted, key))
}
