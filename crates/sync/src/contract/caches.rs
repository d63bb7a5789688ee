//! Checkpoints.

use super::sample::{Writer, log, log_on, snapshot};
use super::{EventCase, Outcome, Steps, expect_conflict};
use crate::ports::Checkpoint;

pub(super) const CASES: &[EventCase] = &[
    (
        "5.1 the newest checkpoint at or before a position is found",
        newest,
    ),
    (
        "5.2 a checkpoint at the same position takes the place of the one before",
        replaced,
    ),
    ("5.3 states of any size come back as they were", any_size),
    (
        "5.4 a checkpoint of events that are not there is a conflict",
        refusals,
    ),
];

fn prepared(steps: &mut Steps<'_>) -> Outcome {
    let mut writer = Writer::new(1);
    for _ in 0..6 {
        writer.fold(steps.store(), &log("door"))?;
        writer.fold(steps.store(), &log_on("night", "door"))?;
    }
    Ok(())
}

fn newest(steps: &mut Steps<'_>) -> Outcome {
    prepared(steps)?;
    let (log, other) = (log("door"), log_on("night", "door"));
    let before = snapshot(steps.store())?;
    for position in [4, 2, 6] {
        let checkpoint = Checkpoint {
            position,
            state: vec![position as u8; 9],
        };
        steps.store().put_checkpoint(&log, &checkpoint)?;
    }
    for (at_most, expected) in [
        (0, None),
        (1, None),
        (2, Some(2)),
        (3, Some(2)),
        (5, Some(4)),
        (6, Some(6)),
        (u64::MAX, Some(6)),
    ] {
        let found = steps.store().checkpoint(&log, at_most)?;
        let expected = expected.map(|position| Checkpoint {
            position,
            state: vec![position as u8; 9],
        });
        assert_eq!(found, expected, "at most {at_most}");
        assert_eq!(steps.store().checkpoint(&other, at_most)?, None);
    }
    assert_eq!(snapshot(steps.store())?, before);
    Ok(())
}

fn replaced(steps: &mut Steps<'_>) -> Outcome {
    prepared(steps)?;
    let log = log("door");
    for state in [vec![1; 10], vec![2; 5]] {
        let checkpoint = Checkpoint { position: 3, state };
        steps.store().put_checkpoint(&log, &checkpoint)?;
        assert_eq!(steps.store().checkpoint(&log, 3)?, Some(checkpoint));
    }
    Ok(())
}

fn any_size(steps: &mut Steps<'_>) -> Outcome {
    prepared(steps)?;
    let log = log("door");
    for (position, size) in [(1, 0_u32), (2, 1), (3, 3_000_000)] {
        let state = (0..size)
            .map(|at| (at.wrapping_mul(at) >> 7) as u8)
            .collect();
        let checkpoint = Checkpoint { position, state };
        steps.store().put_checkpoint(&log, &checkpoint)?;
        assert_eq!(steps.store().checkpoint(&log, 6)?, Some(checkpoint));
    }
    Ok(())
}

fn refusals(steps: &mut Steps<'_>) -> Outcome {
    prepared(steps)?;
    for (log, position) in [(log("door"), 0), (log("door"), 7), (log("attic"), 1)] {
        let checkpoint = Checkpoint {
            position,
            state: vec![1],
        };
        expect_conflict(
            steps.store().put_checkpoint(&log, &checkpoint),
            "a checkpoint",
        );
        assert_eq!(steps.store().checkpoint(&log, u64::MAX)?, None);
    }
    Ok(())
}
