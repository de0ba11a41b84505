//! The form of an issue: of which newsletter, on which topic, and its words in each of the tenant's languages.

use std::collections::BTreeMap;

use axum::extract::Path;
use axum::response::Response;
use lazo_domain::ids::NewsletterIssueId;
use maud::{Markup, html};

use super::console::id_of;
use super::settings::{self, Settings};
use super::{Issue, IssueDraft, change, get, make};
use crate::App;
use crate::features::brands::{self, Brand};
use crate::features::campaigns::Words;
use crate::features::segments;
use crate::http::{FieldError, Problem};
use crate::i18n::{Args, Locale};
use crate::web::{Desk, Fields, see, shell, ui};

const PARTS: [&str; 4] = ["subject", "body", "button", "link"];

pub(super) async fn new(desk: Desk<App>) -> Result<Response, Problem> {
    page(&desk, None, &Fields::default(), &[]).await
}

pub(super) async fn edit(desk: Desk<App>, Path(id): Path<String>) -> Result<Response, Problem> {
    let issue = get(&desk.scope, id_of(&id)?).await?;
    let brand = super::brand_of(&desk.scope.app.db, desk.scope.tenant, issue.brand).await?;
    let code = brand.map(|brand| brand.config.code).unwrap_or_default();
    page(&desk, Some(issue.id), &Fields::of(filled(&issue, &code)), &[]).await
}

pub(super) async fn send(desk: Desk<App>, fields: Fields) -> Result<Response, Problem> {
    take(&desk, None, &fields).await
}

pub(super) async fn send_change(
    desk: Desk<App>,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Problem> {
    take(&desk, Some(id_of(&id)?), &fields).await
}

async fn take(
    desk: &Desk<App>,
    id: Option<NewsletterIssueId>,
    fields: &Fields,
) -> Result<Response, Problem> {
    // The choice says of which newsletter and on which topic in one: `brand` or `brand/topic`.
    let (brand, topic) = fields.get("list").split_once('/').unwrap_or((fields.get("list"), ""));
    let draft = IssueDraft {
        brand: brand.to_owned(),
        topic: Some(topic.to_owned()).filter(|topic| !topic.is_empty()),
        texts: texts(desk, fields).await?,
    };
    let done = match id {
        Some(id) => change(&desk.scope, id, draft).await,
        None => make(&desk.scope, draft).await,
    };
    match done {
        Ok(issue) => Ok(see(&format!("/console/newsletter/issues/{}", issue.id))),
        Err(problem) if !problem.errors.is_empty() => page(desk, id, fields, &problem.errors).await,
        Err(problem) => Err(problem),
    }
}

async fn locales(desk: &Desk<App>) -> Result<Vec<Locale>, Problem> {
    let tenant = segments::own_tenant(&desk.scope).await?;
    let own: Vec<Locale> =
        tenant.config.locales.iter().filter_map(|tag| tag.parse().ok()).collect();
    Ok(if own.is_empty() { vec![tenant.config.locale()] } else { own })
}

/// The words of the form; a language without any is not written in.
async fn texts(desk: &Desk<App>, fields: &Fields) -> Result<BTreeMap<String, Words>, Problem> {
    let mut texts = BTreeMap::new();
    for locale in locales(desk).await? {
        let part = |part: &str| fields.get(&field(locale, part)).replace('\r', "");
        let [subject, body, button, link] = PARTS.map(part);
        let words = Words { subject, body, button, link };
        if words != Words::default() {
            texts.insert(locale.tag().to_owned(), words);
        }
    }
    Ok(texts)
}

/// The name of a field of words.
fn field(locale: Locale, part: &str) -> String {
    format!("{}_{part}", locale.tag())
}

/// The fields of an issue that was kept.
fn filled(issue: &Issue, brand: &str) -> Vec<(String, String)> {
    let list = match issue.topic.as_str() {
        "" => brand.to_owned(),
        topic => format!("{brand}/{topic}"),
    };
    let mut pairs = vec![("list".to_owned(), list)];
    for (tag, words) in &issue.texts {
        let values = [&words.subject, &words.body, &words.button, &words.link];
        for (part, value) in PARTS.iter().zip(values) {
            pairs.push((format!("{tag}_{part}"), value.clone()));
        }
    }
    pairs
}

async fn page(
    desk: &Desk<App>,
    id: Option<NewsletterIssueId>,
    fields: &Fields,
    errors: &[FieldError],
) -> Result<Response, Problem> {
    let title = desk.t(if id.is_some() { "newsletter-edit" } else { "newsletter-new" });
    let (db, tenant) = (&desk.scope.app.db, desk.scope.tenant);
    let mut lists = Vec::new();
    for brand in brands::store::all(db, tenant).await? {
        if let Some(found) = settings::of(db, tenant, brand.id).await? {
            lists.push((brand, found.settings));
        }
    }
    let action = match id {
        Some(id) => format!("/console/newsletter/issues/{id}/edit"),
        None => "/console/newsletter/new".to_owned(),
    };
    let locales = locales(desk).await?;
    let wrong = |name: &str| errors.iter().any(|error| error.pointer.starts_with(name));
    let main = html! {
        div.head {
            p { a href="/console/newsletter" { (desk.t("web-desk-newsletter")) } }
            h1 { (title) }
            p.quiet { (desk.t("newsletter-form-lead")) }
        }
        @if lists.is_empty() { (ui::note("careful", &desk.t("newsletter-no-list"))) } @else {
            @if !errors.is_empty() { (ui::note("bad", &desk.t("campaigns-look-again"))) }
            form.panel method="post" action=(action) {
                (ui::token(&desk.token))
                (choice(desk, &lists, fields.get("list")))
                @if wrong("/brand") || wrong("/topic") { p.wrong { (desk.t("newsletter-wrong-list")) } }
                p.quiet { (desk.t("campaigns-places")) " " code { "{{brand}}" } }
                @for (place, locale) in locales.iter().enumerate() {
                    @let base = format!("/texts/{}", locale.tag());
                    @let own: Vec<&FieldError> = errors.iter().filter(|error| error.pointer.starts_with(&base) || place == 0 && error.pointer == "/texts").collect();
                    @let title = locale.text("web-language", &Args::new());
                    @let written = PARTS.iter().any(|part| !fields.get(&field(*locale, part)).is_empty());
                    @if place == 0 { fieldset { legend { (title) } (words(desk, *locale, fields, &own)) } }
                    @else { details open[written || !own.is_empty()] { summary { (title) } (words(desk, *locale, fields, &own)) } }
                }
                div.acts { button.act { (desk.t("campaigns-keep")) } a href="/console/newsletter" { (desk.t("campaigns-leave")) } }
            }
        }
    };
    Ok(shell::console(desk, &title, &main))
}

/// To which list it goes, or to those of it who want a topic.
fn choice(desk: &Desk<App>, lists: &[(Brand, Settings)], chosen: &str) -> Markup {
    html! {
        div.field {
            label for="list" { (desk.t("newsletter-list")) }
            select id="list" name="list" {
                @for (brand, settings) in lists {
                    @let code = &brand.config.code;
                    option value=(code) selected[chosen == code] { (brand.config.name) " · " (desk.t("newsletter-whole-list")) }
                    @for topic in &settings.topics {
                        @let value = format!("{code}/{}", topic.code);
                        option value=(value) selected[chosen == value] { (brand.config.name) " · " (settings.topic(&topic.code, desk.locale).unwrap_or_default()) }
                    }
                }
            }
        }
    }
}

fn words(desk: &Desk<App>, locale: Locale, fields: &Fields, errors: &[&FieldError]) -> Markup {
    let name = |part: &str| field(locale, part);
    let wrong = |part: &str| {
        let found = errors.iter().find(|error| error.pointer.ends_with(&format!("/{part}")));
        found.map(|error| error.detail.as_str())
    };
    let line = |part: &'static str, key: &str| {
        ui::field(ui::Field {
            name: &name(part),
            label: &desk.t(key),
            value: fields.get(&name(part)),
            wrong: wrong(part),
            ..ui::Field::default()
        })
    };
    html! {
        div.part {
            @if errors.iter().any(|error| error.pointer == "/texts") { p.wrong { (desk.t("campaigns-wrong-texts")) } }
            (line("subject", "campaigns-subject"))
            div.field {
                label for=(name("body")) { (desk.t("campaigns-body")) }
                textarea id=(name("body")) name=(name("body")) rows="10" lang=(locale.tag()) aria-invalid=[wrong("body").map(|_| "true")] { (fields.get(&name("body"))) }
                @if let Some(why) = wrong("body") { p.wrong { (why) } }
            }
            div.cells.pair { (line("button", "campaigns-button")) (line("link", "campaigns-link")) }
        }
    }
}
