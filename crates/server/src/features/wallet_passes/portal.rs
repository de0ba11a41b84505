//! The buttons of the card that put it into a phone's wallet, what they answer, and the brand's mark as a picture.

use axum::Router;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, LOCATION};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use maud::{Markup, html};

use super::{google, pictures, refresh, service, store};
use crate::App;
use crate::http::Problem;
use crate::web::{Guest, Own, PageRow, Who};

/// The side of the mark that Google shows, in pixels.
const LOGO: u16 = 660;
/// How long others keep the mark: a brand seldom changes it.
const A_DAY: &str = "public, max-age=86400";

/// Who may open what.
pub const PAGES: &[PageRow] = &[
    PageRow::portal("/card/apple.pkpass", Who::Own),
    PageRow::portal("/card/google", Who::Own),
    PageRow::portal("/logo.png", Who::Anybody),
];

/// The pages of this noun.
pub fn pages() -> Router<App> {
    Router::new()
        .route("/card/apple.pkpass", get(to_apple))
        .route("/card/google", get(to_google))
        .route("/logo.png", get(logo))
}

/// The ways into a wallet that there are; nothing where the installation has none.
#[must_use]
pub fn offers(own: &Own<App>) -> Markup {
    let wallet = &own.scope.app.wallet;
    if wallet.apple.is_none() && wallet.google.is_none() {
        return html! {};
    }
    html! {
        div.part {
            p.acts {
                @if wallet.apple.is_some() {
                    a.act.second href=(own.at("/card/apple.pkpass")) { (own.t("wallet-passes-apple")) }
                }
                @if wallet.google.is_some() {
                    a.act.second href=(own.at("/card/google")) rel="noreferrer" { (own.t("wallet-passes-google")) }
                }
            }
            p.quiet.small { (own.t("wallet-passes-lead")) }
        }
    }
}

/// The member's own pass as Apple's file.
async fn to_apple(own: Own<App>) -> Result<Response, Problem> {
    let app = &own.scope.app;
    app.wallet.apple.as_ref().ok_or_else(|| Problem::not_found("not_found"))?;
    let whose = own.scope.member().ok_or_else(|| Problem::new(403, "forbidden"))?;
    let (pass, content) = refresh::own(&own.scope, whose, own.site.brand).await?;
    let mut answer = service::answer(app, &pass, &content)?;
    let name = HeaderValue::from_static("inline; filename=\"card.pkpass\"");
    answer.headers_mut().insert(CONTENT_DISPOSITION, name);
    Ok(answer)
}

/// Leads to Google with the member's own card, signed.
async fn to_google(own: Own<App>) -> Result<Response, Problem> {
    let app = &own.scope.app;
    let wallet = app.wallet.google.as_ref().ok_or_else(|| Problem::not_found("not_found"))?;
    let whose = own.scope.member().ok_or_else(|| Problem::new(403, "forbidden"))?;
    let (pass, content) = refresh::own(&own.scope, whose, own.site.brand).await?;
    let base = app.faces.public_url.trim_end_matches('/');
    let class = google::class(&wallet.issuer, pass.brand, &content, base);
    let object = google::object(&wallet.issuer, (pass.brand, pass.id), &content);
    let now = own.scope.caller.real_now;
    let link = wallet.account.link(&class, &object, now).map_err(|error| {
        tracing::error!(%error, "a link to Google's wallet could not be made");
        Problem::new(500, "internal")
    })?;
    let mut tx = app.db.begin().await?;
    store::offered_to_google(&mut tx, &pass, now).await?;
    tx.commit().await?;
    // Elsewhere on purpose, which `see` never leads to: the address is Google's, and what follows it is signed.
    Ok((StatusCode::SEE_OTHER, [(LOCATION, link)]).into_response())
}

/// The brand's mark on its ground, for those who show a brand and read no SVG.
async fn logo(guest: Guest<App>) -> Result<Response, Problem> {
    let drawn = pictures::mark(&guest.site.kit, LOGO);
    let png = drawn.ok_or_else(|| Problem::not_found("not_found"))?;
    Ok(([(CONTENT_TYPE, "image/png"), (CACHE_CONTROL, A_DAY)], png).into_response())
}
