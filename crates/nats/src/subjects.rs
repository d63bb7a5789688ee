//! Every subject of the product: constructors, parsers, and the table that `docs/subjects.md` is written from.

use std::borrow::Cow;
use std::fmt;

use wissil_dag::{BranchId, DocumentId, ReplicaId, SessionId};
use wissil_model::{Channel, DocumentKind};

use crate::{NatsError, Resource};

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

/// Every family of subjects beside those of edits, of which each kind of document has one ([`EditSubject`]). The session is always a token of its own, so that permissions can name it; the replica is
/// the last token, so that the server itself lets only a chain's owner write it.
pub const SUBJECTS: &[SubjectFamily] = &[
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
        "slate.<resource>.<action>.<session>[.<id>…]",
        None,
        "Live messages, see below.",
    ),
    family(
        "slate.collab.<action>.<session>.<replica>",
        None,
        "Presence: `joined`, `presence`, `left`; each peer speaks at its own subject only.",
    ),
    family(
        "slate.sync.fetch.<session>",
        None,
        "Asks the peers for events that the server does not have.",
    ),
    family(
        "slate.sync.audit.<session>",
        None,
        "Has the peers look what the server does not give, and put it back; empty.",
    ),
    family(
        "slate.sync.latency",
        None,
        "Served by nobody: the server's own answer measures the way to it.",
    ),
    family(
        "$O.wissil-<session>.>",
        Some("OBJ_wissil-<session>"),
        "Files of the project, named by their CID.",
    ),
    family(
        "choiros.user.<user>.<action|file|sync>.<what>",
        Some("USER_EVENTS"),
        "Of the agents' system; this version neither writes nor reads it.",
    ),
    family(
        "choiros.agent.<run>.<what>",
        Some("AGENT_EVENTS"),
        "Likewise.",
    ),
    family("choiros.citation.<what>", Some("CITATIONS"), "Likewise."),
    family(
        "choiros.orchestrator.<what>",
        Some("ORCHESTRATOR"),
        "Likewise.",
    ),
    family("choiros.system.<what>", None, "Likewise."),
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

/// The subject of one chain's edits: `WISSIL.<subsystem>.<channel>.<session>.<branch>.<document>.<replica>`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct EditSubject {
    /// The part of the product whose documents it carries, which one stream does.
    pub subsystem: Cow<'static, str>,
    /// Which kind of its documents. It need not be one that this version knows.
    pub channel: Cow<'static, str>,
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
    /// When it is not that of a chain.
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
        for token in [subsystem, channel] {
            check_token("subject", token)?;
        }
        Ok(Self {
            subsystem: subsystem.to_owned().into(),
            channel: channel.to_owned().into(),
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
            subsystem,
            channel,
            session,
            branch,
            document,
            replica,
        } = self;
        write!(
            f,
            "WISSIL.{subsystem}.{channel}.{session}.{branch}.{document}.{replica}"
        )
    }
}

/// The subject of one chain's edits; none where it is not known where documents of that kind travel.
#[must_use]
pub fn edit_subject(
    kind: DocumentKind,
    session: &SessionId,
    branch: &BranchId,
    document: &DocumentId,
    replica: &ReplicaId,
) -> Option<EditSubject> {
    let Channel { subsystem, name } = kind.channel()?;
    Some(EditSubject {
        subsystem: subsystem.into(),
        channel: name.into(),
        session: session.clone(),
        branch: branch.clone(),
        document: document.clone(),
        replica: *replica,
    })
}

/// What a run of a game or a graph reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RunChannel {
    /// What a running graph did, step by step: `WISSIL.IGNIS.DEBUG`.
    Debug,
    /// What a running game reports: `WISSIL.IGNITION.RUNTIME`.
    Runtime,
    /// What a running game writes to its console: `WISSIL.IGNITION.LOGS`.
    Logs,
}

/// The subject of one run: `WISSIL.<subsystem>.<channel>.<session>.<run>`.
///
/// # Errors
/// When the run's name is no token.
pub fn run_subject(
    channel: RunChannel,
    session: &SessionId,
    run: &str,
) -> Result<String, NatsError> {
    check_token("run", run)?;
    let channel = match channel {
        RunChannel::Debug => "IGNIS.DEBUG",
        RunChannel::Runtime => "IGNITION.RUNTIME",
        RunChannel::Logs => "IGNITION.LOGS",
    };
    Ok(format!("WISSIL.{channel}.{session}.{run}"))
}

/// What an assistant says or was shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AgentChannel {
    /// What it suggests: `WISSIL.WAYPOINT.AI`.
    Suggestions,
    /// What it was shown: `WISSIL.WAYPOINT.CONTEXT`.
    Context,
}

/// The subject of one assistant: `WISSIL.WAYPOINT.<channel>.<session>.<agent>`.
///
/// # Errors
/// When the assistant's name is no token.
pub fn agent_subject(
    channel: AgentChannel,
    session: &SessionId,
    agent: &str,
) -> Result<String, NatsError> {
    check_token("agent", agent)?;
    let channel = match channel {
        AgentChannel::Suggestions => "AI",
        AgentChannel::Context => "CONTEXT",
    };
    Ok(format!("WISSIL.WAYPOINT.{channel}.{session}.{agent}"))
}

/// All edits of a session in one of the [`EDIT_STREAMS`](crate::EDIT_STREAMS), by their number of tokens: what a running
/// graph did stands in the same stream and has fewer.
///
/// # Errors
/// When the stream carries no documents.
pub fn edit_filter(stream: &str, session: &SessionId) -> Result<String, NatsError> {
    let subsystem = subsystem_of(stream)?;
    Ok(format!("WISSIL.{subsystem}.*.{session}.*.*.*"))
}

/// The subjects of the edits of one document in one of the [`EDIT_STREAMS`](crate::EDIT_STREAMS), whatever its kind.
///
/// # Errors
/// As [`edit_filter`].
pub(crate) fn document_filter(
    stream: &str,
    session: &SessionId,
    branch: &BranchId,
    document: &DocumentId,
) -> Result<String, NatsError> {
    let subsystem = subsystem_of(stream)?;
    Ok(format!(
        "WISSIL.{subsystem}.*.{session}.{branch}.{document}.*"
    ))
}

fn subsystem_of(stream: &str) -> Result<&str, NatsError> {
    let carries = crate::EDIT_STREAMS.contains(&stream);
    let subsystem = stream.strip_prefix("WISSIL_").filter(|_| carries);
    subsystem.ok_or_else(|| NatsError::Name {
        what: "stream",
        text: stream.to_owned(),
        problem: format!("only {:?} carry documents", crate::EDIT_STREAMS),
    })
}

/// The bucket of a session's files.
pub(crate) fn bucket_name(session: &SessionId) -> String {
    format!("wissil-{session}")
}

/// Where a session's peers are asked for events.
pub(crate) fn fetch_subject(session: &SessionId) -> String {
    format!("slate.sync.fetch.{session}")
}

/// Where a session's peers are asked to look what the server does not give.
pub(crate) fn audit_subject(session: &SessionId) -> String {
    format!("slate.sync.audit.{session}")
}

/// Checks a pattern of live messages: within `slate.`, with `*` for one token and `>` for the rest.
///
/// # Errors
/// [`NatsError::Name`], saying what is wrong.
pub fn check_pattern(pattern: &str) -> Result<(), NatsError> {
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

/// `docs/subjects.md`.
#[must_use]
pub fn documentation() -> String {
    let mut text = String::from(
        "# Subjects\n\nGenerated from `crates/nats/src/subjects.rs` by `cargo xtask generate`. The session is always a \
         token of its own, so that\npermissions can name it; the replica is the last token, so that the server itself \
         lets only a chain's owner write it. A token\nis letters, digits, `_` and `-`; whatever else would become one is \
         refused. How all this is used: [network.md](network.md).\n\n| subject | kept in | |\n|---|---|---|\n",
    );
    for kind in DocumentKind::all() {
        if let (Some(channel), Some(stream)) = (kind.channel(), crate::edit_stream(kind)) {
            let Channel { subsystem, name } = channel;
            text.push_str(&format!(
                "| `WISSIL.{subsystem}.{name}.<session>.<branch>.<document>.<replica>` | `{stream}` | Edits of documents of kind `{kind}`. |\n"
            ));
        }
    }
    for SubjectFamily {
        form,
        kept_in,
        meaning,
    } in SUBJECTS
    {
        let kept_in = kept_in.map_or("–".to_owned(), |stream| format!("`{stream}`"));
        text.push_str(&format!("| `{form}` | {kept_in} | {meaning} |\n"));
    }
    text.push_str(
        "\n## Live messages\n\n| resource | after the session | actions |\n|---|---|---|\n",
    );
    for resource in Resource::ALL {
        let actions: Vec<_> = resource
            .actions()
            .iter()
            .map(|action| format!("`{action}`"))
            .collect();
        let ids: Vec<_> = resource
            .id_tokens()
            .iter()
            .map(|id| format!("`.<{id}>`"))
            .collect();
        let token = resource.token();
        text.push_str(&format!(
            "| `slate.{token}` | {} | {} |\n",
            ids.concat(),
            actions.join(", ")
        ));
    }
    text
}

/// Checks a text that becomes one token of a subject or a name on the server.
pub(crate) fn check_token(what: &'static str, text: &str) -> Result<(), NatsError> {
    let is_legal = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    if (1..=200).contains(&text.len()) && text.bytes().all(is_legal) {
        return Ok(());
    }
    Err(NatsError::Name {
        what,
        text: text.chars().take(64).collect(),
        problem: "it is not 1 to 200 letters, digits, '_' or '-'".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn ids() -> (SessionId, BranchId, DocumentId, ReplicaId) {
        (
            SessionId::new("s-1").unwrap(),
            BranchId::main(),
            DocumentId::new("d_1").unwrap(),
            ReplicaId([7; 32]),
        )
    }

    #[test]
    fn an_edit_subject_reads_back() {
        let (session, branch, document, replica) = ids();
        for kind in DocumentKind::all() {
            let subject = edit_subject(kind, &session, &branch, &document, &replica).unwrap();
            let text = subject.to_string();
            let parsed = EditSubject::parse(&text).unwrap();
            assert_eq!(parsed, subject);
            let stream = crate::edit_stream(kind).unwrap();
            let filter = edit_filter(stream, &session).unwrap();
            assert!(
                text.starts_with(&filter.replace(".*.s-1.*.*.*", ".")),
                "{filter}"
            );
        }
    }

    #[test]
    fn documents_of_newer_versions_have_subjects_too() {
        let (session, branch, document, replica) = ids();
        let newer = DocumentKind::named("timeline@UNITY.TIMELINE").unwrap();
        let subject = edit_subject(newer, &session, &branch, &document, &replica).unwrap();
        assert_eq!(EditSubject::parse(&subject.to_string()).unwrap(), subject);
        assert_eq!(crate::edit_stream(newer), Some("WISSIL_UNITY"));
        let unrouted = DocumentKind::named("timeline").unwrap();
        assert!(edit_subject(unrouted, &session, &branch, &document, &replica).is_none());
        assert_eq!(crate::edit_stream(unrouted), None);
    }

    #[test]
    fn what_is_no_edit_subject_is_refused() {
        let (session, branch, document, replica) = ids();
        let good = edit_subject(DocumentKind::SCENE, &session, &branch, &document, &replica);
        let good = good.unwrap().to_string();
        for bad in [
            String::new(),
            "WISSIL".to_owned(),
            format!("{good}.more"),
            good.replace("WISSIL", "wissil"),
            good.replace("SCENEGRAPH", "SCENE GRAPH"),
            good.replace("s-1", "s 1"),
            good.replace("s-1", ""),
            good.replace("main", "*"),
            good.replace(&replica.to_string(), "me"),
            ".".repeat(10_000),
        ] {
            assert!(EditSubject::parse(&bad).is_err(), "{bad}");
        }
        assert!(edit_filter("WISSIL_WAYPOINT", &session).is_err());
        assert!(edit_filter("IGNIS", &session).is_err());
    }

    #[test]
    fn only_tokens_become_tokens() {
        let (session, ..) = ids();
        let run = |name: &str| run_subject(RunChannel::Logs, &session, name);
        assert_eq!(run("r-1").unwrap(), "WISSIL.IGNITION.LOGS.s-1.r-1");
        let agent = agent_subject(AgentChannel::Suggestions, &session, "luna");
        assert_eq!(agent.unwrap(), "WISSIL.WAYPOINT.AI.s-1.luna");
        for bad in [
            "",
            "a.b",
            "*",
            ">",
            "a b",
            "a\r\nPUB x",
            "é",
            &"x".repeat(201),
        ] {
            assert!(run(bad).is_err(), "{bad:?}");
        }
        for good in ["slate.>", "slate.file.*.s-1.>", "slate.a.b"] {
            assert!(check_pattern(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            ">",
            "slate",
            "slate.",
            "slate.>.a",
            "slate.a*",
            "file.>",
        ] {
            assert!(check_pattern(bad).is_err(), "{bad}");
        }
    }
}
