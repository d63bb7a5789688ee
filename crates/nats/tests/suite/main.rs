//! Everything against a real server.
#![allow(clippy::unwrap_used)]

mod connecting;
mod hosting;
mod publishing;
mod reading;
mod streams;
mod support;
