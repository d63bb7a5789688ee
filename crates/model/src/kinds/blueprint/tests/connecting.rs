//! What may be wired to what.

use super::super::*;
use super::notation::graph;

#[test]
fn inputs_take_what_the_others_leave() {
    let given = "
        v math/combine3 a:float=1 b:float=1 c:float=1
        f math/Pi
    ";
    for (text, expected) in [
        (
            "p math/add",
            "float int float2 float3 float4 float2x2 float3x3 float4x4",
        ),
        // The wire that a new one replaces does not count, nor does a value that is typed in.
        (
            "p math/add\n v.value > p.a",
            "float int float2 float3 float4 float2x2 float3x3 float4x4",
        ),
        (
            "p math/add b:float=1",
            "float int float2 float3 float4 float2x2 float3x3 float4x4",
        ),
        ("p math/add\n v.value > p.b", "float3"),
        // Nor does what only followed from that wire further down.
        (
            "p math/neg\n q math/neg\n v.value > p.a\n p.value > q.a",
            "float int float2 float3 float4 float2x2 float3x3 float4x4",
        ),
        // What further down is certain by itself does.
        (
            "p math/neg\n q math/cross\n v.value > p.a\n p.value > q.a",
            "float3",
        ),
        ("p math/add\n q math/neg a:float=1\n q.value > p.b", "float"),
        ("p math/length", "float float2 float3 float4"),
        (
            "p math/transform\n m math/matCompose\n m.value > p.b",
            "float4",
        ),
        ("p math/select\n v.value > p.b", "float3"),
    ] {
        let graph = graph(&format!("{given}\n{text}"));
        let input = &shapes(&graph)["p"];
        let input = input.values_in.iter().find(|it| it.id == "a").unwrap();
        assert_eq!(input.accepts.join(" "), expected, "{text}");
    }
}

#[test]
fn new_wires_are_refused_in_words() {
    let graph = graph(
        "
        start event/onStart
        pi math/Pi
        for flow/for
        v math/combine3
        branch flow/branch
        sin math/sin
        add math/add
        custom acme/spin ACME state>:acmeState
        pick math/select
        ",
    );
    let shapes = shapes(&graph);
    for (from, arrow, to, expected) in [
        ("start.out", WireKind::Flow, "branch.in", None),
        (
            "start.out",
            WireKind::Value,
            "branch.in",
            Some("A wire leads from an output to an input of the same kind."),
        ),
        (
            "start.out",
            WireKind::Flow,
            "gone.in",
            Some("The node is not there any more."),
        ),
        ("pi.value", WireKind::Value, "sin.a", None),
        ("add.value", WireKind::Value, "sin.a", None),
        (
            "for.index",
            WireKind::Value,
            "sin.a",
            Some(
                "“Index” gives Int and “A” takes Float, Float2, Float3 or Float4; insert “Int to Float” between them.",
            ),
        ),
        (
            "pi.value",
            WireKind::Value,
            "branch.condition",
            Some(
                "“Value” gives Float and “Condition” takes Bool; insert “Float to Bool” between them.",
            ),
        ),
        (
            "v.value",
            WireKind::Value,
            "branch.condition",
            Some("“Value” gives Float3 and “Condition” takes Bool."),
        ),
        (
            "add.value",
            WireKind::Value,
            "add.a",
            Some("A node cannot wait for its own value. Keep it in a variable."),
        ),
        ("custom.state", WireKind::Value, "pick.a", None),
        (
            "custom.state",
            WireKind::Value,
            "add.a",
            Some(
                "“State” gives “acmeState” and “A” takes Float, Int, Float2, Float3, Float4, Float2x2, Float3x3 or Float4x4.",
            ),
        ),
    ] {
        let end = |text: &'static str| text.split_once('.').unwrap();
        let (from, to) = (end(from), end(to));
        let found = connect_problem(
            &shapes,
            arrow,
            (&from.0.into(), from.1),
            (&to.0.into(), to.1),
        );
        assert_eq!(found.as_deref(), expected, "{from:?} to {to:?}");
    }
}

/// The window judges a wire while it is drawn, and is held to this rule by these cases: every output of a graph beside
/// every input of it.
#[test]
fn cases_of_connecting_are_up_to_date() {
    let graph = graph(
        "
        start event/onStart
        branch flow/branch
        for flow/for
        pi math/Pi
        v math/combine3
        add math/add
        sum math/add a:float=1
        pick math/select
        custom acme/spin ACME state>:acmeState
        unknown acme/other
        unknown.made > sum.gone
        ",
    );
    let shapes = shapes(&graph);
    let mut pins = Vec::new();
    for (node, shape) in &shapes {
        for (side, kind, sockets) in [
            ("output", WireKind::Flow, &shape.flow_out),
            ("output", WireKind::Value, &shape.values_out),
            ("input", WireKind::Flow, &shape.flow_in),
            ("input", WireKind::Value, &shape.values_in),
        ] {
            pins.extend(sockets.iter().map(|socket| (node, side, kind, socket)));
        }
    }
    let mut allowed = Vec::new();
    for (output, from) in pins.iter().enumerate().filter(|(_, pin)| pin.1 == "output") {
        for (input, to) in pins.iter().enumerate().filter(|(_, pin)| pin.1 == "input") {
            let ends = ((from.0, from.3.id.as_str()), (to.0, to.3.id.as_str()));
            if from.2 == to.2 && connect_problem(&shapes, from.2, ends.0, ends.1).is_none() {
                allowed.push((output, input));
            }
        }
    }
    let pins: Vec<_> = pins
        .iter()
        .map(|(node, side, kind, socket)| {
            let kind = if *kind == WireKind::Flow { "flow" } else { "value" };
            serde_json::json!({ "node": node.as_str(), "side": side, "kind": kind, "socket": socket })
        })
        .collect();
    let mut expected =
        serde_json::to_string(&serde_json::json!({ "pins": pins, "allowed": allowed })).unwrap();
    expected.push('\n');
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../ui/src/editors/blueprint/connections.json");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &expected).unwrap();
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(
        found, expected,
        "ui/src/editors/blueprint/connections.json is not what the rule says; run `cargo xtask generate`"
    );
}
