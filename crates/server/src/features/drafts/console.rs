//! A program at the desk: its rules in sentences, a guided change, what would differ, a backtest, and the second person.

use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::Router;
use axum::extract::Path;
use axum::http::{HeaderName, HeaderValue};
use axum::response::Response;
use axum::routing::{get, post};
use lazo_domain::ids::BUCKETS;
use lazo_domain::program::ProgramConfig;
use lazo_domain::time::Timestamp;
use maud::{Markup, html};

use super::rule::{self, Given};
use crate::App;
use crate::features::backtests::{self, Backtest, Report};
use crate::features::configuration;
use crate::features::ledger::condition;
use crate::features::programs::{self, ProgramHead, Version, VersionState};
use crate::features::publishing;
use crate::features::staff;
use crate::http::{Problem, Role};
use crate::i18n::Args;
use crate::web::{Desk, Fields, PageRow, Who, see, shell, ui};

/// How long a page waits for a backtest before it tells how far it is.
const PATIENCE: Duration = Duration::from_secs(2);
const REFRESH: HeaderName = HeaderName::from_static("refresh");
const READERS: &[Role] = &[Role::ProgramManager, Role::Finance, Role::Admin];
const WRITERS: &[Role] = &[Role::ProgramManager, Role::Admin];

/// Who may open what.
pub const PAGES: &[PageRow] = &[
    PageRow::console("/programs", Who::Staff(READERS)),
    PageRow::console("/programs/{program}", Who::Staff(READERS)),
    PageRow::console("/programs/{program}/rules/{rule}", Who::Staff(WRITERS)),
    PageRow::console("/programs/{program}/rules/{rule}", Who::Staff(WRITERS)).sent(),
    PageRow::console("/programs/{program}/backtest", Who::Staff(READERS)),
    PageRow::console("/programs/{program}/backtest", Who::Staff(READERS)).sent(),
    PageRow::console("/programs/{program}/publish", Who::Staff(WRITERS)).sent(),
    PageRow::console("/programs/{program}/withdraw", Who::Staff(WRITERS)).sent(),
];

/// The pages of this noun.
pub fn pages() -> Router<App> {
    Router::new()
        .route("/programs", get(list))
        .route("/programs/{program}", get(program))
        .route("/programs/{program}/rules/{rule}", get(edit).post(save))
        .route("/programs/{program}/backtest", get(backtest).post(backtest_again))
        .route("/programs/{program}/publish", post(publish))
        .route("/programs/{program}/withdraw", post(withdraw))
}

/// A program with its versions.
struct Found {
    head: ProgramHead,
    live: Option<Version>,
    draft: Option<Version>,
    published: Vec<Version>,
}

async fn found(desk: &Desk<App>, code: &str) -> Result<Found, Problem> {
    let db = &desk.scope.app.db;
    let head = programs::store::by_code(db, desk.scope.tenant, code).await?;
    let head = head.ok_or_else(|| Problem::not_found("program_not_found"))?;
    let versions = programs::store::versions(db, desk.scope.tenant, head.id).await?;
    let draft = versions.iter().find(|v| v.state == VersionState::Draft).cloned();
    let published: Vec<Version> =
        versions.into_iter().filter(|v| v.state == VersionState::Published).collect();
    let all = programs::of(&desk.scope).await?;
    let number = all.at(head.id, desk.scope.now).map(|program| program.version);
    let live = published.iter().find(|v| Some(v.version) == number).cloned();
    Ok(Found { head, live, draft, published })
}

fn name(desk: &Desk<App>, config: &ProgramConfig) -> String {
    desk.locale.pick(&config.name).unwrap_or(&config.code).to_owned()
}

async fn list(desk: Desk<App>) -> Result<Response, Problem> {
    let heads = programs::store::all(&desk.scope.app.db, desk.scope.tenant).await?;
    let mut all = Vec::new();
    for head in heads {
        all.push(found(&desk, &head.code).await?);
    }
    let title = desk.t("web-desk-programs");
    let main = html! {
        h1 { (title) }
        @if all.is_empty() { p.quiet { (desk.t("drafts-no-programs")) } }
        ul.rows {
            @for found in &all {
                li {
                    a.row href=(format!("/console/programs/{}", found.head.code)) {
                        span.what { (found.live.as_ref().map_or(found.head.code.clone(), |live| name(&desk, &live.config))) }
                        span.effect {
                            @if found.draft.is_some() { span.tag.draft { (desk.t("drafts-waits")) } " " }
                            @if let Some(live) = &found.live { span.tag.live { (desk.say("drafts-live", Args::new().text("version", live.version.to_string()))) } }
                        }
                    }
                }
            }
        }
    };
    Ok(shell::console(&desk, &title, &main))
}

async fn program(desk: Desk<App>, Path(code): Path<String>) -> Result<Response, Problem> {
    let found = found(&desk, &code).await?;
    let live = found.live.as_ref().ok_or_else(|| Problem::not_found("program_not_found"))?;
    let title = name(&desk, &live.config);
    let may_write = WRITERS.iter().any(|role| desk.scope.is(*role));
    let draft = match &found.draft {
        Some(draft) => draft_told(&desk, live, draft).await?,
        None => html! {},
    };
    let main = html! {
        div.head {
            p { a href="/console/programs" { (desk.t("web-desk-programs")) } }
            h1 { (title) }
            p { span.tag.live { (desk.say("drafts-live", Args::new().text("version", live.version.to_string()))) } }
        }
        (draft)
        div.cells.two {
            section.part {
                h2 { (desk.t("drafts-rules")) }
                div {
                    @for rule in &live.config.earning_rules {
                        div.rule {
                            b { (desk.locale.pick(&rule.name).unwrap_or(&rule.code)) }
                            @if may_write { a href=(format!("/console/programs/{code}/rules/{}", rule.code)) { (desk.t("drafts-change")) } }
                            p { (rule::sentence(&desk, &live.config, rule)) }
                            @if let Some(when) = &rule.when {
                                @if let Some(told) = condition::told(when, &live.config, desk.locale) { p { (desk.say("drafts-only-when", Args::new().text("when", told))) } }
                                p { code { (when) } }
                            }
                        }
                    }
                }
            }
            (history(&desk, &found))
        }
    };
    Ok(shell::console(&desk, &title, &main))
}

/// What waits: what it changes in words, what it would have done, and who may say yes.
async fn draft_told(desk: &Desk<App>, live: &Version, draft: &Version) -> Result<Markup, Problem> {
    let lines = configuration::differences_of(&live.config, &draft.config)?;
    let own = draft.ancestors.iter().chain([&draft.author]).any(|one| one == desk.scope.actor());
    let author = author(desk, &draft.author).await?;
    let path = |last: &str| format!("/console/programs/{}/{last}", live.config.code);
    let may_write = WRITERS.iter().any(|role| desk.scope.is(*role));
    Ok(html! {
        section.panel {
            div.part {
                p { span.tag.draft { (desk.t("drafts-waits")) } }
                h2 { (desk.say("drafts-draft", Args::new().text("author", author))) }
            }
            ul.diff { @for line in &lines { li { (line) } } }
            @if let Some(from) = draft.effective_from { p { (begins(desk, from)) } }
            div.acts {
                a.act.second href=(path("backtest")) { (desk.t("drafts-backtest")) }
                @if may_write && !own {
                    form method="post" action=(path("publish")) {
                        (ui::token(&desk.token))
                        input type="hidden" name="version" value=(draft.version);
                        button.act { (desk.t("drafts-publish")) }
                    }
                }
                @if may_write {
                    form method="post" action=(path("withdraw")) { (ui::token(&desk.token)) button.plain { (desk.t("drafts-withdraw")) } }
                }
            }
            @if own { p.quiet { (desk.t("drafts-second-person")) } }
        }
    })
}

/// From when a draft counts, in words.
fn begins(desk: &Desk<App>, from: Timestamp) -> String {
    let zone = desk.scope.caller.tenancy.as_ref().map(|tenancy| tenancy.zone.clone());
    let at = desk.locale.moment(from, &zone.unwrap_or_else(lazo_domain::time::Zone::utc));
    desk.say("drafts-from", Args::new().text("at", at))
}

/// The author's name, where it is a person; else as the journal names it.
async fn author(desk: &Desk<App>, actor: &str) -> Result<String, Problem> {
    let Some(id) = staff::person_of(actor) else { return Ok(actor.to_owned()) };
    let name = staff::store::name_of(&desk.scope.app.db, id).await?;
    Ok(name.unwrap_or_else(|| actor.to_owned()))
}

fn history(desk: &Desk<App>, found: &Found) -> Markup {
    let zone = desk.scope.caller.tenancy.as_ref().map(|tenancy| tenancy.zone.clone());
    let zone = zone.unwrap_or_else(lazo_domain::time::Zone::utc);
    html! {
        section.part {
            h2 { (desk.t("drafts-history")) }
            ul.rows {
                @for version in found.published.iter().take(10) {
                    li { div.row {
                        span.what { (desk.say("drafts-version", Args::new().text("version", version.version.to_string()))) }
                        span.when { @if let Some(at) = version.published_at { (desk.locale.moment(at, &zone)) } }
                    } }
                }
            }
        }
    }
}

/// The document that a change begins from: the draft that waits, else what is live.
fn ground(found: &Found) -> Result<&Version, Problem> {
    let version = found.draft.as_ref().or(found.live.as_ref());
    version.ok_or_else(|| Problem::not_found("program_not_found"))
}

async fn edit(
    desk: Desk<App>,
    Path((program, code)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let found = found(&desk, &program).await?;
    editor(&desk, ground(&found)?, &code, &Given::default())
}

/// The form of a rule: as it is, or as it was filled in, with what is wrong beside each field.
fn editor(
    desk: &Desk<App>,
    ground: &Version,
    code: &str,
    given: &Given,
) -> Result<Response, Problem> {
    let config = &ground.config;
    let program = &config.code;
    let wanted = config.earning_rules.iter().find(|rule| rule.code == code);
    let wanted = wanted.ok_or_else(|| Problem::not_found("not_found"))?;
    let title = desk.locale.pick(&wanted.name).unwrap_or(&wanted.code).to_owned();
    let begins = ground.effective_from.filter(|_| ground.state == VersionState::Draft);
    let main = html! {
        div.head {
            p { a href=(format!("/console/programs/{program}")) { (name(desk, config)) } }
            h1 { (title) }
            p.quiet { (rule::sentence(desk, config, wanted)) }
            @if let Some(from) = begins { p.quiet { (self::begins(desk, from)) } }
        }
        @for line in rule::elsewhere(given) { (ui::note("bad", line)) }
        form.panel method="post" action=(format!("/console/programs/{program}/rules/{code}")) {
            (ui::token(&desk.token))
            (rule::fields(desk, config, wanted, given))
            div.acts { button.act { (desk.t("drafts-save")) } a href=(format!("/console/programs/{program}")) { (desk.t("drafts-leave")) } }
            p.quiet.small { (desk.t("drafts-save-hint")) }
        }
    };
    Ok(shell::console(desk, &title, &main))
}

async fn save(
    desk: Desk<App>,
    Path((program, code)): Path<(String, String)>,
    fields: Fields,
) -> Result<Response, Problem> {
    let found = found(&desk, &program).await?;
    let ground = ground(&found)?;
    match keep(&desk, &found.head, ground, &code, &fields).await {
        Ok(()) => Ok(see(&format!("/console/programs/{program}"))),
        Err(problem) if problem.status == 422 => {
            let given = Given { fields: Some(fields), errors: problem.errors };
            editor(&desk, ground, &code, &given)
        }
        Err(problem) => Err(problem),
    }
}

async fn keep(
    desk: &Desk<App>,
    head: &ProgramHead,
    ground: &Version,
    code: &str,
    fields: &Fields,
) -> Result<(), Problem> {
    let mut config = ground.config.clone();
    let place = config.earning_rules.iter().position(|rule| rule.code == code);
    let place = place.ok_or_else(|| Problem::not_found("not_found"))?;
    let changed = rule::changed(desk, &config, &config.earning_rules[place], fields)?;
    config.earning_rules[place] = changed;
    // A draft that is to begin on a day still begins on that day.
    let from = ground.effective_from.filter(|_| ground.state == VersionState::Draft);
    let done = configuration::api::draft(&desk.scope, head, config, from).await;
    done.map(drop).map_err(|problem| rule::beside_its_fields(problem, place))
}

/// What the draft would have given over all of history, beside what the live rules gave: one run per draft, which goes on
/// while nobody looks.
async fn backtest(desk: Desk<App>, Path(code): Path<String>) -> Result<Response, Problem> {
    let found = found(&desk, &code).await?;
    let draft = found.draft.as_ref().ok_or_else(|| Problem::not_found("draft_not_found"))?;
    let app = &desk.scope.app;
    let asked = Backtest {
        tenant: desk.scope.tenant,
        program: found.head.id,
        candidate: draft.config.clone(),
        since: programs::BEGINNING,
        at: desk.scope.now,
    };
    let key = (desk.scope.tenant, found.head.id, draft.version);
    let run = app.backtests.of(key, (&app.db, &app.programs, &app.places), asked)?;
    let Some(outcome) = run.outcome(PATIENCE).await else {
        return Ok(under_way(&desk, draft, &run.progress));
    };
    let report = outcome.map_err(|error| match error.as_ref() {
        backtests::BacktestError::Candidate(errors) => errors.clone().into(),
        backtests::BacktestError::Store(error) => {
            tracing::error!(%error, "a backtest failed");
            Problem::unavailable()
        }
    })?;
    let title = desk.t("drafts-backtest");
    let main = html! {
        (backtest_head(&desk, draft))
        p.lead { (desk.say("drafts-backtest-lead", Args::new()
            .text("events", desk.locale.number(report.baseline.events, 0))
            .text("members", desk.locale.number(report.members, 0)))) }
        (compared(&desk, draft, &report))
        form method="post" action=(format!("/console/programs/{code}/backtest")) {
            (ui::token(&desk.token)) button.act.second { (desk.t("drafts-backtest-again")) }
        }
    };
    Ok(shell::console(&desk, &title, &main))
}

fn backtest_head(desk: &Desk<App>, draft: &Version) -> Markup {
    html! {
        div.head {
            p { a href=(format!("/console/programs/{}", draft.config.code)) { (name(desk, &draft.config)) } }
            h1 { (desk.t("drafts-backtest-title")) }
        }
    }
}

/// How far it is, on a page that looks again by itself.
fn under_way(desk: &Desk<App>, draft: &Version, progress: &backtests::Progress) -> Response {
    let done = progress.buckets.load(Ordering::Relaxed);
    let events = desk.locale.number(progress.events.load(Ordering::Relaxed), 0);
    let main = html! {
        (backtest_head(desk, draft))
        section.part {
            p.lead role="status" { (desk.say("drafts-backtest-waits", Args::new().text("events", events))) }
            (ui::bar(done, BUCKETS))
            p { a href=(format!("/console/programs/{}/backtest", draft.config.code)) { (desk.t("drafts-backtest-look")) } }
        }
    };
    let mut page = shell::console(desk, &desk.t("drafts-backtest"), &main);
    page.headers_mut().insert(REFRESH, HeaderValue::from_static("3"));
    page
}

async fn backtest_again(
    desk: Desk<App>,
    Path(code): Path<String>,
    _: Fields,
) -> Result<Response, Problem> {
    let found = found(&desk, &code).await?;
    let draft = found.draft.as_ref().ok_or_else(|| Problem::not_found("draft_not_found"))?;
    desk.scope.app.backtests.forget((desk.scope.tenant, found.head.id, draft.version));
    Ok(see(&format!("/console/programs/{code}/backtest")))
}

/// Decimals of a point type.
fn scale(draft: &Version, code: &str) -> u8 {
    draft
        .config
        .point_types
        .iter()
        .find(|point_type| point_type.code == code)
        .map_or(0, |p| p.scale)
}

fn compared(desk: &Desk<App>, draft: &Version, report: &Report) -> Markup {
    let money = |minor: i64| desk.locale.money(minor, draft.config.currency);
    let number = |n: i64| desk.locale.number(n, 0);
    let (live, new) = (&report.baseline, &report.candidate);
    let rows = [
        (
            "drafts-cost",
            money(live.cost_minor),
            money(new.cost_minor),
            money(new.cost_minor - live.cost_minor),
        ),
        (
            "drafts-liability",
            money(live.liability_minor),
            money(new.liability_minor),
            money(new.liability_minor - live.liability_minor),
        ),
    ];
    html! {
        dl.kpis {
            div { dt { (desk.t("drafts-winners")) } dd { (number(report.winners)) } }
            div { dt { (desk.t("drafts-losers")) } dd { (number(report.losers)) } }
            div { dt { (desk.t("drafts-difference")) } dd { (money(new.cost_minor - live.cost_minor)) } }
        }
        div.scroll tabindex="0" role="region" aria-label=(desk.t("drafts-table")) {
            table {
                caption { (desk.t("drafts-table")) }
                thead { tr { th scope="col" { (desk.t("drafts-what")) } th.n scope="col" { (desk.t("drafts-now")) } th.n scope="col" { (desk.t("drafts-then")) } th.n scope="col" { (desk.t("drafts-more")) } } }
                tbody {
                    @for (key, a, b, c) in &rows { tr { th scope="row" { (desk.t(key)) } td.n { (a) } td.n { (b) } td.n { (c) } } }
                    @for (code, earned) in &live.earned {
                        @let after = new.earned.get(code).copied().unwrap_or(0);
                        @let points = |units: i64| desk.locale.number(units, scale(draft, code));
                        tr { th scope="row" { (desk.say("drafts-earned", Args::new().text("code", code))) } td.n { (points(*earned)) } td.n { (points(after)) } td.n { (points(after - earned)) } }
                    }
                }
            }
        }
    }
}

async fn publish(
    desk: Desk<App>,
    Path(code): Path<String>,
    fields: Fields,
) -> Result<Response, Problem> {
    // Only what was on the page is published: the draft may be another by now.
    let shown = fields.get("version").parse().map_err(|_| Problem::new(403, "form_stale"))?;
    publishing::publish_by(&desk.scope, &code, Some(shown)).await?;
    Ok(see(&format!("/console/programs/{code}")))
}

async fn withdraw(
    desk: Desk<App>,
    Path(code): Path<String>,
    _: Fields,
) -> Result<Response, Problem> {
    programs::api::withdraw_by(&desk.scope, &code).await?;
    Ok(see(&format!("/console/programs/{code}")))
}
