//! History as people read it.

use wissil_session::api::EventRow;
use wissil_session::{Change, Record, Session, Value};

use crate::place::{Place, place};

fn opened() -> (Place, Session, String) {
    let place = place();
    let session = place
        .app
        .create("My game", &place.root.join("game"))
        .unwrap();
    let documents = session.info().unwrap().documents;
    let scene = documents.into_iter().find(|d| d.kind == "scene").unwrap();
    (place, session, scene.id)
}

fn add(session: &Session, scene: &str, ids: &[(&str, &str)]) {
    let put =
        |(id, name): &(&str, &str)| Change::put("entities", *id, Record::new().with("name", *name));
    session
        .edit(scene, "entity.add", ids.iter().map(put).collect())
        .unwrap();
}

fn set(session: &Session, scene: &str, event_type: &str, id: &str, field: &str, value: Value) {
    let change = Change::set("entities", id, [(field, value)]);
    session.edit(scene, event_type, vec![change]).unwrap();
}

fn words(session: &Session, scene: &str) -> Vec<String> {
    let rows = session.events(None, 100, Some(scene)).unwrap();
    rows.into_iter().map(|row| row.words).collect()
}

#[test]
fn a_line_calls_things_what_they_were_called_then() {
    let (place, session, scene) = opened();
    add(&session, &scene, &[("lamp", "Lamp"), ("yard", "Yard")]);
    let hidden = Value::Bool(false);
    set(&session, &scene, "entity.set", "lamp", "visible", hidden);
    let yard = Value::text("yard");
    set(&session, &scene, "entity.reparent", "lamp", "parent", yard);
    let up = Value::List([0.0, 2.0, 0.0].map(Value::Number).into());
    set(
        &session,
        &scene,
        "entity.transform",
        "lamp",
        "translation",
        up,
    );
    let sun = Value::text("Sun");
    set(&session, &scene, "entity.rename", "lamp", "name", sun);
    session
        .edit(
            &scene,
            "entity.delete",
            vec![
                Change::remove("entities", "lamp"),
                Change::remove("entities", "yard"),
            ],
        )
        .unwrap();
    let expected = [
        "deleted 2 entities",
        "renamed Lamp to Sun",
        "moved Lamp to 0, 2, 0",
        "moved Lamp into Yard",
        "set visible of Lamp to false",
        "added 2 entities",
    ];
    assert_eq!(words(&session, &scene), expected);
    session.close();
    let session = place.app.open(&place.root.join("game")).unwrap();
    assert_eq!(words(&session, &scene), expected);
}

#[test]
fn a_large_gesture_is_one_line_and_so_is_its_undo() {
    const MANY: usize = 3000;
    let (_place, session, scene) = opened();
    let long = "x".repeat(100);
    let names: Vec<String> = (0..MANY).map(|at| format!("e{at}")).collect();
    let all: Vec<(&str, &str)> = names
        .iter()
        .map(|id| (id.as_str(), long.as_str()))
        .collect();
    add(&session, &scene, &all);
    set(
        &session,
        &scene,
        "entity.rename",
        "e1",
        "name",
        Value::text("One"),
    );
    let moved = |id: &String| Change::set("entities", id.as_str(), [("order", Value::Number(1.0))]);
    let edited = session
        .edit(&scene, "entity.set", names.iter().map(moved).collect())
        .unwrap();
    assert!(edited.cids.len() > 1);
    let undone = session.undo(&scene).unwrap();
    assert!(undone.cids.len() > 1);

    let rows = session.events(None, 100, Some(&scene)).unwrap();
    let words: Vec<&str> = rows.iter().map(|row| row.words.as_str()).collect();
    let renamed = format!("renamed {long} to One");
    assert_eq!(
        words,
        [
            "undid: changed 3000 entities",
            "changed 3000 entities",
            &renamed,
            "added 3000 entities",
        ]
    );
    assert_eq!(rows[1].cid, edited.cids[0]);
    assert!(rows[1].touched.len() < MANY);
    assert_eq!(rows[1].touched_count as usize, MANY);
    let touched = session.event_touched(&rows[1].cid).unwrap();
    assert_eq!(touched.len(), MANY);

    // However the pages are cut, each gesture stands once.
    let mut paged: Vec<EventRow> = Vec::new();
    loop {
        let before = paged.last().map(|row| row.position.clone());
        let page = session.events(before.as_deref(), 1, Some(&scene)).unwrap();
        if page.is_empty() {
            break;
        }
        paged.extend(page);
    }
    assert_eq!(paged, rows);
}

#[test]
fn what_had_no_name_is_not_called_by_a_later_one() {
    let (place, session, _) = opened();
    let documents = session.info().unwrap().documents;
    let graph = documents.into_iter().find(|d| d.kind == "blueprint");
    let graph = graph.unwrap().id;
    let point = |x: f64| Value::Map([("x".into(), x.into()), ("y".into(), 0.0.into())].into());
    let size = [("width".into(), 9.0.into()), ("height".into(), 9.0.into())];
    let comment = Record::new()
        .with("text", "")
        .with("position", point(0.0))
        .with("size", Value::Map(size.into()));
    let put = Change::put("comments", "note", comment);
    session.edit(&graph, "comment.add", vec![put]).unwrap();
    let set = |event_type: &str, field: &str, value: Value| {
        let change = Change::set("comments", "note", [(field, value)]);
        session.edit(&graph, event_type, vec![change]).unwrap();
    };
    set("comment.move", "position", point(4.0));
    set("comment.set", "text", Value::text("My note"));
    let expected = [
        "named a comment My note",
        "moved a comment",
        "added a comment",
    ];
    assert_eq!(words(&session, &graph), expected);
    let folder = session.folder().unwrap();
    drop(session);
    let session = place.app.open(&folder).unwrap();
    assert_eq!(words(&session, &graph), expected);
}
