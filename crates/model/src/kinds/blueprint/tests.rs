//! Tests over the vocabulary, small graphs written as text, and the public conformance assets.
#![allow(clippy::unwrap_used)]

mod assets;
mod connecting;
mod notation;
mod problems;
mod retyping;
mod shapes;
mod vocabulary;

use std::path::PathBuf;

/// The folder of conformance assets, or none with a word about it.
fn conformance() -> Option<PathBuf> {
    let folder = std::env::var_os("WISSIL_CONFORMANCE_DIR").map_or_else(
        || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data")),
        PathBuf::from,
    );
    let folder = folder.join("khr_interactivity");
    if !folder.is_dir() {
        eprintln!("skipped: no conformance assets at {}", folder.display());
        return None;
    }
    Some(folder)
}
