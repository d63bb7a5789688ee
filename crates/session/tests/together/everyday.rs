//! What people do every day.

use std::fs;
use std::sync::mpsc;

use wissil_session::api::{
    AssetState, ConnectionState, ErrorCode, EventState, JoinProgress, Place, Presence,
    PresenceMessage, Reach, SessionMessage,
};
use wissil_session::{CancellationToken, Session};

use crate::proxy::{Half, Proxy};
use crate::server::TestServer;
use crate::world::{
    PATIENCE, Person, add_node, add_nodes, contents, graph, newest_state, nodes, until,
    until_online,
};

/// Ann's project, hosted on her machine, and Ben's; both are online.
fn ann_and_ben() -> (Person, Person, Session, Session) {
    let (ann, ben) = (Person::new("Ann"), Person::new("Ben"));
    let castle = ann.create();
    castle.host(Reach::Machine).unwrap();
    until_online(&castle);
    let joined = ben.join(&castle.share().unwrap().link.unwrap());
    until_online(&joined);
    (ann, ben, castle, joined)
}

#[test]
fn two_people_edit_one_project() {
    let (ann, ben) = (Person::new("Ann"), Person::new("Ben"));
    let castle = ann.create();
    assert_eq!(
        castle.status().unwrap().connection.state,
        ConnectionState::Local
    );
    let first = add_node(&castle, 1.0);
    assert_eq!(newest_state(&castle), EventState::Saved);
    castle.host(Reach::Machine).unwrap();
    until_online(&castle);

    let joined = ben.join(&castle.share().unwrap().link.unwrap());
    until_online(&joined);
    assert_eq!(joined.info().unwrap().name, "Castle");
    assert!(nodes(&joined).contains_key(&first));
    until("Ann knows that Ben has what was there before", || {
        newest_state(&castle) == EventState::Seen
    });
    let second = add_node(&joined, 2.0);
    until("Ann has what Ben did", || {
        nodes(&castle).contains_key(&second)
    });
    let third = add_node(&castle, 3.0);
    until("Ben has what Ann did", || {
        nodes(&joined).contains_key(&third)
    });
    until("both have the same", || {
        contents(&castle) == contents(&joined)
    });
    until("Ann knows that Ben has it", || {
        newest_state(&castle) == EventState::Seen
    });

    let members = castle.share().unwrap().members;
    let names: Vec<&str> = members.iter().map(|it| it.person.name.as_str()).collect();
    assert_eq!(names, ["Ann", "Ben"]);
}

#[test]
fn work_goes_on_without_the_server_and_is_sent_later() {
    let (ann, ben, castle, joined) = ann_and_ben();
    // Ann closes the lid, and the server with it.
    drop(castle);
    until("Ben is offline", || {
        joined.status().unwrap().connection.state == ConnectionState::Offline
    });
    let made: Vec<String> = (0..50).map(|x| add_node(&joined, f64::from(x))).collect();
    assert_eq!(joined.status().unwrap().connection.waiting, "50");
    assert_eq!(newest_state(&joined), EventState::Saved);
    let castle = ann.reopen("castle");
    until_online(&joined);
    until("Ann has all of it", || {
        let here = nodes(&castle);
        made.iter().all(|id| here.contains_key(id))
    });
    // And Ben may close and open in between.
    drop(joined);
    let mine = add_node(&castle, 1.0);
    let joined = ben.reopen("joined");
    until("Ben has what came meanwhile", || {
        nodes(&joined).contains_key(&mine)
    });
    assert_eq!(graph(&castle), graph(&joined));
}

#[test]
fn a_server_that_is_started_again_is_said_to_be_on_its_way() {
    let ann = Person::new("Ann");
    let castle = ann.create();
    castle.host(Reach::Machine).unwrap();
    until_online(&castle);
    drop(castle);
    // It cannot start: what is said before that is said while it is being started.
    let server = ann.folder("castle").join(".wissil/server");
    fs::remove_dir_all(&server).unwrap();
    fs::write(&server, "in the way").unwrap();
    let castle = ann.app.open(&ann.folder("castle")).unwrap();
    let (tell, told) = mpsc::channel();
    let listener = move |message| {
        if let SessionMessage::Connection { connection } = message {
            let _ = tell.send(connection);
        }
    };
    castle.subscribe(Box::new(listener)).unwrap();
    castle.reconnect().unwrap();
    // The folder of its files is looked through meanwhile, which is told too.
    let mut before = Vec::new();
    let last = told.iter().find(|status| {
        let is_last = status.state == ConnectionState::Offline;
        before.extend((!is_last).then_some((status.state, status.hosting)));
        is_last
    });
    before.dedup();
    assert_eq!(before, [(ConnectionState::Connecting, true)]);
    assert!(last.unwrap().problem.is_some());
}

#[test]
fn a_link_that_leads_nowhere_leaves_nothing() {
    let (ann, ben) = (Person::new("Ann"), Person::new("Ben"));
    let castle = ann.create();
    assert_eq!(castle.share().unwrap().link, None);
    castle.host(Reach::Machine).unwrap();
    let link = castle.share().unwrap().link.unwrap();
    let refused = |link: &str| {
        let joined = ben.app.join(link, &ben.folder("joined"), Box::new(|_| ()));
        assert!(!ben.folder("joined").exists());
        joined.err().map(|error| error.code)
    };
    until_online(&castle);
    let other = link.replace("wissil://session/0", "wissil://session/1");
    assert_eq!(refused(&other), Some(ErrorCode::NotFound));
    let wrong = link.replace("token=", "token=x");
    assert_eq!(refused(&wrong), Some(ErrorCode::Refused));
    // What the link says can be read before anything happens.
    let info = ben.app.inspect_link(&link).unwrap();
    assert_eq!((info.name.as_str(), info.folder), ("Castle", None));
    assert!(!info.server.contains("token"));
}

#[test]
fn joining_that_is_cancelled_leaves_nothing() {
    let server = TestServer::start();
    let way = Proxy::to(server.port);
    let (ann, ben) = (Person::new("Ann"), Person::new("Ben"));
    let castle = ann.create();
    add_nodes(&castle, 20);
    castle.connect(server.settings(way.port)).unwrap();
    until_online(&castle);
    let link = castle.share().unwrap().link.unwrap();
    castle.disconnect().unwrap();
    let folder = ben.folder("joined");
    let join = |at: Option<&str>| {
        let cancelled = CancellationToken::new();
        let (token, at) = (cancelled.clone(), at.map(str::to_owned));
        let listener = Box::new(move |progress: JoinProgress| {
            if at.as_ref() == Some(&progress.step) {
                token.cancel();
            }
        });
        ben.app.fetch_shared(&link, &folder, listener, &cancelled)
    };
    let steps = [
        "Connecting to the server",
        "Looking for the project",
        "Fetching the project",
    ];
    for step in steps {
        let joined = join(Some(step));
        assert_eq!(
            joined.err().map(|error| error.code),
            Some(ErrorCode::Cancelled),
            "{step}"
        );
        assert!(!folder.exists(), "{step}");
        let info = ben.app.inspect_link(&link).unwrap();
        assert!(info.folder.is_none() && !info.server_known);
        assert_eq!(
            std::fs::read_dir(ben.folder("home/keys")).unwrap().count(),
            0
        );
    }
    // Also while nothing comes from the server.
    way.hold(Half::Down);
    let cancelled = CancellationToken::new();
    let token = cancelled.clone();
    let (told, heard) = mpsc::channel();
    std::thread::scope(|scope| {
        let listener = Box::new(move |progress| drop(told.send(progress)));
        let joining = scope.spawn(|| ben.app.fetch_shared(&link, &folder, listener, &cancelled));
        heard.recv_timeout(PATIENCE).unwrap();
        token.cancel();
        let joined = joining.join().unwrap();
        assert_eq!(
            joined.err().map(|error| error.code),
            Some(ErrorCode::Cancelled)
        );
    });
    assert!(!folder.exists());
    // And it can be done after all.
    way.release();
    assert_eq!(join(None).unwrap(), folder.canonicalize().unwrap());
    let joined = ben.reopen("joined");
    assert_eq!(nodes(&joined).len(), 20);
    let info = ben.app.inspect_link(&link).unwrap();
    assert!(info.server_known && info.folder.is_some());
}

#[test]
fn people_see_each_other_come_move_and_go() {
    let (ann, ben) = (Person::new("Ann"), Person::new("Ben"));
    let castle = ann.create();
    castle.host(Reach::Machine).unwrap();
    until_online(&castle);
    let (told, heard) = mpsc::channel();
    let listener = Box::new(move |message| drop(told.send(message)));
    assert!(castle.follow_presence(listener).unwrap().is_empty());
    let joined = ben.join(&castle.share().unwrap().link.unwrap());
    let cursor = Some(Place {
        x: 12.5,
        y: -3.0,
        z: None,
    });
    joined
        .show_presence(Presence {
            document: Some(graph(&joined)),
            cursor,
            ..Presence::default()
        })
        .unwrap();
    let next = || heard.recv_timeout(PATIENCE).unwrap();
    let mut seen = match next() {
        PresenceMessage::Joined { peer } => peer,
        other => panic!("{other:?}"),
    };
    assert_eq!(seen.person.name, "Ben");
    while seen.presence.cursor != cursor {
        seen = match next() {
            PresenceMessage::Moved { peer } => peer,
            other => panic!("{other:?}"),
        };
    }
    assert_eq!(seen.presence.document, Some(graph(&castle)));
    let replica = joined.info().unwrap().replica;
    drop(joined);
    let left = next();
    assert_eq!(left, PresenceMessage::Left { replica });
    assert!(castle.follow_presence(Box::new(|_| ())).unwrap().is_empty());
    // Whoever goes elsewhere sees nobody either.
    let joined = ben.reopen("joined");
    until("Ben sees Ann", || {
        !joined.follow_presence(Box::new(|_| ())).unwrap().is_empty()
    });
    joined.disconnect().unwrap();
    assert!(joined.follow_presence(Box::new(|_| ())).unwrap().is_empty());
}

#[test]
fn another_name_is_seen_at_once_and_kept() {
    let (_ann, ben, castle, joined) = ann_and_ben();
    let node = add_node(&joined, 1.0);
    let renamed = ben.app.set_person("Benedict", "#4cc38a").unwrap();
    joined.introduce(renamed.clone()).unwrap();
    assert_eq!(joined.info().unwrap().user, renamed);
    until("Ann sees who is there", || {
        let peers = castle.follow_presence(Box::new(|_| ())).unwrap();
        peers.iter().any(|peer| peer.person == renamed)
    });
    until("Ann knows who joined", || {
        let members = castle.share().unwrap().members;
        members.iter().any(|member| member.person == renamed)
    });
    until("what they made is under the new name", || {
        castle.events(None, 1, Some(&graph(&castle))).unwrap()[0].person == renamed
    });
    // Undo is about what they made.
    assert!(joined.undo("manifest").is_err());
    joined.undo(&graph(&joined)).unwrap();
    assert!(!nodes(&joined).contains_key(&node));
    // The same again is nothing new.
    let events = joined.status().unwrap().events;
    joined.introduce(renamed).unwrap();
    assert_eq!(joined.status().unwrap().events, events);
}

#[test]
fn files_come_with_the_project() {
    let (ann, ben, _castle, joined) = ann_and_ben();
    let bytes: Vec<u8> = (0..3_000_000_u32).flat_map(u32::to_le_bytes).collect();
    let assets = ann.folder("castle").join("assets");
    std::fs::create_dir_all(&assets).unwrap();
    std::fs::write(assets.join("walls.bin"), &bytes).unwrap();
    let there = ben.folder("joined").join("assets").join("walls.bin");
    until("Ben has the file", || {
        std::fs::read(&there).is_ok_and(|here| here == bytes)
    });
    let asset = &joined.assets().unwrap()[0];
    assert_eq!(
        (asset.path.as_str(), asset.state),
        ("walls.bin", AssetState::Here)
    );
    std::fs::remove_file(&there).unwrap();
    until("it is gone at Ann's too", || {
        !assets.join("walls.bin").exists()
    });
}

#[test]
fn live_messages_reach_whoever_listens() {
    let (ann, ben) = (Person::new("Ann"), Person::new("Ben"));
    let castle = ann.create();
    let (told, heard) = mpsc::channel();
    let mine = told.clone();
    castle
        .follow_messages(
            "slate.build.>",
            Box::new(move |message| drop(mine.send(("Ann", message)))),
        )
        .unwrap();
    // Without a server one hears oneself.
    castle.reconnect().unwrap();
    let percent = |percent: u8| serde_json::json!({ "build": "b1", "percent": percent });
    castle
        .send_message("build", "progress", percent(1))
        .unwrap();
    let (who, message) = heard.recv_timeout(PATIENCE).unwrap();
    assert_eq!((who, message.payload), ("Ann", percent(1)));
    castle.host(Reach::Machine).unwrap();
    until_online(&castle);
    let joined = ben.join(&castle.share().unwrap().link.unwrap());
    until_online(&joined);
    joined
        .follow_messages(
            "slate.*.progress.>",
            Box::new(move |message| drop(told.send(("Ben", message)))),
        )
        .unwrap();
    let mut hearers = Vec::new();
    until("Ben hears Ann", || {
        castle
            .send_message("build", "progress", percent(2))
            .unwrap();
        hearers.extend(heard.try_iter().map(|(who, message)| {
            assert_eq!(
                (message.action.as_str(), &message.payload),
                ("progress", &percent(2))
            );
            who
        }));
        hearers.contains(&"Ben") && hearers.contains(&"Ann")
    });
    for (resource, action, payload) in [
        ("build", "progress", percent(2)["percent"].clone()),
        ("build", "exploded", percent(2)),
        ("weather", "rain", percent(2)),
    ] {
        let refused = castle.send_message(resource, action, payload);
        assert_eq!(
            refused.err().map(|error| error.code),
            Some(ErrorCode::Invalid)
        );
    }
    assert!(castle.connection_info().unwrap().messages.sent > 0);
}

/// More nodes than a session is fetched whole with before it is opened, and enough for checkpoints to be shared.
const MANY: usize = 2_100;

/// A project with so many nodes, online at a server of this machine, and its link.
fn hosted(host: &Person, nodes: usize) -> (Session, String) {
    let session = host.create();
    for x in 0..nodes {
        add_node(&session, x as f64);
    }
    session.host(Reach::Machine).unwrap();
    until_online(&session);
    let link = session.share().unwrap().link.unwrap();
    (session, link)
}

#[test]
fn a_document_that_is_looked_at_comes_before_the_others() {
    let (ann, ben) = (Person::new("Ann"), Person::new("Ben"));
    let (castle, link) = hosted(&ann, MANY);
    let joined = ben
        .app
        .join(&link, &ben.folder("joined"), Box::new(|_| ()))
        .unwrap();
    // What the project holds is known at once, what is in its documents perhaps not yet.
    assert_eq!(graph(&joined), graph(&castle));
    joined.reconnect().unwrap();
    until("it is syncing", || {
        joined.status().unwrap().connection.state != ConnectionState::Connecting
    });
    let opened = joined
        .open_document(&graph(&joined), Box::new(|_| ()))
        .unwrap();
    until("all of it is here", || {
        nodes(&joined).len() == nodes(&castle).len()
    });
    joined.close_document(opened.subscription).unwrap();
    until_online(&joined);
    assert_eq!(contents(&joined).len(), contents(&castle).len());
}

#[test]
fn a_newcomer_starts_from_what_others_shared_and_gets_the_history_later() {
    let (ann, ben) = (Person::new("Ann"), Person::new("Ben"));
    let (castle, link) = hosted(&ann, MANY);
    let mut joined = None;
    let mut attempts = 0;
    until("Ann has shared checkpoints", || {
        attempts += 1;
        let folder = ben.folder(&format!("joined {attempts}"));
        let session = Person::new("Ben")
            .app
            .join(&link, &folder, Box::new(|_| ()))
            .unwrap();
        let has_all = nodes(&session).len() == MANY;
        joined = has_all.then_some(session);
        has_all
    });
    let joined = joined.unwrap();
    // Ann's part of the history is not here, and what is here can be edited.
    let graph = graph(&joined);
    assert!(joined.events(None, 1000, Some(&graph)).unwrap().is_empty());
    let mine = add_node(&joined, -1.0);
    joined.reconnect().unwrap();
    until("Ann has what Ben did", || {
        nodes(&castle).contains_key(&mine)
    });
    until("all history is here", || {
        joined.events(None, 1000, Some(&graph)).unwrap().len() == 1000
            && joined.status().unwrap().connection.history.is_none()
    });
    until_online(&joined);
    assert_eq!(nodes(&joined), nodes(&castle));
    let folder = joined.folder().unwrap();
    drop(joined);
    let report = wissil_session::verify(&folder).unwrap();
    assert!(report.sound, "{:?}", report.damages);
    assert!(report.events.parse::<u64>().unwrap() > MANY as u64);
}

/// The number of the server's process that is hosted from a project.
#[cfg(target_os = "linux")]
fn hosted_from(project: &std::path::Path) -> Option<String> {
    let config = project.join(".wissil/server");
    let config = config.to_str().unwrap();
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    let mut numbers = processes.map(|entry| entry.file_name().into_string().unwrap());
    numbers.find(|number| {
        let line = std::fs::read(format!("/proc/{number}/cmdline")).unwrap_or_default();
        String::from_utf8_lossy(&line).contains(config)
    })
}

#[cfg(target_os = "linux")]
#[test]
fn a_hosted_server_that_was_killed_is_started_again_and_that_is_said() {
    use wissil_session::api::SessionMessage;
    let ann = Person::new("Ann");
    let castle = ann.create();
    castle.host(Reach::Machine).unwrap();
    until_online(&castle);
    let link = castle.share().unwrap().link;
    let (say, said) = std::sync::mpsc::channel();
    let listener = move |message| {
        if let SessionMessage::Problem { problem } = message {
            say.send(problem).unwrap();
        }
    };
    castle.subscribe(Box::new(listener)).unwrap();
    let process = hosted_from(&ann.folder("castle")).unwrap();
    let killed = std::process::Command::new("kill")
        .args(["-9", &process])
        .status();
    assert!(killed.unwrap().success());
    let problem = said
        .recv_timeout(std::time::Duration::from_secs(60))
        .unwrap();
    assert!(problem.contains("started again"), "{problem}");
    add_node(&castle, 1.0);
    until_online(&castle);
    assert_eq!(castle.share().unwrap().link, link);
    castle.close();
    assert_eq!(hosted_from(&ann.folder("castle")), None);
}

#[test]
fn a_server_that_was_never_reached_does_not_replace_the_one_that_works() {
    let server = TestServer::start();
    let ann = Person::new("Ann");
    let castle = ann.create();
    castle.connect(server.settings(server.port)).unwrap();
    until_online(&castle);
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let mistyped = nobody.local_addr().unwrap().port();
    castle.connect(server.settings(mistyped)).unwrap();
    drop(castle);
    let castle = ann.reopen("castle");
    until_online(&castle);

    // One that answers does.
    let other = TestServer::start();
    castle.connect(other.settings(other.port)).unwrap();
    until("it is remembered", || {
        let mut remembered = fs::read_dir(ann.folder("home/connections")).unwrap();
        let file = remembered.next().unwrap().unwrap().path();
        let text = fs::read_to_string(file).unwrap();
        text.contains(&format!(":{}", other.port))
    });
    drop(castle);
    let castle = ann.reopen("castle");
    let url = castle.connection_info().unwrap().url.unwrap();
    assert!(url.ends_with(&format!(":{}", other.port)), "{url}");
}
