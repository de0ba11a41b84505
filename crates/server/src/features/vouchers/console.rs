//! What members paid with points and the brand still owes: by reward, with those who wait, ticked off by whoever paid it.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Router;
use axum::extract::Path;
use axum::response::Response;
use axum::routing::get;
use lazo_domain::program::{Program, Reward, RewardKind};
use maud::{Markup, html};
use serde_json::json;

use super::store::{self, Waiting};
use super::{Voucher, api};
use crate::App;
use crate::features::audit::{self, Deed};
use crate::features::{members, programs};
use crate::http::{Problem, Role};
use crate::i18n::Args;
use crate::web::ui::{self, Field};
use crate::web::{Desk, Fields, PageRow, Who, see, shell};

const BASE: &str = "/console/vouchers";
const READERS: &[Role] = &[Role::Agent, Role::Finance, Role::ProgramManager, Role::Admin];
/// Who says that money was paid.
const PAYERS: &[Role] = &[Role::Finance, Role::Admin];
/// Codes on a page, the oldest first.
const LISTED: i64 = 100;

/// Who may open what.
pub const PAGES: &[PageRow] = &[
    PageRow::console("/vouchers", Who::Staff(READERS)),
    PageRow::console("/vouchers/{reward}", Who::Staff(READERS)),
    PageRow::console("/vouchers/{reward}", Who::Staff(PAYERS)).sent(),
];

/// The pages of this noun.
pub fn pages() -> Router<App> {
    Router::new()
        .route("/vouchers", get(list))
        .route("/vouchers/{reward}", get(reward).post(hand_over))
}

/// Is it paid by the back office, and not at a till?
const fn is_paid_here(kind: &RewardKind) -> bool {
    matches!(kind, RewardKind::Donation { .. } | RewardKind::InvoiceCredit { .. })
}

/// A reward as its program has it now, by the code that vouchers keep.
async fn found(desk: &Desk<App>, code: &str) -> Result<Option<(Arc<Program>, Reward)>, Problem> {
    let all = programs::of(&desk.scope).await?;
    let mut latest = all.ids().filter_map(|id| all.latest(id));
    Ok(latest.find_map(|program| Some((Arc::clone(program), program.rewards.get(code)?.clone()))))
}

fn worth(desk: &Desk<App>, (program, reward): &(Arc<Program>, Reward), count: i64) -> String {
    let one = reward.kind.value_minor().filter(|_| count > 0);
    let total = one.and_then(|minor| minor.checked_mul(count));
    total.map_or_else(String::new, |minor| desk.locale.money(minor, program.currency))
}

async fn list(desk: Desk<App>) -> Result<Response, Problem> {
    let all = store::waiting(&desk.scope.app.db, desk.scope.tenant, desk.scope.now).await?;
    let mut rows = Vec::new();
    for one in all {
        let reward = found(&desk, &one.reward).await?;
        rows.push((one, reward));
    }
    // What the back office pays comes first.
    rows.sort_by_key(|(one, reward)| {
        (!reward.as_ref().is_some_and(|(_, r)| is_paid_here(&r.kind)), one.since)
    });
    let title = desk.t("web-desk-vouchers");
    let main = html! {
        div.head { h1 { (title) } p.quiet { (desk.t("vouchers-lead")) } }
        @if rows.is_empty() { p.empty { (desk.t("vouchers-none")) } }
        ul.rows { @for (one, reward) in &rows { li { (row(&desk, one, reward.as_ref())) } } }
    };
    Ok(shell::console(&desk, &title, &main))
}

fn row(desk: &Desk<App>, one: &Waiting, reward: Option<&(Arc<Program>, Reward)>) -> Markup {
    let name = reward.and_then(|(_, r)| desk.locale.pick(&r.name)).unwrap_or(&one.reward);
    let kind = reward.map_or("", |(_, r)| r.kind.name());
    let args = Args::new().count("n", one.count).text("number", desk.number(one.count));
    html! {
        a.row href=(format!("{BASE}/{}", one.reward)) {
            span.what { (name) " " @if !kind.is_empty() { span.tag { (desk.say("vouchers-kind", Args::new().text("kind", kind))) } } }
            span.effect { @if let Some(found) = reward { (worth(desk, found, one.count)) } }
            span.when { (desk.say("vouchers-waiting", args)) " · " (desk.say("vouchers-since", Args::new().text("at", desk.moment(one.since)))) }
        }
    }
}

async fn reward(desk: Desk<App>, Path(code): Path<String>) -> Result<Response, Problem> {
    page(&desk, &code, ("", None)).await
}

async fn page(
    desk: &Desk<App>,
    code: &str,
    (reference, wrong): (&str, Option<String>),
) -> Result<Response, Problem> {
    let missing = || Problem::not_found("reward_not_found");
    let known = found(desk, code).await?.ok_or_else(missing)?;
    let (_, reward) = &known;
    let (db, tenant, now) = (&desk.scope.app.db, desk.scope.tenant, desk.scope.now);
    let all = store::waiting(db, tenant, now).await?;
    let waiting = all.into_iter().find(|one| one.reward == code);
    let count = waiting.as_ref().map_or(0, |one| one.count);
    let codes = store::waiting_of(db, tenant, code, (now, LISTED)).await?;
    let mut rows = Vec::new();
    for voucher in codes {
        let member = members::store::by_account(db, tenant, voucher.account).await?;
        rows.push((voucher, member.map(|member| member.id.to_string())));
    }
    let pays = is_paid_here(&reward.kind) && PAYERS.iter().any(|role| desk.scope.is(*role));
    let title = desk.locale.pick(&reward.name).unwrap_or(code).to_owned();
    let args = Args::new().count("n", count).text("number", desk.number(count));
    let main = html! {
        div.head {
            p { a href=(BASE) { (desk.t("web-desk-vouchers")) } }
            h1 { (title) }
            p { (desk.say("vouchers-kind", Args::new().text("kind", reward.kind.name()))) " · "
                (desk.say("vouchers-waiting", args)) " " b { (worth(desk, &known, count)) } }
            @if let RewardKind::Donation { to, .. } = &reward.kind {
                p { (desk.say("vouchers-to", Args::new().text("to", desk.locale.pick(to).unwrap_or_default()))) }
            }
            p.quiet { (desk.t(if is_paid_here(&reward.kind) { "vouchers-paid-here" } else { "vouchers-at-the-till" })) }
        }
        @if count == 0 { p.empty { (desk.t("vouchers-none")) } }
        @if pays && count > 0 { (form(desk, code, rows.last().map(|(v, _)| v), (reference, wrong))) }
        ul.rows { @for (voucher, member) in &rows { li { (owed(desk, voucher, member.as_deref())) } } }
        @if count > LISTED { p.quiet { (desk.say("vouchers-more", Args::new().text("n", desk.number(count - LISTED)))) } }
    };
    Ok(shell::console(desk, &title, &main))
}

fn owed(desk: &Desk<App>, voucher: &Voucher, member: Option<&str>) -> Markup {
    html! {
        div.row {
            span.what { @match member {
                Some(id) => a href=(format!("/console/members/{id}")) { (id) },
                None => (desk.t("vouchers-nobody")),
            } }
            // Whoever reads a whole code can use it: the last signs tell it from others.
            span.effect { code { "…" (ending(&voucher.code)) } }
            span.when { (desk.moment(voucher.issued_at)) }
        }
    }
}

fn ending(code: &str) -> &str {
    code.rsplit('-').next().unwrap_or(code)
}

/// Ticks off what the page shows: nothing that came in since it was opened.
fn form(
    desk: &Desk<App>,
    code: &str,
    last: Option<&Voucher>,
    (reference, wrong): (&str, Option<String>),
) -> Markup {
    html! {
        section.panel.slim {
            h2 { (desk.t("vouchers-hand-over")) }
            form method="post" action=(format!("{BASE}/{code}")) {
                (ui::token(&desk.token))
                @if let Some(last) = last { input type="hidden" name="until" value=(last.issued_at.to_string()); }
                (ui::field(Field { name: "reference", label: &desk.t("vouchers-reference"), hint: Some(&desk.t("vouchers-reference-hint")),
                    value: reference, wrong: wrong.as_deref(), required: true, ..Field::default() }))
                div { button.act { (desk.t("vouchers-mark")) } }
            }
        }
    }
}

async fn hand_over(
    desk: Desk<App>,
    Path(code): Path<String>,
    fields: Fields,
) -> Result<Response, Problem> {
    let missing = || Problem::not_found("reward_not_found");
    let (_, reward) = found(&desk, &code).await?.ok_or_else(missing)?;
    if !is_paid_here(&reward.kind) {
        return Err(Problem::new(409, "not_paid_here"));
    }
    let reference = fields.get("reference").trim();
    if let Err(problem) = api::check_reference(reference) {
        let told = problem.told(desk.locale, "", "");
        let wrong = told.errors.first().map(|error| error.detail.clone());
        return page(&desk, &code, (reference, wrong)).await;
    }
    let until = lazo_domain::time::Timestamp::parse(fields.get("until")).unwrap_or(desk.scope.now);
    let scope = &desk.scope;
    let mut tx = scope.app.db.begin().await?;
    let span = (until.min(scope.now), scope.now);
    let codes = store::hand_over(&mut tx, scope.tenant, &code, reference, span).await?;
    let redemptions: BTreeSet<_> = codes.iter().map(ToString::to_string).collect();
    if !redemptions.is_empty() {
        let detail = json!({ "reference": reference, "redemptions": redemptions });
        audit::record(&mut tx, &Deed::of(scope, "vouchers.handed_over", &code, detail)).await?;
    }
    tx.commit().await?;
    Ok(see(&format!("{BASE}/{code}")))
}
