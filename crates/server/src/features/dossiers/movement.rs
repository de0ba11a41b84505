//! One movement at the desk: why it did what it did, its lines, and the entries in the books. Without the person.

use axum::response::Response;
use lazo_domain::event::Body;
use lazo_domain::ids::EventId;
use maud::html;

use super::console::READERS;
use crate::App;
use crate::features::ledger::post;
use crate::features::ledger::receipt::ReceiptView;
use crate::http::{PathId, Problem};
use crate::i18n::Args;
use crate::web::{Desk, shell, ui};

pub(super) async fn movement(
    desk: Desk<App>,
    PathId(id): PathId<EventId>,
) -> Result<Response, Problem> {
    let scope = &desk.scope;
    let books = scope.app.ledger.books();
    let stored = books.event(scope.tenant, id).await?;
    let stored = stored.ok_or_else(|| Problem::not_found("not_found"))?;
    let told = ReceiptView::of(scope, &stored.event, &stored.outcome, false).await?;
    let entries = books.entries_of(scope.tenant, stored.event.account, id).await?;
    let member = books.account(scope.tenant, stored.event.account).await?.map(|found| found.member);
    let types = post::point_types(scope).await?;
    let title = desk.say("dossiers-event", Args::new().text("kind", told.kind));
    let may_see = READERS.iter().any(|role| scope.is(*role));
    let heads = ["dossiers-side", "dossiers-type", "dossiers-lot", "dossiers-points"];
    let heads = heads.map(|key| desk.t(key));
    let heads: Vec<&str> = heads.iter().map(String::as_str).collect();
    let rows = html! {
        @for line in &entries {
            @let (code, scale) = types.get(&line.point_type).cloned().unwrap_or_default();
            tr {
                td { (desk.say("dossiers-side-name", Args::new().text("side", line.side.name()))) }
                td { (code) }
                td { @if let Some(lot) = line.lot { a href=(format!("/console/movements/{}", lot.event)) { code { (lot) } } } }
                td.n { (desk.locale.number(line.points.0, scale)) }
            }
        }
    };
    let main = html! {
        div.head {
            @if let Some(member) = member.filter(|_| may_see) { p { a href=(format!("/console/members/{member}")) { (desk.t("dossiers-back")) } } }
            h1 { (title) }
            p.quiet { (desk.moment(told.effective_at)) }
        }
        section.part {
            h2 { (desk.t("dossiers-why")) }
            p.lead { (told.explanation.headline) }
            ul.dots { @for detail in &told.explanation.details { li { (detail) } } }
        }
        @if let Body::Purchase(purchase) = &stored.event.body {
            section.part {
                h2 { (desk.t("dossiers-lines")) }
                ul.rows { @for line in &purchase.lines {
                    li { div.row {
                        span.what { @if line.product.is_empty() { (line.category) } @else { (line.product) } }
                        span.effect { @match purchase.currency.parse() { Ok(currency) => (desk.locale.money(line.net_minor, currency)), Err(_) => (line.net_minor) } }
                    } }
                } }
            }
        }
        section.part {
            h2 { (desk.t("dossiers-entries")) }
            (ui::table(&desk.t("dossiers-entries"), &heads, &rows))
            dl.pairs {
                div { dt { (desk.t("dossiers-source")) } dd { (told.source) " · " code { (told.reference) } } }
                div { dt { (desk.t("dossiers-program")) } dd { (told.program) " · " (desk.say("dossiers-version", Args::new().text("version", told.program_version.to_string()))) } }
                div { dt { (desk.t("dossiers-recorded")) } dd { (desk.moment(told.recorded_at)) " · " (stored.event.actor) } }
                div { dt { (desk.t("dossiers-event-id")) } dd { code { (id) } } }
            }
        }
    };
    Ok(shell::console(&desk, &title, &main))
}
