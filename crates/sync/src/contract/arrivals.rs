//! Events that are not folded: pending, refused, forked.

use super::sample::{Writer, head, heads, log, over, snapshot};
use super::{BOUNDS, EventCase, Outcome, Steps, expect_conflict};
use crate::ports::{NewEvent, PendingEvent, QuarantinedEvent, StoreError};
use wissil_dag::Cid;

pub(super) const CASES: &[EventCase] = &[
    (
        "6.1 pending events are kept in order and found by what they wait for",
        pending,
    ),
    (
        "6.2 a pending event that comes again waits for something else",
        pending_again,
    ),
    ("6.3 the pending set is bounded", bounded),
    ("6.4 an event that is folded is no longer pending", folded),
    (
        "6.5 refused events are kept with the reason, and are not pending",
        quarantine,
    ),
    (
        "6.8 quarantine is bounded: the oldest go",
        quarantine_bounded,
    ),
    (
        "6.6 a frozen chain takes no events, its fork is in quarantine",
        freeze,
    ),
    (
        "6.7 a chain that is not there cannot be frozen",
        freeze_refused,
    ),
];

/// An event and those after it in its chain.
fn chain(events: usize) -> Outcome<Vec<NewEvent>> {
    let mut writer = Writer::new(5);
    let mut chain = vec![writer.event(&log("door"), &[])?];
    for at in 1..events {
        chain.push(writer.event(&log("door"), &[head(&chain[at - 1])])?);
    }
    Ok(chain)
}

fn waiting(new: &NewEvent, waits_for: Cid) -> PendingEvent {
    PendingEvent {
        signed: new.signed.clone(),
        waits_for,
    }
}

fn refused(new: &NewEvent, reason: &str) -> QuarantinedEvent {
    QuarantinedEvent {
        signed: new.signed.clone(),
        reason: reason.to_owned(),
    }
}

fn pending(steps: &mut Steps<'_>) -> Outcome {
    let chain = chain(4)?;
    let (first, second) = (chain[0].signed.cid, chain[1].signed.cid);
    let kept = [
        waiting(&chain[3], first),
        waiting(&chain[2], second),
        waiting(&chain[1], first),
    ];
    for pending in &kept {
        steps.store().put_pending(pending)?;
    }
    assert_eq!(steps.store().pending()?, kept);
    let signed = |at: usize| chain[at].signed.clone();
    assert_eq!(steps.store().pending_for(&first)?, [signed(3), signed(1)]);
    assert_eq!(steps.store().pending_for(&second)?, [signed(2)]);
    assert_eq!(steps.store().pending_for(&chain[3].signed.cid)?, []);
    assert_eq!(steps.store().counts()?.pending, 3);
    assert_eq!(steps.store().event(&chain[1].signed.cid)?, None);
    Ok(())
}

fn pending_again(steps: &mut Steps<'_>) -> Outcome {
    let chain = chain(4)?;
    let (first, third) = (chain[0].signed.cid, chain[2].signed.cid);
    steps.store().put_pending(&waiting(&chain[3], first))?;
    steps.store().put_pending(&waiting(&chain[1], first))?;
    steps.store().put_pending(&waiting(&chain[3], third))?;
    let kept = [waiting(&chain[3], third), waiting(&chain[1], first)];
    assert_eq!(steps.store().pending()?, kept);
    assert_eq!(
        steps.store().pending_for(&first)?,
        [chain[1].signed.clone()]
    );
    assert_eq!(steps.store().counts()?.pending, 2);
    Ok(())
}

fn bounded(steps: &mut Steps<'_>) -> Outcome {
    let bound = usize::try_from(BOUNDS.pending)?;
    let chain = chain(bound + 2)?;
    let first = chain[0].signed.cid;
    for new in &chain[1..=bound] {
        steps.store().put_pending(&waiting(new, first))?;
    }
    let before = snapshot(steps.store())?;
    let one_more = waiting(&chain[bound + 1], first);
    match steps.store().put_pending(&one_more) {
        Err(StoreError::Io { .. }) => {}
        other => panic!("one more than the bound: {other:?}"),
    }
    assert_eq!(snapshot(steps.store())?, before);
    steps.store().put_pending(&waiting(&chain[1], first))?;
    steps.store().quarantine(&refused(&chain[1], "no"))?;
    steps.store().put_pending(&one_more)?;
    assert_eq!(steps.store().counts()?.pending, BOUNDS.pending);
    Ok(())
}

fn folded(steps: &mut Steps<'_>) -> Outcome {
    let (chain, log) = (chain(4)?, log("door"));
    for pair in chain.windows(2) {
        steps
            .store()
            .put_pending(&waiting(&pair[1], pair[0].signed.cid))?;
    }
    let commit = over(steps.store(), &log, chain[..1].to_vec())?;
    steps.store().commit(commit)?;
    assert_eq!(steps.store().counts()?.pending, 3);
    let commit = over(steps.store(), &log, chain[1..3].to_vec())?;
    steps.store().commit(commit)?;
    let left = waiting(&chain[3], chain[2].signed.cid);
    assert_eq!(steps.store().pending()?, [left]);
    let again = waiting(&chain[1], chain[0].signed.cid);
    expect_conflict(steps.store().put_pending(&again), "a folded event");
    assert_eq!(steps.store().counts()?.pending, 1);
    Ok(())
}

fn quarantine(steps: &mut Steps<'_>) -> Outcome {
    let chain = chain(3)?;
    steps
        .store()
        .put_pending(&waiting(&chain[1], chain[0].signed.cid))?;
    steps
        .store()
        .quarantine(&refused(&chain[2], "the update is broken"))?;
    steps.store().quarantine(&refused(&chain[1], "zu groß"))?;
    steps
        .store()
        .quarantine(&refused(&chain[2], "another reason"))?;
    let kept = [
        refused(&chain[2], "another reason"),
        refused(&chain[1], "zu groß"),
    ];
    assert_eq!(steps.store().quarantined()?, kept);
    assert_eq!(steps.store().pending()?, []);
    let counts = steps.store().counts()?;
    assert_eq!(
        (counts.pending, counts.quarantined, counts.events),
        (0, 2, 0)
    );
    assert_eq!(steps.store().event(&chain[1].signed.cid)?, None);
    Ok(())
}

fn quarantine_bounded(steps: &mut Steps<'_>) -> Outcome {
    let bound = usize::try_from(BOUNDS.quarantined)?;
    let chain = chain(bound + 3)?;
    for new in &chain[..bound] {
        steps.store().quarantine(&refused(new, "no"))?;
    }
    // The same again takes no room.
    steps.store().quarantine(&refused(&chain[0], "no"))?;
    assert!(steps.store().is_quarantined(&chain[0].signed.cid)?);
    for new in &chain[bound..bound + 2] {
        steps.store().quarantine(&refused(new, "no"))?;
    }
    let kept: Vec<_> = chain[2..bound + 2]
        .iter()
        .map(|new| refused(new, "no"))
        .collect();
    assert_eq!(steps.store().quarantined()?, kept);
    assert!(!steps.store().is_quarantined(&chain[1].signed.cid)?);
    assert_eq!(steps.store().counts()?.quarantined, BOUNDS.quarantined);
    // Bytes count, too.
    let mut large = Writer::new(6);
    large.update_bytes = usize::try_from(BOUNDS.quarantined_bytes)? * 3 / 5;
    let large = [
        large.event(&log("door"), &[])?,
        large.event(&log("door"), &[])?,
    ];
    for new in &large {
        steps.store().quarantine(&refused(new, "no"))?;
    }
    assert_eq!(steps.store().quarantined()?, [refused(&large[1], "no")]);
    Ok(())
}

fn freeze(steps: &mut Steps<'_>) -> Outcome {
    let (mut ada, mut ben) = (Writer::new(1), Writer::new(2));
    let (log, hall) = (log("door"), log("hall"));
    ada.fold(steps.store(), &log)?;
    ada.fold(steps.store(), &hall)?;
    let mut twin = ada.clone();
    ada.fold(steps.store(), &log)?;
    let first = ada.fold(steps.store(), &log)?;
    twin.update_bytes += 1;
    let fork = twin.event(&log, &[])?;
    steps
        .store()
        .put_pending(&waiting(&fork, first.signed.cid))?;

    for _ in 0..2 {
        let second = refused(&fork, "two events claim one place");
        steps.store().freeze(&log, &ada.replica(), &second)?;
        let tip = steps
            .store()
            .chain(&log, &ada.replica())?
            .ok_or("the chain is gone")?;
        assert!(tip.frozen);
        assert_eq!((tip.cid, tip.seq), (first.signed.cid, 3));
        assert_eq!(steps.store().quarantined()?, [second]);
        assert_eq!(steps.store().pending()?, []);
    }
    let seen = heads(steps.store(), &log)?;
    let next = ada.event(&log, &seen)?;
    let commit = over(steps.store(), &log, vec![next])?;
    expect_conflict(steps.store().commit(commit), "an event of a frozen chain");
    ben.fold(steps.store(), &log)?;
    ada.fold(steps.store(), &hall)?;
    let other = steps.store().chain(&hall, &ada.replica())?;
    assert_eq!(other.map(|tip| (tip.seq, tip.frozen)), Some((2, false)));
    Ok(())
}

fn freeze_refused(steps: &mut Steps<'_>) -> Outcome {
    let (mut ada, ben) = (Writer::new(1), Writer::new(2));
    let log = log("door");
    let new = ada.fold(steps.store(), &log)?;
    let before = snapshot(steps.store())?;
    let second = refused(&new, "no");
    let store = steps.store();
    expect_conflict(
        store.freeze(&log, &ben.replica(), &second),
        "an unknown replica",
    );
    let attic = super::sample::log("attic");
    expect_conflict(
        store.freeze(&attic, &ada.replica(), &second),
        "an unknown log",
    );
    assert_eq!(snapshot(steps.store())?, before);
    Ok(())
}
