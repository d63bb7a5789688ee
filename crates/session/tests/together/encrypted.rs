//! Hosting for everybody on the network: encrypted, and trusted by its link without a question.

use std::fs;

use url::Url;
use wissil_session::api::{ErrorCode, Reach, ServerCertificate, ServerLogin, ServerSettings};

use crate::world::{Person, add_node, contents, nodes, until, until_online};

/// The values of a name in a link.
fn values(link: &str, name: &str) -> Vec<String> {
    let link = Url::parse(link).unwrap();
    let named = link.query_pairs().filter(|(key, _)| key == name);
    named.map(|(_, value)| value.into_owned()).collect()
}

/// The link with other certificates.
fn with_certificates(link: &str, certificates: &[String]) -> String {
    let mut changed = Url::parse(link).unwrap();
    let kept: Vec<_> = changed
        .query_pairs()
        .into_owned()
        .filter(|(key, _)| key != "ca")
        .collect();
    changed
        .query_pairs_mut()
        .clear()
        .extend_pairs(kept)
        .extend_pairs(certificates.iter().map(|certificate| ("ca", certificate)));
    changed.into()
}

#[test]
fn whoever_joins_by_link_trusts_the_host_also_after_both_were_closed() {
    let (ann, ben) = (Person::new("Ann"), Person::new("Ben"));
    let castle = ann.create();
    add_node(&castle, 1.0);
    castle.host(Reach::Network).unwrap();
    until_online(&castle);
    let link = castle.share().unwrap().link.unwrap();
    assert!(values(&link, "server")[0].starts_with("tls://"), "{link}");
    assert_eq!(values(&link, "ca").len(), 1);
    assert!(link.len() < 1000, "{link}");
    let joined = ben.join(&link);
    until_online(&joined);
    assert_eq!(contents(&joined), contents(&castle));
    let known = joined.connection_info().unwrap().url.unwrap();
    assert_eq!(values(&link, "server"), [known]);

    drop((joined, castle));
    let castle = ann.reopen("castle");
    let joined = ben.reopen("joined");
    let made = add_node(&castle, 2.0);
    until("Ben has what Ann did", || {
        nodes(&joined).contains_key(&made)
    });
    assert_eq!(castle.share().unwrap().link.unwrap(), link);

    // Back on this machine only, programs here need no certificate.
    castle.host(Reach::Machine).unwrap();
    until_online(&castle);
    let link = castle.share().unwrap().link.unwrap();
    assert!(values(&link, "server")[0].starts_with("nats://127.0.0.1:"));
    assert_eq!(values(&link, "ca").len(), 0);
}

#[test]
fn another_server_in_the_place_of_the_one_of_the_link_is_refused() {
    let (ann, cleo, ben) = (Person::new("Ann"), Person::new("Cleo"), Person::new("Ben"));
    let [castle, other] = [&ann, &cleo].map(|person| {
        let session = person.create();
        session.host(Reach::Network).unwrap();
        until_online(&session);
        session
    });
    let link = castle.share().unwrap().link.unwrap();
    let others = values(&other.share().unwrap().link.unwrap(), "ca");
    for certificates in [others, Vec::new()] {
        let link = with_certificates(&link, &certificates);
        let folder = ben.folder("refused");
        let refused = ben
            .app
            .join(&link, &folder, Box::new(|_| ()))
            .err()
            .unwrap();
        assert_eq!(refused.code, ErrorCode::Refused);
        assert!(
            refused.message.contains("ask for a new link"),
            "{refused:?}"
        );
        assert!(!folder.exists());
    }
}

#[test]
fn the_link_of_a_server_with_an_authority_of_its_own_carries_the_certificate() {
    let (ann, cleo, ben) = (Person::new("Ann"), Person::new("Cleo"), Person::new("Ben"));
    let castle = ann.create();
    castle.host(Reach::Network).unwrap();
    until_online(&castle);
    let hosted = castle.share().unwrap().link.unwrap();
    let own = ann.folder("castle").join(".wissil/server/authority.pem");
    // As an administrator gives it away: without the key.
    let pem = fs::read_to_string(own).unwrap();
    let file = cleo.folder("authority.pem");
    fs::write(&file, &pem[pem.find("-----BEGIN CERT").unwrap()..]).unwrap();

    let tower = cleo.create();
    let settings = |file: String| ServerSettings {
        url: values(&hosted, "server").remove(0),
        login: ServerLogin::Token {
            token: values(&hosted, "token").remove(0),
        },
        certificate: Some(ServerCertificate::File { file }),
    };
    tower.connect(settings(file.display().to_string())).unwrap();
    until_online(&tower);
    let link = tower.share().unwrap().link.unwrap();
    assert_eq!(values(&link, "ca"), values(&hosted, "ca"));
    let joined = ben.join(&link);
    until_online(&joined);
    assert_eq!(contents(&joined), contents(&tower));

    let refused = tower.connect(settings(hosted.clone())).err().unwrap();
    assert!(refused.message.contains("wissil:"), "{refused:?}");
}
