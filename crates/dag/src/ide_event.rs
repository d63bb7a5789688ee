//! The event as others see it: plain JSON, readable without knowing blocks or CIDs, and complete enough to become
//! the same block again.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::change_json::{changes_of, payload_of};
use crate::event::{Event, EventError};
use crate::ids::{BranchId, DocumentId, ReplicaId, SessionId, UserId};
use crate::json::{JsonError, from_base64, ipld_from_json, ipld_to_json, to_base64};
use crate::signed::SignedEvent;
use crate::{Cid, Ipld};

/// `{sessionId, userId, timestamp, event: {type, subsystem, payload}, metadata: {version, branch, …}}`.
///
/// Tools that know only the plain form leave out what makes the event part of a chain: `replica`, `seq`, `height`
/// and the rest of [`IdeMetadata`]. Such an event can be read for its [`IdeEvent::changes`] and not restored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct IdeEvent {
    /// The session.
    pub session_id: SessionId,
    /// Who did it.
    pub user_id: UserId,
    /// Unix milliseconds by the author's clock.
    pub timestamp: u64,
    /// What was done.
    pub event: IdeEventBody,
    /// Where it stands in the history.
    #[serde(default)]
    pub metadata: IdeMetadata,
}

/// What was done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct IdeEventBody {
    /// `thing.verb`.
    #[serde(rename = "type")]
    pub event_type: String,
    /// Which part of the system, such as `ignis`.
    pub subsystem: String,
    /// One change `{nodeId, …fields, collection, verb, was}`, or several under `changes`.
    pub payload: Value,
}

/// Where the event stands in the history.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct IdeMetadata {
    /// The version of the program or format its author used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The branch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub branch: Option<BranchId>,
    /// The event it follows: `previous`, or the first parent at the start of a chain. For readers; not read back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent_event_id: Option<String>,
    /// The document.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub document: Option<DocumentId>,
    /// The author's installation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replica: Option<ReplicaId>,
    /// The number in its chain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seq: Option<u64>,
    /// The height in the DAG.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub height: Option<u64>,
    /// The chain's event before it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous: Option<String>,
    /// The other heads seen.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parents: Vec<String>,
    /// The event's CID.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cid: Option<String>,
    /// The signature, base64.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signature: Option<String>,
    /// The yrs update, base64.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub update: Option<String>,
    /// The event's other metadata.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub extra: Map<String, Value>,
}

/// Why JSON is not an event, or an event has no JSON form.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IdeEventError {
    /// A field is missing that a chain's event has.
    #[error("metadata.{0} is missing")]
    Missing(&'static str),
    /// A field cannot be read.
    #[error("{field}: {error}")]
    Field {
        /// Which field.
        field: &'static str,
        /// What is wrong.
        error: JsonError,
    },
    /// A text is no CID.
    #[error("{field}: {text:?} is no CID")]
    Cid {
        /// Which field.
        field: &'static str,
        /// What stands there.
        text: String,
    },
    /// The signature is not 64 bytes.
    #[error("metadata.signature is {0} bytes instead of 64")]
    Signature(usize),
    /// The event breaks a rule, or its content was changed since its CID was made.
    #[error(transparent)]
    Event(#[from] EventError),
}

impl IdeEvent {
    /// Describes an event. What kind of document a subsystem has is not known here, so it is told.
    ///
    /// # Errors
    /// When a value nests too deep or a float is not finite; never for an event that was decoded.
    pub fn from_event(event: &Event, subsystem: &str) -> Result<Self, IdeEventError> {
        let field = |field| move |error| IdeEventError::Field { field, error };
        let mut extra = Map::new();
        let mut version = None;
        for (key, value) in &event.metadata {
            match value {
                Ipld::String(text) if key == "version" => version = Some(text.clone()),
                _ => {
                    let value = ipld_to_json(value).map_err(field("metadata.extra"))?;
                    extra.insert(key.clone(), value);
                }
            }
        }
        let metadata = IdeMetadata {
            version,
            branch: Some(event.branch.clone()),
            parent_event_id: event
                .previous
                .or(event.parents.first().copied())
                .map(|cid| cid.to_string()),
            document: Some(event.document.clone()),
            replica: Some(event.replica),
            seq: Some(event.seq),
            height: Some(event.height),
            previous: event.previous.map(|cid| cid.to_string()),
            parents: event.parents.iter().map(Cid::to_string).collect(),
            cid: None,
            signature: None,
            update: event.update.as_deref().map(to_base64),
            extra,
        };
        Ok(Self {
            session_id: event.session.clone(),
            user_id: event.user.clone(),
            timestamp: event.time,
            event: IdeEventBody {
                event_type: event.event_type.clone(),
                subsystem: subsystem.to_owned(),
                payload: payload_of(&event.changes).map_err(field("event.payload"))?,
            },
            metadata,
        })
    }

    /// Describes a signed event, with its CID and signature.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn from_signed(signed: &SignedEvent, subsystem: &str) -> Result<Self, IdeEventError> {
        let mut ide_event = Self::from_event(&signed.open()?, subsystem)?;
        ide_event.metadata.cid = Some(signed.cid.to_string());
        ide_event.metadata.signature = Some(to_base64(&signed.signature));
        Ok(ide_event)
    }

    /// The event itself.
    ///
    /// # Errors
    /// When a field is missing or cannot be read.
    pub fn to_event(&self) -> Result<Event, IdeEventError> {
        let missing = IdeEventError::Missing;
        let metadata = &self.metadata;
        let cid = |field, text: &String| {
            Cid::try_from(text.as_str()).map_err(|_| IdeEventError::Cid {
                field,
                text: text.clone(),
            })
        };
        let parents = metadata
            .parents
            .iter()
            .map(|text| cid("metadata.parents", text));
        let update = metadata.update.as_deref().map(from_base64).transpose();
        Ok(Event {
            session: self.session_id.clone(),
            branch: metadata.branch.clone().ok_or(missing("branch"))?,
            document: metadata.document.clone().ok_or(missing("document"))?,
            event_type: self.event.event_type.clone(),
            user: self.user_id.clone(),
            replica: metadata.replica.ok_or(missing("replica"))?,
            seq: metadata.seq.ok_or(missing("seq"))?,
            height: metadata.height.ok_or(missing("height"))?,
            previous: metadata
                .previous
                .as_ref()
                .map(|text| cid("metadata.previous", text))
                .transpose()?,
            parents: parents.collect::<Result<_, _>>()?,
            time: self.timestamp,
            changes: self.changes()?,
            update: update.map_err(|error| IdeEventError::Field {
                field: "metadata.update",
                error,
            })?,
            metadata: self.event_metadata()?,
        })
    }

    /// The event with its signature, after its block was made again and found to be what its CID names. The
    /// signature itself is not verified.
    ///
    /// # Errors
    /// When a field is missing or the content is not what the CID names.
    pub fn to_signed(&self) -> Result<SignedEvent, IdeEventError> {
        let text = self
            .metadata
            .cid
            .as_ref()
            .ok_or(IdeEventError::Missing("cid"))?;
        let cid = Cid::try_from(text.as_str()).map_err(|_| IdeEventError::Cid {
            field: "metadata.cid",
            text: text.clone(),
        })?;
        let signature = self
            .metadata
            .signature
            .as_deref()
            .ok_or(IdeEventError::Missing("signature"))?;
        let signature = from_base64(signature).map_err(|error| IdeEventError::Field {
            field: "metadata.signature",
            error,
        })?;
        let length = signature.len();
        let signature = signature
            .try_into()
            .map_err(|_| IdeEventError::Signature(length))?;
        let signed = SignedEvent::new(self.to_event()?.encode()?, signature);
        if signed.cid != cid {
            return Err(EventError::CidMismatch {
                cid: cid.into(),
                actual: signed.cid.into(),
            }
            .into());
        }
        Ok(signed)
    }

    /// What the payload says was changed, each `{collection, id, put | set | remove, was}`.
    ///
    /// # Errors
    /// When the payload is not of that form.
    pub fn changes(&self) -> Result<Vec<Ipld>, IdeEventError> {
        changes_of(&self.event.payload).map_err(|error| IdeEventError::Field {
            field: "event.payload",
            error,
        })
    }

    fn event_metadata(&self) -> Result<BTreeMap<String, Ipld>, IdeEventError> {
        let extra = self.metadata.extra.iter();
        let extra = extra.map(|(key, value)| Ok((key.clone(), ipld_from_json(value)?)));
        let mut metadata: BTreeMap<_, _> =
            extra
                .collect::<Result<_, _>>()
                .map_err(|error| IdeEventError::Field {
                    field: "metadata.extra",
                    error,
                })?;
        if let Some(version) = &self.metadata.version {
            metadata.insert("version".to_owned(), Ipld::String(version.clone()));
        }
        Ok(metadata)
    }
}
