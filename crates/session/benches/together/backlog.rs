//! Sending what was made without a server.

use std::time::Instant;

use wissil_nats::Publisher;
use wissil_nats::plain::{PlainMessage, PlainStream, plain_batches};

use crate::figures::{Row, median};
use crate::scene;
use crate::world::{Host, Person, RUNTIME, until_online};

/// How often each side sends everything, in turns, each time to a server that has nothing.
const TURNS: usize = 3;

/// A project's edits made offline, sent by the session and by the publisher alone, beside the same messages sent plainly.
/// The plain side leaves out what every sender has to do, and is a bound rather than a rival: its messages are made before
/// its clock starts, and nothing is read back, while a session reads its own events from the stream like everybody's.
pub fn rows(edits: usize) -> Vec<Row> {
    let ann = Person::new("Ann");
    let castle = ann.create();
    let scene = scene::scene(&castle);
    scene::fill(&castle, &scene);
    for n in 0..edits {
        scene::edit(&castle, &scene, n);
    }
    let events = scene::stored(&ann.project(), &scene);
    let messages: Vec<PlainMessage> = events
        .iter()
        .map(|event| PlainMessage::new(event).unwrap())
        .collect();
    let (mut whole, mut alone, mut plain) = (Vec::new(), Vec::new(), Vec::new());
    let rate = |begun: Instant| events.len() as f64 / begun.elapsed().as_secs_f64();
    for _ in 0..TURNS {
        let host = Host::start();
        let begun = Instant::now();
        castle.connect(host.settings()).unwrap();
        until_online(&castle);
        whole.push(rate(begun));
        castle.disconnect().unwrap();

        let host = Host::start();
        RUNTIME.block_on(async {
            let publisher = Publisher::new(&host.connection().await);
            let copy = events.clone();
            let begun = Instant::now();
            let published = publisher.publish(copy).await;
            alone.push(rate(begun));
            assert_eq!(published.problem, None);
        });

        let host = Host::start();
        RUNTIME.block_on(async {
            let connection = host.connection().await;
            let stream = PlainStream::create(&connection).await.unwrap();
            let batches = plain_batches(&connection, &messages);
            let begun = Instant::now();
            stream.publish_all(batches).await.unwrap();
            plain.push(rate(begun));
        });
    }
    let plain = median(&mut plain);
    vec![
        Row::new(
            format!("connect and drain {edits} edits"),
            median(&mut whole),
            "/s",
        )
        .beside(plain)
        .goal(">= 0.8x plain async-nats"),
        Row::new(
            format!("drain {edits} edits, alone"),
            median(&mut alone),
            "/s",
        )
        .beside(plain)
        .goal(">= 0.8x plain async-nats"),
    ]
}
