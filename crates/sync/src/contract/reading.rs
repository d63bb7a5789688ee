//! Reading ranges, history and the outbox.

use super::sample::{Writer, log, log_events, log_on, ords, over};
use super::{EventCase, Outcome, Steps};
use crate::ports::{LogKey, Moment, StoreCounts};
use wissil_dag::Cid;

pub(super) const CASES: &[EventCase] = &[
    (
        "3.1 a range of positions comes in order, ends clipped",
        ranges,
    ),
    ("3.2 reading stops when asked to", stops),
    (
        "3.3 history comes newest first, page by page",
        history_pages,
    ),
    (
        "3.4 the history of a document is that of all its branches",
        history_of_a_document,
    ),
    (
        "3.8 what an event builds on is before it in history, and time decides the rest",
        history_in_time,
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
    let all = prepared(steps)?;
    let mut seen = Vec::new();
    steps.store().log_events(&log("door"), 1..5, &mut |event| {
        seen.push(event.position);
        seen.len() < 2
    })?;
    assert_eq!(seen, [1, 2]);
    let mut seen = Vec::new();
    steps.store().events(&mut |event| {
        seen.push((event.log, event.signed.cid));
        seen.len() < 4
    })?;
    assert_eq!(seen, all[..4]);
    assert_eq!(ords(steps.store())?, (1..=10).collect::<Vec<_>>());
    Ok(())
}

fn history_pages(steps: &mut Steps<'_>) -> Outcome {
    let events = prepared(steps)?;
    let all = moments(steps, events)?;
    let mut before = None;
    let mut seen = Vec::new();
    loop {
        let page = steps.store().history(before.as_ref(), 3, None)?;
        let Some(last) = page.last() else { break };
        before = steps.store().moment(&last.signed.cid)?;
        seen.extend(page.iter().map(|event| event.signed.cid));
    }
    seen.reverse();
    let cids: Vec<_> = all.iter().map(|(moment, _)| moment.cid).collect();
    assert_eq!(seen, cids);
    assert_eq!(steps.store().history(None, 0, None)?, []);
    assert_eq!(steps.store().history(Some(&all[0].0), 5, None)?, []);
    let (at, height) = (u64::MAX, 0);
    let end = Moment {
        at,
        height,
        ..all[0].0
    };
    let whole = steps.store().history(Some(&end), usize::MAX, None)?;
    assert_eq!(whole.len(), 10);
    let unknown = Writer::new(9).event(&log("door"), &[])?.signed.cid;
    assert_eq!(steps.store().moment(&unknown)?, None);
    Ok(())
}

/// The moments of events and the documents of their logs, sorted. A clock that goes on says all there is to say.
fn moments(steps: &mut Steps<'_>, events: Vec<(LogKey, Cid)>) -> Outcome<Vec<(Moment, LogKey)>> {
    let mut moments = Vec::new();
    for (log, cid) in events {
        let stored = steps.store().event(&cid)?.ok_or("the event left")?;
        let event = stored.signed.open()?;
        let moment = Moment {
            at: event.time,
            height: event.height,
            cid,
        };
        assert_eq!(steps.store().moment(&cid)?, Some(moment));
        moments.push((moment, log));
    }
    moments.sort();
    Ok(moments)
}

fn history_in_time(steps: &mut Steps<'_>) -> Outcome {
    let (mut ada, mut ben, mut cleo) = (Writer::new(1), Writer::new(2), Writer::new(3));
    (ada.clock, ben.clock, cleo.clock) = (1000, 5000, 3000);
    let (door, hall) = (log("door"), log("hall"));
    // Ada's clock is slow: she makes hers after she saw Ben's. Cleo's comes last and is older than both.
    let bens = ben.fold(steps.store(), &door)?;
    let adas = ada.fold(steps.store(), &door)?;
    let adas_next = ada.fold(steps.store(), &door)?;
    let cleos = cleo.fold(steps.store(), &hall)?;
    let adas_other = ada.fold(steps.store(), &hall)?;
    assert_eq!(steps.store().last_ord()?, 5);
    let history = steps.store().history(None, 9, None)?;
    let found: Vec<_> = history.iter().map(|event| event.signed.cid).collect();
    let expected = [&adas_next, &adas, &bens, &adas_other, &cleos];
    assert_eq!(found, expected.map(|new| new.signed.cid));
    let at = |steps: &mut Steps<'_>, cid| -> Outcome<_> {
        Ok(steps.store().moment(cid)?.map(|moment| moment.at))
    };
    assert_eq!(at(steps, &adas_next.signed.cid)?, Some(5001));
    assert_eq!(at(steps, &adas_other.signed.cid)?, Some(3001));
    Ok(())
}

fn history_of_a_document(steps: &mut Steps<'_>) -> Outcome {
    let events = prepared(steps)?;
    let all = moments(steps, events)?;
    let (door, hall, attic) = (log("door"), log("hall"), log("attic"));
    for log in [&door, &hall, &attic] {
        let of_log = |(_, of): &&(Moment, LogKey)| of.document == log.document;
        let expected = all.iter().rev().filter(of_log).map(|(moment, _)| *moment);
        let expected: Vec<Moment> = expected.collect();
        for before in all.iter().map(|(moment, _)| Some(moment)).chain([None]) {
            for limit in [0, 1, 2, 100] {
                let found = steps.store().history(before, limit, Some(&log.document))?;
                let found: Vec<_> = found.iter().map(|it| it.signed.cid).collect();
                let older = |moment: &&Moment| before.is_none_or(|before| *moment < before);
                let expected = expected.iter().filter(older).take(limit);
                let expected: Vec<_> = expected.map(|moment| moment.cid).collect();
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
