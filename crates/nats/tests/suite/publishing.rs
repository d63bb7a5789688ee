//! Events on their way to the server.

use wissil_model::DocumentKind;
use wissil_nats::{PublishProblem, Publisher, stream_states};

use crate::support::{Chain, Host, cids, connected, soon};

#[tokio::test]
async fn everything_published_is_acknowledged_in_order() {
    let host = Host::start().await;
    let connection = host.connect().await;
    let publisher = Publisher::new(&connection);
    let mut graph = Chain::new(1, DocumentKind::Blueprint);
    let mut scene = Chain::new(2, DocumentKind::Scene);
    // One, a batch, several batches, two streams at once.
    for count in [1, 2, 2500] {
        let mut events = graph.next(count, 10);
        events.extend(scene.next(count, 10));
        let expected = cids(&events);
        let published = publisher.publish(events).await;
        assert_eq!(published.problem, None);
        assert_eq!(published.acknowledged, expected);
    }
    let states = stream_states(&connection).await.unwrap();
    assert_eq!((states[0].messages, states[1].messages), (2503, 2503));
}

#[tokio::test]
async fn events_sent_twice_are_kept_once() {
    let host = Host::start().await;
    let connection = host.connect().await;
    let publisher = Publisher::new(&connection);
    let mut chain = Chain::new(1, DocumentKind::Blueprint);
    let mut events = chain.next(400, 10);
    assert_eq!(publisher.publish(events.clone()).await.problem, None);
    // As after a lost answer: some the server has, some it has not.
    events.drain(..300);
    events.extend(chain.next(600, 10));
    let published = publisher.publish(events.clone()).await;
    assert_eq!(published.problem, None);
    assert_eq!(published.acknowledged, cids(&events));
    let states = stream_states(&connection).await.unwrap();
    assert_eq!(states[0].messages, 1000);
}

#[tokio::test]
async fn large_events_go_in_several_batches() {
    let host = Host::start().await;
    let connection = host.connect().await;
    let mut chain = Chain::new(1, DocumentKind::Scene);
    let events = chain.next(24, 890 * 1024);
    let expected = cids(&events);
    let published = Publisher::new(&connection).publish(events).await;
    assert_eq!(published.problem, None);
    assert_eq!(published.acknowledged, expected);
}

#[tokio::test]
async fn a_server_killed_in_the_middle_loses_nothing_it_acknowledged() {
    let mut host = Host::start().await;
    let connection = host.connect().await;
    let publisher = Publisher::new(&connection);
    let mut chain = Chain::new(1, DocumentKind::Blueprint);
    let events = chain.next(6000, 500);
    let sending = tokio::spawn({
        let (publisher, events) = (publisher.clone(), events.clone());
        async move { publisher.publish(events).await }
    });
    let begun = async { while stream_states(&connection).await.unwrap()[0].messages == 0 {} };
    soon("the first batch", begun).await;
    host.kill();
    let first = soon("the end of sending", sending).await.unwrap();

    host.restart().await;
    connected(&connection).await;
    let kept = stream_states(&connection).await.unwrap()[0].messages;
    assert!(kept as usize >= first.acknowledged.len());
    if first.problem.is_some() {
        assert!(matches!(first.problem, Some(PublishProblem::Lost(_))));
        let sent = first.acknowledged.len();
        let second = publisher.publish(events[sent..].to_vec()).await;
        assert_eq!(second.problem, None);
    }
    let states = stream_states(&connection).await.unwrap();
    assert_eq!(states[0].messages, 6000);
}

#[tokio::test]
async fn offline_events_wait_with_the_caller() {
    let mut host = Host::start().await;
    let connection = host.connect().await;
    host.kill();
    let mut chain = Chain::new(1, DocumentKind::Blueprint);
    let publishing = Publisher::new(&connection);
    let published = soon("an answer", publishing.publish(chain.next(3, 10))).await;
    assert!(published.acknowledged.is_empty());
    assert!(matches!(published.problem, Some(PublishProblem::Lost(_))));
}

#[tokio::test]
async fn an_event_that_cannot_go_is_named_and_those_before_it_went() {
    let host = Host::start().await;
    let connection = host.connect().await;
    let mut chain = Chain::new(1, DocumentKind::Blueprint);
    let mut events = chain.next(5, 10);
    let refused = events[3].signed.cid;
    events[3].signed.block = b"no event".as_slice().into();
    let published = Publisher::new(&connection).publish(events.clone()).await;
    assert_eq!(published.acknowledged, cids(&events[..3]));
    let Some(PublishProblem::Refused { cid, .. }) = published.problem else {
        panic!("{published:?}")
    };
    assert_eq!(cid, refused);
}
