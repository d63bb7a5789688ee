//! Commits that do not fit: refused, and nothing of them is kept.

use super::sample::{Writer, head, log, over, snapshot, user};
use super::{EventCase, Outcome, Steps, expect_conflict};
use crate::ports::{Commit, EventStore, Head, NewEvent, UndoChange, UndoSide};
use wissil_model::DocumentKind;

pub(super) const CASES: &[EventCase] = &[
    (
        "2.1 an event that does not continue its chain is a conflict",
        wrong_chain,
    ),
    ("2.2 an event that is folded is a conflict", duplicates),
    (
        "2.3 an event that says something else than the commit is a conflict",
        wrong_content,
    ),
    ("2.4 heads that cannot be are a conflict", wrong_heads),
    (
        "2.5 a commit without events, or of another kind, is a conflict",
        wrong_commit,
    ),
    (
        "2.6 the first log of a refused commit is not there",
        no_empty_log,
    ),
    (
        "2.7 nothing of a commit is kept when its last part is refused",
        all_or_nothing,
    ),
];

/// A store with one log of three events, and the writer who continues it.
fn prepared(steps: &mut Steps<'_>) -> Outcome<Writer> {
    let mut writer = Writer::new(1);
    for _ in 0..3 {
        writer.gesture(steps.store(), &log("door"), &user("ada"), "Move")?;
    }
    Ok(writer)
}

fn refused(steps: &mut Steps<'_>, commit: Commit, what: &str) -> Outcome {
    let before = snapshot(steps.store())?;
    expect_conflict(steps.store().commit(commit), what);
    assert_eq!(snapshot(steps.store())?, before, "{what} left something");
    Ok(())
}

fn next(steps: &mut Steps<'_>, writer: &mut Writer) -> Outcome<(Commit, NewEvent)> {
    let log = log("door");
    let heads = super::sample::heads(steps.store(), &log)?;
    let new = writer.event(&log, &heads)?;
    Ok((over(steps.store(), &log, vec![new.clone()])?, new))
}

fn wrong_chain(steps: &mut Steps<'_>) -> Outcome {
    let writer = prepared(steps)?;
    let mut ahead = writer.clone();
    next(steps, &mut ahead)?;
    let (commit, _) = next(steps, &mut ahead)?;
    refused(steps, commit, "a number left out")?;

    let mut fresh = Writer::new(1);
    let (commit, _) = next(steps, &mut fresh)?;
    refused(steps, commit, "the first number again")?;
    let (mut second, _) = next(steps, &mut fresh)?;
    let (third, fourth) = (next(steps, &mut fresh)?, next(steps, &mut fresh)?);
    refused(steps, fourth.0, "another event before")?;
    second.events.push(third.1);
    refused(steps, second, "numbers that are behind")?;

    let (commit, _) = next(steps, &mut writer.clone())?;
    steps.store().commit(commit)?;
    Ok(())
}

fn duplicates(steps: &mut Steps<'_>) -> Outcome {
    let mut writer = prepared(steps)?;
    let (commit, new) = next(steps, &mut writer)?;
    steps.store().commit(commit.clone())?;
    refused(steps, commit, "the same commit again")?;

    let (mut twice, new_twice) = next(steps, &mut writer)?;
    twice.events.push(new_twice);
    refused(steps, twice, "one event twice in a commit")?;

    // Under a number that would fit.
    let (mut commit, _) = next(steps, &mut writer.clone())?;
    commit.events = vec![NewEvent { seq: 5, ..new }];
    refused(steps, commit, "a folded event as the next")
}

fn wrong_content(steps: &mut Steps<'_>) -> Outcome {
    let mut writer = prepared(steps)?;
    let (good, new) = next(steps, &mut writer)?;
    let with = |change: &dyn Fn(&mut NewEvent)| {
        let mut commit = good.clone();
        change(&mut commit.events[0]);
        commit.heads = vec![head(&commit.events[0])];
        commit
    };
    refused(steps, with(&|new| new.seq += 1), "another number")?;
    refused(steps, with(&|new| new.height += 1), "another height")?;
    let other = Writer::new(2).replica();
    refused(steps, with(&|new| new.replica = other), "another replica")?;

    let elsewhere = Writer::new(3).event(&log("hall"), &[])?;
    let mut commit = good.clone();
    commit.events.push(elsewhere);
    refused(steps, commit, "an event of another log")?;
    let mut commit = good.clone();
    commit.events[0].signed.block = new.signed.block[..20].into();
    refused(steps, commit, "half a block")?;
    steps.store().commit(good)?;
    Ok(())
}

fn wrong_heads(steps: &mut Steps<'_>) -> Outcome {
    let mut writer = prepared(steps)?;
    let (good, new) = next(steps, &mut writer)?;
    let stored = super::sample::log_events(steps.store(), &log("door"), 1..2)?;
    let first = stored.first().ok_or("the first event is missing")?;
    let covered = Head {
        cid: first.signed.cid,
        height: 1,
    };
    let unknown = head(&Writer::new(9).event(&log("door"), &[])?);
    let own = head(&new);
    let lifted = Head {
        height: own.height + 1,
        ..own.clone()
    };
    for (heads, what) in [
        (vec![], "no heads"),
        (vec![own.clone(), own.clone()], "a head twice"),
        (vec![own.clone(), unknown], "an unknown head"),
        (vec![own.clone(), covered], "a head that others build on"),
        (vec![lifted], "a head with another height"),
    ] {
        let commit = Commit {
            heads,
            ..good.clone()
        };
        refused(steps, commit, what)?;
    }
    steps.store().commit(good)?;
    Ok(())
}

fn wrong_commit(steps: &mut Steps<'_>) -> Outcome {
    let mut writer = prepared(steps)?;
    let (good, _) = next(steps, &mut writer)?;
    let mut empty = good.clone();
    empty.events.clear();
    empty.heads = super::sample::heads(steps.store(), &log("door"))?;
    refused(steps, empty.clone(), "no events")?;
    empty.undo = Some(UndoChange::Push {
        user: user("ada"),
        label: "Nothing".into(),
    });
    refused(steps, empty, "a gesture without events")?;
    let mut other = good;
    other.kind = DocumentKind::SCENE;
    refused(steps, other, "another kind")
}

fn no_empty_log(steps: &mut Steps<'_>) -> Outcome {
    let mut writer = prepared(steps)?;
    let hall = log("hall");
    let good = writer.event(&hall, &[])?;
    let gap = writer.clone().event(&hall, &[])?;
    let mut gap = over(steps.store(), &hall, vec![gap])?;
    refused(steps, gap.clone(), "a new log with a second event")?;
    assert_eq!(steps.store().log(&hall)?, None);
    gap.events.insert(0, good);
    steps.store().commit(gap)?;
    Ok(())
}

fn all_or_nothing(steps: &mut Steps<'_>) -> Outcome {
    let mut writer = prepared(steps)?;
    let (log, ada) = (log("door"), user("ada"));
    let entry = |store: &dyn EventStore| store.undo_entry(&log, &ada, UndoSide::Done);
    let before = entry(steps.store())?;
    let (mut commit, new) = next(steps, &mut writer.clone())?;
    for _ in 0..3 {
        commit
            .events
            .push(Writer::new(7).event(&log, &[head(&new)])?);
    }
    commit.undo = Some(UndoChange::Push {
        user: ada.clone(),
        label: "Paste".into(),
    });
    refused(steps, commit, "the second of two equal events")?;
    let (mut commit, _) = next(steps, &mut writer)?;
    for undo in [
        UndoChange::Drop { id: 999 },
        UndoChange::Move {
            id: 999,
            to: UndoSide::Undone,
        },
    ] {
        commit.undo = Some(undo);
        refused(steps, commit.clone(), "an unknown undo entry")?;
    }
    assert_eq!(entry(steps.store())?, before);
    commit.undo = None;
    assert_eq!(steps.store().commit(commit)?, 4);
    Ok(())
}
