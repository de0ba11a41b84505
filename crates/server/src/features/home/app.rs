//! The portal as an app on a phone: its manifest, its worker, and the card that is there without a network.

use axum::Json;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, HeaderName};
use axum::response::{IntoResponse, Response};
use maud::html;
use serde_json::json;

use crate::App;
use crate::features::accounts::holdings::Purse;
use crate::features::{members, missions, wallet_passes};
use crate::http::Problem;
use crate::i18n::Args;
use crate::web::shell::{self, Place};
use crate::web::{Guest, Own, assets, barcode};

/// What a browser says it fetches a page for.
const FETCH_DEST: HeaderName = HeaderName::from_static("sec-fetch-dest");
const WORKER_SCOPE: HeaderName = HeaderName::from_static("service-worker-allowed");

/// What the phone needs to know to make an app of the portal.
pub(super) async fn manifest(guest: Guest<App>) -> Response {
    let icons = guest.site.mark().map(
        |mark| json!([{ "src": mark, "type": "image/svg+xml", "sizes": "any", "purpose": "any" }]),
    );
    let light = &guest.site.kit.light;
    let told = json!({
        "name": guest.site.name,
        "short_name": guest.site.name,
        "lang": guest.locale.tag(),
        "start_url": guest.site.base,
        "scope": guest.site.base,
        "id": guest.site.base,
        "display": "standalone",
        "background_color": light.paper,
        "theme_color": light.paper,
        "icons": icons.unwrap_or_else(|| json!([])),
        "shortcuts": [
            { "name": guest.t("web-place-rewards"), "url": guest.at("/rewards") },
            { "name": guest.t("web-place-points"), "url": guest.at("/points") },
        ],
    });
    ([(CONTENT_TYPE, "application/manifest+json")], Json(told)).into_response()
}

/// The worker that keeps the card.
pub(super) async fn worker(guest: Guest<App>) -> Response {
    let files = [guest.site.sheet(), assets::PORTAL_CSS.path.as_str()];
    let script = assets::portal_worker(&guest.site.base, &files);
    let head = [
        (CONTENT_TYPE, "text/javascript; charset=utf-8"),
        (WORKER_SCOPE, guest.site.base.as_str()),
    ];
    (head, script).into_response()
}

/// The card with the last balance and when it was so: what the phone keeps for where there is no network.
pub(super) async fn card(own: Own<App>, headers: HeaderMap) -> Result<Response, Problem> {
    let purse = Purse::of(&own).await?;
    let member = members::resolve(&own.scope, "me").await?;
    let number =
        members::store::card_number(&own.scope.app.db, own.scope.tenant, member.id).await?;
    let zone = purse.first().map_or_else(lazo_domain::time::Zone::utc, |h| h.program.zone.clone());
    let at = own.locale.moment(own.scope.now, &zone);
    // The app fetches the page by itself, to have it where there is no network: nobody opened it then.
    if headers.get(FETCH_DEST).is_none_or(|dest| dest == "document") {
        missions::card_opened(&own.scope, member.id).await?;
    }
    let title = own.t("home-my-card");
    let main = html! {
        div.stack.narrow data-kept {
            h1 { (title) }
            section.card aria-label=(own.t("home-card")) {
                @for holding in &purse.holdings {
                    p.big { b { (holding.number(holding.balance.available.0, own.locale)) } " " span { (holding.name) } }
                    @if let Some(worth) = holding.worth(holding.balance.available, own.locale) { p.worth { (own.t("home-worth")) " " b { (worth) } } }
                }
                p { (own.say("home-as-of", Args::new().text("at", at))) }
                (barcode::code_128(&number, &own.say("home-barcode", Args::new().text("number", &number))))
            }
            (wallet_passes::portal::offers(&own))
            p.quiet { (own.t("home-offline")) }
        }
    };
    Ok(shell::portal(&own, &title, Some(Place::Home), &main))
}
