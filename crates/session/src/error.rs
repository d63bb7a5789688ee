//! Failures in the closed set of codes that shells branch on.

use std::error::Error;

use wissil_model::EditError;
use wissil_sync::{EngineError, StoreError};

use crate::api::{ApiError, ErrorCode};

impl ApiError {
    /// A failure without a cause.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            detail: String::new(),
        }
    }

    /// A failure with its cause, and the causes of that, as far as the message does not say them already.
    pub fn with_cause(code: ErrorCode, message: impl Into<String>, cause: &dyn Error) -> Self {
        let message = message.into();
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
    pub fn io(action: &str, path: &std::path::Path, cause: &std::io::Error) -> Self {
        let code = match cause.kind() {
            std::io::ErrorKind::NotFound => ErrorCode::NotFound,
            std::io::ErrorKind::AlreadyExists => ErrorCode::AlreadyExists,
            _ => ErrorCode::Storage,
        };
        Self::with_cause(
            code,
            format!("{} could not be {action}: {cause}", path.display()),
            cause,
        )
    }

    /// The program did something it must not.
    pub(crate) fn internal(problem: impl Into<String>) -> Self {
        Self::new(ErrorCode::Internal, problem)
    }
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
        };
        Self::with_cause(code, error.to_string(), &error)
    }
}
