//! Somebody who is far behind: does not read for a while, or is cut off for a long time.

use std::collections::BTreeSet;

use wissil_session::Session;
use wissil_session::api::ConnectionState;

use crate::proxy::{Half, Proxy};
use crate::server::TestServer;
use crate::world::{Person, add_nodes, contents, nodes, until, until_online};

/// Ann's project, and Ben's with a way of his own.
fn two(server: &TestServer) -> (Person, Person, Proxy, Session, Session) {
    let (ann, ben) = (Person::new("Ann"), Person::new("Ben"));
    let castle = ann.create();
    castle.connect(server.settings(server.port)).unwrap();
    until_online(&castle);
    let proxy = Proxy::to(server.port);
    let joined = ben.join(&castle.share().unwrap().link.unwrap());
    joined.connect(server.settings(proxy.port)).unwrap();
    until_online(&joined);
    (ann, ben, proxy, castle, joined)
}

fn ids(session: &Session) -> BTreeSet<String> {
    nodes(session).into_keys().collect()
}

#[test]
fn whoever_does_not_read_delays_nobody() {
    let server = TestServer::start();
    let (_ann, _ben, proxy, castle, joined) = two(&server);
    let cleo = Person::new("Cleo");
    let cleos = cleo.join(&castle.share().unwrap().link.unwrap());
    until_online(&cleos);

    proxy.hold(Half::Down);
    let made = add_nodes(&castle, 5_000);
    until_online(&castle);
    until("Cleo has all of it", || ids(&cleos).is_superset(&made));
    assert!(ids(&joined).is_disjoint(&made));
    proxy.release();
    until("Ben has caught up", || ids(&joined).is_superset(&made));
    until_online(&joined);
    assert_eq!(contents(&joined), contents(&castle));
}

#[test]
fn two_that_were_apart_for_long_come_together() {
    let server = TestServer::start();
    let (_ann, _ben, proxy, castle, joined) = two(&server);
    proxy.cut();
    until("Ben is offline", || {
        joined.status().unwrap().connection.state == ConnectionState::Offline
    });
    let anns = add_nodes(&castle, 1_000);
    let bens = add_nodes(&joined, 1_000);
    assert_eq!(joined.status().unwrap().connection.waiting, "1000");
    proxy.mend();
    for session in [&castle, &joined] {
        until("all of both is there", || {
            let here = ids(session);
            here.is_superset(&anns) && here.is_superset(&bens)
        });
        until_online(session);
    }
    assert_eq!(contents(&joined), contents(&castle));
}
