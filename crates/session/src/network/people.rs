//! Who else has the session open, and what they show of what they do. None of it is ever stored.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::sync::Notify;
use wissil_dag::{BranchId, DocumentId, ReplicaId, UserId};
use wissil_nats::{FEW_PEERS, MAX_PRESENCE_BYTES};
use wissil_sync::LogKey;

use super::PresenceListener;
use crate::api::{Peer, Person, Presence, PresenceMessage};

/// Most selected records that are shown to others.
const MAX_SELECTED: usize = 100;
/// Longest JSON of what an editor shows, in bytes; what is longer is not shown.
const MAX_SHOWN: usize = 10 * 1024;
/// Most ends of chains that are told at once.
const MAX_SEEN: usize = 128;
/// How many others tell somebody how far their events have come: those that come next in the order of the keys. One would
/// do; more, because not everybody has everything at once.
const WITNESSES: usize = 3;
/// Longest text that is taken over from somebody else.
const MAX_TEXT: usize = 200;

/// The people of an open session.
pub(crate) struct People {
    own: Mutex<Own>,
    /// What this person shows changed.
    pub changed: Notify,
    /// What this person does in an editor changed.
    pub edits: Notify,
    others: Mutex<Others>,
}

struct Own {
    person: Person,
    branch: BranchId,
    presence: Presence,
}

#[derive(Default)]
struct Others {
    peers: BTreeMap<ReplicaId, Peer>,
    listeners: Vec<PresenceListener>,
}

/// What one replica tells the others, as JSON.
#[derive(Serialize, Deserialize)]
struct Shown {
    user: String,
    name: String,
    color: String,
    /// The branch on which they do what they show, and whose chains they have.
    #[serde(default = "BranchId::main")]
    branch: BranchId,
    #[serde(default)]
    presence: Presence,
    /// The last event of chains that this replica has: by whose chain it is, then by document. Of those who are here and
    /// whose events it has to tell of.
    #[serde(default, skip_serializing_if = "HashMap::is_empty")]
    seen: HashMap<String, HashMap<String, u64>>,
}

/// The chains of others on the branch that is open, as far as a replica has them.
pub(crate) type Vector = HashMap<ReplicaId, HashMap<DocumentId, u64>>;

impl People {
    /// Those of somebody who has a branch open.
    pub(crate) fn new(person: Person, branch: BranchId) -> Self {
        Self {
            own: Mutex::new(Own {
                person,
                branch,
                presence: Presence::default(),
            }),
            changed: Notify::new(),
            edits: Notify::new(),
            others: Mutex::default(),
        }
    }

    /// Shows another name and colour from now on.
    pub(crate) fn introduce(&self, person: Person) {
        lock(&self.own).person = person;
        self.changed.notify_one();
    }

    /// Shows something else from now on.
    pub(crate) fn show(&self, mut presence: Presence) {
        presence.selection.truncate(MAX_SELECTED);
        presence.shown = bounded(presence.shown);
        lock(&self.own).presence = presence;
        self.changed.notify_one();
        self.edits.notify_one();
    }

    /// What this person shows now.
    pub(crate) fn own(&self) -> Presence {
        lock(&self.own).presence.clone()
    }

    /// What is sent to the others; of what does not fit into a message, the most important.
    pub(crate) fn shown(&self, own: &ReplicaId, seen: &Vector) -> Vec<u8> {
        let mut shown = {
            let own = lock(&self.own);
            Shown {
                user: own.person.id.clone(),
                name: own.person.name.clone(),
                color: own.person.color.clone(),
                branch: own.branch.clone(),
                presence: own.presence.clone(),
                seen: HashMap::new(),
            }
        };
        if !self.is_seen(own, &shown.presence) {
            let presence = &mut shown.presence;
            (presence.cursor, presence.shown) = (None, Value::Null);
        }
        let all = seen
            .iter()
            .flat_map(|(replica, ends)| ends.iter().map(move |end| (replica, end)));
        for (replica, (document, seq)) in all.take(MAX_SEEN) {
            let ends = shown.seen.entry(replica.to_string()).or_default();
            ends.insert(document.to_string(), *seq);
        }
        // Texts and numbers always encode.
        let encode = |shown: &Shown| serde_json::to_vec(shown).unwrap_or_default();
        let mut bytes = encode(&shown);
        let lessen: [fn(&mut Shown); 3] = [
            |shown| shown.seen.clear(),
            |shown| shown.presence.shown = Value::Null,
            |shown| shown.presence.selection.clear(),
        ];
        for lessen in lessen {
            if bytes.len() <= MAX_PRESENCE_BYTES {
                break;
            }
            lessen(&mut shown);
            bytes = encode(&shown);
        }
        bytes
    }

    /// Whether anybody can see where somebody is in a document. Among few it counts as seen: a window may show it beside the
    /// document that it tells of.
    fn is_seen(&self, own: &ReplicaId, presence: &Presence) -> bool {
        let others = lock(&self.others);
        let own = own.to_string();
        let mut peers = others.peers.values().map(|peer| &peer.presence);
        others.peers.len() <= FEW_PEERS
            || peers.any(|peer| {
                peer.document == presence.document || peer.following.as_ref() == Some(&own)
            })
    }

    /// Those who have to hear from this replica how far their events have come.
    pub(crate) fn witnessed_by(&self, own: &ReplicaId) -> Vec<ReplicaId> {
        let others = lock(&self.others);
        let before = others.peers.range(..own).rev();
        let around = others.peers.range(own..).rev();
        let nearest = before.chain(around).map(|(replica, _)| *replica);
        nearest
            .filter(|replica| replica != own)
            .take(WITNESSES)
            .collect()
    }

    /// Takes over what another replica shows; of who has another branch open only that they are here, because the same
    /// document is another one there. What it says it has seen of `own`'s chains is the answer; nothing when it says nothing
    /// that makes sense.
    pub(crate) fn took(
        &self,
        replica: ReplicaId,
        bytes: &[u8],
        own: &ReplicaId,
    ) -> Option<HashMap<LogKey, u64>> {
        let shown: Shown = serde_json::from_slice(bytes).ok()?;
        let user = UserId::new(shown.user).ok()?;
        let peer = Peer {
            replica: replica.to_string(),
            person: Person {
                id: user.to_string(),
                name: short(&shown.name),
                color: color(&shown.color),
            },
            presence: match shown.branch == lock(&self.own).branch {
                true => sound(shown.presence),
                false => Presence::default(),
            },
        };
        let mut others = lock(&self.others);
        let known = others.peers.insert(replica, peer.clone());
        if known.as_ref() != Some(&peer) {
            others.tell(match known {
                Some(_) => PresenceMessage::Moved { peer },
                None => PresenceMessage::Joined { peer },
            });
        }
        let seen = shown.seen.get(&own.to_string())?;
        Some(
            seen.iter()
                .filter_map(|(id, seq)| {
                    let log = LogKey {
                        branch: shown.branch.clone(),
                        document: DocumentId::new(id.as_str()).ok()?,
                    };
                    Some((log, *seq))
                })
                .collect(),
        )
    }

    /// Somebody closed the session or was cut off.
    pub(crate) fn left(&self, replica: &ReplicaId) {
        let mut others = lock(&self.others);
        if others.peers.remove(replica).is_some() {
            others.tell(PresenceMessage::Left {
                replica: replica.to_string(),
            });
        }
    }

    /// Nobody can be seen any more.
    pub(crate) fn all_left(&self) {
        let replicas: Vec<ReplicaId> = lock(&self.others).peers.keys().copied().collect();
        for replica in &replicas {
            self.left(replica);
        }
    }

    /// Everybody who is here.
    pub(crate) fn peers(&self) -> Vec<Peer> {
        lock(&self.others).peers.values().cloned().collect()
    }

    /// Follows what others show.
    pub(crate) fn follow(&self, listener: PresenceListener) -> Vec<Peer> {
        let mut others = lock(&self.others);
        others.listeners.push(listener);
        others.peers.values().cloned().collect()
    }

    /// Whoever followed is gone, and what their window showed with them.
    pub(crate) fn forget_listeners(&self) {
        lock(&self.others).listeners.clear();
        self.show(Presence::default());
    }
}

impl Others {
    fn tell(&mut self, message: PresenceMessage) {
        for listener in &mut self.listeners {
            listener(message.clone());
        }
    }
}

/// A panic of a listener leaves nothing half-done in here.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Text of somebody else, bounded and without control characters.
fn short(text: &str) -> String {
    let text: String = text
        .chars()
        .filter(|character| !character.is_control())
        .take(MAX_TEXT)
        .collect();
    if text.trim().is_empty() {
        "Somebody".into()
    } else {
        text
    }
}

/// A colour of somebody else: `#rrggbb`, or grey.
fn color(text: &str) -> String {
    let digits = text.strip_prefix('#').unwrap_or_default();
    if digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        text.to_owned()
    } else {
        "#7d8794".into()
    }
}

/// What somebody else shows, bounded: lists and texts have an end.
fn sound(mut presence: Presence) -> Presence {
    let fits = |text: &str| text.len() <= MAX_TEXT;
    presence.selection.truncate(MAX_SELECTED);
    presence
        .selection
        .retain(|touched| fits(&touched.collection) && fits(&touched.id));
    presence.shown = bounded(presence.shown);
    presence.document = presence.document.filter(|text| fits(text));
    presence.following = presence.following.filter(|text| fits(text));
    presence
}

/// What an editor shows, if it is not too long.
fn bounded(shown: Value) -> Value {
    if shown.is_null() || shown.to_string().len() <= MAX_SHOWN {
        shown
    } else {
        Value::Null
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, mpsc};

    use super::*;
    use crate::api::Place;

    fn person(name: &str) -> Person {
        Person {
            id: name.to_lowercase(),
            name: name.into(),
            color: "#ff8a57".into(),
        }
    }

    fn replica(byte: u8) -> ReplicaId {
        ReplicaId::from(&wissil_dag::SigningKey::from_bytes(&[byte; 32]))
    }

    fn people_of(name: &str) -> People {
        People::new(person(name), BranchId::main())
    }

    #[test]
    fn others_see_what_is_shown_and_when_somebody_leaves() {
        let (ann, ben) = (people_of("Ann"), people_of("Ben"));
        let (messages, heard) = mpsc::channel();
        assert!(
            ben.follow(Box::new(move |message| messages.send(message).unwrap()))
                .is_empty()
        );
        let cursor = Some(Place {
            x: 1.0,
            y: -2.5,
            z: Some(3.0),
        });
        ben.took(
            replica(1),
            &ann.shown(&replica(1), &Vector::new()),
            &replica(2),
        );
        ann.show(Presence {
            cursor,
            ..Presence::default()
        });
        ben.took(
            replica(1),
            &ann.shown(&replica(1), &Vector::new()),
            &replica(2),
        );
        ben.took(
            replica(1),
            &ann.shown(&replica(1), &Vector::new()),
            &replica(2),
        );
        ben.left(&replica(1));
        ben.left(&replica(1));
        let kinds: Vec<&str> = heard
            .try_iter()
            .map(|message| match message {
                PresenceMessage::Joined { .. } => "joined",
                PresenceMessage::Moved { peer } => {
                    assert_eq!(
                        (peer.person.name.as_str(), peer.presence.cursor),
                        ("Ann", cursor)
                    );
                    "moved"
                }
                PresenceMessage::Left { .. } => "left",
            })
            .collect();
        assert_eq!(kinds, ["joined", "moved", "left"]);
    }

    #[test]
    fn a_replica_learns_how_much_of_its_chains_others_have() {
        let (ann, ben) = (people_of("Ann"), people_of("Ben"));
        let document = DocumentId::new("graph").unwrap();
        let seen = Vector::from([(replica(2), HashMap::from([(document.clone(), 7)]))]);
        let told = ben.took(replica(1), &ann.shown(&replica(1), &seen), &replica(2));
        let on = |branch: BranchId| LogKey {
            branch,
            document: document.clone(),
        };
        assert_eq!(told, Some(HashMap::from([(on(BranchId::main()), 7)])));
        assert_eq!(
            ben.took(replica(1), &ann.shown(&replica(1), &seen), &replica(3)),
            None
        );
        // What somebody has of a branch says nothing of another.
        let night = BranchId::new("night").unwrap();
        let cem = People::new(person("Cem"), night.clone());
        let told = ben.took(replica(3), &cem.shown(&replica(3), &seen), &replica(2));
        assert_eq!(told, Some(HashMap::from([(on(night), 7)])));
    }

    #[test]
    fn who_has_another_branch_open_is_here_and_not_in_a_document_of_this_one() {
        let night = BranchId::new("night").unwrap();
        let cem = People::new(person("Cem"), night.clone());
        let there = Presence {
            document: Some("graph".into()),
            cursor: Some(Place {
                x: 1.0,
                y: 2.0,
                z: None,
            }),
            ..Presence::default()
        };
        cem.show(there.clone());
        let shown = cem.shown(&replica(3), &Vector::new());
        let seen_by = |people: &People| {
            people.took(replica(3), &shown, &replica(2));
            people.peers().remove(0)
        };
        let seen = seen_by(&people_of("Ben"));
        assert_eq!(seen.person.name, "Cem");
        assert_eq!(seen.presence, Presence::default());
        let seen = seen_by(&People::new(person("Dan"), night));
        assert_eq!(seen.presence, there);
    }

    #[test]
    fn everybody_hears_from_some_however_many_there_are() {
        for count in [2_u8, 3, 4, 30] {
            let everybody: Vec<ReplicaId> = (1..=count).map(replica).collect();
            let mut heard: HashMap<ReplicaId, usize> = HashMap::new();
            for own in &everybody {
                let people = people_of("Ann");
                for other in everybody.iter().filter(|other| *other != own) {
                    let shown = people_of("Ben").shown(other, &Vector::new());
                    people.took(*other, &shown, own);
                }
                for owner in people.witnessed_by(own) {
                    assert_ne!(owner, *own);
                    *heard.entry(owner).or_default() += 1;
                }
            }
            let expected = WITNESSES.min(usize::from(count) - 1);
            assert_eq!(heard.len(), everybody.len());
            assert!(heard.values().all(|times| *times == expected), "{heard:?}");
        }
    }

    #[test]
    fn what_nobody_looks_at_is_not_shown_in_a_crowd() {
        let ann = people_of("Ann");
        let cursor = Some(Place {
            x: 1.0,
            y: 2.0,
            z: None,
        });
        let at = |document: &str| Presence {
            document: Some(document.into()),
            cursor,
            ..Presence::default()
        };
        ann.show(at("graph"));
        let is_shown = || {
            let shown: Shown =
                serde_json::from_slice(&ann.shown(&replica(1), &Vector::new())).unwrap();
            assert_eq!(shown.presence.document.as_deref(), Some("graph"));
            shown.presence.cursor.is_some()
        };
        let come = |byte: u8, presence: Presence| {
            let other = people_of("Ben");
            other.show(presence);
            ann.took(
                replica(byte),
                &other.shown(&replica(byte), &Vector::new()),
                &replica(0),
            );
        };
        (1..=10).for_each(|byte| come(byte, at("scene")));
        assert!(is_shown(), "among few");
        come(11, at("scene"));
        assert!(!is_shown(), "in a crowd elsewhere");
        come(11, at("graph"));
        assert!(is_shown(), "to who is here");
        let follows = |byte: u8| Presence {
            following: Some(replica(byte).to_string()),
            ..at("scene")
        };
        come(11, follows(2));
        assert!(!is_shown(), "to who follows somebody else");
        come(11, follows(1));
        assert!(is_shown(), "to who follows");
    }

    #[test]
    fn what_is_shown_fits_a_message() {
        let ann = people_of("Ann");
        let shown = |ghosts: usize| Presence {
            shown: serde_json::json!({"ghosts": vec![format!("{:0100}", 7); ghosts]}),
            ..Presence::default()
        };
        ann.show(shown(1000));
        assert_eq!(ann.own().shown, Value::Null, "too long");
        ann.show(shown(90));
        let ends = (0..1000).map(|at| (DocumentId::new(format!("{at:060}")).unwrap(), 7));
        let seen = Vector::from([(replica(2), ends.collect())]);
        let bytes = ann.shown(&replica(1), &seen);
        assert!(bytes.len() <= MAX_PRESENCE_BYTES, "{}", bytes.len());
        let ben = people_of("Ben");
        ben.took(replica(1), &bytes, &replica(3));
        assert_eq!(ben.peers()[0].presence, shown(90));
    }

    #[test]
    fn nonsense_shows_nobody() {
        let people = Arc::new(people_of("Ann"));
        for bytes in [&b""[..], b"{}", b"[]", b"{\"user\":1}", &[0xff; 100]] {
            assert_eq!(people.took(replica(1), bytes, &replica(2)), None);
        }
        assert!(people.peers().is_empty());
        let hostile = format!(
            r#"{{"user":"u","name":"{}\u0007","color":"url(x)","presence":{{"document":"{}"}}}}"#,
            "n".repeat(5000),
            "d".repeat(5000)
        );
        people.took(replica(1), hostile.as_bytes(), &replica(2));
        let peer = &people.peers()[0];
        assert_eq!(peer.person.name.chars().count(), MAX_TEXT);
        assert_eq!(peer.person.color, "#7d8794");
        assert_eq!(peer.presence.document, None);
    }
}
