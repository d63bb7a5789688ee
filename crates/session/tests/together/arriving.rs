//! What being done means: nothing is left to send, to fetch or to put back, edits and files alike.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use wissil_session::Session;
use wissil_session::api::{AssetState, ConnectionState, ConnectionStatus};

use crate::client::RawClient;
use crate::losses::{events, held};
use crate::server::TestServer;
use crate::world::{Person, add_nodes, contents, nodes, until};

fn connection(session: &Session) -> ConnectionStatus {
    session.status().unwrap().connection
}

fn until_whole(session: &Session) {
    until("both sides have the same", || {
        connection(session).is_whole()
    });
}

/// Files of several sizes in a project's folder.
fn write_files(folder: &Path, count: usize) -> BTreeMap<String, Vec<u8>> {
    (0..count)
        .map(|number| {
            let name = format!("file {number}.bin");
            let bytes = vec![number as u8; 1 + number * 3_000];
            fs::write(folder.join("assets").join(&name), &bytes).unwrap();
            (name, bytes)
        })
        .collect()
}

fn read_files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    fs::read_dir(folder.join("assets"))
        .unwrap()
        .map(|entry| {
            let entry = entry.unwrap();
            let name = entry.file_name().into_string().unwrap();
            (name, fs::read(entry.path()).unwrap())
        })
        .collect()
}

#[test]
fn files_are_there_when_it_says_done() {
    let server = TestServer::start();
    let [ann, ben] = ["Ann", "Ben"].map(Person::new);
    let castle = ann.create();
    let files = write_files(&ann.folder("castle"), 57);
    castle.connect(server.settings(server.port)).unwrap();
    until_whole(&castle);
    let link = castle.share().unwrap().link.unwrap();
    // Ann leaves at once: nobody else could give what she had not sent.
    drop(castle);
    let joined = ben.join(&link);
    until_whole(&joined);
    drop(joined);
    assert_eq!(read_files(&ben.folder("joined")), files);
}

#[test]
fn a_file_that_nobody_has_is_said_and_is_not_waited_for() {
    let server = TestServer::start();
    let [ann, ben] = ["Ann", "Ben"].map(Person::new);
    let castle = ann.create();
    write_files(&ann.folder("castle"), 3);
    castle.connect(server.settings(server.port)).unwrap();
    until_whole(&castle);
    let link = castle.share().unwrap().link.unwrap();
    drop(castle);
    let mut client = RawClient::connect(server.port);
    let session = link.split(['/', '?']).nth(3).unwrap();
    let bucket = format!("STREAM.PURGE.OBJ_wissil-{session}");
    let purged = client.ask(&bucket, &serde_json::json!({}));
    assert_eq!(purged["success"], true, "{purged}");
    let joined = ben.join(&link);
    until("Ben knows that nobody has them", || {
        let connection = connection(&joined);
        connection.settled && connection.left == ["3 files that nobody has sent yet"]
    });
    assert_eq!(connection(&joined).state, ConnectionState::Online);
    assert!(!connection(&joined).is_whole());
    // Ann comes back, and there is nothing to ask for.
    let castle = ann.reopen("castle");
    until_whole(&castle);
    until_whole(&joined);
}

#[test]
fn whoever_leaves_at_once_puts_back_what_others_made() {
    let mut server = TestServer::start();
    let [ann, ben, cleo] = ["Ann", "Ben", "Cleo"].map(Person::new);
    let castle = ann.create();
    castle.connect(server.settings(server.port)).unwrap();
    until_whole(&castle);
    let link = castle.share().unwrap().link.unwrap();
    let bens = ben.join(&link);
    add_nodes(&castle, 150);
    add_nodes(&bens, 100);
    until_whole(&castle);
    until_whole(&bens);
    until("both have the same", || {
        contents(&castle) == contents(&bens)
    });
    drop((castle, bens));

    server.wipe();
    server.resume();
    let bens = ben.app.open(&ben.folder("joined")).unwrap();
    bens.will_not_stay().unwrap();
    bens.reconnect().unwrap();
    until_whole(&bens);
    // At this moment, and not some seconds later.
    assert_eq!(held(&server), events(&bens));
    let before = contents(&bens);
    drop(bens);
    let joined = cleo.join(&link);
    until_whole(&joined);
    assert_eq!(nodes(&joined).len(), 250);
    let status = joined.status().unwrap();
    assert_eq!(
        (status.pending.as_str(), status.quarantined.as_str()),
        ("0", "0")
    );
    let here = contents(&joined);
    assert!(
        before
            .keys()
            .all(|id| id == "manifest" || here[id] == before[id])
    );
}

#[test]
fn whoever_stays_is_not_online_before_it_is_put_back() {
    let mut server = TestServer::start();
    let [ann, ben] = ["Ann", "Ben"].map(Person::new);
    let castle = ann.create();
    castle.connect(server.settings(server.port)).unwrap();
    until_whole(&castle);
    let link = castle.share().unwrap().link.unwrap();
    add_nodes(&castle, 20);
    let bens = ben.join(&link);
    until_whole(&bens);
    until("both have the same", || {
        contents(&castle) == contents(&bens)
    });
    drop((castle, bens));
    server.wipe();
    server.resume();
    let bens = ben.reopen("joined");
    until("it is said to be put back", || {
        connection(&bens)
            .left
            .iter()
            .any(|left| left.contains("put back"))
    });
    assert_eq!(connection(&bens).state, ConnectionState::Syncing);
    until("Ben is online", || {
        connection(&bens).state == ConnectionState::Online
    });
    assert_eq!(held(&server), events(&bens));
}

#[test]
fn what_somebody_waits_for_comes_first() {
    let server = TestServer::start();
    let [ann, ben] = ["Ann", "Ben"].map(Person::new);
    let castle = ann.create();
    write_files(&ann.folder("castle"), 40);
    castle.connect(server.settings(server.port)).unwrap();
    until_whole(&castle);
    let link = castle.share().unwrap().link.unwrap();
    let folder = ben.folder("joined");
    let fetched = ben.app.join(&link, &folder, Box::new(|_| ())).unwrap();
    let assets = fetched.assets().unwrap();
    // The largest is the last otherwise.
    let last = assets
        .iter()
        .max_by(|a, b| a.size.total_cmp(&b.size))
        .unwrap();
    fetched.want_asset(&last.id).unwrap();
    let (told, heard) = std::sync::mpsc::channel();
    let listener = Box::new(move |message| {
        if let wissil_session::api::SessionMessage::AssetTravels { object, state, .. } = message
            && state == AssetState::Here
        {
            let _ = told.send(object);
        }
    });
    fetched.subscribe(listener).unwrap();
    fetched.reconnect().unwrap();
    until_whole(&fetched);
    let order: Vec<String> = heard.try_iter().collect();
    let place = order.iter().position(|object| *object == last.object);
    assert!(
        place.is_some_and(|place| place < 10),
        "{place:?} of {}",
        order.len()
    );
}
