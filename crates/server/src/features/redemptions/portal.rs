//! A redemption in the portal: reserve, confirm, the voucher with its barcode, and undo until it is used.

use axum::Router;
use axum::extract::Path;
use axum::response::Response;
use axum::routing::{get, post};
use lazo_domain::account::{Redemption, RedemptionState};
use lazo_domain::ids::RedemptionId;
use lazo_domain::program::RewardKind;
use maud::{Markup, html};

use super::api::{self, NewRedemption, RedemptionView};
use crate::App;
use crate::features::accounts::holdings::{Holding, Purse};
use crate::features::vouchers::VoucherView;
use crate::http::Problem;
use crate::i18n::Args;
use crate::web::shell::{self, Place};
use crate::web::ui;
use crate::web::{Fields, Own, PageRow, Who, barcode, see};

/// Redemptions on the list.
const LISTED: usize = 50;

/// Who may open what.
pub const PAGES: &[PageRow] = &[
    PageRow::portal("/redemptions", Who::Own),
    PageRow::portal("/redemptions", Who::Own).sent(),
    PageRow::portal("/redemptions/{redemption}", Who::Own),
    PageRow::portal("/redemptions/{redemption}/confirm", Who::Own).sent(),
    PageRow::portal("/redemptions/{redemption}/cancel", Who::Own).sent(),
];

/// The pages of this noun.
pub fn pages() -> Router<App> {
    Router::new()
        .route("/redemptions", get(list).post(reserve))
        .route("/redemptions/{redemption}", get(redemption))
        .route("/redemptions/{redemption}/confirm", post(confirm))
        .route("/redemptions/{redemption}/cancel", post(cancel))
}

async fn list(own: Own<App>) -> Result<Response, Problem> {
    let purse = Purse::of(&own).await?;
    let books = own.scope.app.ledger.books();
    let all = books.latest_redemptions(own.scope.tenant, purse.account.id, LISTED).await?;
    let title = own.t("redemptions-title");
    let main = html! {
        div.stack.narrow {
            div.part {
                p { a href=(own.at("/rewards")) { (own.t("rewards-back")) } }
                h1 { (title) }
                @if all.is_empty() { p.quiet { (own.t("redemptions-none")) } }
            }
            ul.rows { @for redemption in &all { li { (row(&own, &purse, redemption)) } } }
        }
    };
    Ok(shell::portal(&own, &title, Some(Place::Rewards), &main))
}

fn row(own: &Own<App>, purse: &Purse, redemption: &Redemption) -> Markup {
    let holding = purse.of_type(redemption.point_type);
    let amount = holding.map(|h| h.amount(redemption.points.0, own.locale));
    let zone = holding.map(|h| h.program.zone.clone());
    html! {
        a.row href=(own.at(&format!("/redemptions/{}", redemption.id))) {
            span.what { (name(own, purse, &redemption.order.reward)) }
            span.effect { (amount.unwrap_or_default()) }
            @if let Some(zone) = zone { span.when { (own.locale.day(redemption.reserved_at, &zone)) } }
            span.when { (state(own, redemption.state.name())) }
        }
    }
}

async fn reserve(own: Own<App>, fields: Fields) -> Result<Response, Problem> {
    let new = NewRedemption {
        member: "me".to_owned(),
        program: Some(fields.get("program").to_owned()),
        reward: fields.get("reward").to_owned(),
        quantity: 1,
        pay_minor: None,
        hold_until: None,
        capture: false,
        reference: fields.get("reference").to_owned(),
    };
    let done = api::reserve(&own.scope, &new).await?;
    Ok(see(&own.at(&format!("/redemptions/{}", done.id))))
}

async fn confirm(
    own: Own<App>,
    Path((_, id)): Path<(String, String)>,
    _: Fields,
) -> Result<Response, Problem> {
    let id = parsed(&id)?;
    let found = api::find_view(&own.scope, id).await?;
    // Confirmed before, by a double click or another window: it is done.
    if found.state == RedemptionState::Reserved.name() {
        api::capture(&own.scope, id).await?;
    }
    Ok(see(&own.at(&format!("/redemptions/{id}"))))
}

async fn cancel(
    own: Own<App>,
    Path((_, id)): Path<(String, String)>,
    _: Fields,
) -> Result<Response, Problem> {
    let id = parsed(&id)?;
    let found = api::find_view(&own.scope, id).await?;
    let open = [RedemptionState::Reserved.name(), RedemptionState::Captured.name()];
    if open.contains(&found.state) {
        api::cancel(&own.scope, id).await?;
    }
    Ok(see(&own.at(&format!("/redemptions/{id}"))))
}

fn parsed(id: &str) -> Result<RedemptionId, Problem> {
    id.parse().map_err(|_| Problem::not_found("redemption_not_found"))
}

async fn redemption(
    own: Own<App>,
    Path((_, id)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let view = api::find_view(&own.scope, parsed(&id)?).await?;
    let purse = Purse::of(&own).await?;
    let holding = purse.of_type(view.point_type).or_else(|| purse.first());
    let holding = holding.ok_or_else(|| Problem::not_found("redemption_not_found"))?;
    let title = name(&own, &purse, &view.reward);
    let main = html! {
        div.stack.narrow {
            div.part {
                p { a href=(own.at("/redemptions")) { (own.t("redemptions-back")) } }
                h1 { (title) }
            }
            @match view.state {
                "reserved" => (to_confirm(&own, holding, &view)),
                "captured" => (done(&own, holding, &view)),
                other => {
                    p.lead { (state(&own, other)) }
                    p { (own.say("redemptions-back-again", Args::new().text("amount", holding.amount(view.points, own.locale)))) }
                    p { a.act.second href=(own.at("/rewards")) { (own.t("redemptions-others")) } }
                }
            }
        }
    };
    Ok(shell::portal(&own, &title, Some(Place::Rewards), &main))
}

/// What will happen, once more, and both ways.
fn to_confirm(own: &Own<App>, holding: &Holding, view: &RedemptionView) -> Markup {
    let amount = holding.amount(view.points, own.locale);
    let left = holding.amount(holding.balance.available.0, own.locale);
    html! {
        p.lead { (own.say("redemptions-confirm-lead", Args::new().text("amount", amount))) }
        section.sum {
            dl.pairs {
                div { dt { (own.t("redemptions-set-aside")) } dd { (holding.amount(view.points, own.locale)) } }
                div { dt { (own.t("rewards-after")) } dd { b { (left) } } }
                @if let Some(until) = view.hold_until {
                    div { dt { (own.t("redemptions-kept-until")) } dd { (own.locale.moment(until, &holding.program.zone)) } }
                }
            }
        }
        div.acts {
            form method="post" action=(own.at(&format!("/redemptions/{}/confirm", view.id))) {
                (ui::token(&own.token)) button.act { (own.t("redemptions-confirm")) }
            }
            form method="post" action=(own.at(&format!("/redemptions/{}/cancel", view.id))) {
                (ui::token(&own.token)) button.act.second { (own.t("redemptions-leave")) }
            }
        }
    }
}

/// The code that works at the till, if there is one, and undo until it is used.
fn done(own: &Own<App>, holding: &Holding, view: &RedemptionView) -> Markup {
    let waits = view.vouchers.iter().any(|voucher| voucher.state == "issued");
    html! {
        (ui::note(if waits { "good" } else { "plain" }, &own.t(words(holding, view))))
        @if !ticked_off(holding, view) {
            @for voucher in &view.vouchers { (ticket(own, holding, voucher)) }
        }
        dl.pairs {
            div { dt { (own.t("redemptions-paid")) } dd { (holding.amount(view.points, own.locale)) } }
            div { dt { (own.t("rewards-after")) } dd { (holding.amount(holding.balance.available.0, own.locale)) } }
        }
        @if view.cancellable {
            form method="post" action=(own.at(&format!("/redemptions/{}/cancel", view.id))) {
                (ui::token(&own.token))
                button.act.second { (own.t("redemptions-undo")) }
                p.quiet.small { (own.t("redemptions-undo-hint")) }
            }
        }
    }
}

/// Is it paid by the back office, so that there is no code to show?
fn ticked_off(holding: &Holding, view: &RedemptionView) -> bool {
    let reward = holding.program.rewards.get(&view.reward);
    reward.is_some_and(|reward| {
        matches!(reward.kind, RewardKind::Donation { .. } | RewardKind::InvoiceCredit { .. })
    })
}

/// What became of it: what waits for its reader, was used, ended unused, or was had on the spot.
fn words(holding: &Holding, view: &RedemptionView) -> &'static str {
    let kind = holding.program.rewards.get(&view.reward).map(|reward| &reward.kind);
    let any = |state: &str| view.vouchers.iter().any(|voucher| voucher.state == state);
    match kind {
        Some(RewardKind::PartPayment { .. }) => "redemptions-done-bill",
        Some(RewardKind::TierBoost { .. }) => "redemptions-done-tier",
        Some(RewardKind::Donation { .. }) if any("issued") => "redemptions-done-donation",
        Some(RewardKind::Donation { .. }) => "redemptions-donated",
        Some(RewardKind::InvoiceCredit { .. }) if any("issued") => "redemptions-done-invoice",
        Some(RewardKind::InvoiceCredit { .. }) => "redemptions-credited",
        _ if view.vouchers.is_empty() => "redemptions-done-handed",
        Some(RewardKind::Product) if any("issued") => "redemptions-done-product",
        Some(RewardKind::Experience { .. }) if any("issued") => "redemptions-done-experience",
        _ if any("issued") => "redemptions-done",
        _ if any("used") => "redemptions-used",
        _ => "redemptions-over",
    }
}

fn ticket(own: &Own<App>, holding: &Holding, voucher: &VoucherView) -> Markup {
    let day = voucher.valid_until.map(|until| holding.last_day(until, own.locale));
    if voucher.state != "issued" {
        let args = Args::new().text("code", &voucher.code).text("state", &voucher.state);
        return html! { p.quiet { (own.say("redemptions-code-state", args)) } };
    }
    let label = own.say("redemptions-barcode", Args::new().text("code", &voucher.code));
    html! {
        article.ticket {
            @if let Some(minor) = voucher.value_minor { p.value { (own.locale.money(minor, holding.currency())) } }
            (barcode::code_128(&voucher.code, &label))
            p { (own.t("redemptions-show")) }
            @if let Some(day) = day {
                p.quiet { (own.say("redemptions-until", Args::new().text("day", day))) }
            }
        }
    }
}

fn state(own: &Own<App>, state: &str) -> String {
    own.say("redemptions-state", Args::new().text("state", state))
}

fn name(own: &Own<App>, purse: &Purse, code: &str) -> String {
    let mut rewards = purse.all().flat_map(|holding| &holding.document.rewards);
    let found = rewards.find(|reward| reward.code == code);
    found.and_then(|reward| own.locale.pick(&reward.name)).unwrap_or(code).to_owned()
}
