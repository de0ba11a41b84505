//! One journey at the desk: what is to be done next, its steps as a line with how many are where, and what came of it.

use axum::extract::{Path, Query};
use axum::response::Response;
use maud::{Markup, html};
use serde::Deserialize;

use super::console::{entry, goal, id_of, may_decide, may_write, state};
use super::plan::Step;
use super::results::{self, Results, StepFigures};
use super::runs::TREATED;
use super::{Journey, get, store};
use crate::App;
use crate::features::campaigns::console_results::{between, points, reason, verdict};
use crate::features::campaigns::draw::HOLDOUT;
use crate::features::campaigns::results::Comparison;
use crate::features::campaigns::{is_among, policy};
use crate::features::{segments, staff};
use crate::http::Problem;
use crate::i18n::Args;
use crate::web::{Desk, shell, ui};

/// What a link to the page says.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Told {
    note: String,
}

pub(super) async fn open(
    desk: Desk<App>,
    Path(id): Path<String>,
    Query(said): Query<Told>,
) -> Result<Response, Problem> {
    let id = id_of(&id)?;
    let journey = get(&desk.scope, id).await?;
    let author = staff::told(&desk.scope.app.db, &journey.author).await?;
    let tenant = segments::own_tenant(&desk.scope).await?;
    let found = results::of(&desk.scope.app, &tenant, &journey, desk.scope.now).await?;
    let share = policy::share(desk.locale, journey.holdout);
    let main = html! {
        div.head {
            p { a href="/console/journeys" { (desk.t("web-desk-journeys")) } }
            h1 { (journey.name) }
            p { (state(&desk, &journey))
                @if let Some(at) = journey.published_at { " " span.quiet { (desk.say("journeys-published-at", Args::new().text("at", desk.moment(at)))) } } }
            p.quiet { (desk.say("journeys-told", Args::new().text("who", author).text("share", share))) " "
                @if !journey.group.is_empty() { (desk.say("journeys-group-told", Args::new().text("group", &journey.group).text("priority", desk.number(journey.priority)))) } }
        }
        @if said.note == "missing" { (ui::note("bad", &desk.t("campaigns-note-missing"))) }
        (next(&desk, &journey).await?)
        @if journey.published_at.is_some() { (came(&desk, &journey, &found)) }
        (line(&desk, &journey, &found).await?)
        (talk(&desk, &journey).await?)
    };
    Ok(shell::console(&desk, &journey.name, &main))
}

/// What may be done next, and by whom.
async fn next(desk: &Desk<App>, journey: &Journey) -> Result<Markup, Problem> {
    let action = |last: &str| format!("/console/journeys/{}/{last}", journey.id);
    let button = |last: &str, key: &str, class: &str| {
        html! { form method="post" action=(action(last)) { (ui::token(&desk.token)) button class=(class) { (desk.t(key)) } } }
    };
    let (writes, decides) = (may_write(desk), may_decide(desk));
    let own = is_among(&desk.scope, &journey.authors).await?;
    Ok(html! {
        section.part {
            @match journey.state.as_str() {
                "draft" if writes => { div.acts {
                    (button("submit", "journeys-submit", "act"))
                    a.act.second href=(action("edit")) { (desk.t("journeys-edit")) }
                } }
                "in_approval" if own || !decides => p.note { (desk.t("journeys-second-person")) },
                "in_approval" => (decision(desk, &action("decide"))),
                "paused" => (ui::note("careful", &desk.t("journeys-paused"))),
                _ => {}
            }
            @if writes {
                @match journey.state.as_str() {
                    "in_approval" => p { a href=(action("edit")) { (desk.t("journeys-edit")) } " " span.quiet { (desk.t("journeys-edit-again")) } },
                    "published" => div.acts { (button("pause", "journeys-pause", "act second")) },
                    "paused" => div.acts { (button("resume", "journeys-resume", "act")) },
                    _ => {}
                }
                @if journey.state != "ended" { details { summary { (desk.t("journeys-end")) } p { (desk.t("journeys-end-lead")) } (button("end", "journeys-end-do", "act danger slim")) } }
                @if journey.published_at.is_some() { p { a href=(format!("/console/journeys/new?of={}", journey.id)) { (desk.t("journeys-another")) } } }
            }
        }
    })
}

fn decision(desk: &Desk<App>, action: &str) -> Markup {
    html! {
        form.panel.slim method="post" action=(action) {
            (ui::token(&desk.token))
            p { (desk.t("journeys-decide-lead")) }
            div.field { label for="note" { (desk.t("campaigns-note")) } textarea id="note" name="note" rows="2" {} }
            div.acts {
                button.act name="verdict" value="approved" { (desk.t("journeys-approve")) }
                button.act.second name="verdict" value="sent_back" { (desk.t("campaigns-send-back")) }
            }
        }
    }
}

/// What came of it, each figure with its people behind.
fn came(desk: &Desk<App>, journey: &Journey, found: &Results) -> Markup {
    let people = |query: &str| format!("/console/journeys/{}/people?{query}", journey.id);
    let figure = |key: &str, query: &str, count: u64| {
        html! { div { dt { (desk.t(key)) } dd { a href=(people(query)) { (desk.number(count)) } } } }
    };
    let entered: u64 = found.entered.values().sum();
    let arrived: u64 = found.arrived.values().map(|arrived| arrived.reached).sum();
    html! {
        section.part {
            h2 { (desk.t("journeys-results")) }
            dl.kpis {
                (figure("journeys-entered", "", entered))
                (figure("journeys-waiting", "state=waiting", found.waiting))
                (figure("journeys-reached", "state=reached", arrived))
                (figure("journeys-done", "state=done", found.done))
            }
            @if !found.left.is_empty() {
                p.quiet { (desk.t("journeys-left")) " "
                    @for (at, (why, count)) in found.left.iter().enumerate() { @if at > 0 { ", " } a href=(people(&format!("state={why}"))) { (desk.t(&format!("journeys-why-{why}"))) } " " (desk.number(*count)) } }
            }
        }
        section.part {
            h2 { (desk.t("journeys-effect")) }
            p.quiet { (goal(desk, &journey.plan.goal)) " " (desk.t("journeys-effect-lead")) }
            @match &found.effect {
                None => p { (desk.t("journeys-no-holdout")) },
                Some(effect) => (compared(desk, found, effect)),
            }
        }
    }
}

fn compared(desk: &Desk<App>, found: &Results, effect: &Comparison) -> Markup {
    let told = |name: &str| {
        let arrived = found.arrived.get(name).copied().unwrap_or_default();
        let share = desk.locale.number(
            i64::try_from((arrived.reached * 1_000).checked_div(arrived.counted).unwrap_or(0))
                .unwrap_or(0),
            1,
        );
        let args = Args::new().text("share", share).text("reached", desk.number(arrived.reached));
        let args = args.text("people", desk.number(arrived.counted));
        desk.say(&format!("journeys-arm-{name}-told"), args)
    };
    let open: u64 = found.arrived.values().map(|arrived| arrived.open).sum();
    html! {
        div.panel {
            p { (told(TREATED)) br; (told(HOLDOUT)) }
            @match &effect.buyers {
                _ if !effect.sound => (ui::note("bad", &desk.t("journeys-ratio-broken"))),
                None => p { (desk.t("campaigns-too-few")) },
                Some(difference) => p { (verdict(desk, difference)) " "
                    (desk.say("journeys-difference", between(difference.estimate, difference.interval, |value| points(desk, value)))) },
            }
            @if let Some(least) = effect.detectable.filter(|_| is_open(effect)) {
                p.quiet { (desk.say("campaigns-detectable", Args::new().text("least", points(desk, least)))) }
            }
            @if open > 0 { p.quiet { (desk.say("journeys-still-open", Args::new().count("n", i64::try_from(open).unwrap_or(i64::MAX)).text("open", desk.number(open)))) } }
        }
    }
}

fn is_open(effect: &Comparison) -> bool {
    use lazo_measures::stats::intervals::Verdict;
    effect.buyers.as_ref().is_none_or(|found| found.verdict == Verdict::NotConclusive)
}

/// The steps as a line from the entry to the goal, with how many are where.
async fn line(desk: &Desk<App>, journey: &Journey, found: &Results) -> Result<Markup, Problem> {
    let begins = entry(desk, journey).await?;
    let counted = journey.published_at.is_some();
    let entered: u64 = found.entered.values().sum();
    Ok(html! {
        section.part {
            h2 { (desk.t("journeys-steps")) }
            ol.line {
                li.begin { p { b { (begins) } }
                    @if let Some(days) = journey.plan.again_after_days { p.quiet { (desk.say("journeys-again-told", Args::new().text("days", desk.number(days)))) } }
                    @if !journey.condition.is_empty() { p.quiet { code { (journey.condition) } } }
                    @if counted { p.quiet { (desk.say("journeys-entered-told", Args::new().text("count", desk.number(entered)))) } } }
                @for (step, figures) in journey.plan.steps.iter().zip(&found.steps) {
                    li class=(step.kind()) { (what(desk, step)) @if counted { (counts(desk, step, figures)) } }
                }
                li.finish { p { b { (goal(desk, &journey.plan.goal)) } } p.quiet { (desk.t("journeys-goal-lead")) } }
            }
        }
    })
}

/// What a step does.
fn what(desk: &Desk<App>, step: &Step) -> Markup {
    match step {
        Step::Wait { days, .. } => {
            let args = Args::new().count("n", *days).text("days", desk.number(*days));
            html! { p { (desk.say("journeys-step-wait-told", args)) } }
        }
        Step::Branch { condition, otherwise, .. } => html! {
            p { (desk.t("journeys-step-branch-told")) " " code { (condition) } }
            p.quiet { (desk.say("journeys-step-branch-otherwise", Args::new().text("step", otherwise))) }
        },
        Step::Letter { code, content, service, asks } => {
            let words = content.variants.first().and_then(|variant| {
                variant.texts.get(desk.locale.tag()).or_else(|| variant.texts.values().next())
            });
            html! {
                @if let Some(words) = words {
                    details {
                        summary { b { (words.subject) } }
                        div.panel { p.letter.long-words { (words.body) } @if !words.button.is_empty() { p.quiet { (words.button) " → " (words.link) } } }
                    }
                }
                p.quiet { code { (code) }
                    @if *service { " · " (desk.t("journeys-service")) }
                    @if *asks { " · " (desk.t("journeys-asks")) } }
            }
        }
    }
}

/// How a step fared, in a few numbers.
fn counts(desk: &Desk<App>, step: &Step, figures: &StepFigures) -> Markup {
    let part = |key: &str, count: u64| {
        (count > 0).then(|| desk.say(key, Args::new().text("count", desk.number(count))))
    };
    let of = |outcome: &str| figures.outcomes.get(outcome).copied().unwrap_or(0);
    let mut parts = vec![part("journeys-count-waiting", figures.waiting)];
    match step {
        Step::Letter { .. } => {
            parts.extend([
                part("journeys-count-sent", of("sent")),
                part("journeys-count-kept", of("kept")),
            ]);
            let others = figures.outcomes.iter();
            let others = others.filter(|(name, _)| !["sent", "kept"].contains(&name.as_str()));
            parts.extend(others.map(|(why, count)| {
                Some(format!("{} {}", reason(desk, why), desk.number(*count)))
            }));
        }
        Step::Branch { .. } => {
            parts.extend([
                part("journeys-count-yes", of("yes")),
                part("journeys-count-no", of("no")),
            ]);
        }
        Step::Wait { .. } => parts.push(part("journeys-count-waited", of("waited"))),
    }
    parts.push(part("journeys-count-left", figures.left));
    parts.push(part("journeys-count-unsubscribed", figures.letters.unsubscribed));
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    html! {
        @if !parts.is_empty() { p.counts { (parts.join(" · ")) } }
        @if let Some(share) = figures.appreciation() { p.counts { (useful(desk, figures, share)) } }
    }
}

/// How many found a letter useful.
fn useful(desk: &Desk<App>, figures: &StepFigures, share: u64) -> String {
    let answers = figures.letters.useful + figures.letters.useless;
    let share = desk.locale.number(i64::try_from(share / 10).unwrap_or(0), 1);
    let args = Args::new().text("share", share).text("useful", desk.number(figures.letters.useful));
    desk.say("journeys-useful", args.text("answers", desk.number(answers)))
}

/// What was said about it, and by whom it was agreed to.
async fn talk(desk: &Desk<App>, journey: &Journey) -> Result<Markup, Problem> {
    let db = &desk.scope.app.db;
    let mut said = Vec::new();
    for word in store::words(db, desk.scope.tenant, journey.id).await? {
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
            form method="post" action=(format!("/console/journeys/{}/say", journey.id)) {
                (ui::token(&desk.token))
                div.field { label for="body" { (desk.t("campaigns-say")) } textarea id="body" name="body" rows="3" {} }
                button.act.second { (desk.t("campaigns-say-send")) }
            }
        }
    })
}
