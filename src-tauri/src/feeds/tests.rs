#![allow(clippy::unwrap_used)]
use std::collections::BTreeMap;
use std::sync::mpsc;

use serde_json::json;
use wissil_session::api::{
    BusMessage, ConnectionState, Delta, EventRow, EventState, Peer, Person, Presence,
    PresenceMessage, SessionMessage, SessionStatus, UndoState,
};

use super::*;

/// A feed whose page takes what comes when the test says so, and what was sent to it.
fn stalled<C: Class>() -> (impl Fn(C::Message), impl Fn(), mpsc::Receiver<C>) {
    let (send, sent) = mpsc::channel();
    let feed = Arc::new(Feed::new(move |batch| send.send(batch).unwrap()));
    let other = Arc::clone(&feed);
    (
        move |message| feed.push(message),
        move || other.taken(),
        sent,
    )
}

fn delta(position: usize, upserted: &[(&str, usize)], removed: &[&str]) -> Delta {
    let records = upserted.iter().map(|(id, value)| {
        (
            (*id).to_owned(),
            BTreeMap::from([("value".to_owned(), json!(value))]),
        )
    });
    let removed: Vec<_> = removed.iter().map(ToString::to_string).collect();
    Delta {
        document: "loop".into(),
        position: position.to_string(),
        upserted: BTreeMap::from([("nodes".to_owned(), records.collect())]),
        removed: BTreeMap::from([("nodes".to_owned(), removed)]),
        problems: None,
        derived: BTreeMap::new(),
        undo: UndoState::default(),
    }
}

fn status(events: usize) -> SessionStatus {
    SessionStatus {
        events: events.to_string(),
        outbox: "0".into(),
        pending: "0".into(),
        quarantined: "0".into(),
        people: Vec::new(),
        documents: Vec::new(),
        displaced: None,
        connection: serde_json::from_value(json!({
            "state": ConnectionState::Local, "waiting": "0", "done": "0", "total": "0", "files": null,
            "problem": null, "hosting": false, "history": null, "left": [], "settled": false,
        }))
        .unwrap(),
    }
}

fn ada() -> Person {
    serde_json::from_value(json!({ "id": "ada", "name": "Ada", "color": "#5b9dff" })).unwrap()
}

fn events(number: usize) -> SessionMessage {
    let row = EventRow {
        position: number.to_string(),
        cid: format!("cid{number}"),
        document: "loop".into(),
        document_name: "Loop".into(),
        event_type: "node.move".into(),
        person: ada(),
        own: false,
        time: 0.0,
        words: "moved Branch".into(),
        touched: Vec::new(),
        touched_count: 0,
        state: EventState::Saved,
    };
    SessionMessage::Events {
        rows: vec![row],
        status: status(number),
    }
}

fn message(number: u32) -> BusMessage {
    BusMessage {
        subject: "slate.asset.progress".into(),
        resource: "asset".into(),
        action: "progress".into(),
        user: "ada".into(),
        time: 0.0,
        payload: json!(number),
    }
}

fn moved(replica: &str, document: usize) -> PresenceMessage {
    PresenceMessage::Moved {
        peer: peer(replica, document),
    }
}

fn peer(replica: &str, document: usize) -> Peer {
    Peer {
        replica: replica.into(),
        person: ada(),
        presence: Presence {
            document: Some(document.to_string()),
            ..Presence::default()
        },
    }
}

#[test]
fn a_page_that_stalls_is_told_once_and_then_of_all_together() {
    let (push, taken, sent) = stalled::<Ordered<Delta>>();
    for at in 0..100_000 {
        push(delta(at, &[(["a", "b", "c"][at % 3], at)], &[]));
    }
    assert_eq!(
        sent.try_recv().unwrap().messages,
        [delta(0, &[("a", 0)], &[])]
    );
    assert!(sent.try_recv().is_err(), "it has not taken the first");
    taken();
    let together = sent.try_recv().unwrap();
    let all = delta(99_999, &[("a", 99_999), ("b", 99_997), ("c", 99_998)], &[]);
    assert_eq!(together.messages, [all]);
    assert!(!together.missed);
    taken();
    assert!(sent.try_recv().is_err(), "nothing came since");
    push(delta(100_000, &[], &["a"]));
    assert_eq!(
        sent.try_recv().unwrap().messages,
        [delta(100_000, &[], &["a"])]
    );
}

#[test]
fn of_a_record_counts_what_it_is_last() {
    let (push, taken, sent) = stalled::<Ordered<Delta>>();
    push(delta(0, &[], &[]));
    for (at, delta) in [
        delta(1, &[("a", 1), ("b", 1)], &[]),
        delta(2, &[], &["a", "b"]),
        delta(3, &[("b", 3)], &[]),
        delta(4, &[], &["a"]),
    ]
    .into_iter()
    .enumerate()
    {
        push(delta);
        assert_eq!(sent.try_iter().count(), usize::from(at == 0));
    }
    taken();
    // What stands in both stands.
    assert_eq!(
        sent.try_recv().unwrap().messages,
        [delta(4, &[("b", 3)], &["a", "b"])]
    );
}

#[test]
fn what_is_too_much_to_keep_is_said_to_be_missed() {
    let (push, taken, sent) = stalled::<Ordered<Delta>>();
    let ids: Vec<_> = (0..20_000).map(|at| format!("n{at}")).collect();
    push(delta(0, &[], &[]));
    for (at, id) in ids.iter().enumerate() {
        push(delta(at, &[], &[id]));
    }
    sent.try_recv().unwrap();
    taken();
    let batch = sent.try_recv().unwrap();
    assert!(batch.missed);
    let waited = |batch: &Ordered<Delta>| {
        let removed = batch
            .messages
            .iter()
            .flat_map(|delta| delta.removed.values());
        removed.map(Vec::len).sum::<usize>()
    };
    assert!(waited(&batch) <= 10_000);
    taken();
    push(delta(1, &[], &["x"]));
    assert!(!sent.try_recv().unwrap().missed, "that was told once");

    let (push, taken, sent) = stalled::<Ordered<SessionMessage>>();
    (0..5_000).for_each(|number| push(events(number)));
    sent.try_recv().unwrap();
    taken();
    let batch = sent.try_recv().unwrap();
    assert!(batch.missed);
    let [SessionMessage::Events { rows, status }] = &*batch.messages else {
        panic!("{} messages", batch.messages.len());
    };
    assert_eq!((rows.len(), &*status.events), (1_000, "4999"));
    assert_eq!(rows.last().unwrap().cid, "cid4999");
}

#[test]
fn of_everybody_the_newest_is_told() {
    let (push, taken, sent) = stalled::<Latest<PresenceMessage>>();
    push(moved("ada", 0));
    sent.try_recv().unwrap();
    push(PresenceMessage::Joined {
        peer: peer("bob", 0),
    });
    for at in 1..10_000 {
        push(moved("ada", at));
        push(moved("bob", at));
    }
    push(moved("cleo", 1));
    push(PresenceMessage::Left {
        replica: "cleo".into(),
    });
    taken();
    let newest = sent.try_recv().unwrap();
    let expected = [
        PresenceMessage::Joined {
            peer: peer("bob", 9_999),
        },
        moved("ada", 9_999),
        PresenceMessage::Left {
            replica: "cleo".into(),
        },
    ];
    assert_eq!(newest.0, expected);
}

#[test]
fn of_messages_the_oldest_are_dropped_and_counted() {
    let (push, taken, sent) = stalled::<Bounded<BusMessage>>();
    (0..1_001).for_each(|number| push(message(number)));
    assert_eq!(sent.try_recv().unwrap().messages, [message(0)]);
    taken();
    let batch = sent.try_recv().unwrap();
    assert_eq!((batch.messages.len(), batch.dropped), (200, 800));
    assert_eq!(batch.messages.last().unwrap(), &message(1_000));
}

#[test]
fn a_feed_that_nobody_feeds_any_more_is_forgotten() {
    let feeds = Feeds::default();
    let channel = || Channel::<Latest<u32>>::new(|_| Ok(()));
    let mut first = feeds.sender(channel());
    first(1);
    drop(first);
    let _second = feeds.sender(channel());
    assert_eq!(lock(&feeds.0).len(), 1);
    feeds.taken(&[u32::MAX]);
}
