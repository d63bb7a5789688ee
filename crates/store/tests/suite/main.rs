//! Tests of the store from outside.
#![allow(clippy::unwrap_used)]

mod contract;
