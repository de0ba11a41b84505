//! The way into the portal: sign in and join by a one-time code, links that open once, and the way out.

use axum::Extension;
use axum::Router;
use axum::extract::Path;
use axum::http::HeaderMap;
use axum::http::header::{SET_COOKIE, USER_AGENT};
use axum::response::Response;
use axum::routing::{get, post};
use lazo_domain::time::SECOND;
use maud::{Markup, html};

use super::codes::{self, DIGITS, Verdict};
use super::{Whose, begin, device, end, links, store};
use crate::App;
use crate::features::invitations::{self, Arrived};
use crate::features::members::{self, EMAIL, Enrollment, Identifier, MemberKind};
use crate::features::tenants::{self, Attributes};
use crate::features::{members::Member, memberships};
use crate::http::Problem;
use crate::http::edge::Arrival;
use crate::i18n::Args;
use crate::secrets::{Secret, hash_of};
use crate::web::cookie::{self, Cookie};
use crate::web::door::{MEMBER_COOKIE, STAFF_COOKIE};
use crate::web::ui::{self, Field, Icon, icon};
use crate::web::{Fields, Guest, PageRow, Who, see, shell};

/// The cookie of an attempt on its way.
pub const ATTEMPT_COOKIE: &str = "lazo_attempt";
/// How long that cookie lasts, in seconds; the attempt itself ends sooner.
pub const ATTEMPT_S: i64 = 900;

/// Codes that one network address may ask a brand for within an hour.
const STARTS_PER_HOUR: u32 = 10;
/// Codes that a brand sends within an hour to whoever is not signed in.
const STARTS_OF_ALL_PER_HOUR: u32 = 3_000;
const HOUR: i64 = 3_600 * SECOND;

/// Who may open what.
pub const PAGES: &[PageRow] = &[
    PageRow::portal("/sign-in", Who::Anybody),
    PageRow::portal("/sign-in", Who::Anybody).sent(),
    PageRow::portal("/join", Who::Anybody),
    PageRow::portal("/join", Who::Anybody).sent(),
    PageRow::portal("/code", Who::Anybody),
    PageRow::portal("/code", Who::Anybody).sent(),
    PageRow::portal("/welcome", Who::Anybody),
    PageRow::portal("/welcome", Who::Anybody).sent(),
    PageRow::portal("/sign-out", Who::Own).sent(),
    PageRow::portal("/open/{secret}", Who::Anybody),
];

/// The pages of this noun.
pub fn pages() -> Router<App> {
    Router::new()
        .route("/sign-in", get(sign_in).post(send_code))
        .route("/join", get(join).post(send_join_code))
        .route("/code", get(code).post(check_code))
        .route("/welcome", get(welcome).post(enroll_proven))
        .route("/sign-out", post(sign_out))
        .route("/open/{secret}", get(open))
}

/// Asks who it is.
async fn sign_in(guest: Guest<App>) -> Response {
    if guest.signed_in {
        return see(&guest.site.base);
    }
    sign_in_page(&guest, "", None)
}

fn sign_in_page(guest: &Guest<App>, typed: &str, wrong: Option<&str>) -> Response {
    let title = guest.t("sessions-sign-in");
    let main = html! {
        div.door {
            div.part {
                h1 { (title) }
                p.lead { (guest.t("sessions-sign-in-lead")) }
            }
            form method="post" action=(guest.at("/sign-in")) {
                (ui::field(Field { name: "who", label: &guest.t("sessions-who"), hint: Some(&guest.t("sessions-who-hint")),
                    wrong, value: typed, autocomplete: "username", required: true, ..Field::default() }))
                button.act.wide { (guest.t("sessions-send-code")) }
            }
            @if guest.path.ends_with("?passkey") { (ui::note("bad", &guest.t("passkeys-unknown-here"))) }
            (ui::passkey(&guest.at("/passkey"), &guest.t("passkeys-sign-in"), &guest.t("passkeys-stopped")))
            p { (guest.t("sessions-no-account")) " " a href=(guest.at("/join")) { (guest.t("sessions-join-link")) } }
        }
    };
    shell::portal(guest, &title, None, &main)
}

async fn send_code(
    guest: Guest<App>,
    Extension(arrival): Extension<Arrival>,
    fields: Fields,
) -> Result<Response, Problem> {
    let typed = fields.get("who");
    if typed.is_empty() || typed.chars().count() > members::MAX_IDENTIFIER {
        return Ok(sign_in_page(&guest, typed, Some(&guest.t("sessions-who-wrong"))));
    }
    begun(&guest, &arrival.from, typed, false).await
}

/// What there is in it, and one field.
async fn join(guest: Guest<App>) -> Response {
    if guest.signed_in {
        return see(&guest.site.base);
    }
    join_page(&guest, "", None)
}

fn join_page(guest: &Guest<App>, typed: &str, wrong: Option<&str>) -> Response {
    let title = guest.say("sessions-join", Args::new().text("brand", &guest.site.name));
    let main = html! {
        div.door {
            div.part { h1 { (title) } p.lead { (guest.t("sessions-join-lead")) } }
            (promise(guest))
            form method="post" action=(guest.at("/join")) {
                (ui::field(Field { name: "email", label: &guest.t("sessions-email"), wrong, value: typed, kind: "email",
                    autocomplete: "email", keys: Some("email"), required: true, ..Field::default() }))
                button.act.wide { (guest.t("sessions-join-act")) }
                (terms(guest))
            }
            p { (guest.t("sessions-has-account")) " " a href=(guest.at("/sign-in")) { (guest.t("sessions-sign-in")) } }
        }
    };
    shell::portal(guest, &title, None, &main)
}

/// What holds for whoever joins: how it works, and what becomes of personal data.
fn terms(guest: &Guest<App>) -> Markup {
    html! {
        p.quiet.small { (guest.t("sessions-terms")) " " a href=(guest.at("/program")) { (guest.t("sessions-terms-link")) } }
        @if guest.site.privacy.is_some() {
            p.quiet.small { (guest.t("sessions-privacy")) " " a href=(guest.at("/privacy")) { (guest.t("web-privacy")) } }
        }
    }
}

fn promise(guest: &Guest<App>) -> Markup {
    html! {
        ul.promise {
            li { (icon(Icon::Check)) span { (guest.t("sessions-promise-one")) } }
            li { (icon(Icon::Check)) span { (guest.t("sessions-promise-two")) } }
            li { (icon(Icon::Check)) span { (guest.t("sessions-promise-three")) } }
        }
    }
}

async fn send_join_code(
    guest: Guest<App>,
    Extension(arrival): Extension<Arrival>,
    fields: Fields,
) -> Result<Response, Problem> {
    let typed = fields.get("email");
    if Identifier::new(EMAIL, typed, &guest.tenancy.country).is_err() {
        return Ok(join_page(&guest, typed, Some(&guest.t("sessions-email-wrong"))));
    }
    begun(&guest, &arrival.from, typed, true).await
}

/// Begins an attempt, unless so many came from there, or for this brand, that somebody is only making us write letters.
async fn begun(
    guest: &Guest<App>,
    from: &str,
    typed: &str,
    joins: bool,
) -> Result<Response, Problem> {
    let knocks = [
        (format!("code {} {from}", guest.site.base), STARTS_PER_HOUR),
        (format!("code {}", guest.site.base), STARTS_OF_ALL_PER_HOUR),
    ];
    let now = guest.app.clock.now();
    for (who, most) in knocks {
        let allowance = guest.app.strangers.take_within(&who, most, most, HOUR, now);
        if !allowance.granted {
            let problem = Problem::new(429, "too_many_codes");
            return Err(Problem { retry_after_s: Some(allowance.reset_s), ..problem });
        }
    }
    let secret = codes::begin(&guest.app, &guest.tenancy, &guest.visit, typed, joins).await?;
    let attempt = baked(guest, ATTEMPT_COOKIE, &secret.text, ATTEMPT_S);
    Ok(with_cookies(see(&guest.at("/code")), &[attempt]))
}

/// Asks for the code.
async fn code(guest: Guest<App>) -> Response {
    code_page(&guest, None)
}

fn code_page(guest: &Guest<App>, wrong: Option<&str>) -> Response {
    let title = guest.t("sessions-code");
    let main = html! {
        div.door {
            div.part { h1 { (title) } p.lead { (guest.t("sessions-code-lead")) } }
            form method="post" action=(guest.at("/code")) {
                (ui::field(Field { name: "code", label: &guest.t("sessions-code-label"), hint: Some(&guest.t("sessions-code-hint")), wrong,
                    autocomplete: "one-time-code", keys: Some("numeric"), class: Some("code"), required: true, ..Field::default() }))
                button.act.wide { (guest.t("sessions-code-act")) }
            }
            p { (guest.t("sessions-code-none")) " " a href=(guest.at("/sign-in")) { (guest.t("sessions-code-again")) } }
            @if guest.app.letters.is_some() { p.note { a href="/console/letters" { (guest.t("sessions-letters")) } } }
        }
    };
    shell::portal(guest, &title, None, &main)
}

async fn check_code(
    guest: Guest<App>,
    Extension(arrival): Extension<Arrival>,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, Problem> {
    let token = cookie::read(&headers, ATTEMPT_COOKIE).unwrap_or_default();
    let given = fields.get("code");
    let digits = given.chars().filter(char::is_ascii_digit).count();
    let verdict = if digits == DIGITS {
        codes::check(&guest.app, token, given).await?
    } else {
        Verdict::Wrong
    };
    match verdict {
        Verdict::Right(attempt) if attempt.tenant != guest.tenancy.id => {
            Err(Problem::not_found("not_found"))
        }
        Verdict::Right(attempt) => match attempt.member {
            Some(id) => {
                let found = members::store::by_id(&guest.app.db, attempt.tenant, id).await?;
                let member = found.ok_or_else(|| Problem::not_found("member_not_found"))?;
                signed_in(&guest, &headers, &member, token).await
            }
            None if attempt.joins => enroll(&guest, &headers, token, &arrival.from).await,
            None if attempt.email.is_some() => Ok(see(&guest.at("/welcome"))),
            None => Ok(code_page(&guest, Some(&guest.t("sessions-code-wrong")))),
        },
        Verdict::Wrong => Ok(code_page(&guest, Some(&guest.t("sessions-code-wrong")))),
    }
}

/// The address is proven and nobody has it: join with it?
async fn welcome(guest: Guest<App>, headers: HeaderMap) -> Result<Response, Problem> {
    let token = cookie::read(&headers, ATTEMPT_COOKIE).unwrap_or_default();
    let attempt = codes::proven(&guest.app, token).await?;
    let Some(email) = attempt.and_then(|attempt| attempt.email) else {
        return Ok(see(&guest.at("/join")));
    };
    let title = guest.t("sessions-nobody");
    let main = html! {
        div.door {
            div.part { h1 { (title) } p.lead { (guest.say("sessions-nobody-lead", Args::new().text("email", email))) } }
            (promise(&guest))
            form method="post" action=(guest.at("/welcome")) {
                button.act.wide { (guest.t("sessions-join-act")) }
                (terms(&guest))
            }
        }
    };
    Ok(shell::portal(&guest, &title, None, &main))
}

async fn enroll_proven(
    guest: Guest<App>,
    Extension(arrival): Extension<Arrival>,
    headers: HeaderMap,
    _: Fields,
) -> Result<Response, Problem> {
    let token = cookie::read(&headers, ATTEMPT_COOKIE).unwrap_or_default().to_owned();
    enroll(&guest, &headers, &token, &arrival.from).await
}

/// Enrolls whoever proved an address, in all programs of the brand, and signs him or her in.
async fn enroll(
    guest: &Guest<App>,
    headers: &HeaderMap,
    token: &str,
    from: &str,
) -> Result<Response, Problem> {
    let app = &guest.app;
    let attempt = codes::proven(app, token).await?;
    let attempt = attempt.filter(|attempt| attempt.tenant == guest.tenancy.id);
    let Some(email) = attempt.and_then(|attempt| attempt.email) else {
        return Ok(see(&guest.at("/join")));
    };
    let tenant = tenants::store::by_id(&app.db, guest.tenancy.id).await?;
    let tenant = tenant.ok_or_else(|| Problem::not_found("tenant_not_found"))?;
    let now = app.clock.now();
    let asked = Enrollment {
        kind: MemberKind::Person,
        identifiers: vec![(EMAIL.to_owned(), email.clone())],
        locale: Some(guest.locale),
        attributes: Attributes::new(),
        program: guest.site.programs.first().copied(),
        enrolled_at: guest.tenancy.now(now),
    };
    let member = match members::enroll(&app.db, &app.ids, &tenant, &asked, now).await {
        Ok(member) => member,
        // Somebody joined with it in the meantime: the same person, who has just proven it.
        Err(members::EnrollRefusal::IdentifierTaken(_)) => {
            let name = (tenant.id, EMAIL.to_owned(), email.clone());
            let found = app.lookups.identifiers.get(name).await?;
            let active = found.filter(|member| member.status == members::MemberStatus::Active);
            active.ok_or_else(|| Problem::not_found("member_not_found"))?
        }
        Err(members::EnrollRefusal::Store(error)) => return Err(error.into()),
        Err(_) => return Err(Problem::new(422, "invalid")),
    };
    let joined = [(member.id, member.account)];
    let mut tx = app.db.begin().await?;
    for program in &guest.site.programs {
        memberships::store::join(&mut tx, tenant.id, *program, &joined, asked.enrolled_at).await?;
    }
    if let Some(told) = &guest.site.privacy {
        let seen = (guest.site.brand, told.version.as_str());
        store::note_privacy(&mut tx, tenant.id, member.id, seen, now).await?;
    }
    tx.commit().await?;
    if let Some(program) = asked.program {
        let arrived =
            Arrived { member: &member, email: &email, program, from, now: asked.enrolled_at };
        // Whoever has joined has joined, also where nobody can say who invited.
        if let Err(error) = invitations::joined(app, headers, &arrived).await {
            let error = &error as &dyn std::error::Error;
            tracing::warn!(error, member = %member.id, "nobody was noted as who invited");
        }
    }
    let response = signed_in(guest, headers, &member, token).await?;
    Ok(invitations::portal::done(app, &guest.visit, response))
}

async fn signed_in(
    guest: &Guest<App>,
    headers: &HeaderMap,
    member: &Member,
    attempt: &str,
) -> Result<Response, Problem> {
    store::take_attempt(&guest.app.db, &hash_of(attempt)).await?;
    let whose = Whose::Member { tenant: member.tenant, member: member.id, account: member.account };
    let (secret, lasts_s) =
        begin(&guest.app, whose, &told_device(headers), guest.app.clock.now()).await?;
    let session = baked(guest, MEMBER_COOKIE, &secret.text, lasts_s);
    let over = baked(guest, ATTEMPT_COOKIE, "", 0);
    Ok(with_cookies(see(&guest.site.base), &[session, over]))
}

async fn sign_out(guest: Guest<App>, headers: HeaderMap, _: Fields) -> Result<Response, Problem> {
    if let Some(token) = cookie::read(&headers, MEMBER_COOKIE) {
        end(&guest.app.db, token).await?;
    }
    let over = baked(&guest, MEMBER_COOKIE, "", 0);
    Ok(with_cookies(see(&guest.at("/sign-in")), &[over]))
}

/// A link that opens signed in, once.
async fn open(
    guest: Guest<App>,
    Path((_, secret)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    match links::take(&guest.app, &secret).await? {
        Some((whose @ Whose::Member { tenant, .. }, path)) if tenant == guest.tenancy.id => {
            let now = guest.app.clock.now();
            let (secret, lasts_s) = begin(&guest.app, whose, &told_device(&headers), now).await?;
            let session = baked(&guest, MEMBER_COOKIE, &secret.text, lasts_s);
            Ok(with_cookies(see(&path), &[session]))
        }
        // Opened before, as a reload does: whoever is in stays in.
        _ if guest.signed_in => Ok(see(&guest.site.base)),
        _ => Err(Problem::new(404, "link_over")),
    }
}

/// What the browser calls itself.
pub(super) fn told_device(headers: &HeaderMap) -> String {
    device(headers.get(USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default())
}

fn baked(guest: &Guest<App>, name: &str, value: &str, max_age_s: i64) -> String {
    cookie_of(&guest.app, name, value, &guest.site.base, max_age_s)
}

/// A cookie as text.
pub fn cookie_of(app: &App, name: &str, value: &str, path: &str, max_age_s: i64) -> String {
    let secure = app.faces.is_secure();
    let header = Cookie { name, value, path, max_age_s, secure }.header();
    header.and_then(|value| value.to_str().map(str::to_owned).ok()).unwrap_or_default()
}

/// An answer that sets cookies.
pub fn with_cookies(mut response: Response, cookies: &[String]) -> Response {
    for cookie in cookies {
        if let Ok(value) = cookie.parse() {
            response.headers_mut().append(SET_COOKIE, value);
        }
    }
    response
}

/// The staff's session cookie.
pub(super) fn staff_cookie(app: &App, secret: &Secret, lasts_s: i64) -> String {
    cookie_of(app, STAFF_COOKIE, &secret.text, "/", lasts_s)
}
