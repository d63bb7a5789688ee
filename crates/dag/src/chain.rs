//! Chains: one replica's events in one document on one branch, each naming the one before.

use std::borrow::Borrow;
use std::collections::{BTreeMap, BTreeSet};

use crate::Cid;
use crate::event::{Event, EventError, EventLink};
use crate::ids::{BranchId, DocumentId, ReplicaId, SessionId};
use crate::signed::SignedEvent;

/// The last event of a verified chain: all that is needed to continue it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainTip {
    /// The chain's session.
    pub session: SessionId,
    /// The chain's branch.
    pub branch: BranchId,
    /// The chain's document.
    pub document: DocumentId,
    /// The chain's author.
    pub replica: ReplicaId,
    /// The last event.
    pub cid: Cid,
    /// Its number, and so the chain's length.
    pub seq: u64,
    /// Its height.
    pub height: u64,
}

/// Why events are not a chain.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ChainError {
    /// There is no event.
    #[error("a chain has at least one event")]
    Empty,
    /// An event cannot be opened, or the tip is not signed.
    #[error("chain at event {cid}: {error}")]
    Event {
        /// Which event.
        cid: Box<Cid>,
        /// What is wrong with it.
        error: EventError,
    },
    /// An event of another session, branch, document or replica.
    #[error("event {cid} has another {what} than the chain")]
    Foreign {
        /// Which event.
        cid: Box<Cid>,
        /// Which of its names differs.
        what: &'static str,
    },
    /// The number after the last one is missing or repeated.
    #[error("event {cid} has seq {found}, the chain continues with {expected}")]
    Seq {
        /// Which event.
        cid: Box<Cid>,
        /// Its number.
        found: u64,
        /// The number that is next.
        expected: u64,
    },
    /// The event does not build on the chain's last one.
    #[error("event {cid} names another previous event than the chain's last")]
    Previous {
        /// Which event.
        cid: Box<Cid>,
    },
    /// The height is not one more than the greatest below it.
    #[error("event {cid} has height {found}, its ancestors give {expected}")]
    Height {
        /// Which event.
        cid: Box<Cid>,
        /// Its height.
        found: u64,
        /// One more than the greatest known height among what it names.
        expected: u64,
    },
}

/// Two or more different events with the same number in one chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fork {
    /// Whose chain.
    pub replica: ReplicaId,
    /// Which number.
    pub seq: u64,
    /// The events, sorted.
    pub events: Vec<Cid>,
}

/// Verifies a whole chain from its first event.
///
/// Every event is hashed, decoded strictly and compared with the one before. Only the tip's signature is checked:
/// it covers the tip's CID, which covers all the rest. `height_of` answers for the parents, which are other chains'
/// events; where it knows all of them the height must be exact, otherwise at least as great.
///
/// # Errors
/// The first thing that is wrong.
pub fn verify_chain<I>(
    events: I,
    height_of: impl Fn(&Cid) -> Option<u64>,
) -> Result<ChainTip, ChainError>
where
    I: IntoIterator,
    I::Item: Borrow<SignedEvent>,
{
    let mut chain = ChainVerifier::new();
    for event in events {
        chain.push(event.borrow(), &height_of)?;
    }
    chain.finish()
}

/// Verifies a chain event by event. Nothing that was pushed is proven before [`Self::finish`].
#[derive(Debug, Clone, Default)]
pub struct ChainVerifier {
    tip: Option<ChainTip>,
    /// The last event pushed, whose signature stands for all before it.
    unproven: Option<(Cid, [u8; 64])>,
}

impl ChainVerifier {
    /// Starts before the first event of a chain.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Continues after the tip of a chain that was verified before.
    #[must_use]
    pub fn resume(tip: ChainTip) -> Self {
        Self {
            tip: Some(tip),
            unproven: None,
        }
    }

    /// Takes the chain's next event.
    ///
    /// # Errors
    /// When it is not the chain's next event; the verifier is unchanged then.
    pub fn push(
        &mut self,
        signed: &SignedEvent,
        height_of: impl Fn(&Cid) -> Option<u64>,
    ) -> Result<Event, ChainError> {
        let cid = signed.cid;
        let event = signed.open().map_err(|error| ChainError::Event {
            cid: cid.into(),
            error,
        })?;
        self.check_next(cid, &event)?;
        self.check_height(cid, &event, height_of)?;
        self.tip = Some(ChainTip {
            session: event.session.clone(),
            branch: event.branch.clone(),
            document: event.document.clone(),
            replica: event.replica,
            cid,
            seq: event.seq,
            height: event.height,
        });
        self.unproven = Some((cid, signed.signature));
        Ok(event)
    }

    /// Checks the tip's signature, and with it everything pushed.
    ///
    /// # Errors
    /// When there is no event or the tip is not signed by the chain's replica.
    pub fn finish(self) -> Result<ChainTip, ChainError> {
        let tip = self.tip.ok_or(ChainError::Empty)?;
        if let Some((cid, signature)) = self.unproven {
            SignedEvent {
                cid,
                block: [].into(),
                signature,
            }
            .verify_signature(&tip.replica)
            .map_err(|error| ChainError::Event {
                cid: cid.into(),
                error,
            })?;
        }
        Ok(tip)
    }

    fn check_next(&self, cid: Cid, event: &Event) -> Result<(), ChainError> {
        let expected = match &self.tip {
            None => 1,
            Some(tip) => {
                for (same, what) in [
                    (tip.session == event.session, "session"),
                    (tip.branch == event.branch, "branch"),
                    (tip.document == event.document, "document"),
                    (tip.replica == event.replica, "replica"),
                ] {
                    if !same {
                        return Err(ChainError::Foreign {
                            cid: cid.into(),
                            what,
                        });
                    }
                }
                tip.seq.saturating_add(1)
            }
        };
        if event.seq != expected {
            return Err(ChainError::Seq {
                cid: cid.into(),
                found: event.seq,
                expected,
            });
        }
        if event.previous != self.tip.as_ref().map(|tip| tip.cid) {
            return Err(ChainError::Previous { cid: cid.into() });
        }
        Ok(())
    }

    fn check_height(
        &self,
        cid: Cid,
        event: &Event,
        height_of: impl Fn(&Cid) -> Option<u64>,
    ) -> Result<(), ChainError> {
        let mut greatest = self.tip.as_ref().map_or(0, |tip| tip.height);
        let mut all_known = true;
        for parent in &event.parents {
            match height_of(parent) {
                Some(height) => greatest = greatest.max(height),
                None => all_known = false,
            }
        }
        let expected = greatest.saturating_add(1);
        let fits = if all_known {
            event.height == expected
        } else {
            event.height >= expected
        };
        if fits {
            Ok(())
        } else {
            Err(ChainError::Height {
                cid: cid.into(),
                found: event.height,
                expected,
            })
        }
    }
}

/// Finds the forks among the events of one document on one branch, sorted by replica and number. The first one of
/// a replica is where its chain split; later ones follow from it.
pub fn find_forks<I>(events: I) -> Vec<Fork>
where
    I: IntoIterator,
    I::Item: Borrow<EventLink>,
{
    let mut by_place: BTreeMap<(ReplicaId, u64), BTreeSet<Cid>> = BTreeMap::new();
    for event in events {
        let event = event.borrow();
        by_place
            .entry((event.replica, event.seq))
            .or_default()
            .insert(event.cid);
    }
    let forked = by_place.into_iter().filter(|(_, events)| events.len() > 1);
    forked
        .map(|((replica, seq), events)| Fork {
            replica,
            seq,
            events: events.into_iter().collect(),
        })
        .collect()
}
