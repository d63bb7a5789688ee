//! Tests of the store from outside.
#![allow(clippy::unwrap_used)]

mod contract;
mod crash;
mod damage;
mod house;
mod migration;
mod opening;
mod proof;
