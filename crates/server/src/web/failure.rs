//! What a page says when it cannot be shown: what happened, in the reader's words, and where to go on.

use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use maud::html;

use super::shell;
use super::visit::{Presence, Visit};
use crate::http::edge::{self, Arrival};
use crate::http::{Problem, Role};
use crate::i18n::{Args, Locale};

/// Does somebody read it who writes documents, and not a member or a till?
fn is_at_desk(presence: &Presence) -> bool {
    let (principal, tenancy) = (&presence.caller.principal, &presence.caller.tenancy);
    let tenant = tenancy.as_ref().map(|tenancy| tenancy.id);
    let roles = [Role::ProgramManager, Role::Finance, Role::Admin];
    presence.site.is_none()
        && tenant.is_some()
        && roles.iter().any(|role| principal.is(*role, tenant))
}

/// Gives a failure its page, whoever made it.
pub fn told(
    response: Response,
    presence: Option<&Presence>,
    arrival: Option<&Arrival>,
) -> Response {
    let status = response.status();
    if !(status.is_client_error() || status.is_server_error()) || edge::is_worded(&response) {
        return response;
    }
    let problem = response.extensions().get::<Problem>().cloned();
    let problem = problem.unwrap_or_else(|| Problem::of_status(status));
    let locale = presence.map_or_else(
        || arrival.map_or(Locale::default(), |arrival| arrival.locale),
        |presence| presence.caller.locale,
    );
    let request_id = arrival.map(|arrival| arrival.request_id.clone()).unwrap_or_default();
    let retry_after_s = problem.retry_after_s;
    let code = StatusCode::from_u16(problem.status).unwrap_or(status);
    let lead = problem.on_page(locale);
    // What is wrong where is for those who write documents; members and tills are told the whole.
    let at_desk = presence.is_some_and(is_at_desk);
    let told = problem.told(locale, "", &request_id);
    let words = html! {
        div.door {
            h1 { (told.title) }
            p.lead { (lead) }
            @if at_desk { @for error in &told.errors { p.quiet { (error.detail) } } }
            p { a.act href=(presence.and_then(|p| p.site.as_ref()).map_or("/console", |site| &site.base)) {
                (locale.text("web-back-home", &Args::new()))
            } }
            p.quiet.small { (locale.text("web-request", &Args::new().text("id", &told.request_id))) }
        }
    };
    let page = match presence.and_then(|presence| Some((presence, presence.site.clone()?))) {
        Some((presence, site)) => {
            let signed_in = presence.session.is_some();
            let (token, path) = (presence.token.clone(), site.base.clone());
            shell::portal_page(
                &Visit { site, locale, token, path, signed_in },
                &told.title,
                None,
                &words,
            )
        }
        None => shell::bare_page(locale, &told.title, &words),
    };
    let (mut parts, _) = response.into_parts();
    parts.status = code;
    parts.headers.remove(CONTENT_LENGTH);
    parts.headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    if let Some(seconds) = retry_after_s {
        parts.headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    let mut response = Response::from_parts(parts, page.into_string().into());
    edge::has_words(&mut response);
    response
}
