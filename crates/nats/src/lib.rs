//! JetStream, objects, presence and messages behind the engine's ports. The only crate that names async-nats, and the
//! only place where subjects are named.

#![deny(missing_docs)]
