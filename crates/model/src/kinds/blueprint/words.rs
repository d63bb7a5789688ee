//! Words for people: what sockets and types are called.

use super::Socket;

/// A socket's or parameter's id as people read it: `startTime` is *Start time*.
pub(crate) fn label(id: &str) -> String {
    let mut label = String::with_capacity(id.len() + 4);
    let mut previous: Option<char> = None;
    for character in id.chars() {
        match previous {
            None => label.extend(character.to_uppercase()),
            Some(before) if character.is_uppercase() && before.is_lowercase() => {
                label.push(' ');
                label.extend(character.to_lowercase());
            }
            Some(_) if character == '_' => label.push(' '),
            Some(_) => label.push(character),
        }
        previous = Some(character);
    }
    label
}

/// A socket in a sentence: its label, or its id where it has none.
pub(crate) fn quoted(socket: &Socket) -> String {
    match socket.label.is_empty() {
        true => format!("“{}”", socket.id),
        false => format!("“{}”", socket.label),
    }
}

/// A type signature as people read it: `float3` is *Float3*.
pub(crate) fn type_name(signature: &str) -> String {
    match signature {
        "bool" => "Bool".into(),
        "int" => "Int".into(),
        "ref" => "Reference".into(),
        _ => match signature.strip_prefix("float") {
            Some(rest) => format!("Float{rest}"),
            None => format!("“{signature}”"),
        },
    }
}

/// Alternatives in a sentence: *Int, Float or Float3*.
pub(crate) fn any_of(signatures: &[String]) -> String {
    let names: Vec<_> = signatures.iter().map(|it| type_name(it)).collect();
    match names.split_last() {
        None => "nothing".into(),
        Some((only, [])) => only.clone(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
    }
}

/// The end of a sentence about types that do not fit, with the operation that helps, if there is one.
pub(crate) fn conversion(from: &[String], to: &[String]) -> String {
    let title = from
        .iter()
        .find_map(|from| to.iter().find_map(|to| converter(from, to)));
    match title {
        Some(title) => format!("; insert “{title}” between them."),
        None => ".".into(),
    }
}

/// The title of the operation that turns one type into another.
fn converter(from: &str, to: &str) -> Option<&'static str> {
    Some(match (from, to) {
        ("bool", "int") => "Bool to Int",
        ("bool", "float") => "Bool to Float",
        ("int", "bool") => "Int to Bool",
        ("int", "float") => "Int to Float",
        ("float", "bool") => "Float to Bool",
        ("float", "int") => "Float to Int",
        ("float", "float2") => "Combine 2",
        ("float", "float3") => "Combine 3",
        ("float", "float4") => "Combine 4",
        ("float2", "float") => "Split 2",
        ("float3", "float") => "Split 3",
        ("float4", "float") => "Split 4",
        _ => return None,
    })
}
