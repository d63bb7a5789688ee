//! Tests of the crate's public interface: frozen formats, hostile input, the DAG against a naive model, CAR files
//! read by another language.
#![allow(clippy::unwrap_used)]

mod bundles;
mod chains;
mod dag_model;
mod events;
mod golden;
mod hostile;
mod ide_events;
mod objects;
mod python;
mod samples;
