//! The way into the console and the till: password with a second factor, links that open once, the choice of the
//! tenant, the way out; and the demo's letters.

use axum::Extension;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use axum::routing::{get, post};
use lazo_domain::time::SECOND;
use maud::html;

use super::portal::{cookie_of, staff_cookie, told_device, with_cookies};
use super::{Whose, begin, end, links, own, passwords};
use crate::App;
use crate::http::edge::Arrival;
use crate::http::{Problem, Role};
use crate::i18n::{Args, Locale};
use crate::web::cookie;
use crate::web::door::{STAFF_COOKIE, TENANT_COOKIE};
use crate::web::ui::{self, Field};
use crate::web::visit::Presence;
use crate::web::{Fields, PageRow, Who, see, shell};

/// Everybody who works here.
pub(super) const ANY_ROLE: &[Role] =
    &[Role::Cashier, Role::Agent, Role::Analyst, Role::ProgramManager, Role::Finance, Role::Admin];
/// How long the choice of a tenant is kept, in seconds.
const TENANT_S: i64 = 30 * 86_400;
/// Sign-ins that one network address may try for one login within the stretch below.
const TRIES_PER_LOGIN: u32 = 12;
/// The same for all logins together.
const TRIES_PER_ADDRESS: u32 = 60;
const TRIES_EVERY: i64 = 900 * SECOND;

/// Who may open what.
pub const PAGES: &[PageRow] = &[
    PageRow::console("/sign-in", Who::Anybody),
    PageRow::console("/sign-in", Who::Anybody).sent(),
    PageRow::console("/sign-out", Who::Staff(ANY_ROLE)).sent(),
    PageRow::console("/tenant", Who::Anybody),
    PageRow::console("/tenant", Who::Staff(ANY_ROLE)).sent(),
    PageRow::console("/open/{secret}", Who::Anybody),
    PageRow::console("/letters", Who::Anybody),
];

/// The pages of this noun.
pub fn pages() -> Router<App> {
    Router::new()
        .route("/sign-in", get(sign_in).post(check))
        .route("/sign-out", post(sign_out))
        .route("/tenant", get(tenants).post(choose_tenant))
        .route("/open/{secret}", get(open))
        .route("/letters", get(letters))
        .merge(own::pages())
}

async fn sign_in(Extension(presence): Extension<Presence>, uri: Uri) -> Response {
    if presence.session.is_some() {
        return see("/console");
    }
    let locale = presence.caller.locale;
    let unknown = locale.text("passkeys-unknown-here", &Args::new());
    sign_in_page(locale, "", (uri.query() == Some("passkey")).then_some(unknown.as_str()))
}

fn sign_in_page(locale: Locale, login: &str, wrong: Option<&str>) -> Response {
    let t = |key: &str| locale.text(key, &Args::new());
    let title = t("sessions-sign-in");
    let main = html! {
        div.door {
            h1 { (title) }
            @if let Some(wrong) = wrong { (ui::note("bad", wrong)) }
            form method="post" action="/console/sign-in" {
                (ui::field(Field { name: "login", label: &t("sessions-login"), value: login, autocomplete: "username",
                    required: true, ..Field::default() }))
                (ui::field(Field { name: "password", label: &t("sessions-password"), kind: "password",
                    autocomplete: "current-password", required: true, ..Field::default() }))
                (ui::field(Field { name: "code", label: &t("sessions-second"), hint: Some(&t("sessions-second-hint")),
                    autocomplete: "one-time-code", keys: Some("numeric"), required: true, ..Field::default() }))
                button.act.wide { (t("sessions-sign-in")) }
            }
            (ui::passkey("/console/passkey", &t("passkeys-sign-in"), &t("passkeys-stopped")))
        }
    };
    shell::bare(locale, &title, &main)
}

async fn check(
    State(app): State<App>,
    Extension(presence): Extension<Presence>,
    Extension(arrival): Extension<Arrival>,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, Problem> {
    let (login, now) = (fields.get("login"), app.clock.now());
    let known = login.to_lowercase();
    for (who, most) in [
        (format!("staff {} {known}", arrival.from), TRIES_PER_LOGIN),
        (format!("staff {}", arrival.from), TRIES_PER_ADDRESS),
    ] {
        let allowance = app.strangers.take_within(&who, most, most, TRIES_EVERY, now);
        if !allowance.granted {
            let problem = Problem::new(429, "too_many_tries");
            return Err(Problem { retry_after_s: Some(allowance.reset_s), ..problem });
        }
    }
    let found =
        passwords::check(&app.db, login, fields.get("password"), fields.get("code"), now).await?;
    let Some(staff) = found else {
        let locale = presence.caller.locale;
        let wrong = locale.text("sessions-staff-wrong", &Args::new());
        return Ok(sign_in_page(locale, login, Some(&wrong)));
    };
    let (secret, lasts_s) = begin(&app, Whose::Staff(staff), &told_device(&headers), now).await?;
    Ok(with_cookies(see("/console"), &[staff_cookie(&app, &secret, lasts_s)]))
}

async fn sign_out(
    State(app): State<App>,
    headers: HeaderMap,
    _: Fields,
) -> Result<Response, Problem> {
    if let Some(token) = cookie::read(&headers, STAFF_COOKIE) {
        end(&app.db, token).await?;
    }
    let over = [STAFF_COOKIE, TENANT_COOKIE].map(|name| cookie_of(&app, name, "", "/", 0));
    Ok(with_cookies(see("/console/sign-in"), &over))
}

/// For whom to work, where nobody has said it: the tenants there are, or that there is none; and the way out.
async fn tenants(Extension(presence): Extension<Presence>) -> Response {
    if presence.session.is_none() {
        return see("/console/sign-in");
    }
    let locale = presence.caller.locale;
    let t = |key: &str| locale.text(key, &Args::new());
    let none = presence.tenants.is_empty();
    let title = t(if none { "sessions-no-tenant" } else { "sessions-tenants" });
    let main = html! {
        div.door {
            h1 { (title) }
            p.lead { (t(if none { "sessions-no-tenant-lead" } else { "sessions-tenants-lead" })) }
            @for tenancy in &presence.tenants {
                form method="post" action="/console/tenant" {
                    (ui::token(&presence.token))
                    input type="hidden" name="tenant" value=(tenancy.code);
                    button.act.second.wide { (tenancy.name) }
                }
            }
            form method="post" action="/console/sign-out" {
                (ui::token(&presence.token))
                button.plain { (t("web-sign-out")) }
            }
        }
    };
    shell::bare(locale, &title, &main)
}

/// Works for another tenant from now on: one of those that the person belongs to.
async fn choose_tenant(
    State(app): State<App>,
    Extension(presence): Extension<Presence>,
    fields: Fields,
) -> Result<Response, Problem> {
    let wanted = fields.get("tenant");
    let known = presence.tenants.iter().any(|tenancy| tenancy.code == wanted);
    if !known {
        return Err(Problem::not_found("tenant_not_found"));
    }
    let cookie = cookie_of(&app, TENANT_COOKIE, wanted, "/", TENANT_S);
    // Whoever stands at a till is sent on to it from there.
    Ok(with_cookies(see("/console"), &[cookie]))
}

/// A link that opens signed in, once.
async fn open(
    State(app): State<App>,
    Extension(presence): Extension<Presence>,
    Path(secret): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    match links::take(&app, &secret).await? {
        Some((whose @ Whose::Staff(_), path)) => {
            let now = app.clock.now();
            let (secret, lasts_s) = begin(&app, whose, &told_device(&headers), now).await?;
            Ok(with_cookies(see(&path), &[staff_cookie(&app, &secret, lasts_s)]))
        }
        _ if presence.session.is_some() => Ok(see("/console")),
        _ => Err(Problem::new(404, "link_over")),
    }
}

/// The letters that the demo's own mail server kept.
async fn letters(
    State(app): State<App>,
    Extension(presence): Extension<Presence>,
) -> Result<Response, Problem> {
    let sink = app.letters.as_ref().ok_or_else(|| Problem::not_found("not_found"))?;
    let locale = presence.caller.locale;
    let t = |key: &str| locale.text(key, &Args::new());
    let all = sink.letters();
    let main = html! {
        div.part {
            h1 { (t("sessions-letters-title")) }
            p.quiet { (t("sessions-letters-lead")) }
        }
        @if all.is_empty() { p { (t("sessions-letters-none")) } }
        @for kept in &all {
            @let (subject, words) = kept.read();
            article.panel {
                h2 { (subject) }
                p.quiet.small { (kept.to.join(", ")) }
                p.letter { (words) }
            }
        }
    };
    Ok(shell::bare(locale, &t("sessions-letters-title"), &main))
}
