//! The gate before every endpoint of the API: who calls, for which tenant, how often, and whether it may.

use axum::extract::{MatchedPath, Request, State};
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::access::{Access, Row};
use super::caller::Caller;
use super::edge::Arrival;
use super::frame::{Frame, Known, Tenancy};
use super::idempotency::KEY;
use super::principal::Principal;
use super::problem::Problem;
use super::rate::Allowance;

/// The header in which staff of several tenants say which one they mean.
pub const TENANT: HeaderName = HeaderName::from_static("lazo-tenant");
/// The longest token that is looked at.
const MAX_TOKEN: usize = 200;

/// Lets a request through to its handler, or answers why not.
pub async fn gate(State(frame): State<Frame>, request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().cloned();
    let mut response = match admit(&frame, request).await {
        Ok((request, allowance)) => with_limits(next.run(request).await, allowance),
        Err((problem, allowance)) => with_limits(problem.into_response(), allowance),
    };
    if let Some(route) = route {
        response.extensions_mut().insert(route);
    }
    response
}

type Refused = (Problem, Option<Allowance>);

async fn admit(
    frame: &Frame,
    mut request: Request,
) -> Result<(Request, Option<Allowance>), Refused> {
    let Some(path) = request.extensions().get::<MatchedPath>() else {
        return Ok((request, None));
    };
    let row = match frame.access.row(request.method(), path.as_str()) {
        Row::Declared(row) => row,
        // The router answers 405 itself and names the methods there are.
        Row::OtherMethod => return Ok((request, None)),
        Row::Undeclared => return Err((Problem::new(403, "forbidden"), None)),
    };
    let known = match token(request.headers()) {
        Some(token) => frame.desk.authenticate(token).await.map_err(|e| (e.into(), None))?,
        None => None,
    };
    let allowance = allowance(frame, &request, known.as_ref().map(|known| &known.principal));
    if !allowance.granted {
        let problem = Problem::new(429, "rate_limited");
        let problem = Problem { retry_after_s: Some(allowance.reset_s), ..problem };
        return Err((problem, Some(allowance)));
    }
    let seen = Some(allowance);
    match known {
        Some(known) => {
            let tenancy = tenancy(frame, &row, &known, request.headers())
                .await
                .map_err(|problem| (problem, seen))?;
            let principal = known.principal;
            row.allows(&principal, tenancy.as_ref().map(|t| t.id)).map_err(|p| (p, seen))?;
            let caller = caller(frame, &request, &row, principal, tenancy);
            request.extensions_mut().insert(caller);
        }
        None if row.open => {}
        None => return Err((Problem::new(401, "unauthenticated"), seen)),
    }
    Ok((request, seen))
}

/// The token of `Authorization: Bearer …`. A key in the address is never looked at: addresses end in logs.
fn token(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && token.len() <= MAX_TOKEN).then_some(token)
}

fn allowance(frame: &Frame, request: &Request, principal: Option<&Principal>) -> Allowance {
    let limits = &frame.limits;
    let now = frame.clock.now();
    match principal {
        Some(principal) => {
            frame.buckets.take(&principal.actor, limits.requests_per_s, limits.burst, now)
        }
        None => {
            let arrival = request.extensions().get::<Arrival>();
            let who = arrival.map_or("nobody", |arrival| arrival.from.as_str());
            let per_s = limits.anonymous_burst.div_ceil(60);
            frame.buckets.take(who, per_s, limits.anonymous_burst, now)
        }
    }
}

/// The tenant that a request is about: the one that was named, else the only one there is for the caller.
async fn tenancy(
    frame: &Frame,
    row: &Access,
    known: &Known,
    headers: &HeaderMap,
) -> Result<Option<Tenancy>, Problem> {
    if row.installation {
        return Ok(None);
    }
    let own = known.principal.tenants();
    let found = match (headers.get(TENANT), own.as_slice()) {
        (Some(named), _) => {
            let which = named.to_str().map_err(|_| Problem::not_found("tenant_not_found"))?;
            frame.desk.tenancy(which).await?
        }
        (None, [only]) => match known.home.clone().filter(|home| home.id == *only) {
            Some(home) => Some(home),
            None => frame.desk.tenancy(&only.to_string()).await?,
        },
        (None, []) => return Err(Problem::new(403, "forbidden")),
        (None, _) => return Err(Problem::new(400, "tenant_required")),
    };
    let found = found.filter(|tenancy| own.contains(&tenancy.id));
    let tenancy = found.ok_or_else(|| Problem::not_found("tenant_not_found"))?;
    if !tenancy.live {
        return Err(Problem::new(423, "tenant_closed"));
    }
    Ok(Some(tenancy))
}

fn caller(
    frame: &Frame,
    request: &Request,
    row: &Access,
    principal: Principal,
    tenancy: Option<Tenancy>,
) -> Caller {
    let arrival = request.extensions().get::<Arrival>();
    Caller {
        principal,
        tenancy,
        real_now: frame.clock.now(),
        locale: arrival.map_or_else(Default::default, |arrival| arrival.locale),
        request_id: arrival.map(|arrival| arrival.request_id.clone()).unwrap_or_default(),
        one_posting: row.one_posting,
        key: None,
        again: false,
        given_key: request.headers().get(&KEY).and_then(|key| key.to_str().ok()).map(str::to_owned),
    }
}

fn with_limits(mut response: Response, allowance: Option<Allowance>) -> Response {
    if let Some(allowance) = allowance {
        for (name, value) in [
            ("ratelimit-limit", allowance.limit),
            ("ratelimit-remaining", allowance.remaining),
            ("ratelimit-reset", allowance.reset_s),
        ] {
            let name = HeaderName::from_static(name);
            response.headers_mut().insert(name, HeaderValue::from(value));
        }
    }
    response
}
