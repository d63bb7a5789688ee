//! Playing animations, and the types' conversions.

use super::Family::{Animation, Type};
use super::Row;
use super::row::row;

#[rustfmt::skip]
pub(super) const ROWS: &[Row] = &[
    row(Animation, "animation/start", "Start animation", "play clip", "in | animation:Handle startTime:float~0 endTime:float~Infinity speed:float~1 | out err=Error done",
        "Plays an animation from one time to another, in seconds. It loops for ever while the end is infinite."),
    row(Animation, "animation/stop", "Stop animation", "halt pause clip", "in | animation:Handle | out err=Error",
        "Stops an animation where it is."),
    row(Animation, "animation/stopAt", "Stop animation at", "halt end clip time", "in | animation:Handle stopTime:float~0 | out err=Error done",
        "Lets an animation play on until a time, in seconds, and stops it there."),

    row(Type, "type/boolToInt", "Bool to Int", "convert cast", "| a:bool > value:int |",
        "Gives 1 for true and 0 for false."),
    row(Type, "type/boolToFloat", "Bool to Float", "convert cast", "| a:bool > value:float |",
        "Gives 1 for true and 0 for false."),
    row(Type, "type/intToBool", "Int to Bool", "convert cast nonzero", "| a:int > value:bool |",
        "True unless the number is 0."),
    row(Type, "type/intToFloat", "Int to Float", "convert cast number", "| a:int > value:float |",
        "Gives the same number as a float."),
    row(Type, "type/floatToBool", "Float to Bool", "convert cast nonzero", "| a:float > value:bool |",
        "True unless the number is 0 or not a number."),
    row(Type, "type/floatToInt", "Float to Int", "convert cast truncate integer whole", "| a:float > value:int |",
        "Cuts the fraction off. Numbers too large for an int wrap around; what is not finite gives 0."),
];
