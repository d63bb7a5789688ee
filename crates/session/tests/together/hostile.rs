//! A client of the server that publishes whatever it likes: nothing of it is applied, and work goes on.

use std::sync::mpsc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;
use wissil_dag::{
    BranchId, DocumentId, Event, ReplicaId, SessionId, SignedEvent, SigningKey, UserId,
};
use wissil_session::api::{ConnectionState, PresenceMessage, Problem};
use wissil_session::{ExportFormat, Home, Session};

use crate::client::RawClient;
use crate::server::TestServer;
use crate::world::{Person, add_node, contents, graph, nodes, until, until_online};

/// Ann and Ben at work, and somebody who knows the server's token.
struct Scene {
    _server: TestServer,
    _ann: Person,
    ben: Person,
    castle: Session,
    joined: Session,
    client: RawClient,
}

impl Scene {
    fn new() -> Self {
        let server = TestServer::start();
        let (ann, ben) = (Person::new("Ann"), Person::new("Ben"));
        let castle = ann.create();
        castle.connect(server.settings(server.port)).unwrap();
        until_online(&castle);
        let joined = ben.join(&castle.share().unwrap().link.unwrap());
        add_node(&joined, 1.0);
        until_online(&joined);
        let client = RawClient::connect(server.port);
        let scene = Self {
            _server: server,
            _ann: ann,
            ben,
            castle,
            joined,
            client,
        };
        scene.work_goes_on();
        scene
    }

    /// Both still see what the other does, and hold the same.
    fn work_goes_on(&self) {
        for (from, to) in [(&self.castle, &self.joined), (&self.joined, &self.castle)] {
            let made = add_node(from, 1.0);
            until("the other has it", || nodes(to).contains_key(&made));
        }
        assert_eq!(contents(&self.castle), contents(&self.joined));
        for session in [&self.castle, &self.joined] {
            until_online(session);
        }
    }

    fn malformed(&self) -> u32 {
        self.castle.connection_info().unwrap().messages.malformed
    }

    /// An event in the Blueprint that is in order, as far as one can tell from outside.
    fn event(&self, key: &SigningKey) -> Event {
        Event {
            session: SessionId::new(self.castle.info().unwrap().session).unwrap(),
            branch: BranchId::main(),
            document: DocumentId::new(graph(&self.castle)).unwrap(),
            event_type: "node.add".into(),
            user: UserId::new("mallory").unwrap(),
            replica: ReplicaId::from(key),
            seq: 1,
            height: 1,
            previous: None,
            parents: Vec::new(),
            time: 0,
            changes: Vec::new(),
            update: None,
            metadata: [].into(),
        }
    }
}

fn mallory() -> SigningKey {
    SigningKey::from_bytes(&[66; 32])
}

fn subject(event: &Event) -> String {
    let (session, branch) = (&event.session, &event.branch);
    let (document, replica) = (&event.document, &event.replica);
    format!("WISSIL.IGNIS.GRAPH.{session}.{branch}.{document}.{replica}")
}

fn headers(signed: &SignedEvent) -> Vec<(String, String)> {
    let signature = URL_SAFE_NO_PAD.encode(signed.signature);
    [
        ("Cid", signed.cid.to_string()),
        ("Signature", signature),
        ("Sequence", "1".into()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into()
}

#[test]
fn messages_that_are_no_events_are_counted() {
    let mut scene = Scene::new();
    let (before, counted) = (contents(&scene.castle), scene.malformed());
    let good = scene.event(&mallory());
    let signed = good.sign(&mallory()).unwrap();
    let place = subject(&good);
    let other = |from: &str, to: &str| place.replace(from, to);
    let anothers = Event {
        session: SessionId::new("another").unwrap(),
        ..good.clone()
    };
    let anothers = anothers.sign(&mallory()).unwrap();
    let nested = SignedEvent::new(vec![0x81; 500_000], [0; 64]);
    let huge = SignedEvent::new(vec![0; 1_000_000], [0; 64]);
    let garbage = SignedEvent::new(b"\xff\x00garbage".to_vec(), [7; 64]);
    let mut wrong_cid = headers(&signed);
    wrong_cid[0].1 = nested.cid.to_string();
    let mut no_cid = headers(&signed);
    no_cid[0].1 = "bafy-nothing".into();
    let twice = [headers(&signed), headers(&signed)].concat();
    let ann = scene.castle.info().unwrap().replica;
    let messages = [
        (
            other(good.document.as_str(), "another"),
            headers(&signed),
            &signed,
        ),
        (other(".main.", ".other."), headers(&signed), &signed),
        (
            other(&good.replica.to_string(), &ann),
            headers(&signed),
            &signed,
        ),
        (
            other(&good.replica.to_string(), "nobody"),
            headers(&signed),
            &signed,
        ),
        (format!("{place}.more"), headers(&signed), &signed),
        (place.clone(), headers(&anothers), &anothers),
        (place.clone(), headers(&nested), &nested),
        (place.clone(), headers(&huge), &huge),
        (place.clone(), headers(&garbage), &garbage),
        (place.clone(), wrong_cid, &signed),
        (place.clone(), no_cid, &signed),
        (place.clone(), twice, &signed),
        (place.clone(), Vec::new(), &signed),
    ];
    let sent = u32::try_from(messages.len()).unwrap();
    for (subject, headers, signed) in messages {
        scene.client.publish(&subject, &headers, &signed.block);
    }
    // The same in the other streams, and at places where nothing of ours is.
    for stream in [
        "UNITY.SCENEGRAPH",
        "SPARK.METADATA",
        "IGNIS.DEBUG",
        "IGNITION.LOGS",
        "WAYPOINT.AI",
    ] {
        let subject = place.replace("IGNIS.GRAPH", stream);
        scene
            .client
            .publish(&subject, &headers(&garbage), &garbage.block);
    }
    scene.client.flush();
    until("all were counted", || scene.malformed() >= counted + sent);
    assert_eq!(contents(&scene.castle), before);
    scene.work_goes_on();
    // Nor do they harm whoever joins or opens later.
    let cleo = Person::new("Cleo");
    let cleos = cleo.join(&scene.castle.share().unwrap().link.unwrap());
    until("Cleo has the same", || {
        contents(&cleos) == contents(&scene.castle)
    });
    drop(std::mem::replace(&mut scene.joined, cleos));
    scene.joined = scene.ben.reopen("joined");
    scene.work_goes_on();
}

#[test]
fn events_that_do_harm_are_refused_and_shown() {
    let mut scene = Scene::new();
    let before = contents(&scene.castle);
    let good = scene.event(&mallory());
    // Deeply nested arrays in an update: one client, one block, an array in an array in an array …
    let nested = [vec![1, 1, 1, 0, 8, 1, 1, 97, 1], [117, 1].repeat(60_000)].concat();
    let updates = [vec![0xff; 100], Vec::new(), nested];
    let mut harm: Vec<Event> = (0_u8..)
        .zip(updates)
        .map(|(number, update)| Event {
            replica: ReplicaId::from(&SigningKey::from_bytes(&[number + 1; 32])),
            update: Some(update),
            ..good.clone()
        })
        .collect();
    let keys: Vec<SigningKey> = (1..4)
        .map(|byte| SigningKey::from_bytes(&[byte; 32]))
        .collect();
    let sent = harm.len();
    for (event, key) in harm.drain(..).zip(&keys) {
        let signed = event.sign(key).unwrap();
        scene
            .client
            .publish(&subject(&event), &headers(&signed), &signed.block);
    }
    // A signature that does not hold, and an event whose past nobody has: neither is applied.
    let mut unsigned = good.sign(&mallory()).unwrap();
    unsigned.signature = [1; 64];
    scene
        .client
        .publish(&subject(&good), &headers(&unsigned), &unsigned.block);
    let orphan = Event {
        seq: 9,
        height: 9,
        previous: Some(unsigned.cid),
        ..good.clone()
    };
    let orphan = orphan.sign(&mallory()).unwrap();
    scene
        .client
        .publish(&subject(&good), &headers(&orphan), &orphan.block);
    scene.client.flush();
    until("the refused are shown", || {
        let shown = scene.castle.status().unwrap().quarantined;
        shown.parse::<usize>().unwrap() >= sent
    });
    assert_eq!(contents(&scene.castle), before);
    scene.work_goes_on();
}

#[test]
fn what_a_newer_version_says_is_kept_and_told() {
    let mut scene = Scene::new();
    let before = contents(&scene.castle);
    let good = scene.event(&mallory());
    // The same event, written in the next format.
    let mut block = good.sign(&mallory()).unwrap().block.to_vec();
    let version = [0x61, b'v', 1];
    let at = block.windows(3).position(|it| it == version).unwrap();
    block[at + 2] = 2;
    let cid = wissil_dag::cid_of(wissil_dag::Codec::DAG_CBOR, &block);
    let signed = SignedEvent::new(block, wissil_dag::sign(&mallory(), &cid));
    let (place, named) = (subject(&good), headers(&signed));
    scene.client.publish(&place, &named, &signed.block);
    scene.client.flush();
    let is_told = |session: &Session| {
        let status = session.status().unwrap();
        let problem = status.connection.problem.unwrap_or_default();
        status.quarantined == "1" && problem.contains("1 edit was made by a newer version")
    };
    for session in [&scene.castle, &scene.joined] {
        until("it is told", || is_told(session));
    }
    assert_eq!(contents(&scene.castle), before);
    scene.work_goes_on();
    // It is somebody's work: a copy of the project has it, and is good without it.
    let archive = scene.ben.folder("castle.car");
    scene.castle.export(ExportFormat::Car, &archive).unwrap();
    let bytes = std::fs::read(&archive).unwrap();
    let held = |bytes: &[u8]| {
        bytes
            .windows(signed.block.len())
            .any(|it| it == &*signed.block)
    };
    assert!(held(&bytes));
    let dora = Person::new("Dora");
    let copy = dora.app.import(&archive, &dora.folder("copy")).unwrap();
    assert_eq!(nodes(&copy), nodes(&scene.castle));
    assert_eq!(copy.status().unwrap().quarantined, "1");
    let problems = copy.problems().unwrap();
    let told = |it: &Problem| it.message.contains("newer version of WISSIL");
    assert!(problems.iter().any(told), "{problems:?}");
    copy.export(ExportFormat::Car, &archive).unwrap();
    assert!(held(&std::fs::read(&archive).unwrap()));
    let json = dora.folder("castle.json");
    let notes = copy.export(ExportFormat::Json, &json).unwrap();
    assert!(
        notes.iter().any(|it| it.contains("newer version")),
        "{notes:?}"
    );
    drop(copy);
    // Whoever comes later is told too, and whoever opens the project again.
    let cleo = Person::new("Cleo");
    let cleos = cleo.join(&scene.castle.share().unwrap().link.unwrap());
    until("Cleo is told", || is_told(&cleos));
    drop(std::mem::replace(&mut scene.joined, cleos));
    scene.joined = scene.ben.reopen("joined");
    until("it is still told", || is_told(&scene.joined));
    scene.work_goes_on();
}

#[test]
fn events_on_top_of_what_never_was_are_soon_given_up() {
    let mut scene = Scene::new();
    let good = scene.event(&mallory());
    let mut listener = RawClient::connect(scene._server.port);
    listener.listen("slate.sync.fetch.>");
    for number in 1..=40_u8 {
        let key = SigningKey::from_bytes(&[number; 32]);
        let mut parents: Vec<_> = (0..64_u8)
            .map(|parent| wissil_dag::cid_of(wissil_dag::Codec::DAG_CBOR, &[number, parent]))
            .collect();
        parents.sort();
        let orphan = Event {
            replica: ReplicaId::from(&key),
            height: 9,
            parents,
            ..good.clone()
        };
        let signed = orphan.sign(&key).unwrap();
        scene
            .client
            .publish(&subject(&orphan), &headers(&signed), &signed.block);
    }
    scene.client.flush();
    let Scene {
        castle,
        ben,
        joined,
        _ann,
        _server,
        ..
    } = scene;
    until("they wait", || castle.status().unwrap().pending == "40");
    drop((castle, joined));
    listener.heard("slate.sync.fetch");
    let bens = ben.app.open(&ben.folder("joined")).unwrap();
    bens.will_not_stay().unwrap();
    bens.reconnect().unwrap();
    until("nothing more is done about it", || {
        bens.status().unwrap().connection.settled
    });
    // It is said, and nobody's unfinished work.
    let connection = bens.status().unwrap().connection;
    assert!(connection.left.is_empty(), "{:?}", connection.left);
    let said = connection.problem.unwrap();
    assert!(said.starts_with("40 edits wait for earlier ones"), "{said}");
    // Of ten questions.
    let asked = listener.heard("slate.sync.fetch");
    assert!((1..=4).contains(&asked), "{asked} questions");
}

#[test]
fn two_events_in_one_place_of_a_chain_freeze_only_that_chain() {
    let mut scene = Scene::new();
    // Somebody who has got hold of Ben's key tells his last gesture differently.
    let home = Home::open(scene.ben.folder("home")).unwrap();
    let replica: ReplicaId = scene.joined.info().unwrap().replica.parse().unwrap();
    let key = home.key(&replica).unwrap().unwrap();
    let last = scene.client.stored("WISSIL_IGNIS");
    let last = last
        .iter()
        .rfind(|message| message.subject.ends_with(&replica.to_string()));
    let last = Event::decode(&last.unwrap().payload).unwrap();
    let other = Event {
        time: last.time + 1,
        ..last
    };
    let signed = other.sign(&key).unwrap();
    scene
        .client
        .publish(&subject(&other), &headers(&signed), &signed.block);
    scene.client.flush();
    for session in [&scene.castle, &scene.joined] {
        until("the fork is shown", || {
            session.status().unwrap().quarantined == "1"
        });
    }
    until("both have the same", || {
        contents(&scene.castle) == contents(&scene.joined)
    });
    let made = add_node(&scene.castle, 1.0);
    until("Ben has what Ann does", || {
        nodes(&scene.joined).contains_key(&made)
    });
    let made = scene.castle.create_document("scene", "Hall").unwrap();
    until("Ben has what Ann makes", || {
        let documents = scene.joined.info().unwrap().documents;
        documents.iter().any(|document| document.id == made.id)
    });
}

#[test]
fn a_message_that_claims_a_place_far_ahead_has_nothing_read_again() {
    let mut scene = Scene::new();
    let stream = "WISSIL_IGNIS";
    let mut message = scene.client.stored(stream).pop().unwrap();
    message.payload = b"no event".to_vec();
    message
        .headers
        .retain(|(name, _)| !name.starts_with("Nats-") && name != "Sequence");
    message.headers.push(("Sequence".into(), "999".into()));
    let kept = scene.client.store(&message);
    assert!(kept["seq"].is_u64(), "{kept}");
    scene.work_goes_on();
    let Scene {
        castle,
        ben,
        joined,
        mut client,
        _server,
        _ann,
    } = scene;
    drop((castle, joined));
    // Where reading goes on is noted a moment after it was read.
    until("reading goes on where it was", || {
        let bens = ben.reopen("joined");
        until_online(&bens);
        let names = client.ask(&format!("CONSUMER.NAMES.{stream}"), &json!({}));
        let names = names["consumers"].as_array().cloned().unwrap_or_default();
        let starts = names.iter().filter_map(|name| {
            let name = name.as_str()?;
            let info = client.ask(&format!("CONSUMER.INFO.{stream}.{name}"), &json!({}));
            let config = &info["config"];
            (config["headers_only"] != true).then(|| config["opt_start_seq"].as_u64())
        });
        let starts: Vec<Option<u64>> = starts.collect();
        !starts.is_empty() && starts.iter().all(|start| *start > Some(1))
    });
}

#[test]
fn live_nonsense_is_passed_over() {
    let mut scene = Scene::new();
    let (told, heard) = mpsc::channel();
    // Closing the project tells that nobody is here any more, when nobody listens.
    let listener = Box::new(move |message| drop(told.send(message)));
    scene.castle.follow_presence(listener).unwrap();
    scene
        .castle
        .follow_messages(
            "slate.>",
            Box::new(|message| assert_ne!(message.user, "mallory")),
        )
        .unwrap();
    let session = scene.castle.info().unwrap().session;
    let replica = ReplicaId::from(&mallory());
    let counted = scene.malformed();
    let deep = [b"[".repeat(50_000), b"]".repeat(50_000)].concat();
    let payloads: [&[u8]; 5] = [
        b"",
        b"\xff\xfe",
        b"{\"session\":1}",
        &deep,
        &[b' '; 200_000],
    ];
    for payload in payloads {
        for subject in [
            format!("slate.collab.presence.{session}.{replica}"),
            format!("slate.collab.join.{session}.{replica}"),
            format!("slate.collab.presence.{session}"),
            format!("slate.build.progress.{session}"),
            format!("slate.asset.changed.{session}.x"),
            format!("slate.nothing.at.{session}"),
            format!("slate.sync.fetch.{session}"),
        ] {
            scene.client.publish(&subject, &[], payload);
        }
    }
    scene.client.flush();
    until("nonsense was counted", || scene.malformed() >= counted + 5);
    scene.work_goes_on();
    let strangers = heard.try_iter().any(|message| match message {
        PresenceMessage::Joined { peer } | PresenceMessage::Moved { peer } => {
            peer.replica == replica.to_string()
        }
        PresenceMessage::Left { .. } => false,
    });
    assert!(!strangers);
    assert_eq!(
        scene.castle.status().unwrap().connection.state,
        ConnectionState::Online
    );
}
