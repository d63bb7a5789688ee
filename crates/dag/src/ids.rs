//! Names: of sessions, branches, documents and people, and the keys of replicas.

use std::fmt;
use std::str::FromStr;

use ed25519_dalek::{SigningKey, VerifyingKey};
use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The greatest length of a token, in bytes.
const MAX_TOKEN: usize = 64;

/// A text that is not a token: something else than 1 to 64 of `A-Z a-z 0-9 _ -`.
///
/// Tokens stand in NATS subjects and in file names, so nothing with a meaning there is allowed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{kind} {text:?} is not 1 to 64 letters, digits, '_' or '-'")]
pub struct InvalidToken {
    kind: &'static str,
    text: String,
}

macro_rules! token {
    ($(#[$doc:meta])* $name:ident, $kind:literal) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Takes a text over as an id.
            ///
            /// # Errors
            /// When it is not 1 to 64 of `A-Z a-z 0-9 _ -`.
            pub fn new(text: impl Into<String>) -> Result<Self, InvalidToken> {
                let text = text.into();
                if is_token(&text) { Ok(Self(text)) } else { Err(InvalidToken::new($kind, &text)) }
            }

            /// The id as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.0)
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = InvalidToken;

            fn from_str(text: &str) -> Result<Self, InvalidToken> {
                Self::new(text)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Self::new(String::deserialize(deserializer)?).map_err(de::Error::custom)
            }
        }
    };
}

token!(
    /// One shared unit of work: a project's whole history.
    SessionId,
    "session id"
);
token!(
    /// One line of development in a session.
    BranchId,
    "branch id"
);
token!(
    /// One document: the aggregate whose events share a log.
    DocumentId,
    "document id"
);
token!(
    /// One person.
    UserId,
    "user id"
);

impl BranchId {
    /// The branch every session starts with.
    #[must_use]
    pub fn main() -> Self {
        Self("main".to_owned())
    }
}

/// One installation's copy of one session: its ed25519 public key.
///
/// Reads as 52 characters of lower-case unpadded base32 (RFC 4648), which is also a safe NATS token. In binary
/// formats it is its 32 bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReplicaId(pub [u8; 32]);

/// A text that is not a replica id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("replica id {0:?} is not 52 characters of lower-case base32")]
pub struct InvalidReplica(String);

impl ReplicaId {
    /// The public key's bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The key to verify this replica's signatures with; `None` when the bytes are no point of the curve.
    #[must_use]
    pub fn verifying_key(&self) -> Option<VerifyingKey> {
        VerifyingKey::from_bytes(&self.0).ok()
    }
}

impl From<&SigningKey> for ReplicaId {
    fn from(key: &SigningKey) -> Self {
        Self(key.verifying_key().to_bytes())
    }
}

impl fmt::Display for ReplicaId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&base32(&self.0))
    }
}

impl fmt::Debug for ReplicaId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ReplicaId({self})")
    }
}

impl FromStr for ReplicaId {
    type Err = InvalidReplica;

    fn from_str(text: &str) -> Result<Self, InvalidReplica> {
        from_base32(text)
            .map(Self)
            .ok_or_else(|| InvalidReplica(excerpt(text)))
    }
}

impl Serialize for ReplicaId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.collect_str(self)
        } else {
            serializer.serialize_bytes(&self.0)
        }
    }
}

impl<'de> Deserialize<'de> for ReplicaId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Bytes;

        impl Visitor<'_> for Bytes {
            type Value = ReplicaId;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("32 bytes of an ed25519 public key")
            }

            fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<ReplicaId, E> {
                let key = bytes
                    .try_into()
                    .map_err(|_| E::invalid_length(bytes.len(), &self))?;
                Ok(ReplicaId(key))
            }
        }

        if deserializer.is_human_readable() {
            String::deserialize(deserializer)?
                .parse()
                .map_err(de::Error::custom)
        } else {
            deserializer.deserialize_bytes(Bytes)
        }
    }
}

impl InvalidToken {
    fn new(kind: &'static str, text: &str) -> Self {
        Self {
            kind,
            text: excerpt(text),
        }
    }
}

fn is_token(text: &str) -> bool {
    (1..=MAX_TOKEN).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
}

/// Enough of a refused text to recognise it; error messages must not carry megabytes.
fn excerpt(text: &str) -> String {
    text.chars().take(MAX_TOKEN + 1).collect()
}

const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

/// 32 bytes are 52 characters of 5 bits: 4 bits are left over and zero.
fn base32(bytes: &[u8; 32]) -> String {
    let mut text = String::with_capacity(52);
    let (mut bits, mut held) = (0u32, 0u32);
    for &byte in bytes {
        held = (held << 8) | u32::from(byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            text.push(char::from(ALPHABET[((held >> bits) & 31) as usize]));
        }
        held &= (1 << bits) - 1;
    }
    text.push(char::from(ALPHABET[((held << (5 - bits)) & 31) as usize]));
    text
}

fn from_base32(text: &str) -> Option<[u8; 32]> {
    if text.len() != 52 {
        return None;
    }
    let mut bytes = [0; 32];
    let (mut bits, mut held, mut at) = (0u32, 0u32, 0);
    for letter in text.bytes() {
        let value = match letter {
            b'a'..=b'z' => letter - b'a',
            b'2'..=b'7' => letter - b'2' + 26,
            _ => return None,
        };
        held = (held << 5) | u32::from(value);
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes[at] = (held >> bits) as u8;
            at += 1;
            held &= (1 << bits) - 1;
        }
    }
    (held == 0).then_some(bytes)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_token_holds_only_letters_digits_underscore_and_dash() {
        for good in ["a", "main", "01J_z-9", &"x".repeat(64)] {
            assert_eq!(SessionId::new(good).unwrap().as_str(), good);
        }
        for bad in [
            "",
            "a.b",
            "a b",
            "*",
            ">",
            "../x",
            "ä",
            "a\0",
            &"x".repeat(65),
        ] {
            assert!(DocumentId::new(bad).is_err(), "{bad:?} was taken");
            assert!(serde_json::from_value::<UserId>(serde_json::json!(bad)).is_err());
        }
    }

    #[test]
    fn base32_agrees_with_the_reference() {
        // python: base64.b32encode(bytes(range(32))).decode().lower().rstrip('=')
        let bytes: [u8; 32] = std::array::from_fn(|at| at as u8);
        let text = "aaaqeayeaudaocajbifqydiob4ibceqtcqkrmfyydenbwha5dypq";
        assert_eq!(ReplicaId(bytes).to_string(), text);
        assert_eq!(text.parse::<ReplicaId>().unwrap().0, bytes);
        // The four spare bits of the last character must be zero: one key, one text.
        assert!(text.replace("ypq", "ypr").parse::<ReplicaId>().is_err());
        assert!(text.to_uppercase().parse::<ReplicaId>().is_err());
    }

    proptest! {
        #[test]
        fn replica_ids_survive_text_and_binary(bytes: [u8; 32]) {
            let id = ReplicaId(bytes);
            prop_assert_eq!(id.to_string().parse::<ReplicaId>().unwrap(), id);
            let json = serde_json::to_string(&id).unwrap();
            prop_assert_eq!(serde_json::from_str::<ReplicaId>(&json).unwrap(), id);
            let cbor = crate::encode(&id).unwrap();
            prop_assert_eq!(cbor.len(), 34);
            prop_assert_eq!(crate::decode::<ReplicaId>(&cbor, 64).unwrap(), id);
        }
    }
}
