//! The form of a campaign: to whom, what for, and the words of each variant in each of the tenant's languages.

use std::collections::BTreeMap;

use axum::extract::{Path, Query};
use axum::response::Response;
use lazo_domain::ids::CampaignId;
use lazo_domain::program::RewardKind;
use maud::{Markup, html};
use serde::Deserialize;

use super::console::id_of;
use super::content::PLACES;
use super::print::POST;
use super::{
    CHANNELS, Campaign, Content, Draft, EMAIL, PURPOSES, Variant, Words, change, get, make,
};
use crate::App;
use crate::features::segments::address::ATTRIBUTES;
use crate::features::tenants::Tenant;
use crate::features::{programs, segments};
use crate::http::{FieldError, Problem};
use crate::i18n::{Args, Locale, typed};
use crate::web::{Desk, Fields, see, shell, ui};

/// The variants that the form has; more of them go by the API.
const NAMES: [&str; 2] = ["A", "B"];
/// The parts of a letter's words, as fields.
pub const PARTS: [&str; 4] = ["subject", "body", "button", "link"];

/// What a link to the form says.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Wanted {
    #[serde(default)]
    segment: String,
}

pub(super) async fn new(
    desk: Desk<App>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Problem> {
    let usual = [
        ("segment", wanted.segment.as_str()),
        ("channel", EMAIL),
        ("per_address", "yes"),
        ("holdout", "10"),
        ("window_days", "14"),
    ];
    let pairs = usual.map(|(name, value)| (name.to_owned(), value.to_owned()));
    page(&desk, None, &Fields::of(pairs), &[]).await
}

pub(super) async fn edit(desk: Desk<App>, Path(id): Path<String>) -> Result<Response, Problem> {
    let id = id_of(&id)?;
    let campaign = get(&desk.scope, id).await?;
    page(&desk, Some(id), &Fields::of(filled(&campaign)), &[]).await
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
    id: Option<CampaignId>,
    fields: &Fields,
) -> Result<Response, Problem> {
    let Ok(segment) = fields.get("segment").parse() else {
        return page(desk, id, fields, &[missing("/segment")]).await;
    };
    let share = typed::number(fields.get("holdout"), 2);
    let window = typed::number(fields.get("window_days"), 0);
    let draft = Draft {
        name: fields.get("name").to_owned(),
        segment,
        purpose: fields.get("purpose").to_owned(),
        channel: fields.get("channel").to_owned(),
        reward: Some(fields.get("reward").to_owned()).filter(|code| !code.is_empty()),
        per_address: !fields.get("per_address").is_empty(),
        content: content(desk, fields).await?,
        // What is no number is out of every range.
        holdout: share.unwrap_or(-1),
        window_days: window.unwrap_or(-1),
    };
    let done = match id {
        Some(id) => change(&desk.scope, id, draft).await,
        None => make(&desk.scope, draft).await,
    };
    match done {
        Ok(campaign) => Ok(see(&format!("/console/campaigns/{}", campaign.id))),
        Err(problem) if !problem.errors.is_empty() => page(desk, id, fields, &problem.errors).await,
        Err(problem) => Err(problem),
    }
}

fn missing(pointer: &str) -> FieldError {
    let (pointer, code) = (pointer.to_owned(), "required".to_owned());
    FieldError { pointer, code, detail: String::new() }
}

/// The languages in which a tenant writes.
#[must_use]
pub fn locales(tenant: &Tenant) -> Vec<Locale> {
    let own: Vec<Locale> =
        tenant.config.locales.iter().filter_map(|tag| tag.parse().ok()).collect();
    if own.is_empty() { vec![tenant.config.locale()] } else { own }
}

/// The name of a field of words.
#[must_use]
pub fn field(variant: &str, locale: Locale, part: &str) -> String {
    format!("{variant}_{}_{part}", locale.tag())
}

/// The words of the form. A second variant without words is none; a language without words is not written in.
async fn content(desk: &Desk<App>, fields: &Fields) -> Result<Content, Problem> {
    let tenant = segments::own_tenant(&desk.scope).await?;
    let mut variants = Vec::new();
    for name in NAMES {
        let texts = texts(&tenant, fields, name);
        if name == "A" || !texts.is_empty() {
            variants.push(Variant { name: name.to_owned(), weight: 1, texts });
        }
    }
    Ok(Content { variants })
}

/// The words of a form by language; a language without words is not written in.
#[must_use]
pub fn texts(tenant: &Tenant, fields: &Fields, name: &str) -> BTreeMap<String, Words> {
    let words = |locale: Locale| {
        let part = |part: &str| fields.get(&field(name, locale, part)).replace('\r', "");
        let [subject, body, button, link] = PARTS.map(part);
        Words { subject, body, button, link }
    };
    let all = locales(tenant).into_iter().map(|locale| (locale.tag().to_owned(), words(locale)));
    all.filter(|(_, words)| *words != Words::default()).collect()
}

/// The fields of words that were kept, by language.
#[must_use]
pub fn filled_words(name: &str, texts: &BTreeMap<String, Words>) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    for (tag, words) in texts {
        let values = [&words.subject, &words.body, &words.button, &words.link];
        for (part, value) in PARTS.iter().zip(values) {
            pairs.push((format!("{name}_{tag}_{part}"), value.clone()));
        }
    }
    pairs
}

/// The fields of a campaign that was kept.
fn filled(campaign: &Campaign) -> Vec<(String, String)> {
    let percent = format!("{},{:02}", campaign.holdout / 100, campaign.holdout % 100);
    let percent = percent.trim_end_matches("00").trim_end_matches(',').to_owned();
    let mut pairs = vec![
        ("name".to_owned(), campaign.name.clone()),
        ("segment".to_owned(), campaign.segment.to_string()),
        ("purpose".to_owned(), campaign.purpose.clone()),
        ("channel".to_owned(), campaign.channel.clone()),
        ("reward".to_owned(), campaign.reward.clone()),
        ("per_address".to_owned(), if campaign.per_address { "yes" } else { "" }.to_owned()),
        ("holdout".to_owned(), percent),
        ("window_days".to_owned(), campaign.window_days.to_string()),
    ];
    for variant in &campaign.content.variants {
        pairs.extend(filled_words(&variant.name, &variant.texts));
    }
    pairs
}

async fn page(
    desk: &Desk<App>,
    id: Option<CampaignId>,
    fields: &Fields,
    errors: &[FieldError],
) -> Result<Response, Problem> {
    let title = desk.t(if id.is_some() { "campaigns-edit" } else { "campaigns-new" });
    let tenant = segments::own_tenant(&desk.scope).await?;
    let all = segments::store::page(&desk.scope.app.db, desk.scope.tenant, i64::MAX, 200).await?;
    let action = match id {
        Some(id) => format!("/console/campaigns/{id}/edit"),
        None => "/console/campaigns/new".to_owned(),
    };
    let main = html! {
        div.head {
            p { a href="/console/campaigns" { (desk.t("web-desk-campaigns")) } }
            h1 { (title) }
            p.quiet { (desk.t("campaigns-form-lead")) }
        }
        @if all.is_empty() {
            (ui::note("careful", &desk.t("campaigns-no-audience")))
            div.acts { a.act href="/console/segments/new" { (desk.t("segments-new")) } }
        } @else {
            @if !errors.is_empty() { (ui::note("bad", &desk.t("campaigns-look-again"))) }
            (form(desk, &tenant, &action, (fields, errors), (&all, &vouchers(desk).await?)))
        }
    };
    Ok(shell::console(desk, &title, &main))
}

fn form(
    desk: &Desk<App>,
    tenant: &Tenant,
    action: &str,
    (fields, errors): (&Fields, &[FieldError]),
    (audiences, rewards): (&[segments::Segment], &[(String, String)]),
) -> Markup {
    let wrong = |name: &str, key: &str| {
        let found = errors.iter().any(|error| error.pointer.strip_prefix('/') == Some(name));
        found.then(|| desk.t(key))
    };
    let attributes: Vec<String> =
        tenant.config.member_attributes.0.keys().map(|name| format!("{{{{{name}|…}}}}")).collect();
    let places: Vec<String> =
        PLACES.iter().map(|name| format!("{{{{{name}}}}}")).chain(attributes).collect();
    html! {
        form.panel method="post" action=(action) {
            (ui::token(&desk.token))
            (ui::field(ui::Field { name: "name", label: &desk.t("campaigns-name"), hint: Some(&desk.t("campaigns-name-hint")), value: fields.get("name"),
                wrong: wrong("name", "campaigns-wrong-name").as_deref(), ..ui::Field::default() }))
            div.cells.pair {
                div.field {
                    label for="segment" { (desk.t("campaigns-audience")) }
                    select id="segment" name="segment" {
                        @for segment in audiences { option value=(segment.id) selected[segment.id.to_string() == fields.get("segment")] { (segment.name) } }
                    }
                }
                div.field {
                    label for="purpose" { (desk.t("campaigns-purpose")) }
                    select id="purpose" name="purpose" {
                        @for purpose in PURPOSES { option value=(purpose) selected[purpose == fields.get("purpose")] { (desk.t(&format!("campaigns-purpose-{purpose}"))) } }
                    }
                }
                div.field {
                    label for="channel" { (desk.t("campaigns-channel")) }
                    select id="channel" name="channel" {
                        @for channel in CHANNELS { option value=(channel) selected[channel == fields.get("channel")] { (desk.t(&format!("campaigns-channel-{channel}"))) } }
                    }
                }
                (ui::field(ui::Field { name: "holdout", label: &desk.t("campaigns-holdout"), hint: Some(&desk.t("campaigns-holdout-hint")), value: fields.get("holdout"),
                    keys: Some("decimal"), wrong: wrong("holdout", "campaigns-wrong-holdout").as_deref(), ..ui::Field::default() }))
                (ui::field(ui::Field { name: "window_days", label: &desk.t("campaigns-window"), hint: Some(&desk.t("campaigns-window-hint")), value: fields.get("window_days"),
                    keys: Some("numeric"), wrong: wrong("window_days", "campaigns-wrong-window").as_deref(), ..ui::Field::default() }))
            }
            details open[fields.get("channel") == POST] {
                summary { (desk.t("campaigns-paper")) }
                p.quiet { (desk.t("campaigns-paper-lead")) " " code { (ATTRIBUTES.join(" ")) } }
                div.field {
                    label for="reward" { (desk.t("campaigns-reward")) }
                    select id="reward" name="reward" aria-describedby="reward-hint" {
                        option value="" selected[fields.get("reward").is_empty()] { (desk.t("campaigns-reward-none")) }
                        @for (code, name) in rewards { option value=(code) selected[code == fields.get("reward")] { (name) } }
                    }
                    p.hint id="reward-hint" { (desk.t("campaigns-reward-hint")) }
                    @if let Some(why) = wrong("reward", "campaigns-wrong-reward") { p.wrong { (why) } }
                }
                div.check { input type="checkbox" id="per_address" name="per_address" value="yes" checked[!fields.get("per_address").is_empty()]; label for="per_address" { (desk.t("campaigns-per-address")) } }
            }
            p.quiet { (desk.t("campaigns-places")) " " code { (places.join(" ")) } }
            @for (at, name) in NAMES.iter().enumerate() {
                @if at == 0 { (variant(desk, tenant, name, (fields, errors), at)) }
                @else {
                    details open[fields.all().any(|(field, text)| field.starts_with(&format!("{name}_")) && !text.is_empty())] {
                        summary { (desk.t("campaigns-second")) }
                        p.quiet { (desk.t("campaigns-second-hint")) }
                        (variant(desk, tenant, name, (fields, errors), at))
                    }
                }
            }
            div.acts { button.act { (desk.t("campaigns-keep")) } a href="/console/campaigns" { (desk.t("campaigns-leave")) } }
        }
    }
}

/// The vouchers that a letter on paper may bring, by code, with their names.
async fn vouchers(desk: &Desk<App>) -> Result<Vec<(String, String)>, Problem> {
    let programs = programs::of(&desk.scope).await?;
    let all = programs.ids().filter_map(|id| programs.latest(id));
    let rewards = all.flat_map(|program| program.rewards.values());
    let vouchers = rewards.filter(|reward| matches!(reward.kind, RewardKind::Voucher { .. }));
    let named = vouchers.map(|reward| {
        let name = desk.locale.pick(&reward.name).unwrap_or(&reward.code);
        (reward.code.clone(), name.to_owned())
    });
    Ok(named.collect())
}

/// The words of a variant, language by language; those after the first are opened when they are wanted.
fn variant(
    desk: &Desk<App>,
    tenant: &Tenant,
    name: &str,
    (fields, errors): (&Fields, &[FieldError]),
    at: usize,
) -> Markup {
    html! {
        @for (place, locale) in locales(tenant).into_iter().enumerate() {
            @let base = format!("/content/variants/{at}/texts/{}", locale.tag());
            @let own: Vec<&FieldError> = errors.iter().filter(|e| e.pointer.starts_with(&base) || place == 0 && e.pointer == format!("/content/variants/{at}/texts")).collect();
            @let written = PARTS.iter().any(|part| !fields.get(&field(name, locale, part)).is_empty());
            @let title = desk.say("campaigns-words-in", Args::new().text("variant", name).text("language", locale.text("web-language", &Args::new())));
            @if place == 0 { fieldset { legend { (title) } (words(desk, name, locale, fields, &own)) } }
            @else { details open[written || !own.is_empty()] { summary { (title) } (words(desk, name, locale, fields, &own)) } }
        }
    }
}

/// The fields of one language's words, under the names that begin with `variant`.
#[must_use]
pub fn words(
    desk: &Desk<App>,
    variant: &str,
    locale: Locale,
    fields: &Fields,
    errors: &[&FieldError],
) -> Markup {
    let name = |part: &str| field(variant, locale, part);
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
            @if errors.iter().any(|error| error.pointer.ends_with("/texts")) { p.wrong { (desk.t("campaigns-wrong-texts")) } }
            (line("subject", "campaigns-subject"))
            div.field {
                label for=(name("body")) { (desk.t("campaigns-body")) }
                textarea id=(name("body")) name=(name("body")) rows="7" lang=(locale.tag()) aria-invalid=[wrong("body").map(|_| "true")] { (fields.get(&name("body"))) }
                @if let Some(why) = wrong("body") { p.wrong { (why) } }
            }
            div.cells.pair { (line("button", "campaigns-button")) (line("link", "campaigns-link")) }
        }
    }
}
