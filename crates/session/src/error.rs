//! Failures in the closed set of codes that shells branch on.

use std::error::Error;
use std::io;
use std::path::Path;

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
        let mut causes = vec![cause.to_string()];
        let mut next = cause.source();
        while let Some(cause) = next {
            causes.push(cause.to_string());
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
        Self::with_cause(
            code,
            format!("{} could not be {action}: {why}", path.display()),
            cause,
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
        (io::ErrorKind::NotFound, None) => "it does not exist".into(),
        (io::ErrorKind::IsADirectory, _) => "it is a folder".into(),
        _ => without_number(&cause.to_string()),
    }
}

/// A message without the numbers that systems give their errors: ` (os error 2)`.
fn without_number(message: &str) -> String {
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
        let cause = io::Error::from_raw_os_error(28);
        let error = ApiError::new(ErrorCode::Storage, format!("full: {cause}; make room"));
        assert!(!error.message.contains("os error"), "{error}");
        assert!(error.message.ends_with("; make room"), "{error}");
    }
}
