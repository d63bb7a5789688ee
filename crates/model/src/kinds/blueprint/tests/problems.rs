//! What is said of graphs that are not right.

use std::collections::BTreeMap;

use super::super::*;
use super::notation::graph;

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
            &["Warning values.a: “Absolute” has no value for “A”. Set one, or connect it."],
        ),
        (
            "x math/abs\n y math/isNaN\n x.value > y.a",
            &["Error values.a: “Absolute” has no value for “A”. Set one, or connect it."],
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
