//! Fields and what they are set to, in words.

use std::collections::BTreeMap;

use crate::kinds::DocumentKind;
use crate::kinds::blueprint::type_name;
use crate::value::Value;
use crate::words::NameOf;

/// The words for fields of one record that were set.
pub(super) struct FieldWords<'a> {
    kind: DocumentKind,
    collection: &'a str,
    verb: &'a str,
    /// What the record is called.
    name: &'a str,
    name_of: NameOf<'a>,
}

impl<'a> FieldWords<'a> {
    pub fn new(
        kind: DocumentKind,
        collection: &'a str,
        verb: &'a str,
        name: &'a str,
        name_of: NameOf<'a>,
    ) -> Self {
        Self {
            kind,
            collection,
            verb,
            name,
            name_of,
        }
    }

    /// What was set, and what it was before.
    pub fn describe(&self, set: &BTreeMap<String, Value>, was: &BTreeMap<String, Value>) -> String {
        let (verb, name) = (self.verb, self.name);
        let before = |field: &str| was.get(field).unwrap_or(&Value::Null);
        if let Some(parent) = set.get("parent") {
            // What else changes with it keeps the record in its place.
            return match parent.as_text() {
                Some(parent) => {
                    let parent = (self.name_of)(self.collection, parent);
                    let parent = parent.unwrap_or_else(|| super::one(self.kind, self.collection));
                    format!("{verb} {name} into {parent}")
                }
                None => format!("{verb} {name} out to the root"),
            };
        }
        let words = self.kind.words();
        let told = set.iter();
        let told = told.filter(|(field, _)| words.is_news(self.collection, field));
        let told: Vec<_> = told.map(|(field, value)| (field.as_str(), value)).collect();
        let transforms: Vec<(&str, String)> = told
            .iter()
            .filter(|(field, _)| is_transform(field))
            .filter_map(|(field, value)| Some((*field, transform(field, before(field), value)?)))
            .collect();
        match (told.as_slice(), transforms.as_slice()) {
            ([], _) => format!("{verb} {name}"),
            (_, [(field, how)])
                if verb == "transformed" && told.iter().all(|(field, _)| is_transform(field)) =>
            {
                let verb = match *field {
                    "translation" => "moved",
                    "rotation" => "rotated",
                    _ => "scaled",
                };
                format!("{verb} {name} {how}")
            }
            (told, transforms) if told.iter().all(|(field, _)| is_transform(field)) => {
                let named = |(field, how): &(&str, String)| match *field {
                    "translation" => format!("position {how}"),
                    _ => format!("{field} {how}"),
                };
                let transforms: Vec<String> = transforms.iter().map(named).collect();
                match transforms.is_empty() {
                    true => format!("{verb} {name}"),
                    false => format!("{verb} {name}: {}", transforms.join(", ")),
                }
            }
            ([(field, value)], _) => self.one(field, before(field), value),
            (told, _) => {
                let fields: Vec<_> = told.iter().map(|(field, _)| self.field(field)).collect();
                format!("{verb} {} of {name}", fields.join(", "))
            }
        }
    }

    /// One field.
    fn one(&self, field: &str, before: &Value, after: &Value) -> String {
        let (verb, name) = (self.verb, self.name);
        if matches!(field, "name" | "label" | "text" | "path") {
            let text = |value: &'_ Value| {
                let text = value.as_text().filter(|text| !text.is_empty());
                text.map(str::to_owned)
            };
            return match (text(before), text(after)) {
                (Some(before), Some(after)) => format!("renamed {before} to {after}"),
                (None, Some(after)) => {
                    format!("named {} {after}", super::one(self.kind, self.collection))
                }
                _ => format!("cleared the name of {name}"),
            };
        }
        if let (Some(from), Some(to)) = (type_of(before), type_of(after))
            && from != to
        {
            let whose = match field {
                "initial" => name.to_owned(),
                _ => format!("{} of {name}", self.field(field)),
            };
            let (from, to) = (type_name(from), type_name(to));
            return format!("changed the type of {whose} from {from} to {to}");
        }
        let verb = if verb == "changed" { "set" } else { verb };
        let words = |value| self.value(field, value);
        let (before, now) = (words(before), words(after));
        let field = self.field(field);
        match (before, now) {
            (Some(before), Some(now)) => format!("{verb} {field} of {name} {before} → {now}"),
            (None, Some(now)) => format!("{verb} {field} of {name} to {now}"),
            (_, None) if after.is_null() => format!("cleared {field} of {name}"),
            _ => format!("{verb} {field} of {name}"),
        }
    }

    /// What a field is called. An entry of a map may be named by a record.
    fn field(&self, field: &str) -> String {
        match field.split_once('.') {
            None if field == "initial" => "the initial value".into(),
            None => field.replace('_', " "),
            Some((map, entry)) => match self.kind.words().entry(map, entry, self.name_of) {
                Some(name) => name,
                None if is_ulid(entry) => "a value".into(),
                None => entry.to_owned(),
            },
        }
    }

    /// A value short enough for a line, with names in place of ids; none for the rest.
    fn value(&self, field: &str, value: &Value) -> Option<String> {
        match value {
            Value::Null => None,
            Value::List(_) if self.kind.words().is_color(self.collection, field) => hex(value),
            Value::Text(text) => match self.target(field) {
                Some(target) => (self.name_of)(target, text),
                None if text.starts_with('/') => self.pointer(text),
                None => (text.len() <= 40 && !is_ulid(text)).then(|| format!("“{text}”")),
            },
            Value::Number(number) => Some(number_words(*number)),
            Value::Bool(value) => Some(value.to_string()),
            Value::List(items) if items.len() <= 4 => {
                let items = items.iter().map(|item| match item {
                    Value::Number(_) | Value::Bool(_) => self.value(field, item),
                    Value::Text(text) => match self.target(field) {
                        Some(target) => (self.name_of)(target, text),
                        None if text.starts_with('/') => self.pointer(text),
                        None => (text.len() <= 24 && !is_ulid(text)).then(|| text.clone()),
                    },
                    _ => None,
                });
                let items: Option<Vec<String>> = items.collect();
                Some(items?.join(", "))
            }
            Value::Map(entries) if entries.contains_key("type") => {
                self.value(field, entries.get("value")?)
            }
            _ => None,
        }
    }

    /// The collection whose records a field names by id.
    fn target(&self, field: &str) -> Option<&'static str> {
        let named = || {
            let schema = self.kind.schema().collection(self.collection)?;
            let field = schema.fields.iter().find(|of| of.name == field)?;
            Some(field.reference?.collection)
        };
        self.kind
            .words()
            .names(self.collection, field)
            .or_else(named)
    }

    /// A pointer into the scene, with names in place of ids.
    fn pointer(&self, text: &str) -> Option<String> {
        let mut before = "";
        let mut segments = Vec::new();
        for segment in text.split('/') {
            let collection = match before {
                "nodes" => "entities",
                other => other,
            };
            let name = (self.name_of)(collection, segment);
            segments.push(match name {
                Some(name) => name,
                None if is_ulid(segment) => "…".into(),
                None => segment.to_owned(),
            });
            before = segment;
        }
        let words = segments.join("/");
        (words.chars().count() <= 80).then_some(words)
    }
}

/// A linear colour as `#rrggbb` in sRGB, as it is picked: `#ff8a57`, and `#ff8a57 50%` where its opacity is not whole.
fn hex(color: &Value) -> Option<String> {
    let numbers = numbers(color)?;
    let byte = |linear: f64| {
        let linear = linear.clamp(0.0, 1.0);
        let encoded = match linear <= 0.003_130_8 {
            true => linear * 12.92,
            false => 1.055 * linear.powf(1.0 / 2.4) - 0.055,
        };
        (encoded * 255.0).round() as u8
    };
    let (rgb, rest) = numbers.split_at_checked(3)?;
    let digits: String = rgb.iter().map(|it| format!("{:02x}", byte(*it))).collect();
    Some(match rest.first() {
        Some(opacity) if *opacity < 1.0 => {
            format!("#{digits} {}%", number_words(rounded(opacity * 100.0, 1.0)))
        }
        _ => format!("#{digits}"),
    })
}

/// The type of a typed value.
fn type_of(value: &Value) -> Option<&str> {
    match value {
        Value::Map(entries) => entries.get("type")?.as_text(),
        _ => None,
    }
}

fn is_transform(field: &str) -> bool {
    matches!(field, "translation" | "rotation" | "scale" | "matrix")
}

/// How a part of a transform changed: `0, 1, 0 → 0, 2, 0`, `by 30°`.
fn transform(field: &str, before: &Value, after: &Value) -> Option<String> {
    if field == "rotation" {
        let before = numbers(before).unwrap_or_else(|| vec![0.0, 0.0, 0.0, 1.0]);
        let after = numbers(after)?;
        let dot: f64 = before.iter().zip(&after).map(|(a, b)| a * b).sum();
        let angle = 2.0 * dot.abs().min(1.0).acos();
        return Some(format!(
            "by {}°",
            number_words(rounded(angle.to_degrees(), 10.0))
        ));
    }
    let words = |value: &Value| {
        let numbers = numbers(value)?.into_iter().map(number_words);
        Some(numbers.collect::<Vec<_>>().join(", "))
    };
    let after = words(after)?;
    Some(match words(before) {
        Some(before) => format!("{before} → {after}"),
        None => format!("to {after}"),
    })
}

fn numbers(value: &Value) -> Option<Vec<f64>> {
    match value {
        Value::List(items) => items.iter().map(Value::as_number).collect(),
        _ => None,
    }
}

fn number_words(number: f64) -> String {
    rounded(number, 1000.0).to_string()
}

fn rounded(number: f64, parts: f64) -> f64 {
    // Adding zero makes zero of minus zero.
    (number * parts).round() / parts + 0.0
}

/// Whether a text is an id as this program makes them, which nobody can read.
pub(crate) fn is_ulid(text: &str) -> bool {
    text.len() == 26
        && text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::change::{Change, Operation};
    use crate::words::describe_change;

    const SPEED: &str = "01M8H7DMRN6TJ5X4T3V2W1Y0ZA";

    fn name_of(collection: &str, id: &str) -> Option<String> {
        let name = match (collection, id) {
            ("variables", SPEED) => "Speed",
            ("entities", "orb" | SPEED) => "Orb",
            ("entities", "yard") => "Yard",
            ("meshes", "ball") => "Ball",
            ("nodes", "set") => "Set variable",
            _ => return None,
        };
        Some(name.into())
    }

    fn words<const N: usize>(
        kind: DocumentKind,
        (collection, id): (&str, &str),
        fields: [(&str, Value, Value); N],
    ) -> String {
        let (mut set, mut was) = (BTreeMap::new(), BTreeMap::new());
        for (field, before, after) in fields {
            set.insert(field.to_owned(), after);
            was.insert(field.to_owned(), before);
        }
        let change = Change {
            collection: collection.into(),
            id: id.into(),
            operation: Operation::Set { set, was },
        };
        describe_change(kind, &change, &name_of)
    }

    fn list(numbers: &[f64]) -> Value {
        Value::List(
            numbers
                .iter()
                .map(|number| Value::Number(*number))
                .collect(),
        )
    }

    fn node<const N: usize>(fields: [(&str, Value, Value); N]) -> String {
        words(DocumentKind::BLUEPRINT, ("nodes", "set"), fields)
    }

    fn entity<const N: usize>(fields: [(&str, Value, Value); N]) -> String {
        words(DocumentKind::SCENE, ("entities", "orb"), fields)
    }

    #[test]
    fn records_are_called_by_their_names() {
        let field = format!("values.{SPEED}");
        let float = |number: f64| {
            let value = [("type", Value::text("float")), ("value", list(&[number]))];
            Value::Map(value.map(|(name, value)| (name.to_owned(), value)).into())
        };
        assert_eq!(
            node([(&field, float(1.0), float(-0.0))]),
            "set Speed of Set variable 1 → 0"
        );
        let ids = |id: &str| Value::List(vec![Value::text(id)]);
        assert_eq!(
            node([("configuration.variable", ids("gone"), ids(SPEED))]),
            "set variable of Set variable to Speed"
        );
        let pointer = |id: &str| ids(&format!("/nodes/{id}/translation"));
        assert_eq!(
            node([("configuration.pointer", pointer("3"), pointer(SPEED))]),
            "set pointer of Set variable /nodes/3/translation → /nodes/Orb/translation"
        );
        assert_eq!(
            entity([("mesh", Value::text("gone"), Value::text("ball"))]),
            "set mesh of Orb to Ball"
        );
    }

    #[test]
    fn pins_types_and_colours_read_as_they_are_shown() {
        let typed = |signature: &str, items: Vec<Value>| {
            let value = [
                ("type", Value::text(signature)),
                ("value", Value::List(items)),
            ];
            Value::Map(value.map(|(name, value)| (name.to_owned(), value)).into())
        };
        let float = |number: f64| typed("float", vec![number.into()]);
        assert_eq!(
            node([("values.b", float(1.0), float(2.0))]),
            "set B of Set variable 1 → 2"
        );
        let variable = |before, after| {
            words(
                DocumentKind::BLUEPRINT,
                ("variables", SPEED),
                [("initial", before, after)],
            )
        };
        assert_eq!(
            variable(float(0.0), typed("bool", vec![true.into()])),
            "changed the type of Speed from Float to Bool"
        );
        assert_eq!(
            variable(float(0.0), float(3.0)),
            "set the initial value of Speed 0 → 3"
        );
        let light = |field: &str, before: &[f64], after: &[f64]| {
            let collection = if field == "color" {
                "lights"
            } else {
                "materials"
            };
            let fields = [(field, list(before), list(after))];
            words(DocumentKind::SCENE, (collection, "nameless"), fields)
        };
        assert_eq!(
            light("color", &[1.0, 1.0, 1.0], &[1.0, 0.0, 0.214]),
            "set color of a light #ffffff → #ff007f"
        );
        assert_eq!(
            light("base_color", &[0.0, 0.0, 0.0, 1.0], &[0.0, 0.0, 0.0, 0.5]),
            "set base color of a material #000000 → #000000 50%"
        );
    }

    #[test]
    fn what_had_no_name_is_named_with_what_it_is() {
        assert_eq!(
            words(
                DocumentKind::BLUEPRINT,
                ("comments", "note"),
                [("text", Value::text(""), Value::text("My note"))]
            ),
            "named a comment My note"
        );
    }

    #[test]
    fn what_nobody_can_read_is_left_out() {
        let strange = "01ZZZZZZZZZZZZZZZZZZZZZZZZ";
        let field = format!("values.{strange}");
        assert_eq!(
            node([(&field, Value::Null, Value::Number(2.0))]),
            "set a value of Set variable to 2"
        );
        let pointer = format!("/nodes/{strange}/scale");
        assert_eq!(
            node([("configuration.pointer", Value::Null, Value::text(pointer))]),
            "set pointer of Set variable to /nodes/…/scale"
        );
        assert_eq!(
            words(
                DocumentKind::SCENE,
                ("entities", "nameless"),
                [("visible", Value::Bool(true), Value::Bool(false))]
            ),
            "set visible of an entity true → false"
        );
        assert_eq!(
            words(
                DocumentKind::SCENE,
                ("properties", "scene"),
                [("source", Value::Null, Value::Map(BTreeMap::new()))]
            ),
            "set source of the properties"
        );
    }

    #[test]
    fn a_transform_says_from_where_to_where() {
        let place = (
            "translation",
            list(&[0.0, 1.0, 0.0]),
            list(&[0.0, 2.5, 0.0]),
        );
        let half = 0.5_f64.sqrt();
        let turn = ("rotation", Value::Null, list(&[0.0, half, 0.0, half]));
        assert_eq!(
            entity([place.clone()]),
            "changed Orb: position 0, 1, 0 → 0, 2.5, 0"
        );
        assert_eq!(
            entity([place, turn, ("matrix", list(&[1.0; 16]), Value::Null)]),
            "changed Orb: rotation by 90°, position 0, 1, 0 → 0, 2.5, 0"
        );
        let fields = FieldWords::new(
            DocumentKind::SCENE,
            "entities",
            "transformed",
            "Orb",
            &name_of,
        );
        let scale = |value: f64| BTreeMap::from([("scale".to_owned(), list(&[value; 3]))]);
        assert_eq!(
            fields.describe(&scale(2.0), &BTreeMap::new()),
            "scaled Orb to 2, 2, 2"
        );
        let order = ("order", Value::Null, Value::Number(2.0));
        let parent = |id: Value| ("parent", Value::Null, id);
        assert_eq!(
            entity([parent(Value::text("yard")), order.clone()]),
            "changed Orb into Yard"
        );
        assert_eq!(
            entity([parent(Value::Null), order]),
            "changed Orb out to the root"
        );
    }
}
