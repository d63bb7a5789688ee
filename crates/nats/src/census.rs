//! What the server holds: the last event of every chain of a session.

use std::collections::HashMap;

use async_nats::jetstream::consumer::{DeliverPolicy, pull};
use futures_util::StreamExt;
use wissil_dag::{BranchId, Cid, DocumentId, ReplicaId, SessionId};

use crate::consumer::{consumer_config, create_consumer, end_consumer};
use crate::delivery::BATCH_EVENTS;
use crate::inventory::inventory_of;
use crate::message::{self, SEQUENCE};
use crate::subjects::edit_filter;
use crate::{Connection, EditSubject, NatsError, StreamState, inventory, streams};

/// With more chains than this that end in what is no event, all messages are looked at together.
const MOST_UNREADABLE: usize = 8;

/// A chain of a session: its branch, its document, and whose it is.
pub(crate) type Chain = (BranchId, DocumentId, ReplicaId);

/// What a stream holds of a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Census {
    /// The stream, from before the chains were looked at.
    pub state: StreamState,
    /// The last message of every chain.
    pub chains: HashMap<Chain, ServerChain>,
}

/// The last message of a chain on the server, as its headers say. A hint, not a proof: an event sent again long after
/// may stand behind later ones, and then too much is sent again, never too little.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServerChain {
    /// The event's place in its chain.
    pub seq: u64,
    /// The event.
    pub cid: Cid,
}

/// Asks what a stream, of which `state` was known before, holds of a session. It reads one header block per chain, not
/// the events, and returns at once when there is none. A last message whose headers cannot be read counts as nothing: what
/// is before it is looked for. `name`
/// is the name of the consumer that is used for it and must not be that of a [`Reader`](crate::Reader) in use.
///
/// # Errors
/// When the stream carries no documents or is missing, or the server cannot be asked to the end.
pub async fn census(
    connection: &Connection,
    state: StreamState,
    session: &SessionId,
    name: &str,
) -> Result<Census, NatsError> {
    let epoch = connection.epoch()?;
    let stream = state.name.as_str();
    let filter = edit_filter(stream, session)?;
    let subjects = streams::subjects(connection, stream, &filter).await?;
    let config = pull::Config {
        deliver_policy: DeliverPolicy::LastPerSubject,
        filter_subject: filter,
        headers_only: true,
        ..consumer_config(name)?
    };
    let consumer = create_consumer(connection, stream, config).await?;
    let mut missing = consumer.cached_info().num_pending;
    let mut chains = HashMap::new();
    let mut unreadable = Vec::new();
    let mut counted = 0;
    let failed = |cause| NatsError::from_client(format!("counting {stream}"), cause);
    while missing > 0 {
        let messages = consumer.fetch().max_messages(BATCH_EVENTS).messages();
        let messages = connection.while_in(epoch, messages).await?;
        let mut messages = messages.map_err(|cause| failed(cause.into()))?;
        let mut arrived = 0_u64;
        while let Some(message) = connection.while_in(epoch, messages.next()).await? {
            let message = message.map_err(failed)?;
            arrived += 1;
            missing = message.info().map_err(failed)?.pending;
            match chain(&message) {
                Ok((chain, last)) => {
                    chains.insert(chain, last);
                }
                Err(_) => unreadable.push(message.subject.to_string()),
            }
        }
        counted += arrived;
        if arrived == 0 {
            break;
        }
    }
    end_consumer(connection, stream, &consumer.cached_info().name).await;
    if counted < subjects || unreadable.len() > MOST_UNREADABLE {
        // The server passes over a last message that is damaged, or does not get past it. What it can give is found by
        // looking at all.
        chains = inventory(connection, stream, session, name).await?.chains;
    } else {
        // Anybody who may write there can put something after a chain that is no event.
        for subject in unreadable {
            let held = inventory_of(connection, stream, subject, name).await?;
            chains.extend(held.chains);
        }
    }
    Ok(Census { state, chains })
}

/// The chain of a message and its place there, as its headers say.
pub(crate) fn chain(message: &async_nats::Message) -> Result<(Chain, ServerChain), String> {
    let subject = EditSubject::parse(&message.subject).map_err(|error| error.to_string())?;
    let seq = message::header(message, SEQUENCE)?;
    let seq = seq
        .parse()
        .map_err(|_| format!("{SEQUENCE} is no number"))?;
    let cid = message::cid(message)?;
    let chain = (subject.branch, subject.document, subject.replica);
    Ok((chain, ServerChain { seq, cid }))
}
