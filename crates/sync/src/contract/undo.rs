//! The undo index.

use super::sample::{Writer, head, heads, log, log_on, over, user};
use super::{EventCase, Outcome, Steps, expect_conflict};
use crate::ports::{Commit, EventStore, LogKey, UndoChange, UndoEntry, UndoSide};
use wissil_dag::UserId;
use wissil_model::DocumentKind;

pub(super) const CASES: &[EventCase] = &[
    ("4.1 undo takes the newest gesture", newest_first),
    ("4.2 each person and log has its own index", own_index),
    ("4.3 redo takes what was undone last", redo_order),
    (
        "4.4 a step holds the events of its last commit",
        events_of_the_last_commit,
    ),
    (
        "4.5 a new gesture empties what was undone, of that person on that branch",
        push_empties_undone,
    ),
    ("4.6 a dropped entry is gone, and no event is added", drops),
    (
        "4.7 unknown entries and sides that do not change are a conflict",
        refusals,
    ),
    (
        "4.8 an entry is found by any of its events while it is done",
        by_event,
    ),
];

fn label(
    store: &dyn EventStore,
    log: &LogKey,
    user: &UserId,
    side: UndoSide,
) -> Outcome<Option<String>> {
    Ok(store.undo_entry(log, user, side)?.map(|entry| entry.label))
}

#[track_caller]
fn expect_labels(
    steps: &mut Steps<'_>,
    log: &LogKey,
    user: &UserId,
    done: Option<&str>,
    undone: Option<&str>,
) -> Outcome {
    assert_eq!(
        label(steps.store(), log, user, UndoSide::Done)?.as_deref(),
        done
    );
    assert_eq!(
        label(steps.store(), log, user, UndoSide::Undone)?.as_deref(),
        undone
    );
    Ok(())
}

/// Takes the next step of one side to the other.
fn step(
    steps: &mut Steps<'_>,
    writer: &mut Writer,
    log: &LogKey,
    user: &UserId,
    to: UndoSide,
) -> Outcome {
    let from = match to {
        UndoSide::Done => UndoSide::Undone,
        UndoSide::Undone => UndoSide::Done,
    };
    let entry = entry(steps, log, user, from)?;
    writer.step(steps.store(), log, UndoChange::Move { id: entry.id, to })?;
    Ok(())
}

fn entry(steps: &mut Steps<'_>, log: &LogKey, user: &UserId, side: UndoSide) -> Outcome<UndoEntry> {
    let entry = steps.store().undo_entry(log, user, side)?;
    Ok(entry.ok_or("there is no entry")?)
}

fn newest_first(steps: &mut Steps<'_>) -> Outcome {
    let mut writer = Writer::new(1);
    let (log, ada) = (log("door"), user("ada"));
    expect_labels(steps, &log, &ada, None, None)?;
    writer.fold(steps.store(), &log)?;
    expect_labels(steps, &log, &ada, None, None)?;
    for name in ["Add", "Move", "Größe ändern"] {
        let new = writer.gesture(steps.store(), &log, &ada, name)?;
        let entry = entry(steps, &log, &ada, UndoSide::Done)?;
        assert_eq!(entry.events, [new.signed.cid]);
        expect_labels(steps, &log, &ada, Some(name), None)?;
    }
    Ok(())
}

fn own_index(steps: &mut Steps<'_>) -> Outcome {
    let mut writer = Writer::new(1);
    let (door, hall) = (log("door"), log("hall"));
    let (ada, ben) = (user("ada"), user("ben"));
    writer.gesture(steps.store(), &door, &ada, "Ada's")?;
    writer.gesture(steps.store(), &door, &ben, "Ben's")?;
    writer.gesture(steps.store(), &hall, &ada, "Ada's in the hall")?;
    expect_labels(steps, &door, &ada, Some("Ada's"), None)?;
    expect_labels(steps, &door, &ben, Some("Ben's"), None)?;
    expect_labels(steps, &hall, &ada, Some("Ada's in the hall"), None)?;
    expect_labels(steps, &hall, &ben, None, None)
}

fn redo_order(steps: &mut Steps<'_>) -> Outcome {
    let mut writer = Writer::new(1);
    let (log, ada) = (log("door"), user("ada"));
    for name in ["A", "B", "C"] {
        writer.gesture(steps.store(), &log, &ada, name)?;
    }
    use UndoSide::{Done, Undone};
    for (to, done, undone) in [
        (Undone, Some("B"), Some("C")),
        (Undone, Some("A"), Some("B")),
        (Done, Some("B"), Some("C")),
        (Undone, Some("A"), Some("B")),
        (Undone, None, Some("A")),
        (Done, Some("A"), Some("B")),
        (Done, Some("B"), Some("C")),
        (Done, Some("C"), None),
    ] {
        step(steps, &mut writer, &log, &ada, to)?;
        expect_labels(steps, &log, &ada, done, undone)?;
    }
    Ok(())
}

fn events_of_the_last_commit(steps: &mut Steps<'_>) -> Outcome {
    let mut writer = Writer::new(1);
    let (log, ada) = (log("door"), user("ada"));
    let mut news = vec![writer.event(&log, &[])?];
    for at in 0..3 {
        news.push(writer.event(&log, &[head(&news[at])])?);
    }
    let cids: Vec<_> = news.iter().map(|new| new.signed.cid).collect();
    let mut commit = over(steps.store(), &log, news)?;
    commit.undo = Some(UndoChange::Push {
        user: ada.clone(),
        label: "Paste".into(),
    });
    steps.store().commit(commit)?;
    let pasted = entry(steps, &log, &ada, UndoSide::Done)?;
    assert_eq!(pasted.events, cids);
    let to = UndoSide::Undone;
    let new = writer.step(steps.store(), &log, UndoChange::Move { id: pasted.id, to })?;
    let undone = entry(steps, &log, &ada, to)?;
    assert_eq!(undone.events, [new.signed.cid]);
    assert_eq!(undone.label, "Paste");
    Ok(())
}

fn push_empties_undone(steps: &mut Steps<'_>) -> Outcome {
    let mut writer = Writer::new(1);
    let (door, hall) = (log("door"), log("hall"));
    let other = log_on("dark", "hall");
    let (ada, ben) = (user("ada"), user("ben"));
    for (log, user) in [(&door, &ada), (&door, &ben), (&hall, &ada), (&other, &ada)] {
        writer.gesture(steps.store(), log, user, "Kept")?;
        writer.gesture(steps.store(), log, user, "Undone")?;
        step(steps, &mut writer, log, user, UndoSide::Undone)?;
    }
    writer.gesture(steps.store(), &door, &ada, "New")?;
    expect_labels(steps, &door, &ada, Some("New"), None)?;
    expect_labels(steps, &door, &ben, Some("Kept"), Some("Undone"))?;
    expect_labels(steps, &hall, &ada, Some("Kept"), None)?;
    expect_labels(steps, &other, &ada, Some("Kept"), Some("Undone"))?;
    step(steps, &mut writer, &door, &ada, UndoSide::Undone)?;
    expect_labels(steps, &door, &ada, Some("Kept"), Some("New"))
}

fn drop_entry(steps: &mut Steps<'_>, log: &LogKey, id: u64) -> Outcome<Commit> {
    Ok(Commit {
        log: log.clone(),
        kind: DocumentKind::BLUEPRINT,
        events: Vec::new(),
        heads: heads(steps.store(), log)?,
        undo: Some(UndoChange::Drop { id }),
    })
}

fn drops(steps: &mut Steps<'_>) -> Outcome {
    let mut writer = Writer::new(1);
    let (log, ada) = (log("door"), user("ada"));
    for name in ["A", "B", "C"] {
        writer.gesture(steps.store(), &log, &ada, name)?;
    }
    step(steps, &mut writer, &log, &ada, UndoSide::Undone)?;
    let before = super::sample::snapshot(steps.store())?;
    let done = entry(steps, &log, &ada, UndoSide::Done)?;
    let commit = drop_entry(steps, &log, done.id)?;
    assert_eq!(steps.store().commit(commit)?, 5, "the next event's place");
    expect_labels(steps, &log, &ada, Some("A"), Some("C"))?;
    let undone = entry(steps, &log, &ada, UndoSide::Undone)?;
    let commit = drop_entry(steps, &log, undone.id)?;
    steps.store().commit(commit)?;
    expect_labels(steps, &log, &ada, Some("A"), None)?;
    assert_eq!(super::sample::snapshot(steps.store())?, before);
    writer.gesture(steps.store(), &log, &ada, "D")?;
    expect_labels(steps, &log, &ada, Some("D"), None)
}

fn by_event(steps: &mut Steps<'_>) -> Outcome {
    let mut writer = Writer::new(1);
    let (door, hall) = (log("door"), log("hall"));
    let (ada, ben) = (user("ada"), user("ben"));
    let folded = writer.fold(steps.store(), &door)?.signed.cid;
    let first = writer.event(&door, &heads(steps.store(), &door)?)?;
    let second = writer.event(&door, &[head(&first)])?;
    let pasted = [first.signed.cid, second.signed.cid];
    let mut commit = over(steps.store(), &door, vec![first, second])?;
    commit.undo = Some(UndoChange::Push {
        user: ada.clone(),
        label: "Paste".into(),
    });
    steps.store().commit(commit)?;
    let moved = writer
        .gesture(steps.store(), &door, &ada, "Move")?
        .signed
        .cid;
    let label_of = |steps: &mut Steps<'_>, log: &LogKey, user: &UserId, event| -> Outcome<_> {
        let found = steps.store().undo_entry_of(log, user, event)?;
        Ok(found.map(|entry| (entry.label, entry.events)))
    };
    for event in &pasted {
        let found = label_of(steps, &door, &ada, event)?;
        assert_eq!(found, Some(("Paste".into(), pasted.to_vec())));
    }
    let found = label_of(steps, &door, &ada, &moved)?;
    assert_eq!(found, Some(("Move".into(), vec![moved])));
    for (log, user, event) in [
        (&door, &ada, &folded),
        (&door, &ben, &moved),
        (&hall, &ada, &moved),
    ] {
        assert_eq!(label_of(steps, log, user, event)?, None);
    }
    step(steps, &mut writer, &door, &ada, UndoSide::Undone)?;
    assert_eq!(label_of(steps, &door, &ada, &moved)?, None, "it is undone");
    assert!(label_of(steps, &door, &ada, &pasted[1])?.is_some());
    Ok(())
}

fn refusals(steps: &mut Steps<'_>) -> Outcome {
    let mut writer = Writer::new(1);
    let (door, hall, ada) = (log("door"), log("hall"), user("ada"));
    writer.gesture(steps.store(), &door, &ada, "A")?;
    writer.fold(steps.store(), &hall)?;
    let id = entry(steps, &door, &ada, UndoSide::Done)?.id;
    let commit = drop_entry(steps, &hall, id)?;
    expect_conflict(steps.store().commit(commit), "an entry of another log");
    let commit = drop_entry(steps, &door, u64::MAX)?;
    expect_conflict(steps.store().commit(commit), "an unknown entry");
    let heads = heads(steps.store(), &door)?;
    let new = writer.event(&door, &heads)?;
    let mut commit = over(steps.store(), &door, vec![new])?;
    commit.undo = Some(UndoChange::Move {
        id,
        to: UndoSide::Done,
    });
    expect_conflict(steps.store().commit(commit), "the side it is on");
    let mut commit = drop_entry(steps, &door, id)?;
    commit.undo = Some(UndoChange::Move {
        id,
        to: UndoSide::Undone,
    });
    expect_conflict(steps.store().commit(commit), "a step without events");
    expect_labels(steps, &door, &ada, Some("A"), None)
}
