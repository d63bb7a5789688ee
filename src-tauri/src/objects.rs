//! Objects of the open project by their CIDs, byte by byte: `object://localhost/<cid>`, for pictures and for `fetch`.

use std::sync::Arc;

use tauri::UriSchemeResponder;
use tauri::http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS,
};
use tauri::http::{Request, Response, StatusCode};
use wissil_session::api::ApiError;

use crate::state::Desktop;

/// The scheme of their addresses. Where a web view knows no schemes of programs, it is the host `object.localhost`.
pub(crate) const SCHEME: &str = "object";

/// Answers a request of the page, from a thread that may wait for the disk.
pub(crate) fn answer(
    desktop: &Arc<Desktop>,
    request: &Request<Vec<u8>>,
    responder: UriSchemeResponder,
) {
    let desktop = Arc::clone(desktop);
    let cid = request.uri().path().trim_start_matches('/').to_owned();
    tauri::async_runtime::spawn_blocking(move || {
        let object = desktop.session().and_then(|session| session.object(&cid));
        responder.respond(response(object));
    });
}

fn response(object: Result<Option<Vec<u8>>, ApiError>) -> Response<Vec<u8>> {
    let (status, body) = match object {
        Ok(Some(bytes)) => (StatusCode::OK, bytes),
        Ok(None) => (StatusCode::NOT_FOUND, Vec::new()),
        Err(error) => (StatusCode::BAD_REQUEST, error.message.into_bytes()),
    };
    // Others made them and name them as they please: nothing is a page, a script or a picture but what is one for sure.
    let media_type = match status {
        StatusCode::OK if body.starts_with(b"\x89PNG\r\n\x1a\n") => "image/png",
        StatusCode::OK => "application/octet-stream",
        _ => "text/plain; charset=utf-8",
    };
    let response = Response::builder()
        .status(status)
        .header(CONTENT_TYPE, media_type)
        .header(X_CONTENT_TYPE_OPTIONS, "nosniff")
        // The page has another scheme, and without this may show what it gets, but not read it. There is no other page.
        .header(ACCESS_CONTROL_ALLOW_ORIGIN, "*");
    let response = match status {
        // Under one CID there is one content.
        StatusCode::OK => response.header(CACHE_CONTROL, "public, max-age=31536000, immutable"),
        _ => response,
    };
    // None of these is no header.
    response.body(body).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use wissil_session::api::ErrorCode;

    use super::*;

    #[test]
    fn pictures_are_said_to_be_some_and_nothing_else_is_run_or_shown() {
        let said = |object| {
            let response = response(object);
            let header = |name| response.headers().get(name).cloned();
            assert_eq!(
                header(X_CONTENT_TYPE_OPTIONS)
                    .as_ref()
                    .map(|sniff| sniff.as_bytes()),
                Some(&b"nosniff"[..])
            );
            assert!(
                header(ACCESS_CONTROL_ALLOW_ORIGIN).is_some(),
                "the page reads it"
            );
            let media_type = header(CONTENT_TYPE)
                .map(|said| String::from_utf8_lossy(said.as_bytes()).into_owned());
            (
                response.status().as_u16(),
                media_type.unwrap_or_default(),
                response.into_body(),
            )
        };
        let picture = b"\x89PNG\r\n\x1a\n and what a picture is".to_vec();
        assert_eq!(
            said(Ok(Some(picture.clone()))),
            (200, "image/png".into(), picture)
        );
        let page = b"<script>alert(1)</script>".to_vec();
        assert_eq!(
            said(Ok(Some(page.clone()))),
            (200, "application/octet-stream".into(), page)
        );
        assert_eq!(said(Ok(None)).0, 404);
        let refused = ApiError::new(ErrorCode::Invalid, "`x` names no object");
        assert_eq!(said(Err(refused)).2, b"`x` names no object");
    }
}
