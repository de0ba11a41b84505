//! Endpoints of campaigns: writing them, agreeing to them, sending them. Their people and results are beside.

use axum::Json;
use axum::http::StatusCode;
use lazo_domain::ids::{CampaignId, MemberId, ProgramId, SegmentId};
use lazo_domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::api_results;
use super::policy::{self, Policy};
use super::print;
use super::{
    Campaign, Content, DECIDERS, Draft, READERS, WRITERS, cancel, change, decide, get, make,
    preview, say, schedule, store, submit, trial,
};
use crate::App;
use crate::http::{Access, Asked, Page, PageQuery, PathId, Payload, Problem, Role, Scope};
use crate::i18n::Locale;

const MAIL: &[Role] = &[Role::Backend, Role::Admin];

/// Who may call what.
pub const ACCESS: &[Access] = &[
    Access::get("/campaigns", "campaigns:read", READERS),
    Access::post("/campaigns", "campaigns:write", WRITERS),
    Access::get("/campaigns/{campaign}", "campaigns:read", READERS),
    Access::put("/campaigns/{campaign}", "campaigns:write", WRITERS),
    Access::post("/campaigns/{campaign}/submit", "campaigns:write", WRITERS),
    Access::post("/campaigns/{campaign}/decisions", "campaigns:write", DECIDERS).by_people(),
    Access::post("/campaigns/{campaign}/schedule", "campaigns:write", WRITERS),
    Access::post("/campaigns/{campaign}/cancel", "campaigns:write", WRITERS),
    Access::post("/campaigns/{campaign}/words", "campaigns:write", READERS),
    Access::post("/campaigns/{campaign}/trial", "campaigns:write", WRITERS).by_people(),
    Access::get("/campaigns/{campaign}/preview", "campaigns:read", READERS),
    Access::get("/campaigns/{campaign}/letters", "campaigns:read", WRITERS),
    Access::get("/campaigns/{campaign}/manifest", "campaigns:read", WRITERS),
    Access::get("/campaigns/{campaign}/people", "campaigns:read", READERS),
    Access::get("/campaigns/{campaign}/results", "campaigns:read", READERS),
    Access::get("/contact-policy", "campaigns:read", READERS),
    Access::put("/contact-policy", "campaigns:write", WRITERS),
    Access::post("/letters/returned", "campaigns:write", MAIL),
    Access::get("/unsubscribe/{token}", "unsubscribe:read", &[]).of_installation().open(),
    Access::post("/unsubscribe/{token}", "unsubscribe:write", &[]).of_installation().open(),
];

/// The endpoints of this noun.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_campaigns, post_campaign))
        .routes(routes!(get_campaign, put_campaign))
        .routes(routes!(submit_campaign))
        .routes(routes!(decide_on_campaign))
        .routes(routes!(schedule_campaign))
        .routes(routes!(cancel_campaign))
        .routes(routes!(say_on_campaign))
        .routes(routes!(try_campaign))
        .routes(routes!(preview_campaign))
        .routes(routes!(get_contact_policy, put_contact_policy))
        .merge(api_results::routes())
        .merge(print::api::routes())
}

/// A campaign.
#[derive(Debug, Serialize, ToSchema)]
pub struct CampaignView {
    /// Its id.
    #[schema(value_type = String, example = "cmp_0000000000001")]
    id: CampaignId,
    /// Of which program's members.
    #[schema(value_type = String)]
    program: ProgramId,
    /// Its audience.
    #[schema(value_type = String)]
    segment: SegmentId,
    /// The audience's condition as it was when somebody was asked to agree.
    #[serde(skip_serializing_if = "String::is_empty")]
    condition: String,
    /// What people call it.
    name: String,
    /// What the letters are for.
    purpose: String,
    /// `email`, or `post` on paper.
    channel: String,
    /// On paper: the reward whose code is on each letter.
    #[serde(skip_serializing_if = "String::is_empty")]
    reward: String,
    /// On paper: does only one letter go to each home?
    per_address: bool,
    /// `draft`, `in_approval`, `approved`, `scheduled`, `sending`, `sent` or `cancelled`.
    state: String,
    /// What it says.
    content: Content,
    /// Which share is left alone, in ten-thousandths.
    holdout: i64,
    /// For how many days purchases are counted.
    window_days: i64,
    /// Who made it.
    author: String,
    /// Everybody whose work is in it.
    authors: Vec<String>,
    /// Who agreed.
    #[serde(skip_serializing_if = "Option::is_none")]
    approved_by: Option<String>,
    /// When letters are to leave.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    send_at: Option<Timestamp>,
    /// When they began to.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    started_at: Option<Timestamp>,
    /// When the last one left, or the campaign was stopped.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    ended_at: Option<Timestamp>,
    /// What was said about it; absent in lists.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    words: Vec<CampaignWordView>,
}

/// Something said about a campaign.
#[derive(Debug, Serialize, ToSchema)]
pub struct CampaignWordView {
    /// Who.
    author: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// `approved` or `sent_back`, where it decided something.
    #[serde(skip_serializing_if = "Option::is_none")]
    verdict: Option<String>,
    /// What.
    body: String,
}

/// The word of a second person.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CampaignDecision {
    /// May it leave as it is?
    approved: bool,
    /// What is to be changed, or anything else.
    #[serde(default)]
    #[schema(max_length = 2000)]
    note: String,
}

/// When letters are to leave.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CampaignHour {
    /// The instant; now when absent.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    send_at: Option<Timestamp>,
}

/// Something to say about a campaign.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCampaignWord {
    /// What.
    #[schema(min_length = 1, max_length = 2000)]
    body: String,
}

/// Which letter to try.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CampaignTrial {
    /// The variant; the first when absent.
    #[serde(default)]
    variant: Option<String>,
    /// The language; the tenant's when absent.
    #[serde(default)]
    locale: Option<String>,
}

/// To whom a trial went.
#[derive(Debug, Serialize, ToSchema)]
pub struct CampaignTried {
    /// The caller's address.
    to: String,
}

/// Which letter to show.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PreviewQuery {
    /// The variant; the member's own, or the first, when absent.
    variant: Option<String>,
    /// The reader; somebody made up when absent.
    #[param(value_type = Option<String>)]
    member: Option<MemberId>,
    /// The language of somebody made up.
    locale: Option<String>,
}

/// A letter as it would leave.
#[derive(Debug, Serialize, ToSchema)]
pub struct CampaignLetter {
    /// Which variant.
    variant: String,
    /// What it is about.
    subject: String,
    /// Its words.
    text: String,
    /// The same as HTML.
    html: String,
    /// The octets that the mail server gets, where one is set.
    #[serde(skip_serializing_if = "Option::is_none")]
    raw: Option<String>,
}

/// The tenant's campaigns, the newest first.
#[utoipa::path(get, path = "/campaigns", tag = "campaigns", params(PageQuery),
    responses((status = 200, body = Page<CampaignView>)))]
async fn list_campaigns(
    scope: Scope<App>,
    Asked(query): Asked<PageQuery>,
) -> Result<Json<Page<CampaignView>>, Problem> {
    let wish = query.window::<i64>("campaigns")?;
    let limit = i64::try_from(wish.limit).unwrap_or(1) + 1;
    let before = wish.after.unwrap_or(i64::MAX);
    let found = store::page(&scope.app.db, scope.tenant, before, limit).await?;
    Ok(Json(Page::of("campaigns", wish.limit, found, |campaign| campaign.id.0, view)))
}

/// Makes a campaign, a draft of the caller's.
#[utoipa::path(post, path = "/campaigns", tag = "campaigns", request_body = Draft,
    responses((status = 201, body = CampaignView)))]
async fn post_campaign(
    scope: Scope<App>,
    Payload(draft): Payload<Draft>,
) -> Result<(StatusCode, Json<CampaignView>), Problem> {
    let campaign = make(&scope, draft).await?;
    Ok((StatusCode::CREATED, Json(view(campaign))))
}

/// A campaign with what was said about it.
#[utoipa::path(get, path = "/campaigns/{campaign}", tag = "campaigns", params(("campaign" = String, Path)),
    responses((status = 200, body = CampaignView)))]
async fn get_campaign(
    scope: Scope<App>,
    PathId(id): PathId<CampaignId>,
) -> Result<Json<CampaignView>, Problem> {
    let campaign = get(&scope, id).await?;
    let words = store::words(&scope.app.db, scope.tenant, id).await?.into_iter();
    let words = words.map(|word| CampaignWordView {
        author: word.author,
        at: word.at,
        verdict: word.verdict,
        body: word.body,
    });
    Ok(Json(CampaignView { words: words.collect(), ..view(campaign) }))
}

/// Changes a campaign that has no hour yet. It is a draft again, and nobody has agreed to it.
#[utoipa::path(put, path = "/campaigns/{campaign}", tag = "campaigns", request_body = Draft,
    params(("campaign" = String, Path)), responses((status = 200, body = CampaignView)))]
async fn put_campaign(
    scope: Scope<App>,
    PathId(id): PathId<CampaignId>,
    Payload(draft): Payload<Draft>,
) -> Result<Json<CampaignView>, Problem> {
    Ok(Json(view(change(&scope, id, draft).await?)))
}

/// Asks others to agree to a campaign as it is.
#[utoipa::path(post, path = "/campaigns/{campaign}/submit", tag = "campaigns",
    params(("campaign" = String, Path)), responses((status = 200, body = CampaignView)))]
async fn submit_campaign(
    scope: Scope<App>,
    PathId(id): PathId<CampaignId>,
) -> Result<Json<CampaignView>, Problem> {
    Ok(Json(view(submit(&scope, id).await?)))
}

/// Agrees to a campaign, or sends it back. Whose work is in it does not agree to it.
#[utoipa::path(post, path = "/campaigns/{campaign}/decisions", tag = "campaigns", request_body = CampaignDecision,
    params(("campaign" = String, Path)), responses((status = 200, body = CampaignView)))]
async fn decide_on_campaign(
    scope: Scope<App>,
    PathId(id): PathId<CampaignId>,
    Payload(decision): Payload<CampaignDecision>,
) -> Result<Json<CampaignView>, Problem> {
    Ok(Json(view(decide(&scope, id, decision.approved, &decision.note).await?)))
}

/// Gives an approved campaign its hour.
#[utoipa::path(post, path = "/campaigns/{campaign}/schedule", tag = "campaigns", request_body = CampaignHour,
    params(("campaign" = String, Path)), responses((status = 200, body = CampaignView)))]
async fn schedule_campaign(
    scope: Scope<App>,
    PathId(id): PathId<CampaignId>,
    Payload(hour): Payload<CampaignHour>,
) -> Result<Json<CampaignView>, Problem> {
    Ok(Json(view(schedule(&scope, id, hour.send_at).await?)))
}

/// Stops a campaign: no further letter leaves.
#[utoipa::path(post, path = "/campaigns/{campaign}/cancel", tag = "campaigns",
    params(("campaign" = String, Path)), responses((status = 200, body = CampaignView)))]
async fn cancel_campaign(
    scope: Scope<App>,
    PathId(id): PathId<CampaignId>,
) -> Result<Json<CampaignView>, Problem> {
    Ok(Json(view(cancel(&scope, id).await?)))
}

/// Says something about a campaign.
#[utoipa::path(post, path = "/campaigns/{campaign}/words", tag = "campaigns", request_body = NewCampaignWord,
    params(("campaign" = String, Path)), responses((status = 204)))]
async fn say_on_campaign(
    scope: Scope<App>,
    PathId(id): PathId<CampaignId>,
    Payload(new): Payload<NewCampaignWord>,
) -> Result<StatusCode, Problem> {
    say(&scope, id, &new.body).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Sends a letter of a campaign to the caller, and to nobody else.
#[utoipa::path(post, path = "/campaigns/{campaign}/trial", tag = "campaigns", request_body = CampaignTrial,
    params(("campaign" = String, Path)), responses((status = 200, body = CampaignTried)))]
async fn try_campaign(
    scope: Scope<App>,
    PathId(id): PathId<CampaignId>,
    Payload(body): Payload<CampaignTrial>,
) -> Result<Json<CampaignTried>, Problem> {
    let locale = locale("/locale", body.locale.as_deref())?;
    let to = trial(&scope, id, body.variant.as_deref(), locale).await?;
    Ok(Json(CampaignTried { to }))
}

/// A letter of a campaign, to the octet.
#[utoipa::path(get, path = "/campaigns/{campaign}/preview", tag = "campaigns",
    params(("campaign" = String, Path), PreviewQuery), responses((status = 200, body = CampaignLetter)))]
async fn preview_campaign(
    scope: Scope<App>,
    PathId(id): PathId<CampaignId>,
    Asked(query): Asked<PreviewQuery>,
) -> Result<Json<CampaignLetter>, Problem> {
    let locale = locale("?locale", query.locale.as_deref())?;
    let variant = query.variant.as_deref();
    let shown = preview(&scope, id, variant, query.member, locale).await?;
    let raw = scope.app.mailer.octets(&shown.letter, &shown.bulk).ok();
    Ok(Json(CampaignLetter {
        variant: shown.variant,
        subject: shown.letter.subject,
        text: shown.letter.text,
        html: shown.letter.html,
        raw: raw.map(|octets| String::from_utf8_lossy(&octets).into_owned()),
    }))
}

/// How much members hear at most.
#[utoipa::path(get, path = "/contact-policy", tag = "campaigns", responses((status = 200, body = Policy)))]
async fn get_contact_policy(scope: Scope<App>) -> Result<Json<Policy>, Problem> {
    Ok(Json(policy::of(&scope.app.db, scope.tenant).await?))
}

/// Sets how much members hear at most.
#[utoipa::path(put, path = "/contact-policy", tag = "campaigns", request_body = Policy,
    responses((status = 200, body = Policy)))]
async fn put_contact_policy(
    scope: Scope<App>,
    Payload(wanted): Payload<Policy>,
) -> Result<Json<Policy>, Problem> {
    Ok(Json(policy::set(&scope, &wanted).await?))
}

fn locale(pointer: &str, tag: Option<&str>) -> Result<Option<Locale>, Problem> {
    tag.map(str::parse).transpose().map_err(|why| Problem::field(pointer, "choice", why))
}

fn view(campaign: Campaign) -> CampaignView {
    CampaignView {
        id: campaign.id,
        program: campaign.program,
        segment: campaign.segment,
        condition: campaign.condition,
        name: campaign.name,
        purpose: campaign.purpose,
        channel: campaign.channel,
        reward: campaign.reward,
        per_address: campaign.per_address,
        state: campaign.state,
        content: campaign.content,
        holdout: campaign.holdout,
        window_days: campaign.window_days,
        author: campaign.author,
        authors: campaign.authors,
        approved_by: campaign.approved_by,
        send_at: campaign.send_at,
        started_at: campaign.started_at,
        ended_at: campaign.ended_at,
        words: Vec::new(),
    }
}
