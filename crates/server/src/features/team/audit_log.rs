//! The audit log at the desk: who did what, when and why, the newest first.

use axum::Json;
use axum::Router;
use axum::response::Response;
use axum::routing::get;
use maud::html;

use super::names;
use crate::App;
use crate::features::audit;
use crate::features::audit::api::list_audit_entries;
use crate::http::{Asked, PageQuery, Problem, Role};
use crate::web::{Desk, PageRow, Who, shell, ui};

/// Who may open what.
pub const PAGES: &[PageRow] =
    &[PageRow::console("/audit", Who::Staff(&[Role::Admin, Role::Finance]))];

/// The pages of this file.
pub fn pages() -> Router<App> {
    Router::new().route("/audit", get(log))
}

async fn log(desk: Desk<App>, Asked(query): Asked<PageQuery>) -> Result<Response, Problem> {
    let first = query.cursor.is_none();
    let Json(page) = list_audit_entries(desk.scope.clone(), Asked(query)).await?;
    let names = names(&desk.scope, page.items.iter().map(|entry| entry.actor.as_str())).await?;
    let broken = match first {
        true => audit::verify(&desk.scope.app.db, desk.scope.tenant).await?,
        false => None,
    };
    let title = desk.t("web-desk-audit");
    let heads =
        ["team-when", "team-who", "team-what", "team-object", "team-why"].map(|key| desk.t(key));
    let heads: Vec<&str> = heads.iter().map(String::as_str).collect();
    let rows = html! {
        @for entry in &page.items {
            tr {
                td { (desk.moment(entry.at)) }
                td { (names.get(&entry.actor).unwrap_or(&entry.actor)) }
                td { code { (entry.action) } }
                td { code { (entry.object) } }
                td {
                    (entry.reason)
                    @let detail = entry.detail.to_string();
                    @if detail.len() > 2 { code.detail { (detail) } }
                }
            }
        }
    };
    let main = html! {
        div.head {
            h1 { (title) }
            p.quiet { (desk.t("team-audit-lead")) }
        }
        @if first {
            @match broken {
                None => p { span.tag.live { (desk.t("team-chain-whole")) } },
                Some(at) => (ui::note("bad", &desk.say("team-chain-broken", crate::i18n::Args::new().text("at", at.to_string())))),
            }
        }
        @if page.items.is_empty() { p.empty { (desk.t("team-audit-none")) } } @else {
            (ui::table(&title, &heads, &rows))
        }
        (ui::next_page("/console/audit", &desk.t("web-desk-more"), page.cursor.next.as_deref()))
    };
    Ok(shell::console(&desk, &title, &main))
}
