//! JetStream, objects, presence and messages behind the engine's ports. The only crate that names async-nats, and the
//! only place where subjects are named.
//!
//! JetStream is transport and shared memory, not truth: every replica holds its own events and can put them back. So
//! everything here may be lost or fail at any time, says so, and can be asked again. A [`Connection`] keeps trying for
//! ever; whatever is opened on it ([`Reader`], [`census`]) lives as long as one connection does and is opened anew by
//! its owner after the next [`ConnectionState::Connected`].

#![deny(missing_docs)]

mod address;
mod authority;
mod bus;
mod bus_event;
mod census;
mod connection;
mod consumer;
mod delivery;
mod error;
mod fetch;
mod inventory;
mod message;
mod objects;
#[cfg(feature = "plain")]
pub mod plain;
mod presence;
mod publisher;
mod reader;
mod server;
mod stock;
mod streams;
mod subjects;

pub use address::{Login, Server};
pub use authority::{Authority, Certificate};
pub use bus::{
    Bus, BusCounters, MAX_MESSAGE_BYTES, Malformed, Message, Sender, Subscription, fits,
};
pub use bus_event::{
    AssetEvent, BuildEvent, BusEvent, CollabEvent, EditorEvent, FileEvent, ProjectEvent, Resource,
    RuntimeEvent,
};
pub use census::{Census, ServerChain, census};
pub use connection::{Connection, ConnectionState, OLDEST_SERVER, ServerDetail, Version};
pub use delivery::Bookmark;
pub use error::NatsError;
pub use fetch::{MAX_FETCH, Serving, fetch, serve_fetch};
pub use inventory::{AuditsAskedFor, Inventory, ask_for_audit, audits_asked_for, inventory};
pub use objects::{Objects, Progress};
pub use presence::{
    FEW_PEERS, MAX_PRESENCE_BYTES, PresenceChannel, PresenceEvent, times_more_seldom,
};
pub use publisher::{Held, Outgoing, Prepared, PublishProblem, Published, Publisher};
pub use reader::{ReadBatch, Reader, Received};
pub use server::{HostOptions, NatsServer, Reach, find_server};
pub use streams::{
    EDIT_STREAMS, StreamState, Topology, edit_stream, prepare, stream_state, stream_states,
};
pub use subjects::{
    AgentChannel, EditSubject, RunChannel, SUBJECTS, SubjectFamily, agent_subject, check_pattern,
    documentation, edit_filter, edit_subject, run_subject,
};
