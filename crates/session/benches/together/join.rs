//! Joining sessions of different lengths.

use std::time::{Duration, Instant};

use wissil_nats::plain::PlainReader;
use wissil_nats::{Publisher, edit_stream};
use wissil_session::DocumentKind;
use wissil_session::api::ConnectionState;

use crate::figures::{Row, milliseconds};
use crate::scene::{ENTITIES, Writer};
use crate::world::{Host, Person, RUNTIME, events, until, until_online};

/// Events of one scene: the unit of loading is the document.
const SCENE_EVENTS: u64 = 10_000;
/// The time she has to share checkpoints.
const SHARING: Duration = Duration::from_secs(12);
/// Events that are made before they are published.
const PART: u64 = 1000;

/// From the link to the first scene, beside reading all messages plainly.
pub fn rows(sizes: &[u64]) -> Vec<Row> {
    sizes.iter().flat_map(|size| joined(*size)).collect()
}

fn joined(size: u64) -> Vec<Row> {
    let host = Host::start();
    let ann = Person::new("Ann");
    let castle = ann.create();
    let scenes: Vec<String> = (0..size.div_ceil(SCENE_EVENTS))
        .map(|n| {
            let scene = castle.create_document("scene", &format!("Scene {n}"));
            scene.unwrap().id
        })
        .collect();
    castle.connect(host.settings()).unwrap();
    until_online(&castle);
    let link = castle.share().unwrap().link.unwrap();
    let there = events(&castle);
    let session = castle.info().unwrap().session;
    let mut left = size;
    RUNTIME.block_on(async {
        let publisher = Publisher::new(&host.connection().await);
        for scene in &scenes {
            let mut writer = Writer::new(&session, scene);
            let mut in_scene = SCENE_EVENTS.min(left);
            left -= in_scene;
            while in_scene > 0 {
                let part = PART.min(in_scene);
                in_scene -= part;
                let published = publisher.publish(writer.next(part)).await;
                assert_eq!(published.problem, None);
            }
        }
    });
    // Whoever is here has everything, and may prepare what newcomers need.
    until("Ann has everything", || events(&castle) == there + size);
    until_online(&castle);
    // What she prepares she does within some seconds, and nobody is told.
    std::thread::sleep(SHARING);

    let ben = Person::new("Ben");
    let begun = Instant::now();
    let newcomer = ben.join(&link);
    newcomer.reconnect().unwrap();
    newcomer
        .open_document(&scenes[0], Box::new(|_| ()))
        .unwrap();
    until("Ben sees the first scene", || {
        let first = newcomer.snapshot(&scenes[0]).unwrap();
        let entities = first.collections.get("entities");
        entities.is_some_and(|entities| entities.len() == ENTITIES)
    });
    let shown = begun.elapsed();
    until("Ben has everything", || {
        let connection = newcomer.status().unwrap().connection;
        connection.state == ConnectionState::Online
            && connection.history.is_none()
            && events(&newcomer) >= there + size
    });
    let whole = begun.elapsed();
    let plain = RUNTIME.block_on(async {
        let connection = host.connection().await;
        let stream = edit_stream(DocumentKind::SCENE).unwrap();
        let begun = Instant::now();
        let mut reader = PlainReader::open(&connection, stream, "plain", 0)
            .await
            .unwrap();
        reader.read_all().await.unwrap();
        begun.elapsed()
    });
    vec![
        Row::new(
            format!("join {size} events, to the first scene"),
            milliseconds(shown),
            "ms",
        )
        .beside(milliseconds(plain))
        .goal("<= 500 ms at any length"),
        Row::new(
            format!("join {size} events, to the whole history"),
            milliseconds(whole),
            "ms",
        )
        .beside(milliseconds(plain)),
    ]
}
