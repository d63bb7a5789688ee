//! Being asked to end: Ctrl-C, or a signal from whoever looks after the program.

use std::process;

use wissil_session::api::{ApiError, ErrorCode};

/// What a program answers that was ended before it was done, as shells have it.
pub const INTERRUPTED: u8 = 130;

/// Calls `end` when the program is asked to end; asked again, it ends at once. To be called once.
pub fn on_interrupt(mut end: impl FnMut() + Send + 'static) -> Result<(), ApiError> {
    let mut asked = false;
    ctrlc::set_handler(move || {
        if asked {
            process::exit(INTERRUPTED.into());
        }
        asked = true;
        end();
    })
    .map_err(|cause| {
        ApiError::new(
            ErrorCode::Internal,
            format!("Ctrl-C cannot be listened for: {cause}"),
        )
    })
}
