//! Random plans: people edit, leave, lose their way to the server and lose the server, and in the end everybody has
//! everything. `WISSIL_SEED=<number>` runs one plan.

use std::ops::Range;

use wissil_session::api::{ApiError, ConnectionState, ErrorCode};
use wissil_session::{Change, Record, Session, Value, new_id, verify};

use crate::chance::Chance;
use crate::proxy::{Half, Proxy};
use crate::server::TestServer;
use crate::world::{Person, contents, until, until_online};

/// The plans that run by default.
const SEEDS: Range<u64> = 1..7;
/// Steps of one plan.
const STEPS: usize = 50;
/// Events of the longest run of edits without a pause.
const RUN: usize = 12;

/// Somebody who takes part, with a way of their own to the server.
struct Member {
    person: Person,
    folder: &'static str,
    proxy: Proxy,
    session: Option<Session>,
}

#[test]
fn whatever_happens_everybody_has_everything_in_the_end() {
    match std::env::var("WISSIL_SEED") {
        Ok(seed) => run(seed.parse().unwrap()),
        Err(_) => SEEDS.for_each(run),
    }
}

fn run(seed: u64) {
    println!("WISSIL_SEED={seed}");
    let mut chance = Chance::new(seed);
    let mut server = TestServer::start();
    let mut members = gather(&server, 2 + chance.below(2));
    for _ in 0..STEPS {
        step(&mut chance, &mut server, &mut members);
    }
    // The end: the server runs, every way is open, everybody is there.
    server.resume();
    for member in &mut members {
        member.proxy.mend();
        member.arrive(&server);
    }
    let sessions: Vec<&Session> = members
        .iter()
        .filter_map(|it| it.session.as_ref())
        .collect();
    until_same(&sessions);

    let newcomer = Person::new("Newcomer");
    let link = sessions[0].share().unwrap().link.unwrap();
    let joined = newcomer.join(&link);
    until_same(&[sessions.as_slice(), &[&joined]].concat());
    let mut folders = vec![newcomer.folder("joined")];
    folders.extend(members.iter().map(|it| it.person.folder(it.folder)));
    drop(joined);
    for member in &mut members {
        member.session = None;
    }
    for folder in folders {
        let report = verify(&folder).unwrap();
        assert!(report.sound, "{report:?}");
    }
}

/// The first shares a project, the others join it.
fn gather(server: &TestServer, count: usize) -> Vec<Member> {
    let mut members: Vec<Member> = Vec::new();
    for name in ["Ann", "Ben", "Cleo"].into_iter().take(count) {
        let person = Person::new(name);
        let proxy = Proxy::to(server.port);
        let (folder, session) = match members.first().and_then(|first| first.session.as_ref()) {
            None => ("castle", person.create()),
            Some(first) => {
                until_online(first);
                ("joined", person.join(&first.share().unwrap().link.unwrap()))
            }
        };
        session.connect(server.settings(proxy.port)).unwrap();
        until_online(&session);
        members.push(Member {
            person,
            folder,
            proxy,
            session: Some(session),
        });
    }
    members
}

fn step(chance: &mut Chance, server: &mut TestServer, members: &mut [Member]) {
    let who = chance.below(members.len());
    let member = &mut members[who];
    match chance.below(20) {
        0..=10 => {
            let session = member.open();
            for _ in 0..=chance.below(RUN) {
                edit(chance, session);
            }
        }
        11 => member.session = None,
        12 => member.arrive(server),
        13 => match &member.session {
            Some(session)
                if session.status().unwrap().connection.state != ConnectionState::Local =>
            {
                session.disconnect().unwrap();
            }
            _ => member.arrive(server),
        },
        14 => member.proxy.cut(),
        15 => member.proxy.mend(),
        16 => member.proxy.interrupt(),
        17 => member.proxy.hold(*chance.one_of(&[Half::Up, Half::Down])),
        18 => match chance.below(3) {
            0 => server.stop(),
            1 => server.kill(),
            _ => server.wipe(),
        },
        _ => server.resume(),
    }
}

impl Member {
    /// The project, opened where it was left.
    fn open(&mut self) -> &Session {
        self.session
            .get_or_insert_with(|| self.person.reopen(self.folder))
    }

    /// Opens the project and connects it.
    fn arrive(&mut self, server: &TestServer) {
        let settings = server.settings(self.proxy.port);
        let session = self.open();
        if session.status().unwrap().connection.state == ConnectionState::Local {
            session.connect(settings).unwrap();
        }
    }
}

/// One gesture in some document.
fn edit(chance: &mut Chance, session: &Session) {
    let documents = session.info().unwrap().documents;
    if documents.is_empty() || chance.below(25) == 0 {
        let kind = *chance.one_of(&["blueprint", "scene"]);
        session.create_document(kind, "Another").unwrap();
        return;
    }
    let document = chance.one_of(&documents);
    let is_listed = || {
        let documents = session.info().unwrap().documents;
        documents.iter().any(|listed| listed.id == document.id)
    };
    match chance.below(30) {
        0 => made(
            || session.rename_document(&document.id, "Renamed"),
            is_listed,
        ),
        1 if documents.len() > 2 => made(|| session.delete_document(&document.id), is_listed),
        2..=4 => made(|| session.undo(&document.id), || true),
        5 => made(|| session.redo(&document.id), || true),
        _ => change(chance, session, &document.id, &document.kind),
    }
}

/// Adds, changes or removes a record.
fn change(chance: &mut Chance, session: &Session, document: &str, kind: &str) {
    let (collection, add, set, remove) = match kind {
        "blueprint" => ("nodes", "node.add", "node.set", "node.delete"),
        _ => ("entities", "entity.add", "entity.rename", "entity.delete"),
    };
    let snapshot = session.snapshot(document).unwrap();
    let known = snapshot.collections.get(collection);
    let ids: Vec<&String> = known
        .into_iter()
        .flat_map(|records| records.keys())
        .collect();
    let (event_type, change) = match chance.below(4) {
        0 if !ids.is_empty() => (
            remove,
            Change::remove(collection, chance.one_of(&ids).as_str()),
        ),
        1 if !ids.is_empty() => {
            let (field, number) = (
                if kind == "blueprint" { "label" } else { "name" },
                chance.below(1000),
            );
            let id = chance.one_of(&ids).as_str();
            (
                set,
                Change::set(collection, id, [(field, Value::from(format!("n{number}")))]),
            )
        }
        _ => (
            add,
            Change::put(collection, new_id().unwrap(), record(chance, kind)),
        ),
    };
    let target = change.id.to_string();
    let is_there = || {
        let now = session.snapshot(document).unwrap().collections;
        now.get(collection)
            .is_some_and(|records| records.contains_key(&target))
    };
    made(
        || session.edit(document, event_type, vec![change.clone()]),
        is_there,
    );
}

/// What changes nothing is no event. Everything else has to go, unless somebody else deleted it since it was looked at;
/// it may even be back when it is looked at again.
#[track_caller]
fn made<T>(attempt: impl Fn() -> Result<T, ApiError>, is_there: impl Fn() -> bool) {
    for _ in 0..5 {
        match attempt() {
            Err(error) if error.code == ErrorCode::NotFound => {
                if !is_there() {
                    return;
                }
            }
            Err(error) => return assert_eq!(error.code, ErrorCode::NothingToDo, "{error:?}"),
            Ok(_) => return,
        }
    }
    panic!("what is there is not found");
}

fn record(chance: &mut Chance, kind: &str) -> Record {
    if kind != "blueprint" {
        return Record::new().with("name", "Box");
    }
    let place = |number: usize| Value::from(f64::from(u32::try_from(number).unwrap()));
    Record::new().with("op", "math/add").with(
        "position",
        Value::Map(
            [
                ("x".into(), place(chance.below(900))),
                ("y".into(), place(0)),
            ]
            .into(),
        ),
    )
}

/// Waits until all of them have sent everything and hold the same.
fn until_same(sessions: &[&Session]) {
    let settled = |session: &Session| {
        let status = session.status().unwrap();
        let connection = &status.connection;
        (connection.state == ConnectionState::Online
            && connection.waiting == "0"
            && status.pending == "0")
            .then_some(status.events)
    };
    until("everybody has everything", || {
        let counts: Vec<_> = sessions.iter().map(|session| settled(session)).collect();
        counts[0].is_some() && counts.iter().all(|count| *count == counts[0])
    });
    let first = contents(sessions[0]);
    for session in &sessions[1..] {
        assert_eq!(contents(session), first);
        assert_eq!(session.status().unwrap().quarantined, "0");
    }
}
