//! Chains of events to send.

use wissil_dag::{
    BranchId, Cid, DocumentId, Event, Ipld, ReplicaId, SessionId, SigningKey, UserId,
};
use wissil_model::DocumentKind;
use wissil_nats::Outgoing;

/// The session of all chains.
pub fn session() -> SessionId {
    SessionId::new("session-1").unwrap()
}

/// A chain of events of one replica in one document.
pub struct Chain {
    pub key: SigningKey,
    pub kind: DocumentKind,
    pub session: SessionId,
    pub document: DocumentId,
    last: Option<(Cid, u64)>,
}

impl Chain {
    pub fn new(seed: u8, kind: DocumentKind) -> Self {
        Self {
            key: SigningKey::from_bytes(&[seed; 32]),
            kind,
            session: session(),
            document: DocumentId::new(format!("document-{seed}")).unwrap(),
            last: None,
        }
    }

    pub fn replica(&self) -> ReplicaId {
        ReplicaId::from(&self.key)
    }

    /// The next events, each with a payload of about so many bytes.
    pub fn next(&mut self, count: usize, bytes: usize) -> Vec<Outgoing> {
        (0..count).map(|_| self.one(bytes)).collect()
    }

    fn one(&mut self, bytes: usize) -> Outgoing {
        let seq = self.last.map_or(1, |(_, seq)| seq + 1);
        let event = Event {
            session: self.session.clone(),
            branch: BranchId::main(),
            document: self.document.clone(),
            event_type: "node.move".to_owned(),
            user: UserId::new("user").unwrap(),
            replica: self.replica(),
            seq,
            height: seq,
            previous: self.last.map(|(cid, _)| cid),
            parents: Vec::new(),
            time: 0,
            changes: Vec::new(),
            update: None,
            metadata: [("x".to_owned(), Ipld::Bytes(vec![7; bytes]))].into(),
        };
        let signed = event.sign(&self.key).unwrap();
        self.last = Some((signed.cid, seq));
        Outgoing {
            kind: self.kind,
            signed,
        }
    }
}
