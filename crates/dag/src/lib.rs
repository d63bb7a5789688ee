//! Content addressing for WISSIL: what an event and an object *are*, independent of what they mean.
//!
//! Everything stored or sent is an IPLD block named by the hash of its bytes ([`Cid`]). Events are canonical
//! dag-cbor blocks ([`Event`]), signed by their author's device ([`SignedEvent`]), linked into one chain per
//! replica ([`ChainVerifier`]) and into one Merkle-DAG per document and branch ([`Dag`]). Selections of them
//! travel as CAR files ([`export_events`]) or as plain JSON ([`IdeEvent`]).
//!
//! This crate knows no document kinds, takes time and keys as arguments, and touches no file or socket.
#![deny(missing_docs)]

mod address;
mod block;
mod bundle;
mod car;
mod chain;
mod change_json;
mod event;
mod graph;
mod ide_event;
mod ids;
mod json;
mod object;
mod scan;
mod signed;
mod writer;

pub use address::EventAddress;
pub use block::{BlockError, CidHasher, Codec, cid_of, decode, encode};
pub use bundle::{
    CarItem, EventCarReader, EventCarWriter, Import, ImportError, export_events, import,
};
pub use car::{CarBlock, CarError, CarReader, CarWriter, MAX_SECTION_BYTES};
pub use chain::{ChainError, ChainTip, ChainVerifier, Fork, find_forks, verify_chain};
pub use cid::Cid;
pub use ed25519_dalek::SigningKey;
pub use event::{Event, EventError, EventLink, MAX_EVENT_BYTES, MAX_PARENTS, StructureError};
pub use graph::{Dag, DagError};
pub use ide_event::{IdeEvent, IdeEventBody, IdeEventError, IdeMetadata};
pub use ids::{BranchId, DocumentId, InvalidReplica, InvalidToken, ReplicaId, SessionId, UserId};
pub use ipld_core::ipld::Ipld;
pub use json::{JsonError, ipld_from_json, ipld_to_json};
pub use object::{
    ContentHasher, Link, LinkType, MAX_LINKS, MAX_OBJECT_BYTES, ObjectBlock, ObjectError,
};
pub use scan::{MAX_DEPTH, MAX_VALUES};
pub use signed::{SignedEvent, sign};
