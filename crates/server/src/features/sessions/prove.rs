//! Step-up: before what cannot be undone, the member proves once more to be it, with a code to the address on record.

use axum::Extension;
use axum::Router;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use lazo_domain::time::{SECOND, Timestamp};
use maud::html;

use super::codes::{self, Verdict};
use super::portal::{ATTEMPT_COOKIE, ATTEMPT_S, cookie_of, with_cookies};
use super::store;
use crate::App;
use crate::features::members::{self, EMAIL};
use crate::http::Problem;
use crate::secrets::hash_of;
use crate::web::door::MEMBER_COOKIE;
use crate::web::shell::{self, Place};
use crate::web::ui::{self, Field};
use crate::web::visit::Presence;
use crate::web::{Fields, Own, PageRow, Who, cookie, see};

/// For how long a proof is fresh, in microseconds.
const FRESH: i64 = 15 * 60 * SECOND;
/// What a proof may be for, with the page that goes on after it.
const AFTER: [(&str, &str); 5] = [
    ("leave", "/me/leave"),
    ("data", "/me/data"),
    ("email", "/me/email"),
    ("passkeys", "/me/passkeys"),
    ("transfers", "/transfers"),
];

/// Who may open what.
pub const PAGES: &[PageRow] = &[
    PageRow::portal("/me/prove/{what}", Who::Own),
    PageRow::portal("/me/prove/{what}", Who::Own).sent(),
];

/// The pages of this file.
pub fn pages() -> Router<App> {
    Router::new().route("/me/prove/{what}", get(ask).post(prove))
}

/// Did the member prove to be it just now? Else the page that asks for it.
pub fn fresh(own: &Own<App>, presence: &Presence, what: &str) -> Result<(), Box<Response>> {
    let proven = presence.session.as_ref().map_or(Timestamp(0), |session| session.proven_at);
    if own.scope.caller.real_now.0.saturating_sub(proven.0) <= FRESH {
        return Ok(());
    }
    Err(Box::new(see(&own.at(&format!("/me/prove/{what}")))))
}

fn after(what: &str) -> Result<&'static str, Problem> {
    let found = AFTER.iter().find(|(name, _)| *name == what);
    found.map(|(_, path)| *path).ok_or_else(|| Problem::not_found("not_found"))
}

/// Sends a code and asks for it.
async fn ask(
    own: Own<App>,
    Extension(presence): Extension<Presence>,
    axum::extract::Path((_, what)): axum::extract::Path<(String, String)>,
) -> Result<Response, Problem> {
    after(&what)?;
    let member = members::resolve(&own.scope, "me").await?;
    let (app, tenant) = (&own.scope.app, own.scope.tenant);
    let all = members::store::identifiers(&app.db, tenant, member.id).await?;
    let address = all.into_iter().find(|name| name.scheme == EMAIL);
    let tenancy = presence.caller.tenancy.ok_or_else(|| Problem::new(403, "forbidden"))?;
    let Some(address) = address else { return Ok(page(&own, &what, None, false)) };
    let secret = codes::begin(app, &tenancy, &own.visit, &address.value, false).await?;
    let attempt = cookie_of(app, ATTEMPT_COOKIE, &secret.text, &own.site.base, ATTEMPT_S);
    Ok(with_cookies(page(&own, &what, None, true), &[attempt]))
}

fn page(own: &Own<App>, what: &str, wrong: Option<&str>, sent: bool) -> Response {
    let title = own.t("sessions-prove");
    let main = html! {
        div.stack.narrow {
            div.part { p { a href=(own.at("/me")) { (own.t("sessions-prove-back")) } } h1 { (title) }
                p.lead { (own.t(if sent { "sessions-prove-lead" } else { "sessions-prove-nowhere" })) } }
            @if sent {
                form method="post" action=(own.at(&format!("/me/prove/{what}"))) {
                    (ui::token(&own.token))
                    (ui::field(Field { name: "code", label: &own.t("sessions-code-label"), hint: Some(&own.t("sessions-code-hint")), wrong,
                        autocomplete: "one-time-code", keys: Some("numeric"), class: Some("code"), required: true, ..Field::default() }))
                    button.act { (own.t("sessions-code-act")) }
                }
                @if own.scope.app.letters.is_some() { p.note { a href="/console/letters" { (own.t("sessions-letters")) } } }
            }
        }
    };
    shell::portal(own, &title, Some(Place::Me), &main)
}

async fn prove(
    own: Own<App>,
    headers: HeaderMap,
    axum::extract::Path((_, what)): axum::extract::Path<(String, String)>,
    fields: Fields,
) -> Result<Response, Problem> {
    let path = after(&what)?;
    let Some((member, _)) = own.scope.member() else { return Err(Problem::new(403, "forbidden")) };
    let app = &own.scope.app;
    let token = cookie::read(&headers, ATTEMPT_COOKIE).unwrap_or_default();
    match codes::check(app, token, fields.get("code")).await? {
        Verdict::Right(attempt) if attempt.member == Some(member) => {
            store::take_attempt(&app.db, &hash_of(token)).await?;
            let session = cookie::read(&headers, MEMBER_COOKIE).unwrap_or_default();
            store::proven(&app.db, &hash_of(session), app.clock.now()).await?;
            let over = cookie_of(app, ATTEMPT_COOKIE, "", &own.site.base, 0);
            Ok(with_cookies(see(&own.at(path)), &[over]))
        }
        _ => Ok(page(&own, &what, Some(&own.t("sessions-code-wrong")), true)),
    }
}
