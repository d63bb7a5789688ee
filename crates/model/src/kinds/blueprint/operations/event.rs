//! Events and the debug log.

use super::Dynamic::{EventInputs, EventOutputs, MessageParameters};
use super::Family::{Debug, Event};
use super::Row;
use super::row::row;

const SELECTABILITY: &str = "KHR_node_selectability";
const HOVERABILITY: &str = "KHR_node_hoverability";

#[rustfmt::skip]
pub(super) const ROWS: &[Row] = &[
    row(Event, "event/onStart", "On start", "begin play init ready load awake", "| > event:ref | out",
        "Runs once, when the graph starts."),
    row(Event, "event/onTick", "On tick", "update frame every loop delta time", "| > timeSinceStart:float timeSinceLastTick:float event:ref | out",
        "Runs before every frame. Gives the seconds since the start and since the tick before."),
    row(Event, "event/onSelect", "On select", "click tap press pick touch pointer", "| > selectedNode:ref selectedNodeIndex:int?selectedNode controllerIndex:int selectionPoint:float3 selectionRayOrigin:float3 event:ref | out",
        "Runs when someone clicks or taps the chosen scene node or anything below it.")
        .of(SELECTABILITY).with("nodeIndex=Scene_node:SceneNode", &[]),
    row(Event, "event/onHoverIn", "On hover in", "enter over mouse pointer", "| > hoveredNode:ref hoverNode:ref?hoveredNode hoverNodeIndex:int?hoveredNode controllerIndex:int event:ref | out",
        "Runs when a pointer enters the chosen scene node or anything below it.")
        .of(HOVERABILITY).with("nodeIndex=Scene_node:SceneNode", &[]),
    row(Event, "event/onHoverOut", "On hover out", "leave exit mouse pointer", "| > hoveredNode:ref hoverNode:ref?hoveredNode hoverNodeIndex:int?hoveredNode controllerIndex:int event:ref | out",
        "Runs when a pointer leaves the chosen scene node and everything below it.")
        .of(HOVERABILITY).with("nodeIndex=Scene_node:SceneNode", &[]),
    row(Event, "event/receive", "Receive event", "custom listen handle subscribe on", "| > event:ref | out",
        "Runs when the chosen custom event happens, and gives the values that came with it.")
        .with("event:Event!", &[EventOutputs]),
    row(Event, "event/send", "Send event", "custom emit dispatch fire trigger call", "in | | out",
        "Sends the chosen custom event to the graph and to whatever plays it.")
        .with("event:Event!", &[EventInputs]),
    row(Event, "event/stopPropagation", "Stop propagation", "cancel consume handled bubble", "in | stopImmediate:bool~false event:ref | out",
        "Keeps an event from reaching further scene nodes. With *Stop immediate*, the other nodes of this graph that wait for it are skipped too."),
    row(Debug, "debug/log", "Log", "print console message trace write", "in | | out",
        "Writes a message to the console. Each name in {braces} becomes an input whose value stands there.")
        .with("message:Template severity:Integer~0", &[MessageParameters]),
];
