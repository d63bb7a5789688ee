//! What becomes of messages that wait for the page together.

use std::collections::BTreeSet;

use wissil_session::api::{Delta, JoinProgress, PresenceMessage, SessionMessage};

use super::{Merge, Supersede};

/// Most ids of removed records that wait: those of records that came and went meanwhile are among them.
const MOST_REMOVED: usize = 10_000;
/// Most rows of history that wait, and most events of which it is told how far they are.
const MOST_ROWS: usize = 1_000;
/// Most problems that wait: nobody reads more at once.
const MOST_PROBLEMS: usize = 20;

impl Merge for Delta {
    /// Of a record counts what it is last.
    fn merge_into(self, waiting: &mut Vec<Self>) -> bool {
        let Some(before) = waiting.last_mut() else {
            waiting.push(self);
            return true;
        };
        for (collection, ids) in self.removed {
            let upserted = before.upserted.get_mut(&collection);
            if let Some(upserted) = upserted {
                upserted.retain(|id, _| !ids.contains(id));
            }
            let removed = before.removed.entry(collection).or_default();
            let known: BTreeSet<_> = removed.drain(..).chain(ids).collect();
            removed.extend(known);
        }
        for (collection, records) in self.upserted {
            before
                .upserted
                .entry(collection)
                .or_default()
                .extend(records);
        }
        before.derived.extend(self.derived);
        before.problems = self.problems.or(before.problems.take());
        before.position = self.position;
        before.undo = self.undo;
        let is_kept = before.removed.values().map(Vec::len).sum::<usize>() <= MOST_REMOVED;
        if !is_kept {
            waiting.clear();
        }
        is_kept
    }
}

impl Merge for SessionMessage {
    /// One of each kind: rows and travels are appended, of the rest the newest counts.
    fn merge_into(self, waiting: &mut Vec<Self>) -> bool {
        match self {
            Self::Events { rows, status } => {
                for message in waiting.iter_mut() {
                    if let Self::Events {
                        rows: before,
                        status: now,
                    } = message
                    {
                        before.extend(rows);
                        *now = status;
                        return keep_newest(before);
                    }
                }
                waiting.push(Self::Events { rows, status });
            }
            Self::Travelled { events } => {
                for message in waiting.iter_mut() {
                    if let Self::Travelled { events: before } = message {
                        let again: BTreeSet<_> = events.iter().map(|event| &event.cid).collect();
                        before.retain(|event| !again.contains(&event.cid));
                        before.extend(events);
                        return keep_newest(before);
                    }
                }
                waiting.push(Self::Travelled { events });
            }
            Self::Connection { .. } => {
                waiting.retain(|message| !matches!(message, Self::Connection { .. }));
                waiting.push(self);
            }
            Self::Assets { .. } => {
                // They say where each file is as well.
                waiting.retain(|message| {
                    !matches!(message, Self::Assets { .. } | Self::AssetTravels { .. })
                });
                waiting.push(self);
            }
            Self::AssetTravels { ref object, .. } => {
                waiting.retain(|message| {
                    !matches!(message, Self::AssetTravels { object: other, .. } if other == object)
                });
                waiting.push(self);
            }
            Self::Problem { .. } => {
                let problems = waiting
                    .iter()
                    .filter(|message| matches!(message, Self::Problem { .. }));
                if problems.count() < MOST_PROBLEMS && !waiting.contains(&self) {
                    waiting.push(self);
                }
            }
            Self::SetBack { .. } => waiting.push(self),
        }
        true
    }
}

/// Drops the oldest of too many; whether all are there.
fn keep_newest<T>(items: &mut Vec<T>) -> bool {
    let more = items.len().saturating_sub(MOST_ROWS);
    items.drain(..more);
    more == 0
}

impl Supersede for PresenceMessage {
    fn is_of_same(&self, other: &Self) -> bool {
        replica_of(self) == replica_of(other)
    }

    /// Whoever joined and moved joins where they are.
    fn supersede(&mut self, later: Self) {
        *self = match (&self, later) {
            (Self::Joined { .. }, Self::Moved { peer }) => Self::Joined { peer },
            (_, later) => later,
        };
    }
}

fn replica_of(message: &PresenceMessage) -> &str {
    match message {
        PresenceMessage::Joined { peer } | PresenceMessage::Moved { peer } => &peer.replica,
        PresenceMessage::Left { replica } => replica,
    }
}

impl Supersede for JoinProgress {
    fn is_of_same(&self, _other: &Self) -> bool {
        true
    }
}

/// Percent.
impl Supersede for u32 {
    fn is_of_same(&self, _other: &Self) -> bool {
        true
    }
}
