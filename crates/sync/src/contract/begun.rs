//! Intakes that come in parts.

use std::sync::Arc;

use super::sample::{Writer, head, log, snapshot, user};
use super::{EventCase, Outcome, Steps, expect_conflict};
use crate::ports::{Checkpoint, Commit, Cursor, Intake, NewEvent, QuarantinedEvent, UndoSide};
use wissil_model::DocumentKind;

pub(super) const CASES: &[EventCase] = &[
    (
        "9.1 an intake in parts is taken in as one, and not seen before",
        in_parts,
    ),
    ("9.2 nothing is kept of parts that are given up", given_up),
    (
        "9.3 nothing is kept of parts when the last does not fit",
        last_refused,
    ),
    (
        "9.4 nothing is kept of parts when the first does not fit",
        first_refused,
    ),
    (
        "9.5 while an intake is not whole nothing else is written",
        alone,
    ),
];

/// An intake of a chain's events on their own.
fn part(events: &[NewEvent]) -> Intake {
    let commits = events.last().map(|last| Commit {
        log: log("door"),
        kind: DocumentKind::BLUEPRINT,
        events: events.to_vec(),
        heads: vec![head(last)],
        undo: None,
    });
    Intake {
        commits: commits.into_iter().collect(),
        ..Intake::default()
    }
}

/// A chain of which the first event is stored.
fn chain(steps: &mut Steps<'_>, events: usize) -> Outcome<Vec<NewEvent>> {
    let mut writer = Writer::new(9);
    let mut chain = vec![writer.event(&log("door"), &[])?];
    for at in 1..events {
        chain.push(writer.event(&log("door"), &[head(&chain[at - 1])])?);
    }
    steps.store().take_in(part(&chain[..1]))?;
    Ok(chain)
}

fn in_parts(steps: &mut Steps<'_>) -> Outcome {
    let chain = chain(steps, 7)?;
    let mut second = part(&chain[3..5]);
    let checkpoint = Checkpoint {
        position: 4,
        state: vec![4; 100],
    };
    second.checkpoints = vec![(log("door"), checkpoint.clone())];
    let mut rest = part(&chain[5..6]);
    let refused = QuarantinedEvent {
        signed: chain[6].signed.clone(),
        reason: "it is refused".into(),
    };
    rest.quarantined = vec![refused.clone()];

    let store = steps.store();
    let before = snapshot(store)?;
    store.begin(Arc::new(part(&chain[1..3])))?;
    assert_eq!(snapshot(store)?, before);
    store.begin(Arc::new(second))?;
    assert_eq!(snapshot(store)?, before);
    assert_eq!(store.event(&chain[1].signed.cid)?, None);
    assert_eq!(store.take_in(rest)?, [2, 4, 6]);

    assert_eq!(steps.store().counts()?.events, 6);
    assert_eq!(steps.store().quarantined()?, [refused]);
    assert_eq!(steps.store().checkpoint(&log("door"), 6)?, Some(checkpoint));
    let state = steps.store().log(&log("door"))?;
    let state = state.ok_or("the log is gone")?;
    assert_eq!((state.length, state.heads), (6, vec![head(&chain[5])]));
    Ok(())
}

fn given_up(steps: &mut Steps<'_>) -> Outcome {
    let chain = chain(steps, 3)?;
    let before = snapshot(steps.store())?;
    let store = steps.store();
    store.begin(Arc::new(part(&chain[1..2])))?;
    store.begin(Arc::new(part(&chain[2..3])))?;
    store.give_up()?;
    assert_eq!(snapshot(store)?, before);
    // Giving up nothing is nothing.
    steps.store().give_up()?;
    assert_eq!(snapshot(steps.store())?, before);
    assert_eq!(steps.store().take_in(part(&chain[1..3]))?, [2]);
    Ok(())
}

fn last_refused(steps: &mut Steps<'_>) -> Outcome {
    let chain = chain(steps, 4)?;
    let before = snapshot(steps.store())?;
    let store = steps.store();
    store.begin(Arc::new(part(&chain[1..2])))?;
    let refused = store.take_in(part(&chain[3..4]));
    expect_conflict(refused, "an event whose chain has a gap");
    assert_eq!(snapshot(store)?, before);
    assert_eq!(steps.store().take_in(part(&chain[1..4]))?, [2]);
    Ok(())
}

fn first_refused(steps: &mut Steps<'_>) -> Outcome {
    let chain = chain(steps, 4)?;
    let before = snapshot(steps.store())?;
    let store = steps.store();
    store.begin(Arc::new(part(&chain[2..3])))?;
    // It may be known already, or not before the end.
    let _ = store.begin(Arc::new(part(&chain[3..4])));
    let refused = store.take_in(Intake::default());
    expect_conflict(refused, "an event whose chain has a gap");
    assert_eq!(snapshot(store)?, before);
    assert_eq!(steps.store().take_in(part(&chain[1..4]))?, [2]);
    Ok(())
}

fn alone(steps: &mut Steps<'_>) -> Outcome {
    let chain = chain(steps, 2)?;
    let (log, cid) = (log("door"), chain[0].signed.cid);
    let replica = chain[0].replica;
    let checkpoint = Checkpoint {
        position: 1,
        state: vec![1; 10],
    };
    let cursor = Cursor {
        incarnation: "one".into(),
        sequence: 7,
        published: 1,
    };
    let store = steps.store();
    store.begin(Arc::new(part(&chain[1..])))?;
    let what = "a write while an intake is not whole";
    expect_conflict(store.put_checkpoint(&log, &checkpoint), what);
    expect_conflict(store.acknowledge(&[cid]), what);
    expect_conflict(store.requeue(&log, &replica, 1), what);
    expect_conflict(store.send_again(&[1]), what);
    expect_conflict(store.set_cursor("EDITS", &cursor), what);
    expect_conflict(store.start_from(Vec::new()), what);
    expect_conflict(store.put_history(Vec::new()), what);
    expect_conflict(store.forget_history(&log, 1), what);
    // Reading is not writing.
    assert_eq!(store.undo_entry(&log, &user("ada"), UndoSide::Done)?, None);
    assert_eq!(store.take_in(Intake::default())?, [2]);
    assert_eq!(steps.store().cursor("EDITS")?, None);
    steps.store().set_cursor("EDITS", &cursor)?;
    assert_eq!(steps.store().cursor("EDITS")?, Some(cursor));
    Ok(())
}
