//! Many people in one session at once.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use wissil_session::{Change, Session, Value};

use crate::figures::{Row, percentile, processor_seconds};
use crate::world::{Host, Person, events, gathered, until, until_online};

/// People, each with an installation and a project of their own.
const PEOPLE: usize = 50;
/// Gestures of one person in a second, and for how many seconds.
const RATE: usize = 5;
const SECONDS: usize = 20;

/// When each gesture of one person was made, and when the next person saw it.
#[derive(Default)]
struct Ways {
    made: Vec<Instant>,
    seen: Vec<Duration>,
}

/// Everybody moves an entity of their own and looks at the scene.
pub fn rows() -> Vec<Row> {
    let host = Host::start();
    let people: Vec<Person> = (0..PEOPLE)
        .map(|n| Person::new(&format!("Person {n}")))
        .collect();
    let (scene, sessions) = gathered(&people, &host);
    until("all know each other", || {
        sessions
            .iter()
            .all(|session| events(session) == events(&sessions[0]))
    });
    let ways: Vec<Arc<Mutex<Ways>>> = (0..PEOPLE).map(|_| Arc::default()).collect();
    for (at, session) in sessions.iter().enumerate() {
        let neighbour = (at + PEOPLE - 1) % PEOPLE;
        look_at(session, &scene, neighbour, Arc::clone(&ways[neighbour]));
    }

    let process = std::process::id();
    let used = || {
        (
            processor_seconds(host.process()),
            processor_seconds(process),
        )
    };
    let before = used();
    let begun = Instant::now();
    std::thread::scope(|scope| {
        for (at, (session, ways)) in sessions.iter().zip(&ways).enumerate() {
            let scene = &scene;
            scope.spawn(move || work(session, scene, at, ways));
        }
    });
    let made = begun.elapsed();
    let gestures = PEOPLE * RATE * SECONDS;
    let ways_seen = || -> usize {
        ways.iter()
            .map(|ways| ways.lock().unwrap().seen.len())
            .sum()
    };
    until("every gesture was seen", || gestures == ways_seen());
    for session in &sessions {
        until_online(session);
    }
    until("all have everything", || {
        sessions
            .iter()
            .all(|session| events(session) == events(&sessions[0]))
    });
    let everywhere = begun.elapsed();
    let after = used();
    let contents = |session: &Session| session.snapshot(&scene).unwrap().collections;
    let first = contents(&sessions[0]);
    assert!(
        sessions.iter().all(|session| contents(session) == first),
        "the replicas differ"
    );

    let mut seen: Vec<Duration> = ways
        .iter()
        .flat_map(|ways| ways.lock().unwrap().seen.clone())
        .collect();
    let share = |before: Option<f64>, after: Option<f64>| {
        100.0 * (after.unwrap_or(f64::NAN) - before.unwrap_or(f64::NAN)) / everywhere.as_secs_f64()
    };
    let what = format!("{PEOPLE} people, {RATE} gestures/s each");
    vec![
        Row::new(
            format!("{what}: made"),
            gestures as f64 / made.as_secs_f64(),
            "/s",
        )
        .beside((PEOPLE * RATE) as f64),
        Row::new(
            format!("{what}: seen, p50"),
            percentile(&mut seen, 50),
            "ms",
        ),
        Row::new(
            format!("{what}: seen, p99"),
            percentile(&mut seen, 99),
            "ms",
        ),
        Row::new(
            format!("{what}: server"),
            share(before.0, after.0),
            "% of a core",
        ),
        Row::new(
            format!("{what}: all clients"),
            share(before.1, after.1),
            "% of a core",
        ),
    ]
}

/// Makes gestures as their time comes.
fn work(session: &Session, scene: &str, person: usize, ways: &Mutex<Ways>) {
    let between = Duration::from_secs(1) / RATE as u32;
    let begun = Instant::now() + between * person as u32 / PEOPLE as u32;
    for n in 0..RATE * SECONDS {
        let time = begun + between * n as u32;
        std::thread::sleep(time.saturating_duration_since(Instant::now()));
        ways.lock().unwrap().made.push(Instant::now());
        let mark = Change::set(
            "entities",
            entity(person),
            [("order", Value::from((1000 + n) as f64))],
        );
        session.edit(scene, "entity.set", vec![mark]).unwrap();
    }
}

fn entity(person: usize) -> String {
    format!("entity_{person}")
}

/// Notes when a person's gestures come to somebody's view: several at once count for each.
fn look_at(session: &Session, scene: &str, person: usize, ways: Arc<Mutex<Ways>>) {
    session.subscribe(Box::new(|_| ())).unwrap();
    let entity = entity(person);
    let listener = move |delta: wissil_session::api::Delta| {
        let now = Instant::now();
        let mark = delta
            .upserted
            .get("entities")
            .and_then(|entities| entities.get(&entity)?.get("order")?.as_f64());
        let Some(mark) = mark.filter(|mark| *mark >= 1000.0) else {
            return;
        };
        let mut ways = ways.lock().unwrap();
        while ways.seen.len() <= mark as usize - 1000 {
            let way = now.duration_since(ways.made[ways.seen.len()]);
            ways.seen.push(way);
        }
    };
    session.open_document(scene, Box::new(listener)).unwrap();
}
