//! A project that starts from shared checkpoints, on disk: sound at every step.

use tempfile::TempDir;
use wissil_store::{SqliteStore, verify};
use wissil_sync::contract::sample;
use wissil_sync::{EventStore, MemoryStore};

use crate::authors::{add, arrivals, engine, events, manifest, session};

#[test]
fn history_comes_after_the_base_and_what_follows_it() {
    let manifest = manifest();
    let mut ada = engine(MemoryStore::new(session()), 1);
    let mut ben = engine(MemoryStore::new(session()), 2);
    for n in 0..9 {
        let (one, other) = if n % 3 == 0 {
            (&mut ben, &mut ada)
        } else {
            (&mut ada, &mut ben)
        };
        let new = add(one, &format!("before-{n}"));
        other.ingest(new).unwrap();
    }
    let base = ada.share(&manifest).unwrap().unwrap();
    for n in 0..3 {
        add(&mut ada, &format!("after-{n}"));
    }
    let arrivals = arrivals(&events(&ada));

    let project = TempDir::new().unwrap();
    let store = SqliteStore::create(project.path(), &session()).unwrap();
    let mut joiner = engine(store, 3);
    let sound = || assert_eq!(verify(project.path()).unwrap().damages, []);
    joiner.store_mut().start_from(vec![base]).unwrap();
    sound();
    for part in arrivals[9..].chunks(2) {
        joiner.ingest_many(part.to_vec()).unwrap();
        sound();
    }
    assert_eq!(joiner.store().counts().unwrap().events, 12);
    for part in arrivals.chunks(2) {
        joiner.backfill(part.to_vec()).unwrap();
        sound();
        for stored in sample::events(joiner.store()).unwrap() {
            let before = joiner.store().moment(&stored.signed.cid).unwrap();
            let of_all = joiner.store().history(before.as_ref(), 20, None).unwrap();
            let of_one = joiner.store().history(before.as_ref(), 20, Some(&manifest));
            assert_eq!(of_one.unwrap(), of_all);
        }
    }
    let told = |store: &dyn EventStore| -> Vec<_> {
        let history = store.history(None, 100, None).unwrap().into_iter();
        history.map(|event| event.signed.cid).collect()
    };
    assert_eq!(told(joiner.store()), told(ada.store()));
    assert_eq!(joiner.store().incomplete().unwrap(), []);
    assert_eq!(joiner.store().logs().unwrap(), ada.store().logs().unwrap());
    assert!(joiner.projection(&manifest).unwrap() == ada.projection(&manifest).unwrap());
}
