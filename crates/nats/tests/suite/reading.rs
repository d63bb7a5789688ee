//! Events as they come from the server.

use wissil_dag::BranchId;
use wissil_model::DocumentKind;
use wissil_nats::{
    Census, Connection, NatsError, Publisher, Reader, Received, census, stream_state,
};

use crate::support::{Chain, Host, TOKEN, cids, connected, session, soon};

const STREAM: &str = "WISSIL_IGNIS";

/// Reads until so many events are there.
async fn read(reader: &mut Reader, count: usize) -> Vec<Received> {
    let mut events = Vec::new();
    while events.len() < count {
        let batch = soon("reading", reader.next()).await.unwrap();
        assert!(batch.events.len() <= 1000);
        assert_eq!(batch.malformed, []);
        assert_eq!(
            batch.events.last().map(|event| event.sequence),
            Some(batch.last.sequence)
        );
        events.extend(batch.events);
        let left = count - events.len().min(count);
        assert_eq!(batch.pending, left as u64);
    }
    events
}

/// What the server holds of the session.
async fn counted(connection: &Connection) -> Census {
    let state = stream_state(connection, STREAM).await.unwrap();
    census(connection, state, &session(), "c").await.unwrap()
}

#[tokio::test]
async fn a_reader_catches_up_and_then_follows() {
    let host = Host::start().await;
    let connection = host.connect().await;
    let publisher = Publisher::new(&connection);
    let mut chain = Chain::new(1, DocumentKind::BLUEPRINT);
    let mut events = chain.next(3000, 10);
    assert_eq!(publisher.publish(events.clone()).await.problem, None);

    let mut reader = Reader::open(&connection, STREAM, &session(), "r", 0)
        .await
        .unwrap();
    assert_eq!(reader.backlog(), 3000);
    let mut received = read(&mut reader, 3000).await;
    for _ in 0..3 {
        let more = chain.next(1, 10);
        assert_eq!(publisher.publish(more.clone()).await.problem, None);
        events.extend(more);
        received.extend(read(&mut reader, 1).await);
    }
    assert_eq!(received.len(), events.len());
    for (received, sent) in received.iter().zip(&events) {
        assert_eq!(received.signed, sent.signed);
        let channel = sent.kind.channel().unwrap();
        assert_eq!(received.subject.channel, channel.name);
        assert_eq!(received.subject.replica, chain.replica());
        assert!(received.signed.open_verified().is_ok());
    }
}

#[tokio::test]
async fn reading_starts_anywhere_and_an_old_reader_of_the_name_is_ended() {
    let host = Host::start().await;
    let connection = host.connect().await;
    let mut chain = Chain::new(1, DocumentKind::BLUEPRINT);
    let events = chain.next(10, 10);
    let published = Publisher::new(&connection).publish(events.clone()).await;
    assert_eq!(published.problem, None);
    for after in [0, 4, 9] {
        let mut reader = Reader::open(&connection, STREAM, &session(), "r", after)
            .await
            .unwrap();
        let left = 10 - after as usize;
        assert_eq!(reader.backlog(), left as u64);
        let received = read(&mut reader, left).await;
        assert_eq!(received[0].sequence, after + 1);
        assert_eq!(received[0].signed.cid, events[after as usize].signed.cid);
    }
}

#[tokio::test]
async fn sessions_do_not_see_each_other() {
    let host = Host::start().await;
    let connection = host.connect().await;
    let publisher = Publisher::new(&connection);
    let mut ours = Chain::new(1, DocumentKind::BLUEPRINT);
    let mut theirs = Chain::new(2, DocumentKind::BLUEPRINT);
    theirs.session = wissil_dag::SessionId::new("session-2").unwrap();
    let mut events = theirs.next(5, 10);
    events.extend(ours.next(2, 10));
    events.extend(theirs.next(5, 10));
    assert_eq!(publisher.publish(events).await.problem, None);
    let mut reader = Reader::open(&connection, STREAM, &session(), "r", 0)
        .await
        .unwrap();
    let received = read(&mut reader, 2).await;
    assert_eq!([received[0].sequence, received[1].sequence], [6, 7]);
    let census = counted(&connection).await;
    assert_eq!(census.chains.len(), 1);
}

#[tokio::test]
async fn large_events_flow_without_a_stall() {
    let host = Host::start().await;
    let connection = host.connect().await;
    let mut chain = Chain::new(1, DocumentKind::BLUEPRINT);
    let mut events = Vec::new();
    for _ in 0..20 {
        events.extend(chain.next(3, 800 * 1024));
        events.extend(chain.next(50, 10));
    }
    let published = Publisher::new(&connection).publish(events.clone()).await;
    assert_eq!(published.problem, None);
    let mut reader = Reader::open(&connection, STREAM, &session(), "r", 0)
        .await
        .unwrap();
    let received = read(&mut reader, events.len()).await;
    assert_eq!(
        received.last().unwrap().signed,
        events.last().unwrap().signed
    );
}

#[tokio::test]
async fn a_reader_ends_with_its_connection_and_the_next_goes_on() {
    let mut host = Host::start().await;
    let connection = host.connect().await;
    let publisher = Publisher::new(&connection);
    let mut chain = Chain::new(1, DocumentKind::BLUEPRINT);
    assert_eq!(publisher.publish(chain.next(5, 10)).await.problem, None);
    let mut reader = Reader::open(&connection, STREAM, &session(), "r", 0)
        .await
        .unwrap();
    let last = read(&mut reader, 5).await[4].sequence;
    let waiting = tokio::spawn(async move { reader.next().await });
    host.restart().await;
    let ended = soon("the reader's end", waiting).await.unwrap();
    assert!(ended.unwrap_err().is_transient());

    connected(&connection).await;
    let more = chain.next(3, 10);
    assert_eq!(publisher.publish(more.clone()).await.problem, None);
    let mut reader = Reader::open(&connection, STREAM, &session(), "r", last)
        .await
        .unwrap();
    let received = read(&mut reader, 3).await;
    let received: Vec<_> = received.iter().map(|event| event.signed.cid).collect();
    assert_eq!(received, cids(&more));
}

#[tokio::test]
async fn a_stream_without_documents_has_no_reader() {
    let host = Host::start().await;
    let connection = host.connect().await;
    for (stream, name) in [
        ("WISSIL_IGNITION", "r"),
        ("NONE", "r"),
        (STREAM, "a.b"),
        (STREAM, ""),
    ] {
        let problem = Reader::open(&connection, stream, &session(), name, 0).await;
        let problem = problem.unwrap_err();
        assert!(matches!(problem, NatsError::Name { .. }), "{problem}");
    }
}

#[tokio::test]
async fn a_census_names_the_last_event_of_every_chain() {
    let mut host = Host::start().await;
    let connection = host.connect().await;
    let publisher = Publisher::new(&connection);
    let empty = counted(&connection).await;
    assert_eq!((empty.chains.len(), empty.state.messages), (0, 0));

    let mut chains: Vec<_> = (1..=30)
        .map(|seed| Chain::new(seed, DocumentKind::BLUEPRINT))
        .collect();
    let mut last = Vec::new();
    for (at, chain) in chains.iter_mut().enumerate() {
        let events = chain.next(at + 1, 10);
        last.push((at as u64 + 1, events[at].signed.cid));
        assert_eq!(publisher.publish(events).await.problem, None);
    }
    let full = counted(&connection).await;
    assert_eq!(full.chains.len(), 30);
    for (chain, (seq, cid)) in chains.iter().zip(last) {
        let key = (BranchId::main(), chain.document.clone(), chain.replica());
        assert_eq!((full.chains[&key].seq, full.chains[&key].cid), (seq, cid));
    }

    // What anybody put after a chain that is no event takes nothing from it.
    let options = async_nats::ConnectOptions::with_token(TOKEN.to_owned());
    let client = options.connect(host.address().url).await.unwrap();
    let jetstream = async_nats::jetstream::new(client);
    let bare = async_nats::HeaderMap::new();
    for chain in &chains[3..6] {
        let (document, replica) = (&chain.document, chain.replica());
        let subject = format!("WISSIL.IGNIS.GRAPH.session-1.main.{document}.{replica}");
        let kept = jetstream.publish_with_headers(subject, bare.clone(), "junk".into());
        kept.await.unwrap().await.unwrap();
    }
    assert_eq!(counted(&connection).await.chains, full.chains);

    // After a loss it says so.
    host.wipe();
    host.restart().await;
    let connection = host.connect().await;
    let lost = counted(&connection).await;
    assert_eq!(lost.chains.len(), 0);
    assert_ne!(lost.state.incarnation, full.state.incarnation);
}

#[tokio::test]
async fn messages_that_are_no_events_are_told_apart() {
    let host = Host::start().await;
    let connection = host.connect().await;
    let mut chain = Chain::new(1, DocumentKind::BLUEPRINT);
    let first = chain.next(1, 10);
    assert_eq!(
        Publisher::new(&connection).publish(first).await.problem,
        None
    );
    let options = async_nats::ConnectOptions::with_token(TOKEN.to_owned());
    let client = options.connect(host.address().url).await.unwrap();
    let jetstream = async_nats::jetstream::new(client);
    let good = format!("WISSIL.IGNIS.GRAPH.session-1.main.d.{}", chain.replica());
    let cid = wissil_dag::cid_of(0x71, b"x").to_string();
    let signature = "A".repeat(86);
    let full = [("Cid", cid.as_str()), ("Signature", &signature)];
    let bad: [(&str, &[(&str, &str)]); 8] = [
        ("WISSIL.IGNIS.DEBUG.session-1.run", &full),
        ("WISSIL.IGNIS.GRAPH.session-1.main.d.nobody", &full),
        ("WISSIL.IGNIS.GRAPH.session-1.ma$in.d.e", &full),
        (&good, &[]),
        (&good, &full[..1]),
        (&good, &full[1..]),
        (&good, &[("Cid", "no cid"), full[1]]),
        (&good, &[full[0], ("Signature", "short")]),
    ];
    for (subject, named) in bad {
        let mut headers = async_nats::HeaderMap::new();
        for (name, value) in named {
            headers.insert(*name, *value);
        }
        let payload = b"x".as_slice().into();
        let sent = jetstream.publish_with_headers(subject.to_owned(), headers, payload);
        sent.await.unwrap().await.unwrap();
    }
    let last = chain.next(1, 10);
    assert_eq!(
        Publisher::new(&connection).publish(last).await.problem,
        None
    );

    let mut reader = Reader::open(&connection, STREAM, &session(), "r", 0)
        .await
        .unwrap();
    let (mut events, mut malformed) = (Vec::new(), Vec::new());
    // What a graph did while it ran is no edit, and not asked for.
    while events.len() + malformed.len() < 9 {
        let batch = soon("reading", reader.next()).await.unwrap();
        events.extend(batch.events.iter().map(|event| event.sequence));
        malformed.extend(batch.malformed.iter().map(|(sequence, _)| *sequence));
    }
    assert_eq!(events, [1, 10]);
    assert_eq!(malformed, [3, 4, 5, 6, 7, 8, 9]);
    // The census leaves them out.
    let census = counted(&connection).await;
    assert_eq!(census.chains.len(), 1);
    assert!(census.chains.values().all(|chain| chain.seq == 2));
}

#[tokio::test]
async fn a_reader_that_misses_a_message_says_so() {
    let host = Host::start().await;
    let connection = host.connect().await;
    let publisher = Publisher::new(&connection);
    let mut chain = Chain::new(1, DocumentKind::BLUEPRINT);
    let mut reader = Reader::open(&connection, STREAM, &session(), "r", 0)
        .await
        .unwrap();
    assert_eq!(publisher.publish(chain.next(1, 10)).await.problem, None);
    read(&mut reader, 1).await;
    // Somebody else asks in its name, and gets every other message.
    let options = async_nats::ConnectOptions::with_token(TOKEN.to_owned());
    let client = options.connect(host.address().url).await.unwrap();
    let inbox = client.subscribe("thief").await.unwrap();
    let request = format!("$JS.API.CONSUMER.MSG.NEXT.{STREAM}.r");
    let batch = b"{\"batch\":100}".as_slice();
    client
        .publish_with_reply(request, "thief", batch.into())
        .await
        .unwrap();
    client.flush().await.unwrap();
    let found = async {
        loop {
            for event in chain.next(4, 10) {
                assert_eq!(publisher.publish(vec![event]).await.problem, None);
            }
            if let Err(problem) = reader.next().await {
                return problem;
            }
        }
    };
    let problem = soon("the gap", found).await;
    assert!(matches!(problem, NatsError::Gap { .. }), "{problem}");
    assert!(problem.is_transient());
    drop(inbox);
}
