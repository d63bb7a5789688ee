//! Sessions that several people have open, over a real server.
#![allow(clippy::unwrap_used)]

mod everyday;
mod world;
