//! Scenes in words.

use crate::words::Words;

#[derive(Debug)]
pub(super) struct SceneWords;

impl Words for SceneWords {
    fn about(&self, thing: &str) -> Option<&'static str> {
        ["entity", "scene"].contains(&thing).then_some("entities")
    }

    fn is_color(&self, collection: &str, field: &str) -> bool {
        matches!(
            (collection, field),
            ("materials", "base_color" | "emissive") | ("lights", "color")
        )
    }
}
