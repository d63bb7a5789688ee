//! Getting a connection, losing it, being refused.

use std::io::Write;
use std::net::TcpListener;

use wissil_nats::{
    Authority, Connection, ConnectionState, Login, NatsError, Server, stream_states,
};

use crate::support::{Host, PlainServer, TOKEN, connected, session, soon, state};

#[tokio::test]
async fn a_connection_comes_back_by_itself() {
    let mut host = Host::start().await;
    let connection = host.connect().await;
    let first = connected(&connection).await;
    let detail = connection.server().unwrap();
    assert_eq!(detail.name, "test-server");
    assert!(detail.version.starts_with("2."));
    assert_eq!(detail.cluster, None);
    assert_eq!(detail.max_payload, 1024 * 1024);
    connection.latency().await.unwrap();

    host.kill();
    state(&connection, |state| {
        matches!(state, ConnectionState::Disconnected { .. })
    })
    .await;
    let problem = connection.latency().await.unwrap_err();
    assert!(matches!(problem, NatsError::Offline), "{problem}");
    assert!(problem.is_transient());

    host.restart().await;
    assert!(connected(&connection).await > first);
    connection.latency().await.unwrap();
    connection.close().await;
    state(&connection, |state| {
        matches!(state, ConnectionState::Disconnected { .. })
    })
    .await;
}

#[tokio::test]
async fn opening_does_not_wait_for_a_server_that_comes_later() {
    let mut host = Host::start().await;
    let address = host.address();
    host.kill();
    let connection = Connection::open(&address, "early").await.unwrap();
    let failed = state(&connection, |state| {
        matches!(state, ConnectionState::Disconnected { .. })
    });
    let ConnectionState::Disconnected { problem } = failed.await else {
        unreachable!()
    };
    assert!(problem.contains(&address.url), "{problem}");
    host.restart().await;
    connected(&connection).await;
}

#[tokio::test]
async fn a_wrong_login_is_said_to_be_wrong() {
    let host = Host::start().await;
    let wrong = [
        Login::None,
        Login::Token {
            token: "wr0ng".to_owned(),
        },
        Login::Password {
            user: "me".to_owned(),
            password: "wr0ng".to_owned(),
        },
    ];
    for login in wrong {
        let server = Server {
            login,
            ..host.address()
        };
        let connection = Connection::open(&server, "test").await.unwrap();
        let refused = state(&connection, |state| {
            matches!(state, ConnectionState::Refused { .. })
        })
        .await;
        let shown = format!("{refused:?} {connection:?}");
        assert!(shown.contains("does not accept this login"), "{shown}");
        assert!(!shown.contains("wr0ng"), "{shown}");
        connection.close().await;
    }
    assert!(!format!("{:?}", host.connect().await).contains(TOKEN));
}

#[tokio::test]
async fn a_server_too_old_or_without_streams_is_named() {
    let cases = [
        ("2.9.25", true, "update it"),
        ("2.14.2", true, "2.14.3 or newer is needed; update it"),
        ("2.14.3", false, "JetStream"),
        ("strange", true, "update it"),
        ("2.15", true, "update it"),
    ];
    for (version, jetstream, words) in cases {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        // All that a client asks of a server before it is connected.
        let greeter = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let info = serde_json::json!({
                "server_id": "x", "server_name": "old", "version": version,
                "max_payload": 1024, "jetstream": jetstream,
            });
            write!(stream, "INFO {info}\r\nPONG\r\n").unwrap();
            stream
        });
        let server = Server {
            url: format!("nats://127.0.0.1:{port}"),
            login: Login::None,
            certificate: None,
        };
        let connection = Connection::open(&server, "test").await.unwrap();
        let refused = state(&connection, |state| {
            matches!(state, ConnectionState::Refused { .. })
        });
        let ConnectionState::Refused { problem } = refused.await else {
            unreachable!()
        };
        assert!(problem.contains(words), "{problem}");
        drop(greeter.join().unwrap());
    }
}

#[tokio::test]
async fn a_server_that_hangs_is_noticed_and_one_that_goes_on_too() {
    let server = PlainServer::start(tempfile::tempdir().unwrap(), |_| String::new()).await;
    let address = Server {
        url: format!("nats://127.0.0.1:{}", server.port),
        login: Login::None,
        certificate: None,
    };
    let connection = Connection::open(&address, "test").await.unwrap();
    let epoch = connected(&connection).await;
    server.signal("STOP");
    // Well before the client itself gives up, which says something else.
    let hangs = |state: &ConnectionState| matches!(state, ConnectionState::Disconnected { problem } if problem.contains("stopped answering"));
    state(&connection, hangs).await;
    server.signal("CONT");
    assert!(connected(&connection).await > epoch);
}

#[tokio::test]
async fn an_unusable_address_or_file_is_refused_at_once() {
    let open = |url: &str, login: Login, certificate: Option<&str>| {
        let server = Server {
            url: url.to_owned(),
            login,
            certificate: certificate.map(|file| Authority::File { file: file.into() }),
        };
        async move { Connection::open(&server, "test").await.unwrap_err() }
    };
    let bad = open("http://host", Login::None, None).await;
    assert!(matches!(bad, NatsError::Address { .. }), "{bad}");
    let file = "/nowhere/x.creds".into();
    let bad = open("nats://host", Login::Credentials { file }, None).await;
    assert!(matches!(bad, NatsError::Credentials { .. }), "{bad}");
    let bad = open("tls://host", Login::None, Some("/nowhere/ca.pem")).await;
    assert!(matches!(bad, NatsError::File { .. }), "{bad}");
}

#[tokio::test]
async fn closing_offline_does_not_wait() {
    let mut host = Host::start().await;
    let connection = host.connect().await;
    host.kill();
    soon("closing", connection.close()).await;
    let session = session();
    let reading = wissil_nats::Reader::open(&connection, "WISSIL_IGNIS", &session, "r", 0);
    assert!(soon("refusing", reading).await.unwrap_err().is_transient());
    assert!(stream_states(&connection).await.unwrap_err().is_transient());
}
