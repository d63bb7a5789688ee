//! What runs next.

use super::Dynamic::{FlowCases, FlowInputs, FlowOutputs};
use super::Family::Flow;
use super::Row;
use super::row::row;

#[rustfmt::skip]
pub(super) const ROWS: &[Row] = &[
    row(Flow, "flow/sequence", "Sequence", "then order steps after", "in | |",
        "Runs its outputs one after another, in the order of their names.")
        .with("", &[FlowOutputs]),
    row(Flow, "flow/branch", "Branch", "if else condition when", "in | condition:bool~false | true false",
        "Goes on at *True* or at *False*, as the condition says."),
    row(Flow, "flow/switch", "Switch", "case select match", "in | selection:int~0 | default",
        "Goes on at the output whose number is selected, or at *Default*.")
        .with("cases:IntegerList", &[FlowCases]),
    row(Flow, "flow/while", "While loop", "repeat loop until", "in | condition:bool~false | loopBody completed",
        "Runs the loop body again and again while the condition holds, then goes on at *Completed*."),
    row(Flow, "flow/for", "For loop", "repeat count iterate loop", "in | startIndex:int~0 endIndex:int~1 > index:int | loopBody completed",
        "Runs the loop body once for each index from the start up to, and without, the end.")
        .with("initialIndex:Integer~0", &[]),
    row(Flow, "flow/doN", "Do N", "once limit times count", "in reset | n=Times:int~1 > currentCount:int | out",
        "Lets the flow pass at most N times, until it is reset."),
    row(Flow, "flow/multiGate", "Multi gate", "cycle random round robin alternate flip flop", "in reset | > lastIndex:int |",
        "Each time, goes on at the next of its outputs, in order or at random.")
        .with("isRandom=Random:Boolean~false isLoop=Loop:Boolean~false", &[FlowOutputs]),
    row(Flow, "flow/waitAll", "Wait for all", "join barrier and parallel", "reset | > remainingInputs:int | out completed",
        "Goes on at *Completed* once every input has run; until then each input goes on at the plain output.")
        .with("inputFlows=Inputs:Integer~0", &[FlowInputs]),
    row(Flow, "flow/throttle", "Throttle", "cooldown limit rate debounce", "in reset | duration:float~1 > lastRemainingTime:float | out err=Error",
        "Lets the flow pass, then holds it back for some seconds."),
    row(Flow, "flow/setDelay", "Delay", "wait timer timeout later sleep", "in cancel | duration:float~1 > lastDelay:ref lastDelayIndex:int?lastDelay | out err=Error done",
        "Goes on at once, and again at *Done* after some seconds."),
    row(Flow, "flow/cancelDelay", "Cancel delay", "stop timer clear timeout", "in | delay:ref delayIndex:int?delay | out",
        "Calls off a delay that has not run out."),
];
