//! Sessions of one person, on one disk.
#![allow(clippy::unwrap_used)]

mod assets;
mod imports;
mod place;
mod projects;
