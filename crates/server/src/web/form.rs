//! Forms that browsers send: their fields, and the proof that they come from a page of this session.

use std::collections::BTreeMap;

use axum::extract::{Form, FromRequest, OriginalUri, Request};
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::{IntoResponse, Response};

use super::session::Made;
use super::visit::Presence;
use crate::http::Problem;

/// The field that carries the session's token.
pub const TOKEN: &str = "_token";
/// Forms that say nothing of any tenant.
const ANYWHERE: [&str; 2] = ["/console/sign-out", "/console/tenant"];
/// The longest field, in characters.
const MAX_FIELD: usize = 4_000;

/// The fields of a form, spaces around them taken off. Of a field that is there twice the last one counts.
#[derive(Debug, Clone, Default)]
pub struct Fields(BTreeMap<String, String>);

impl Fields {
    /// Fields that nobody sent: what a form is filled in with when it opens.
    #[must_use]
    pub fn of(pairs: impl IntoIterator<Item = (String, String)>) -> Self {
        Self(pairs.into_iter().collect())
    }

    /// A field's text; empty when it is not there.
    #[must_use]
    pub fn get(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }

    /// Is a box ticked?
    #[must_use]
    pub fn is_set(&self, name: &str) -> bool {
        !self.get(name).is_empty()
    }

    /// Every field but the token.
    pub fn all(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().filter(|(name, _)| *name != TOKEN).map(|(k, v)| (k.as_str(), v.as_str()))
    }
}

impl<S: Send + Sync> FromRequest<S> for Fields {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let presence = request.extensions().get::<Presence>().cloned();
        // Leaving, and going to another tenant, do the same on whatever page they are asked for.
        let path = request.extensions().get::<OriginalUri>();
        let anywhere = path.is_some_and(|path| ANYWHERE.contains(&path.path()));
        let Form(pairs) = Form::<Vec<(String, String)>>::from_request(request, state)
            .await
            .map_err(|rejection| Problem::of_status(rejection.status()))?;
        let clean = |text: String| text.replace('\0', "").trim().to_owned();
        if pairs.iter().any(|(_, text)| text.chars().count() > MAX_FIELD) {
            return Err(Problem::new(413, "too_large"));
        }
        let fields = Self(pairs.into_iter().map(|(name, text)| (name, clean(text))).collect());
        let Some((presence, session)) = presence.and_then(|p| p.session.clone().map(|s| (p, s)))
        else {
            return Ok(fields);
        };
        let tenant = presence.caller.tenancy.as_ref().map(|tenancy| tenancy.id);
        match session.made(fields.get(TOKEN), tenant) {
            Made::Here => Ok(fields),
            Made::Elsewhere if anywhere => Ok(fields),
            Made::Elsewhere => Err(Problem::new(403, "form_elsewhere")),
            Made::Never => Err(Problem::new(403, "form_stale")),
        }
    }
}

/// Sends the browser to another page, which it asks for anew: the way back and a reload do nothing twice.
#[must_use]
pub fn see(path: &str) -> Response {
    // Only paths of our own: anything else could lead elsewhere.
    let own =
        path.starts_with('/') && !path.starts_with("//") && !path.contains(['\\', '\r', '\n']);
    let path = if own { path } else { "/" };
    (StatusCode::SEE_OTHER, [(LOCATION, path.to_owned())]).into_response()
}
