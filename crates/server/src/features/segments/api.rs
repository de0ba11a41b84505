//! Endpoints of segments.

use std::collections::BTreeMap;

use axum::Json;
use axum::http::StatusCode;
use lazo_domain::ids::{MemberId, ProgramId, SegmentId};
use lazo_domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{
    Asked as Checked, Audience, Guided, READERS, Reach, Segment, WRITERS, Written, change, check,
    count, get, make, own_tenant, program_of, rfm, store,
};
use crate::App;
use crate::features::{consents, measures};
use crate::http::{Access, Asked, Page, PageQuery, PathId, Payload, Problem, Scope};

/// Who may call what.
pub const ACCESS: &[Access] = &[
    Access::get("/segments", "segments:read", READERS),
    Access::post("/segments", "segments:write", WRITERS),
    Access::post("/segments/count", "segments:read", READERS),
    Access::get("/segments/rfm", "segments:read", READERS),
    Access::get("/segments/{segment}", "segments:read", READERS),
    Access::put("/segments/{segment}", "segments:write", WRITERS),
    Access::get("/segments/{segment}/audience", "segments:read", READERS),
];

/// The endpoints of this noun.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_segments, post_segment))
        .routes(routes!(count_segment))
        .routes(routes!(get_rfm))
        .routes(routes!(get_segment, put_segment))
        .routes(routes!(get_segment_audience))
}

/// An audience.
#[derive(Debug, Serialize, ToSchema)]
pub struct SegmentView {
    /// Its id.
    #[schema(value_type = String, example = "seg_0000000000001")]
    id: SegmentId,
    /// Of which program's members.
    #[schema(value_type = String)]
    program: ProgramId,
    /// What people call it.
    name: String,
    /// Who is in it, in CEL.
    condition: String,
    /// The guided form that made the condition.
    #[serde(skip_serializing_if = "Option::is_none")]
    guided: Option<Guided>,
    /// Who made it.
    author: String,
    /// When it was changed last.
    #[schema(value_type = String, format = DateTime)]
    changed_at: Timestamp,
}

/// Whose segments of recency, frequency and money.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ProgramQuery {
    /// The program's code; the only one of the tenant when absent.
    program: Option<String>,
}

/// Everybody who bought within a year, by recency, frequency and money.
#[derive(Debug, Serialize, ToSchema)]
pub struct RfmView {
    /// The last day that counts.
    #[schema(value_type = String, format = Date)]
    day: String,
    /// How many days count.
    days: i64,
    /// The eleven segments, from the best to the lost.
    groups: Vec<RfmGroup>,
}

/// A segment of recency, frequency and money.
#[derive(Debug, Serialize, ToSchema)]
pub struct RfmGroup {
    /// Its name, as the conditions have it: `rfm == "at_risk"`.
    #[schema(example = "at_risk")]
    name: &'static str,
    /// How many people.
    people: i64,
    /// Their purchases.
    purchases: i64,
    /// What they spent, less returns, in minor units.
    net_minor: i64,
}

/// A condition to count without keeping it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SegmentCount {
    /// The program's code; the only one of the tenant when absent.
    #[serde(default)]
    program: Option<String>,
    /// Who is in it, in CEL.
    #[serde(default)]
    #[schema(max_length = 1000)]
    condition: Option<String>,
    /// The guided form instead of a condition.
    #[serde(default)]
    guided: Option<Guided>,
    /// The purpose whose consent is asked for; `offers` when absent.
    #[serde(default)]
    purpose: Option<String>,
    /// The channel; `email` when absent.
    #[serde(default)]
    channel: Option<String>,
}

/// By which consent an audience is to be reached.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ReachQuery {
    /// The purpose whose consent is asked for; `offers` when absent.
    purpose: Option<String>,
    /// The channel; `email` when absent.
    channel: Option<String>,
}

/// An audience as it is now.
#[derive(Debug, Serialize, ToSchema)]
pub struct AudienceView {
    /// The program's members.
    members: i64,
    /// Those for whom the condition holds.
    matched: i64,
    /// Those of them who may be written to.
    reachable: i64,
    /// The others, by reason: `suspended`, `no_consent` or `no_address`.
    barriers: BTreeMap<&'static str, i64>,
    /// The first members of the audience.
    shown: Vec<SeenView>,
    /// When it was counted.
    #[schema(value_type = String, format = DateTime)]
    as_of: Timestamp,
}

/// A member of an audience.
#[derive(Debug, Serialize, ToSchema)]
pub struct SeenView {
    /// Who.
    #[schema(value_type = String)]
    member: MemberId,
    /// Why he or she is not written to; absent for who is.
    #[serde(skip_serializing_if = "Option::is_none")]
    barrier: Option<&'static str>,
    /// Whole points that can be spent.
    balance: i64,
}

/// The tenant's audiences, the newest first.
#[utoipa::path(get, path = "/segments", tag = "segments", params(PageQuery),
    responses((status = 200, body = Page<SegmentView>)))]
async fn list_segments(
    scope: Scope<App>,
    Asked(query): Asked<PageQuery>,
) -> Result<Json<Page<SegmentView>>, Problem> {
    let wish = query.window::<i64>("segments")?;
    let limit = i64::try_from(wish.limit).unwrap_or(1) + 1;
    let before = wish.after.unwrap_or(i64::MAX);
    let found = store::page(&scope.app.db, scope.tenant, before, limit).await?;
    Ok(Json(Page::of("segments", wish.limit, found, |segment| segment.id.0, view)))
}

/// Makes an audience.
#[utoipa::path(post, path = "/segments", tag = "segments", request_body = Written,
    responses((status = 201, body = SegmentView)))]
async fn post_segment(
    scope: Scope<App>,
    Payload(written): Payload<Written>,
) -> Result<(StatusCode, Json<SegmentView>), Problem> {
    let segment = make(&scope, &written).await?;
    Ok((StatusCode::CREATED, Json(view(segment))))
}

/// Counts who a condition is about, and who of them may be written to.
#[utoipa::path(post, path = "/segments/count", tag = "segments", request_body = SegmentCount,
    responses((status = 200, body = AudienceView)))]
async fn count_segment(
    scope: Scope<App>,
    Payload(body): Payload<SegmentCount>,
) -> Result<Json<AudienceView>, Problem> {
    let reached = reach(body.purpose, body.channel)?;
    let (program, condition) = (body.program.as_deref(), body.condition.as_deref());
    let checked = check(&scope, program, condition, body.guided.as_ref()).await?;
    let reach = Reach::of(&reached.0, &reached.1, &checked.tenant);
    counted(&scope, &checked, &reach).await
}

/// Everybody who bought within a year, in the eleven segments of recency, frequency and money: quintiles by rank among
/// them, made once a day.
#[utoipa::path(get, path = "/segments/rfm", tag = "segments", params(ProgramQuery),
    responses((status = 200, body = RfmView)))]
async fn get_rfm(
    scope: Scope<App>,
    Asked(query): Asked<ProgramQuery>,
) -> Result<Json<RfmView>, Problem> {
    let tenant = own_tenant(&scope).await?;
    let program = program_of(&scope, query.program.as_deref()).await?;
    let scale = rfm::scale(&scope.app, &tenant, &program, scope.now).await?;
    let group = |(segment, name): &(rfm::Segment, &'static str)| {
        let group = scale.groups.get(segment).copied().unwrap_or_default();
        let rfm::Group { people, purchases, net_minor } = group;
        RfmGroup { name, people, purchases, net_minor }
    };
    Ok(Json(RfmView {
        day: measures::date_of(scale.day).to_string(),
        days: rfm::WINDOW,
        groups: rfm::Segment::ALL.iter().map(group).collect(),
    }))
}

/// An audience.
#[utoipa::path(get, path = "/segments/{segment}", tag = "segments", params(("segment" = String, Path)),
    responses((status = 200, body = SegmentView)))]
async fn get_segment(
    scope: Scope<App>,
    PathId(id): PathId<SegmentId>,
) -> Result<Json<SegmentView>, Problem> {
    Ok(Json(view(get(&scope, id).await?)))
}

/// Changes an audience. Campaigns that were drawn keep the people they have.
#[utoipa::path(put, path = "/segments/{segment}", tag = "segments", request_body = Written,
    params(("segment" = String, Path)), responses((status = 200, body = SegmentView)))]
async fn put_segment(
    scope: Scope<App>,
    PathId(id): PathId<SegmentId>,
    Payload(written): Payload<Written>,
) -> Result<Json<SegmentView>, Problem> {
    Ok(Json(view(change(&scope, id, &written).await?)))
}

/// Who is in an audience now, and who of them may be written to.
#[utoipa::path(get, path = "/segments/{segment}/audience", tag = "segments",
    params(("segment" = String, Path), ReachQuery), responses((status = 200, body = AudienceView)))]
async fn get_segment_audience(
    scope: Scope<App>,
    PathId(id): PathId<SegmentId>,
    Asked(query): Asked<ReachQuery>,
) -> Result<Json<AudienceView>, Problem> {
    let segment = get(&scope, id).await?;
    let reached = reach(query.purpose, query.channel)?;
    let checked = of(&scope, &segment).await?;
    let reach = Reach::of(&reached.0, &reached.1, &checked.tenant);
    counted(&scope, &checked, &reach).await
}

/// A kept audience, ready to be asked.
pub async fn of(scope: &Scope<App>, segment: &Segment) -> Result<Checked, Problem> {
    let asked = super::compiled(&scope.app, scope.tenant, segment.id, scope.now).await?;
    asked.ok_or_else(|| Problem::new(409, "segment_outdated"))
}

async fn counted(
    scope: &Scope<App>,
    checked: &Checked,
    reach: &Reach,
) -> Result<Json<AudienceView>, Problem> {
    let found = count(&scope.app, checked, reach, scope.now).await?;
    Ok(Json(told(found)))
}

/// The purpose and the channel, those of offers by e-mail when nobody says.
fn reach(purpose: Option<String>, channel: Option<String>) -> Result<(String, String), Problem> {
    let purpose = purpose.unwrap_or_else(|| "offers".to_owned());
    let channel = channel.unwrap_or_else(|| "email".to_owned());
    if !consents::is_known(&purpose, &channel) {
        let detail = "is no purpose and channel that consent is asked for";
        return Err(Problem::field("/purpose", "choice", detail));
    }
    Ok((purpose, channel))
}

fn told(found: Audience) -> AudienceView {
    let seen = |seen: super::Seen| SeenView {
        member: seen.member,
        barrier: seen.barrier,
        balance: seen.balance,
    };
    AudienceView {
        members: found.members,
        matched: found.matched,
        reachable: found.reachable,
        barriers: found.barriers,
        shown: found.shown.into_iter().map(seen).collect(),
        as_of: found.as_of,
    }
}

fn view(segment: Segment) -> SegmentView {
    SegmentView {
        id: segment.id,
        program: segment.program,
        name: segment.name,
        condition: segment.condition,
        guided: segment.guided,
        author: segment.author,
        changed_at: segment.changed_at,
    }
}
