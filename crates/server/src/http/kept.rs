//! Answers that must not be kept for repetition, because they hold a secret.

use axum::response::{IntoResponse, Response};

/// An answer that holds a secret: a repeated request makes a new one, and nothing stores this.
#[derive(Debug)]
pub struct NotKept<T>(pub T);

/// Marks a response as one that nothing may store.
#[derive(Debug, Clone, Copy)]
pub(super) struct DoNotKeep;

impl<T: IntoResponse> IntoResponse for NotKept<T> {
    fn into_response(self) -> Response {
        let mut response = self.0.into_response();
        response.extensions_mut().insert(DoNotKeep);
        response
    }
}
