//! What the server can really give of a session: every message is looked at.

use std::collections::{HashMap, HashSet};

use async_nats::Subscriber;
use bytes::Bytes;
use futures_util::StreamExt;
use wissil_dag::{Cid, SessionId};

use crate::census::{Chain, ServerChain, chain};
use crate::delivery::Delivery;
use crate::subjects::{audit_subject, edit_filter};
use crate::{Bookmark, Connection, NatsError};

/// The events that a stream can give of a session. The server reads every message whole and checks it; only the headers
/// travel.
#[derive(Debug, Default)]
pub struct Inventory {
    /// The digests of their CIDs: all have the same codec and hash.
    digests: HashSet<[u8; 32]>,
    /// The furthest message of every chain.
    pub(crate) chains: HashMap<Chain, ServerChain>,
    /// How many messages it holds and cannot give: they are damaged.
    pub undeliverable: u64,
}

impl Inventory {
    /// Whether the server gives a message that says it is this event.
    #[must_use]
    pub fn holds(&self, event: &Cid) -> bool {
        digest(event).is_some_and(|digest| self.digests.contains(&digest))
    }

    /// How many events there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.digests.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.digests.is_empty()
    }
}

/// Takes the inventory of a stream. `name` is the name of the consumer that is used for it and must not be that of a
/// [`Reader`](crate::Reader) in use. A message whose headers cannot be read counts as nothing.
///
/// # Errors
/// When the stream carries no documents or is missing, or the server cannot be asked to the end.
pub async fn inventory(
    connection: &Connection,
    stream: &str,
    session: &SessionId,
    name: &str,
) -> Result<Inventory, NatsError> {
    let filter = edit_filter(stream, session)?;
    inventory_of(connection, stream, filter, name).await
}

/// As [`inventory`], of some subjects of a stream.
pub(crate) async fn inventory_of(
    connection: &Connection,
    stream: &str,
    filter: String,
    name: &str,
) -> Result<Inventory, NatsError> {
    let start = Bookmark::START;
    let mut delivery = Delivery::open(connection, stream, filter, name, start, true).await?;
    let mut inventory = Inventory::default();
    while delivery.left() > 0 {
        for (_, message) in delivery.next().await?.messages {
            let Ok((key, found)) = chain(&message) else {
                continue;
            };
            inventory.digests.extend(digest(&found.cid));
            let furthest = inventory.chains.entry(key).or_insert(found);
            if furthest.seq < found.seq {
                *furthest = found;
            }
        }
    }
    inventory.undeliverable = delivery.undeliverable();
    delivery.end().await;
    Ok(inventory)
}

/// Asks all peers of a session to take the inventory, and to put back what they have and the server does not give.
///
/// # Errors
/// When there is no connection.
pub async fn ask_for_audit(connection: &Connection, session: &SessionId) -> Result<(), NatsError> {
    let subject = audit_subject(session);
    let action = format!("asking {subject}");
    let asked = connection.client().publish(subject, Bytes::new());
    let asked = connection.while_connected(asked).await?;
    asked.map_err(|cause| NatsError::from_client(action, cause))
}

/// What peers ask for, until it is dropped.
#[derive(Debug)]
pub struct AuditsAskedFor {
    connection: Connection,
    asked: Subscriber,
}

/// Listens for [`ask_for_audit`] of the peers of a session, and of this one.
///
/// # Errors
/// When there is no connection.
pub async fn audits_asked_for(
    connection: &Connection,
    session: &SessionId,
) -> Result<AuditsAskedFor, NatsError> {
    let subject = audit_subject(session);
    let action = format!("listening at {subject}");
    let asked = connection.client().subscribe(subject);
    let asked = connection.while_connected(asked).await?;
    Ok(AuditsAskedFor {
        connection: connection.clone(),
        asked: asked.map_err(|cause| NatsError::from_client(action, cause))?,
    })
}

impl AuditsAskedFor {
    /// Waits for the next.
    ///
    /// # Errors
    /// When the connection ends.
    pub async fn next(&mut self) -> Result<(), NatsError> {
        match self.connection.while_connected(self.asked.next()).await? {
            Some(_) => Ok(()),
            None => Err(NatsError::ConnectionLost),
        }
    }
}

fn digest(cid: &Cid) -> Option<[u8; 32]> {
    cid.hash().digest().try_into().ok()
}
