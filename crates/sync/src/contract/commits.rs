//! Commits: events, positions, heads and chains.

use super::sample::{Writer, head, heads, log, log_events, log_on, over, session};
use super::{EventCase, Outcome, Steps};
use crate::ports::{ChainState, StoreCounts};
use wissil_model::DocumentKind;

pub(super) const CASES: &[EventCase] = &[
    ("1.1 a new store is empty", new_store_is_empty),
    ("1.2 a commit folds an event", folds_an_event),
    (
        "1.3 ords run over all logs, positions in each",
        ords_and_positions,
    ),
    (
        "1.4 concurrent chains are two heads until one builds on both",
        heads_follow_the_events,
    ),
    (
        "1.5 one commit takes events of several chains",
        several_chains_in_one_commit,
    ),
    (
        "1.6 chains of one replica in other logs are others",
        chains_are_per_log,
    ),
    (
        "1.7 a log keeps the kind of its first commit",
        kinds_are_kept,
    ),
    ("1.8 events of the greatest size are kept", large_events),
];

fn new_store_is_empty(steps: &mut Steps<'_>) -> Outcome {
    let mut writer = Writer::new(1);
    let log = log("door");
    let unknown = writer.event(&log, &[])?.signed.cid;
    let store = steps.store();
    assert_eq!(*store.session(), session());
    assert_eq!(store.logs()?, []);
    assert_eq!(store.log(&log)?, None);
    assert_eq!(store.chain(&log, &writer.replica())?, None);
    assert_eq!(store.event(&unknown)?, None);
    assert_eq!(log_events(store, &log, 0..u64::MAX)?, []);
    assert_eq!(store.history(None, 10, None)?, []);
    assert_eq!(store.outbox(0, 10)?, []);
    assert_eq!(store.pending()?, []);
    assert_eq!(store.quarantined()?, []);
    assert_eq!(store.counts()?, StoreCounts::default());
    Ok(())
}

fn folds_an_event(steps: &mut Steps<'_>) -> Outcome {
    let mut writer = Writer::new(1);
    let log = log("door");
    let new = writer.event(&log, &[])?;
    let commit = over(steps.store(), &log, vec![new.clone()])?;
    assert_eq!(steps.store().commit(commit)?, 1);

    let stored = steps.store().event(&new.signed.cid)?;
    let stored = stored.ok_or("the event is not there")?;
    assert_eq!((stored.ord, stored.position), (1, 1));
    assert_eq!(stored.log, log);
    assert_eq!(stored.signed, new.signed);
    assert!(stored.in_outbox);
    let state = steps.store().log(&log)?.ok_or("the log is not there")?;
    assert_eq!((state.kind, state.length), (DocumentKind::BLUEPRINT, 1));
    assert_eq!(state.heads, [head(&new)]);
    let chain = ChainState {
        cid: new.signed.cid,
        seq: 1,
        height: 1,
        frozen: false,
    };
    assert_eq!(steps.store().chain(&log, &writer.replica())?, Some(chain));
    assert_eq!(steps.store().logs()?, [(log, state)]);
    let counts = StoreCounts {
        events: 1,
        outbox: 1,
        ..StoreCounts::default()
    };
    assert_eq!(steps.store().counts()?, counts);
    Ok(())
}

fn ords_and_positions(steps: &mut Steps<'_>) -> Outcome {
    let mut writer = Writer::new(1);
    let logs = [log("door"), log("hall"), log_on("night", "door")];
    let mut expected: Vec<(usize, _, u64, u64)> = Vec::new();
    for (ord, which) in (1..).zip([0, 1, 0, 2, 1, 0, 2]) {
        let new = writer.fold(steps.store(), &logs[which])?;
        let position = 1 + expected.iter().filter(|(log, ..)| *log == which).count() as u64;
        expected.push((which, new.signed.cid, ord, position));
    }
    for (which, cid, ord, position) in expected {
        let stored = steps.store().event(&cid)?.ok_or("an event is missing")?;
        assert_eq!((stored.ord, stored.position), (ord, position));
        assert_eq!(stored.log, logs[which]);
    }
    let lengths: Vec<_> = steps.store().logs()?;
    let lengths: Vec<_> = lengths
        .iter()
        .map(|(log, state)| (log, state.length))
        .collect();
    assert_eq!(lengths, [(&logs[0], 3), (&logs[1], 2), (&logs[2], 2)]);
    Ok(())
}

fn heads_follow_the_events(steps: &mut Steps<'_>) -> Outcome {
    let (mut ada, mut ben) = (Writer::new(1), Writer::new(2));
    let log = log("door");
    let first = ada.fold(steps.store(), &log)?;
    let left = ada.event(&log, &[head(&first)])?;
    let right = ben.event(&log, &[head(&first)])?;
    for new in [&left, &right] {
        let commit = over(steps.store(), &log, vec![new.clone()])?;
        steps.store().commit(commit)?;
    }
    let mut both = vec![head(&left), head(&right)];
    both.sort();
    assert_eq!(heads(steps.store(), &log)?, both);

    let merge = ben.event(&log, &both)?;
    let commit = over(steps.store(), &log, vec![merge.clone()])?;
    steps.store().commit(commit)?;
    assert_eq!(heads(steps.store(), &log)?, [head(&merge)]);

    // Given in any order, they come sorted.
    let (mut cem, mut dia) = (Writer::new(3), Writer::new(4));
    let news = vec![cem.event(&log, &[])?, dia.event(&log, &[])?];
    let mut commit = over(steps.store(), &log, news)?;
    commit.heads.reverse();
    steps.store().commit(commit.clone())?;
    commit.heads.sort();
    assert_eq!(heads(steps.store(), &log)?, commit.heads);
    Ok(())
}

fn several_chains_in_one_commit(steps: &mut Steps<'_>) -> Outcome {
    let (mut ada, mut ben) = (Writer::new(1), Writer::new(2));
    let log = log("door");
    let mut news = Vec::new();
    let mut seen = Vec::new();
    for at in 0..9 {
        let writer = if at % 3 == 0 { &mut ben } else { &mut ada };
        let new = writer.event(&log, &seen)?;
        seen = vec![head(&new)];
        news.push(new);
    }
    let commit = over(steps.store(), &log, news.clone())?;
    assert_eq!(steps.store().commit(commit)?, 1);
    let stored = log_events(steps.store(), &log, 1..10)?;
    let cids: Vec<_> = stored.iter().map(|event| event.signed.cid).collect();
    assert_eq!(
        cids,
        news.iter().map(|new| new.signed.cid).collect::<Vec<_>>()
    );
    for (writer, seq) in [(&ada, 6), (&ben, 3)] {
        let chain = steps.store().chain(&log, &writer.replica())?;
        assert_eq!(chain.map(|chain| chain.seq), Some(seq));
    }
    let next = ada.event(&log, &seen)?;
    let commit = over(steps.store(), &log, vec![next])?;
    assert_eq!(steps.store().commit(commit)?, 10);
    Ok(())
}

fn chains_are_per_log(steps: &mut Steps<'_>) -> Outcome {
    let mut writer = Writer::new(1);
    let logs = [log("door"), log("hall"), log_on("night", "door")];
    for _ in 0..2 {
        for log in &logs {
            writer.fold(steps.store(), log)?;
        }
    }
    for log in &logs {
        let chain = steps.store().chain(log, &writer.replica())?;
        assert_eq!(chain.map(|chain| chain.seq), Some(2));
        assert_eq!(steps.store().chain(log, &Writer::new(2).replica())?, None);
    }
    Ok(())
}

fn kinds_are_kept(steps: &mut Steps<'_>) -> Outcome {
    for kind in DocumentKind::all() {
        let log = log(kind.name());
        let new = Writer::new(1).event(&log, &[])?;
        let mut commit = over(steps.store(), &log, vec![new])?;
        commit.kind = kind;
        steps.store().commit(commit)?;
        let state = steps.store().log(&log)?.ok_or("the log is not there")?;
        assert_eq!(state.kind, kind);
    }
    Ok(())
}

fn large_events(steps: &mut Steps<'_>) -> Outcome {
    let mut writer = Writer::new(1);
    writer.update_bytes = wissil_dag::MAX_EVENT_BYTES - 1000;
    let log = log("door");
    for _ in 0..3 {
        let new = writer.fold(steps.store(), &log)?;
        let stored = steps.store().event(&new.signed.cid)?;
        assert_eq!(stored.map(|event| event.signed), Some(new.signed));
    }
    Ok(())
}
