//! Endpoints of what became of a campaign: its people, its figures, letters that came back, and readers who leave.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Redirect;
use lazo_domain::ids::{AccountId, CampaignId, MemberId};
use lazo_domain::time::Timestamp;
use lazo_measures::stats::intervals::{Difference, Interval, Verdict};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::letter::Press;
use super::recipients::After;
use super::results::{self, Comparison, Group, Results, Row};
use super::{get, leave, letter, print};
use crate::App;
use crate::features::measures::date_of;
use crate::features::{segments, tenants};
use crate::http::{Asked, Page, PathId, Payload, Problem, Scope, window};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_campaign_people))
        .routes(routes!(get_campaign_results))
        .routes(routes!(letter_returned))
        .routes(routes!(show_unsubscribe, unsubscribe))
}

/// Which people of a campaign.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PeopleQuery {
    /// Only this group: `holdout`, `universal`, `treated`, or a variant's name.
    arm: Option<String>,
    /// Only letters in this state, or `unsubscribed`, `complained`, or `used` for codes.
    state: Option<String>,
    /// How many items, 1 to 100.
    limit: Option<u32>,
    /// `cursor.next` of the page before.
    cursor: Option<String>,
}

/// Somebody whom a campaign reached or left alone.
#[derive(Debug, Serialize, ToSchema)]
pub struct CampaignPerson {
    /// Who.
    #[schema(value_type = String)]
    member: MemberId,
    /// The account whose purchases are counted.
    #[schema(value_type = String)]
    account: AccountId,
    /// `holdout`, `universal`, or the variant's name.
    arm: String,
    /// `ready`, `handing`, `sent`, `bounced`, `withheld`, or `kept` for who is left alone.
    state: String,
    /// On paper: its page in the run.
    #[serde(skip_serializing_if = "Option::is_none")]
    page: Option<i64>,
    /// On paper: the code on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    /// Why a letter bounced or was withheld.
    #[serde(skip_serializing_if = "String::is_empty")]
    reason: String,
    /// When the mail server took the letter.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    sent_at: Option<Timestamp>,
    /// When its reader left the list by it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    unsubscribed_at: Option<Timestamp>,
    /// Purchases within the days that are counted.
    purchases: i64,
    /// What was spent, in minor units.
    net_minor: i64,
}

/// What came of a campaign.
#[derive(Debug, Serialize, ToSchema)]
pub struct CampaignResults {
    /// The first day whose purchases are counted; absent before sending began.
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<String>,
    /// The last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<String>,
    /// Are these days over?
    over: bool,
    /// When this was counted.
    #[schema(value_type = String, format = DateTime)]
    as_of: Timestamp,
    /// The money.
    currency: String,
    /// The variants, then who is left alone.
    groups: Vec<CampaignGroup>,
    /// All variants together.
    treated: CampaignGroup,
    /// All variants together against the holdout.
    #[serde(skip_serializing_if = "Option::is_none")]
    effect: Option<CampaignComparison>,
    /// Each further variant against the first.
    variants: Vec<CampaignComparison>,
}

/// How a group fared.
#[derive(Debug, Serialize, ToSchema)]
pub struct CampaignGroup {
    /// `holdout`, `universal`, `treated`, or a variant's name.
    name: String,
    /// Everybody in it.
    people: u64,
    /// Letters by state.
    states: BTreeMap<String, u64>,
    /// Letters withheld and bounced, by reason.
    reasons: BTreeMap<String, u64>,
    /// Readers who complained.
    complained: u64,
    /// Readers who left the list.
    unsubscribed: u64,
    /// People who bought.
    buyers: u64,
    /// Their purchases.
    purchases: i64,
    /// What they spent, in minor units.
    net_minor: i64,
}

/// Two groups beside each other.
#[derive(Debug, Serialize, ToSchema)]
pub struct CampaignComparison {
    /// The first group.
    of: String,
    /// The one it is compared with.
    with: String,
    /// The p-value of the groups' sizes (Pearson's χ²).
    #[serde(skip_serializing_if = "Option::is_none")]
    ratio_p: Option<f64>,
    /// Are the sizes what chance gives? Under p = 0.001 they are not, and nothing else is said.
    sound: bool,
    /// The share of buyers: Newcombe's interval.
    #[serde(skip_serializing_if = "Option::is_none")]
    buyers: Option<CampaignDifference>,
    /// What a person spent, in minor units: Welch's interval.
    #[serde(skip_serializing_if = "Option::is_none")]
    spent: Option<CampaignDifference>,
    /// The same for the whole first group.
    #[serde(skip_serializing_if = "Option::is_none")]
    incremental: Option<CampaignEstimate>,
    /// The smallest difference in the share of buyers that groups of these sizes find four times out of five.
    #[serde(skip_serializing_if = "Option::is_none")]
    detectable: Option<f64>,
}

/// A difference, the first less the second.
#[derive(Debug, Serialize, ToSchema)]
pub struct CampaignDifference {
    /// The difference.
    estimate: f64,
    /// The lower end of its 95 % interval.
    low: f64,
    /// The upper end.
    high: f64,
    /// The p-value of no difference.
    p: f64,
    /// `higher`, `lower` or `not_conclusive`.
    verdict: &'static str,
}

/// An estimate with its 95 % interval.
#[derive(Debug, Serialize, ToSchema)]
pub struct CampaignEstimate {
    /// The estimate.
    estimate: f64,
    /// The lower end.
    low: f64,
    /// The upper end.
    high: f64,
}

/// What a mail server tells of a letter after it took it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LetterReturned {
    /// The letter's `Message-ID`; of one on paper, its name outside of the cut or the code on it.
    message_id: String,
    /// `bounced`, or `complained`, which takes the consent back.
    kind: String,
}

/// What became of leaving a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Unsubscribed {
    /// Always true: also when it was done before.
    unsubscribed: bool,
}

/// A campaign's people with what they bought: the rows behind its figures.
#[utoipa::path(get, path = "/campaigns/{campaign}/people", tag = "campaigns",
    params(("campaign" = String, Path), PeopleQuery), responses((status = 200, body = Page<CampaignPerson>)))]
async fn list_campaign_people(
    scope: Scope<App>,
    PathId(id): PathId<CampaignId>,
    Asked(query): Asked<PeopleQuery>,
) -> Result<Json<Page<CampaignPerson>>, Problem> {
    let campaign = get(&scope, id).await?;
    let tenant = segments::own_tenant(&scope).await?;
    let wish = window::<i64>("campaign_people", query.limit, query.cursor.as_deref())?;
    let limit = i64::try_from(wish.limit).unwrap_or(1) + 1;
    let after = MemberId(wish.after.unwrap_or(i64::MIN));
    let of = (query.arm.as_deref(), query.state.as_deref());
    let found = results::rows(&scope.app.db, &tenant, &campaign, of, after, limit).await?;
    Ok(Json(Page::of("campaign_people", wish.limit, found, |row| row.to.member.0, person)))
}

/// What came of a campaign, with what may be said of it.
#[utoipa::path(get, path = "/campaigns/{campaign}/results", tag = "campaigns",
    params(("campaign" = String, Path)), responses((status = 200, body = CampaignResults)))]
async fn get_campaign_results(
    scope: Scope<App>,
    PathId(id): PathId<CampaignId>,
) -> Result<Json<CampaignResults>, Problem> {
    let campaign = get(&scope, id).await?;
    let tenant = segments::own_tenant(&scope).await?;
    Ok(Json(told(results::of(&scope.app, &tenant, &campaign, scope.now).await?)))
}

/// Notes that a letter came back, or that its reader complained.
#[utoipa::path(post, path = "/letters/returned", tag = "campaigns", request_body = LetterReturned,
    responses((status = 204)))]
async fn letter_returned(
    scope: Scope<App>,
    Payload(body): Payload<LetterReturned>,
) -> Result<StatusCode, Problem> {
    let after = match body.kind.as_str() {
        "bounced" => After::Bounced,
        "complained" => After::Complained,
        _ => return Err(Problem::field("/kind", "choice", "must be bounced or complained")),
    };
    let (app, tenant) = (&scope.app, scope.tenant);
    let known = match (letter::single_named(&body.message_id), letter::named(&body.message_id)) {
        (Some(letter), _) => leave::told_of_single(app, tenant, letter, after).await?,
        (_, Some(named)) => leave::told(app, tenant, named, after).await?,
        _ => match print::store::by_code(&app.db, tenant, &body.message_id).await? {
            Some(named) => leave::told(app, tenant, named, after).await?,
            None => false,
        },
    };
    if known {
        return Ok(StatusCode::NO_CONTENT);
    }
    Err(Problem::field("/message_id", "choice", "is no letter of yours"))
}

/// Shows the page on which a reader leaves a list; asking for it changes nothing.
#[utoipa::path(get, path = "/unsubscribe/{token}", tag = "campaigns", params(("token" = String, Path)),
    responses((status = 303)))]
async fn show_unsubscribe(
    axum::extract::State(app): axum::extract::State<App>,
    Path(token): Path<String>,
) -> Result<Redirect, Problem> {
    let missing = || Problem::not_found("not_found");
    let found = leave::find(&app, &token).await?.ok_or_else(missing)?;
    let tenant = tenants::store::by_id(&app.db, found.tenant).await?.ok_or_else(missing)?;
    let programs = app.programs.current(found.tenant).await?;
    let program = programs.latest(found.program).ok_or_else(missing)?;
    let press = Press::of(&app, &tenant, program).await?.ok_or_else(missing)?;
    Ok(Redirect::to(&press.way_out(&token)))
}

/// Takes the consent back by which a letter was sent, in one step and without signing in (RFC 8058).
#[utoipa::path(post, path = "/unsubscribe/{token}", tag = "campaigns", params(("token" = String, Path)),
    responses((status = 200, body = Unsubscribed)))]
async fn unsubscribe(
    axum::extract::State(app): axum::extract::State<App>,
    Path(token): Path<String>,
) -> Result<Json<Unsubscribed>, Problem> {
    if leave::leave(&app, &token).await? {
        return Ok(Json(Unsubscribed { unsubscribed: true }));
    }
    Err(Problem::not_found("not_found"))
}

fn person(row: Row) -> CampaignPerson {
    CampaignPerson {
        member: row.to.member,
        account: row.to.account,
        arm: row.to.arm,
        state: row.to.state,
        page: row.to.place,
        code: row.to.code,
        reason: row.to.reason,
        sent_at: row.to.sent_at,
        unsubscribed_at: row.to.unsubscribed_at,
        purchases: row.purchases,
        net_minor: row.net_minor,
    }
}

fn told(found: Results) -> CampaignResults {
    CampaignResults {
        from: found.days.map(|days| date_of(days.from).to_string()),
        to: found.days.map(|days| date_of(days.to).to_string()),
        over: found.over,
        as_of: found.as_of,
        currency: found.currency.to_string(),
        groups: found.groups.into_iter().map(group).collect(),
        treated: group(found.treated),
        effect: found.effect.map(comparison),
        variants: found.variants.into_iter().map(comparison).collect(),
    }
}

fn group(group: Group) -> CampaignGroup {
    CampaignGroup {
        name: group.name,
        people: group.people,
        states: group.states,
        reasons: group.reasons,
        complained: group.complained,
        unsubscribed: group.unsubscribed,
        buyers: group.buyers,
        purchases: group.purchases,
        net_minor: group.net_minor,
    }
}

fn comparison(found: Comparison) -> CampaignComparison {
    let estimate = |(estimate, Interval { low, high }): (f64, Interval)| CampaignEstimate {
        estimate,
        low,
        high,
    };
    CampaignComparison {
        of: found.groups.0,
        with: found.groups.1,
        ratio_p: found.ratio_p,
        sound: found.sound,
        buyers: found.buyers.as_ref().map(CampaignDifference::of),
        spent: found.spent.as_ref().map(CampaignDifference::of),
        incremental: found.incremental.map(estimate),
        detectable: found.detectable,
    }
}

impl CampaignDifference {
    /// A difference as it is told.
    #[must_use]
    pub fn of(found: &Difference) -> Self {
        Self {
            estimate: found.estimate,
            low: found.interval.low,
            high: found.interval.high,
            p: found.p,
            verdict: match found.verdict {
                Verdict::Higher => "higher",
                Verdict::Lower => "lower",
                Verdict::NotConclusive => "not_conclusive",
            },
        }
    }
}
