//! Events straight from the peers: what the server has lost, whoever holds it can still give.

use std::collections::HashSet;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use async_nats::{Client, HeaderMap, StatusCode};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use futures_util::StreamExt;
use tokio::task::JoinHandle;
use tokio::time;
use wissil_dag::{Cid, SessionId, SignedEvent};

use crate::message;
use crate::subjects::fetch_subject;
use crate::{Connection, NatsError};

/// How many events one request asks for.
pub const MAX_FETCH: usize = 256;

/// How many bytes one request brings.
const MAX_FETCH_BYTES: usize = 32 * 1024 * 1024;

/// How long the next event may take.
const PATIENCE: Duration = Duration::from_secs(2);

/// Asks all peers of a session for events, and gives what they have; what nobody has is not among it. Each is what its
/// CID names; its signature is not checked.
///
/// # Errors
/// When too many are asked for, there is no connection, or nobody serves the session.
pub async fn fetch(
    connection: &Connection,
    session: &SessionId,
    cids: &[Cid],
) -> Result<Vec<SignedEvent>, NatsError> {
    if cids.len() > MAX_FETCH {
        return Err(NatsError::TooLarge {
            what: "a request for events".to_owned(),
            size: cids.len() as u64,
            limit: MAX_FETCH as u64,
        });
    }
    let subject = fetch_subject(session);
    let action = || format!("asking {subject}");
    let mut missing: HashSet<Cid> = cids.iter().copied().collect();
    let names: Vec<_> = cids.iter().map(Cid::to_string).collect();
    let client = connection.client();
    let inbox = client.new_inbox();
    let answers = connection
        .while_connected(client.subscribe(inbox.clone()))
        .await?;
    let mut answers = answers.map_err(|cause| NatsError::from_client(action(), cause))?;
    let asked = client.publish_with_reply(subject.clone(), inbox, names.join("\n").into());
    let asked = connection.while_connected(asked).await?;
    asked.map_err(|cause| NatsError::from_client(action(), cause))?;

    let mut events = Vec::new();
    let mut bytes = 0;
    while !missing.is_empty() {
        let answer = time::timeout(PATIENCE, answers.next());
        let Ok(Some(answer)) = connection.while_connected(answer).await? else {
            break;
        };
        if answer.status == Some(StatusCode::NO_RESPONDERS) {
            return Err(NatsError::NobodyAnswers { action: action() });
        }
        bytes += answer.payload.len();
        if bytes > MAX_FETCH_BYTES {
            break;
        }
        // Whatever is not in order, or was not asked for, is passed over.
        let Ok(signed) = message::signed_event(&answer) else {
            continue;
        };
        let named = SignedEvent::new(signed.block, signed.signature);
        if named.cid == signed.cid && missing.remove(&named.cid) {
            events.push(named);
        }
    }
    Ok(events)
}

/// Serves a session's events to the peers until it is dropped.
#[derive(Debug)]
#[must_use]
pub struct Serving {
    task: JoinHandle<()>,
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Answers the peers' requests: `handler` gives those of the events asked for that it has. One request is served at a
/// time. It goes on by itself after the connection was lost.
///
/// # Errors
/// When there is no connection.
pub async fn serve_fetch<F, Answer>(
    connection: &Connection,
    session: &SessionId,
    handler: F,
) -> Result<Serving, NatsError>
where
    F: Fn(Vec<Cid>) -> Answer + Send + Sync + 'static,
    Answer: Future<Output = Vec<SignedEvent>> + Send,
{
    let subject = fetch_subject(session);
    let client = connection.client().clone();
    let requests = connection
        .while_connected(client.subscribe(subject.clone()))
        .await?;
    let mut requests = requests
        .map_err(|cause| NatsError::from_client(format!("listening at {subject}"), cause))?;
    let flushed = connection.while_connected(client.flush()).await?;
    flushed.map_err(|cause| NatsError::from_client(format!("listening at {subject}"), cause))?;
    let connection = connection.clone();
    let handler = Arc::new(handler);
    let task = tokio::spawn(async move {
        while let Some(request) = requests.next().await {
            let (Some(reply), Some(cids)) = (request.reply, wanted(&request.payload)) else {
                continue;
            };
            let events = handler(cids).await;
            let answers = answer(&client, &reply, events);
            // A broken connection ends the answer; whoever asked asks again.
            let _ = connection.while_connected(answers).await;
        }
    });
    Ok(Serving { task })
}

/// The CIDs of a request; none when it is not in order.
fn wanted(payload: &Bytes) -> Option<Vec<Cid>> {
    const LONGEST_CID: usize = 128;
    if payload.len() > MAX_FETCH * LONGEST_CID {
        return None;
    }
    let text = std::str::from_utf8(payload).ok()?;
    let cids: Option<Vec<_>> = text.lines().map(|line| Cid::try_from(line).ok()).collect();
    cids.filter(|cids| !cids.is_empty() && cids.len() <= MAX_FETCH)
}

async fn answer(client: &Client, reply: &str, events: Vec<SignedEvent>) {
    let mut bytes = 0;
    for signed in events.iter().take(MAX_FETCH) {
        bytes += signed.block.len();
        if bytes > MAX_FETCH_BYTES {
            return;
        }
        let mut headers = HeaderMap::new();
        headers.insert(message::CID, signed.cid.to_string());
        headers.insert(message::SIGNATURE, URL_SAFE_NO_PAD.encode(signed.signature));
        let payload = message::payload(signed);
        let sent = client.publish_with_headers(reply.to_owned(), headers, payload);
        if sent.await.is_err() {
            return;
        }
    }
}
