//! Whether a project still stands where a command opened it. A window keeps what was made in memory and asks where to save
//! it; a command ends with its process, so it has to say what is not saved.

use wissil_session::Facade;
use wissil_session::api::{ApiError, Displaced, ErrorCode};

use crate::print::say;

/// Looks whether what was just made is saved: before anything is said to be.
///
/// # Errors
/// [`ErrorCode::Storage`] when the project's folder was deleted: then it is not.
pub fn check(project: &Facade, told: &mut bool) -> Result<(), ApiError> {
    match project.displaced() {
        None => Ok(()),
        Some(Displaced { to: Some(to) }) => {
            if !std::mem::replace(told, true) {
                say(&format!(
                    "note: the project was moved while it was open; what is made is saved in {to}"
                ));
            }
            Ok(())
        }
        Some(displaced) => Err(gone(&displaced)),
    }
}

/// What is said where the project's folder is not where it was opened.
pub fn gone(displaced: &Displaced) -> ApiError {
    let message = match &displaced.to {
        Some(to) => format!(
            "the project was moved to {to} while it was open; nothing is lost. Start the command again with that folder"
        ),
        None => "the project's folder was deleted while it was open; what was made after that is not saved".to_owned(),
    };
    ApiError::new(ErrorCode::Storage, message)
}
