//! The outermost ring: request ids, time limits, security headers, and the words of every failure.

use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{
    ACCEPT_LANGUAGE, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY,
    RETRY_AFTER, VARY, WWW_AUTHENTICATE, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use lazo_domain::ids::EventId;

use super::frame::Frame;
use super::origin;
use super::problem::Problem;
use crate::i18n::Locale;

/// The header that carries a request's id in and out.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// The longest request id taken from a caller.
const MAX_REQUEST_ID: usize = 64;

/// A request's id and the language of its answer, known from the first moment on.
#[derive(Debug, Clone)]
pub struct Arrival {
    /// The caller's own id of the request, or ours.
    pub request_id: String,
    /// What the caller reads.
    pub locale: Locale,
    /// Under which name requests from there are counted.
    pub from: String,
}

/// Wraps everything: nothing leaves without an id, and no failure without words.
pub async fn edge(State(frame): State<Frame>, mut request: Request, next: Next) -> Response {
    let started = started();
    let arrival = Arrival {
        request_id: request_id(&frame, request.headers()),
        locale: locale(request.headers()),
        from: origin::counted(origin::address(&request, &frame.limits.proxies)),
    };
    let path = request.uri().path().to_owned();
    let method = request.method().clone();
    request.extensions_mut().insert(arrival.clone());
    let response = if path.to_ascii_lowercase().contains("%00") {
        Problem::not_found("not_found").into_response()
    } else {
        tokio::time::timeout(frame.limits.timeout, next.run(request))
            .await
            .unwrap_or_else(|_| Problem::unavailable().into_response())
    };
    let status = response.status().as_u16();
    // The path as it is routed: what callers put into it may be personal.
    let route = response.extensions().get::<MatchedPath>().map_or("-", MatchedPath::as_str);
    super::metrics::answered(&method, route, status, started.elapsed());
    tracing::info!(%method, route, status, request_id = arrival.request_id, "answered");
    headed(worded(response, &arrival, &path), &arrival)
}

#[expect(
    clippy::disallowed_methods,
    reason = "only a duration is measured, and nothing is decided by it"
)]
fn started() -> std::time::Instant {
    std::time::Instant::now()
}

/// The answer when a handler panicked: our mistake, told without its insides.
pub fn panicked(_: Box<dyn std::any::Any + Send + 'static>) -> Response {
    tracing::error!("a handler panicked");
    Problem::new(500, "internal").into_response()
}

/// Marks a failure that has its body already.
#[derive(Debug, Clone, Copy)]
struct Worded;

/// Says that a failure has its body already.
pub(crate) fn has_words(response: &mut Response) {
    response.extensions_mut().insert(Worded);
}

/// Has a failure its body already?
pub(crate) fn is_worded(response: &Response) -> bool {
    response.extensions().get::<Worded>().is_some()
}

/// Gives a failure its body, whoever made it.
pub(super) fn worded(mut response: Response, arrival: &Arrival, path: &str) -> Response {
    let status = response.status();
    let failed = status.is_client_error() || status.is_server_error();
    if !failed || response.extensions().get::<Worded>().is_some() {
        return response;
    }
    let known = response.extensions_mut().remove::<Problem>();
    let problem = known.unwrap_or_else(|| Problem::of_status(status));
    let retry_after_s = problem.retry_after_s;
    let code = axum::http::StatusCode::from_u16(problem.status).unwrap_or(status);
    let told = problem.told(arrival.locale, path, &arrival.request_id);
    let body = serde_json::to_vec(&told).unwrap_or_default();
    let (mut parts, _) = response.into_parts();
    parts.status = code;
    parts.headers.remove(axum::http::header::CONTENT_LENGTH);
    parts.headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    parts.headers.insert(VARY, HeaderValue::from_static("accept-language"));
    if let Some(seconds) = retry_after_s {
        parts.headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    if code == axum::http::StatusCode::UNAUTHORIZED {
        parts.headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    let mut response = Response::from_parts(parts, body.into());
    has_words(&mut response);
    response
}

/// Adds the request's id and what keeps browsers honest.
fn headed(mut response: Response, arrival: &Arrival) -> Response {
    let headers = response.headers_mut();
    if let Ok(id) = HeaderValue::from_str(&arrival.request_id) {
        headers.insert(REQUEST_ID, id);
    }
    let strict = "default-src 'none'; frame-ancestors 'none'";
    for (name, value) in [
        (CONTENT_SECURITY_POLICY, strict),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (X_FRAME_OPTIONS, "DENY"),
        (REFERRER_POLICY, "no-referrer"),
        (CACHE_CONTROL, "no-store"),
    ] {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

fn request_id(frame: &Frame, headers: &HeaderMap) -> String {
    let given = headers.get(REQUEST_ID).and_then(|value| value.to_str().ok());
    let fits = |id: &&str| {
        (1..=MAX_REQUEST_ID).contains(&id.len())
            && id.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.:".contains(&b))
    };
    given.filter(fits).map_or_else(
        || EventId(frame.ids.next()).to_string().replacen(EventId::PREFIX, "req", 1),
        str::to_owned,
    )
}

/// The first language of the caller's list that we speak; English when there is none.
fn locale(headers: &HeaderMap) -> Locale {
    wished(headers).unwrap_or(Locale::En)
}

/// The first language of the caller's list that we speak.
pub(crate) fn wished(headers: &HeaderMap) -> Option<Locale> {
    let list = headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or("");
    let mut wishes: Vec<(u32, Locale)> = list.split(',').filter_map(wish).collect();
    wishes.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
    wishes.first().map(|(_, locale)| *locale)
}

/// `es-MX;q=0.8` as thousandths and the locale.
fn wish(part: &str) -> Option<(u32, Locale)> {
    let (tag, weight) = part.split_once(";q=").unwrap_or((part, "1"));
    let weight = lazo_domain::points::parse_decimal(weight.trim(), 3)?;
    let weight = u32::try_from(weight).ok().filter(|weight| *weight > 0)?;
    Some((weight, tag.trim().parse().ok()?))
}
