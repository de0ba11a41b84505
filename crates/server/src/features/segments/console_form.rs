//! The form of an audience: a few questions, or a condition in words of its own; counted before it is kept.

use axum::extract::{Path, Query};
use axum::response::Response;
use lazo_domain::ids::SegmentId;
use maud::{Markup, html};

use super::console::told;
use super::console_rfm;
use super::rfm::Segment;
use super::{Asked, EMAIL, Guided, Reach, Written, change, check, count, facts, get, make};
use crate::App;
use crate::features::segments::expression::{NUMBERS, RFM, SCORES, WORDS};
use crate::http::{FieldError, Problem};
use crate::i18n::{Args, typed};
use crate::web::{Desk, Fields, see, shell, ui};

/// Fields of whole numbers: a name and what it asks.
const NUMERIC: [&str; 6] = [
    "balance_from",
    "balance_to",
    "bought_within",
    "silent_for",
    "enrolled_within",
    "enrolled_for",
];

/// What the form begins with, where a link says so.
#[derive(serde::Deserialize)]
pub(super) struct Begun {
    #[serde(default)]
    rfm: String,
}

pub(super) async fn new(desk: Desk<App>, Query(begun): Query<Begun>) -> Result<Response, Problem> {
    let fields = match Segment::ALL.iter().find(|(_, name)| *name == begun.rfm) {
        Some((_, name)) => Fields::of([
            ("name".to_owned(), console_rfm::told(&desk, name)),
            ("rfm".to_owned(), (*name).to_owned()),
        ]),
        None => Fields::default(),
    };
    page(&desk, None, &fields, &[], None).await
}

pub(super) async fn edit(desk: Desk<App>, Path(id): Path<String>) -> Result<Response, Problem> {
    let id = id_of(&id)?;
    let segment = get(&desk.scope, id).await?;
    let mut pairs = vec![("name".to_owned(), segment.name.clone())];
    match &segment.guided {
        Some(guided) => pairs.extend(filled(guided)),
        None => pairs.push(("condition".to_owned(), segment.condition.clone())),
    }
    let fields = Fields::of(pairs);
    page(&desk, Some(id), &fields, &[], None).await
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

fn id_of(text: &str) -> Result<SegmentId, Problem> {
    text.parse().map_err(|_| Problem::not_found("segment_not_found"))
}

/// Counts what the form says, or keeps it.
async fn take(
    desk: &Desk<App>,
    id: Option<SegmentId>,
    fields: &Fields,
) -> Result<Response, Problem> {
    let written = match written(desk, fields) {
        Ok(written) => written,
        Err(errors) => return page(desk, id, fields, &errors, None).await,
    };
    let scope = &desk.scope;
    let done = match (fields.get("do"), id) {
        ("count", _) => {
            let condition = written.condition.as_deref();
            match check(scope, written.program.as_deref(), condition, written.guided.as_ref()).await
            {
                Ok(asked) => return page(desk, id, fields, &[], Some(&asked)).await,
                Err(problem) => Err(problem),
            }
        }
        (_, Some(id)) => change(scope, id, &written).await,
        (_, None) => make(scope, &written).await,
    };
    match done {
        Ok(segment) => Ok(see(&format!("/console/segments/{}", segment.id))),
        Err(problem) if !problem.errors.is_empty() => {
            page(desk, id, fields, &problem.errors, None).await
        }
        Err(problem) => Err(problem),
    }
}

/// What the form says; a condition of its own counts more than the questions.
fn written(desk: &Desk<App>, fields: &Fields) -> Result<Written, Vec<FieldError>> {
    let mut errors = Vec::new();
    let mut number = |name: &str, places: usize| {
        let text = fields.get(name);
        let found = typed::number(text, places);
        if found.is_none() && !text.is_empty() {
            let (pointer, code) = (format!("/{name}"), "invalid".to_owned());
            errors.push(FieldError { pointer, code, detail: desk.t("segments-wrong-number") });
        }
        found
    };
    let [balance_from, balance_to, bought_within, silent_for, enrolled_within, enrolled_for] =
        NUMERIC.map(|name| number(name, 0));
    let spent_from_minor = number("spent_from", 2);
    let chosen = |name: &str| Some(fields.get(name).to_owned()).filter(|text| !text.is_empty());
    let guided = Guided {
        balance_from,
        balance_to,
        bought_within,
        silent_for,
        enrolled_within,
        enrolled_for,
        spent_from_minor,
        tier: chosen("tier"),
        rfm: chosen("rfm"),
        consent: chosen("consent"),
    };
    if !errors.is_empty() {
        return Err(errors);
    }
    let condition = chosen("condition");
    Ok(Written {
        program: chosen("program"),
        name: fields.get("name").to_owned(),
        guided: condition.is_none().then_some(guided),
        condition,
    })
}

/// The fields of a guided form that was kept.
fn filled(guided: &Guided) -> Vec<(String, String)> {
    let values = [
        guided.balance_from,
        guided.balance_to,
        guided.bought_within,
        guided.silent_for,
        guided.enrolled_within,
        guided.enrolled_for,
    ];
    let numbers = NUMERIC
        .iter()
        .zip(values)
        .filter_map(|(name, value)| value.map(|value| ((*name).to_owned(), value.to_string())));
    let spent = guided
        .spent_from_minor
        .map(|minor| ("spent_from".to_owned(), format!("{},{:02}", minor / 100, minor % 100)));
    let tier = guided.tier.clone().map(|tier| ("tier".to_owned(), tier));
    let consent = guided.consent.clone().map(|name| ("consent".to_owned(), name));
    let rfm = guided.rfm.clone().map(|name| ("rfm".to_owned(), name));
    numbers.chain(spent).chain(tier).chain(rfm).chain(consent).collect()
}

async fn page(
    desk: &Desk<App>,
    id: Option<SegmentId>,
    fields: &Fields,
    errors: &[FieldError],
    asked: Option<&Asked>,
) -> Result<Response, Problem> {
    let title = desk.t(if id.is_some() { "segments-edit" } else { "segments-new" });
    let action = match id {
        Some(id) => format!("/console/segments/{id}/edit"),
        None => "/console/segments/new".to_owned(),
    };
    let counted = match asked {
        Some(asked) => {
            let reach = Reach::of("offers", EMAIL, &asked.tenant);
            let audience = count(&desk.scope.app, asked, &reach, desk.scope.now).await?;
            html! { section.part { h2 { (desk.t("segments-counted")) } (told(desk, &audience)) p { code { (asked.text) } } } }
        }
        None => html! {},
    };
    let main = html! {
        div.head {
            p { a href="/console/segments" { (desk.t("web-desk-segments")) } }
            h1 { (title) }
            p.quiet { (desk.t("segments-form-lead")) }
        }
        @if let Some(error) = errors.iter().find(|error| error.pointer == "/guided") { (ui::note("bad", &error.detail)) }
        (counted)
        (form(desk, &action, fields, errors).await?)
    };
    Ok(shell::console(desk, &title, &main))
}

async fn form(
    desk: &Desk<App>,
    action: &str,
    fields: &Fields,
    errors: &[FieldError],
) -> Result<Markup, Problem> {
    let tenant = super::own_tenant(&desk.scope).await?;
    let program = super::program_of(&desk.scope, Some(fields.get("program"))).await?;
    let names = facts::vocabulary(&tenant, &program);
    let programs =
        crate::features::programs::store::all(&desk.scope.app.db, desk.scope.tenant).await?;
    let wrong = |name: &str| {
        let found = errors.iter().find(|error| error.pointer.strip_prefix('/') == Some(name));
        found.map(|error| error.detail.as_str())
    };
    let number = |name: &'static str, key: &str| {
        ui::field(ui::Field {
            name,
            label: &desk.t(key),
            value: fields.get(name),
            keys: Some("numeric"),
            wrong: wrong(name),
            ..ui::Field::default()
        })
    };
    let tiers = program.tier_groups.values().flat_map(|group| {
        group.tiers.iter().map(move |tier| {
            let name = desk.locale.pick(&tier.name).unwrap_or(&tier.code).to_owned();
            (format!("{}.{}", group.code, tier.code), name)
        })
    });
    let consents = names.consents.iter().map(|name| (name.clone(), name.replace('_', " · ")));
    let groups =
        Segment::ALL.iter().map(|(_, name)| ((*name).to_owned(), console_rfm::told(desk, name)));
    let spent = desk.say(
        "segments-spent-from",
        Args::new().text("currency", tenant.config.currency.to_string()),
    );
    Ok(html! {
        form.panel method="post" action=(action) {
            (ui::token(&desk.token))
            (ui::field(ui::Field { name: "name", label: &desk.t("segments-name"), hint: Some(&desk.t("segments-name-hint")),
                value: fields.get("name"), wrong: wrong("name").map(|_| desk.t("segments-wrong-name")).as_deref(), ..ui::Field::default() }))
            @if programs.len() > 1 {
                (choice(desk, "program", "segments-program", programs.iter().map(|head| (head.code.clone(), head.code.clone())), fields.get("program"), false))
            }
            fieldset {
                legend { (desk.t("segments-questions")) }
                div.cells.pair {
                    (number("balance_from", "segments-balance-from"))
                    (number("balance_to", "segments-balance-to"))
                    (number("bought_within", "segments-bought-within"))
                    (number("silent_for", "segments-silent-for"))
                    (number("enrolled_within", "segments-enrolled-within"))
                    (number("enrolled_for", "segments-enrolled-for"))
                    (ui::field(ui::Field { name: "spent_from", label: &spent, value: fields.get("spent_from"), keys: Some("decimal"),
                        wrong: wrong("spent_from"), ..ui::Field::default() }))
                    (choice(desk, "tier", "segments-tier", tiers, fields.get("tier"), true))
                    (choice(desk, "rfm", "segments-rfm", groups, fields.get("rfm"), true))
                    (choice(desk, "consent", "segments-consent", consents, fields.get("consent"), true))
                }
            }
            details open[!fields.get("condition").is_empty()] {
                summary { (desk.t("segments-own-words")) }
                div.field {
                    label for="condition" { (desk.t("segments-condition")) }
                    p.hint id="condition-hint" { (desk.t("segments-condition-hint")) }
                    textarea id="condition" name="condition" rows="3" spellcheck="false" aria-describedby="condition-hint"
                        aria-invalid=[wrong("condition").map(|_| "true")] { (fields.get("condition")) }
                    @if let Some(why) = wrong("condition") { p.wrong { (why) } }
                }
                p.small.quiet.long-words { (desk.t("segments-names")) " " code { (NUMBERS.join(", ")) ", " (WORDS.join(", ")) ", " (SCORES.join(", ")) ", " (RFM)
                    @for name in &names.attributes { ", member." (name) }
                    @for name in &names.ladders { ", tier." (name) }
                    @for name in &names.consents { ", consent." (name) } } }
            }
            div.acts {
                button.act name="do" value="keep" { (desk.t("segments-keep")) }
                button.act.second name="do" value="count" { (desk.t("segments-count")) }
                a href="/console/segments" { (desk.t("segments-leave")) }
            }
        }
    })
}

/// A choice among codes with their names.
fn choice(
    desk: &Desk<App>,
    name: &str,
    key: &str,
    all: impl Iterator<Item = (String, String)>,
    chosen: &str,
    or_any: bool,
) -> Markup {
    html! {
        div.field {
            label for=(name) { (desk.t(key)) }
            select id=(name) name=(name) {
                @if or_any { option value="" { (desk.t("segments-any")) } }
                @for (code, words) in all { option value=(code) selected[code == chosen] { (words) } }
            }
        }
    }
}
