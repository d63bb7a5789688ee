//! Edits seen by others: at once, at full speed, and after having been away.

use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use wissil_nats::edit_stream;
use wissil_nats::plain::{PlainMessage, PlainReader, PlainStream};
use wissil_session::{DocumentKind, Session};

use crate::figures::{Row, median, percentile};
use crate::scene;
use crate::world::{Host, PATIENCE, Person, RUNTIME, events, until, until_online};
use crate::y_websocket;

/// Edits whose way is measured one by one.
const SINGLE: usize = 500;
/// The time from one of them to the next.
const BETWEEN: Duration = Duration::from_millis(50);
/// Who was away and catches up, one after the other.
const AWAY: usize = 3;
/// Messages that are published plainly at full speed.
const PLAIN: usize = 4000;

/// Ann edits; Ben looks on; others were away.
pub fn rows(edits: usize) -> Vec<Row> {
    let host = Host::start();
    let ann = Person::new("Ann");
    let castle = ann.create();
    let scene = scene::scene(&castle);
    scene::fill(&castle, &scene);
    castle.connect(host.settings()).unwrap();
    until_online(&castle);
    let link = castle.share().unwrap().link.unwrap();
    let joined = |name: String| {
        let person = Person::new(&name);
        let session = person.join(&link);
        session.reconnect().unwrap();
        until_online(&session);
        (person, session)
    };
    let away: Vec<(Person, Session)> = (0..AWAY).map(|n| joined(format!("Away {n}"))).collect();
    for (_, session) in &away {
        until("all have come", || events(session) == events(&castle));
        session.disconnect().unwrap();
    }
    let before = events(&away[0].1);
    let (_ben, looking) = joined("Ben".into());
    until("Ann knows Ben", || events(&looking) == events(&castle));

    // Both have the scene and the history before them.
    let _seen_here = watch(&castle, &scene);
    let seen = watch(&looking, &scene);
    let mut rows = one_by_one(&host, &castle, &scene, &seen, &ann.project());

    let begun = Instant::now();
    let row = castle.edits();
    let pending: Vec<_> = (0..edits)
        .map(|n| {
            let changes = scene::moved(SINGLE + n);
            row.edit(&scene, "entity.transform", changes).unwrap()
        })
        .collect();
    let mut last = String::new();
    for pending in pending {
        last = pending.wait().unwrap().position;
    }
    let made = begun.elapsed();
    while seen.recv_timeout(PATIENCE).unwrap().1 != last {}
    let all = begun.elapsed();
    let rate = |time: Duration| edits as f64 / time.as_secs_f64();
    rows.push(
        Row::new(
            format!("single edits until a peer has {edits}"),
            rate(all),
            "/s",
        )
        .beside(plain_rate(&ann.project(), &scene))
        .goal(">= 10,000/s"),
    );
    if let Some(theirs) = y_websocket::rate(edits) {
        rows.push(
            Row::new("  beside y-websocket, which keeps nothing", rate(all), "/s")
                .beside(theirs)
                .goal(">= 1x"),
        );
    }
    rows.push(Row::new("  of which: making them", rate(made), "/s"));

    until_online(&castle);
    let missed = events(&castle) - before;
    let (mut ours, mut plain) = (Vec::new(), Vec::new());
    for (turn, (_, session)) in away.iter().enumerate() {
        let begun = Instant::now();
        session.connect(host.settings()).unwrap();
        until("the one who was away has everything", || {
            events(session) == events(&castle)
        });
        ours.push(missed as f64 / begun.elapsed().as_secs_f64());
        session.disconnect().unwrap();
        plain.push(RUNTIME.block_on(async {
            let connection = host.connection().await;
            let stream = edit_stream(DocumentKind::SCENE).unwrap();
            let begun = Instant::now();
            let mut reader = PlainReader::open(&connection, stream, &format!("plain-{turn}"), 0)
                .await
                .unwrap();
            reader.read_all().await.unwrap();
            reader.backlog() as f64 / begun.elapsed().as_secs_f64()
        }));
    }
    rows.push(
        Row::new(
            format!("connect and catch up {missed} events"),
            median(&mut ours),
            "/s",
        )
        .beside(median(&mut plain))
        .goal(">= 0.5x plain consumer"),
    );
    rows
}

/// Opens a scene as a window does; when its view heard of what, by the scene's position.
fn watch(session: &Session, scene: &str) -> Receiver<(Instant, String)> {
    let (tell, told) = mpsc::channel();
    session.subscribe(Box::new(|_| ())).unwrap();
    session
        .open_document(
            scene,
            Box::new(move |delta| {
                // Nobody may be interested any more.
                let _ = tell.send((Instant::now(), delta.position));
            }),
        )
        .unwrap();
    told
}

/// The way of single edits, in turns with that of plain messages of the same size.
fn one_by_one(
    host: &Host,
    castle: &Session,
    scene: &str,
    seen: &Receiver<(Instant, String)>,
    project: &std::path::Path,
) -> Vec<Row> {
    scene::edit(castle, scene, EXAMPLE);
    let example = scene::stored(project, scene).pop().unwrap();
    let message = PlainMessage::new(&example).unwrap();
    seen.recv_timeout(PATIENCE).unwrap();
    let (stream, mut reader) = RUNTIME.block_on(async {
        let connection = host.connection().await;
        let stream = PlainStream::create(&connection).await.unwrap();
        let other = host.connection().await;
        let reader = PlainReader::open(&other, PlainStream::NAME, "seen", 0)
            .await
            .unwrap();
        (stream, reader)
    });
    let (mut ours, mut plain, mut here) = (Vec::new(), Vec::new(), Vec::new());
    for n in 0..SINGLE {
        let begun = Instant::now();
        scene::edit(castle, scene, n);
        here.push(begun.elapsed());
        let (heard, _) = seen.recv_timeout(PATIENCE).unwrap();
        ours.push(heard.duration_since(begun));
        pause(begun, BETWEEN / 2);
        let message = message.clone().numbered(n);
        plain.push(RUNTIME.block_on(async {
            let begun = Instant::now();
            let (published, read) = tokio::join!(stream.publish(message), async {
                reader.next().await.unwrap();
                begun.elapsed()
            });
            published.unwrap();
            read
        }));
        pause(begun, BETWEEN);
    }
    let mut row = |percent, goal| {
        Row::new(
            format!("an edit seen by a peer, p{percent}"),
            percentile(&mut ours, percent),
            "ms",
        )
        .beside(percentile(&mut plain, percent))
        .goal(goal)
    };
    vec![
        row(50, "<= 3x publish to delivery"),
        row(99, ""),
        Row::new(
            "  of which: until it is saved here, p50",
            percentile(&mut here, 50),
            "ms",
        ),
    ]
}

/// Before the edits that are counted, one to learn what they look like.
const EXAMPLE: usize = 1_000_000;

fn pause(begun: Instant, until: Duration) {
    std::thread::sleep(until.saturating_sub(begun.elapsed()));
}

/// How many messages a second somebody reads that are published one by one, each when the server has the one before.
fn plain_rate(project: &std::path::Path, scene: &str) -> f64 {
    let mut events = scene::stored(project, scene);
    events.truncate(PLAIN);
    let messages: Vec<PlainMessage> = events
        .iter()
        .map(|event| PlainMessage::new(event).unwrap())
        .collect();
    let host = Host::start();
    RUNTIME.block_on(async {
        let stream = PlainStream::create(&host.connection().await).await.unwrap();
        let mut reader = PlainReader::open(&host.connection().await, PlainStream::NAME, "rate", 0)
            .await
            .unwrap();
        let count = messages.len();
        let begun = Instant::now();
        let publishing = async {
            for message in messages {
                stream.publish(message).await.unwrap();
            }
        };
        let reading = async {
            for _ in 0..count {
                reader.next().await.unwrap();
            }
        };
        tokio::join!(publishing, reading);
        count as f64 / begun.elapsed().as_secs_f64()
    })
}
