//! A server of one's own that others on the network reach.

use std::net::{IpAddr, Ipv4Addr};

use tempfile::TempDir;
use wissil_nats::{
    Authority, Certificate, Connection, ConnectionState, HostOptions, Login, NatsServer, Reach,
    Server, Topology, prepare,
};

use crate::support::{TOKEN, connected, options, soon, state};

/// Addresses that lead to this machine and are not the one by which it knows itself.
const HERE: [IpAddr; 2] = [
    IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2)),
    IpAddr::V4(Ipv4Addr::new(127, 0, 0, 3)),
];

fn for_others(folder: &TempDir, port: Option<u16>, address: IpAddr) -> HostOptions {
    HostOptions {
        reach: Reach::Network {
            addresses: vec![address],
        },
        ..options(folder, port)
    }
}

/// The server as somebody knows it who got its address and the certificate of its authority.
fn known(url: String, authority: Option<&Certificate>) -> Server {
    Server {
        url,
        login: Login::Token {
            token: TOKEN.to_owned(),
        },
        certificate: authority.map(|certificate| Authority::Certificates {
            certificates: vec![certificate.clone()],
        }),
    }
}

async fn open(server: &Server) -> Connection {
    Connection::open(server, "test").await.unwrap()
}

async fn refusal(server: &Server) -> String {
    let connection = open(server).await;
    let refused = state(&connection, |state| {
        matches!(state, ConnectionState::Refused { .. })
    });
    let ConnectionState::Refused { problem } = refused.await else {
        unreachable!()
    };
    assert!(!problem.contains(TOKEN), "{problem}");
    problem
}

#[tokio::test]
async fn others_connect_encrypted_to_exactly_this_server() {
    let folder = tempfile::tempdir().unwrap();
    let server = NatsServer::start(for_others(&folder, None, HERE[0]))
        .await
        .unwrap();
    let authority = server.authority().unwrap();
    assert!(server.url().starts_with("tls://127.0.0.1:"));
    for url in [server.url(), server.url_at(HERE[0])] {
        let connection = open(&known(url, Some(authority))).await;
        connected(&connection).await;
        prepare(&connection, Topology::Single).await.unwrap();
        connection.close().await;
    }
    // Also where the address does not say that it is encrypted, nothing is sent in the clear.
    let plain = server.url().replace("tls:", "nats:");
    connected(&open(&known(plain.clone(), Some(authority))).await).await;

    let other = tempfile::tempdir().unwrap();
    let stranger = NatsServer::start(for_others(&other, None, HERE[0]))
        .await
        .unwrap();
    for url in [server.url(), plain] {
        for authority in [None, stranger.authority()] {
            let words = refusal(&known(url.clone(), authority)).await;
            assert!(words.contains("ask for a new link"), "{words}");
        }
    }
    let words = refusal(&known(server.url_at(HERE[1]), Some(authority))).await;
    assert!(words.contains("is for other addresses"), "{words}");
    stranger.stop().await;
    server.stop().await;
}

#[tokio::test]
async fn a_server_in_the_clear_is_not_taken_for_one_that_encrypts() {
    let folder = tempfile::tempdir().unwrap();
    let server = NatsServer::start(for_others(&folder, None, HERE[0]))
        .await
        .unwrap();
    let authority = server.authority().unwrap().clone();
    server.stop().await;
    let other = tempfile::tempdir().unwrap();
    let plain = NatsServer::start(options(&other, None)).await.unwrap();
    assert_eq!(plain.authority(), None);
    let connection = open(&known(plain.url(), Some(&authority))).await;
    let tried = state(&connection, |state| *state != ConnectionState::Connecting);
    let tried = soon("an attempt", tried).await;
    assert!(!matches!(tried, ConnectionState::Connected { .. }));
    plain.stop().await;
}

#[tokio::test]
async fn those_who_know_it_know_it_again_after_a_restart_and_at_another_address() {
    let folder = tempfile::tempdir().unwrap();
    let server = NatsServer::start(for_others(&folder, None, HERE[0]))
        .await
        .unwrap();
    let (port, authority) = (server.port(), server.authority().unwrap().clone());
    let connection = open(&known(server.url(), Some(&authority))).await;
    connected(&connection).await;
    server.stop().await;
    state(&connection, |state| {
        matches!(state, ConnectionState::Disconnected { .. })
    })
    .await;

    let mut server = NatsServer::start(for_others(&folder, Some(port), HERE[0]))
        .await
        .unwrap();
    assert_eq!(server.authority(), Some(&authority));
    let again = |state: &ConnectionState| matches!(state, ConnectionState::Connected { .. });
    let ConnectionState::Connected { epoch } = state(&connection, again).await else {
        unreachable!()
    };

    // This machine gets another address while the server runs.
    server.set_addresses(vec![HERE[1]]).await.unwrap();
    assert_eq!(server.authority(), Some(&authority));
    let moved = known(server.url_at(HERE[1]), Some(&authority));
    let taken = async {
        loop {
            // The server takes the new certificate a moment after it was told to.
            let newcomer = open(&moved).await;
            let mut state = newcomer.state();
            let settled = state.wait_for(|state| *state != ConnectionState::Connecting);
            if matches!(&*settled.await.unwrap(), ConnectionState::Connected { .. }) {
                break;
            }
        }
    };
    soon("the new certificate", taken).await;
    assert_eq!(
        *connection.state().borrow(),
        ConnectionState::Connected { epoch }
    );
    server.stop().await;
}
