//! A program at the desk: its rules in sentences, a guided change, what would differ, a backtest, and the second person.

use std::sync::Arc;

use axum::Router;
use axum::extract::Path;
use axum::response::Response;
use axum::routing::{get, post};
use lazo_domain::ids::StaffId;
use lazo_domain::program::ProgramConfig;
use maud::{Markup, html};

use super::rule;
use crate::App;
use crate::features::backtests::{self, Backtest, Report};
use crate::features::configuration;
use crate::features::programs::{self, ProgramHead, Version, VersionState};
use crate::features::staff;
use crate::http::{Problem, Role};
use crate::i18n::Args;
use crate::web::{Desk, Fields, PageRow, Who, see, shell, ui};

const READERS: &[Role] = &[Role::ProgramManager, Role::Finance, Role::Admin];
const WRITERS: &[Role] = &[Role::ProgramManager, Role::Admin];

/// Who may open what.
pub const PAGES: &[PageRow] = &[
    PageRow::console("/programs", Who::Staff(READERS)),
    PageRow::console("/programs/{program}", Who::Staff(READERS)),
    PageRow::console("/programs/{program}/rules/{rule}", Who::Staff(WRITERS)),
    PageRow::console("/programs/{program}/rules/{rule}", Who::Staff(WRITERS)).sent(),
    PageRow::console("/programs/{program}/backtest", Who::Staff(READERS)),
    PageRow::console("/programs/{program}/publish", Who::Staff(WRITERS)).sent(),
    PageRow::console("/programs/{program}/withdraw", Who::Staff(WRITERS)).sent(),
];

/// The pages of this noun.
pub fn pages() -> Router<App> {
    Router::new()
        .route("/programs", get(list))
        .route("/programs/{program}", get(program))
        .route("/programs/{program}/rules/{rule}", get(edit).post(save))
        .route("/programs/{program}/backtest", get(backtest))
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
                            @if let Some(when) = &rule.when { p { code { (when) } } }
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
    let own = draft.author == desk.scope.actor();
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
            div.acts {
                a.act.second href=(path("backtest")) { (desk.t("drafts-backtest")) }
                @if may_write && !own {
                    form method="post" action=(path("publish")) { (ui::token(&desk.token)) button.act { (desk.t("drafts-publish")) } }
                }
                @if may_write {
                    form method="post" action=(path("withdraw")) { (ui::token(&desk.token)) button.plain { (desk.t("drafts-withdraw")) } }
                }
            }
            @if own { p.quiet { (desk.t("drafts-second-person")) } }
        }
    })
}

/// The author's name, where it is a person; else as the journal names it.
async fn author(desk: &Desk<App>, actor: &str) -> Result<String, Problem> {
    let id: Option<StaffId> = actor.strip_prefix("staff:").and_then(|id| id.parse().ok());
    let Some(id) = id else { return Ok(actor.to_owned()) };
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
    let config = &ground(&found)?.config;
    let wanted = config.earning_rules.iter().find(|rule| rule.code == code);
    let wanted = wanted.ok_or_else(|| Problem::not_found("not_found"))?;
    let title = desk.locale.pick(&wanted.name).unwrap_or(&wanted.code).to_owned();
    let main = html! {
        div.head {
            p { a href=(format!("/console/programs/{program}")) { (name(&desk, config)) } }
            h1 { (title) }
            p.quiet { (rule::sentence(&desk, config, wanted)) }
        }
        form.panel method="post" action=(format!("/console/programs/{program}/rules/{code}")) {
            (ui::token(&desk.token))
            (rule::fields(&desk, wanted))
            div.acts { button.act { (desk.t("drafts-save")) } a href=(format!("/console/programs/{program}")) { (desk.t("drafts-leave")) } }
            p.quiet.small { (desk.t("drafts-save-hint")) }
        }
    };
    Ok(shell::console(&desk, &title, &main))
}

async fn save(
    desk: Desk<App>,
    Path((program, code)): Path<(String, String)>,
    fields: Fields,
) -> Result<Response, Problem> {
    let found = found(&desk, &program).await?;
    let mut config = ground(&found)?.config.clone();
    let wanted = config.earning_rules.iter_mut().find(|rule| rule.code == code);
    let wanted = wanted.ok_or_else(|| Problem::not_found("not_found"))?;
    *wanted = rule::changed(wanted, &fields)?;
    configuration::api::draft(&desk.scope, &found.head, config).await?;
    Ok(see(&format!("/console/programs/{program}")))
}

/// What the draft would have given over all of history, beside what the live rules gave.
async fn backtest(desk: Desk<App>, Path(code): Path<String>) -> Result<Response, Problem> {
    let found = found(&desk, &code).await?;
    let draft = found.draft.as_ref().ok_or_else(|| Problem::not_found("draft_not_found"))?;
    let app = &desk.scope.app;
    let asked = Backtest {
        tenant: desk.scope.tenant,
        program: found.head.id,
        candidate: draft.config.clone(),
        at: desk.scope.now,
    };
    let progress = Arc::new(backtests::Progress::default());
    let report = backtests::run(&app.db, &app.programs, asked, progress).await;
    let report = report.map_err(|error| match error {
        backtests::BacktestError::Candidate(errors) => errors.into(),
        backtests::BacktestError::Store(error) => Problem::from(error),
    })?;
    let title = desk.t("drafts-backtest");
    let main = html! {
        div.head {
            p { a href=(format!("/console/programs/{code}")) { (name(&desk, &draft.config)) } }
            h1 { (desk.t("drafts-backtest-title")) }
            p.lead { (desk.say("drafts-backtest-lead", Args::new()
                .text("events", desk.locale.number(report.baseline.events, 0))
                .text("members", desk.locale.number(report.members, 0)))) }
        }
        (compared(&desk, draft, &report))
    };
    Ok(shell::console(&desk, &title, &main))
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
                        tr { th scope="row" { (desk.say("drafts-earned", Args::new().text("code", code))) } td.n { (number(*earned)) } td.n { (number(after)) } td.n { (number(after - earned)) } }
                    }
                }
            }
        }
    }
}

async fn publish(
    desk: Desk<App>,
    Path(code): Path<String>,
    _: Fields,
) -> Result<Response, Problem> {
    programs::api::publish_by(&desk.scope, &code).await?;
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
