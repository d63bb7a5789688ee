//! What the server holds: the last event of every chain of a session.

use std::collections::HashMap;

use async_nats::jetstream::consumer::{DeliverPolicy, pull};
use futures_util::StreamExt;
use wissil_dag::{BranchId, Cid, DocumentId, ReplicaId, SessionId};

use crate::message::{self, SEQUENCE};
use crate::reader::{BATCH_EVENTS, consumer_config, create_consumer, end_consumer};
use crate::subjects::edit_filter;
use crate::{Connection, EditSubject, NatsError, StreamState};

/// What a stream holds of a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Census {
    /// The stream, from before the chains were looked at.
    pub state: StreamState,
    /// The last message of every chain.
    pub chains: HashMap<(BranchId, DocumentId, ReplicaId), ServerChain>,
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
/// the events, and returns at once when there is none. A message whose headers cannot be read counts as nothing. `name`
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
    let config = pull::Config {
        deliver_policy: DeliverPolicy::LastPerSubject,
        filter_subject: edit_filter(stream, session)?,
        headers_only: true,
        ..consumer_config(name)?
    };
    let consumer = create_consumer(connection, stream, config).await?;
    let mut missing = consumer.cached_info().num_pending;
    let mut chains = HashMap::new();
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
            if let Ok((subject, chain)) = chain(&message) {
                chains.insert((subject.branch, subject.document, subject.replica), chain);
            }
        }
        if arrived == 0 {
            // They were there a moment ago: purged since, or the server is busy.
            return Err(NatsError::TimedOut {
                action: format!("counting {stream}"),
            });
        }
    }
    end_consumer(connection, stream, &consumer.cached_info().name).await;
    Ok(Census { state, chains })
}

fn chain(message: &async_nats::Message) -> Result<(EditSubject, ServerChain), String> {
    let subject = EditSubject::parse(&message.subject).map_err(|error| error.to_string())?;
    let seq = message::header(message, SEQUENCE)?;
    let seq = seq
        .parse()
        .map_err(|_| format!("{SEQUENCE} is no number"))?;
    let cid = message::cid(message)?;
    Ok((subject, ServerChain { seq, cid }))
}
