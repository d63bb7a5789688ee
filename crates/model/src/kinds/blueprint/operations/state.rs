//! Variables of the graph and properties of the scene.

use super::Dynamic::{ConfiguredType, PointerParameters, VariableInputs, VariableType};
use super::Family::{Pointer, Variable};
use super::Row;
use super::row::row;

const POINTER: &str = "pointer:Pointer! type:TypeSignature!";

#[rustfmt::skip]
pub(super) const ROWS: &[Row] = &[
    row(Variable, "variable/get", "Get variable", "read load state", "| > value:T |",
        "Reads a variable of the graph.")
        .with("variable:Variable!", &[VariableType]),
    row(Variable, "variable/set", "Set variable", "write store assign state", "in | | out",
        "Writes one or more variables of the graph.")
        .with("variables:VariableList!", &[VariableInputs]),
    row(Variable, "variable/interpolate", "Interpolate variable", "tween animate ease lerp transition", "in | value:T duration:float~1 p1=First_handle:float2~0,0 p2=Second_handle:float2~1,1 | out err=Error done",
        "Moves a variable to a value within some seconds, along a curve with two handles.")
        .with("variable:Variable! useSlerp=As_rotation:Boolean~false", &[VariableType]),
    row(Pointer, "pointer/get", "Get property", "read scene node transform material object", "| > value:T isValid:bool |",
        "Reads a property of the scene, such as a node's translation.")
        .with(POINTER, &[PointerParameters, ConfiguredType]),
    row(Pointer, "pointer/set", "Set property", "write scene node transform material object change", "in | value:T | out err=Error",
        "Writes a property of the scene, such as a node's translation.")
        .with(POINTER, &[PointerParameters, ConfiguredType]),
    row(Pointer, "pointer/interpolate", "Interpolate property", "tween animate ease lerp move transition", "in | value:T duration:float~1 p1=First_handle:float2~0,0 p2=Second_handle:float2~1,1 | out err=Error done",
        "Moves a property of the scene to a value within some seconds, along a curve with two handles.")
        .with(POINTER, &[PointerParameters, ConfiguredType]),
];
