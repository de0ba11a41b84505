//! Registers at the desk: each as a table, each entry as a form with everything that it said before.

use axum::Router;
use axum::extract::Path;
use axum::response::Response;
use axum::routing::{get, post};
use lazo_domain::ids::RegisterEntryId;
use maud::{Markup, html};

use super::form::{self, Told};
use super::{Entry, READERS, Register, Values, WRITERS, store};
use crate::App;
use crate::features::staff;
use crate::http::Problem;
use crate::i18n::Args;
use crate::web::{Desk, Fields, PageRow, Who, see, shell, ui};

/// Who may open what.
pub const PAGES: &[PageRow] = &[
    PageRow::console("/registers/{register}", Who::Staff(READERS)),
    PageRow::console("/registers/{register}/{entry}", Who::Staff(READERS)),
    PageRow::console("/registers/{register}/{entry}", Who::Staff(WRITERS)).sent(),
    PageRow::console("/registers/{register}/{entry}/remove", Who::Staff(WRITERS)).sent(),
];

/// The word in the path that stands for an entry that is not there yet.
const NEW: &str = "new";

/// The pages of this noun.
pub fn pages() -> Router<App> {
    Router::new()
        .route("/registers/{register}", get(list))
        .route("/registers/{register}/{entry}", get(open).post(save))
        .route("/registers/{register}/{entry}/remove", post(remove))
}

/// What a register is called.
#[must_use]
pub fn title(desk: &Desk<App>, register: &Register) -> String {
    desk.t(&format!("registers-{}", register.code.replace('_', "-")))
}

fn may_write(desk: &Desk<App>) -> bool {
    WRITERS.iter().any(|role| desk.scope.is(*role))
}

async fn list(desk: Desk<App>, Path(code): Path<String>) -> Result<Response, Problem> {
    let register = super::known(&code)?;
    let entries = super::all(&desk.scope, register.code).await?;
    let told = Told::of(&desk, register).await?;
    let title = title(&desk, register);
    let main = html! {
        div.head {
            p { a href=(register.home) { (home(&desk, register)) } }
            h1 { (title) }
            p.quiet { (desk.t(&format!("registers-{}-lead", code.replace('_', "-")))) }
        }
        (table(&desk, register, &entries, &told))
        @if may_write(&desk) {
            div.acts { a.act href=(format!("/console/registers/{code}/{NEW}")) { (desk.t("registers-add")) } }
        }
    };
    Ok(shell::console(&desk, &title, &main))
}

/// The page that a register belongs to, by the name that the rail gives it.
fn home(desk: &Desk<App>, register: &Register) -> String {
    let place = register.home.rsplit('/').next().unwrap_or_default();
    desk.t(&format!("web-desk-{place}"))
}

/// The entries of a register as a table.
#[must_use]
pub fn table(desk: &Desk<App>, register: &Register, entries: &[Entry], told: &Told) -> Markup {
    let title = title(desk, register);
    if entries.is_empty() {
        return html! { p.quiet { (desk.t("registers-none")) } };
    }
    let fields: Vec<_> = register.fields.iter().filter(|field| field.listed).collect();
    html! {
        div.scroll tabindex="0" role="region" aria-label=(title) {
            table.register {
                caption.unseen { (title) }
                thead { tr { @for field in &fields { th.n[form::is_number(field.kind)] scope="col" { (form::label(desk, field.name)) } } } }
                tbody {
                    @for entry in entries {
                        tr {
                            @for (place, field) in fields.iter().enumerate() {
                                @let shown = told.shown(desk, field, entry.values.get(field.name));
                                @if place == 0 {
                                    th scope="row" { a href=(path(register, entry.id)) { (shown) } }
                                } @else {
                                    td.n[form::is_number(field.kind)] { (shown) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Where an entry is opened.
#[must_use]
pub fn path(register: &Register, id: RegisterEntryId) -> String {
    format!("/console/registers/{}/{id}", register.code)
}

async fn open(
    desk: Desk<App>,
    Path((code, id)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let register = super::known(&code)?;
    if id == NEW {
        let values = form::beginning(register, &desk.path);
        return page(&desk, register, None, &values, &[]).await;
    }
    let entry = super::get(&desk.scope, register, id_of(&id)?).await?;
    let values = entry.values.clone();
    page(&desk, register, Some(&entry), &values, &[]).await
}

fn id_of(text: &str) -> Result<RegisterEntryId, Problem> {
    text.parse().map_err(|_| Problem::not_found("entry_not_found"))
}

async fn page(
    desk: &Desk<App>,
    register: &Register,
    entry: Option<&Entry>,
    values: &Values,
    wrong: &[(String, String)],
) -> Result<Response, Problem> {
    let told = Told::of(desk, register).await?;
    let first = &register.fields[0];
    let title = match entry {
        Some(entry) => told.shown(desk, first, entry.values.get(first.name)),
        None => desk.t("registers-add"),
    };
    let own = entry.map_or(NEW.to_owned(), |entry| entry.id.to_string());
    let action = format!("/console/registers/{}/{own}", register.code);
    let main = html! {
        div.head {
            p { a href=(format!("/console/registers/{}", register.code)) { (self::title(desk, register)) } }
            h1 { (title) }
        }
        @if !wrong.is_empty() { (ui::note("bad", &desk.t("registers-wrong"))) }
        @if may_write(desk) {
            form.panel method="post" action=(action) {
                (ui::token(&desk.token))
                @if let Some(entry) = entry { input type="hidden" name="revision" value=(entry.revision); }
                @for field in register.fields {
                    (told.field(desk, field, values.get(field.name), wrong))
                }
                div.acts {
                    button.act { (desk.t("registers-save")) }
                    a href=(format!("/console/registers/{}", register.code)) { (desk.t("registers-leave")) }
                }
            }
        } @else {
            dl.pairs.panel {
                @for field in register.fields {
                    div { dt { (form::label(desk, field.name)) } dd { (told.shown(desk, field, values.get(field.name))) } }
                }
            }
        }
        @if let Some(entry) = entry { (history(desk, register, entry, &told).await?) }
    };
    Ok(shell::console(desk, &title, &main))
}

/// Who changed what, and when.
async fn history(
    desk: &Desk<App>,
    register: &Register,
    entry: &Entry,
    told: &Told,
) -> Result<Markup, Problem> {
    let db = &desk.scope.app.db;
    let changes = store::changes(db, desk.scope.tenant, register.code, entry.id).await?;
    let mut lines = Vec::new();
    for (place, change) in changes.iter().enumerate() {
        let who = staff::told(db, &change.actor).await?;
        let before = changes.get(place + 1).and_then(|before| before.values.as_ref());
        let after = change.values.as_ref();
        let differs = register.fields.iter().filter(|field| {
            before.is_some()
                && before.and_then(|b| b.get(field.name)) != after.and_then(|a| a.get(field.name))
        });
        let told: Vec<String> = differs
            .map(|field| {
                let shown = |values: Option<&Values>| {
                    told.shown(desk, field, values.and_then(|values| values.get(field.name)))
                };
                format!("{}: {} → {}", form::label(desk, field.name), shown(before), shown(after))
            })
            .collect();
        lines.push((who, change.at, told));
    }
    Ok(html! {
        section.part {
            h2 { (desk.t("registers-changes")) }
            ul.rows {
                @for (who, at, told) in lines {
                    li { div.row {
                        span.what { (who) }
                        span.when { (desk.locale.moment(at, &told_zone(desk))) }
                        @for line in told { span.why { (line) } }
                    } }
                }
            }
            @if may_write(desk) {
                form method="post" action=(format!("{}/remove", path(register, entry.id))) {
                    (ui::token(&desk.token))
                    button.plain { (desk.t("registers-remove")) }
                }
            }
        }
    })
}

fn told_zone(desk: &Desk<App>) -> lazo_domain::time::Zone {
    let tenancy = desk.scope.caller.tenancy.as_ref();
    tenancy.map_or_else(lazo_domain::time::Zone::utc, |tenancy| tenancy.zone.clone())
}

async fn save(
    desk: Desk<App>,
    Path((code, id)): Path<(String, String)>,
    fields: Fields,
) -> Result<Response, Problem> {
    let register = super::known(&code)?;
    let told = Told::of(&desk, register).await?;
    let values = told.read(register, &fields);
    let entry = match id.as_str() {
        NEW => None,
        id => Some(super::get(&desk.scope, register, id_of(id)?).await?),
    };
    let done = match &entry {
        None => super::add(&desk.scope, register, values.clone()).await,
        Some(entry) => {
            let revision = fields.get("revision").parse().unwrap_or(0);
            super::change(&desk.scope, register, entry.id, revision, values.clone()).await
        }
    };
    match done {
        Ok(_) => Ok(see(&format!("/console/registers/{code}"))),
        Err(problem) if !problem.errors.is_empty() => {
            let wrong = super::wrong_fields(&problem.errors);
            page(&desk, register, entry.as_ref(), &values, &wrong).await
        }
        Err(problem) => Err(problem),
    }
}

async fn remove(
    desk: Desk<App>,
    Path((code, id)): Path<(String, String)>,
    _: Fields,
) -> Result<Response, Problem> {
    let register = super::known(&code)?;
    super::remove(&desk.scope, register, id_of(&id)?).await?;
    Ok(see(&format!("/console/registers/{code}")))
}

/// A line about how much there is, for the pages that put registers together.
#[must_use]
pub fn count(desk: &Desk<App>, n: i64) -> String {
    let args = Args::new().count("n", n).text("number", desk.locale.number(n, 0));
    desk.say("registers-count", args)
}

/// A field of a register by its name.
pub fn field(register: &'static Register, name: &str) -> Result<&'static super::Field, Problem> {
    let found = register.fields.iter().find(|field| field.name == name);
    found.ok_or_else(|| Problem::not_found("not_found"))
}
