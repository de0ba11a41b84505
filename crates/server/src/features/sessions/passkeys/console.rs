//! A staff user's passkeys: the device checks a finger, a face or a number and holds the key, so one stands for the
//! password and the second factor.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Extension, Router};
use lazo_domain::time::{SECOND, Zone};
use maud::html;
use serde_json::json;

use super::super::console::ANY_ROLE;
use super::super::portal::{staff_cookie, told_device, with_cookies};
use super::super::store as sessions;
use super::super::{Whose, begin, passwords, staff_of};
use super::portal::options_of;
use super::shown::{self, Shown};
use super::{Passkey, PasskeyRefusal, Place, add, challenge, found, store};
use crate::App;
use crate::features::audit::{self, Deed};
use crate::features::staff;
use crate::http::Problem;
use crate::http::edge::Arrival;
use crate::i18n::Args;
use crate::secrets::hash_of;
use crate::web::door::STAFF_COOKIE;
use crate::web::ui::{self, Field};
use crate::web::visit::Presence;
use crate::web::{Desk, Fields, PageRow, Who, cookie, see, shell};

/// For how long after signing in a passkey may be added without the password, in microseconds.
const FRESH: i64 = 15 * 60 * SECOND;

/// Who may open what.
pub const PAGES: &[PageRow] = &[
    PageRow::console("/me/passkeys", Who::Staff(ANY_ROLE)),
    PageRow::console("/me/passkeys/prove", Who::Staff(ANY_ROLE)).sent(),
    PageRow::console("/me/passkeys/add", Who::Staff(ANY_ROLE)).sent(),
    PageRow::console("/me/passkeys/remove", Who::Staff(ANY_ROLE)).sent(),
    PageRow::console("/passkey", Who::Anybody).sent(),
    PageRow::console("/passkey.json", Who::Anybody),
];

/// The pages of this noun.
pub fn pages() -> Router<App> {
    Router::new()
        .route("/me/passkeys", get(passkeys))
        .route("/me/passkeys/prove", post(prove))
        .route("/me/passkeys/add", post(keep))
        .route("/me/passkeys/remove", post(remove))
        .route("/passkey", post(sign_in))
        .route("/passkey.json", get(options))
}

fn owner(desk: &Desk<App>) -> Result<Whose, Problem> {
    let staff = staff_of(&desk.scope.caller.principal);
    staff.map(Whose::Staff).ok_or_else(|| Problem::new(403, "forbidden"))
}

/// Did the person prove just now to be it?
fn is_fresh(desk: &Desk<App>, presence: &Presence) -> bool {
    let proven = presence.session.as_ref().map_or(0, |session| session.proven_at.0);
    desk.scope.caller.real_now.0.saturating_sub(proven) <= FRESH
}

async fn passkeys(
    desk: Desk<App>,
    Extension(presence): Extension<Presence>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    page(&desk, &presence, &headers, None).await
}

async fn page(
    desk: &Desk<App>,
    presence: &Presence,
    headers: &HeaderMap,
    wrong: Option<&str>,
) -> Result<Response, Problem> {
    let (app, owner) = (&desk.scope.app, owner(desk)?);
    let place = Place::of(app, headers)?;
    let all = store::of(&app.db, owner).await?;
    let challenge = match is_fresh(desk, presence) {
        true => Some(challenge(app, Some(owner)).await?),
        false => None,
    };
    let zone = desk.scope.caller.tenancy.as_ref().map(|tenancy| tenancy.zone.clone());
    let zone = zone.unwrap_or_else(Zone::utc);
    let moment = |passkey: &Passkey| {
        let (key, at) = match passkey.used_at {
            Some(at) => ("passkeys-used", at),
            None => ("passkeys-made", passkey.created_at),
        };
        desk.say(key, Args::new().text("at", desk.locale.moment(at, &zone)))
    };
    let t = |key: &str| desk.t(key);
    let action = "/console/me/passkeys";
    let shown = Shown { t: &t, moment: &moment, action, token: &desk.token };
    let title = desk.t("passkeys-title");
    let add = if let Some(challenge) = &challenge {
        let actor = &desk.scope.caller.principal.actor;
        shown::add(&shown, &place, owner, actor, challenge, &all)
    } else {
        let field =
            |name: &'static str, key: &str, kind: &'static str, autocomplete: &'static str| {
                let label = desk.t(key);
                ui::field(Field {
                    name,
                    label: &label,
                    kind,
                    autocomplete,
                    required: true,
                    ..Field::default()
                })
            };
        html! {
            form method="post" action={ (action) "/prove" } {
                (ui::token(&desk.token))
                p.quiet { (desk.t("passkeys-prove")) }
                (field("password", "sessions-password", "password", "current-password"))
                (field("code", "sessions-second", "text", "one-time-code"))
                div { button.act { (desk.t("passkeys-go-on")) } }
            }
        }
    };
    let main = html! {
        div.head { p { a href="/console/me" { (desk.t("passkeys-back")) } } h1 { (title) } p.quiet { (desk.t("passkeys-lead")) } }
        @if let Some(wrong) = wrong { (ui::note("bad", &desk.t(wrong))) }
        @if desk.path.ends_with("?added") { (ui::note("good", &desk.t("passkeys-added"))) }
        section.part { (shown::list(&shown, &all)) (add) }
    };
    Ok(shell::console(desk, &title, &main))
}

/// The password and the second factor once more, before a passkey may stand for both.
async fn prove(
    desk: Desk<App>,
    Extension(presence): Extension<Presence>,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, Problem> {
    let app = &desk.scope.app;
    let Whose::Staff(staff) = owner(&desk)? else { return Err(Problem::new(403, "forbidden")) };
    let missing = || Problem::new(403, "forbidden");
    let (login, _) = staff::store::names_of(&app.db, staff).await?.ok_or_else(missing)?;
    let (password, code) = (fields.get("password"), fields.get("code"));
    if passwords::check(&app.db, &login, password, code, app.clock.now()).await? != Some(staff) {
        return page(&desk, &presence, &headers, Some("sessions-own-wrong")).await;
    }
    let session = cookie::read(&headers, STAFF_COOKIE).unwrap_or_default();
    sessions::proven(&app.db, &hash_of(session), app.clock.now()).await?;
    Ok(see("/console/me/passkeys"))
}

async fn keep(
    desk: Desk<App>,
    Extension(presence): Extension<Presence>,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, Problem> {
    if !is_fresh(&desk, &presence) {
        return Ok(see("/console/me/passkeys"));
    }
    let app = &desk.scope.app;
    let place = Place::of(app, &headers)?;
    match add(app, &place, owner(&desk)?, &fields, &told_device(&headers)).await {
        Ok(()) => {
            note(&desk, "staff.passkey_added").await?;
            Ok(see("/console/me/passkeys?added"))
        }
        Err(PasskeyRefusal::Wrong) => {
            page(&desk, &presence, &headers, Some("passkeys-refused")).await
        }
        Err(PasskeyRefusal::Full) => page(&desk, &presence, &headers, Some("passkeys-full")).await,
        Err(PasskeyRefusal::Store(error)) => Err(error.into()),
    }
}

async fn remove(desk: Desk<App>, fields: Fields) -> Result<Response, Problem> {
    let id = fields.get("passkey").parse().map_err(|_| Problem::not_found("not_found"))?;
    if store::remove(&desk.scope.app.db, owner(&desk)?, id).await? {
        note(&desk, "staff.passkey_removed").await?;
    }
    Ok(see("/console/me/passkeys"))
}

async fn note(desk: &Desk<App>, action: &'static str) -> Result<(), Problem> {
    let mut tx = desk.scope.app.db.begin().await?;
    let Whose::Staff(staff) = owner(desk)? else { return Err(Problem::new(403, "forbidden")) };
    audit::record(&mut tx, &Deed::of(&desk.scope, action, staff, json!({}))).await?;
    Ok(tx.commit().await?)
}

async fn options(
    State(app): State<App>,
    Extension(arrival): Extension<Arrival>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    options_of(&app, &arrival, &headers).await
}

async fn sign_in(
    State(app): State<App>,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, Problem> {
    let refused = || Ok(see("/console/sign-in?passkey"));
    let owner = match found(&app, &Place::of(&app, &headers)?, &fields).await {
        Ok(owner @ Whose::Staff(_)) => owner,
        Err(PasskeyRefusal::Store(error)) => return Err(error.into()),
        _ => return refused(),
    };
    let now = app.clock.now();
    let (secret, lasts_s) = begin(&app, owner, &told_device(&headers), now).await?;
    Ok(with_cookies(see("/console"), &[staff_cookie(&app, &secret, lasts_s)]))
}
