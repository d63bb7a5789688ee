//! What this program knows of kinds of documents, and what it keeps of those it does not know.

use std::fmt::{self, Write as _};
use std::hash::{Hash, Hasher};
use std::str::FromStr;
use std::sync::{Mutex, OnceLock, PoisonError};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::derive::Derive;
use crate::event_type::EventType;
use crate::schema::KindSchema;
use crate::words::Words;

/// Most letters of a kind's name, and of each part of its channel.
const MAX_NAME: usize = 64;
/// Most kinds of newer versions that are told apart while the program runs. Names come from anybody, and each is kept.
const MAX_NEWER: usize = 64;

/// All there is to know of a kind of document. Each kind says it in its own folder, and nobody else does.
#[derive(Debug)]
pub struct Kind {
    /// What its documents may hold, and its name.
    pub schema: &'static KindSchema,
    /// Where its edits travel.
    pub channel: Channel,
    /// What one does to its documents, beside what one does to any.
    pub event_types: &'static [EventType],
    /// How history words what its records say.
    pub words: &'static dyn Words,
    /// What follows from its records, for whoever looks at a document; none where nothing does.
    pub derive: Option<fn() -> Box<dyn Derive>>,
    /// Completes a gesture before it is written, as [`complete`](DocumentKind::complete) says.
    pub complete: Option<Complete>,
}

/// What else a gesture changes in a document, so that its rules hold.
pub type Complete = fn(&crate::Projection, Vec<crate::Change>) -> Vec<crate::Change>;

/// Where the edits of a kind of document travel: `UNITY.SCENEGRAPH`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Channel {
    /// The part of the product that it belongs to; one stream carries all channels of one.
    pub subsystem: &'static str,
    /// The channel within it.
    pub name: &'static str,
}

impl fmt::Display for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.subsystem, self.name)
    }
}

/// A kind of document: one that this version knows, or the name of one that only a newer version does. Documents of the
/// latter are kept and travel on; nothing can be read in them.
#[derive(Clone, Copy)]
pub struct DocumentKind(Known);

#[derive(Clone, Copy)]
enum Known {
    Here(&'static Kind),
    Newer(&'static Newer),
}

#[derive(Debug, PartialEq)]
struct Newer {
    name: String,
    channel: Option<Channel>,
}

static ADDED: OnceLock<&'static [DocumentKind]> = OnceLock::new();
static NEWER: Mutex<Vec<&'static Newer>> = Mutex::new(Vec::new());

static NOTHING: KindSchema = KindSchema {
    name: "",
    doc: "",
    collections: &[],
};

impl DocumentKind {
    /// The kind that is described so.
    #[must_use]
    pub const fn new(kind: &'static Kind) -> Self {
        Self(Known::Here(kind))
    }

    /// All that this version knows.
    pub fn all() -> impl Iterator<Item = Self> + Clone {
        let added = ADDED.get().copied().unwrap_or_default();
        super::COMPOSED.iter().chain(added).copied()
    }

    /// Adds kinds that are not of this crate. Once per process, before any document is read.
    ///
    /// # Errors
    /// When kinds were added before.
    pub fn add(kinds: &'static [Self]) -> Result<(), &'static [Self]> {
        ADDED.set(kinds)
    }

    /// A kind by what somebody calls it: its name, or its name and its channel as `timeline@UNITY.TIMELINE`. None where that
    /// is no name, and where there are too many kinds already that this version does not know.
    #[must_use]
    pub fn named(text: &str) -> Option<Self> {
        Self::read(text, MAX_NEWER)
    }

    /// As [`named`](Self::named), of what this program [wrote](Self::written) once: that reads back however many there are.
    #[must_use]
    pub fn stored(text: &str) -> Option<Self> {
        Self::read(text, usize::MAX)
    }

    fn read(text: &str, most_newer: usize) -> Option<Self> {
        let (name, channel) = match text.split_once('@') {
            Some((name, channel)) => (name, Some(channel.split_once('.')?)),
            None => (text, None),
        };
        if let Some(known) = Self::all().find(|kind| kind.name() == name) {
            return Some(known);
        }
        let is_name = |text: &str, fits: fn(&u8) -> bool| {
            (1..=MAX_NAME).contains(&text.len())
                && text
                    .bytes()
                    .all(|it| it == b'_' || it.is_ascii_digit() || fits(&it))
        };
        let is_upper = |text: &str| is_name(text, u8::is_ascii_uppercase);
        if !is_name(name, |it| it.is_ascii_lowercase() || *it == b'-')
            || channel.is_some_and(|(subsystem, name)| !is_upper(subsystem) || !is_upper(name))
        {
            return None;
        }
        let mut newer = NEWER.lock().unwrap_or_else(PoisonError::into_inner);
        let is_it = |known: &&&Newer| {
            let known_channel = known.channel.map(|it| (it.subsystem, it.name));
            known.name == name && known_channel == channel
        };
        if let Some(known) = newer.iter().find(is_it) {
            return Some(Self(Known::Newer(known)));
        }
        if newer.len() >= most_newer {
            return None;
        }
        let keep = |text: &str| -> &'static str { Box::leak(text.into()) };
        let channel = channel.map(|(subsystem, name)| Channel {
            subsystem: keep(subsystem),
            name: keep(name),
        });
        let kept: &'static Newer = Box::leak(Box::new(Newer {
            name: name.to_owned(),
            channel,
        }));
        newer.push(kept);
        Some(Self(Known::Newer(kept)))
    }

    /// Whether this version knows it.
    #[must_use]
    pub fn is_known(self) -> bool {
        matches!(self.0, Known::Here(_))
    }

    /// Its name in events, files and on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self.0 {
            Known::Here(kind) => kind.schema.name,
            Known::Newer(newer) => &newer.name,
        }
    }

    /// What is to be written of it so that it reads back: of one that this version does not know, its channel too.
    #[must_use]
    pub fn written(self) -> String {
        match (self.0, self.channel()) {
            (Known::Newer(newer), Some(channel)) => format!("{}@{channel}", newer.name),
            _ => self.name().to_owned(),
        }
    }

    /// What documents of this kind may hold; nothing where this version does not know.
    #[must_use]
    pub fn schema(self) -> &'static KindSchema {
        self.here().map_or(&NOTHING, |kind| kind.schema)
    }

    /// Where its edits travel; none where that is not known.
    #[must_use]
    pub fn channel(self) -> Option<Channel> {
        match self.0 {
            Known::Here(kind) => Some(kind.channel),
            Known::Newer(newer) => newer.channel,
        }
    }

    /// What follows from the records of a document, to be kept up to date.
    #[must_use]
    pub fn derive(self) -> Option<Box<dyn Derive>> {
        Some((self.here()?.derive?)())
    }

    /// A gesture with what else it has to change in this document, so that its kind's rules hold.
    #[must_use]
    pub fn complete(
        self,
        document: &crate::Projection,
        changes: Vec<crate::Change>,
    ) -> Vec<crate::Change> {
        match self.here().and_then(|kind| kind.complete) {
            Some(complete) => complete(document, changes),
            None => changes,
        }
    }

    pub(crate) fn event_types(self) -> &'static [EventType] {
        self.here().map_or(&[], |kind| kind.event_types)
    }

    pub(crate) fn words(self) -> &'static dyn Words {
        self.here().map_or(&crate::words::Plain, |kind| kind.words)
    }

    fn here(self) -> Option<&'static Kind> {
        match self.0 {
            Known::Here(kind) => Some(kind),
            Known::Newer(_) => None,
        }
    }
}

impl PartialEq for DocumentKind {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name()
    }
}

impl Eq for DocumentKind {}

impl Hash for DocumentKind {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name().hash(state);
    }
}

impl fmt::Debug for DocumentKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut letters = self.name().chars();
        let first = letters.next().map(|letter| letter.to_ascii_uppercase());
        first
            .into_iter()
            .chain(letters)
            .try_for_each(|letter| f.write_char(letter))
    }
}

impl fmt::Display for DocumentKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for DocumentKind {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        Self::all()
            .find(|kind| kind.name() == name)
            .ok_or_else(|| format!("`{name}` is not a kind of document this version knows"))
    }
}

impl Serialize for DocumentKind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for DocumentKind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        name.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_read_back_as_they_are_written() {
        for kind in DocumentKind::all() {
            assert!(kind.is_known());
            assert_eq!(DocumentKind::named(&kind.written()), Some(kind));
            assert_eq!(kind.name().parse(), Ok(kind));
        }
        let newer = DocumentKind::named("timeline@UNITY.TIMELINE").unwrap();
        assert!(!newer.is_known());
        assert_eq!(newer.name(), "timeline");
        assert_eq!(newer.written(), "timeline@UNITY.TIMELINE");
        assert_eq!(newer.channel().unwrap().subsystem, "UNITY");
        assert!("timeline".parse::<DocumentKind>().is_err());
        let unrouted = DocumentKind::named("timeline").unwrap();
        assert_eq!((unrouted.channel(), unrouted), (None, newer));
        // What was written by a version that did not know a kind reads as that kind later.
        let known = DocumentKind::named("scene@UNITY.SCENEGRAPH").unwrap();
        assert!(known.is_known());
    }

    #[test]
    fn what_is_no_name_is_no_kind() {
        let long = "x".repeat(MAX_NAME + 1);
        for text in [
            "", "A", "a b", "a@", "a@B", "a@B.", "a@b.c", "a@B.C.D", "a\n", &long,
        ] {
            assert_eq!(DocumentKind::named(text), None, "{text:?}");
        }
    }

    #[test]
    fn strangers_cannot_name_kinds_without_end() {
        let named = (0..10_000).filter(|it| DocumentKind::named(&format!("k{it}")).is_some());
        assert!(named.count() <= MAX_NEWER);
        // What was kept of one before does not read as damaged for it.
        assert_eq!(
            DocumentKind::stored("kept").map(DocumentKind::name),
            Some("kept")
        );
        assert_eq!(DocumentKind::named("another"), None);
        assert!(DocumentKind::named("scene").is_some());
    }
}
