//! Servers of whose disk a bit changed, or that were given something else under an event's name.

use async_nats::header::NATS_MESSAGE_ID;
use async_nats::{ConnectOptions, HeaderMap, jetstream};
use wissil_dag::{BranchId, Cid};
use wissil_model::DocumentKind;
use wissil_nats::{
    Connection, Outgoing, Publisher, Reader, census, edit_subject, inventory, stream_state,
};

use crate::support::{Chain, Host, TOKEN, cids, connected, session, soon};

const STREAM: &str = "WISSIL_IGNIS";

/// What a reader gets until nothing is left, and how much the server cannot give.
async fn read_all(connection: &Connection) -> (Vec<Cid>, u64) {
    let mut reader = Reader::open(connection, STREAM, &session(), "r", 0)
        .await
        .unwrap();
    let mut read = Vec::new();
    let mut left = reader.backlog();
    while left > 0 {
        let batch = soon("reading", reader.next()).await.unwrap();
        read.extend(batch.events.iter().map(|event| event.signed.cid));
        left = batch.pending;
    }
    (read, reader.undeliverable())
}

/// A server with the events of a chain, of which those at some places were damaged.
async fn damaged(count: usize, places: &[usize]) -> (Host, Connection, Vec<Outgoing>) {
    let mut host = Host::start().await;
    let connection = host.connect().await;
    let events = Chain::new(1, DocumentKind::BLUEPRINT).next(count, 300);
    let published = Publisher::new(&connection).publish(events.clone()).await;
    assert_eq!(published.problem, None);
    for place in places {
        host.flip(&events[*place].signed.block).await;
    }
    connected(&connection).await;
    (host, connection, events)
}

#[tokio::test]
async fn a_damaged_message_is_passed_over_wherever_it_stands() {
    for places in [&[0][..], &[7], &[7, 8], &[3, 19], &[19]] {
        let (_host, connection, events) = damaged(20, places).await;
        let (read, undeliverable) = read_all(&connection).await;
        let expected: Vec<Cid> = (0..)
            .zip(cids(&events))
            .filter(|(place, _)| !places.contains(place))
            .map(|(_, cid)| cid)
            .collect();
        assert_eq!(read, expected, "{places:?}");
        assert_eq!(undeliverable, places.len() as u64, "{places:?}");

        let session = session();
        let found = soon(
            "the inventory",
            inventory(&connection, STREAM, &session, "i"),
        );
        let found = found.await.unwrap();
        assert_eq!(found.undeliverable, places.len() as u64);
        assert_eq!(found.len(), expected.len());
        for (place, cid) in cids(&events).iter().enumerate() {
            assert_eq!(found.holds(cid), !places.contains(&place), "{places:?}");
        }
        let state = stream_state(&connection, STREAM).await.unwrap();
        let counted = soon("the census", census(&connection, state, &session, "c"));
        let chains = counted.await.unwrap().chains;
        let last = chains.values().map(|chain| chain.cid).collect::<Vec<_>>();
        assert_eq!(last, expected[expected.len() - 1..], "{places:?}");
    }
}

#[tokio::test]
async fn what_comes_after_a_damaged_message_is_followed() {
    let (_host, connection, events) = damaged(5, &[4]).await;
    let mut reader = Reader::open(&connection, STREAM, &session(), "r", 0)
        .await
        .unwrap();
    let mut read = 0;
    while read < 4 {
        read += soon("reading", reader.next()).await.unwrap().events.len();
    }
    let batch = soon("the end", reader.next()).await.unwrap();
    assert_eq!((batch.events.len(), batch.pending), (0, 0));
    let publisher = Publisher::new(&connection);
    let again = publisher.publish(events[4..].to_vec()).await;
    assert_eq!(again.acknowledged, cids(&events[4..]));
    let batch = soon("what was put back", reader.next()).await.unwrap();
    assert_eq!(batch.events[0].signed, events[4].signed);
    assert_eq!(batch.pending, 0);
}

#[tokio::test]
async fn a_damaged_message_is_replaced_although_the_server_knows_its_name() {
    let host = Host::start().await;
    let connection = host.connect().await;
    let client = ConnectOptions::with_token(TOKEN.to_owned());
    let client = client.connect(host.address().url).await.unwrap();
    let jetstream = jetstream::new(client);
    let mut chain = Chain::new(1, DocumentKind::BLUEPRINT);
    let publisher = Publisher::new(&connection);
    for count in [1, 40] {
        let events = chain.next(count, 300);
        // Somebody was there first, with something else under the name of one of them, and under the name that it gets
        // instead, and with something that only looks like it.
        let event = &events[count / 2].signed;
        let subject = edit_subject(
            DocumentKind::BLUEPRINT,
            &session(),
            &BranchId::main(),
            &chain.document,
            &chain.replica(),
        );
        let subject = subject.unwrap().to_string();
        let mut name = event.cid.to_string();
        for subject in ["WISSIL.IGNIS.DEBUG.session-2.run", subject.as_str()] {
            let mut headers = HeaderMap::new();
            headers.insert(NATS_MESSAGE_ID, name.as_str());
            headers.insert("Cid", event.cid.to_string());
            headers.insert("Sequence", "1");
            let kept = jetstream
                .publish_with_headers(subject.to_owned(), headers, "something else".into())
                .await
                .unwrap();
            let kept = kept.await.unwrap();
            name = format!("{}-{}", event.cid, kept.sequence);
        }
        let published = soon("publishing", publisher.publish(events.clone())).await;
        assert_eq!(published.problem, None);
        assert_eq!(published.acknowledged, cids(&events));
        let (read, undeliverable) = read_all(&connection).await;
        for cid in cids(&events) {
            let times = read.iter().filter(|read| **read == cid).count();
            assert_eq!((times, undeliverable), (1, 0));
        }
        // What is there is not sent once more.
        let before = stream_state(&connection, STREAM).await.unwrap().messages;
        let published = publisher.publish(events.clone()).await;
        assert_eq!(published.acknowledged, cids(&events));
        let after = stream_state(&connection, STREAM).await.unwrap().messages;
        assert_eq!(before, after);
    }
}

#[tokio::test]
async fn a_batch_that_finds_too_many_open_goes_one_by_one() {
    let host = Host::start().await;
    let connection = host.connect().await;
    let client = ConnectOptions::with_token(TOKEN.to_owned());
    let client = client.connect(host.address().url).await.unwrap();
    // More than a server keeps of one stream.
    for batch in 0..60 {
        let mut headers = HeaderMap::new();
        headers.insert("Nats-Batch-Id", format!("open-{batch}"));
        headers.insert("Nats-Batch-Sequence", "1");
        let subject = "WISSIL.IGNIS.DEBUG.session-2.run";
        client
            .publish_with_headers(subject, headers, "".into())
            .await
            .unwrap();
    }
    client.flush().await.unwrap();
    let events = Chain::new(1, DocumentKind::BLUEPRINT).next(30, 10);
    let publisher = Publisher::new(&connection);
    let published = soon("publishing", publisher.publish(events.clone())).await;
    assert_eq!(published.problem, None);
    assert_eq!(published.acknowledged, cids(&events));
}

#[tokio::test]
async fn reading_goes_on_only_after_the_message_that_was_read() {
    let mut host = Host::start().await;
    let connection = host.connect().await;
    let publisher = Publisher::new(&connection);
    let mut chain = Chain::new(1, DocumentKind::BLUEPRINT);
    assert_eq!(publisher.publish(chain.next(3, 10)).await.problem, None);
    let mut reader = Reader::open(&connection, STREAM, &session(), "r", 0)
        .await
        .unwrap();
    let mut place = soon("reading", reader.next()).await.unwrap().last;
    while place.sequence < 3 {
        place = soon("reading", reader.next()).await.unwrap().last;
    }
    let more = chain.next(2, 10);
    assert_eq!(publisher.publish(more.clone()).await.problem, None);
    let resume = |place| {
        let connection = &connection;
        async move {
            Reader::resume(connection, STREAM, &session(), "r", place)
                .await
                .unwrap()
        }
    };
    let mut reader = resume(place).await.unwrap();
    assert_eq!(reader.backlog(), 2);
    let mut read = Vec::new();
    while read.len() < 2 {
        let batch = soon("reading", reader.next()).await.unwrap();
        read.extend(batch.events.into_iter().map(|event| event.signed));
    }
    assert!(read.iter().eq(more.iter().map(|event| &event.signed)));

    let mut beyond = place;
    beyond.sequence = 6;
    assert!(soon("an answer", resume(beyond)).await.is_none());
    let mut other = place;
    other.published += 1;
    assert!(soon("an answer", resume(other)).await.is_none());
    // The same number after the server lost its disk is another message.
    host.wipe();
    host.restart().await;
    connected(&connection).await;
    wissil_nats::prepare(&connection, wissil_nats::Topology::Single)
        .await
        .unwrap();
    assert_eq!(publisher.publish(chain.next(4, 10)).await.problem, None);
    assert!(soon("an answer", resume(place)).await.is_none());
}
