//! Events as JSON.

use proptest::prelude::*;
use serde_json::json;
use wissil_dag::{EventError, IdeEvent, IdeEventError, Ipld, ipld_from_json, ipld_to_json};

use crate::samples::{any_event, any_ipld, edge_values, first_event, key, map, next_event, text};

proptest! {
    #[test]
    fn an_event_survives_json(event in any_event()) {
        let signed = event.sign(&key(7)).unwrap();
        let ide_event = IdeEvent::from_signed(&signed, "ignis").unwrap();
        let json = serde_json::to_string(&ide_event).unwrap();
        let read: IdeEvent = serde_json::from_str(&json).unwrap();
        prop_assert_eq!(read.to_signed().unwrap(), signed, "{}", json);
    }

    #[test]
    fn a_value_survives_json(value in any_ipld()) {
        let json = serde_json::to_string(&ipld_to_json(&value).unwrap()).unwrap();
        prop_assert_eq!(ipld_from_json(&serde_json::from_str(&json).unwrap()).unwrap(), value);
    }
}

#[test]
fn values_at_the_edges_survive_json() {
    let json = serde_json::to_string(&ipld_to_json(&edge_values()).unwrap()).unwrap();
    assert_eq!(
        ipld_from_json(&serde_json::from_str(&json).unwrap()).unwrap(),
        edge_values()
    );
}

#[test]
fn one_changed_record_reads_plainly() {
    let key = key(7);
    let first = first_event(&key);
    let second = next_event(&first, first.sign(&key).unwrap().cid);
    let ide_event = serde_json::to_value(IdeEvent::from_event(&second, "ignis").unwrap()).unwrap();
    assert_eq!(ide_event["sessionId"], "session_abc123");
    assert_eq!(ide_event["userId"], "user_xyz");
    assert_eq!(ide_event["timestamp"], 1_732_913_101_000_u64);
    assert_eq!(
        ide_event["event"],
        json!({
            "type": "node.move",
            "subsystem": "ignis",
            "payload": {
                "nodeId": "node_9",
                "position": {"x": 8.0, "y": -0.125},
                "collection": "nodes",
                "verb": "set",
                "was": {"position": {"x": 640.0, "y": 220.5}},
            },
        })
    );
    assert_eq!(ide_event["metadata"]["version"], "0.1.0");
    assert_eq!(ide_event["metadata"]["branch"], "main");
    assert_eq!(
        ide_event["metadata"]["parentEventId"],
        second.previous.unwrap().to_string()
    );
}

/// The payload of an event with these changes.
fn payload(changes: Vec<Ipld>) -> serde_json::Value {
    let event = wissil_dag::Event {
        changes,
        ..first_event(&key(7))
    };
    IdeEvent::from_event(&event, "unity").unwrap().event.payload
}

#[test]
fn several_changes_stand_under_changes() {
    let removal = |collection, id| {
        map([
            ("collection", text(collection)),
            ("id", text(id)),
            ("remove", Ipld::Bool(true)),
        ])
    };
    assert_eq!(payload(vec![]), json!({ "changes": [] }));
    assert_eq!(
        payload(vec![removal("entities", "e1"), removal("keys", "k1")]),
        json!({ "changes": [
            { "entityId": "e1", "collection": "entities", "verb": "remove" },
            { "keyId": "k1", "collection": "keys", "verb": "remove" },
        ]})
    );
}

#[test]
fn a_field_that_would_clash_keeps_the_exact_change() {
    for field in ["nodeId", "verb", "was", "collection", "change", "changes"] {
        let change = map([
            ("collection", text("nodes")),
            ("id", text("n")),
            ("put", map([(field, text("x"))])),
        ]);
        let exact = json!({ "collection": "nodes", "id": "n", "put": { field: "x" } });
        assert_eq!(
            payload(vec![change]),
            json!({ "nodeId": "n", "change": exact })
        );
    }
}

#[test]
fn content_that_was_edited_outside_is_refused() {
    let key = key(7);
    let mut ide_event =
        IdeEvent::from_signed(&first_event(&key).sign(&key).unwrap(), "ignis").unwrap();
    ide_event.event.payload["nodeId"] = json!("node_10");
    let error = ide_event.to_signed().unwrap_err();
    assert!(
        matches!(error, IdeEventError::Event(EventError::CidMismatch { .. })),
        "{error}"
    );
}

#[test]
fn a_plain_event_of_another_tool_can_be_read_for_its_changes() {
    let plain = json!({
        "sessionId": "session_abc123",
        "userId": "user_xyz",
        "timestamp": 1_732_913_100,
        "event": {
            "type": "node.move",
            "subsystem": "ignis",
            "payload": { "nodeId": "node_9", "collection": "nodes", "verb": "set", "position": { "x": 640, "y": 220 } },
        },
        "metadata": { "version": "1.0.0", "branch": "main" },
    });
    let plain: IdeEvent = serde_json::from_value(plain).unwrap();
    assert_eq!(plain.changes().unwrap().len(), 1);
    assert_eq!(plain.to_event(), Err(IdeEventError::Missing("document")));
}
