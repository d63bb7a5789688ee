//! Tests of the store from outside.
#![allow(clippy::unwrap_used)]

mod authors;
mod begun;
mod contract;
mod crash;
mod cut;
mod damage;
mod house;
mod joining;
mod migration;
mod opening;
mod plan;
mod proof;
