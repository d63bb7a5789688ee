//! Small graphs written as text, one thing a line:
//!
//! ```text
//! variable score int            a variable of that type
//! event hit power:float         an event with its values
//! add math/add b:float=1        a node, its typed-in values, and its configuration as `name@json`
//! add.value > length.a          a value wire
//! start.out -> set.in           a flow wire
//! ```

use std::collections::BTreeMap;

use super::super::*;
use crate::Value;

fn literal(text: &str) -> Literal {
    let (signature, value) = text.split_once('=').unwrap_or((text, ""));
    Literal {
        signature: signature.to_owned(),
        value: match value {
            "" => Vec::new(),
            _ => value.split(',').map(json).collect(),
        },
    }
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| Value::text(text))
}

pub(super) fn graph(text: &str) -> Graph {
    let mut graph = Graph::default();
    for line in text.lines().map(str::trim).filter(|it| !it.is_empty()) {
        let words: Vec<_> = line.split_whitespace().collect();
        match *words {
            ["variable", name, initial] => {
                let variable = Variable {
                    name: name.trim_end_matches('*').to_owned(),
                    initial: literal(initial),
                    order: None,
                    source: None,
                };
                graph.variables.insert(name.into(), variable);
            }
            ["event", name, ref values @ ..] => {
                let values = values.iter().map(|it| it.split_once(':').unwrap());
                let event = CustomEvent {
                    name: Some(name.trim_end_matches('*').to_owned()),
                    values: values
                        .map(|(id, it)| (id.to_owned(), literal(it)))
                        .collect(),
                    order: None,
                    source: None,
                };
                graph.events.insert(name.into(), event);
            }
            [from, arrow @ (">" | "->"), to] => {
                let (from, output) = from.split_once('.').unwrap();
                let (to, input) = to.split_once('.').unwrap();
                let wire = Wire {
                    kind: match arrow {
                        ">" => WireKind::Value,
                        _ => WireKind::Flow,
                    },
                    from: from.into(),
                    output: output.to_owned(),
                    to: to.into(),
                    input: input.to_owned(),
                    route: Vec::new(),
                };
                let id = format!("w{:02}", graph.wires.len());
                graph.wires.insert(id.into(), wire);
            }
            [id, op, ref fields @ ..] => {
                let mut record = crate::Record::new().with("op", op);
                for field in fields {
                    if let Some((name, value)) = field.split_once('@') {
                        record.set(format!("configuration.{name}"), json(value));
                    } else if let Some((name, value)) = field.split_once("<:") {
                        record.set(format!("inputs.{name}"), Value::text(value));
                    } else if let Some((name, value)) = field.split_once(">:") {
                        record.set(format!("outputs.{name}"), Value::text(value));
                    } else if let Some((name, value)) = field.split_once(':') {
                        record.set(
                            format!("values.{name}"),
                            crate::Field::to_value(&literal(value)),
                        );
                    } else {
                        record.set("extension", Value::text(*field));
                    }
                }
                graph.set("nodes", &id.into(), Some(&record)).unwrap();
            }
            _ => panic!("{line}"),
        }
    }
    graph
}

/// A node's sockets as text: `in | a:float b:? > value:float | out`.
fn sockets(shape: &NodeShape) -> String {
    let flow = |sockets: &[Socket]| {
        let ids = sockets.iter().map(|it| it.id.clone());
        ids.collect::<Vec<_>>().join(" ")
    };
    let values = |sockets: &[Socket]| {
        let texts = sockets.iter().map(|it| {
            let known = if it.known { "" } else { "!" };
            format!(
                "{}{known}:{}",
                it.id,
                it.signature.as_deref().unwrap_or("?")
            )
        });
        texts.collect::<Vec<_>>().join(" ")
    };
    format!(
        "{} | {} > {} | {}",
        flow(&shape.flow_in),
        values(&shape.values_in),
        values(&shape.values_out),
        flow(&shape.flow_out)
    )
}

#[test]
fn nodes_have_the_sockets_of_their_configuration() {
    let given = "
        variable score int
        variable place float3
        event hit power:float who:ref
    ";
    for (node, title, expected) in [
        ("x math/add", "Add", " | a:? b:? > value:? | "),
        ("x math/add b:int=1", "Add", " | a:int b:int > value:int | "),
        (
            "x math/transform a:float2",
            "Transform",
            " | a:float2 b:float2x2 > value:float2 | ",
        ),
        (
            "x flow/switch cases@[3,1,3]",
            "Switch",
            "in | selection:int >  | 3 1 default",
        ),
        (
            "x flow/switch cases@[0.5,1]",
            "Switch",
            "in | selection:int >  | default",
        ),
        (
            "x math/switch cases@[3,1]",
            "Switch value",
            " | selection:int 3:? 1:? default:? > value:? | ",
        ),
        (
            "x math/switch cases@[7] 7:float2",
            "Switch value",
            " | selection:int 7:float2 default:float2 > value:float2 | ",
        ),
        ("x flow/sequence", "Sequence", "in |  >  | 000"),
        (
            "x flow/waitAll inputFlows@[2]",
            "Wait for all",
            "0 1 reset |  > remainingInputs:int | out completed",
        ),
        (
            "x variable/get variable@[\"place\"]",
            "Get place",
            " |  > value:float3 | ",
        ),
        (
            "x variable/get variable@[\"gone\"]",
            "Get variable",
            " |  > value:? | ",
        ),
        (
            "x variable/set variables@[\"score\"]",
            "Set score",
            "in | score:int >  | out",
        ),
        (
            "x variable/set variables@[\"score\",\"place\"]",
            "Set variable",
            "in | score:int place:float3 >  | out",
        ),
        (
            "x variable/interpolate variable@[\"place\"]",
            "Interpolate place",
            "in | value:float3 duration:float p1:float2 p2:float2 >  | out err done",
        ),
        (
            "x pointer/set pointer@[\"/nodes/[n]/translation\"] type@[\"float3\"]",
            "Set translation",
            "in | n:int value:float3 >  | out err",
        ),
        (
            "x pointer/get pointer@[\"/nodes/{n}/weights/[w]\"] type@[\"float\"]",
            "Get weights",
            " | n:? w:int > value:float isValid:bool | ",
        ),
        (
            "x event/send event@[\"hit\"]",
            "Send hit",
            "in | power:float who:ref >  | out",
        ),
        (
            "x event/receive event@[\"hit\"]",
            "Receive hit",
            " |  > power:float who:ref event:ref | out",
        ),
        (
            "x debug/log message@[\"{a}{{b}}{c}{a}\"]",
            "Log",
            "in | a:? c:? >  | out",
        ),
        (
            "x animation/stop animation:int=1",
            "Stop animation",
            "in | animation:int >  | out err",
        ),
        (
            "x flow/cancelDelay",
            "Cancel delay",
            "in | delay:ref >  | out",
        ),
        (
            "x flow/cancelDelay delayIndex:int=1",
            "Cancel delay",
            "in | delayIndex:int >  | out",
        ),
        (
            "x math/abs odd:bool=true",
            "Absolute",
            " | a:? odd!:bool > value:? | ",
        ),
        (
            "x acme/spin ACME speed<:float done>:acmeState",
            "acme/spin",
            " | speed:float > done:acmeState | ",
        ),
        (
            "x event/onSelect KHR_node_selectability selectedNodeIndex>:int",
            "On select",
            " |  > selectedNodeIndex:int | out",
        ),
    ] {
        let graph = graph(&format!("{given}\n{node}"));
        let shapes = shapes(&graph);
        let shape = &shapes["x"];
        assert_eq!(
            (&*shape.title, &*sockets(shape)),
            (title, expected),
            "{node}"
        );
    }
}

#[test]
fn types_follow_wires() {
    let vectors = "
        v math/combine3 a:float=1 b:float=1 c:float=1
        f math/Pi
        k flow/for startIndex:int=0 endIndex:int=3
    ";
    for (text, expected) in [
        // From outputs to inputs, through a chain.
        (
            "p math/neg\n q math/neg\n v.value > p.a\n p.value > q.a",
            "p:float3 q:float3",
        ),
        // Back from an input.
        (
            "p math/neg\n q math/dot b:float2\n p.value > q.a",
            "p:float2 q:float",
        ),
        // What is wired counts before what is typed in.
        ("p math/add b:float=1\n v.value > p.a", "p:float3"),
        // Pairs of types.
        ("p math/transform\n v.value > p.a", "p:float3"),
        // The first wire stands; a wire that does not fit changes nothing.
        ("p math/add\n v.value > p.a\n f.value > p.b", "p:float3"),
        ("p math/add\n k.index > p.a", "p:int"),
        // Only matrices and vectors are shared by nothing.
        ("p math/transpose\n q math/sin\n p.value > q.a", "p:? q:?"),
        // A loop ends.
        (
            "p math/add\n q math/add\n p.value > q.a\n q.value > p.a\n v.value > p.b",
            "p:float3 q:float3",
        ),
        ("p math/select\n q math/eq\n p.value > q.a", "p:? q:bool"),
    ] {
        let graph = graph(&format!("{vectors}\n{text}"));
        let shapes = shapes(&graph);
        let found: Vec<_> = ["p", "q"]
            .iter()
            .filter_map(|id| Some((id, shapes.get(*id)?)))
            .map(|(id, shape)| {
                let signature = shape.values_out[0].signature.as_deref();
                format!("{id}:{}", signature.unwrap_or("?"))
            })
            .collect();
        assert_eq!(found.join(" "), expected, "{text}");
    }
}

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

#[test]
fn problems_say_what_to_do() {
    for (text, expected) in [
        ("x math/add a:int=1 b:int=2", &[][..]),
        (
            "x math/nothing",
            &[
                "Error op: “math/nothing” is no operation of this version. Replace the node, or update the app.",
            ],
        ),
        (
            "x acme/spin ACME",
            &[
                "Warning op: “acme/spin” belongs to the extension ACME, which is not known here. It is kept, and does nothing in play.",
            ],
        ),
        (
            "x math/abs",
            &["Warning values.a: “Absolute” has no value for “A”. Type one in, or connect it."],
        ),
        (
            "x math/abs\n y math/isNaN\n x.value > y.a",
            &["Error values.a: “Absolute” has no value for “A”. Type one in, or connect it."],
        ),
        (
            "x math/add a:int=1 b:float=2",
            &[
                "Error values.b: “Add”: the value of “B” is Float and must be Int. Type it in again.",
            ],
        ),
        (
            "x math/abs a:float3=1,2",
            &["Error values.a: “Absolute”: the value of “A” must be 3 numbers, to be Float3."],
        ),
        (
            "x math/abs a:int=1.5",
            &["Error values.a: “Absolute”: the value of “A” must be a whole number of 32 bits."],
        ),
        ("x math/abs a:float=NaN", &[]),
        (
            "x math/abs a:int=1 z:int=1",
            &[
                "Warning values.z: “Absolute” has a value for “z”, which is no input of it. The value does nothing; remove it.",
            ],
        ),
        (
            "x variable/get",
            &["Error configuration.variable: “Get variable” has no variable. Choose one."],
        ),
        (
            "x variable/get variable@[\"gone\"]",
            &[
                "Error configuration.variable: “Get variable” is about a variable that is not there. Choose another.",
            ],
        ),
        (
            "x event/receive event@[\"gone\"]",
            &[
                "Error configuration.event: “Receive event” is about an event that is not there. Choose another.",
            ],
        ),
        (
            "x pointer/get pointer@[\"/nodes/[/scale\"] type@[\"float3\"]",
            &[
                "Error configuration.pointer: “Get scale” has a pointer that has the broken parameter `[`; write `[name]`.",
            ],
        ),
        (
            "x flow/sequence loud@[true]",
            &[
                "Warning configuration.loud: “Sequence” has the setting “loud”, which its operation does not know. It does nothing; remove it.",
            ],
        ),
        (
            "x debug/log message@[\"{\"] severity@[0]",
            &[
                "Warning configuration.message: “Log” has a message whose braces do not pair up. Write {{ to mean the brace itself.",
            ],
        ),
        (
            "x math/quatFromAngles order@[\"abc\"] x:float=0 y:float=0 z:float=0",
            &[
                "Warning configuration.order: “Rotation from angles” needs one of xyz, xzy, yxz, yzx, zxy, zyx for “Order”. Set it again.",
            ],
        ),
        (
            "variable n int=1\n x variable/interpolate variable@[\"n\"] value:int=1 duration:float=1 p1:float2=0,0 p2:float2=1,1",
            &[
                "Error configuration.variable: “Interpolate n” cannot move “n” bit by bit, because it is Int. Use a variable of floats.",
            ],
        ),
        (
            "variable n float=1\n variable n* float=1",
            &[
                "Warning name: Several variables are called “n”. Name them apart.",
                "Warning name: Several variables are called “n”. Name them apart.",
            ],
        ),
        (
            "variable n bool=1",
            &["Error initial: The initial value of “n” must be true or false."],
        ),
        (
            "event e event:int=1",
            &[
                "Error values.event: A value of the event “e” is called “event”, which is taken. Call it otherwise.",
            ],
        ),
        (
            "p math/Pi\n x math/cross b:float3=1,1,1\n p.value > x.a",
            &[
                "Error -: From “Pi” to “Cross product”: “Value” gives Float and “A” takes Float3; insert “Combine 3” between them.",
            ],
        ),
        (
            "p math/Pi\n x math/sin\n p.value > x.a\n p.value > x.a",
            &[
                "Error input: Two wires enter “a” of “Sine”, and a value comes from one place. Delete one of them.",
            ],
        ),
        (
            "s event/onStart\n x flow/sequence\n s.out -> x.in\n s.out -> x.in",
            &[
                "Error output: “On start” has two wires at its output “out”, and a flow goes on at one place. Insert “Sequence” to run both.",
            ],
        ),
        (
            "p math/Pi\n x math/sin\n p.other > x.a",
            &[
                "Error output: “Pi” has no output “other”. Delete the wire, or connect it elsewhere.",
            ],
        ),
        (
            "s event/onStart\n x flow/sequence\n s.out -> x.reset",
            &[
                "Warning input: “Sequence” has no input “reset”. The wire does nothing; delete it, or connect it elsewhere.",
            ],
        ),
        (
            "x math/neg\n y math/abs\n x.value > y.a\n y.value > x.a",
            &[
                "Error -: “Negate” and “Absolute” wait for each other's values, so that none of them has one. Keep one of the values in a variable.",
            ],
        ),
        (
            "s event/onStart\n x flow/sequence\n y flow/sequence\n s.out -> x.in\n x.000 -> y.in\n y.000 -> x.in",
            &[
                "Warning -: The flow through “Sequence” and “Sequence” comes back to where it was, which exported files cannot say. Use a loop node, or send a custom event and receive it at the start.",
            ],
        ),
    ] {
        let graph = graph(text);
        let found: Vec<_> = problems(&graph, &shapes(&graph))
            .into_iter()
            .map(|it| {
                let field = it.field.as_deref().unwrap_or("-");
                format!("{:?} {field}: {}", it.severity, it.message)
            })
            .collect();
        assert_eq!(found, expected, "{text}");
    }
}

#[test]
fn sequences_keep_a_free_output_and_their_order() {
    let graph = graph(
        "
        x flow/sequence
        y flow/multiGate
        z flow/doN n:int=1
        x.zzz -> z.in
        x.001 -> y.in
        x.9 -> y.in
        x.10 -> y.reset
        ",
    );
    let shape = &shapes(&graph)["x"];
    assert_eq!(sockets(shape), "in |  >  | 001 10 9 zzz zzz1");
}

#[test]
fn unreadable_records_are_reported_and_left_out() {
    let good = crate::Record::new().with("op", "math/Pi");
    let bad = crate::Record::new().with("op", 3.0);
    let records: BTreeMap<&str, Vec<(RecordId, crate::Record)>> =
        BTreeMap::from([("nodes", vec![("a".into(), good), ("b".into(), bad)])]);
    let (mut graph, found) = Graph::read(|collection| {
        let records = records.get(collection).map_or(&[][..], |it| &**it);
        records.iter().map(|(id, record)| (id, record))
    });
    assert_eq!(graph.nodes.len(), 1);
    assert_eq!(found.len(), 1);
    assert_eq!(
        (found[0].id.as_str(), found[0].field.as_deref()),
        ("b", Some("op"))
    );
    graph.set("nodes", &"a".into(), None).unwrap();
    assert_eq!(graph, Graph::default());
}

/// Whatever records say, nothing panics.
#[test]
fn strange_graphs_are_survived() {
    let graph = graph(
        "
        variable v strange
        e0 flow/waitAll inputFlows@[99999999999]
        e1 flow/switch cases@{}
        e2 math/switch cases@[null]
        e3 pointer/get pointer@[\"/[a]/[a]\"] type@[\"\"]
        e4 variable/set variables@[1,null,\"v\",\"v\",\"gone\"]
        e5 event/send event@7
        e6 debug/log message@[\"}{\"]
        e7 math/add a:strange b:float
        e8 nothing
        e7.value > e7.a
        e7.value > gone.a
        e8.x -> e8.x
        e8.x > e4.v
        ",
    );
    let shapes = shapes(&graph);
    assert_eq!(shapes.len(), 9);
    assert_eq!(shapes["e0"].flow_in.len(), 65);
    assert!(!problems(&graph, &shapes).is_empty());
}
