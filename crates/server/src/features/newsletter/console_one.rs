//! One issue at the desk: where it stands and what is to be done next, what it says, and what became of its letters.

use axum::extract::{Path, Query};
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use serde::Deserialize;

use super::console::{id_of, may_decide, may_write, state, subject, told_when};
use super::{Issue, brand_of, get, letters, preview, settings, store};
use crate::App;
use crate::features::{campaigns, staff};
use crate::http::Problem;
use crate::i18n::{Args, Locale};
use crate::web::{Desk, shell, ui};

/// What a letter shown by itself may do: nothing but look as it looks.
const LETTER: &str = "default-src 'none'; style-src 'unsafe-inline'; sandbox";
/// The states in the order of an issue's way.
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
    locale: String,
}

pub(super) async fn open(
    desk: Desk<App>,
    Path(id): Path<String>,
    Query(said): Query<Told>,
) -> Result<Response, Problem> {
    let issue = get(&desk.scope, id_of(&id)?).await?;
    let (db, tenant) = (&desk.scope.app.db, desk.scope.tenant);
    let brand = brand_of(db, tenant, issue.brand).await?.map(|brand| brand.config.name);
    let newsletter = settings::of(db, tenant, issue.brand).await?;
    let topic = newsletter.as_ref().and_then(|it| it.settings.topic(&issue.topic, desk.locale));
    let title = subject(&desk, &issue);
    let main = html! {
        div.head {
            p { a href="/console/newsletter" { (desk.t("web-desk-newsletter")) } }
            h1 { (title) }
            p { (state(&desk, &issue)) " " span.quiet { (told_when(&desk, &issue)) } }
            p.quiet { (brand.unwrap_or_default()) " · " (topic.map_or_else(|| desk.t("newsletter-whole-list"), str::to_owned)) }
        }
        (way(&desk, &issue))
        @if said.tried == "yes" { (ui::note("good", &desk.t("campaigns-tried"))) }
        @if said.hour == "wrong" { (ui::note("bad", &desk.t("campaigns-wrong-hour"))) }
        @if said.note == "missing" { (ui::note("bad", &desk.t("campaigns-note-missing"))) }
        (next(&desk, &issue).await?)
        @if issue.started_at.is_some() { (came(&desk, &issue).await?) }
        (written(&desk, &issue).await?)
        (talk(&desk, &issue).await?)
    };
    Ok(shell::console(&desk, &title, &main))
}

/// The line that one can walk, from the draft to the last letter.
fn way(desk: &Desk<App>, issue: &Issue) -> Markup {
    let here = WAY.iter().position(|name| *name == issue.state);
    html! {
        @if let Some(here) = here {
            div.scroll tabindex="0" role="region" aria-label=(desk.t("newsletter-way")) { ol.walk {
                @for (at, name) in WAY.iter().enumerate() {
                    li.here[at == here].had[at < here] aria-current=[(at == here).then_some("step")] { (desk.t(&format!("campaigns-state-{}", name.replace('_', "-")))) }
                }
            } }
        }
    }
}

/// What may be done next, and by whom.
async fn next(desk: &Desk<App>, issue: &Issue) -> Result<Markup, Problem> {
    let action = |last: &str| format!("/console/newsletter/issues/{}/{last}", issue.id);
    let button = |last: &str, key: &str, class: &str| {
        html! { form method="post" action=(action(last)) { (ui::token(&desk.token)) button class=(class) { (desk.t(key)) } } }
    };
    let (writes, decides) = (may_write(desk), may_decide(desk));
    let open = WAY[..5].contains(&issue.state.as_str());
    let own = campaigns::is_among(&desk.scope, &issue.authors).await?;
    Ok(html! {
        section.part {
            @match issue.state.as_str() {
                "draft" if writes => { div.acts {
                    (button("submit", "campaigns-submit", "act"))
                    a.act.second href=(action("edit")) { (desk.t("campaigns-edit")) }
                } }
                "in_approval" if own || !decides => p.note { (desk.t("campaigns-second-person")) },
                "in_approval" => (decision(desk, &action("decide"))),
                "approved" if writes => (hour(desk, &action("schedule"))),
                _ => {}
            }
            @if matches!(issue.state.as_str(), "in_approval" | "approved") && writes {
                p { a href=(action("edit")) { (desk.t("campaigns-edit")) } " " span.quiet { (desk.t("newsletter-edit-again")) } }
            }
            @if open && writes { details { summary { (desk.t("newsletter-cancel")) } p { (desk.t("campaigns-cancel-lead")) } (button("cancel", "campaigns-cancel-do", "act danger slim")) } }
        }
    })
}

fn decision(desk: &Desk<App>, action: &str) -> Markup {
    html! {
        form.panel.slim method="post" action=(action) {
            (ui::token(&desk.token))
            p { (desk.t("newsletter-decide-lead")) }
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

/// What became of its letters.
async fn came(desk: &Desk<App>, issue: &Issue) -> Result<Markup, Problem> {
    let counts = letters::counts(&desk.scope.app.db, desk.scope.tenant, issue.id).await?;
    let of = |wanted: &dyn Fn(&str, &str) -> bool| {
        counts.iter().filter(|(s, r, _)| wanted(s, r)).map(|(_, _, n)| n).sum::<i64>()
    };
    let rows = [
        ("newsletter-came-sent", of(&|state, _| state == "sent")),
        ("newsletter-came-waiting", of(&|state, _| state == "ready" || state == "handing")),
        ("newsletter-came-withheld", of(&|state, _| state == "withheld")),
        ("newsletter-came-bounced", of(&|state, why| state == "bounced" || why == "bounced")),
        ("newsletter-came-left", of(&|state, why| state == "sent" && why == "left")),
        ("newsletter-came-complained", of(&|state, why| state == "sent" && why == "complained")),
    ];
    Ok(html! {
        section.part {
            h2 { (desk.t("newsletter-came")) }
            dl.pairs { @for (key, letters) in rows { div { dt { (desk.t(key)) } dd { b { (desk.number(letters)) } } } } }
        }
    })
}

/// What it says, language by language, as somebody reads it.
async fn written(desk: &Desk<App>, issue: &Issue) -> Result<Markup, Problem> {
    let mut all = Vec::new();
    for tag in issue.texts.keys() {
        let locale = tag.parse::<Locale>().unwrap_or(desk.locale);
        all.push((locale, preview(&desk.scope, issue, Some(locale)).await?.0));
    }
    let mailer = desk.scope.app.mailer.is_ready();
    let path = |last: &str| format!("/console/newsletter/issues/{}/{last}", issue.id);
    Ok(html! {
        section.part {
            h2 { (desk.t("campaigns-letters")) }
            p.quiet { (desk.t("newsletter-letters-lead")) }
            @for (at, (locale, letter)) in all.iter().enumerate() {
                details open[at == 0] {
                    summary { (locale.text("web-language", &Args::new())) }
                    div.panel lang=(locale.tag()) {
                        p { b { (letter.subject) } br; span.quiet.small { (letter.from_name) } }
                        p.letter.long-words { (letter.text) }
                    }
                    div.acts {
                        a.act.second.slim href=(path(&format!("letter.html?locale={}", locale.tag()))) { (desk.t("campaigns-letter-html")) }
                        @if may_write(desk) && mailer {
                            form.inline method="post" action=(path("try")) {
                                (ui::token(&desk.token))
                                input type="hidden" name="locale" value=(locale.tag());
                                button.act.second.slim { (desk.t("campaigns-try")) }
                            }
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
    let issue = get(&desk.scope, id_of(&id)?).await?;
    let (letter, _) = preview(&desk.scope, &issue, wanted.locale.parse().ok()).await?;
    let heads = [(CONTENT_TYPE, "text/html; charset=utf-8"), (CONTENT_SECURITY_POLICY, LETTER)];
    Ok((heads, letter.html).into_response())
}

/// By whom it was agreed to or sent back, and with which words.
async fn talk(desk: &Desk<App>, issue: &Issue) -> Result<Markup, Problem> {
    let db = &desk.scope.app.db;
    let mut said = Vec::new();
    for word in store::words(db, desk.scope.tenant, issue.id).await? {
        said.push((staff::told(db, &word.author).await?, word));
    }
    Ok(html! {
        @if !said.is_empty() {
            section.part {
                h2 { (desk.t("newsletter-said")) }
                ul.talk {
                    @for (who, word) in said {
                        li {
                            p.small { b { (who) } " " span.quiet { (desk.moment(word.at)) } " "
                                @if word.verdict == "approved" { span.tag.live { (desk.t("campaigns-approved")) } }
                                @else { span.tag.late { (desk.t("campaigns-sent-back")) } } }
                            @if !word.body.is_empty() { p.letter { (word.body) } }
                        }
                    }
                }
            }
        }
    })
}
