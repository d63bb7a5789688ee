//! An event as a message: the block is the payload, its name and signature stand in headers.

use async_nats::header::{HeaderName, NATS_MESSAGE_ID};
use async_nats::{HeaderMap, Message};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use wissil_dag::{Cid, EventAddress, EventError, MAX_EVENT_BYTES, SignedEvent};

/// The CID of the block.
pub(crate) const CID: &str = "Cid";
/// The document.
const AGGREGATE_ID: &str = "Aggregate-Id";
/// What the person did.
const EVENT_TYPE: &str = "Event-Type";
/// The chain's event before it.
const PREVIOUS_CID: &str = "Previous-Cid";
/// The other heads seen: `Parent-1`, `Parent-2` …
const PARENT: &str = "Parent-";
/// ed25519 over the CID's bytes, base64url without padding.
pub(crate) const SIGNATURE: &str = "Signature";
/// The place in the chain.
pub(crate) const SEQUENCE: &str = "Sequence";
/// The height in the DAG.
const HEIGHT: &str = "Height";

/// The headers of an event. Only CID and signature are needed to read it back; the rest lets tools and the census look
/// at a stream without decoding blocks.
pub(crate) fn headers(signed: &SignedEvent, address: &EventAddress<'_>) -> HeaderMap {
    // A name that is known at compile time needs no memory of its own.
    let named = HeaderName::from_static;
    let mut headers = HeaderMap::new();
    let cid = signed.cid.to_string();
    headers.insert(NATS_MESSAGE_ID, cid.as_str());
    headers.insert(named(CID), cid);
    headers.insert(named(AGGREGATE_ID), address.document);
    headers.insert(named(EVENT_TYPE), address.event_type);
    if let Some(previous) = address.previous {
        headers.insert(named(PREVIOUS_CID), previous.to_string());
    }
    for (at, parent) in address.parents.iter().enumerate() {
        headers.insert(format!("{PARENT}{}", at + 1).as_str(), parent.to_string());
    }
    let signature = URL_SAFE_NO_PAD.encode(signed.signature);
    headers.insert(named(SIGNATURE), signature);
    headers.insert(named(SEQUENCE), address.seq.to_string());
    headers.insert(named(HEIGHT), address.height.to_string());
    headers
}

/// The payload of an event.
pub(crate) fn payload(signed: &SignedEvent) -> Bytes {
    // The block is shared, so the bytes need not be copied.
    Bytes::from_owner(signed.block.clone())
}

/// The event of a message, unchecked but for its size and the form of its headers.
///
/// # Errors
/// What is wrong with it, in words.
pub(crate) fn signed_event(message: &Message) -> Result<SignedEvent, String> {
    let size = message.payload.len();
    if size > MAX_EVENT_BYTES {
        return Err(format!(
            "{size} bytes are over the limit of {MAX_EVENT_BYTES}"
        ));
    }
    let signature = header(message, SIGNATURE)?;
    let signature = URL_SAFE_NO_PAD
        .decode(signature)
        .ok()
        .and_then(|bytes| <[u8; 64]>::try_from(bytes).ok())
        .ok_or_else(|| format!("the header {SIGNATURE} is not 64 bytes in base64url"))?;
    Ok(SignedEvent {
        cid: cid(message)?,
        block: message.payload.as_ref().into(),
        signature,
    })
}

/// The CID that a message says it carries.
pub(crate) fn cid(message: &Message) -> Result<Cid, String> {
    let text = header(message, CID)?;
    Cid::try_from(text).map_err(|error| format!("the header {CID} is no CID: {error}"))
}

/// A header that is there exactly once.
pub(crate) fn header<'a>(message: &'a Message, name: &str) -> Result<&'a str, String> {
    let headers = message.headers.as_ref();
    let mut values = headers
        .into_iter()
        .flat_map(|headers| headers.get_all(name));
    match (values.next(), values.next()) {
        (Some(value), None) => Ok(value.as_str()),
        (None, _) => Err(format!("the header {name} is missing")),
        (Some(_), Some(_)) => Err(format!("the header {name} stands there twice")),
    }
}

/// What a block that this program made or checked says of its event, as far as its headers need it.
pub(crate) fn address(signed: &SignedEvent) -> Result<EventAddress<'_>, EventError> {
    let address = EventAddress::read_trusted(&signed.block)?;
    // The type becomes a header.
    address.check()?;
    Ok(address)
}
