
#![allow(clippy::unwrap_used)]
use std::time::Instant;
use wissil_sync::contract::sample::{self, Writer};
use wissil_dag::Event;
fn main(){
 let mut w=Writer::new(1); w.update_bytes=150; let log=sample::log("door");
 let n=w.event(&log,&[]).unwrap(); let n2=w.event(&log,&[sample::head(&n)]).unwrap();
 println!("block {}", n2.signed.block.len());
 let t=Instant::now(); for _ in 0..100000 { std::hint::black_box(Event::decode_trusted(std::hint::black_box(&n2.signed.block)).unwrap()); } println!("decode {:?}", t.elapsed()/100000);
 use sha2::Digest;
 let t=Instant::now(); for _ in 0..100000 { std::hint::black_box(sha2::Sha256::digest(std::hint::black_box(&n2.signed.block[..200]))); } println!("sha200 {:?}", t.elapsed()/100000);
 let c=rusqlite::Connection::open_in_memory().unwrap(); c.execute_batch("create table t(a integer primary key)").unwrap();
 let t=Instant::now(); for _ in 0..100000 { std::hint::black_box(c.prepare_cached("SELECT e.ord, e.log FROM events e WHERE substr(e.digest, 1, 8) = substr(?1, 1, 8) AND e.digest = ?1".replace("events","t").replace("e.ord, e.log","1").split(" WHERE").next().unwrap()).unwrap()); } println!("prepare {:?}", t.elapsed()/100000);
 let t=Instant::now(); for _ in 0..100000 { c.execute_batch("BEGIN IMMEDIATE").unwrap(); c.execute_batch("COMMIT").unwrap(); } println!("begin commit {:?}", t.elapsed()/100000);
}