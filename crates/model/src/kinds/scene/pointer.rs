//! Pointers into glTF's object model that begin with a record of a scene.
//!
//! Files count: `/nodes/3/translation`. Documents name: `/nodes/01M8H7…/translation`, so that a pointer means the same
//! entity whatever is added or deleted beside it. Numbers are made where a file is written, and read where one comes in.

use std::ops::Range;

use crate::field::is_record_id;
use crate::{RecordId, Value};

/// The lists of a file in which pointers count, and the collections whose records stand in them.
pub const LISTS: [(&str, &str); 11] = [
    ("nodes", "entities"),
    ("materials", "materials"),
    ("meshes", "meshes"),
    ("cameras", "cameras"),
    ("extensions/KHR_lights_punctual/lights", "lights"),
    ("animations", "animations"),
    ("skins", "skins"),
    ("scenes", "scenes"),
    ("textures", "textures"),
    ("images", "images"),
    ("samplers", "samplers"),
];

/// What stands for a record of a scene.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Named {
    /// The record itself.
    Record(RecordId),
    /// Its place in the list of a file, from 0: what files say, and what documents of older versions hold.
    Place(usize),
}

/// A record of a scene that something names.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Target {
    /// The record's collection.
    pub collection: &'static str,
    /// The record.
    pub named: Named,
}

/// The record that a pointer begins with, and where in the text it is named; none for pointers to anything else, and
/// where a parameter of a template stands in its place.
pub fn pointer_target(pointer: &str) -> Option<(Target, Range<usize>)> {
    let path = pointer.strip_prefix('/')?;
    LISTS.iter().find_map(|(list, collection)| {
        let rest = path.strip_prefix(list)?.strip_prefix('/')?;
        let segment = rest.split('/').next().unwrap_or(rest);
        let start = pointer.len() - rest.len();
        let named = named(segment)?;
        let target = Target { collection, named };
        Some((target, start..start + segment.len()))
    })
}

fn named(segment: &str) -> Option<Named> {
    // A list's places are numbers, so a record that is called by digits alone cannot be named.
    if segment.bytes().all(|byte| byte.is_ascii_digit()) {
        return segment.parse().ok().map(Named::Place);
    }
    is_record_id(segment).then(|| Named::Record(segment.into()))
}

/// What is asked about each reference; an answer takes its place.
pub type Rename<'a> = dyn FnMut(&Target) -> Option<Named> + 'a;

/// Asks about the record that a pointer begins with; whether the pointer changed.
pub fn rename_in_pointer(pointer: &mut String, rename: &mut Rename<'_>) -> bool {
    let Some((target, range)) = pointer_target(pointer) else {
        return false;
    };
    match rename(&target) {
        Some(named) if named != target.named => {
            pointer.replace_range(range, &named.to_string());
            true
        }
        _ => false,
    }
}

/// Asks about the records that an animation's `channels` point to (KHR_animation_pointer); whether one changed.
pub fn rename_in_channels(channels: &mut Value, rename: &mut Rename<'_>) -> bool {
    let Value::List(channels) = channels else {
        return false;
    };
    let mut changed = false;
    for channel in channels {
        let path = ["target", "extensions", "KHR_animation_pointer", "pointer"];
        let pointer = path.iter().try_fold(channel, |value, step| match value {
            Value::Map(entries) => entries.get_mut(*step),
            _ => None,
        });
        if let Some(Value::Text(pointer)) = pointer {
            changed |= rename_in_pointer(pointer, rename);
        }
    }
    changed
}

impl std::fmt::Display for Named {
    /// As a segment of a pointer.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Named::Record(id) => id.fmt(f),
            Named::Place(place) => place.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pointers_name_a_record_or_a_place_or_neither() {
        for (pointer, expected) in [
            ("/nodes/3/translation", Some("entities 3")),
            ("/nodes/3", Some("entities 3")),
            ("/nodes/01M8-x:y_Z/scale", Some("entities 01M8-x:y_Z")),
            (
                "/extensions/KHR_lights_punctual/lights/moon/color",
                Some("lights moon"),
            ),
            ("/scenes/0/nodes/4", Some("scenes 0")),
            ("/nodes/[index]/scale", None),
            ("/nodes/{node}/scale", None),
            ("/nodes/", None),
            ("/nodes.length", None),
            ("/nodes/a~1b", None),
            ("/nodes/99999999999999999999999", None),
            ("/extensions/other/lights/2", None),
            ("nodes/3", None),
            ("", None),
        ] {
            let found = pointer_target(pointer).map(|(target, range)| {
                assert_eq!(pointer[range], target.named.to_string());
                format!("{} {}", target.collection, target.named)
            });
            assert_eq!(found.as_deref(), expected, "{pointer}");
        }
    }

    #[test]
    fn only_the_record_of_a_pointer_is_renamed() {
        let mut pointer = "/nodes/1/weights/1".to_owned();
        assert!(rename_in_pointer(&mut pointer, &mut |_| Some(
            Named::Record("dog".into())
        )));
        assert_eq!(pointer, "/nodes/dog/weights/1");
        assert!(!rename_in_pointer(&mut pointer, &mut |_| None));
    }
}
