//! The console's page of somebody of the staff: who I am here, my password, my second factor, and where I am signed in.

use axum::Router;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::{get, post};
use lazo_domain::ids::StaffId;
use lazo_domain::time::Zone;
use maud::{Markup, html};

use super::console::ANY_ROLE;
use super::passwords::{self, Factor, PasswordRefusal};
use super::portal::{staff_cookie, told_device, with_cookies};
use super::{Device, Whose, begin, staff_of, store};
use crate::App;
use crate::features::staff;
use crate::http::Problem;
use crate::i18n::Args;
use crate::secrets::hash_of;
use crate::web::door::STAFF_COOKIE;
use crate::web::ui::{self, Field};
use crate::web::{Desk, Fields, PageRow, Who, barcode, cookie, see, shell};

/// Who may open what.
pub const PAGES: &[PageRow] = &[
    PageRow::console("/me", Who::Staff(ANY_ROLE)),
    PageRow::console("/me/password", Who::Staff(ANY_ROLE)).sent(),
    PageRow::console("/me/devices", Who::Staff(ANY_ROLE)).sent(),
];

/// The pages of this file.
pub fn pages() -> Router<App> {
    Router::new()
        .route("/me", get(me))
        .route("/me/password", post(set_password))
        .route("/me/devices", post(end_device))
}

/// The person who is there.
struct Person {
    id: StaffId,
    login: String,
    name: String,
    /// Has he or she a password yet?
    has_secret: bool,
}

async fn person(desk: &Desk<App>) -> Result<Person, Problem> {
    let missing = || Problem::new(403, "forbidden");
    let id = staff_of(&desk.scope.caller.principal).ok_or_else(missing)?;
    let db = &desk.scope.app.db;
    let (login, name) = staff::store::names_of(db, id).await?.ok_or_else(missing)?;
    let has_secret = staff::store::has_secret(db, id).await?;
    Ok(Person { id, login, name, has_secret })
}

async fn me(desk: Desk<App>, headers: HeaderMap) -> Result<Response, Problem> {
    page(&desk, &headers, None).await
}

async fn page(
    desk: &Desk<App>,
    headers: &HeaderMap,
    wrong: Option<(&str, String)>,
) -> Result<Response, Problem> {
    let person = person(desk).await?;
    let now = desk.scope.caller.real_now;
    let devices = store::staff_devices(&desk.scope.app.db, person.id, now).await?;
    let here = cookie::read(headers, STAFF_COOKIE).map(hash_of).unwrap_or_default();
    let title = desk.t("sessions-own-title");
    let main = html! {
        div.head {
            h1 { (person.name) }
            p.quiet { (person.login) }
        }
        @if desk.path.ends_with("?done=1") { (ui::note("good", &desk.t("sessions-own-done"))) }
        div.cells.two {
            section.part {
                h2 { (desk.t(if person.has_secret { "sessions-own-change" } else { "sessions-own-first" })) }
                p.quiet { (desk.t("sessions-own-ends")) }
                (password_form(desk, &person, wrong.as_ref()))
            }
            section.part {
                p { a.act.second href="/console/me/passkeys" { (desk.t("passkeys-title")) } }
                h2 { (desk.t("sessions-own-devices")) }
                ul.rows { @for device in &devices { li { (device_row(desk, device, &here)) } } }
            }
        }
    };
    Ok(shell::console(desk, &title, &main))
}

fn password_form(desk: &Desk<App>, person: &Person, wrong: Option<&(&str, String)>) -> Markup {
    let wrong_of =
        |name: &str| wrong.filter(|(field, _)| *field == name).map(|(_, text)| text.as_str());
    let field = |name: &'static str, key: &str, autocomplete: &'static str| {
        ui::field(Field {
            name,
            label: &desk.t(key),
            kind: if name == "code" { "text" } else { "password" },
            autocomplete,
            keys: (name == "code").then_some("numeric"),
            wrong: wrong_of(name),
            required: true,
            ..Field::default()
        })
    };
    html! {
        form method="post" action="/console/me/password" {
            (ui::token(&desk.token))
            // Password managers want to know whose it is.
            div.unseen aria-hidden="true" { input type="text" name="login" value=(person.login) autocomplete="username" tabindex="-1" readonly; }
            @if person.has_secret {
                (field("password", "sessions-own-old", "current-password"))
                (field("code", "sessions-second", "one-time-code"))
            }
            (ui::field(Field { name: "new", label: &desk.t("sessions-own-new"), hint: Some(&desk.t("sessions-own-length")),
                kind: "password", autocomplete: "new-password", wrong: wrong_of("new"), required: true, ..Field::default() }))
            (field("again", "sessions-own-again", "new-password"))
            div { button.act { (desk.t("sessions-own-set")) } }
        }
    }
}

fn device_row(desk: &Desk<App>, device: &Device, here: &[u8]) -> Markup {
    let zone = desk.scope.caller.tenancy.as_ref().map(|tenancy| tenancy.zone.clone());
    let seen = desk.locale.moment(device.seen_at, &zone.unwrap_or_else(Zone::utc));
    html! {
        div.row {
            span.what { @if device.device.is_empty() { (desk.t("sessions-own-unknown")) } @else { (device.device) } }
            @if device.hash == here { span.effect { (desk.t("sessions-own-here")) } } @else {
                form.inline method="post" action="/console/me/devices" {
                    (ui::token(&desk.token)) input type="hidden" name="session" value=(device.id);
                    button.plain { (desk.t("sessions-own-end")) }
                }
            }
            span.when { (desk.say("sessions-own-seen", Args::new().text("at", seen))) }
        }
    }
}

async fn set_password(
    desk: Desk<App>,
    State(app): State<App>,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, Problem> {
    let person = person(&desk).await?;
    let now = app.clock.now();
    let wrong = async |field, key| page(&desk, &headers, Some((field, desk.t(key)))).await;
    if fields.get("new") != fields.get("again") {
        return wrong("again", "sessions-own-differs").await;
    }
    if person.has_secret {
        let (old, code) = (fields.get("password"), fields.get("code"));
        let found = passwords::check(&app.db, &person.login, old, code, now).await?;
        if found != Some(person.id) {
            return wrong("password", "sessions-own-wrong").await;
        }
    }
    let factor = if person.has_secret { Factor::Same } else { Factor::New };
    let by = desk.scope.actor();
    let entropy = app.entropy.as_ref();
    let set = passwords::set(&app.db, entropy, (person.id, factor), fields.get("new"), by, now);
    let totp = match set.await {
        Ok(totp) => totp,
        Err(PasswordRefusal::Length) => return wrong("new", "sessions-own-length").await,
        Err(PasswordRefusal::Nobody) => return Err(Problem::new(403, "forbidden")),
        Err(PasswordRefusal::Store(error)) => return Err(error.into()),
    };
    // Every session is over, this browser's too: it gets a new one.
    let (secret, lasts_s) =
        begin(&app, Whose::Staff(person.id), &told_device(&headers), now).await?;
    let session = staff_cookie(&app, &secret, lasts_s);
    let answer = match totp {
        Some(totp) => factor_page(&desk, &person, &totp),
        None => see("/console/me?done=1"),
    };
    Ok(with_cookies(answer, &[session]))
}

/// The new second factor, shown this once. The session in `desk` is over, so the page has no form.
fn factor_page(desk: &Desk<App>, person: &Person, totp: &[u8]) -> Response {
    let uri = passwords::factor_uri(&person.login, totp);
    let words = passwords::factor_words(totp);
    let words: Vec<&str> =
        words.as_bytes().chunks(4).filter_map(|part| std::str::from_utf8(part).ok()).collect();
    let title = desk.t("sessions-factor-title");
    let main = html! {
        div.door {
            h1 { (title) }
            p { (desk.t("sessions-factor-lead")) }
            (barcode::qr(&uri, &desk.t("sessions-factor-code")))
            p { (desk.t("sessions-factor-typed")) }
            p { code { (words.join(" ")) } }
            p { a.act.second href=(uri) { (desk.t("sessions-factor-open")) } }
            p.quiet { (desk.t("sessions-factor-once")) }
            p { a.act href="/console/me" { (desk.t("sessions-factor-done")) } }
        }
    };
    shell::bare(desk.locale, &title, &main)
}

async fn end_device(desk: Desk<App>, fields: Fields) -> Result<Response, Problem> {
    let person = person(&desk).await?;
    let id = fields.get("session").parse().map_err(|_| Problem::not_found("not_found"))?;
    store::end_one_of_staff(&desk.scope.app.db, person.id, id).await?;
    Ok(see("/console/me"))
}
