//! The form of a journey: who enters, the goal, and its steps one below the other, each with its place in the order. It begins
//! from a template, from another journey, or from nothing.

use axum::extract::{Path, Query};
use axum::response::Response;
use lazo_domain::ids::JourneyId;
use maud::{Markup, html};
use serde::Deserialize;

use super::console::id_of;
use super::form_fields::{ENTRIES, GOALS, KINDS, filled, slots, written};
use super::{JourneyDraft, change, get, make, templates};
use crate::App;
use crate::features::campaigns::PURPOSES;
use crate::features::campaigns::console_form::{locales, words};
use crate::features::campaigns::content::PLACES;
use crate::features::segments;
use crate::features::tenants::Tenant;
use crate::http::{FieldError, Problem};
use crate::i18n::Args;
use crate::web::{Desk, Fields, see, shell, ui};

/// What a link to the form says.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Wanted {
    template: String,
    of: String,
}

/// Fields that were sent or filled in, with what is wrong with them.
struct Sheet<'a> {
    desk: &'a Desk<App>,
    tenant: &'a Tenant,
    fields: &'a Fields,
    errors: &'a [FieldError],
}

pub(super) async fn new(
    desk: Desk<App>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Problem> {
    let tenant = segments::own_tenant(&desk.scope).await?;
    if let Ok(id) = wanted.of.parse::<JourneyId>() {
        let journey = get(&desk.scope, id).await?;
        return page(&desk, None, &Fields::of(filled(&JourneyDraft::from(journey))), &[]).await;
    }
    match templates::of(&wanted.template, &tenant, desk.locale) {
        Some(draft) => page(&desk, None, &Fields::of(filled(&draft)), &[]).await,
        None if wanted.template == "none" => {
            let usual = [
                ("group", super::USUAL_GROUP),
                ("priority", "50"),
                ("holdout", "10"),
                ("goal_count", "1"),
                ("goal_days", "30"),
            ];
            let pairs = usual.map(|(name, value)| (name.to_owned(), value.to_owned()));
            page(&desk, None, &Fields::of(pairs), &[]).await
        }
        None => Ok(choose(&desk, &tenant)),
    }
}

/// The templates to begin from.
fn choose(desk: &Desk<App>, tenant: &Tenant) -> Response {
    let title = desk.t("journeys-new");
    let made = templates::ALL.into_iter();
    let made = made.filter_map(|code| Some((code, templates::of(code, tenant, desk.locale)?)));
    let main = html! {
        div.head {
            p { a href="/console/journeys" { (desk.t("web-desk-journeys")) } }
            h1 { (title) }
            p.quiet { (desk.t("journeys-choose-lead")) }
        }
        ul.rows {
            @for (code, draft) in made {
                li { a.row href=(format!("/console/journeys/new?template={code}")) {
                    span.what { (draft.name) }
                    span.why { (desk.t(&format!("journeys-template-{code}-told"))) }
                } }
            }
            li { a.row href="/console/journeys/new?template=none" { span.what { (desk.t("journeys-from-nothing")) } } }
        }
    };
    shell::console(desk, &title, &main)
}

pub(super) async fn edit(desk: Desk<App>, Path(id): Path<String>) -> Result<Response, Problem> {
    let id = id_of(&id)?;
    let journey = get(&desk.scope, id).await?;
    page(&desk, Some(id), &Fields::of(filled(&JourneyDraft::from(journey))), &[]).await
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
    id: Option<JourneyId>,
    fields: &Fields,
) -> Result<Response, Problem> {
    let tenant = segments::own_tenant(&desk.scope).await?;
    let before = match id {
        Some(id) => Some(get(&desk.scope, id).await?.plan),
        None => None,
    };
    let Some(draft) = written(&tenant, fields, before.as_ref()) else {
        let (pointer, code) = ("/plan/entry/segment".to_owned(), "required".to_owned());
        let missing = FieldError { pointer, code, detail: String::new() };
        return page(desk, id, fields, &[missing]).await;
    };
    let done = match id {
        Some(id) => change(&desk.scope, id, draft).await,
        None => make(&desk.scope, draft).await,
    };
    match done {
        Ok(journey) => Ok(see(&format!("/console/journeys/{}", journey.id))),
        Err(problem) if !problem.errors.is_empty() => page(desk, id, fields, &problem.errors).await,
        Err(problem) => Err(problem),
    }
}

async fn page(
    desk: &Desk<App>,
    id: Option<JourneyId>,
    fields: &Fields,
    errors: &[FieldError],
) -> Result<Response, Problem> {
    let title = desk.t(if id.is_some() { "journeys-edit" } else { "journeys-new" });
    let tenant = segments::own_tenant(&desk.scope).await?;
    let audiences =
        segments::store::page(&desk.scope.app.db, desk.scope.tenant, i64::MAX, 200).await?;
    let action = match id {
        Some(id) => format!("/console/journeys/{id}/edit"),
        None => "/console/journeys/new".to_owned(),
    };
    let sheet = Sheet { desk, tenant: &tenant, fields, errors };
    let main = html! {
        div.head {
            p { a href="/console/journeys" { (desk.t("web-desk-journeys")) } }
            h1 { (title) }
            p.quiet { (desk.t("journeys-form-lead")) }
        }
        @if !errors.is_empty() { (ui::note("bad", &desk.t("campaigns-look-again"))) }
        form.panel method="post" action=(action) {
            (ui::token(&desk.token))
            (sheet.whole(&audiences))
            h2 { (desk.t("journeys-steps")) }
            p.quiet { (desk.t("journeys-steps-hint")) }
            p.quiet { (desk.t("campaigns-places")) " " code { (sheet.places()) } }
            @for (at, slot) in slots(fields).into_iter().enumerate() { (sheet.slot(slot, at)) }
            div.acts { button.act { (desk.t("campaigns-keep")) } a href="/console/journeys" { (desk.t("campaigns-leave")) } }
        }
    };
    Ok(shell::console(desk, &title, &main))
}

impl Sheet<'_> {
    fn t(&self, key: &str) -> String {
        self.desk.t(key)
    }

    fn wrong(&self, pointer: &str) -> Option<String> {
        let found = self.errors.iter().find(|error| error.pointer == pointer)?;
        Some(if found.detail.is_empty() { self.t("journeys-wrong") } else { found.detail.clone() })
    }

    fn line(&self, name: &str, key: &str, pointer: &str, number: bool) -> Markup {
        ui::field(ui::Field {
            name,
            label: &self.t(key),
            value: self.fields.get(name),
            keys: number.then_some("numeric"),
            wrong: self.wrong(pointer).as_deref(),
            ..ui::Field::default()
        })
    }

    fn choice(&self, name: &str, key: &str, options: &[(String, String)]) -> Markup {
        html! {
            div.field {
                label for=(name) { (self.t(key)) }
                select id=(name) name=(name) {
                    @for (value, words) in options { option value=(value) selected[value == self.fields.get(name)] { (words) } }
                }
            }
        }
    }

    fn named(&self, codes: &[&str], prefix: &str) -> Vec<(String, String)> {
        let words = |code: &&str| self.t(&format!("{prefix}{}", code.replace('_', "-")));
        codes.iter().map(|code| ((*code).to_owned(), words(code))).collect()
    }

    /// Everything but the steps.
    fn whole(&self, audiences: &[segments::Segment]) -> Markup {
        let mut segments = vec![(String::new(), self.t("journeys-no-segment"))];
        segments.extend(audiences.iter().map(|s| (s.id.to_string(), s.name.clone())));
        let purposes: Vec<(String, String)> = PURPOSES
            .iter()
            .map(|p| ((*p).to_owned(), self.t(&format!("campaigns-purpose-{p}"))))
            .collect();
        html! {
            (self.line("name", "campaigns-name", "/name", false))
            div.cells.pair {
                (self.choice("entry", "journeys-entry", &self.named(&ENTRIES, "journeys-entry-")))
                (self.choice("segment", "journeys-segment", &segments))
                (self.line("missing", "journeys-missing", "/plan/entry/missing", true))
                (self.line("days", "journeys-days", "/plan/entry/days", true))
                (self.line("until", "journeys-until", "/plan/entry/until", true))
                (self.line("points", "journeys-points", "/plan/entry/points", true))
                (self.line("again", "journeys-again", "/plan/again_after_days", true))
                (self.choice("purpose", "campaigns-purpose", &purposes))
                (self.choice("goal", "journeys-goal", &self.named(&GOALS, "journeys-goal-")))
                (self.line("goal_count", "journeys-goal-count", "/plan/goal/count", true))
                (self.line("goal_days", "journeys-goal-days", "/plan/goal/days", true))
                (self.line("holdout", "campaigns-holdout", "/holdout", true))
                (self.line("group", "journeys-group", "/group", false))
                (self.line("priority", "journeys-priority", "/priority", true))
            }
            @if let Some(why) = self.wrong("/plan/entry/segment") { p.wrong { (why) } }
            @if let Some(why) = self.wrong("/plan/steps") { p.wrong { (why) } }
        }
    }

    /// What may stand in letters.
    fn places(&self) -> String {
        let attributes = self.tenant.config.member_attributes.0.keys();
        let attributes = attributes.map(|name| format!("{{{{{name}|…}}}}"));
        let fixed = PLACES.iter().map(|name| format!("{{{{{name}}}}}"));
        fixed.chain(attributes).collect::<Vec<_>>().join(" ")
    }

    /// A step, or the room for one more. Of a step that is there only its own fields are shown.
    fn slot(&self, slot: usize, at: usize) -> Markup {
        let name = |part: &str| format!("s{slot}_{part}");
        let get = |part: &str| self.fields.get(&name(part)).to_owned();
        let kind = get("kind");
        let base = format!("/plan/steps/{at}");
        let wrong = self.errors.iter().any(|error| error.pointer.starts_with(&format!("{base}/")));
        let of = |wanted: &str| kind == wanted || kind.is_empty();
        let number = self.desk.number(i64::try_from(at + 1).unwrap_or(0));
        let title = if kind.is_empty() {
            self.t("journeys-step-more")
        } else {
            let words = self.t(&format!("journeys-step-{kind}"));
            let args = Args::new().text("number", number).text("kind", words);
            self.desk.say("journeys-step", args.text("code", get("code")))
        };
        let own: Vec<&FieldError> =
            self.errors.iter().filter(|error| error.pointer.starts_with(&base)).collect();
        html! {
            details open[wrong] {
                summary { (title) }
                div.part {
                    div.cells.pair {
                        @if kind.is_empty() { (self.choice(&name("kind"), "journeys-kind", &self.kinds())) }
                        @else { input type="hidden" name=(name("kind")) value=(kind); }
                        (self.line(&name("at"), "journeys-place", "", true))
                        (self.line(&name("code"), "journeys-code", &format!("{base}/code"), false))
                        @if of("wait") { (self.line(&name("days"), "journeys-wait-days", &format!("{base}/days"), true)) }
                        @if of("branch") {
                            (self.line(&name("condition"), "journeys-condition", &format!("{base}/condition"), false))
                            (self.line(&name("otherwise"), "journeys-otherwise", &format!("{base}/otherwise"), false))
                        }
                    }
                    @if of("letter") {
                        (self.tick(&name("service"), "journeys-service-tick"))
                        (self.tick(&name("asks"), "journeys-asks-tick"))
                        @for locale in locales(self.tenant) {
                            fieldset { legend { (locale.text("web-language", &Args::new())) }
                                (words(self.desk, &format!("s{slot}"), locale, self.fields, &of_locale(&own, locale.tag()))) }
                        }
                    }
                    @if !kind.is_empty() { (self.tick(&name("gone"), "journeys-step-gone")) }
                }
            }
        }
    }

    fn kinds(&self) -> Vec<(String, String)> {
        let none = (String::new(), self.t("journeys-step-none"));
        std::iter::once(none).chain(self.named(&KINDS, "journeys-step-")).collect()
    }

    fn tick(&self, name: &str, key: &str) -> Markup {
        html! {
            div.check { input type="checkbox" id=(name) name=(name) value="yes" checked[self.fields.is_set(name)]; label for=(name) { (self.t(key)) } }
        }
    }
}

/// What is wrong with the words of one language, or with their being there at all.
fn of_locale<'a>(errors: &[&'a FieldError], tag: &str) -> Vec<&'a FieldError> {
    let own = |error: &&&FieldError| {
        error.pointer.ends_with("/texts") || error.pointer.contains(&format!("/texts/{tag}"))
    };
    errors.iter().filter(own).copied().collect()
}
