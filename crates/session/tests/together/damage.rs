//! Servers of whose disk a bit changed: whoever has what was in it puts it back, and everybody can read on.

use serde_json::json;
use wissil_session::{ExportFormat, Session};

use crate::client::RawClient;
use crate::server::TestServer;
use crate::world::{Person, add_nodes, contents, nodes, until, until_online};

const STREAM: &str = "WISSIL_IGNIS";

/// Ann's project with some nodes, on a server.
fn shared(server: &TestServer, ann: &Person, count: u32) -> (Session, String) {
    let castle = ann.create();
    castle.connect(server.settings(server.port)).unwrap();
    add_nodes(&castle, count);
    until_online(&castle);
    let link = castle.share().unwrap().link.unwrap();
    (castle, link)
}

/// What the server keeps of the Blueprint's events, in order.
fn kept(server: &TestServer) -> Vec<Vec<u8>> {
    let stored = RawClient::connect(server.port).stored(STREAM);
    stored.into_iter().map(|message| message.payload).collect()
}

fn problem(session: &Session) -> String {
    session
        .status()
        .unwrap()
        .connection
        .problem
        .unwrap_or_default()
}

#[test]
fn damaged_events_are_put_back_by_whoever_has_them() {
    let mut server = TestServer::start();
    let [ann, ben, dora] = ["Ann", "Ben", "Dora"].map(Person::new);
    let (castle, link) = shared(&server, &ann, 20);
    let bens = ben.join(&link);
    until_online(&bens);
    let all = kept(&server);
    drop((castle, bens));
    server.flip(&[&all[0], &all[5], &all[6], &all[all.len() - 1]]);

    // All that one has is mended when one comes, alone.
    let castle = ann.reopen("castle");
    until_online(&castle);
    assert_eq!(
        problem(&castle),
        "The server's disk is damaged: 4 of its messages cannot be read; 4 events were put back from here."
    );
    drop(castle);
    // Nobody else is there, and the newcomer gets everything.
    let doras = dora.join(&link);
    until_online(&doras);
    assert_eq!(nodes(&doras).len(), 20);
    assert_eq!(doras.status().unwrap().pending, "0");
    assert!(problem(&doras).contains("4 of its messages cannot be read"));
    drop(doras);
    // It is not put back twice.
    let messages = RawClient::connect(server.port).messages(STREAM);
    let bens = ben.reopen("joined");
    until_online(&bens);
    assert_eq!(RawClient::connect(server.port).messages(STREAM), messages);
    let castle = ann.reopen("castle");
    until_online(&castle);
    until("all have the same", || contents(&castle) == contents(&bens));
}

#[test]
fn what_goes_while_all_are_online_is_put_back_when_somebody_misses_it() {
    let server = TestServer::start();
    let [ann, dora] = ["Ann", "Dora"].map(Person::new);
    let (castle, link) = shared(&server, &ann, 20);
    let mut client = RawClient::connect(server.port);
    // Nobody looks at what is old, and so nobody knows.
    let purged = client.ask(&format!("STREAM.PURGE.{STREAM}"), &json!({ "keep": 3 }));
    assert_eq!(purged["success"], true, "{purged}");
    let doras = dora.join(&link);
    until("everything is there again", || nodes(&doras).len() == 20);
    until("both have the same", || {
        contents(&castle) == contents(&doras)
    });
    until("Ann is told", || {
        let put_back = client.messages(STREAM) - 3;
        problem(&castle)
            == format!(
                "The server had lost what it acknowledged: {put_back} events were put back from here."
            )
    });
}

#[test]
fn a_server_that_loses_everything_while_all_are_online_gets_it_back() {
    let server = TestServer::start();
    let [ann, dora] = ["Ann", "Dora"].map(Person::new);
    let (castle, link) = shared(&server, &ann, 20);
    let mut client = RawClient::connect(server.port);
    let messages = client.messages(STREAM);
    let purged = client.ask(&format!("STREAM.PURGE.{STREAM}"), &json!({}));
    assert_eq!(purged["success"], true, "{purged}");
    until("everything is there again", || {
        client.messages(STREAM) == messages
    });
    let deleted = client.ask(&format!("STREAM.DELETE.{STREAM}"), &json!({}));
    assert_eq!(deleted["success"], true, "{deleted}");
    until("the stream is there again", || {
        let info = client.ask(&format!("STREAM.INFO.{STREAM}"), &json!({}));
        info["state"]["messages"] == messages
    });
    until_online(&castle);
    let doras = dora.join(&link);
    until_online(&doras);
    assert_eq!(nodes(&doras).len(), 20);
}

/// Puts a file into Ann's project and waits until the server has it.
fn share_file(server: &TestServer, ann: &Person, castle: &Session) -> Vec<u8> {
    let bytes: Vec<u8> = (0..200_000_u32).flat_map(u32::to_le_bytes).collect();
    std::fs::create_dir_all(ann.folder("castle").join("assets")).unwrap();
    std::fs::write(ann.folder("castle").join("assets/stone.bin"), &bytes).unwrap();
    until("the file is on the server", || {
        RawClient::connect(server.port).files(castle) > 1
    });
    until_online(castle);
    bytes
}

#[test]
fn who_does_not_stay_says_all_is_there_when_the_files_can_be_read() {
    let mut server = TestServer::start();
    let [ann, dora] = ["Ann", "Dora"].map(Person::new);
    let (castle, link) = shared(&server, &ann, 1);
    let bytes = share_file(&server, &ann, &castle);
    drop(castle);
    server.flip(&[&bytes[100_000..101_000]]);
    let castle = ann.app.open(&ann.folder("castle")).unwrap();
    castle.will_not_stay().unwrap();
    castle.reconnect().unwrap();
    until("all is said to be there", || {
        castle.status().unwrap().connection.is_whole()
    });
    drop(castle);
    let _doras = dora.join(&link);
    let copy = dora.folder("joined").join("assets/stone.bin");
    until("Dora has the file", || {
        std::fs::read(&copy).is_ok_and(|copy| copy == bytes)
    });
}

#[test]
fn a_damaged_file_is_sent_again_by_whoever_has_it() {
    let mut server = TestServer::start();
    let [ann, dora] = ["Ann", "Dora"].map(Person::new);
    let (castle, link) = shared(&server, &ann, 1);
    let bytes = share_file(&server, &ann, &castle);
    // While it is online, and before anybody else is.
    server.flip(&[&bytes[100_000..101_000]]);
    let doras = dora.join(&link);
    let copy = dora.folder("joined").join("assets/stone.bin");
    until("Dora has the file", || {
        std::fs::read(&copy).is_ok_and(|copy| copy == bytes)
    });
    drop(doras);
}

#[test]
fn a_file_that_is_damaged_here_comes_again_from_the_server() {
    let server = TestServer::start();
    let ann = Person::new("Ann");
    let castle = ann.create();
    castle.connect(server.settings(server.port)).unwrap();
    let assets = ann.folder("castle").join("assets");
    std::fs::create_dir_all(&assets).unwrap();
    std::fs::write(assets.join("walls.bin"), [7; 3000]).unwrap();
    until("the file is sent", || {
        castle.assets().unwrap().len() == 1 && castle.status().unwrap().connection.is_whole()
    });
    let object = castle.assets().unwrap()[0].object.clone();
    let objects = ann.folder("castle").join(".wissil/objects");
    let file = objects.join(&object[7..9]).join(&object);
    let whole = std::fs::read(&file).unwrap();
    let said = |session: &Session| {
        let report = session.verify().unwrap();
        let damages = report.damages.into_iter();
        let problems = damages.map(|damage| format!("{}: {}", damage.what, damage.problem));
        problems.collect::<Vec<_>>()
    };

    // Found while it is connected, and while it is closed; a folder in its place.
    std::fs::write(&file, [8; 3000]).unwrap();
    let found = said(&castle);
    assert!(
        found.len() == 1 && found[0].contains(&object) && found[0].contains("set aside"),
        "{found:?}"
    );
    until("it is here again", || said(&castle).is_empty());
    assert_eq!(std::fs::read(&file).unwrap(), whole);
    drop(castle);
    std::fs::write(&file, []).unwrap();
    let report = ann.app.verify(&ann.folder("castle")).unwrap();
    assert!(!report.sound && file.exists(), "{report:?}");
    let castle = ann.reopen("castle");
    assert_eq!(said(&castle).len(), 1);
    until("it is here again", || said(&castle).is_empty());
    drop(castle);
    std::fs::remove_file(&file).unwrap();
    std::fs::create_dir(&file).unwrap();
    let castle = ann.reopen("castle");
    until("it is here again", || said(&castle).is_empty());
    assert_eq!(std::fs::read(&file).unwrap(), whole);
}

/// Takes an event out of a project's database.
fn take_out(project: &std::path::Path, which: &str) {
    let script = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); n = c.execute(sys.argv[2]).rowcount; c.commit(); sys.exit(n != 1)";
    let taken = std::process::Command::new("python3")
        .args(["-c", script])
        .arg(project.join(".wissil/session.db"))
        .arg(format!("DELETE FROM events WHERE {which}"))
        .status();
    assert!(taken.unwrap().success());
}

#[test]
fn an_event_that_is_missing_here_comes_again_from_the_server() {
    let server = TestServer::start();
    let [ann, ben] = ["Ann", "Ben"].map(Person::new);
    let (castle, link) = shared(&server, &ann, 30);
    drop(castle);
    let folder = ann.folder("castle");
    let castle = ann.app.open(&folder).unwrap();
    add_nodes(&castle, 5);
    let whole = contents(&castle);
    drop(castle);
    take_out(&folder, "ord = 20");
    assert!(!ann.app.verify(&folder).unwrap().sound);
    let castle = ann.reopen("castle");
    until_online(&castle);
    assert!(castle.verify().unwrap().sound, "{:?}", castle.verify());
    assert_eq!(contents(&castle), whole);
    let bens = ben.join(&link);
    until_online(&bens);
    until("Ben has all of it", || contents(&bens) == contents(&castle));
    drop((castle, bens));

    // What the server never had it cannot give: that is said at once, and it is not waited for.
    let castle = ann.app.open(&folder).unwrap();
    add_nodes(&castle, 3);
    drop(castle);
    take_out(&folder, "ord = (SELECT max(ord) - 1 FROM events)");
    let castle = ann.reopen("castle");
    until("it is said", || {
        let connection = castle.status().unwrap().connection;
        connection.settled && connection.problem.is_some_and(|it| it.contains("missing"))
    });
    drop(castle);
    // What there is leaves, with a word.
    let reader = ann.app.inspect(&folder).unwrap();
    for format in [ExportFormat::Json, ExportFormat::Car] {
        let file = ann.folder("rest");
        let notes = reader.export(format, &file).unwrap();
        assert!(
            notes.join("\n").contains("Not all of the history"),
            "{notes:?}"
        );
        assert!(std::fs::metadata(file).unwrap().len() > 1000);
    }
}
