//! How the cost of a session grows with the number of its people: at rest, and when all come back at once.

use std::io::{BufRead, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use wissil_session::Session;

use crate::figures::{Row, processor_seconds};
use crate::scene;
use crate::world::{Host, Person, TOKEN, events, gathered, until, until_online};

/// How long nothing is done.
const REST: Duration = Duration::from_secs(30);
/// How often everybody edits while apart.
const EDITS: usize = 100;

/// For each number of people: what rest costs a replica, and what it costs to fold an event everywhere.
pub fn rows(numbers: &[usize]) -> Vec<Row> {
    let mut folded = None;
    let mut rows = Vec::new();
    for &number in numbers {
        rows.extend(together(number, &mut folded));
    }
    rows
}

fn together(number: usize, few: &mut Option<f64>) -> Vec<Row> {
    let host = Host::start();
    let people: Vec<Person> = (0..number)
        .map(|n| Person::new(&format!("Person {n}")))
        .collect();
    let (scene, sessions) = gathered(&people, &host);
    until_all_have(&sessions, events(&sessions[0]));
    // What is said when people come is over.
    std::thread::sleep(Duration::from_secs(12));

    let process = std::process::id();
    let used = || processor_seconds(process).unwrap_or(f64::NAN);
    let served = || processor_seconds(host.process()).unwrap_or(f64::NAN);
    let (before, server) = (used(), served());
    let heard = hear(host.port(), REST);
    let seconds = REST.as_secs_f64();
    let rest = 100.0 * (used() - before) / seconds / number as f64;
    let server = 100.0 * (served() - server) / seconds;

    for session in &sessions {
        session.disconnect().unwrap();
    }
    let all = events(&sessions[0]) + (number * EDITS) as u64;
    std::thread::scope(|scope| {
        for sessions in sessions.chunks(number.div_ceil(2)) {
            let scene = &scene;
            scope.spawn(move || {
                for session in sessions {
                    (0..EDITS).for_each(|n| scene::edit(session, scene, n));
                }
            });
        }
    });
    let begun = Instant::now();
    for session in &sessions {
        session.connect(host.settings()).unwrap();
    }
    until_all_have(&sessions, all);
    let equal = begun.elapsed();
    let each = 1e6 * equal.as_secs_f64() / (number * number * EDITS) as f64;
    let first = *few.get_or_insert(each);
    vec![
        Row::new(
            format!("{number} people at rest: each"),
            rest,
            "% of a core",
        )
        .goal("<= 0.2 % with 100"),
        Row::new(
            format!("{number} people at rest: each hears"),
            heard as f64 / 1000.0 / seconds,
            "kB/s",
        )
        .goal("<= 4 kB/s with 100"),
        Row::new(
            format!("{number} people at rest: server"),
            server,
            "% of a core",
        ),
        Row::new(
            format!("{number} people, {EDITS} edits each apart: equal"),
            equal.as_secs_f64(),
            "s",
        ),
        Row::new(
            format!("{number} people: an event folded everywhere, each"),
            each,
            "µs",
        )
        .beside(first)
        .goal("<= 1.5x that of the fewest"),
    ]
}

fn until_all_have(sessions: &[Session], at_least: u64) {
    for session in sessions {
        until_online(session);
    }
    until("all have the same", || {
        let most = sessions.iter().map(events).max().unwrap_or_default();
        most >= at_least && sessions.iter().all(|session| events(session) == most)
    });
}

/// How many bytes of what is said among people come to one who listens for a while.
fn hear(port: u16, time: Duration) -> u64 {
    let stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).unwrap();
    let hello = format!(
        "CONNECT {{\"verbose\":false,\"auth_token\":\"{TOKEN}\"}}\r\nSUB slate.> 1\r\nPING\r\n"
    );
    reader.get_mut().write_all(hello.as_bytes()).unwrap();
    let begun = Instant::now();
    let mut heard = 0;
    let mut bytes = [0; 65536];
    while let Some(left) = time
        .checked_sub(begun.elapsed())
        .filter(|left| !left.is_zero())
    {
        reader.get_ref().set_read_timeout(Some(left)).unwrap();
        match reader.read(&mut bytes) {
            Ok(0) => panic!("the server ended the connection"),
            Ok(read) => heard += read as u64,
            Err(_) => break,
        }
    }
    heard
}
