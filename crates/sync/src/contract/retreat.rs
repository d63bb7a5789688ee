//! Taking the end of a log out of it.

use super::sample::{Writer, head, heads, log, log_events, ords, over, snapshot, user};
use super::{EventCase, Outcome, Steps, expect_conflict};
use crate::ports::{
    Checkpoint, ForkedEvent, Intake, NewEvent, PendingEvent, QuarantinedEvent, Retreat,
    StoredEvent, UndoSide,
};

pub(super) const CASES: &[EventCase] = &[
    (
        "10.1 a log is what it was before its end, and goes on from there",
        leaves,
    ),
    ("10.2 a log of which all leaves is gone", leaves_whole),
    ("10.3 nothing changes where it does not fit", refusals),
];

fn refused(event: &StoredEvent) -> QuarantinedEvent {
    QuarantinedEvent {
        signed: event.signed.clone(),
        reason: "it gave way".into(),
    }
}

fn retreat(document: &str, from: u64) -> Retreat {
    Retreat {
        log: log(document),
        from,
        refused: Vec::new(),
        again: Vec::new(),
    }
}

/// Two people in the door, one of them in the hall meanwhile; the twin of an event of the door comes.
fn prepared(steps: &mut Steps<'_>) -> Outcome<(Writer, NewEvent)> {
    let (mut ada, mut ben) = (Writer::new(1), Writer::new(2));
    let (door, hall, person) = (log("door"), log("hall"), user("ada"));
    ada.gesture(steps.store(), &door, &person, "one")?;
    ben.fold(steps.store(), &door)?;
    let mut twin = ada.clone();
    twin.update_bytes += 1;
    let seen = heads(steps.store(), &door)?;
    ada.gesture(steps.store(), &door, &person, "two")?;
    ada.fold(steps.store(), &hall)?;
    ben.fold(steps.store(), &door)?;
    ada.fold(steps.store(), &hall)?;
    for position in [2, 4] {
        let state = vec![3; 40];
        let checkpoint = Checkpoint { position, state };
        steps.store().put_checkpoint(&door, &checkpoint)?;
    }
    let rival = twin.event(&door, &seen)?;
    steps.store().take_in(Intake {
        forks: vec![ForkedEvent {
            log: door,
            replica: ada.replica(),
            second: QuarantinedEvent {
                signed: rival.signed.clone(),
                reason: "two events claim one place".into(),
            },
        }],
        ..Intake::default()
    })?;
    Ok((twin, rival))
}

fn leaves(steps: &mut Steps<'_>) -> Outcome {
    let (mut twin, rival) = prepared(steps)?;
    let (door, ada) = (log("door"), twin.replica());
    let before = log_events(steps.store(), &door, 1..9)?;
    let kept = heads_of(&before[1]);
    steps.store().retreat(Retreat {
        refused: vec![refused(&before[2])],
        again: vec![
            PendingEvent {
                signed: before[3].signed.clone(),
                waits_for: before[2].signed.cid,
            },
            PendingEvent {
                signed: rival.signed.clone(),
                waits_for: before[1].signed.cid,
            },
        ],
        ..retreat("door", 3)
    })?;
    let state = steps.store().log(&door)?;
    assert_eq!(
        state.map(|state| (state.length, state.heads)),
        Some((2, kept))
    );
    assert_eq!(log_events(steps.store(), &door, 1..9)?, before[..2]);
    for gone in &before[2..] {
        assert_eq!(steps.store().event(&gone.signed.cid)?, None);
        assert_eq!(steps.store().place(&gone.signed.cid)?, None);
    }
    let tip = steps.store().chain(&door, &ada)?;
    assert_eq!(tip.map(|tip| (tip.seq, tip.frozen)), Some((1, false)));
    let counts = steps.store().counts()?;
    assert_eq!((counts.events, counts.outbox), (4, 4));
    assert_eq!((counts.pending, counts.quarantined), (2, 1));
    let entry = steps
        .store()
        .undo_entry(&door, &user("ada"), UndoSide::Done)?;
    assert_eq!(entry.map(|entry| entry.label).as_deref(), Some("one"));
    let checkpoint = steps.store().checkpoint(&door, 9)?;
    assert_eq!(checkpoint.map(|kept| kept.position), Some(2));

    // What others have comes in its place, and everything goes on.
    let commit = over(steps.store(), &door, vec![rival.clone()])?;
    steps.store().commit(commit)?;
    assert_eq!(heads(steps.store(), &door)?, [head(&rival)]);
    twin.fold(steps.store(), &door)?;
    assert_eq!(ords(steps.store())?, [1, 2, 4, 6, 7, 8]);
    Ok(())
}

fn heads_of(event: &StoredEvent) -> Vec<crate::ports::Head> {
    // The second event has seen the first.
    vec![crate::ports::Head {
        cid: event.signed.cid,
        height: 2,
    }]
}

fn leaves_whole(steps: &mut Steps<'_>) -> Outcome {
    prepared(steps)?;
    let door = log("door");
    let before = log_events(steps.store(), &door, 1..9)?;
    steps.store().retreat(Retreat {
        refused: before.iter().map(refused).collect(),
        ..retreat("door", 1)
    })?;
    assert_eq!(steps.store().log(&door)?, None);
    assert_eq!(steps.store().logs()?.len(), 1);
    assert_eq!(steps.store().chains()?.len(), 1);
    assert_eq!(steps.store().counts()?.quarantined, 5);
    steps.store().retreat(retreat("hall", 1))?;
    assert_eq!(steps.store().counts()?.events, 0);
    // Nothing came after them, so their places are given again.
    Writer::new(3).fold(steps.store(), &door)?;
    assert_eq!(steps.store().history(None, 9, None)?[0].ord, 1);
    Ok(())
}

fn refusals(steps: &mut Steps<'_>) -> Outcome {
    let (_, rival) = prepared(steps)?;
    let before = snapshot(steps.store())?;
    let stranger = Retreat {
        again: vec![PendingEvent {
            signed: log_events(steps.store(), &log("door"), 1..2)?[0]
                .signed
                .clone(),
            waits_for: rival.signed.cid,
        }],
        ..retreat("door", 3)
    };
    for (unfit, what) in [
        (retreat("attic", 1), "a log that is not there"),
        (retreat("door", 0), "the position before the first"),
        (retreat("door", 5), "the position after the last"),
        (stranger, "waiting for what stays"),
    ] {
        expect_conflict(steps.store().retreat(unfit), what);
        assert_eq!(snapshot(steps.store())?, before, "{what}");
    }
    Ok(())
}
