//! Who may connect and what they may do.

use std::fs;

use wissil_model::DocumentKind;
use wissil_nats::{
    Authority, Connection, ConnectionState, Login, NatsError, PublishProblem, Publisher, Reader,
    Server, Topology, prepare,
};

use crate::support::{Chain, PlainServer, cids, connected, session, soon, state};

/// A server that asks for a certificate's trust, over plain and web connections, and for a name and a password.
async fn secured() -> (PlainServer, Server) {
    let names = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
    let made = rcgen::generate_simple_self_signed(names).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (certificate, key) = (
        folder.path().join("cert.pem"),
        folder.path().join("key.pem"),
    );
    fs::write(&certificate, made.cert.pem()).unwrap();
    fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    let tls = format!("tls {{ cert_file: {certificate:?}, key_file: {key:?} }}");
    let login = "authorization { user: \"me\", password: \"s3cret\" }";
    let server = PlainServer::start(folder, |web_port| {
        format!("{tls}\n{login}\nwebsocket {{ port: {web_port}\n{tls} }}")
    })
    .await;
    let address = Server {
        url: format!("tls://localhost:{}", server.port),
        login: Login::Password {
            user: "me".to_owned(),
            password: "s3cret".to_owned(),
        },
        certificate: Some(Authority::File { file: certificate }),
    };
    (server, address)
}

#[tokio::test]
async fn a_private_certificate_is_trusted_where_it_is_given() {
    let (server, address) = secured().await;
    for url in [
        address.url.clone(),
        format!("wss://localhost:{}", server.web_port),
        format!("nats://localhost:{}", server.port),
    ] {
        let address = Server {
            url,
            ..address.clone()
        };
        let connection = Connection::open(&address, "test").await.unwrap();
        connected(&connection).await;
        prepare(&connection, Topology::Single).await.unwrap();
        connection.close().await;
    }
}

#[tokio::test]
async fn a_certificate_nobody_vouches_for_is_refused() {
    let (_server, address) = secured().await;
    let untrusted = Server {
        certificate: None,
        ..address
    };
    let connection = Connection::open(&untrusted, "test").await.unwrap();
    let refused = state(&connection, |state| {
        !matches!(state, ConnectionState::Connecting)
    });
    let shown = format!("{:?}", refused.await);
    assert!(!shown.contains("Connected {"), "{shown}");
    assert!(!shown.contains("s3cret"), "{shown}");
}

#[tokio::test]
async fn a_web_connection_works_as_any_other() {
    let folder = tempfile::tempdir().unwrap();
    let server = PlainServer::start(folder, |web_port| {
        format!("websocket {{ port: {web_port}, no_tls: true }}")
    })
    .await;
    let address = Server {
        url: format!("ws://127.0.0.1:{}", server.web_port),
        login: Login::None,
        certificate: None,
    };
    let connection = Connection::open(&address, "test").await.unwrap();
    connected(&connection).await;
    prepare(&connection, Topology::Single).await.unwrap();
    let mut chain = Chain::new(1, DocumentKind::SCENE);
    let mut events = chain.next(50, 100);
    events.extend(chain.next(2, 800 * 1024));
    let published = Publisher::new(&connection).publish(events.clone()).await;
    assert_eq!(published.problem, None);
    let mut reader = Reader::open(&connection, "WISSIL_UNITY", &session(), "r", 0)
        .await
        .unwrap();
    let mut received = Vec::new();
    while received.len() < events.len() {
        let batch = soon("reading", reader.next()).await.unwrap();
        received.extend(batch.events.into_iter().map(|event| event.signed.cid));
    }
    assert_eq!(received, cids(&events));
}

#[tokio::test]
async fn what_is_not_allowed_is_named() {
    let own = Chain::new(1, DocumentKind::BLUEPRINT).replica();
    let folder = tempfile::tempdir().unwrap();
    let server = PlainServer::start(folder, |_| {
        format!(
            r#"authorization {{ users: [
              {{ user: admin, password: admin }}
              {{ user: writer, password: writer, permissions: {{
                publish: ["WISSIL.*.*.session-1.*.*.{own}", "$JS.API.STREAM.INFO.*"]
                subscribe: ["_INBOX.>"]
              }} }}
            ] }}"#
        )
    })
    .await;
    let login = |name: &str| Server {
        url: format!("nats://127.0.0.1:{}", server.port),
        login: Login::Password {
            user: name.to_owned(),
            password: name.to_owned(),
        },
        certificate: None,
    };
    let admin = Connection::open(&login("admin"), "test").await.unwrap();
    connected(&admin).await;
    prepare(&admin, Topology::Single).await.unwrap();
    let connection = Connection::open(&login("writer"), "test").await.unwrap();
    connected(&connection).await;
    let mut problems = connection.permission_problems();
    let publisher = Publisher::new(&connection);
    // A chain of its own goes; one of somebody else does not, alone or in a batch.
    let mut ours = Chain::new(1, DocumentKind::BLUEPRINT);
    assert_eq!(publisher.publish(ours.next(3, 10)).await.problem, None);
    for count in [1, 5] {
        let mut theirs = Chain::new(2, DocumentKind::BLUEPRINT);
        let events = theirs.next(count, 10);
        let published = soon("a refusal", publisher.publish(events.clone())).await;
        assert!(published.acknowledged.is_empty());
        let Some(PublishProblem::Refused { cid, reason }) = published.problem else {
            panic!("{published:?}")
        };
        assert_eq!(cid, events[0].signed.cid);
        assert!(reason.contains("Permissions Violation"), "{reason}");
    }
    let reading = Reader::open(&connection, "WISSIL_IGNIS", &ours.session, "r", 0);
    let problem = soon("a refusal", reading).await.unwrap_err();
    assert!(matches!(problem, NatsError::Permission { .. }), "{problem}");
    assert!(!problem.is_transient());
    let words = soon("the server's words", problems.recv()).await.unwrap();
    assert!(words.contains("Permissions Violation"), "{words}");
}
