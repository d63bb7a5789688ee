//! What programs that listen to the live bus learn of what people do.

use std::collections::BTreeMap;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use serde_json::{Value as Json, json};
use wissil_session::api::{BusMessage, ErrorCode, Place, Presence, Reach, Touched};
use wissil_session::{CancellationToken, Change, Heard, Record, Session};

use crate::world::{PATIENCE, Person, until, until_online};

/// The scene that a new project has.
fn scene(session: &Session) -> String {
    let documents = session.info().unwrap().documents;
    let scene = documents
        .into_iter()
        .find(|document| document.kind == "scene");
    scene.unwrap().id
}

#[test]
fn what_people_do_is_told_with_the_ids_of_what_it_is_about() {
    let (ann, ben) = (Person::new("Ann"), Person::new("Ben"));
    let castle = ann.create();
    let (told, met) = mpsc::channel();
    castle
        .follow_messages(
            "slate.project.created.*",
            Box::new(move |message| drop(told.send(message))),
        )
        .unwrap();
    castle.host(Reach::Machine).unwrap();
    until_online(&castle);
    // The server meets the project for the first time.
    let created = met.recv_timeout(PATIENCE).unwrap();
    assert_eq!(created.payload, json!({ "name": "Castle" }));
    let joined = ben.join(&castle.share().unwrap().link.unwrap());
    until_online(&joined);

    // Another program listens, while the window has the project open.
    let bus = ann.app.live_bus(&ann.folder("castle")).unwrap();
    let cancelled = CancellationToken::new();
    let (heard, messages) = mpsc::channel::<BusMessage>();
    let (ready, listens) = mpsc::channel();
    let cancel = cancelled.clone();
    let listener = thread::spawn(move || {
        let ready = move || ready.send(()).unwrap();
        bus.listen("slate.>", &cancel, ready, |message| {
            if let Heard::Message { message, .. } = message
                && message.resource != "collab"
            {
                drop(heard.send(message));
            }
            Ok(None)
        })
        .unwrap();
    });
    listens.recv_timeout(PATIENCE).unwrap();

    let document = scene(&joined);
    let opened = joined.open_document(&document, Box::new(|_| ())).unwrap();
    let lamp = Record::new().with("name", "Lamp").with("light", "sun");
    let add = Change::put("entities", "lamp", lamp);
    joined.edit(&document, "entity.add", vec![add]).unwrap();
    joined.undo(&document).unwrap();
    joined
        .show_presence(Presence {
            document: Some(document.clone()),
            cursor: Some(Place {
                x: 4.0,
                y: 2.0,
                z: None,
            }),
            selection: vec![Touched {
                collection: "entities".into(),
                id: "lamp".into(),
            }],
            ..Presence::default()
        })
        .unwrap();
    joined.close_document(opened.subscription).unwrap();
    std::fs::write(ben.folder("joined").join("assets/note.txt"), "hello").unwrap();

    let mut last: BTreeMap<String, BusMessage> = BTreeMap::new();
    let wanted = [
        "asset.component.added",
        "asset.component.removed",
        "asset.created",
        "editor.closed",
        "editor.cursor",
        "editor.opened",
        "editor.selection",
        "file.created",
    ];
    until("everything is told", || {
        for message in messages.try_iter() {
            let name = format!("{}.{}", message.resource, message.action);
            last.insert(name, message);
        }
        wanted.iter().all(|name| last.contains_key(*name))
    });
    cancelled.cancel();
    listener.join().unwrap();

    let session = castle.info().unwrap().session;
    let ben = joined.info().unwrap().user.id;
    let file = joined.assets().unwrap().remove(0).id;
    let at = |name: &str| -> (String, Json) {
        let message = &last[name];
        assert_eq!(message.user, ben, "{message:?}");
        (message.subject.clone(), message.payload.clone())
    };
    let component = json!({ "assetId": "lamp", "component": "light" });
    assert_eq!(
        at("asset.component.added"),
        (
            format!("slate.asset.component.added.{session}.lamp"),
            component.clone()
        )
    );
    assert_eq!(
        at("asset.component.removed"),
        (
            format!("slate.asset.component.removed.{session}.lamp"),
            component
        )
    );
    assert_eq!(
        at("asset.created").0,
        format!("slate.asset.created.{session}.{file}")
    );
    assert_eq!(
        at("file.created"),
        (
            format!("slate.file.created.{session}.{file}"),
            json!({ "file": file, "path": "assets/note.txt" })
        )
    );
    let open = json!({ "document": document });
    for action in ["opened", "closed"] {
        assert_eq!(
            at(&format!("editor.{action}")),
            (
                format!("slate.editor.{action}.{session}.{ben}.{document}"),
                open.clone()
            )
        );
    }
    assert_eq!(
        at("editor.cursor"),
        (
            format!("slate.editor.cursor.{session}.{ben}.{document}"),
            json!({ "document": document, "x": 4.0, "y": 2.0 })
        )
    );
    assert_eq!(at("editor.selection").1["ids"], json!(["lamp"]));
}

#[test]
fn questions_are_asked_beside_a_project_that_is_open() {
    let ann = Person::new("Ann");
    let castle = ann.create();
    let folder = ann.folder("castle");
    let alone = ann.app.live_bus(&folder).unwrap_err();
    assert_eq!(alone.code, ErrorCode::Invalid, "{alone:?}");
    castle.host(Reach::Machine).unwrap();
    until_online(&castle);

    let asking = ann.app.live_bus(&folder).unwrap();
    let short = Duration::from_millis(200);
    let ask = |subject: &str, payload: Json, timeout| asking.request(subject, payload, timeout);
    let question = || json!({ "run": "run-1" });
    let nobody = ask("slate.runtime.status", question(), short).unwrap_err();
    assert_eq!(nobody.code, ErrorCode::NoAnswer, "{nobody:?}");
    for (subject, payload) in [
        ("slate.weather.status", question()),
        ("slate.runtime.status.another-session", question()),
        ("slate.runtime.status", json!({ "run": 7 })),
        ("slate.runtime.status", json!({ "run": "not.a.token" })),
        ("", json!({})),
    ] {
        let refused = ask(subject, payload, short).unwrap_err();
        assert!(
            matches!(refused.code, ErrorCode::Invalid | ErrorCode::Refused),
            "{subject}: {refused:?}"
        );
    }

    let answering = ann.app.live_bus(&folder).unwrap();
    let cancelled = CancellationToken::new();
    let cancel = cancelled.clone();
    let (ready, listens) = mpsc::channel();
    let answerer = thread::spawn(move || {
        answering.listen(
            "slate.runtime.status.>",
            &cancel,
            move || ready.send(()).unwrap(),
            |heard| {
                let Heard::Message { question: true, .. } = heard else {
                    return Ok(None);
                };
                Ok(Some(json!({ "run": "run-1", "status": "running" })))
            },
        )
    });
    listens.recv_timeout(PATIENCE).unwrap();
    let answer = ask("slate.runtime.status", question(), PATIENCE).unwrap();
    assert_eq!(
        answer.payload,
        json!({ "run": "run-1", "status": "running" })
    );
    cancelled.cancel();
    answerer.join().unwrap().unwrap();
}
