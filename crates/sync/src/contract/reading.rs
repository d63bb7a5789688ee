//! Reading ranges, history and the outbox.

use super::sample::{Writer, log, log_events, log_on, over};
use super::{EventCase, Outcome, Steps};
use crate::ports::{LogKey, StoreCounts};
use wissil_dag::Cid;

pub(super) const CASES: &[EventCase] = &[
    (
        "3.1 a range of positions comes in order, ends clipped",
        ranges,
    ),
    ("3.2 reading a range stops when asked to", stops),
    (
        "3.3 history comes newest first, page by page",
        history_pages,
    ),
    (
        "3.4 the history of a document is that of all its branches",
        history_of_a_document,
    ),
    (
        "3.5 the outbox is looked at, never emptied by it",
        outbox_stays,
    ),
    (
        "3.6 acknowledged events leave the outbox, and only it",
        acknowledged_events_leave,
    ),
    (
        "3.7 other replicas' events are never in the outbox",
        others_are_not_sent,
    ),
];

/// Ten events in two documents, one of them on two branches; returns their CIDs by `ord - 1` and their logs.
fn prepared(steps: &mut Steps<'_>) -> Outcome<Vec<(LogKey, Cid)>> {
    let mut writer = Writer::new(1);
    let logs = [log("door"), log("hall"), log_on("night", "door")];
    let mut events = Vec::new();
    for which in [0, 0, 1, 2, 0, 1, 1, 2, 2, 0] {
        let new = writer.fold(steps.store(), &logs[which])?;
        events.push((logs[which].clone(), new.signed.cid));
    }
    Ok(events)
}

fn ranges(steps: &mut Steps<'_>) -> Outcome {
    prepared(steps)?;
    let log = log("door");
    for (range, expected) in [
        (0..u64::MAX, vec![1, 2, 3, 4]),
        (1..5, vec![1, 2, 3, 4]),
        (2..4, vec![2, 3]),
        (4..5, vec![4]),
        (5..9, vec![]),
        (0..1, vec![]),
        (3..3, vec![]),
        (u64::MAX - 1..u64::MAX, vec![]),
    ] {
        let events = log_events(steps.store(), &log, range.clone())?;
        let positions: Vec<_> = events.iter().map(|event| event.position).collect();
        assert_eq!(positions, expected, "{range:?}");
        assert!(events.iter().all(|event| event.log == log));
    }
    Ok(())
}

fn stops(steps: &mut Steps<'_>) -> Outcome {
    prepared(steps)?;
    let mut seen = Vec::new();
    steps.store().log_events(&log("door"), 1..5, &mut |event| {
        seen.push(event.position);
        seen.len() < 2
    })?;
    assert_eq!(seen, [1, 2]);
    Ok(())
}

fn history_pages(steps: &mut Steps<'_>) -> Outcome {
    let events = prepared(steps)?;
    let mut before = None;
    let mut seen = Vec::new();
    loop {
        let page = steps.store().history(before, 3, None)?;
        let Some(last) = page.last() else { break };
        before = Some(last.ord);
        seen.extend(
            page.iter()
                .map(|event| (event.log.clone(), event.signed.cid)),
        );
    }
    seen.reverse();
    assert_eq!(seen, events);
    assert_eq!(steps.store().history(None, 0, None)?, []);
    assert_eq!(steps.store().history(Some(1), 5, None)?, []);
    assert_eq!(steps.store().history(Some(0), 5, None)?, []);
    assert_eq!(
        steps
            .store()
            .history(Some(u64::MAX), usize::MAX, None)?
            .len(),
        10
    );
    Ok(())
}

fn history_of_a_document(steps: &mut Steps<'_>) -> Outcome {
    let events = prepared(steps)?;
    let (door, hall, attic) = (log("door"), log("hall"), log("attic"));
    for log in [&door, &hall, &attic] {
        let mut expected: Vec<_> = (1..)
            .zip(&events)
            .filter(|(_, (of, _))| of.document == log.document)
            .map(|(ord, (_, cid))| (ord, *cid))
            .collect();
        expected.reverse();
        for before in (0..12).map(Some).chain([None]) {
            for limit in [0, 1, 2, 100] {
                let found = steps.store().history(before, limit, Some(&log.document))?;
                let found: Vec<_> = found.iter().map(|it| (it.ord, it.signed.cid)).collect();
                let older = |(ord, _): &&(u64, Cid)| before.is_none_or(|before| *ord < before);
                let expected: Vec<_> = expected.iter().filter(older).take(limit).copied().collect();
                assert_eq!(found, expected, "before {before:?}, limit {limit}");
            }
        }
    }
    Ok(())
}

fn outbox_stays(steps: &mut Steps<'_>) -> Outcome {
    let events = prepared(steps)?;
    for limit in [0, 1, 4, 4, 10, usize::MAX] {
        let oldest = steps.store().outbox(0, limit)?;
        let cids: Vec<_> = oldest.iter().map(|event| event.signed.cid).collect();
        let expected: Vec<_> = events.iter().map(|(_, cid)| *cid).take(limit).collect();
        assert_eq!(cids, expected);
        assert!(oldest.iter().all(|event| event.in_outbox));
    }
    Ok(())
}

fn acknowledged_events_leave(steps: &mut Steps<'_>) -> Outcome {
    let events: Vec<_> = prepared(steps)?.iter().map(|(_, cid)| *cid).collect();
    let unknown = Writer::new(9).event(&log("door"), &[])?.signed.cid;
    let foreign = wissil_dag::cid_of(wissil_dag::Codec::RAW, b"no event");
    steps
        .store()
        .acknowledge(&[events[4], unknown, events[1], events[4], foreign])?;
    steps.store().acknowledge(&[events[1]])?;
    steps.store().acknowledge(&[])?;
    let left = steps.store().outbox(0, 100)?;
    let ords: Vec<_> = left.iter().map(|event| event.ord).collect();
    assert_eq!(ords, [1, 3, 4, 6, 7, 8, 9, 10]);
    let counts = StoreCounts {
        events: 10,
        outbox: 8,
        ..StoreCounts::default()
    };
    assert_eq!(steps.store().counts()?, counts);
    let stored = steps.store().event(&events[4])?.ok_or("the event left")?;
    assert!(!stored.in_outbox);
    let history = steps.store().history(None, 100, None)?;
    let sent: Vec<_> = history.iter().filter(|event| !event.in_outbox).collect();
    assert_eq!(sent.len(), 2);
    steps.store().acknowledge(&events)?;
    assert_eq!(steps.store().counts()?.outbox, 0);
    assert_eq!(steps.store().outbox(0, 100)?, []);
    Ok(())
}

fn others_are_not_sent(steps: &mut Steps<'_>) -> Outcome {
    let (mut ada, mut ben) = (Writer::new(1), Writer::new(2));
    let log = log("door");
    ada.fold(steps.store(), &log)?;
    let heads = super::sample::heads(steps.store(), &log)?;
    let mut arrived = ben.event(&log, &heads)?;
    arrived.outbox = false;
    let commit = over(steps.store(), &log, vec![arrived.clone()])?;
    steps.store().commit(commit)?;
    ada.fold(steps.store(), &log)?;
    let outbox = steps.store().outbox(0, 10)?;
    let ords: Vec<_> = outbox.iter().map(|event| event.ord).collect();
    assert_eq!(ords, [1, 3]);
    let stored = steps.store().event(&arrived.signed.cid)?;
    assert_eq!(stored.map(|event| event.in_outbox), Some(false));
    assert_eq!(steps.store().counts()?.outbox, 2);
    Ok(())
}
