//! What Apple's phones ask: that they have a pass, which of theirs changed, the pass as it is now, and that they have it no
//! more. Paths, statuses and fields are Apple's.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, IF_MODIFIED_SINCE, LAST_MODIFIED};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use jiff::fmt::rfc2822;
use lazo_domain::ids::WalletPassId;
use lazo_domain::time::{SECOND, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};

use super::push::is_push_token;
use super::{Pass, apple, refresh, store};
use crate::App;
use crate::features::audit::{self, Deed};
use crate::http::{Asked, Payload, Problem};
use crate::secrets::hash_of;

/// The kind of a pass's file.
pub const PKPASS: &str = "application/vnd.apple.pkpass";
/// What comes before the token in the header.
const SCHEME: &str = "ApplePass ";
/// The longest name that a phone gives itself.
const MAX_DEVICE: usize = 200;

/// Where a phone is told of changes.
#[derive(Debug, Deserialize, ToSchema)]
pub struct PassRegistration {
    /// Apple's token for the phone, in hexadecimal digits.
    #[serde(rename = "pushToken")]
    push_token: String,
}

/// Since when a phone wants to know.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SinceQuery {
    /// What `lastUpdated` was at the answer before; everything when absent.
    #[serde(default, rename = "passesUpdatedSince")]
    passes_updated_since: Option<String>,
}

/// The passes of a phone that changed.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChangedPasses {
    /// Their serial numbers.
    #[serde(rename = "serialNumbers")]
    #[schema(value_type = Vec<String>)]
    serial_numbers: Vec<WalletPassId>,
    /// What to ask with next time.
    #[serde(rename = "lastUpdated")]
    last_updated: String,
}

/// What a phone complains about.
#[derive(Debug, Deserialize, ToSchema)]
pub struct PassLog {
    /// Its lines.
    #[serde(default)]
    logs: Vec<String>,
}

/// A phone has a pass from now on. Its token is in `Authorization: ApplePass …`.
#[utoipa::path(post, path = "/wallet/v1/devices/{device}/registrations/{pass_type}/{serial}", tag = "wallet-passes",
    params(("device" = String, Path), ("pass_type" = String, Path), ("serial" = String, Path)),
    request_body = PassRegistration, responses((status = 200), (status = 201)))]
pub(super) async fn register_pass(
    State(app): State<App>,
    Path((device, pass_type, serial)): Path<(String, String, String)>,
    headers: HeaderMap,
    Payload(body): Payload<PassRegistration>,
) -> Result<StatusCode, Problem> {
    let pass = opened(&app, &pass_type, &serial, &headers).await?;
    if !is_push_token(&body.push_token) {
        return Err(Problem::field("/pushToken", "invalid", "is no token that Apple gives"));
    }
    let now = app.clock.now();
    let mut tx = app.db.begin().await?;
    let hash = named(&device)?;
    let new = store::register(&mut tx, &hash, &pass, &body.push_token, now).await?;
    if new {
        let actor = format!("member:{}", pass.member);
        audit::record(&mut tx, &deed(&pass, &actor, "wallet_pass.added_to_phone", now)).await?;
    }
    tx.commit().await?;
    Ok(if new { StatusCode::CREATED } else { StatusCode::OK })
}

/// A phone has a pass no more.
#[utoipa::path(delete, path = "/wallet/v1/devices/{device}/registrations/{pass_type}/{serial}", tag = "wallet-passes",
    params(("device" = String, Path), ("pass_type" = String, Path), ("serial" = String, Path)),
    responses((status = 200)))]
pub(super) async fn unregister_pass(
    State(app): State<App>,
    Path((device, pass_type, serial)): Path<(String, String, String)>,
    headers: HeaderMap,
) -> Result<StatusCode, Problem> {
    let pass = opened(&app, &pass_type, &serial, &headers).await?;
    if store::unregister(&app.db, &named(&device)?, pass.id).await? {
        let (actor, now) = (format!("member:{}", pass.member), app.clock.now());
        let mut tx = app.db.begin().await?;
        audit::record(&mut tx, &deed(&pass, &actor, "wallet_pass.removed_from_phone", now)).await?;
        tx.commit().await?;
    }
    Ok(StatusCode::OK)
}

/// Which passes of a phone changed since it asked last; 204 when none did.
#[utoipa::path(get, path = "/wallet/v1/devices/{device}/registrations/{pass_type}", tag = "wallet-passes",
    params(("device" = String, Path), ("pass_type" = String, Path), SinceQuery),
    responses((status = 200, body = ChangedPasses), (status = 204)))]
pub(super) async fn changed_passes(
    State(app): State<App>,
    Path((device, pass_type)): Path<(String, String)>,
    Asked(query): Asked<SinceQuery>,
) -> Result<Response, Problem> {
    offered(&app, &pass_type)?;
    let since = query.passes_updated_since.and_then(|tag| tag.parse::<i64>().ok());
    let since = since.unwrap_or(i64::MIN);
    let (mut serials, mut last) = (Vec::new(), since);
    for pass in store::of_device(&app.db, &named(&device)?).await? {
        // Looked at now, so that a phone that asks hears also of what no job has seen yet.
        let Some((pass, _)) = refresh::fresh(&app, &pass).await? else { continue };
        if pass.tag > since {
            serials.push(pass.id);
            last = last.max(pass.tag);
        }
    }
    if serials.is_empty() {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let told = ChangedPasses { serial_numbers: serials, last_updated: last.to_string() };
    Ok(Json(told).into_response())
}

/// The pass as it is now; 304 when it is as it was at `If-Modified-Since`. Its token is in `Authorization: ApplePass …`.
#[utoipa::path(get, path = "/wallet/v1/passes/{pass_type}/{serial}", tag = "wallet-passes",
    params(("pass_type" = String, Path), ("serial" = String, Path)),
    responses((status = 200, content_type = "application/vnd.apple.pkpass", body = Vec<u8>), (status = 304)))]
pub(super) async fn get_pass(
    State(app): State<App>,
    Path((pass_type, serial)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let pass = opened(&app, &pass_type, &serial, &headers).await?;
    let fresh = refresh::fresh(&app, &pass).await?;
    let (pass, content) = fresh.ok_or_else(missing)?;
    let seen = headers.get(IF_MODIFIED_SINCE).and_then(|value| value.to_str().ok());
    if seen.and_then(instant).is_some_and(|seen| pass.changed_at <= seen) {
        return Ok(StatusCode::NOT_MODIFIED.into_response());
    }
    answer(&app, &pass, &content)
}

/// What phones complain about. Their lines name devices, so that only their number is noted.
#[utoipa::path(post, path = "/wallet/v1/log", tag = "wallet-passes", request_body = PassLog,
    responses((status = 200)))]
pub(super) async fn log_passes(Payload(body): Payload<PassLog>) -> StatusCode {
    tracing::warn!(lines = body.logs.len(), "a phone complains about a wallet pass");
    StatusCode::OK
}

/// The answer that carries a pass.
pub(super) fn answer(
    app: &App,
    pass: &Pass,
    content: &super::content::Content,
) -> Result<Response, Problem> {
    let apple = app.wallet.apple.as_ref().ok_or_else(missing)?;
    let base = app.faces.public_url.trim_end_matches('/');
    let file = apple::file(apple, pass, content, base, app.clock.now()).map_err(|error| {
        tracing::error!(%error, "a wallet pass could not be made");
        Problem::new(500, "internal")
    })?;
    let head = [(CONTENT_TYPE, PKPASS.to_owned()), (LAST_MODIFIED, http_date(pass.changed_at))];
    Ok((head, file).into_response())
}

/// The pass of a serial number, for whoever shows its token: 404 where there is none, 401 for another token.
async fn opened(
    app: &App,
    pass_type: &str,
    serial: &str,
    headers: &HeaderMap,
) -> Result<Pass, Problem> {
    offered(app, pass_type)?;
    let id = serial.parse::<WalletPassId>().map_err(|_| missing())?;
    let pass = store::by_id(&app.db, id).await?.ok_or_else(missing)?;
    let token = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = token.and_then(|value| value.strip_prefix(SCHEME)).unwrap_or_default();
    if pass.opens_with(token) { Ok(pass) } else { Err(Problem::new(401, "wallet_pass_token")) }
}

/// Are passes of this kind ours?
fn offered(app: &App, pass_type: &str) -> Result<(), Problem> {
    let own = app.wallet.apple.as_ref().filter(|apple| apple.pass_type == pass_type);
    own.map(drop).ok_or_else(missing)
}

fn missing() -> Problem {
    Problem::not_found("wallet_pass_not_found")
}

/// What is kept of the name that a phone gives itself.
fn named(device: &str) -> Result<Vec<u8>, Problem> {
    if device.is_empty() || device.len() > MAX_DEVICE {
        return Err(missing());
    }
    Ok(hash_of(device))
}

fn deed<'a>(pass: &Pass, actor: &'a str, action: &'a str, at: Timestamp) -> Deed<'a> {
    Deed {
        tenant: pass.tenant,
        at,
        actor,
        action,
        object: pass.id.to_string(),
        reason: "",
        detail: json!({ "member": pass.member }),
    }
}

/// An instant as HTTP writes it.
fn http_date(at: Timestamp) -> String {
    let second = jiff::Timestamp::from_second(at.0.div_euclid(SECOND)).unwrap_or_default();
    rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&second).unwrap_or_default()
}

/// An instant that HTTP wrote.
fn instant(text: &str) -> Option<Timestamp> {
    let at = rfc2822::DateTimeParser::new().parse_timestamp(text).ok()?;
    Some(Timestamp(at.as_second().saturating_mul(SECOND)))
}
