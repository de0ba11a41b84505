//! One campaign at the desk: where it stands and what is to be done next, to whom it goes, what it says, what came of it.

use axum::extract::{Path, Query};
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use serde::Deserialize;

use super::console::{id_of, may_decide, may_write, state, told_when};
use super::print::POST;
use super::results::{self, days};
use super::{Campaign, console_print, console_results, get, is_own, policy, preview, store};
use crate::App;
use crate::features::segments::{self, Reach, Segment};
use crate::features::{measures, staff};
use crate::http::Problem;
use crate::i18n::{Args, Locale};
use crate::web::{Desk, shell, ui};

/// What a letter shown by itself may do: nothing but look as it looks.
const LETTER: &str = "default-src 'none'; style-src 'unsafe-inline'; sandbox";
/// The states in the order of a campaign's way.
const WAY: [&str; 6] = ["draft", "in_approval", "approved", "scheduled", "sending", "sent"];

/// What a link to the page says.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Told {
    note: String,
    hour: String,
    tried: String,
}

/// Which letter to show.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Shown {
    variant: String,
    locale: String,
}

pub(super) async fn open(
    desk: Desk<App>,
    Path(id): Path<String>,
    Query(said): Query<Told>,
) -> Result<Response, Problem> {
    let id = id_of(&id)?;
    let campaign = get(&desk.scope, id).await?;
    let segment = segments::get(&desk.scope, campaign.segment).await?;
    let author = staff::told(&desk.scope.app.db, &campaign.author).await?;
    let main = html! {
        div.head {
            p { a href="/console/campaigns" { (desk.t("web-desk-campaigns")) } }
            h1 { (campaign.name) }
            p { (state(&desk, &campaign)) " " span.quiet { (told_when(&desk, &campaign)) } }
            p.quiet { (desk.say("campaigns-told", Args::new().text("who", author)
                .text("purpose", desk.t(&format!("campaigns-purpose-{}", campaign.purpose)))
                .text("channel", desk.t(&format!("campaigns-channel-{}", campaign.channel))))) }
        }
        (way(&desk, &campaign))
        @if said.tried == "yes" { (ui::note("good", &desk.t("campaigns-tried"))) }
        @if said.hour == "wrong" { (ui::note("bad", &desk.t("campaigns-wrong-hour"))) }
        @if said.note == "missing" { (ui::note("bad", &desk.t("campaigns-note-missing"))) }
        (next(&desk, &campaign).await?)
        @if campaign.started_at.is_some() { (came(&desk, &campaign).await?) }
        @if campaign.channel == POST { (console_print::run(&desk, &campaign).await?) }
        (audience(&desk, &campaign, &segment).await?)
        (letters(&desk, &campaign).await?)
        (talk(&desk, &campaign).await?)
    };
    Ok(shell::console(&desk, &campaign.name, &main))
}

/// The line that one can walk, from the draft to the last letter.
fn way(desk: &Desk<App>, campaign: &Campaign) -> Markup {
    let here = WAY.iter().position(|name| *name == campaign.state);
    html! {
        @if let Some(here) = here {
            div.scroll tabindex="0" role="region" aria-label=(desk.t("campaigns-way")) { ol.walk {
                @for (at, name) in WAY.iter().enumerate() {
                    li.here[at == here].had[at < here] aria-current=[(at == here).then_some("step")] { (desk.t(&format!("campaigns-state-{}", name.replace('_', "-")))) }
                }
            } }
        }
    }
}

/// What may be done next, and by whom.
async fn next(desk: &Desk<App>, campaign: &Campaign) -> Result<Markup, Problem> {
    let action = |last: &str| format!("/console/campaigns/{}/{last}", campaign.id);
    let button = |last: &str, key: &str, class: &str| {
        html! { form method="post" action=(action(last)) { (ui::token(&desk.token)) button class=(class) { (desk.t(key)) } } }
    };
    let (writes, decides) = (may_write(desk), may_decide(desk));
    let open = WAY[..5].contains(&campaign.state.as_str());
    let own = is_own(&desk.scope, campaign).await?;
    let quiet = quiet(desk, campaign).await?;
    Ok(html! {
        section.part {
            @match campaign.state.as_str() {
                "draft" if writes => { div.acts {
                    (button("submit", "campaigns-submit", "act"))
                    a.act.second href=(action("edit")) { (desk.t("campaigns-edit")) }
                } }
                "in_approval" if own || !decides => p.note { (desk.t("campaigns-second-person")) },
                "in_approval" => (decision(desk, &action("decide"))),
                "approved" if writes => (hour(desk, &action("schedule"))),
                _ => {}
            }
            @if let Some(quiet) = quiet { (ui::note("careful", &quiet)) }
            @if matches!(campaign.state.as_str(), "in_approval" | "approved") && writes {
                p { a href=(action("edit")) { (desk.t("campaigns-edit")) } " " span.quiet { (desk.t("campaigns-edit-again")) } }
            }
            @if open && writes { details { summary { (desk.t("campaigns-cancel")) } p { (desk.t("campaigns-cancel-lead")) } (button("cancel", "campaigns-cancel-do", "act danger slim")) } }
        }
    })
}

/// Why a campaign whose hour has come waits.
async fn quiet(desk: &Desk<App>, campaign: &Campaign) -> Result<Option<String>, Problem> {
    let due = campaign.send_at.is_some_and(|at| at <= desk.scope.now);
    if !due || !matches!(campaign.state.as_str(), "scheduled" | "sending") {
        return Ok(None);
    }
    if campaign.channel == POST {
        return Ok(None);
    }
    if !desk.scope.app.mailer.is_ready() {
        return Ok(Some(desk.t("campaigns-no-mail")));
    }
    let policy = policy::of(&desk.scope.app.db, desk.scope.tenant).await?;
    let until = policy.next_open(desk.scope.now, &desk.zone());
    let waits = until > desk.scope.now;
    Ok(waits.then(|| desk.say("campaigns-quiet", Args::new().text("at", desk.moment(until)))))
}

fn decision(desk: &Desk<App>, action: &str) -> Markup {
    html! {
        form.panel.slim method="post" action=(action) {
            (ui::token(&desk.token))
            p { (desk.t("campaigns-decide-lead")) }
            div.field { label for="note" { (desk.t("campaigns-note")) } textarea id="note" name="note" rows="2" {} }
            div.acts {
                button.act name="verdict" value="approved" { (desk.t("campaigns-approve")) }
                button.act.second name="verdict" value="sent_back" { (desk.t("campaigns-send-back")) }
            }
        }
    }
}

fn hour(desk: &Desk<App>, action: &str) -> Markup {
    html! {
        form.panel.slim method="post" action=(action) {
            (ui::token(&desk.token))
            (ui::field(ui::Field { name: "send_at", label: &desk.t("campaigns-hour"), hint: Some(&desk.t("campaigns-hour-hint")), kind: "datetime-local", ..ui::Field::default() }))
            div.acts { button.act { (desk.t("campaigns-schedule")) } }
        }
    }
}

async fn came(desk: &Desk<App>, campaign: &Campaign) -> Result<Markup, Problem> {
    let tenant = segments::own_tenant(&desk.scope).await?;
    let found = results::of(&desk.scope.app, &tenant, campaign, desk.scope.now).await?;
    Ok(console_results::told(desk, campaign, &found))
}

/// To whom it goes: counted now before sending, the people themselves after.
async fn audience(
    desk: &Desk<App>,
    campaign: &Campaign,
    segment: &Segment,
) -> Result<Markup, Problem> {
    let begun = campaign.started_at.is_some();
    let audience = match segments::api::of(&desk.scope, segment).await {
        Ok(asked) if !begun => {
            let reach = Reach::of(&campaign.purpose, &campaign.channel, &asked.tenant);
            Some(segments::count(&desk.scope.app, &asked, &reach, desk.scope.now).await?)
        }
        _ => None,
    };
    let changed = !campaign.condition.is_empty() && campaign.condition != segment.condition;
    let share = policy::share(desk.locale, campaign.holdout);
    let days = match days(campaign, &*segments::own_tenant(&desk.scope).await?) {
        Some(days) => measures::console::stretch(desk, days),
        None => desk.number(campaign.window_days),
    };
    Ok(html! {
        section.part {
            h2 { (desk.t("campaigns-audience")) }
            p { a href=(format!("/console/segments/{}", segment.id)) { (segment.name) } " " code { (if campaign.condition.is_empty() { &segment.condition } else { &campaign.condition }) } }
            @if changed { (ui::note("careful", &desk.t("campaigns-audience-changed"))) }
            @if let Some(audience) = audience {
                p { (desk.say("campaigns-reaches", Args::new().text("reachable", desk.number(audience.reachable)).text("matched", desk.number(audience.matched)))) }
            }
            p.quiet { (desk.say(if begun { "campaigns-left-alone-of" } else { "campaigns-left-alone" }, Args::new().text("share", share).text("days", days))) }
        }
    })
}

/// What it says, variant by variant, as somebody reads it.
async fn letters(desk: &Desk<App>, campaign: &Campaign) -> Result<Markup, Problem> {
    let tenant = segments::own_tenant(&desk.scope).await?;
    let mut all = Vec::new();
    for variant in &campaign.content.variants {
        for tag in variant.texts.keys() {
            let locale = tag.parse::<Locale>().unwrap_or(tenant.config.locale());
            match preview(&desk.scope, campaign.id, Some(&variant.name), None, Some(locale)).await {
                Ok(shown) => all.push((variant.name.clone(), locale, Some(shown.letter))),
                Err(problem) if problem.code == "campaign_no_portal" => {
                    all.push((variant.name.clone(), locale, None));
                }
                Err(problem) => return Err(problem),
            }
        }
    }
    let (mailer, paper) = (desk.scope.app.mailer.is_ready(), campaign.channel == POST);
    Ok(html! {
        section.part {
            h2 { (desk.t("campaigns-letters")) }
            p.quiet { (desk.t(if paper { "campaigns-letters-paper" } else { "campaigns-letters-lead" })) }
            @for (at, (variant, locale, letter)) in all.iter().enumerate() {
                details open[at == 0] {
                    summary { (desk.say("campaigns-words-in", Args::new().text("variant", variant).text("language", locale.text("web-language", &Args::new())))) }
                    @match letter {
                        None => (ui::note("bad", &desk.t("campaigns-no-portal"))),
                        Some(letter) => {
                            div.panel lang=(locale.tag()) {
                                p { b { (letter.subject) } br; span.quiet.small { (letter.from_name) } }
                                p.letter.long-words { (letter.text) }
                            }
                            @if paper { div.acts {
                                a.act.second.slim href=(format!("/console/campaigns/{}/letters.pdf?variant={variant}&locale={}", campaign.id, locale.tag())) { (desk.t("campaigns-letter-pdf")) }
                            } } @else { div.acts {
                                a.act.second.slim href=(format!("/console/campaigns/{}/letter.html?variant={variant}&locale={}", campaign.id, locale.tag())) { (desk.t("campaigns-letter-html")) }
                                @if may_write(desk) && mailer {
                                    form.inline method="post" action=(format!("/console/campaigns/{}/try", campaign.id)) {
                                        (ui::token(&desk.token))
                                        input type="hidden" name="variant" value=(variant);
                                        input type="hidden" name="locale" value=(locale.tag());
                                        button.act.second.slim { (desk.t("campaigns-try")) }
                                    }
                                }
                            } }
                        }
                    }
                }
            }
        }
    })
}

/// A letter by itself, as its reader's mail program shows it.
pub(super) async fn letter(
    desk: Desk<App>,
    Path(id): Path<String>,
    Query(wanted): Query<Shown>,
) -> Result<Response, Problem> {
    let id = id_of(&id)?;
    let variant = Some(wanted.variant.as_str()).filter(|name| !name.is_empty());
    let shown = preview(&desk.scope, id, variant, None, wanted.locale.parse().ok()).await?;
    let heads = [(CONTENT_TYPE, "text/html; charset=utf-8"), (CONTENT_SECURITY_POLICY, LETTER)];
    Ok((heads, shown.letter.html).into_response())
}

/// What was said about it, and by whom it was agreed to.
async fn talk(desk: &Desk<App>, campaign: &Campaign) -> Result<Markup, Problem> {
    let db = &desk.scope.app.db;
    let mut said = Vec::new();
    for word in store::words(db, desk.scope.tenant, campaign.id).await? {
        said.push((staff::told(db, &word.author).await?, word));
    }
    Ok(html! {
        section.part {
            h2 { (desk.t("campaigns-talk")) }
            @if said.is_empty() { p.quiet { (desk.t("campaigns-nothing-said")) } }
            ul.talk {
                @for (who, word) in said {
                    li {
                        p.small { b { (who) } " " span.quiet { (desk.moment(word.at)) } " "
                            @match word.verdict.as_deref() {
                                Some("approved") => span.tag.live { (desk.t("campaigns-approved")) },
                                Some(_) => span.tag.late { (desk.t("campaigns-sent-back")) },
                                None => {}
                            } }
                        @if !word.body.is_empty() { p.letter { (word.body) } }
                    }
                }
            }
            form method="post" action=(format!("/console/campaigns/{}/say", campaign.id)) {
                (ui::token(&desk.token))
                div.field { label for="body" { (desk.t("campaigns-say")) } textarea id="body" name="body" rows="3" {} }
                button.act.second { (desk.t("campaigns-say-send")) }
            }
        }
    })
}
