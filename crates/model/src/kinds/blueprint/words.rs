//! Words for people: what sockets and types are called.

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

/// A type signature as people read it: `float3` is *Float3*.
pub(crate) fn type_name(signature: &str) -> String {
    match signature {
        "bool" => "Bool".into(),
        "int" => "Int".into(),
        "ref" => "Reference".into(),
        _ => match signature.strip_prefix("float") {
            Some(rest) => format!("Float{rest}"),
            None => format!("`{signature}`"),
        },
    }
}

/// Alternatives in a sentence: *Int, Float or Float3*.
pub(crate) fn any_of(signatures: &[String]) -> String {
    let names: Vec<_> = signatures.iter().map(|it| type_name(it)).collect();
    match names.split_last() {
        None => "any type".into(),
        Some((only, [])) => only.clone(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
    }
}

/// The operation that turns one type into another, as the end of a sentence; none where there is no such operation.
pub(crate) fn conversion(from: &str, to: &str) -> Option<&'static str> {
    Some(match (from, to) {
        ("bool", "int") => "insert *Bool to Int*",
        ("bool", "float") => "insert *Bool to Float*",
        ("int", "bool") => "insert *Int to Bool*",
        ("int", "float") => "insert *Int to Float*",
        ("float", "bool") => "insert *Float to Bool*",
        ("float", "int") => "insert *Float to Int*",
        ("float", "float2") => "insert *Combine 2*",
        ("float", "float3") => "insert *Combine 3*",
        ("float", "float4") => "insert *Combine 4*",
        ("float2", "float") => "insert *Split 2*",
        ("float3", "float") => "insert *Split 3*",
        ("float4", "float") => "insert *Split 4*",
        _ => return None,
    })
}
