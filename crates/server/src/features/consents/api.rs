//! Endpoints of consents.

use axum::Json;
use axum::extract::Path;
use lazo_domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Consent, PURPOSES, is_known, store, text_hash};
use crate::App;
use crate::features::audit::{self, Deed};
use crate::features::members::{self, Member};
use crate::http::{Access, Payload, Problem, Role, Scope};

const KEEPERS: &[Role] = &[Role::Agent, Role::Backend, Role::Admin];

/// Who may call what.
pub const ACCESS: &[Access] = &[
    Access::get("/members/{member}/consents", "consents:read", KEEPERS).and_own(),
    Access::put("/members/{member}/consents", "consents:write", KEEPERS).and_own(),
];

/// The endpoints of this noun.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list_consents, set_consents))
}

/// A consent as it is decided on.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConsentBody {
    /// `offers`, `surveys`, `profile` or `partners`.
    #[schema(example = "offers")]
    pub purpose: String,
    /// `email`, `sms`, `push`, `post`, or `any` for `profile`.
    #[schema(example = "email")]
    pub channel: String,
    /// Given, or refused and withdrawn?
    pub given: bool,
}

/// What is decided on; what is absent stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConsentsBody {
    /// Each purpose and channel once.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub items: Vec<ConsentBody>,
}

/// How one consent stands.
#[derive(Debug, Serialize, ToSchema)]
pub struct ConsentView {
    /// What for.
    pub purpose: String,
    /// By which channel.
    pub channel: String,
    /// Given? Without a decision it is not.
    pub given: bool,
    /// When it was decided on; absent when never.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub at: Option<Timestamp>,
    /// The beginning of the SHA-256 of what was read, and in which language.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// How all consents stand.
#[derive(Debug, Serialize, ToSchema)]
pub struct ConsentsView {
    /// One for each purpose and channel that is asked for.
    pub items: Vec<ConsentView>,
}

/// A member's consents, those without a decision too.
#[utoipa::path(get, path = "/members/{member}/consents", tag = "consents",
    params(("member" = String, Path)), responses((status = 200, body = ConsentsView)))]
async fn list_consents(
    scope: Scope<App>,
    Path(member): Path<String>,
) -> Result<Json<ConsentsView>, Problem> {
    let member = members::resolve(&scope, &member).await?;
    standing(&scope, &member).await.map(Json)
}

/// Gives and withdraws consents. Each change is kept with what was read, by whom, and when.
#[utoipa::path(put, path = "/members/{member}/consents", tag = "consents",
    params(("member" = String, Path)), request_body = ConsentsBody,
    responses((status = 200, body = ConsentsView)))]
async fn set_consents(
    scope: Scope<App>,
    Path(member): Path<String>,
    Payload(body): Payload<ConsentsBody>,
) -> Result<Json<ConsentsView>, Problem> {
    let member = members::resolve(&scope, &member).await?;
    decide(&scope, &member, &body.items).await?;
    standing(&scope, &member).await.map(Json)
}

/// How a member's consents stand.
pub async fn standing(scope: &Scope<App>, member: &Member) -> Result<ConsentsView, Problem> {
    let known = store::all(&scope.app.db, scope.tenant, member.id).await?;
    let all = PURPOSES.iter().flat_map(|(purpose, channels)| {
        channels.iter().map(move |channel| ((*purpose).to_owned(), (*channel).to_owned()))
    });
    let view = |(purpose, channel): (String, String)| {
        let found = known.iter().find(|c| c.purpose == purpose && c.channel == channel);
        ConsentView {
            given: found.is_some_and(|found| found.given),
            at: found.map(|found| found.at),
            text: found.map(|found| format!("{} {}", found.text_hash, found.locale)),
            purpose,
            channel,
        }
    };
    Ok(ConsentsView { items: all.map(view).collect() })
}

/// Writes down what was decided; what stands already is not written again.
pub async fn decide(
    scope: &Scope<App>,
    member: &Member,
    items: &[ConsentBody],
) -> Result<(), Problem> {
    if let Some(at) = items.iter().position(|item| !is_known(&item.purpose, &item.channel)) {
        let detail = "is no purpose and channel that consent is asked for";
        return Err(Problem::field(&format!("/items/{at}"), "invalid", detail));
    }
    let known = store::all(&scope.app.db, scope.tenant, member.id).await?;
    let stands = |item: &&ConsentBody| {
        let found = known.iter().find(|c| c.purpose == item.purpose && c.channel == item.channel);
        // A refusal is a decision of its own: it is written down also where nothing was given.
        found.is_some_and(|found| found.given == item.given)
    };
    let changed: Vec<&ConsentBody> = items.iter().filter(|item| !stands(item)).collect();
    if changed.is_empty() {
        return Ok(());
    }
    let locale = scope.caller.locale;
    let mut tx = scope.app.db.begin().await?;
    for item in &changed {
        let consent = Consent {
            tenant: scope.tenant,
            member: member.id,
            purpose: item.purpose.clone(),
            channel: item.channel.clone(),
            given: item.given,
            text_hash: text_hash(locale, &item.purpose),
            locale: locale.tag().to_owned(),
            at: scope.now,
            actor: scope.actor().to_owned(),
        };
        store::set(&mut tx, &consent, scope.app.ids.next()).await?;
    }
    let named: Vec<String> =
        changed.iter().map(|c| format!("{}/{}={}", c.purpose, c.channel, c.given)).collect();
    let deed = Deed::of(scope, "consents.changed", member.id, json!({ "changed": named }));
    audit::record(&mut tx, &deed).await?;
    tx.commit().await?;
    Ok(())
}
