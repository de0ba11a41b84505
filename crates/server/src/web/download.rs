//! A file that somebody takes along.

use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};

/// An answer that a browser keeps under `name` and does not show. The name is ours: it has no quotation marks.
#[must_use]
pub fn file(kind: &str, name: &str, bytes: impl Into<Vec<u8>>) -> Response {
    let named = format!("attachment; filename=\"{name}\"");
    ([(CONTENT_TYPE, kind.to_owned()), (CONTENT_DISPOSITION, named)], bytes.into()).into_response()
}
