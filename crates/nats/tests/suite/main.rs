//! Everything against a real server.
#![allow(clippy::unwrap_used)]

mod chain;
mod connecting;
mod damaged;
mod hosting;
mod hosting_encrypted;
mod live;
mod objects;
mod publishing;
mod reading;
mod securing;
mod streams;
mod support;
