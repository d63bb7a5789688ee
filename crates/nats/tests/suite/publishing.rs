//! Events on their way to the server.

use async_nats::jetstream::stream::Config;
use wissil_model::DocumentKind;
use wissil_nats::{
    Held, Prepared, PublishProblem, Publisher, Reader, Topology, prepare, stream_states,
};

use crate::support::{Chain, Host, TOKEN, cids, connected, session, soon};

#[tokio::test]
async fn everything_published_is_acknowledged_in_order() {
    let host = Host::start().await;
    let connection = host.connect().await;
    let publisher = Publisher::new(&connection);
    let mut graph = Chain::new(1, DocumentKind::BLUEPRINT);
    let mut scene = Chain::new(2, DocumentKind::SCENE);
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
    let mut chain = Chain::new(1, DocumentKind::BLUEPRINT);
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
    // Those that went one by one in the end are whole.
    let mut reader = Reader::open(&connection, "WISSIL_IGNIS", &session(), "r", 400)
        .await
        .unwrap();
    let mut received = Vec::new();
    while received.len() < 600 {
        let batch = soon("reading", reader.next()).await.unwrap();
        assert_eq!(batch.malformed, []);
        received.extend(batch.events.into_iter().map(|event| event.signed));
    }
    let expected = events[100..].iter().map(|event| &event.signed);
    assert!(received.iter().eq(expected));
}

#[tokio::test]
async fn large_events_go_in_several_batches() {
    let host = Host::start().await;
    let connection = host.connect().await;
    let mut chain = Chain::new(1, DocumentKind::SCENE);
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
    let mut chain = Chain::new(1, DocumentKind::BLUEPRINT);
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
    let mut chain = Chain::new(1, DocumentKind::BLUEPRINT);
    let publishing = Publisher::new(&connection);
    let published = soon("an answer", publishing.publish(chain.next(3, 10))).await;
    assert!(published.acknowledged.is_empty());
    assert!(matches!(published.problem, Some(PublishProblem::Lost(_))));
}

#[tokio::test]
async fn an_event_that_cannot_go_is_named_and_those_before_it_went() {
    let host = Host::start().await;
    let connection = host.connect().await;
    let mut chain = Chain::new(1, DocumentKind::BLUEPRINT);
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

#[tokio::test]
async fn a_refused_event_keeps_back_its_chain_and_nothing_else() {
    let host = Host::start().await;
    let connection = host.connect().await;
    let publisher = Publisher::new(&connection);
    limit(&host, |config| config.max_message_size = 10_000).await;
    let mut refused = Chain::new(1, DocumentKind::BLUEPRINT);
    let mut other = Chain::new(2, DocumentKind::BLUEPRINT);
    let before = refused.next(2, 10);
    let huge = refused.next(1, 20_000);
    let others = other.next(4, 10);
    let events = [&before[..], &huge, &others].concat();
    let mut held = Held::default();
    let published = publisher.publish_around(events, &mut held).await;
    let Some(PublishProblem::Refused { cid, .. }) = published.problem else {
        panic!("{published:?}")
    };
    assert_eq!(
        published.acknowledged,
        [cids(&before), cids(&others)].concat()
    );
    assert_eq!(cid, huge[0].signed.cid);
    assert!(!held.is_empty());

    let (after, more) = (refused.next(3, 10), other.next(2, 10));
    let events = [&huge[..], &after, &more].concat();
    let published = publisher.publish_around(events, &mut held).await;
    assert_eq!(published.acknowledged, cids(&more));
    assert_eq!(published.problem, None);

    // It is larger than the server takes now, not for ever.
    limit(&host, |config| config.max_message_size = -1).await;
    let events = [&huge[..], &after].concat();
    let published = publisher.publish(events.clone()).await;
    assert_eq!(published.acknowledged, cids(&events));
}

#[tokio::test]
async fn what_was_prepared_before_a_refusal_is_held_back_by_it() {
    let host = Host::start().await;
    let connection = host.connect().await;
    let publisher = Publisher::new(&connection);
    limit(&host, |config| config.max_message_size = 10_000).await;
    let mut refused = Chain::new(1, DocumentKind::BLUEPRINT);
    let mut other = Chain::new(2, DocumentKind::BLUEPRINT);
    let (first, after) = (refused.next(1, 20_000), refused.next(30, 10));
    let others = other.next(30, 10);
    let now = Prepared::prepare(first.clone()).await;
    let next = Prepared::prepare([after, others.clone()].concat()).await;
    assert!(!next.is_empty());
    let mut held = Held::default();
    let published = publisher.publish_prepared(now, &mut held).await;
    let Some(PublishProblem::Refused { cid, .. }) = published.problem else {
        panic!("{published:?}")
    };
    assert_eq!(cid, first[0].signed.cid);
    let published = publisher.publish_prepared(next, &mut held).await;
    assert_eq!(published.problem, None);
    assert_eq!(published.acknowledged, cids(&others));
}

/// Changes a limit of the first stream, as an administrator does.
async fn limit(host: &Host, change: impl FnOnce(&mut Config)) {
    let options = async_nats::ConnectOptions::with_token(TOKEN.to_owned());
    let client = options.connect(host.address().url).await.unwrap();
    let jetstream = async_nats::jetstream::new(client);
    let stream = jetstream.get_stream("WISSIL_IGNIS").await.unwrap();
    let mut config = stream.cached_info().config.clone();
    change(&mut config);
    jetstream.update_stream(config).await.unwrap();
}

#[tokio::test]
async fn a_full_stream_keeps_what_is_old_and_takes_what_is_new_later() {
    let host = Host::start().await;
    let connection = host.connect().await;
    let publisher = Publisher::new(&connection);
    limit(&host, |config| config.max_bytes = 200_000).await;
    // An administrator's limit is not taken back.
    prepare(&connection, Topology::Single).await.unwrap();
    let mut chain = Chain::new(1, DocumentKind::BLUEPRINT);
    let mut sent = 0;
    let mut events = Vec::new();
    let problem = loop {
        let more = chain.next(20, 1000);
        events.extend(more.clone());
        let published = publisher.publish(more).await;
        sent += published.acknowledged.len();
        if let Some(problem) = published.problem {
            break problem;
        }
    };
    assert!(matches!(problem, PublishProblem::Full(_)), "{problem:?}");
    // One alone does not get in either.
    let one = events[sent + 15..=sent + 15].to_vec();
    let alone = publisher.publish(one).await;
    if let Some(problem) = alone.problem {
        assert!(matches!(problem, PublishProblem::Full(_)), "{problem:?}");
    }
    let state = stream_states(&connection).await.unwrap();
    assert_eq!(state[0].first, 1);
    // Other streams have room.
    let scene = Chain::new(2, DocumentKind::SCENE).next(3, 10);
    let both = [&events[sent..], &scene].concat();
    let published = publisher.publish(both).await;
    assert!(matches!(published.problem, Some(PublishProblem::Full(_))));
    assert!(published.acknowledged.ends_with(&cids(&scene)));

    limit(&host, |config| config.max_bytes = -1).await;
    let published = publisher.publish(events[sent..].to_vec()).await;
    assert_eq!(published.problem, None);
    let states = stream_states(&connection).await.unwrap();
    assert_eq!(states[0].messages, events.len() as u64);
}
