//! The page "Avisos": what comes and how seldom, the browsers that get it, and the way to end each.

use axum::Router;
use axum::http::HeaderMap;
use axum::http::header::USER_AGENT;
use axum::response::Response;
use axum::routing::{get, post};
use maud::{Markup, html};

use super::devices::{Offered, add, end};
use super::vapid::Vapid;
use super::{CONSENT, Device, store};
use crate::App;
use crate::features::consents;
use crate::features::members;
use crate::features::sessions;
use crate::http::Problem;
use crate::i18n::Args;
use crate::web::shell::{self, Place};
use crate::web::{Fields, Own, PageRow, Who, see, ui};

/// Who may open what.
pub const PAGES: &[PageRow] = &[
    PageRow::portal("/me/notices", Who::Own),
    PageRow::portal("/me/notices", Who::Own).sent(),
    PageRow::portal("/me/notices/end", Who::Own).sent(),
];

/// The pages of this noun.
pub fn pages() -> Router<App> {
    Router::new()
        .route("/me/notices", get(page).post(begin))
        .route("/me/notices/end", post(end_one))
}

async fn page(own: Own<App>) -> Result<Response, Problem> {
    shown(&own, false).await
}

async fn shown(own: &Own<App>, wrong: bool) -> Result<Response, Problem> {
    let app = &own.scope.app;
    let member = members::resolve(&own.scope, "me").await?;
    let devices = store::devices(&app.db, own.scope.tenant, member.id).await?;
    let key = Vapid::of(app, own.scope.tenant).await?.public();
    let title = own.t("push-title");
    let main = html! {
        div.stack.narrow {
            div.part {
                p { a href=(own.at("/me")) { (own.t("consents-back")) } }
                h1 { (title) }
                p.lead { (own.t("push-lead")) }
            }
            @if own.path.ends_with("?on") { (ui::note("good", &own.t("push-on"))) }
            @if own.path.ends_with("?off") { (ui::note("good", &own.t("push-off"))) }
            @if wrong { (ui::note("bad", &own.t("push-refused"))) }
            ul.dots {
                li { (own.t("push-what-points")) }
                li { (own.t("push-what-reward")) }
                li { (own.t("push-what-voucher")) }
            }
            p.quiet { (consents::text(own.locale, CONSENT.0)) " " (own.t("push-how-often")) }
            (asked(own, &key))
            @if !devices.is_empty() { (listed(own, &devices)) }
        }
    };
    Ok(shell::portal(own, &title, Some(Place::Me), &main))
}

/// The form that asks the browser. Without a script, or in a browser that knows no notices, a line says why there is none.
fn asked(own: &Own<App>, key: &str) -> Markup {
    html! {
        p.quiet data-push-none { (own.t("push-none")) }
        form hidden method="post" action=(own.at("/me/notices")) data-push=(key) {
            (ui::token(&own.token))
            @for name in ["endpoint", "p256dh", "auth"] { input type="hidden" name=(name); }
            p.wrong.small role="alert" hidden { (own.t("push-stopped")) }
            button.act { (own.t("push-do")) }
        }
    }
}

fn listed(own: &Own<App>, devices: &[Device]) -> Markup {
    let zone = own.scope.caller.tenancy.as_ref().map(|tenancy| tenancy.zone.clone());
    let zone = zone.unwrap_or_else(lazo_domain::time::Zone::utc);
    html! {
        section.part {
            h2 { (own.t("push-devices")) }
            ul.rows {
                @for device in devices {
                    @let hash: String = device.endpoint_hash.iter().map(|octet| format!("{octet:02x}")).collect();
                    li { div.row {
                        span.what { @if device.name.is_empty() { (own.t("me-device-unknown")) } @else { (device.name) } }
                        form.inline method="post" action=(own.at("/me/notices/end")) data-push-end=(hash) {
                            (ui::token(&own.token)) input type="hidden" name="device" value=(device.id);
                            button.plain { (own.t("push-end")) }
                        }
                        span.when { (own.say("push-since", Args::new().text("day", own.locale.day(device.created_at, &zone)))) }
                    } }
                }
            }
        }
    }
}

async fn begin(own: Own<App>, headers: HeaderMap, fields: Fields) -> Result<Response, Problem> {
    let member = members::resolve_active(&own.scope, "me").await?;
    let agent = headers.get(USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
    let offered = Offered {
        endpoint: fields.get("endpoint"),
        p256dh: fields.get("p256dh"),
        auth: fields.get("auth"),
        name: sessions::device(agent),
    };
    match add(&own.scope, &member, own.site.brand, &offered).await {
        Ok(_) => Ok(see(&own.at("/me/notices?on"))),
        Err(problem) if problem.status == 422 => shown(&own, true).await,
        Err(problem) => Err(problem),
    }
}

async fn end_one(own: Own<App>, fields: Fields) -> Result<Response, Problem> {
    let member = members::resolve(&own.scope, "me").await?;
    let id = fields.get("device").parse().map_err(|_| Problem::not_found("not_found"))?;
    end(&own.scope, &member, id).await?;
    Ok(see(&own.at("/me/notices?off")))
}
