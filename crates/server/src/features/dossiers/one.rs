//! One member: who it is, what there is of every point type and of which lots, tiers, movements with their reasons,
//! redemptions and codes, and an adjustment by hand.

use axum::Json;
use axum::extract::{Path, Query};
use axum::response::Response;
use lazo_domain::ids::{EventId, ProgramId};
use lazo_domain::points::Points;
use lazo_domain::program::Program;
use maud::{Markup, html};
use serde::Deserialize;

use super::find::name_of;
use crate::App;
use crate::features::accounts::holdings::{Holding, Purse};
use crate::features::adjustments::api::{NewAdjustment, post_adjustment};
use crate::features::audit::{self, Deed};
use crate::features::ledger::receipt::ReceiptView;
use crate::features::members::{self, Member, MemberStatus};
use crate::features::redemptions::api::{RedemptionView, find_view};
use crate::features::tiers;
use crate::features::{memberships, programs};
use crate::http::{Payload, Problem, Role};
use crate::i18n::Args;
use crate::secrets::Secret;
use crate::web::ui::{self, Field};
use crate::web::{Desk, Fields, see, shell};

/// Movements on a page.
const MOVEMENTS: i64 = 20;
/// Redemptions shown.
const REDEMPTIONS: i64 = 10;
/// Lots shown of a point type before the rest is folded away.
const LOTS: usize = 6;
/// Who may adjust, as the API has it.
const ADJUSTERS: &[Role] = &[Role::Agent, Role::Finance, Role::ProgramManager, Role::Admin];

/// Where the list of movements goes on, and what was just done.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Wanted {
    /// The last movement of the page before.
    before: Option<EventId>,
    /// `posted` or `waits`.
    done: Option<String>,
}

pub(super) async fn dossier(
    desk: Desk<App>,
    Path(member): Path<String>,
    Query(asked): Query<Wanted>,
) -> Result<Response, Problem> {
    page(&desk, &member, &asked, None).await
}

async fn page(
    desk: &Desk<App>,
    member: &str,
    asked: &Wanted,
    wrong: Option<String>,
) -> Result<Response, Problem> {
    let scope = &desk.scope;
    let member = members::resolve(scope, member).await?;
    let joined = memberships::store::of_member(&scope.app.db, scope.tenant, member.id).await?;
    let wanted: Vec<ProgramId> = joined.iter().map(|one| one.program).collect();
    let purse = Purse::read(scope, (member.id, member.account), &wanted, desk.locale).await?;
    let title = name_of(desk, &member);
    let main = html! {
        div.head {
            p { a href="/console/members" { (desk.t("web-desk-members")) } }
            h1 { (title) }
            p.quiet { (desk.say("dossiers-since", Args::new().text("day", desk.locale.day(member.enrolled_at, &desk.zone())).text("id", member.id.to_string()))) }
        }
        @match asked.done.as_deref() {
            Some("posted") => (ui::note("good", &desk.t("dossiers-adjusted"))),
            Some("waits") => (ui::note("careful", &desk.t("dossiers-adjusted-waits"))),
            _ => {}
        }
        @if let Some(wrong) = &wrong { (ui::note("bad", wrong)) }
        dl.kpis {
            @for holding in &purse.holdings {
                div {
                    dt { (holding.name) }
                    dd { (holding.number(holding.balance.available.0, desk.locale))
                        @if let Some(worth) = holding.worth(holding.balance.available, desk.locale) { small { (worth) } }
                    }
                }
            }
        }
        div.cells.two {
            div.cells {
                (movements(desk, &member, asked.before).await?)
                (redemptions(desk, &member, &purse).await?)
            }
            div.cells {
                (identity(desk, &member).await?)
                @for holding in &purse.holdings { (lots(desk, &purse, holding)) }
                (standings(desk, &purse, &wanted).await?)
                @if ADJUSTERS.iter().any(|role| scope.is(*role)) { (adjust_form(desk, &member, &purse)) }
            }
        }
    };
    Ok(shell::console(desk, &title, &main))
}

async fn identity(desk: &Desk<App>, member: &Member) -> Result<Markup, Problem> {
    let (db, tenant) = (&desk.scope.app.db, desk.scope.tenant);
    let names = members::store::identifiers(db, tenant, member.id).await?;
    let active = member.status == MemberStatus::Active;
    Ok(html! {
        section.part {
            h2 { (desk.t("dossiers-identity")) }
            p {
                span.tag.live[active] { (desk.say("dossiers-status", Args::new().text("status", member.status.name()))) } " "
                span.tag { (desk.say("dossiers-kind", Args::new().text("kind", member.kind.name()))) } " "
                @if let Some(locale) = member.locale { span.tag { (locale.tag()) } }
            }
            dl.pairs {
                @for name in &names {
                    div { dt { (desk.say("dossiers-scheme", Args::new().text("scheme", &name.scheme))) } dd { (name.value) } }
                }
                @for (key, value) in &member.attributes {
                    div { dt { (desk.say("dossiers-attribute", Args::new().text("name", key))) } dd { (value.as_str().map_or_else(|| value.to_string(), str::to_owned)) } }
                }
            }
            form method="post" action=(format!("/console/members/{}/status", member.id)) {
                (ui::token(&desk.token))
                input type="hidden" name="status" value=(if active { "suspended" } else { "active" });
                div { button.plain { (desk.t(if active { "dossiers-suspend" } else { "dossiers-resume" })) } }
            }
        }
    })
}

/// Where the points of a type come from and when they end.
fn lots(desk: &Desk<App>, purse: &Purse, holding: &Holding) -> Markup {
    let own = purse.account.lots.iter().map(|(_, lot)| lot);
    let mut own: Vec<_> = own.filter(|lot| lot.point_type == holding.point_type).collect();
    own.sort_by_key(|lot| (lot.expires_at.map_or(i64::MAX, |at| at.0), lot.id));
    let number = |points: Points| holding.number(points.0, desk.locale);
    let balance = holding.balance;
    html! {
        section.part {
            h2 { (holding.name) }
            dl.figures {
                div { dt { (desk.t("dossiers-available")) } dd { (number(balance.available)) } }
                div { dt { (desk.t("dossiers-pending")) } dd { (number(balance.pending)) } }
                div { dt { (desk.t("dossiers-held")) } dd { (number(balance.held)) } }
            }
            @if !own.is_empty() {
                details {
                    summary { (desk.say("dossiers-lots", Args::new().text("n", desk.number(own.len())).count("count", i64::try_from(own.len()).unwrap_or(0)))) }
                    dl.pairs {
                        @for lot in own.iter().take(LOTS * 4) {
                            div {
                                dt { a href=(format!("/console/movements/{}", lot.id.event)) { (desk.locale.day(lot.earned_at, &holding.program.zone)) } }
                                dd { b { (number(lot.available)) } span.quiet { " / " (number(lot.granted)) }
                                    @if let Some(at) = lot.expires_at { div.quiet.small { (desk.say("dossiers-until", Args::new().text("day", holding.last_day(at, desk.locale)))) } } }
                            }
                        }
                    }
                    @if own.len() > LOTS * 4 { p.quiet.small { (desk.say("dossiers-lots-more", Args::new().text("n", desk.number(own.len() - LOTS * 4)))) } }
                }
            }
        }
    }
}

async fn standings(
    desk: &Desk<App>,
    purse: &Purse,
    wanted: &[ProgramId],
) -> Result<Markup, Problem> {
    let all = programs::of(&desk.scope).await?;
    let mut told = Vec::new();
    for id in wanted {
        let Some(program) = all.at(*id, desk.scope.now) else { continue };
        let document =
            desk.scope.app.programs.document(desk.scope.tenant, *id, program.version).await?;
        for group in program.tier_groups.values() {
            let standing = tiers::api::standing(program, group, &purse.account, desk.scope.now);
            told.push((standing, step_names(desk, program, &group.code), document.clone()));
        }
    }
    Ok(html! {
        @if !told.is_empty() {
            section.part {
                h2 { (desk.t("dossiers-tiers")) }
                @for (standing, names, _) in &told {
                    @let named = names.iter().find(|(code, _)| *code == standing.tier).map_or(standing.tier.clone(), |(_, name)| name.clone());
                    p { b { @if named.is_empty() { (desk.t("dossiers-no-tier")) } @else { (named) } }
                        @if let Some(at) = standing.valid_until { span.quiet { " · " (desk.say("dossiers-until", Args::new().text("day", desk.locale.day(at, &desk.zone())))) } } }
                    @if let Some(next) = standing.path.first() {
                        (ui::bar(standing.measured, next.threshold))
                        p.quiet.small { (desk.say("dossiers-next-tier", Args::new().text("name", desk.locale.pick(&next.name).unwrap_or(&next.tier)).text("measured", desk.number(standing.measured)).text("threshold", desk.number(next.threshold)))) }
                    }
                }
            }
        }
    })
}

fn step_names(desk: &Desk<App>, program: &Program, group: &str) -> Vec<(String, String)> {
    let steps = program.tier_groups.get(group).map(|group| group.tiers.as_slice());
    let name = |step: &lazo_domain::program::Tier| {
        (step.code.clone(), desk.locale.pick(&step.name).unwrap_or(&step.code).to_owned())
    };
    steps.unwrap_or_default().iter().map(name).collect()
}

async fn movements(
    desk: &Desk<App>,
    member: &Member,
    before: Option<EventId>,
) -> Result<Markup, Problem> {
    let scope = &desk.scope;
    let books = scope.app.ledger.books();
    let mut found = books.events(scope.tenant, member.account, before, MOVEMENTS + 1).await?;
    let more = found.len() > usize::try_from(MOVEMENTS).unwrap_or(usize::MAX);
    found.truncate(usize::try_from(MOVEMENTS).unwrap_or(usize::MAX));
    let mut rows = Vec::with_capacity(found.len());
    for stored in &found {
        rows.push(ReceiptView::of(scope, &stored.event, &stored.outcome, false).await?);
    }
    let last = found.last().map(|stored| stored.event.id).filter(|_| more);
    Ok(html! {
        section.part {
            h2 { (desk.t("dossiers-movements")) }
            @if rows.is_empty() { p.empty { (desk.t("dossiers-no-movements")) } }
            ul.rows {
                @for row in &rows {
                    li { a.row href=(format!("/console/movements/{}", row.id)) {
                        span.what { (desk.say("dossiers-event", Args::new().text("kind", row.kind))) }
                        span.when { (desk.moment(row.effective_at)) }
                        span.why { (row.explanation.headline) }
                    } }
                }
            }
            @if let Some(last) = last { p { a.act.second.slim href=(format!("/console/members/{}?before={last}", member.id)) { (desk.t("web-desk-more")) } } }
        }
    })
}

async fn redemptions(desk: &Desk<App>, member: &Member, purse: &Purse) -> Result<Markup, Problem> {
    let scope = &desk.scope;
    let books = scope.app.ledger.books();
    let found = books.redemptions(scope.tenant, member.account, None, REDEMPTIONS).await?;
    let mut views = Vec::new();
    for redemption in found {
        views.push(find_view(scope, redemption.id).await?);
    }
    let name = |view: &RedemptionView| {
        let mut rewards = purse.holdings.iter().flat_map(|holding| &holding.document.rewards);
        let reward = rewards.find(|reward| reward.code == view.reward);
        let name = reward.and_then(|reward| desk.locale.pick(&reward.name));
        name.unwrap_or(&view.reward).to_owned()
    };
    Ok(html! {
        section.part {
            h2 { (desk.t("dossiers-redemptions")) }
            @if views.is_empty() { p.empty { (desk.t("dossiers-no-redemptions")) } }
            ul.rows {
                @for view in &views {
                    li { a.row href=(format!("/console/movements/{}", view.event)) {
                        span.what { (name(view)) }
                        span.effect { (desk.number(view.points)) " " span.tag.live[view.state == "captured"] { (desk.say("dossiers-redemption", Args::new().text("state", view.state))) } }
                        @for voucher in &view.vouchers {
                            span.why { code { (voucher.code) } " " (desk.say("dossiers-voucher", Args::new().text("state", &voucher.state)))
                                @if let Some(at) = voucher.valid_until { " · " (desk.say("dossiers-until", Args::new().text("day", desk.locale.day(at, &desk.zone())))) } }
                        }
                    } }
                }
            }
        }
    })
}

fn adjust_form(desk: &Desk<App>, member: &Member, purse: &Purse) -> Markup {
    let key = Secret::draw("", desk.scope.app.entropy.as_ref()).text;
    let policies = purse.holdings.iter().map(|holding| &holding.program.adjustments);
    let mut reasons: Vec<&String> = policies.flat_map(|policy| &policy.reasons).collect();
    reasons.sort();
    reasons.dedup();
    let limit = purse
        .first()
        .map(|holding| holding.amount(holding.program.adjustments.four_eyes_above.0, desk.locale));
    html! {
        section.panel {
            h2 { (desk.t("dossiers-adjust")) }
            @if reasons.is_empty() { p.quiet { (desk.t("dossiers-adjust-none")) } } @else {
                @if let Some(limit) = limit { p.quiet { (desk.say("dossiers-adjust-lead", Args::new().text("limit", limit))) } }
                form method="post" action=(format!("/console/members/{}/adjustments", member.id)) {
                    (ui::token(&desk.token))
                    input type="hidden" name="key" value=(key);
                    div.field {
                        label for="type" { (desk.t("dossiers-adjust-type")) }
                        select id="type" name="type" {
                            @for holding in &purse.holdings { option value=(format!("{}/{}", holding.program.code, holding.code)) { (holding.name) } }
                        }
                    }
                    (ui::field(Field { name: "points", label: &desk.t("dossiers-adjust-points"), hint: Some(&desk.t("dossiers-adjust-points-hint")), required: true, keys: Some("text"), ..Field::default() }))
                    div.field {
                        label for="reason" { (desk.t("dossiers-adjust-reason")) }
                        select id="reason" name="reason" { @for reason in &reasons { option value=(reason) { (desk.say("dossiers-reason", Args::new().text("reason", *reason))) } } }
                    }
                    div { button.act.slim { (desk.t("dossiers-adjust-do")) } }
                }
            }
        }
    }
}

/// Adds or takes points by hand; the form's own key makes a second click the same request.
pub(super) async fn adjust(
    desk: Desk<App>,
    Path(member): Path<String>,
    fields: Fields,
) -> Result<Response, Problem> {
    let (program, point_type) = fields.get("type").split_once('/').unwrap_or_default();
    let points = fields.get("points").replace('−', "-");
    let Ok(points) = points.trim_start_matches('+').parse::<i64>() else {
        let wrong = Some(desk.t("dossiers-adjust-number"));
        return page(&desk, &member, &Wanted::default(), wrong).await;
    };
    let new = NewAdjustment {
        member: member.clone(),
        program: Some(program.to_owned()),
        point_type: point_type.to_owned(),
        points,
        reason: fields.get("reason").to_owned(),
    };
    let mut scope = desk.scope.clone();
    scope.caller.given_key = Some(format!("console:{}", fields.get("key")));
    match post_adjustment(scope, Payload(new)).await {
        Ok((status, Json(_))) => {
            let done = if status.as_u16() == 202 { "waits" } else { "posted" };
            Ok(see(&format!("/console/members/{member}?done={done}")))
        }
        Err(problem) if problem.status < 500 => {
            let told = problem.told(desk.locale, "", "");
            let wrong = told.errors.first().map_or(told.detail.clone(), |e| e.detail.clone());
            page(&desk, &member, &Wanted::default(), Some(wrong)).await
        }
        Err(problem) => Err(problem),
    }
}

pub(super) async fn set_status(
    desk: Desk<App>,
    Path(member): Path<String>,
    fields: Fields,
) -> Result<Response, Problem> {
    let scope = &desk.scope;
    let mut found = members::resolve(scope, &member).await?;
    let status = MemberStatus::named(fields.get("status"))
        .filter(|status| *status != MemberStatus::Erased)
        .ok_or_else(|| Problem::new(422, "invalid"))?;
    found.status = status;
    if !members::store::update(&scope.app.db, &found).await? {
        return Err(Problem::not_found("member_not_found"));
    }
    let detail = serde_json::json!({ "status": status.name() });
    let mut tx = scope.app.db.begin().await?;
    audit::record(&mut tx, &Deed::of(scope, "member.status_set", found.id, detail)).await?;
    tx.commit().await?;
    Ok(see(&format!("/console/members/{}", found.id)))
}
