//! Sessions of one person, on one disk.
#![allow(clippy::unwrap_used)]

mod adding;
mod assets;
mod beside;
mod documents;
mod editing;
mod history;
mod identity;
mod imports;
mod kinds;
mod place;
mod projects;
mod references;
mod shapes;
mod types;
