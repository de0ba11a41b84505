//! A member's passkeys: a list with the way to add one after proving to be it, and signing in with one.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Extension, Json, Router};
use lazo_domain::time::{SECOND, Zone};
use maud::html;
use serde_json::json;

use super::super::portal::{cookie_of, told_device, with_cookies};
use super::super::{Whose, begin, prove};
use super::shown::{self, Shown};
use super::{Passkey, PasskeyRefusal, Place, add, challenge, found, store, written};
use crate::App;
use crate::features::members::{self, MemberStatus};
use crate::http::Problem;
use crate::http::edge::Arrival;
use crate::i18n::Args;
use crate::web::door::MEMBER_COOKIE;
use crate::web::shell::{self, Place as Shelf};
use crate::web::ui;
use crate::web::visit::Presence;
use crate::web::{Fields, Guest, Own, PageRow, Who, see};

/// Challenges that one network address may ask for within an hour.
const STARTS_PER_HOUR: u32 = 60;
const HOUR: i64 = 3_600 * SECOND;

/// Who may open what.
pub const PAGES: &[PageRow] = &[
    PageRow::portal("/me/passkeys", Who::Own),
    PageRow::portal("/me/passkeys/add", Who::Own).sent(),
    PageRow::portal("/me/passkeys/remove", Who::Own).sent(),
    PageRow::portal("/passkey", Who::Anybody).sent(),
    PageRow::portal("/passkey.json", Who::Anybody),
];

/// The pages of this noun.
pub fn pages() -> Router<App> {
    Router::new()
        .route("/me/passkeys", get(passkeys))
        .route("/me/passkeys/add", post(keep))
        .route("/me/passkeys/remove", post(remove))
        .route("/passkey", post(sign_in))
        .route("/passkey.json", get(options))
}

fn owner(own: &Own<App>) -> Result<Whose, Problem> {
    let (member, account) = own.scope.member().ok_or_else(|| Problem::new(403, "forbidden"))?;
    Ok(Whose::Member { tenant: own.scope.tenant, member, account })
}

async fn passkeys(
    own: Own<App>,
    Extension(presence): Extension<Presence>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    if let Err(first) = prove::fresh(&own, &presence, "passkeys") {
        return Ok(*first);
    }
    page(&own, &headers, None).await
}

async fn page(
    own: &Own<App>,
    headers: &HeaderMap,
    wrong: Option<&str>,
) -> Result<Response, Problem> {
    let (app, owner) = (&own.scope.app, owner(own)?);
    let place = Place::of(app, headers)?;
    let all = store::of(&app.db, owner).await?;
    let challenge = challenge(app, Some(owner)).await?;
    let zone = own.scope.caller.tenancy.as_ref().map(|tenancy| tenancy.zone.clone());
    let zone = zone.unwrap_or_else(Zone::utc);
    let moment = |passkey: &Passkey| {
        let (key, at) = match passkey.used_at {
            Some(at) => ("passkeys-used", at),
            None => ("passkeys-made", passkey.created_at),
        };
        own.say(key, Args::new().text("at", own.locale.moment(at, &zone)))
    };
    let (t, action) = (|key: &str| own.t(key), own.at("/me/passkeys"));
    let shown = Shown { t: &t, moment: &moment, action: &action, token: &own.token };
    let title = own.t("passkeys-title");
    let main = html! {
        div.stack.narrow {
            div.part {
                p { a href=(own.at("/me")) { (own.t("passkeys-back")) } }
                h1 { (title) }
                p.lead { (own.t("passkeys-lead")) }
            }
            @if let Some(wrong) = wrong { (ui::note("bad", &own.t(wrong))) }
            @if own.path.ends_with("?added") { (ui::note("good", &own.t("passkeys-added"))) }
            (shown::list(&shown, &all))
            (shown::add(&shown, &place, owner, &own.site.name, &challenge, &all))
        }
    };
    Ok(shell::portal(own, &title, Some(Shelf::Me), &main))
}

async fn keep(
    own: Own<App>,
    Extension(presence): Extension<Presence>,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, Problem> {
    if let Err(first) = prove::fresh(&own, &presence, "passkeys") {
        return Ok(*first);
    }
    let app = &own.scope.app;
    let place = Place::of(app, &headers)?;
    match add(app, &place, owner(&own)?, &fields, &told_device(&headers)).await {
        Ok(()) => Ok(see(&format!("{}?added", own.at("/me/passkeys")))),
        Err(PasskeyRefusal::Wrong) => page(&own, &headers, Some("passkeys-refused")).await,
        Err(PasskeyRefusal::Full) => page(&own, &headers, Some("passkeys-full")).await,
        Err(PasskeyRefusal::Store(error)) => Err(error.into()),
    }
}

async fn remove(own: Own<App>, fields: Fields) -> Result<Response, Problem> {
    let id = fields.get("passkey").parse().map_err(|_| Problem::not_found("not_found"))?;
    store::remove(&own.scope.app.db, owner(&own)?, id).await?;
    Ok(see(&own.at("/me/passkeys")))
}

/// What a browser needs to ask for a passkey: a challenge, and the host.
async fn options(
    State(app): State<App>,
    Extension(arrival): Extension<Arrival>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    options_of(&app, &arrival, &headers).await
}

/// As [`options`], for either face.
pub(super) async fn options_of(
    app: &App,
    arrival: &Arrival,
    headers: &HeaderMap,
) -> Result<Response, Problem> {
    let (who, now) = (format!("passkey {}", arrival.from), app.clock.now());
    let allowance = app.strangers.take_within(&who, STARTS_PER_HOUR, STARTS_PER_HOUR, HOUR, now);
    if !allowance.granted {
        let problem = Problem::new(429, "too_many_tries");
        return Err(Problem { retry_after_s: Some(allowance.reset_s), ..problem });
    }
    let place = Place::of(app, headers)?;
    let challenge = challenge(app, None).await?;
    Ok(Json(json!({ "challenge": written(&challenge), "host": place.host })).into_response())
}

async fn sign_in(
    guest: Guest<App>,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, Problem> {
    let app = &guest.app;
    let refused = || Ok(see(&format!("{}?passkey", guest.at("/sign-in"))));
    let owner = match found(app, &Place::of(app, &headers)?, &fields).await {
        Ok(owner) => owner,
        Err(PasskeyRefusal::Store(error)) => return Err(error.into()),
        Err(_) => return refused(),
    };
    let Whose::Member { tenant, member, .. } = owner else { return refused() };
    if tenant != guest.tenancy.id {
        return refused();
    }
    let person = members::store::by_id(&app.db, tenant, member).await?;
    if !person.is_some_and(|person| person.status == MemberStatus::Active) {
        return refused();
    }
    let (secret, lasts_s) = begin(app, owner, &told_device(&headers), app.clock.now()).await?;
    let session = cookie_of(app, MEMBER_COOKIE, &secret.text, &guest.site.base, lasts_s);
    Ok(with_cookies(see(&guest.site.base), &[session]))
}
