//! Edited and new documents: what they become, and that they come back.
#![allow(clippy::unwrap_used)]

mod files;
mod graph;
mod pointers;
mod project;
mod scene;
#[path = "../support/mod.rs"]
mod support;
