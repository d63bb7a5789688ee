//! Journeys through the real window, one after the other: two web views on two cores time each other out.
#![allow(clippy::unwrap_used)]

mod accessibility;
mod beside;
mod blueprint;
mod crash;
mod documents;
mod dropping;
mod import;
mod journey;
mod keyboard;
mod panels;
mod people;
mod scene;
mod start;
mod together;
