//! Failures in the closed set of codes that shells branch on.

use std::error::Error;
use std::io;
use std::path::Path;

use serde_json::error::Category;
use wissil_model::EditError;
use wissil_sync::{EngineError, StoreError};

use crate::api::{ApiError, ErrorCode};

impl ApiError {
    /// A failure without a cause.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self {
            code,
            message: without_number(&message.into()),
            detail: String::new(),
        }
    }

    /// A failure with its cause, and the causes of that, as far as the message does not say them already.
    pub fn with_cause(code: ErrorCode, message: impl Into<String>, cause: &dyn Error) -> Self {
        let message = without_number(&message.into());
        let mut causes = vec![without_number(&cause.to_string())];
        let mut next = cause.source();
        while let Some(cause) = next {
            causes.push(without_number(&cause.to_string()));
            next = cause.source();
        }
        causes.retain(|cause| !message.contains(cause));
        Self {
            code,
            message,
            detail: causes.join("\ncaused by: "),
        }
    }

    /// An operation on a file or folder that the system refused.
    pub fn io(action: &str, path: &Path, cause: &io::Error) -> Self {
        let code = match cause.kind() {
            io::ErrorKind::NotFound => ErrorCode::NotFound,
            io::ErrorKind::AlreadyExists => ErrorCode::AlreadyExists,
            _ => ErrorCode::Storage,
        };
        let why = why(path, cause);
        Self::new(
            code,
            format!("{} could not be {action}: {why}", path.display()),
        )
    }

    /// The program did something it must not.
    pub(crate) fn internal(problem: impl Into<String>) -> Self {
        Self::new(ErrorCode::Internal, problem)
    }
}

/// Why the system refused something at a place, in words.
pub(crate) fn why(path: &Path, cause: &io::Error) -> String {
    let is_there = |folder: &Path| folder.as_os_str().is_empty() || folder.exists();
    let missing = path
        .ancestors()
        .skip(1)
        .find(|folder| !is_there(folder) && folder.parent().is_none_or(is_there));
    match (cause.kind(), missing) {
        (io::ErrorKind::NotFound, Some(folder)) => {
            format!("the folder {} does not exist", folder.display())
        }
        (io::ErrorKind::NotFound, None) if path.exists() => "the system has no place for it".into(),
        (io::ErrorKind::NotFound, None) => "it does not exist".into(),
        (io::ErrorKind::IsADirectory, _) => "it is a folder".into(),
        _ => without_number(&cause.to_string()),
    }
}

/// What is wrong with a text that should be JSON, in words, and where.
#[must_use]
pub fn json_problem(error: &serde_json::Error) -> String {
    let place = match (error.line(), error.column()) {
        (0, _) => String::new(),
        (line, column) => format!(" at line {line}, column {column}"),
    };
    let text = error.to_string();
    match error.classify() {
        Category::Io if error.io_error_kind() == Some(io::ErrorKind::IsADirectory) => {
            "it is a folder".into()
        }
        Category::Io => without_number(&text),
        Category::Eof => "it ends before it is whole".into(),
        Category::Syntax if text.contains("recursion limit") => {
            "lists and objects stand in each other more than 127 deep".into()
        }
        Category::Syntax => format!("it is no JSON{place}"),
        Category::Data => {
            let text = text.split(" at line ").next().unwrap_or_default();
            format!("{}{place}", data_problem(text))
        }
    }
}

/// What is wrong with JSON of another form than it has to have.
fn data_problem(text: &str) -> String {
    let quoted = |text: &str| text.split('`').nth(1).map(str::to_owned);
    if let Some(field) = text.strip_prefix("missing field").and_then(quoted) {
        return format!("`{field}` is missing");
    }
    if let Some(field) = text.strip_prefix("unknown field").and_then(quoted) {
        return format!("`{field}` stands there, which nothing reads");
    }
    if text.starts_with("invalid length") {
        return "a list there is longer or shorter than it may be".into();
    }
    let found = text
        .strip_prefix("invalid type: ")
        .or(text.strip_prefix("invalid value: "));
    match found.and_then(|text| text.split_once(", expected ")) {
        Some((found, expected)) => {
            format!("it has to be {}, and is {}", kind(expected), kind(found))
        }
        None => text.to_owned(),
    }
}

/// A kind of value as people name it.
fn kind(text: &str) -> String {
    let value = |name: &str| text.strip_prefix(name).map(|value| value.trim().to_owned());
    match text {
        "sequence" | "a sequence" => "a list".into(),
        "map" | "a map" => "an object".into(),
        "null" | "unit value" | "Option value" => "nothing".into(),
        "a string" | "string" => "a text".into(),
        "u8" | "u16" | "u32" | "u64" | "i8" | "i16" | "i32" | "i64" | "usize" => {
            "another number".into()
        }
        _ if text.starts_with("struct ") || text.starts_with("internally tagged") => {
            "an object of another form".into()
        }
        _ => match (
            value("string"),
            value("integer"),
            value("floating point"),
            value("boolean"),
        ) {
            (Some(text), ..) => format!("the text {text}"),
            (_, Some(number), ..) | (_, _, Some(number), _) => format!("the number {number}"),
            (.., Some(truth)) => truth,
            _ => text.to_owned(),
        },
    }
}

/// A message without the numbers that systems give their errors: ` (os error 2)`.
pub(crate) fn without_number(message: &str) -> String {
    let mut rest = message;
    let mut words = String::with_capacity(message.len());
    while let Some((before, after)) = rest.split_once(" (os error ") {
        words.push_str(before);
        rest = match after.split_once(')') {
            Some((_, after)) => after,
            None => "",
        };
    }
    words.push_str(rest);
    words
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        let code = match &error {
            StoreError::Io { .. } => ErrorCode::Storage,
            StoreError::Damaged { .. } => ErrorCode::Damaged,
            StoreError::TooNew { .. } => ErrorCode::TooNew,
            StoreError::Locked => ErrorCode::Locked,
            StoreError::Conflict(_) => ErrorCode::Internal,
        };
        Self::with_cause(code, error.to_string(), &error)
    }
}

impl From<wissil_nats::NatsError> for ApiError {
    fn from(error: wissil_nats::NatsError) -> Self {
        let code = if error.is_transient() {
            ErrorCode::Unreachable
        } else {
            ErrorCode::Refused
        };
        Self::with_cause(code, error.to_string(), &error)
    }
}

impl From<EngineError> for ApiError {
    fn from(error: EngineError) -> Self {
        let code = match error {
            EngineError::Store(error) => return error.into(),
            EngineError::NoDocument(_)
            | EngineError::NoEvent(_)
            | EngineError::HistoryIncomplete { .. } => ErrorCode::NotFound,
            EngineError::Edit(EditError::NotFound { .. }) => ErrorCode::NotFound,
            EngineError::Edit(EditError::Nothing)
            | EngineError::NothingToStep(_)
            | EngineError::NotToUndo
            | EngineError::Overwritten(_) => ErrorCode::NothingToDo,
            EngineError::Edit(_) | EngineError::Event(_) => ErrorCode::Invalid,
            EngineError::DamagedEvent { .. } | EngineError::Damaged { .. } => ErrorCode::Damaged,
            EngineError::Forked(_) => ErrorCode::Invalid,
            EngineError::TooNew { .. } => ErrorCode::TooNew,
        };
        Self::with_cause(code, error.to_string(), &error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_system_refuses_is_said_in_words() {
        let root = tempfile::tempdir().unwrap();
        let missing = root.path().join("no");
        let file = missing.join("such/out.glb");
        let cause = std::fs::write(&file, "").unwrap_err();
        let error = ApiError::io("written", &file, &cause);
        let said = format!("the folder {} does not exist", missing.display());
        assert!(error.message.ends_with(&said), "{error}");
        let cause = std::fs::read(&missing).unwrap_err();
        let error = ApiError::io("read", &missing, &cause);
        assert!(error.message.ends_with("it does not exist"), "{error}");
        assert_eq!(error.detail, "");
        let cause = io::Error::from_raw_os_error(13);
        let error = ApiError::with_cause(ErrorCode::Storage, format!("no: {cause}"), &cause);
        assert_eq!(error.detail, "");
        let cause = io::Error::from_raw_os_error(28);
        let error = ApiError::new(ErrorCode::Storage, format!("full: {cause}; make room"));
        assert!(!error.message.contains("os error"), "{error}");
        assert!(error.message.ends_with("; make room"), "{error}");
    }

    #[test]
    fn what_is_no_json_is_said_in_words() {
        use serde::Deserialize;
        #[derive(Debug, Deserialize)]
        #[serde(deny_unknown_fields)]
        #[allow(dead_code)]
        struct Thing {
            name: String,
            parts: Vec<u8>,
        }
        let mut all = String::new();
        for (text, words) in [
            ("", "it ends before it is whole"),
            (r#"{"name": "a"#, "it ends before it is whole"),
            ("{no}", "it is no JSON at line 1, column 2"),
            (r#"{"name": "\ud800x"}"#, "it is no JSON at line 1, column "),
            (r#"{"parts": []}"#, "`name` is missing"),
            (
                r#"{"name": [], "parts": []}"#,
                "it has to be a text, and is a list",
            ),
            (r#"{"nam": 1}"#, "`nam` stands there"),
            (
                r#"{"name": "a", "parts": {}}"#,
                "it has to be a list, and is an object",
            ),
            (
                r#"{"name": "a", "parts": [300]}"#,
                "it has to be another number, and is the number `300`",
            ),
        ] {
            let said = json_problem(&serde_json::from_str::<Thing>(text).unwrap_err());
            all.push_str(&format!("{text} -> {said}\n"));
            assert!(said.contains(words), "{all}");
        }
        for foreign in ["EOF", "expected", "sequence", "struct", "missing field"] {
            assert!(!all.contains(foreign), "{all}");
        }
    }
}
