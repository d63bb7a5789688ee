//! Sessions that several people have open, over a real server.
#![allow(clippy::unwrap_used)]

mod arriving;
mod chance;
mod client;
mod cluster;
mod damage;
mod distance;
mod encrypted;
mod everyday;
mod hostile;
mod losses;
mod messages;
mod plans;
mod proxy;
mod server;
mod set_back;
mod world;
