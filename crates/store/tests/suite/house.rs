//! A small project that has something of everything.

use std::path::Path;

use wissil_dag::{Cid, Codec};
use wissil_store::{FileObjects, SqliteStore};
use wissil_sync::contract::sample::{self, Writer, head, heads, log, log_on, over, user};
use wissil_sync::{
    ChainState, Checkpoint, Cursor, EventStore, ObjectStore, PendingEvent, QuarantinedEvent,
    SharedCheckpoint, UndoChange, UndoSide,
};

/// Builds the project in a folder, the same in every run, and closes it.
pub fn build(project: &Path) {
    let mut store = SqliteStore::create(project, &sample::session()).unwrap();
    let (mut ada, mut ben) = (Writer::new(1), Writer::new(2));
    let (door, hall, night) = (log("door"), log("hall"), log_on("night", "door"));
    let (person, other) = (user("ada"), user("ben"));
    store
        .set_meta("replica", &ada.replica().to_string())
        .unwrap();
    store.set_meta("incarnation", "5f2c").unwrap();

    for label in ["Add node", "Move 3 nodes", "Größe ändern"] {
        ada.gesture(&mut store, &door, &person, label).unwrap();
        ada.gesture(&mut store, &hall, &person, label).unwrap();
    }
    ben.gesture(&mut store, &door, &other, "Delete").unwrap();
    ada.fold(&mut store, &night).unwrap();
    let undone = store.undo_entry(&door, &person, UndoSide::Done).unwrap();
    let id = undone.unwrap().id;
    let to = UndoSide::Undone;
    ada.step(&mut store, &door, UndoChange::Move { id, to })
        .unwrap();

    // Two heads at once, and an event that has seen both.
    let seen = heads(&store, &door).unwrap();
    for writer in [&mut ada, &mut ben] {
        let mut new = writer.event(&door, &seen).unwrap();
        new.outbox = false;
        let commit = over(&store, &door, vec![new]).unwrap();
        store.commit(commit).unwrap();
    }
    ben.fold(&mut store, &door).unwrap();
    ada.fold(&mut store, &hall).unwrap();

    let sent: Vec<Cid> = store
        .outbox(0, 4)
        .unwrap()
        .iter()
        .map(|event| event.signed.cid)
        .collect();
    store.acknowledge(&sent).unwrap();
    for position in [3, 6] {
        let state = vec![position as u8; 300];
        store
            .put_checkpoint(&door, &Checkpoint { position, state })
            .unwrap();
    }

    let mut cem = Writer::new(3);
    let first = cem.event(&door, &[]).unwrap();
    for _ in 0..2 {
        let signed = cem.event(&door, &[]).unwrap().signed;
        let waits_for = signed.open().unwrap().previous.unwrap();
        store
            .put_pending(&PendingEvent { signed, waits_for })
            .unwrap();
    }
    store
        .quarantine(&refused(&first, "the update is broken"))
        .unwrap();
    let mut twin = Writer::new(2);
    let fork = twin.event(&door, &[head(&first)]).unwrap();
    store
        .freeze(
            &door,
            &ben.replica(),
            &refused(&fork, "two events claim one place"),
        )
        .unwrap();

    // Waits for its proof.
    let signed = Writer::new(4).event(&hall, &[]).unwrap().signed;
    let waits_for = signed.cid;
    store
        .put_pending(&PendingEvent { signed, waits_for })
        .unwrap();
    for (stream, sequence) in [("WISSIL_UNITY", 41), ("WISSIL_IGNIS", 7)] {
        let incarnation = "2026-11-21T13:00:00Z".to_owned();
        let cursor = Cursor {
            incarnation,
            sequence,
            published: sequence.cast_signed() * 1_000_000_007,
        };
        store.set_cursor(stream, &cursor).unwrap();
    }

    // Started from what others had; the first event of it is here, and one that came after it.
    let attic = log("attic");
    let (mut dia, mut eve) = (Writer::new(5), Writer::new(6));
    let first = dia.event(&attic, &[]).unwrap();
    let second = eve.event(&attic, &[head(&first)]).unwrap();
    let end = |new: &wissil_sync::NewEvent| {
        let tip = ChainState {
            cid: new.signed.cid,
            seq: new.seq,
            height: new.height,
            frozen: false,
        };
        (new.replica, tip)
    };
    let mut chains = vec![end(&first), end(&second)];
    chains.sort_by_key(|(replica, _)| *replica);
    let base = SharedCheckpoint {
        session: sample::session(),
        log: attic.clone(),
        kind: wissil_model::DocumentKind::BLUEPRINT,
        length: 2,
        heads: vec![head(&second)],
        chains,
        state: vec![9; 300],
        replica: ada.replica(),
    };
    store.start_from(vec![base]).unwrap();
    eve.fold(&mut store, &attic).unwrap();
    store.put_history(vec![(attic, vec![first])]).unwrap();

    let mut objects = FileObjects::open(project).unwrap();
    objects.put(Codec::RAW, b"a lid").unwrap();
    objects.put(Codec::RAW, &[7; 3000]).unwrap();
    objects.put(Codec::DAG_CBOR, &[0xa0]).unwrap();
}

fn refused(new: &wissil_sync::NewEvent, reason: &str) -> QuarantinedEvent {
    QuarantinedEvent {
        signed: new.signed.clone(),
        reason: reason.to_owned(),
    }
}

/// Everything that a store shows of the project.
pub fn content(store: &SqliteStore) -> String {
    let (door, hall) = (log("door"), log("hall"));
    let mut text = format!("{:#?}", sample::snapshot(store).unwrap());
    for log in [&door, &hall, &log_on("night", "door")] {
        for seed in 1..4 {
            let chain = store.chain(log, &Writer::new(seed).replica()).unwrap();
            text += &format!("\n{log:?} {seed} {chain:#?}");
        }
        for side in [UndoSide::Done, UndoSide::Undone] {
            for name in ["ada", "ben"] {
                let entry = store.undo_entry(log, &user(name), side).unwrap();
                text += &format!("\n{name} {side:?} {entry:#?}");
            }
        }
        for at_most in 0..9 {
            let checkpoint = store.checkpoint(log, at_most).unwrap();
            text += &format!("\n{at_most} {checkpoint:?}");
        }
    }
    if let Some(base) = store.base(&log("attic")).unwrap() {
        let state = store.checkpoint(&log("attic"), 2).unwrap();
        text += &format!("\n{base:#?} {state:?}");
    }
    for stream in ["WISSIL_UNITY", "WISSIL_IGNIS"] {
        if let Some(cursor) = store.cursor(stream).unwrap() {
            let (incarnation, sequence) = (&cursor.incarnation, cursor.sequence);
            text += &format!(
                "\n{stream} Cursor {{ incarnation: {incarnation:?}, sequence: {sequence} }}"
            );
            if cursor.published != 0 {
                text += &format!(" of {}", cursor.published);
            }
        }
    }
    for key in ["session", "replica", "incarnation", "other"] {
        text += &format!("\n{key} {:?}", store.meta(key).unwrap());
    }
    text
}

/// Numbers that look random and are the same in every run (xorshift).
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % bound
    }
}

/// Copies a project's folder.
pub fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}
