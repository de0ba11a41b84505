//! The place "Movimientos": what is available, pending and held, what ends when, and every movement down to its lines.

use axum::Router;
use axum::extract::{Path, Query};
use axum::response::Response;
use axum::routing::get;
use lazo_domain::event::Body;
use lazo_domain::ids::EventId;
use lazo_domain::points::Points;
use lazo_domain::program::PointKind;
use maud::{Markup, html};
use serde::Deserialize;

use super::holdings::{Holding, Purse};
use super::movements;
use crate::App;
use crate::features::ledger::post;
use crate::features::ledger::receipt::ReceiptView;
use crate::http::Problem;
use crate::i18n::Args;
use crate::web::shell::{self, Place};
use crate::web::{Own, PageRow, Who};

/// Movements on a page.
const PAGE: usize = 20;
/// Endings that are told.
const ENDINGS: usize = 6;

/// Who may open what.
pub const PAGES: &[PageRow] = &[
    PageRow::portal("/points", Who::Own),
    PageRow::portal("/points/{event}", Who::Own),
    PageRow::portal("/points.csv", Who::Own),
    PageRow::portal("/points.pdf", Who::Own),
];

/// The pages of this noun.
pub fn pages() -> Router<App> {
    let pages = Router::new().route("/points", get(points)).route("/points/{event}", get(movement));
    #[cfg(feature = "pdf")]
    let pages = pages
        .route("/points.csv", get(super::paper::csv))
        .route("/points.pdf", get(super::paper::pdf));
    pages
}

/// Where the list goes on.
#[derive(Debug, Default, Deserialize)]
pub struct Before {
    /// The last movement of the page before.
    before: Option<String>,
}

async fn points(own: Own<App>, Query(asked): Query<Before>) -> Result<Response, Problem> {
    let purse = Purse::of(&own).await?;
    let before: Option<EventId> = asked.before.as_deref().and_then(|text| text.parse().ok());
    let (rows, more) = movements::page(&own, &purse, before, PAGE).await?;
    let title = own.t("accounts-title");
    let main = html! {
        div.stack {
            @if before.is_none() {
                h1.unseen { (title) }
                @for holding in &purse.holdings { (standing(&own, &purse, holding)) }
                @if !purse.holdings.is_empty() { p { a href=(own.at("/value")) { (own.t("value-see")) } } }
            } @else {
                h1 { (title) }
            }
            section.part {
                h2 { (own.t("accounts-movements")) }
                @if rows.is_empty() { p.quiet { (own.t("accounts-none")) } }
                ul.rows { @for row in &rows { li { (movements::row(&own, row)) } } }
                @if let Some(last) = more {
                    p { a.act.second href=(own.at(&format!("/points?before={last}"))) { (own.t("accounts-older")) } }
                }
                @if cfg!(feature = "pdf") && !rows.is_empty() {
                    p.quiet { (own.t("accounts-take")) " " a href=(own.at("/points.pdf")) { "PDF" } " · " a href=(own.at("/points.csv")) { "CSV" } }
                }
            }
        }
    };
    Ok(shell::portal(&own, &title, Some(Place::Points), &main))
}

/// What there is of one point type, and what ends.
fn standing(own: &Own<App>, purse: &Purse, holding: &Holding) -> Markup {
    let balance = holding.balance;
    let endings = purse.endings(holding, own.scope.now);
    let number = |points: Points| holding.number(points.0, own.locale);
    html! {
        section.part {
            p.lead { b { (holding.amount(balance.available.0, own.locale)) }
                @if let Some(worth) = holding.worth(balance.available, own.locale) { ", " (own.t("home-worth")) " " b { (worth) } } }
            dl.figures {
                div { dt { (own.t("accounts-available")) } dd { (number(balance.available)) } }
                div { dt { (own.t("accounts-pending")) } dd { (number(balance.pending)) } }
                div { dt { (own.t("accounts-held")) } dd { (number(balance.held)) } }
            }
            @if !endings.is_empty() {
                details open[endings.len() < 3] {
                    summary { (own.t("accounts-endings")) }
                    dl.pairs {
                        @for ending in endings.iter().take(ENDINGS) {
                            div { dt { (own.say("accounts-until", Args::new().text("day", holding.last_day(ending.at, own.locale)))) }
                                dd { (holding.amount(ending.points, own.locale)) } }
                        }
                    }
                }
            }
        }
    }
}

/// A movement: what it gave and why, its lines, and the entries in the books.
async fn movement(
    own: Own<App>,
    Path((_, event)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let missing = || Problem::not_found("not_found");
    let id: EventId = event.parse().map_err(|_| missing())?;
    let purse = Purse::of(&own).await?;
    let books = own.scope.app.ledger.books();
    let stored = books.event(own.scope.tenant, id).await?.ok_or_else(missing)?;
    own.scope.own_account(stored.event.account, "not_found")?;
    let told = ReceiptView::of(&own.scope, &stored.event, &stored.outcome, false).await?;
    let movement = movements::movement(&own, &purse, &stored).await?;
    let entries = books.entries_of(own.scope.tenant, stored.event.account, id).await?;
    let types = post::point_types(&own.scope).await?;
    let main = html! {
        div.stack.narrow {
            div.part {
                p { a href=(own.at("/points")) { (own.t("accounts-back")) } }
                h1 { (movement.what) }
                p.quiet { (movement.when) }
                p.big-word.plus[movement.points > 0] { (movement.effect) }
            }
            section.part {
                h2 { (own.t("accounts-why")) }
                p { (told.explanation.headline) }
                ul.dots { @for detail in &told.explanation.details { li { (detail) } } }
            }
            @if let Body::Purchase(purchase) = &stored.event.body { (lines(&own, &purse, purchase)) }
            details {
                summary { (own.t("accounts-entries")) }
                div.scroll tabindex="0" role="region" aria-label=(own.t("accounts-entries")) {
                    table {
                        caption { (own.t("accounts-entries-lead")) }
                        thead { tr { th scope="col" { (own.t("accounts-side")) } th scope="col" { (own.t("accounts-type")) } th.n scope="col" { (own.t("accounts-points")) } } }
                        tbody {
                            @for line in &entries {
                                @let (code, scale) = types.get(&line.point_type).cloned().unwrap_or_default();
                                tr {
                                    td { (own.say("accounts-side-name", Args::new().text("side", line.side.name()))) }
                                    td { (type_name(&own, &purse, &code)) }
                                    td.n { (own.locale.number(line.points.0, scale)) }
                                }
                            }
                        }
                    }
                }
                p.quiet.small { (own.say("accounts-reference", Args::new().text("reference", &stored.event.source_ref).text("event", id.to_string()))) }
            }
            p { a href=(own.at(&format!("/help/cases/new?from={}", own.at(&format!("/points/{id}"))))) { (own.t("accounts-not-right")) } }
        }
    };
    Ok(shell::portal(&own, &movement.what, Some(Place::Points), &main))
}

fn type_name(own: &Own<App>, purse: &Purse, code: &str) -> String {
    let mut types = purse.all().flat_map(|holding| &holding.document.point_types);
    let found = types.find(|found| found.code == code);
    let name = found.and_then(|found| own.locale.pick(&found.name).map(|name| (name, found.kind)));
    match name {
        Some((name, PointKind::Redeemable | PointKind::Qualifying)) => name.to_owned(),
        None => code.to_owned(),
    }
}

/// A quantity with as many decimals as it has: `2`, `0,5`.
fn quantity(own: &Own<App>, milli: i64) -> String {
    let (mut number, mut scale) = (milli, 3);
    while scale > 0 && number % 10 == 0 {
        number /= 10;
        scale -= 1;
    }
    own.locale.number(number, scale)
}

fn lines(own: &Own<App>, purse: &Purse, purchase: &lazo_domain::event::Purchase) -> Markup {
    let money = |minor: i64| match purchase.currency.parse() {
        Ok(currency) => own.locale.money(minor, currency),
        Err(_) => purse.first().map_or_else(String::new, |h| own.locale.money(minor, h.currency())),
    };
    html! {
        section.part {
            h2 { (own.t("accounts-lines")) }
            ul.rows {
                @for line in &purchase.lines {
                    li { div.row {
                        span.what { @if line.product.is_empty() { (own.t("accounts-line")) } @else { (line.product) } }
                        span.effect { (money(line.net_minor)) }
                        @if line.quantity_milli != 1_000 || !line.category.is_empty() {
                            span.when { (quantity(own, line.quantity_milli)) " × " (line.category) }
                        }
                    } }
                }
            }
        }
    }
}
