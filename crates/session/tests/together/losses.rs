//! Servers that lose what they were given, or have no room for it.

use wissil_session::Session;
use wissil_session::api::ConnectionState;

use crate::client::RawClient;
use crate::server::TestServer;
use crate::world::{Person, add_node, contents, nodes, until, until_online};

const STREAMS: [&str; 3] = ["WISSIL_IGNIS", "WISSIL_UNITY", "WISSIL_SPARK"];

/// Ann's project on a server.
fn shared(server: &TestServer, ann: &Person) -> (Session, String) {
    let castle = ann.create();
    castle.connect(server.settings(server.port)).unwrap();
    until_online(&castle);
    let link = castle.share().unwrap().link.unwrap();
    (castle, link)
}

/// How many messages a server holds.
pub fn held(server: &TestServer) -> u64 {
    let mut client = RawClient::connect(server.port);
    STREAMS.iter().map(|stream| client.messages(stream)).sum()
}

pub fn events(session: &Session) -> u64 {
    session.status().unwrap().events.parse().unwrap()
}

fn until_same(one: &Session, other: &Session) {
    until("both have the same", || {
        events(one) == events(other) && contents(one) == contents(other)
    });
}

#[test]
fn an_empty_disk_is_filled_again_by_whoever_is_there() {
    let mut server = TestServer::start();
    let [ann, ben, cleo, dora] = ["Ann", "Ben", "Cleo", "Dora"].map(Person::new);
    let (castle, link) = shared(&server, &ann);
    let bens = ben.join(&link);
    let cleos = cleo.join(&link);
    until_online(&cleos);
    let made: Vec<String> = (0..40).map(|x| add_node(&cleos, f64::from(x))).collect();
    add_node(&bens, 1.0);
    until_online(&cleos);
    until_online(&bens);
    until_same(&castle, &cleos);
    until_same(&castle, &bens);
    drop(cleos);

    server.wipe();
    // What is made meanwhile builds on what the server lost.
    let meanwhile = add_node(&castle, 2.0);
    server.resume();
    until_online(&bens);
    until_same(&castle, &bens);
    until("the server holds everything again", || {
        held(&server) >= events(&castle)
    });
    let doras = dora.join(&link);
    until_same(&castle, &doras);
    let there = nodes(&doras);
    assert!(
        made.iter()
            .chain([&meanwhile])
            .all(|id| there.contains_key(id))
    );
    assert_eq!(doras.status().unwrap().pending, "0");
    // And whoever was away finds everything in its place.
    let cleos = cleo.reopen("joined");
    until_online(&cleos);
    until_same(&castle, &cleos);
}

#[test]
fn a_disk_of_yesterday_is_brought_up_to_date() {
    let mut server = TestServer::start();
    let [ann, ben, cleo, dora] = ["Ann", "Ben", "Cleo", "Dora"].map(Person::new);
    let (castle, link) = shared(&server, &ann);
    let bens = ben.join(&link);
    let cleos = cleo.join(&link);
    for session in [&castle, &bens, &cleos] {
        add_node(session, 1.0);
        until_online(session);
    }
    let yesterday = server.backup();
    for session in [&bens, &cleos] {
        until_online(session);
        (0..20).for_each(|x| drop(add_node(session, f64::from(x))));
        until_online(session);
    }
    for session in [&castle, &bens] {
        until_same(session, &cleos);
    }
    // Ben and Cleo have read places that the server gives to other events now.
    drop((bens, cleos));
    server.restore(yesterday.path());
    let today: Vec<String> = (0..60).map(|x| add_node(&castle, f64::from(x))).collect();
    server.resume();
    until_online(&castle);
    until("Ann has healed the others' chains", || {
        held(&server) >= events(&castle)
    });
    for person in [&ben, &cleo] {
        let back = person.reopen("joined");
        until_same(&castle, &back);
        let there = nodes(&back);
        assert!(today.iter().all(|id| there.contains_key(id)));
    }
    let doras = dora.join(&link);
    until_same(&castle, &doras);
}

#[test]
fn a_full_stream_is_told_and_loses_nothing() {
    let server = TestServer::start();
    let [ann, ben] = ["Ann", "Ben"].map(Person::new);
    let (castle, link) = shared(&server, &ann);
    let bens = ben.join(&link);
    until_online(&bens);
    let mut client = RawClient::connect(server.port);
    add_node(&castle, 0.0);
    until_online(&castle);
    let full = client.messages(STREAMS[0]);
    client.limit(STREAMS[0], i64::try_from(full).unwrap());

    let made: Vec<String> = (0..30).map(|x| add_node(&castle, f64::from(x))).collect();
    until("Ann is told", || {
        let problem = castle.status().unwrap().connection.problem;
        problem.is_some_and(|problem| problem.contains("no room"))
    });
    // It says so, rather than to go on as if something came of it.
    until("Ann knows that this rests", || {
        let connection = castle.status().unwrap().connection;
        connection.settled && connection.left == ["30 edits to send"]
    });
    let connection = castle.status().unwrap().connection;
    assert_eq!(connection.waiting, "30");
    assert_ne!(connection.state, ConnectionState::Online);
    // Closing and opening again changes nothing.
    drop(castle);
    let castle = ann.reopen("castle");
    until("Ann is told again", || {
        let connection = castle.status().unwrap().connection;
        connection
            .problem
            .is_some_and(|problem| problem.contains("no room"))
    });
    client.limit(STREAMS[0], -1);
    until_online(&castle);
    assert_eq!(castle.status().unwrap().connection.problem, None);
    until_same(&castle, &bens);
    let there = nodes(&bens);
    assert!(made.iter().all(|id| there.contains_key(id)));
    assert_eq!(
        bens.status().unwrap().connection.state,
        ConnectionState::Online
    );
}

#[test]
fn events_that_come_twice_or_in_another_order_change_nothing() {
    let server = TestServer::start();
    let [ann, ben, dora] = ["Ann", "Ben", "Dora"].map(Person::new);
    let (castle, link) = shared(&server, &ann);
    let bens = ben.join(&link);
    for session in [&castle, &bens] {
        (0..15).for_each(|x| drop(add_node(session, f64::from(x))));
        until_online(session);
    }
    until_same(&castle, &bens);
    let before = events(&castle);
    let mut client = RawClient::connect(server.port);
    for stream in STREAMS {
        for mut message in client.stored(stream).into_iter().rev() {
            // Beyond the duplicate window the server does not know them again.
            message
                .headers
                .retain(|(name, _)| name != "Nats-Msg-Id" && !name.starts_with("Nats-Batch"));
            let kept = client.store(&message);
            assert!(kept["seq"].is_u64(), "{kept}");
        }
    }
    let last = add_node(&castle, 0.0);
    until("Ben has read all of it", || {
        nodes(&bens).contains_key(&last)
    });
    until_same(&castle, &bens);
    // Whoever joins reads every event twice, once in the wrong order.
    let doras = dora.join(&link);
    until_same(&castle, &doras);
    for session in [&castle, &bens, &doras] {
        let status = session.status().unwrap();
        assert_eq!(
            (status.quarantined.as_str(), status.pending.as_str()),
            ("0", "0")
        );
    }
    // The last node, and that Dora joined.
    assert_eq!(events(&castle), before + 2);
}
