//! Templates: texts with parameters that become value sockets.

/// Most parameters of a pointer template.
const MOST_PARAMETERS: usize = 64;

/// A parameter of a pointer template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PointerParameter {
    /// The input value socket that fills it.
    pub id: String,
    /// Whether it stood in `[brackets]`, for an `int`; otherwise it stood in `{braces}`, for a `ref`.
    pub integer: bool,
    /// Where it stands in the template, brackets included, in bytes.
    pub range: std::ops::Range<usize>,
}

/// The parameters of a JSON Pointer template, in order (Specification, *JSON Pointer Template Parsing*).
///
/// The error says what is wrong, as the end of a sentence.
pub fn pointer_parameters(template: &str) -> Result<Vec<PointerParameter>, String> {
    let mut parameters: Vec<PointerParameter> = Vec::new();
    if template.is_empty() {
        return Ok(parameters);
    }
    if !template.starts_with('/') {
        return Err("does not start with `/`".into());
    }
    let mut start = 0;
    for segment in template.split('/') {
        let range = start..start + segment.len();
        start = range.end + 1;
        if let Some(tilde) = segment
            .match_indices('~')
            .find(|(at, _)| !matches!(segment.as_bytes().get(at + 1), Some(b'0' | b'1')))
        {
            return Err(format!(
                "has a `~` without 0 or 1 after it, in `{}`",
                &segment[tilde.0..]
            ));
        }
        let integer = opens(segment, b'[');
        if !integer && !opens(segment, b'{') {
            if !literal_is_balanced(segment) {
                return Err(format!(
                    "has a single bracket in `{segment}`; write it twice to mean the bracket itself"
                ));
            }
            continue;
        }
        let (open, close) = if integer { ('[', ']') } else { ('{', '}') };
        let inner = segment
            .strip_prefix(open)
            .and_then(|rest| rest.strip_suffix(close))
            .filter(|inner| !inner.is_empty() && !inner.contains(['[', ']', '{', '}']))
            .ok_or_else(|| {
                format!("has the broken parameter `{segment}`; write `{open}name{close}`")
            })?;
        if parameters.len() == MOST_PARAMETERS {
            return Err(format!("has more than {MOST_PARAMETERS} parameters"));
        }
        let id = inner.replace("~1", "/").replace("~0", "~");
        if parameters.iter().any(|parameter| parameter.id == id) {
            return Err(format!("has two parameters named `{id}`; name them apart"));
        }
        parameters.push(PointerParameter { id, integer, range });
    }
    Ok(parameters)
}

fn opens(segment: &str, bracket: u8) -> bool {
    let bytes = segment.as_bytes();
    bytes.first() == Some(&bracket) && bytes.get(1) != Some(&bracket)
}

/// Whether each run of one bracket has an even length.
fn literal_is_balanced(segment: &str) -> bool {
    let mut rest = segment.as_bytes();
    while let Some(&first) = rest.first() {
        let run = rest.iter().take_while(|byte| **byte == first).count();
        if matches!(first, b'[' | b']' | b'{' | b'}') && run % 2 == 1 {
            return false;
        }
        rest = &rest[run..];
    }
    true
}

/// Whether a text is a JSON Pointer (RFC 6901).
pub(super) fn is_pointer(text: &str) -> bool {
    let escapes = text.split('~').skip(1);
    (text.is_empty() || text.starts_with('/'))
        && escapes
            .into_iter()
            .all(|after| after.starts_with(['0', '1']))
}

/// A piece of a message template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessagePart<'a> {
    /// Text as it is.
    Text(&'a str),
    /// The value of the input socket of this name.
    Value(&'a str),
}

/// A message template in pieces (Specification, `debug/log`); none where its braces do not pair up.
pub fn message_parts(template: &str) -> Option<Vec<MessagePart<'_>>> {
    let mut parts = Vec::new();
    let mut rest = template;
    while let Some(at) = rest.find(['{', '}']) {
        let (text, tail) = rest.split_at(at);
        if tail.starts_with("{{") || tail.starts_with("}}") {
            parts.push(MessagePart::Text(&rest[..=at]));
            rest = &tail[2..];
            continue;
        }
        let inner = tail.strip_prefix('{')?;
        let end = inner.find(['{', '}'])?;
        if end == 0 || !inner[end..].starts_with('}') {
            return None;
        }
        if !text.is_empty() {
            parts.push(MessagePart::Text(text));
        }
        parts.push(MessagePart::Value(&inner[..end]));
        rest = &inner[end + 1..];
    }
    if !rest.is_empty() {
        parts.push(MessagePart::Text(rest));
    }
    Some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pointer_templates() {
        let read = |template: &str| {
            pointer_parameters(template).ok().map(|parameters| {
                parameters
                    .into_iter()
                    .map(|it| {
                        assert_eq!(
                            template[it.range.clone()].as_bytes()[0],
                            if it.integer { b'[' } else { b'{' }
                        );
                        format!("{}{}", it.id, if it.integer { ":int" } else { ":ref" })
                    })
                    .collect::<Vec<_>>()
                    .join(" ")
            })
        };
        for (template, expected) in [
            ("/myProperty", Some("")),
            ("/nodes/0/scale", Some("")),
            ("/nodes/[index]/scale", Some("index:int")),
            ("/nodes/{index}/scale", Some("index:ref")),
            ("/nodes/[index]/extras/{{index}}", Some("index:int")),
            ("/nodes/{index}/extras/[[index]]", Some("index:ref")),
            ("/nodes/{~0~0index~0~0}/rotation", Some("~~index~~:ref")),
            ("/nodes/[my~1index]/scale", Some("my/index:int")),
            ("/nodes/{N}/weights/[W]", Some("N:ref W:int")),
            ("nodes", None),
            ("/nodes/{index}/extras/~2", None),
            ("/nodes/[index]/weights/[index]", None),
            ("/nodes/{index}/weights/[index]", None),
            ("/nodes/[/scale", None),
            ("/nodes/{/scale", None),
            ("/nodes/[]/scale", None),
            ("/nodes/{}/scale", None),
            ("/nodes/[index/scale", None),
            ("/nodes/{index/scale", None),
            ("/nodes/[i[ndex]/scale", None),
            ("/nodes/[i{ndex]/scale", None),
            ("/nodes/{i{ndex}/scale", None),
            ("/nodes/[i]ndex]/scale", None),
            ("/nodes/{i]ndex}/scale", None),
            ("/nodes/0/extras/[[i[ndex]]", None),
            ("/nodes/0/extras/{{i{ndex}}", None),
            ("/nodes/0/extras/[[index]", None),
            ("/nodes/0/extras/{{index}", None),
        ] {
            assert_eq!(read(template).as_deref(), expected, "{template}");
        }
    }

    #[test]
    fn message_templates() {
        use MessagePart::{Text, Value};
        for (template, expected) in [
            ("", Some(vec![])),
            ("plain", Some(vec![Text("plain")])),
            ("{0}", Some(vec![Value("0")])),
            (
                "a {b} c {d}",
                Some(vec![Text("a "), Value("b"), Text(" c "), Value("d")]),
            ),
            ("{{x}}", Some(vec![Text("{"), Text("x}")])),
            ("{", None),
            ("}", None),
            ("{}", None),
            ("{a{b}", None),
            ("a}b", None),
        ] {
            assert_eq!(message_parts(template), expected, "{template}");
        }
    }
}
