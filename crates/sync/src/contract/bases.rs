//! Logs that start from a shared checkpoint.

use super::sample::{Writer, head, heads, log, log_events, ords, over, session, snapshot};
use super::{EventCase, Outcome, Steps, expect_conflict};
use crate::ports::{ChainState, Completion, Missing, NewEvent, PendingEvent, QuarantinedEvent};
use crate::shared::SharedCheckpoint;
use wissil_model::DocumentKind;

pub(super) const CASES: &[EventCase] = &[
    (
        "8.1 a log goes on from a base, and its history comes later",
        goes_on,
    ),
    ("8.2 what does not fit a base is a conflict", refusals),
    ("8.3 a base that was wrong loses its states", wrong_base),
    (
        "8.4 history that is given up leaves its places free",
        given_up,
    ),
    (
        "8.5 with a base that was wrong, refused events wait again",
        refused_again,
    ),
];

/// Three events of two replicas, and the base that folds them.
fn base(document: &str) -> Outcome<(SharedCheckpoint, Vec<NewEvent>, Writer)> {
    let (mut ada, mut ben) = (Writer::new(1), Writer::new(2));
    let log = log(document);
    let first = ada.event(&log, &[])?;
    let second = ben.event(&log, &[head(&first)])?;
    let third = ada.event(&log, &[head(&second)])?;
    let end = |new: &NewEvent| {
        let (cid, seq, height) = (new.signed.cid, new.seq, new.height);
        let frozen = false;
        let tip = ChainState {
            cid,
            seq,
            height,
            frozen,
        };
        (new.replica, tip)
    };
    let mut chains = vec![end(&second), end(&third)];
    chains.sort_by_key(|(replica, _)| *replica);
    let base = SharedCheckpoint {
        session: session(),
        log,
        kind: DocumentKind::BLUEPRINT,
        length: 3,
        heads: vec![head(&third)],
        chains,
        state: vec![7; 500],
        replica: ben.replica(),
    };
    Ok((base, vec![first, second, third], ada))
}

fn goes_on(steps: &mut Steps<'_>) -> Outcome {
    let (door, past, mut ada) = base("door")?;
    let (hall, ..) = base("hall")?;
    let log = door.log.clone();
    steps.store().start_from(vec![hall, door.clone()])?;
    assert_eq!(heads(steps.store(), &log)?, door.heads);
    assert_eq!(steps.store().counts()?.events, 6);
    let found = steps.store().base(&log)?.ok_or("no base")?;
    assert_eq!(
        (found.length, found.have, found.chains),
        (3, 0, door.chains)
    );
    let place = steps.store().place(&past[2].signed.cid)?;
    assert_eq!(place, Some((log.clone(), 3)));
    assert_eq!(steps.store().event(&past[2].signed.cid)?, None);
    assert_eq!(steps.store().checkpoint(&log, 2)?, None);
    let state = steps.store().checkpoint(&log, 3)?.ok_or("no state")?;
    assert_eq!((state.position, state.state), (3, door.state));

    let next = ada.fold(steps.store(), &log)?;
    let stored = steps.store().event(&next.signed.cid)?.ok_or("lost")?;
    assert_eq!((stored.ord, stored.position), (7, 4));
    assert_eq!(ords(steps.store())?, [7]);
    for (have, new) in (1..).zip(&past) {
        let history = vec![(log.clone(), vec![new.clone()])];
        steps.store().put_history(history)?;
        let stored = steps.store().event(&new.signed.cid)?.ok_or("lost")?;
        assert_eq!((stored.ord, stored.position), (have, have));
        let missing = (log.clone(), Missing { have, of: 3 });
        assert!(steps.store().incomplete()?.contains(&missing));
        let with_gaps: Vec<u64> = (1..=have).chain([7]).collect();
        assert_eq!(ords(steps.store())?, with_gaps);
    }
    steps.store().complete(&log, Completion::default())?;
    assert_eq!(steps.store().base(&log)?, None);
    assert_eq!(steps.store().incomplete()?.len(), 1);
    assert_eq!(log_events(steps.store(), &log, 1..9)?.len(), 4);
    assert!(steps.store().checkpoint(&log, 3)?.is_some());
    ada.fold(steps.store(), &log)?;
    assert_eq!(steps.store().counts()?.events, 8);
    Ok(())
}

fn refusals(steps: &mut Steps<'_>) -> Outcome {
    let (door, past, mut ada) = base("door")?;
    let log = door.log.clone();
    let twice = vec![door.clone(), door.clone()];
    expect_conflict(steps.store().start_from(twice), "a log twice");
    assert_eq!(steps.store().logs()?, []);
    steps.store().start_from(vec![door.clone()])?;
    let before = snapshot(steps.store())?;
    expect_conflict(steps.store().start_from(vec![door.clone()]), "a base again");
    let later = ada.event(&log, &door.heads)?;
    let stranger = Writer::new(9).event(&log, &[])?;
    for (events, what) in [
        (vec![past[2].clone()], "a gap"),
        (
            vec![past[0].clone(), past[2].clone(), past[2].clone()],
            "one twice",
        ),
        (vec![later.clone()], "an event after the base"),
        (vec![stranger], "a chain that the base does not know"),
    ] {
        let history = vec![(log.clone(), events)];
        expect_conflict(steps.store().put_history(history), what);
    }
    expect_conflict(
        steps.store().complete(&log, Completion::default()),
        "no history",
    );
    assert_eq!(snapshot(steps.store())?, before);
    let commit = over(steps.store(), &log, vec![later])?;
    steps.store().commit(commit)?;
    Ok(())
}

fn wrong_base(steps: &mut Steps<'_>) -> Outcome {
    let (door, past, mut ada) = base("door")?;
    let log = door.log.clone();
    steps.store().start_from(vec![door])?;
    ada.fold(steps.store(), &log)?;
    let later = crate::ports::Checkpoint {
        position: 4,
        state: vec![1; 9],
    };
    steps.store().put_checkpoint(&log, &later)?;
    steps.store().put_history(vec![(log.clone(), past)])?;
    steps.store().complete(
        &log,
        Completion {
            state: Some(vec![2; 30]),
            again: Vec::new(),
        },
    )?;
    let state = steps.store().checkpoint(&log, 9)?.ok_or("no state")?;
    assert_eq!((state.position, state.state), (3, vec![2; 30]));
    Ok(())
}

fn given_up(steps: &mut Steps<'_>) -> Outcome {
    let (door, past, mut ada) = base("door")?;
    let (hall, rooms, _) = base("hall")?;
    let (log, other) = (door.log.clone(), hall.log.clone());
    expect_conflict(steps.store().forget_history(&log, 1), "no base");
    steps.store().start_from(vec![door, hall])?;
    let next = ada.fold(steps.store(), &log)?;
    for at in 0..2 {
        let both = vec![
            (log.clone(), vec![past[at].clone()]),
            (other.clone(), vec![rooms[at].clone()]),
        ];
        steps.store().put_history(both)?;
    }
    let second = &past[1];
    assert_eq!(steps.store().requeue(&log, &second.replica, 1)?, 1);
    let sent = steps.store().counts()?.outbox;
    steps.store().forget_history(&log, 2)?;
    assert_eq!(steps.store().counts()?.outbox, sent - 1);
    assert_eq!(steps.store().event(&second.signed.cid)?, None);
    let have = steps.store().base(&log)?.map(|base| base.have);
    assert_eq!(have, Some(1));
    steps.store().forget_history(&log, 3)?;
    // However they come now, in each log the order over all logs grows with the position.
    steps
        .store()
        .put_history(vec![(log.clone(), past[1..].to_vec())])?;
    steps
        .store()
        .put_history(vec![(other.clone(), rooms[2..].to_vec())])?;
    for (log, length) in [(&log, 4), (&other, 3)] {
        let events = log_events(steps.store(), log, 1..9)?;
        assert_eq!(events.len(), length);
        assert!(events.is_sorted_by(|a, b| a.ord < b.ord));
        steps.store().complete(log, Completion::default())?;
    }
    assert_eq!(ords(steps.store())?, (1..8).collect::<Vec<_>>());
    assert!(steps.store().event(&next.signed.cid)?.is_some());
    Ok(())
}

fn refused_again(steps: &mut Steps<'_>) -> Outcome {
    let (door, past, mut ada) = base("door")?;
    let log = door.log.clone();
    steps.store().start_from(vec![door.clone()])?;
    steps.store().put_history(vec![(log.clone(), past)])?;
    let next = ada.event(&log, &door.heads)?;
    let signed = next.signed.clone();
    let reason = "the update continues at another clock".to_owned();
    steps.store().quarantine(&QuarantinedEvent {
        signed: signed.clone(),
        reason,
    })?;
    let waits_for = door.heads[0].cid;
    let completion = Completion {
        state: Some(vec![2; 30]),
        again: vec![PendingEvent {
            signed: signed.clone(),
            waits_for,
        }],
    };
    steps.store().complete(&log, completion)?;
    assert_eq!(steps.store().quarantined()?, []);
    let waiting = steps.store().pending_for(&waits_for)?;
    assert_eq!(waiting.as_slice(), std::slice::from_ref(&signed));
    // What is folded after all leaves quarantine, too.
    let reason = "once more".to_owned();
    steps
        .store()
        .quarantine(&QuarantinedEvent { signed, reason })?;
    let commit = over(steps.store(), &log, vec![next])?;
    steps.store().commit(commit)?;
    let counts = steps.store().counts()?;
    assert_eq!((counts.pending, counts.quarantined), (0, 0));
    Ok(())
}
