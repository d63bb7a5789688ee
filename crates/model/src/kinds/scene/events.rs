//! What one does to scenes.

use crate::event_type::EventType;

pub(super) const EVENT_TYPES: &[EventType] = &[
    EventType::new(
        "entity.add",
        "added",
        "entities:ps meshes:p accessors:p views:p cameras:ps lights:ps materials:ps",
    ),
    EventType::new(
        "scene.add",
        "added",
        "entities:ps materials:ps cameras:ps lights:ps meshes:p skins:p animations:p textures:p samplers:p images:p \
         accessors:p views:p properties:ps",
    ),
    EventType::new("entity.duplicate", "duplicated", "entities:ps"),
    EventType::new("entity.delete", "deleted", "entities:rs properties:ps"),
    EventType::new("entity.rename", "renamed", "entities:s"),
    EventType::new("entity.reparent", "moved", "entities:s"),
    EventType::new("entity.group", "grouped", "entities:ps"),
    EventType::new("entity.ungroup", "ungrouped", "entities:rs properties:ps"),
    EventType::new("entity.transform", "transformed", "entities:s"),
    EventType::new("entity.set", "changed", "entities:s"),
    EventType::new("material.add", "added", "materials:ps"),
    EventType::new("material.set", "changed", "materials:s"),
    EventType::new("material.delete", "deleted", "materials:rs properties:ps"),
    EventType::new("camera.add", "added", "cameras:ps"),
    EventType::new("camera.set", "changed", "cameras:s"),
    EventType::new("camera.delete", "deleted", "cameras:rs properties:ps"),
    EventType::new("light.add", "added", "lights:ps"),
    EventType::new("light.set", "changed", "lights:s"),
    EventType::new("light.delete", "deleted", "lights:rs properties:ps"),
    EventType::new("scene.set", "changed", "properties:ps"),
    EventType::new("mesh.set", "changed", "meshes:s"),
    EventType::new("animation.set", "changed", "animations:s"),
];
