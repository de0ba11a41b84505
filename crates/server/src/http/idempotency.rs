//! `Idempotency-Key`: a write sent again is answered as the first time; an identical one in flight waits for it.

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::{CONTENT_TYPE, LOCATION};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use lazo_domain::ids::TenantId;
use lazo_domain::time::Timestamp;
use lazo_store::idempotency::{Begun, Concluded, Idempotency, RENEW_EVERY, Token};
use lazo_store::{Clock, RequestKey};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::caller::Caller;
use super::edge::{Arrival, worded};
use super::frame::Frame;
use super::kept::DoNotKeep;
use super::problem::Problem;

/// The header with the caller's key of a write.
pub const KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// Does an answer tell of a moment, not of what was asked: a fault of ours, or too much at once? The same may be asked
/// again under its key, and is answered anew.
fn passes(response: &Response) -> bool {
    response.status().is_server_error() || response.status() == StatusCode::TOO_MANY_REQUESTS
}

/// Tells that an answer is the one of before.
pub const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
/// The longest key.
const MAX_KEY: usize = 255;

/// What is kept of an answer besides its status.
#[derive(Serialize, Deserialize)]
struct Packed {
    content_type: Option<String>,
    location: Option<String>,
    body: String,
}

/// Lets writes with a key happen once.
pub async fn once(State(frame): State<Frame>, mut request: Request, next: Next) -> Response {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    if reads || !request.headers().contains_key(&KEY) {
        return next.run(request).await;
    }
    // Taken and not copied: what stays in the request is copied with it.
    let Some(caller) = request.extensions_mut().remove::<Caller>() else {
        return next.run(request).await;
    };
    let Some(key) = request.headers().get(&KEY).and_then(key) else {
        return Problem::new(400, "bad_idempotency_key").into_response();
    };
    let tenant = caller.tenancy.as_ref().map_or(TenantId(0), |tenancy| tenancy.id);
    let (mut parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, frame.limits.body_bytes).await else {
        return Problem::new(413, "too_large").into_response();
    };
    let hash = hash(&caller, &parts, &body);
    let kept = Idempotency::new(frame.db.clone());
    if caller.one_posting {
        let turn = Posting { frame, kept, tenant, key, hash, caller, parts, body };
        return turn.run(next).await;
    }
    parts.extensions.insert(caller);
    match kept.begin(tenant, &key, &hash, frame.clock.as_ref()).await {
        Ok(Begun::Fresh(token)) => {
            let mut turn = Turn { kept, token, hash };
            let arrival = parts.extensions.get::<Arrival>().cloned();
            let path = parts.uri.path().to_owned();
            let work = next.run(Request::from_parts(parts, Body::from(body)));
            let response = turn.hold(work, frame.clock.as_ref()).await;
            turn.end(response, arrival, &path, frame.clock.as_ref()).await
        }
        Ok(Begun::Answered { status, answer }) => replayed(status, &answer),
        Ok(Begun::OtherRequest) => Problem::new(422, "idempotency_key_reused").into_response(),
        Ok(Begun::InFlight) => Problem::unavailable().into_response(),
        Err(error) => Problem::from(error).into_response(),
    }
}

/// A request that does one posting: the key goes on record with the posting, and the answer is told again from the
/// ledger; an answer to a request that did nothing is kept as it is.
struct Posting {
    frame: Frame,
    kept: Idempotency,
    tenant: TenantId,
    key: String,
    hash: Vec<u8>,
    caller: Caller,
    parts: Parts,
    body: Bytes,
}

impl Posting {
    /// Nearly every request is new, or was done before and does nothing again: the ledger, which reads the key in the
    /// transaction of what is asked for, sees to both. Only where it did nothing is the record asked for more.
    async fn run(self, next: Next) -> Response {
        let key = self.key();
        let response = self.attempt(&key, false, next.clone()).await;
        if key.is_noted() {
            return if key.came_before() { marked(response) } else { response };
        }
        if passes(&response) {
            return response;
        }
        let now = self.frame.clock.now();
        let found = match self.frame.requests.get((self.tenant, self.key.clone())).await {
            Ok(found) => found.filter(|found| !found.is_over(now)),
            Err(error) => return Problem::from(error).into_response(),
        };
        let Some(found) = found else { return self.keep(response, now).await };
        if !found.asked(&self.hash) {
            return Problem::new(422, "idempotency_key_reused").into_response();
        }
        if let Some((status, answer)) = &found.answer {
            return replayed(*status, answer);
        }
        if found.is_in_flight(now) {
            return Problem::unavailable().into_response();
        }
        // It was done, and whoever it was done for may have left since: it is told as it was.
        let key = self.key();
        let response = marked(self.attempt(&key, true, next).await);
        if key.is_noted() || passes(&response) {
            return response;
        }
        self.keep(response, now).await
    }

    fn key(&self) -> RequestKey {
        RequestKey::new(self.tenant, &self.key, self.hash.clone())
    }

    async fn attempt(&self, key: &RequestKey, again: bool, next: Next) -> Response {
        let mut request = Request::from_parts(self.parts.clone(), Body::from(self.body.clone()));
        let caller = Caller { key: Some(key.clone()), again, ..self.caller.clone() };
        request.extensions_mut().insert(caller);
        next.run(request).await
    }

    async fn keep(&self, response: Response, now: Timestamp) -> Response {
        let arrival = self.parts.extensions.get::<Arrival>().cloned();
        let (response, packed) = packed(response, arrival, self.parts.uri.path()).await;
        let answer = (i64::from(response.status().as_u16()), packed.as_slice());
        let done = self.kept.keep(self.tenant, &self.key, &self.hash, answer, now).await;
        if let Err(error) = done {
            tracing::warn!(%error, "an answer was not kept for its idempotency key");
        }
        response
    }
}

/// Tells that an answer is the one of before.
fn marked(mut response: Response) -> Response {
    response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    response
}

/// One request under its key.
struct Turn {
    kept: Idempotency,
    token: Token,
    hash: Vec<u8>,
}

impl Turn {
    /// Works on the request, and gives a sign of life while it takes its time.
    async fn hold(&mut self, work: impl Future<Output = Response>, clock: &dyn Clock) -> Response {
        let mut work = std::pin::pin!(work);
        loop {
            match tokio::time::timeout(RENEW_EVERY, &mut work).await {
                Ok(response) => return response,
                Err(_) => {
                    if let Err(error) = self.kept.renew(&mut self.token, clock.now()).await {
                        tracing::debug!(%error, "a sign of life was not heard; the next may be");
                    }
                }
            }
        }
    }

    /// Keeps the answer, unless it tells of a fault of ours or holds a secret. Where somebody else took over meanwhile,
    /// the answer of that one is told.
    async fn end(
        &self,
        response: Response,
        arrival: Option<Arrival>,
        path: &str,
        clock: &dyn Clock,
    ) -> Response {
        let keep = !passes(&response) && response.extensions().get::<DoNotKeep>().is_none();
        let (response, packed) = packed(response, arrival, path).await;
        let done = if keep {
            let answer = (i64::from(response.status().as_u16()), packed.as_slice());
            self.kept.conclude(&self.token, &self.hash, answer, clock).await
        } else {
            self.kept.abandon(&self.token).await.map(|()| Concluded::Kept)
        };
        match done {
            Ok(Concluded::Kept) => response,
            Ok(Concluded::Answered { status, answer }) => replayed(status, &answer),
            Ok(Concluded::InFlight) => Problem::unavailable().into_response(),
            // The work is done; whoever asks again meets the ledger's own key when this answer was not kept.
            Err(error) => {
                tracing::warn!(%error, "an answer was not kept for its idempotency key");
                response
            }
        }
    }
}

/// The answer in its final words, and how it is kept.
async fn packed(response: Response, arrival: Option<Arrival>, path: &str) -> (Response, Vec<u8>) {
    let response = match arrival {
        Some(arrival) => worded(response, &arrival, path),
        None => response,
    };
    let (parts, body) = response.into_parts();
    let Ok(body) = to_bytes(body, usize::MAX).await else {
        return (Problem::new(500, "internal").into_response(), Vec::new());
    };
    let text = |name| {
        let value: Option<&HeaderValue> = parts.headers.get(name);
        value.and_then(|value| value.to_str().ok()).map(str::to_owned)
    };
    let packed = Packed {
        content_type: text(CONTENT_TYPE),
        location: text(LOCATION),
        body: String::from_utf8_lossy(&body).into_owned(),
    };
    let packed = serde_json::to_vec(&packed).unwrap_or_default();
    (Response::from_parts(parts, Body::from(body)), packed)
}

fn key(given: &HeaderValue) -> Option<String> {
    let text = given.to_str().ok()?;
    let fits = (1..=MAX_KEY).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic());
    fits.then(|| text.to_owned())
}

/// What makes two requests the same: who asks for what.
fn hash(caller: &Caller, parts: &Parts, body: &Bytes) -> Vec<u8> {
    let query = parts.uri.path_and_query().map_or("", |all| all.as_str());
    let mut hash = Sha256::new();
    for part in [caller.principal.actor.as_str(), parts.method.as_str(), query] {
        hash.update(part.len().to_be_bytes());
        hash.update(part);
    }
    hash.update(body);
    hash.finalize().to_vec()
}

fn replayed(status: i64, answer: &[u8]) -> Response {
    let kept: Result<Packed, _> = serde_json::from_slice(answer);
    let status = u16::try_from(status).ok().and_then(|s| StatusCode::from_u16(s).ok());
    let (Ok(kept), Some(status)) = (kept, status) else {
        tracing::error!("a kept answer cannot be read");
        return Problem::new(500, "internal").into_response();
    };
    let mut response = (status, kept.body).into_response();
    let headers = response.headers_mut();
    headers.remove(CONTENT_TYPE);
    for (name, value) in [(CONTENT_TYPE, kept.content_type), (LOCATION, kept.location)] {
        if let Some(value) = value.and_then(|value| HeaderValue::from_str(&value).ok()) {
            headers.insert(name, value);
        }
    }
    super::edge::has_words(&mut response);
    marked(response)
}
