//! Endpoints of newsletters' lists: how each is set up and how many are on it, the record of a consent, and the way out.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Redirect;
use lazo_domain::ids::NewsletterSubscriberId;
use lazo_domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::press::{self, Press};
use super::settings::{self, Settings};
use super::{join, subscribers};
use crate::App;
use crate::features::audit::{self, Deed};
use crate::features::brands;
use crate::features::members::{EMAIL, Identifier};
use crate::http::{Payload, Problem, Scope};

/// The endpoints of this file.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_newsletters))
        .routes(routes!(put_newsletter))
        .routes(routes!(evidence))
        .routes(routes!(newsletter_returned))
        .routes(routes!(show_newsletter_unsubscribe, newsletter_unsubscribe))
}

/// A brand's newsletter.
#[derive(Debug, Serialize, ToSchema)]
pub struct NewsletterView {
    /// The brand's code.
    brand: String,
    /// How it is set up.
    settings: Settings,
    /// How many there are by state: `asked`, `active`, `left`, `complained`, `bounced`.
    subscribers: BTreeMap<String, i64>,
}

/// The newsletters of a tenant.
#[derive(Debug, Serialize, ToSchema)]
pub struct Newsletters {
    /// One of each brand that has one.
    items: Vec<NewsletterView>,
}

/// Whose consent is asked for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewsletterAddress {
    /// The address.
    #[schema(example = "ana@example.com")]
    email: String,
}

/// The record of a consent.
#[derive(Debug, Serialize, ToSchema)]
pub struct NewsletterEvidence {
    /// The subscriber.
    #[schema(value_type = String)]
    subscriber: NewsletterSubscriberId,
    /// How it stands: `asked`, `active`, `left`, `complained` or `bounced`.
    state: String,
    /// Every step, the first first.
    steps: Vec<NewsletterStep>,
}

/// A step of a consent.
#[derive(Debug, Serialize, ToSchema)]
pub struct NewsletterStep {
    /// `asked`, `confirmed`, `preferences`, `left`, `complained` or `bounced`.
    what: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// The page, or how it came otherwise.
    place: String,
    /// The beginning of the hash of the text that was read, where one was.
    #[serde(skip_serializing_if = "String::is_empty")]
    text: String,
    /// In which language.
    locale: String,
}

/// What a mail server told of a letter.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewsletterReturned {
    /// The letter's `Message-ID`.
    message_id: String,
    /// `bounced` or `complained`.
    kind: String,
}

/// The answer to whoever left a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct NewsletterLeft {
    /// It is done.
    unsubscribed: bool,
}

/// The newsletters of the tenant's brands, with how many are on each list.
#[utoipa::path(get, path = "/newsletter", tag = "newsletter", responses((status = 200, body = Newsletters)))]
async fn list_newsletters(scope: Scope<App>) -> Result<Json<Newsletters>, Problem> {
    let (db, tenant) = (&scope.app.db, scope.tenant);
    let mut items = Vec::new();
    for brand in brands::store::all(db, tenant).await? {
        let Some(found) = settings::of(db, tenant, brand.id).await? else { continue };
        let counts = subscribers::counts(db, tenant, brand.id).await?;
        let subscribers = counts.into_iter().collect();
        let settings = found.settings;
        items.push(NewsletterView { brand: brand.config.code, settings, subscribers });
    }
    Ok(Json(Newsletters { items }))
}

/// Sets a brand's newsletter up.
#[utoipa::path(put, path = "/newsletter/brands/{brand}", tag = "newsletter", request_body = Settings,
    params(("brand" = String, Path, description = "The brand's code")), responses((status = 200, body = Settings)))]
async fn put_newsletter(
    scope: Scope<App>,
    Path(brand): Path<String>,
    Payload(wanted): Payload<Settings>,
) -> Result<Json<Settings>, Problem> {
    settings::set(&scope, &brand, &wanted).await?;
    Ok(Json(wanted))
}

/// The record of an address's consent: what was read, where and when. Who asks for it stands in the audit log.
#[utoipa::path(post, path = "/newsletter/brands/{brand}/evidence", tag = "newsletter",
    request_body = NewsletterAddress, params(("brand" = String, Path, description = "The brand's code")),
    responses((status = 200, body = NewsletterEvidence)))]
async fn evidence(
    scope: Scope<App>,
    Path(brand): Path<String>,
    Payload(body): Payload<NewsletterAddress>,
) -> Result<Json<NewsletterEvidence>, Problem> {
    let missing = || Problem::not_found("newsletter_not_found");
    let country = scope.caller.tenancy.as_ref().map(|tenancy| tenancy.country.clone());
    let name = Identifier::new(EMAIL, &body.email, &country.unwrap_or_default());
    let name = name.map_err(|why| Problem::field("/email", "invalid", why))?;
    let (brand, newsletter) = settings::named(&scope, &brand).await?.ok_or_else(missing)?;
    let newsletter = newsletter.ok_or_else(missing)?;
    let (db, list) = (&scope.app.db, (scope.tenant, brand.id));
    let hash = press::address_hash(&newsletter, &name.value);
    let found = subscribers::by_hash(db, list, &hash).await?;
    let found = found.ok_or_else(|| Problem::not_found("newsletter_subscriber_not_found"))?;
    let steps = subscribers::steps(db, scope.tenant, found.id).await?.into_iter();
    let steps = steps.map(|(what, at, place, text, locale)| NewsletterStep {
        what,
        at,
        place,
        text,
        locale,
    });
    let mut tx = db.begin().await?;
    audit::record(&mut tx, &Deed::of(&scope, "newsletter.evidence_read", found.id, json!({})))
        .await?;
    tx.commit().await?;
    let steps = steps.collect();
    Ok(Json(NewsletterEvidence { subscriber: found.id, state: found.state, steps }))
}

/// Notes that a letter of an issue came back for good, or that its reader complained: the address is written to no more.
#[utoipa::path(post, path = "/newsletter/returned", tag = "newsletter", request_body = NewsletterReturned,
    responses((status = 204)))]
async fn newsletter_returned(
    scope: Scope<App>,
    Payload(body): Payload<NewsletterReturned>,
) -> Result<StatusCode, Problem> {
    if !["bounced", "complained"].contains(&body.kind.as_str()) {
        return Err(Problem::field("/kind", "choice", "must be bounced or complained"));
    }
    let missing = || Problem::field("/message_id", "choice", "is no letter of yours");
    let named = press::named(&body.message_id).ok_or_else(missing)?;
    if join::returned(&scope.app, scope.tenant, named, &body.kind).await? {
        return Ok(StatusCode::NO_CONTENT);
    }
    Err(missing())
}

/// Shows the page on which a reader leaves a newsletter; asking for it changes nothing.
#[utoipa::path(get, path = "/newsletter/unsubscribe/{token}", tag = "newsletter", params(("token" = String, Path)),
    responses((status = 303)))]
async fn show_newsletter_unsubscribe(
    State(app): State<App>,
    Path(token): Path<String>,
) -> Result<Redirect, Problem> {
    let missing = || Problem::not_found("not_found");
    let (found, _) = join::own(&app, &token).await?.ok_or_else(missing)?;
    let press = Press::of(&app, found.tenant, found.brand).await?.ok_or_else(missing)?;
    Ok(Redirect::to(&press.way_out(&token)))
}

/// Takes a letter's reader off the list, in one step and without signing in (RFC 8058).
#[utoipa::path(post, path = "/newsletter/unsubscribe/{token}", tag = "newsletter", params(("token" = String, Path)),
    responses((status = 200, body = NewsletterLeft)))]
async fn newsletter_unsubscribe(
    State(app): State<App>,
    Path(token): Path<String>,
) -> Result<Json<NewsletterLeft>, Problem> {
    if join::leave(&app, &token, "one-click").await? {
        return Ok(Json(NewsletterLeft { unsubscribed: true }));
    }
    Err(Problem::not_found("not_found"))
}
