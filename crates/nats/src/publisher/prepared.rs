//! Events as the messages they become, made before they are sent: while others are on their way.

use std::panic::resume_unwind;

use async_nats::{HeaderMap, Subject};
use tokio::task::spawn_blocking;
use wissil_dag::{BranchId, Cid, DocumentId, EventAddress, EventError, SessionId, SignedEvent};
use wissil_model::DocumentKind;

use crate::message;
use crate::streams::edit_stream;
use crate::{EDIT_STREAMS, EditSubject, edit_subject};

/// The server takes no larger batch.
pub(crate) const BATCH_EVENTS: usize = 1000;

/// A batch waits in the server's memory until it is complete.
const BATCH_BYTES: usize = 8 * 1024 * 1024;

/// What a message carries beside its block: subject and headers, at most.
const ENVELOPE_BYTES: usize = 1024;

/// From this many events on, preparing them is work that others must not wait for.
const MANY: usize = 16;

/// An event to be published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// The kind of its document.
    pub kind: DocumentKind,
    /// The event.
    pub signed: SignedEvent,
}

/// Events as messages, ready to be published: read, named and in batches.
#[derive(Debug, Default)]
pub struct Prepared {
    pub(super) batches: Vec<PreparedBatch>,
}

/// Events of one stream, in their order, that fit one batch.
#[derive(Debug)]
pub(super) struct PreparedBatch {
    pub stream: &'static str,
    pub events: Vec<Result<Ready, Unreadable>>,
}

/// An event ready to go.
#[derive(Debug)]
pub(super) struct Ready {
    pub signed: SignedEvent,
    pub subject: Subject,
    /// None once they are on their way.
    pub headers: Option<HeaderMap>,
    /// How large the message is at most, in bytes.
    pub size: usize,
}

/// A block that cannot be read, so that nobody knows which chain it is of.
#[derive(Debug)]
pub(super) struct Unreadable {
    pub cid: Cid,
    pub reason: String,
}

impl Prepared {
    /// Prepares events, beside what else is to be done when they are many.
    pub async fn prepare(events: Vec<Outgoing>) -> Self {
        let mut batches = Vec::new();
        for cut in Cut::all(events) {
            batches.push(cut.prepare().await);
        }
        Self { batches }
    }

    /// Whether there is nothing to publish.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.batches.is_empty()
    }
}

/// Events for one batch that are not prepared yet.
pub(super) struct Cut {
    pub stream: &'static str,
    events: Vec<Outgoing>,
}

impl Cut {
    /// Events cut into batches. A batch belongs to one stream, and a chain does too, so taking stream by stream keeps every
    /// chain's order.
    pub(super) fn all(events: Vec<Outgoing>) -> Vec<Self> {
        let mut streams: Vec<(&'static str, Vec<Self>, usize)> = Vec::new();
        for event in events {
            // Where it travels shows again when it is made into a message, and there it can be refused alone.
            let stream = edit_stream(event.kind).unwrap_or(EDIT_STREAMS[0]);
            let size = event.signed.block.len() + ENVELOPE_BYTES;
            let at = streams.iter().position(|(name, ..)| *name == stream);
            let at = at.unwrap_or_else(|| {
                streams.push((stream, Vec::new(), 0));
                streams.len() - 1
            });
            let (_, cuts, bytes) = &mut streams[at];
            *bytes += size;
            match cuts.last_mut() {
                Some(cut) if cut.events.len() < BATCH_EVENTS && *bytes <= BATCH_BYTES => {
                    cut.events.push(event);
                }
                _ => {
                    *bytes = size;
                    cuts.push(Self {
                        stream,
                        events: vec![event],
                    });
                }
            }
        }
        streams.into_iter().flat_map(|(_, cuts, _)| cuts).collect()
    }

    /// Reads what the headers need and builds them.
    pub(super) async fn prepare(self) -> PreparedBatch {
        if self.events.len() < MANY {
            return self.prepare_here();
        }
        match spawn_blocking(|| self.prepare_here()).await {
            Ok(prepared) => prepared,
            Err(ended) => match ended.try_into_panic() {
                Ok(panic) => resume_unwind(panic),
                // The program ends, and with it whoever waits.
                Err(_) => std::future::pending().await,
            },
        }
    }

    fn prepare_here(self) -> PreparedBatch {
        let mut chain = None;
        let events = self.events.into_iter().map(|event| {
            let cid = event.signed.cid;
            Ready::new(event, &mut chain).map_err(|reason| Unreadable { cid, reason })
        });
        PreparedBatch {
            stream: self.stream,
            events: events.collect(),
        }
    }
}

/// A chain and its subject: mostly that of the event before.
type Chain = (EditSubject, Subject);

impl Ready {
    fn new(event: Outgoing, chain: &mut Option<Chain>) -> Result<Self, String> {
        let Outgoing { kind, signed } = event;
        let address = message::address(&signed).map_err(|error| error.to_string())?;
        let subject = match chain {
            Some((known, subject)) if is_of(known, kind, &address) => subject.clone(),
            _ => {
                let (_, subject) = chain.insert(chain_of(kind, &address)?);
                subject.clone()
            }
        };
        let size = signed.block.len() + ENVELOPE_BYTES;
        let size = size + address.parents.len() * ENVELOPE_BYTES / 8;
        let headers = Some(message::headers(&signed, &address));
        Ok(Self {
            signed,
            subject,
            headers,
            size,
        })
    }

    /// The same event, to be sent once more.
    pub(super) fn again(&self) -> Self {
        Self {
            signed: self.signed.clone(),
            subject: self.subject.clone(),
            headers: None,
            size: self.size,
        }
    }

    /// Its headers for a message; built anew for every one but the first.
    pub(super) fn take_headers(&mut self) -> Result<HeaderMap, EventError> {
        match self.headers.take() {
            Some(headers) => Ok(headers),
            None => {
                let address = message::address(&self.signed)?;
                Ok(message::headers(&self.signed, &address))
            }
        }
    }
}

fn is_of(chain: &EditSubject, kind: DocumentKind, address: &EventAddress<'_>) -> bool {
    kind.channel()
        .is_some_and(|it| (it.subsystem, it.name) == (&*chain.subsystem, &*chain.channel))
        && chain.replica == address.replica
        && chain.document.as_str() == address.document
        && chain.branch.as_str() == address.branch
        && chain.session.as_str() == address.session
}

fn chain_of(kind: DocumentKind, address: &EventAddress<'_>) -> Result<Chain, String> {
    let session = SessionId::new(address.session).map_err(|error| error.to_string())?;
    let branch = BranchId::new(address.branch).map_err(|error| error.to_string())?;
    let document = DocumentId::new(address.document).map_err(|error| error.to_string())?;
    let chain = edit_subject(kind, &session, &branch, &document, &address.replica);
    let chain = chain.ok_or_else(|| {
        format!("it changes a {kind}, and how those travel only a newer version of WISSIL knows")
    })?;
    let subject = Subject::from(chain.to_string());
    Ok((chain, subject))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(kind: DocumentKind, bytes: usize) -> Outgoing {
        Outgoing {
            kind,
            signed: SignedEvent::new(vec![0; bytes], [0; 64]),
        }
    }

    /// How many events of which stream each batch has.
    fn cut(events: Vec<Outgoing>) -> Vec<(&'static str, usize)> {
        let cuts = Cut::all(events);
        cuts.iter()
            .map(|cut| (cut.stream, cut.events.len()))
            .collect()
    }

    #[test]
    fn a_batch_is_of_one_stream_and_no_larger_than_the_server_takes() {
        let (graph, scene) = (DocumentKind::BLUEPRINT, DocumentKind::SCENE);
        let names = [graph, scene].map(|kind| edit_stream(kind).unwrap());
        assert_eq!(cut(Vec::new()), []);
        let mixed = (0..2 * BATCH_EVENTS + 2).map(|n| event([graph, scene][n % 2], 10));
        assert_eq!(
            cut(mixed.collect()),
            [
                (names[0], BATCH_EVENTS),
                (names[0], 1),
                (names[1], BATCH_EVENTS),
                (names[1], 1)
            ]
        );
        let half = BATCH_BYTES / 2 - ENVELOPE_BYTES;
        let sizes = [half, half, 1, BATCH_BYTES, 1];
        let large = sizes.map(|bytes| event(graph, bytes));
        assert_eq!(
            cut(large.into()),
            [(names[0], 2), (names[0], 1), (names[0], 1), (names[0], 1)]
        );
    }

    #[tokio::test]
    async fn a_block_that_is_no_event_is_named_in_its_place() {
        let blocks = [MANY - 1, MANY].map(|count| {
            let events = (0..count).map(|n| event(DocumentKind::SCENE, n));
            events.collect::<Vec<_>>()
        });
        for events in blocks {
            let expected: Vec<Cid> = events.iter().map(|event| event.signed.cid).collect();
            let prepared = Prepared::prepare(events).await;
            let [batch] = prepared.batches.as_slice() else {
                panic!("{prepared:?}")
            };
            let unreadable = batch.events.iter().map(|event| event.as_ref().unwrap_err());
            let unreadable: Vec<Cid> = unreadable.map(|event| event.cid).collect();
            assert_eq!(unreadable, expected);
        }
    }
}
