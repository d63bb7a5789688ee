//! Events as they come from outside.

use std::collections::HashMap;

use wissil_dag::{BranchId, Cid, DocumentId, Event, Ipld, ReplicaId, SessionId, SignedEvent};
use wissil_model::{DocumentKind, ForeignEdit};

use crate::engine::unreadable;

/// An event as it came from outside, hashed, decoded and scanned: the part of the checks that needs no store and no
/// document and may run on another thread.
///
/// An event is authentic when its own signature holds, or when that of a later event of its chain does: `previous`
/// hashes the whole past.
#[derive(Clone, Debug)]
pub struct Arrival {
    pub(crate) signed: SignedEvent,
    pub(crate) header: EventHeader,
    /// The kind of its document, where it names one: the first of a chain does.
    pub(crate) kind: Option<DocumentKind>,
    /// What it changes, or why it cannot be folded whatever it meets.
    pub(crate) edit: Result<ForeignEdit, String>,
    /// Whether its own signature holds, or that of an event that continues its chain.
    pub(crate) authentic: bool,
}

/// Where an event belongs, in its document and in its chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventHeader {
    /// The session whose history it is part of.
    pub session: SessionId,
    /// The branch it was made on.
    pub branch: BranchId,
    /// The document it changes.
    pub document: DocumentId,
    /// Whose chain it is in.
    pub replica: ReplicaId,
    /// Its place in that chain, from 1.
    pub seq: u64,
    /// One more than the greatest height among `previous` and `parents`.
    pub height: u64,
    /// The chain's event before it.
    pub previous: Option<Cid>,
    /// The other heads that its author saw.
    pub parents: Vec<Cid>,
}

impl Arrival {
    /// Checks CID, form and signature of one event.
    ///
    /// # Errors
    /// Why it is no event; a signature that does not hold is none, because a later event may prove this one.
    pub fn read(signed: SignedEvent) -> Result<Self, String> {
        let event = signed.open().map_err(|error| error.to_string())?;
        let mut arrival = Self::of(signed, event);
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
            match signed.open() {
                Ok(event) => arrivals.push(Self::of(signed, event)),
                Err(error) => refused.push((signed, error.to_string())),
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

    /// Where it belongs.
    #[must_use]
    pub fn header(&self) -> &EventHeader {
        &self.header
    }

    /// The event and its signature, as they came.
    #[must_use]
    pub fn signed(&self) -> &SignedEvent {
        &self.signed
    }

    /// An event that was decoded; its signature is not looked at.
    pub(crate) fn of(signed: SignedEvent, mut event: Event) -> Self {
        Self {
            kind: kind_of(&event),
            edit: edit_of(&mut event, &signed.cid),
            header: EventHeader::of(event),
            signed,
            authentic: false,
        }
    }

    fn signature_holds(&self) -> bool {
        self.signed.verify_signature(&self.header.replica).is_ok()
    }

    fn is_of_the_chain_of(&self, other: &Self) -> bool {
        let (one, other) = (&self.header, &other.header);
        one.replica == other.replica
            && one.document == other.document
            && one.branch == other.branch
            && one.session == other.session
    }
}

impl EventHeader {
    pub(crate) fn of(event: Event) -> Self {
        Self {
            session: event.session,
            branch: event.branch,
            document: event.document,
            replica: event.replica,
            seq: event.seq,
            height: event.height,
            previous: event.previous,
            parents: event.parents,
        }
    }
}

/// The kind of document that an event names.
fn kind_of(event: &Event) -> Option<DocumentKind> {
    match event.metadata.get("kind") {
        Some(Ipld::String(name)) => match event.metadata.get("channel") {
            Some(Ipld::String(channel)) => DocumentKind::named(&format!("{name}@{channel}")),
            _ => DocumentKind::named(name),
        },
        _ => None,
    }
}

/// What an event changes, which is taken out of it.
fn edit_of(event: &mut Event, cid: &Cid) -> Result<ForeignEdit, String> {
    let Some(update) = event.update.take() else {
        return Err("it changes a document but carries no update".into());
    };
    let event_type = std::mem::take(&mut event.event_type);
    match ForeignEdit::read(event_type, &event.changes, update) {
        Ok(edit) if edit.is_empty() => Err("it names no changes".into()),
        Ok(edit) => Ok(edit),
        Err(error) => Err(unreadable(cid, &error).to_string()),
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
            let at = *places.get(&arrival.header.previous?)?;
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
