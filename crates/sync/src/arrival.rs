//! Events as they come from outside.

use std::collections::HashMap;

use wissil_dag::{Cid, Event, SignedEvent};

/// An event as it came from outside, hashed and decoded: the part of the checks that needs no store and may run on
/// another thread.
///
/// An event is authentic when its own signature holds, or when that of a later event of its chain does: `previous`
/// hashes the whole past.
#[derive(Clone, Debug)]
pub struct Arrival {
    pub(crate) signed: SignedEvent,
    pub(crate) event: Event,
    /// Whether its own signature holds, or that of an event that continues its chain.
    pub(crate) authentic: bool,
}

impl Arrival {
    /// Checks CID, form and signature of one event.
    ///
    /// # Errors
    /// Why it is no event; a signature that does not hold is none, because a later event may prove this one.
    pub fn read(signed: SignedEvent) -> Result<Self, String> {
        let mut arrival = Self::open(signed)?;
        arrival.authentic = arrival.signature_holds();
        Ok(arrival)
    }

    /// As [`Arrival::read`] for many, in their order, with the ones that are no events and why. Along a chain only the
    /// last signature is checked: it proves what is before it.
    #[must_use]
    pub fn read_all(events: Vec<SignedEvent>) -> (Vec<Self>, Vec<(SignedEvent, String)>) {
        let mut arrivals = Vec::with_capacity(events.len());
        let mut refused = Vec::new();
        for signed in events {
            match Self::open(signed.clone()) {
                Ok(arrival) => arrivals.push(arrival),
                Err(reason) => refused.push((signed, reason)),
            }
        }
        prove(&mut arrivals);
        (arrivals, refused)
    }

    /// The event's name.
    #[must_use]
    pub fn cid(&self) -> &Cid {
        &self.signed.cid
    }

    /// The event.
    #[must_use]
    pub fn event(&self) -> &Event {
        &self.event
    }

    /// The event and its signature, as they came.
    #[must_use]
    pub fn signed(&self) -> &SignedEvent {
        &self.signed
    }

    /// Its signature is not looked at yet.
    fn open(signed: SignedEvent) -> Result<Self, String> {
        let event = signed.open().map_err(|error| error.to_string())?;
        Ok(Self {
            signed,
            event,
            authentic: false,
        })
    }

    fn signature_holds(&self) -> bool {
        self.signed.verify_signature(&self.event.replica).is_ok()
    }

    fn is_of_the_chain_of(&self, other: &Self) -> bool {
        let (one, other) = (&self.event, &other.event);
        one.replica == other.replica
            && one.document == other.document
            && one.branch == other.branch
            && one.session == other.session
    }
}

/// Finds out which events are authentic, from the ends of the chains backwards.
fn prove(arrivals: &mut [Arrival]) {
    let places: HashMap<Cid, usize> = (0..)
        .zip(&*arrivals)
        .map(|(at, it)| (it.signed.cid, at))
        .collect();
    let before: Vec<Option<usize>> = arrivals
        .iter()
        .map(|arrival| {
            let at = *places.get(&arrival.event.previous?)?;
            arrivals[at].is_of_the_chain_of(arrival).then_some(at)
        })
        .collect();
    let mut is_end = vec![true; arrivals.len()];
    for at in before.iter().flatten() {
        is_end[*at] = false;
    }
    let mut seen = vec![false; arrivals.len()];
    for end in (0..arrivals.len()).filter(|at| is_end[*at]) {
        let mut next = Some(end);
        let mut proven = false;
        while let Some(at) = next {
            let arrival = &mut arrivals[at];
            // What is before one that was seen needs another look only when this way proves it.
            if arrival.authentic || (seen[at] && !proven) {
                break;
            }
            proven = proven || arrival.signature_holds();
            arrival.authentic = proven;
            seen[at] = true;
            next = before[at];
        }
    }
}
