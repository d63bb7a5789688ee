//! Hosting: a server of one's own on this machine, for a session among people in one room or one network.

mod binary;
mod certificates;
mod config;
mod process;
mod stale;

pub use binary::find_server;
pub use config::{HostOptions, Reach};
pub use process::NatsServer;
