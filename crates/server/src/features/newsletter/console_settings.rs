//! How the newsletters of a tenant's brands are set up: open or not, how they greet, and their topics.

use std::collections::BTreeMap;

use axum::response::Response;
use maud::{Markup, html};

use super::settings::{self, GREETINGS, Settings, Topic};
use crate::App;
use crate::features::brands::{self, Brand};
use crate::http::Problem;
use crate::i18n::{Args, Locale};
use crate::web::{Desk, Fields, see, shell, ui};

/// Topics that the form has; more of them go by the API.
const TOPICS: usize = 4;

pub(super) async fn show(desk: Desk<App>) -> Result<Response, Problem> {
    page(&desk, "").await
}

async fn page(desk: &Desk<App>, wrong: &str) -> Result<Response, Problem> {
    let (db, tenant) = (&desk.scope.app.db, desk.scope.tenant);
    let mut all = Vec::new();
    for brand in brands::store::all(db, tenant).await? {
        let found = settings::of(db, tenant, brand.id).await?;
        all.push((brand, found.map(|found| found.settings).unwrap_or_default()));
    }
    let title = desk.t("newsletter-settings");
    let main = html! {
        div.head {
            p { a href="/console/newsletter" { (desk.t("web-desk-newsletter")) } }
            h1 { (title) }
            p.quiet { (desk.t("newsletter-settings-lead")) }
        }
        @if desk.path.ends_with("?saved") { (ui::note("good", &desk.t("newsletter-saved"))) }
        @if !wrong.is_empty() { (ui::note("bad", &desk.t("newsletter-wrong-topics"))) }
        @for (brand, settings) in &all { (one(desk, brand, settings)) }
    };
    Ok(shell::console(desk, &title, &main))
}

fn one(desk: &Desk<App>, brand: &Brand, settings: &Settings) -> Markup {
    let code = &brand.config.code;
    let id = |name: &str| format!("{code}-{name}");
    html! {
        section.part {
            h2 { (brand.config.name) }
            @if brand.config.site.is_none() { p.note { (desk.t("newsletter-needs-portal")) } } @else {
                form.panel method="post" action="/console/newsletter/settings" {
                    (ui::token(&desk.token))
                    input type="hidden" name="brand" value=(code);
                    div.check { input type="checkbox" id=(id("open")) name="open" value="1" checked[settings.open]; label for=(id("open")) { (desk.t("newsletter-open")) } }
                    div.field {
                        label for=(id("greeting")) { (desk.t("newsletter-greeting")) }
                        select id=(id("greeting")) name="greeting" {
                            @for greeting in GREETINGS {
                                option value=(greeting) selected[settings.greeting == greeting] { (Locale::EsEs.text("newsletter-greeting-word", &Args::new().text("greeting", greeting))) }
                            }
                        }
                    }
                    fieldset {
                        legend { (desk.t("newsletter-topics")) }
                        p.quiet { (desk.t("newsletter-topics-hint")) }
                        @for at in 0..TOPICS {
                            @let topic = settings.topics.get(at);
                            @let name = |tag: &str| topic.and_then(|topic| topic.name.get(tag)).map_or("", String::as_str);
                            div.cells.pair.three {
                                @for (part, key, value) in [("code", "newsletter-topic-code", topic.map_or("", |topic| topic.code.as_str())),
                                    ("es", "newsletter-topic-es", name("es")), ("en", "newsletter-topic-en", name("en"))] {
                                    @let field = format!("topic-{at}-{part}");
                                    div.field {
                                        label for=(id(&field)) { (desk.say(key, Args::new().text("number", (at + 1).to_string()))) }
                                        input id=(id(&field)) name=(field) value=(value) autocomplete="off";
                                    }
                                }
                            }
                        }
                    }
                    div.acts { button.act { (desk.t("newsletter-save")) } }
                }
            }
        }
    }
}

pub(super) async fn send(desk: Desk<App>, fields: Fields) -> Result<Response, Problem> {
    let brand = fields.get("brand");
    let missing = || Problem::not_found("newsletter_not_found");
    let (_, before) = settings::named(&desk.scope, brand).await?.ok_or_else(missing)?;
    let mut topics: Vec<Topic> = (0..TOPICS).filter_map(|at| topic(&fields, at)).collect();
    // Those beyond the form stay as they are.
    topics.extend(before.into_iter().flat_map(|it| it.settings.topics).skip(TOPICS));
    let wanted = Settings {
        open: fields.is_set("open"),
        greeting: fields.get("greeting").to_owned(),
        topics,
    };
    match settings::set(&desk.scope, brand, &wanted).await {
        Ok(()) => Ok(see("/console/newsletter/settings?saved")),
        Err(problem) if !problem.errors.is_empty() => page(&desk, "topics").await,
        Err(problem) => Err(problem),
    }
}

fn topic(fields: &Fields, at: usize) -> Option<Topic> {
    let part = |part: &str| fields.get(&format!("topic-{at}-{part}")).to_owned();
    let names = ["es", "en"].map(|tag| (tag.to_owned(), part(tag)));
    let name: BTreeMap<String, String> =
        names.into_iter().filter(|(_, name)| !name.is_empty()).collect();
    let topic = Topic { code: part("code"), name };
    (topic != Topic::default()).then_some(topic)
}
