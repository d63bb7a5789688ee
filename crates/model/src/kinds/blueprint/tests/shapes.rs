//! What sockets nodes have, and of what types.

use super::super::*;
use super::notation::{graph, sockets};

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
