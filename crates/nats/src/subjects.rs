//! Every subject of the product: constructors, parsers, and the table that `docs/subjects.md` is written from.

use std::fmt;

use wissil_dag::{BranchId, DocumentId, ReplicaId, SessionId};
use wissil_model::DocumentKind;

use crate::NatsError;

/// A family of subjects, as documented.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SubjectFamily {
    /// The form; `<…>` are tokens, `[.<…>…]` may follow.
    pub form: &'static str,
    /// The stream or bucket that keeps its messages; none for live messages.
    pub kept_in: Option<&'static str>,
    /// What its messages are.
    pub meaning: &'static str,
}

/// Every family of subjects. The session is always a token of its own, so that permissions can name it; the replica is
/// the last token, so that the server itself lets only a chain's owner write it.
pub const SUBJECTS: &[SubjectFamily] = &[
    family(
        "WISSIL.IGNIS.GRAPH.<session>.<branch>.<document>.<replica>",
        Some("WISSIL_IGNIS"),
        "Edits of Blueprints.",
    ),
    family(
        "WISSIL.UNITY.SCENEGRAPH.<session>.<branch>.<document>.<replica>",
        Some("WISSIL_UNITY"),
        "Edits of scenes.",
    ),
    family(
        "WISSIL.SPARK.METADATA.<session>.<branch>.<document>.<replica>",
        Some("WISSIL_SPARK"),
        "Edits of the session's manifest.",
    ),
    family(
        "WISSIL.IGNIS.DEBUG.<session>.<run>",
        Some("WISSIL_IGNIS"),
        "What a running graph did, step by step; purged freely.",
    ),
    family(
        "WISSIL.IGNITION.RUNTIME.<session>.<run>",
        Some("WISSIL_IGNITION"),
        "What a running game reports.",
    ),
    family(
        "WISSIL.IGNITION.LOGS.<session>.<run>",
        Some("WISSIL_IGNITION"),
        "What a running game writes to its console.",
    ),
    family(
        "WISSIL.WAYPOINT.AI.<session>.<agent>",
        Some("WISSIL_WAYPOINT"),
        "What an assistant suggests.",
    ),
    family(
        "WISSIL.WAYPOINT.CONTEXT.<session>.<agent>",
        Some("WISSIL_WAYPOINT"),
        "What an assistant was shown.",
    ),
    family(
        "$O.wissil-<session>.>",
        Some("OBJ_wissil-<session>"),
        "Files of the project, named by their CID.",
    ),
];

const fn family(
    form: &'static str,
    kept_in: Option<&'static str>,
    meaning: &'static str,
) -> SubjectFamily {
    SubjectFamily {
        form,
        kept_in,
        meaning,
    }
}

/// Where the edits of a kind of document go: subsystem and channel.
pub(crate) const fn edit_channel(kind: DocumentKind) -> (&'static str, &'static str) {
    match kind {
        DocumentKind::Blueprint => ("IGNIS", "GRAPH"),
        DocumentKind::Scene => ("UNITY", "SCENEGRAPH"),
        DocumentKind::Manifest => ("SPARK", "METADATA"),
    }
}

/// The subject of one chain's edits: `WISSIL.<subsystem>.<channel>.<session>.<branch>.<document>.<replica>`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct EditSubject {
    /// The kind of the document.
    pub kind: DocumentKind,
    /// The session.
    pub session: SessionId,
    /// The branch.
    pub branch: BranchId,
    /// The document.
    pub document: DocumentId,
    /// The installation whose chain it is.
    pub replica: ReplicaId,
}

impl EditSubject {
    /// Reads a subject.
    ///
    /// # Errors
    /// When it is not that of a chain of a kind this version knows.
    pub fn parse(subject: &str) -> Result<Self, NatsError> {
        let refuse = |problem: String| NatsError::Name {
            what: "subject",
            text: subject.chars().take(512).collect(),
            problem,
        };
        let tokens: Vec<&str> = subject.splitn(8, '.').collect();
        let &[
            "WISSIL",
            subsystem,
            channel,
            session,
            branch,
            document,
            replica,
        ] = tokens.as_slice()
        else {
            return Err(refuse(
                "it is not WISSIL.<subsystem>.<channel>.<session>.<branch>.<document>.<replica>"
                    .to_owned(),
            ));
        };
        let kind = DocumentKind::ALL
            .into_iter()
            .find(|&kind| edit_channel(kind) == (subsystem, channel))
            .ok_or_else(|| {
                refuse(format!(
                    "{subsystem}.{channel} carries no kind of document that this version knows"
                ))
            })?;
        Ok(Self {
            kind,
            session: SessionId::new(session).map_err(|error| refuse(error.to_string()))?,
            branch: BranchId::new(branch).map_err(|error| refuse(error.to_string()))?,
            document: DocumentId::new(document).map_err(|error| refuse(error.to_string()))?,
            replica: replica
                .parse()
                .map_err(|error: wissil_dag::InvalidReplica| refuse(error.to_string()))?,
        })
    }
}

impl fmt::Display for EditSubject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            kind,
            session,
            branch,
            document,
            replica,
        } = self;
        let (subsystem, channel) = edit_channel(*kind);
        write!(
            f,
            "WISSIL.{subsystem}.{channel}.{session}.{branch}.{document}.{replica}"
        )
    }
}

/// The subject of one chain's edits. The ids are tokens already, so this cannot fail.
#[must_use]
pub fn edit_subject(
    kind: DocumentKind,
    session: &SessionId,
    branch: &BranchId,
    document: &DocumentId,
    replica: &ReplicaId,
) -> String {
    let (subsystem, channel) = edit_channel(kind);
    format!("WISSIL.{subsystem}.{channel}.{session}.{branch}.{document}.{replica}")
}

/// All edits of a session in one of the [`EDIT_STREAMS`](crate::EDIT_STREAMS).
///
/// # Errors
/// When the stream carries no documents.
pub fn edit_filter(stream: &str, session: &SessionId) -> Result<String, NatsError> {
    let subsystem = DocumentKind::ALL
        .into_iter()
        .map(|kind| edit_channel(kind).0)
        .find(|subsystem| stream.strip_prefix("WISSIL_") == Some(subsystem))
        .ok_or_else(|| NatsError::Name {
            what: "stream",
            text: stream.to_owned(),
            problem: format!("only {:?} carry documents", crate::EDIT_STREAMS),
        })?;
    Ok(format!("WISSIL.{subsystem}.*.{session}.>"))
}

/// The bucket of a session's files.
pub(crate) fn bucket_name(session: &SessionId) -> String {
    format!("wissil-{session}")
}

/// Where a session's peers are asked for events.
pub(crate) fn fetch_subject(session: &SessionId) -> String {
    format!("slate.sync.fetch.{session}")
}

/// Checks a pattern of live subjects: `slate.`, then tokens, `*`, and `>` at the end.
pub(crate) fn check_pattern(pattern: &str) -> Result<(), NatsError> {
    let refuse = |problem: &str| NatsError::Name {
        what: "pattern",
        text: pattern.chars().take(256).collect(),
        problem: problem.to_owned(),
    };
    let Some(rest) = pattern.strip_prefix("slate.") else {
        return Err(refuse("live messages are at slate.…"));
    };
    let mut tokens = rest.split('.').peekable();
    while let Some(token) = tokens.next() {
        let is_good = match token {
            "*" => true,
            ">" => tokens.peek().is_none(),
            _ => check_token("token", token).is_ok(),
        };
        if !is_good {
            return Err(refuse("its tokens are names, '*', or '>' at the end"));
        }
    }
    Ok(())
}

/// Checks a text that becomes one token of a subject or a name on the server.
pub(crate) fn check_token(what: &'static str, text: &str) -> Result<(), NatsError> {
    let is_legal = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'=');
    if (1..=200).contains(&text.len()) && text.bytes().all(is_legal) {
        return Ok(());
    }
    Err(NatsError::Name {
        what,
        text: text.chars().take(64).collect(),
        problem: "it is not 1 to 200 letters, digits, '_', '-' or '='".to_owned(),
    })
}
