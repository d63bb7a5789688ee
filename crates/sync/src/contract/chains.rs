//! What talking to a server needs: chains, events by chain, sending again, cursors, several logs at once.

use std::ops::Range;

use super::sample::{Writer, head, heads, log, log_on, over, snapshot, user};
use super::{BOUNDS, EventCase, Outcome, Steps, expect_conflict};
use crate::ports::{
    Checkpoint, Cursor, EventStore, ForkedEvent, Intake, LogKey, PendingEvent, QuarantinedEvent,
    StoreError, UndoChange, UndoSide,
};
use wissil_dag::ReplicaId;
use wissil_model::DocumentKind;

pub(super) const CASES: &[EventCase] = &[
    ("7.6 the chains of a log are a part of all", chains_of),
    ("7.1 all chains are listed with their ends, sorted", chains),
    ("7.2 the events of a chain come in order", chain_events),
    ("7.3 the outbox is read page by page", outbox_pages),
    ("7.4 what a server lost is sent again", requeue),
    (
        "7.5 what it lost in between is found and sent again",
        send_again,
    ),
    ("7.5 the place in a stream is kept", cursors),
    ("7.6 events are found with their heights", places),
    ("7.7 several logs are folded at once", several_logs),
    (
        "7.8 nothing is kept of several commits when one is refused",
        all_or_nothing,
    ),
    ("7.9 a batch is taken in whole", intake),
    (
        "7.10 nothing is kept of a batch that does not fit",
        refused_intake,
    ),
];

/// Two replicas in turns in two logs and on another branch.
fn prepared(steps: &mut Steps<'_>) -> Outcome<[Writer; 2]> {
    let mut writers = [Writer::new(1), Writer::new(2)];
    let logs = [log("door"), log("hall"), log_on("night", "door")];
    for (at, which) in [0, 0, 1, 0, 2, 0, 1, 0].into_iter().enumerate() {
        writers[at % 2].fold(steps.store(), &logs[which])?;
    }
    Ok(writers)
}

fn seqs_of(
    store: &dyn EventStore,
    log: &LogKey,
    replica: &ReplicaId,
    seqs: Range<u64>,
) -> Outcome<Vec<u64>> {
    let mut found = Vec::new();
    let mut in_order = Vec::new();
    store.chain_events(log, replica, seqs, &mut |stored| {
        in_order.push(stored.position);
        found.push(stored.signed);
        true
    })?;
    assert!(in_order.is_sorted());
    let seqs = found.iter().map(|signed| {
        let event = signed.open()?;
        assert_eq!(event.replica, *replica);
        Ok(event.seq)
    });
    seqs.collect()
}

fn chains(steps: &mut Steps<'_>) -> Outcome {
    assert_eq!(steps.store().chains()?, []);
    prepared(steps)?;
    let chains = steps.store().chains()?;
    assert_eq!(chains.len(), 4);
    assert!(chains.is_sorted_by_key(|(log, replica, _)| (log.clone(), *replica)));
    for (log, replica, tip) in chains {
        assert_eq!(steps.store().chain(&log, &replica)?, Some(tip));
    }
    Ok(())
}

fn chain_events(steps: &mut Steps<'_>) -> Outcome {
    let [ada, ben] = prepared(steps)?.map(|writer| writer.replica());
    let door = log("door");
    for (replica, range, expected) in [
        (ada, 0..u64::MAX, vec![1]),
        (ben, 1..u64::MAX, vec![1, 2, 3, 4]),
        (ben, 2..4, vec![2, 3]),
        (ben, 4..9, vec![4]),
        (ben, 5..9, vec![]),
        (ben, 3..3, vec![]),
    ] {
        let found = seqs_of(steps.store(), &door, &replica, range.clone())?;
        assert_eq!(found, expected, "{range:?}");
    }
    assert!(seqs_of(steps.store(), &log("attic"), &ada, 1..9)?.is_empty());
    let stranger = Writer::new(9).replica();
    assert!(seqs_of(steps.store(), &door, &stranger, 1..9)?.is_empty());
    let mut seen = 0;
    steps.store().chain_events(&door, &ben, 1..9, &mut |_| {
        seen += 1;
        seen < 2
    })?;
    assert_eq!(seen, 2);
    Ok(())
}

fn outbox_pages(steps: &mut Steps<'_>) -> Outcome {
    prepared(steps)?;
    let sent = steps.store().outbox(2, 1)?[0].signed.cid;
    steps.store().acknowledge(&[sent])?;
    for (after, limit, expected) in [
        (0, 3, vec![1, 2, 4]),
        (1, 3, vec![2, 4, 5]),
        (4, 100, vec![5, 6, 7, 8]),
        (7, 1, vec![8]),
        (8, 9, vec![]),
        (u64::MAX, 9, vec![]),
    ] {
        let page = steps.store().outbox(after, limit)?;
        let ords: Vec<_> = page.iter().map(|event| event.ord).collect();
        assert_eq!(ords, expected, "after {after}");
    }
    Ok(())
}

fn requeue(steps: &mut Steps<'_>) -> Outcome {
    let [ada, ben] = prepared(steps)?.map(|writer| writer.replica());
    let door = log("door");
    let all = steps.store().outbox(0, 100)?;
    let cids: Vec<_> = all.iter().map(|event| event.signed.cid).collect();
    steps.store().acknowledge(&cids)?;
    assert_eq!(steps.store().requeue(&door, &ben, 3)?, 2);
    assert_eq!(steps.store().requeue(&door, &ben, 2)?, 1);
    assert_eq!(steps.store().requeue(&door, &ben, 2)?, 0);
    assert_eq!(steps.store().requeue(&door, &ada, 2)?, 0);
    assert_eq!(steps.store().requeue(&log("attic"), &ada, 1)?, 0);
    let stranger = Writer::new(9).replica();
    assert_eq!(steps.store().requeue(&door, &stranger, 1)?, 0);
    let again = steps.store().outbox(0, 100)?;
    assert_eq!(again.len(), 3);
    assert!(
        again
            .iter()
            .all(|event| event.in_outbox && event.log == door)
    );
    assert_eq!(steps.store().counts()?.outbox, 3);
    let cids: Vec<_> = again.iter().map(|event| event.signed.cid).collect();
    steps.store().acknowledge(&cids)?;
    assert_eq!(steps.store().counts()?.outbox, 0);
    Ok(())
}

fn chains_of(steps: &mut Steps<'_>) -> Outcome {
    prepared(steps)?;
    let all = steps.store().chains()?;
    for log in [
        log("door"),
        log("hall"),
        log_on("night", "door"),
        log("attic"),
    ] {
        let mut of_log = steps.store().chains_of(&log)?;
        of_log.sort_by_key(|(replica, _)| *replica);
        let expected = all.iter().filter(|(key, ..)| *key == log);
        let expected: Vec<_> = expected
            .map(|(_, replica, tip)| (*replica, tip.clone()))
            .collect();
        assert_eq!(of_log, expected, "{log:?}");
    }
    Ok(())
}

fn send_again(steps: &mut Steps<'_>) -> Outcome {
    let [ada, ben] = prepared(steps)?.map(|writer| writer.replica());
    let all = steps.store().outbox(0, 100)?;
    let cids: Vec<_> = all.iter().map(|event| event.signed.cid).collect();
    assert_eq!(steps.store().acknowledged(0, 100)?, []);
    steps.store().acknowledge(&cids)?;
    let acknowledged = steps.store().acknowledged(0, 100)?;
    let found: Vec<_> = acknowledged
        .iter()
        .map(|event| (event.ord, event.cid))
        .collect();
    let expected: Vec<_> = all
        .iter()
        .map(|event| (event.ord, event.signed.cid))
        .collect();
    assert_eq!(found, expected);
    assert!(
        acknowledged
            .iter()
            .all(|event| [ada, ben].contains(&event.replica)
                && event.kind == DocumentKind::BLUEPRINT)
    );
    assert_eq!(steps.store().acknowledged(2, 2)?, acknowledged[2..4]);
    steps.store().send_again(&[3, 5, 3, 999])?;
    steps.store().send_again(&[5])?;
    let again = steps.store().outbox(0, 100)?;
    let ords: Vec<_> = again.iter().map(|event| event.ord).collect();
    assert_eq!(ords, [3, 5]);
    assert_eq!(steps.store().counts()?.outbox, 2);
    let left = steps.store().acknowledged(0, 100)?;
    assert_eq!(left.len(), acknowledged.len() - 2);
    Ok(())
}

fn cursors(steps: &mut Steps<'_>) -> Outcome {
    assert_eq!(steps.store().cursor("WISSIL_UNITY")?, None);
    for (incarnation, sequence, published) in [
        ("one", 0, 0),
        ("one", 5000, 1_796_040_000_123_456_789),
        ("two", 3, 0),
    ] {
        let cursor = Cursor {
            incarnation: incarnation.to_owned(),
            sequence,
            published,
        };
        steps.store().set_cursor("WISSIL_UNITY", &cursor)?;
        assert_eq!(steps.store().cursor("WISSIL_UNITY")?, Some(cursor));
        assert_eq!(steps.store().cursor("WISSIL_IGNIS")?, None);
    }
    Ok(())
}

fn places(steps: &mut Steps<'_>) -> Outcome {
    let mut writer = Writer::new(1);
    let (door, night) = (log("door"), log_on("night", "door"));
    writer.fold(steps.store(), &door)?;
    for log in [&door, &night] {
        let new = writer.fold(steps.store(), log)?;
        let place = steps.store().place(&new.signed.cid)?;
        assert_eq!(place, Some((log.clone(), new.height)));
    }
    let unknown = Writer::new(2).event(&door, &[])?.signed.cid;
    assert_eq!(steps.store().place(&unknown)?, None);
    Ok(())
}

fn several_logs(steps: &mut Steps<'_>) -> Outcome {
    let (mut ada, mut ben) = (Writer::new(1), Writer::new(2));
    let (door, hall) = (log("door"), log("hall"));
    assert!(steps.store().commit_all(Vec::new())?.is_empty());
    ada.fold(steps.store(), &door)?;
    let seen = heads(steps.store(), &door)?;
    let first = ben.event(&door, &seen)?;
    let second = ada.event(&door, &[head(&first)])?;
    let third = ben.event(&door, &[head(&second)])?;
    let elsewhere = [ada.event(&hall, &[])?, ben.event(&hall, &[])?];
    let mut commits = vec![
        over(steps.store(), &door, vec![first])?,
        over(steps.store(), &hall, elsewhere.to_vec())?,
        over(steps.store(), &door, vec![second])?,
        over(steps.store(), &door, vec![third.clone()])?,
    ];
    for commit in [2, 3] {
        commits[commit].heads = vec![head(&commits[commit].events[0])];
    }
    commits[2].undo = Some(UndoChange::Push {
        user: user("ada"),
        label: "Move".into(),
    });
    assert_eq!(steps.store().commit_all(commits)?, [2, 3, 5, 6]);
    assert_eq!(heads(steps.store(), &door)?, [head(&third)]);
    let counts = steps.store().counts()?;
    assert_eq!((counts.events, counts.outbox), (6, 6));
    let positions: Vec<_> = super::sample::log_events(steps.store(), &door, 1..9)?;
    let positions: Vec<_> = positions.iter().map(|it| (it.ord, it.position)).collect();
    assert_eq!(positions, [(1, 1), (2, 2), (5, 3), (6, 4)]);
    let entry = steps
        .store()
        .undo_entry(&door, &user("ada"), UndoSide::Done)?;
    assert_eq!(entry.map(|entry| entry.events.len()), Some(1));
    ada.fold(steps.store(), &hall)?;
    Ok(())
}

fn all_or_nothing(steps: &mut Steps<'_>) -> Outcome {
    let mut ada = Writer::new(1);
    let (door, hall) = (log("door"), log("hall"));
    ada.fold(steps.store(), &door)?;
    let before = snapshot(steps.store())?;
    let seen = heads(steps.store(), &door)?;
    let good = ada.event(&door, &seen)?;
    ada.event(&hall, &[])?;
    let gap = ada.event(&hall, &[])?;
    let commits = vec![
        over(steps.store(), &door, vec![good])?,
        over(steps.store(), &hall, vec![gap])?,
    ];
    expect_conflict(steps.store().commit_all(commits), "a gap in the second");
    assert_eq!(snapshot(steps.store())?, before);
    Ok(())
}

/// A batch in which an event is folded that waited, its twin is a fork, others wait or are refused.
fn batch(steps: &mut Steps<'_>) -> Outcome<Intake> {
    let (mut ada, mut ben) = (Writer::new(1), Writer::new(2));
    let door = log("door");
    let mut twin = ada.clone();
    let first = ada.event(&door, &[])?;
    let second = ada.event(&door, &[head(&first)])?;
    steps.store().put_pending(&PendingEvent {
        signed: second.signed.clone(),
        waits_for: first.signed.cid,
    })?;
    twin.update_bytes += 1;
    let fork = twin.event(&door, &[])?;
    let refused = ben.event(&door, &[])?;
    let later = ben.event(&door, &[])?;
    Ok(Intake {
        commits: vec![over(steps.store(), &door, vec![first, second])?],
        forks: vec![ForkedEvent {
            log: door.clone(),
            replica: ada.replica(),
            second: QuarantinedEvent {
                signed: fork.signed,
                reason: "two events claim one place".into(),
            },
        }],
        pending: vec![PendingEvent {
            waits_for: later.signed.cid,
            signed: later.signed,
        }],
        quarantined: vec![QuarantinedEvent {
            signed: refused.signed,
            reason: "no".into(),
        }],
        checkpoints: vec![(
            door,
            Checkpoint {
                position: 2,
                state: vec![3; 40],
            },
        )],
    })
}

fn intake(steps: &mut Steps<'_>) -> Outcome {
    let intake = batch(steps)?;
    assert_eq!(steps.store().take_in(intake.clone())?, [1]);
    assert_eq!(steps.store().pending()?, intake.pending);
    let itself = intake.pending[0].waits_for;
    assert_eq!(steps.store().pending_for(&itself)?.len(), 1);
    let counts = steps.store().counts()?;
    assert_eq!(
        (counts.events, counts.pending, counts.quarantined),
        (2, 1, 2)
    );
    let (log, checkpoint) = &intake.checkpoints[0];
    let kept = steps.store().checkpoint(log, 9)?;
    assert_eq!(kept.as_ref(), Some(checkpoint));
    let tip = steps.store().chain(log, &Writer::new(1).replica())?;
    assert!(tip.is_some_and(|tip| tip.frozen && tip.seq == 2));
    Ok(())
}

fn refused_intake(steps: &mut Steps<'_>) -> Outcome {
    let good = batch(steps)?;
    let before = snapshot(steps.store())?;
    let mut stranger = good.clone();
    stranger.forks[0].replica = Writer::new(9).replica();
    expect_conflict(steps.store().take_in(stranger), "a fork of no chain");
    let mut early = good.clone();
    early.checkpoints[0].1.position = 3;
    expect_conflict(steps.store().take_in(early), "a checkpoint of no events");
    let mut full = good.clone();
    let mut cem = Writer::new(3);
    for _ in 0..BOUNDS.pending {
        let signed = cem.event(&log("hall"), &[])?.signed;
        let waits_for = signed.cid;
        full.pending.push(PendingEvent { signed, waits_for });
    }
    match steps.store().take_in(full) {
        Err(StoreError::Io { .. }) => {}
        other => panic!("more than the bound: {other:?}"),
    }
    assert_eq!(snapshot(steps.store())?, before);
    steps.store().take_in(good)?;
    Ok(())
}
