//! One project, several programs: whoever opens a project serves it to the others of the same user, over a socket.
//!
//! The program that holds a project ([`Host`]) answers on a socket that others find by the project's database
//! ([`address`]). Each that connects is a [`Guest`](guests): it asks, and is told what it follows. [`Client`] is the other
//! side; where nobody holds the project it opens it itself, and works on it in the same way. What crosses is written down in
//! `docs/local.md`.

mod address;
mod client;
mod guests;
mod host;
mod outbox;
mod reach;
mod wire;

pub(crate) use client::{Client, Heard, Row};
pub(crate) use guests::Guests;
pub(crate) use host::Host;
pub(crate) use reach::{Means, take_over};
