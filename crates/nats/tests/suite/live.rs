//! What travels without being kept: messages, presence, events from peers.

use std::time::Duration;

use serde_json::json;
use wissil_dag::{Cid, ReplicaId, SessionId, SigningKey, UserId, cid_of};
use wissil_model::DocumentKind;
use wissil_nats::{
    Bus, BusEvent, CollabEvent, Connection, ConnectionState, FileEvent, NatsError, PresenceChannel,
    PresenceEvent, ProjectEvent, Resource, RuntimeEvent, Sender, fetch, serve_fetch,
};

use crate::support::{Chain, Host, TOKEN, connected, session, soon, state};

fn sender(seed: u8) -> Sender {
    Sender {
        user: UserId::new("user").unwrap(),
        replica: ReplicaId::from(&SigningKey::from_bytes(&[seed; 32])),
    }
}

fn bus(connection: &Connection, seed: u8) -> Bus {
    Bus::new(connection, session(), sender(seed))
}

/// A client that keeps to no rules.
async fn stranger(host: &Host) -> async_nats::Client {
    async_nats::ConnectOptions::with_token(TOKEN.to_owned())
        .connect(host.address().url)
        .await
        .unwrap()
}

fn created(path: &str) -> BusEvent {
    let (file, path) = ("file-1".to_owned(), path.to_owned());
    FileEvent::Created { file, path }.into()
}

#[tokio::test]
async fn messages_reach_who_listens_for_them() {
    let host = Host::start().await;
    let connection = host.connect().await;
    let (a, b) = (bus(&connection, 1), bus(&connection, 2));
    let mut files = b.subscribe("slate.file.*.session-1.>").await.unwrap();
    let mut all = b.subscribe("slate.>").await.unwrap();
    a.publish(created("a.png")).unwrap();
    let name = "new name".to_owned();
    a.publish(ProjectEvent::Updated { name }.into()).unwrap();

    let message = soon("a message", files.next()).await.unwrap().unwrap();
    assert_eq!(message.subject, "slate.file.created.session-1.file-1");
    assert_eq!(message.sender, sender(1));
    assert_eq!(message.event, created("a.png"));
    let first = soon("a message", all.next()).await.unwrap().unwrap();
    assert_eq!(first.event, created("a.png"));
    let second = soon("a message", all.next()).await.unwrap().unwrap();
    assert_eq!(second.event.resource(), Resource::Project);
    assert_eq!((a.counters().sent, b.counters().received), (2, 3));
}

#[tokio::test]
async fn questions_are_answered_or_time_out() {
    let host = Host::start().await;
    let connection = host.connect().await;
    let (a, b) = (bus(&connection, 1), bus(&connection, 2));
    let status = |status: Option<&str>| -> BusEvent {
        RuntimeEvent::Status {
            run: "run-1".to_owned(),
            status: status.map(str::to_owned),
        }
        .into()
    };
    let short = Duration::from_millis(200);
    let asked = a.request(status(None), short).await;
    assert!(matches!(asked, Err(NatsError::NobodyAnswers { .. })));

    let mut questions = b
        .subscribe("slate.runtime.status.session-1.run-1")
        .await
        .unwrap();
    let asked = a.request(status(None), short).await;
    assert!(matches!(asked, Err(NatsError::TimedOut { .. })));
    let unanswered = soon("the question", questions.next()).await.unwrap();
    assert!(unanswered.is_ok());

    let answering = tokio::spawn(async move {
        let question = questions.next().await.unwrap().unwrap();
        b.answer(&question, status(Some("running"))).unwrap();
        b
    });
    let answer = a.request(status(None), Duration::from_secs(30)).await;
    let answer = answer.unwrap();
    assert_eq!(answer.event, status(Some("running")));
    assert_eq!(answer.sender, sender(2));
    drop(answering.await.unwrap());
}

#[tokio::test]
async fn what_is_not_in_order_is_counted_and_never_taken_for_good() {
    let host = Host::start().await;
    let connection = host.connect().await;
    let bus = bus(&connection, 1);
    let mut all = bus.subscribe("slate.>").await.unwrap();
    let stranger = stranger(&host).await;
    let replica = sender(9).replica.to_string();
    let good = json!({
        "session": "session-1", "time": 1, "resource": "file",
        "sender": {"user": "user", "replica": replica},
        "event": {"type": "created", "file": "file-1", "path": "a"},
    });
    let with = |key: &str, value: serde_json::Value| {
        let mut body = good.clone();
        body[key] = value;
        body.to_string().into_bytes()
    };
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let here = "slate.file.created.session-1";
    let bad: Vec<(&str, Vec<u8>)> = vec![
        (here, b"".to_vec()),
        (here, b"\xff\xfe".to_vec()),
        (here, b"{}".to_vec()),
        (here, deep.into_bytes()[..60_000].to_vec()),
        (
            here,
            with(
                "event",
                json!({"type": "created", "file": "file-1", "path": "x".repeat(70_000)}),
            ),
        ),
        (
            here,
            with(
                "event",
                json!({"type": "created", "file": "file-1", "path": 7}),
            ),
        ),
        (
            here,
            with(
                "event",
                json!({"type": "deleted", "file": "file-1", "path": "a"}),
            ),
        ),
        (
            "slate.file.created.session-1.file-2",
            good.to_string().into_bytes(),
        ),
        (here, with("event", json!({"type": "exploded"}))),
        (here, with("resource", json!("project"))),
        (here, with("session", json!("session-2"))),
        (here, with("time", json!(-1))),
        (
            here,
            with("sender", json!({"user": "a b", "replica": replica})),
        ),
        (
            here,
            with("sender", json!({"user": "user", "replica": "short"})),
        ),
        ("slate.file", good.to_string().into_bytes()),
        ("slate.file.created", good.to_string().into_bytes()),
        (
            "slate.file.exploded.session-1",
            good.to_string().into_bytes(),
        ),
        (
            "slate.weather.created.session-1",
            good.to_string().into_bytes(),
        ),
    ];
    let count = bad.len();
    for (subject, bytes) in bad {
        stranger.publish(subject, bytes.into()).await.unwrap();
    }
    // Another session's are not ours to judge.
    let foreign = "slate.file.created.session-2";
    stranger
        .publish(foreign, b"x".as_slice().into())
        .await
        .unwrap();
    // A peer may speak for itself only.
    let body = json!({
        "session": "session-1", "time": 1, "resource": "collab",
        "sender": {"user": "user", "replica": replica}, "event": {"type": "left"},
    });
    let other = format!("slate.collab.left.session-1.{}", sender(8).replica);
    stranger
        .publish(other, body.to_string().into())
        .await
        .unwrap();
    stranger
        .publish(here, good.to_string().into())
        .await
        .unwrap();
    for _ in 0..=count {
        let message = soon("a message", all.next()).await.unwrap();
        assert!(message.is_err(), "{message:?}");
    }
    assert!(soon("a message", all.next()).await.unwrap().is_ok());
    assert_eq!(bus.counters().malformed, count as u64 + 1);
    assert_eq!(bus.counters().received, 1);
}

#[tokio::test]
async fn offline_messages_are_dropped_and_counted() {
    let mut host = Host::start().await;
    let connection = host.connect().await;
    let bus = bus(&connection, 1);
    host.kill();
    state(&connection, |state| {
        !matches!(state, ConnectionState::Connected { .. })
    })
    .await;
    for _ in 0..5000 {
        bus.publish(created("a")).unwrap();
    }
    assert_eq!(bus.counters().dropped, 5000);
    let (file, path) = ("not.a.token".to_owned(), "a".to_owned());
    assert!(
        bus.publish(FileEvent::Created { file, path }.into())
            .is_err()
    );
    assert!(bus.publish(created(&"x".repeat(70_000))).is_err());
    for pattern in [
        "",
        ">",
        "slate",
        "file.>",
        "slate.>.x",
        "slate..x",
        "slate.a b",
    ] {
        let refused = bus.subscribe(pattern).await;
        assert!(matches!(refused, Err(NatsError::Name { .. })), "{pattern}");
    }
}

#[test]
fn every_action_is_found_in_its_subject() {
    let collab = BusEvent::Collab(CollabEvent::Left {});
    assert_eq!(
        (collab.resource(), collab.action()),
        (Resource::Collab, "left")
    );
    assert_eq!(Resource::Asset.actions().len(), 5);
}

async fn open(connection: &Connection, seed: u8) -> PresenceChannel {
    PresenceChannel::open(connection, &session(), sender(seed))
        .await
        .unwrap()
}

/// Waits until a peer is seen in a state.
async fn sees(channel: &PresenceChannel, seed: u8, state: &str) {
    let peer = sender(seed).replica;
    let seen = async {
        loop {
            match channel.receive().await {
                PresenceEvent::Joined(replica, bytes) | PresenceEvent::Update(replica, bytes)
                    if replica == peer && bytes == state.as_bytes() =>
                {
                    return;
                }
                _ => {}
            }
        }
    };
    soon("a peer's state", seen).await;
}

async fn sees_leaving(channel: &PresenceChannel, seed: u8) {
    let left = PresenceEvent::Left(sender(seed).replica);
    let seen = async { while channel.receive().await != left {} };
    soon("a peer's leaving", seen).await;
}

#[tokio::test]
async fn peers_see_each_other_come_move_and_go() {
    let host = Host::start().await;
    let connection = host.connect().await;
    let a = open(&connection, 1).await;
    a.send(br#"{"x":1}"#).unwrap();
    let b = open(&connection, 2).await;
    sees(&b, 1, r#"{"x":1}"#).await;
    b.send(br#"{"y":2}"#).unwrap();
    sees(&a, 2, r#"{"y":2}"#).await;
    // Of many states the last one arrives.
    for x in 0..500 {
        a.send(format!(r#"{{"x":{x}}}"#).as_bytes()).unwrap();
    }
    sees(&b, 1, r#"{"x":499}"#).await;
    b.close().await;
    sees_leaving(&a, 2).await;
    drop(a);
}

#[tokio::test]
async fn a_peer_that_falls_silent_is_gone() {
    let host = Host::start().await;
    let ours = host.connect().await;
    let theirs = host.connect().await;
    let a = open(&ours, 1).await;
    let b = open(&theirs, 2).await;
    b.send(b"{}").unwrap();
    sees(&a, 2, "{}").await;
    // As when its cable is pulled: it cannot say that it leaves.
    theirs.close().await;
    sees_leaving(&a, 2).await;
    drop(b);
}

#[tokio::test]
async fn presence_comes_back_with_the_connection() {
    let mut host = Host::start().await;
    let connection = host.connect().await;
    let other = host.connect().await;
    let (a, b) = (open(&connection, 1).await, open(&other, 2).await);
    a.send(b"1").unwrap();
    sees(&b, 1, "1").await;
    host.restart().await;
    connected(&connection).await;
    a.send(b"2").unwrap();
    sees(&b, 1, "2").await;
}

#[tokio::test]
async fn a_presence_that_is_no_state_is_refused() {
    let host = Host::start().await;
    let connection = host.connect().await;
    let a = open(&connection, 1).await;
    assert!(a.send(b"{").is_err());
    assert!(
        a.send(format!("\"{}\"", "x".repeat(20_000)).as_bytes())
            .is_err()
    );
    // And from others it is not heard.
    let stranger = stranger(&host).await;
    let peer = sender(2);
    let subject = format!("slate.collab.presence.session-1.{}", peer.replica);
    let body = |state: String| {
        json!({
            "session": "session-1", "time": 1, "resource": "collab",
            "sender": {"user": "user", "replica": peer.replica.to_string()},
            "event": {"type": "presence", "state": state},
        })
        .to_string()
    };
    for bad in [
        body("x".repeat(20_000)),
        "x".to_owned(),
        body("good".to_owned()),
    ] {
        stranger.publish(subject.clone(), bad.into()).await.unwrap();
    }
    let heard = soon("the good one", a.receive()).await;
    let good = b"\"good\"".to_vec();
    assert_eq!(heard, PresenceEvent::Joined(peer.replica, good));
}

#[tokio::test]
async fn peers_give_each_other_the_events_they_hold() {
    let host = Host::start().await;
    let connection = host.connect().await;
    let mut chain = Chain::new(1, DocumentKind::SCENE);
    let events = chain.next(5, 10);
    let events: Vec<_> = events.into_iter().map(|event| event.signed).collect();
    let unknown = cid_of(0x71, b"unknown");
    let mut wanted: Vec<Cid> = events[..3].iter().map(|event| event.cid).collect();
    let nobody = fetch(&connection, &session(), &wanted).await;
    assert!(matches!(nobody, Err(NatsError::NobodyAnswers { .. })));

    let held = events.clone();
    let session = session();
    let serving = serve_fetch(&connection, &session, move |cids| {
        let asked = held.iter().filter(|event| cids.contains(&event.cid));
        // One peer is broken: it gives what nobody asked for, and a block under another's name.
        let mut given: Vec<_> = asked.cloned().collect();
        given.push(held[4].clone());
        let mut lie = held[4].clone();
        lie.cid = unknown;
        given.push(lie);
        async move { given }
    });
    let _serving = serving.await.unwrap();
    let got = fetch(&connection, &session, &wanted).await.unwrap();
    assert_eq!(got, events[..3]);
    wanted.push(unknown);
    let got = fetch(&connection, &session, &wanted).await.unwrap();
    assert_eq!(got, events[..3]);
    let other = SessionId::new("session-2").unwrap();
    assert!(fetch(&connection, &other, &wanted).await.is_err());
    assert!(fetch(&connection, &session, &[unknown; 300]).await.is_err());
}
