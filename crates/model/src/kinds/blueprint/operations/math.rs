//! Values from values.

use super::Family::Math;
use super::Row;
use super::row::row;

const AA: &str = "| a:FloatN > value:FloatN |";
const UNARY: &str = "| a:Float > value:Float |";
const SIGNED: &str = "| a:Number > value:Number |";
const BINARY: &str = "| a:Number b:Number > value:Number |";
const COMPARE: &str = "| a:Order b:Order > value:bool |";
const LOGIC: &str = "| a:Logic b:Logic > value:Logic |";
const BITS: &str = "| a:int > value:int |";
const SHIFT: &str = "| a:int b=Bits:int > value:int |";

#[rustfmt::skip]
pub(super) const ROWS: &[Row] = &[
    row(Math, "math/E", "E", "euler constant", "| > value:float |", "Euler's number, about 2.718."),
    row(Math, "math/Pi", "Pi", "circle constant", "| > value:float |", "Half a turn in radians, about 3.142."),
    row(Math, "math/Tau", "Tau", "circle constant turn", "| > value:float |", "A whole turn in radians, about 6.283."),
    row(Math, "math/Inf", "Infinity", "infinite endless constant", "| > value:float |", "A number larger than all others."),
    row(Math, "math/NaN", "Not a number", "invalid undefined constant nan", "| > value:float |", "The result of what has no result, such as 0 divided by 0."),

    row(Math, "math/abs", "Absolute", "magnitude positive", SIGNED, "Drops the sign of each component."),
    row(Math, "math/sign", "Sign", "direction positive negative", SIGNED, "Gives -1, 0 or 1 for each component."),
    row(Math, "math/trunc", "Truncate", "cut integer whole", UNARY, "Cuts the fraction off each component."),
    row(Math, "math/floor", "Floor", "round down integer", UNARY, "Rounds each component down."),
    row(Math, "math/ceil", "Ceiling", "round up integer", UNARY, "Rounds each component up."),
    row(Math, "math/round", "Round", "nearest integer", UNARY, "Rounds each component to the nearest whole number; halves go away from 0."),
    row(Math, "math/fract", "Fraction", "decimal part modulo", UNARY, "What is left of each component above the next lower whole number."),
    row(Math, "math/neg", "Negate", "minus opposite invert sign", SIGNED, "Turns the sign of each component around."),
    row(Math, "math/add", "Add", "plus sum + addition", BINARY, "Adds, component by component."),
    row(Math, "math/sub", "Subtract", "minus difference - subtraction", BINARY, "Takes the second from the first, component by component."),
    row(Math, "math/mul", "Multiply", "times product * scale", BINARY, "Multiplies, component by component. For matrix products use *Multiply matrices*."),
    row(Math, "math/div", "Divide", "quotient / ratio division", BINARY, "Divides the first by the second, component by component."),
    row(Math, "math/rem", "Remainder", "modulo mod % wrap", BINARY, "What is left of the first after whole divisions by the second; it has the sign of the first."),
    row(Math, "math/min", "Minimum", "smallest least lower", BINARY, "The smaller of each pair of components."),
    row(Math, "math/max", "Maximum", "largest greatest upper", BINARY, "The larger of each pair of components."),
    row(Math, "math/clamp", "Clamp", "limit bound range", "| a=Value:Number b=Limit:Number c=Other_limit:Number > value:Number |", "Keeps each component between two limits, given in either order."),
    row(Math, "math/saturate", "Saturate", "clamp 0 1 limit", UNARY, "Keeps each component between 0 and 1."),
    row(Math, "math/mix", "Mix", "lerp interpolate blend linear", "| a=From:Float b=To:Float c=Amount:Float > value:Float |", "Goes from the first to the second as the amount goes from 0 to 1, and on beyond."),
    row(Math, "math/smoothStep", "Smooth step", "smoothstep ease hermite interpolate", "| a=From:FloatN b=To:FloatN c=Value:FloatN > value:FloatN |", "Goes softly from 0 to 1 while the value passes from one edge to the other."),

    row(Math, "math/eq", "Equal", "equals == same is compare", "| a:Equal b:Equal > value:bool |", "True when all components are equal."),
    row(Math, "math/lt", "Less", "smaller < below compare", COMPARE, "True when the first is smaller."),
    row(Math, "math/le", "Less or equal", "smaller <= at most compare", COMPARE, "True when the first is smaller or both are equal."),
    row(Math, "math/gt", "Greater", "larger > above compare", COMPARE, "True when the first is larger."),
    row(Math, "math/ge", "Greater or equal", "larger >= at least compare", COMPARE, "True when the first is larger or both are equal."),
    row(Math, "ref/eq", "Same reference", "equal == compare identical", "| a:ref b:ref > value:bool |", "True when both refer to the same thing."),

    row(Math, "math/isNaN", "Is not a number", "nan invalid check", "| a:float > value:bool |", "True when the input is not a number."),
    row(Math, "math/isInf", "Is infinite", "infinity check", "| a:float > value:bool |", "True when the input is infinite, in either direction."),
    row(Math, "math/select", "Select", "if ternary choose conditional ?", "| condition:bool~false a=If_true:T b=If_false:T > value:T |", "Gives one of two values, as the condition says."),
    row(Math, "math/switch", "Switch value", "case choose select match lookup", "| selection:int~0 default:T > value:T |", "Gives the value whose number is selected, or the default.")
        .with("cases:IntegerList", &[super::Dynamic::ValueCases]),
    row(Math, "math/random", "Random", "chance dice rand noise", "| > value:float |", "A random number from 0 up to, and without, 1."),

    row(Math, "math/rad", "Degrees to radians", "convert angle rad", AA, "Turns degrees into radians."),
    row(Math, "math/deg", "Radians to degrees", "convert angle deg", AA, "Turns radians into degrees."),
    row(Math, "math/sin", "Sine", "sin wave trigonometry", AA, "The sine of an angle in radians."),
    row(Math, "math/cos", "Cosine", "cos wave trigonometry", AA, "The cosine of an angle in radians."),
    row(Math, "math/tan", "Tangent", "tan trigonometry", AA, "The tangent of an angle in radians."),
    row(Math, "math/asin", "Arcsine", "asin inverse trigonometry", AA, "The angle in radians that has this sine."),
    row(Math, "math/acos", "Arccosine", "acos inverse trigonometry", AA, "The angle in radians that has this cosine."),
    row(Math, "math/atan", "Arctangent", "atan inverse trigonometry", AA, "The angle in radians that has this tangent."),
    row(Math, "math/atan2", "Arctangent 2", "atan2 angle direction heading", "| a=Y:FloatN b=X:FloatN > value:FloatN |", "The angle in radians from the X axis to the point (X, Y)."),
    row(Math, "math/sinh", "Hyperbolic sine", "sinh", AA, "The hyperbolic sine."),
    row(Math, "math/cosh", "Hyperbolic cosine", "cosh", AA, "The hyperbolic cosine."),
    row(Math, "math/tanh", "Hyperbolic tangent", "tanh", AA, "The hyperbolic tangent."),
    row(Math, "math/asinh", "Inverse hyperbolic sine", "asinh", AA, "The number that has this hyperbolic sine."),
    row(Math, "math/acosh", "Inverse hyperbolic cosine", "acosh", AA, "The number that has this hyperbolic cosine."),
    row(Math, "math/atanh", "Inverse hyperbolic tangent", "atanh", AA, "The number that has this hyperbolic tangent."),
    row(Math, "math/exp", "Exponential", "e power growth", AA, "Euler's number to the power of the input."),
    row(Math, "math/log", "Natural logarithm", "ln log e", AA, "The logarithm to the base e."),
    row(Math, "math/log2", "Logarithm base 2", "log binary", AA, "The logarithm to the base 2."),
    row(Math, "math/log10", "Logarithm base 10", "log decimal", AA, "The logarithm to the base 10."),
    row(Math, "math/sqrt", "Square root", "sqrt", AA, "The number whose square is the input."),
    row(Math, "math/cbrt", "Cube root", "cbrt third", AA, "The number whose cube is the input."),
    row(Math, "math/pow", "Power", "exponent ^ ** raise", "| a=Base:FloatN b=Exponent:FloatN > value:FloatN |", "The base to the power of the exponent."),

    row(Math, "math/length", "Length", "magnitude distance norm", "| a:FloatN > value:float |", "How long a vector is."),
    row(Math, "math/normalize", "Normalize", "unit direction", "| a:FloatN > value:FloatN isValid:bool |", "A vector of the same direction and of length 1."),
    row(Math, "math/dot", "Dot product", "scalar projection", "| a:FloatN b:FloatN > value:float |", "The sum of the products of the components: how much two vectors agree."),
    row(Math, "math/cross", "Cross product", "perpendicular normal vector", "| a:float3 b:float3 > value:float3 |", "A vector at right angles to both."),
    row(Math, "math/rotate2D", "Rotate 2D", "turn vector angle", "| a=Vector:float2 angle:float~0 > value:float2 |", "Turns a flat vector by an angle in radians, counter-clockwise."),
    row(Math, "math/rotate3D", "Rotate 3D", "turn vector quaternion", "| a=Vector:float3 rotation:float4~0,0,0,1 > value:float3 |", "Turns a vector by a rotation."),
    row(Math, "math/transform", "Transform", "matrix times vector", "| a=Vector:Vector b=Matrix:VectorMatrix > value:Vector |", "Multiplies a matrix with a vector."),
    row(Math, "math/slerp", "Spherical mix", "slerp interpolate direction", "| a=From:Direction b=To:Direction c=Amount:float~0 > value:Direction |", "Turns from one direction to another as the amount goes from 0 to 1."),

    row(Math, "math/transpose", "Transpose", "matrix flip rows columns", "| a:Matrix > value:Matrix |", "Swaps the rows and columns of a matrix."),
    row(Math, "math/determinant", "Determinant", "matrix volume scale", "| a:Matrix > value:float |", "The determinant of a matrix."),
    row(Math, "math/inverse", "Inverse", "matrix undo invert", "| a:Matrix > value:Matrix isValid:bool |", "The matrix that undoes another; not valid where there is none."),
    row(Math, "math/matMul", "Multiply matrices", "matrix product concatenate combine", "| a:Matrix b:Matrix > value:Matrix |", "The product of two matrices: what the second does, then the first."),
    row(Math, "math/matCompose", "Compose matrix", "trs translation rotation scale transform make", "| translation:float3~0,0,0 rotation:float4~0,0,0,1 scale:float3~1,1,1 > value:float4x4 |", "Makes a transform from translation, rotation and scale."),
    row(Math, "math/matDecompose", "Decompose matrix", "trs translation rotation scale transform break split", "| a:float4x4 > translation:float3 rotation:float4 scale:float3 |", "Takes a transform apart into translation, rotation and scale."),

    row(Math, "math/quatConjugate", "Inverse rotation", "quaternion conjugate undo", "| a:float4 > value:float4 |", "The rotation that undoes another."),
    row(Math, "math/quatMul", "Combine rotations", "quaternion multiply product", "| a:float4 b:float4 > value:float4 |", "What the second rotation does, then the first."),
    row(Math, "math/quatAngleBetween", "Angle between rotations", "quaternion difference", "| a:float4 b:float4 > value:float |", "How far two rotations are apart, in radians."),
    row(Math, "math/quatFromAxisAngle", "Rotation from axis and angle", "quaternion make", "| axis:float3~0,1,0 angle:float~0 > value:float4 |", "A turn about an axis by an angle in radians. The axis must have length 1."),
    row(Math, "math/quatToAxisAngle", "Rotation to axis and angle", "quaternion break split", "| a:float4 > axis:float3 angle:float |", "The axis and angle, in radians, of a rotation."),
    row(Math, "math/quatFromDirections", "Rotation between directions", "quaternion from to align", "| a=From:float3 b=To:float3 > value:float4 |", "The shortest turn from one direction to another. Both must have length 1."),
    row(Math, "math/quatFromUpForward", "Rotation from up and forward", "quaternion look at face orientation", "| up:float3~0,1,0 forward:float3~0,0,1 > value:float4 |", "The rotation that points forward and up as given."),
    row(Math, "math/quatFromAngles", "Rotation from angles", "quaternion euler yaw pitch roll", "| x:float~0 y:float~0 z:float~0 > value:float4 |", "Turns about the three axes, in radians, in the chosen order.")
        .with("order:Text~yxz/xyz/xzy/yxz/yzx/zxy/zyx", &[]),
    row(Math, "math/quatSlerp", "Mix rotations", "quaternion slerp interpolate lerp", "| a=From:float4 b=To:float4 c=Amount:float~0 > value:float4 |", "Turns from one rotation to another as the amount goes from 0 to 1."),

    row(Math, "math/combine2", "Combine 2", "make vector float2 join", "| a=X:float~0 b=Y:float~0 > value:float2 |", "Makes a vector from two numbers."),
    row(Math, "math/combine3", "Combine 3", "make vector float3 join", "| a=X:float~0 b=Y:float~0 c=Z:float~0 > value:float3 |", "Makes a vector from three numbers."),
    row(Math, "math/combine4", "Combine 4", "make vector float4 join color", "| a=X:float~0 b=Y:float~0 c=Z:float~0 d=W:float~0 > value:float4 |", "Makes a vector from four numbers."),
    row(Math, "math/combine2x2", "Combine 2×2", "make matrix float2x2", "| a=Row_1,_column_1:float~1 b=Row_2,_column_1:float~0 c=Row_1,_column_2:float~0 d=Row_2,_column_2:float~1 > value:float2x2 |", "Makes a matrix from four numbers, column by column."),
    row(Math, "math/combine3x3", "Combine 3×3", "make matrix float3x3", "| a=Row_1,_column_1:float~1 b=Row_2,_column_1:float~0 c=Row_3,_column_1:float~0 d=Row_1,_column_2:float~0 e=Row_2,_column_2:float~1 f=Row_3,_column_2:float~0 g=Row_1,_column_3:float~0 h=Row_2,_column_3:float~0 i=Row_3,_column_3:float~1 > value:float3x3 |", "Makes a matrix from nine numbers, column by column."),
    row(Math, "math/combine4x4", "Combine 4×4", "make matrix float4x4 transform", "| a=Row_1,_column_1:float~1 b=Row_2,_column_1:float~0 c=Row_3,_column_1:float~0 d=Row_4,_column_1:float~0 e=Row_1,_column_2:float~0 f=Row_2,_column_2:float~1 g=Row_3,_column_2:float~0 h=Row_4,_column_2:float~0 i=Row_1,_column_3:float~0 j=Row_2,_column_3:float~0 k=Row_3,_column_3:float~1 l=Row_4,_column_3:float~0 m=Row_1,_column_4:float~0 n=Row_2,_column_4:float~0 o=Row_3,_column_4:float~0 p=Row_4,_column_4:float~1 > value:float4x4 |", "Makes a matrix from sixteen numbers, column by column."),
    row(Math, "math/extract2", "Split 2", "break vector float2 extract components", "| a=Vector:float2 > 0=X:float 1=Y:float |", "Takes a vector apart."),
    row(Math, "math/extract3", "Split 3", "break vector float3 extract components", "| a=Vector:float3 > 0=X:float 1=Y:float 2=Z:float |", "Takes a vector apart."),
    row(Math, "math/extract4", "Split 4", "break vector float4 extract components color", "| a=Vector:float4 > 0=X:float 1=Y:float 2=Z:float 3=W:float |", "Takes a vector apart."),
    row(Math, "math/extract2x2", "Split 2×2", "break matrix float2x2 extract", "| a=Matrix:float2x2 > 0=Row_1,_column_1:float 1=Row_2,_column_1:float 2=Row_1,_column_2:float 3=Row_2,_column_2:float |", "Takes a matrix apart, column by column."),
    row(Math, "math/extract3x3", "Split 3×3", "break matrix float3x3 extract", "| a=Matrix:float3x3 > 0=Row_1,_column_1:float 1=Row_2,_column_1:float 2=Row_3,_column_1:float 3=Row_1,_column_2:float 4=Row_2,_column_2:float 5=Row_3,_column_2:float 6=Row_1,_column_3:float 7=Row_2,_column_3:float 8=Row_3,_column_3:float |", "Takes a matrix apart, column by column."),
    row(Math, "math/extract4x4", "Split 4×4", "break matrix float4x4 extract transform", "| a=Matrix:float4x4 > 0=Row_1,_column_1:float 1=Row_2,_column_1:float 2=Row_3,_column_1:float 3=Row_4,_column_1:float 4=Row_1,_column_2:float 5=Row_2,_column_2:float 6=Row_3,_column_2:float 7=Row_4,_column_2:float 8=Row_1,_column_3:float 9=Row_2,_column_3:float 10=Row_3,_column_3:float 11=Row_4,_column_3:float 12=Row_1,_column_4:float 13=Row_2,_column_4:float 14=Row_3,_column_4:float 15=Row_4,_column_4:float |", "Takes a matrix apart, column by column."),

    row(Math, "math/not", "Not", "invert ! bitwise ~", "| a:Logic > value:Logic |", "True for false; for whole numbers, each bit turned around."),
    row(Math, "math/and", "And", "&& both all bitwise &", LOGIC, "True when both are; for whole numbers, bit by bit."),
    row(Math, "math/or", "Or", "|| either any bitwise |", LOGIC, "True when at least one is; for whole numbers, bit by bit."),
    row(Math, "math/xor", "Exclusive or", "xor different ^ bitwise", LOGIC, "True when exactly one is; for whole numbers, bit by bit."),
    row(Math, "math/asr", "Shift right", "bitwise >> halve", SHIFT, "Moves the bits of a whole number to the right and keeps its sign."),
    row(Math, "math/lsl", "Shift left", "bitwise << double", SHIFT, "Moves the bits of a whole number to the left."),
    row(Math, "math/clz", "Count leading zeros", "bits clz", BITS, "How many bits are zero before the first that is one."),
    row(Math, "math/ctz", "Count trailing zeros", "bits ctz", BITS, "How many bits are zero after the last that is one."),
    row(Math, "math/popcnt", "Count ones", "bits popcount set", BITS, "How many bits are one."),

    row(Math, "math/rgbToOkLCh", "RGB to OkLCh", "color colour hue chroma lightness convert", "| r=Red:float~1 g=Green:float~1 b=Blue:float~1 > l=Lightness:float c=Chroma:float h=Hue:float |", "Turns a linear colour into lightness, chroma and hue as the eye sees them."),
    row(Math, "math/rgbFromOkLCh", "OkLCh to RGB", "color colour hue chroma lightness convert", "| l=Lightness:float~1 c=Chroma:float~0 h=Hue:float~0 > r=Red:float g=Green:float b=Blue:float |", "Turns lightness, chroma and hue into a linear colour."),
];
