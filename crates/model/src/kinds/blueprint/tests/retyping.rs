//! A variable, or a value of a custom event, gets another type while it is used.

use super::super::*;
use super::notation::graph;
use crate::{Change, Operation};

/// The changes, one a line: `nodes set values.score int 3`.
fn lines(changes: &[Change]) -> Vec<String> {
    changes
        .iter()
        .flat_map(|change| match &change.operation {
            Operation::Set { set, .. } => set
                .iter()
                .map(|(field, value)| format!("{} {field} {value}", change.id))
                .collect(),
            Operation::Remove { .. } => vec![format!("{} {} goes", change.collection, change.id)],
            Operation::Put { .. } => vec!["put".into()],
        })
        .collect()
}

#[test]
fn what_was_typed_in_is_converted_or_cleared() {
    for (from, to, expected) in [
        ("int=3", "float", r#"{"type":"float","value":[3]}"#),
        ("float=2.7", "int", r#"{"type":"int","value":[2]}"#),
        ("float=2", "bool", r#"{"type":"bool","value":[true]}"#),
        ("bool=true", "float", r#"{"type":"float","value":[1]}"#),
        ("float=2", "float3", r#"{"type":"float3","value":[2,2,2]}"#),
        (
            "float3=1,2,3",
            "float2",
            r#"{"type":"float2","value":[1,2]}"#,
        ),
        (
            "float2=1,2",
            "float4",
            r#"{"type":"float4","value":[1,2,0,0]}"#,
        ),
        ("float=9999999999", "int", "null"),
        ("float=NaN", "int", "null"),
        (
            "float=NaN",
            "float2",
            r#"{"type":"float2","value":["NaN","NaN"]}"#,
        ),
        ("float", "int", r#"{"type":"int"}"#),
        ("float=1", "ref", "null"),
        ("float=1", "float2x2", "null"),
    ] {
        let signature = from.split('=').next().unwrap();
        let text = format!(
            "variable score {signature}\n keep variable/set variables@[\"score\"] score:{from}"
        );
        let changes = retype(&graph(&text), Retyped::Variable(&"score".into()), to);
        let written = format!("keep values.score {expected}");
        assert_eq!(lines(&changes)[1..], [written], "{from} to {to}");
    }
}

#[test]
fn wires_that_do_not_fit_any_more_are_removed_and_others_stay() {
    let before = graph(
        "variable score float=1
         get variable/get variable@[\"score\"]
         half math/mul b:float=0.5
         round math/isNaN
         keep variable/set variables@[\"score\"]
         get.value > round.a
         half.value > keep.score
         start event/onStart
         start.out -> keep.in",
    );
    let wires: Vec<_> = before
        .wires
        .iter()
        .map(|(id, wire)| (id.clone(), wire.input.clone()))
        .collect();
    let changes = retype(&before, Retyped::Variable(&"score".into()), "float3");
    let gone: Vec<_> = changes
        .iter()
        .filter(|it| matches!(it.operation, Operation::Remove { .. }))
        .map(|it| &wires.iter().find(|(id, _)| *id == it.id).unwrap().1)
        .collect();
    assert_eq!(gone, ["a", "score"]);
    assert!(retype(&before, Retyped::Variable(&"score".into()), "float").is_empty());
    assert!(retype(&before, Retyped::Variable(&"other".into()), "int").is_empty());
}

#[test]
fn values_of_events_take_their_senders_along() {
    let before = graph(
        "event hit power:float=2
         send event/send event@[\"hit\"] power:float=4.5",
    );
    let changes = retype(&before, Retyped::EventValue(&"hit".into(), "power"), "int");
    assert_eq!(
        lines(&changes),
        [
            r#"hit values.power {"type":"int","value":[2]}"#,
            r#"send values.power {"type":"int","value":[4]}"#,
        ]
    );
}
